//! The ontology as it ships inside the program: what every view states, and the records a fresh
//! installation starts with.

use crate::vocab::properties;
use oxrdf::vocab::rdfs;
use oxrdf::{NamedNodeRef, NamedOrBlankNode, Term, Triple};
use oxttl::TurtleParser;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The terms: classes, properties and closed value lists, with labels in English and French.
pub const TERMS: &str = include_str!("../../../ontology/fieldmark.ttl");
/// The estimative scales and their bands.
pub const SCALES: &str = include_str!("../../../ontology/scales.ttl");
/// The SHACL shapes that records are checked against.
pub const SHAPES: &str = include_str!("../../../ontology/shapes.ttl");
/// The five TLP 2.0 marking definitions, as records.
pub const POLICIES: &str = include_str!("../../../ontology/policies.ttl");
/// DISARM's tactics and techniques, as records.
pub const DISARM: &str = include_str!("../../../ontology/disarm.ttl");

/// The public parts that every audience's view states, so that labels and bands can be asked for.
pub const IN_EVERY_VIEW: [&str; 2] = [TERMS, SCALES];

/// The files whose subjects are records: a fresh ledger begins with them.
pub const RECORDS: [(&str, &str); 2] = [("policies.ttl", POLICIES), ("disarm.ttl", DISARM)];

/// The triples of [`IN_EVERY_VIEW`].
///
/// # Panics
/// When an embedded file is not Turtle, which a test rules out.
pub fn shared_triples() -> impl Iterator<Item = Triple> {
    IN_EVERY_VIEW.into_iter().flat_map(|text| {
        TurtleParser::new()
            .for_slice(text.as_bytes())
            .map(|triple| triple.expect("the embedded ontology is Turtle"))
    })
}

/// Texts by term and language.
type Texts = HashMap<(String, String), String>;

/// The name of a term, a band or a scale in a language; failing that in English.
pub fn label(iri: &str, lang: &str) -> Option<String> {
    static LABELS: OnceLock<Texts> = OnceLock::new();
    let properties = [rdfs::LABEL, properties::SKOS_PREF_LABEL];
    text(LABELS.get_or_init(|| texts(&properties)), iri, lang)
}

/// What a term means, in a language; failing that in English.
pub fn definition(iri: &str, lang: &str) -> Option<String> {
    static DEFINITIONS: OnceLock<Texts> = OnceLock::new();
    let properties = [properties::SKOS_DEFINITION];
    text(DEFINITIONS.get_or_init(|| texts(&properties)), iri, lang)
}

fn texts(properties: &[NamedNodeRef<'_>]) -> Texts {
    shared_triples()
        .filter(|triple| properties.contains(&triple.predicate.as_ref()))
        .filter_map(|triple| match (triple.subject, triple.object) {
            (NamedOrBlankNode::NamedNode(subject), Term::Literal(literal)) => {
                let lang = literal.language()?.to_owned();
                Some(((subject.into_string(), lang), literal.value().to_owned()))
            }
            _ => None,
        })
        .collect()
}

fn text(texts: &Texts, iri: &str, lang: &str) -> Option<String> {
    [lang, "en"]
        .into_iter()
        .find_map(|lang| texts.get(&(iri.to_owned(), lang.to_owned())).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_is_turtle_without_blank_nodes_in_views() {
        for text in [SHAPES, POLICIES, DISARM] {
            assert!(
                TurtleParser::new()
                    .for_slice(text.as_bytes())
                    .all(|t| t.is_ok())
            );
        }
        assert!(shared_triples().all(|t| !t.subject.is_blank_node() && !t.object.is_blank_node()));
    }
}
