//! What somebody writes by hand, by whatever desk: a claim, an answer to one, a record, a link. Each
//! becomes one record, checked as every import is, and written where it still stands as its writer
//! saw it.

mod compose;
mod fill;
mod form;
mod guard;
mod kinds;
mod marked;
mod open;
pub(crate) mod review;
mod slip;
mod written;

pub(crate) use form::{FormList, FormRow, SlotRow, Slots, TermRow, form, forms, slots_of};
pub(crate) use open::{Filled, open};
pub(crate) use written::{ChangeRow, ValueRow, Written};

use crate::answer::lang::Lang;
use crate::answer::names::find;
use crate::caller::Caller;
use crate::incoming::{loosening, one_line};
use crate::problem::Problem;
use crate::state::Desk;
use axum::http::StatusCode;
use compose::Composed;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use fieldmark_rdf::record::RecordError;
use fieldmark_store::author::{Expected, Hand, Opened};
use fieldmark_store::gate::Writer;
use fieldmark_store::{Hash, Key, View};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// What is filled in: the names of properties with their values.
pub(crate) type Said = Map<String, Value>;

/// What is to be written.
#[derive(Clone, Debug)]
pub(crate) enum Order {
    /// A claim, with its `kind`.
    Assert(Said),
    /// A record of another noun, with its `noun`.
    Create(Said),
    /// Another value of some of a record's properties; null for none.
    Revise(String, Said),
    /// A claim is taken back by its assessor: it stands, and has no say any more.
    Withdraw(String),
    /// Somebody else's word on what a claim says.
    Answer(String, Stance, Said),
    /// Further evidence for a claim.
    Attach(String, Value),
    /// What a record said before its last revision is said again, as a further one.
    Revert(String),
    /// That two names or networks are one: a claim that links them and merges nothing.
    Same(String, String, Said),
}

/// How an answer stands to the claim it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stance {
    /// It says that it is so.
    Concurs,
    /// It says that it is not so.
    Disputes,
}

/// On what terms it is written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    /// The version of the record that the writer saw.
    pub version: Option<String>,
    /// Why it is written.
    pub reason: Option<String>,
    /// Why more may be seen of it than now.
    pub loosen: Option<String>,
    /// By what the request is known when it is sent again.
    pub key: Option<String>,
    /// Whether it is only judged.
    pub dry_run: bool,
    /// That it only waits for a steward; with the program that proposes it, where one does.
    pub propose: Option<Option<String>>,
    /// The language of words that say none, and of the answer.
    pub lang: &'static str,
}

/// The longest key of a request, in bytes.
const LONGEST_KEY: usize = 255;

/// Writes it, or judges what that would come to. Blocks.
///
/// # Errors
/// When the caller may not write, a name means nothing, a value cannot be read, or the request's key
/// was used for something else. What is refused or lost a race is an answer, and changed nothing.
pub(crate) fn write(
    desk: &Desk,
    caller: &Caller,
    order: &Order,
    terms: &Terms,
) -> Result<Written, Problem> {
    let writer = &proposing(caller.writer()?, terms)?;
    let loosen = loosening(terms.loosen.as_deref(), writer)?;
    let reason = one_line("reason", terms.reason.as_deref())?;
    let view = desk.base.view(&caller.reader)?;
    let key = key(order, terms)?;
    if let Some(key) = &key
        && let Some((digest, id)) = desk.base.asked(writer, &key.word)?
    {
        if digest != key.digest {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "this Idempotency-Key was used for another request: nothing was changed; send this one under a key of its own",
            ));
        }
        let opened = desk.base.opened(writer, &id)?;
        return Ok(Written::again(&id, opened.map(|opened| opened.version)));
    }
    let composed = compose::compose(desk, caller, writer, &view, order, terms)?;
    guard::check(&view, &composed)?;
    let Composed {
        id,
        before,
        after,
        expected,
        received,
    } = composed;
    let record = Record::new(id, after).map_err(|error| unmade(&error))?;
    let hand = Hand {
        expected,
        key,
        reason,
        loosen,
        dry_run: terms.dry_run,
        received,
    };
    let report = desk.base.author(writer, &record, hand)?;
    // Where it was written, the view has moved on.
    let view = desk.base.view(&caller.reader)?;
    let opened = desk.base.opened(writer, record.id())?;
    let version = opened.map(|opened| opened.version);
    Written::of(&view, &record, &before, report, version, terms.lang)
}

/// A record that somebody proposed, with some of its values said otherwise.
///
/// # Errors
/// When a value cannot be read, or nothing is left that is a record.
pub(crate) fn edited(
    view: &View,
    proposed: &Record,
    said: Said,
    lang: Lang,
) -> Result<Record, Problem> {
    if said.is_empty() {
        return Err(unfit(
            "said: say what it is to say otherwise, or accept it as it is",
        ));
    }
    let terms = Terms {
        lang: lang.tag,
        ..Terms::default()
    };
    let after = compose::revised(view, proposed.id(), proposed.quads(), said, &terms)?;
    Record::new(proposed.id().clone(), after).map_err(|error| unmade(&error))
}

/// Whoever writes, able to do no more than propose where that is asked.
fn proposing(writer: &Writer, terms: &Terms) -> Result<Writer, Problem> {
    let Some(tool) = &terms.propose else {
        return Ok(writer.clone());
    };
    let tool = one_line("tool", tool.as_deref())?;
    Ok(writer.proposing(tool.as_deref()))
}

impl Order {
    /// The order of that name.
    ///
    /// # Errors
    /// When there is none, or it does not say what it is about.
    pub fn named(name: &str, of: Option<String>, mut said: Said) -> Result<Self, Problem> {
        let about = || {
            let lacking = "of: name the claim or record that it is about";
            of.clone().ok_or_else(|| Problem::bad_request(lacking))
        };
        Ok(match name {
            "assertClaim" => Self::Assert(said),
            "createRecord" => Self::Create(said),
            "reviseRecord" | "reviseClaim" => Self::Revise(about()?, said),
            "withdrawClaim" => Self::Withdraw(about()?),
            "revertRecord" => Self::Revert(about()?),
            "dispute" => Self::Answer(about()?, Stance::Disputes, said),
            "concur" => Self::Answer(about()?, Stance::Concurs, said),
            "attachEvidence" => Self::Attach(about()?, said.remove("evidence").unwrap_or_default()),
            other => {
                let other: String = other.chars().take(60).collect();
                return Err(Problem::bad_request(format!(
                    "order: \"{other}\" is none of assertClaim, createRecord, reviseRecord, withdrawClaim, revertRecord, dispute, concur and attachEvidence"
                )));
            }
        })
    }
}

fn key(order: &Order, terms: &Terms) -> Result<Option<Key>, Problem> {
    // What is only judged is not remembered.
    let Some(word) = terms.key.as_deref().filter(|_| !terms.dry_run) else {
        return Ok(None);
    };
    if word.is_empty() || word.len() > LONGEST_KEY || word.chars().any(char::is_control) {
        return Err(Problem::bad_request(format!(
            "Idempotency-Key: a word of 1 to {LONGEST_KEY} bytes, such as a UUID"
        )));
    }
    let asked = match order {
        Order::Assert(said) => json!(["assert", said]),
        Order::Create(said) => json!(["create", said]),
        Order::Revise(of, said) => json!(["revise", of, said]),
        Order::Withdraw(of) => json!(["withdraw", of]),
        Order::Revert(of) => json!(["revert", of]),
        Order::Answer(of, stance, said) => json!(["answer", of, format!("{stance:?}"), said]),
        Order::Attach(of, evidence) => json!(["attach", of, evidence]),
        Order::Same(one, other, said) => json!(["same", one, other, said]),
    };
    let asked = json!([asked, terms.version, terms.reason, terms.loosen]);
    let digest: Hash = Sha256::digest(asked.to_string()).into();
    Ok(Some(Key {
        word: word.to_owned(),
        digest,
    }))
}

fn unmade(error: &RecordError) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
}

/// What cannot be done as it is.
fn unfit(why: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why)
}

/// The record that an order is about, as its writer sees it.
fn opened(
    desk: &Desk,
    writer: &Writer,
    view: &View,
    name: &str,
) -> Result<(RecordId, Opened), Problem> {
    let id = find(view, name)?;
    let opened = desk.base.opened(writer, &id)?;
    opened
        .map(|opened| (id, opened))
        .ok_or_else(Problem::not_found)
}

/// The version that a change is made to: what the writer says they saw.
fn expected(terms: &Terms, opened: &Opened) -> Result<Expected, Problem> {
    match (&terms.version, terms.dry_run) {
        (Some(version), _) => Ok(Expected::Version(version.trim_matches('"').to_owned())),
        (None, true) => Ok(Expected::Version(opened.version.clone())),
        (None, false) => Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            format!(
                "say which version you change, so that nobody's change is written over: \"{}\" is what stands there now",
                opened.version
            ),
        )),
    }
}
