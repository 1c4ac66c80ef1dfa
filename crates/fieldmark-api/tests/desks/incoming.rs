//! What comes in, by whatever desk, and what its senders do not send in the best order.

use crate::case::{Answer, request};
use crate::taxii::Site;
use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

const MARKING: &str = "marking-definition--00000000-0000-4000-8000-000000000077";
const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const CLEAR: &str = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";

pub(crate) async fn send(site: &Site, token: &str, path: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("content-type", "application/json")];
    if !token.is_empty() {
        headers.push(("authorization", &bearer));
    }
    let method = match body {
        "" => Method::GET,
        _ => Method::POST,
    };
    let asked = request(method, path, &headers, body);
    let (parts, body) = site
        .router
        .clone()
        .oneshot(asked)
        .await
        .unwrap()
        .into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        bytes: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}

async fn import(site: &Site, how: &str, objects: &[Value]) -> Value {
    let path = format!("/api/v1/import?format=stix{how}");
    let answer = send(site, &site.partner, &path, &json!(objects).to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn campaign(number: u32, more: Value) -> Value {
    let mut object = json!({"type": "campaign", "spec_version": "2.1",
        "id": format!("campaign--00000000-0000-4000-8000-{number:012}"),
        "created": "2024-03-01T10:00:00.000Z", "modified": "2024-03-01T10:00:00.000Z",
        "name": format!("Campaign {number}"), "description": "secret"});
    for (key, value) in more.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

/// Which of the campaigns strangers see, and what they see of each.
async fn seen(site: &Site) -> Vec<String> {
    let answer = send(site, "", "/api/v1/export?format=stix", "")
        .await
        .json();
    let objects = answer["objects"].as_array().unwrap().iter();
    let mut seen: Vec<String> = objects
        .filter(|object| object["type"] == "campaign")
        .map(|object| format!("{} {}", object["name"], object["description"]))
        .collect();
    seen.sort();
    seen
}

fn bearers() -> Vec<Value> {
    vec![
        campaign(1, json!({"object_marking_refs": [MARKING]})),
        campaign(2, json!({"object_marking_refs": [MARKING, RED]})),
        campaign(3, json!({"object_marking_refs": [GREEN, MARKING]})),
        campaign(
            4,
            json!({"object_marking_refs": [CLEAR],
            "granular_markings": [{"marking_ref": MARKING, "selectors": ["description"]}]}),
        ),
    ]
}

fn definition(what: Value) -> Value {
    let mut object = json!({"type": "marking-definition", "spec_version": "2.1", "id": MARKING,
        "created": "2024-02-01T10:00:00.000Z", "object_marking_refs": [CLEAR]});
    for (key, value) in what.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

#[tokio::test]
async fn a_marking_defined_after_what_bears_it_holds_from_then_on() {
    let clear = json!({"definition_type": "tlp", "definition": {"tlp": "clear"}, "name": "open"});
    let says = json!({"definition_type": "statement", "definition": {"statement": "© 2024"}});
    for what in [clear, says] {
        let site = Site::new();
        let report = import(&site, "&marking=tlp:clear", &bearers()).await;
        assert_eq!(report["refused"], 0, "{report:#}");
        assert_eq!(seen(&site).await, ["\"Campaign 4\" null"]);
        // To define it shows more, which takes a reason; without one all stays as it is.
        let report = import(&site, "", &[definition(what.clone())]).await;
        assert_eq!(report["refused"], 1, "{report:#}");
        let why = report["entries"][0]["findings"][0]["message"].as_str();
        assert!(why.unwrap().contains("--loosen"), "{report:#}");
        assert_eq!(seen(&site).await, ["\"Campaign 4\" null"]);
        let how = "&loosen=defined%20by%20its%20creator&marking=tlp:clear";
        let report = import(&site, how, &[definition(what)]).await;
        assert_eq!(report["refused"], 0, "{report:#}");
        assert_eq!(report["conflicts"], 0, "{report:#}");
        // What red and green keep is kept still, of an object that bears both.
        assert_eq!(
            seen(&site).await,
            ["\"Campaign 1\" \"secret\"", "\"Campaign 4\" \"secret\""]
        );
    }
}

#[tokio::test]
async fn graphql_takes_in_what_rest_does() {
    let site = Site::new();
    let ask = async |token: &str, more: &str, content: &str| {
        let query = format!(
            "mutation($content: String!) {{ import(content: $content{more}) {{ committed added unchanged \
             refused would {{ add }} entries {{ name place verdict findings {{ message }} }} waiting notes \
             problems {{ line message }} }} }}"
        );
        let body = json!({"query": query, "variables": {"content": content}}).to_string();
        send(&site, token, "/graphql", &body).await.json()
    };
    let lone = campaign(1, json!({"object_marking_refs": [CLEAR]}));
    let bad = campaign(2, json!({"object_marking_refs": "tlp"}));
    let file = json!({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001",
        "objects": [lone, bad]});
    let file = file.to_string();
    let dry = ask(&site.partner, ", dryRun: true", &file).await;
    let dry = &dry["data"]["import"];
    assert_eq!(
        (&dry["committed"], &dry["would"]["add"]),
        (&json!(false), &json!(1)),
        "{dry:#}"
    );
    assert_eq!(seen(&site).await.len(), 0);
    let done = ask(&site.partner, "", &file).await;
    let done = &done["data"]["import"];
    assert_eq!(
        (&done["added"], &done["refused"]),
        (&json!(1), &json!(1)),
        "{done:#}"
    );
    assert_eq!(done["entries"][0]["verdict"], "added");
    assert_eq!(done["entries"][1]["place"], "$.objects[1]");
    assert!(
        done["entries"][1]["findings"][0]["message"]
            .as_str()
            .unwrap()
            .contains("object_marking_refs")
    );
    assert_eq!(seen(&site).await, ["\"Campaign 1\" \"secret\""]);
    // The same again by REST is the same.
    let again = import(
        &site,
        "",
        &[campaign(1, json!({"object_marking_refs": [CLEAR]}))],
    )
    .await;
    assert_eq!(again["unchanged"], 1, "{again:#}");
    // RDF by its name; a larger text than a query may have.
    let turtle = format!("# {}\nno turtle", "x".repeat(400_000));
    let broken = ask(&site.partner, ", name: \"facts.ttl\"", &turtle).await;
    assert_eq!(broken["data"]["import"]["committed"], false, "{broken:#}");
    assert_eq!(
        broken["data"]["import"]["problems"][0]["line"], 2,
        "{broken:#}"
    );
    // What cannot be used as it is, and who may not write.
    let unsaid = ask(&site.partner, "", "no format").await;
    assert_eq!(
        unsaid["errors"][0]["extensions"]["code"], "BAD_USER_INPUT",
        "{unsaid:#}"
    );
    assert!(
        unsaid["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("say the format")
    );
    let stranger = ask("", "", &file).await;
    assert!(
        stranger["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("token of role writer"),
        "{stranger:#}"
    );
    // By GET nothing is changed.
    let get = send(
        &site,
        &site.partner,
        "/graphql?query=mutation%7Bimport(content:%22%22)%7Badded%7D%7D",
        "",
    )
    .await;
    assert_eq!(get.status, 405, "{}", get.text());
}

/// What the steward sees of what came in, a statement a line.
async fn everything(site: &Site) -> Vec<String> {
    let answer = send(site, &site.partner, "/api/v1/export?format=nquads", "").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let shipped = [
        "ns#",
        "attack-pattern--",
        "marking-definition--",
        "x-mitre-tactic--",
    ];
    let is_shipped = |line: &str| {
        shipped
            .iter()
            .any(|one| line.split(' ').next().unwrap().contains(one))
    };
    let text = answer.text().to_owned();
    let lines = text
        .lines()
        .filter(|line| line.starts_with("<https://w3id.org/fieldmark/id/"));
    let mut lines: Vec<String> = lines
        .filter(|line| !is_shipped(line))
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines
}

#[tokio::test]
async fn notes_and_opinions_bear_on_an_attribution_whenever_they_come() {
    let id = |kind: &str, n: u32| format!("{kind}--00000000-0000-4000-8000-{n:012}");
    let at = "2024-01-01T00:00:00.000Z";
    let object = |kind: &str, n: u32, more: Value| {
        let mut object = json!({"type": kind, "spec_version": "2.1", "id": id(kind, n),
            "created": at, "modified": at});
        for (key, value) in more.as_object().unwrap() {
            object[key] = value.clone();
        }
        object
    };
    let link = object(
        "relationship",
        3,
        json!({"relationship_type": "attributed-to", "source_ref": id("campaign", 1),
        "target_ref": id("identity", 2), "description": "It is theirs."}),
    );
    let people = vec![
        object(
            "identity",
            2,
            json!({"name": "Desk", "identity_class": "organization"}),
        ),
        object(
            "identity",
            9,
            json!({"name": "Other desk", "identity_class": "organization"}),
        ),
    ];
    let case = vec![
        campaign(1, json!({})),
        link.clone(),
        // Who assessed it is known by the report alone.
        object(
            "report",
            6,
            json!({"name": "Report", "published": at,
            "created_by_ref": id("identity", 9), "object_refs": [link["id"]]}),
        ),
    ];
    let words = vec![
        object(
            "note",
            4,
            json!({"created_by_ref": id("identity", 9), "content": "One phone number.",
            "object_refs": [link["id"]], "object_marking_refs": [CLEAR]}),
        ),
        object(
            "opinion",
            5,
            json!({"created_by_ref": id("identity", 2), "opinion": "agree",
            "explanation": "We saw it too.", "object_refs": [link["id"]], "object_marking_refs": [CLEAR]}),
        ),
    ];
    let newer = {
        let mut link = link.clone();
        link["modified"] = "2024-05-01T00:00:00.000Z".into();
        vec![link]
    };
    let all = [&people[..], &case, &words].concat();
    let orders: [&[&[Value]]; 5] = [
        &[&all],
        &[&people, &case, &words],
        &[&words, &people, &case],
        // Once more as it was, with one more that speaks of it.
        &[&people, &case, &[&case[..], &words].concat()],
        &[&all, &words],
    ];
    let mut first = Vec::new();
    for order in orders {
        let site = Site::new();
        for part in order {
            // What has no marking stands under this one, also when it is read again.
            let marking = match *part == &words[..] {
                true => "&marking=tlp:clear",
                false => "&marking=tlp:green",
            };
            let report = import(&site, marking, part).await;
            assert_eq!(report["refused"], 0, "{report:#}");
            assert_eq!(report["conflicts"], 0, "{report:#}");
        }
        let becomes = everything(&site).await;
        let has = |wanted: &str| becomes.iter().any(|line| line.contains(wanted));
        let claim = id("relationship", 3);
        assert!(has(&format!(
            "{claim}> <https://w3id.org/fieldmark/ns#evidence>"
        )));
        assert!(has(&format!(
            "#concursWith> <https://w3id.org/fieldmark/id/{claim}>"
        )));
        if first.is_empty() {
            first = becomes;
        } else {
            assert_eq!(becomes, first);
        }
        // A newer version leans on what was said of the older one.
        let report = import(&site, "&marking=tlp:green", &newer).await;
        assert_eq!(report["revised"], 1, "{report:#}");
        let becomes = everything(&site).await;
        let kept =
            |line: &&String| line.contains(&format!("{claim}> <https://w3id.org/fieldmark/ns#"));
        let kept = |lines: &[String]| lines.iter().filter(kept).cloned().collect::<Vec<_>>();
        assert_eq!(kept(&becomes), kept(&first));
    }
}
