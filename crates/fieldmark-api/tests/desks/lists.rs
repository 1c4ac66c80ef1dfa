//! Lists over GraphQL and REST: narrowed down, ordered, told apart.

use super::graphql::check;
use crate::case::{Who, case};
use expect_test::expect;

#[tokio::test]
async fn filters_and_orders_hold_together() {
    check(
        "{ byPlatform: campaigns(filter: {platform: \"YouTube\"}) { nodes { label } }
           byTechnique: campaigns(filter: {technique: \"T0143\"}) { nodes { label } }
           byActor: campaigns(filter: {actor: \"People’s Republic of China\"}) { nodes { label } }
           byAssessor: campaigns(filter: {assessor: \"Mandiant\"}) { nodes { label } }
           byDate: campaigns(filter: {date: {from: \"2022\", to: \"2022-12\"}}) { nodes { label } }
           byText: campaigns(filter: {text: \"drill site\"}) { nodes { label } }
           byTarget: campaigns(filter: {target: \"Appia Rare Earths & Uranium Corp\"}) { nodes { label } }
           likely: campaigns(filter: {likely: 0.55}) { nodes { label } }
           likelier: campaigns(filter: {likely: 0.56}) { totalCount }
           likelyClaims: claims(filter: {likely: 0.55, polarity: DENIES}) { totalCount }
           clear: campaigns(filter: {tlp: \"clear\"}) { totalCount }
           red: campaigns(filter: {tlp: \"TLP:RED\"}) { totalCount }
           denials: claims(filter: {polarity: DENIES}) { nodes { assessors { label } verbatim { text lang } } }
           ordered: campaigns(orderBy: FIRST_SEEN_DESC, first: 2) { nodes { firstSeen } pageInfo { hasNextPage } } }",
        expect![[r#"
            {
              "byPlatform": {
                "nodes": [
                  {
                    "label": "Campaign against Canadian MPs, 2023"
                  }
                ]
              },
              "byTechnique": {
                "nodes": [
                  {
                    "label": "Campaign against Canadian MPs, 2023"
                  },
                  {
                    "label": "Campaign against the Alces Lake drill site, 2022"
                  }
                ]
              },
              "byActor": {
                "nodes": [
                  {
                    "label": "Campaign against Canadian MPs, 2023"
                  },
                  {
                    "label": "Campaign against the Alces Lake drill site, 2022"
                  },
                  {
                    "label": "Hawaii “weather weapon” campaign, 2023"
                  }
                ]
              },
              "byAssessor": {
                "nodes": [
                  {
                    "label": "Campaign against the Alces Lake drill site, 2022"
                  }
                ]
              },
              "byDate": {
                "nodes": [
                  {
                    "label": "Campaign against the Alces Lake drill site, 2022"
                  }
                ]
              },
              "byText": {
                "nodes": [
                  {
                    "label": "Campaign against the Alces Lake drill site, 2022"
                  }
                ]
              },
              "byTarget": {
                "nodes": [
                  {
                    "label": "Campaign against the Alces Lake drill site, 2022"
                  }
                ]
              },
              "likely": {
                "nodes": [
                  {
                    "label": "Campaign against Canadian MPs, 2023"
                  }
                ]
              },
              "likelier": {
                "totalCount": 0
              },
              "likelyClaims": {
                "totalCount": 0
              },
              "clear": {
                "totalCount": 6
              },
              "red": {
                "totalCount": 0
              },
              "denials": {
                "nodes": [
                  {
                    "assessors": [
                      {
                        "label": "Rapid Response Mechanism Canada"
                      }
                    ],
                    "verbatim": [
                      {
                        "text": "not an entity",
                        "lang": "en"
                      }
                    ]
                  },
                  {
                    "assessors": [
                      {
                        "label": "Embassy of the People’s Republic of China in Canada"
                      }
                    ],
                    "verbatim": [
                      {
                        "text": "downright liar and disseminator of false information",
                        "lang": "en"
                      },
                      {
                        "text": "has never meddled in another nation’s domestic affairs",
                        "lang": "en"
                      }
                    ]
                  }
                ]
              },
              "ordered": {
                "nodes": [
                  {
                    "firstSeen": "2023-08"
                  },
                  {
                    "firstSeen": "2023-08"
                  }
                ],
                "pageInfo": {
                  "hasNextPage": true
                }
              }
            }"#]],
    )
    .await;
}

#[tokio::test]
async fn a_claim_in_a_list_is_told_by_who_says_what() {
    let claims = case()
        .get(Who::Public, "/api/v1/records?noun=Claim&first=1000")
        .await
        .json();
    let claims = claims["items"].as_array().unwrap().clone();
    assert!(claims.len() > 20);
    for listed in &claims {
        let (id, label) = (listed["id"].as_str().unwrap(), listed["label"].as_str());
        let label = label.unwrap();
        let path = format!("/api/v1/records/{id}");
        let record = case().get(Who::Public, &path).await.json();
        assert_eq!(record["label"]["en"], label);
        let values = |property: &str| {
            let properties = record["properties"].as_array().unwrap().clone();
            let of = properties.into_iter().find(|one| one["name"] == property);
            let values = of.map(|one| one["values"].as_array().unwrap().clone());
            values.unwrap_or_default()
        };
        for said in ["fm:assessor", "fm:subject"]
            .iter()
            .flat_map(|name| values(name))
        {
            let name = said["label"].as_str().unwrap();
            assert!(label.contains(name), "{label}: {name}");
        }
        let denies = values("fm:polarity")
            .iter()
            .any(|value| value["value"].as_str().unwrap().ends_with("denies"));
        assert_eq!(label.contains(": denies: "), denies, "{label}");
    }
    // A redacted assessor is called so here as everywhere.
    let labels: Vec<&str> = claims
        .iter()
        .filter_map(|one| one["label"].as_str())
        .collect();
    assert!(labels.iter().any(|label| label.contains(": denies: ")));
    assert!(
        labels
            .iter()
            .any(|label| label.contains("Redacted assessor"))
    );
}
