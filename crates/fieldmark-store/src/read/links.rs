//! By which links somebody has what they have.

use super::{Direction, Edge, Node, ReadError};
use crate::index::families::{feature_families, key};
use crate::view::View;
use fieldmark_analysis::overlap::FamilyId;
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::EDGES;
use oxrdf::NamedNode;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// What says that somebody has a feature: relationships, or the record that states it, by who has
/// it, family and feature.
pub(super) type Links = BTreeMap<(RecordId, FamilyId, String), BTreeSet<RecordId>>;

/// The links by which these have their features: relationships of their own, and those of what
/// carries features for them. Three queries, whatever they have.
pub(super) fn links(view: &View, of: &[&RecordId]) -> Result<Links, ReadError> {
    let of: Vec<RecordId> = of.iter().map(|id| (*id).clone()).collect();
    let mut edges: HashMap<RecordId, Vec<Edge>> = HashMap::new();
    let own = view.edges(&of, Direction::Out, &[], None)?;
    edges.extend(of.iter().cloned().zip(own));
    let lies_over = |edge: &Edge, properties: &[NamedNode]| {
        let property = EDGES.iter().find(|(kind, _)| *kind == edge.kind);
        property.is_some_and(|(_, one)| properties.iter().any(|other| other.as_ref() == *one))
    };
    let through = |edge: &&Edge| {
        let mut families = feature_families().iter();
        families.any(|family| lies_over(edge, &family.through))
    };
    let carriers = edges.values().flatten().filter(through);
    let carriers: BTreeSet<RecordId> = carriers.map(|edge| edge.to.clone()).collect();
    let carriers: Vec<RecordId> = carriers.into_iter().collect();
    let theirs = view.edges(&carriers, Direction::Out, &[], None)?;
    edges.extend(carriers.iter().cloned().zip(theirs));
    let all: Vec<RecordId> = edges.keys().cloned().collect();
    let nodes = view.nodes(&all)?.into_iter().flatten();
    let nodes: HashMap<RecordId, Arc<Node>> = nodes.map(|node| (node.id.clone(), node)).collect();
    let mut links = Links::new();
    for of in &of {
        for (id, family) in (0..).zip(feature_families()) {
            let carriers = edges[of].iter();
            let carriers = carriers.filter(|edge| lies_over(edge, &family.through));
            for holder in carriers.map(|edge| &edge.to).chain([of]) {
                let mut say = |feature: String, link: &RecordId| {
                    let all = links.entry((of.clone(), id, feature)).or_default();
                    all.insert(link.clone());
                };
                let said = edges[holder].iter();
                for edge in said.filter(|edge| lies_over(edge, &family.edges)) {
                    say(edge.to.iri(), &edge.relationship);
                }
                // What is no relationship stands on the record itself.
                let stated =
                    |edge: &&NamedNode| !EDGES.iter().any(|(_, one)| *one == edge.as_ref());
                for edge in family.edges.iter().filter(stated) {
                    let values = nodes
                        .get(holder)
                        .map_or(&[][..], |node| node.values(edge.as_ref()));
                    values.iter().for_each(|value| say(key(value), holder));
                }
            }
        }
    }
    Ok(links)
}
