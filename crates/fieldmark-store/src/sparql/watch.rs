//! One timer for all running queries. A thread a query made the stock server fail most of its
//! answers under load.

use super::budget::Budget;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::Instant;

#[derive(Default)]
pub struct Watch(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    due: BinaryHeap<Reverse<Due>>,
    count: u64,
    running: bool,
    closed: bool,
}

struct Due {
    at: Instant,
    number: u64,
    budget: Weak<Budget>,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl Watch {
    /// Expires the budget when its time is over, unless it is gone by then.
    pub fn begin(&self, budget: &Arc<Budget>) {
        let at = Instant::now() + budget.limits.time;
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.count += 1;
        let number = state.count;
        let first = state.due.peek().is_none_or(|Reverse(due)| at < due.at);
        state.due.push(Reverse(Due { at, number, budget: Arc::downgrade(budget) }));
        if !state.running {
            let shared = self.0.clone();
            let clock = move || shared.run();
            state.running = std::thread::Builder::new().name("query clock".into()).spawn(clock).is_ok();
            if !state.running {
                tracing::error!("the query clock could not be started; queries are not timed");
            }
        } else if first {
            self.0.changed.notify_one();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn run(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.closed {
            let now = Instant::now();
            while let Some(Reverse(due)) = state.due.peek() {
                // Most queries are over long before; they leave only their number.
                let gone = due.budget.strong_count() == 0;
                if !gone && due.at > now {
                    break;
                }
                if let Some(Reverse(due)) = state.due.pop()
                    && let Some(budget) = due.budget.upgrade()
                {
                    budget.expire();
                }
            }
            state = match state.due.peek() {
                Some(Reverse(due)) => {
                    let wait = due.at.saturating_duration_since(now);
                    self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}
