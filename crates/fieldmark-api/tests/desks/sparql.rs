//! `/sparql`: the protocol, the formats, and what happens when an answer cannot be finished.

use crate::case::{ALCES, Case, HIDDEN, Who, case, request};
use axum::http::Method;
use fieldmark_store::sparql::Limits;
use http_body_util::BodyExt;
use std::time::{Duration, Instant};

const ALL: &str = "/sparql?query=SELECT+*+WHERE+%7B?s+?p+?o%7D";
const ONE: &str = "/sparql?query=SELECT+(1+AS+?one)+WHERE+%7B%7D";
const ASK: &str = "/sparql?query=ASK%7B%7D";
const GRAPH: &str = "/sparql?query=CONSTRUCT+WHERE+%7B?s+a+%3Chttp://docs.oasis-open.org/cti/ns/stix%23Campaign%3E%7D";

#[tokio::test]
async fn answers_come_in_the_format_that_is_asked_for() {
    for (path, accept, wanted) in [
        (ONE, "", "application/sparql-results+json"),
        (ONE, "*/*", "application/sparql-results+json"),
        (
            ONE,
            "application/sparql-results+xml",
            "application/sparql-results+xml",
        ),
        (ONE, "text/csv", "text/csv; charset=utf-8; header=present"),
        (
            ONE,
            "text/tab-separated-values, application/json;q=0.1",
            "text/tab-separated-values; charset=utf-8",
        ),
        (
            ASK,
            "application/sparql-results+json",
            "application/sparql-results+json",
        ),
        (GRAPH, "", "text/turtle; charset=utf-8"),
        (GRAPH, "application/ld+json", "application/ld+json"),
        (GRAPH, "application/n-triples", "application/n-triples"),
        (GRAPH, "application/rdf+xml", "application/rdf+xml"),
        ("/sparql", "", "text/turtle"),
        ("/sparql", "application/ld+json", "application/ld+json"),
        ("/sparql", "application/rdf+xml", "application/rdf+xml"),
        ("/sparql", "text/html,*/*;q=0.8", "text/html; charset=utf-8"),
    ] {
        let headers: &[_] = if accept.is_empty() {
            &[]
        } else {
            &[("accept", accept)]
        };
        let answer = case().get_as(Who::Public, path, headers).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, wanted),
            "{path} {accept}: {}",
            answer.text()
        );
        assert!(!answer.bytes.is_empty());
    }
    for path in [ONE, GRAPH, "/sparql"] {
        let none = case()
            .get_as(Who::Public, path, &[("accept", "image/png")])
            .await;
        assert_eq!(none.status, 406);
        assert!(none.problem().contains("answered as"), "{}", none.text());
    }
    assert_eq!(
        case()
            .get(Who::Public, &format!("{ONE}&format=csv"))
            .await
            .text(),
        "one\r\n1\r\n"
    );
}

#[tokio::test]
async fn the_three_ways_of_asking_are_one() {
    let query = "SELECT (1 AS ?one) WHERE {}";
    let by_get = case().get(Who::Public, ONE).await;
    let direct = case()
        .post(Who::Public, "/sparql", "application/sparql-query", query)
        .await;
    let form = "query=SELECT+(1+AS+%3Fone)+WHERE+%7B%7D";
    let form = case()
        .post(
            Who::Public,
            "/sparql",
            "application/x-www-form-urlencoded; charset=UTF-8",
            form,
        )
        .await;
    assert_eq!((by_get.text(), direct.text()), (form.text(), form.text()));
    let head = case()
        .ask(Who::Public, request(Method::HEAD, ONE, &[], ""))
        .await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-type")),
        (200, "application/sparql-results+json")
    );
    let head = case()
        .ask(
            Who::Public,
            request(Method::HEAD, "/sparql?query=SELECT", &[], ""),
        )
        .await;
    assert_eq!(head.status, 400);
}

#[tokio::test]
async fn what_cannot_be_answered_says_why() {
    let post =
        |media: &'static str, body: &'static str| case().post(Who::Public, "/sparql", media, body);
    for (answer, status, says) in [
        (
            case().get(Who::Public, "/sparql?query=SELECT").await,
            400,
            "line 1",
        ),
        (
            case()
                .get(Who::Public, "/sparql?query=ASK%7B%7D&query=ASK%7B%7D")
                .await,
            400,
            "one query",
        ),
        (
            case()
                .get(
                    Who::Public,
                    "/sparql?query=ASK%7B%7D&default-graph-uri=here+there",
                )
                .await,
            400,
            "absolute IRI",
        ),
        (
            case().get(Who::Public, "/sparql?update=CLEAR+ALL").await,
            403,
            "changed by import",
        ),
        (
            case().get(Who::Public, "/sparql?query=CLEAR+ALL").await,
            403,
            "changed by import",
        ),
        (
            post("application/sparql-update", "CLEAR ALL").await,
            403,
            "changed by import",
        ),
        (
            post("application/x-www-form-urlencoded", "update=CLEAR+ALL").await,
            403,
            "changed by import",
        ),
        (
            post("application/x-www-form-urlencoded", "").await,
            400,
            "query=",
        ),
        (
            post("text/plain", "ASK {}").await,
            415,
            "application/sparql-query",
        ),
        (
            post("application/sparql-query; charset=utf-16", "ASK {}").await,
            415,
            "UTF-8",
        ),
        (
            post(
                "application/sparql-query",
                "SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }",
            )
            .await,
            403,
            "never calls another",
        ),
        (
            case()
                .get_as(
                    Who::Public,
                    &format!("{ONE}&format=turtle"),
                    &[("accept", "image/png")],
                )
                .await,
            406,
            "format=json",
        ),
    ] {
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
        assert!(answer.problem().contains(says), "{}", answer.text());
    }
    let long = "a".repeat(2 << 20);
    let long = case()
        .post(Who::Public, "/sparql", "application/sparql-query", &long)
        .await;
    assert_eq!(long.status, 413);
    let put = case()
        .ask(Who::Public, request(Method::PUT, "/sparql", &[], ""))
        .await;
    assert_eq!(put.status, 405);
    assert!(put.header("allow").contains("POST"), "{:?}", put.headers);
    let token = case()
        .get_as(Who::Public, ONE, &[("authorization", "Bearer fm_guess")])
        .await;
    assert_eq!(token.status, 401);
    // A Host header that names nothing is nobody's fault but the caller's, and no reason to fail.
    let odd = request(Method::GET, "/sparql", &[], "");
    let mut odd = odd;
    odd.headers_mut().insert("host", "a b<>".parse().unwrap());
    assert_eq!(case().ask(Who::Public, odd).await.status, 200);
}

#[tokio::test]
async fn graphs_a_view_does_not_have_are_empty_and_nothing_hidden_is_seen() {
    let count = "SELECT+(COUNT(*)+AS+?n)+WHERE+%7B?s+?p+?o%7D";
    let all = case()
        .get(Who::Public, &format!("/sparql?query={count}&format=csv"))
        .await;
    assert!(all.text().lines().nth(1).unwrap().parse::<u64>().unwrap() > 1000);
    for dataset in [
        "default-graph-uri=http://example.org/g",
        "named-graph-uri=http://example.org/g",
    ] {
        let none = case()
            .get(
                Who::Public,
                &format!("/sparql?query={count}&format=csv&{dataset}"),
            )
            .await;
        assert_eq!(none.text(), "n\r\n0\r\n", "{dataset}");
    }
    let hidden =
        format!("/sparql?query=ASK%7B%3Chttps://w3id.org/fieldmark/id/{HIDDEN}%3E+?p+?o%7D");
    assert_eq!(
        case().get(Who::Public, &hidden).await.json()["boolean"],
        false
    );
    assert_eq!(
        case().get(Who::Steward, &hidden).await.json()["boolean"],
        true
    );
    let seen = format!("/sparql?query=DESCRIBE+%3Chttps://w3id.org/fieldmark/id/{ALCES}%3E");
    assert!(
        case()
            .get(Who::Public, &seen)
            .await
            .text()
            .contains("Alces Lake")
    );
}

#[tokio::test]
async fn the_example_of_the_page_has_an_answer() {
    let page = case()
        .get_as(Who::Public, "/sparql", &[("accept", "text/html")])
        .await;
    let text = page.text();
    let query = text
        .split("<textarea name=\"query\"")
        .nth(1)
        .and_then(|rest| rest.split_once('>')?.1.split("</textarea>").next())
        .unwrap();
    let query = query
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    let answer = case()
        .post(Who::Public, "/sparql", "application/sparql-query", &query)
        .await;
    assert!(
        !answer.json()["results"]["bindings"]
            .as_array()
            .unwrap()
            .is_empty(),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn an_answer_that_fails_early_has_a_status_and_one_that_fails_late_is_broken_off() {
    let early = Case::with(Limits {
        rows: 3,
        ..Limits::default()
    });
    let answer = early.get(Who::Public, ALL).await;
    assert_eq!(answer.status, 503);
    assert!(answer.problem().contains("LIMIT"), "{}", answer.text());
    drop(early);
    let late = Case::with(Limits {
        rows: 2000,
        ..Limits::default()
    });
    let response = late
        .send(Who::Public, request(Method::GET, ALL, &[], ""))
        .await;
    assert_eq!(response.status(), 200);
    assert!(
        response.into_body().collect().await.is_err(),
        "a cut answer must not end as if it were whole"
    );
    // What fits is whole.
    let whole = late
        .get(
            Who::Public,
            "/sparql?query=SELECT+*+WHERE+%7B?s+?p+?o%7D+LIMIT+2000",
        )
        .await;
    assert_eq!(
        whole.json()["results"]["bindings"]
            .as_array()
            .unwrap()
            .len(),
        2000
    );
}

#[tokio::test]
async fn who_goes_away_or_takes_nothing_frees_the_place() {
    let limits = Limits {
        at_once: 1,
        time: Duration::from_secs(2),
        ..Limits::default()
    };
    let small = Case::with(limits);
    let gone = small
        .send(Who::Public, request(Method::GET, ALL, &[], ""))
        .await;
    assert_eq!(gone.status(), 200);
    drop(gone);
    let begun = Instant::now();
    assert_eq!(small.get(Who::Public, ONE).await.status, 200);
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    let stalled = small
        .send(Who::Public, request(Method::GET, ALL, &[], ""))
        .await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(small.get(Who::Public, ONE).await.status, 200);
    assert!(
        stalled.into_body().collect().await.is_err(),
        "what was not taken in time is not whole"
    );
}

#[tokio::test]
async fn an_answer_that_is_compressed_ends_like_any_other() {
    for path in [ONE, ALL, GRAPH] {
        let request = request(Method::GET, path, &[("accept-encoding", "gzip")], "");
        let answer = case().ask(Who::Public, request).await;
        assert_eq!(answer.status, 200);
        let compressed = answer.header("content-encoding") == "gzip";
        assert!(compressed && answer.bytes.starts_with(&[0x1f, 0x8b]) || path == ONE);
    }
    let late = Case::with(Limits {
        rows: 2000,
        ..Limits::default()
    });
    let cut = request(Method::GET, ALL, &[("accept-encoding", "gzip")], "");
    let cut = late.send(Who::Public, cut).await;
    assert!(cut.into_body().collect().await.is_err());
}

#[tokio::test]
async fn a_refused_body_closes_the_connection_and_says_so() {
    for (method, path, media, status, closes) in [
        (Method::PUT, "/sparql", "text/plain", 405, true),
        (Method::POST, "/nowhere", "text/plain", 404, true),
        (
            Method::POST,
            "/sparql",
            "application/sparql-query",
            200,
            false,
        ),
    ] {
        let headers = [("content-type", media), ("content-length", "6")];
        let answer = case()
            .ask(Who::Public, request(method, path, &headers, "ASK {}"))
            .await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.header("connection") == "close", closes, "{path}");
    }
    let nothing = case().get(Who::Public, "/nowhere").await;
    assert_eq!(nothing.header("connection"), "");
}

#[tokio::test]
async fn a_format_means_what_it_can_mean_of_the_form_of_a_query() {
    let ask = "/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D";
    let construct =
        "/sparql?query=CONSTRUCT%20WHERE%20%7B%20%3Fs%20a%20fm%3AClaim%20%7D%20LIMIT%201";
    for (query, format, wanted) in [
        (ONE, "xml", "application/sparql-results+xml"),
        (ONE, "turtle", "application/sparql-results+json"),
        (ask, "json", "application/sparql-results+json"),
        (construct, "xml", "application/rdf+xml"),
        (construct, "rdf+xml", "application/rdf+xml"),
        (construct, "n3", "text/turtle"),
        (construct, "json-ld", "application/ld+json"),
        (construct, "turtle", "text/turtle"),
        (construct, "nonsense", "text/turtle"),
    ] {
        let name = format.replace('+', "%2B");
        let path = format!("{query}&format={name}&output={name}&results={name}");
        let answer = case().get(Who::Public, &path).await;
        assert_eq!(answer.status, 200, "{format}: {}", answer.text());
        let media = answer.header("content-type");
        assert!(media.starts_with(wanted), "{query} {format}: {media}");
    }
}

#[tokio::test]
async fn prefixes_of_the_project_are_declared_and_others_are_named() {
    let rows = case()
        .get(
            Who::Public,
            "/sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20fm%3AClaim%20%7D&format=csv",
        )
        .await;
    assert!(rows.text().lines().count() > 30, "{}", rows.text());
    let answer = case()
        .get(
            Who::Public,
            "/sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20foo%3ABar%20%7D",
        )
        .await;
    assert_eq!(answer.status, 400);
    let problem = answer.problem();
    assert!(problem.contains("prefix foo: is not declared"), "{problem}");
}
