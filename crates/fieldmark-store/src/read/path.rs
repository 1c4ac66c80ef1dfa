//! The most telling way from one record to another, hop by hop, each hop with what says so.

use super::edges::Direction;
use super::fixed::Fixed;
use super::{ReadError, record, terms};
use crate::view::View;
use fieldmark_model::{Claim, Polarity, RecordId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Where it begins, in the order of the path.
    pub from: RecordId,
    /// Where it leads.
    pub to: RecordId,
    /// The relationship's type, the claim's kind, `sense` between a label and what it may mean, or
    /// `same-name` between two things that a label may mean.
    pub kind: String,
    /// Whether the relationship or claim points the other way.
    pub reversed: bool,
    /// The relationship or claim that says so, or the label.
    pub via: RecordId,
    /// Whether that is a claim.
    pub is_claim: bool,
    /// The document it stands in.
    pub source: Option<RecordId>,
    /// The place in that document.
    pub locator: Option<String>,
}

/// What a path costs: first how many commonplaces it passes through, then bits.
///
/// A commonplace is what anybody may share: a technique, a soft feature (a platform,
/// a target) or what is broader than another thing (a country). Each hop costs one bit, and each
/// record on the way −log₂ of how specific it is to go on from it to one of those it is tied to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    commonplaces: u32,
    micro_bits: u64,
}

const BIT: u64 = 1_000_000;

/// A record with more neighbours than this is led to, but not through: what everything touches
/// (a platform, a country) explains nothing.
const HUB: usize = 2_000;

static SENSES: Fixed = Fixed::new(
    "SELECT ?near ?far ?label WHERE {
       { VALUES ?near { UNDEF } ?near fm:sense ?far . BIND(?near AS ?label) }
       UNION { VALUES ?near { UNDEF } ?far fm:sense ?near . BIND(?far AS ?label) }
       UNION { VALUES ?near { UNDEF } ?label fm:sense ?near , ?far . FILTER(?near != ?far) } }",
);

/// A record reached in so many hops.
type Place = (RecordId, usize);

/// What is known of the ways from one record.
struct Search<'a> {
    view: &'a View,
    /// What the records that were met are tied to.
    ties: HashMap<RecordId, Vec<Hop>>,
    /// The cheapest way found to each place, and its last hop.
    best: HashMap<Place, (Cost, Option<Hop>)>,
    open: BinaryHeap<Reverse<(Cost, usize, RecordId)>>,
}

impl View {
    /// The most telling path over relationships, affirmed claims and the senses of labels, read
    /// either way; `None` when there is none of at most `max_hops`. Claims go before shared
    /// commonplaces, and what few are tied to before what many are; of equals the one over the smallest
    /// ids.
    ///
    /// Grows with what can be reached for less than the path costs; each bit further is four
    /// queries, whatever is met there.
    pub fn path(
        &self,
        from: &RecordId,
        to: &RecordId,
        max_hops: usize,
    ) -> Result<Option<Vec<Hop>>, ReadError> {
        self.node(from)?;
        self.node(to)?;
        let features = self.feature_index()?;
        let mut search = Search {
            view: self,
            ties: HashMap::new(),
            best: HashMap::new(),
            open: BinaryHeap::new(),
        };
        search.reach((from.clone(), 0), Cost::default(), None);
        loop {
            let mut wave = search.wave();
            if wave.is_empty() {
                return Ok(None);
            }
            // What goes on from this wave costs a bit more, so that nothing cheaper leads there.
            if let Some(arrived) = wave.iter().find(|(id, _)| id == to) {
                return Ok(Some(search.way(arrived.clone())));
            }
            wave.retain(|(_, hops)| *hops < max_hops);
            search.meet(&wave)?;
            for place in wave {
                let through = place.0 != *from;
                let commonplace = through && features.is_commonplace(&place.0);
                search.go_on(&place, through, commonplace);
            }
        }
    }

    /// Every hop from each record, aligned, claims first, in the order of what says so.
    fn hops(&self, front: &[RecordId]) -> Result<Vec<Vec<Hop>>, ReadError> {
        let out = self.edges(front, Direction::Out, &[], None)?;
        let into = self.edges(front, Direction::In, &[], None)?;
        let claims = self.claims_of(front)?;
        let mut senses: BTreeMap<RecordId, Vec<Hop>> = BTreeMap::new();
        SENSES.run(self, &[("near", terms(front))], |row| {
            let [near, far, label] = row else { return };
            let ends = record(near.as_ref()).zip(record(far.as_ref()));
            if let (Some((near, far)), Some(label)) = (ends, record(label.as_ref())) {
                let kind = match label == near || label == far {
                    true => "sense",
                    false => "same-name",
                };
                senses.entry(near.clone()).or_default().push(Hop {
                    reversed: label == far,
                    from: near,
                    to: far,
                    kind: kind.to_owned(),
                    via: label,
                    is_claim: false,
                    source: None,
                    locator: None,
                });
            }
        })?;
        Ok(front
            .iter()
            .zip(out.into_iter().zip(into).zip(claims))
            .map(|(at, ((out, into), claims))| {
                let edges = out.into_iter().chain(into).map(|edge| {
                    let reversed = edge.from != *at;
                    Hop {
                        from: at.clone(),
                        to: if reversed { edge.from } else { edge.to },
                        kind: edge.kind,
                        reversed,
                        via: edge.relationship,
                        is_claim: false,
                        source: edge.source,
                        locator: edge.locator,
                    }
                });
                let claims = claims.into_iter().filter_map(|claim| said(at, &claim));
                let senses = senses.remove(at).into_iter().flatten();
                let mut hops: Vec<Hop> = edges.chain(claims).chain(senses).collect();
                hops.sort_by(|a, b| {
                    (!a.is_claim, &a.via, &a.to).cmp(&(!b.is_claim, &b.via, &b.to))
                });
                hops
            })
            .collect())
    }
}

impl Search<'_> {
    /// Notes a way to a place, unless one as cheap of no more hops is known.
    fn reach(&mut self, (id, hops): Place, cost: Cost, by: Option<Hop>) {
        let known = (0..=hops).any(|fewer| {
            let place = (id.clone(), fewer);
            self.best.get(&place).is_some_and(|(best, _)| *best <= cost)
        });
        if !known {
            self.best.insert((id.clone(), hops), (cost, by));
            self.open.push(Reverse((cost, hops, id)));
        }
    }

    /// The cheapest places not yet gone on from, in order: those within a bit of the cheapest, so
    /// that they are read in one go.
    fn wave(&mut self) -> Vec<Place> {
        let mut wave: Vec<Place> = Vec::new();
        let mut limit: Option<Cost> = None;
        while let Some(Reverse((cost, hops, id))) = self.open.peek() {
            let within = limit.is_none_or(|limit| {
                cost.commonplaces == limit.commonplaces
                    && cost.micro_bits < limit.micro_bits.saturating_add(BIT)
            });
            if !within {
                break;
            }
            let (cost, place) = (*cost, (id.clone(), *hops));
            self.open.pop();
            // A cheaper way there may have been found after this one was noted.
            if self.best.get(&place).is_some_and(|(best, _)| *best == cost) {
                limit.get_or_insert(cost);
                wave.push(place);
            }
        }
        wave
    }

    /// Reads what the records of a wave are tied to.
    fn meet(&mut self, wave: &[Place]) -> Result<(), ReadError> {
        let new: BTreeSet<&RecordId> = wave
            .iter()
            .map(|(id, _)| id)
            .filter(|id| !self.ties.contains_key(*id))
            .collect();
        let new: Vec<RecordId> = new.into_iter().cloned().collect();
        let found = self.view.hops(&new)?;
        self.ties.extend(new.into_iter().zip(found));
        Ok(())
    }

    /// Notes where a place leads; `through` unless the path begins there.
    fn go_on(&mut self, place: &Place, through: bool, commonplace: bool) {
        let (id, so_far) = place;
        let (cost, hops) = (self.best[place].0, self.ties[id].clone());
        let near: BTreeSet<&RecordId> = hops.iter().map(|hop| &hop.to).collect();
        let ways = if through { near.len() } else { 1 };
        if ways > HUB {
            return;
        }
        let bits = (ways.max(1) as f64).log2() * BIT as f64;
        let next = Cost {
            commonplaces: cost.commonplaces + u32::from(commonplace),
            micro_bits: cost.micro_bits + BIT + bits.round() as u64,
        };
        for hop in &hops {
            self.reach((hop.to.clone(), so_far + 1), next, Some(hop.clone()));
        }
    }

    /// The way to a place.
    fn way(&self, mut at: Place) -> Vec<Hop> {
        let mut way = Vec::new();
        while let Some((_, Some(hop))) = self.best.get(&at) {
            way.push(hop.clone());
            at = (hop.from.clone(), at.1 - 1);
        }
        way.reverse();
        way
    }
}

/// A claim as a hop: only what is affirmed, and only between records.
fn said(at: &RecordId, claim: &Claim) -> Option<Hop> {
    if claim.polarity == Polarity::Denies {
        return None;
    }
    let object = RecordId::from_iri(claim.object.as_deref()?)?;
    let reversed = claim.subject != *at;
    if reversed && object != *at {
        // It only concerns the record.
        return None;
    }
    Some(Hop {
        from: at.clone(),
        to: if reversed {
            claim.subject.clone()
        } else {
            object
        },
        kind: claim.kind.name().to_owned(),
        reversed,
        via: claim.id.clone(),
        is_claim: true,
        source: claim.sources.first().cloned(),
        locator: claim.locator.clone(),
    })
}
