//! Where queries run: threads with deep stacks, a bounded number at once.
//!
//! A program whose threads are deep anyway says so ([`thread_is_deep`]), and its queries run where
//! they are asked. Others get a thread of their own for each, which costs more than a short query.

use super::budget::Excess;
use super::places::{Asker, Kind, Place};
use super::{Runner, SparqlError};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// What a query gets. Only what is touched of it is ever real. The worst query within the default
/// limits needed less than 2 MiB of it when measured.
pub const STACK: usize = 64 << 20;

/// How long a caller may wait for a place; they hold a thread meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);

thread_local! {
    static DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Says that this thread was made with [`STACK`] bytes of stack, so that queries may run on it.
pub fn thread_is_deep() {
    DEEP.set(true);
}

impl Runner {
    /// A place for work that is no query and takes as much, until it is dropped.
    ///
    /// # Errors
    /// [`SparqlError::Busy`] when there is none in time.
    pub(crate) fn place(&self, asker: &Asker) -> Result<Place<'_>, SparqlError> {
        self.take(asker, Kind::Saved)
    }

    fn take(&self, asker: &Asker, kind: Kind) -> Result<Place<'_>, SparqlError> {
        let patience = self.limits.time.min(PATIENCE);
        self.places
            .take(asker, kind, patience)
            .ok_or(SparqlError::Busy {
                limit: self.limits.at_once as u64,
            })
    }

    /// Does `work` on a deep stack, once there is a place for who asks. What panics there is an
    /// error here.
    pub(super) fn work<T: Send>(
        &self,
        asker: &Asker,
        kind: Kind,
        work: impl FnOnce() -> Result<T, SparqlError> + Send,
    ) -> Result<T, SparqlError> {
        let _place = self.take(asker, kind)?;
        if DEEP.get() {
            return catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| broken(payload));
        }
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new()
                .name("query".into())
                .stack_size(STACK)
                .spawn_scoped(scope, work)
                .map_err(|error| SparqlError::Engine(error.to_string()))?;
            thread.join().unwrap_or_else(|payload| broken(payload))
        })
    }
}

/// What ended a query by a panic: a limit of ours, or a fault.
fn broken<T>(payload: Box<dyn std::any::Any + Send>) -> Result<T, SparqlError> {
    Err(match payload.downcast::<Excess>() {
        Ok(excess) => excess.0,
        Err(payload) => SparqlError::Engine(told(&*payload)),
    })
}

/// What a panic said.
fn told(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("the query could not be evaluated")
        .to_owned()
}
