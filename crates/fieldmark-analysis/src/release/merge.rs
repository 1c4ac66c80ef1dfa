//! What a record becomes when somebody who sees only a part of it writes it anew.

use super::{Eyes, record_in};
use fieldmark_model::RecordId;
use fieldmark_rdf::record::{Record, RecordError};
use fieldmark_rdf::vocab::{DERIVATIONS, properties};
use oxrdf::{NamedNode, Quad, Term};

impl Eyes<'_> {
    /// The statements of `record` as these eyes see them, each under its policy, and those they do
    /// not see. `visible` says which other records they see.
    pub fn part(
        &self,
        record: &Record,
        visible: impl Fn(&RecordId) -> bool,
    ) -> (Vec<Quad>, Vec<Quad>) {
        record.quads().iter().cloned().partition(|quad| {
            let target = record_in(&quad.object).filter(|id| id != record.id());
            self.sees(quad) && target.as_ref().is_none_or(&visible)
        })
    }

    /// `proposed` with what these eyes do not see of `standing` left as it stands. What the view
    /// put in its place (a pseudonym, the mark of a withheld derivation) is no statement of theirs.
    ///
    /// # Errors
    /// As [`Record::new`].
    pub fn merge(
        &self,
        standing: &Record,
        proposed: &Record,
        visible: impl Fn(&RecordId) -> bool,
    ) -> Result<Record, RecordError> {
        let (_, hidden) = self.part(standing, visible);
        let made = |quad: &Quad| {
            hidden.iter().any(|kept| {
                if kept.subject != quad.subject {
                    return false;
                }
                let predicate = kept.predicate.as_ref();
                let pseudonym = || {
                    let hidden = record_in(&kept.object)?;
                    let node = NamedNode::new_unchecked(self.pseudonym(&hidden).iri());
                    Some(Term::from(node))
                };
                ([properties::FM_ASSESSOR, properties::FM_EVIDENCE].contains(&predicate)
                    && quad.predicate == kept.predicate
                    && pseudonym().as_ref() == Some(&quad.object))
                    || (DERIVATIONS.contains(&predicate)
                        && quad.predicate.as_ref() == properties::FM_DERIVATION_WITHHELD
                        && quad.object == Term::from(kept.predicate.clone()))
            })
        };
        let mut quads: Vec<Quad> = proposed
            .quads()
            .iter()
            .filter(|quad| !made(quad))
            .cloned()
            .collect();
        quads.extend(hidden.iter().cloned());
        Record::new(standing.id().clone(), quads)
    }
}
