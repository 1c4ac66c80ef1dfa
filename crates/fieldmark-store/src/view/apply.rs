//! Bringing a view from one entry of the ledger to a later one, touching only what the changes
//! can reach. The result is what a build would give: a property test says so.

use super::build::in_view;
use super::changes::Changes;
use super::reach::{ApplyError, Reach, Shown, engine};
use crate::engine::bulk;
use crate::index::holdings::Touched;
use crate::index::recent::Stale;
use crate::ledger::{Changed, LedgerReader};
use crate::mark::Mark;
use fieldmark_analysis::release::Eyes;
use fieldmark_model::RecordId;
use oxigraph::model::{Quad, Triple};
use oxigraph::store::Store;
use rayon::prelude::*;
use std::collections::HashSet;

/// The changes of one step, and how a view is to hold them.
pub(super) struct Step<'a> {
    pub ledger: &'a LedgerReader,
    pub changes: &'a Changes,
    /// What it holds after.
    pub mark: &'a Mark,
    /// How many records are brought in by one transaction; more are loaded in bulk.
    pub records: usize,
}

/// Applies the changes of a step and the new mark; says where that may have changed who has which
/// features, and what is not as it was.
///
/// Few are one transaction. Many, of which one takes longer for each statement the more there are,
/// are taken away by transactions and put in by the engine's bulk loader; the mark comes last, and
/// the view is marked as unfinished meanwhile, to be made anew should it stay so.
pub(super) fn apply(
    store: &Store,
    eyes: &Eyes<'_>,
    step: &Step<'_>,
) -> Result<(Touched, Stale), ApplyError> {
    let (_, noted, stale) = Difference::of(store, eyes, step, &Shown::new())?.write(step)?;
    Ok((noted, stale))
}

/// How what one record states in a view turns.
struct Turn {
    id: RecordId,
    /// What it does not state any more.
    gone: Vec<Triple>,
    /// What it states now and did not before.
    came: Vec<Triple>,
    /// What it states as before, where something is gone: the engine writes 1.50 and 1.5 as one
    /// literal, so taking one away may take the other.
    stays: Vec<Triple>,
}

impl Turn {
    /// None where it states what it did.
    fn of(id: &RecordId, old: Vec<Triple>, new: Vec<Triple>) -> Option<Self> {
        let old: HashSet<Triple> = old.into_iter().collect();
        let new: HashSet<Triple> = new.into_iter().collect();
        let gone: Vec<Triple> = old.difference(&new).cloned().collect();
        let (stays, came): (Vec<Triple>, Vec<Triple>) =
            new.into_iter().partition(|triple| old.contains(triple));
        (!gone.is_empty() || !came.is_empty()).then(|| Self {
            id: id.clone(),
            stays: match gone.is_empty() {
                true => Vec::new(),
                false => stays,
            },
            gone,
            came,
        })
    }
}

/// What a step changes in a view, worked out and not yet written.
pub(super) struct Difference<'a> {
    store: &'a Store,
    eyes: &'a Eyes<'a>,
    reach: Reach<'a>,
    /// How those turn that were visible before.
    turns: Vec<Turn>,
    /// Those that were visible, changed not themselves and only add something, where there are so many
    /// that what they add is worked out once more when it is wanted, and not held.
    fuller: Vec<RecordId>,
    /// Those that changed and were not, and so take nothing away: most of a large input.
    fresh: Vec<&'a Changed>,
    /// Those that became visible as others changed.
    risen: Vec<RecordId>,
    noted: Touched,
    stale: Stale,
}

/// How many records are rendered at a time. As many may have to be as the ledger has, when what they
/// all mention becomes visible.
#[cfg(not(test))]
const AT_ONCE: usize = 256;
#[cfg(test)]
const AT_ONCE: usize = 3;

/// How many turns are held before those that only add are worked out twice.
#[cfg(not(test))]
const HELD: usize = 4_096;
#[cfg(test)]
const HELD: usize = 2;

impl<'a> Difference<'a> {
    /// Works out what a step changes in a view that holds what `store` does, and beside it what was
    /// worked out before and is not written yet: `shown` says who became visible by that.
    ///
    /// Who is visible is worked out once for all of them.
    pub fn of(
        store: &'a Store,
        eyes: &'a Eyes<'a>,
        step: &'a Step<'a>,
        shown: &'a Shown,
    ) -> Result<Self, ApplyError> {
        let mut reach = Reach::new(store, eyes, step.ledger, step.changes, shown);
        reach.settle()?;
        let others = reach.touched()?;
        let mut turns = Vec::new();
        let (mut stood, mut fresh) = (Vec::new(), Vec::new());
        for changed in reach.changes.values().copied() {
            match reach.known.was(&changed.id) {
                true => stood.push(changed),
                false => fresh.push(changed),
            }
        }
        for changed in &stood {
            reach.load_was(changed.before.as_ref())?;
            reach.load_was(changed.after.as_ref())?;
        }
        for changed in &fresh {
            reach.load_was(changed.after.as_ref())?;
        }
        let known = &reach.known;
        turns.par_extend(stood.par_iter().filter_map(|changed| {
            let old = known.before(eyes, &changed.id, changed.before.as_ref());
            let new = known.after(eyes, &changed.id, changed.after.as_ref());
            Turn::of(&changed.id, old, new)
        }));
        let (mut standing, mut risen) = (Vec::new(), Vec::new());
        for id in others {
            match (reach.was(&id)?, reach.now(&id)?) {
                (true, _) => standing.push(id),
                (false, true) => risen.push(id),
                (false, false) => {}
            }
        }
        let mut fuller = Vec::new();
        for some in standing.chunks(AT_ONCE) {
            let some = turned(&mut reach, eyes, some)?;
            let adds = some.iter().all(|turn| turn.gone.is_empty());
            match adds && turns.len() >= HELD {
                true => fuller.extend(some.into_iter().map(|turn| turn.id)),
                false => turns.extend(some),
            }
        }
        let mut stale = Stale::default();
        // Its marking may be another even where it states the same.
        step.changes
            .records
            .iter()
            .for_each(|changed| stale.record(changed.id.clone()));
        Ok(Self {
            store,
            eyes,
            reach,
            turns,
            fuller,
            fresh,
            risen,
            noted: Touched::default(),
            stale,
        })
    }

    /// Whether nothing is taken away.
    pub fn only_adds(&self) -> bool {
        self.turns.iter().all(|turn| turn.gone.is_empty())
    }

    /// Whether what it adds follows from what is held already, without the ledger.
    pub fn has_read_all(&self) -> bool {
        self.fuller.is_empty() && self.risen.is_empty()
    }

    /// Gives what is stated after and was not before, where nothing is taken away; says who is
    /// visible now, of those it reaches, and what else [`apply`] says.
    pub fn added(
        mut self,
        give: &mut dyn FnMut(Quad) -> Result<(), ApplyError>,
    ) -> Result<(Shown, Touched, Stale), ApplyError> {
        for turn in std::mem::take(&mut self.turns) {
            for triple in turn.came {
                self.note(&triple);
                give(in_view(triple))?;
            }
        }
        self.each_new(&mut |difference, triple| {
            difference.note(&triple);
            give(in_view(triple))
        })?;
        Ok((self.reach.known.status, self.noted, self.stale))
    }

    /// Writes it, and the mark of the step; says what [`added`](Self::added) does.
    pub fn write(mut self, step: &Step<'_>) -> Result<(Shown, Touched, Stale), ApplyError> {
        let turns = std::mem::take(&mut self.turns);
        let new = self.fuller.len() + self.fresh.len() + self.risen.len();
        let few = turns.len() + new <= step.records;
        let mut gone: HashSet<&Triple> = HashSet::new();
        // Who takes something away says again what it still states; of everyone else the view holds
        // what they state.
        let mut rewritten: HashSet<&RecordId> = HashSet::new();
        for turn in &turns {
            if !turn.gone.is_empty() {
                rewritten.insert(&turn.id);
            }
            turn.gone
                .iter()
                .chain(&turn.came)
                .for_each(|triple| self.note(triple));
            gone.extend(&turn.gone);
        }
        let mut new = Vec::new();
        self.each_new(&mut |difference, triple| {
            difference.note(&triple);
            new.push(triple);
            Ok(())
        })?;
        let mut taken = Vec::new();
        for triple in gone {
            if !self.reach.stated_elsewhere(triple, &rewritten)? {
                taken.push(triple.clone());
            }
        }
        let stated = turns
            .into_iter()
            .flat_map(|turn| turn.came.into_iter().chain(turn.stays))
            .chain(new);
        match few {
            true => {
                let mut transaction = self.store.start_transaction().map_err(engine)?;
                for triple in taken {
                    transaction.remove(&in_view(triple));
                }
                for triple in stated {
                    transaction.insert(&in_view(triple));
                }
                step.mark
                    .write(&mut transaction)
                    .map_err(ApplyError::Engine)?;
                transaction.commit().map_err(engine)?;
            }
            false => load(self.store, taken, stated, step)?,
        }
        Ok((self.reach.known.status, self.noted, self.stale))
    }

    /// Hands on what records state that were not visible before, and what those add of which it is
    /// not held; a statement twice where a record makes it under two markings.
    fn each_new(
        &mut self,
        with: &mut dyn FnMut(&mut Self, Triple) -> Result<(), ApplyError>,
    ) -> Result<(), ApplyError> {
        let eyes = self.eyes;
        for some in std::mem::take(&mut self.fuller).chunks(AT_ONCE) {
            for turn in turned(&mut self.reach, eyes, some)? {
                for triple in turn.came {
                    with(self, triple)?;
                }
            }
        }
        for some in std::mem::take(&mut self.fresh).chunks(AT_ONCE) {
            let known = &self.reach.known;
            let rendered: Vec<Vec<Triple>> = some
                .par_iter()
                .map(|changed| known.after(eyes, &changed.id, changed.after.as_ref()))
                .collect();
            for triple in rendered.into_iter().flatten() {
                with(self, triple)?;
            }
        }
        for some in std::mem::take(&mut self.risen).chunks(AT_ONCE) {
            let records = self.reach.recorded(some)?;
            let known = &self.reach.known;
            let rendered: Vec<Vec<Triple>> = records
                .par_iter()
                .map(|record| known.after(eyes, record.id(), Some(record)))
                .collect();
            for triple in rendered.into_iter().flatten() {
                with(self, triple)?;
            }
        }
        Ok(())
    }

    /// Takes in a statement that comes or goes.
    fn note(&mut self, triple: &Triple) {
        self.noted.note(triple);
        self.stale.note(triple);
    }
}

/// How some turn that did not change themselves.
fn turned(
    reach: &mut Reach<'_>,
    eyes: &Eyes<'_>,
    some: &[RecordId],
) -> Result<Vec<Turn>, ApplyError> {
    let records = reach.recorded(some)?;
    let known = &reach.known;
    let turns = records.par_iter().filter_map(|record| {
        let old = known.before(eyes, record.id(), Some(record));
        let new = known.after(eyes, record.id(), Some(record));
        Turn::of(record.id(), old, new)
    });
    Ok(turns.collect())
}

/// Takes away and puts in a large number of triples, then sets the mark.
fn load(
    store: &Store,
    taken: Vec<Triple>,
    stated: impl Iterator<Item = Triple>,
    step: &Step<'_>,
) -> Result<(), ApplyError> {
    begin(store)?;
    for some in taken.chunks(step.records * PER_RECORD) {
        let mut transaction = store.start_transaction().map_err(engine)?;
        for triple in some {
            transaction.remove(&in_view(triple.clone()));
        }
        transaction.commit().map_err(engine)?;
    }
    let mut loader = bulk(store, BATCH, 1);
    loader.load_quads(stated.map(in_view)).map_err(engine)?;
    loader.commit().map_err(engine)?;
    end(store, step.mark)
}

/// Marks a view as unfinished.
fn begin(store: &Store) -> Result<(), ApplyError> {
    let standing = Mark::read(store).map_err(ApplyError::Engine)?;
    standing.map_or(Ok(()), |standing| end(store, &standing.unfinished()))
}

/// Sets the mark of a view.
fn end(store: &Store, mark: &Mark) -> Result<(), ApplyError> {
    let mut transaction = store.start_transaction().map_err(engine)?;
    mark.write(&mut transaction).map_err(ApplyError::Engine)?;
    transaction.commit().map_err(engine)
}

/// How many statements the engine makes sorted files of at a time.
#[cfg(not(test))]
pub(super) const BATCH: usize = 32_000;
/// Few, so that tests come to several.
#[cfg(test)]
pub(super) const BATCH: usize = 12;

/// How many triples a record makes, about.
const PER_RECORD: usize = 16;
