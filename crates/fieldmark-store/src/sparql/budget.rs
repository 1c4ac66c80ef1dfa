//! What a running query has used up, and how it is stopped.

use super::{Limits, SparqlError};
use oxigraph::sparql::CancellationToken;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Stops a query from another thread: when its caller has gone.
#[derive(Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that has not been cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the query at its next step.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// One query's use.
pub struct Budget {
    pub limits: Limits,
    pub engine: CancellationToken,
    caller: CancelToken,
    late: AtomicBool,
    held: AtomicU64,
}

/// Thrown through the engine, which offers no other way out of its joins; caught where the query
/// was started and seen by no panic hook.
pub struct Excess(pub SparqlError);

impl Budget {
    pub fn new(limits: Limits, caller: CancelToken) -> Self {
        Self {
            limits,
            engine: CancellationToken::new(),
            caller,
            late: AtomicBool::new(false),
            held: AtomicU64::new(0),
        }
    }

    /// The clock says it is over.
    pub fn expire(&self) {
        self.late.store(true, Ordering::Relaxed);
        self.engine.cancel();
    }

    /// Why it must stop, if it must.
    pub fn check(&self) -> Result<(), SparqlError> {
        if self.late.load(Ordering::Relaxed) {
            return Err(SparqlError::TimedOut(self.limits.time.as_secs()));
        }
        if self.caller.is_cancelled() {
            self.engine.cancel();
            return Err(SparqlError::Cancelled);
        }
        Ok(())
    }

    /// One more row passed; it will be held and takes so many bytes.
    pub fn pass(&self, bytes: u64) {
        let held = self.held.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        let full = held > self.limits.memory;
        let over = SparqlError::OverBudget { what: "bytes of memory", limit: self.limits.memory };
        if let Err(error) = if full { Err(over) } else { self.check() } {
            std::panic::resume_unwind(Box::new(Excess(error)));
        }
    }
}
