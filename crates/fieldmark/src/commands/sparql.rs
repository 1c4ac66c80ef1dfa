//! `sparql`: any query, read only.

use super::text::{items, plain, short, table};
use super::{Desktop, print, print_bytes};
use crate::cli::PastEyes;
use crate::door::{Door, address};
use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::{Method, header};
use fieldmark_model::RecordId;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

/// How many labels are looked up at once.
const LABELS: usize = 200;

/// Asks, and prints a table or the format asked for.
pub async fn run(on: &Desktop, query: &str, format: &str, eyes: &PastEyes) -> Result<ExitCode> {
    let text = match Path::new(query)
        .extension()
        .is_some_and(|ending| ending == "rq")
    {
        true => std::fs::read_to_string(query).with_context(|| query.to_owned())?,
        false => query.to_owned(),
    };
    let format = if on.json && format == "table" {
        "json"
    } else {
        format
    };
    let accept = match format {
        "table" => "application/sparql-results+json, text/turtle",
        "json" => "application/sparql-results+json, application/ld+json",
        "xml" => "application/sparql-results+xml, application/rdf+xml",
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "turtle" => "text/turtle",
        "ntriples" => "application/n-triples",
        "jsonld" => "application/ld+json",
        _ => "application/rdf+xml",
    };
    let door = on.filled_door().await?;
    let answer = ask(&door, text, accept, eyes).await?;
    let media = answer
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if format != "table" || !media.starts_with("application/sparql-results+json") {
        print_bytes(&answer.body)?;
        if format == "json" && !answer.body.ends_with(b"\n") {
            print("\n")?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let results = answer.json()?;
    let lang = on.language;
    if let Some(yes) = results["boolean"].as_bool() {
        print(if yes {
            lang.say("yes\n", "oui\n")
        } else {
            lang.say("no\n", "non\n")
        })?;
        return Ok(ExitCode::SUCCESS);
    }
    let variables: Vec<String> = items(&results["head"]["vars"])
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let bindings: Vec<&Value> = items(&results["results"]["bindings"]).collect();
    let labels = labels(&door, lang.tag(), &bindings, eyes).await?;
    let rows: Vec<Vec<String>> = bindings
        .iter()
        .map(|row| {
            variables
                .iter()
                .map(|variable| cell(&row[variable], &labels))
                .collect()
        })
        .collect();
    print(&match rows.is_empty() {
        true => lang.say("No answer.\n", "Aucune réponse.\n").to_owned(),
        false => table(&variables, &rows),
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn ask(
    door: &Door,
    query: String,
    accept: &str,
    eyes: &PastEyes,
) -> Result<crate::door::Answer> {
    let as_of: Vec<(&str, &str)> = eyes.query().collect();
    let mut request = door
        .request(Method::POST, &address(&["sparql"], &as_of), eyes.seen())
        .header(header::CONTENT_TYPE, "application/sparql-query")
        .body(Body::from(query))?;
    request
        .headers_mut()
        .insert(header::ACCEPT, accept.parse()?);
    let answer = door.send(request).await?;
    answer.success()?;
    Ok(answer)
}

/// The labels of the records in an answer, as the same audience sees them: the language asked
/// for, else the other one.
async fn labels(
    door: &Door,
    language: &str,
    bindings: &[&Value],
    eyes: &PastEyes,
) -> Result<BTreeMap<String, String>> {
    let records: BTreeSet<String> = bindings
        .iter()
        .flat_map(|row| row.as_object().into_iter().flat_map(|row| row.values()))
        .filter(|term| term["type"] == "uri")
        .filter_map(|term| RecordId::from_iri(term["value"].as_str()?))
        .map(|id| id.iri())
        .collect();
    let records: Vec<String> = records.into_iter().collect();
    let mut labels = BTreeMap::new();
    for some in records.chunks(LABELS) {
        // Only IRIs of records come here, whose grammar leaves no room for anything else.
        let values: Vec<String> = some.iter().map(|iri| format!("<{iri}>")).collect();
        let query = format!(
            "SELECT ?record ?label WHERE {{ VALUES ?record {{ {} }} \
             ?record <http://www.w3.org/2004/02/skos/core#prefLabel> ?label }} ORDER BY ?record ?label",
            values.join(" ")
        );
        let answer = ask(door, query, "application/sparql-results+json", eyes)
            .await?
            .json()?;
        for row in items(&answer["results"]["bindings"]) {
            let text = |key: &str| row[key]["value"].as_str().unwrap_or_default().to_owned();
            if row["label"]["xml:lang"] == language || !labels.contains_key(&text("record")) {
                labels.insert(text("record"), text("label"));
            }
        }
    }
    Ok(labels)
}

fn cell(term: &Value, labels: &BTreeMap<String, String>) -> String {
    let value = term["value"].as_str().unwrap_or_default();
    match term["type"].as_str() {
        Some("uri") => labels
            .get(value)
            .map_or_else(|| short(value), |label| plain(label)),
        Some("bnode") => format!("_:{}", plain(value)),
        Some("triple") => plain(&term["value"].to_string()),
        _ => plain(value),
    }
}
