//! What the writer may write of a job, judged against the ledger as it then stands.

use super::{Job, Reply, Settled, answer};
use crate::allow::{Rules, Terms, Verdict};
use crate::error::StoreError;
use crate::ledger::{Change, LedgerReader};
use crate::view::Kept;
use fieldmark_analysis::release::{Remarked, policy_of};
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use std::collections::HashSet;
use std::sync::Arc;

/// A job with what may be written of it, and what became of the rest, each at its place.
pub(super) struct Judged {
    pub terms: Box<Terms>,
    pub changes: Vec<Change>,
    pub settled: Places,
    pub reply: Reply,
}

/// The job with its changes as its terms allow them; what is not allowed where all go together is
/// answered at once.
pub(super) fn allowed(job: Job, reader: &LedgerReader, views: &[Arc<Kept>]) -> Option<Judged> {
    let Job {
        terms,
        changes,
        together,
        reply,
        until: _,
    } = job;
    match judged(&terms, changes, together, reader, views) {
        Ok((changes, settled)) => Some(Judged {
            terms,
            changes,
            settled,
            reply,
        }),
        Err(error) => {
            answer(&reply, Err(error));
            None
        }
    }
}

pub(super) const WAITS: &str = "it is not in your view: propose it by an import";

pub(super) fn not_allowed(record: &Record, why: String) -> StoreError {
    StoreError::NotAllowed {
        record: record.id().clone(),
        why,
    }
}

/// What became of each change of a job: the statements whose policy one that may be written
/// changes, or why another may not.
pub(super) type Places = Vec<Result<Vec<Remarked>, Settled>>;

/// The rules by which changes are judged: as the policies are once those are written that may be.
fn in_force<'a>(
    terms: &Terms,
    changes: &[Change],
    reader: &'a LedgerReader,
    views: &'a [Arc<Kept>],
) -> Result<Rules<'a>, StoreError> {
    let mut kept_out: HashSet<&RecordId> = HashSet::new();
    loop {
        let records = changes.iter().filter_map(Change::record);
        let mut records: Vec<&Record> = records.filter(|r| policy_of(r).is_some()).collect();
        records.retain(|record| !kept_out.contains(record.id()));
        let rules = Rules::new(reader, views, records.iter().copied())?;
        let before = kept_out.len();
        for record in records {
            if !matches!(rules.put(record, terms)?, Verdict::Yes { .. }) {
                kept_out.insert(record.id());
            }
        }
        if kept_out.len() == before {
            return Ok(rules);
        }
    }
}

fn judged(
    terms: &Terms,
    changes: Vec<Change>,
    together: bool,
    reader: &LedgerReader,
    views: &[Arc<Kept>],
) -> Result<(Vec<Change>, Places), StoreError> {
    let rules = in_force(terms, &changes, reader, views)?;
    let mut allowed = Vec::with_capacity(changes.len());
    let mut places = Places::with_capacity(changes.len());
    for change in changes {
        let (record, received) = match change {
            Change::Put { record, received }
            | Change::Loosen {
                record, received, ..
            } => (record, received),
            Change::Retract(id) if terms.writer.steward() && !terms.writer.proposes() => {
                allowed.push(Change::Retract(id));
                places.push(Ok(Vec::new()));
                continue;
            }
            Change::Retract(id) => {
                return Err(StoreError::NotAllowed {
                    record: id,
                    why: "only a steward withdraws a record".to_owned(),
                });
            }
        };
        match rules.put(&record, terms)? {
            Verdict::Yes {
                merged,
                loosening,
                remarked,
            } => {
                let record = merged.unwrap_or(record);
                allowed.push(match loosening {
                    None => Change::Put { record, received },
                    Some(reason) => Change::Loosen {
                        record,
                        received,
                        reason,
                    },
                });
                places.push(Ok(remarked));
            }
            Verdict::No { why, .. } if together => return Err(not_allowed(&record, why)),
            Verdict::Waits if together => return Err(not_allowed(&record, WAITS.to_owned())),
            Verdict::Conflict(why) if together => return Err(not_allowed(&record, why)),
            Verdict::No { why, remarked } => places.push(Err(Settled::Refused(why, remarked))),
            Verdict::Waits => places.push(Err(Settled::Waits(record, received))),
            Verdict::Conflict(why) => places.push(Err(Settled::Conflict(why))),
        }
    }
    Ok((allowed, places))
}
