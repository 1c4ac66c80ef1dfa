//! Bringing a view from one entry of the ledger to a later one, touching only what the changes
//! can reach. The result is what a build would give: a property test says so.

use super::build::in_view;
use super::changes::Changes;
use crate::engine::{bulk, states, states_type, subjects};
use crate::error::StoreError;
use crate::index::holdings::Touched;
use crate::index::recent::Stale;
use crate::ledger::{Changed, LedgerReader};
use crate::mark::Mark;
use fieldmark_analysis::release::{Eyes, is_pseudonym};
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::{EDGES, properties};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, Triple};
use oxigraph::store::Store;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// What stopped an application.
pub(super) enum ApplyError {
    Engine(String),
    Ledger(StoreError),
}

impl From<StoreError> for ApplyError {
    fn from(error: StoreError) -> Self {
        Self::Ledger(error)
    }
}

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

/// Whether records are visible, where that differs from what a store says.
pub(super) type Shown = HashMap<RecordId, bool>;

/// How what one record states in a view turns.
struct Turn {
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
    fn of(old: Vec<Triple>, new: Vec<Triple>) -> Option<Self> {
        let old: HashSet<Triple> = old.into_iter().collect();
        let new: HashSet<Triple> = new.into_iter().collect();
        let gone: Vec<Triple> = old.difference(&new).cloned().collect();
        let (stays, came): (Vec<Triple>, Vec<Triple>) =
            new.into_iter().partition(|triple| old.contains(triple));
        (!gone.is_empty() || !came.is_empty()).then(|| Self {
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
    /// Those that changed and were not, and so take nothing away: most of a large input.
    fresh: Vec<&'a Changed>,
    /// Those that became visible as others changed.
    risen: Vec<RecordId>,
    /// All of these.
    rewritten: HashSet<RecordId>,
    noted: Touched,
    stale: Stale,
}

/// How many records are rendered at a time. As many may have to be as the ledger has, when what they
/// all mention becomes visible.
#[cfg(not(test))]
const AT_ONCE: usize = 256;
#[cfg(test)]
const AT_ONCE: usize = 3;

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
        let mut reach = Reach::new(store, eyes, step, shown);
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
            Turn::of(old, known.after(eyes, &changed.id, changed.after.as_ref()))
        }));
        let rewritten = reach.changes.keys().map(|id| (*id).clone());
        let rewritten = rewritten.chain(others.iter().cloned()).collect();
        let (mut standing, mut risen) = (Vec::new(), Vec::new());
        for id in others {
            match (reach.was(&id)?, reach.now(&id)?) {
                (true, _) => standing.push(id),
                (false, true) => risen.push(id),
                (false, false) => {}
            }
        }
        for some in standing.chunks(AT_ONCE) {
            let records = reach.recorded(some)?;
            let known = &reach.known;
            turns.par_extend(records.par_iter().filter_map(|record| {
                let old = known.before(eyes, record.id(), Some(record));
                Turn::of(old, known.after(eyes, record.id(), Some(record)))
            }));
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
            fresh,
            risen,
            rewritten,
            noted: Touched::default(),
            stale,
        })
    }

    /// Whether nothing is taken away.
    pub fn only_adds(&self) -> bool {
        self.turns.iter().all(|turn| turn.gone.is_empty())
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
        let few = turns.len() + self.fresh.len() + self.risen.len() <= step.records;
        let mut gone: HashSet<&Triple> = HashSet::new();
        for turn in &turns {
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
            if !self.reach.stated_elsewhere(triple, &self.rewritten)? {
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

    /// Hands on what records state that were not visible before; a statement twice where a record
    /// makes it under two markings.
    fn each_new(
        &mut self,
        with: &mut dyn FnMut(&mut Self, Triple) -> Result<(), ApplyError>,
    ) -> Result<(), ApplyError> {
        let eyes = self.eyes;
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
pub(super) fn end(store: &Store, mark: &Mark) -> Result<(), ApplyError> {
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

/// Who is visible before and after, as far as it was looked up.
#[derive(Default)]
struct Known {
    /// Visibility after, where it had to be worked out.
    status: Shown,
    was: HashMap<RecordId, bool>,
}

impl Known {
    fn was(&self, id: &RecordId) -> bool {
        self.was.get(id).copied().unwrap_or(false)
    }

    fn now(&self, id: &RecordId) -> bool {
        self.status.get(id).copied().unwrap_or_else(|| self.was(id))
    }

    /// What a record that stood so states in the view before, once what that depends on is known.
    fn before(&self, eyes: &Eyes<'_>, id: &RecordId, stood: Option<&Record>) -> Vec<Triple> {
        let stood = stood.filter(|_| self.was(id));
        stood.map_or_else(Vec::new, |record| eyes.render(record, |id| self.was(id)))
    }

    /// What it states after, when it stands so.
    fn after(&self, eyes: &Eyes<'_>, id: &RecordId, stands: Option<&Record>) -> Vec<Triple> {
        let stands = stands.filter(|_| self.now(id));
        stands.map_or_else(Vec::new, |record| eyes.render(record, |id| self.now(id)))
    }
}

/// Which records the changes reach, and who is visible before and after.
struct Reach<'a> {
    store: &'a Store,
    eyes: &'a Eyes<'a>,
    ledger: &'a LedgerReader,
    changes: HashMap<&'a RecordId, &'a Changed>,
    shown: &'a Shown,
    known: Known,
    needs: HashMap<RecordId, Vec<RecordId>>,
    referrers: HashMap<RecordId, Vec<RecordId>>,
}

impl<'a> Reach<'a> {
    fn new(store: &'a Store, eyes: &'a Eyes<'a>, step: &Step<'a>, shown: &'a Shown) -> Self {
        let records = &step.changes.records;
        let new = records.iter().filter(|changed| changed.before.is_none());
        Self {
            store,
            eyes,
            ledger: step.ledger,
            changes: records
                .iter()
                .map(|changed| (&changed.id, changed))
                .collect(),
            shown,
            known: Known {
                status: HashMap::new(),
                was: new.map(|changed| (changed.id.clone(), false)).collect(),
            },
            needs: HashMap::new(),
            referrers: HashMap::new(),
        }
    }

    /// Works out who is visible after, for everyone the deltas can reach: first as if all that
    /// might become visible were, then taking away whoever lacks what it needs. That is the same
    /// greatest fixpoint as a build's.
    fn settle(&mut self) -> Result<(), ApplyError> {
        let changed: Vec<&Changed> = self.changes.values().copied().collect();
        let mut rising = Vec::new();
        for Changed { id, after, .. } in changed {
            let needs = after.as_ref().and_then(|record| self.eyes.needs(record));
            self.known.status.insert(id.clone(), needs.is_some());
            if let Some(needs) = needs {
                self.needs.insert(id.clone(), needs);
                if !self.was(id)? {
                    rising.push(id.clone());
                }
            }
        }
        while let Some(id) = rising.pop() {
            for dependent in self.others_naming(&id)? {
                if self.known.status.contains_key(&dependent) || self.was(&dependent)? {
                    continue;
                }
                if self.wants(&dependent, &id)? {
                    self.known.status.insert(dependent.clone(), true);
                    rising.push(dependent);
                }
            }
        }
        let mut open: Vec<RecordId> = self.known.status.keys().cloned().collect();
        let mut fallen = Vec::new();
        for id in open.drain(..) {
            if !self.known.status[&id] {
                fallen.push(id);
            } else if !self.satisfied(&id)? {
                self.known.status.insert(id.clone(), false);
                fallen.push(id);
            }
        }
        while let Some(id) = fallen.pop() {
            for dependent in self.referrers(&id)? {
                if self.now(&dependent)? && self.wants(&dependent, &id)? {
                    self.known.status.insert(dependent.clone(), false);
                    fallen.push(dependent);
                }
            }
        }
        Ok(())
    }

    /// Those beside the changed records that may state something else: whose visibility turned, and
    /// who mentions one of these.
    fn touched(&mut self) -> Result<HashSet<RecordId>, ApplyError> {
        let mut others: HashSet<RecordId> = HashSet::new();
        let settled: Vec<(RecordId, bool)> = self
            .known
            .status
            .iter()
            .map(|(id, now)| (id.clone(), *now))
            .collect();
        for (id, now) in settled {
            if self.was(&id)? != now {
                others.extend(self.others_naming(&id)?);
                others.insert(id);
            }
        }
        others.retain(|id| !self.changes.contains_key(id));
        Ok(others)
    }

    /// Some records as they stand, and what rendering them will ask.
    fn recorded(&mut self, some: &[RecordId]) -> Result<Vec<Record>, ApplyError> {
        let mut records = Vec::new();
        for id in some {
            records.extend(self.ledger.current(id)?);
        }
        for record in &records {
            self.load_was(Some(record))?;
        }
        Ok(records)
    }

    /// The records whose current revision mentions one.
    fn referrers(&mut self, id: &RecordId) -> Result<Vec<RecordId>, ApplyError> {
        if let Some(known) = self.referrers.get(id) {
            return Ok(known.clone());
        }
        let found = self.ledger.referrers(id)?;
        self.referrers.insert(id.clone(), found.clone());
        Ok(found)
    }

    /// Those of them that did not change themselves, and maybe others; most of what comes in no
    /// record has mentioned before, and the ledger need not be asked.
    fn others_naming(&mut self, id: &RecordId) -> Result<Vec<RecordId>, ApplyError> {
        match self.changes.get(id) {
            Some(changed) if !changed.named => Ok(Vec::new()),
            _ => self.referrers(id),
        }
    }

    fn wants(&mut self, id: &RecordId, target: &RecordId) -> Result<bool, ApplyError> {
        if !self.needs.contains_key(id) {
            // What changed had its needs noted when it was found to be visible.
            let record = match self.changes.contains_key(id) {
                true => None,
                false => self.ledger.current(id)?,
            };
            let Some(needs) = record.and_then(|record| self.eyes.needs(&record)) else {
                return Ok(false);
            };
            self.needs.insert(id.clone(), needs);
        }
        Ok(self.needs[id].contains(target))
    }

    fn satisfied(&mut self, id: &RecordId) -> Result<bool, ApplyError> {
        for target in self.needs.get(id).cloned().unwrap_or_default() {
            if !self.now(&target)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn now(&mut self, id: &RecordId) -> Result<bool, ApplyError> {
        match self.known.status.get(id) {
            Some(now) => Ok(*now),
            None => self.was(id),
        }
    }

    /// A record was visible when the view states its type, or is about to.
    fn was(&mut self, id: &RecordId) -> Result<bool, ApplyError> {
        if let Some(was) = self.known.was.get(id) {
            return Ok(*was);
        }
        let was = match self.shown.get(id) {
            Some(was) => *was,
            None => states_type(self.store, id).map_err(ApplyError::Engine)?,
        };
        self.known.was.insert(id.clone(), was);
        Ok(was)
    }

    /// Looks up beforehand what rendering a record will ask, since rendering cannot fail.
    fn load_was(&mut self, record: Option<&Record>) -> Result<(), ApplyError> {
        for target in record.into_iter().flat_map(Record::references) {
            self.was(&target)?;
        }
        Ok(())
    }

    /// Whether a record outside `rewritten` also yields this triple. Only two kinds of triple
    /// can have several owners: the direct edge of a relationship, and what is said of a
    /// pseudonym.
    fn stated_elsewhere(
        &mut self,
        triple: &Triple,
        rewritten: &HashSet<RecordId>,
    ) -> Result<bool, ApplyError> {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            return Ok(false);
        };
        let Some(owner) = RecordId::owner_of(subject.as_str()) else {
            return Ok(false);
        };
        let predicate = triple.predicate.as_ref();
        if self.pseudonym_in_use(subject, rewritten)? {
            return Ok(true);
        }
        let Some((kind, _)) = EDGES.iter().find(|(_, edge)| *edge == predicate) else {
            return Ok(false);
        };
        if !rewritten.contains(&owner)
            && self.now(&owner)?
            && let Some(record) = self.ledger.current(&owner)?
        {
            self.load_was(Some(&record))?;
            if self
                .eyes
                .render(&record, |id| self.known.now(id))
                .contains(triple)
            {
                return Ok(true);
            }
        }
        let from = subjects(
            self.store,
            properties::STIX_SOURCE_REF,
            subject.as_ref().into(),
        );
        for relationship in from.map_err(engine)? {
            let Some(id) = RecordId::owner_of(relationship.as_str()) else {
                continue;
            };
            if rewritten.contains(&id) {
                continue;
            }
            let kind = oxigraph::model::Literal::from(*kind);
            let holds = |property, value| {
                states(self.store, relationship.as_ref(), property, value).map_err(engine)
            };
            if holds(properties::STIX_TARGET_REF, triple.object.as_ref())?
                && holds(properties::STIX_RELATIONSHIP_TYPE, kind.as_ref().into())?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn pseudonym_in_use(
        &self,
        node: &NamedNode,
        rewritten: &HashSet<RecordId>,
    ) -> Result<bool, ApplyError> {
        if !RecordId::from_iri(node.as_str()).is_some_and(|id| is_pseudonym(&id)) {
            return Ok(false);
        }
        for by in [properties::FM_ASSESSOR, properties::FM_EVIDENCE] {
            let claims = subjects(self.store, by, node.as_ref().into()).map_err(engine)?;
            if claims.iter().any(|claim| {
                RecordId::owner_of(claim.as_str()).is_some_and(|id| !rewritten.contains(&id))
            }) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn engine(error: impl ToString) -> ApplyError {
    ApplyError::Engine(error.to_string())
}
