//! How a claim reads: its words first, then who says them, how strongly, and where they stand.

use super::text::{items, marked, plain, short};
use crate::language::Language;
use fieldmark_api::answer::words::capital;
use serde_json::Value;

/// One claim, item by item, each line behind `indent`.
pub fn claim(lang: Language, claim: &Value, indent: &str) -> String {
    let denies = claim["polarity"] == "denies";
    let words: Vec<String> = words(lang, &claim["verbatim"]);
    let mut first = words.join(" ");
    if denies {
        first = format!("{} {first}", lang.say("DENIES:", "NIE :"));
    }
    if let Some(number) = claim["number"].as_str() {
        first = format!("{}{} {first}", plain(number), lang.colon());
    }
    let mut out = format!("{indent}{first} — {}", lang.names(&claim["assessors"]));
    match (claim["assertedAt"].as_str(), claim["publishedAt"].as_str()) {
        (Some(date), _) => out.push_str(&format!(", {}", plain(date))),
        (None, Some(date)) => out.push_str(&format!(
            ", {} {}",
            lang.say("published", "publiée le"),
            plain(date)
        )),
        (None, None) => {}
    }
    out.push_str(&marked(claim));
    out.push('\n');
    let mut line = |text: String| out.push_str(&format!("{indent}    {text}\n"));
    if let Some(scale) = scale(lang, &claim["scale"]) {
        line(scale);
    }
    if let Some(confidence) = claim["confidence"].as_str() {
        line(format!(
            "{} {}",
            lang.say("confidence:", "confiance :"),
            plain(confidence)
        ));
    }
    for step in items(&claim["derivation"]) {
        let relation = step["relationLabel"].as_str().unwrap_or_default();
        let other = step["label"].as_str().or(step["claim"].as_str());
        let other = other.unwrap_or_default();
        line(format!("{} {}", plain(relation), plain(other)));
    }
    let sources: Vec<String> = items(&claim["sources"])
        .map(|source| lang.name(source))
        .collect();
    let place = place(&sources.join("; "), claim["locator"].as_str());
    let id = plain(claim["id"].as_str().unwrap_or_default());
    line(if place.is_empty() {
        format!("[{id}]")
    } else {
        format!("{place}  [{id}]")
    });
    out
}

/// What a claim claims: its kind, of whom, and what.
pub fn proposition(lang: Language, claim: &Value) -> String {
    let kind = capital(&kind(claim));
    let mut out = format!("{kind}{} {}", lang.colon(), lang.name(&claim["subject"]));
    let object = lang.name(&claim["object"]);
    if !object.is_empty() {
        out.push_str(&format!(" → {object}"));
    }
    for degree in ["level", "relation"] {
        let degree = lang.name(&claim[degree]);
        if !degree.is_empty() {
            out.push_str(&format!(" · {degree}"));
        }
    }
    out
}

/// What a claim's or relationship's kind is called.
pub fn kind(of: &Value) -> String {
    plain(of["kindLabel"].as_str().unwrap_or_default())
}

/// A document and the place in it.
pub fn place(source: &str, locator: Option<&str>) -> String {
    let locator = locator.map(plain).unwrap_or_default();
    match (source.is_empty(), locator.is_empty()) {
        (false, false) => format!("{source}, {locator}"),
        (false, true) => source.to_owned(),
        (true, _) => locator,
    }
}

/// The exact words, one by one, with their place where it is said of these words.
pub fn words(lang: Language, verbatim: &Value) -> Vec<String> {
    let quoted = |one: &Value| {
        let words = lang.quote(one["text"].as_str()?);
        let at = place(&lang.name(&one["source"]), one["locator"].as_str());
        Some(match at.is_empty() {
            true => words,
            false => format!("{words} ({at})"),
        })
    };
    items(verbatim).filter_map(quoted).collect()
}

/// How likely the assessor says it is; that no scale was stated goes without saying.
fn scale(lang: Language, scale: &Value) -> Option<String> {
    let percent = |bound: &Value| bound.as_f64().map(|n| format!("{:.0}", n * 100.0));
    let term = lang.label(&scale["term"]).map(|term| short(&term));
    let range = percent(&scale["low"])
        .zip(percent(&scale["high"]))
        .map(|(low, high)| format!("{low}–{high} %"));
    if term.is_none() && range.is_none() {
        return None;
    }
    let mut out = [term, range]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ");
    out.push_str(match scale["assumed"].as_bool() {
        Some(true) => lang.say(
            " (our reading: the source states no scale)",
            " (notre lecture : la source n’énonce aucune échelle)",
        ),
        _ => lang.say(
            " (as the source states it)",
            " (tel que la source l’énonce)",
        ),
    });
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn a_claim_begins_with_its_words_and_ends_with_its_place() {
        let value = json!({
            "id": "relationship--1", "kindLabel": "attribution",
            "subject": {"id": "campaign--1", "label": "MPs"}, "object": {"label": "Spamouflage"},
            "assessors": [{"id": "identity--1", "label": "RRM"}],
            "verbatim": [{"text": "concurs", "lang": "en"}], "polarity": "affirms",
            "scale": {"iri": "s", "term": "likely", "low": 0.55, "high": 0.8, "assumed": true},
            "assertedAt": "2023-09-15",
            "derivation": [{"relationLabel": "concurs with", "claim": "note--2"}],
            "sources": [{"id": "report--1", "label": "Report"}], "locator": "L38",
        });
        expect![[r#"
            Attribution: MPs → Spamouflage
              “concurs” — RRM, 2023-09-15
                  likely, 55–80 % (our reading: the source states no scale)
                  concurs with note--2
                  Report, L38  [relationship--1]
        "#]]
        .assert_eq(&format!(
            "{}\n{}",
            proposition(Language::En, &value),
            claim(Language::En, &value, "  ")
        ));
    }
}
