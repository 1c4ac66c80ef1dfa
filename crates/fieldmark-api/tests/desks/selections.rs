//! Which records an export holds, and the same bytes by every desk.

use super::case::{Who, case};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn ids(bundle: &Value) -> BTreeSet<&str> {
    let objects = bundle["objects"].as_array().unwrap();
    objects.iter().map(|o| o["id"].as_str().unwrap()).collect()
}

async fn bundle(address: &str) -> Value {
    let answer = case().get(Who::Public, address).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

const OF: &str = "/api/v1/export?format=stix&of=MPs%20campaign%202023";

#[tokio::test]
async fn each_step_takes_what_speaks_of_the_records_and_its_ends() {
    let [alone, near, far] = [
        OF.to_owned(),
        format!("{OF}&depth=1"),
        format!("{OF}&depth=2"),
    ];
    let (alone, near, far) = (
        bundle(&alone).await,
        bundle(&near).await,
        bundle(&far).await,
    );
    assert!(ids(&near).is_superset(&ids(&alone)));
    assert!(ids(&far).is_superset(&ids(&near)));
    let of_type = |bundle: &Value, kind: &str| {
        let ids = ids(bundle);
        ids.iter().filter(|id| id.starts_with(kind)).count()
    };
    assert_eq!(of_type(&alone, "relationship"), 0);
    assert!(of_type(&near, "relationship") > 10, "{near}");
    // What an attributed network or a person has to do with is a second step.
    assert!(of_type(&far, "relationship") > of_type(&near, "relationship"));
    // Every end of what one step takes is there.
    let held = ids(&near);
    for object in near["objects"].as_array().unwrap() {
        for end in ["source_ref", "target_ref"] {
            if let Some(id) = object[end].as_str() {
                assert!(held.contains(id), "{id} of {object}");
            }
        }
    }
    // A technique leads to every campaign that used it, and so is not gone through.
    let names = |bundle: &Value| bundle.to_string();
    assert!(!names(&near).contains("Alces Lake campaign"));
}

#[tokio::test]
async fn a_saved_question_says_which_records() {
    let asked =
        "format=stix&question=asserted-before&arguments=%7B%22before%22%3A%222023-09-06%22%7D";
    let held = bundle(&format!("/api/v1/export?{asked}")).await;
    let rows = case()
        .get(
            Who::Public,
            "/api/v1/queries/asserted-before?before=2023-09-06",
        )
        .await
        .json();
    let text = rows["rows"].to_string();
    let claims: BTreeSet<&str> = text
        .split('"')
        .filter_map(|word| word.strip_prefix("https://w3id.org/fieldmark/id/"))
        .collect();
    assert!(claims.len() > 5, "{text}");
    let out = held.to_string();
    for id in claims {
        // Under its own id, or as the record that another object carries.
        assert!(out.contains(id), "{id}");
    }
}

#[tokio::test]
async fn graphql_gives_the_same_bytes_as_rest() {
    for (name, format) in [
        ("STIX", "stix"),
        ("STIX_OPENCTI", "stix-opencti"),
        ("MISP", "misp"),
    ] {
        let address =
            format!("/api/v1/export?format={format}&of=MPs%20campaign%202023&depth=1&closed=true");
        let rest = case().get(Who::Public, &address).await;
        let query = format!(
            "{{ export(format: {name}, of: \"MPs campaign 2023\", depth: 1, closed: true) {{ \
             content mediaType objects asNotes rebuilt leftOut leadsOut leadsTo receiver {{ says count first }} }} }}"
        );
        let body = json!({ "query": query }).to_string();
        let answer = case()
            .post(Who::Public, "/graphql", "application/json", &body)
            .await
            .json();
        let export = &answer["data"]["export"];
        assert_eq!(export["content"].as_str().unwrap(), rest.text(), "{name}");
        assert_eq!(export["mediaType"], rest.header("content-type"));
        let told: Value = serde_json::from_str(rest.header("fieldmark-export")).unwrap();
        assert_eq!(export["objects"], told["objects"]);
        assert_eq!(export["leadsOut"], told["leads_out"]);
        assert_eq!(
            export["receiver"].as_array().unwrap().is_empty(),
            name == "STIX"
        );
    }
}

#[tokio::test]
async fn a_selection_that_means_nothing_says_what_to_do() {
    for (query, status, word) in [
        ("format=stix&depth=1", 400, "of which"),
        (
            "format=stix&of=MPs%20campaign%202023&depth=7",
            400,
            "0 to 6",
        ),
        (
            "format=stix&arguments=%7B%7D&question=nothing",
            404,
            "asserted-before",
        ),
        (
            "format=stix&question=asserted-before&arguments=before",
            400,
            "JSON object",
        ),
        (
            "format=stix&arguments=%7B%22before%22%3A%222023%22%7D",
            400,
            "say which",
        ),
        (
            "format=stix&question=asserted-before&arguments=%7B%22befor%22%3A%222023%22%7D",
            400,
            "befor",
        ),
        ("format=gexf&of=Nobody%20at%20all", 404, ""),
    ] {
        let answer = case()
            .get(Who::Public, &format!("/api/v1/export?{query}"))
            .await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text());
        assert!(
            answer.problem().contains(word),
            "{query}: {}",
            answer.problem()
        );
    }
    let body = json!({ "query": "{ export(format: STIX, depth: 1) { content } }" }).to_string();
    let answer = case()
        .post(Who::Public, "/graphql", "application/json", &body)
        .await
        .json();
    assert_eq!(
        answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
        "{answer}"
    );
}
