//! The pages for people.

use crate::case::{ALCES, Answer, Case, HIDDEN, MPS, Who, case};
use crate::writing::C15;
use fieldmark_store::sparql::Limits;
use std::collections::BTreeSet;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub async fn page(who: Who, path: &str) -> Answer {
    page_of(case(), who, path).await
}

async fn page_of(case: &Case, who: Who, path: &str) -> Answer {
    let answer = case.get_as(who, path, &[("accept", "text/html")]).await;
    assert_eq!(
        answer.header("content-type"),
        "text/html; charset=utf-8",
        "{}",
        answer.text()
    );
    sound(answer.text());
    answer
}

/// What holds of every page: a language, one heading of the first level, a label on each field,
/// nothing from elsewhere, no id twice, every element closed.
fn sound(page: &str) {
    assert!(page.contains("<html lang=\"en\">") || page.contains("<html lang=\"fr\">"));
    assert_eq!(page.matches("<h1>").count(), 1);
    let mut ids = BTreeSet::new();
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("every tag ends");
        if tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{tag} closes nothing");
            continue;
        }
        let name = tag.split(' ').next().unwrap_or_default();
        let attribute = |wanted: &str| {
            let (_, value) = tag.split_once(&format!(" {wanted}=\""))?;
            value.split('"').next()
        };
        if let Some(id) = attribute("id") {
            assert!(ids.insert(id), "two of id {id}");
        }
        for loads in ["src", "action", "formaction"] {
            assert!(
                attribute(loads).is_none_or(|value| value.starts_with('/')),
                "{tag}"
            );
        }
        if name == "link" {
            assert!(
                attribute("href").is_some_and(|href| href.starts_with('/') || href == "data:,"),
                "{tag}"
            );
        }
        let field =
            ["input", "select", "textarea"].contains(&name) && attribute("type") != Some("hidden");
        let labelled = open.contains(&"label") || attribute("aria-label").is_some();
        assert!(!field || labelled, "no label: {tag}");
        if !["meta", "link", "input"].contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

#[tokio::test]
async fn the_first_page_says_what_is_here_in_either_language() {
    let english = page(Who::Public, "/").await;
    let text = english.text();
    assert!(text.contains(&format!("/id/{ALCES}")) && text.contains(&format!("/id/{MPS}")));
    assert!(text.contains("campaign"));
    assert!(!text.contains("Hidden campaign") && !text.contains(HIDDEN));
    assert!(
        page(Who::Steward, "/")
            .await
            .text()
            .contains("Hidden campaign")
    );
    for (path, accept, lang) in [
        ("/", "fr-CA,fr;q=0.9,en;q=0.5", "fr"),
        ("/", "de, fr;q=0.4, en;q=0.6", "en"),
        ("/", "de", "en"),
        ("/?lang=fr", "en", "fr"),
        ("/?lang=en", "fr", "en"),
        ("/?lang=tlh", "fr", "fr"),
    ] {
        let answer = case()
            .get_as(Who::Public, path, &[("accept-language", accept)])
            .await;
        sound(answer.text());
        assert!(
            answer.text().contains(&format!("<html lang=\"{lang}\">")),
            "{path} {accept}"
        );
    }
    let french = page(Who::Public, "/?lang=fr&text=Alces").await;
    assert!(french.text().contains(&format!("/id/{ALCES}?lang=fr")));
    assert!(french.text().contains("href=\"/?text=Alces&amp;lang=en\""));
}

#[tokio::test]
async fn the_search_box_finds_and_shows_what_was_typed() {
    let found = page(Who::Public, "/?text=alces+LAKE").await;
    assert!(found.text().contains("value=\"alces LAKE\"") && found.text().contains(ALCES));
    assert!(
        page(Who::Public, "/?text=Hidden")
            .await
            .text()
            .contains("Nothing here bears that name or says those words.")
    );
    let markup = page(
        Who::Public,
        "/?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    )
    .await;
    assert!(!markup.text().contains("<script"));
}

#[tokio::test]
async fn two_campaigns_are_compared_in_a_table_with_a_source_in_every_row() {
    let answer = page(Who::Public, &format!("/overlap?of={ALCES}&with={MPS}")).await;
    let section = answer
        .text()
        .split("<section")
        .nth(1)
        .and_then(|rest| rest.split("</section>").next())
        .unwrap();
    let mut tables = section.split("<tbody>").skip(1);
    let rows: Vec<&str> = tables
        .next()
        .unwrap()
        .split("</tbody>")
        .next()
        .unwrap()
        .split("<tr>")
        .skip(1)
        .collect();
    let wanted = case()
        .get(Who::Public, &format!("/api/v1/overlap/{ALCES}?with={MPS}"))
        .await
        .json();
    assert_eq!(rows.len(), wanted["shared"].as_array().unwrap().len());
    for row in rows {
        let sides: Vec<&str> = row.split("<td>").skip(1).collect();
        assert_eq!(sides.len(), 2);
        assert!(
            sides.iter().all(|side| side.contains("/id/report--")),
            "{row}"
        );
    }
    // And what that comes to, as the command line says it.
    assert!(section.contains(wanted["weighing"]["says"].as_str().unwrap()));
    let weighed = tables.next().unwrap().split("</tbody>").next().unwrap();
    let parts = ["lines", "chance"].map(|part| wanted["weighing"][part].as_array().unwrap().len());
    assert_eq!(
        weighed.split("<tr>").count() - 1,
        parts[0] + parts[1] + 1,
        "{weighed}"
    );
    for (path, says) in [
        (
            format!("/overlap?of={ALCES}&with=Hidden+campaign"),
            "no such thing",
        ),
        (
            format!("/overlap?of={ALCES}&with=Twin+campaign"),
            "give one of these ids",
        ),
        (format!("/overlap?of={ALCES}"), "Who shares most with"),
        (
            format!("/overlap?of={ALCES}&with={ALCES}"),
            "name two records",
        ),
    ] {
        let answer = page(Who::Public, &path).await;
        assert!(answer.text().contains(says), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn every_page_is_sound() {
    for path in [
        "/ns",
        "/ns?lang=fr",
        "/sparql",
        "/sparql?lang=fr",
        "/id/nothing",
    ] {
        page(Who::Public, path).await;
    }
    let everything = case()
        .get(Who::Steward, "/api/v1/search?text=a&first=200")
        .await
        .json();
    for hit in everything["items"].as_array().unwrap() {
        page(
            Who::Steward,
            &format!("/id/{}", hit["id"].as_str().unwrap()),
        )
        .await;
    }
}

/// WCAG 2.2, 1.4.3 and 1.4.11: text 4.5, edges of fields and focus 3.
#[tokio::test]
async fn colours_can_be_told_apart_in_light_and_dark() {
    let style = case().get(Who::Public, "/style.css").await;
    for scheme in [0, 1] {
        let colour = |name: &str| {
            let named = format!("--{name}: light-dark(");
            let pair = style.text().split_once(&named).unwrap().1;
            let hex = pair.split('#').nth(scheme + 1).unwrap().get(..6).unwrap();
            let channel = |at: usize| {
                let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
                if value <= 0.040_45 {
                    value / 12.92
                } else {
                    ((value + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4) + 0.05
        };
        let contrast = |a: &str, b: &str| {
            let (a, b) = (colour(a), colour(b));
            a.max(b) / a.min(b)
        };
        for (front, back, least) in [
            ("ink", "paper", 7.0),
            ("soft", "paper", 4.5),
            ("mark", "paper", 4.5),
            ("ink", "tint", 4.5),
            ("field", "paper", 3.0),
        ] {
            let found = contrast(front, back);
            assert!(found >= least, "{front} on {back}: {found:.2}");
        }
    }
}

#[tokio::test]
async fn what_is_cited_is_the_page_as_it_stands() {
    // Callers without a token open only so many moments a minute, and others open some of the shared one.
    let case = Case::with(Limits::default());
    let of_two = format!("/overlap?of={ALCES}&with={MPS}&lang=en");
    for path in [format!("/dossier/{MPS}?lang=en"), of_two] {
        let asked = OffsetDateTime::now_utc();
        let now = page_of(&case, Who::Public, &path).await;
        let cited = now.text().split("rel=\"bookmark\" href=\"").nth(1);
        let cited = cited.unwrap().split('"').next().unwrap();
        let cited = cited.replace("&amp;", "&");
        let lasting = page_of(&case, Who::Public, &cited).await;
        assert_eq!(lasting.status, 200, "{cited}: {}", lasting.text());
        let at = cited.split("knownAt=").nth(1).unwrap().replace("%3A", ":");
        // What was written in the very second is in it.
        assert!(
            OffsetDateTime::parse(&at, &Rfc3339).unwrap() >= asked,
            "{at}"
        );
        assert!(lasting.text().contains(&format!("<strong>{at}</strong>")));
        // It is of a moment already, and offers no other.
        assert!(!lasting.text().contains("rel=\"bookmark\""));
    }
}

#[tokio::test]
async fn what_is_counted_on_the_first_page_leads_to_a_list_of_it() {
    let first = page(Who::Public, "/?lang=en").await;
    let counts = first.text().split("What you may see").nth(1).unwrap();
    let counts = counts.split("</ul>").next().unwrap();
    let mut followed = 0;
    for count in counts.split("<li>").skip(1) {
        let link = count.split("href=\"").nth(1).unwrap();
        let link = link.split('"').next().unwrap().replace("&amp;", "&");
        let total = count.split("class=\"soft\">").nth(1).unwrap();
        let total = total.split('<').next().unwrap();
        let list = page(Who::Public, &link).await;
        let caption = format!("<caption>{total} records, the latest first</caption>");
        assert!(list.text().contains(&caption), "{link}: {total}");
        followed += 1;
    }
    assert!(followed > 15, "{followed}");
}

#[tokio::test]
async fn a_part_of_a_record_is_called_what_it_is() {
    let claim = page(Who::Public, &format!("/id/{C15}?lang=en")).await;
    let text = claim.text();
    assert!(text.contains("<h3 id=\"c14n0\">quotation "), "{text}");
    assert!(text.contains(">#c14n0</a>"), "{text}");
}
