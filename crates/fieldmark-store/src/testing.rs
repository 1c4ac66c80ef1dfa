//! Small records for tests.

use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::{classes, properties};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Quad, Term};

pub fn id(kind: &str, n: u8) -> RecordId {
    RecordId::derived(kind, &n.to_string())
}

pub fn policy(level: Tlp) -> NamedNode {
    NamedNode::new_unchecked(RecordId::parse(level.marking_id()).unwrap().iri())
}

pub fn node(id: &RecordId) -> Term {
    NamedNode::new_unchecked(id.iri()).into()
}

pub fn record(id: &RecordId, statements: &[(NamedNodeRef<'_>, Term, Tlp)]) -> Record {
    let quads = statements
        .iter()
        .map(|(predicate, object, level)| {
            Quad::new(
                NamedNode::new_unchecked(id.iri()),
                predicate.into_owned(),
                object.clone(),
                policy(*level),
            )
        })
        .collect();
    Record::new(id.clone(), quads).unwrap()
}

pub fn thing(id: &RecordId, label: &str, level: Tlp) -> Record {
    record(
        id,
        &[
            (
                properties::RDF_TYPE,
                classes::STIX_CAMPAIGN.into_owned().into(),
                level,
            ),
            (
                properties::SKOS_PREF_LABEL,
                Literal::new_language_tagged_literal_unchecked(label, "en").into(),
                level,
            ),
        ],
    )
}

/// The marking definition of a TLP level.
pub fn definition(level: Tlp) -> Record {
    record(
        &RecordId::parse(level.marking_id()).unwrap(),
        &[
            (
                properties::RDF_TYPE,
                classes::STIX_MARKING_DEFINITION.into_owned().into(),
                Tlp::Clear,
            ),
            (
                properties::FM_TLP,
                Literal::from(level.name()).into(),
                Tlp::Clear,
            ),
        ],
    )
}
