//! The dossier of a subject: every claim about it, by what is claimed.

use super::{Node, ReadError};
use crate::view::View;
use fieldmark_model::{Claim, ClaimKind, Polarity, RecordId};
use std::collections::{BTreeMap, BTreeSet};

/// Every claim about a subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Dossier {
    /// The subject.
    pub subject: Node,
    /// What is claimed of it, by kind and object.
    pub propositions: Vec<Proposition>,
}

/// One thing that is claimed, with everyone who affirms or denies it. Listed, not weighed.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposition {
    /// What it is about.
    pub kind: ClaimKind,
    /// The record it speaks of.
    pub subject: RecordId,
    /// What it says of it: an IRI, or words.
    pub object: Option<String>,
    /// The claims, by date asserted.
    pub claims: Vec<Claim>,
    /// How many affirm it.
    pub affirmed: usize,
    /// How many deny it.
    pub denied: usize,
    /// How many documents they stand in; several claims in one document are one source.
    pub sources: usize,
}

impl View {
    /// The dossier of a subject.
    pub fn dossier(&self, subject: &RecordId) -> Result<Dossier, ReadError> {
        let node = self.node(subject)?;
        let claims = self
            .claims_of(std::slice::from_ref(subject))?
            .pop()
            .unwrap_or_default();
        let mut grouped: BTreeMap<(ClaimKind, RecordId, Option<String>), Vec<Claim>> =
            BTreeMap::new();
        for claim in claims {
            let key = (claim.kind, claim.subject.clone(), claim.object.clone());
            grouped.entry(key).or_default().push(claim);
        }
        let propositions = grouped
            .into_iter()
            .map(|((kind, subject, object), claims)| {
                let denied = claims
                    .iter()
                    .filter(|c| c.polarity == Polarity::Denies)
                    .count();
                let sources: BTreeSet<_> = claims.iter().flat_map(|claim| &claim.sources).collect();
                Proposition {
                    kind,
                    subject,
                    object,
                    affirmed: claims.len() - denied,
                    denied,
                    sources: sources.len(),
                    claims,
                }
            })
            .collect();
        Ok(Dossier {
            subject: node,
            propositions,
        })
    }
}
