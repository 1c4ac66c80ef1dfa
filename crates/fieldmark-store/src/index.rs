//! What is worked out of a view and kept until it changes: its names, and who has which features.

pub(crate) mod features;
mod fold;
pub(crate) mod names;
pub(crate) mod near;

use std::sync::{Arc, Mutex, PoisonError};

/// Holds what one state of a view comes to, worked out when it is first asked for.
pub(crate) struct Cached<T>(Mutex<Option<Arc<T>>>);

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Cached<T> {
    /// What is held, or what `make` makes. Whoever asks meanwhile waits for the one who makes it.
    pub fn get<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<Arc<T>, E> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = &*held {
            return Ok(held.clone());
        }
        let made = Arc::new(make()?);
        *held = Some(made.clone());
        Ok(made)
    }
}
