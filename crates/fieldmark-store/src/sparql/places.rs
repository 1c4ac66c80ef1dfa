//! Places to run in: so many at once, and no caller, audience or kind of query can have them all.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Who asks for a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// A name of the caller's own: a token's, or where an anonymous one comes from.
    pub who: Arc<str>,
    /// Their audience.
    pub audience: Arc<str>,
    /// Whether they see everything.
    pub steward: bool,
}

/// Where a query comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A question of this project's own, whose cost is known.
    Saved,
    /// Anything a stranger may write.
    AdHoc,
}

/// The most callers of one audience that wait for a place. Each holds a thread.
const WAITING: usize = 32;

/// The places, and who has them.
pub struct Places {
    count: usize,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    used: usize,
    /// By everybody but the steward.
    by_others: usize,
    /// By everybody but the steward, for queries that anything may stand in.
    ad_hoc: usize,
    by_caller: HashMap<Arc<str>, usize>,
    by_audience: HashMap<Arc<str>, usize>,
    waiting: HashMap<Arc<str>, usize>,
}

/// A place to run in, until it is dropped.
pub struct Place<'a> {
    places: &'a Places,
    asker: Asker,
    kind: Kind,
}

impl Places {
    /// So many places.
    pub fn new(count: usize) -> Self {
        Self {
            count: count.max(1),
            state: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// A place, once there is one for this caller; none when there is none in time, or too many
    /// wait already.
    pub fn take(&self, asker: &Asker, kind: Kind, patience: Duration) -> Option<Place<'_>> {
        let until = Instant::now() + patience;
        let mut state = self.state();
        if !self.has_room(&state, asker, kind) {
            let waiting = state.waiting.entry(asker.audience.clone()).or_default();
            if *waiting >= WAITING {
                return None;
            }
            *waiting += 1;
            let mut late = false;
            while !late && !self.has_room(&state, asker, kind) {
                let left = until.saturating_duration_since(Instant::now());
                let (woken, timed_out) = self
                    .freed
                    .wait_timeout(state, left)
                    .unwrap_or_else(PoisonError::into_inner);
                state = woken;
                late = timed_out.timed_out() && !self.has_room(&state, asker, kind);
            }
            less(&mut state.waiting, &asker.audience);
            if late {
                return None;
            }
        }
        state.used += 1;
        if !asker.steward {
            state.by_others += 1;
            state.ad_hoc += usize::from(kind == Kind::AdHoc);
        }
        *state.by_caller.entry(asker.who.clone()).or_default() += 1;
        *state.by_audience.entry(asker.audience.clone()).or_default() += 1;
        Some(Place {
            places: self,
            asker: asker.clone(),
            kind,
        })
    }

    /// One place is kept for the steward and one more for saved questions; of what is left for
    /// others, no caller has more than half and no audience more than three quarters.
    fn has_room(&self, state: &State, asker: &Asker, kind: Kind) -> bool {
        if state.used >= self.count {
            return false;
        }
        if asker.steward {
            return true;
        }
        let others = self.count.saturating_sub(1).max(1);
        let ad_hoc = self.count.saturating_sub(2).max(1);
        let caller = others.div_ceil(2);
        let audience = (others * 3).div_ceil(4);
        let has = |held: &HashMap<Arc<str>, usize>, name: &Arc<str>| {
            held.get(name).copied().unwrap_or_default()
        };
        state.by_others < others
            && (kind == Kind::Saved || state.ad_hoc < ad_hoc)
            && has(&state.by_caller, &asker.who) < caller
            && has(&state.by_audience, &asker.audience) < audience
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.places.state();
        state.used -= 1;
        if !self.asker.steward {
            state.by_others -= 1;
            state.ad_hoc -= usize::from(self.kind == Kind::AdHoc);
        }
        less(&mut state.by_caller, &self.asker.who);
        less(&mut state.by_audience, &self.asker.audience);
        // Who may have it depends on who waits, so all look.
        self.places.freed.notify_all();
    }
}

fn less(held: &mut HashMap<Arc<str>, usize>, name: &Arc<str>) {
    if let Some(count) = held.get_mut(name) {
        *count -= 1;
        if *count == 0 {
            held.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asker(who: &str, audience: &str) -> Asker {
        Asker {
            who: who.into(),
            audience: audience.into(),
            steward: audience == "steward",
        }
    }

    #[test]
    fn nobody_has_all_the_places() {
        let places = Places::new(8);
        let now = |who: &str, audience: &str, kind| {
            places.take(&asker(who, audience), kind, Duration::ZERO)
        };
        let mut held = Vec::new();
        // One stranger, as often as they like.
        while let Some(place) = now("a", "public", Kind::AdHoc) {
            held.push(place);
        }
        assert_eq!(held.len(), 4, "half of what is there for others");
        // Others of the same audience.
        for who in ["b", "c", "d"] {
            held.extend(now(who, "public", Kind::AdHoc));
        }
        assert_eq!(held.len(), 6);
        assert!(now("e", "public", Kind::Saved).is_none());
        // Another audience still asks a saved question, and the steward anything.
        assert!(now("p", "partner", Kind::AdHoc).is_none());
        held.extend(now("p", "partner", Kind::Saved));
        held.extend(now("s", "steward", Kind::AdHoc));
        assert_eq!(held.len(), 8);
        assert!(now("s", "steward", Kind::Saved).is_none());
        held.clear();
        assert_eq!(places.state().used, 0);
        assert!(places.state().by_caller.is_empty() && places.state().by_audience.is_empty());
    }

    #[test]
    fn who_waits_is_served_when_a_place_is_free_and_few_may_wait() {
        let places = Places::new(1);
        let stranger = asker("a", "public");
        let first = places.take(&stranger, Kind::AdHoc, Duration::ZERO).unwrap();
        std::thread::scope(|scope| {
            let waits: Vec<_> = (0..WAITING)
                .map(|_| {
                    scope.spawn(|| {
                        let place = places.take(&stranger, Kind::AdHoc, Duration::from_secs(60));
                        place.is_some()
                    })
                })
                .collect();
            while places.state().waiting.get("public").copied() != Some(WAITING) {
                std::thread::yield_now();
            }
            let one_more = places.take(&stranger, Kind::AdHoc, Duration::from_secs(60));
            assert!(one_more.is_none(), "it is told at once");
            drop(first);
            assert!(waits.into_iter().all(|wait| wait.join().unwrap()));
        });
        assert!(places.state().waiting.is_empty());
    }
}
