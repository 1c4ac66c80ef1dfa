//! `source`: the texts of sources, and what is quoted of them.

use super::Desktop;
use super::text::{items, plain};
use crate::cli::writing::SourceCommand;
use crate::door::{Door, address};
use crate::language::Language;
use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::{Method, header};
use serde_json::Value;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

/// Keeps a text, prints it or forgets it.
pub async fn run(on: &Desktop, command: SourceCommand) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let lang = on.language;
    match command {
        SourceCommand::Keep { source, file } => {
            let text = read(&file)?;
            change(&door, Method::PUT, &source, text).await?;
            shown(on, &door, &source, 1, |found| summary(lang, found)).await
        }
        SourceCommand::Show { source, from } => {
            shown(on, &door, &source, from, |found| {
                text(lang, found) + &summary(lang, found)
            })
            .await
        }
        SourceCommand::Forget { source } => {
            change(&door, Method::DELETE, &source, Vec::new()).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    match file.as_os_str() == "-" {
        true => std::io::stdin().read_to_end(&mut text).map(drop),
        false => std::fs::read(file).map(|read| text = read),
    }
    .with_context(|| file.display().to_string())?;
    Ok(text)
}

async fn change(door: &Door, method: Method, source: &str, text: Vec<u8>) -> Result<()> {
    let path = address(&["api", "v1", "sources", source, "text"], &[]);
    let request = door
        .request(method, &path, None)
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .body(Body::from(text))?;
    door.send(request).await?.success().map(drop)
}

async fn shown(
    on: &Desktop,
    door: &Door,
    source: &str,
    from: usize,
    text: impl FnOnce(&Value) -> String,
) -> Result<ExitCode> {
    let from = from.to_string();
    let asked = [("from", from.as_str()), ("lang", on.language.tag())];
    let path = address(&["api", "v1", "sources", source], &asked);
    let answer = door.get(&path, None).await?.json()?;
    on.print(&answer, text)
}

/// The text with the numbers of its lines and of what is quoted, as in `[3: words]`.
fn text(lang: Language, found: &Value) -> String {
    let mut out = String::new();
    for line in items(&found["lines"]) {
        let pieces = items(&line["text"]).map(|piece| {
            let text = plain(piece["text"].as_str().unwrap_or_default());
            let of: Vec<String> = items(&piece["quotations"]).map(Value::to_string).collect();
            match of.is_empty() {
                true => text,
                false => format!("[{}: {text}]", of.join(",")),
            }
        });
        let pieces: String = pieces.collect();
        let number = line["number"].as_u64().unwrap_or_default();
        out.push_str(&format!("{number:>5}  {pieces}\n"));
    }
    if let Some(next) = found["next"].as_u64() {
        let more = lang.say("go on with --from", "la suite avec --from");
        out.push_str(&format!("… {more} {next}\n"));
    }
    out
}

/// What is quoted, and where each stands.
fn summary(lang: Language, found: &Value) -> String {
    let kept = !found["kept"].is_null();
    let mut out = match kept {
        true => String::new(),
        false => format!(
            "{}\n",
            lang.say(
                "No text of it is kept: fieldmark source keep SOURCE FILE",
                "Aucun texte n’en est gardé : fieldmark source keep SOURCE FICHIER"
            )
        ),
    };
    for one in items(&found["quotations"]) {
        let place = match one["line"].as_u64() {
            Some(line) => format!("L{line}"),
            None if kept => lang
                .say("does not stand in the text", "ne figure pas dans le texte")
                .to_owned(),
            None => "–".to_owned(),
        };
        let by = match one["proposal"].as_u64() {
            Some(number) => format!("{} {number}", lang.say("proposal", "proposition")),
            None => plain(one["record"]["label"].as_str().unwrap_or_default()),
        };
        let words = lang.quote(&plain(one["words"].as_str().unwrap_or_default()));
        let number = one["number"].as_u64().unwrap_or_default();
        out.push_str(&format!("{number:>4}. {words}  {by}  {place}\n"));
    }
    out
}
