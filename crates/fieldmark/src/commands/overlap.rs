//! `overlap`: what two campaigns share, item by item; or who shares most with one.

use super::claims::{place, words};
use super::text::{banner, items, marked, plain, table};
use super::{Desktop, paper, print};
use crate::cli::PastEyes;
use crate::cli::paper::OnPaper;
use crate::door::{Door, address};
use crate::language::Language;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::Path;
use std::process::ExitCode;

/// Compares two.
pub async fn pair(
    on: &Desktop,
    (left, right): (&str, &str),
    shuffles: u32,
    wanted: &OnPaper,
    eyes: &PastEyes,
) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let shuffles = shuffles.to_string();
    let asked: Vec<(&str, &str)> = [
        ("with", right),
        ("shuffles", &shuffles),
        ("lang", on.language.tag()),
    ]
    .into_iter()
    .chain(eyes.query())
    .collect();
    if let Some(written) = paper::written(&door, wanted, ("overlap", left), &asked, eyes).await? {
        return Ok(written);
    }
    let found = compare(&door, left, right, Some(&shuffles), Some(eyes)).await?;
    on.print(&found, |overlap| comparison(on.language, overlap))
}

/// The comparison of two, as the desk gives it.
pub async fn compare(
    door: &Door,
    left: &str,
    right: &str,
    shuffles: Option<&str>,
    eyes: Option<&PastEyes>,
) -> Result<Value> {
    let mut asked = vec![("with", right)];
    asked.extend(shuffles.map(|times| ("shuffles", times)));
    asked.extend(eyes.into_iter().flat_map(PastEyes::query));
    door.get(
        &address(&["api", "v1", "overlap", left], &asked),
        eyes.and_then(PastEyes::seen),
    )
    .await?
    .json_about(&[left, right])
}

/// Ranks the others by what they share with one.
pub async fn ranking(
    on: &Desktop,
    of: &str,
    (top, types, shuffles): (usize, &str, u32),
    eyes: &PastEyes,
) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let (top, shuffles) = (top.to_string(), shuffles.to_string());
    let mut query = vec![
        ("top", top.as_str()),
        ("types", types),
        ("shuffles", shuffles.as_str()),
    ];
    query.extend(eyes.query());
    let path = address(&["api", "v1", "overlap", of], &query);
    let answer = door.get(&path, eyes.seen()).await?.json_about(&[of])?;
    if on.json {
        print(&format!("{answer:#}\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let lang = on.language;
    let rows: Vec<Vec<String>> = items(&answer["ranking"])
        .map(|row| {
            vec![
                lang.name(&row["other"]),
                row["features"].to_string(),
                row["hard"].to_string(),
                families(lang, &row["families"]),
                bits(lang, &row["weighing"]["excess"]),
                verdict(
                    lang,
                    row["weighing"]["verdict"].as_str().unwrap_or_default(),
                ),
                plain(row["other"]["id"].as_str().unwrap_or_default()),
            ]
        })
        .collect();
    let of = lang.name(&answer["of"]);
    if rows.is_empty() {
        let nothing = lang.say(
            "shares no feature with any other campaign",
            "n’a aucun trait commun avec une autre campagne",
        );
        print(&format!("{of} {nothing}.\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let headings = [
        lang.say("campaign", "campagne"),
        lang.say("shared", "communs"),
        lang.say("hard", "probants"),
        lang.say("by family", "par famille"),
        lang.say("bits beyond chance", "bits au-delà du hasard"),
        lang.say("verdict", "verdict"),
        "id",
    ]
    .map(str::to_owned);
    print(&format!(
        "{}{of} {}\n\n{}",
        banner(lang, &answer),
        lang.say("shares with:", "partage avec :"),
        table(&headings, &rows)
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a picture of one or two into a file.
pub async fn draw(
    on: &Desktop,
    (of, with): (&str, Option<&str>),
    picture: &str,
    file: &Path,
    eyes: &PastEyes,
) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let page = file.extension().is_some_and(|ending| ending == "html");
    let mut asked = vec![("of", of), ("format", if page { "html" } else { "svg" })];
    asked.extend(with.map(|with| ("with", with)));
    asked.extend(eyes.query());
    let path = address(&["api", "v1", "pictures", picture], &asked);
    let answer = door.get(&path, eyes.seen()).await?;
    let drawn = &answer.success()?.body;
    std::fs::write(file, drawn).with_context(|| file.display().to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// The comparison for a reader: every shared feature by family, and on each side what says so.
pub fn comparison(lang: Language, overlap: &Value) -> String {
    let (left, right) = (lang.name(&overlap["left"]), lang.name(&overlap["right"]));
    let shared: Vec<&Value> = items(&overlap["shared"]).collect();
    let hard = shared
        .iter()
        .filter(|feature| feature["hard"] == true)
        .count() as u64;
    let features = lang.count(
        shared.len() as u64,
        ["feature", "features"],
        ["trait commun", "traits communs"],
    );
    let mut out = banner(lang, overlap);
    out.push_str(&match lang {
        Language::En => format!(
            "{left} and {right} share {features}, {hard} of them hard to share by chance.\n"
        ),
        Language::Fr => {
            format!("{left} et {right} : {features}, dont {hard} que le hasard explique mal.\n")
        }
    });
    let mut family = "";
    for feature in shared {
        let of = feature["family"].as_str().unwrap_or_default();
        if of != family {
            out.push_str(&format!("\n{}\n", heading(lang, of)));
            family = of;
        }
        out.push_str(&format!("  {}", lang.name(&feature["feature"])));
        if feature["hard"] == true {
            out.push_str(lang.say("  (hard)", "  (probant)"));
        }
        out.push('\n');
        if let Some(note) = lang.label(&feature["note"]) {
            out.push_str(&format!("    {} {note}\n", lang.say("note:", "note :")));
        }
        for (side, name) in [("left", &left), ("right", &right)] {
            out.push_str(&format!("    {name}\n"));
            for support in items(&feature[side]) {
                out.push_str(&format!("      {}\n", supported(lang, support)));
            }
        }
    }
    out.push('\n');
    for (key, name) in [("onlyLeft", &left), ("onlyRight", &right)] {
        let counted = families(lang, &overlap[key]);
        if !counted.is_empty() {
            out.push_str(&format!(
                "{} {name}{} {counted}\n",
                lang.say("Only", "Seulement"),
                lang.say(":", " :")
            ));
        }
    }
    let apart: Vec<String> = items(&overlap["notShared"])
        .filter_map(Value::as_str)
        .map(|f| family_name(lang, f))
        .collect();
    if !apart.is_empty() {
        let words = lang.say(
            "Both have, none in common:",
            "Présents des deux côtés, sans rien de commun :",
        );
        out.push_str(&format!("{words} {}\n", apart.join(", ")));
    }
    out.push_str(&waterfall(lang, &overlap["weighing"], [&left, &right]));
    out
}

/// What the overlap comes to: every line, chance taken off, and what may be said.
fn waterfall(lang: Language, weighing: &Value, sides: [&String; 2]) -> String {
    let Some(says) = weighing["says"].as_str() else {
        return String::new();
    };
    let mut rows: Vec<Vec<String>> = items(&weighing["lines"])
        .map(|line| {
            let feature = &line["feature"];
            vec![
                lang.name(feature),
                family_name(lang, feature["family"].as_str().unwrap_or_default()),
                lang.say("held by", "chez").to_owned()
                    + &format!(" {} / {}", line["df"], weighing["population"]),
                bits(lang, &line["bits"]),
            ]
        })
        .collect();
    let row = |what: &str, family: String, value: String| {
        vec![what.to_owned(), family, String::new(), value]
    };
    let by_chance = match weighing["chanceBy"].as_str() {
        Some("closed-form") => lang.say("by chance, in closed form", "par hasard, forme close"),
        _ => lang.say("by chance", "par hasard"),
    };
    rows.extend(items(&weighing["chance"]).map(|chance| {
        let off = -chance["bits"].as_f64().unwrap_or_default();
        row(
            by_chance,
            family_name(lang, chance["family"].as_str().unwrap_or_default()),
            bits(lang, &off.into()),
        )
    }));
    rows.push(row(
        lang.say("beyond chance", "au-delà du hasard"),
        String::new(),
        bits(lang, &weighing["excess"]),
    ));
    let headings = [
        lang.say("shared soft feature", "trait faible commun"),
        lang.say("family", "famille"),
        lang.say("how rare", "rareté"),
        lang.say("bits", "bits"),
    ]
    .map(str::to_owned);
    let mut out = format!("\n{}", table(&headings, &rows));
    if let Some(p) = weighing["significance"]["p"].as_f64() {
        out.push_str(&format!(
            "p = {p:.4} ({} {})\n",
            weighing["significance"]["shuffles"],
            lang.say("shuffles of the population", "mélanges de la population")
        ));
    }
    for (key, one, other) in [
        ("onlyLeft", sides[0], sides[1]),
        ("onlyRight", sides[1], sides[0]),
    ] {
        let against: Vec<String> = items(&weighing[key])
            .filter(|lacked| lacked["contradicts"] == true)
            .take(5)
            .map(|lacked| lang.name(&lacked["feature"]))
            .collect();
        if !against.is_empty() {
            out.push_str(&match lang {
                Language::En => format!(
                    "Against a link: {other}, well observed, lacks of {one}: {}\n",
                    against.join(", ")
                ),
                Language::Fr => format!(
                    "Contre un lien : à {other}, bien observé, il manque de {one} : {}\n",
                    against.join(", ")
                ),
            });
        }
    }
    let unjudged: Vec<String> = items(&weighing["notJudged"])
        .filter_map(Value::as_str)
        .map(|family| family_name(lang, family))
        .collect();
    if !unjudged.is_empty() {
        out.push_str(&format!(
            "{} {}\n",
            lang.say(
                "Cannot be judged for lack of data:",
                "Impossible à juger, faute de données :"
            ),
            unjudged.join(", ")
        ));
    }
    out.push_str(&format!("\n{} {says}\n", lang.say("Verdict:", "Verdict :")));
    out
}

/// A number of bits as a reader's language writes it.
fn bits(lang: Language, value: &Value) -> String {
    let text = format!("{:.2}", value.as_f64().unwrap_or_default()).replace('-', "−");
    match lang {
        Language::En => text,
        Language::Fr => text.replace('.', ","),
    }
}

fn verdict(lang: Language, verdict: &str) -> String {
    match verdict {
        "identity-asserted" => lang.say("identity asserted", "identité affirmée"),
        "hard-link" => lang.say("hard link observed", "lien probant observé"),
        "distinctive" => lang.say("distinctive", "distinctif"),
        "compatible" => lang.say("compatible, not distinctive", "compatible, non distinctif"),
        "insufficient" => lang.say("insufficient", "insuffisant"),
        other => return plain(other),
    }
    .to_owned()
}

/// One relationship or claim that says so: its words, who says them, and where.
fn supported(lang: Language, support: &Value) -> String {
    let words = words(lang, &support["verbatim"]);
    let mut out: String = words.iter().flat_map(|one| [one, " "]).collect();
    let who = lang.names(&support["assessors"]);
    if !who.is_empty() {
        out.push_str(&format!("— {who} "));
    } else if support["isClaim"] == true {
        out.push_str(lang.say("— (assessor withheld) ", "— (évaluateur non divulgué) "));
    }
    let at = place(&lang.name(&support["source"]), support["locator"].as_str());
    if !at.is_empty() {
        out.push_str(&format!("({at}) "));
    }
    out.push_str(&format!(
        "[{}]{}",
        plain(support["link"].as_str().unwrap_or_default()),
        marked(support)
    ));
    out
}

fn families(lang: Language, counts: &Value) -> String {
    items(counts)
        .map(|row| {
            format!(
                "{} {}",
                family_name(lang, row["family"].as_str().unwrap_or_default()),
                row["count"]
            )
        })
        .collect::<Vec<_>>()
        .join(", ")
}

fn heading(lang: Language, family: &str) -> String {
    fieldmark_api::answer::words::capital(&family_name(lang, family))
}

/// The name of a family of features; one that is not known here keeps the name it came with.
fn family_name(lang: Language, family: &str) -> String {
    plain(&fieldmark_api::answer::words::family(family, lang.tag()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn a_comparison_shows_each_feature_with_what_says_so() {
        let overlap = json!({
            "left": {"id": "campaign--1", "label": {"en": "Alces"}},
            "right": {"id": "campaign--2", "label": {"en": "MPs"}},
            "shared": [{
                "family": "network", "feature": {"id": "infrastructure--1", "key": "k", "label": "Botnet"},
                "hard": true, "note": null,
                "left": [{"link": "relationship--1", "isClaim": true, "marking": "TLP:AMBER", "verbatim": [{"text": "the same", "lang": "en"}], "assessors": [{"id": "i", "label": "RRM"}],
                          "source": {"id": "report--1", "label": "Report"}, "locator": "L3"}],
                "right": [{"link": "relationship--2", "isClaim": false, "assessors": [], "source": {"id": "report--1", "label": "Report"}}],
            }],
            "marking": "TLP:AMBER", "audience": "public",
            "onlyLeft": [{"family": "technique", "count": 2}], "onlyRight": [], "notShared": ["account"],
        });
        expect![[r#"
            TLP:AMBER · for the audience public
            Alces and MPs share 1 feature, 1 of them hard to share by chance.

            Networks
              Botnet  (hard)
                Alces
                  “the same” — RRM (Report, L3) [relationship--1]  [TLP:AMBER]
                MPs
                  (Report) [relationship--2]

            Only Alces: techniques 2
            Both have, none in common: accounts, personas and channels
        "#]]
        .assert_eq(&comparison(Language::En, &overlap));
    }
}
