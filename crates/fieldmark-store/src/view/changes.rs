//! What an interval of the ledger changed, read once for all views.

use crate::error::StoreError;
use crate::ledger::{Change, Changed, Hash, Known, LedgerReader, Outcome, Written};
use fieldmark_analysis::release::{Policies, policy_of};
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use std::collections::HashMap;

/// More entries than this, and a view is made anew instead of being brought up to them.
const MOST: u64 = 16_384;

/// Every record that changed after one entry of the ledger, up to another.
pub(crate) struct Changes {
    /// The entry after which they changed.
    pub from: u64,
    /// The last entry, with its hash.
    pub head: (u64, Hash),
    /// The policies that are in force after it.
    pub policies: Policies,
    /// The records, each once.
    pub records: Vec<Changed>,
}

impl Changes {
    /// What changed after entry `from`; none when it is too much to be held.
    pub fn since(ledger: &LedgerReader, from: u64) -> Result<Option<Self>, StoreError> {
        let head = ledger.head()?;
        if head.0.saturating_sub(from) > MOST {
            return Ok(None);
        }
        Ok(Some(Self {
            from,
            head,
            policies: ledger.policies()?,
            records: ledger.changed_after(from)?,
        }))
    }

    /// Whether who may see other records changed, which asks for a view to be made anew. A policy that
    /// nothing stood under moves nothing.
    pub fn move_a_policy(&self) -> bool {
        let policy = |record: &Option<Record>| record.as_ref().and_then(policy_of);
        let mut records = self.records.iter().filter(|changed| changed.named);
        records.any(|changed| policy(&changed.before) != policy(&changed.after))
    }
}

/// What was written and no view was told of yet, as its writer held it: what is on its way need not
/// be read from the ledger again.
#[derive(Default)]
pub(crate) struct Gathered {
    /// The entry after which it was written.
    from: u64,
    records: HashMap<RecordId, Changed>,
    /// Whether it is not all of it, and the ledger has to be asked.
    lacking: bool,
}

impl Gathered {
    /// Nothing, after entry `from`.
    pub fn after(from: u64) -> Self {
        Self {
            from,
            ..Self::default()
        }
    }

    /// The entry after which it was written.
    pub fn from(&self) -> u64 {
        self.from
    }

    /// Takes in changes that were written just now.
    pub fn take(&mut self, ledger: &LedgerReader, changes: Vec<Change>, written: &[Written]) {
        self.lacking |= self.records.len() + changes.len() > MOST as usize;
        if self.lacking {
            self.records.clear();
            return;
        }
        for (change, written) in changes.into_iter().zip(written) {
            if written.outcome != Outcome::Unchanged {
                // What goes wrong here goes wrong again, and is told, when the ledger is asked.
                self.lacking |= self.change(ledger, change, written.known).is_err();
            }
        }
    }

    fn change(
        &mut self,
        ledger: &LedgerReader,
        change: Change,
        known: Known,
    ) -> Result<(), StoreError> {
        let id = change.id().clone();
        let after = match change {
            Change::Put { record, .. } | Change::Loosen { record, .. } => Some(record),
            Change::Retract(_) => None,
        };
        if let Some(changed) = self.records.get_mut(&id) {
            changed.after = after;
            return Ok(());
        }
        let before = match known {
            Known::Told => ledger.at(&id, self.from)?,
            Known::Not | Known::ByName => None,
        };
        let changed = Changed {
            id: id.clone(),
            named: known != Known::Not,
            before,
            after,
        };
        self.records.insert(id, changed);
        Ok(())
    }

    /// All of it, up to where the ledger stands, which is handed over; none when it is too much to be
    /// held. After an error it is all there still.
    pub fn changes(&mut self, ledger: &LedgerReader) -> Result<Option<Changes>, StoreError> {
        if self.lacking {
            return Changes::since(ledger, self.from);
        }
        Ok(Some(Changes {
            from: self.from,
            head: ledger.head()?,
            policies: ledger.policies()?,
            records: self.records.drain().map(|(_, changed)| changed).collect(),
        }))
    }
}
