//! Records by id.

use super::fixed::Fixed;
use super::{ReadError, terms};
pub use crate::node::Node;
use crate::view::View;
use fieldmark_model::RecordId;
use fieldmark_rdf::record::noun_of;
use fieldmark_rdf::vocab::properties;
use oxrdf::{NamedNode, Term, Triple};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

static STATEMENTS: Fixed = Fixed::new("SELECT ?s ?p ?o WHERE { VALUES ?s { UNDEF } ?s ?p ?o }");

/// The parts of a record lead on to further parts by their own names.
static PARTS: Fixed = Fixed::new(
    "SELECT ?s ?p ?o WHERE { VALUES ?r { UNDEF } ?r ?link ?s . ?s ?p ?o .
     FILTER(STRSTARTS(STR(?s), CONCAT(STR(?r), '#'))) }",
);

impl View {
    /// Records by id, aligned with `ids`; `None` where this view shows nothing. One query at most.
    pub fn nodes(&self, ids: &[RecordId]) -> Result<Vec<Option<Arc<Node>>>, ReadError> {
        let read = |ids: &[RecordId]| self.nodes_read(ids);
        self.recent().read(|kept| &mut kept.nodes, ids, read)
    }

    /// Records by id, of the engine. One query.
    pub(super) fn nodes_read(
        &self,
        ids: &[RecordId],
    ) -> Result<HashMap<RecordId, Arc<Node>>, ReadError> {
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
        let mut nodes = HashMap::with_capacity(found.len());
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
            let node = Node {
                id: id.clone(),
                noun,
                properties,
            };
            nodes.insert(id.clone(), Arc::new(node));
        }
        Ok(nodes)
    }

    /// One record.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] where this view shows nothing.
    pub fn node(&self, id: &RecordId) -> Result<Arc<Node>, ReadError> {
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
