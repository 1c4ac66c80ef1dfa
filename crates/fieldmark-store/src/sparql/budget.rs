//! What a running query has used up, and how it is stopped.

use super::{Limits, SparqlError};
use crate::caller::CancelToken;
use oxigraph::sparql::CancellationToken;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// One query's use.
pub struct Budget {
    pub limits: Limits,
    /// The engine looks at this one, while it reads the dataset.
    pub engine: CancellationToken,
    /// What the whole process held when the query began, where that can be known.
    pub before: Option<u64>,
    caller: CancelToken,
    stop: AtomicU8,
    held: AtomicU64,
    sorted: AtomicU64,
}

const LATE: u8 = 1;
const LARGE: u8 = 2;

/// Thrown through the engine, which offers no other way out of its joins; caught where the query
/// was started and seen by no panic hook.
pub struct Excess(pub SparqlError);

impl Budget {
    /// What one query may use. `before`: how much memory the process held when it began, in bytes.
    pub fn new(limits: Limits, caller: CancelToken, before: Option<u64>) -> Self {
        Self {
            limits,
            engine: CancellationToken::new(),
            before,
            caller,
            stop: AtomicU8::new(0),
            held: AtomicU64::new(0),
            sorted: AtomicU64::new(0),
        }
    }

    /// The clock says it is over.
    pub fn expire(&self) {
        self.halt(LATE);
    }

    /// The process has grown too much.
    pub fn outgrow(&self) {
        self.halt(LARGE);
    }

    fn halt(&self, why: u8) {
        // The first reason is the one that is told.
        let _ = self
            .stop
            .compare_exchange(0, why, Ordering::Relaxed, Ordering::Relaxed);
        self.engine.cancel();
    }

    /// Tells the engine that the caller has gone.
    pub fn relay(&self) {
        if self.caller.is_cancelled() {
            self.engine.cancel();
        }
    }

    /// Why it must stop, if it must.
    pub fn check(&self) -> Result<(), SparqlError> {
        match self.stop.load(Ordering::Relaxed) {
            LATE => {
                let seconds = self.limits.time.as_millis().div_ceil(1_000);
                Err(SparqlError::TimedOut {
                    seconds: seconds.try_into().unwrap_or(u64::MAX),
                })
            }
            LARGE => Err(self.too_large()),
            _ if self.caller.is_cancelled() => {
                self.engine.cancel();
                Err(SparqlError::Cancelled)
            }
            _ => Ok(()),
        }
    }

    /// One more row passed. So many bytes of it will be held.
    pub fn pass(&self, bytes: u64) {
        let held = match bytes {
            0 => 0,
            _ => self
                .held
                .fetch_add(bytes, Ordering::Relaxed)
                .saturating_add(bytes),
        };
        let verdict = if held > self.limits.memory {
            Err(self.too_large())
        } else {
            self.check()
        };
        if let Err(error) = verdict {
            std::panic::resume_unwind(Box::new(Excess(error)));
        }
    }

    /// One more row will be sorted, by so many of its values.
    pub fn sort(&self, values: u64) {
        let sorted = self
            .sorted
            .fetch_add(values, Ordering::Relaxed)
            .saturating_add(values);
        if sorted > self.limits.sorted {
            let limit = self.limits.sorted;
            let over = SparqlError::OverBudget {
                what: "values to sort by",
                limit,
            };
            std::panic::resume_unwind(Box::new(Excess(over)));
        }
    }

    fn too_large(&self) -> SparqlError {
        SparqlError::OverBudget {
            what: "bytes of memory",
            limit: self.limits.memory,
        }
    }
}
