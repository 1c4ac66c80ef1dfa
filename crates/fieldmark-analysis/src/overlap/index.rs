//! Who has what: each holder's features and each feature's holders, with the counts that rarity
//! and chance are worked out from.
//!
//! Nothing derived is stored: weights follow from counts when they are asked for, so a change
//! touches its own lists and counters and nothing else. One index belongs to one view, so no
//! count ever looks at what a caller may not see.

use super::bits::{Bits, information};
use super::lists::{List, Lists};
use super::terms::Terms;
use super::{FamilyId, Feature, Holder};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Sure of it: the confidence, in hundredths, of what nobody doubts.
pub const SURE: u8 = 100;

/// Features of many holders, such as campaigns.
#[derive(Clone, Debug, Default)]
pub struct Index {
    terms: Terms,
    features: Lists,
    holders: Lists,
    /// Who has a feature itself, not only one under it; for features that have any under them. Of
    /// the others everyone who has them has them directly.
    direct: Lists,
    /// Whether a feature has any under it.
    inner: Vec<bool>,
    /// How many hold each feature.
    df: Vec<u32>,
    /// How many features of each family each holder has: `families` numbers a holder.
    counts: Vec<u32>,
    /// How many edges there are in each family.
    edges: Vec<u64>,
    /// How many holders have any feature.
    population: u32,
    /// Confidences below [`SURE`].
    doubt: BTreeMap<(Feature, Holder), u8>,
    /// For each family `Σ w·df² / M²`, from which chance follows; worked out when first asked for.
    chance: OnceLock<Vec<f64>>,
}

/// A closed set of features: everything a holder has, with all that is broader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub(super) features: Vec<(Feature, u8)>,
    /// Aligned with `features`: whether it is there itself, not only by something under it.
    pub(super) direct: Vec<bool>,
    pub(super) counts: Vec<u32>,
}

impl Profile {
    /// The features in it with their confidences in hundredths, in order of number.
    pub fn features(&self) -> &[(Feature, u8)] {
        &self.features
    }

    /// Those that are there themselves, not only by something under them.
    pub fn direct(&self) -> impl Iterator<Item = (Feature, u8)> {
        let each = self.features.iter().zip(&self.direct);
        each.filter(|(_, direct)| **direct).map(|(of, _)| *of)
    }

    /// Its confidence in a feature, when it has it.
    pub fn sure(&self, feature: Feature) -> Option<u8> {
        self.features
            .binary_search_by_key(&feature, |(f, _)| *f)
            .ok()
            .map(|at| self.features[at].1)
    }
}

impl Index {
    /// An index of `holders` holders; `leaves` says what each has directly, with confidences in
    /// hundredths. Linear in edges.
    pub fn build(
        terms: Terms,
        holders: u32,
        mut leaves: impl FnMut(Holder) -> Vec<(Feature, u8)>,
    ) -> Self {
        let families = terms.families().len();
        let mut inner = vec![false; terms.len()];
        for feature in 0..terms.len() as Feature {
            for parent in terms.parents(feature) {
                inner[*parent as usize] = true;
            }
        }
        let mut index = Self {
            df: vec![0; terms.len()],
            inner,
            edges: vec![0; families],
            counts: vec![0; families * holders as usize],
            terms,
            ..Self::default()
        };
        for holder in 0..holders {
            let leaves = leaves(holder);
            let closed = index.terms.close(&leaves);
            index.count(holder, &closed);
            for (feature, _) in &leaves {
                if index.inner[*feature as usize] {
                    index.direct.insert(*feature, holder);
                }
            }
            index
                .features
                .append(closed.iter().map(|(feature, _)| *feature));
        }
        index.features.shrink();
        let mut filling = Lists::fill(&index.df);
        for holder in 0..holders {
            index
                .features
                .get(holder)
                .each(|feature| filling.push(feature, holder));
        }
        index.holders = filling.done();
        index
    }

    fn count(&mut self, holder: Holder, closed: &[(Feature, u8)]) {
        self.population += u32::from(!closed.is_empty());
        for (feature, sure) in closed {
            let family = usize::from(self.terms.family(*feature));
            self.df[*feature as usize] += 1;
            self.edges[family] += 1;
            let at = holder as usize * self.terms.families().len() + family;
            self.counts[at] += 1;
            if *sure < SURE {
                self.doubt.insert((*feature, holder), *sure);
            }
        }
    }

    /// Says anew what a holder has, which may be new. It costs as much as what changes.
    pub fn set(&mut self, holder: Holder, leaves: &[(Feature, u8)]) {
        let families = self.terms.families().len();
        if self.counts.len() < (holder as usize + 1) * families {
            self.counts.resize((holder as usize + 1) * families, 0);
        }
        self.chance.take();
        let was = self.profile(holder);
        let now = self.terms.close(leaves);
        for (feature, sure) in &was.features {
            if *sure < SURE {
                self.doubt.remove(&(*feature, holder));
            }
            if now.binary_search_by_key(feature, |(f, _)| *f).is_err() {
                self.holders.remove(*feature, holder);
                self.features.remove(holder, *feature);
            }
            if self.inner[*feature as usize] {
                self.direct.remove(*feature, holder);
            }
            let family = usize::from(self.terms.family(*feature));
            self.df[*feature as usize] -= 1;
            self.edges[family] -= 1;
            self.counts[holder as usize * families + family] -= 1;
        }
        self.population -= u32::from(!was.features.is_empty());
        for (feature, _) in &now {
            self.holders.insert(*feature, holder);
            self.features.insert(holder, *feature);
        }
        for (feature, _) in leaves {
            if self.inner[*feature as usize] {
                self.direct.insert(*feature, holder);
            }
        }
        self.count(holder, &now);
    }

    /// Gives a holder one more feature. It costs as much as the lists it goes into: that feature's,
    /// those of what is broader, and the holder's.
    pub fn insert(&mut self, holder: Holder, feature: Feature, sure: u8) {
        let families = self.terms.families().len();
        if self.counts.len() < (holder as usize + 1) * families {
            self.counts.resize((holder as usize + 1) * families, 0);
        }
        self.chance.take();
        self.population += u32::from(self.counts(holder).iter().all(|count| *count == 0));
        if self.inner[feature as usize] {
            self.direct.insert(feature, holder);
        }
        for (feature, sure) in self.terms.close(&[(feature, sure)]) {
            if self.features.insert(holder, feature) {
                self.holders.insert(feature, holder);
                let family = usize::from(self.terms.family(feature));
                self.df[feature as usize] += 1;
                self.edges[family] += 1;
                self.counts[holder as usize * families + family] += 1;
                if sure < SURE {
                    self.doubt.insert((feature, holder), sure);
                }
            } else if self.sure(feature, holder) < sure {
                if sure < SURE {
                    self.doubt.insert((feature, holder), sure);
                } else {
                    self.doubt.remove(&(feature, holder));
                }
            }
        }
    }

    /// What a holder has.
    pub fn profile(&self, holder: Holder) -> Profile {
        let mut features = Vec::new();
        self.features.get(holder).each(|feature| {
            features.push((feature, self.sure(feature, holder)));
        });
        let direct = features.iter();
        Profile {
            counts: self.counts(holder).to_vec(),
            direct: direct
                .map(|(feature, _)| self.has_directly(*feature, holder))
                .collect(),
            features,
        }
    }

    /// What somebody would have who has these directly.
    pub fn profile_of(&self, leaves: &[(Feature, u8)]) -> Profile {
        let features = self.terms.close(leaves);
        let mut counts = vec![0; self.terms.families().len()];
        for (feature, _) in &features {
            counts[usize::from(self.terms.family(*feature))] += 1;
        }
        let direct = features.iter();
        Profile {
            direct: direct
                .map(|(feature, _)| leaves.iter().any(|(leaf, _)| leaf == feature))
                .collect(),
            features,
            counts,
        }
    }

    /// The features and families.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// N: how many holders have any feature.
    pub fn population(&self) -> u32 {
        self.population
    }

    /// How many holders have this feature or one under it.
    pub fn df(&self, feature: Feature) -> u32 {
        self.df[feature as usize]
    }

    /// Who has this feature or one under it, in order of number.
    pub fn holders(&self, feature: Feature) -> Vec<Holder> {
        self.holders.get(feature).to_vec()
    }

    /// Who has this feature itself, in order of number.
    pub fn direct_holders(&self, feature: Feature) -> Vec<Holder> {
        self.direct(feature).to_vec()
    }

    /// How many edges there are, with those implied.
    pub fn edges(&self) -> u64 {
        self.edges.iter().sum()
    }

    /// I(f): what it tells to find this feature.
    pub fn information(&self, feature: Feature) -> Bits {
        information(self.df(feature), self.population)
    }

    /// w(f): what it tells beyond what is broader. Along a tree the weights add up to I.
    pub fn weight(&self, feature: Feature) -> Bits {
        let beyond = self
            .terms
            .parents(feature)
            .iter()
            .map(|parent| self.information(*parent))
            .max()
            .unwrap_or_default();
        (self.information(feature) - beyond).max(Bits::ZERO)
    }

    /// What a shared feature counts for, at a confidence in hundredths. Zero for a hard one.
    pub(super) fn worth(&self, feature: Feature, sure: u8) -> Bits {
        let family = &self.terms.families()[usize::from(self.terms.family(feature))];
        if family.hard {
            return Bits::ZERO;
        }
        self.weight(feature)
            .percent(family.lambda)
            .percent(u32::from(sure))
    }

    /// What two holders with so many features of each family would share by chance, by family.
    pub(super) fn chance(&self, one: &[u32], other: &[u32]) -> Vec<(FamilyId, Bits)> {
        let rates = self.chance.get_or_init(|| self.rates());
        let each = rates.iter().zip(one.iter().zip(other)).enumerate();
        each.filter(|(family, _)| !self.terms.families()[*family].hard)
            .map(|(family, (rate, (one, other)))| {
                let expected = f64::from(*one) * f64::from(*other) * rate;
                (family as FamilyId, Bits::of(expected))
            })
            .collect()
    }

    fn rates(&self) -> Vec<f64> {
        let mut rates = vec![0.0; self.terms.families().len()];
        for feature in 0..self.terms.len() as Feature {
            let df = f64::from(self.df(feature));
            if df > 0.0 {
                rates[usize::from(self.terms.family(feature))] +=
                    self.worth(feature, SURE).get() * df * df;
            }
        }
        for (rate, edges) in rates.iter_mut().zip(&self.edges) {
            *rate /= (*edges as f64).powi(2).max(1.0);
        }
        rates
    }

    pub(super) fn counts(&self, holder: Holder) -> &[u32] {
        let families = self.terms.families().len();
        let at = holder as usize * families;
        self.counts.get(at..at + families).unwrap_or_default()
    }

    /// Who has a feature itself, not only one under it.
    pub(super) fn direct(&self, feature: Feature) -> List<'_> {
        if self.inner[feature as usize] {
            self.direct.get(feature)
        } else {
            self.holders.get(feature)
        }
    }

    /// Whether a holder has a feature itself.
    pub(super) fn has_directly(&self, feature: Feature, holder: Holder) -> bool {
        if self.inner[feature as usize] {
            self.direct.get(feature).contains(holder)
        } else {
            self.features.get(holder).contains(feature)
        }
    }

    /// Places for holders, whether or not they have anything.
    pub(super) fn places(&self) -> usize {
        self.counts.len() / self.terms.families().len().max(1)
    }

    pub(super) fn sure(&self, feature: Feature, holder: Holder) -> u8 {
        if self.doubt.is_empty() {
            return SURE;
        }
        self.doubt.get(&(feature, holder)).copied().unwrap_or(SURE)
    }

    /// Those who have a feature with less than full confidence.
    pub(super) fn doubted(&self, feature: Feature) -> impl Iterator<Item = (Holder, u8)> {
        self.doubt
            .range((feature, Holder::MIN)..=(feature, Holder::MAX))
            .map(|((_, holder), sure)| (*holder, *sure))
    }

    /// Bytes held by lists and counters.
    pub fn bytes(&self) -> usize {
        self.features.bytes()
            + self.holders.bytes()
            + self.direct.bytes()
            + self.inner.len()
            + (self.df.len() + self.counts.len()) * 4
            + self.doubt.len() * 24
    }
}
