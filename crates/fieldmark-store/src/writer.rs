//! The one writer: a thread that takes everybody's changes, commits them together and brings the
//! views after them, in the order of the ledger.
//!
//! Whoever waits to see what they wrote goes first, and the views are brought up to it at once. A
//! large input waits for the ledger alone, batch after batch; the views take it in as it comes, and
//! show it in large steps (`view/load.rs`).

mod follower;
mod judged;
mod queue;

use crate::allow::Terms;
use crate::error::StoreError;
use crate::ledger::{Change, Group, Ledger, LedgerReader, Outcome, Written};
use crate::view::{Changes, Gathered, Kept};
use fieldmark_analysis::release::Remarked;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use follower::{Follower, Told};
use judged::{Judged, Places, WAITS, allowed, not_allowed};
use queue::{Next, Queue};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::thread::JoinHandle;
use time::OffsetDateTime;

/// What became of one change of a job.
#[derive(Debug)]
pub(crate) enum Settled {
    /// It stands in the ledger, and changes the policies of these statements.
    Written(Outcome, Vec<Remarked>),
    /// It is not in the writer's view, and would have to wait for a steward.
    Waits(Record, Option<Vec<u8>>),
    /// It may not be written; why, and the statements whose policy it would change.
    Refused(String, Vec<Remarked>),
    /// It does not stand as its writer expected.
    Conflict(String),
}

type Reply = Sender<Result<Vec<Settled>, StoreError>>;

/// What a caller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// Its changes are on the disk. The views follow in a while, and at the latest when somebody
    /// asks for them to be [in step](WriterThread::in_step).
    Durable,
    /// They are in the views as well.
    Visible,
}

struct Job {
    terms: Box<Terms>,
    changes: Vec<Change>,
    /// Whether one that may not be written keeps the others out.
    together: bool,
    until: Until,
    reply: Reply,
}

impl Job {
    /// Whether it is judged by nothing but the ledger, as what a steward writes is.
    fn by_the_ledger_alone(&self) -> bool {
        self.terms.writer.steward() && self.terms.proposed_by.is_none()
    }
}

/// What the writer is asked to do.
enum Asked {
    /// To write.
    Write(Job),
    /// To bring the views up to what the ledger holds.
    InStep(Sender<Result<(), StoreError>>),
}

/// Changes on their way into the ledger.
pub(crate) struct Ticket(Receiver<Result<Vec<Settled>, StoreError>>);

impl Ticket {
    /// Waits until they are where the caller wants them; says what became of each.
    pub fn wait(self) -> Result<Vec<Settled>, StoreError> {
        self.0.recv().map_err(|_| StoreError::Closing)?
    }
}

/// How many waiting callers one commit serves. Their fsync is shared, which is what makes many
/// small writes fast.
const GROUP: usize = 256;
/// How many records it takes in before it waits for no more.
const MOST: usize = 4_096;
/// How many entries of a large input the views take in at a time, while nobody waits to see any.
/// Whoever then does waits for one such lot, and for what was taken in before to be written.
#[cfg(not(test))]
const LOT: u64 = 1_024;
/// Few, so that tests come to several.
#[cfg(test)]
const LOT: u64 = 5;

fn records(jobs: &[Judged]) -> usize {
    jobs.iter().map(|job| job.changes.len()).sum()
}

/// The handle to the writer's thread. Dropping it ends the thread once it has finished.
pub(crate) struct WriterThread {
    asked: Option<SyncSender<Asked>>,
    thread: Option<JoinHandle<()>>,
}

impl WriterThread {
    /// Starts the thread, which owns the ledger from then on.
    pub fn start(
        ledger: Ledger,
        reader: LedgerReader,
        views: Vec<Arc<Kept>>,
    ) -> Result<Self, StoreError> {
        let (asked, waiting) = sync_channel(4 * GROUP);
        let followers = views
            .iter()
            .map(|kept| Follower::start(kept.clone(), LedgerReader::open(&reader.path())?))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let thread = std::thread::Builder::new()
            .name("fieldmark-writer".into())
            .spawn(move || {
                let gathered = Gathered::after(ledger.head().0);
                let writer = Writing {
                    ledger,
                    reader,
                    views,
                    followers,
                    gathered,
                    loading: false,
                };
                writer.work(waiting);
            })
            .map_err(|error| StoreError::Io {
                path: "fieldmark-writer".into(),
                error,
            })?;
        Ok(Self {
            asked: Some(asked),
            thread: Some(thread),
        })
    }

    /// Commits one caller's changes, all or none, and waits until they are on the disk and in
    /// the views. Whether the terms allow them is judged against the ledger as it stands then.
    pub fn write(&self, terms: Terms, changes: Vec<Change>) -> Result<Vec<Outcome>, StoreError> {
        let ticket = self.hand_over(terms, changes, true, Until::Visible)?;
        let settled = ticket.wait()?;
        let written = settled.into_iter().map(|one| match one {
            Settled::Written(outcome, _) => Ok(outcome),
            Settled::Waits(record, _) => Err(not_allowed(&record, WAITS.to_owned())),
            Settled::Refused(why, _) | Settled::Conflict(why) => Err(StoreError::NotWritten(why)),
        });
        written.collect()
    }

    /// Hands changes over, of which those that the terms do not allow keep no other out, and goes on.
    pub fn submit(
        &self,
        terms: Terms,
        changes: Vec<Change>,
        until: Until,
    ) -> Result<Ticket, StoreError> {
        self.hand_over(terms, changes, false, until)
    }

    /// Waits until the views hold what the ledger did when this was asked. What was handed over and
    /// is not in the ledger yet may come after.
    pub fn in_step(&self) -> Result<(), StoreError> {
        let (reply, answer) = std::sync::mpsc::channel();
        self.ask(Asked::InStep(reply))?;
        answer.recv().map_err(|_| StoreError::Closing)?
    }

    fn hand_over(
        &self,
        terms: Terms,
        changes: Vec<Change>,
        together: bool,
        until: Until,
    ) -> Result<Ticket, StoreError> {
        let (reply, answer) = std::sync::mpsc::channel();
        self.ask(Asked::Write(Job {
            terms: Box::new(terms),
            changes,
            together,
            until,
            reply,
        }))?;
        Ok(Ticket(answer))
    }

    fn ask(&self, one: Asked) -> Result<(), StoreError> {
        let asked = self.asked.as_ref();
        asked
            .and_then(|asked| asked.send(one).ok())
            .ok_or(StoreError::Closing)
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        drop(self.asked.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(
                "the writer's thread ended badly; the ledger holds every acknowledged change"
            );
        }
    }
}

/// As many records, and views follow beside each other; fewer are sooner done than handed over.
const BESIDE: usize = 64;

/// What the writer's thread works with.
struct Writing {
    ledger: Ledger,
    reader: LedgerReader,
    views: Vec<Arc<Kept>>,
    followers: Vec<Follower>,
    /// What was written since the views were told last.
    gathered: Gathered,
    /// Whether they have taken in what they do not show yet.
    loading: bool,
}

impl Writing {
    fn work(mut self, waiting: Receiver<Asked>) {
        let mut queue = Queue::of(waiting);
        loop {
            match queue.next(self.is_behind()) {
                Next::Job(job) => self.write(job, &mut queue),
                Next::InStep(reply) => {
                    // A caller that has gone away loses only the answer.
                    reply.send(self.follow().map_or(Ok(()), Err)).ok();
                }
                Next::Idle => self.heal(),
                Next::Closed => break,
            }
        }
        // So that the next start has nothing to do.
        self.follow();
    }

    /// Whether entries stand in the ledger that no view shows yet.
    fn is_behind(&self) -> bool {
        self.loading || self.untold() > 0
    }

    /// How many entries the views were not told of.
    fn untold(&self) -> u64 {
        self.ledger.head().0 - self.gathered.from()
    }

    /// Brings every view up to the ledger, those too that could not be before; says why one could
    /// not be.
    fn follow(&mut self) -> Option<StoreError> {
        let failed = self.views.iter().any(|kept| kept.behind().is_some());
        if !failed && !self.is_behind() {
            return None;
        }
        let error = self.step().err();
        if let Some(error) = &error {
            tracing::error!(%error, "a view is behind the ledger");
        }
        error
    }

    fn step(&mut self) -> Result<(), StoreError> {
        if self.loading {
            let taken = self.take_in();
            self.loading = false;
            return self.all(|| Told::Show).and(taken);
        }
        let changes = self.changes()?;
        match &changes {
            Some(changes) if changes.records.len() < BESIDE => {
                let one = |kept: &Arc<Kept>| kept.follow(&self.reader, Some(changes)).err();
                self.views.iter().filter_map(one).last().map_or(Ok(()), Err)
            }
            _ => self.all(|| Told::Follow(changes.clone())),
        }
    }

    /// What the ledger holds and the views were not told yet; none when it is too much to be held.
    fn changes(&mut self) -> Result<Option<Arc<Changes>>, StoreError> {
        let changes = self.gathered.changes(&self.reader)?;
        // Whatever becomes of it: a view that does not follow now goes on from where it stands.
        self.gathered = Gathered::after(self.ledger.head().0);
        Ok(changes.map(Arc::new))
    }

    /// Lets the views take in what the ledger holds, to be shown later.
    fn take_in(&mut self) -> Result<(), StoreError> {
        self.loading = true;
        match self.changes()? {
            Some(changes) => self.all(|| Told::Load(changes.clone())),
            None => self.all(|| Told::Follow(None)),
        }
    }

    /// Tells every view the same, and waits until all are done.
    fn all(&self, told: impl Fn() -> Told) -> Result<(), StoreError> {
        let answers: Vec<_> = self.followers.iter().map(|one| one.tell(told())).collect();
        let errors = answers.into_iter().filter_map(|answer| answer.wait().err());
        errors.last().map_or(Ok(()), Err)
    }

    /// Brings views up to the ledger while nobody writes, those too that could not be before.
    fn heal(&mut self) {
        if self.is_behind() {
            self.follow();
        }
        for view in self.views.iter().filter(|view| view.behind().is_some()) {
            match view.follow(&self.reader, None) {
                Ok(()) => tracing::info!(
                    audience = %view.audience().name,
                    "the view is in step with the ledger again"
                ),
                Err(error) => tracing::warn!(%error, "a view is still behind the ledger"),
            }
        }
    }

    /// Writes a job, and with it others that wait for the same and touch none of its records.
    fn write(&mut self, first: Job, queue: &mut Queue) {
        let until = first.until;
        let mut touched = HashSet::new();
        let mut jobs = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next.take() {
            // What a job may do is judged against the ledger without the others of its group, so
            // they must not touch.
            let alone = !apart(&job, &mut touched);
            if alone && !jobs.is_empty() {
                queue.put_back(job);
                break;
            }
            if !job.by_the_ledger_alone() && self.is_behind() {
                self.follow();
            }
            jobs.extend(allowed(job, &self.reader, &self.views));
            if !alone && jobs.len() < GROUP && records(&jobs) < MOST {
                next = queue.another(until);
            }
        }
        if jobs.is_empty() {
            return;
        }
        let groups: Vec<Group<'_>> = jobs
            .iter()
            .map(|job| Group {
                author: &job.terms.author,
                reason: job.terms.reason.as_deref(),
                changes: &job.changes,
                key: job.terms.key.as_ref(),
            })
            .collect();
        let before = self.ledger.head().0;
        let committed = self.ledger.append(&groups, OffsetDateTime::now_utc());
        let head = self.ledger.head().0;
        metrics::histogram!("fieldmark_commit_group_size").record(jobs.len() as f64);
        metrics::counter!("fieldmark_ledger_entries_total").increment(head - before);
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
                return;
            }
        };
        for (job, result) in jobs.iter_mut().zip(&results) {
            if let Ok(written) = result {
                let changes = std::mem::take(&mut job.changes);
                self.gathered.take(&self.reader, changes, written);
            }
        }
        let behind = match until {
            Until::Visible => self.follow(),
            Until::Durable => None,
        };
        for (job, result) in jobs.into_iter().zip(results) {
            let result = match (&behind, result) {
                (Some(error), Ok(_)) => Err(StoreError::Recorded(error.to_string())),
                (_, result) => result,
            };
            let result = result.map(|written| told(job.settled, written));
            answer(&job.reply, result);
        }
        // After the answer: who waits for the ledger alone prepares the next batch meanwhile.
        if self.untold() >= LOT
            && let Err(error) = self.take_in()
        {
            tracing::error!(%error, "a view is behind the ledger");
        }
    }
}

/// What became of each change, given what was written.
fn told(settled: Places, written: Vec<Written>) -> Vec<Settled> {
    let mut written = written.into_iter();
    let told = settled.into_iter().filter_map(|one| match one {
        Ok(remarked) => Some(Settled::Written(written.next()?.outcome, remarked)),
        Err(settled) => Some(settled),
    });
    told.collect()
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

fn answer(reply: &Reply, result: Result<Vec<Settled>, StoreError>) {
    // A caller that has gone away loses only the answer.
    if reply.send(result).is_err() {
        tracing::debug!("a caller left before its answer");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::{Credential, Gate};
    use fieldmark_model::Audience;

    /// A job of the operator's that changes nothing.
    pub(super) fn job(until: Until) -> Job {
        let dir = tempfile::tempdir().unwrap();
        let gate = Gate::open(&dir.path().join("gate.sqlite"), vec![Audience::steward()]).unwrap();
        let writer = gate.enter(Credential::Local).unwrap().writer.unwrap();
        Job {
            terms: Box::new(Terms::of(&writer)),
            changes: Vec::new(),
            together: false,
            until,
            reply: std::sync::mpsc::channel().0,
        }
    }
}
