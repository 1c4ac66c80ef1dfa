//! What may be filled in, for who asks step by step: a person at a terminal or an editor in a page.

use super::kinds::{classes_of, kinds, nouns};
use crate::problem::Problem;
use fieldmark_rdf::ontology::{bands, definition, label, local, scales};
use fieldmark_rdf::record::class_of;
use fieldmark_rdf::vocab::FM;
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
    /// Whether there has to be a value of this or of another that says so too.
    pub either: bool,
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
    /// The scale that a band is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

/// What can be written.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormList {
    /// The kinds of claim.
    pub claims: Vec<TermRow>,
    /// The nouns of records.
    pub records: Vec<TermRow>,
}

/// Every form by name.
pub(crate) fn forms(lang: &str) -> FormList {
    let kinds = kinds().into_iter().map(|(name, _)| format!("{FM}{name}"));
    let nouns = nouns().into_iter().filter_map(|(name, noun)| {
        let class = class_of(noun)?;
        Some(TermRow {
            name: name.to_owned(),
            label: label(class.as_str(), lang).unwrap_or_else(|| name.to_owned()),
            of: None,
        })
    });
    FormList {
        claims: kinds.map(|kind| term(&kind, None, lang)).collect(),
        records: nouns.collect(),
    }
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
    Ok(form_of(name, &classes, lang))
}

/// What a record of these classes may say.
pub(super) fn form_of(name: &str, classes: &[NamedNodeRef<'_>], lang: &str) -> FormRow {
    let slots = Shapes::embedded().form(classes);
    FormRow {
        name: name.to_owned(),
        slots: slots
            .iter()
            .map(|slot| row(slot, &scales_of(&slots), lang))
            .collect(),
    }
}

/// The scales that may be named, of which bands are.
fn scales_of(slots: &[Slot]) -> Vec<String> {
    let not: Vec<&NamedNode> = slots
        .iter()
        .filter_map(|slot| match &slot.holds {
            Holds::Scale(not) => Some(not),
            _ => None,
        })
        .flatten()
        .collect();
    let mut scales = scales();
    scales.retain(|scale| !not.iter().any(|not| not.as_str() == scale));
    scales
}

fn row(slot: &Slot, scales: &[String], lang: &str) -> SlotRow {
    let iri = slot.property.as_str();
    let terms = |iris: Vec<String>| {
        let rows = iris.into_iter().map(|iri| term(&iri, None, lang));
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
        Holds::Scale(_) if band(properties::FM_BAND) || band(properties::FM_ASSUMED_BAND) => {
            let of = |scale: &String| {
                let bands = bands(scale).into_iter();
                let rows = bands.map(|band| term(&band, Some(local(scale)), lang));
                rows.collect::<Vec<_>>()
            };
            ("band", scales.iter().flat_map(of).collect())
        }
        Holds::Scale(_) => {
            let mut all = scales.to_vec();
            // Whoever reads words on a scale of their own has one.
            if band(properties::FM_SCALE) {
                all.push(values::FM_UNSTATED.as_str().to_owned());
            }
            ("scale", terms(all))
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
        either: slot.either,
        many: slot.many,
        name: slot.name.clone(),
    }
}

fn term(iri: &str, of: Option<&str>, lang: &str) -> TermRow {
    TermRow {
        name: local(iri).to_owned(),
        label: label(iri, lang).unwrap_or_else(|| local(iri).to_owned()),
        of: of.map(str::to_owned),
    }
}
