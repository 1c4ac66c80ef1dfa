//! Objects as partners' tools write them: precision of times, names, aliases.

use crate::case::request;
use crate::taxii::{SHARED, Site};
use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

fn object(kind: &str, number: u32, more: Value) -> Value {
    let mut object = json!({"type": kind, "spec_version": "2.1",
        "id": format!("{kind}--00000000-0000-4000-8000-{number:012}"),
        "created": "2024-03-01T10:00:00.000Z", "modified": "2024-03-01T10:00:00.000Z",
        "name": format!("Name {number}")});
    for (key, value) in more.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

fn why(status: &Value) -> Vec<&str> {
    let failures = status["failures"].as_array().into_iter().flatten();
    failures
        .map(|one| one["message"].as_str().unwrap())
        .collect()
}

/// What the partner is answered.
async fn ask(site: &Site, path: &str) -> Value {
    let bearer = format!("Bearer {}", site.partner);
    let headers = [("authorization", bearer.as_str())];
    let answer = site
        .router
        .clone()
        .oneshot(request(Method::GET, path, &headers, ""))
        .await
        .unwrap();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

/// The envelope of a case that is kept elsewhere, when it is here.
fn shared(case: &str) -> Option<Vec<Value>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/cases")
        .join(case)
        .join("envelope.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    };
    let envelope: Value = serde_json::from_str(&text).unwrap();
    Some(envelope["objects"].as_array().unwrap().clone())
}

#[tokio::test]
async fn times_are_compared_as_moments_at_any_precision() {
    let site = Site::new();
    let times = |created: &str, modified: &str| json!({"created": created, "modified": modified});
    let status = site
        .post(&[
            object(
                "campaign",
                1,
                times("2024-03-01T10:00:00.029Z", "2024-03-01T10:00:00.029036Z"),
            ),
            object(
                "campaign",
                2,
                times("2024-03-01T10:00:00Z", "2024-03-01T10:00:00.500Z"),
            ),
            object(
                "campaign",
                3,
                times("2024-03-01T10:00:00.1Z", "2024-03-01T10:00:00.100Z"),
            ),
            object(
                "campaign",
                4,
                times("2024-03-01T10:00:00.500Z", "2024-03-01T10:00:00Z"),
            ),
        ])
        .await;
    assert_eq!(status["success_count"], 3, "{status:#}");
    assert!(
        why(&status)[0].contains("is before $.created"),
        "{status:#}"
    );
    // The later of two versions is the later moment, not the longer text.
    let mut renamed = object(
        "campaign",
        2,
        times("2024-03-01T10:00:00Z", "2024-03-01T10:00:00.6Z"),
    );
    renamed["name"] = json!("Renamed");
    assert_eq!(site.post(&[renamed]).await["success_count"], 1);
    let mut older = object(
        "campaign",
        2,
        times("2024-03-01T10:00:00Z", "2024-03-01T10:00:00.5999Z"),
    );
    older["name"] = json!("Older");
    let status = site.post(&[older]).await;
    assert!(
        why(&status)[0].contains("a newer version is here"),
        "{status:#}"
    );
    if let Some(objects) = shared("01-mixed-precision") {
        assert_eq!(Site::new().post(&objects).await["success_count"], 3);
    }
}

#[tokio::test]
async fn an_alias_is_found_and_is_nobodys_name_alone() {
    let site = Site::new();
    let own = vec![
        object(
            "intrusion-set",
            1,
            json!({"name": "Copper Wren", "aliases": ["Storm Kettle", "CW-7"]}),
        ),
        object(
            "intrusion-set",
            2,
            json!({"name": "Storm Kettle", "aliases": ["Copper Wren", "SK"]}),
        ),
        object(
            "intrusion-set",
            3,
            json!({"name": "Grey Loom", "aliases": ["Storm Kettle"]}),
        ),
    ];
    let status = site.post(&shared("12-shared-alias").unwrap_or(own)).await;
    assert_eq!(status["success_count"], 3, "{status:#}");
    let found = ask(&site, "/api/v1/search?text=CW-7").await;
    assert_eq!(found["items"][0]["label"], "Copper Wren", "{found:#}");
    // Asked for one record, all that bear the name are named.
    let found = ask(&site, "/api/v1/resolve?text=Storm%20Kettle").await;
    let mut names: Vec<&str> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["label"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["Copper Wren", "Grey Loom", "Storm Kettle"],
        "{found:#}"
    );
}

#[tokio::test]
async fn a_disarm_technique_is_known_by_its_number_whoever_calls_it_what() {
    let site = Site::new();
    let technique = object(
        "attack-pattern",
        1401,
        json!({"name": "Bots Amplify via Automated Forwarding and Reposting",
            "external_references": [{"source_name": "mitre-attack", "external_id": "T0049.003"}]}),
    );
    let uses = |number: u32| {
        object(
            "relationship",
            number,
            json!({"relationship_type": "uses", "source_ref": "campaign--00000000-0000-4000-8000-000000001402",
                "target_ref": technique["id"]}),
        )
    };
    let own = vec![
        technique.clone(),
        object("campaign", 1402, json!({"name": "Label Mill"})),
        uses(1403),
    ];
    let posted = shared("14-disarm-as-mitre").unwrap_or_else(|| own.clone());
    let theirs = posted[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(site.post(&posted).await["success_count"], 3);
    let found = ask(&site, "/api/v1/search?text=Bots%20Amplify").await;
    assert_eq!(found["total"], 1, "no second technique: {found:#}");
    let known = found["items"][0]["id"].as_str().unwrap().to_owned();
    assert_ne!(known, theirs);
    let resolved = ask(&site, &format!("/api/v1/resolve?text={theirs}")).await;
    assert_eq!(resolved["items"][0]["id"], known, "{resolved:#}");
    let layer = ask(&site, "/api/v1/export?format=navigator&of=Label%20Mill").await;
    assert_eq!(
        layer["techniques"][0]["techniqueID"], "T0049.003",
        "{layer:#}"
    );
    // What comes later refers to it as well, and the object is given back as it came.
    site.post(&own).await;
    let mut later = uses(1404);
    later["source_ref"] = posted[1]["id"].clone();
    later["target_ref"] = json!(theirs);
    assert_eq!(site.post(&[later]).await["success_count"], 1);
    let campaign = posted[1]["id"].as_str().unwrap();
    let record = ask(&site, &format!("/api/v1/records/{campaign}")).await;
    let ties = record["relationships"].as_array().unwrap();
    assert_eq!(ties.len(), 2, "{record:#}");
    assert!(
        ties.iter().all(|tie| tie["to"]["id"] == known),
        "{record:#}"
    );
    let path = format!("collections/{SHARED}/objects/{theirs}/");
    let given = site.ask(Method::GET, &path, &site.partner, "").await.json();
    assert_eq!(given["objects"][0], posted[0]);
}

#[tokio::test]
async fn a_name_that_is_none_is_told_in_the_words_of_stix() {
    let site = Site::new();
    let mut nameless = object("campaign", 2, json!({}));
    nameless.as_object_mut().unwrap().remove("name");
    let status = site
        .post(&[
            json!({"type": "campaign", "name": "No id"}),
            object("campaign", 1, json!({"name": ""})),
            nameless,
            json!("a string"),
            object("campaign", 3, json!({"name": 12})),
        ])
        .await;
    let mut told = why(&status);
    told.sort_unstable();
    let wanted = [
        "$.name is empty",
        "$.name is missing",
        "$.name: 12 is no text",
        "objects[0]: $.id is missing",
        "objects[3]: an object is wanted",
    ];
    assert_eq!(told.len(), wanted.len(), "{told:#?}");
    for (told, wanted) in told.iter().zip(wanted) {
        assert!(told.starts_with(wanted), "{told}");
    }
}

/// The case of unclear failures: each names the object by its id, or by its place where it has
/// none, and says what is wrong in a sentence of its own.
#[tokio::test]
async fn every_failure_names_its_object() {
    let Some(objects) = shared("28-unclear-failures") else {
        return;
    };
    let status = Site::new().post(&objects).await;
    let failures = status["failures"].as_array().unwrap();
    for failure in failures {
        let id = failure["id"].as_str().unwrap();
        let message = failure["message"].as_str().unwrap();
        assert!(
            id.contains("--") || message.starts_with("objects["),
            "{failure:#}"
        );
        assert!(
            !message.contains("skos:") && !message.contains("sh:"),
            "{message}"
        );
    }
    let about = |part: &str| why(&status).iter().filter(|one| one.contains(part)).count();
    assert_eq!(about("$.name"), 3, "{status:#}");
    assert_eq!(about("objects["), 2, "{status:#}");
    assert!(failures.len() < objects.len(), "what is right is taken");
}
