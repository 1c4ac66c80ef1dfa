//! Whether whoever asked is still there.
//!
//! A desk says for whom a thread works; whatever takes long on it (queries, shuffles) looks there
//! and stops when they have gone. It is kept with the thread, because everything between the desk
//! and the work would have to hand it on.

use crate::sparql::CancelToken;
use std::cell::RefCell;

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
