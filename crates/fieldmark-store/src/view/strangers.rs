//! How many moments of the past are opened for callers without a token, who share what they may see.
//!
//! Each costs as long as its triples take, and one is built at a time, so that whoever asks for ever
//! new ones would keep everybody else's waiting.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many are opened within a minute.
const A_MINUTE: usize = 6;
const MINUTE: Duration = Duration::from_secs(60);

/// When moments were opened for them lately.
#[derive(Default)]
pub(super) struct Strangers(Mutex<VecDeque<Instant>>);

impl Strangers {
    /// Takes leave to open one; how long to wait where there is none.
    pub fn open(&self, now: Instant) -> Result<(), Duration> {
        let mut opened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        opened.retain(|then| now.saturating_duration_since(*then) < MINUTE);
        match opened.front() {
            Some(first) if opened.len() >= A_MINUTE => {
                Err(MINUTE.saturating_sub(now.saturating_duration_since(*first)))
            }
            _ => {
                opened.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_a_minute_and_no_more() {
        let (strangers, begun) = (Strangers::default(), Instant::now());
        let after = |seconds| begun + Duration::from_secs(seconds);
        for n in 0..A_MINUTE as u64 {
            assert_eq!(strangers.open(after(n)), Ok(()));
        }
        assert_eq!(strangers.open(after(20)), Err(Duration::from_secs(40)));
        assert_eq!(strangers.open(after(60)), Ok(()));
        assert_eq!(strangers.open(after(60)), Err(Duration::from_secs(1)));
    }
}
