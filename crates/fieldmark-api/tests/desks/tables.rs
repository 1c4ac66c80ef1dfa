//! Tables and galaxies in, through the same judging as everything else.

use super::case::{Case, Who, case};
use fieldmark_store::sparql::Limits;
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
    assert_eq!(report["would"]["add"], 7, "{report:#}");
    assert_eq!(report["added"], 0, "a dry run adds nothing");
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
        (&report["would"]["add"], &report["refused"]),
        (&4.into(), &0.into()),
        "{report:#}"
    );
}

#[tokio::test]
async fn a_report_says_what_happened_and_calls_a_file_what_it_is() {
    let sent = async |format: &str, body: &str| {
        let path = format!("/api/v1/import?dry_run=true&marking=tlp:clear{format}");
        case()
            .post(Who::Steward, &path, "application/octet-stream", body)
            .await
    };
    let bundle = r#"{ "type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": [] }"#;
    for format in [
        "&name=report.json",
        "&format=stix",
        "&format=jsonld",
        "&format=misp-galaxy",
    ] {
        let answer = sent(format, bundle).await;
        assert_eq!(answer.status, 200, "{format}");
        let problem = answer.json()["problems"][0]["message"].to_string();
        assert!(
            problem.contains("it holds no object"),
            "{format}: {problem}"
        );
    }
    for (format, body, says) in [
        ("&format=turtle", "# nothing\n", "it states nothing"),
        (
            "&format=jsonld",
            r#"{"@id": "x:a", "name": "A"}"#,
            "@context",
        ),
    ] {
        let report = sent(format, body).await.json();
        let why = report["problems"][0]["message"].as_str().unwrap();
        assert!(why.contains(says), "{why}");
    }
    let named = |n: u8, name: &str| {
        format!(
            "<https://w3id.org/fieldmark/id/location--00000000-0000-4000-8000-00000000000{n}> a <http://docs.oasis-open.org/cti/ns/stix#Location> ; <http://www.w3.org/2004/02/skos/core#prefLabel> {name} .\n"
        )
    };
    let body = [
        named(1, "\"Niger\"@en"),
        named(2, "\"Mali\"@en , \"x\"@zh_TW"),
    ]
    .concat();
    let report = sent("&format=turtle", &body).await.json();
    assert_eq!(
        (&report["would"]["add"], &report["refused"]),
        (&1.into(), &1.into()),
        "{report:#}"
    );
    let refused = &report["entries"][1]["findings"][0];
    assert_eq!(refused["line"], 2);
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .starts_with("\"x\"@zh_TW: "),
        "{report:#}"
    );
}

#[tokio::test]
async fn a_galaxys_alias_is_found_as_claimed_and_the_nearest_name_is_offered() {
    let case = Case::with(Limits::default());
    let galaxy = r#"{"name":"Threat Actor","type":"threat-actor","version":1,"values":[
        {"value":"Sundew Panda","uuid":"00000000-0000-4000-8000-00000000000a","meta":{"synonyms":["Drosera","SP-9"]}}]}"#;
    let path = "/api/v1/import?format=misp-galaxy&marking=tlp:clear";
    let report = case
        .post(Who::Steward, path, "application/json", galaxy)
        .await
        .json();
    assert_eq!(report["refused"], 0, "{report:#}");
    let search = async |text: &str| {
        case.get(Who::Public, &format!("/api/v1/search?text={text}"))
            .await
            .json()
    };
    let found = search("drosera").await;
    assert_eq!(found["items"][0]["label"], "Sundew Panda", "{found:#}");
    assert_eq!(found["items"][0]["matched"], "Drosera");
    let claim = found["items"][0]["claim"].as_str().unwrap();
    let said = case
        .get(Who::Public, &format!("/api/v1/records/{claim}"))
        .await
        .json();
    assert_eq!(said["noun"], "Claim", "{said:#}");
    let dossier = case.get(Who::Public, "/api/v1/dossier/SP-9").await.json();
    assert_eq!(dossier["subject"]["label"], "Sundew Panda", "{dossier:#}");
    let slip = search("Sundw%20Panda").await;
    assert_eq!(
        (&slip["total"], &slip["nearest"][0]["label"]),
        (&0.into(), &"Sundew Panda".into())
    );
    let slip = case.get(Who::Public, "/api/v1/dossier/Drosrea").await;
    assert_eq!(slip.status, 404);
    assert!(
        slip.problem().contains("the nearest names: threat-actor--"),
        "{}",
        slip.problem()
    );
}
