//! What is posted to a TAXII collection by who is not trusted, and what becomes of it.

use crate::taxii::{FIRST, LATER, OPEN, Site, identity};
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
