//! Writing by hand: claims, answers to them, records, and what keeps two hands apart.

use crate::case::{Answer, Case, MPS, Who, request};
use axum::http::Method;
use fieldmark_store::sparql::Limits;
use serde_json::{Value, json};

pub const RRM: &str = "identity--0a20a1c1-dd13-58e3-a10b-7b3502b8cf1c";
pub const REPORT: &str = "report--f0552024-4d02-51c0-a216-31526bea841e";
/// C15: RRM Canada concurs that it is likely Spamouflage.
pub const C15: &str = "relationship--536d5283-7cf8-5548-b678-4c3978505a44";

pub fn fresh() -> Case {
    Case::with(Limits::default())
}

pub async fn send(
    case: &Case,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> Answer {
    let mut all = vec![("content-type", "application/json")];
    all.extend(headers);
    let body = match body {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    case.ask(Who::Steward, request(method, path, &all, &body))
        .await
}

pub async fn post(case: &Case, path: &str, body: Value) -> Answer {
    send(case, Method::POST, path, &[], &body).await
}

pub async fn get(case: &Case, path: &str) -> Value {
    case.get(Who::Steward, path).await.json()
}

/// A claim that one might write on the seed.
fn claim() -> Value {
    json!({"kind": "attribution", "subject": MPS, "object": "Ministry of Public Security",
        "assessor": RRM, "verbatim": "points to the MPS", "source": REPORT, "locator": "p. 2, L40",
        "assertedAt": "2023-09-15", "basis": "own-analysis", "marking": "tlp:clear"})
}

pub fn with(mut claim: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        claim[key] = value.clone();
    }
    claim
}

pub fn version(answer: &Answer) -> String {
    answer.json()["version"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_claim_is_asserted_by_names_and_is_seen_at_once() {
    let case = fresh();
    let dry = post(&case, "/api/v1/claims?dry_run=true", claim()).await;
    assert_eq!(
        (dry.status.as_u16(), &dry.json()["verdict"]),
        (200, &json!("would-add")),
        "{}",
        dry.text()
    );
    let question = "/api/v1/queries/attribution";
    let rows = get(&case, question).await["total"].as_u64().unwrap();
    let said = post(&case, "/api/v1/claims?reason=read%20again", claim()).await;
    assert_eq!(said.status, 201, "{}", said.text());
    let said = said.json();
    let id = said["id"].as_str().unwrap();
    assert!(id.starts_with("relationship--"), "{said:#}");
    // The answer that was kept is not that of the view as it is now.
    assert_eq!(get(&case, question).await["total"], rows + 1);
    let change = |name: &str| {
        let changes = said["changes"].as_array().unwrap();
        changes
            .iter()
            .find(|change| change["property"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        change("object")["after"][0]["value"],
        "Ministry of Public Security"
    );
    assert_eq!(change("polarity")["after"][0]["value"], "affirms");
    assert_eq!(change("scale")["after"][0]["value"], "unstated");
    assert_eq!(
        change("verbatim")["after"][0],
        json!({"value": "points to the MPS", "lang": "en", "marking": "TLP:CLEAR"})
    );
    let dossier = get(&case, &format!("/api/v1/dossier/{MPS}"))
        .await
        .to_string();
    assert!(dossier.contains(id), "a dossier has it");
    let history = get(&case, &format!("/api/v1/records/{id}/history")).await;
    assert_eq!(history["revisions"][0]["reason"], "read again");
    // As it is filled in, it makes the same claim again.
    let draft = get(&case, &format!("/api/v1/records/{id}/draft")).await;
    let again = with(
        draft["said"].clone(),
        json!({"kind": "attribution", "marking": draft["marking"]}),
    );
    let again = post(&case, "/api/v1/claims", again).await.json();
    let other = get(
        &case,
        &format!("/api/v1/records/{}/draft", again["id"].as_str().unwrap()),
    )
    .await;
    assert_eq!(other["said"], draft["said"]);
    assert_ne!(
        again["id"], said["id"],
        "two who say the same are two claims"
    );
}

#[tokio::test]
async fn every_kind_of_claim_can_be_written() {
    let case = fresh();
    let network = "infrastructure--edc0dec8-aae7-54a9-8600-4b0db65dfa7b";
    let hawaii = "infrastructure--555274c6-0757-5963-8e89-53cc3740a57c";
    let spamouflage = "intrusion-set--b51f4cc2-bbe8-5398-a28c-4a1369c94a67";
    for (kind, more) in [
        ("control", json!({"subject": spamouflage})),
        (
            "alias",
            json!({"subject": spamouflage, "object": "intrusion-set--7b8f2dfe-3fa2-5ff2-87bc-10951bb263c2", "aliasRelation": "closeMatch"}),
        ),
        ("sameNetwork", json!({"subject": network, "object": hawaii})),
        (
            "classification",
            json!({"object": null, "objectText": {"en": "a tactic", "fr": "une tactique"}}),
        ),
        (
            "objective",
            json!({"object": null, "objectText": "to silence a critic"}),
        ),
        ("impact", json!({"object": null, "level": "very high"})),
        (
            "authenticity",
            json!({"object": null, "objectText": "deepfake"}),
        ),
        ("denial", json!({})),
    ] {
        let answer = post(
            &case,
            "/api/v1/claims",
            with(claim(), with(more, json!({"kind": kind}))),
        )
        .await;
        assert_eq!(answer.status, 201, "{kind}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_cannot_be_read_says_what_was_meant() {
    let case = fresh();
    for (more, wanted) in [
        (json!({"kind": "atribution"}), "is \"Attribution\" meant?"),
        (json!({"kind": null}), "kind: say what the claim is about"),
        (json!({"marking": null}), "marking: say who may see it"),
        (json!({"marking": "tlp:purple"}), "tlp:purple"),
        (json!({"assesor": RRM}), "is \"assessor\" meant?"),
        (json!({"basis": "ownAnalysys"}), "is \"ownAnalysis\" meant?"),
        (
            json!({"scale": "icd203", "band": "likly"}),
            "is \"likely\" meant?",
        ),
        (json!({"band": "likely"}), "scale"),
        (
            json!({"confidence": "likely"}),
            "belongs in fm:verbatim and fm:band",
        ),
        (
            json!({"object": "Ministry of Public Securty"}),
            "Ministry of Public Security",
        ),
        (json!({"assertedAt": "2023-13-45"}), "2023-13-45"),
        (
            json!({"validFrom": "2023-09", "validTo": "2022-01"}),
            "valid",
        ),
        (json!({"assessor": null}), "at least one fm:assessor"),
        (
            json!({"verbatim": null}),
            "Quote the assessor's exact words",
        ),
        (json!({"locator": "somewhere"}), "Say where in the source"),
        (
            json!({"evidence": "evidence--00000000-0000-4000-8000-00000000dead"}),
            "no such thing here",
        ),
        (
            json!({"scale": "stix-opinion", "band": "agree"}),
            "are not likelihood",
        ),
    ] {
        let answer = post(&case, "/api/v1/claims", with(claim(), more.clone())).await;
        assert!(answer.status.is_client_error(), "{more}: {}", answer.text());
        let said = answer.text().replace("\\\"", "\"");
        assert!(said.contains(wanted), "{more}: {said}");
    }
}

#[tokio::test]
async fn a_change_is_made_to_the_version_that_was_seen() {
    let case = fresh();
    let path = format!("/api/v1/records/{C15}");
    let change = json!({"confidence": "moderate confidence", "description": null});
    let unsaid = send(&case, Method::PATCH, &path, &[], &change).await;
    assert_eq!(unsaid.status, 428, "{}", unsaid.text());
    let seen = get(&case, &format!("{path}/draft")).await["version"]
        .as_str()
        .unwrap()
        .to_owned();
    let dry = send(
        &case,
        Method::PATCH,
        &format!("{path}?dry_run=true"),
        &[],
        &change,
    )
    .await;
    let dry = dry.json();
    assert_eq!(dry["verdict"], "would-revise");
    let changed: Vec<&str> = dry["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["property"].as_str().unwrap())
        .collect();
    assert_eq!(changed, ["description", "confidence"]);
    assert_eq!(dry["changes"][1]["before"], json!([]));
    let first = send(&case, Method::PATCH, &path, &[("if-match", &seen)], &change).await;
    assert_eq!(
        (first.status.as_u16(), &first.json()["verdict"]),
        (200, &json!("revised")),
        "{}",
        first.text()
    );
    assert_eq!(first.header("etag"), format!("\"{}\"", version(&first)));
    // Another hand had read the same.
    let late = send(
        &case,
        Method::PATCH,
        &path,
        &[("if-match", &seen)],
        &json!({"status": "preliminary"}),
    )
    .await;
    assert_eq!(
        (late.status.as_u16(), &late.json()["verdict"]),
        (409, &json!("conflict")),
        "{}",
        late.text()
    );
    assert!(late.text().contains("read it again"), "{}", late.text());
    let now = get(&case, &format!("{path}/draft")).await;
    assert_eq!(
        (&now["said"]["confidence"]["en"], &now["said"]["status"]),
        (&json!("moderate confidence"), &Value::Null)
    );
    assert_eq!(now["version"], first.json()["version"]);
}

#[tokio::test]
async fn two_editors_at_once_cannot_both_win() {
    let case = fresh();
    let path = format!("/api/v1/records/{C15}");
    let seen = get(&case, &format!("{path}/draft")).await["version"]
        .as_str()
        .unwrap()
        .to_owned();
    let both = ["preliminary", "final"].map(|status| {
        let (case, path, seen) = (&case, &path, &seen);
        async move {
            let body = json!({ "status": status });
            let answer = send(
                case,
                Method::PATCH,
                path,
                &[("if-match", seen.as_str())],
                &body,
            )
            .await;
            answer.status.as_u16()
        }
    });
    let [one, other] = both;
    let (one, other) = tokio::join!(one, other);
    let mut both = [one, other];
    both.sort_unstable();
    assert_eq!(both, [200, 409]);
}

#[tokio::test]
async fn a_request_sent_again_changes_nothing_more() {
    let case = fresh();
    let key = [("idempotency-key", "a-word-of-mine")];
    let first = send(&case, Method::POST, "/api/v1/claims", &key, &claim()).await;
    let again = send(&case, Method::POST, "/api/v1/claims", &key, &claim()).await;
    assert_eq!(
        (first.status.as_u16(), again.status.as_u16()),
        (201, 200),
        "{}",
        again.text()
    );
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(
        (&again.json()["repeated"], &again.json()["verdict"]),
        (&json!(true), &json!("unchanged"))
    );
    let other = with(claim(), json!({"verbatim": "other words"}));
    let other = send(&case, Method::POST, "/api/v1/claims", &key, &other).await;
    assert_eq!(other.status, 422, "{}", other.text());
    assert!(other.problem().contains("another request"));
}

#[tokio::test]
async fn records_links_evidence_and_sameness() {
    let case = fresh();
    let made = post(
        &case,
        "/api/v1/records",
        json!({"noun": "campaign", "marking": "tlp:green",
        "prefLabel": {"en": "Winter campaign", "fr": "Campagne d’hiver"}, "source": REPORT}),
    )
    .await;
    assert_eq!(made.status, 201, "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert!(
        case.get(Who::Public, &format!("/api/v1/records/{id}"))
            .await
            .status
            == 404
    );
    let link = post(&case, "/api/v1/records", json!({"noun": "relationship", "marking": "tlp:green",
        "source_ref": "Winter campaign", "target_ref": "Facebook", "relationship_type": "targets", "source": REPORT})).await;
    assert_eq!(link.status, 201, "{}", link.text());
    let evidence = post(
        &case,
        "/api/v1/records",
        json!({"noun": "evidence", "marking": "tlp:clear",
        "description": "samples of comments", "source": REPORT}),
    )
    .await;
    let evidence = match evidence.status.as_u16() {
        201 => evidence.json()["id"].as_str().unwrap().to_owned(),
        _ => panic!("{}", evidence.text()),
    };
    let seen = get(&case, &format!("/api/v1/records/{C15}/draft")).await;
    let headers = [("if-match", seen["version"].as_str().unwrap())];
    let path = format!("/api/v1/claims/{C15}/evidence");
    let attached = send(
        &case,
        Method::POST,
        &path,
        &headers,
        &json!({"evidence": evidence}),
    )
    .await;
    assert_eq!(attached.status, 200, "{}", attached.text());
    let then = get(&case, &format!("/api/v1/records/{C15}/draft")).await;
    let before = match &seen["said"]["evidence"] {
        Value::Null => 0,
        Value::Array(all) => all.len(),
        _ => 1,
    };
    let after = match &then["said"]["evidence"] {
        Value::Array(all) => all.len(),
        _ => 1,
    };
    assert_eq!(after, before + 1);
    let same = post(
        &case,
        "/api/v1/same",
        json!({"one": "Winter campaign", "other": MPS, "assessor": RRM,
        "verbatim": "the same", "source": REPORT, "marking": "tlp:green"}),
    )
    .await;
    assert_eq!(same.status, 201, "{}", same.text());
    assert!(
        get(&case, &format!("/api/v1/records/{id}")).await["id"] == id.as_str(),
        "nothing is merged"
    );
    // A looser marking takes a reason.
    let path = format!("/api/v1/records/{id}");
    let headers = [(
        "if-match",
        made.json()["version"].as_str().unwrap().to_owned(),
    )];
    let headers = [(headers[0].0, headers[0].1.as_str())];
    let open = json!({"marking": "tlp:clear"});
    let refused = send(&case, Method::PATCH, &path, &headers, &open).await;
    assert_eq!(
        (refused.status.as_u16(), &refused.json()["verdict"]),
        (422, &json!("refused")),
        "{}",
        refused.text()
    );
    let loosened = send(
        &case,
        Method::PATCH,
        &format!("{path}?loosen=published"),
        &headers,
        &open,
    )
    .await;
    assert_eq!(loosened.status, 200, "{}", loosened.text());
    assert!(case.get(Who::Public, &path).await.status == 200);
}

#[tokio::test]
async fn a_form_says_what_may_be_filled_in() {
    let case = fresh();
    let form = case
        .get(Who::Public, "/api/v1/forms/attribution?lang=fr")
        .await
        .json();
    let slot = |name: &str| {
        let slots = form["slots"].as_array().unwrap();
        slots
            .iter()
            .find(|slot| slot["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&slot("assessor")["needed"], &slot("assessor")["holds"]),
        (&json!(true), &json!("record"))
    );
    assert_eq!(slot("basis")["holds"], "term");
    assert!(
        slot("basis")["terms"]
            .as_array()
            .unwrap()
            .iter()
            .any(|term| term["name"] == "ownAnalysis")
    );
    assert!(slot("scale")["terms"].to_string().contains("icd203"));
    assert!(
        slot("assessor")["says"]
            .as_str()
            .unwrap()
            .contains("Nommez")
    );
    let none = case.get(Who::Public, "/api/v1/forms/campain").await;
    assert!(
        none.problem().contains("is \"Campaign\" meant?"),
        "{}",
        none.text()
    );
}

#[tokio::test]
async fn strangers_write_nothing() {
    let case = fresh();
    let body = claim().to_string();
    let answer = case
        .ask(
            Who::Public,
            request(
                Method::POST,
                "/api/v1/claims",
                &[("content-type", "application/json")],
                &body,
            ),
        )
        .await;
    assert_eq!(answer.status, 403, "{}", answer.text());
    assert_eq!(
        case.get(Who::Public, &format!("/api/v1/records/{C15}/draft"))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn words_from_several_places_are_quoted_one_by_one() {
    let case = fresh();
    let quoted = json!({"verbatim": null, "locator": null, "quotation": [
        {"verbatim": "assess that", "locator": "L38"}, {"verbatim": {"fr": "est"}, "locator": "L39"}]});
    let said = post(&case, "/api/v1/claims", with(claim(), quoted)).await;
    assert_eq!(said.status, 201, "{}", said.text());
    let path = format!("/api/v1/records/{}", said.json()["id"].as_str().unwrap());
    let draft = get(&case, &format!("{path}/draft")).await;
    assert_eq!(
        draft["said"]["quotation"].as_array().unwrap().len(),
        2,
        "{draft:#}"
    );
    let change = json!({"quotation": null, "verbatim": "assess that"});
    let headers = [("if-match", draft["version"].as_str().unwrap())];
    let one = send(&case, Method::PATCH, &path, &headers, &change).await;
    assert_eq!(one.status, 200, "{}", one.text());
    let draft = get(&case, &format!("{path}/draft")).await;
    assert_eq!(
        (
            &draft["said"]["quotation"],
            &draft["said"]["verbatim"]["en"]
        ),
        (&Value::Null, &json!("assess that"))
    );
}
