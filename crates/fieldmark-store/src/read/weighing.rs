//! What an overlap comes to: shared features by their weight, what chance gives, what speaks
//! against a link, and who claims one. `fieldmark_analysis::overlap` does the sums.

use super::features::{Features, feature_families, thresholds};
use super::fixed::Fixed;
use super::overlap::Shared;
use super::{ReadError, record, terms, text};
use crate::view::View;
use fieldmark_analysis::overlap::{
    Bits, Comparison, Feature, Holder, Lack, Scratch, Shuffles, Significance, Soft, Thresholds,
    compare, rank, significance, soft,
};
use fieldmark_model::{Claim, Derivation, RecordId};
use std::collections::{BTreeMap, BTreeSet};

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

/// What an overlap comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighing {
    /// N: how many in this view have any feature.
    pub population: u32,
    /// Shared soft features, most telling first.
    pub lines: Vec<WeighedLine>,
    /// What chance gives, by family, where it gives anything: as shuffles measured it, or by the
    /// closed form where nothing was shuffled.
    pub chance: Vec<(String, Bits)>,
    /// S: the lines added up.
    pub sum: Bits,
    /// E: S less chance, exactly.
    pub excess: Bits,
    /// About 90 % of E, were the shared features met anew.
    pub interval: (Bits, Bits),
    /// Weighted Jaccard, 0 to 1.
    pub jaccard: Option<f64>,
    /// Share of the lesser of the two, 0 to 1.
    pub containment: Option<f64>,
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
    /// How many soft features each has, most specific ones only.
    pub observed: (u32, u32),
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
    pub weighing: Weighing,
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

impl View {
    /// What the overlap of two comes to; `shared` are the features that `queries/overlap.rq`
    /// finds, among them what assessors claim of both.
    pub(super) fn weigh_pair(
        &self,
        left: &RecordId,
        right: &RecordId,
        shared: &[Shared],
        how: Shuffles,
    ) -> Result<Weighing, ReadError> {
        let features = self.feature_index()?;
        let mut tied = self.tied(left)?.remove(right).unwrap_or_default();
        // What is claimed of both in two claims ties them as well, without saying they are one.
        for one in shared.iter().filter(|one| one.family == "claimed") {
            for support in one.left.iter().chain(&one.right).filter(|s| s.is_claim) {
                let link = support.link.clone();
                tied.entry(link).or_insert(TieKind::SameOfBoth);
            }
        }
        let ties = self.ties(vec![tied])?.pop().unwrap_or_default();
        let pair = features.holder(left).zip(features.holder(right));
        let pairs: Vec<_> = pair.into_iter().collect();
        let shuffled = self.shuffled(&features, &pairs, how)?;
        let significance = shuffled.and_then(|found| found.into_iter().next());
        Ok(features.weigh((left, right), significance, ties))
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
        let (tied, claims): (Vec<RecordId>, Vec<_>) = tied.into_iter().unzip();
        let ties: BTreeMap<RecordId, Vec<Tie>> = tied.into_iter().zip(self.ties(claims)?).collect();
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
                let weighing = features.weigh((of, other), significance, ties);
                let families = features.shared_by_family(of, other);
                Ranked {
                    score: scores.get(other).copied().unwrap_or(0.0),
                    features: families.iter().map(|(_, count)| count).sum(),
                    families,
                    weighing,
                    other: other.clone(),
                }
            })
            .collect();
        let identity = |one: &Ranked| {
            let mut ties = one.weighing.ties.iter();
            ties.any(|tie| tie.kind == TieKind::OneNetwork)
        };
        ranked.sort_by(|a, b| {
            (identity(b).cmp(&identity(a)))
                .then(b.weighing.hard.cmp(&a.weighing.hard))
                .then(b.score.total_cmp(&a.score))
                .then(b.weighing.ties.len().cmp(&a.weighing.ties.len()))
                .then(a.other.cmp(&b.other))
        });
        ranked.truncate(top);
        Ok(ranked)
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
        let _place = self
            .runner()
            .place(self.asker())
            .map_err(|error| ReadError::Question(error.into()))?;
        let caller = crate::caller::current();
        Ok(significance(&features.index, pairs, how, &|| {
            !caller.is_cancelled()
        }))
    }

    /// The claims that tie a record, or the network behind it, to others, by the other.
    fn tied(
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

    /// The ties these claims make, list by list, with who says so; read in one go.
    fn ties(&self, tied: Vec<BTreeMap<RecordId, TieKind>>) -> Result<Vec<Vec<Tie>>, ReadError> {
        let ids: BTreeSet<&RecordId> = tied.iter().flat_map(BTreeMap::keys).collect();
        let ids: Vec<RecordId> = ids.into_iter().cloned().collect();
        let found = self.claims(&ids)?.into_iter().flatten();
        let claims: BTreeMap<RecordId, Claim> =
            found.map(|claim| (claim.id.clone(), claim)).collect();
        let tie = |all: &BTreeMap<RecordId, TieKind>, id: &RecordId, kind: TieKind| {
            let claim = claims.get(id);
            let restates = claim.into_iter().flat_map(|claim| &claim.derivation);
            Tie {
                kind,
                claim: id.clone(),
                number: claim.and_then(|claim| claim.number.clone()),
                assessors: claim.map_or_else(Vec::new, |claim| claim.assessors.clone()),
                restates: restates
                    .filter(|(relation, other)| {
                        *relation == Derivation::Restates && all.contains_key(other)
                    })
                    .map(|(_, other)| other.clone())
                    .collect(),
            }
        };
        let of_one = |all: BTreeMap<RecordId, TieKind>| {
            let mut ties: Vec<Tie> = all.iter().map(|(id, kind)| tie(&all, id, *kind)).collect();
            ties.sort();
            ties
        };
        Ok(tied.into_iter().map(of_one).collect())
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

    fn compare(&self, left: &RecordId, right: &RecordId) -> Comparison {
        let profile = |id| {
            self.holder(id)
                .map(|holder| self.index.profile(holder))
                .unwrap_or_default()
        };
        compare(&self.index, &profile(left), &profile(right))
    }

    fn weigh(
        &self,
        (left, right): (&RecordId, &RecordId),
        significance: Option<Significance>,
        ties: Vec<Tie>,
    ) -> Weighing {
        let mut found = self.compare(left, right);
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
        Weighing {
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
            sum: found.sum,
            excess: found.excess,
            interval: found.interval,
            jaccard: found.jaccard,
            containment: found.containment,
            significance,
            hard: found.hard.len() as u64,
            ties,
            only_left: lacked(&found.only_first),
            only_right: lacked(&found.only_second),
            observed: found.observed,
            not_judged: self.not_judged(left, right),
            rings: self.rings.clone(),
        }
    }

    fn families(&self, of: &RecordId) -> BTreeSet<&str> {
        let profile = self.holder(of).map(|holder| self.index.profile(holder));
        let features = profile.iter().flat_map(|profile| profile.features());
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

    fn shared_by_family(&self, left: &RecordId, right: &RecordId) -> Vec<(String, u64)> {
        let found = self.compare(left, right);
        let shared: BTreeSet<Feature> = found
            .lines
            .iter()
            .map(|line| line.feature)
            .chain(found.hard)
            .collect();
        let implied: BTreeSet<Feature> = shared
            .iter()
            .flat_map(|feature| self.index.terms().parents(*feature).iter().copied())
            .collect();
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for feature in shared.difference(&implied) {
            *counts.entry(self.named(*feature).family).or_default() += 1;
        }
        counts.into_iter().collect()
    }
}
