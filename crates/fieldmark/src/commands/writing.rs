//! `claim` and `record`: what is written by hand, from a file, from the command line, or asked for
//! step by step.

mod ask;
mod form;
mod said;

use super::text::{items, marked, plain};
use super::{Desktop, print};
use crate::cli::writing::{ChangeArgs, ClaimCommand, RecordCommand, SaidArgs, TermsArgs};
use crate::door::{Door, address};
use crate::language::Language;
use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
pub use said::filled;
use said::{Said, given};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::sync::Arc;

/// A request that writes.
struct Order {
    method: Method,
    path: Vec<String>,
    said: Value,
    version: Option<String>,
}

impl Order {
    fn new(method: Method, path: &[&str], said: impl Into<Value>) -> Self {
        let path = ["api", "v1"].iter().chain(path);
        Self {
            method,
            path: path.map(|part| (*part).to_owned()).collect(),
            said: said.into(),
            version: None,
        }
    }

    fn changing(self, version: String) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }
}

/// `claim …`
pub async fn claim(on: &Desktop, command: ClaimCommand) -> Result<ExitCode> {
    let door = Arc::new(on.filled_door().await?);
    match command {
        ClaimCommand::Form { kind } => form::print_form(on, &door, "kind", &kind).await,
        ClaimCommand::Add { kind, said } => {
            let asked = ask::Asked::Claim {
                kind: kind.as_deref(),
            };
            fill_and_send(on, &door, &said, asked, |mut all| {
                all.extend(kind.as_deref().map(|kind| ("kind".to_owned(), kind.into())));
                Order::new(Method::POST, &["claims"], all)
            })
            .await
        }
        ClaimCommand::Revise {
            claim,
            change,
            said,
        } => revise(on, &door, &claim, &change, &said).await,
        ClaimCommand::Withdraw {
            claim,
            if_version,
            terms,
        } => {
            let version = current(&door, &claim, if_version).await?;
            let order = Order::new(Method::POST, &["claims", &claim, "withdraw"], Value::Null);
            send(on, &door, order.changing(version), &terms).await
        }
        ClaimCommand::Dispute { claim, said } => answer(on, &door, &claim, "dispute", &said).await,
        ClaimCommand::Concur { claim, said } => answer(on, &door, &claim, "concur", &said).await,
        ClaimCommand::Attach {
            claim,
            evidence,
            if_version,
            terms,
        } => {
            let version = current(&door, &claim, if_version).await?;
            let said = json!({ "evidence": evidence });
            let order = Order::new(Method::POST, &["claims", &claim, "evidence"], said);
            send(on, &door, order.changing(version), &terms).await
        }
        ClaimCommand::Same { one, other, said } => {
            fill_and_send(on, &door, &said, ask::Asked::Same, |mut all| {
                all.insert("one".to_owned(), one.into());
                all.insert("other".to_owned(), other.into());
                Order::new(Method::POST, &["same"], all)
            })
            .await
        }
    }
}

/// `record …`
pub async fn record(on: &Desktop, command: RecordCommand) -> Result<ExitCode> {
    let door = Arc::new(on.filled_door().await?);
    match command {
        RecordCommand::Form { noun } => form::print_form(on, &door, "noun", &noun).await,
        RecordCommand::Add { noun, said } => {
            let asked = ask::Asked::Record {
                noun: noun.as_deref(),
            };
            fill_and_send(on, &door, &said, asked, |mut all| {
                all.extend(noun.as_deref().map(|noun| ("noun".to_owned(), noun.into())));
                Order::new(Method::POST, &["records"], all)
            })
            .await
        }
        RecordCommand::Revise {
            record,
            change,
            said,
        } => revise(on, &door, &record, &change, &said).await,
        RecordCommand::Revert {
            record,
            if_version,
            terms,
        } => {
            let version = current(&door, &record, if_version).await?;
            let order = Order::new(Method::POST, &["records", &record, "revert"], Value::Null);
            send(on, &door, order.changing(version), &terms).await
        }
        RecordCommand::Link {
            source,
            by,
            target,
            said,
        } => {
            let mut all = given(&said)?;
            for (name, value) in [
                ("noun", "Relationship"),
                ("source_ref", &source),
                ("relationship_type", &by),
                ("target_ref", &target),
            ] {
                all.insert(name.to_owned(), value.into());
            }
            send(
                on,
                &door,
                Order::new(Method::POST, &["records"], all),
                &said.terms,
            )
            .await
        }
    }
}

async fn answer(
    on: &Desktop,
    door: &Arc<Door>,
    claim: &str,
    how: &str,
    said: &SaidArgs,
) -> Result<ExitCode> {
    fill_and_send(on, door, said, ask::Asked::Answer, |all| {
        Order::new(Method::POST, &["claims", claim, how], all)
    })
    .await
}

async fn revise(
    on: &Desktop,
    door: &Door,
    name: &str,
    change: &ChangeArgs,
    said: &SaidArgs,
) -> Result<ExitCode> {
    let mut all = given(said)?;
    for name in &change.unset {
        all.insert(name.clone(), Value::Null);
    }
    if all.is_empty() {
        anyhow::bail!(
            "nothing is changed: say what, with --set NAME=VALUE, --unset NAME, --from FILE or --marking"
        );
    }
    let version = current(door, name, change.if_version.clone()).await?;
    let order = Order::new(Method::PATCH, &["records", name], all);
    send(on, door, order.changing(version), &said.terms).await
}

/// What is filled in, as given or else asked for step by step, made an order of and sent.
async fn fill_and_send(
    on: &Desktop,
    door: &Arc<Door>,
    said: &SaidArgs,
    asked: ask::Asked<'_>,
    order: impl FnOnce(Said) -> Order,
) -> Result<ExitCode> {
    if said.from.is_some() || !said.set.is_empty() || !ask::somebody_is_there() {
        return send(on, door, order(given(said)?), &said.terms).await;
    }
    match ask::step_by_step(on, door, asked, said).await? {
        Some(all) => send_asked(on, door, order(all), &said.terms).await,
        // They gave up.
        None => Ok(ExitCode::SUCCESS),
    }
}

/// The version that is changed: as it was read, or what stands there now.
async fn current(door: &Door, name: &str, version: Option<String>) -> Result<String> {
    if let Some(version) = version {
        return Ok(version);
    }
    let path = address(&["api", "v1", "records", name, "draft"], &[]);
    let draft = door.get(&path, None).await?.json_about(&[name])?;
    let version = draft["version"].as_str();
    Ok(version.context("the draft has no version")?.to_owned())
}

/// Sends it and tells what became of it: exit status 1 where nothing of it was written.
async fn send(on: &Desktop, door: &Door, order: Order, terms: &TermsArgs) -> Result<ExitCode> {
    let (status, written) = ask_for(door, &order, terms).await?;
    on.print(&written, |written| told(on.language, written))?;
    Ok(match status.is_success() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

/// The same of what a person filled in step by step: first they are shown what it would come to. What
/// they filled in is given back where it is not written, so that it is not filled in again.
async fn send_asked(
    on: &Desktop,
    door: &Door,
    order: Order,
    terms: &TermsArgs,
) -> Result<ExitCode> {
    let look = TermsArgs {
        dry_run: true,
        ..terms.clone()
    };
    let looked = ask_for(door, &order, &look).await;
    let holds = match &looked {
        Ok((status, written)) => {
            on.print(written, |written| told(on.language, written))?;
            status.is_success()
        }
        Err(_) => false,
    };
    if holds && (terms.dry_run || !ask::agreed(on.language).await?) {
        return Ok(ExitCode::SUCCESS);
    }
    if holds {
        return send(on, door, order, terms).await;
    }
    let back = on.language.say(
        "# What you filled in: put it into a file, mend it, and give it with --from.",
        "# Ce que vous avez rempli : mettez-le dans un fichier, corrigez-le et donnez-le par --from.",
    );
    eprintln!("{back}\n{}", toml::to_string(&order.said)?);
    looked?;
    Ok(ExitCode::FAILURE)
}

/// Sends it; a refusal with its findings is an answer, what cannot be read an error.
async fn ask_for(door: &Door, order: &Order, terms: &TermsArgs) -> Result<(StatusCode, Value)> {
    let mut query = Vec::new();
    if terms.dry_run {
        query.push(("dry_run", "true"));
    }
    if terms.propose {
        query.push(("propose", "true"));
    }
    query.extend(terms.reason.as_deref().map(|reason| ("reason", reason)));
    query.extend(terms.loosen.as_deref().map(|reason| ("loosen", reason)));
    let path: Vec<&str> = order.path.iter().map(String::as_str).collect();
    let mut request = door
        .request(order.method.clone(), &address(&path, &query), None)
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(version) = &order.version {
        request = request.header(header::IF_MATCH, format!("\"{version}\""));
    }
    if let Some(key) = &terms.key {
        request = request.header("idempotency-key", key);
    }
    let body = match &order.said {
        Value::Null => Body::empty(),
        said => Body::from(said.to_string()),
    };
    let answer = door.send(request.body(body)?).await?;
    let written: Option<Value> = serde_json::from_slice(&answer.body).ok();
    match written {
        Some(written) if written["verdict"].is_string() => Ok((answer.status, written)),
        _ => Ok((answer.status, answer.json()?)),
    }
}

/// What became of it, value by value.
fn told(lang: Language, written: &Value) -> String {
    let word = |key: &str| plain(written[key].as_str().unwrap_or_default());
    let mut out = format!("{}  {}\n", word("verdict"), word("id"));
    if written["repeated"] == true {
        let again = lang.say(
            "it was written before, by the same request",
            "c’était déjà écrit, par la même demande",
        );
        out.push_str(&format!("  {again}\n"));
    }
    out.push_str(&changes(written));
    for finding in items(&written["findings"]) {
        let message = match lang {
            Language::Fr => finding["message_fr"]
                .as_str()
                .or(finding["message"].as_str()),
            Language::En => finding["message"].as_str(),
        };
        out.push_str(&format!("  ! {}\n", plain(message.unwrap_or_default())));
    }
    for id in items(&written["waiting"]) {
        let id = plain(id.as_str().unwrap_or_default());
        let lacking = lang.say(
            "is referred to and not here yet",
            "est cité et n’est pas encore ici",
        );
        out.push_str(&format!("  {id} {lacking}\n"));
    }
    if let Some(version) = written["version"].as_str() {
        out.push_str(&format!(
            "  {} {}\n",
            lang.say("version", "version"),
            plain(version)
        ));
    }
    out
}

/// What changes, old beside new.
pub fn changes(of: &Value) -> String {
    let mut out = String::new();
    for change in items(&of["changes"]) {
        let label = change["label"].as_str().unwrap_or_default();
        out.push_str(&format!("  {}\n", plain(label)));
        for (mark, key) in [("-", "before"), ("+", "after")] {
            let other: Vec<&Value> =
                items(&change[if key == "before" { "after" } else { "before" }]).collect();
            for value in items(&change[key]) {
                // What stays is not told as if it went and came.
                let mark = if other.contains(&value) { " " } else { mark };
                if mark == " " && key == "before" {
                    continue;
                }
                out.push_str(&format!("    {mark} {}\n", shown(value)));
            }
        }
    }
    out
}

fn shown(value: &Value) -> String {
    let mut out = plain(value["value"].as_str().unwrap_or_default());
    if let Some(lang) = value["lang"].as_str() {
        out.push_str(&format!("  @{}", plain(lang)));
    }
    if let Some(id) = value["id"].as_str() {
        out.push_str(&format!("  [{}]", plain(id)));
    }
    out.push_str(&marked(value));
    out
}
