//! When what a view shows of a record was first and last changed, and under which markings it
//! stands: what an exchange format says of a record beside its statements.

use super::ReadError;
pub use crate::collection::Told;
use crate::collection::told;
use crate::engine::states_type;
use crate::ledger::LedgerReader;
use crate::view::View;
use fieldmark_model::RecordId;

impl View {
    /// What is told of each of these records; nothing of what is not in the ledger, as a pseudonym
    /// is not. Reads every revision of each.
    pub fn told(
        &self,
        ids: impl IntoIterator<Item = RecordId>,
    ) -> Result<Vec<(RecordId, Option<Told>)>, ReadError> {
        let ledger = LedgerReader::open(self.ledger()).map_err(ReadError::engine)?;
        let policies = ledger.policies().map_err(ReadError::engine)?;
        let eyes = self.eyes(&policies);
        // What cannot be looked up is as what is not seen.
        let visible = |id: &RecordId| states_type(self.engine(), id).unwrap_or(false);
        let told = |id: &RecordId| told(&eyes, id, &ledger.received_of(id)?, visible);
        ids.into_iter()
            .map(|id| {
                let told = told(&id).map_err(ReadError::engine)?;
                Ok((id, told))
            })
            .collect()
    }
}
