//! The one writer: a thread that takes everybody's changes, commits them together and brings the
//! views after them, in the order of the ledger.

use crate::allow::{Rules, Terms, Verdict};
use crate::error::StoreError;
use crate::ledger::{Change, Group, Ledger, LedgerReader, Outcome};
use crate::view::{Changes, Kept};
use fieldmark_model::RecordId;
use rayon::prelude::*;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use time::OffsetDateTime;

type Reply = Sender<Result<Vec<Outcome>, StoreError>>;

struct Job {
    terms: Terms,
    changes: Vec<Change>,
    reply: Reply,
}

/// How many waiting callers one commit serves. Their fsync is shared, which is what makes many
/// small writes fast.
const GROUP: usize = 256;

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
        let (reply, answer) = std::sync::mpsc::channel();
        let job = Job {
            terms,
            changes,
            reply,
        };
        self.jobs
            .as_ref()
            .and_then(|jobs| jobs.send(job).ok())
            .ok_or(StoreError::Closing)?;
        answer.recv().map_err(|_| StoreError::Closing)?
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
            if !alone && jobs.len() < GROUP {
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
        for (job, result) in jobs.iter().zip(results) {
            let result = match (&behind, result) {
                (Some(error), Ok(_)) => Err(StoreError::Recorded(error.to_string())),
                (_, result) => result,
            };
            answer(&job.reply, result);
        }
    }
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

/// The job with its changes as its terms allow them; what they do not allow is answered at once.
fn allowed(mut job: Job, reader: &LedgerReader, views: &[Arc<Kept>]) -> Option<Job> {
    match judged(&job.terms, std::mem::take(&mut job.changes), reader, views) {
        Ok(changes) => {
            job.changes = changes;
            Some(job)
        }
        Err(error) => {
            answer(&job.reply, Err(error));
            None
        }
    }
}

fn judged(
    terms: &Terms,
    changes: Vec<Change>,
    reader: &LedgerReader,
    views: &[Arc<Kept>],
) -> Result<Vec<Change>, StoreError> {
    let rules = Rules::new(reader, views, changes.iter().filter_map(Change::record))?;
    changes
        .into_iter()
        .map(|change| {
            let (record, received) = match change {
                Change::Put { record, received }
                | Change::Loosen {
                    record, received, ..
                } => (record, received),
                Change::Retract(id) if terms.writer.steward() => return Ok(Change::Retract(id)),
                Change::Retract(id) => {
                    return Err(StoreError::NotAllowed {
                        record: id,
                        why: "only a steward withdraws a record".to_owned(),
                    });
                }
            };
            match rules.put(&record, received.as_deref(), terms)? {
                Verdict::Yes { change, .. } => Ok(change),
                Verdict::No { why, .. } => Err(StoreError::NotAllowed {
                    record: record.id().clone(),
                    why,
                }),
                Verdict::Waits => Err(StoreError::NotAllowed {
                    record: record.id().clone(),
                    why: "it is not in your view: propose it by an import".to_owned(),
                }),
            }
        })
        .collect()
}

fn answer(reply: &Reply, result: Result<Vec<Outcome>, StoreError>) {
    // A caller that has gone away loses only the answer.
    if reply.send(result).is_err() {
        tracing::debug!("a caller left before its answer");
    }
}
