//! `path`: how two records are linked, hop by hop.

use super::Desktop;
use super::claims::{kind, place, words};
use super::text::{banner, items, marked, plain};
use crate::cli::PastEyes;
use crate::door::address;
use crate::language::Language;
use anyhow::Result;
use serde_json::Value;
use std::process::ExitCode;

/// Asks for it and prints it.
pub async fn run(
    on: &Desktop,
    from: &str,
    to: &str,
    max_hops: usize,
    eyes: &PastEyes,
) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let hops = max_hops.to_string();
    let mut query = vec![("from", from), ("to", to), ("hops", hops.as_str())];
    query.extend(eyes.query());
    let answer = door
        .get(&address(&["api", "v1", "path"], &query), eyes.seen())
        .await?
        .json_about(&[from, to])?;
    on.print(&answer, |path| text(on.language, path, max_hops))
}

fn text(lang: Language, path: &Value, max_hops: usize) -> String {
    let mut out = String::new();
    for (at, hop) in items(&path["hops"]).enumerate() {
        if at == 0 {
            let from = lang.name(&hop["from"]);
            out.push_str(&format!("{}{from}\n", banner(lang, path)));
        }
        let arrow = if hop["reversed"] == true {
            "←"
        } else {
            "→"
        };
        out.push_str(&format!("  {arrow} {} {arrow}", kind(hop)));
        for one in words(lang, &hop["verbatim"]) {
            out.push_str(&format!(" {one}"));
        }
        let place = place(&lang.name(&hop["source"]), hop["locator"].as_str());
        if !place.is_empty() {
            out.push_str(&format!(" ({place})"));
        }
        out.push_str(&format!(
            " [{}]{}\n",
            plain(hop["via"].as_str().unwrap_or_default()),
            marked(hop)
        ));
        out.push_str(&format!("{}\n", lang.name(&hop["to"])));
    }
    if out.is_empty() {
        let hops = lang.count(max_hops as u64, ["hop", "hops"], ["pas", "pas"]);
        return match lang {
            Language::En => format!("Nothing links them within {hops}.\n"),
            Language::Fr => format!("Rien ne les relie en {hops} au plus.\n"),
        };
    }
    out
}
