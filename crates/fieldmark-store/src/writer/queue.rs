//! Who is served next: those who wait to see what they wrote before those who wait for the ledger
//! alone, so that a large input keeps nobody waiting for longer than one of its batches takes.

use super::{Asked, Job, Until};
use crate::error::StoreError;
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// What is to be done next.
pub(super) enum Next {
    /// Write this.
    Job(Job),
    /// Bring the views up to the ledger.
    InStep(Sender<Result<(), StoreError>>),
    /// Nobody asked for anything for a while.
    Idle,
    /// Nobody will ask any more.
    Closed,
}

/// What was asked and is not done yet.
pub(super) struct Queue {
    waiting: Receiver<Asked>,
    /// Jobs whose callers wait to see what they wrote, and who wrote before and waits for that.
    visible: VecDeque<Asked>,
    /// Jobs whose callers wait for the ledger.
    durable: VecDeque<Job>,
    /// How many groups of the former went before one that waits among the latter.
    passed: usize,
}

/// How many may: who writes all the time must not keep a large input out.
const PASSES: usize = 4;
/// How often a view that could not follow is tried again while nobody writes.
const HEAL: Duration = Duration::from_secs(2);
/// How long a large input may pause before the views are brought up to what it wrote.
const PAUSE: Duration = Duration::from_millis(300);

impl Queue {
    /// What is asked of the writer, in the order in which it is done.
    pub fn of(waiting: Receiver<Asked>) -> Self {
        Self {
            waiting,
            visible: VecDeque::new(),
            durable: VecDeque::new(),
            passed: 0,
        }
    }

    /// What is to be done next; waits for it, for less long while views are `behind`.
    pub fn next(&mut self, behind: bool) -> Next {
        self.take_in();
        if let Some(next) = self.first() {
            return next;
        }
        match self.waiting.recv_timeout(if behind { PAUSE } else { HEAL }) {
            Ok(asked) => {
                self.sort(asked);
                self.first().unwrap_or(Next::Idle)
            }
            Err(RecvTimeoutError::Timeout) => Next::Idle,
            Err(RecvTimeoutError::Disconnected) => Next::Closed,
        }
    }

    /// Another job that waits for the same, if it comes next.
    pub fn another(&mut self, until: Until) -> Option<Job> {
        self.take_in();
        match until {
            Until::Visible => match self.visible.pop_front()? {
                Asked::Write(job) => Some(job),
                step => {
                    self.visible.push_front(step);
                    None
                }
            },
            // One who waits to see it does not wait for a second batch.
            Until::Durable if !self.visible.is_empty() => None,
            Until::Durable => self.durable.pop_front(),
        }
    }

    /// Puts a job back to where it was.
    pub fn put_back(&mut self, job: Job) {
        match job.until {
            Until::Visible => self.visible.push_front(Asked::Write(job)),
            Until::Durable => self.durable.push_front(job),
        }
    }

    fn first(&mut self) -> Option<Next> {
        if self.passed < PASSES
            && let Some(asked) = self.visible.pop_front()
        {
            self.passed += usize::from(!self.durable.is_empty());
            return Some(asked.into());
        }
        self.passed = 0;
        match self.durable.pop_front() {
            Some(job) => Some(Next::Job(job)),
            None => self.visible.pop_front().map(Next::from),
        }
    }

    fn take_in(&mut self) {
        while let Ok(asked) = self.waiting.try_recv() {
            self.sort(asked);
        }
    }

    fn sort(&mut self, asked: Asked) {
        match asked {
            Asked::Write(job) if job.until == Until::Durable => self.durable.push_back(job),
            asked => self.visible.push_back(asked),
        }
    }
}

impl From<Asked> for Next {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Write(job) => Self::Job(job),
            Asked::InStep(reply) => Self::InStep(reply),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writer::tests::job;
    use std::sync::mpsc::channel;

    #[test]
    fn who_waits_to_see_goes_first_and_keeps_nobody_out() {
        let (asked, waiting) = channel();
        let mut queue = Queue::of(waiting);
        for until in [Until::Durable, Until::Durable] {
            asked.send(Asked::Write(job(until))).unwrap();
        }
        for _ in 0..5 {
            asked.send(Asked::Write(job(Until::Visible))).unwrap();
        }
        asked.send(Asked::InStep(channel().0)).unwrap();
        drop(asked);
        let served = std::iter::from_fn(|| match queue.next(false) {
            Next::Job(job) => Some(Some(job.until)),
            Next::InStep(_) => Some(None),
            Next::Idle | Next::Closed => None,
        });
        let (seen, kept) = (Some(Until::Visible), Some(Until::Durable));
        assert_eq!(
            served.collect::<Vec<_>>(),
            [seen, seen, seen, seen, kept, seen, None, kept]
        );
    }
}
