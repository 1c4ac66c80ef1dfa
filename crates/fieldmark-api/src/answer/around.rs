//! What stands around a record, as far as a picture holds.

use super::lang::Lang;
use super::names::Labels;
use crate::problem::Problem;
use fieldmark_model::{ClaimKind, Polarity, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::Direction;
use std::collections::{BTreeMap, BTreeSet};

/// More than this are not drawn; each record says how many of its own were left out.
pub(crate) const MOST: usize = 300;

/// A record and what it is tied to, as far as was looked.
pub(crate) struct Around {
    /// The record in the middle.
    pub centre: String,
    /// Names by id.
    pub names: BTreeMap<String, String>,
    /// What ties them, in order.
    pub ties: BTreeSet<Tie>,
    /// How many ties of a record were not followed.
    pub left_out: BTreeMap<String, usize>,
}

/// What ties two records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tie {
    /// The id of the one.
    pub from: String,
    /// The id of the other.
    pub to: String,
    /// The relationship's type, or the claims' kind.
    pub kind: String,
    /// Of claims, who says so; none for a relationship.
    pub claimed: Option<Claimed>,
}

/// Who claims a tie, and which way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claimed {
    /// The assessors' names, between commas.
    pub by: String,
    /// Whether they deny it.
    pub denied: bool,
}

/// What is within so many relationships and claims of a record, nearest first, until there are as
/// many records as a picture holds.
pub(crate) fn around(
    view: &View,
    lang: Lang,
    of: &RecordId,
    depth: usize,
    shown: &mut BTreeSet<RecordId>,
) -> Result<Around, Problem> {
    let mut known = BTreeSet::from([of.clone()]);
    let mut ties = BTreeSet::new();
    let mut claimed: BTreeMap<(RecordId, RecordId, ClaimKind, bool), BTreeSet<RecordId>> =
        BTreeMap::new();
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    let mut ring = vec![of.clone()];
    for _ in 0..depth {
        let mut next = BTreeSet::new();
        // Whether there is room for the far end of what was met at a record.
        let mut room = |id: &RecordId, far: &RecordId| {
            if known.contains(far) {
                return true;
            }
            if known.len() >= MOST {
                *left_out.entry(id.to_string()).or_default() += 1;
                return false;
            }
            next.insert(far.clone());
            known.insert(far.clone())
        };
        for direction in [Direction::Out, Direction::In] {
            let found = view.edges(&ring, direction, &[], None)?;
            for (id, edges) in ring.iter().zip(found) {
                for edge in edges {
                    let far = if edge.from == *id {
                        &edge.to
                    } else {
                        &edge.from
                    };
                    if room(id, far) {
                        shown.insert(edge.relationship.clone());
                        ties.insert(Tie {
                            from: edge.from.to_string(),
                            to: edge.to.to_string(),
                            kind: edge.kind,
                            claimed: None,
                        });
                    }
                }
            }
        }
        for (id, claims) in ring.iter().zip(view.claims_of(&ring)?) {
            for claim in claims {
                let Some(object) = claim.object.as_deref().and_then(RecordId::from_iri) else {
                    continue;
                };
                let far = if claim.subject == *id {
                    &object
                } else {
                    &claim.subject
                };
                // A claim that only concerns the record has both its ends elsewhere.
                if (claim.subject == *id || object == *id) && room(id, far) {
                    shown.insert(claim.id.clone());
                    let denied = claim.polarity == Polarity::Denies;
                    let of = (claim.subject.clone(), object, claim.kind, denied);
                    claimed
                        .entry(of)
                        .or_default()
                        .extend(claim.assessors.iter().cloned());
                }
            }
        }
        ring = next.into_iter().collect();
    }
    let said = claimed.values().flatten();
    let labels = Labels::read(view, lang, known.iter().chain(said))?;
    for ((from, to, kind, denied), assessors) in claimed {
        let by: BTreeSet<String> = assessors
            .iter()
            .map(|assessor| labels.named(assessor).label)
            .collect();
        ties.insert(Tie {
            from: from.to_string(),
            to: to.to_string(),
            kind: kind.name().to_owned(),
            claimed: Some(Claimed {
                by: by.into_iter().collect::<Vec<_>>().join(", "),
                denied,
            }),
        });
    }
    shown.extend(known.iter().cloned());
    Ok(Around {
        centre: of.to_string(),
        names: known
            .iter()
            .map(|id| (id.to_string(), labels.named(id).label))
            .collect(),
        ties,
        left_out,
    })
}
