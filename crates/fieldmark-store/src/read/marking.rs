//! Under which markings stands what a view shows.
//!
//! A view holds statements without their policies, so the ledger is asked, and only of what this
//! audience sees.

use super::ReadError;
use crate::allow::levels;
use crate::ledger::LedgerReader;
use crate::view::View;
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::Record;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeSet, HashMap};

/// The markings of something that is shown: the strictest level of TLP, and other policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marking {
    tlp: Option<Tlp>,
    policies: BTreeSet<String>,
}

impl Marking {
    /// The marking of both together.
    pub fn and(&mut self, other: &Self) {
        self.tlp = self.tlp.max(other.tlp);
        self.policies.extend(other.policies.iter().cloned());
    }

    /// As people write it: `TLP:AMBER`, and the ids of other policies behind it. Nothing of
    /// nothing.
    pub fn name(&self) -> Option<String> {
        let level = self.tlp.map(|level| level.to_string());
        let all: Vec<String> = level.into_iter().chain(self.policies.clone()).collect();
        (!all.is_empty()).then(|| all.join(" + "))
    }
}

/// The markings of one record's statements, as far as they are shown.
#[derive(Clone, Debug, Default)]
pub struct Marked {
    all: Marking,
    statements: HashMap<(NamedOrBlankNode, NamedNode, Term), Marking>,
}

impl Marked {
    /// The marking of all that is shown of the record.
    pub fn all(&self) -> &Marking {
        &self.all
    }

    /// The marking of one of its own statements; that of the whole where nobody can say.
    pub fn of(&self, subject: &str, predicate: NamedNodeRef<'_>, object: &Term) -> &Marking {
        let subject = NamedNode::new_unchecked(subject).into();
        self.statements
            .get(&(subject, predicate.into_owned(), object.clone()))
            .unwrap_or(&self.all)
    }
}

/// The markings of several records.
#[derive(Clone, Debug, Default)]
pub struct Markings(HashMap<RecordId, Marked>);

impl Markings {
    /// Those of one record, statement by statement; none of what is not among them.
    pub fn get(&self, id: &RecordId) -> Option<&Marked> {
        self.0.get(id)
    }

    /// The marking of one record, as people write it.
    pub fn name(&self, id: &RecordId) -> Option<String> {
        self.get(id)?.all().name()
    }

    /// The marking of all of them together.
    pub fn together(&self) -> Marking {
        let mut all = Marking::default();
        self.0.values().for_each(|one| all.and(one.all()));
        all
    }
}

impl View {
    /// The markings of what this view shows of each record. As many look-ups as there are records.
    pub fn markings(&self, ids: impl IntoIterator<Item = RecordId>) -> Result<Markings, ReadError> {
        let ledger = LedgerReader::open(self.ledger()).map_err(ReadError::engine)?;
        let policies = ledger.policies().map_err(ReadError::engine)?;
        let mut out = HashMap::new();
        for id in ids.into_iter().collect::<BTreeSet<_>>() {
            let Some(record) = ledger.current(&id).map_err(ReadError::engine)? else {
                continue;
            };
            out.insert(id, self.marked(&record, &policies));
        }
        Ok(Markings(out))
    }

    /// The marking of all that this view shows of these records.
    pub fn marking(&self, ids: impl IntoIterator<Item = RecordId>) -> Result<Marking, ReadError> {
        Ok(self.markings(ids)?.together())
    }

    fn marked(&self, record: &Record, policies: &fieldmark_analysis::release::Policies) -> Marked {
        let mut marked = Marked::default();
        for quad in record.quads() {
            let Some(iri) = policy_of(quad) else { continue };
            let policy = policies.get(iri);
            if !self.whole_audience().sees(policy) {
                continue;
            }
            let built_in =
                RecordId::from_iri(iri).is_some_and(|id| Tlp::of_marking(id.as_str()).is_some());
            let mut one = Marking {
                tlp: policy.map(|policy| policy.tlp),
                policies: BTreeSet::new(),
            };
            if !built_in {
                one.policies.insert(levels(&[iri.to_owned()]));
            }
            marked.all.and(&one);
            let key = (
                quad.subject.clone(),
                quad.predicate.clone(),
                quad.object.clone(),
            );
            marked.statements.entry(key).or_default().and(&one);
        }
        marked
    }
}

fn policy_of(quad: &Quad) -> Option<&str> {
    match &quad.graph_name {
        GraphName::NamedNode(node) => Some(node.as_str()),
        _ => None,
    }
}
