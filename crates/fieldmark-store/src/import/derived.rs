//! What a view states beside its records, and an export of it says as well: the ontology, and the
//! direct edges of relationships. Every view makes them itself, so a file that holds them brings
//! nothing by them.

use fieldmark_rdf::ontology::is_in_every_view;
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::{EDGES, properties};
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use std::collections::{HashMap, HashSet};

/// Leaves out what views make themselves; says how many statements of the ontology were left out.
pub(super) fn without(statements: Vec<Placed>) -> (Vec<Placed>, usize) {
    let mut edges = Edges::default();
    statements
        .iter()
        .for_each(|placed| edges.note(&placed.quad));
    let edges: HashSet<_> = edges.made().collect();
    let before = statements.len();
    let kept: Vec<Placed> = statements
        .into_iter()
        .filter(|placed| !is_ontology(&placed.quad))
        .collect();
    let ontology = before - kept.len();
    let kept = kept.into_iter().filter(|placed| {
        let Quad {
            subject,
            predicate,
            object,
            ..
        } = &placed.quad;
        match (subject, object) {
            (NamedOrBlankNode::NamedNode(from), Term::NamedNode(to)) => {
                !edges.contains(&(from.clone(), predicate.clone(), to.clone()))
            }
            _ => true,
        }
    });
    (kept.collect(), ontology)
}

/// Whether a statement is one of the ontology's own.
pub(super) fn is_ontology(quad: &Quad) -> bool {
    matches!(&quad.subject, NamedOrBlankNode::NamedNode(node) if is_in_every_view(node.as_str()))
}

/// The direct edges of the relationships that statements make.
#[derive(Default)]
pub(super) struct Edges(HashMap<NamedNode, Relationship>);

#[derive(Default)]
struct Relationship {
    from: Option<NamedNode>,
    kind: Option<String>,
    to: Option<NamedNode>,
}

/// What a relationship says of its edge.
const PARTS: [NamedNodeRef<'static>; 3] = [
    properties::STIX_SOURCE_REF,
    properties::STIX_TARGET_REF,
    properties::STIX_RELATIONSHIP_TYPE,
];

impl Edges {
    /// Whether a statement written as N-Quads may say something of a relationship's edge.
    pub fn may_be_part(text: &str) -> bool {
        PARTS.iter().any(|part| text.contains(part.as_str()))
    }

    /// Looks at a statement.
    pub fn note(&mut self, quad: &Quad) {
        let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
            return;
        };
        if !PARTS.contains(&quad.predicate.as_ref()) {
            return;
        }
        let one = self.0.entry(subject.clone()).or_default();
        match (quad.predicate.as_ref(), &quad.object) {
            (properties::STIX_SOURCE_REF, Term::NamedNode(node)) => one.from = Some(node.clone()),
            (properties::STIX_TARGET_REF, Term::NamedNode(node)) => one.to = Some(node.clone()),
            (properties::STIX_RELATIONSHIP_TYPE, Term::Literal(kind)) => {
                one.kind = Some(kind.value().to_owned());
            }
            _ => {}
        }
    }

    /// The edges: from where, by which property, to where.
    pub fn made(self) -> impl Iterator<Item = (NamedNode, NamedNode, NamedNode)> {
        self.0.into_values().filter_map(|one| {
            let (_, edge) = EDGES
                .iter()
                .find(|(kind, _)| Some(*kind) == one.kind.as_deref())?;
            Some((one.from?, edge.into_owned(), one.to?))
        })
    }
}
