//! What an interval of the ledger changed, read once for all views.

use crate::error::StoreError;
use crate::ledger::{Changed, Hash, LedgerReader};
use fieldmark_analysis::release::{Policies, policy_of};
use fieldmark_rdf::Record;

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

    /// Whether who may see other records changed, which asks for a view to be made anew.
    pub fn move_a_policy(&self) -> bool {
        let policy = |record: &Option<Record>| record.as_ref().and_then(policy_of);
        let mut records = self.records.iter();
        records.any(|changed| policy(&changed.before) != policy(&changed.after))
    }
}
