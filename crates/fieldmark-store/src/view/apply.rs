//! Bringing a view from one entry of the ledger to a later one, touching only what the changes
//! can reach. The result is what a build would give: a property test says so.

use super::build::in_view;
use crate::engine::{states, states_type, subjects};
use crate::error::StoreError;
use crate::index::holdings::Touched;
use crate::ledger::LedgerReader;
use crate::mark::Mark;
use fieldmark_analysis::release::{Eyes, is_pseudonym};
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

/// One record before and after.
pub(super) struct Delta {
    id: RecordId,
    before: Option<Record>,
    after: Option<Record>,
}

impl Delta {
    /// Whether it changes who may see other records, which asks for a rebuild.
    pub fn moves_a_policy(&self) -> bool {
        use fieldmark_analysis::release::policy_of;
        let policy = |record: &Option<Record>| record.as_ref().and_then(policy_of);
        policy(&self.before) != policy(&self.after)
    }
}

/// What changed between entry `seq` and the ledger's head.
pub(super) fn changes(ledger: &LedgerReader, seq: u64) -> Result<Vec<Delta>, StoreError> {
    ledger
        .changed_after(seq)?
        .into_iter()
        .map(|id| {
            Ok(Delta {
                before: ledger.at(&id, seq)?,
                after: ledger.current(&id)?,
                id,
            })
        })
        .collect()
}

/// Applies `deltas` and the new `mark` in one transaction; says where that may have changed who has
/// which features.
pub(super) fn apply(
    store: &Store,
    eyes: &Eyes<'_>,
    deltas: &[Delta],
    ledger: &LedgerReader,
    mark: &Mark,
) -> Result<Touched, ApplyError> {
    let mut reach = Reach::new(store, eyes, deltas, ledger);
    reach.settle()?;
    let mut removed: HashSet<Triple> = HashSet::new();
    let mut stated: HashSet<Triple> = HashSet::new();
    let mut rewritten: HashSet<RecordId> = HashSet::new();
    let mut touched = Touched::default();
    for id in reach.touched()? {
        let (before, after) = reach.both(&id)?;
        let old: HashSet<Triple> = match before {
            Some(record) if reach.was(&id)? => {
                reach.load_was(&record)?;
                eyes.render(&record, |other| reach.was_known(other))
                    .into_iter()
                    .collect()
            }
            _ => HashSet::new(),
        };
        let new: HashSet<Triple> = match after {
            Some(record) if reach.now(&id)? => {
                reach.load_was(&record)?;
                eyes.render(&record, |other| reach.now_known(other))
                    .into_iter()
                    .collect()
            }
            _ => HashSet::new(),
        };
        old.symmetric_difference(&new)
            .for_each(|triple| touched.note(triple));
        removed.extend(old.difference(&new).cloned());
        stated.extend(new);
        rewritten.insert(id);
    }
    let mut transaction = store.start_transaction().map_err(engine)?;
    for triple in removed {
        if !stated.contains(&triple) && !reach.stated_elsewhere(&triple, &rewritten)? {
            transaction.remove(&in_view(triple));
        }
    }
    // All of it, not only what is new: the engine writes 1.50 and 1.5 as one literal, so taking
    // one away may have taken the other.
    for triple in stated {
        transaction.insert(&in_view(triple));
    }
    mark.write(&mut transaction).map_err(ApplyError::Engine)?;
    transaction.commit().map_err(engine)?;
    Ok(touched)
}

/// Which records the deltas reach, and who is visible before and after.
struct Reach<'a> {
    store: &'a Store,
    eyes: &'a Eyes<'a>,
    ledger: &'a LedgerReader,
    deltas: HashMap<&'a RecordId, &'a Delta>,
    /// Visibility after, where it had to be worked out.
    status: HashMap<RecordId, bool>,
    needs: HashMap<RecordId, Vec<RecordId>>,
    was: HashMap<RecordId, bool>,
}

impl<'a> Reach<'a> {
    fn new(
        store: &'a Store,
        eyes: &'a Eyes<'a>,
        deltas: &'a [Delta],
        ledger: &'a LedgerReader,
    ) -> Self {
        let deltas = deltas.iter().map(|delta| (&delta.id, delta)).collect();
        Self {
            store,
            eyes,
            ledger,
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
            let needs = self.deltas[id]
                .after
                .as_ref()
                .and_then(|record| self.eyes.needs(record));
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

    fn both(&self, id: &RecordId) -> Result<(Option<Record>, Option<Record>), ApplyError> {
        Ok(match self.deltas.get(id) {
            Some(delta) => (delta.before.clone(), delta.after.clone()),
            None => {
                let record = self.ledger.current(id)?;
                (record.clone(), record)
            }
        })
    }

    fn wants(&mut self, id: &RecordId, target: &RecordId) -> Result<bool, ApplyError> {
        if !self.needs.contains_key(id) {
            let record = match self.deltas.get(id) {
                Some(delta) => delta.after.clone(),
                None => self.ledger.current(id)?,
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
