//! Bringing a view from one entry of the ledger to a later one, touching only what the changes
//! can reach. The result is what a build would give: a property test says so.

use super::build::in_view;
use crate::engine::{states, states_type, subjects};
use crate::error::StoreError;
use crate::index::holdings::Touched;
use crate::ledger::LedgerReader;
use crate::mark::Mark;
use fieldmark_analysis::release::{Eyes, is_pseudonym, policy_of};
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::{EDGES, properties};
use oxigraph::model::{NamedNode, NamedOrBlankNode, Triple};
use oxigraph::store::Store;
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

/// One record before and after, as far as the ledger has to be read only once for it.
pub(super) struct Delta {
    id: RecordId,
    is_new: bool,
    /// What it needs now to be visible; none when it is not.
    needs: Option<Vec<RecordId>>,
    moves_a_policy: bool,
}

impl Delta {
    /// Whether it changes who may see other records, which asks for a rebuild.
    pub fn moves_a_policy(&self) -> bool {
        self.moves_a_policy
    }
}

/// What changed after entry `seq`.
pub(super) fn changes(
    ledger: &LedgerReader,
    eyes: &Eyes<'_>,
    seq: u64,
) -> Result<Vec<Delta>, StoreError> {
    ledger
        .changed_after(seq)?
        .into_iter()
        .map(|id| {
            let (before, after) = (ledger.at(&id, seq)?, ledger.current(&id)?);
            let policy = |record: &Option<Record>| record.as_ref().and_then(policy_of);
            Ok(Delta {
                moves_a_policy: policy(&before) != policy(&after),
                needs: after.and_then(|record| eyes.needs(&record)),
                is_new: before.is_none(),
                id,
            })
        })
        .collect()
}

/// From which entry to which a view is brought.
pub(super) struct Step<'a> {
    pub ledger: &'a LedgerReader,
    /// The last entry it holds.
    pub from: u64,
    /// What it holds after.
    pub mark: &'a Mark,
    /// How many records one transaction takes.
    pub records: usize,
}

/// Applies `deltas` and the new mark; says where that may have changed who has which features.
///
/// Who is visible is worked out once for all of them. Then what is no longer stated is taken away,
/// and after that what is stated now is put in, `records` records a transaction: one of a whole
/// import takes longer for each statement the more there are. The mark comes with the last; before
/// the first of several the view is marked as unfinished, and made anew should it stay so.
pub(super) fn apply(
    store: &Store,
    eyes: &Eyes<'_>,
    deltas: &[Delta],
    step: &Step<'_>,
) -> Result<Touched, ApplyError> {
    let mut reach = Reach::new(store, eyes, deltas, step);
    reach.settle()?;
    let touched: Vec<RecordId> = reach.touched()?.into_iter().collect();
    let rewritten: HashSet<RecordId> = touched.iter().cloned().collect();
    let mut noted = Touched::default();
    if touched.len() > step.records {
        let standing = Mark::read(store).map_err(ApplyError::Engine)?;
        let mut transaction = store.start_transaction().map_err(engine)?;
        if let Some(standing) = standing {
            standing
                .unfinished()
                .write(&mut transaction)
                .map_err(ApplyError::Engine)?;
        }
        transaction.commit().map_err(engine)?;
    }
    // Only what was there before can be taken away.
    let earlier: Vec<&RecordId> = touched.iter().filter(|id| !reach.is_new(id)).collect();
    let alone = touched.len() <= step.records;
    let mut waiting: Vec<Triple> = Vec::new();
    for some in earlier.chunks(step.records) {
        let mut gone: HashSet<Triple> = HashSet::new();
        for id in some {
            let (old, new) = reach.rendered(id)?;
            for triple in old.difference(&new) {
                noted.note(triple);
                gone.insert(triple.clone());
            }
        }
        let mut taken = Vec::new();
        for triple in gone {
            if !reach.stated_elsewhere(&triple, &rewritten)? {
                taken.push(triple);
            }
        }
        match alone {
            true => waiting = taken,
            false => {
                let mut transaction = store.start_transaction().map_err(engine)?;
                for triple in taken {
                    transaction.remove(&in_view(triple));
                }
                transaction.commit().map_err(engine)?;
            }
        }
    }
    let mut rest = touched.as_slice();
    loop {
        let (some, more) = rest.split_at(rest.len().min(step.records));
        rest = more;
        let mut stated: HashSet<Triple> = HashSet::new();
        for id in some {
            let (old, new) = reach.rendered(id)?;
            new.difference(&old).for_each(|triple| noted.note(triple));
            stated.extend(new);
        }
        let mut transaction = store.start_transaction().map_err(engine)?;
        for triple in std::mem::take(&mut waiting) {
            if !stated.contains(&triple) {
                transaction.remove(&in_view(triple));
            }
        }
        // All of it, not only what is new: the engine writes 1.50 and 1.5 as one literal, so taking
        // one away may have taken the other.
        for triple in stated {
            transaction.insert(&in_view(triple));
        }
        if rest.is_empty() {
            step.mark
                .write(&mut transaction)
                .map_err(ApplyError::Engine)?;
        }
        transaction.commit().map_err(engine)?;
        if rest.is_empty() {
            return Ok(noted);
        }
    }
}

/// Which records the deltas reach, and who is visible before and after.
struct Reach<'a> {
    store: &'a Store,
    eyes: &'a Eyes<'a>,
    ledger: &'a LedgerReader,
    from: u64,
    deltas: HashMap<&'a RecordId, &'a Delta>,
    /// Visibility after, where it had to be worked out.
    status: HashMap<RecordId, bool>,
    needs: HashMap<RecordId, Vec<RecordId>>,
    was: HashMap<RecordId, bool>,
}

impl<'a> Reach<'a> {
    fn new(store: &'a Store, eyes: &'a Eyes<'a>, deltas: &'a [Delta], step: &Step<'a>) -> Self {
        let deltas = deltas.iter().map(|delta| (&delta.id, delta)).collect();
        Self {
            store,
            eyes,
            ledger: step.ledger,
            from: step.from,
            deltas,
            status: HashMap::new(),
            needs: HashMap::new(),
            was: HashMap::new(),
        }
    }

    /// Works out who is visible after, for everyone the deltas can reach: first as if all that
    /// might become visible were, then taking away whoever lacks what it needs. That is the same
    /// greatest fixpoint as a build's.
    fn settle(&mut self) -> Result<(), ApplyError> {
        let ids: Vec<&RecordId> = self.deltas.keys().copied().collect();
        let mut rising = Vec::new();
        for id in ids {
            let needs = self.deltas[id].needs.clone();
            self.status.insert(id.clone(), needs.is_some());
            if let Some(needs) = needs {
                self.needs.insert(id.clone(), needs);
                if !self.was(id)? {
                    rising.push(id.clone());
                }
            }
        }
        while let Some(id) = rising.pop() {
            for dependent in self.ledger.referrers(&id)? {
                if self.status.contains_key(&dependent) || self.was(&dependent)? {
                    continue;
                }
                if self.wants(&dependent, &id)? {
                    self.status.insert(dependent.clone(), true);
                    rising.push(dependent);
                }
            }
        }
        let mut open: Vec<RecordId> = self.status.keys().cloned().collect();
        let mut fallen = Vec::new();
        for id in open.drain(..) {
            if !self.status[&id] {
                fallen.push(id);
            } else if !self.satisfied(&id)? {
                self.status.insert(id.clone(), false);
                fallen.push(id);
            }
        }
        while let Some(id) = fallen.pop() {
            for dependent in self.ledger.referrers(&id)? {
                if self.now(&dependent)? && self.wants(&dependent, &id)? {
                    self.status.insert(dependent.clone(), false);
                    fallen.push(dependent);
                }
            }
        }
        Ok(())
    }

    /// The changed records, those whose visibility turned, and whoever mentions one of these.
    fn touched(&mut self) -> Result<HashSet<RecordId>, ApplyError> {
        let mut touched: HashSet<RecordId> = self.deltas.keys().copied().cloned().collect();
        let settled: Vec<(RecordId, bool)> = self
            .status
            .iter()
            .map(|(id, now)| (id.clone(), *now))
            .collect();
        for (id, now) in settled {
            if self.was(&id)? != now {
                touched.extend(self.ledger.referrers(&id)?);
                touched.insert(id);
            }
        }
        Ok(touched)
    }

    /// Whether a record was not there before.
    fn is_new(&self, id: &RecordId) -> bool {
        self.deltas.get(id).is_some_and(|delta| delta.is_new)
    }

    fn both(&self, id: &RecordId) -> Result<(Option<Record>, Option<Record>), ApplyError> {
        let after = self.ledger.current(id)?;
        Ok(match self.deltas.get(id) {
            Some(delta) if delta.is_new => (None, after),
            Some(_) => (self.ledger.at(id, self.from)?, after),
            None => (after.clone(), after),
        })
    }

    /// What a record states in the view, before and after.
    fn rendered(
        &mut self,
        id: &RecordId,
    ) -> Result<(HashSet<Triple>, HashSet<Triple>), ApplyError> {
        let (before, after) = self.both(id)?;
        let old = match before {
            Some(record) if self.was(id)? => {
                self.load_was(&record)?;
                let triples = self.eyes.render(&record, |other| self.was_known(other));
                triples.into_iter().collect()
            }
            _ => HashSet::new(),
        };
        let new = match after {
            Some(record) if self.now(id)? => {
                self.load_was(&record)?;
                let triples = self.eyes.render(&record, |other| self.now_known(other));
                triples.into_iter().collect()
            }
            _ => HashSet::new(),
        };
        Ok((old, new))
    }

    fn wants(&mut self, id: &RecordId, target: &RecordId) -> Result<bool, ApplyError> {
        if !self.needs.contains_key(id) {
            let needs = match self.deltas.get(id) {
                Some(delta) => delta.needs.clone(),
                None => {
                    let record = self.ledger.current(id)?;
                    record.and_then(|record| self.eyes.needs(&record))
                }
            };
            let Some(needs) = needs else {
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
        match self.status.get(id) {
            Some(now) => Ok(*now),
            None => self.was(id),
        }
    }

    /// A record was visible when the view states its type.
    fn was(&mut self, id: &RecordId) -> Result<bool, ApplyError> {
        if let Some(was) = self.was.get(id) {
            return Ok(*was);
        }
        let was = states_type(self.store, id).map_err(ApplyError::Engine)?;
        self.was.insert(id.clone(), was);
        Ok(was)
    }

    /// Looks up beforehand what rendering a record will ask, since rendering cannot fail.
    fn load_was(&mut self, record: &Record) -> Result<(), ApplyError> {
        for target in record.references() {
            self.was(&target)?;
        }
        Ok(())
    }

    fn was_known(&self, id: &RecordId) -> bool {
        self.was.get(id).copied().unwrap_or(false)
    }

    fn now_known(&self, id: &RecordId) -> bool {
        self.status
            .get(id)
            .copied()
            .unwrap_or_else(|| self.was_known(id))
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
            self.load_was(&record)?;
            if self
                .eyes
                .render(&record, |id| self.now_known(id))
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
