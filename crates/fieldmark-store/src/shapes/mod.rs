//! The SHACL shapes, held against records before they are written.
//!
//! The Core constraints that `ontology/shapes.ttl` uses are compiled here once (`compile.rs`) and
//! checked in one go over a record's statements (`check.rs`). A shape sees the statements it is given
//! and nothing else, so it may speak of a record's own properties and of what a reference looks
//! like, never of the record at its end. Tests hold the outcome equal to the `shacl` crate's.

mod check;
mod compile;
mod form;
#[cfg(test)]
mod peer;
#[cfg(test)]
mod tests;

pub use form::{Holds, Slot};

use oxrdf::{NamedNode, NamedNodeRef, Quad, Term};
use regex::Regex;
use std::collections::{BTreeSet, HashMap};
use std::sync::OnceLock;

/// A sentence in both languages of the project.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Localised {
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
}

/// One shape that one node does not meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The node.
    pub focus: Term,
    /// The property concerned, when the rule is about one.
    pub path: Option<NamedNode>,
    /// The rule, by SHACL's name for it: `sh:minCount`.
    pub rule: &'static str,
    /// The value that breaks it, when there is one.
    pub value: Option<String>,
    /// What is wrong and what to do.
    pub message: Localised,
}

/// The shapes cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the shapes: {0}")]
pub struct ShapesError(String);

/// Compiled shapes.
pub struct Shapes {
    /// Every shape; others name it by its place here.
    shapes: Vec<Shape>,
    /// The shapes whose target is a class, by that.
    by_class: HashMap<NamedNode, Vec<usize>>,
    /// The shapes whose targets are the subjects of a property.
    by_property: Vec<(NamedNode, usize)>,
}

/// One shape: of the values of a property, or of the node itself.
struct Shape {
    path: Option<NamedNode>,
    constraints: Vec<Constraint>,
    message: Localised,
}

/// What a shape asks for (SHACL, W3C 2017, clause 4).
enum Constraint {
    MinCount(usize),
    MaxCount(usize),
    Datatype(NamedNode),
    NodeKind(Kind),
    Pattern(Regex),
    MaxLength(usize),
    In(Vec<Term>),
    MinInclusive(Term),
    MaxInclusive(Term),
    HasValue(Term),
    UniqueLang,
    LessThanOrEquals(NamedNode),
    Not(usize),
    Or(Vec<usize>),
    Property(usize),
    Qualified {
        shape: usize,
        min: Option<usize>,
        max: Option<usize>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Iri,
    Literal,
}

impl Shapes {
    /// The shapes this program ships, compiled once.
    ///
    /// # Panics
    /// When the embedded file holds a shape that cannot be compiled, which a test rules out.
    pub fn embedded() -> &'static Self {
        static SHAPES: OnceLock<Shapes> = OnceLock::new();
        SHAPES.get_or_init(|| {
            compile::compile(fieldmark_rdf::ontology::SHAPES)
                .expect("the embedded shapes can be compiled")
        })
    }

    /// The properties whose values are of a datatype, in order.
    pub(crate) fn of_datatype(&self, datatype: NamedNodeRef<'_>) -> Vec<NamedNode> {
        let is =
            |one: &Constraint| matches!(one, Constraint::Datatype(of) if of.as_ref() == datatype);
        let shapes = self.shapes.iter();
        let of = shapes.filter(|shape| shape.constraints.iter().any(is));
        let paths: BTreeSet<NamedNode> = of.filter_map(|shape| shape.path.clone()).collect();
        paths.into_iter().collect()
    }

    /// Every violation among the statements, in order of node, property and rule. Graph names are
    /// passed over: a policy says who may see a statement, not whether it is well made.
    pub fn check<'a>(&self, quads: impl IntoIterator<Item = &'a Quad>) -> Vec<Violation> {
        check::check(self, quads)
    }
}
