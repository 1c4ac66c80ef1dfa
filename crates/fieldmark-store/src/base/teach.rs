//! The vocabulary that ships with the program.

use super::BUILT_IN;
use crate::error::StoreError;
use crate::import;
use crate::ledger::{Change, Group, Hash, Ledger};
use sha2::{Digest, Sha256};

/// The note under which a ledger remembers which vocabulary it was given.
const VOCABULARY: &str = "vocabulary";

/// Gives the ledger the vocabulary this program ships, once per version of it.
pub(super) fn teach(ledger: &mut Ledger) -> Result<(), StoreError> {
    let mut hasher = Sha256::new();
    for (_, text) in fieldmark_rdf::ontology::RECORDS {
        hasher.update(text);
    }
    let version: Hash = hasher.finalize().into();
    if ledger.note(VOCABULARY)?.as_deref() == Some(&version) {
        return Ok(());
    }
    let changes: Vec<Change> = import::vocabulary()?
        .into_iter()
        .map(|record| Change::Put {
            record,
            received: None,
        })
        .collect();
    let shipped = Group::by(BUILT_IN, &changes);
    for result in ledger.append(&[shipped], time::OffsetDateTime::now_utc())? {
        result?;
    }
    ledger.set_note(VOCABULARY, &version)
}
