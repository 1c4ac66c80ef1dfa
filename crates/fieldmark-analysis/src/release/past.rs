//! What an audience may see of a record as it stood earlier.
//!
//! Access is a matter of today, knowledge a matter of then: whoever looks back sees what the
//! ledger held then, as far as then's marking and today's both let them. Otherwise a name that was
//! published by mistake and marked up since could be had again by asking for the day before.

use super::Eyes;
use fieldmark_rdf::record::{Record, RecordError};

impl Eyes<'_> {
    /// `then` with every statement that today's record withholds put under the policy that
    /// withholds it. A statement that today's record no longer makes is withheld when every value
    /// it now has for that property is.
    ///
    /// # Errors
    /// As [`Record::new`].
    pub fn under_today(&self, then: &Record, now: &Record) -> Result<Record, RecordError> {
        let mut quads = then.quads().to_vec();
        for quad in quads.iter_mut().filter(|quad| self.sees(quad)) {
            let alike = || {
                now.quads().iter().filter(|today| {
                    today.subject == quad.subject && today.predicate == quad.predicate
                })
            };
            let same = alike().any(|today| today.object == quad.object);
            let mut hides = None;
            for today in alike().filter(|today| !same || today.object == quad.object) {
                if self.sees(today) {
                    hides = None;
                    break;
                }
                hides = Some(today.graph_name.clone());
            }
            if let Some(policy) = hides {
                quad.graph_name = policy;
            }
        }
        Record::new(then.id().clone(), quads)
    }
}
