//! Under which markings stands what a view shows.
//!
//! A view holds statements without their policies, so the ledger is asked, and only of what this
//! audience sees.

use super::ReadError;
use crate::ledger::LedgerReader;
pub use crate::marked::{Marked, Marking};
use crate::view::View;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Of up to so many records the markings are looked up with all that is said of each statement.
#[cfg(not(test))]
const FEW: usize = 1_000;
#[cfg(test)]
const FEW: usize = 1;

/// How many of many are looked up over one connection.
const TOGETHER: usize = 4_096;

/// The markings of several records.
#[derive(Clone, Debug, Default)]
pub struct Markings(HashMap<RecordId, Arc<Marked>>);

impl Markings {
    /// Those of one record, statement by statement; none of what is not among them.
    pub fn get(&self, id: &RecordId) -> Option<&Marked> {
        self.0.get(id).map(AsRef::as_ref)
    }

    /// The same, to be kept.
    pub fn shared(&self, id: &RecordId) -> Option<Arc<Marked>> {
        self.0.get(id).cloned()
    }

    /// The marking of one record, as people write it.
    pub fn name(&self, id: &RecordId) -> Option<String> {
        self.get(id)?.all().name()
    }

    /// The marking of all of them together.
    pub fn together(&self) -> Marking {
        let mut all = Marking::default();
        self.0.values().for_each(|one| all.and(one.all()));
        all
    }
}

impl View {
    /// The markings of what this view shows of each record. As many look-ups as there are records of
    /// which they were not lately asked.
    pub fn markings(&self, ids: impl IntoIterator<Item = RecordId>) -> Result<Markings, ReadError> {
        let ids: HashSet<RecordId> = ids.into_iter().collect();
        let ids: Vec<RecordId> = ids.into_iter().collect();
        if self.is_past() {
            // The marking is today's, and no change of today reaches what is kept of the past.
            return Ok(Markings(self.markings_read(&ids)?));
        }
        let read = |ids: &[RecordId]| self.markings_read(ids);
        let found = self.recent().read(|kept| &mut kept.marked, &ids, read)?;
        let found = ids.into_iter().zip(found);
        let found = found.filter_map(|(id, marked)| Some((id, marked?)));
        Ok(Markings(found.collect()))
    }

    /// The markings of each record, of the ledger.
    fn markings_read(&self, ids: &[RecordId]) -> Result<HashMap<RecordId, Arc<Marked>>, ReadError> {
        let ledger = LedgerReader::open(self.ledger()).map_err(ReadError::engine)?;
        let policies = ledger.policies().map_err(ReadError::engine)?;
        let mut out = HashMap::new();
        for id in ids {
            let record = ledger.current(id).map_err(ReadError::engine)?;
            if let Some(record) = record {
                let marked = Marked::of_record(&record, &policies, self.whole_audience());
                out.insert(id.clone(), Arc::new(marked));
            }
        }
        Ok(out)
    }

    /// The marking of all that this view shows of these records. Of many, each is looked up in the
    /// ledger once, until it changes.
    pub fn marking(&self, ids: impl IntoIterator<Item = RecordId>) -> Result<Marking, ReadError> {
        let ids: HashSet<RecordId> = ids.into_iter().collect();
        if ids.len() <= FEW {
            return Ok(self.markings(ids)?.together());
        }
        let ids: Vec<RecordId> = ids.into_iter().collect();
        let found = self.marked_whole(&ids)?;
        let mut all = Marking::default();
        let mut last: Option<&Arc<Marking>> = None;
        for one in found.iter().flatten() {
            if !last.is_some_and(|last| Arc::ptr_eq(last, one)) {
                all.and(one);
                last = Some(one);
            }
        }
        Ok(all)
    }

    /// The marking of all that this view shows of each record, aligned; none of what does not stand.
    pub(super) fn marked_whole(
        &self,
        ids: &[RecordId],
    ) -> Result<Vec<Option<Arc<Marking>>>, ReadError> {
        if self.is_past() {
            let read = self.whole_read(ids)?;
            return Ok(ids.iter().map(|id| read.get(id).cloned()).collect());
        }
        let read = |ids: &[RecordId]| self.whole_read(ids);
        self.recent().read(|kept| &mut kept.whole, ids, read)
    }

    /// The same, of the ledger, on all cores.
    fn whole_read(&self, ids: &[RecordId]) -> Result<HashMap<RecordId, Arc<Marking>>, ReadError> {
        // What stands under the same policies shares one marking.
        let shared = Mutex::new(HashMap::<String, Arc<Marking>>::new());
        let read = |ids: &[RecordId]| -> Result<Vec<(RecordId, Arc<Marking>)>, ReadError> {
            let ledger = LedgerReader::open(self.ledger()).map_err(ReadError::engine)?;
            let policies = ledger.policies().map_err(ReadError::engine)?;
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                let Some(stated) = ledger.stated(id).map_err(ReadError::engine)? else {
                    continue;
                };
                let under: Vec<&str> = Record::policies_in(&stated).into_iter().collect();
                let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                let one = shared.entry(under.join(" ")).or_insert_with(|| {
                    Arc::new(Marking::of_policies(
                        under,
                        &policies,
                        self.whole_audience(),
                    ))
                });
                found.push((id.clone(), one.clone()));
            }
            Ok(found)
        };
        let parts: Vec<_> = ids.par_chunks(TOGETHER).map(read).collect();
        let mut all = HashMap::with_capacity(ids.len());
        for part in parts {
            all.extend(part?);
        }
        Ok(all)
    }
}
