//! One record written by hand: what its writer sees of it, by what version they know that, and its
//! change where it still stands so.

use crate::Base;
pub use crate::allow::Expected;
use crate::allow::{Rules, Terms, version_of};
use crate::error::StoreError;
use crate::gate::{Steward, Writer};
use crate::import::{Foreign, ImportOptions, ImportReport, take};
use crate::ledger::{Hash, Key, Op};
use crate::writer::Until;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use fieldmark_rdf::format::Format;
use oxrdf::Quad;

/// A record as a writer sees it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The statements that they see, each in the graph of its policy.
    pub seen: Vec<Quad>,
    /// By what they know that it stands so; it tells nothing of what they do not see.
    pub version: String,
}

/// How a record is written.
#[derive(Clone, Debug)]
pub struct Hand {
    /// How it has to stand.
    pub expected: Expected,
    /// By what the request is known when it is sent again.
    pub key: Option<Key>,
    /// Why it is written.
    pub reason: Option<String>,
    /// Why more may be seen of it than now.
    pub loosen: Option<String>,
    /// Whether it is only judged.
    pub dry_run: bool,
    /// The bytes it came in, where it came from outside.
    pub received: Option<Vec<u8>>,
}

/// What a record said before its last revision: its statements, and the bytes it came in where it
/// came from outside.
pub type Earlier = (Record, Option<Vec<u8>>);

impl Base {
    /// A record as a writer sees it; none of one that they do not see.
    pub fn opened(&self, writer: &Writer, id: &RecordId) -> Result<Option<Opened>, StoreError> {
        self.on_terms(Terms::of(writer), Until::Visible, |way| {
            let Some(standing) = way.ledger.current(id)? else {
                return Ok(None);
            };
            let rules = Rules::new(way.ledger, way.views, [])?;
            let seen = rules.seen(&standing, writer)?;
            Ok(seen.map(|seen| Opened {
                version: version_of(&seen),
                seen,
            }))
        })
    }

    /// What a record said before its last revision; none where that added it, or it had been
    /// withdrawn.
    pub fn before_last(
        &self,
        _steward: &Steward,
        id: &RecordId,
    ) -> Result<Option<Earlier>, StoreError> {
        let mut revisions = self.ledger_reader()?.received_of(id)?.into_iter().rev();
        match revisions.nth(1) {
            Some((revision, (dataset, received))) if revision.op == Op::Put => {
                let record = Record::from_canonical(id.clone(), &dataset)?;
                Ok(Some((record, received)))
            }
            _ => Ok(None),
        }
    }

    /// What a writer asked for before under a word of theirs: a digest of it, and the record that it
    /// was about.
    pub fn asked(
        &self,
        writer: &Writer,
        word: &str,
    ) -> Result<Option<(Hash, RecordId)>, StoreError> {
        self.ledger_reader()?.asked(writer.author(), word)
    }

    /// Writes a record, or judges what that would come to: it is checked as every import is, and its
    /// one entry tells what became of it. Of what the writer does not see of it, nothing changes.
    pub fn author(
        &self,
        writer: &Writer,
        record: &Record,
        hand: Hand,
    ) -> Result<ImportReport, StoreError> {
        let options = ImportOptions {
            dry_run: hand.dry_run,
            ..ImportOptions::of(Format::NQuads)
        };
        let terms = Terms {
            loosen: hand.loosen,
            reason: hand.reason,
            expected: Some(hand.expected),
            key: hand.key,
            ..Terms::of(writer)
        };
        let foreign = Foreign::of(record, hand.received);
        self.on_terms(terms, Until::Visible, |way| take(foreign, &options, way))
    }
}

#[cfg(test)]
mod tests;
