//! Why a view does not show all of a record.

use super::ReadError;
use crate::engine::states_type;
use crate::gate::Steward;
use crate::ledger::LedgerReader;
pub use crate::marked::levels;
use crate::view::View;
use fieldmark_analysis::release::spoken_of;
pub use fieldmark_analysis::release::{Why, Withheld};
use fieldmark_model::RecordId;
use std::collections::{HashMap, HashSet};

impl View {
    /// Why this view does not show all of each record that stands now: for the steward, since it names
    /// what is hidden. As many look-ups as there are records, and one for each that they speak of.
    pub fn withheld(
        &self,
        _: &Steward,
        ids: &[RecordId],
    ) -> Result<HashMap<RecordId, Withheld>, ReadError> {
        let ledger = LedgerReader::open(self.ledger()).map_err(ReadError::engine)?;
        let policies = ledger.policies().map_err(ReadError::engine)?;
        let eyes = self.eyes(&policies);
        let mut asked: HashSet<RecordId> = HashSet::new();
        let mut visible: HashSet<RecordId> = HashSet::new();
        let mut all = HashMap::new();
        for id in ids {
            let Some(record) = ledger.current(id).map_err(ReadError::engine)? else {
                continue;
            };
            for other in record
                .quads()
                .iter()
                .flat_map(|quad| spoken_of(&record, quad))
            {
                if asked.insert(other.clone())
                    && states_type(self.engine(), &other).map_err(ReadError::engine)?
                {
                    visible.insert(other);
                }
            }
            let withheld = eyes.withheld(&record, |id| visible.contains(id));
            all.insert(id.clone(), withheld);
        }
        Ok(all)
    }
}
