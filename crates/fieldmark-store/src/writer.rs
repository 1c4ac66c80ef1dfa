//! The one writer: a thread that takes everybody's changes, commits them together and brings the
//! views after them, in the order of the ledger.

use crate::error::StoreError;
use crate::ledger::{Change, Ledger, LedgerReader, Outcome};
use crate::view::Kept;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, sync_channel};
use std::thread::JoinHandle;
use time::OffsetDateTime;

type Reply = Sender<Result<Vec<Outcome>, StoreError>>;

struct Job {
    author: String,
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
    ) -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(4 * GROUP);
        let thread = std::thread::Builder::new()
            .name("fieldmark-writer".into())
            .spawn(move || work(ledger, &reader, &views, &waiting))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Commits one caller's changes, all or none, and waits until they are on the disk and in
    /// the views.
    pub fn write(&self, author: &str, changes: Vec<Change>) -> Result<Vec<Outcome>, StoreError> {
        let (reply, answer) = std::sync::mpsc::channel();
        let job = Job {
            author: author.to_owned(),
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

fn work(mut ledger: Ledger, reader: &LedgerReader, views: &[Arc<Kept>], waiting: &Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        while jobs.len() < GROUP
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
        let groups: Vec<(&str, &[Change])> = jobs
            .iter()
            .map(|job| (job.author.as_str(), job.changes.as_slice()))
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
        let behind = views
            .iter()
            .filter_map(|view| view.follow(reader).err())
            .last();
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

fn answer(reply: &Reply, result: Result<Vec<Outcome>, StoreError>) {
    // A caller that has gone away loses only the answer.
    if reply.send(result).is_err() {
        tracing::debug!("a caller left before its answer");
    }
}
