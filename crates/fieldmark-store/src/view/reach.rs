//! Which records the changes of a step reach, and who is visible before and after.

use super::changes::Changes;
use crate::engine::{states, states_type, subjects};
use crate::error::StoreError;
use crate::ledger::{Changed, LedgerReader};
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

/// Whether records are visible, where that differs from what a store says.
pub(super) type Shown = HashMap<RecordId, bool>;

/// Who is visible before and after, as far as it was looked up.
#[derive(Default)]
pub(super) struct Known {
    /// Visibility after, where it had to be worked out.
    pub status: Shown,
    was: HashMap<RecordId, bool>,
}

impl Known {
    pub fn was(&self, id: &RecordId) -> bool {
        self.was.get(id).copied().unwrap_or(false)
    }

    fn now(&self, id: &RecordId) -> bool {
        self.status.get(id).copied().unwrap_or_else(|| self.was(id))
    }

    /// What a record that stood so states in the view before, once what that depends on is known.
    pub fn before(&self, eyes: &Eyes<'_>, id: &RecordId, stood: Option<&Record>) -> Vec<Triple> {
        let stood = stood.filter(|_| self.was(id));
        stood.map_or_else(Vec::new, |record| eyes.render(record, |id| self.was(id)))
    }

    /// What it states after, when it stands so.
    pub fn after(&self, eyes: &Eyes<'_>, id: &RecordId, stands: Option<&Record>) -> Vec<Triple> {
        let stands = stands.filter(|_| self.now(id));
        stands.map_or_else(Vec::new, |record| eyes.render(record, |id| self.now(id)))
    }
}

/// Which records the changes reach, and who is visible before and after.
pub(super) struct Reach<'a> {
    store: &'a Store,
    eyes: &'a Eyes<'a>,
    ledger: &'a LedgerReader,
    pub changes: HashMap<&'a RecordId, &'a Changed>,
    shown: &'a Shown,
    pub known: Known,
    needs: HashMap<RecordId, Vec<RecordId>>,
    referrers: HashMap<RecordId, Vec<RecordId>>,
}

impl<'a> Reach<'a> {
    /// For changes whose records `ledger` holds, in a view that holds what `store` does and what `shown`
    /// says beside it.
    pub fn new(
        store: &'a Store,
        eyes: &'a Eyes<'a>,
        ledger: &'a LedgerReader,
        changes: &'a Changes,
        shown: &'a Shown,
    ) -> Self {
        let records = &changes.records;
        let new = records.iter().filter(|changed| changed.before.is_none());
        Self {
            store,
            eyes,
            ledger,
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
    pub fn settle(&mut self) -> Result<(), ApplyError> {
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
    pub fn touched(&mut self) -> Result<HashSet<RecordId>, ApplyError> {
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

    /// A record as it stands after.
    fn stands(&self, id: &RecordId) -> Result<Option<Record>, ApplyError> {
        match self.changes.get(id) {
            Some(changed) => Ok(changed.after.clone()),
            None => Ok(self.ledger.current(id)?),
        }
    }

    /// Some records as they stand, and what rendering them will ask.
    pub fn recorded(&mut self, some: &[RecordId]) -> Result<Vec<Record>, ApplyError> {
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

    pub fn now(&mut self, id: &RecordId) -> Result<bool, ApplyError> {
        match self.known.status.get(id) {
            Some(now) => Ok(*now),
            None => self.was(id),
        }
    }

    /// A record was visible when the view states its type, or is about to.
    pub fn was(&mut self, id: &RecordId) -> Result<bool, ApplyError> {
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
    pub fn load_was(&mut self, record: Option<&Record>) -> Result<(), ApplyError> {
        for target in record.into_iter().flat_map(Record::references) {
            self.was(&target)?;
        }
        Ok(())
    }

    /// Whether a record outside `rewritten` also yields this triple. Only two kinds of triple
    /// can have several owners: the direct edge of a relationship, and what is said of a
    /// pseudonym.
    pub fn stated_elsewhere(
        &mut self,
        triple: &Triple,
        rewritten: &HashSet<&RecordId>,
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
            && let Some(record) = self.stands(&owner)?
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
        rewritten: &HashSet<&RecordId>,
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

/// What the engine says is wrong.
pub(super) fn engine(error: impl ToString) -> ApplyError {
    ApplyError::Engine(error.to_string())
}
