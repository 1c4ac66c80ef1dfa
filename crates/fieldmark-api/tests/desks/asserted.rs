//! As asserted by a date: every address that reads claims, as if none made later were there.

use crate::case::{ALCES, MPS, Who, case};
use crate::pages::page;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const THEN: &str = "2023-09-06";

/// The property by which a claim has its number.
const NUMBER: &str = "http://purl.org/dc/terms/identifier";

async fn got(who: Who, path: &str) -> Value {
    let answer = case().get(who, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

async fn graphql(at: &str, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    let answer = case()
        .post(
            Who::Steward,
            &format!("/graphql{at}"),
            "application/json",
            &body,
        )
        .await;
    answer.json()["data"].clone()
}

/// The numbers of all claims.
async fn numbers(at: &str) -> BTreeSet<String> {
    let found = graphql(at, "{ claims(first: 200) { nodes { number } } }").await;
    let nodes = found["claims"]["nodes"].as_array().unwrap().clone();
    let numbers = nodes.iter().filter_map(|node| node["number"].as_str());
    numbers.map(str::to_owned).collect()
}

#[tokio::test]
async fn what_was_asserted_later_or_at_no_date_is_not_there() {
    let then = numbers(&format!("?assertedBy={THEN}")).await;
    let wanted = [
        "C2", "C22", "C23", "C24", "C25", "C25b", "C26", "C30", "T3", "T4", "T6",
    ];
    assert_eq!(then, wanted.map(str::to_owned).into());
    let all = numbers("").await;
    assert_eq!(
        all,
        numbers("?assertedBy=").await,
        "left empty it says nothing"
    );
    assert!(then.is_subset(&all) && all.contains("C15"));
    // A date less exact than the claims' means its end, and one that nobody dates counts from when it
    // was published; what has neither date is there by none.
    let month = numbers("?assertedBy=2023-09").await;
    assert!(then.is_subset(&month) && month.contains("C15"), "{month:?}");
    let ever = numbers("?assertedBy=2100").await;
    assert!(ever.contains("C5") && all.contains("S2") && !ever.contains("S2"));
    let early = numbers("?assertedBy=2022-08-15").await;
    assert!(
        !early.contains("C26"),
        "in August 2022, so perhaps after its middle"
    );
}

#[tokio::test]
async fn lists_search_questions_and_pictures_keep_to_it() {
    let with = |path: &str| {
        let sign = if path.contains('?') { '&' } else { '?' };
        format!("{path}{sign}assertedBy={THEN}")
    };
    let total = |found: &Value| found["total"].as_u64().unwrap();
    for path in [
        "/api/v1/records?noun=Claim",
        "/api/v1/queries/attribution",
        "/api/v1/queries/timeline?from=2023-09",
    ] {
        let (all, then) = (
            got(Who::Public, path).await,
            got(Who::Public, &with(path)).await,
        );
        assert!(total(&then) < total(&all), "{path}: {then}");
    }
    // What is no claim stays.
    let campaigns = "/api/v1/records?noun=Campaign";
    assert_eq!(
        got(Who::Public, campaigns).await,
        got(Who::Public, &with(campaigns)).await
    );
    let record = got(Who::Public, &with(&format!("/api/v1/records/{ALCES}"))).await;
    let record = record.to_string();
    assert!(
        record.contains("\"C25\"") && !record.contains("\"C27\""),
        "{record}"
    );
    let overlap = format!("/api/v1/overlap/{MPS}/{ALCES}");
    let overlap = case().get(Who::Public, &with(&overlap)).await;
    assert!(
        overlap.status == 200 || overlap.status == 404,
        "{}",
        overlap.text()
    );
    // The next page of a table is of the same date.
    let csv = case()
        .get(
            Who::Public,
            &with("/api/v1/queries/attribution.csv?first=1"),
        )
        .await;
    assert!(
        csv.header("link").contains("assertedBy=2023-09-06"),
        "{:?}",
        csv.headers
    );
    let wrong = case()
        .get(Who::Public, "/api/v1/records?assertedBy=soon")
        .await;
    assert!(wrong.problem().starts_with("assertedBy: "));
}

#[tokio::test]
async fn sparql_and_exports_keep_to_it() {
    let claims = "SELECT+%3Fc+%7B+%3Fc+a+%3Chttps://w3id.org/fieldmark/ns%23Claim%3E+%7D";
    let asked = |more: &str| format!("/sparql?query={claims}&format=csv{more}");
    let rows = async |more: &str| {
        let answer = case().get(Who::Public, &asked(more)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text().lines().count()
    };
    let then = format!("&assertedBy={THEN}");
    let (all, some) = (rows("").await, rows(&then).await);
    assert!(0 < some && some < all, "{some} of {all}");
    assert_eq!(rows("&knownAt=2999").await, all);
    // By POST the address says it as well, beside a body that is the query.
    let query = format!("ASK {{ ?c <{NUMBER}> \"C15\" }}");
    for (at, held) in [("/sparql", true), ("/sparql?assertedBy=2023-09-06", false)] {
        let media = "application/sparql-query";
        let answer = case().post(Who::Public, at, media, &query).await;
        assert_eq!(answer.json()["boolean"], held, "{at}: {}", answer.text());
    }
    for format in ["nquads", "csv", "gexf", "stix", "misp"] {
        let path = format!("/api/v1/export?format={format}");
        let all = case().get(Who::Public, &path).await;
        let some = case().get(Who::Public, &format!("{path}{then}")).await;
        assert_eq!((all.status, some.status), (StatusCode::OK, StatusCode::OK));
        assert!(some.bytes.len() < all.bytes.len(), "{format}");
    }
    let stix = format!("/api/v1/export?format=stix&assertedBy={THEN}");
    let stix = case().get(Who::Public, &stix).await;
    let (early, late) = ("a PRC-linked bot network", "\"C15\"");
    assert!(stix.text().contains(early) && !stix.text().contains(late));
    // What has no past says so.
    for (format, at) in [
        ("stix", "knownAt=entry:400"),
        ("ledger", "knownAt=entry:400"),
        ("ledger-trig", "assertedBy=2023"),
    ] {
        let path = format!("/api/v1/export?format={format}&{at}");
        let refused = case().get(Who::Steward, &path).await;
        assert_eq!(refused.status, 400, "{path}: {}", refused.text());
        assert!(refused.problem().contains("leave "), "{}", refused.text());
    }
}

#[tokio::test]
async fn pages_say_the_date_and_carry_it_on() {
    for (lang, said) in [
        ("en", "As it had been asserted by"),
        ("fr", "Tel qu’affirmé jusqu’au"),
    ] {
        let path = format!("/id/{ALCES}?assertedBy={THEN}&lang={lang}");
        let answer = page(Who::Public, &path).await;
        let text = answer.text();
        assert!(text.contains(said), "{text}");
        assert!(
            text.contains(&format!(
                "/dossier/{ALCES}?assertedBy={THEN}&amp;lang={lang}"
            )),
            "{text}"
        );
        assert!(
            text.contains("name=\"assertedBy\" value=\"2023-09-06\""),
            "{text}"
        );
        let (then, later) = (
            "findings that a PRC-linked bot network",
            "previous Spamouflage",
        );
        assert!(text.contains(then) && !text.contains(later), "{text}");
    }
    // The dossier reads this clock by itself: it tells what came later too.
    let dossier = page(Who::Public, &format!("/dossier/{MPS}?assertedBy={THEN}")).await;
    assert!(dossier.text().contains("claims came after."));
    // What is of now alone lets it go.
    let release = page(
        Who::Public,
        &format!("/release?to=public&assertedBy={THEN}"),
    )
    .await;
    assert!(!release.text().contains("As it had been asserted by"));
}

#[tokio::test]
async fn it_shows_nothing_that_the_view_does_not() {
    for who in [Who::Public, Who::Steward] {
        for date in ["2100", "2022", "0001"] {
            let path = format!("/api/v1/records?noun=Claim&first=500&assertedBy={date}");
            let found = got(who, &path).await;
            let ids = |found: &Value| -> BTreeSet<String> {
                let items = found["items"].as_array().unwrap().iter();
                items
                    .map(|one| one["id"].as_str().unwrap().to_owned())
                    .collect()
            };
            let (then, all) = (
                ids(&found),
                ids(&got(who, "/api/v1/records?noun=Claim&first=500").await),
            );
            assert!(then.is_subset(&all), "{date}");
            assert_eq!(then.is_empty(), date == "0001", "{date}");
        }
    }
}
