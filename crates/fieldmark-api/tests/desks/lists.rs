//! Lists over GraphQL: narrowed down, ordered.

use super::graphql::check;
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
