//! The dossier of a subject: every claim about it, by what is claimed, and what they come to.

use super::evidence::Scale;
use super::lens::{Lens, Sames};
use super::{Node, ReadError};
use crate::view::View;
use fieldmark_analysis::lines::{Rule, Weighing, weigh};
use fieldmark_model::date::during;
use fieldmark_model::{Certainty, Claim, ClaimKind, Edtf, Polarity, RecordId};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// How a dossier is to be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// How lines are combined.
    pub rule: Rule,
    /// The scale whose words the headlines use, by short name or IRI.
    pub scale: String,
    /// Only what had certainly been asserted by the end of this date.
    pub asserted_by: Option<Edtf>,
    /// What else is taken for the subject.
    pub lens: Lens,
}

impl Default for Reading {
    /// The default rule, in the words of ICD 203, at any time, of the subject alone.
    fn default() -> Self {
        Self {
            rule: Rule::Ledger,
            scale: "icd203".to_owned(),
            asserted_by: None,
            lens: Lens::default(),
        }
    }
}

/// Under which heading of a dossier something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// About the subject itself.
    Own,
    /// About a name it goes by.
    Label,
    /// About what passes for the same under the lens.
    Same,
    /// About what it consists of: the network that carried it out, its videos, its accounts.
    Part,
    /// One hop on: who is behind what it is claimed to be.
    Hop,
}

/// Every claim about a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Dossier {
    /// The subject.
    pub subject: Arc<Node>,
    /// The scale whose words the headlines use.
    pub scale: Scale,
    /// What passes for the same under the lens.
    pub same: Sames,
    /// What it consists of, and what passes for the same does; nearest first.
    pub parts: Vec<RecordId>,
    /// What is claimed of it, by place, kind and object.
    pub propositions: Vec<Proposition>,
    /// What the subject claims itself, as an assessor; by date.
    pub made: Vec<Arc<Claim>>,
    /// How many claims came after the date asked about.
    pub later: usize,
    /// The claims whose date is too coarse to tell whether they came before or after, left out for
    /// it: `2023-08` when asked about 2023-08-15.
    pub possible: Vec<Arc<Claim>>,
    /// The claims that have no date, left out for it.
    pub undated: Vec<Arc<Claim>>,
}

/// One thing that is claimed, with everyone who affirms or denies it.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposition {
    /// Under which heading it stands.
    pub place: Place,
    /// The record under whose name it stands there: the subject, a part, a label, or what the
    /// subject is claimed to be.
    pub about: RecordId,
    /// What it is about.
    pub kind: ClaimKind,
    /// The record it speaks of.
    pub subject: RecordId,
    /// What it says of it: an IRI, or words.
    pub object: Option<String>,
    /// How great an impact, by the level's IRI: a low one and a high one are two propositions.
    pub level: Option<String>,
    /// How two names relate, by the SKOS relation's IRI: an exact match and a close one are two
    /// propositions.
    pub relation: Option<String>,
    /// The claims, by date asserted.
    pub claims: Vec<Arc<Claim>>,
    /// How many affirm it.
    pub affirmed: usize,
    /// How many deny it.
    pub denied: usize,
    /// How many documents they stand in; several claims in one document are one source.
    pub sources: usize,
    /// What they come to, line by line.
    pub weighing: Weighing,
}

/// What makes claims speak of one thing: kind, subject, object, level and relation.
pub(super) type Key<'a> = (
    ClaimKind,
    &'a RecordId,
    Option<&'a str>,
    Option<&'a str>,
    Option<&'a str>,
);

fn key(claim: &Claim) -> Key<'_> {
    (
        claim.kind,
        &claim.subject,
        claim.object.as_deref(),
        claim.level.as_deref(),
        claim.relation.as_deref(),
    )
}

impl View {
    /// The dossier of a subject.
    ///
    /// # Errors
    /// [`ReadError::NotFound`] when this view shows no such subject, [`ReadError::NoScale`] when it
    /// has no such scale.
    pub fn dossier(&self, subject: &RecordId, reading: &Reading) -> Result<Dossier, ReadError> {
        let node = self.node(subject)?;
        let scale = self.scale(&reading.scale)?;
        let yardstick = scale.yardstick();
        let same = self.same(subject, &reading.lens, reading.asserted_by.as_ref())?;
        let whole: Vec<RecordId> = [subject]
            .into_iter()
            .chain(same.records())
            .cloned()
            .collect();
        let parts = self.parts(&whole)?;
        let mut later = BTreeSet::new();
        let (mut possible, mut undated) = (BTreeMap::new(), BTreeMap::new());
        let mut told = |claim: &Arc<Claim>| match &reading.asserted_by {
            None => true,
            Some(date) => {
                let id = claim.id.clone();
                match claim.dated().map(|at| during(at, at, None, Some(date))) {
                    Some(Some(Certainty::Certain)) => return true,
                    Some(Some(Certainty::Possible)) => drop(possible.insert(id, claim.clone())),
                    Some(None) => drop(later.insert(id)),
                    None => drop(undated.insert(id, claim.clone())),
                }
                false
            }
        };
        let around = self.around(&whole, &parts, &mut told)?;
        let mut made = self.claims_by(std::slice::from_ref(subject))?;
        let mut made = made.pop().unwrap_or_default();
        made.retain(&mut told);
        let claims: Vec<Arc<Claim>> = around.iter().map(|(.., claim)| claim.clone()).collect();
        let behind = self.behind(&claims)?;
        let mut grouped: HashMap<_, Vec<Arc<Claim>>> = HashMap::new();
        for (place, about, claim) in &around {
            let of = grouped.entry((*place, about, key(claim))).or_default();
            of.push(claim.clone());
        }
        let mut grouped: Vec<_> = grouped.into_iter().collect();
        grouped.sort_by_key(|(of, _)| *of);
        let proposition = |((place, about, key), claims): ((Place, &RecordId, Key<'_>), Vec<_>)| {
            let claims: Vec<Arc<Claim>> = claims;
            let denied = claims.iter().filter(|c| c.polarity == Polarity::Denies);
            let denied = denied.count();
            let sources: HashSet<_> = claims.iter().flat_map(|claim| &claim.sources).collect();
            let (kind, subject, object, level, relation) = key;
            Proposition {
                place,
                about: about.clone(),
                kind,
                subject: subject.clone(),
                object: object.map(str::to_owned),
                level: level.map(str::to_owned),
                relation: relation.map(str::to_owned),
                affirmed: claims.len() - denied,
                denied,
                sources: sources.len(),
                weighing: weigh(&behind.inputs(&claims), reading.rule, &yardstick),
                claims,
            }
        };
        let propositions = grouped.into_iter().map(proposition).collect();
        Ok(Dossier {
            subject: node,
            scale,
            same,
            parts,
            propositions,
            made,
            later: later.len(),
            possible: possible.into_values().collect(),
            undated: undated.into_values().collect(),
        })
    }
}
