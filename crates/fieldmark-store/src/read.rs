//! What can be asked of a view: one question a file.
//!
//! Every read binds its input in the parsed algebra and takes many records at once, so that the
//! number of reads follows from the shape of a question and never from how many records it meets.

mod around;
mod beside;
mod calendar;
mod changes;
mod claims;
mod collection;
mod degrees;
mod dossier;
mod edges;
mod evidence;
mod fixed;
mod lens;
mod links;
mod list;
mod marking;
mod matrix;
mod names;
mod node;
mod overlap;
mod path;
mod quotations;
mod search;
mod sparql;
mod tally;
mod ties;
mod told;
mod withheld;

pub use crate::error::ReadError;
pub use crate::index::families::feature_families;
pub use calendar::{Calendar, Period};
pub use changes::{Changed, ClaimChange, Fate, changes};
pub use dossier::{Dossier, Place, Proposition, Reading};
pub use edges::{Direction, Edge};
pub use evidence::{JOINT, Scale, ScaleBand};
pub use lens::{Lens, Same, Sames, Step, Thing};
pub use list::{Filter, Listed, Order};
pub use marking::{Marked, Marking, Markings};
pub use matrix::{MatrixTechnique, Tactic, TechniqueUse};
pub use names::Resolved;
pub use node::Node;
pub use overlap::{CLAIMED, Note, Overlap, Shared, Support};
pub use path::Hop;
pub use quotations::Quotations;
pub use search::Found;
pub use tally::{Lacked, Pair, Ranked, Tally, Trait, WeighedLine};
pub use ties::{Tie, TieKind};
pub use told::Told;
pub use withheld::{Why, Withheld, levels};

use fieldmark_model::RecordId;
use oxrdf::{NamedNode, Term};

/// A place in a list, opaque to callers and stable under writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// What stands on it.
    pub items: Vec<T>,
    /// Where each item stands, aligned with `items`.
    pub cursors: Vec<Cursor>,
    /// How many there are on all pages.
    pub total: u64,
    /// Whether items precede.
    pub has_previous: bool,
    /// Whether items follow.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// After which place the next page begins; none where this is the last.
    pub fn next(&self) -> Option<&Cursor> {
        self.cursors.last().filter(|_| self.has_next)
    }
}

/// The IRIs of records, as terms to bind.
fn terms<'a>(ids: impl IntoIterator<Item = &'a RecordId>) -> Vec<Term> {
    ids.into_iter()
        .map(|id| Term::from(NamedNode::new_unchecked(id.iri())))
        .collect()
}

/// The record a term is, when it is one and not a part of one.
fn record(term: Option<&Term>) -> Option<RecordId> {
    match term {
        Some(Term::NamedNode(node)) => RecordId::from_iri(node.as_str()),
        _ => None,
    }
}

/// A literal's words, or an IRI.
fn text(term: Option<&Term>) -> Option<String> {
    match term {
        Some(Term::Literal(literal)) => Some(literal.value().to_owned()),
        Some(Term::NamedNode(node)) => Some(node.as_str().to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
