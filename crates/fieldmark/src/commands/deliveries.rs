//! `deliveries`: who took what by TAXII, and which of their copies are stale.

use super::Desktop;
use super::text::{items, plain, table};
use crate::door::address;
use crate::language::Language;
use anyhow::Result;
use serde_json::Value;
use std::process::ExitCode;

/// Asks for it and prints it.
pub async fn run(on: &Desktop, taker: Option<&str>) -> Result<ExitCode> {
    let door = on.door().await?;
    let lang = on.language;
    let asked: Vec<(&str, &str)> = taker
        .map(|taker| ("taker", taker))
        .into_iter()
        .chain([("lang", lang.tag())])
        .collect();
    let path = address(&["api", "v1", "deliveries"], &asked);
    let answer = door.get(&path, None).await?.json()?;
    on.print(&answer, |taken| text(lang, taken))
}

fn text(lang: Language, taken: &Value) -> String {
    let word = |of: &Value, key: &str| plain(of[key].as_str().unwrap_or("–"));
    let rows = items(taken).map(|row| {
        let title = row["title"].as_str().or(row["collection"].as_str());
        let counts = ["objects", "outdated", "recalled"].map(|key| row[key].to_string());
        [word(row, "taker"), plain(title.unwrap_or_default())]
            .into_iter()
            .chain([word(row, "audience"), word(row, "lastAsked")])
            .chain(counts)
            .collect()
    });
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        let nothing = lang.say(
            "Nothing was taken by TAXII.",
            "Rien n’a été pris par TAXII.",
        );
        return format!("{nothing}\n");
    }
    let headings = [
        lang.say("token", "jeton"),
        "collection",
        lang.say("audience", "public"),
        lang.say("last asked", "dernière demande"),
        lang.say("objects held", "objets détenus"),
        lang.say("newer not taken", "plus récents non pris"),
        lang.say("withdrawn since", "retirés depuis"),
    ];
    let mut out = table(&headings.map(str::to_owned), &rows);
    for row in items(taken) {
        let stale: Vec<Vec<String>> = items(&row["stale"])
            .map(|one| {
                let standing = one["standing"].as_str().map(plain);
                let none = lang.say(
                    "none: ask them to delete it",
                    "aucune : demandez de la supprimer",
                );
                let name = plain(one["object"]["label"].as_str().unwrap_or_default());
                vec![
                    name,
                    word(&one["object"], "id"),
                    word(one, "version"),
                    standing.unwrap_or_else(|| none.to_owned()),
                ]
            })
            .collect();
        if stale.is_empty() {
            continue;
        }
        let headings = [
            lang.say("stale copy", "copie périmée"),
            "id",
            lang.say("version they hold", "version détenue"),
            lang.say("version they may have", "version qu’ils peuvent avoir"),
        ];
        out.push('\n');
        out.push_str(&table(&headings.map(str::to_owned), &stale));
        if row["more"] == true {
            let more = lang.say("… and more", "… et d’autres");
            out.push_str(&format!("{more}\n"));
        }
    }
    out
}
