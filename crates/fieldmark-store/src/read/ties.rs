//! What assessors say that ties two: claims that name both, or the networks behind them, and claims
//! that say the same of each.

use super::ReadError;
use super::fixed::Fixed;
use crate::view::View;
use fieldmark_model::{Claim, ClaimKind, Derivation, Polarity, RecordId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How a claim ties two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TieKind {
    /// It says that they, or the networks behind them, are one network.
    OneNetwork,
    /// It speaks of one and names the other.
    Linked,
    /// It says of one what another claim says of the other.
    SameOfBoth,
}

/// A claim that ties two, or the networks behind them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tie {
    /// How.
    pub kind: TieKind,
    /// The claim.
    pub claim: RecordId,
    /// The number it goes by in its case.
    pub number: Option<String>,
    /// Who says so.
    pub assessors: Vec<RecordId>,
    /// The claims among the ties that it says again without adding anything.
    pub restates: Vec<RecordId>,
}

// The claims themselves are read by record, as every answer reads them: a query that joined what they
// name on either side looked at every claim there is.
static CARRIED: Fixed =
    Fixed::new("SELECT ?of ?by WHERE { VALUES ?of { UNDEF } ?of fm:carriedOutBy ?by }");
static CARRIES: Fixed =
    Fixed::new("SELECT ?of ?by WHERE { VALUES ?of { UNDEF } ?by fm:carriedOutBy ?of }");

/// Whether it affirms, and was not taken back.
fn holds(claim: &Claim) -> bool {
    claim.polarity == Polarity::Affirms && claim.status.as_deref() != Some("withdrawn")
}

/// What it says of its subject, where that is no words.
fn object(claim: &Claim) -> Option<&String> {
    let is_words = |object: &&String| claim.object_words.iter().any(|(_, words)| words == *object);
    claim.object.as_ref().filter(|object| !is_words(object))
}

/// The records that it names on either side.
fn ends(claim: &Claim) -> BTreeSet<RecordId> {
    let object = object(claim).and_then(|object| RecordId::from_iri(object));
    object.into_iter().chain([claim.subject.clone()]).collect()
}

impl View {
    /// The claims that tie a record, or the network behind it, to others, by the other. Its cost grows
    /// with the claims of both, and with what the networks that they name are behind.
    pub(super) fn tied(
        &self,
        of: &RecordId,
    ) -> Result<BTreeMap<RecordId, BTreeMap<RecordId, TieKind>>, ReadError> {
        let mut near = BTreeSet::from([of.clone()]);
        near.extend(CARRIED.beside(self, &near)?.into_values().flatten());
        let near: Vec<RecordId> = near.into_iter().collect();
        // A claim and what it names beyond one that is near.
        let mut named: Vec<(Arc<Claim>, RecordId)> = Vec::new();
        for (near, claims) in near.iter().zip(self.claims_of(&near)?) {
            for claim in claims.into_iter().filter(|claim| holds(claim)) {
                let mut ends = ends(&claim);
                if ends.remove(near) {
                    named.extend(ends.into_iter().map(|far| (claim.clone(), far)));
                }
            }
        }
        let far: BTreeSet<RecordId> = named.iter().map(|(_, far)| far.clone()).collect();
        let behind = CARRIES.beside(self, &far)?;
        let mut tied: BTreeMap<RecordId, BTreeMap<RecordId, TieKind>> = BTreeMap::new();
        for (claim, far) in named {
            let kind = match claim.kind {
                ClaimKind::SameNetwork => TieKind::OneNetwork,
                _ => TieKind::Linked,
            };
            let others = behind.get(&far).into_iter().flatten().chain([&far]);
            for other in others.filter(|other| *other != of) {
                let claims = tied.entry(other.clone()).or_default();
                claims.insert(claim.id.clone(), kind);
            }
        }
        Ok(tied)
    }

    /// These claims, by id.
    pub(super) fn claims_by_id<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a RecordId>,
    ) -> Result<BTreeMap<RecordId, Arc<Claim>>, ReadError> {
        let ids: BTreeSet<&RecordId> = ids.into_iter().collect();
        let ids: Vec<RecordId> = ids.into_iter().cloned().collect();
        let found = self.claims(&ids)?.into_iter().flatten();
        Ok(found.map(|claim| (claim.id.clone(), claim)).collect())
    }

    /// What two claims say the same of both, or of the networks behind them: by what they say, the
    /// claims about the one and those about the other.
    pub(super) fn said_of_both(
        &self,
        left: &RecordId,
        right: &RecordId,
    ) -> Result<BTreeMap<String, [BTreeSet<RecordId>; 2]>, ReadError> {
        let sides = BTreeSet::from([left.clone(), right.clone()]);
        let networks = CARRIED.beside(self, &sides)?;
        let mut said: Vec<(bool, RecordId, String, RecordId)> = Vec::new();
        for of in [left, right] {
            let networks = networks.get(of).into_iter().flatten();
            let holders: Vec<RecordId> = networks.chain([of]).cloned().collect();
            for (holder, claims) in holders.iter().zip(self.claims_of(&holders)?) {
                for claim in claims.iter().filter(|claim| holds(claim)) {
                    let Some(object) = object(claim) else {
                        continue;
                    };
                    let mut say = |what: String| {
                        said.push((of == left, holder.clone(), what, claim.id.clone()));
                    };
                    if claim.subject == *holder {
                        say(object.clone());
                    }
                    // One network is said of both its ends.
                    let is_network = holder != of && claim.kind == ClaimKind::SameNetwork;
                    if is_network && *object == holder.iri() {
                        say(claim.subject.iri());
                    }
                }
            }
        }
        let mut both: BTreeMap<String, [BTreeSet<RecordId>; 2]> = BTreeMap::new();
        let (ours, theirs): (Vec<_>, Vec<_>) = said.into_iter().partition(|(left, ..)| *left);
        for (_, holder, object, claim) in &ours {
            for (_, other, same, further) in &theirs {
                // One network behind both, or one claim about both, says nothing twice.
                let apart = holder != other && claim != further;
                let of_others = *object != holder.iri() && *object != other.iri();
                if apart && object == same && of_others {
                    let [left, right] = both.entry(object.clone()).or_default();
                    left.insert(claim.clone());
                    right.insert(further.clone());
                }
            }
        }
        Ok(both)
    }
}

/// The ties that these make, with who says so; `claims` has them all.
pub(super) fn ties(
    tied: &BTreeMap<RecordId, TieKind>,
    claims: &BTreeMap<RecordId, Arc<Claim>>,
) -> Vec<Tie> {
    let tie = |(id, kind): (&RecordId, &TieKind)| {
        let claim = claims.get(id);
        let restates = claim.into_iter().flat_map(|claim| &claim.derivation);
        Tie {
            kind: *kind,
            claim: id.clone(),
            number: claim.and_then(|claim| claim.number.clone()),
            assessors: claim.map_or_else(Vec::new, |claim| claim.assessors.clone()),
            restates: restates
                .filter(|(relation, other)| {
                    *relation == Derivation::Restates && tied.contains_key(other)
                })
                .map(|(_, other)| other.clone())
                .collect(),
        }
    };
    let mut ties: Vec<Tie> = tied.iter().map(tie).collect();
    ties.sort();
    ties
}
