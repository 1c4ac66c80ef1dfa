//! `review`: what was proposed from outside a view, and a steward's word on it.

use super::Desktop;
use super::text::{items, plain};
use crate::cli::writing::ReviewCommand;
use crate::door::address;
use crate::language::Language;
use anyhow::Result;
use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Lists proposals, or decides on one.
pub async fn run(on: &Desktop, command: ReviewCommand) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let (number, decision) = match command {
        ReviewCommand::List { standing, after } => {
            let after = after.to_string();
            let query = [("standing", standing.as_str()), ("after", &after)];
            let path = address(&["api", "v1", "proposals"], &query);
            let answer = door.get(&path, None).await?.json()?;
            return on.print(&answer, |page| listed(on.language, page));
        }
        ReviewCommand::Accept {
            number,
            loosen,
            anyway,
        } => {
            let decision = json!({ "decision": "accept", "loosen": loosen, "anyway": anyway });
            (number, decision)
        }
        ReviewCommand::Refuse { number, reason } => {
            (number, json!({ "decision": "refuse", "reason": reason }))
        }
    };
    let path = address(&["api", "v1", "proposals", &number.to_string()], &[]);
    let request = door
        .request(Method::POST, &path, None)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(decision.to_string()))?;
    let answer = door.send(request).await?.json()?;
    on.print(&answer, |decided| {
        let word = |key: &str| plain(decided[key].as_str().unwrap_or_default());
        format!("{}  {}\n", word("verdict"), word("record"))
    })
}

/// Each proposal with what it states.
fn listed(lang: Language, page: &Value) -> String {
    let mut out = String::new();
    for proposal in items(&page["proposals"]) {
        let word = |key: &str| plain(proposal[key].as_str().unwrap_or_default());
        out.push_str(&format!(
            "{}  {}  {}  {} ({})  {}\n",
            proposal["number"],
            word("standing"),
            word("record"),
            word("author"),
            word("audience"),
            word("proposed"),
        ));
        if let Some(reason) = proposal["reason"].as_str() {
            out.push_str(&format!("  {}\n", plain(reason)));
        }
        if let Some(why) = proposal["why"].as_str() {
            out.push_str(&format!("  “{}”\n", plain(why)));
        }
        if proposal["changedSince"] == true {
            let changed = lang.say(
                "the record changed since: take it with --anyway, or refuse it",
                "la fiche a changé depuis : acceptez avec --anyway, ou refusez",
            );
            out.push_str(&format!("  ! {changed}\n"));
        }
        if proposal["kind"] == "unchanged" {
            let same = lang.say(
                "says what stands there already",
                "dit ce qui s’y trouve déjà",
            );
            out.push_str(&format!("  {same}\n"));
        }
        out.push_str(&super::writing::changes(proposal));
    }
    if out.is_empty() {
        out.push_str(lang.say("Nothing waits.\n", "Rien n’attend.\n"));
    }
    if let Some(next) = page["next"].as_u64() {
        let more = lang.say("More: --after", "Suite : --after");
        out.push_str(&format!("{more} {next}\n"));
    }
    out
}
