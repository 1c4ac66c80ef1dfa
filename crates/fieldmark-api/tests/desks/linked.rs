//! `/id/…` and `/ns` in every form.

use crate::case::{ABSENT, ALCES, HIDDEN, TWIN, Who, case};
use fieldmark_rdf::format::Format;
use fieldmark_rdf::read::{Bounds, read};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn a_thing_is_had_in_the_form_that_is_asked_for() {
    let id = format!("/id/{ALCES}");
    for (accept, wanted) in [
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        (
            "application/rdf+xml;q=0.9, text/html;q=0.2",
            "application/rdf+xml",
        ),
        ("text/html;q=0, TEXT/TURTLE;q=0.1", "text/turtle"),
        (BROWSER, "text/html; charset=utf-8"),
    ] {
        for path in [id.as_str(), "/ns"] {
            let headers: &[_] = if accept.is_empty() {
                &[]
            } else {
                &[("accept", accept)]
            };
            let answer = case().get_as(Who::Public, path, headers).await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("content-type")),
                (200, wanted),
                "{accept} {path}"
            );
            let vary: Vec<&str> = answer
                .headers
                .get_all("vary")
                .iter()
                .filter_map(|v| v.to_str().ok())
                .collect();
            assert!(
                vary.join(",")
                    .to_lowercase()
                    .split(',')
                    .any(|name| name.trim() == "accept"),
                "{vary:?}"
            );
            if let Some(format) = Format::from_media_type(wanted) {
                let mut count = 0;
                let problems = read(
                    answer.bytes.as_slice(),
                    format,
                    None,
                    &Bounds::default(),
                    |_| count += 1,
                )
                .unwrap();
                assert!(
                    problems.is_empty() && count > 5,
                    "{accept} {path}: {count} {problems:?}"
                );
            }
        }
    }
    let none = case()
        .get_as(Who::Public, &id, &[("accept", "image/png")])
        .await;
    assert_eq!(none.status, 406);
    assert!(none.problem().contains("text/turtle"));
}

#[tokio::test]
async fn hidden_and_absent_are_alike_in_every_form() {
    for accept in ["text/turtle", "application/ld+json", BROWSER] {
        let headers = [("accept", accept)];
        let page = |id: &str, text: &str| text.replace(id, "");
        let hidden = case()
            .get_as(Who::Public, &format!("/id/{HIDDEN}"), &headers)
            .await;
        let absent = case()
            .get_as(Who::Public, &format!("/id/{ABSENT}"), &headers)
            .await;
        assert_eq!(
            (hidden.status.as_u16(), absent.status.as_u16()),
            (404, 404),
            "{accept}"
        );
        assert_eq!(
            page(HIDDEN, hidden.text()),
            page(ABSENT, absent.text()),
            "{accept}"
        );
        let steward = case()
            .get_as(Who::Steward, &format!("/id/{HIDDEN}"), &headers)
            .await;
        assert_eq!(steward.status, 200);
        assert!(steward.text().contains("Hidden campaign"));
        // Names are looked up elsewhere: a thing has one address.
        let name = case()
            .get_as(Who::Public, "/id/Twin%20campaign", &headers)
            .await;
        assert_eq!(name.status, 404);
    }
}

#[tokio::test]
async fn a_page_shows_words_and_sources_and_runs_nothing() {
    let alces = case()
        .get_as(Who::Public, &format!("/id/{ALCES}"), &[("accept", BROWSER)])
        .await;
    let page = alces.text();
    assert!(page.contains("<h1>Campaign against the Alces Lake drill site, 2022</h1>"));
    assert!(page.contains("<blockquote") && page.contains("RRM Canada"));
    let twin = case()
        .get_as(
            Who::Public,
            &format!("/id/{TWIN}?lang=fr"),
            &[("accept", BROWSER)],
        )
        .await;
    let page = twin.text();
    assert!(page.contains("<html lang=\"fr\">") && page.contains("<h1>Campagne jumelle</h1>"));
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    assert!(!page.contains("href=\"javascript:"));
    assert!(
        twin.header("content-security-policy")
            .contains("default-src 'none'")
    );
    assert_eq!(twin.header("cache-control"), "private, no-store");
}

#[tokio::test]
async fn the_ontology_page_has_every_term_in_both_languages_once() {
    let page = case()
        .get_as(Who::Public, "/ns", &[("accept", BROWSER)])
        .await;
    let text = page.text();
    for term in ["Attribution", "verbatim", "assessor", "Claim"] {
        assert_eq!(text.matches(&format!("id=\"{term}\"")).count(), 1, "{term}");
    }
    assert!(text.contains("<td lang=\"en\">") && text.contains("<td lang=\"fr\">"));
}
