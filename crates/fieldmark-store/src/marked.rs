//! Under which markings stands what is shown of one record.

use fieldmark_analysis::release::Policies;
use fieldmark_model::{Audience, RecordId, Tlp};
use fieldmark_rdf::Record;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The markings of something that is shown: the strictest level of TLP, and other policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marking {
    tlp: Option<Tlp>,
    policies: BTreeSet<String>,
}

impl Marking {
    /// That of what stands under a policy, where the audience may see that.
    fn of_policy(iri: &str, policies: &Policies, audience: &Audience) -> Option<Self> {
        let policy = policies.get(iri);
        let id = RecordId::from_iri(iri);
        let built_in = id.is_some_and(|id| Tlp::of_marking(id.as_str()).is_some());
        let own = (!built_in).then(|| levels(&[iri.to_owned()]));
        audience.sees(policy).then(|| Self {
            tlp: policy.map(|policy| policy.tlp),
            policies: own.into_iter().collect(),
        })
    }

    /// That of what an audience sees of something whose statements stand under these policies.
    pub(crate) fn of_policies<'a>(
        all: impl IntoIterator<Item = &'a str>,
        policies: &Policies,
        audience: &Audience,
    ) -> Self {
        let mut together = Self::default();
        all.into_iter()
            .filter_map(|iri| Self::of_policy(iri, policies, audience))
            .for_each(|one| together.and(&one));
        together
    }

    /// The marking of both together.
    pub fn and(&mut self, other: &Self) {
        self.tlp = self.tlp.max(other.tlp);
        self.policies.extend(other.policies.iter().cloned());
    }

    /// The strictest level of TLP.
    pub fn tlp(&self) -> Option<Tlp> {
        self.tlp
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
    /// Those of the statements that are marked otherwise than the whole.
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

    /// The markings of what an audience sees of a record.
    pub(crate) fn of_record(record: &Record, policies: &Policies, audience: &Audience) -> Self {
        let mut by_policy: BTreeMap<&str, Option<Marking>> = BTreeMap::new();
        let mut marked = Self::default();
        for quad in record.quads() {
            let Some(iri) = policy_of(quad) else { continue };
            by_policy
                .entry(iri)
                .or_insert_with(|| Marking::of_policy(iri, policies, audience));
        }
        by_policy
            .values()
            .flatten()
            .for_each(|one| marked.all.and(one));
        if by_policy.values().flatten().all(|one| *one == marked.all) {
            return marked;
        }
        for quad in record.quads() {
            let Some(Some(one)) = policy_of(quad).and_then(|iri| by_policy.get(iri)) else {
                continue;
            };
            let key = (
                quad.subject.clone(),
                quad.predicate.clone(),
                quad.object.clone(),
            );
            marked.statements.entry(key).or_default().and(one);
        }
        let Self { all, statements } = &mut marked;
        statements.retain(|_, one| one != all);
        marked
    }

    /// How many statements are marked otherwise than the whole.
    pub(crate) fn apart(&self) -> usize {
        self.statements.len()
    }
}

fn policy_of(quad: &Quad) -> Option<&str> {
    match &quad.graph_name {
        GraphName::NamedNode(node) => Some(node.as_str()),
        _ => None,
    }
}

/// Policies by their TLP names where they are TLP's, else by their ids.
pub fn levels(policies: &[String]) -> String {
    policies
        .iter()
        .map(|iri| {
            let id = RecordId::from_iri(iri);
            let level = id.as_ref().and_then(|id| Tlp::of_marking(id.as_str()));
            match (level, id) {
                (Some(level), _) => level.to_string(),
                (None, Some(id)) => id.to_string(),
                (None, None) => iri.clone(),
            }
        })
        .collect::<Vec<_>>()
        .join(" + ")
}
