//! An object that came in as STIX, put together again from what is shown of it.
//!
//! `object/state.rs` states what this reads. What nobody sees leaves no trace: an object that lacks
//! what its type requires, other than a name, is not given out at all.

use super::{Statements, Told, timestamp};
use crate::spec::{self, Form, Kind};
use crate::statements::record;
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::{RDF, STIX, classes, properties};
use oxrdf::Term;
use serde_json::{Map, Number, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What stands for a name that is withheld.
const WITHHELD: &str = "withheld";

/// The object; none when what its type requires is not shown.
pub(super) fn object(id: &RecordId, said: &Statements, told: &Told) -> Option<Map<String, Value>> {
    let spec = spec::kind(id.stix_type()).unwrap_or_else(spec::other);
    let mut out = Map::new();
    out.insert("type".into(), id.stix_type().into());
    fill(&mut out, spec, said, said.own());
    out.insert("id".into(), id.as_str().into());
    if said.is_a(classes::FM_CLAIM.as_str()) {
        claim(&mut out, said);
    }
    for json in said.values(properties::FM_OTHER_PROPERTIES.as_str()) {
        let Term::Literal(json) = json else { continue };
        let held: Map<String, Value> = serde_json::from_str(json.value()).ok()?;
        for (path, value) in held {
            put(&mut out, &path, value);
        }
    }
    for key in ["created", "modified"] {
        if let Some(Value::String(time)) = out.get_mut(key) {
            *time = to_the_millisecond(time);
        }
    }
    // What only says something, such as a copyright, is stated; what restricts is told.
    let marked = format!("{STIX}object_marking_refs");
    let markings: BTreeSet<RecordId> = told
        .markings
        .iter()
        .cloned()
        .chain(said.records(&marked))
        .collect();
    if !markings.is_empty() {
        let markings = markings.iter().map(|id| id.as_str().into()).collect();
        out.insert("object_marking_refs".into(), Value::Array(markings));
    }
    if spec
        .properties
        .get("name")
        .is_some_and(|name| name.required)
    {
        out.entry("name").or_insert_with(|| WITHHELD.into());
    }
    let mut required = spec.properties.iter().filter(|(_, one)| one.required);
    required
        .all(|(key, _)| out.contains_key(*key))
        .then_some(out)
}

/// A time with the three digits of a second that STIX wants of it (clause 3.2), which the engine may
/// have shortened.
fn to_the_millisecond(time: &str) -> String {
    let bare = time.trim_end_matches('Z');
    match bare.split_once('.') {
        None => format!("{bare}.000Z"),
        Some((second, fraction)) => format!("{second}.{fraction:0<3}Z"),
    }
}

/// The ends and the kind of a relationship that is a claim here.
fn claim(out: &mut Map<String, Value>, said: &Statements) {
    for (property, key) in [
        (properties::FM_SUBJECT, "source_ref"),
        (properties::FM_OBJECT, "target_ref"),
    ] {
        if let Some(end) = said.records(property.as_str()).next() {
            out.insert(key.into(), end.as_str().into());
        }
    }
    out.insert("relationship_type".into(), "attributed-to".into());
}

fn fill(
    out: &mut Map<String, Value>,
    spec: &Kind,
    said: &Statements,
    stated: &BTreeMap<String, Vec<Term>>,
) {
    for (property, terms) in stated {
        let Some(key) = property.strip_prefix(STIX) else {
            continue;
        };
        let Some(about) = spec.properties.get(key) else {
            continue;
        };
        match about.form {
            Form::Hashes | Form::Dictionary => {
                let names = match about.form {
                    Form::Hashes => ["hash_algorithm", "hash_value"],
                    _ => ["dictionary_key", "dictionary_value"],
                };
                let entries: Map<String, Value> = terms
                    .iter()
                    .filter_map(|part| entry(said, part, names))
                    .collect();
                if !entries.is_empty() {
                    out.insert(key.into(), entries.into());
                }
            }
            Form::Extensions => {
                let extensions: Map<String, Value> = terms
                    .iter()
                    .filter_map(|part| extension(said, part))
                    .collect();
                if !extensions.is_empty() {
                    out.insert(key.into(), extensions.into());
                }
            }
            form => {
                let mut values: Vec<Value> = terms
                    .iter()
                    .filter_map(|term| value(said, form, term))
                    .collect();
                let value = match about.is_list {
                    true if values.is_empty() => continue,
                    true => Value::Array(values),
                    false => match values.pop() {
                        Some(value) => value,
                        None => continue,
                    },
                };
                out.insert(key.into(), value);
            }
        }
    }
}

fn value(said: &Statements, form: Form, term: &Term) -> Option<Value> {
    match (form, term) {
        (Form::Timestamp, Term::Literal(literal)) => Some(timestamp(literal.value())?.into()),
        (Form::Text, Term::Literal(literal)) => Some(literal.value().into()),
        (Form::Integer | Form::Float, Term::Literal(literal)) => {
            let number: Number = serde_json::from_str(literal.value()).ok()?;
            Some(number.into())
        }
        (Form::Boolean, Term::Literal(literal)) => Some((literal.value() == "true").into()),
        (Form::Reference, term) => Some(record(term)?.as_str().into()),
        (Form::Object(kind), Term::NamedNode(part)) => {
            let mut out = Map::new();
            let spec = spec::kind(kind).unwrap_or_else(spec::other);
            fill(&mut out, spec, said, said.part(part.as_str())?);
            Some(out.into())
        }
        _ => None,
    }
}

fn entry(said: &Statements, part: &Term, names: [&str; 2]) -> Option<(String, Value)> {
    let Term::NamedNode(part) = part else {
        return None;
    };
    let stated = said.part(part.as_str())?;
    let [key, value] = names.map(
        |name| match stated.get(&format!("{STIX}{name}"))?.first()? {
            Term::Literal(literal) => Some(literal.value().to_owned()),
            _ => None,
        },
    );
    Some((key?, value?.into()))
}

fn extension(said: &Statements, part: &Term) -> Option<(String, Value)> {
    let Term::NamedNode(part) = part else {
        return None;
    };
    let stated = said.part(part.as_str())?;
    let class = stated
        .get(&format!("{RDF}type"))?
        .iter()
        .find_map(|class| match class {
            Term::NamedNode(node) => node.as_str().strip_prefix(STIX),
            _ => None,
        })?;
    let name = spec::extension(class)?;
    let mut out = Map::new();
    fill(&mut out, spec::kind(name)?, said, stated);
    Some((name.to_owned(), out.into()))
}

/// Puts a value where a selector leads, making what leads there.
fn put(out: &mut Map<String, Value>, path: &str, value: Value) {
    // The names within a path may have dots of their own: the longest that is there already leads.
    let known = out
        .keys()
        .filter(|key| {
            path.strip_prefix(key.as_str())
                .is_some_and(|rest| rest.starts_with('.'))
        })
        .max_by_key(|key| key.len())
        .cloned();
    let (key, rest) = match known {
        Some(key) => {
            let rest = path[key.len() + 1..].to_owned();
            (key, Some(rest))
        }
        None => match path.split_once('.') {
            Some((key, rest)) if NESTING.contains(&key) || rest.starts_with('[') => {
                (key.to_owned(), Some(rest.to_owned()))
            }
            _ => (path.to_owned(), None),
        },
    };
    match rest {
        None => {
            out.insert(key, value);
        }
        Some(rest) => into(out.entry(key).or_insert(Value::Null), &rest, value),
    }
}

/// The properties of which a single entry may have no term.
const NESTING: [&str; 8] = [
    "extensions",
    "additional_header_fields",
    "contents",
    "environment_variables",
    "hashes",
    "ipfix",
    "external_references",
    "kill_chain_phases",
];

fn into(held: &mut Value, path: &str, value: Value) {
    let item = path
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .and_then(|(at, rest)| Some((at.parse::<usize>().ok()?, rest)));
    match item {
        Some((at, rest)) => {
            if !held.is_array() {
                *held = Value::Array(Vec::new());
            }
            let Some(items) = held.as_array_mut() else {
                return;
            };
            // Where entries before it are withheld, it comes after those that are there.
            if items.len() <= at || rest.is_empty() {
                items.push(Value::Null);
            }
            let at = at.min(items.len() - 1);
            match rest.strip_prefix('.') {
                Some(rest) => into(&mut items[at], rest, value),
                None => items[at] = value,
            }
        }
        None => {
            if !held.is_object() {
                *held = Value::Object(Map::new());
            }
            if let Some(fields) = held.as_object_mut() {
                put(fields, path, value);
            }
        }
    }
}
