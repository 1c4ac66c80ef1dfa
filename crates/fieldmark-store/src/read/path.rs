//! The shortest way from one record to another, hop by hop, each hop with what says so.

use super::edges::Direction;
use super::{ReadError, local};
use crate::view::View;
use fieldmark_model::{Claim, Polarity, RecordId};
use std::collections::{BTreeMap, HashMap};

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Where it begins, in the order of the path.
    pub from: RecordId,
    /// Where it leads.
    pub to: RecordId,
    /// The relationship's type, or the claim's kind.
    pub kind: String,
    /// Whether the relationship or claim points the other way.
    pub reversed: bool,
    /// The relationship or claim that says so.
    pub via: RecordId,
    /// Whether that is a claim.
    pub is_claim: bool,
    /// The document it stands in.
    pub source: Option<RecordId>,
    /// The place in that document.
    pub locator: Option<String>,
}

/// A record with more neighbours than this is led to, but not through: what everything touches
/// (a platform, a country) explains nothing.
const HUB: usize = 2_000;

impl View {
    /// A shortest path over relationships and affirmed claims, read either way; `None` when there
    /// is none of at most `max_hops`. Of several, the one over the smallest ids. Searches from
    /// both ends would be faster and harder to explain; each round costs three queries.
    pub fn path(
        &self,
        from: &RecordId,
        to: &RecordId,
        max_hops: usize,
    ) -> Result<Option<Vec<Hop>>, ReadError> {
        self.node(from)?;
        self.node(to)?;
        if from == to {
            return Ok(Some(Vec::new()));
        }
        let mut reached: HashMap<RecordId, Option<Hop>> = HashMap::from([(from.clone(), None)]);
        let mut front = vec![from.clone()];
        for _ in 0..max_hops {
            let mut next: BTreeMap<RecordId, Hop> = BTreeMap::new();
            for (at, hops) in front.iter().zip(self.hops(&front)?) {
                if hops.len() > HUB && at != from {
                    continue;
                }
                for hop in hops {
                    if !reached.contains_key(&hop.to) {
                        next.entry(hop.to.clone()).or_insert(hop);
                    }
                }
            }
            if next.is_empty() {
                return Ok(None);
            }
            front = next.keys().cloned().collect();
            reached.extend(next.into_iter().map(|(id, hop)| (id, Some(hop))));
            if reached.contains_key(to) {
                let mut hops = Vec::new();
                let mut at = to;
                while let Some(Some(hop)) = reached.get(at) {
                    hops.push(hop.clone());
                    at = &hop.from;
                }
                hops.reverse();
                return Ok(Some(hops));
            }
        }
        Ok(None)
    }

    /// Every hop from each record, aligned, in the order of what says so.
    fn hops(&self, front: &[RecordId]) -> Result<Vec<Vec<Hop>>, ReadError> {
        let out = self.edges(front, Direction::Out, &[], None)?;
        let into = self.edges(front, Direction::In, &[], None)?;
        let claims = self.claims_of(front)?;
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
                let claims = claims.into_iter().filter_map(|claim| said(at, claim));
                let mut hops: Vec<Hop> = edges.chain(claims).collect();
                hops.sort_by(|a, b| (a.is_claim, &a.via).cmp(&(b.is_claim, &b.via)));
                hops
            })
            .collect())
    }
}

/// A claim as a hop: only what is affirmed, and only between records.
fn said(at: &RecordId, claim: Claim) -> Option<Hop> {
    if claim.polarity == Polarity::Denies {
        return None;
    }
    let object = RecordId::from_iri(claim.object.as_deref()?)?;
    let reversed = claim.subject != *at;
    Some(Hop {
        from: at.clone(),
        to: if reversed { claim.subject } else { object },
        kind: local(claim.kind.name()).to_owned(),
        reversed,
        via: claim.id,
        is_claim: true,
        source: claim.sources.into_iter().next(),
        locator: claim.locator,
    })
}
