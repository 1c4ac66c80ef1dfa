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
    /// `then` with every statement that today's record does not show put out of sight. It is not
    /// left out: a claim whose assessor is withheld has one, under a pseudonym. `alike` says
    /// whether a view holds two statements as one, which are written otherwise (1.50 and 1.5): what
    /// is the same to whoever looks has not gone.
    ///
    /// # Errors
    /// As [`Record::new`].
    pub fn under_today(
        &self,
        then: &Record,
        now: &Record,
        alike: &dyn Fn(&Triple, &Triple) -> bool,
    ) -> Result<Record, RecordError> {
        let shown: HashSet<Triple> = now
            .quads()
            .iter()
            .filter(|quad| self.sees(quad))
            .map(super::triple)
            .collect();
        let mut quads = then.quads().to_vec();
        for quad in &mut quads {
            let triple = super::triple(quad);
            let still =
                |one: &&Triple| one.subject == triple.subject && one.predicate == triple.predicate;
            if !shown.contains(&triple)
                && !shown.iter().filter(still).any(|one| alike(one, &triple))
            {
                quad.graph_name = GraphName::NamedNode(NamedNode::new_unchecked(WITHHELD));
            }
        }
        Record::new(then.id().clone(), quads)
    }
}
