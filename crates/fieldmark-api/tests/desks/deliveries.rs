//! Who took what by TAXII, and which of their copies are stale.

use super::incoming::send;
use super::taxii::{FIRST, LATER, SHARED, Site, identity};
use axum::http::Method;
use fieldmark_api::taxii::prepare;
use serde_json::{Value, json};

#[tokio::test]
async fn who_took_what_is_recorded_and_which_of_their_copies_are_stale() {
    let site = Site::new();
    let deliveries = async |query: &str| {
        let path = format!("/api/v1/deliveries{query}");
        site.get(&path).await.json()
    };
    assert_eq!(deliveries("").await, json!([]));
    assert!(prepare(&site.desk).unwrap().is_empty());
    let objects: Vec<Value> = (1..4).map(|n| identity(n, FIRST)).collect();
    site.post(&objects).await;
    let path = format!("collections/{SHARED}/objects/");
    site.get(&format!("{path}?limit=2")).await;
    let prepared = prepare(&site.desk).unwrap();
    assert_eq!(prepared.into_iter().collect::<Vec<_>>(), ["partner"]);
    // A manifest gives no object.
    site.get(&format!("collections/{SHARED}/manifest/")).await;
    let taken = deliveries("").await;
    let counts = |row: &Value| {
        let count = |key: &str| row[key].as_u64().unwrap();
        [count("objects"), count("outdated"), count("recalled")]
    };
    assert_eq!(taken[0]["taker"], "desk");
    assert_eq!(taken[0]["audience"], "partner");
    assert_eq!(counts(&taken[0]), [2, 0, 0], "{taken:#}");
    site.post(&[identity(1, LATER)]).await;
    let gone = format!("{path}{}/", objects[1]["id"].as_str().unwrap());
    assert_eq!(
        site.ask(Method::DELETE, &gone, &site.partner, "")
            .await
            .status,
        200
    );
    let taken = deliveries("?taker=desk").await;
    assert_eq!(counts(&taken[0]), [2, 1, 1], "{taken:#}");
    let stale = taken[0]["stale"].as_array().unwrap();
    assert_eq!(stale[0]["object"]["id"], objects[1]["id"]);
    assert_eq!(stale[0]["standing"], Value::Null);
    assert_eq!(
        (&stale[1]["version"], &stale[1]["standing"]),
        (&json!(FIRST), &json!(LATER))
    );
    let page = site.get("/sharing?of=desk").await;
    assert!(
        page.text().contains("ask them to delete it"),
        "{}",
        page.text()
    );
    assert!(page.text().contains(LATER) && page.text().contains("Number 1"));
    // Once they took it, they hold the newer version.
    site.get(&path).await;
    assert_eq!(counts(&deliveries("").await[0]), [3, 0, 1]);
    assert_eq!(deliveries("?taker=nobody").await, json!([]));
    let told = site
        .ask(Method::GET, "/api/v1/deliveries", &site.stranger, "")
        .await;
    assert_eq!(told.status, 403);
}

#[tokio::test]
async fn who_exported_what_is_recorded() {
    let site = Site::new();
    let exports = async |query: &str| {
        let path = format!("/api/v1/deliveries/exports{query}");
        site.get(&path).await.json()
    };
    assert_eq!(exports("").await, json!([]));
    let objects: Vec<Value> = (1..4).map(|n| identity(n, FIRST)).collect();
    site.post(&objects).await;
    let one = objects[0]["id"].as_str().unwrap();
    site.get("/api/v1/export?format=stix").await;
    site.get(&format!("/api/v1/export?format=Turtle&of={one}"))
        .await;
    let query =
        json!({"query": format!("{{ export(format: MISP, of: [\"{one}\"]) {{ content }} }}")});
    let asked = send(&site, &site.partner, "/graphql", &query.to_string()).await;
    assert!(
        asked.json()["data"]["export"]["content"].is_string(),
        "{}",
        asked.text()
    );
    let paper = site.get(&format!("/api/v1/dossier/{one}.docx")).await;
    assert_eq!(paper.status, 200);
    let page = format!("/dossier/{one}?lang=fr");
    let kept = site.get(&format!("{page}&form=html")).await;
    assert_eq!(kept.status, 200);
    // What is read on the screen goes nowhere.
    site.get(&page).await;
    site.get(&format!("/api/v1/dossier/{one}")).await;
    // Without a token there is nobody to tell of.
    send(&site, "", "/api/v1/export?format=stix", "").await;
    let told = exports("").await;
    let row = |at: usize| {
        let row = &told[at];
        let text = |key: &str| row[key].as_str().map(str::to_owned);
        (
            text("format"),
            text("what"),
            row["records"].as_u64(),
            text("marking"),
        )
    };
    let some = |text: &str| Some(text.to_owned());
    let marked = some("TLP:GREEN");
    assert_eq!(told.as_array().unwrap().len(), 5, "{told:#}");
    assert_eq!(row(0), (some("html"), some(&page), None, marked.clone()));
    let asked = some(&format!("dossier({one})"));
    assert_eq!(row(1), (some("docx"), asked, None, marked.clone()));
    assert_eq!(row(2), (some("misp"), some(one), Some(1), marked.clone()));
    assert_eq!(row(3), (some("turtle"), some(one), Some(1), marked));
    assert_eq!(row(4), (some("stix"), None, None, None));
    assert_eq!(told[2]["taker"], "desk");
    assert_eq!(exports("?taker=nobody").await, json!([]));
    let page = site.get("/sharing").await;
    assert!(
        page.text().contains("everything they may see"),
        "{}",
        page.text()
    );
    let path = "/api/v1/deliveries/exports";
    assert_eq!(send(&site, "", path, "").await.status, 403);
}

#[tokio::test]
async fn the_line_of_what_was_known_says_when_it_was_given_out_to_a_steward_alone() {
    let site = Site::new();
    let mut seen = identity(1, FIRST);
    let id = "campaign--00000000-0000-4000-8000-000000000001";
    for (key, value) in [
        ("type", "campaign"),
        ("id", id),
        ("first_seen", FIRST),
        ("name", "Dated"),
    ] {
        seen[key] = value.into();
    }
    site.post(&[seen]).await;
    let path = format!("/timeline/{id}?axis=known");
    let page = async |who: &str| send(&site, who, &path, "").await.text().to_owned();
    assert!(!page(&site.partner).await.contains("Given out"));
    site.get(&format!("collections/{SHARED}/objects/")).await;
    let told = page(&site.partner).await;
    assert!(
        told.contains("Given out") && told.contains("desk: Dated"),
        "{told}"
    );
    let drawn = format!("/api/v1/pictures/timeline?of={id}&axis=known&lang=fr");
    let drawn = send(&site, &site.partner, &drawn, "").await;
    assert!(drawn.text().contains("Transmis"), "{}", drawn.text());
    // By when it happened there is no such lane, and who may not see the ledger is told of none.
    let happened = send(&site, &site.partner, &format!("/timeline/{id}"), "").await;
    assert!(!happened.text().contains("Given out"));
    assert!(!page(&site.stranger).await.contains("Given out"));
    let borrowed = send(&site, &site.partner, &format!("{path}&as=partner"), "").await;
    assert_eq!(borrowed.status, 200, "{}", borrowed.text());
    assert!(
        !borrowed.text().contains("Given out"),
        "{}",
        borrowed.text()
    );
}
