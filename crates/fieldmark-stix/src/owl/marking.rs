//! Who may see what was adopted: a STIX object's markings, as the release policy of its statements.

use super::terms::stix;
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::vocab::properties;
use oxrdf::{GraphName, NamedNode, Quad, Term};
use std::collections::{BTreeSet, HashSet};

const CONFLICT: &str = "it bears several release policies, and which of them holds is not to be guessed: keep one marking besides statements of terms of use";

/// TLP 1 as STIX 2.1 (clause 7.2.1.4) and OpenCTI number it.
const TLP_1: [(&str, Tlp); 5] = [
    (
        "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
        Tlp::Clear,
    ),
    (
        "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
        Tlp::Green,
    ),
    (
        "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
        Tlp::Amber,
    ),
    (
        "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37",
        Tlp::AmberStrict,
    ),
    (
        "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
        Tlp::Red,
    ),
];

/// The level of a TLP marking, of either version.
pub(super) fn tlp(id: &RecordId) -> Option<Tlp> {
    let second = Tlp::ALL
        .into_iter()
        .find(|level| level.marking_id() == id.as_str());
    second.or_else(|| {
        TLP_1
            .iter()
            .find(|(known, _)| *known == id.as_str())
            .map(|(_, level)| *level)
    })
}

/// A record's IRI; a TLP 1 marking's is that of its level in TLP 2.
pub(super) fn iri(id: &RecordId) -> NamedNode {
    NamedNode::new_unchecked(match tlp(id) {
        Some(level) => format!("{}{}", fieldmark_model::id::ID_BASE, level.marking_id()),
        None => id.iri(),
    })
}

/// Whether a property names a marking, of a whole object or of a part of it.
pub(super) fn marks(name: &str) -> bool {
    matches!(
        name,
        "object_marking_ref" | "object_marking_refs" | "marking_ref" | "marking_refs"
    )
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
    let level = |node: &NamedNode| RecordId::from_iri(node.as_str()).as_ref().and_then(tlp);
    match one {
        None => Ok(Some(other)),
        Some(one) if one == other => Ok(Some(one)),
        Some(one) => match (level(&one), level(&other)) {
            (Some(first), Some(second)) => Ok(Some(if first >= second { one } else { other })),
            _ => Err(CONFLICT),
        },
    }
}
