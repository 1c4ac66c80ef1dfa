//! `show`: one record.

use super::claims::{claim, kind, place, proposition};
use super::text::{items, plain, short};
use super::{Desktop, print_bytes};
use crate::cli::PastEyes;
use crate::door::{Door, address};
use crate::language::Language;
use anyhow::{Context, Result};
use serde_json::Value;
use std::process::ExitCode;

/// Asks for it and prints it: for people, or as RDF.
pub async fn run(on: &Desktop, name: &str, format: &str, eyes: &PastEyes) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let as_of: Vec<(&str, &str)> = eyes.query().collect();
    let answer = door
        .get(
            &address(&["api", "v1", "records", name], &as_of),
            eyes.seen(),
        )
        .await?
        .json_about(&[name])?;
    if format == "text" {
        return on.print(&answer, |record| text(on.language, record));
    }
    let id = answer["id"].as_str().context("the answer has no id")?;
    let query = [&[("format", format), ("of", id)], &as_of[..]].concat();
    let path = address(&["api", "v1", "export"], &query);
    print_bytes(&door.get(&path, eyes.seen()).await?.success()?.body)?;
    Ok(ExitCode::SUCCESS)
}

/// One record as the desk gives it, by id, IRI or name.
pub async fn record(door: &Door, name: &str, seen: Option<&str>) -> Result<Value> {
    door.get(&address(&["api", "v1", "records", name], &[]), seen)
        .await?
        .json_about(&[name])
}

fn text(lang: Language, record: &Value) -> String {
    let id = plain(record["id"].as_str().unwrap_or_default());
    let mut out = format!(
        "{}\n",
        lang.label(&record["label"]).unwrap_or_else(|| id.clone())
    );
    out.push_str(&format!(
        "{}  {id}\n",
        plain(record["noun"].as_str().unwrap_or_default())
    ));
    let marking = record["marking"].as_str();
    if let Some(marking) = marking {
        let unless = lang.say(
            "and so is all below that says no other",
            "comme tout ce qui suit sans autre mention",
        );
        out.push_str(&format!("{}  ({unless})\n", plain(marking)));
    }
    let properties: Vec<&Value> = items(&record["properties"]).collect();
    if !properties.is_empty() {
        out.push_str(lang.say("\nProperties\n", "\nPropriétés\n"));
    }
    for property in properties {
        let name = property["name"]
            .as_str()
            .or(property["iri"].as_str())
            .unwrap_or_default();
        let name = short(name);
        for value in items(&property["values"]) {
            out.push_str(&format!(
                "  {name}  {}{}\n",
                stated(lang, value),
                other(marking, value)
            ));
        }
    }
    let relationships: Vec<&Value> = items(&record["relationships"]).collect();
    if !relationships.is_empty() {
        out.push_str(lang.say("\nRelationships\n", "\nRelations\n"));
    }
    for edge in relationships {
        let (from, to) = (lang.name(&edge["from"]), lang.name(&edge["to"]));
        out.push_str(&format!("  {from} — {} → {to}", kind(edge)));
        let place = place(&lang.name(&edge["source"]), edge["locator"].as_str());
        if !place.is_empty() {
            out.push_str(&format!(" ({place})"));
        }
        out.push_str(&format!(
            " [{}]{}\n",
            plain(edge["id"].as_str().unwrap_or_default()),
            other(marking, edge)
        ));
    }
    let claims: Vec<&Value> = items(&record["claims"]).collect();
    if !claims.is_empty() {
        out.push_str(lang.say("\nClaims\n", "\nAffirmations\n"));
    }
    for one in claims {
        out.push_str(&format!(
            "  {}\n{}",
            proposition(lang, one),
            claim(lang, one, "    ")
        ));
    }
    out
}

/// The marking of something, where it is another than the record's.
fn other(marking: Option<&str>, of: &Value) -> String {
    match of["marking"].as_str() {
        Some(own) if Some(own) != marking => format!("  [{}]", plain(own)),
        _ => String::new(),
    }
}

/// A value: a label where there is one, else the text with its language, or the IRI.
fn stated(lang: Language, value: &Value) -> String {
    if let Some(label) = lang.label(&value["label"]) {
        return label;
    }
    let text = value["value"]
        .as_str()
        .map_or_else(|| value["value"].to_string(), str::to_owned);
    match (&value["iri"], value["lang"].as_str()) {
        (Value::String(iri), _) => short(iri),
        (Value::Bool(true), _) => short(&text),
        (_, Some(tag)) => format!("{} ({})", plain(&text), plain(tag)),
        _ => plain(&text),
    }
}
