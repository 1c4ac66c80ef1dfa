//! Events of MISP, through the road of every bundle.

use super::case::{Case, Who};
use fieldmark_store::sparql::Limits;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/import?name=event.json";

fn event(info: &str, timestamp: u64) -> Value {
    let id = |n: u8| format!("00000000-0000-4000-8000-{n:012}");
    let part = |n: u8, relation: &str, value: &str| json!({"uuid": id(n), "type": "text", "object_relation": relation, "value": value});
    json!({"Event": {
        "uuid": id(1), "info": info, "date": "2024-05-03", "timestamp": timestamp.to_string(),
        "Orgc": {"uuid": id(2), "name": "Harbour Watch"}, "Tag": [{"name": "tlp:green"}],
        "Attribute": [{"uuid": id(3), "type": "domain", "value": "alder.example", "comment": "First copy that we found", "to_ids": false, "timestamp": "1714900000"}],
        "Object": [
            {"uuid": id(4), "name": "incident", "timestamp": "1714900000", "Attribute": [part(5, "name", "Harbour vote")],
             "ObjectReference": [{"uuid": id(6), "referenced_uuid": id(7), "relationship_type": "attributed-to",
                "comment": "We assess that Alder Fox ran it."}]},
            {"uuid": id(7), "name": "intrusion-set", "timestamp": "1714900000", "Attribute": [part(8, "name", "Alder Fox")]}]
    }})
}

async fn import(case: &Case, event: &Value) -> Value {
    let answer = case
        .post(Who::Steward, PATH, "application/json", &event.to_string())
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[tokio::test]
async fn an_event_says_who_attributes_and_stands_under_its_own_tag() {
    let case = Case::with(Limits::default());
    let first = event("Harbour vote", 1_714_900_000);
    let report = import(&case, &first).await;
    assert_eq!(
        (&report["added"], &report["refused"]),
        (&json!(7), &json!(0)),
        "{report:#}"
    );
    let again = import(&case, &first).await;
    assert_eq!(
        (&again["added"], &again["revised"]),
        (&json!(0), &json!(0)),
        "{again:#}"
    );
    let dossier = async |who| {
        let path = "/api/v1/dossier/incident--00000000-0000-4000-8000-000000000004";
        case.get(who, path).await
    };
    let seen = dossier(Who::Steward).await;
    let seen = seen.text();
    for words in [
        "Harbour Watch",
        "We assess that Alder Fox ran it.",
        "Alder Fox",
    ] {
        assert!(seen.contains(words), "{words}: {seen}");
    }
    assert_eq!(dossier(Who::Public).await.status, 404);
    // What the report lists is told by what it says where it has no name.
    let path = "/api/v1/records/report--00000000-0000-4000-8000-000000000001";
    let record = case.get(Who::Steward, path).await;
    let listed = record.text();
    for title in [
        "Harbour Watch: Harbour vote · attribution → Alder Fox",
        "First copy that we found",
    ] {
        assert!(listed.contains(title), "{title}: {listed}");
    }
    // A newer version takes the place of its report, and of nothing that stayed.
    let newer = import(&case, &event("The harbour vote", 1_714_999_999)).await;
    assert_eq!(
        (&newer["added"], &newer["revised"]),
        (&json!(0), &json!(1)),
        "{newer:#}"
    );
    // What came in as an event goes out as STIX.
    let path = "/api/v1/export?format=stix&of=report--00000000-0000-4000-8000-000000000001";
    let bundle = case.get(Who::Steward, path).await.json();
    let mut objects = bundle["objects"].as_array().unwrap().iter();
    let report = objects.find(|one| one["type"] == "report").unwrap();
    assert_eq!(report["name"], "The harbour vote");
    assert_eq!(report["object_refs"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn an_event_without_a_level_needs_a_marking() {
    let case = Case::with(Limits::default());
    let mut event = event("Harbour vote", 1_714_900_000);
    event["Event"]["Tag"] = json!([]);
    let report = import(&case, &event).await;
    assert_eq!(
        (&report["added"], &report["refused"]),
        (&json!(0), &json!(7)),
        "{report:#}"
    );
    let why = report["entries"][0]["findings"][0]["message"].to_string();
    assert!(why.contains("marking"), "{why}");
}
