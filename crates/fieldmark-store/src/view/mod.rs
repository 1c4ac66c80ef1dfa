//! Views: one store per audience, holding exactly what that audience may see as triples in its
//! default graph.
//!
//! A view follows from the ledger alone and can be thrown away. How far it has followed is written
//! with the triples, in a private graph that no query sees.

mod apply;
mod asserted;
mod build;
mod changes;
mod load;
mod past;
mod reach;
mod strangers;

use asserted::Asserted;
pub(crate) use changes::{Changes, Gathered};
pub(crate) use load::Lots;
use past::Past;
pub(crate) use past::Pasts;

use crate::collection::Versions;
use crate::engine::states_type;
use crate::error::StoreError;
use crate::index::Cached;
use crate::index::answers::Answers;
use crate::index::dates::Dates;
use crate::index::features::Features;
use crate::index::holdings::Touched;
use crate::index::moved::Moved;
use crate::index::names::Names;
use crate::index::recent::{Recent, Stale};
use crate::ledger::LedgerReader;
use crate::mark::Mark;
use crate::sparql::{Asker, Runner};
use fieldmark_analysis::release::{Eyes, Policies};
use fieldmark_model::{Audience, RecordId};
use hmac_key::audience_key;
use load::Load;
use oxigraph::store::Store;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

mod hmac_key;

/// What one audience may see, at one moment of the ledger. Every read is a method on it.
///
/// It is made by [`Base::view`](crate::Base::view) from a [`Reader`](crate::gate::Reader) and in
/// no other way. Cheap to clone. Its methods block; call them off the async threads.
#[derive(Clone)]
pub struct View {
    audience: Arc<Audience>,
    state: State,
    runner: Arc<Runner>,
    asker: Asker,
    ledger: Arc<Path>,
    key: [u8; 32],
    /// What came in as STIX; a view of the past has none.
    versions: Option<Arc<Versions>>,
    /// The view of the past it reads, whose files are there as long as somebody reads them.
    _past: Option<Arc<Past>>,
    /// The view as asserted by a date that it reads, likewise.
    _asserted: Option<Arc<Asserted>>,
}

/// A store, and what is worked out of it until it changes.
#[derive(Clone)]
struct State {
    engine: Store,
    names: Arc<Cached<Names, Moved>>,
    dates: Arc<Cached<Dates, Moved>>,
    features: Arc<Cached<Features, Touched>>,
    answers: Arc<Answers>,
    recent: Arc<Recent>,
}

impl State {
    fn of(engine: Store) -> Self {
        Self {
            engine,
            names: Arc::default(),
            dates: Arc::default(),
            features: Arc::default(),
            answers: Arc::default(),
            recent: Arc::default(),
        }
    }

    /// The same store after a change.
    fn after(&self, mut touched: Touched, stale: &Stale) -> Self {
        self.recent.forget(stale);
        let moved = std::mem::take(&mut touched.dates);
        let renamed = std::mem::take(&mut touched.names);
        let more = |earlier: &Moved, later: Moved| {
            let mut all = earlier.clone();
            all.and(later);
            all
        };
        let join = |earlier: &Touched, later: Touched| {
            let mut all = earlier.clone();
            all.and(later);
            all
        };
        Self {
            names: Arc::new(self.names.after(renamed, more)),
            dates: Arc::new(self.dates.after(moved, more)),
            features: Arc::new(self.features.after(touched, join)),
            recent: self.recent.clone(),
            // Else the time that an answer takes would tell that something hidden was written.
            answers: match stale.has_moved() {
                true => Arc::default(),
                false => self.answers.clone(),
            },
            engine: self.engine.clone(),
        }
    }
}

impl View {
    /// The name of the audience whose view this is.
    pub fn audience(&self) -> &str {
        &self.audience.name
    }

    pub(crate) fn collected(&self) -> Option<&Versions> {
        self.versions.as_deref()
    }

    pub(crate) fn key(&self) -> &[u8; 32] {
        &self.key
    }

    pub(crate) fn engine(&self) -> &Store {
        &self.state.engine
    }

    pub(crate) fn runner(&self) -> &Runner {
        &self.runner
    }

    pub(crate) fn whole_audience(&self) -> &Audience {
        &self.audience
    }

    /// By what it is told what this view shows, by the policies of the ledger.
    pub(crate) fn eyes<'a>(&'a self, policies: &'a Policies) -> Eyes<'a> {
        Eyes {
            audience: &self.audience,
            policies,
            key: &self.key,
        }
    }

    /// The ledger's file.
    pub(crate) fn ledger(&self) -> &Path {
        &self.ledger
    }

    pub(crate) fn asker(&self) -> &Asker {
        &self.asker
    }

    pub(crate) fn cached_names(&self) -> &Cached<Names, Moved> {
        &self.state.names
    }

    /// Whether it shows the past.
    pub fn is_past(&self) -> bool {
        self._past.is_some()
    }

    pub(crate) fn answers(&self) -> &Answers {
        &self.state.answers
    }

    pub(crate) fn recent(&self) -> &Recent {
        &self.state.recent
    }

    pub(crate) fn cached_dates(&self) -> &Cached<Dates, Moved> {
        &self.state.dates
    }

    pub(crate) fn cached_features(&self) -> &Cached<Features, Touched> {
        &self.state.features
    }
}

/// The view of one audience, kept in step with the ledger.
pub(crate) struct Kept {
    audience: Arc<Audience>,
    key: [u8; 32],
    /// The ledger it follows.
    ledger: Arc<Path>,
    /// Where its stores live, one directory per generation; none when views live in memory.
    dir: Option<PathBuf>,
    /// What it holds now; a new state after every change.
    state: RwLock<State>,
    /// What came in as STIX, once somebody has asked.
    versions: Arc<Versions>,
    /// Why it is behind the ledger, when it is.
    behind: Mutex<Option<String>>,
}

/// How many records a view takes in by one transaction.
#[cfg(not(test))]
const RECORDS: usize = 256;
/// Few, so that tests come to the end of one.
#[cfg(test)]
const RECORDS: usize = 2;

/// Changes as a step of a view that holds them after it.
fn step<'a>(ledger: &'a LedgerReader, changes: &'a Changes, mark: &'a Mark) -> apply::Step<'a> {
    apply::Step {
        ledger,
        changes,
        mark,
        records: RECORDS,
    }
}

impl Kept {
    /// Opens the view and brings it up to the ledger's head; builds it when there is none, or
    /// when it does not belong to this ledger.
    pub fn open(
        audience: Audience,
        dir: Option<PathBuf>,
        secret: &[u8; 32],
        ledger: &LedgerReader,
    ) -> Result<Self, StoreError> {
        let key = audience_key(secret, &audience.name);
        let fresh = build::is_fresh(dir.as_deref())?;
        if let Some(dir) = &dir {
            build::forget_aside(dir, past::DIRECTORY)?;
            build::forget_aside(dir, asserted::DIRECTORY)?;
        }
        let engine = build::open(dir.as_deref(), &audience.name)?;
        let audience = Arc::new(audience);
        let versions = Versions::new(audience.clone(), key, ledger.path(), engine.clone());
        let kept = Self {
            audience,
            key,
            ledger: ledger.path().into(),
            dir,
            state: RwLock::new(State::of(engine)),
            versions: Arc::new(versions),
            behind: Mutex::new(None),
        };
        if fresh {
            kept.rebuild(ledger)?;
        } else {
            kept.follow(ledger, None)?;
        }
        Ok(kept)
    }

    /// Whose view it is.
    pub fn audience(&self) -> &Audience {
        &self.audience
    }

    /// The view as `who` reads it.
    pub fn view(&self, runner: &Arc<Runner>, who: &Arc<str>) -> View {
        View {
            versions: Some(self.versions.clone()),
            ..self.view_of(self.state(), runner, who)
        }
    }

    /// A state as `who` reads it, without what came in as STIX.
    fn view_of(&self, state: State, runner: &Arc<Runner>, who: &Arc<str>) -> View {
        View {
            audience: self.audience.clone(),
            state,
            runner: runner.clone(),
            asker: Asker {
                who: who.clone(),
                audience: self.audience.name.as_str().into(),
                steward: self.audience.sees_all,
            },
            ledger: self.ledger.clone(),
            key: self.key,
            versions: None,
            _past: None,
            _asserted: None,
        }
    }

    /// Why it is behind the ledger, when it is.
    pub fn behind(&self) -> Option<String> {
        self.behind
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Brings the view up to the ledger's head; `changes`, where somebody has read them already, are
    /// used if they begin where the view ends. On an error the view is marked behind; reads go on.
    pub fn follow(
        &self,
        ledger: &LedgerReader,
        changes: Option<&Changes>,
    ) -> Result<(), StoreError> {
        let mut result = self.try_follow(ledger, changes);
        let may_mend = !matches!(result, Ok(()) | Err(StoreError::Older { .. }));
        if may_mend && self.behind().is_some() {
            // It failed before as well. After a full disk an engine refuses every write for good,
            // so a new one is made beside it, and the old one answers until that is ready.
            result = self.rebuild(ledger);
        }
        self.note(&result);
        result
    }

    fn try_follow(
        &self,
        ledger: &LedgerReader,
        changes: Option<&Changes>,
    ) -> Result<(), StoreError> {
        let state = self.state();
        let engine = &state.engine;
        let mark = Mark::read(engine).map_err(|why| self.trouble(why))?;
        let head = ledger.head()?;
        // A view that remembers an entry the ledger does not have belongs to another ledger, or
        // to one that was cut. Which of the two is right is not for us to say.
        if let Some(mark) = &mark
            && mark.seq > 0
            && ledger.hash_at(mark.seq)? != Some(mark.hash)
        {
            return Err(StoreError::Older {
                why: format!(
                    "the view of {} knows entry {}, which the ledger does not have",
                    self.audience.name, mark.seq
                ),
                beside: self
                    .dir
                    .as_ref()
                    .and_then(|dir| dir.parent())
                    .map_or_else(|| "the views".to_owned(), |dir| dir.display().to_string()),
            });
        }
        let ours = mark
            .as_ref()
            .filter(|mark| mark.fits(&self.audience, &self.key));
        let Some(mark) = ours else {
            return self.rebuild(ledger);
        };
        if mark.seq == head.0 && mark.hash == head.1 {
            return Ok(());
        }
        let fit = changes.filter(|changes| changes.from == mark.seq && changes.head == head);
        let read;
        let changes = match fit {
            Some(changes) => changes,
            None => match Changes::since(ledger, mark.seq)? {
                Some(changes) => {
                    read = changes;
                    &read
                }
                None => return self.rebuild(ledger),
            },
        };
        if changes.move_a_policy() {
            return self.rebuild(ledger);
        }
        let mark = self.mark_of(changes);
        let step = step(ledger, changes, &mark);
        let eyes = self.eyes(&changes.policies);
        let (touched, stale) =
            apply::apply(engine, &eyes, &step).map_err(|error| self.not_applied(&state, error))?;
        self.hold(state.after(touched, &stale));
        Ok(())
    }

    /// Brings the view up to one lot of changes after another, which show together: once there are
    /// enough of them, once one takes something away, and at the end. On an error the view is marked
    /// behind; reads go on.
    pub fn load(
        &self,
        ledger: &LedgerReader,
        first: Arc<Changes>,
        lots: &mut dyn Lots,
    ) -> Result<(), StoreError> {
        let mut upcoming = Some(first);
        while let Some(first) = upcoming.take() {
            let state = self.state();
            let stands = Mark::read(&state.engine).map_err(|why| self.trouble(why))?;
            let fits = stands
                .is_some_and(|mark| mark.fits(&self.audience, &self.key) && mark.seq == first.from);
            if !fits || first.move_a_policy() {
                lots.settle(self.follow(ledger, Some(&first)));
                upcoming = lots.next();
                continue;
            }
            let loaded = self.load_onto(&state.engine, ledger, first, lots);
            upcoming = match loaded {
                Ok(rest) => rest,
                Err(error) => {
                    let error = self.not_applied(&self.state(), error);
                    let error = Err(error);
                    self.note(&error);
                    return error;
                }
            };
        }
        Ok(())
    }

    /// Loads one lot after another into a store; gives back one that does not go on from there.
    fn load_onto(
        &self,
        store: &Store,
        ledger: &LedgerReader,
        first: Arc<Changes>,
        lots: &mut dyn Lots,
    ) -> Result<Option<Arc<Changes>>, reach::ApplyError> {
        let mut load = Load::into(store);
        let mut changes = first;
        let rest = loop {
            let mark = self.mark_of(&changes);
            let eyes = self.eyes(&changes.policies);
            let step = step(ledger, &changes, &mark);
            load.take(&eyes, &step, &mut || lots.settle(Ok(())))?;
            self.show(&mut load);
            lots.settle(Ok(()));
            let Some(then) = lots.next() else {
                break None;
            };
            if then.from != changes.head.0 || then.move_a_policy() {
                break Some(then);
            }
            changes = then;
        };
        load.write()?;
        self.show(&mut load);
        Ok(rest)
    }

    /// Takes up what a load has written.
    fn show(&self, load: &mut Load<'_>) {
        if let Some((touched, stale)) = load.told() {
            self.hold(self.state().after(touched, &stale));
        }
    }

    /// The mark of the view once it holds some changes.
    fn mark_of(&self, changes: &Changes) -> Mark {
        Mark::now(changes.head, &self.audience, &self.key)
    }

    /// What stopped it, part of which may be there.
    fn not_applied(&self, state: &State, error: reach::ApplyError) -> StoreError {
        state.recent.forget(&Stale::all());
        match error {
            reach::ApplyError::Engine(why) => self.trouble(why),
            reach::ApplyError::Ledger(error) => error,
        }
    }

    /// Takes up a state: whoever asks from now on is answered from it.
    fn hold(&self, state: State) {
        *self
            .state
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = state;
    }

    /// Makes the view again from the ledger, beside the old one, then changes over.
    pub fn rebuild(&self, ledger: &LedgerReader) -> Result<(), StoreError> {
        let policies = ledger.policies()?;
        let head = ledger.head()?;
        let mark = Mark::now(head, &self.audience, &self.key);
        let engine = build::build(self.dir.as_deref(), &self.eyes(&policies), ledger, &mark)
            .map_err(|error| match error {
                build::BuildError::Engine(why) => self.trouble(why),
                build::BuildError::Ledger(error) => error,
            })?;
        self.versions.reset(engine.clone());
        self.hold(State::of(engine));
        if let Some(dir) = &self.dir {
            build::forget_old(dir);
        }
        self.note(&Ok(()));
        Ok(())
    }

    /// Whether the view shows a record, which it does when it states its type.
    pub fn shows(&self, id: &RecordId) -> Result<bool, StoreError> {
        states_type(&self.current(), id).map_err(|why| self.trouble(why))
    }

    /// How far the view has followed the ledger.
    pub fn mark(&self) -> Result<Option<Mark>, StoreError> {
        Mark::read(&self.current()).map_err(|why| self.trouble(why))
    }

    /// Whether building the view from the ledger would give the same triples.
    pub fn agrees(&self, ledger: &LedgerReader) -> Result<bool, StoreError> {
        let policies = ledger.policies()?;
        build::agrees(&self.current(), &self.eyes(&policies), ledger).map_err(|error| match error {
            build::BuildError::Engine(why) => self.trouble(why),
            build::BuildError::Ledger(error) => error,
        })
    }

    pub(crate) fn eyes<'a>(&'a self, policies: &'a Policies) -> Eyes<'a> {
        Eyes {
            audience: &self.audience,
            policies,
            key: &self.key,
        }
    }

    fn state(&self) -> State {
        self.state
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    fn current(&self) -> Store {
        self.state().engine
    }

    fn note(&self, result: &Result<(), StoreError>) {
        let mut behind = self
            .behind
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *behind = result.as_ref().err().map(ToString::to_string);
    }

    fn trouble(&self, why: String) -> StoreError {
        StoreError::Behind {
            audience: self.audience.name.clone(),
            why,
        }
    }
}

#[cfg(test)]
mod tests;
