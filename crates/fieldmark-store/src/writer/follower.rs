//! A thread for each view, which brings it up to what the writer tells it, all of them at once.

use crate::error::StoreError;
use crate::ledger::LedgerReader;
use crate::view::{Changes, Kept, Lots};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// What a view is told. The ledger stands still until it has answered.
pub(super) enum Told {
    /// To take in these changes, and to show them later. It answers once it need not ask the ledger
    /// any more, and goes on beside what the writer does next.
    Load(Arc<Changes>),
    /// To show what it has taken in.
    Show,
    /// To hold what the ledger holds, of which these are what it lacks, where they are known.
    Follow(Option<Arc<Changes>>),
}

type Reply = Sender<Result<(), StoreError>>;

/// The handle to a view's thread. Dropping it ends the thread once it has finished.
pub(super) struct Follower {
    told: Option<Sender<(Told, Reply)>>,
    thread: Option<JoinHandle<()>>,
}

/// What becomes of what a view was told.
pub(super) struct Answer(Receiver<Result<(), StoreError>>);

impl Answer {
    pub fn wait(self) -> Result<(), StoreError> {
        self.0.recv().map_err(|_| StoreError::Closing)?
    }
}

impl Follower {
    /// Starts the thread of a view, with a reader of its own.
    pub fn start(kept: Arc<Kept>, ledger: LedgerReader) -> Result<Self, StoreError> {
        let (told, waiting) = channel();
        let thread = std::thread::Builder::new()
            .name("fieldmark-view".into())
            .spawn(move || {
                while let Ok((told, reply)) = waiting.recv() {
                    serve(&kept, &ledger, told, reply, &waiting);
                }
            })
            .map_err(|error| StoreError::Io {
                path: "fieldmark-view".into(),
                error,
            })?;
        Ok(Self {
            told: Some(told),
            thread: Some(thread),
        })
    }

    /// Tells it something.
    pub fn tell(&self, told: Told) -> Answer {
        let (reply, answer) = channel();
        if let Some(teller) = &self.told {
            // A thread that has ended drops the reply, which is an answer too.
            teller.send((told, reply)).ok();
        }
        Answer(answer)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        drop(self.told.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a view's thread ended badly; the ledger holds what it lacks");
        }
    }
}

/// Does what a view was told, and where that begins a load, what it is told until the load ends.
fn serve(
    kept: &Kept,
    ledger: &LedgerReader,
    told: Told,
    reply: Reply,
    waiting: &Receiver<(Told, Reply)>,
) {
    let mut course = Course {
        waiting,
        reply: Some(reply),
        after: None,
    };
    let ended = match told {
        // A load that went wrong has told nobody where the writer had gone on before it did.
        Told::Show => kept.behind().map_or(Ok(()), |_| kept.follow(ledger, None)),
        Told::Follow(changes) => kept.follow(ledger, changes.as_deref()),
        Told::Load(first) => {
            let ended = kept.load(ledger, first, &mut course);
            match course.after.take() {
                Some(changes) => ended.and_then(|()| kept.follow(ledger, changes.as_deref())),
                None => ended,
            }
        }
    };
    course.settle(ended);
}

/// What a view is told while it loads.
struct Course<'a> {
    waiting: &'a Receiver<(Told, Reply)>,
    /// Who waits for what it does.
    reply: Option<Reply>,
    /// What ended the load, where that was more than to show it.
    after: Option<Option<Arc<Changes>>>,
}

impl Lots for Course<'_> {
    fn settle(&mut self, what: Result<(), StoreError>) {
        match (self.reply.take(), what) {
            // The writer waits for every answer; one that has gone has ended with its thread.
            (Some(reply), what) => drop(reply.send(what)),
            (None, Err(error)) => tracing::error!(%error, "a view is behind the ledger"),
            (None, Ok(())) => {}
        }
    }

    fn next(&mut self) -> Option<Arc<Changes>> {
        let (told, reply) = self.waiting.recv().ok()?;
        self.reply = Some(reply);
        match told {
            Told::Load(changes) => Some(changes),
            Told::Show => None,
            Told::Follow(changes) => {
                self.after = Some(changes);
                None
            }
        }
    }
}
