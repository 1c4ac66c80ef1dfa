//! What a view states beside its records, and an export of it says as well: the ontology, and the
//! direct edges of relationships. Every view makes them itself, so a file that holds them brings
//! nothing by them.

use fieldmark_rdf::ontology::is_in_every_view;
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::{EDGES, properties};
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::{HashMap, HashSet};

/// Leaves out what views make themselves; says how many statements of the ontology were left out.
pub(super) fn without(statements: Vec<Placed>) -> (Vec<Placed>, usize) {
    let edges = edges(&statements);
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

fn is_ontology(quad: &Quad) -> bool {
    matches!(&quad.subject, NamedOrBlankNode::NamedNode(node) if is_in_every_view(node.as_str()))
}

/// The direct edges of the relationships that statements make.
fn edges(statements: &[Placed]) -> HashSet<(NamedNode, NamedNode, NamedNode)> {
    #[derive(Default)]
    struct Relationship<'a> {
        from: Option<&'a NamedNode>,
        kind: Option<&'a str>,
        to: Option<&'a NamedNode>,
    }
    let mut found: HashMap<&NamedNode, Relationship<'_>> = HashMap::new();
    for Placed { quad, .. } in statements {
        let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
            continue;
        };
        match (quad.predicate.as_ref(), &quad.object) {
            (properties::STIX_SOURCE_REF, Term::NamedNode(node)) => {
                found.entry(subject).or_default().from = Some(node);
            }
            (properties::STIX_TARGET_REF, Term::NamedNode(node)) => {
                found.entry(subject).or_default().to = Some(node);
            }
            (properties::STIX_RELATIONSHIP_TYPE, Term::Literal(kind)) => {
                found.entry(subject).or_default().kind = Some(kind.value());
            }
            _ => {}
        }
    }
    let edge = |one: Relationship<'_>| {
        let (_, edge) = EDGES.iter().find(|(kind, _)| Some(*kind) == one.kind)?;
        Some((one.from?.clone(), edge.into_owned(), one.to?.clone()))
    };
    found.into_values().filter_map(edge).collect()
}
