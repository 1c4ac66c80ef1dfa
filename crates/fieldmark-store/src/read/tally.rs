//! What an overlap comes to: shared features by their weight, what chance gives, what speaks
//! against a link, and who claims one. `fieldmark_analysis::overlap` does the sums.

use super::ReadError;
use super::ties::{Tie, TieKind, ties};
use crate::index::families::{Key, feature_families, thresholds};
use crate::index::features::Features;
use crate::view::View;
use fieldmark_analysis::overlap::{
    Bits, Comparison, FamilyId, Feature, Holder, Lack, Profile, SURE, Scratch, Shuffles,
    Significance, Soft, Thresholds, compare, rank, significance, soft,
};
use fieldmark_model::RecordId;
use fieldmark_rdf::ontology::Family;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A feature by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trait {
    /// Its family.
    pub family: String,
    /// Its IRI, or its value.
    pub key: String,
    /// Its record, when it is one.
    pub record: Option<RecordId>,
}

/// A shared soft feature and what it counts for.
#[derive(Clone, Debug, PartialEq)]
pub struct WeighedLine {
    /// The feature.
    pub feature: Trait,
    /// How many have it or one under it.
    pub df: u32,
    /// I: what it tells to find it.
    pub information: Bits,
    /// w: what it tells beyond what is broader.
    pub weight: Bits,
    /// The lesser of both confidences, in hundredths.
    pub sure: u8,
    /// What it contributes.
    pub bits: Bits,
}

/// A feature of one that the other lacks.
#[derive(Clone, Debug, PartialEq)]
pub struct Lacked {
    /// The feature.
    pub feature: Trait,
    /// What it would have told.
    pub information: Bits,
    /// Whether the other is well enough observed for the lack to speak against a link.
    pub speaks: bool,
}

/// What an overlap comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// The sums, with features by number.
    pub found: Comparison,
    /// N: how many in this view have any feature.
    pub population: u32,
    /// Shared soft features, most telling first.
    pub lines: Vec<WeighedLine>,
    /// What chance gives, by family, where it gives anything: as shuffles measured it, or by the
    /// closed form where nothing was shuffled.
    pub chance: Vec<(String, Bits)>,
    /// What shuffling says; none when nothing was shuffled.
    pub significance: Option<Significance>,
    /// What the soft features say.
    pub soft: Soft,
    /// The thresholds of that.
    pub thresholds: Thresholds,
    /// How many hard features both have.
    pub hard: u64,
    /// Claims that tie them, by how they do.
    pub ties: Vec<Tie>,
    /// What the left one has and the right one lacks, most telling first.
    pub only_left: Vec<Lacked>,
    /// What the right one has and the left one lacks.
    pub only_right: Vec<Lacked>,
    /// Families nothing can be said of, since one of the two has no feature in them.
    pub not_judged: Vec<String>,
    /// Features that are broader than themselves in the data; what is broader was left out.
    pub rings: Vec<String>,
}

/// Another record, with how much it shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The other one.
    pub other: RecordId,
    /// What the order goes by, after claims of identity and hard features: see ADR 0007.
    pub score: f64,
    /// How many shared features, by family, most specific ones only.
    pub families: Vec<(String, u64)>,
    /// How many shared features, most specific ones only.
    pub features: u64,
    /// What it comes to.
    pub tally: Tally,
}

/// How much two records share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// One.
    pub left: RecordId,
    /// The other.
    pub right: RecordId,
    /// How many shared features, most specific ones only.
    pub features: u64,
    /// How many of them are hard.
    pub hard: u64,
}

impl View {
    /// The features of this view, read now if they are not in hand.
    pub(crate) fn feature_index(&self) -> Result<Arc<Features>, ReadError> {
        let features = self.cached_features().get(|before| match before {
            Some((before, touched)) => before.after(touched, self.engine()),
            None => Features::read(self.engine()),
        });
        features.map_err(ReadError::engine)
    }

    /// What the overlap of two comes to, with the claims that tie them.
    pub(super) fn tally_pair(
        &self,
        features: &Features,
        [left, right]: [&RecordId; 2],
        found: Comparison,
        ties: Vec<Tie>,
        how: Shuffles,
    ) -> Result<Tally, ReadError> {
        let pair = features.holder(left).zip(features.holder(right));
        let pairs: Vec<_> = pair.into_iter().collect();
        let shuffled = self.shuffled(features, &pairs, how)?;
        let significance = shuffled.and_then(|found| found.into_iter().next());
        Ok(features.tally([left, right], found, significance, ties))
    }

    /// The records of these STIX types that share most with one, at most `top`: first those that
    /// assessors claim to be one network with it, then by hard features, then by score.
    pub fn overlaps(
        &self,
        of: &RecordId,
        types: &[&str],
        top: usize,
        how: Shuffles,
    ) -> Result<Vec<Ranked>, ReadError> {
        self.node(of)?;
        let features = self.feature_index()?;
        let mut tied = self.tied(of)?;
        tied.retain(|other, _| types.contains(&other.stix_type()));
        let claims = self.claims_by_id(tied.values().flat_map(BTreeMap::keys))?;
        let ties: BTreeMap<RecordId, Vec<Tie>> = tied
            .into_iter()
            .map(|(other, tied)| (other, ties(&tied, &claims)))
            .collect();
        let holder = features.holder(of);
        let fits = |at: Holder| {
            let other = &features.holders[at as usize];
            other != of && types.contains(&other.stix_type())
        };
        let hits = holder.map_or_else(Vec::new, |holder| {
            let profile = features.index.profile(holder);
            rank(
                &features.index,
                &profile,
                top,
                fits,
                &mut Scratch::default(),
            )
        });
        let scores: BTreeMap<&RecordId, f64> = hits
            .iter()
            .map(|hit| (&features.holders[hit.holder as usize], hit.score))
            .collect();
        let others: BTreeSet<&RecordId> = scores.keys().copied().chain(ties.keys()).collect();
        let pairs: Vec<(Holder, Holder)> = others
            .iter()
            .filter_map(|other| holder.zip(features.holder(other)))
            .collect();
        let mut shuffled = self
            .shuffled(&features, &pairs, how)?
            .unwrap_or_default()
            .into_iter();
        let mut ranked: Vec<Ranked> = others
            .into_iter()
            .map(|other| {
                let significance = holder
                    .zip(features.holder(other))
                    .and_then(|_| shuffled.next());
                let ties = ties.get(other).cloned().unwrap_or_default();
                let found = features.compare(of, other);
                let families = features.by_family(&found);
                let tally = features.tally([of, other], found, significance, ties);
                Ranked {
                    score: scores.get(other).copied().unwrap_or(0.0),
                    features: families.iter().map(|(_, count)| count).sum(),
                    families,
                    tally,
                    other: other.clone(),
                }
            })
            .collect();
        let identity = |one: &Ranked| {
            let mut ties = one.tally.ties.iter();
            ties.any(|tie| tie.kind == TieKind::OneNetwork)
        };
        ranked.sort_by(|a, b| {
            (identity(b).cmp(&identity(a)))
                .then(b.tally.hard.cmp(&a.tally.hard))
                .then(b.score.total_cmp(&a.score))
                .then(b.tally.ties.len().cmp(&a.tally.ties.len()))
                .then(a.other.cmp(&b.other))
        });
        ranked.truncate(top);
        Ok(ranked)
    }

    /// How much each two of these share, in their order: n (n − 1) / 2 comparisons in memory.
    pub fn overlaps_among(&self, of: &[RecordId]) -> Result<Vec<Pair>, ReadError> {
        let features = self.feature_index()?;
        let mut pairs = Vec::new();
        for (n, left) in of.iter().enumerate() {
            for right in &of[n + 1..] {
                let found = features.compare(left, right);
                pairs.push(Pair {
                    left: left.clone(),
                    right: right.clone(),
                    features: features.most_specific(&found).len() as u64,
                    hard: found.hard.len() as u64,
                });
            }
        }
        Ok(pairs)
    }

    /// What shuffles say of pairs. They take a place as a query does, and stop when whoever asked
    /// has gone.
    fn shuffled(
        &self,
        features: &Features,
        pairs: &[(Holder, Holder)],
        how: Shuffles,
    ) -> Result<Option<Vec<Significance>>, ReadError> {
        if pairs.is_empty() || how.times == 0 {
            return Ok(None);
        }
        let _place = self.runner().place(self.asker())?;
        let caller = crate::caller::current();
        Ok(significance(&features.index, pairs, how, &|| {
            !caller.is_cancelled()
        }))
    }
}

impl Features {
    fn named(&self, feature: Feature) -> Trait {
        let (family, key) = &self.features[feature as usize];
        Trait {
            family: feature_families()[usize::from(*family)].name.clone(),
            record: RecordId::from_iri(key),
            key: key.clone(),
        }
    }

    /// A feature by name.
    pub(super) fn key(&self, feature: Feature) -> &Key {
        &self.features[feature as usize]
    }

    /// A family.
    pub(super) fn family(&self, family: FamilyId) -> &'static Family {
        &feature_families()[usize::from(family)]
    }

    /// What somebody has; nothing when nobody of that id has any feature.
    pub(super) fn profile(&self, of: &RecordId) -> Profile {
        let holder = self.holder(of);
        holder
            .map(|holder| self.index.profile(holder))
            .unwrap_or_default()
    }

    /// Which of these have a feature above them.
    pub(super) fn under(&self, these: &[Feature], above: Feature) -> Vec<Feature> {
        let closed = |one: &Feature| self.index.terms().close(&[(*one, SURE)]);
        let is_under = |one: &&Feature| closed(one).iter().any(|(feature, _)| *feature == above);
        these.iter().filter(is_under).copied().collect()
    }

    pub(super) fn compare(&self, left: &RecordId, right: &RecordId) -> Comparison {
        compare(&self.index, &self.profile(left), &self.profile(right))
    }

    /// The shared features that no other shared one implies.
    pub(super) fn most_specific(&self, found: &Comparison) -> BTreeSet<Feature> {
        let soft = found.lines.iter().map(|line| line.feature);
        let shared: BTreeSet<Feature> = soft.chain(found.hard.iter().copied()).collect();
        let implied: BTreeSet<Feature> = shared
            .iter()
            .flat_map(|feature| self.index.terms().parents(*feature).iter().copied())
            .collect();
        shared.difference(&implied).copied().collect()
    }

    fn tally(
        &self,
        [left, right]: [&RecordId; 2],
        mut found: Comparison,
        significance: Option<Significance>,
        ties: Vec<Tie>,
    ) -> Tally {
        if let Some(significance) = &significance {
            found = found.against(significance.chance.clone());
        }
        let thresholds = thresholds();
        let lacked = |lacks: &[Lack]| -> Vec<Lacked> {
            let each = lacks.iter().map(|lack| Lacked {
                feature: self.named(lack.feature),
                information: lack.information,
                speaks: lack.speaks,
            });
            each.collect()
        };
        Tally {
            population: self.index.population(),
            soft: soft(
                &self.index,
                &found,
                significance.as_ref().map(|s| s.q),
                thresholds,
            ),
            thresholds: *thresholds,
            lines: found
                .lines
                .iter()
                .map(|line| WeighedLine {
                    feature: self.named(line.feature),
                    df: line.df,
                    information: line.information,
                    weight: line.weight,
                    sure: line.sure,
                    bits: line.bits,
                })
                .collect(),
            chance: found
                .chance
                .iter()
                .filter(|(_, bits)| *bits != Bits::ZERO)
                .map(|(family, bits)| {
                    (feature_families()[usize::from(*family)].name.clone(), *bits)
                })
                .collect(),
            significance,
            hard: found.hard.len() as u64,
            ties,
            only_left: lacked(&found.only_first),
            only_right: lacked(&found.only_second),
            not_judged: self.not_judged(left, right),
            rings: self.rings.to_vec(),
            found,
        }
    }

    /// The families in which somebody has features.
    pub(super) fn families(&self, of: &RecordId) -> BTreeSet<&'static str> {
        let profile = self.profile(of);
        let features = profile.features().iter();
        features
            .map(|(feature, _)| {
                let family = self.index.terms().family(*feature);
                feature_families()[usize::from(family)].name.as_str()
            })
            .collect()
    }

    fn not_judged(&self, left: &RecordId, right: &RecordId) -> Vec<String> {
        let (left, right) = (self.families(left), self.families(right));
        let all = feature_families().iter().map(|family| family.name.as_str());
        all.filter(|family| !(left.contains(family) && right.contains(family)))
            .map(str::to_owned)
            .collect()
    }

    fn by_family(&self, found: &Comparison) -> Vec<(String, u64)> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for feature in self.most_specific(found) {
            *counts.entry(self.named(feature).family).or_default() += 1;
        }
        counts.into_iter().collect()
    }
}
