//! What an audience may see of a record as it stood earlier.
//!
//! Access is a matter of today, knowledge a matter of then: whoever looks back sees what was shown
//! then and still is. A statement that is not shown any more is withheld, however it went: one that
//! was marked up must not be had again by asking for the day before, and if one that was dropped
//! could be, the two would be told apart.

use super::Eyes;
use fieldmark_rdf::record::{Record, RecordError};
use oxrdf::{GraphName, NamedNode, Triple};
use std::collections::HashSet;

/// A policy that nobody defines, and under which nobody sees anything.
const WITHHELD: &str = "urn:fieldmark:withheld";

impl Eyes<'_> {
    /// The statements of a record that are shown, by whatever policy.
    pub fn shown(&self, record: &Record) -> HashSet<Triple> {
        let quads = record.quads().iter();
        quads
            .filter(|quad| self.sees(quad))
            .map(super::triple)
            .collect()
    }

    /// `then` with every statement that is not shown today put out of sight; `shown` says of one
    /// whether it is. It is not left out: a claim whose assessor is withheld has one, under a
    /// pseudonym.
    ///
    /// # Errors
    /// As [`Record::new`].
    pub fn under_today(
        &self,
        then: &Record,
        shown: &dyn Fn(&Triple) -> bool,
    ) -> Result<Record, RecordError> {
        let mut quads = then.quads().to_vec();
        for quad in &mut quads {
            if !shown(&super::triple(quad)) {
                quad.graph_name = GraphName::NamedNode(NamedNode::new_unchecked(WITHHELD));
            }
        }
        Record::new(then.id().clone(), quads)
    }
}
