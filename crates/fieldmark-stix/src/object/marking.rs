//! Who may see an object: its markings, read so that nothing fails open.
//!
//! A marking in a shape that STIX 2.1 (clause 7.2) does not know, by a name of its own, or in a
//! place where it does not belong is a refusal: whoever wrote it meant to keep the object from
//! somebody, and to read on as if it were unmarked would show it to everybody.

use crate::tlp;
use fieldmark_model::{RecordId, Tlp};
use serde_json::{Map, Value};

const OBJECT: &str = "object_marking_refs";
const GRANULAR: &str = "granular_markings";

/// The level of an object: the strictest of `floor` and of what it is marked with, whole or in
/// part. A part that is marked more strictly than its object makes the whole as strict.
///
/// # Errors
/// A sentence with the JSON path when a marking cannot be read.
pub(super) fn level(object: &Map<String, Value>, floor: Tlp) -> Result<Tlp, String> {
    strangers(object)?;
    let mut strictest = floor;
    if let Some(markings) = object.get(OBJECT) {
        let path = format!("$.{OBJECT}");
        let markings = list(markings, &path, "a list of ids")?;
        for (at, marking) in markings.iter().enumerate() {
            strictest = strictest.max(of(marking, &format!("{path}[{at}]"))?);
        }
    }
    if let Some(markings) = object.get(GRANULAR) {
        let path = format!("$.{GRANULAR}");
        let markings = list(markings, &path, "a list of objects")?;
        for (at, marking) in markings.iter().enumerate() {
            let path = format!("{path}[{at}]");
            strictest = strictest.max(granular(object, marking, &path)?.unwrap_or(Tlp::Clear));
        }
    }
    Ok(strictest.max(labelled(object)?))
}

/// The level of one entry of `granular_markings`; none when it only says a language.
fn granular(
    object: &Map<String, Value>,
    marking: &Value,
    path: &str,
) -> Result<Option<Tlp>, String> {
    let Value::Object(fields) = marking else {
        return Err(expected(path, "an object with selectors", marking));
    };
    if let Some(key) = fields
        .keys()
        .find(|key| !["marking_ref", "lang", "selectors"].contains(&key.as_str()))
    {
        return Err(format!(
            "{path}.{key}: a granular marking has marking_ref or lang, and selectors; {STORED}"
        ));
    }
    let path_of = |key: &str| format!("{path}.{key}");
    let selectors = fields.get("selectors").unwrap_or(&Value::Null);
    let at = path_of("selectors");
    let selectors = list(selectors, &at, "a list of selectors")?;
    if selectors.is_empty() {
        return Err(format!(
            "{at}: says no part, so nobody can tell what is marked; {STORED}"
        ));
    }
    for (index, selector) in selectors.iter().enumerate() {
        let at = format!("{at}[{index}]");
        let Value::String(selector) = selector else {
            return Err(expected(&at, "a selector such as description", selector));
        };
        if !selects(object, selector) {
            return Err(format!(
                "{at}: \"{}\" is no part of this object, so nobody can tell what is marked; {STORED}",
                shown(selector)
            ));
        }
    }
    match (fields.get("marking_ref"), fields.get("lang")) {
        (Some(marking), None) => of(marking, &path_of("marking_ref")).map(Some),
        (None, Some(Value::String(_))) => Ok(None),
        (None, Some(other)) => Err(expected(&path_of("lang"), "a language's tag", other)),
        (Some(_), Some(_)) | (None, None) => Err(format!(
            "{path}: a granular marking has either marking_ref or lang; {STORED}"
        )),
    }
}

/// The level of one marking by its id.
fn of(marking: &Value, path: &str) -> Result<Tlp, String> {
    let Value::String(text) = marking else {
        return Err(expected(path, "a marking definition's id", marking));
    };
    let id = RecordId::parse(text).map_err(|error| format!("{path}: {error}; {STORED}"))?;
    tlp::level(&id).ok_or_else(|| {
        format!("{path}: {id} is no TLP marking known here, so nobody could be shown it; {STORED}")
    })
}

/// The strictest level of TLP among the labels, which is where MISP and many scripts write it.
fn labelled(object: &Map<String, Value>) -> Result<Tlp, String> {
    let mut strictest = Tlp::Clear;
    let Some(labels) = object.get("labels") else {
        return Ok(strictest);
    };
    for (at, label) in list(labels, "$.labels", "a list of labels")?
        .iter()
        .enumerate()
    {
        let path = format!("$.labels[{at}]");
        let Value::String(label) = label else {
            return Err(expected(&path, "a label", label));
        };
        if !label.trim().to_ascii_lowercase().starts_with("tlp:") {
            continue;
        }
        strictest = strictest.max(Tlp::parse(label).ok_or_else(|| {
            format!(
                "{path}: \"{}\" is no level of TLP (clear, green, amber, amber+strict, red); {STORED}",
                shown(label)
            )
        })?);
    }
    Ok(strictest)
}

/// Refuses what is a marking by its name but stands where, or is called what, nobody reads.
fn strangers(object: &Map<String, Value>) -> Result<(), String> {
    let mut open: Vec<(String, &Map<String, Value>)> = vec![("$".to_owned(), object)];
    let mut lists: Vec<(String, &Value)> = Vec::new();
    while let Some((path, fields)) = open.pop() {
        for (key, value) in fields {
            let at = format!("{path}.{key}");
            let top = path == "$";
            if top && key == GRANULAR {
                continue;
            }
            if names_a_marking(key) && !(top && key == OBJECT) {
                return Err(format!(
                    "{}: a marking by this name or in this place is not read; write it at the top of the object as {OBJECT} or {GRANULAR}; {STORED}",
                    shown(&at)
                ));
            }
            lists.push((at, value));
        }
        while let Some((path, value)) = lists.pop() {
            match value {
                Value::Object(fields) => open.push((path, fields)),
                Value::Array(items) => lists.extend(
                    items
                        .iter()
                        .enumerate()
                        .map(|(at, item)| (format!("{path}[{at}]"), item)),
                ),
                _ => {}
            }
        }
    }
    Ok(())
}

/// Whether a key has "marking" or "tlp" among its words, however they are joined.
fn names_a_marking(key: &str) -> bool {
    let mut words = vec![String::new()];
    let mut last = ' ';
    for letter in key.chars() {
        if !letter.is_alphanumeric() || (last.is_lowercase() && letter.is_uppercase()) {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words
                .last_mut()
                .unwrap_or_else(|| unreachable!("it never is empty"))
                .extend(letter.to_lowercase());
        }
        last = letter;
    }
    words.iter().any(|word| {
        matches!(word.as_str(), "marking" | "markings" | "tlp")
            || word.starts_with("objectmarking")
            || word.starts_with("granularmarking")
    })
}

/// Whether a selector (STIX 2.1, clause 7.2.3.1) leads to something in the object. A key may have
/// dots of its own, as file names do.
fn selects(object: &Map<String, Value>, selector: &str) -> bool {
    object.iter().any(|(key, value)| {
        let Some(rest) = selector.strip_prefix(key.as_str()) else {
            return false;
        };
        within(value, rest)
    })
}

fn within(value: &Value, rest: &str) -> bool {
    if rest.is_empty() {
        return true;
    }
    let Some(rest) = rest.strip_prefix('.') else {
        return false;
    };
    match value {
        Value::Object(fields) => selects(fields, rest),
        Value::Array(items) => {
            let Some((number, rest)) = rest.strip_prefix('[').and_then(|r| r.split_once(']'))
            else {
                return false;
            };
            let item = number.parse::<usize>().ok().and_then(|at| items.get(at));
            item.is_some_and(|item| within(item, rest))
        }
        _ => false,
    }
}

const STORED: &str = "nothing of this object was stored";

fn list<'a>(value: &'a Value, path: &str, wanted: &str) -> Result<&'a Vec<Value>, String> {
    match value {
        Value::Array(items) => Ok(items),
        other => Err(expected(path, wanted, other)),
    }
}

fn expected(path: &str, wanted: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("{path}: expected {wanted}, found {found}; {STORED}")
}

fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}
