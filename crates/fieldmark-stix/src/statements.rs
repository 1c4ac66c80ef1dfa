//! What one view states of one record, by subject and property.

use fieldmark_model::RecordId;
use oxrdf::{NamedOrBlankNode, Term, Triple};
use std::collections::BTreeMap;

type Properties = BTreeMap<String, Vec<Term>>;

/// The statements of a record and its parts.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    iri: String,
    own: Properties,
    parts: BTreeMap<String, Properties>,
}

impl Statements {
    /// None yet, of the record with this IRI.
    pub fn of(iri: String) -> Self {
        Self {
            iri,
            ..Self::default()
        }
    }

    /// Takes one in; a statement of another record is left out. The values of a property are in
    /// order of their text.
    pub fn push(&mut self, triple: Triple) {
        let NamedOrBlankNode::NamedNode(subject) = triple.subject else {
            return;
        };
        let of = match subject.as_str().strip_prefix(self.iri.as_str()) {
            Some("") => &mut self.own,
            Some(part) if part.starts_with('#') => self.parts.entry(part.to_owned()).or_default(),
            _ => return,
        };
        let values = of.entry(triple.predicate.into_string()).or_default();
        let text = triple.object.to_string();
        let at = values.partition_point(|known| known.to_string() < text);
        values.insert(at, triple.object);
    }

    /// The properties of the record itself, in order.
    pub fn own(&self) -> &Properties {
        &self.own
    }

    /// The parts, by the end of their IRIs (`#name`), each with its properties.
    pub fn parts(&self) -> &BTreeMap<String, Properties> {
        &self.parts
    }

    /// The properties of a part, by its IRI.
    pub fn part(&self, iri: &str) -> Option<&Properties> {
        self.parts.get(iri.strip_prefix(self.iri.as_str())?)
    }

    /// The values of one of the record's own properties.
    pub fn values(&self, property: &str) -> &[Term] {
        self.own.get(property).map_or(&[], Vec::as_slice)
    }

    /// The records that one of the record's own properties leads to.
    pub fn records(&self, property: &str) -> impl Iterator<Item = RecordId> {
        self.values(property).iter().filter_map(record)
    }

    /// The first literal of one of the record's own properties.
    pub fn literal(&self, property: &str) -> Option<&str> {
        self.values(property).iter().find_map(|term| match term {
            Term::Literal(literal) => Some(literal.value()),
            _ => None,
        })
    }

    /// The text of a property in English, failing that in any language, with its tag.
    pub fn text(&self, property: &str) -> Option<(&str, &str)> {
        let literals = || {
            self.values(property).iter().filter_map(|term| match term {
                Term::Literal(literal) => {
                    Some((literal.value(), literal.language().unwrap_or("en")))
                }
                _ => None,
            })
        };
        literals()
            .find(|(_, lang)| *lang == "en")
            .or_else(|| literals().next())
    }

    /// Whether the record states that class.
    pub fn is_a(&self, class: &str) -> bool {
        let is = |term: &Term| matches!(term, Term::NamedNode(node) if node.as_str() == class);
        self.values(oxrdf::vocab::rdf::TYPE.as_str()).iter().any(is)
    }
}

/// The record that a term is, where it is one.
pub(crate) fn record(term: &Term) -> Option<RecordId> {
    match term {
        Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
        _ => None,
    }
}
