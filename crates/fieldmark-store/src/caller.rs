//! Whether whoever asked is still there.
//!
//! A desk says for whom a thread works; whatever takes long on it (queries, shuffles) looks there
//! and stops when they have gone. It is kept with the thread, because everything between the desk
//! and the work would have to hand it on.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Stops a query from another thread: when its caller has gone.
#[derive(Clone, Debug, Default)]
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

thread_local! {
    static CURRENT: RefCell<CancelToken> = RefCell::default();
}

/// Does `work` for the caller of that token.
pub fn working_for<T>(caller: CancelToken, work: impl FnOnce() -> T) -> T {
    /// Puts back who was worked for before, also when the work panics.
    struct Before(CancelToken);
    impl Drop for Before {
        fn drop(&mut self) {
            CURRENT.with(|current| current.replace(std::mem::take(&mut self.0)));
        }
    }
    let _before = Before(CURRENT.with(|current| current.replace(caller)));
    work()
}

/// The caller this thread works for.
pub fn current() -> CancelToken {
    CURRENT.with(|current| current.borrow().clone())
}
