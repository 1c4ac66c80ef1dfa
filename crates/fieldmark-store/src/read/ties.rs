//! What assessors say that ties two: claims that name both, or the networks behind them, and claims
//! that say the same of each.

use super::fixed::Fixed;
use super::{ReadError, record, terms, text};
use crate::view::View;
use fieldmark_model::{Claim, Derivation, RecordId};
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

static TIES: Fixed = Fixed::new(
    "SELECT DISTINCT ?of ?other ?claim ?same WHERE {
       { VALUES ?of { UNDEF } ?claim fm:subject|fm:object ?of . BIND(?of AS ?near) }
       UNION { VALUES ?of { UNDEF } ?of fm:carriedOutBy ?near . ?claim fm:subject|fm:object ?near }
       ?claim fm:polarity fm:affirms .
       { ?claim fm:subject|fm:object ?other . BIND(?other AS ?far) }
       UNION { ?claim fm:subject|fm:object ?far . ?other fm:carriedOutBy ?far }
       FILTER(?of != ?other && ?near != ?far)
       FILTER NOT EXISTS { ?claim fm:status fm:withdrawn }
       BIND(EXISTS { ?claim a fm:SameNetwork } AS ?same) }",
);

/// What assessors say of a record, or of the network behind it.
static SAID: Fixed = Fixed::new(
    "SELECT DISTINCT ?of ?holder ?object ?claim WHERE {
       { VALUES ?of { UNDEF } ?claim fm:subject ?of . BIND(?of AS ?holder) ?claim fm:object ?object }
       UNION { VALUES ?of { UNDEF } ?of fm:carriedOutBy ?holder . ?claim fm:subject ?holder ; fm:object ?object }
       UNION { VALUES ?of { UNDEF } ?of fm:carriedOutBy ?holder .
               ?claim fm:object ?holder ; fm:subject ?object ; a fm:SameNetwork }
       ?claim fm:polarity fm:affirms .
       FILTER NOT EXISTS { ?claim fm:status fm:withdrawn } }",
);

impl View {
    /// The claims that tie a record, or the network behind it, to others, by the other.
    pub(super) fn tied(
        &self,
        of: &RecordId,
    ) -> Result<BTreeMap<RecordId, BTreeMap<RecordId, TieKind>>, ReadError> {
        let mut tied: BTreeMap<RecordId, BTreeMap<RecordId, TieKind>> = BTreeMap::new();
        let bound = [("of", terms([of]))];
        TIES.run(self, &bound, |row| {
            let [_, other, claim, same] = row else { return };
            if let (Some(other), Some(claim)) = (record(other.as_ref()), record(claim.as_ref())) {
                let kind = match text(same.as_ref()).as_deref() {
                    Some("true") => TieKind::OneNetwork,
                    _ => TieKind::Linked,
                };
                tied.entry(other).or_default().insert(claim, kind);
            }
        })?;
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
        let mut said: Vec<(bool, String, String, RecordId)> = Vec::new();
        SAID.run(self, &[("of", terms([left, right]))], |row| {
            let [of, holder, object, claim] = row else {
                return;
            };
            if let (Some(of), Some(claim)) = (record(of.as_ref()), record(claim.as_ref()))
                && let (Some(holder), Some(object)) = (text(holder.as_ref()), text(object.as_ref()))
            {
                said.push((of == *left, holder, object, claim));
            }
        })?;
        let mut both: BTreeMap<String, [BTreeSet<RecordId>; 2]> = BTreeMap::new();
        let (ours, theirs): (Vec<_>, Vec<_>) = said.into_iter().partition(|(left, ..)| *left);
        for (_, holder, object, claim) in &ours {
            for (_, other, same, further) in &theirs {
                // One network behind both, or one claim about both, says nothing twice.
                let apart = holder != other && claim != further;
                if apart && object == same && object != holder && object != other {
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
