//! What two campaigns share, feature by feature, each with what says so. Who has what, and by which
//! link, is said in the ontology alone; what it weighs is worked out in `tally.rs`.
//!
//! `queries/overlap.rq`, which any SPARQL tool can ask, is held equal to it by a test.

use super::links::{Links, links};
use super::tally::Tally;
use super::ties::{TieKind, ties};
use super::{Node, ReadError};
use crate::index::features::Features;
use crate::view::View;
use fieldmark_analysis::overlap::{Comparison, FamilyId, Feature, Profile, Shuffles};
use fieldmark_model::{Claim, RecordId};
use fieldmark_rdf::vocab::properties;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The family of what assessors claim; the others are those of the ontology.
pub const CLAIMED: &str = "claimed";

/// What two records share.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlap {
    /// One.
    pub left: Arc<Node>,
    /// The other.
    pub right: Arc<Node>,
    /// Every shared feature: hard ones first, then by family and name.
    pub shared: Vec<Shared>,
    /// How many features of each family only the left one has.
    pub only_left: Vec<(String, u64)>,
    /// How many features of each family only the right one has.
    pub only_right: Vec<(String, u64)>,
    /// Families in which each has features and they share none.
    pub not_shared: Vec<String>,
    /// What it comes to.
    pub tally: Tally,
}

/// One shared feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// What sort of feature: `technique`, `network`, …
    pub family: String,
    /// Its IRI, or its value.
    pub key: String,
    /// Its record, when it is one.
    pub feature: Option<RecordId>,
    /// Its name.
    pub label: String,
    /// Whether it is hard to share by chance: a network, an account, a domain, a medium.
    pub hard: bool,
    /// What a reader must know of it.
    pub note: Option<Note>,
    /// What says that the left one has it.
    pub left: Vec<Support>,
    /// What says that the right one has it.
    pub right: Vec<Support>,
}

/// What a reader must know of a shared feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// Each has something under it.
    UnderBoth,
    /// One has it, the other something under it.
    UnderOne,
    /// One has it through a network or medium.
    Through,
    /// Assessors claim the same of both.
    SameClaimed,
    /// An assessor claims that both are one network.
    OneNetwork,
    /// A claim speaks of one and names the other.
    Tied,
}

/// A relationship or claim that says so, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Support {
    /// The relationship or claim.
    pub link: RecordId,
    /// Whether it is a claim.
    pub is_claim: bool,
    /// The document it stands in.
    pub source: Option<RecordId>,
    /// The place in that document.
    pub locator: Option<String>,
}

impl View {
    /// What two records share, itemised.
    pub fn overlap(
        &self,
        left: &RecordId,
        right: &RecordId,
        how: Shuffles,
    ) -> Result<Overlap, ReadError> {
        let (of_left, of_right) = (self.node(left)?, self.node(right)?);
        let features = self.feature_index()?;
        let found = features.compare(left, right);
        let sides = [left, right];
        let mut shared = self.shared_features(&features, sides, &found)?;
        let mut tied = self.tied(left)?.remove(right).unwrap_or_default();
        let said = self.said_of_both(left, right)?;
        let of_both: BTreeSet<RecordId> = said.values().flatten().flatten().cloned().collect();
        let claims = self.claims_by_id(tied.keys().chain(&of_both))?;
        let claimed = claimed(&tied, &said, &claims);
        // What is claimed of both in two claims ties them as well, without saying they are one.
        for claim in of_both {
            tied.entry(claim).or_insert(TieKind::SameOfBoth);
        }
        let ties = ties(&tied, &claims);
        let tally = self.tally_pair(&features, sides, found, ties, how)?;
        shared.extend(claimed);
        self.name(&mut shared)?;
        let families: BTreeSet<&str> = shared.iter().map(|one| one.family.as_str()).collect();
        let (of_one, of_other) = (features.families(left), features.families(right));
        let both = of_one.intersection(&of_other).copied();
        Ok(Overlap {
            not_shared: both
                .filter(|family| !families.contains(family))
                .map(str::to_owned)
                .collect(),
            only_left: counts(&tally.only_left),
            only_right: counts(&tally.only_right),
            tally,
            shared,
            left: of_left,
            right: of_right,
        })
    }

    /// The most specific features that both have, with what says so.
    fn shared_features(
        &self,
        features: &Features,
        sides: [&RecordId; 2],
        found: &Comparison,
    ) -> Result<Vec<Shared>, ReadError> {
        let most = features.most_specific(found);
        let links = links(self, &sides)?;
        let ids: Vec<RecordId> = links.values().flatten().cloned().collect();
        let nodes = self.nodes(&ids)?.into_iter().flatten();
        let linked = Linked {
            features,
            profiles: sides.map(|side| features.profile(side)),
            sides,
            links,
            nodes: nodes.map(|node| (node.id.clone(), node)).collect(),
        };
        Ok(most
            .into_iter()
            .map(|feature| linked.shared(feature))
            .collect())
    }

    /// Gives each its English name, and puts them in order: hard ones first, then by family and
    /// name.
    fn name(&self, shared: &mut [Shared]) -> Result<(), ReadError> {
        let ids: Vec<RecordId> = shared
            .iter()
            .filter_map(|one| one.feature.clone())
            .collect();
        let nodes = self.nodes(&ids)?.into_iter().flatten();
        let names: HashMap<RecordId, String> = nodes
            .map(|node| (node.id.clone(), node.label("en")))
            .collect();
        for one in &mut *shared {
            let name = one.feature.as_ref().and_then(|id| names.get(id)).cloned();
            one.label = name
                .or_else(|| fieldmark_rdf::ontology::label(&one.key, "en"))
                .unwrap_or_else(|| one.key.clone());
        }
        shared.sort_by(|a, b| (!a.hard, &a.family, &a.label).cmp(&(!b.hard, &b.family, &b.label)));
        Ok(())
    }
}

/// What assessors claim that ties two, or that they claim of both; `claims` has them all.
fn claimed(
    tied: &BTreeMap<RecordId, TieKind>,
    said: &BTreeMap<String, [BTreeSet<RecordId>; 2]>,
    claims: &BTreeMap<RecordId, Arc<Claim>>,
) -> Vec<Shared> {
    let support = |id: &RecordId| {
        let claim = claims.get(id);
        Support {
            link: id.clone(),
            is_claim: true,
            source: claim.and_then(|claim| claim.sources.first().cloned()),
            locator: claim.and_then(|claim| claim.locator.clone()),
        }
    };
    let mut shared: BTreeMap<String, Shared> = BTreeMap::new();
    for (id, kind) in tied {
        let Some(object) = claims.get(id).and_then(|claim| claim.object.clone()) else {
            continue;
        };
        let note = match kind {
            TieKind::OneNetwork => Note::OneNetwork,
            TieKind::Linked | TieKind::SameOfBoth => Note::Tied,
        };
        let one = shared
            .entry(object.clone())
            .or_insert_with(|| Shared::claimed(object, note));
        one.left.push(support(id));
        one.right.push(support(id));
    }
    for (object, said) in said {
        let one = shared
            .entry(object.clone())
            .or_insert_with(|| Shared::claimed(object.clone(), Note::SameClaimed));
        for (side, ids) in [&mut one.left, &mut one.right].into_iter().zip(said) {
            side.extend(ids.iter().map(support));
            side.sort();
            side.dedup();
        }
    }
    shared.into_values().collect()
}

impl Shared {
    fn claimed(object: String, note: Note) -> Self {
        Self {
            family: CLAIMED.to_owned(),
            feature: RecordId::from_iri(&object),
            label: String::new(),
            key: object,
            hard: false,
            note: Some(note),
            left: Vec::new(),
            right: Vec::new(),
        }
    }
}

/// Two records' features with the links that say so.
struct Linked<'a> {
    features: &'a Features,
    profiles: [Profile; 2],
    sides: [&'a RecordId; 2],
    links: Links,
    nodes: HashMap<RecordId, Arc<Node>>,
}

impl Linked<'_> {
    fn shared(&self, feature: Feature) -> Shared {
        let (family, key) = self.features.key(feature);
        let [left, right] = [0, 1].map(|side| self.side(side, *family, feature));
        let note = match (left.exact, right.exact) {
            (false, false) => Some(Note::UnderBoth),
            (true, true) => (left.through || right.through).then_some(Note::Through),
            _ => Some(Note::UnderOne),
        };
        let term = self.features.family(*family);
        Shared {
            family: term.name.clone(),
            feature: RecordId::from_iri(key),
            label: String::new(),
            key: key.clone(),
            hard: term.hard,
            note,
            left: left.supports,
            right: right.supports,
        }
    }

    /// What says that one has a feature, or what is under it when it does not have it itself.
    fn side(&self, side: usize, family: FamilyId, feature: Feature) -> Side {
        let of = self.sides[side];
        let direct: Vec<Feature> = self.profiles[side].direct().map(|(one, _)| one).collect();
        let exact = direct.contains(&feature);
        let held: Vec<Feature> = match exact {
            true => vec![feature],
            false => self.features.under(&direct, feature),
        };
        let ids: BTreeSet<&RecordId> = held
            .iter()
            .filter_map(|one| {
                let (_, key) = self.features.key(*one);
                self.links.get(&(of.clone(), family, key.clone()))
            })
            .flatten()
            .collect();
        let node = |id: &RecordId| self.nodes.get(id);
        let own = |id: &&RecordId| {
            let from = node(id).map(|node| node.records(properties::STIX_SOURCE_REF));
            from.is_none_or(|from| from.is_empty() || from.contains(of))
        };
        Side {
            exact,
            through: !ids.is_empty() && !ids.iter().any(own),
            supports: ids
                .into_iter()
                .map(|id| Support {
                    link: id.clone(),
                    is_claim: false,
                    source: node(id).and_then(|node| {
                        node.records(properties::DCTERMS_SOURCE).into_iter().next()
                    }),
                    locator: node(id)
                        .and_then(|node| node.word(properties::FM_LOCATOR))
                        .map(str::to_owned),
                })
                .collect(),
        }
    }
}

/// How one of two has a feature.
struct Side {
    /// Itself, not only something under it.
    exact: bool,
    /// Only through a network or medium.
    through: bool,
    supports: Vec<Support>,
}

/// How many there are of each family.
fn counts(lacked: &[super::tally::Lacked]) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for one in lacked {
        *counts.entry(one.feature.family.clone()).or_default() += 1;
    }
    counts.into_iter().collect()
}
