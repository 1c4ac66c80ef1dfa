//! `search`: records by their names and words.

use super::Desktop;
use super::text::{items, marked, plain, table};
use crate::cli::PastEyes;
use crate::door::address;
use anyhow::Result;
use std::process::ExitCode;

/// Asks for them and prints them.
pub async fn run(
    on: &Desktop,
    text: &str,
    noun: Option<&str>,
    limit: usize,
    eyes: &PastEyes,
) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let first = limit.to_string();
    let mut query = vec![("text", text), ("first", first.as_str())];
    query.extend(noun.map(|noun| ("noun", noun)));
    query.extend(eyes.query());
    let answer = door
        .get(&address(&["api", "v1", "search"], &query), eyes.seen())
        .await?
        .json()?;
    on.print(&answer, |answer| {
        let lang = on.language;
        let rows: Vec<Vec<String>> = items(&answer["items"])
            .map(|item| {
                let text = |key: &str| plain(item[key].as_str().unwrap_or_default());
                vec![
                    lang.name(item),
                    text("noun"),
                    text("matched") + &marked(item),
                    text("id"),
                ]
            })
            .collect();
        if rows.is_empty() {
            let nothing = lang.say("Nothing bears these words.", "Rien ne porte ces mots.");
            let near: Vec<String> = items(&answer["nearest"])
                .map(|item| {
                    let text = |key: &str| plain(item[key].as_str().unwrap_or_default());
                    format!("  {} ({}, {})\n", text("matched"), text("noun"), text("id"))
                })
                .collect();
            if near.is_empty() {
                return format!("{nothing}\n");
            }
            let nearest = lang.say("The nearest names:", "Les noms les plus proches :");
            return format!("{nothing} {nearest}\n{}", near.concat());
        }
        let headings = [
            lang.say("name", "nom"),
            lang.say("noun", "sorte"),
            lang.say("found in", "trouvé dans"),
            "id",
        ];
        let mut out = table(&headings.map(str::to_owned), &rows);
        let total = answer["total"].as_u64().unwrap_or_default();
        if total > rows.len() as u64 {
            let words = lang.say("--limit shows more", "--limit en montre davantage");
            out.push_str(&format!("{} / {total}; {words}\n", rows.len()));
        }
        out
    })
}
