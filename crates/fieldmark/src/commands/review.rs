//! `review`: what was proposed from outside a view, and a steward's word on it.

use super::Desktop;
use super::text::{items, plain};
use crate::cli::writing::{ReviewCommand, WhichArgs};
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
    let (which, decision) = match command {
        ReviewCommand::List { standing, after } => {
            let after = after.to_string();
            let query = [("standing", standing.as_str()), ("after", &after)];
            let path = address(&["api", "v1", "proposals"], &query);
            let answer = door.get(&path, None).await?.json()?;
            return on.print(&answer, |page| listed(on.language, page));
        }
        ReviewCommand::Accept {
            which,
            reason,
            loosen,
            anyway,
        } => {
            let decision = json!({
                "decision": "accept", "reason": reason, "loosen": loosen, "anyway": anyway,
            });
            (which, decision)
        }
        ReviewCommand::Refuse { which, reason } => {
            (which, json!({ "decision": "refuse", "reason": reason }))
        }
        ReviewCommand::Edit {
            number,
            from,
            set,
            unset,
            reason,
            anyway,
        } => {
            let mut said = super::writing::filled(from.as_deref(), &set)?;
            said.extend(unset.into_iter().map(|name| (name, Value::Null)));
            let decision = json!({
                "decision": "edit", "said": said, "reason": reason, "anyway": anyway,
            });
            (one(number), decision)
        }
        ReviewCommand::Compete { number, reason } => {
            let decision = json!({ "decision": "compete", "reason": reason });
            (one(number), decision)
        }
    };
    let (place, decision) = match which.numbers.as_slice() {
        [number] => (number.to_string(), decision),
        numbers => {
            let mut decision = decision;
            decision["numbers"] = json!(numbers);
            decision["author"] = json!(which.all_of);
            ("decisions".to_owned(), decision)
        }
    };
    let path = address(&["api", "v1", "proposals", &place], &[]);
    let request = door
        .request(Method::POST, &path, None)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(decision.to_string()))?;
    let answer = door.send(request).await?.json()?;
    let undecided = items(&answer["proposals"]).any(|one| one["problem"].is_string());
    on.print(&answer, |answer| match answer["proposals"].is_array() {
        true => items(&answer["proposals"]).map(decided).collect(),
        false => decided(answer),
    })?;
    Ok(match undecided {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

fn one(number: u64) -> WhichArgs {
    WhichArgs {
        numbers: vec![number],
        all_of: None,
    }
}

/// What became of one.
fn decided(one: &Value) -> String {
    let word = |key: &str| plain(one[key].as_str().unwrap_or_default());
    let mut out = format!(
        "{}  {}  #{}\n",
        word("verdict"),
        word("record"),
        one["number"]
    );
    if one["problem"].is_string() {
        out.push_str(&format!("  {}\n", word("problem")));
    }
    out
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
        if proposal["title"] != proposal["record"] {
            out.push_str(&format!("  {}\n", word("title")));
        }
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
    for (at, total) in items(&page["totals"]).enumerate() {
        if at == 0 {
            let heading = lang.say(
                "If all that waits is taken, records of each type:",
                "Si tout ce qui attend est accepté, fiches par type :",
            );
            out.push_str(&format!("{heading}\n"));
        }
        out.push_str(&format!(
            "  {}  {} → {}  ({} {})\n",
            plain(total["type"].as_str().unwrap_or_default()),
            total["before"],
            total["after"],
            total["waiting"],
            lang.say("waiting", "en attente"),
        ));
    }
    if let Some(next) = page["next"].as_u64() {
        let more = lang.say("More: --after", "Suite : --after");
        out.push_str(&format!("{more} {next}\n"));
    }
    out
}
