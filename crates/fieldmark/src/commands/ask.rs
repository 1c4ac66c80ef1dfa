//! `ask`: the saved questions.

use super::export::tell_guarded;
use super::text::{banner, items, plain, short, table};
use super::{Desktop, print_bytes};
use crate::cli::PastEyes;
use crate::door::{Door, address};
use crate::language::Language;
use anyhow::{Result, bail};
use fieldmark_api::{Desk, DeskSettings};
use fieldmark_store::{Base, Options};
use serde_json::Value;
use std::process::ExitCode;

/// How many rows one request asks for.
const PAGE: usize = 1_000;

/// Lists the questions with their parameters. They come with the program, so that they can be
/// listed before there is anything to ask about.
pub async fn list(on: &Desktop) -> Result<ExitCode> {
    let scratch = tempfile::tempdir()?;
    let door = if on.config.data.join("ledger.sqlite").exists() {
        on.door().await?
    } else {
        let base = Base::open(scratch.path(), Options::default())?;
        Door::here(
            Desk {
                base,
                settings: DeskSettings::default().into(),
            },
            on.language,
        )
    };
    let answer = door.get("/api/v1/queries", None).await?.json()?;
    on.print(&answer, |answer| {
        items(answer)
            .map(|question| described(on.language, question))
            .collect::<Vec<_>>()
            .join("\n")
    })
}

fn described(lang: Language, question: &Value) -> String {
    let mut out = format!(
        "{}\n  {}\n",
        plain(question["name"].as_str().unwrap_or_default()),
        lang.label(&question["summary"]).unwrap_or_default()
    );
    for param in items(&question["params"]) {
        let text = |key: &str| plain(param[key].as_str().unwrap_or_default());
        let need = match param["need"].as_str() {
            Some("required") => lang.say("required", "requis").to_owned(),
            Some("default") => format!("{} {}", lang.say("default", "par défaut"), text("default")),
            _ => lang.say("optional", "facultatif").to_owned(),
        };
        let about = lang.label(&param["about"]).unwrap_or_default();
        out.push_str(&format!(
            "    {}={} ({need}): {about}\n",
            text("name"),
            text("kind").to_uppercase()
        ));
    }
    out
}

/// Asks one question.
pub async fn run(
    on: &Desktop,
    name: &str,
    parameters: &[String],
    limit: usize,
    (as_csv, spreadsheet): (bool, bool),
    eyes: &PastEyes,
) -> Result<ExitCode> {
    let mut query: Vec<(&str, &str)> = eyes.query().collect();
    for parameter in parameters {
        match parameter.split_once('=') {
            Some(pair) => query.push(pair),
            None => bail!(
                "\"{parameter}\" is not key=value; `fieldmark ask --list` has the keys of {name}"
            ),
        }
    }
    let door = on.filled_door().await?;
    if as_csv {
        // The whole answer: a file that stops at a page's end would not say so to a spreadsheet.
        query.extend(spreadsheet.then_some(("spreadsheet", "true")));
        let path = address(&["api", "v1", "queries", &format!("{name}.csv")], &query);
        let answer = door.get(&path, eyes.seen()).await?;
        let answer = answer.success()?;
        tell_guarded(on.language, answer.header("fieldmark-guarded"));
        print_bytes(&answer.body)?;
        return Ok(ExitCode::SUCCESS);
    }
    let answer = all(&door, name, &query, limit, eyes.seen()).await?;
    let (headings, rows) = shown(&answer);
    on.print(&answer, |answer| {
        let lang = on.language;
        let (headings, rows) = readable(lang, &headings, rows);
        let headings = called(answer, headings);
        let (headings, rows) = with_markings(lang, answer, headings, rows);
        let mut out = match rows.is_empty() {
            true => lang.say("No answer.\n", "Aucune réponse.\n").to_owned(),
            false => banner(lang, answer) + &table(&headings, &rows),
        };
        let total = answer["total"].as_u64().unwrap_or(rows.len() as u64);
        if total > rows.len() as u64 {
            let words = lang.say(
                "rows; --limit shows more",
                "lignes ; --limit en montre davantage",
            );
            out.push_str(&format!("{} / {total} {words}\n", rows.len()));
        }
        if let Some(cut) = cut(lang, answer) {
            out.push_str(&format!("{cut}\n"));
        }
        out
    })
}

/// Why an answer was cut before its end, when it was.
fn cut(lang: Language, answer: &Value) -> Option<String> {
    match &answer["cut"] {
        Value::String(why) => Some(format!("{} {}", lang.say("Cut:", "Coupé :"), plain(why))),
        Value::Bool(true) => Some(
            lang.say(
                "Cut: there is more than one answer may hold.",
                "Coupé : la limite d’une réponse est atteinte.",
            )
            .to_owned(),
        ),
        _ => None,
    }
}

/// At most `limit` rows, page after page, as one answer.
async fn all(
    door: &Door,
    name: &str,
    query: &[(&str, &str)],
    limit: usize,
    seen: Option<&str>,
) -> Result<Value> {
    let mut whole: Option<Value> = None;
    let mut after: Option<String> = None;
    loop {
        let had = whole
            .as_ref()
            .map_or(0, |whole| items(&whole["rows"]).count());
        let first = (limit - had).min(PAGE).to_string();
        let mut query = query.to_vec();
        query.push(("first", &first));
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page = door
            .get(&address(&["api", "v1", "queries", name], &query), seen)
            .await?
            .json()?;
        after = page["next"].as_str().map(str::to_owned);
        let none = items(&page["rows"]).next().is_none();
        let joined = match whole.take() {
            None => page,
            Some(mut whole) => {
                for list in ["rows", "markings"] {
                    if let Some(all) = whole[list].as_array_mut() {
                        all.extend(items(&page[list]).cloned());
                    }
                }
                whole["next"] = page["next"].clone();
                both(&mut whole["marking"], &page["marking"]);
                whole
            }
        };
        if after.is_none() || none || items(&joined["rows"]).count() >= limit {
            return Ok(joined);
        }
        whole = Some(joined);
    }
}

/// The markings of two pages, one behind the other where they differ.
fn both(marking: &mut Value, other: &Value) {
    if let (Some(one), Some(other)) = (marking.as_str(), other.as_str())
        && !one.split(" + ").any(|part| part == other)
    {
        *marking = format!("{one} + {other}").into();
    } else if marking.is_null() {
        *marking = other.clone();
    }
}

fn shown(answer: &Value) -> (Vec<String>, Vec<&Vec<Value>>) {
    let headings = items(&answer["variables"])
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    (
        headings,
        items(&answer["rows"]).filter_map(Value::as_array).collect(),
    )
}

/// What columns are called, by their variables.
fn called(answer: &Value, variables: Vec<String>) -> Vec<String> {
    let columns = items(&answer["variables"]).zip(items(&answer["columns"]));
    let columns: Vec<(&str, &str)> = columns
        .filter_map(|(variable, column)| Some((variable.as_str()?, column.as_str()?)))
        .collect();
    let name = |variable: String| {
        let column = columns.iter().find(|(known, _)| *known == variable);
        column.map_or(variable, |(_, column)| plain(column))
    };
    variables.into_iter().map(name).collect()
}

/// With the marking of each row, where they are not all under the same.
fn with_markings(
    lang: Language,
    answer: &Value,
    mut headings: Vec<String>,
    mut rows: Vec<Vec<String>>,
) -> (Vec<String>, Vec<Vec<String>>) {
    let mut markings = items(&answer["markings"]);
    if markings.any(|marking| *marking != answer["marking"]) {
        headings.push(lang.say("marking", "marquage").to_owned());
        for (row, marking) in rows.iter_mut().zip(items(&answer["markings"])) {
            row.push(plain(marking.as_str().unwrap_or_default()));
        }
    }
    (headings, rows)
}

/// Labels in the place of IRIs. A column of labels beside the column it names says nothing then.
fn readable(
    lang: Language,
    headings: &[String],
    rows: Vec<&Vec<Value>>,
) -> (Vec<String>, Vec<Vec<String>>) {
    let label_of = |heading: &str| {
        let base = heading
            .strip_suffix("Label")
            .or_else(|| heading.strip_suffix("Title"))?;
        headings.iter().position(|other| other == base)
    };
    let names: Vec<Option<usize>> = (0..headings.len())
        .map(|at| (0..headings.len()).find(|other| label_of(&headings[*other]) == Some(at)))
        .collect();
    let kept: Vec<usize> = (0..headings.len())
        .filter(|at| label_of(&headings[*at]).is_none())
        .collect();
    let cell = |row: &Vec<Value>, at: usize| -> String {
        let value = row.get(at).unwrap_or(&Value::Null);
        let named = || {
            names[at]
                .and_then(|name| row.get(name)?["value"].as_str())
                .filter(|name| !name.is_empty())
        };
        if value.is_null() {
            return named().map(plain).unwrap_or_default();
        }
        lang.label(&value["label"])
            .or_else(|| named().map(plain))
            .unwrap_or_else(|| match &value["value"] {
                Value::String(text) if value["iri"] == true => short(text),
                Value::String(text) => plain(text),
                other => other.to_string(),
            })
    };
    let rows = rows
        .iter()
        .map(|row| kept.iter().map(|at| cell(row, *at)).collect())
        .collect();
    (kept.iter().map(|at| headings[*at].clone()).collect(), rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use serde_json::json;

    #[test]
    fn a_row_shows_labels_for_iris_and_ids_where_there_are_none() {
        let answer = json!({
            "variables": ["claim", "network", "networkLabel", "when"],
            "columns": ["affirmation", "réseau", "réseau"],
            "rows": [
                [{"value": "https://w3id.org/fieldmark/id/note--1", "iri": true},
                 {"value": "https://w3id.org/fieldmark/id/infrastructure--1", "iri": true, "label": "Réseau"},
                 {"value": "Network", "lang": "en"}, {"value": "2023-08"}],
                [{"value": "https://w3id.org/fieldmark/id/note--2", "iri": true}, null, null, null],
            ],
        });
        let (headings, rows) = shown(&answer);
        let (headings, rows) = readable(Language::Fr, &headings, rows);
        let headings = called(&answer, headings);
        expect![[r#"
            affirmation  réseau  when
            ───────────  ──────  ───────
            note--1      Réseau  2023-08
            note--2
        "#]]
        .assert_eq(&table(&headings, &rows));
    }
}
