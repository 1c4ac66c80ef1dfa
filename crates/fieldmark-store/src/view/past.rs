//! Views as known at an earlier entry, and the few of them that are kept.
//!
//! Such a view is built from the ledger's entries up to that one, by the same function and on the
//! same engine as a view of now, so that both give their rows in one order. What it holds never
//! changes, but what may be seen of it does: when a later entry revises or withdraws a record it
//! holds, or a policy, it is built again, unless its audience sees everything anyhow.
//!
//! Whether there are entries between two moments tells how much is hidden, and so would the time
//! that an answer takes: but for the steward a view is built for each moment anew, whether
//! anything was written since or not.

use super::asserted::Asserted;
use super::build::{self, BuildError};
use super::strangers::Strangers;
use super::{Kept, State, View};
use crate::engine::states_type;
use crate::error::StoreError;
use crate::gate::PUBLIC;
use crate::ledger::{LedgerReader, Since};
use crate::mark::Mark;
use crate::moment::Moment;
use crate::sparql::Runner;
use fieldmark_model::Edtf;
use oxigraph::model::vocab::xsd;
use oxigraph::model::{GraphNameRef, Term, Triple};
use oxigraph::store::Store;
use std::cell::OnceCell;
use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tempfile::TempDir;
use time::OffsetDateTime;

/// How many are kept. Each takes about as much room as its triples.
const KEPT: usize = 4;

/// How many of them at most are the public's.
const KEPT_FOR_STRANGERS: usize = 2;

/// How many may wait for one to be built; each holds a thread.
const WAITING: usize = 8;

/// How the directory of one begins. They are gone with the process.
pub(super) const DIRECTORY: &str = "past-";

/// The views of the past that were asked for last.
#[derive(Default)]
pub(crate) struct Pasts {
    /// The latest asked for at the end.
    kept: Mutex<VecDeque<Arc<Past>>>,
    /// The views as asserted by a date, likewise.
    asserted: Mutex<VecDeque<Arc<Asserted>>>,
    /// One is built at a time: two would take the memory of both and no less time.
    building: Mutex<()>,
    waiting: AtomicUsize,
    strangers: Strangers,
}

/// A place in the line of those who wait for a view to be built.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Whether a statement is among those shown today as the engine holds them: it writes numbers and
/// times in one form, so 1.50 is 1.5 to whoever looks.
fn still(shown: &HashSet<Triple>, statement: &Triple, held: &OnceCell<Option<Store>>) -> bool {
    let typed = |triple: &&Triple| match &triple.object {
        Term::Literal(literal) => literal.language().is_none() && literal.datatype() != xsd::STRING,
        _ => false,
    };
    if shown.contains(statement) || !typed(&statement) {
        return shown.contains(statement);
    }
    // A store in memory that fails holds nothing: then the statement is withheld.
    let held = held.get_or_init(|| {
        let store = Store::new().ok()?;
        for one in shown.iter().filter(typed) {
            let quad = one.as_ref().in_graph(GraphNameRef::DefaultGraph);
            store.insert(quad).ok()?;
        }
        Some(store)
    });
    let quad = statement.as_ref().in_graph(GraphNameRef::DefaultGraph);
    held.as_ref()
        .is_some_and(|store| store.contains(quad).unwrap_or(false))
}

/// A view as known at an entry.
pub(super) struct Past {
    audience: String,
    /// The moment as it was asked for.
    moment: Moment,
    seq: u64,
    /// The last entry whose markings it heeds.
    heeds: AtomicU64,
    state: State,
    /// Where the engine keeps it; removed with it.
    _dir: Option<TempDir>,
}

impl Pasts {
    /// The view of `kept`'s audience as known at a moment, which is right after entry `seq`.
    pub fn view(
        &self,
        kept: &Kept,
        ledger: &LedgerReader,
        (moment, seq): (&Moment, u64),
        runner: &Arc<Runner>,
        who: &Arc<str>,
    ) -> Result<View, StoreError> {
        // By the clock nothing can have been written after it; by the ledger, only the steward may
        // learn that nothing was.
        let is_now = match moment {
            Moment::By(time) => *time >= OffsetDateTime::now_utc(),
            Moment::Entry(_) => false,
        };
        let steward = kept.audience.sees_all;
        if is_now || (steward && kept.mark()?.is_some_and(|mark| mark.seq <= seq)) {
            return Ok(kept.view(runner, who));
        }
        let past = self.one_at_a_time(
            who,
            || self.find(kept, ledger, moment, seq),
            || Ok(self.keep(Past::build(kept, ledger, moment, seq)?)),
        )?;
        Ok(View {
            _past: Some(past.clone()),
            ..kept.view_of(past.state.clone(), runner, who)
        })
    }

    /// What a view of `kept`'s audience shows as asserted by a date.
    pub fn asserted(
        &self,
        kept: &Kept,
        view: &View,
        date: &Edtf,
        who: &Arc<str>,
    ) -> Result<View, StoreError> {
        let list = || self.asserted.lock().unwrap_or_else(PoisonError::into_inner);
        let find = || {
            let mut list = list();
            let place = list.iter().position(|one| one.is_of(view, date));
            let found = place.and_then(|place| list.remove(place));
            list.extend(found.clone());
            Ok(found)
        };
        let build = || {
            let made = Arc::new(Asserted::build(kept, view, date)?);
            let mut list = list();
            list.retain(|one| !one.is_over());
            list.push_back(made.clone());
            if list.len() > KEPT {
                list.pop_front();
            }
            Ok(made)
        };
        Ok(self.one_at_a_time(who, find, build)?.view(view))
    }

    /// What is kept, or is built now; who is not known by a token builds so many a minute.
    fn one_at_a_time<T>(
        &self,
        who: &str,
        find: impl Fn() -> Result<Option<T>, StoreError>,
        build: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if let Some(found) = find()? {
            return Ok(found);
        }
        let place = Waiting(&self.waiting);
        if place.0.fetch_add(1, Ordering::AcqRel) >= WAITING {
            return Err(StoreError::Busy);
        }
        let _one_at_a_time = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever built before us built it for us too.
        if let Some(found) = find()? {
            return Ok(found);
        }
        // Who shows no token goes by that name, and where they come from.
        if who.split(' ').next() == Some(PUBLIC) {
            let leave = self.strangers.open(Instant::now());
            leave.map_err(|wait| StoreError::Moments(wait.as_secs() + 1))?;
        }
        build()
    }

    /// One that is kept and still holds.
    fn find(
        &self,
        kept: &Kept,
        ledger: &LedgerReader,
        moment: &Moment,
        seq: u64,
    ) -> Result<Option<Arc<Past>>, StoreError> {
        let steward = kept.audience.sees_all;
        let found = {
            let mut list = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let name = &kept.audience.name;
            let place = list.iter().position(|past| {
                past.audience == *name && past.seq == seq && (steward || past.moment == *moment)
            });
            let found = place.and_then(|place| list.remove(place));
            list.extend(found.clone());
            found
        };
        let Some(past) = found else { return Ok(None) };
        if past.still_holds(kept, ledger)? {
            return Ok(Some(past));
        }
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|other| !Arc::ptr_eq(other, &past));
        Ok(None)
    }

    fn keep(&self, past: Past) -> Arc<Past> {
        let past = Arc::new(past);
        let mut list = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_publics = |past: &Arc<Past>| past.audience == PUBLIC;
        if is_publics(&past)
            && list.iter().filter(|past| is_publics(past)).count() >= KEPT_FOR_STRANGERS
            && let Some(oldest) = list.iter().position(is_publics)
        {
            list.remove(oldest);
        }
        list.push_back(past.clone());
        if list.len() > KEPT {
            list.pop_front();
        }
        past
    }
}

impl Past {
    fn build(
        kept: &Kept,
        ledger: &LedgerReader,
        moment: &Moment,
        seq: u64,
    ) -> Result<Self, StoreError> {
        let started = Instant::now();
        let trouble = |error: BuildError| match error {
            BuildError::Engine(why) => kept.trouble(why),
            BuildError::Ledger(error) => error,
        };
        let (engine, dir) = build::aside(kept.dir.as_deref(), DIRECTORY).map_err(trouble)?;
        // What is visible today is asked of the view of today, whose mark says how far it heeds.
        let today = kept.current();
        let heeds = Mark::read(&today)
            .map_err(|why| kept.trouble(why))?
            .map_or(0, |mark| mark.seq);
        ledger.steady(|| {
            let policies = ledger.policies()?;
            let eyes = kept.eyes(&policies);
            let hash = ledger.hash_at(seq)?.unwrap_or_default();
            let mark = Mark::now((seq, hash), &kept.audience, &kept.key);
            build::fill_from(&engine, &eyes, &mark, |each| {
                ledger.each_at(seq, |then, since| {
                    if kept.audience.sees_all {
                        return each(then);
                    }
                    if !states_type(&today, then.id()).map_err(|why| kept.trouble(why))? {
                        return Ok(());
                    }
                    if since == Since::Unchanged {
                        return each(then);
                    }
                    match ledger.current(then.id())? {
                        Some(now) => {
                            let (shown, held) = (eyes.shown(&now), OnceCell::new());
                            let still = |one: &Triple| still(&shown, one, &held);
                            each(eyes.under_today(&then, &still)?)
                        }
                        None => Ok(()),
                    }
                })
            })
            .map_err(trouble)
        })?;
        tracing::info!(
            audience = %kept.audience.name,
            seq,
            took_ms = started.elapsed().as_secs_f64() * 1000.0,
            "built a view as known at an earlier entry"
        );
        Ok(Self {
            audience: kept.audience.name.clone(),
            moment: moment.clone(),
            seq,
            heeds: AtomicU64::new(heeds),
            state: State::of(engine),
            _dir: dir,
        })
    }

    /// Whether no entry since it was built could hide anything in it.
    fn still_holds(&self, kept: &Kept, ledger: &LedgerReader) -> Result<bool, StoreError> {
        let heeds = self.heeds.load(Ordering::Acquire);
        let (head, _) = ledger.head()?;
        if head <= heeds {
            return Ok(true);
        }
        if ledger.reaches_back(heeds, self.seq, !kept.audience.sees_all)? {
            return Ok(false);
        }
        self.heeds.fetch_max(head, Ordering::AcqRel);
        Ok(true)
    }
}
