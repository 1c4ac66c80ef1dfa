//! A record as one view shows it.

use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::name::beginning;
use fieldmark_rdf::vocab::properties;
use oxrdf::{NamedNode, NamedNodeRef, Term};

/// The words of a note (OASIS's STIX ontology).
const CONTENT: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://docs.oasis-open.org/cti/ns/stix#content");

/// How many characters of a note's words stand for its name.
const BEGINNING: usize = 60;

/// A record as one view shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its id.
    pub id: RecordId,
    /// What it is.
    pub noun: Noun,
    /// Its properties by IRI, each with its values in order. Direct edges that follow from
    /// relationships are among them; what stands on its parts is not.
    pub properties: Vec<(NamedNode, Vec<Term>)>,
}

impl Node {
    /// The values of a property.
    pub fn values(&self, property: NamedNodeRef<'_>) -> &[Term] {
        self.properties
            .binary_search_by(|(predicate, _)| predicate.as_str().cmp(property.as_str()))
            .map_or(&[], |at| &self.properties[at].1)
    }

    /// Its name in a language; failing that in English; failing that in any; failing that its
    /// title, its literal form, evidence's description, how a note begins, or its id.
    pub fn label(&self, lang: &str) -> String {
        [
            properties::SKOS_PREF_LABEL,
            properties::DCTERMS_TITLE,
            properties::SKOSXL_LITERAL_FORM,
        ]
        .into_iter()
        .find_map(|property| self.text(property, lang))
        // A claim has no name but its number.
        .or_else(|| self.word(properties::DCTERMS_IDENTIFIER))
        .or_else(|| {
            // A piece of evidence has no name; what it is stands in its description.
            let described = self.noun == Noun::Evidence;
            let words = described.then(|| self.text(properties::DCTERMS_DESCRIPTION, lang))??;
            // As a name within a sentence it does not end one.
            Some(words.strip_suffix('.').unwrap_or(words))
        })
        .map_or_else(|| self.beginning(), str::to_owned)
    }

    /// How the words of a note of STIX begin, which has no name; failing that, its id.
    fn beginning(&self) -> String {
        let words = self.word(CONTENT).map(|words| beginning(words, BEGINNING));
        let words = words.filter(|words| !words.is_empty());
        words.unwrap_or_else(|| self.id.to_string())
    }

    /// A property's words in a language; failing that in English; failing that in any.
    pub fn text(&self, property: NamedNodeRef<'_>, lang: &str) -> Option<&str> {
        let in_language = |wanted: &str| {
            self.values(property).iter().find_map(|term| match term {
                Term::Literal(literal) => literal
                    .language()
                    .is_some_and(|tag| tag == wanted || tag.split('-').next() == Some(wanted))
                    .then(|| literal.value()),
                _ => None,
            })
        };
        in_language(lang)
            .or_else(|| in_language("en"))
            .or_else(|| self.word(property))
    }

    /// The first literal of a property, as written.
    pub fn word(&self, property: NamedNodeRef<'_>) -> Option<&str> {
        self.values(property).iter().find_map(|term| match term {
            Term::Literal(literal) => Some(literal.value()),
            _ => None,
        })
    }

    /// From what to what a relationship leads, and of which type it is.
    pub fn tie(&self) -> Option<(RecordId, &str, RecordId)> {
        let end = |property| self.records(property).into_iter().next();
        Some((
            end(properties::STIX_SOURCE_REF)?,
            self.word(properties::STIX_RELATIONSHIP_TYPE)?,
            end(properties::STIX_TARGET_REF)?,
        ))
    }

    /// The records among a property's values.
    pub fn records(&self, property: NamedNodeRef<'_>) -> Vec<RecordId> {
        self.values(property)
            .iter()
            .filter_map(|term| match term {
                Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
                _ => None,
            })
            .collect()
    }
}
