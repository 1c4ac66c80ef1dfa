//! What a view shows of the records that objects are made of, and of what stands around them.

use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::properties;
use fieldmark_stix::emit::{self, Others, Statements, by_record};
use fieldmark_store::View;
use oxrdf::Term;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What a view shows: of records that do not go out as they came in, their statements, those of what
/// they lead to, and what leads to them.
pub(super) struct Shown<'a> {
    view: &'a View,
    /// The records it states something of, where all of them are gone through.
    ids: Option<Arc<BTreeSet<RecordId>>>,
    pub(super) records: HashMap<RecordId, Statements>,
    /// The records that go out under another id, by that.
    pub(super) renamed: HashMap<RecordId, RecordId>,
    leading: HashMap<RecordId, Vec<RecordId>>,
}

impl Others for Shown<'_> {
    fn statements(&self, id: &RecordId) -> Option<&Statements> {
        self.records.get(id)
    }

    fn leading_to(&self, id: &RecordId) -> Vec<RecordId> {
        self.leading.get(id).cloned().unwrap_or_default()
    }
}

impl<'a> Shown<'a> {
    pub(super) fn of(view: &'a View, ids: Option<Arc<BTreeSet<RecordId>>>) -> Self {
        Self {
            view,
            ids,
            records: HashMap::new(),
            renamed: HashMap::new(),
            leading: HashMap::new(),
        }
    }

    /// Lets go of all but which records go out under another id.
    pub(super) fn forget(&mut self) {
        self.records = HashMap::new();
        self.leading = HashMap::new();
    }

    fn states(&self, id: &RecordId) -> Result<bool, Problem> {
        match &self.ids {
            Some(ids) => Ok(ids.contains(id)),
            None => Ok(self.records.contains_key(id) || self.view.states(id)?),
        }
    }

    /// Looks up what records state and what stands around them.
    pub(super) fn load<'i>(
        &mut self,
        ids: impl Iterator<Item = &'i RecordId>,
    ) -> Result<(), Problem> {
        let mut wanted: BTreeSet<RecordId> = BTreeSet::new();
        for id in ids {
            if !self.leading.contains_key(id) && self.states(id)? {
                wanted.insert(id.clone());
            }
        }
        self.read(&wanted)?;
        let mut around = BTreeSet::new();
        for id in wanted {
            let leading = self.view.leading_to(&id)?;
            around.extend(leading.iter().cloned());
            around.extend(self.records.get(&id).into_iter().flat_map(leads_to));
            self.leading.insert(id, leading.into_iter().collect());
        }
        self.read(&around)
    }

    fn read(&mut self, ids: &BTreeSet<RecordId>) -> Result<(), Problem> {
        let mut open: BTreeSet<RecordId> = BTreeSet::new();
        for id in ids {
            if !self.records.contains_key(id) && self.states(id)? {
                open.insert(id.clone());
            }
        }
        let ids = open;
        if ids.is_empty() {
            return Ok(());
        }
        for (id, said) in by_record(self.view.statements(Some(&ids))?) {
            let out = emit::id_of(&id, Some(&said));
            if out != id {
                self.renamed.insert(out, id.clone());
            }
            self.records.insert(id, said);
        }
        Ok(())
    }

    /// The object that a claim was taken from, which says it itself.
    pub(super) fn taken_from(&self, id: &RecordId) -> Option<RecordId> {
        let said = self.records.get(id)?;
        said.records(properties::PROV_WAS_DERIVED_FROM.as_str())
            .next()
    }

    /// The record that goes out under an id, where it is shown.
    pub(super) fn behind(&self, id: &RecordId) -> Result<Option<RecordId>, Problem> {
        let own = self.states(id)?.then_some(id);
        Ok(own.or_else(|| self.renamed.get(id)).cloned())
    }
}

/// The records that one's statements, and those of its parts, lead to.
fn leads_to(said: &Statements) -> Vec<RecordId> {
    let parts = said.parts().values().flat_map(|part| part.values());
    let stated = said.own().values().chain(parts).flatten();
    stated
        .filter_map(|term| match term {
            Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
            _ => None,
        })
        .collect()
}
