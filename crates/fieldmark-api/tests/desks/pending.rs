//! What is posted to a TAXII collection by who is not trusted, and what becomes of it.

use crate::taxii::{ALL, FIRST, LATER, OPEN, Site, identity};
use axum::http::Method;
use fieldmark_store::gate::Credential;
use fieldmark_store::proposals::TakeUp;
use serde_json::json;

#[tokio::test]
async fn what_somebody_posts_who_is_not_trusted_waits_and_the_status_says_what_became_of_it() {
    let site = Site::new();
    // A record that the public does not see, and one of which nothing is here.
    site.post(&[identity(1, LATER)]).await;
    let objects = [identity(1, FIRST), identity(2, FIRST), identity(3, FIRST)];
    let body = json!({ "objects": objects }).to_string();
    let path = format!("collections/{OPEN}/objects/");
    let posted = site.ask(Method::POST, &path, &site.stranger, &body).await;
    assert_eq!(posted.status, 202, "{}", posted.text());
    let status = posted.json();
    // An older version of what is hidden is told of as what is not there: it waits.
    assert_eq!(
        (
            &status["status"],
            &status["pending_count"],
            &status["failure_count"]
        ),
        (&json!("pending"), &json!(3), &json!(0)),
        "{status:#}"
    );
    assert_eq!(
        status["pendings"][0]["message"],
        status["pendings"][1]["message"]
    );
    let receipt = format!("status/{}/", status["id"].as_str().unwrap());
    let mine = site.ask(Method::GET, &receipt, &site.stranger, "").await;
    assert_eq!(mine.json(), status);
    let others = site.ask(Method::GET, &receipt, &site.partner, "").await;
    assert_eq!(others.status, 404, "a receipt is for who posted");
    let seen = site.ask(Method::GET, &path, &site.partner, "").await;
    assert_eq!(seen.json(), json!({}), "what waits is in no collection");

    let local = site.base.gate().enter(Credential::Local).unwrap();
    let steward = local.reader.steward().unwrap();
    let writer = local.writer.unwrap();
    let waiting = site.base.proposals(&steward, None, 0, 9).unwrap();
    let taken = site
        .base
        .accept(&writer, &waiting[1..2], &TakeUp::default());
    taken.unwrap().remove(0).unwrap();
    let refused = site.base.refuse(&writer, &waiting[2..], "unknown here");
    refused.unwrap().remove(0).unwrap();
    let status = site
        .ask(Method::GET, &receipt, &site.stranger, "")
        .await
        .json();
    assert_eq!(
        (
            &status["status"],
            &status["success_count"],
            &status["pending_count"]
        ),
        (&json!("pending"), &json!(1), &json!(1)),
        "{status:#}"
    );
    assert_eq!(status["failures"][0]["message"], "unknown here");
}

#[tokio::test]
async fn a_note_that_comes_after_what_it_is_about_is_evidence_whoever_posts_it() {
    let id = |kind: &str, n: u32| format!("{kind}--00000000-0000-4000-8000-{n:012}");
    let link = json!({"type": "relationship", "spec_version": "2.1", "id": id("relationship", 3),
        "created": FIRST, "modified": FIRST, "created_by_ref": id("identity", 1),
        "relationship_type": "attributed-to", "source_ref": id("campaign", 1),
        "target_ref": id("identity", 2), "description": "It is theirs."});
    let campaign = json!({"type": "campaign", "spec_version": "2.1", "id": id("campaign", 1),
        "created": FIRST, "modified": FIRST, "name": "Autumn"});
    let note = |n: u32| {
        json!({"type": "note", "spec_version": "2.1", "id": id("note", n), "created": FIRST,
            "modified": FIRST, "created_by_ref": id("identity", 2), "content": "One phone number.",
            "object_refs": [id("relationship", 3)]})
    };
    let site = Site::new();
    // Posted, it stands under the floor of the collection, which is stricter than what is here.
    let here = json!({"objects": [identity(1, FIRST), identity(2, FIRST), campaign, &link]});
    let here = here.to_string();
    let path = "/api/v1/import?format=stix&marking=tlp:clear";
    let stands = site.ask(Method::POST, path, &site.partner, &here);
    let stands = stands.await;
    assert_eq!(stands.status, 200, "{}", stands.text());
    // Who does not see a piece of evidence sees that there is one, so that lines are counted rightly.
    let cited = async |who: &str, withheld: usize| {
        let path = format!("/api/v1/records/{}", id("relationship", 3));
        let record = site.ask(Method::GET, &path, who, "").await;
        assert_eq!(record.status, 200, "{}", record.text());
        let text = record.text();
        let hidden = text.matches("withheld evidence").count();
        assert_eq!(hidden, withheld, "{text}");
        text.matches("/id/evidence--").count() - hidden
    };
    assert_eq!(cited(&site.partner, 0).await, 0);
    let posted = site.post(&[note(4)]).await;
    assert_eq!(posted["success_count"], 1, "{posted:#}");
    assert_eq!(posted["total_count"], 1, "{posted:#}");
    assert_eq!(cited(&site.partner, 0).await, 1);
    assert_eq!(cited("", 1).await, 0, "the claim stays as public as it was");

    let body = json!({"objects": [note(5)]}).to_string();
    let path = format!("collections/{ALL}/objects/");
    let posted = site.ask(Method::POST, &path, &site.stranger, &body).await;
    assert_eq!(posted.json()["pending_count"], 1, "{}", posted.text());
    assert_eq!(cited(&site.partner, 0).await, 1, "it waits");
    let waiting = site.get("/api/v1/proposals").await.json();
    let number = &waiting["proposals"][0]["number"];
    let path = format!("/api/v1/proposals/{number}");
    let taken = site.ask(
        Method::POST,
        &path,
        &site.partner,
        r#"{"decision":"accept"}"#,
    );
    let taken = taken.await;
    assert_eq!(taken.status, 200, "{}", taken.text());
    assert_eq!(cited(&site.partner, 0).await, 2);
    assert_eq!(cited("", 1).await, 1);

    // An attribution that is posted is a claim as in any file.
    let mut other = link;
    other["id"] = id("relationship", 7).into();
    assert_eq!(site.post(&[other]).await["success_count"], 1);
    let path = format!("/api/v1/records/{}", id("relationship", 7));
    let claim = site.ask(Method::GET, &path, &site.partner, "").await.json();
    assert_eq!(claim["noun"], "Claim", "{claim:#}");
}
