//! Dossiers, weighed: over `/graphql` line by line, over `/api/v1` by the rule asked for.

use crate::case::{MPS, Who, case};
use crate::graphql::data;
use expect_test::expect;
use serde_json::Value;

#[tokio::test]
async fn a_dossier_shows_its_working_line_by_line() {
    let mut answer = data(
        &format!(
            "{{ dossier(of: \"{MPS}\", rule: FULL_INDEPENDENCE, assertedBy: \"2023-09-15\") {{ later possible {{ number }} undated {{ number }} propositions {{ place
                 object {{ label }}
                 weighing {{ headline(lang: FR) finding low probability high rule gamma wantsSecondCategory
                   lines {{ primaries {{ verbatim {{ text }} }} derivatives {{ verbatim {{ text }} }} support {{ weight }} }}
                   dissent {{ lines claims {{ id }} }} countedOnce {{ verbatim {{ text }} }} }} }} }} }}"
        )).await;
    // What stands around the subject is in around.rs.
    let propositions = answer["dossier"]["propositions"].as_array_mut().unwrap();
    propositions.retain(|one| one["place"] == "OWN");
    expect![[r#"
        {
          "dossier": {
            "later": 3,
            "possible": [],
            "undated": [
              {
                "number": "S2"
              }
            ],
            "propositions": [
              {
                "place": "OWN",
                "object": {
                  "label": "People’s Republic of China"
                },
                "weighing": {
                  "headline": "probable (55–80 %), 1 ligne",
                  "finding": "LIKELIHOOD",
                  "low": 0.55,
                  "probability": 0.675,
                  "high": 0.8,
                  "rule": "FULL_INDEPENDENCE",
                  "gamma": 1.0,
                  "wantsSecondCategory": false,
                  "lines": [
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "Probable PRC"
                            }
                          ]
                        }
                      ],
                      "derivatives": [],
                      "support": {
                        "weight": 0.73088751
                      }
                    }
                  ],
                  "dissent": {
                    "lines": 0,
                    "claims": []
                  },
                  "countedOnce": []
                }
              },
              {
                "place": "OWN",
                "object": {
                  "label": "Ministry of Public Security"
                },
                "weighing": {
                  "headline": "2 lignes pour, sans degré de probabilité",
                  "finding": "UNSCALED",
                  "low": null,
                  "probability": null,
                  "high": null,
                  "rule": "FULL_INDEPENDENCE",
                  "gamma": 1.0,
                  "wantsSecondCategory": false,
                  "lines": [
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "points to the MPS"
                            }
                          ]
                        }
                      ],
                      "derivatives": [],
                      "support": null
                    },
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "suggesting MPS involvement"
                            }
                          ]
                        }
                      ],
                      "derivatives": [],
                      "support": null
                    }
                  ],
                  "dissent": {
                    "lines": 0,
                    "claims": []
                  },
                  "countedOnce": []
                }
              },
              {
                "place": "OWN",
                "object": {
                  "label": "Spamouflage"
                },
                "weighing": {
                  "headline": "probable (55–80 %), 2 lignes",
                  "finding": "LIKELIHOOD",
                  "low": 0.55,
                  "probability": 0.675,
                  "high": 0.8,
                  "rule": "FULL_INDEPENDENCE",
                  "gamma": 1.0,
                  "wantsSecondCategory": false,
                  "lines": [
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "own data collection"
                            },
                            {
                              "text": "indeed"
                            }
                          ]
                        }
                      ],
                      "derivatives": [],
                      "support": null
                    },
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "the operation is likely Spamouflage"
                            }
                          ]
                        },
                        {
                          "verbatim": [
                            {
                              "text": "assess that"
                            },
                            {
                              "text": "is"
                            }
                          ]
                        }
                      ],
                      "derivatives": [
                        {
                          "verbatim": [
                            {
                              "text": "concurs with"
                            },
                            {
                              "text": "is likely Spamouflage"
                            }
                          ]
                        }
                      ],
                      "support": {
                        "weight": 0.73088751
                      }
                    }
                  ],
                  "dissent": {
                    "lines": 0,
                    "claims": []
                  },
                  "countedOnce": []
                }
              },
              {
                "place": "OWN",
                "object": null,
                "weighing": {
                  "headline": "1 ligne pour, sans degré de probabilité",
                  "finding": "UNSCALED",
                  "low": null,
                  "probability": null,
                  "high": null,
                  "rule": "FULL_INDEPENDENCE",
                  "gamma": 1.0,
                  "wantsSecondCategory": false,
                  "lines": [
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "suggesting"
                            }
                          ]
                        }
                      ],
                      "derivatives": [],
                      "support": null
                    }
                  ],
                  "dissent": {
                    "lines": 0,
                    "claims": []
                  },
                  "countedOnce": []
                }
              },
              {
                "place": "OWN",
                "object": null,
                "weighing": {
                  "headline": "1 ligne pour, sans degré de probabilité",
                  "finding": "UNSCALED",
                  "low": null,
                  "probability": null,
                  "high": null,
                  "rule": "FULL_INDEPENDENCE",
                  "gamma": 1.0,
                  "wantsSecondCategory": false,
                  "lines": [
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "could be a manifestation"
                            }
                          ]
                        }
                      ],
                      "derivatives": [],
                      "support": null
                    }
                  ],
                  "dissent": {
                    "lines": 0,
                    "claims": []
                  },
                  "countedOnce": []
                }
              },
              {
                "place": "OWN",
                "object": null,
                "weighing": {
                  "headline": "probable (55–80 %), 1 ligne",
                  "finding": "LIKELIHOOD",
                  "low": 0.55,
                  "probability": 0.675,
                  "high": 0.8,
                  "rule": "FULL_INDEPENDENCE",
                  "gamma": 1.0,
                  "wantsSecondCategory": false,
                  "lines": [
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "likely seeks to discredit and denigrate the targeted MPs"
                            },
                            {
                              "text": "through seemingly organic posts"
                            }
                          ]
                        }
                      ],
                      "derivatives": [],
                      "support": {
                        "weight": 0.73088751
                      }
                    }
                  ],
                  "dissent": {
                    "lines": 0,
                    "claims": []
                  },
                  "countedOnce": []
                }
              },
              {
                "place": "OWN",
                "object": null,
                "weighing": {
                  "headline": "probable (55–80 %), 1 ligne",
                  "finding": "LIKELIHOOD",
                  "low": 0.55,
                  "probability": 0.675,
                  "high": 0.8,
                  "rule": "FULL_INDEPENDENCE",
                  "gamma": 1.0,
                  "wantsSecondCategory": false,
                  "lines": [
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "likely seeks to silence Mr. Liu's criticism of the CCP"
                            }
                          ]
                        }
                      ],
                      "derivatives": [],
                      "support": {
                        "weight": 0.73088751
                      }
                    }
                  ],
                  "dissent": {
                    "lines": 0,
                    "claims": []
                  },
                  "countedOnce": []
                }
              },
              {
                "place": "OWN",
                "object": null,
                "weighing": {
                  "headline": "probable (55–80 %) : impact on Canadian parliamentarians, niveau « faible », 1 ligne",
                  "finding": "LIKELIHOOD",
                  "low": 0.55,
                  "probability": 0.675,
                  "high": 0.8,
                  "rule": "FULL_INDEPENDENCE",
                  "gamma": 1.0,
                  "wantsSecondCategory": false,
                  "lines": [
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "is likely low"
                            }
                          ]
                        }
                      ],
                      "derivatives": [],
                      "support": {
                        "weight": 0.73088751
                      }
                    }
                  ],
                  "dissent": {
                    "lines": 0,
                    "claims": []
                  },
                  "countedOnce": []
                }
              },
              {
                "place": "OWN",
                "object": null,
                "weighing": {
                  "headline": "probable (55–80 %) : impact on Mr. Liu, niveau « très élevé », 1 ligne",
                  "finding": "LIKELIHOOD",
                  "low": 0.55,
                  "probability": 0.675,
                  "high": 0.8,
                  "rule": "FULL_INDEPENDENCE",
                  "gamma": 1.0,
                  "wantsSecondCategory": false,
                  "lines": [
                    {
                      "primaries": [
                        {
                          "verbatim": [
                            {
                              "text": "likely very high"
                            }
                          ]
                        }
                      ],
                      "derivatives": [],
                      "support": {
                        "weight": 0.73088751
                      }
                    }
                  ],
                  "dissent": {
                    "lines": 0,
                    "claims": []
                  },
                  "countedOnce": []
                }
              }
            ]
          }
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&answer).unwrap());
}

#[tokio::test]
async fn a_dossier_lists_every_claim_with_its_words_and_source() {
    let dossier = case()
        .get(Who::Public, &format!("/api/v1/dossier/{MPS}"))
        .await
        .json();
    let record = case()
        .get(Who::Public, &format!("/api/v1/records/{MPS}"))
        .await
        .json();
    let propositions = dossier["propositions"].as_array().unwrap();
    let claims: Vec<&Value> = propositions
        .iter()
        .flat_map(|p| p["claims"].as_array().unwrap())
        .collect();
    let own = propositions.iter().filter(|p| p["place"] == "own");
    let own: usize = own.map(|p| p["claims"].as_array().unwrap().len()).sum();
    assert_eq!(own, record["counts"]["claims"], "{dossier}");
    for claim in claims {
        assert!(
            claim["verbatim"][0]["text"].is_string() && claim["sources"][0]["label"].is_string(),
            "{claim}"
        );
        assert!(claim["assessors"][0]["label"].is_string());
    }
}

#[tokio::test]
async fn a_dossier_is_weighed_by_the_rule_and_in_the_words_asked_for() {
    let spamouflage = |asked: &'static str| async move {
        let dossier = case()
            .get(Who::Public, &format!("/api/v1/dossier/{MPS}?{asked}"))
            .await
            .json();
        let propositions = dossier["propositions"].as_array().unwrap().clone();
        propositions
            .into_iter()
            .find(|p| p["object"]["label"] == "Spamouflage")
            .unwrap()["weighing"]
            .clone()
    };
    let weighing = spamouflage("").await;
    assert_eq!(weighing["headline"], "likely (55–80 %), 2 lines");
    assert_eq!(
        (&weighing["rule"], &weighing["gamma"]),
        (&"ledger".into(), &0.5.into())
    );
    assert_eq!(weighing["countedOnce"].as_array().unwrap().len(), 0);
    assert!(
        weighing["lines"][0]["roots"][0]["label"].is_string(),
        "{weighing}"
    );
    let french = spamouflage("lang=fr&rule=single-best").await;
    assert_eq!(french["headline"], "probable (55–80 %), 2 lignes");
    assert_eq!(french["gamma"], 0.0);
    let earlier = case()
        .get(
            Who::Public,
            &format!("/api/v1/dossier/{MPS}?assertedBy=2023-08"),
        )
        .await
        .json();
    assert_eq!(earlier["propositions"], serde_json::json!([]));
    assert!(earlier["later"].as_u64().unwrap() > 0, "{earlier}");
}
