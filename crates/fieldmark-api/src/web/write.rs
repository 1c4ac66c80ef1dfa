//! Writing a claim, answering one, revising and withdrawing it, and putting back what any record said
//! before.

use crate::answer::names::{Labels, find};
use crate::caller::Caller;
use crate::page::write::{SLOT, Sheet, is_left_out, page as shown};
use crate::page::{self, Page, visited};
use crate::problem::Problem;
use crate::sessions::is_from_here;
use crate::state::Desk;
use crate::viewing::{Here, Visit};
use crate::writing::{self, FormRow, Order, Said, SlotRow, Terms, Written};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::HeaderMap;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use fieldmark_store::View;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What may be ordered here.
const ORDERS: [&str; 6] = [
    "assertClaim",
    "reviseClaim",
    "dispute",
    "concur",
    "withdrawClaim",
    REVERT,
];

/// The order to put back what a record said before its last revision.
const REVERT: &str = "revertRecord";

/// The orders that leave nothing to be filled in.
const BARE: [&str; 2] = ["withdrawClaim", REVERT];

/// What the form is opened with.
const OWN: [&str; 11] = [
    "order",
    "kind",
    "of",
    "version",
    "subject",
    "object",
    "marking",
    "lang-of-words",
    "reason",
    "propose",
    "key",
];

/// `GET /write`: the form, empty, or as a claim stands that is to be revised.
pub(super) async fn form(State(desk): State<Desk>, visit: Visit) -> Response {
    let of = desk.clone();
    visited(desk, visit, move |view, here, caller| {
        here.takes(&OWN)?;
        let asked = |name: &str| here.asked(name).map(str::to_owned);
        let mut sheet = sheet(&of, view, here, caller, &asked)?;
        for name in ["subject", "object"] {
            sheet
                .filled
                .extend(asked(name).map(|value| (name.to_owned(), value)));
        }
        // What would be put back is to be seen before it is.
        let told = (sheet.order == REVERT)
            .then(|| answered(written(&of, caller, here, &sheet, &BTreeMap::new())))
            .transpose()?;
        Ok(shown(&sheet, told.as_ref(), here))
    })
    .await
}

/// The sheet for what is asked for, filled in as what is revised stands.
fn sheet(
    desk: &Desk,
    view: &View,
    here: &Here,
    caller: &Caller,
    asked: &dyn Fn(&str) -> Option<String>,
) -> Result<Sheet, Problem> {
    let writer = caller.writer()?;
    let order = asked("order").unwrap_or_else(|| ORDERS[0].to_owned());
    if !ORDERS.contains(&order.as_str()) {
        return Err(Problem::bad_request(format!(
            "order: one of {}",
            ORDERS.join(", ")
        )));
    }
    let mut sheet = Sheet {
        kind: asked("kind").unwrap_or_else(|| "attribution".to_owned()),
        kinds: writing::forms(here.tag()).claims,
        of: None,
        version: None,
        key: asked("key").unwrap_or_else(|| Uuid::new_v4().to_string()),
        form: None,
        filled: BTreeMap::new(),
        marking: asked("marking").unwrap_or_else(|| "tlp:amber".to_owned()),
        lang: asked("lang-of-words").unwrap_or_else(|| here.tag().to_owned()),
        reason: asked("reason").unwrap_or_default(),
        propose: asked("propose").is_some(),
        only_proposes: writer.proposes(),
        order,
    };
    if sheet.order != "assertClaim" {
        let of = asked("of")
            .ok_or_else(|| Problem::bad_request("of: name the claim or record that it is about"))?;
        let id = find(view, &of)?;
        let label = Labels::read(view, here.lang, std::slice::from_ref(&id))?
            .named(&id)
            .label;
        if sheet.order != REVERT {
            let claim = view.claims(std::slice::from_ref(&id))?.pop().flatten();
            let claim = claim.ok_or_else(|| Problem::bad_request(format!("{id} is no claim")))?;
            sheet.kind = claim.kind.name().to_owned();
        }
        if sheet.order == "reviseClaim" || BARE.contains(&sheet.order.as_str()) {
            let opened = writing::open(desk, caller, id.as_str())?;
            sheet.marking = opened.marking;
            sheet.version = asked("version").or(Some(opened.version));
            if sheet.order == "reviseClaim" {
                let said = opened.said.iter();
                sheet.filled = said
                    .map(|(name, value)| (name.clone(), as_text(value)))
                    .collect();
            }
        }
        sheet.of = Some((id.to_string(), label));
    }
    if !BARE.contains(&sheet.order.as_str()) {
        let mut form = writing::form(&sheet.kind, here.tag())?;
        if ["dispute", "concur"].contains(&sheet.order.as_str()) {
            // What it is about is what the other claim is about.
            form.slots.retain(|slot| {
                !["subject", "object", "objectText", "polarity"].contains(&slot.name.as_str())
            });
        }
        sheet.form = Some(form);
    }
    Ok(sheet)
}

/// A value as its field shows it: several on a line each, words with their language.
pub(super) fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(as_text).collect::<Vec<_>>().join("\n"),
        Value::Object(by_language) => {
            let lines = by_language.iter().flat_map(|(lang, words)| {
                let words = as_text(words);
                let lines: Vec<String> = words
                    .lines()
                    .map(|line| format!("@{lang} {line}"))
                    .collect();
                lines
            });
            lines.collect::<Vec<_>>().join("\n")
        }
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A field's text as a value; nothing where nothing is filled in.
fn as_value(slot: &SlotRow, text: &str, lang: &str) -> Option<Value> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        return None;
    }
    if slot.holds == "words" {
        let mut by_language: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for line in lines {
            let tagged = line.strip_prefix('@').and_then(|line| line.split_once(' '));
            let (lang, words) = tagged.unwrap_or((lang, line));
            by_language
                .entry(lang.to_owned())
                .or_default()
                .push(words.into());
        }
        let words = by_language
            .into_iter()
            .map(|(lang, words)| (lang, one_or_all(words)));
        return Some(Value::Object(words.collect()));
    }
    Some(match slot.many {
        true => one_or_all(lines.into_iter().map(Value::from).collect()),
        false => text.trim().into(),
    })
}

fn one_or_all(mut values: Vec<Value>) -> Value {
    match values.len() {
        1 => values.remove(0),
        _ => values.into(),
    }
}

/// What the form says, by the names of slots; null for what was filled in before and was emptied.
pub(super) fn said(
    form: &FormRow,
    fields: &BTreeMap<String, String>,
    filled: &BTreeMap<String, String>,
    lang: &str,
) -> Said {
    let mut said = Said::new();
    for slot in form.slots.iter().filter(|slot| !is_left_out(slot)) {
        let text = fields
            .get(&format!("{SLOT}{}", slot.name))
            .map(String::as_str)
            .unwrap_or_default();
        match as_value(slot, text, lang) {
            Some(value) => drop(said.insert(slot.name.clone(), value)),
            None if filled.contains_key(&slot.name) => {
                drop(said.insert(slot.name.clone(), Value::Null))
            }
            None => {}
        }
    }
    said
}

/// The fields of a form that was sent; several of one name, such as chosen terms, on a line each.
pub(super) fn sent(body: &[u8]) -> BTreeMap<String, String> {
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        let field = fields.entry(name.into_owned()).or_default();
        if !field.is_empty() {
            field.push('\n');
        }
        field.push_str(&value.replace("\r\n", "\n"));
    }
    fields
}

/// What was typed into the slots of a form.
pub(super) fn typed(fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let of_slots = fields.iter();
    of_slots
        .filter_map(|(name, value)| Some((name.strip_prefix(SLOT)?.to_owned(), value.clone())))
        .collect()
}

/// `POST /write`: checks it or writes it; what was filled in and could not be written is given back.
pub(super) async fn write(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_from_here(&Method::POST, &headers) {
        let problem = Problem::new(StatusCode::FORBIDDEN, "write on the page /write itself");
        return page::trouble(&problem, &visit.here);
    }
    let of = desk.clone();
    visited(desk, visit, move |view, here, caller| {
        let fields = sent(&body);
        let asked = |name: &str| {
            fields
                .get(name)
                .filter(|text| !text.trim().is_empty())
                .cloned()
        };
        let mut sheet = sheet(&of, view, here, caller, &asked)?;
        if let Some(marking) = asked("marking") {
            sheet.marking = marking;
        }
        let told = answered(written(&of, caller, here, &sheet, &fields))?;
        // What was typed stands, whatever came of it.
        sheet.filled = typed(&fields);
        Ok::<Page, Problem>(shown(&sheet, Some(&told), here))
    })
    .await
}

/// What is an answer of the page: also why what the caller sent came to nothing.
fn answered(written: Result<Written, Problem>) -> Result<Result<Written, String>, Problem> {
    match written {
        Ok(written) => Ok(Ok(written)),
        Err(problem) if problem.status().is_client_error() => Ok(Err(problem.detail().to_owned())),
        Err(problem) => Err(problem),
    }
}

fn written(
    desk: &Desk,
    caller: &Caller,
    here: &Here,
    sheet: &Sheet,
    fields: &BTreeMap<String, String>,
) -> Result<Written, Problem> {
    let mut said = match &sheet.form {
        Some(form) => {
            let mut said = said(form, fields, &sheet.filled, &sheet.lang);
            said.insert("marking".to_owned(), sheet.marking.clone().into());
            said
        }
        None => Said::new(),
    };
    if sheet.order == "assertClaim" {
        said.insert("kind".to_owned(), sheet.kind.clone().into());
    }
    let of = sheet.of.as_ref().map(|(id, _)| id.clone());
    let order = Order::named(&sheet.order, of, said)?;
    let terms = Terms {
        version: sheet.version.clone(),
        reason: Some(sheet.reason.clone()).filter(|reason| !reason.trim().is_empty()),
        loosen: None,
        key: Some(sheet.key.clone()),
        dry_run: fields.get("act").is_none_or(|act| act != "write"),
        propose: sheet.propose.then_some(None),
        lang: here.tag(),
    };
    writing::write(desk, caller, &order, &terms)
}
