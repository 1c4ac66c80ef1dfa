//! Who may see an object, and each part of it: its markings, read so that nothing fails open.
//!
//! A marking in a shape that STIX 2.1 (clause 7.2) does not know, by a name of its own, or in a
//! place where it does not belong is a refusal: whoever wrote it meant to keep the object from
//! somebody, and to read on as if it were unmarked would show it to everybody.

use super::Setting;
use crate::tlp;
use fieldmark_model::{Policy, RecordId, Tlp};
use oxrdf::NamedNode;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const OBJECT: &str = "object_marking_refs";
const GRANULAR: &str = "granular_markings";

/// What a marking definition means for who may see what it marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It says something, such as a copyright or terms of use, and keeps nothing from anybody.
    Says,
    /// It keeps what it marks from whom the policy does not show it.
    Restricts(Policy),
}

/// A policy with the marking definition that states it.
#[derive(Clone, Debug)]
struct Mark {
    id: RecordId,
    policy: Policy,
}

impl Mark {
    fn level(level: Tlp) -> Self {
        Self {
            id: tlp::marking(level),
            policy: Policy {
                tlp: level,
                releasable_to: BTreeSet::new(),
            },
        }
    }

    /// The stricter of two.
    fn and(self, other: &Self, path: &str) -> Result<Self, String> {
        if self.policy.is_as_strict_as(&other.policy) {
            Ok(self)
        } else if other.policy.is_as_strict_as(&self.policy) {
            Ok(other.clone())
        } else {
            Err(format!(
                "{path}: neither of {} and {} is as strict as the other, so nobody can tell who may see it; {STORED}",
                self.id, other.id
            ))
        }
    }
}

/// Who may see an object, and which parts of it are marked more strictly.
pub(super) struct Sight {
    whole: Mark,
    parts: Vec<(String, Mark)>,
    /// The marking definitions that the object names and that are no level of TLP.
    pub(super) named: Vec<RecordId>,
}

impl Sight {
    /// Reads the markings of an object.
    ///
    /// # Errors
    /// A sentence with the JSON path when a marking cannot be read, or nothing says who may see it.
    pub(super) fn of(object: &Map<String, Value>, setting: &Setting<'_>) -> Result<Self, String> {
        strangers(object)?;
        let mut named = Vec::new();
        let mut marks: Vec<Mark> = labelled(object)?.map(Mark::level).into_iter().collect();
        if let Some(markings) = object.get(OBJECT) {
            let path = format!("$.{OBJECT}");
            let markings = list(markings, &path, "a list of ids")?;
            for (at, marking) in markings.iter().enumerate() {
                let (id, mark) = of(marking, &format!("{path}[{at}]"), setting)?;
                marks.extend(mark);
                named.extend(Some(id).filter(|id| tlp::level(id).is_none()));
            }
        }
        if marks.is_empty() {
            let unmarked = setting.unmarked.ok_or_else(|| {
                format!(
                    "$.{OBJECT}: no marking says who may see it: import with --marking tlp:clear (or green, amber, amber+strict, red); {STORED}"
                )
            })?;
            let (_, mark) = of(&unmarked.as_str().into(), "the import's marking", setting)?;
            marks.extend(mark);
        }
        let mut whole = Mark::level(setting.floor);
        for mark in &marks {
            whole = whole.and(mark, &format!("$.{OBJECT}"))?;
        }
        let mut parts = Vec::new();
        if let Some(markings) = object.get(GRANULAR) {
            let path = format!("$.{GRANULAR}");
            let markings = list(markings, &path, "a list of objects")?;
            for (at, marking) in markings.iter().enumerate() {
                let path = format!("{path}[{at}]");
                let (mark, selectors) = granular(object, marking, &path, setting)?;
                let Some(mark) = mark else { continue };
                let mark = whole.clone().and(&mark, &path)?;
                parts.extend(selectors.into_iter().map(|part| (part, mark.clone())));
            }
        }
        let sight = Self {
            whole,
            parts,
            named,
        };
        // Where parts that hold one another are marked by what cannot be compared, it is said now.
        for (part, _) in &sight.parts {
            sight.mark(part, true)?;
        }
        Ok(sight)
    }

    /// The stricter of the whole and of the parts that a path lies in; where `holds`, of those that
    /// lie in it as well.
    fn mark(&self, path: &str, holds: bool) -> Result<Mark, String> {
        let within = |inner: &str, outer: &str| {
            inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let mut mark = self.whole.clone();
        for (part, marked) in &self.parts {
            if within(path, part) || (holds && within(part, path)) {
                mark = mark.and(marked, &format!("$.{path}"))?;
            }
        }
        Ok(mark)
    }

    /// The policy of all that stands at a path, written as a selector.
    pub(super) fn policy(&self, path: &str) -> Result<NamedNode, String> {
        Ok(NamedNode::new_unchecked(self.mark(path, true)?.id.iri()))
    }

    /// The policy of saying that there is something at a path, whose parts are marked each for itself.
    pub(super) fn policy_of_holder(&self, path: &str) -> Result<NamedNode, String> {
        Ok(NamedNode::new_unchecked(self.mark(path, false)?.id.iri()))
    }
}

/// One entry of `granular_markings`: its marking, none when it restricts nothing, and the parts.
fn granular(
    object: &Map<String, Value>,
    marking: &Value,
    path: &str,
    setting: &Setting<'_>,
) -> Result<(Option<Mark>, Vec<String>), String> {
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
    let mut parts = Vec::new();
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
        parts.push(selector.clone());
    }
    match (fields.get("marking_ref"), fields.get("lang")) {
        (Some(marking), None) => {
            let (_, mark) = of(marking, &path_of("marking_ref"), setting)?;
            Ok((mark, parts))
        }
        (None, Some(Value::String(_))) => Ok((None, parts)),
        (None, Some(other)) => Err(expected(&path_of("lang"), "a language's tag", other)),
        (Some(_), Some(_)) | (None, None) => Err(format!(
            "{path}: a granular marking has either marking_ref or lang; {STORED}"
        )),
    }
}

/// A marking by its id, and what it keeps from whom.
fn of(
    marking: &Value,
    path: &str,
    setting: &Setting<'_>,
) -> Result<(RecordId, Option<Mark>), String> {
    let Value::String(text) = marking else {
        return Err(expected(path, "a marking definition's id", marking));
    };
    let id = RecordId::parse(text).map_err(|error| format!("{path}: {error}; {STORED}"))?;
    if let Some(level) = tlp::level(&id) {
        return Ok((id, Some(Mark::level(level))));
    }
    let known = Some(&id).filter(|id| id.stix_type() == "marking-definition");
    match known.and_then(setting.meaning) {
        Some(Meaning::Says) => Ok((id, None)),
        Some(Meaning::Restricts(policy)) => {
            let mark = Mark {
                id: id.clone(),
                policy,
            };
            Ok((id, Some(mark)))
        }
        None => Err(format!(
            "{path}: {id} is no marking known here and none that comes with it, so nobody could be shown it; {STORED}"
        )),
    }
}

/// The strictest level of TLP among the labels, which is where MISP and many scripts write it.
fn labelled(object: &Map<String, Value>) -> Result<Option<Tlp>, String> {
    let mut strictest = None;
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
        let level = Tlp::parse(label).ok_or_else(|| {
            format!(
                "{path}: \"{}\" is no level of TLP (clear, green, amber, amber+strict, red); {STORED}",
                shown(label)
            )
        })?;
        strictest = strictest.max(Some(level));
    }
    Ok(strictest)
}

/// Refuses what is a marking by its name but stands where, or is called what, nobody reads.
fn strangers(object: &Map<String, Value>) -> Result<(), String> {
    let mut open: Vec<(String, &Map<String, Value>)> = vec![("$".to_owned(), object)];
    let defines = object
        .get("type")
        .is_some_and(|kind| kind == "marking-definition");
    let mut lists: Vec<(String, &Value)> = Vec::new();
    while let Some((path, fields)) = open.pop() {
        for (key, value) in fields {
            let at = format!("{path}.{key}");
            let top = path == "$";
            // What a marking definition defines is no marking of its own.
            let defined = defines && matches!(key.as_str(), "definition" | "extensions");
            if top && (key == GRANULAR || defined) {
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
