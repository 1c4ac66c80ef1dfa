//! One thread that watches all running queries: their deadlines, whether their callers are still
//! there, and what the process holds. A thread a query made the stock server fail most of its
//! answers under load.

use super::budget::Budget;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How often the thread looks while anything runs. While nothing does, it sleeps.
const PULSE: Duration = Duration::from_millis(50);
/// How long the memory of a query that was stopped may take to come back, before another is.
const RELIEF: Duration = Duration::from_secs(1);

/// Watches the running queries from a thread of its own.
#[derive(Default)]
pub struct Watch(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// In the order in which they began. There are no more of them than places to run in.
    running: Vec<(Instant, Weak<Budget>)>,
    started: bool,
    closed: bool,
}

impl Watch {
    /// Watches a query until it is gone.
    pub fn begin(&self, budget: &Arc<Budget>) -> std::io::Result<()> {
        let at = Instant::now() + budget.limits.time;
        let mut state = self.0.lock();
        if !state.started {
            let shared = self.0.clone();
            std::thread::Builder::new()
                .name("query clock".into())
                .spawn(move || shared.run())?;
            state.started = true;
        }
        state.running.push((at, Arc::downgrade(budget)));
        self.0.changed.notify_one();
        Ok(())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut relieved = Instant::now();
        let mut state = self.lock();
        while !state.closed {
            let now = Instant::now();
            state.running.retain(|(at, budget)| match budget.upgrade() {
                Some(budget) if now >= *at => {
                    budget.expire();
                    false
                }
                Some(budget) => {
                    budget.relay();
                    true
                }
                None => false,
            });
            if now >= relieved && relieve(&mut state.running) {
                relieved = now + RELIEF;
            }
            state = if state.running.is_empty() {
                self.changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner)
            } else {
                let next = state
                    .running
                    .iter()
                    .map(|(at, _)| at.saturating_duration_since(now));
                let wait = next.min().unwrap_or(PULSE).min(PULSE);
                self.changed
                    .wait_timeout(state, wait)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            };
        }
    }
}

/// Stops the query under which the process has grown beyond that query's limit; of several, the
/// one that has run longest, because what it holds cannot be told from what the others hold.
fn relieve(running: &mut Vec<(Instant, Weak<Budget>)>) -> bool {
    if running.is_empty() {
        return false;
    }
    let Some(now) = resident() else { return false };
    let outgrown = running.iter().position(|(_, budget)| {
        budget.upgrade().is_some_and(|budget| {
            budget
                .before
                .is_some_and(|before| now.saturating_sub(before) > budget.limits.memory)
        })
    });
    let Some(budget) = outgrown.and_then(|at| running.remove(at).1.upgrade()) else {
        return false;
    };
    budget.outgrow();
    true
}

/// The memory this process has written to and holds, in bytes; `None` where the system does not
/// say. Mapped files do not count: the system takes them back as it likes.
#[cfg(target_os = "linux")]
pub fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()
        .map(|kibibytes| kibibytes << 10)
}

#[cfg(not(target_os = "linux"))]
pub fn resident() -> Option<u64> {
    None
}
