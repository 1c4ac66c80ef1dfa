//! `/graphql`: what an analyst asks, pages, names, limits, and nothing of what is hidden.

use crate::case::{ABSENT, ALCES, HIDDEN, MPS, Who, case};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

async fn ask(who: Who, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    let answer = case()
        .post(who, "/graphql", "application/json", &body)
        .await;
    answer.json()
}

pub async fn data(query: &str) -> Value {
    let answer = ask(Who::Public, query).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"].clone()
}

pub async fn check(query: &str, wanted: Expect) {
    wanted.assert_eq(&serde_json::to_string_pretty(&data(query).await).unwrap());
}

#[tokio::test]
async fn what_links_two_campaigns_is_itemised_with_its_lines() {
    let found = data(&format!(
        "{{ overlap(of: \"{ALCES}\", with: \"MPs campaign 2023\") {{ notShared shared {{
            family label hard note left {{ isClaim locator source {{ label }} link {{ id }} }} right {{ locator }} }} }} }}"
    ))
    .await;
    let shared: Vec<String> = found["overlap"]["shared"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{}: {}",
                one["family"].as_str().unwrap(),
                one["label"].as_str().unwrap()
            )
        })
        .collect();
    expect![[r#"
        claimed: People’s Republic of China
        claimed: Spamouflage
        platform: Facebook
        platform: Twitter
        target: Canada
        technique: Automated Account Asset
        technique: Persona Legitimacy
        technique: Present Persona"#]]
    .assert_eq(&shared.join("\n"));
    assert_eq!(
        found["overlap"]["notShared"],
        json!(["narrative", "network"])
    );
    for one in found["overlap"]["shared"].as_array().unwrap() {
        assert_eq!(one["hard"], false, "{one}");
        assert!(
            one["left"][0]["locator"].as_str().unwrap().contains("L70"),
            "{one}"
        );
        assert!(
            one["left"][0]["link"]["id"].is_string()
                && !one["right"].as_array().unwrap().is_empty(),
            "{one}"
        );
    }
}

#[tokio::test]
async fn a_path_names_the_claim_of_each_hop() {
    check(
        "{ path(from: \"Alces Lake 2022\", to: \"Ministry of Public Security\") {
            kind isClaim reversed verbatim { text } locator from { label } to { label } source { label } via { __typename } } }",
        expect![[r#"
            {
              "path": [
                {
                  "kind": "Attribution",
                  "isClaim": true,
                  "reversed": false,
                  "verbatim": [
                    {
                      "text": "previous Spamouflage activity"
                    }
                  ],
                  "locator": "p. 3, L70",
                  "from": {
                    "label": "Campaign against the Alces Lake drill site, 2022"
                  },
                  "to": {
                    "label": "Spamouflage"
                  },
                  "source": {
                    "label": "RRM Canada report on the campaign against MPs, 15 September 2023"
                  },
                  "via": {
                    "__typename": "Claim"
                  }
                },
                {
                  "kind": "same-name",
                  "isClaim": false,
                  "reversed": false,
                  "verbatim": [
                    {
                      "text": "a portmanteau of “spam” and “camouflage”"
                    }
                  ],
                  "locator": null,
                  "from": {
                    "label": "Spamouflage"
                  },
                  "to": {
                    "label": "Spamouflage, as a network"
                  },
                  "source": null,
                  "via": {
                    "__typename": "Label"
                  }
                },
                {
                  "kind": "Control",
                  "isClaim": true,
                  "reversed": false,
                  "verbatim": [
                    {
                      "text": "likely controlled by"
                    }
                  ],
                  "locator": "p. 2, L38",
                  "from": {
                    "label": "Spamouflage, as a network"
                  },
                  "to": {
                    "label": "Ministry of Public Security"
                  },
                  "source": {
                    "label": "RRM Canada report on the campaign against MPs, 15 September 2023"
                  },
                  "via": {
                    "__typename": "Claim"
                  }
                }
              ]
            }"#]],
    )
    .await;
}

#[tokio::test]
async fn dossiers_search_and_questions_answer() {
    check(
        &format!(
            "{{ dossier(of: \"{MPS}\") {{ subject {{ label }} propositions {{ kind object {{ label }} affirmed denied sourceCount }} }}
              search(text: \"spamou\", first: 2) {{ totalCount nodes {{ __typename id }} pageInfo {{ hasNextPage }} }}
              question(name: \"dissent\", first: 1) {{ totalCount }} }}"
        ),
        expect![[r#"
            {
              "dossier": {
                "subject": {
                  "label": "Campaign against Canadian MPs, 2023"
                },
                "propositions": [
                  {
                    "kind": "ATTRIBUTION",
                    "object": {
                      "label": "People’s Republic of China"
                    },
                    "affirmed": 2,
                    "denied": 1,
                    "sourceCount": 3
                  },
                  {
                    "kind": "ATTRIBUTION",
                    "object": {
                      "label": "Ministry of Public Security"
                    },
                    "affirmed": 2,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "ATTRIBUTION",
                    "object": {
                      "label": "Spamouflage"
                    },
                    "affirmed": 4,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "CLASSIFICATION",
                    "object": null,
                    "affirmed": 1,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "CLASSIFICATION",
                    "object": null,
                    "affirmed": 1,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "OBJECTIVE",
                    "object": null,
                    "affirmed": 1,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "OBJECTIVE",
                    "object": null,
                    "affirmed": 1,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "IMPACT",
                    "object": null,
                    "affirmed": 1,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "IMPACT",
                    "object": null,
                    "affirmed": 1,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "ATTRIBUTION",
                    "object": {
                      "label": "People’s Republic of China"
                    },
                    "affirmed": 1,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "ATTRIBUTION",
                    "object": {
                      "label": "Spamouflage"
                    },
                    "affirmed": 2,
                    "denied": 0,
                    "sourceCount": 2
                  },
                  {
                    "kind": "SAME_NETWORK",
                    "object": {
                      "label": "Bot network of the Fukushima campaign"
                    },
                    "affirmed": 2,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "SAME_NETWORK",
                    "object": {
                      "label": "Bot networks of the Hawaii campaign"
                    },
                    "affirmed": 2,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "AUTHENTICITY",
                    "object": null,
                    "affirmed": 4,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "ATTRIBUTION",
                    "object": {
                      "label": "Ministry of Public Security"
                    },
                    "affirmed": 1,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "CONTROL",
                    "object": {
                      "label": "Ministry of Public Security"
                    },
                    "affirmed": 1,
                    "denied": 0,
                    "sourceCount": 1
                  },
                  {
                    "kind": "ATTRIBUTION",
                    "object": {
                      "label": "PRC law enforcement entities"
                    },
                    "affirmed": 2,
                    "denied": 0,
                    "sourceCount": 2
                  }
                ]
              },
              "search": {
                "totalCount": 12,
                "nodes": [
                  {
                    "__typename": "ActivitySet",
                    "id": "intrusion-set--b51f4cc2-bbe8-5398-a28c-4a1369c94a67"
                  },
                  {
                    "__typename": "BotNetwork",
                    "id": "infrastructure--5760d3b2-8c75-53c1-aaa6-c39d1d3673be"
                  }
                ],
                "pageInfo": {
                  "hasNextPage": true
                }
              },
              "question": {
                "totalCount": 4
              }
            }"#]],
    )
    .await;
}

#[tokio::test]
async fn pages_meet_both_ways() {
    let all = data("{ techniques { totalCount } }").await["techniques"]["totalCount"]
        .as_u64()
        .unwrap();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = data(&format!(
            "{{ techniques(first: 100{after}) {{ nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
        ))
        .await;
        let page = &page["techniques"];
        seen.extend(
            page["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|node| node["id"].to_string()),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(seen.len() as u64, all);
    assert_eq!(
        seen.iter().collect::<std::collections::BTreeSet<_>>().len(),
        seen.len()
    );
}

#[tokio::test]
async fn what_is_hidden_is_nowhere() {
    for (query, hidden, absent) in [
        ("{ node(id: \"ID\") { id } }", HIDDEN, ABSENT),
        ("{ record(of: \"ID\") { id } }", HIDDEN, ABSENT),
        (
            "{ dossier(of: \"ID\") { subject { label } } }",
            HIDDEN,
            ABSENT,
        ),
        (
            "{ search(text: \"ID\") { totalCount nodes { id } } }",
            "Hidden campaign",
            "Nobodys campaign",
        ),
    ] {
        let answer = |id: &str| {
            let query = query.replace("ID", id);
            let id = id.to_owned();
            async move {
                ask(Who::Public, &query)
                    .await
                    .to_string()
                    .replace(&id, "ID")
            }
        };
        assert_eq!(answer(hidden).await, answer(absent).await, "{query}");
    }
    let seen = ask(
        Who::Steward,
        &format!("{{ node(id: \"{HIDDEN}\") {{ id }} }}"),
    )
    .await;
    assert_eq!(seen["data"]["node"]["id"], HIDDEN);
}

#[tokio::test]
async fn what_asks_too_much_is_refused_before_it_is_read() {
    let deep = "{ campaigns { nodes { claims { nodes { subject { claims { nodes { subject { claims { nodes { subject { claims { nodes { subject { label } } } } } } } } } } } } } } }";
    let wide = format!(
        "{{ {} }}",
        (0..2000)
            .map(|n| format!("a{n}: __typename "))
            .collect::<String>()
    );
    let huge = "{ campaigns(first: 500) { nodes { claims(first: 500) { nodes { assessors { label } } } } } }";
    let nested = format!("{}{}", "{ a ".repeat(10_000), "}".repeat(10_000));
    for query in [
        deep,
        &wide,
        huge,
        &nested,
        "{ campaigns(first: 501) { totalCount } }",
    ] {
        let answer = ask(Who::Public, query).await;
        assert!(
            answer["errors"][0]["message"].is_string(),
            "{query:.80}: {answer}"
        );
    }
}

#[tokio::test]
async fn what_is_absent_is_null_among_others_and_hidden_is_absent() {
    let query =
        |third: &str| format!("{{ nodes(ids: [\"{ALCES}\", \"{third}\", \"junk\"]) {{ id }} }}");
    let absent = ask(Who::Public, &query(ABSENT)).await;
    assert_eq!(
        absent,
        json!({ "data": { "nodes": [{ "id": ALCES }, null, null] } })
    );
    assert_eq!(ask(Who::Public, &query(HIDDEN)).await, absent);
}

#[tokio::test]
async fn a_record_has_what_it_claims_itself_and_what_was_counted_of_it() {
    let found = data(&format!(
        "{{ record(of: \"RRM Canada\") {{ ... on Record {{ claimsMade(kind: [SAME_NETWORK]) {{ totalCount nodes {{ number assessors {{ label }} }} }} claims {{ totalCount }} }} }}
           claims(filter: {{ subject: \"{ALCES}\", kind: ATTRIBUTION }}) {{ nodes {{ number subject {{ id }} }} }}
           campaign(id: \"{MPS}\") {{ metrics {{ label metricKind }} }} }}"
    ))
    .await;
    let made = &found["record"]["claimsMade"];
    assert!(made["totalCount"].as_u64().unwrap() > 0, "{made:#}");
    for claim in made["nodes"].as_array().unwrap() {
        let mut who = claim["assessors"].as_array().unwrap().iter();
        assert!(
            who.any(|one| one["label"] == "Rapid Response Mechanism Canada"),
            "{claim:#}"
        );
    }
    let about = found["claims"]["nodes"].as_array().unwrap();
    assert!(
        about.len() > 2 && about.iter().all(|claim| claim["subject"]["id"] == ALCES),
        "{about:#?}"
    );
    let metrics = found["campaign"]["metrics"].as_array().unwrap();
    assert!(
        !metrics.is_empty() && metrics.iter().all(|one| one["metricKind"].is_string()),
        "{found:#}"
    );
}
