//! A record as it would be filled in, for who changes it.

use super::compose::{is_of, of_property, types};
use super::marked::level;
use super::{Said, opened};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::Desk;
use fieldmark_model::RecordId;
use fieldmark_rdf::ontology::local;
use fieldmark_rdf::record::noun_of;
use fieldmark_rdf::vocab::properties;
use fieldmark_store::shapes::{Holds, Shapes, Slot};
use oxrdf::{Quad, Term};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A record as it is filled in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Filled {
    /// The record.
    pub id: String,
    /// The version that this is: name it when you change it.
    pub version: String,
    /// What it is: a noun.
    pub noun: &'static str,
    /// Who may see it.
    pub marking: String,
    /// Who may see single properties, where that is somebody else.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub markings: BTreeMap<String, String>,
    /// What is filled in, by name.
    #[schema(value_type = Object)]
    pub said: Said,
}

/// A record as its writer sees it, by id, IRI or name.
///
/// # Errors
/// When the caller may not write, or the name means no record.
pub(crate) fn open(desk: &Desk, caller: &Caller, name: &str) -> Result<Filled, Problem> {
    let writer = caller.writer()?;
    let view = desk.base.view(&caller.reader)?;
    let (id, opened) = opened(desk, writer, &view, name)?;
    Ok(of(&id, &opened.seen, opened.version))
}

/// What is stated of a record as it would be filled in.
pub(super) fn of(id: &RecordId, seen: &[Quad], version: String) -> Filled {
    let classes = types(seen, id);
    let form = Shapes::embedded().form(&classes);
    let marking = of_property(seen, id, properties::RDF_TYPE).next();
    let marking = marking
        .and_then(|quad| level(&quad.graph_name))
        .unwrap_or_default();
    let mut said = Said::new();
    let mut markings = BTreeMap::new();
    for slot in &form {
        let quads: Vec<&Quad> = of_property(seen, id, slot.property.as_ref()).collect();
        let mut levels = quads.iter().filter_map(|quad| level(&quad.graph_name));
        if let Some(other) = levels.find(|level| *level != marking) {
            markings.insert(slot.name.clone(), other);
        }
        if let Some(value) = filled(slot, &quads, seen) {
            said.insert(slot.name.clone(), value);
        }
    }
    Filled {
        noun: noun_of(classes).name(),
        id: id.to_string(),
        version,
        marking,
        markings,
        said,
    }
}

fn filled(slot: &Slot, quads: &[&Quad], seen: &[Quad]) -> Option<Value> {
    if quads.is_empty() {
        return None;
    }
    if slot.holds == Holds::Words {
        let mut by_language: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for quad in quads {
            if let Term::Literal(literal) = &quad.object {
                let lang = literal.language().unwrap_or("en").to_owned();
                by_language
                    .entry(lang)
                    .or_default()
                    .push(literal.value().into());
            }
        }
        let words = by_language
            .into_iter()
            .map(|(lang, texts)| (lang, one_or_all(texts)));
        return Some(Value::Object(words.collect()));
    }
    let values = quads.iter().map(|quad| match &quad.object {
        Term::NamedNode(node) if slot.property.as_ref() == properties::FM_QUOTATION => {
            part(node.as_str(), seen)
        }
        Term::NamedNode(node) => match RecordId::from_iri(node.as_str()) {
            Some(id) => id.to_string().into(),
            None => match slot.holds {
                Holds::Iri => node.as_str().into(),
                _ => local(node.as_str()).into(),
            },
        },
        Term::Literal(literal) => literal.value().into(),
        other => other.to_string().into(),
    });
    Some(one_or_all(values.collect()))
}

/// A quotation as it is filled in.
fn part(iri: &str, seen: &[Quad]) -> Value {
    let form = Shapes::embedded().form(&[fieldmark_rdf::vocab::classes::FM_QUOTATION]);
    let said = form.iter().filter_map(|slot| {
        let quads = seen
            .iter()
            .filter(|quad| quad.predicate == slot.property && is_of(quad, iri));
        let quads: Vec<&Quad> = quads.collect();
        Some((slot.name.clone(), filled(slot, &quads, seen)?))
    });
    Value::Object(said.collect())
}

fn one_or_all(mut values: Vec<Value>) -> Value {
    match values.len() {
        1 => values.remove(0),
        _ => Value::Array(values),
    }
}
