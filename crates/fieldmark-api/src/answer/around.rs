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
    /// How many ties of a record are not shown, where any are not.
    pub left_out: BTreeMap<String, usize>,
    /// The records from which it went on.
    pub opened: BTreeSet<String>,
}

/// How far somebody looks around.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    /// How many steps, from 1.
    pub depth: usize,
    /// Records from which it goes on although they are further away.
    pub open: BTreeSet<RecordId>,
    /// Records from which it does not go on.
    pub folded: BTreeSet<RecordId>,
}

/// More than this are not opened or folded one by one.
const ONE_BY_ONE: usize = 100;

impl Reach {
    /// As it is asked for: steps, and ids between commas.
    ///
    /// # Errors
    /// When one of them is no id, or there are more than a hundred.
    pub fn asked(depth: usize, open: Option<&str>, folded: Option<&str>) -> Result<Self, Problem> {
        Ok(Self {
            depth: depth.clamp(1, 3),
            open: ids("open", open)?,
            folded: ids("folded", folded)?,
        })
    }

    /// From a record so many steps away it goes on.
    fn goes_on(&self, id: &RecordId, steps: usize) -> bool {
        steps == 0 || (!self.folded.contains(id) && (steps < self.depth || self.open.contains(id)))
    }

    /// The same with a record opened, or folded.
    pub fn with(&self, id: &RecordId, opened: bool) -> Self {
        let mut other = self.clone();
        let (to, from) = match opened {
            true => (&mut other.open, &mut other.folded),
            false => (&mut other.folded, &mut other.open),
        };
        from.remove(id);
        to.insert(id.clone());
        other
    }
}

fn ids(name: &str, text: Option<&str>) -> Result<BTreeSet<RecordId>, Problem> {
    let ids = text.unwrap_or_default().split(',').map(str::trim);
    let ids = ids.filter(|id| !id.is_empty()).map(|id| {
        RecordId::parse(id).map_err(|_| {
            Problem::bad_request(format!("{name}: ids between commas; \"{id}\" is none"))
        })
    });
    let ids: BTreeSet<RecordId> = ids.collect::<Result<_, _>>()?;
    match ids.len() > ONE_BY_ONE {
        true => Err(Problem::bad_request(format!(
            "{name}: at most {ONE_BY_ONE} ids; begin at another record, or say a larger depth"
        ))),
        false => Ok(ids),
    }
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

/// What is within reach of a record by relationships and claims, nearest first, until there are as
/// many records as a picture holds.
pub(crate) fn around(
    view: &View,
    lang: Lang,
    of: &RecordId,
    reach: &Reach,
    shown: &mut BTreeSet<RecordId>,
) -> Result<Around, Problem> {
    let mut known = BTreeSet::from([of.clone()]);
    let mut ties = BTreeSet::new();
    let mut claimed: BTreeMap<(RecordId, RecordId, ClaimKind, bool), BTreeSet<RecordId>> =
        BTreeMap::new();
    // What ties, by its id, and its ends.
    let mut drawn: BTreeMap<RecordId, [RecordId; 2]> = BTreeMap::new();
    let mut opened = BTreeSet::new();
    let (mut ring, mut steps) = (vec![of.clone()], 0);
    loop {
        ring.retain(|id| reach.goes_on(id, steps));
        if ring.is_empty() {
            break;
        }
        opened.extend(ring.iter().map(ToString::to_string));
        let mut next = BTreeSet::new();
        // Whether there is room for the far end of what was met at a record.
        let mut room = |far: &RecordId| {
            if known.contains(far) {
                return true;
            }
            if known.len() >= MOST {
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
                    if room(far) {
                        shown.insert(edge.relationship.clone());
                        let ends = [edge.from.clone(), edge.to.clone()];
                        drawn.insert(edge.relationship.clone(), ends);
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
                if (claim.subject == *id || object == *id) && room(far) {
                    shown.insert(claim.id.clone());
                    drawn.insert(claim.id.clone(), [claim.subject.clone(), object.clone()]);
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
        steps += 1;
    }
    let all: Vec<RecordId> = known.iter().cloned().collect();
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    let ends = drawn.values().flatten();
    let mut counted: BTreeMap<&RecordId, usize> = BTreeMap::new();
    ends.for_each(|id| *counted.entry(id).or_default() += 1);
    for (id, tied) in all.iter().zip(view.degrees(&all)?) {
        let more = tied.saturating_sub(counted.get(id).copied().unwrap_or(0));
        if more > 0 {
            left_out.insert(id.to_string(), more);
        }
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
        opened,
    })
}
