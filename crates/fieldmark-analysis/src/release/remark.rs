//! What a write does to who may see what.
//!
//! A statement that stands in the record already, or stood there before, may be marked up by
//! whoever writes; to mark it down shows it to people it was kept from, and is told apart here.

use super::{Policies, policy_of};
use fieldmark_model::Policy;
use fieldmark_rdf::record::Record;
use oxrdf::{GraphName, Quad, Triple};
use std::collections::{BTreeMap, BTreeSet};

/// One statement whose release policy a write changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remarked {
    /// The statement.
    pub statement: Triple,
    /// The policies it stood under, by IRI; sorted.
    pub from: Vec<String>,
    /// Those it is to stand under; sorted.
    pub to: Vec<String>,
    /// Whether somebody may see it then who could not before.
    pub looser: bool,
}

/// The statements of `after` that stood under other policies in `before`, which are those of the
/// record as it stands and of earlier revisions for what it no longer says. `was` and `is` are the
/// policies in force before and after the write. A policy that nobody defined lets nobody see.
pub fn remarked(before: &[Quad], after: &Record, was: &Policies, is: &Policies) -> Vec<Remarked> {
    let (before, after) = (by_statement(before), by_statement(after.quads()));
    let mut out = Vec::new();
    for (text, (statement, to)) in after {
        let Some((_, from)) = before.get(&text) else {
            continue;
        };
        if *from == to {
            continue;
        }
        let looser = !to.iter().all(|new| {
            from.iter()
                .any(|old| is_as_strict(is.get(new), was.get(old)))
        });
        out.push(Remarked {
            statement,
            from: from.iter().map(ToString::to_string).collect(),
            to: to.iter().map(ToString::to_string).collect(),
            looser,
        });
    }
    out
}

/// Whether a marking definition, as `after` states it, lets somebody see what it kept from them in
/// `was`; `None` when it defines what it did.
pub fn redefined(after: &Record, was: Option<&Policy>) -> Option<bool> {
    let is = policy_of(after);
    let was = was?;
    (is.as_ref() != Some(was)).then(|| !is_as_strict(is.as_ref(), Some(was)))
}

fn is_as_strict(new: Option<&Policy>, old: Option<&Policy>) -> bool {
    match (new, old) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(new), Some(old)) => new.is_as_strict_as(old),
    }
}

type Stated<'a> = BTreeMap<String, (Triple, BTreeSet<&'a str>)>;

fn by_statement(quads: &[Quad]) -> Stated<'_> {
    let mut out = Stated::new();
    for quad in quads {
        let GraphName::NamedNode(policy) = &quad.graph_name else {
            continue;
        };
        let statement = super::triple(quad);
        out.entry(statement.to_string())
            .or_insert_with(|| (statement, BTreeSet::new()))
            .1
            .insert(policy.as_str());
    }
    out
}
