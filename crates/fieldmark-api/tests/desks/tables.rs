//! Tables and galaxies in, through the same judging as everything else.

use super::case::{Who, case};
use serde_json::Value;

const MAPPING: &str = r#"{
  "language": "en",
  "source": "A table",
  "record": [
    { "name": "incident", "noun": "Incident", "label": "name", "key": "id", "first_seen": "year" }
  ],
  "claim": [
    { "kind": "Attribution", "subject": "incident", "object": "actor", "split": [";"],
      "assessor_column": "who", "asserted": "said" }
  ]
}"#;

const TABLE: &str = "id,name,year,actor,who,said\r\n\
    I1,One,2016,Freedonia; Sylvania,Desk A,2017-01-02\r\n\
    I1,One,2016,Sylvania,Desk B,\r\n\
    I2,Two,soon,Freedonia,Desk A,2017\r\n";

async fn import(query: &str, media: &str, body: &str) -> Value {
    let address = format!("/api/v1/import?dry_run=true&marking=tlp:clear&{query}");
    let answer = case().post(Who::Steward, &address, media, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn a_table_gives_competing_claims_and_lists_its_bad_rows() {
    let mapping: String = form_urlencoded::byte_serialize(MAPPING.as_bytes()).collect();
    let report = import(&format!("mapping={mapping}"), "text/csv", TABLE).await;
    // One report, one incident, two assessors, three claims.
    assert_eq!(report["added"], 7, "{report:#}");
    assert_eq!(report["refused"], 1, "{report:#}");
    let refused: Vec<&Value> = report["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["verdict"] == "refused")
        .collect();
    assert_eq!(refused[0]["line"], 4, "{report:#}");
    assert_eq!(report["notes"][0], "read as UTF-8");
    let bare = case()
        .post(Who::Steward, "/api/v1/import", "text/csv", TABLE)
        .await;
    assert!(bare.problem().contains("mapping"), "{}", bare.text());
}

#[tokio::test]
async fn a_galaxy_gives_records_and_alias_claims() {
    let galaxy = r#"{"name":"Threat Actor","type":"threat-actor","version":1,"values":[
        {"value":"Blue Fox","uuid":"00000000-0000-4000-8000-00000000000a","meta":{"synonyms":["Fox"]}}]}"#;
    let report = import("format=misp-galaxy", "application/json", galaxy).await;
    assert_eq!(
        (&report["added"], &report["refused"]),
        (&4.into(), &0.into()),
        "{report:#}"
    );
}
