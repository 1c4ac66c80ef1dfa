//! At which nodes a change of a view has changed something, for an index that looks there again.

use oxrdf::NamedNode;
use std::collections::BTreeSet;

/// More nodes than this, and all is read again.
const MOST: usize = 10_000;

/// Nodes of which some statement came or went.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moved {
    of: BTreeSet<NamedNode>,
    /// Whether it is too much to go through one by one.
    much: bool,
}

impl Moved {
    /// Takes in a node, where `concerns` finds that what came or went there does; it is not asked any more
    /// once there are too many.
    pub fn note(&mut self, node: &NamedNode, concerns: impl FnOnce() -> bool) {
        if !self.much && concerns() {
            self.of.insert(node.clone());
            self.bound();
        }
    }

    /// Takes in what came after.
    pub fn and(&mut self, later: Self) {
        self.of.extend(later.of);
        self.much |= later.much;
        self.bound();
    }

    fn bound(&mut self) {
        self.much |= self.of.len() > MOST;
        if self.much {
            self.of.clear();
        }
    }

    /// The nodes; none where there are too many to go through.
    pub fn nodes(&self) -> Option<&BTreeSet<NamedNode>> {
        (!self.much).then_some(&self.of)
    }
}
