//! The one writer: a thread that takes everybody's changes, commits them together and brings the
//! views after them, in the order of the ledger.

use crate::allow::{Rules, Terms, Verdict};
use crate::error::StoreError;
use crate::ledger::{Change, Group, Ledger, LedgerReader, Outcome};
use crate::view::{Changes, Kept};
use fieldmark_analysis::release::{Remarked, policy_of};
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use rayon::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use time::OffsetDateTime;

/// What became of one change of a job.
#[derive(Debug)]
pub(crate) enum Settled {
    /// It stands in the ledger, and changes the policies of these statements.
    Written(Outcome, Vec<Remarked>),
    /// It is not in the writer's view, and would have to wait for a steward.
    Waits(Record),
    /// It may not be written; why, and the statements whose policy it would change.
    Refused(String, Vec<Remarked>),
}

type Reply = Sender<Result<Vec<Settled>, StoreError>>;

struct Job {
    terms: Terms,
    changes: Vec<Change>,
    /// Whether one that may not be written keeps the others out.
    together: bool,
    reply: Reply,
}

/// A job with what may be written of it, and what became of the rest, each at its place.
struct Judged {
    terms: Terms,
    changes: Vec<Change>,
    settled: Places,
    reply: Reply,
}

/// Changes on their way into the ledger.
pub(crate) struct Ticket(Receiver<Result<Vec<Settled>, StoreError>>);

impl Ticket {
    /// Waits until they are on the disk and in the views; says what became of each.
    pub fn wait(self) -> Result<Vec<Settled>, StoreError> {
        self.0.recv().map_err(|_| StoreError::Closing)?
    }
}

/// How many waiting callers one commit serves. Their fsync is shared, which is what makes many
/// small writes fast.
const GROUP: usize = 256;
/// How many records it takes in before it waits for no more.
const MOST: usize = 4_096;

fn records(jobs: &[Judged]) -> usize {
    jobs.iter().map(|job| job.changes.len()).sum()
}

/// The handle to the writer's thread. Dropping it ends the thread once it has finished.
pub(crate) struct WriterThread {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl WriterThread {
    /// Starts the thread, which owns the ledger from then on.
    pub fn start(
        ledger: Ledger,
        reader: LedgerReader,
        views: Vec<Arc<Kept>>,
    ) -> Result<Self, StoreError> {
        let (jobs, waiting) = sync_channel(4 * GROUP);
        let followers = views
            .iter()
            .map(|kept| {
                Ok(Follower {
                    kept: kept.clone(),
                    ledger: LedgerReader::open(&reader.path())?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        let thread = std::thread::Builder::new()
            .name("fieldmark-writer".into())
            .spawn(move || work(ledger, &reader, &views, followers, &waiting))
            .map_err(|error| StoreError::Io {
                path: "fieldmark-writer".into(),
                error,
            })?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Commits one caller's changes, all or none, and waits until they are on the disk and in
    /// the views. Whether the terms allow them is judged against the ledger as it stands then.
    pub fn write(&self, terms: Terms, changes: Vec<Change>) -> Result<Vec<Outcome>, StoreError> {
        let settled = self.hand_over(terms, changes, true)?.wait()?;
        let written = settled.into_iter().map(|one| match one {
            Settled::Written(outcome, _) => Ok(outcome),
            Settled::Waits(record) => Err(not_allowed(&record, WAITS.to_owned())),
            Settled::Refused(why, _) => Err(StoreError::NotWritten(why)),
        });
        written.collect()
    }

    /// Hands changes over, of which those that the terms do not allow keep no other out, and goes on.
    pub fn submit(&self, terms: Terms, changes: Vec<Change>) -> Result<Ticket, StoreError> {
        self.hand_over(terms, changes, false)
    }

    fn hand_over(
        &self,
        terms: Terms,
        changes: Vec<Change>,
        together: bool,
    ) -> Result<Ticket, StoreError> {
        let (reply, answer) = std::sync::mpsc::channel();
        let job = Job {
            terms,
            changes,
            together,
            reply,
        };
        self.jobs
            .as_ref()
            .and_then(|jobs| jobs.send(job).ok())
            .ok_or(StoreError::Closing)?;
        Ok(Ticket(answer))
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(
                "the writer's thread ended badly; the ledger holds every acknowledged change"
            );
        }
    }
}

/// A view with a reader of its own, so that all can follow at once.
struct Follower {
    kept: Arc<Kept>,
    ledger: LedgerReader,
}

/// As many records, and views follow beside each other; fewer are sooner done than handed over.
const BESIDE: usize = 64;

/// Brings every view up to the ledger; says why one could not be.
fn follow(followers: &mut [Follower], reader: &LedgerReader, before: u64) -> Option<StoreError> {
    let changes = match Changes::since(reader, before) {
        Ok(changes) => changes,
        Err(error) => return Some(error),
    };
    let changes = changes.as_ref();
    let one = |follower: &mut Follower| follower.kept.follow(&follower.ledger, changes).err();
    match changes.is_some_and(|changes| changes.records.len() < BESIDE) {
        true => followers.iter_mut().filter_map(one).last(),
        false => followers
            .par_iter_mut()
            .filter_map(one)
            .reduce_with(|_, last| last),
    }
}

fn work(
    mut ledger: Ledger,
    reader: &LedgerReader,
    views: &[Arc<Kept>],
    mut followers: Vec<Follower>,
    waiting: &Receiver<Job>,
) {
    let mut held = None;
    while let Some(first) = held.take().or_else(|| next_job(reader, views, waiting)) {
        let mut touched = HashSet::new();
        let mut jobs = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next.take() {
            // What a job may do is judged against the ledger without the others of its group, so
            // they must not touch.
            let alone = !apart(&job, &mut touched);
            if alone && !jobs.is_empty() {
                held = Some(job);
                break;
            }
            jobs.extend(allowed(job, reader, views));
            if !alone && jobs.len() < GROUP && records(&jobs) < MOST {
                next = waiting.try_recv().ok();
            }
        }
        if jobs.is_empty() {
            continue;
        }
        let groups: Vec<Group<'_>> = jobs
            .iter()
            .map(|job| Group {
                author: &job.terms.author,
                reason: job.terms.reason.as_deref(),
                changes: &job.changes,
            })
            .collect();
        let before = ledger.head().0;
        let committed = ledger.append(&groups, OffsetDateTime::now_utc());
        metrics::histogram!("fieldmark_commit_group_size").record(jobs.len() as f64);
        metrics::counter!("fieldmark_ledger_entries_total").increment(ledger.head().0 - before);
        let results = match committed {
            Ok(results) => results,
            Err(error) => {
                // Nothing of this group was written; every caller is told the same.
                let why = error.to_string();
                tracing::error!(%why, "a commit failed");
                let mut first = Some(error);
                for job in jobs {
                    let error = first
                        .take()
                        .unwrap_or_else(|| StoreError::NotWritten(why.clone()));
                    answer(&job.reply, Err(error));
                }
                continue;
            }
        };
        let behind = follow(&mut followers, reader, before);
        if let Some(error) = &behind {
            tracing::error!(%error, "a view is behind the ledger");
        }
        for (job, result) in jobs.into_iter().zip(results) {
            let result = match (&behind, result) {
                (Some(error), Ok(_)) => Err(StoreError::Recorded(error.to_string())),
                (_, result) => result,
            };
            let result = result.map(|outcomes| told(job.settled, outcomes));
            answer(&job.reply, result);
        }
    }
}

/// What became of each change, given the outcomes of those that were written.
fn told(settled: Places, outcomes: Vec<Outcome>) -> Vec<Settled> {
    let mut outcomes = outcomes.into_iter();
    let told = settled.into_iter().filter_map(|one| match one {
        Ok(remarked) => Some(Settled::Written(outcomes.next()?, remarked)),
        Err(settled) => Some(settled),
    });
    told.collect()
}

/// How often a view that is behind is tried again while nobody writes.
const HEAL: Duration = Duration::from_secs(2);

/// Waits for a job; brings views that are behind up to the ledger meanwhile. None when the store
/// closes.
fn next_job(reader: &LedgerReader, views: &[Arc<Kept>], waiting: &Receiver<Job>) -> Option<Job> {
    loop {
        match waiting.recv_timeout(HEAL) {
            Ok(job) => return Some(job),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {
                for view in views.iter().filter(|view| view.behind().is_some()) {
                    match view.follow(reader, None) {
                        Ok(()) => tracing::info!(
                            audience = %view.audience().name,
                            "the view is in step with the ledger again"
                        ),
                        Err(error) => tracing::warn!(%error, "a view is still behind the ledger"),
                    }
                }
            }
        }
    }
}

/// Whether a job shares no record with those before it, and changes no policy, by which all are
/// judged. Remembers what it touches.
fn apart(job: &Job, touched: &mut HashSet<RecordId>) -> bool {
    let mut apart = true;
    for change in &job.changes {
        apart &= change.id().stix_type() != "marking-definition";
        apart &= touched.insert(change.id().clone());
    }
    apart
}

/// The job with its changes as its terms allow them; what is not allowed where all go together is
/// answered at once.
fn allowed(job: Job, reader: &LedgerReader, views: &[Arc<Kept>]) -> Option<Judged> {
    let Job {
        terms,
        changes,
        together,
        reply,
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

const WAITS: &str = "it is not in your view: propose it by an import";

fn not_allowed(record: &Record, why: String) -> StoreError {
    StoreError::NotAllowed {
        record: record.id().clone(),
        why,
    }
}

/// What became of each change of a job: the statements whose policy one that may be written
/// changes, or why another may not.
type Places = Vec<Result<Vec<Remarked>, Settled>>;

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
            Change::Retract(id) if terms.writer.steward() => {
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
            Verdict::No { why, remarked } => places.push(Err(Settled::Refused(why, remarked))),
            Verdict::Waits => places.push(Err(Settled::Waits(record))),
        }
    }
    Ok((allowed, places))
}

fn answer(reply: &Reply, result: Result<Vec<Settled>, StoreError>) {
    // A caller that has gone away loses only the answer.
    if reply.send(result).is_err() {
        tracing::debug!("a caller left before its answer");
    }
}
