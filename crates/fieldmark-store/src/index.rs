//! What is worked out of a view and kept until it changes: its names, its dates,
//! who has which features, answers to saved questions, and what was lately read.

pub(crate) mod answers;
pub(crate) mod dates;
pub(crate) mod families;
pub(crate) mod features;
mod fold;
pub(crate) mod holdings;
pub(crate) mod moved;
pub(crate) mod names;
pub(crate) mod near;
pub(crate) mod recent;
pub(crate) mod renamed;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// Holds what one state of a view comes to, worked out when it is first asked for: anew, or from
/// what an earlier state came to and what has changed since (`C`).
pub(crate) struct Cached<T, C = ()>(Mutex<Held<T, C>>);

enum Held<T, C> {
    Nothing,
    Before(Arc<T>, C),
    Now(Arc<T>),
}

impl<T, C> Default for Cached<T, C> {
    fn default() -> Self {
        Self(Mutex::new(Held::Nothing))
    }
}

impl<T, C> Cached<T, C> {
    fn lock(&self) -> MutexGuard<'_, Held<T, C>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is held, or what `make` makes, which is given what an earlier state came to where that
    /// is known. Whoever asks meanwhile waits for the one who makes it.
    pub fn get<E>(&self, make: impl FnOnce(Option<(&T, &C)>) -> Result<T, E>) -> Result<Arc<T>, E> {
        let mut held = self.lock();
        let made = match &*held {
            Held::Now(now) => return Ok(now.clone()),
            Held::Before(before, change) => make(Some((before, change)))?,
            Held::Nothing => make(None)?,
        };
        let made = Arc::new(made);
        *held = Held::Now(made.clone());
        Ok(made)
    }

    /// The same for the state after a change, which `join` adds to changes before it. It waits for
    /// nobody: what is being made just now is made anew for the state after.
    pub fn after(&self, change: C, join: impl FnOnce(&C, C) -> C) -> Self {
        let held = match self.0.try_lock() {
            Ok(held) => held,
            Err(TryLockError::Poisoned(held)) => held.into_inner(),
            Err(TryLockError::WouldBlock) => return Self::default(),
        };
        Self(Mutex::new(match &*held {
            Held::Nothing => Held::Nothing,
            Held::Before(before, earlier) => Held::Before(before.clone(), join(earlier, change)),
            Held::Now(now) => Held::Before(now.clone(), change),
        }))
    }
}

#[cfg(test)]
pub(crate) mod tests;
