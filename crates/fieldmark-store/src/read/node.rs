//! Records by id.

use super::fixed::Fixed;
use super::{ReadError, terms};
use crate::view::View;
use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::record::noun_of;
use fieldmark_rdf::vocab::properties;
use oxrdf::{NamedNode, NamedNodeRef, Term, Triple};
use std::collections::{BTreeMap, HashMap};

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
    /// title, its literal form, evidence's description, or its id.
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
        .unwrap_or_else(|| self.id.as_str())
        .to_owned()
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

    /// The records among a property's values.
    pub fn records(&self, property: NamedNodeRef<'_>) -> Vec<RecordId> {
        self.values(property)
            .iter()
            .filter_map(|term| super::record(Some(term)))
            .collect()
    }
}

static STATEMENTS: Fixed = Fixed::new("SELECT ?s ?p ?o WHERE { VALUES ?s { UNDEF } ?s ?p ?o }");

/// The parts of a record lead on to further parts by their own names.
static PARTS: Fixed = Fixed::new(
    "SELECT ?s ?p ?o WHERE { VALUES ?r { UNDEF } ?r ?link ?s . ?s ?p ?o .
     FILTER(STRSTARTS(STR(?s), CONCAT(STR(?r), '#'))) }",
);

impl View {
    /// Records by id, aligned with `ids`; `None` where this view shows nothing. One query.
    pub fn nodes(&self, ids: &[RecordId]) -> Result<Vec<Option<Node>>, ReadError> {
        let mut found: HashMap<String, BTreeMap<NamedNode, Vec<Term>>> = HashMap::new();
        STATEMENTS.run(self, &[("s", terms(ids))], |row| {
            if let [Some(Term::NamedNode(s)), Some(Term::NamedNode(p)), Some(o)] = row {
                let node = match found.get_mut(s.as_str()) {
                    Some(node) => node,
                    None => found.entry(s.as_str().to_owned()).or_default(),
                };
                node.entry(p.clone()).or_default().push(o.clone());
            }
        })?;
        let mut nodes: HashMap<String, Node> = HashMap::with_capacity(found.len());
        for id in ids {
            let Some(properties) = found.remove(&id.iri()) else {
                continue;
            };
            let types = properties.get(&properties::RDF_TYPE.into_owned());
            let noun = noun_of(types.into_iter().flatten().filter_map(|term| match term {
                Term::NamedNode(class) => Some(class.as_ref()),
                _ => None,
            }));
            let properties = properties
                .into_iter()
                .map(|(predicate, mut values)| {
                    values.sort_by_cached_key(ToString::to_string);
                    (predicate, values)
                })
                .collect();
            nodes.insert(
                id.to_string(),
                Node {
                    id: id.clone(),
                    noun,
                    properties,
                },
            );
        }
        Ok(ids
            .iter()
            .map(|id| nodes.get(id.as_str()).cloned())
            .collect())
    }

    /// One record.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] where this view shows nothing.
    pub fn node(&self, id: &RecordId) -> Result<Node, ReadError> {
        self.nodes(std::slice::from_ref(id))?
            .pop()
            .flatten()
            .ok_or_else(|| ReadError::NotFound(id.to_string()))
    }

    /// The statements about a record's parts, in order.
    pub fn children(&self, id: &RecordId) -> Result<Vec<Triple>, ReadError> {
        let mut triples = Vec::new();
        PARTS.run(self, &[("r", terms([id]))], |row| {
            if let [Some(Term::NamedNode(s)), Some(Term::NamedNode(p)), Some(o)] = row {
                triples.push(Triple::new(s.clone(), p.clone(), o.clone()));
            }
        })?;
        triples.sort_by_cached_key(ToString::to_string);
        triples.dedup();
        Ok(triples)
    }
}
