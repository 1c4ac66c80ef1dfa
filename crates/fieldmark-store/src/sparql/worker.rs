//! Where queries run: threads with deep stacks, a bounded number at once.
//!
//! A program whose threads are deep anyway says so ([`thread_is_deep`]), and its queries run where
//! they are asked. Others get a thread of their own for each, which costs more than a short query.

use super::budget::Excess;
use super::{Runner, SparqlError};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a query gets. Only what is touched of it is ever real. The worst query within the default
/// limits needed less than 2 MiB of it when measured.
pub const STACK: usize = 64 << 20;

thread_local! {
    static DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Says that this thread was made with [`STACK`] bytes of stack, so that queries may run on it.
pub fn thread_is_deep() {
    DEEP.set(true);
}

pub struct Places {
    free: Mutex<usize>,
    freed: Condvar,
}

/// A place to run in, until it is dropped.
struct Place<'a>(&'a Places);

impl Places {
    pub fn new(count: usize) -> Self {
        Self {
            free: Mutex::new(count.max(1)),
            freed: Condvar::new(),
        }
    }

    fn take(&self, patience: Duration) -> Option<Place<'_>> {
        let until = Instant::now() + patience;
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        while *free == 0 {
            let left = until.checked_duration_since(Instant::now())?;
            free = self
                .freed
                .wait_timeout(free, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        *free -= 1;
        Some(Place(self))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}

impl Runner {
    /// Does `work` on a deep stack, once there is a place. What panics there is an error here.
    pub(super) fn work<T: Send>(
        &self,
        work: impl FnOnce() -> Result<T, SparqlError> + Send,
    ) -> Result<T, SparqlError> {
        let Some(_place) = self.places.take(self.limits.time) else {
            return Err(SparqlError::Busy {
                limit: self.limits.at_once as u64,
            });
        };
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
