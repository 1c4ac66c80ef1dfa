//! Relationships, seen from many records at once.

use super::fixed::Fixed;
use super::{ReadError, record, terms, text};
use crate::view::View;
use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::record::class_of;
use oxrdf::{Literal, Term};
use std::collections::HashMap;

/// Which end of a relationship a record stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// It is the source.
    Out,
    /// It is the target.
    In,
}

/// One relationship, with where it is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The source.
    pub from: RecordId,
    /// The target.
    pub to: RecordId,
    /// Its type, such as `uses`.
    pub kind: String,
    /// The relationship's own record.
    pub relationship: RecordId,
    /// The document it stands in.
    pub source: Option<RecordId>,
    /// The place in that document.
    pub locator: Option<String>,
}

// What narrows the relationships stands in EXISTS: as a join the engine's planner began with every
// relationship of that type, or everything of that class, and a page of a hundred took a second.
macro_rules! edges {
    ($near:literal, $far:literal, $narrow:literal) => {
        Fixed::new(concat!(
            "SELECT ?near ?far ?kind ?r ?source ?locator WHERE {
               { SELECT ?near ?far ?kind ?r WHERE {
                   VALUES ?near { UNDEF }
                   ?r ",
            $near,
            " ?near ; ",
            $far,
            " ?far ; stix:relationship_type ?kind . ",
            $narrow,
            " } }
              OPTIONAL { ?r dcterms:source ?source }
              OPTIONAL { ?r fm:locator ?locator } }"
        ))
    };
}

const KIND: &str = "kind";

static OUT: Fixed = edges!("stix:source_ref", "stix:target_ref", "");
static OUT_KIND: Fixed = edges!(
    "stix:source_ref",
    "stix:target_ref",
    "FILTER EXISTS { VALUES ?kind { UNDEF } }"
);
static OUT_FAR: Fixed = edges!(
    "stix:source_ref",
    "stix:target_ref",
    "FILTER EXISTS { VALUES ?class { UNDEF } ?far a ?class }"
);
static OUT_BOTH: Fixed = edges!(
    "stix:source_ref",
    "stix:target_ref",
    "FILTER EXISTS { VALUES ?kind { UNDEF } }
     FILTER EXISTS { VALUES ?class { UNDEF } ?far a ?class }"
);
static IN: Fixed = edges!("stix:target_ref", "stix:source_ref", "");
static IN_KIND: Fixed = edges!(
    "stix:target_ref",
    "stix:source_ref",
    "FILTER EXISTS { VALUES ?kind { UNDEF } }"
);
static IN_FAR: Fixed = edges!(
    "stix:target_ref",
    "stix:source_ref",
    "FILTER EXISTS { VALUES ?class { UNDEF } ?far a ?class }"
);
static IN_BOTH: Fixed = edges!(
    "stix:target_ref",
    "stix:source_ref",
    "FILTER EXISTS { VALUES ?kind { UNDEF } }
     FILTER EXISTS { VALUES ?class { UNDEF } ?far a ?class }"
);

impl View {
    /// The relationships of each record: of these types, or of any when `kinds` is empty; leading
    /// to that noun, or to anything. Aligned with `of`, each list in the order of relationship
    /// ids. One query.
    pub fn edges(
        &self,
        of: &[RecordId],
        direction: Direction,
        kinds: &[&str],
        far: Option<Noun>,
    ) -> Result<Vec<Vec<Edge>>, ReadError> {
        let mut bound = vec![("near", terms(of))];
        if !kinds.is_empty() {
            let kinds = kinds
                .iter()
                .map(|kind| Term::from(Literal::new_simple_literal(*kind)));
            bound.push((KIND, kinds.collect()));
        }
        let class = far.and_then(class_of);
        if let Some(class) = class {
            bound.push(("class", vec![class.into_owned().into()]));
        }
        let query = match (direction, kinds.is_empty(), class.is_none()) {
            (Direction::Out, true, true) => &OUT,
            (Direction::Out, false, true) => &OUT_KIND,
            (Direction::Out, true, false) => &OUT_FAR,
            (Direction::Out, false, false) => &OUT_BOTH,
            (Direction::In, true, true) => &IN,
            (Direction::In, false, true) => &IN_KIND,
            (Direction::In, true, false) => &IN_FAR,
            (Direction::In, false, false) => &IN_BOTH,
        };
        let mut found: HashMap<RecordId, Vec<Edge>> = HashMap::new();
        query.run(self, &bound, |row| {
            let [near, far, kind, relationship, source, locator] = row else {
                return;
            };
            let (Some(near), Some(far), Some(kind), Some(relationship)) = (
                record(near.as_ref()),
                record(far.as_ref()),
                text(kind.as_ref()),
                record(relationship.as_ref()),
            ) else {
                return;
            };
            let (from, to) = match direction {
                Direction::Out => (near.clone(), far),
                Direction::In => (far, near.clone()),
            };
            found.entry(near).or_default().push(Edge {
                from,
                to,
                kind,
                relationship,
                source: record(source.as_ref()),
                locator: text(locator.as_ref()),
            });
        })?;
        Ok(of
            .iter()
            .map(|id| {
                let mut edges = found.get(id).cloned().unwrap_or_default();
                edges.sort_by(|a, b| {
                    (&a.relationship, &a.source, &a.locator).cmp(&(
                        &b.relationship,
                        &b.source,
                        &b.locator,
                    ))
                });
                // Two sources of one relationship are one edge.
                edges.dedup_by(|a, b| a.relationship == b.relationship);
                edges
            })
            .collect())
    }
}
