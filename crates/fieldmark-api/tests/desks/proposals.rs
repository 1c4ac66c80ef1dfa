//! What waits for a steward: seen by no view until it is taken, and by whoever decides old beside new.

use crate::case::{Case, MPS, Who};
use crate::writing::{C15, REPORT, RRM, fresh, get, post, send};
use axum::http::Method;
use serde_json::{Value, json};

async fn waiting(case: &Case) -> Vec<Value> {
    let page = get(case, "/api/v1/proposals").await;
    page["proposals"].as_array().unwrap().clone()
}

fn claim() -> Value {
    json!({"kind": "attribution", "subject": MPS, "object": "Ministry of Public Security",
        "assessor": RRM, "verbatim": "points to the MPS from Zanzibar", "source": REPORT, "marking": "tlp:clear"})
}

async fn propose(case: &Case, more: Value) -> Value {
    let mut proposed = json!({"tool": {"name": "reader", "version": "1.2"}});
    for (key, value) in more.as_object().unwrap() {
        proposed[key] = value.clone();
    }
    let answer = post(case, "/api/v1/proposals", proposed).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()
}

async fn found(case: &Case, words: &str) -> u64 {
    let path = format!("/api/v1/search?text={words}");
    get(case, &path).await["total"].as_u64().unwrap()
}

#[tokio::test]
async fn what_a_tool_proposes_stands_nowhere_until_it_is_taken() {
    let case = fresh();
    let before = get(&case, &format!("/api/v1/dossier/{MPS}")).await;
    let proposed = propose(
        &case,
        json!({"order": "assertClaim", "said": claim(), "reason": "read in a report"}),
    )
    .await;
    assert_eq!(proposed["verdict"], "waiting", "{proposed:#}");
    let again = get(&case, &format!("/api/v1/dossier/{MPS}")).await;
    assert_eq!(before["claims"], again["claims"]);
    assert_eq!(found(&case, "Zanzibar").await, 0);
    let id = proposed["id"].as_str().unwrap();
    assert_eq!(
        case.get(Who::Steward, &format!("/api/v1/records/{id}"))
            .await
            .status,
        404
    );
    let waits = waiting(&case).await;
    assert_eq!(
        (&waits[0]["kind"], &waits[0]["changedSince"]),
        (&json!("add"), &json!(false)),
        "{waits:#?}"
    );
    assert_eq!(waits[0]["author"], "reader 1.2 (tool of local)");
    assert_eq!(
        waits[0]["title"],
        "Campaign against Canadian MPs, 2023 · attribution → Ministry of Public Security"
    );
    assert_eq!(waits[0]["why"], "read in a report");
    let changes = waits[0]["changes"].as_array().unwrap();
    assert!(changes.iter().any(|one| one["property"] == "verbatim"
        && one["after"][0]["value"] == "points to the MPS from Zanzibar"));
    let path = format!("/api/v1/proposals/{}", waits[0]["number"]);
    let taken = post(&case, &path, json!({"decision": "accept"})).await;
    assert_eq!(taken.json()["verdict"], "added", "{}", taken.text());
    assert_eq!(found(&case, "Zanzibar").await, 1);
    let history = get(&case, &format!("/api/v1/records/{id}/history")).await;
    assert_eq!(
        history["revisions"][0]["author"],
        "reader 1.2 (tool of local) (taken up by local)"
    );
    assert_eq!(history["revisions"][0]["reason"], "read in a report");
    let twice = post(&case, &path, json!({"decision": "accept"})).await;
    assert_eq!(twice.status, 409);
    assert!(twice.problem().contains("decided on already"));
}

#[tokio::test]
async fn a_change_is_shown_old_beside_new_and_not_taken_when_the_record_moved_on() {
    let case = fresh();
    let path = format!("/api/v1/records/{C15}");
    let draft = get(&case, &format!("{path}/draft")).await;
    let version = draft["version"].as_str().unwrap();
    let change = json!({"order": "reviseClaim", "of": C15, "version": version, "said": {"confidence": "moderate"}});
    propose(&case, change.clone()).await;
    // What says what stands there is told as such, never hidden.
    propose(&case, json!({"order": "reviseClaim", "of": C15, "version": version, "said": {"polarity": "affirms"}})).await;
    let waits = waiting(&case).await;
    let kinds: Vec<&Value> = waits.iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, ["change", "unchanged"]);
    assert_eq!(
        waits[0]["changes"],
        json!([{"property": "confidence", "label": "stated confidence", "before": [],
        "after": [{"value": "moderate", "lang": "en", "marking": "TLP:CLEAR"}]}])
    );
    let own = send(
        &case,
        Method::PATCH,
        &path,
        &[("if-match", version)],
        &json!({"status": "preliminary"}),
    )
    .await;
    assert_eq!(own.status, 200, "{}", own.text());
    let waits = waiting(&case).await;
    assert_eq!(waits[0]["changedSince"], true);
    let decide = format!("/api/v1/proposals/{}", waits[0]["number"]);
    let stale = post(&case, &decide, json!({"decision": "accept"})).await;
    assert_eq!(stale.status, 409, "{}", stale.text());
    assert!(stale.problem().contains("changed since"));
    // Proposed against what does not stand any more, it is a conflict at once.
    let mut late = change;
    late["tool"] = json!({"name": "reader", "version": "1.2"});
    let late = post(&case, "/api/v1/proposals", late).await;
    assert_eq!(
        (late.status.as_u16(), &late.json()["verdict"]),
        (409, &json!("conflict"))
    );
    let refused = post(
        &case,
        &decide,
        json!({"decision": "refuse", "reason": "not said there"}),
    )
    .await;
    assert_eq!(refused.status, 200);
    let anyway = format!("/api/v1/proposals/{}", waits[1]["number"]);
    let taken = post(
        &case,
        &anyway,
        json!({"decision": "accept", "anyway": true}),
    )
    .await;
    assert_eq!(taken.status, 200, "{}", taken.text());
}

#[tokio::test]
async fn an_import_may_wait_with_its_bytes() {
    let case = fresh();
    let object = r#"{"type":"campaign","spec_version":"2.1","id":"campaign--00000000-0000-4000-8000-0000000000c1",
        "created":"2024-03-01T10:00:00.000Z","modified":"2024-03-01T10:00:00.000Z","name":"Waits","x_own":1.50,
        "object_marking_refs":["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"]}"#;
    let path = "/api/v1/import?format=stix&propose=true";
    let report = case
        .post(Who::Steward, path, "application/json", object)
        .await
        .json();
    assert_eq!(
        (&report["proposed"], &report["added"]),
        (&json!(1), &json!(0)),
        "{report:#}"
    );
    let export = "/api/v1/export?format=stix&of=campaign--00000000-0000-4000-8000-0000000000c1";
    assert!(
        !case
            .get(Who::Steward, export)
            .await
            .text()
            .contains("x_own")
    );
    let number = &waiting(&case).await[0]["number"];
    let taken = post(
        &case,
        &format!("/api/v1/proposals/{number}"),
        json!({"decision": "accept"}),
    )
    .await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    let out = case.get(Who::Steward, export).await;
    assert!(out.text().contains(object), "as it came in: {}", out.text());
}

#[tokio::test]
async fn what_is_no_order_says_so() {
    let case = fresh();
    for (proposed, why) in [
        (
            json!({"order": "delete", "of": C15}),
            "is none of assertClaim",
        ),
        (
            json!({"order": "dispute", "said": {}}),
            "of: name the claim",
        ),
        (
            json!({"order": "assertClaim", "said": {"kind": "attribution"}}),
            "marking: say who may see it",
        ),
        (
            json!({"order": "assertClaim", "said": claim(), "tool": {"name": "a\nb", "version": "1"}}),
            "tool: say",
        ),
    ] {
        let answer = post(&case, "/api/v1/proposals", proposed.clone()).await;
        assert!(answer.status.is_client_error());
        assert!(answer.text().contains(why), "{proposed}: {}", answer.text());
    }
    assert_eq!(waiting(&case).await.len(), 0);
}

#[tokio::test]
async fn a_proposal_sent_again_waits_once() {
    let case = fresh();
    let key = [("idempotency-key", "mine")];
    let path = "/api/v1/claims?propose=true";
    let first = send(&case, Method::POST, path, &key, &claim()).await;
    let again = send(&case, Method::POST, path, &key, &claim()).await;
    assert_eq!(
        (first.status.as_u16(), again.status.as_u16()),
        (202, 202),
        "{}",
        again.text()
    );
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(waiting(&case).await.len(), 1);
}

#[tokio::test]
async fn what_was_taken_is_taken_back_as_a_further_revision() {
    let case = fresh();
    let path = format!("/api/v1/records/{C15}");
    let before = get(&case, &format!("{path}/draft")).await;
    let version = before["version"].as_str().unwrap();
    let revert = format!("{path}/revert?reason=by%20mistake");
    let nothing = send(
        &case,
        Method::POST,
        &revert,
        &[("if-match", version)],
        &Value::Null,
    )
    .await;
    assert_eq!(nothing.status, 422, "{}", nothing.text());
    assert!(nothing.problem().contains("nothing to go back to"));
    propose(&case, json!({"order": "reviseClaim", "of": C15, "version": version, "said": {"confidence": "moderate"}})).await;
    let number = &waiting(&case).await[0]["number"];
    let taken = post(
        &case,
        &format!("/api/v1/proposals/{number}"),
        json!({"decision": "accept"}),
    )
    .await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    let stale = send(
        &case,
        Method::POST,
        &revert,
        &[("if-match", version)],
        &Value::Null,
    )
    .await;
    assert_eq!(stale.status, 409, "{}", stale.text());
    let now = get(&case, &format!("{path}/draft")).await;
    let headers = [("if-match", now["version"].as_str().unwrap())];
    let back = send(&case, Method::POST, &revert, &headers, &Value::Null).await;
    assert_eq!(back.json()["verdict"], "revised", "{}", back.text());
    let after = get(&case, &format!("{path}/draft")).await;
    assert_eq!(
        (&after["said"], &after["version"]),
        (&before["said"], &before["version"])
    );
    let history = get(&case, &format!("{path}/history")).await;
    let reasons: Vec<&Value> = history["revisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["reason"])
        .collect();
    assert_eq!(reasons, [&Value::Null, &Value::Null, &json!("by mistake")]);
}

#[tokio::test]
async fn a_proposal_is_taken_otherwise_than_it_was_proposed_or_beside_what_stands() {
    let case = fresh();
    let path = format!("/api/v1/records/{C15}");
    let version = get(&case, &format!("{path}/draft")).await["version"].clone();
    let change = json!({"order": "reviseClaim", "of": C15, "version": version,
        "said": {"confidence": "moderate", "verbatim": "surely Spamouflage"}});
    propose(&case, change.clone()).await;
    let decide = format!("/api/v1/proposals/{}", waiting(&case).await[0]["number"]);
    for (wrong, why) in [
        (
            json!({"decision": "edit", "reason": "r"}),
            "say what it is to say otherwise",
        ),
        (
            json!({"decision": "edit", "said": {"confidence": "low"}}),
            "reason",
        ),
        (
            json!({"decision": "edit", "said": {"confidnce": "low"}, "reason": "r"}),
            "confidence",
        ),
        (
            json!({"decision": "accept", "said": {"confidence": "low"}}),
            "goes with decision edit",
        ),
        (json!({"decision": "compete"}), "reason"),
        (
            json!({"decision": "perhaps"}),
            "accept, edit, compete or refuse",
        ),
    ] {
        let answer = post(&case, &decide, wrong.clone()).await;
        assert!(
            matches!(answer.status.as_u16(), 400 | 422),
            "{wrong}: {}",
            answer.text()
        );
        assert!(answer.problem().contains(why), "{wrong}: {}", answer.text());
    }
    let beside = post(
        &case,
        &decide,
        json!({"decision": "compete", "reason": "another reading, not a correction"}),
    )
    .await;
    assert_eq!(beside.json()["verdict"], "added", "{}", beside.text());
    let other = beside.json()["record"].as_str().unwrap().to_owned();
    assert_ne!(other, C15);
    // What stood stands as it did, and the other beside it, in the same proposition.
    assert_eq!(
        get(&case, &format!("{path}/draft")).await["version"],
        version
    );
    let dossier = get(&case, &format!("/api/v1/dossier/{MPS}")).await;
    let both = dossier["propositions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| {
            let claims = one["claims"].as_array().unwrap();
            [C15, &other]
                .iter()
                .all(|id| claims.iter().any(|claim| claim["id"] == **id))
        });
    assert!(both.is_some(), "{other}");

    propose(&case, change).await;
    let decide = format!("/api/v1/proposals/{}", waiting(&case).await[0]["number"]);
    let edited = post(
        &case,
        &decide,
        json!({"decision": "edit", "said": {"confidence": "low", "assessor": null}, "reason": "it says low"}),
    )
    .await;
    // Without an assessor a claim does not hold, and nothing of it is written.
    assert_eq!(edited.status, 409, "{}", edited.text());
    let edited = post(
        &case,
        &decide,
        json!({"decision": "edit", "said": {"confidence": "low"}, "reason": "it says low"}),
    )
    .await;
    assert_eq!(edited.json()["verdict"], "revised", "{}", edited.text());
    let draft = get(&case, &format!("{path}/draft")).await;
    assert_eq!(draft["said"]["confidence"]["en"], "low", "{draft}");
    let history = get(&case, &format!("{path}/history")).await;
    let last =
        history["revisions"].as_array().unwrap().iter().find(|one| {
            one["author"] == "reader 1.2 (tool of local) (changed and taken up by local)"
        });
    assert_eq!(last.unwrap()["reason"], "it says low", "{history}");
}

#[tokio::test]
async fn many_are_decided_on_at_once_and_totals_say_what_that_comes_to() {
    let case = fresh();
    let campaign = |name: &str| {
        json!({"order": "createRecord", "said": {"noun": "campaign", "prefLabel": name,
            "source": REPORT, "marking": "tlp:clear"}})
    };
    for name in ["Sundew", "Butterwort", "Bladderwort"] {
        propose(&case, campaign(name)).await;
    }
    let page = get(&case, "/api/v1/proposals").await;
    let total = &page["totals"][0];
    let before = total["before"].as_u64().unwrap();
    assert_eq!(
        total,
        &json!({"type": "campaign", "before": before, "after": before + 3, "waiting": 3})
    );
    let numbers: Vec<u64> = page["proposals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["number"].as_u64().unwrap())
        .collect();
    let many = "/api/v1/proposals/decisions";
    let taken = post(
        &case,
        many,
        json!({"decision": "accept", "numbers": &numbers[..2], "reason": "looked at"}),
    )
    .await;
    assert_eq!(taken.json()["decided"], 2, "{}", taken.text());
    // One that was decided on already keeps no other out.
    let rest = post(
        &case,
        many,
        json!({"decision": "refuse", "numbers": &numbers[1..], "reason": "no"}),
    )
    .await
    .json();
    assert_eq!(rest["decided"], 1);
    assert_eq!(rest["proposals"][0]["verdict"], "undecided");
    assert!(
        rest["proposals"][0]["problem"]
            .as_str()
            .unwrap()
            .contains("already")
    );
    assert_eq!(found(&case, "Sundew").await, 1);
    assert_eq!(found(&case, "Bladderwort").await, 0);
    propose(&case, campaign("Venus")).await;
    let author = "reader 1.2 (tool of local)";
    let all = post(&case, many, json!({"decision": "accept", "author": author})).await;
    assert_eq!(all.json()["decided"], 1, "{}", all.text());
    let none = post(&case, many, json!({"decision": "accept", "author": author})).await;
    assert_eq!(none.status, 404);
    let both = post(&case, many, json!({"decision": "accept"})).await;
    assert!(both.problem().contains("say which"));
}

#[tokio::test]
async fn one_record_proposed_twice_is_taken_in_the_order_in_which_it_was_proposed() {
    let case = fresh();
    let campaign = "campaign--00000000-0000-4000-8000-0000000000c2";
    for name in ["Sundew", "Butterwort"] {
        let turtle = format!(
            "<https://w3id.org/fieldmark/id/{campaign}> a <http://docs.oasis-open.org/cti/ns/stix#Campaign> ;
             <http://www.w3.org/2004/02/skos/core#prefLabel> \"{name}\"@en ."
        );
        let path = "/api/v1/import?format=turtle&marking=tlp:clear&propose=true";
        let report = case
            .post(Who::Steward, path, "text/turtle", &turtle)
            .await
            .json();
        assert_eq!(report["proposed"], 1, "{report:#}");
    }
    let numbers: Vec<Value> = waiting(&case)
        .await
        .iter()
        .map(|one| one["number"].clone())
        .collect();
    let taken = post(
        &case,
        "/api/v1/proposals/decisions",
        json!({"decision": "accept", "numbers": numbers}),
    )
    .await
    .json();
    let verdicts = [
        &taken["proposals"][0]["verdict"],
        &taken["proposals"][1]["verdict"],
    ];
    assert_eq!(verdicts, ["added", "revised"], "{taken:#}");
    let stands = get(&case, &format!("/api/v1/records/{campaign}")).await;
    assert_eq!(stands["label"]["en"], "Butterwort", "{stands:#}");
}
