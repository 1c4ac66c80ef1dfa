//! What may be filled in, for who asks step by step: a person at a terminal or an editor in a page.

use super::kinds::{classes_of, kinds, nouns};
use crate::problem::Problem;
use fieldmark_rdf::ontology::{bands, definition, label, local, scales};
use fieldmark_rdf::vocab::classes::FM_QUOTATION;
use fieldmark_rdf::vocab::{properties, values};
use fieldmark_store::shapes::{Holds, Shapes, Slot};
use oxrdf::{NamedNode, NamedNodeRef};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a claim of a kind, or a record of a noun, may say.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormRow {
    /// The kind or the noun.
    pub name: String,
    /// What may be filled in, by name.
    pub slots: Vec<SlotRow>,
}

/// One property that may be filled in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotRow {
    /// The name it is filled in by.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What is asked for.
    pub says: String,
    /// Whether there has to be a value.
    pub needed: bool,
    /// Whether there may be several.
    pub many: bool,
    /// What a value is: `record` (an id or a name), `term` (one of `terms`), `scale`, `band` (of the
    /// scale beside it), `words` (a text, or texts by language), `date` (2023, 2023-08, 2023-08-05),
    /// `iri`, `parts` (quotations) or a datatype such as `string`, `boolean` or `integer`.
    pub holds: String,
    /// The terms there are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<TermRow>,
}

/// A term that can be filled in.
#[derive(Debug, Serialize, ToSchema)]
pub struct TermRow {
    /// The name it is filled in by.
    pub name: String,
    /// What it is called.
    pub label: String,
}

/// Of what all that may be filled in is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slots {
    /// Claims of any kind.
    Claims,
    /// Records of any other noun.
    Records,
    /// Quotations.
    Quotations,
}

/// All that may be filled in of some sort, by name; what holds several sorts of values, of several
/// nouns, holds a text.
pub(crate) fn slots_of(of: Slots) -> Vec<Slot> {
    let names: Vec<&str> = match of {
        Slots::Claims => kinds().into_iter().map(|(name, _)| name).collect(),
        Slots::Records => nouns().into_iter().map(|(name, _)| name).collect(),
        Slots::Quotations => {
            return Shapes::embedded().form(&[FM_QUOTATION]);
        }
    };
    let mut all: BTreeMap<String, Slot> = BTreeMap::new();
    for name in names {
        let classes = classes_of(name).unwrap_or_default();
        let classes: Vec<NamedNodeRef<'_>> = classes.iter().map(NamedNode::as_ref).collect();
        for slot in Shapes::embedded().form(&classes) {
            let one = all.entry(slot.name.clone()).or_insert_with(|| slot.clone());
            one.many |= slot.many;
            if one.holds != slot.holds {
                one.holds = Holds::Iri;
            }
        }
    }
    all.into_values().collect()
}

/// The form of a kind of claim or of a noun.
///
/// # Errors
/// When there is none of that name; the nearest is named.
pub(crate) fn form(name: &str, lang: &str) -> Result<FormRow, Problem> {
    let classes = classes_of(name)?;
    let classes: Vec<NamedNodeRef<'_>> = classes.iter().map(NamedNode::as_ref).collect();
    let slots = Shapes::embedded().form(&classes);
    Ok(FormRow {
        name: name.to_owned(),
        slots: slots.into_iter().map(|slot| row(slot, lang)).collect(),
    })
}

fn row(slot: Slot, lang: &str) -> SlotRow {
    let iri = slot.property.as_str();
    let terms = |iris: Vec<String>| {
        let rows = iris.into_iter().map(|iri| TermRow {
            name: local(&iri).to_owned(),
            label: label(&iri, lang).unwrap_or_else(|| local(&iri).to_owned()),
        });
        rows.collect()
    };
    let band = |of: NamedNodeRef<'_>| slot.property.as_ref() == of;
    let (holds, terms): (&str, Vec<TermRow>) = match &slot.holds {
        _ if band(properties::FM_QUOTATION) => ("parts", Vec::new()),
        Holds::OneOf(of) => {
            let of = of.iter().map(|term| term.as_str().to_owned());
            ("term", terms(of.collect()))
        }
        Holds::Record { .. } => ("record", Vec::new()),
        Holds::Scale if band(properties::FM_BAND) || band(properties::FM_ASSUMED_BAND) => {
            let bands = scales().into_iter().flat_map(|scale| bands(&scale));
            let mut rows: Vec<TermRow> = terms(bands.collect());
            rows.dedup_by(|a, b| a.name == b.name);
            ("band", rows)
        }
        Holds::Scale => {
            let unstated = values::FM_UNSTATED.as_str().to_owned();
            (
                "scale",
                terms(scales().into_iter().chain([unstated]).collect()),
            )
        }
        Holds::Words => ("words", Vec::new()),
        Holds::Date => ("date", Vec::new()),
        Holds::Iri => ("iri", Vec::new()),
        Holds::Literal(datatype) => (local(datatype.as_str()), Vec::new()),
    };
    let says = match lang {
        "fr" => slot.says.fr.clone(),
        _ => slot.says.en.clone(),
    };
    SlotRow {
        label: label(iri, lang).unwrap_or_else(|| slot.name.clone()),
        about: definition(iri, lang),
        holds: holds.to_owned(),
        terms,
        says,
        needed: slot.needed,
        many: slot.many,
        name: slot.name,
    }
}
