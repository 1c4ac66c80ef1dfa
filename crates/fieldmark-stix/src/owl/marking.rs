//! Who may see what was adopted: a STIX object's markings, as the release policy of its statements.

use super::terms::stix;
use crate::tlp;
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::properties;
use oxrdf::{GraphName, NamedNode, Quad, Term};
use std::collections::{BTreeSet, HashSet};

const CONFLICT: &str = "it bears several release policies, and which of them holds is not to be guessed: keep one marking besides statements of terms of use";

/// A record's IRI; a TLP 1 marking's is that of its level in TLP 2.
pub(super) fn iri(id: &RecordId) -> NamedNode {
    NamedNode::new_unchecked(match tlp::level(id) {
        Some(level) => format!("{}{}", fieldmark_model::id::ID_BASE, level.marking_id()),
        None => id.iri(),
    })
}

/// Why a record with a marking that cannot be read is kept out: to read on as if it were unmarked
/// would show it to everybody.
pub(super) const UNCLEAR: &str = "a marking of it cannot be read: write stix:object_marking_refs with a marking definition's IRI or id, or stix:granular_markings with a part that has stix:marking_ref or stix:lang";

/// What a property of STIX's says about markings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    /// It names the marking of the whole object or of a part.
    Names,
    /// It leads to the marking of a part.
    Part,
    /// By its name it is about markings, but nobody can say what.
    Unclear,
}

/// Whether, and how, a property is about markings.
pub(super) fn marks(name: &str) -> Option<Marks> {
    match name {
        "object_marking_ref" | "object_marking_refs" | "marking_ref" | "marking_refs" => {
            Some(Marks::Names)
        }
        "granular_markings" | "granular_marking" => Some(Marks::Part),
        _ => name
            .to_ascii_lowercase()
            .contains("marking")
            .then_some(Marks::Unclear),
    }
}

/// The marking definition that a property names.
pub(super) fn named(marks: Marks, object: &Term) -> Option<RecordId> {
    match (marks, object) {
        (Marks::Names, Term::NamedNode(node)) => {
            RecordId::from_iri(node.as_str()).filter(|id| id.stix_type() == "marking-definition")
        }
        _ => None,
    }
}

/// Whether a part says what a granular marking has to say (STIX 2.1, clause 7.2.3).
pub(super) fn is_granular<'a>(mut said: impl Iterator<Item = &'a Quad>) -> bool {
    said.any(|quad| {
        matches!(
            stix(&quad.predicate),
            Some("marking_ref" | "marking_ref_string" | "lang")
        )
    })
}

/// Whether a marking definition's statement makes it one of terms of use, which limit what readers
/// do and not who they are.
pub(super) fn states_terms(quad: &Quad) -> bool {
    match &quad.object {
        Term::Literal(literal) => match stix(&quad.predicate) {
            Some("definition_type") => literal.value() == "statement",
            Some("statement") => true,
            _ => false,
        },
        Term::NamedNode(class) => {
            quad.predicate.as_ref() == properties::RDF_TYPE
                && stix(class) == Some("StatementMarking")
        }
        _ => false,
    }
}

/// Whether a marking definition's statement gives it a level of TLP.
pub(super) fn states_level(quad: &Quad) -> bool {
    quad.predicate.as_ref() == properties::FM_TLP || stix(&quad.predicate) == Some("tlp")
}

/// The one marking that says who may see a record: the strictest level of TLP, or another marking.
///
/// # Errors
/// When there are several and not all are TLP's.
pub(super) fn governing(
    markings: &BTreeSet<RecordId>,
    open: &HashSet<RecordId>,
) -> Result<Option<NamedNode>, &'static str> {
    markings
        .iter()
        .filter(|id| !open.contains(*id))
        .map(iri)
        .try_fold(None, stricter)
}

/// Puts a statement under the record's marking, unless its own graph is stricter.
///
/// # Errors
/// When its graph is another policy that cannot be compared.
pub(super) fn place(quad: &mut Quad, governing: Option<&NamedNode>) -> Result<(), &'static str> {
    let Some(governing) = governing else {
        return Ok(());
    };
    match &quad.graph_name {
        GraphName::BlankNode(_) => {}
        GraphName::DefaultGraph => quad.graph_name = governing.clone().into(),
        GraphName::NamedNode(graph) => {
            if let Some(node) = stricter(Some(graph.clone()), governing.clone())? {
                quad.graph_name = node.into();
            }
        }
    }
    Ok(())
}

fn stricter(one: Option<NamedNode>, other: NamedNode) -> Result<Option<NamedNode>, &'static str> {
    let level = |node: &NamedNode| {
        RecordId::from_iri(node.as_str())
            .as_ref()
            .and_then(tlp::level)
    };
    match one {
        None => Ok(Some(other)),
        Some(one) if one == other => Ok(Some(one)),
        Some(one) => match (level(&one), level(&other)) {
            (Some(first), Some(second)) => Ok(Some(if first >= second { one } else { other })),
            _ => Err(CONFLICT),
        },
    }
}
