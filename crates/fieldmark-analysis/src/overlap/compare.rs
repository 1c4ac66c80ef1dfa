//! What two have in common, taken apart to the last millionth of a bit.

use super::bits::Bits;
use super::index::{Index, Profile};
use super::{FamilyId, Feature};
use std::collections::BTreeMap;

/// One feature that both have, and what it counts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The feature.
    pub feature: Feature,
    /// How many holders have it or one under it.
    pub df: u32,
    /// I(f): what it tells to find it.
    pub information: Bits,
    /// w(f): what it tells beyond what is broader.
    pub weight: Bits,
    /// The lesser of both confidences, in hundredths.
    pub sure: u8,
    /// What it contributes: λ · confidence · weight.
    pub bits: Bits,
}

/// A comparison of two. The waterfall is every line, then each family's chance taken off:
/// `sum(lines) − sum(chance) = excess`, exactly.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Soft features that both have, most telling first.
    pub lines: Vec<Line>,
    /// Hard features that both have.
    pub hard: Vec<Feature>,
    /// S: what the lines add up to.
    pub sum: Bits,
    /// What chance would give, by soft family: by the closed form of so many features on either
    /// side, or as shuffles measured it ([`Comparison::against`]).
    pub chance: Vec<(FamilyId, Bits)>,
    /// E: the sum less chance.
    pub excess: Bits,
    /// About 90 % of what E would be had each shared tree of features been met anew: E ± 1.645·√Σx²,
    /// the normal form of a Poisson bootstrap. It is wide when much rests on few features.
    pub interval: (Bits, Bits),
    /// Weighted Jaccard: what is shared by what either has, 0 to 1; none when neither has anything.
    pub jaccard: Option<f64>,
    /// What is shared by what the lesser of the two has, 0 to 1.
    pub containment: Option<f64>,
    /// Most specific features of the first that the second lacks, by weight.
    pub only_first: Vec<Lack>,
    /// Most specific features of the second that the first lacks, by weight.
    pub only_second: Vec<Lack>,
    /// How many soft features, most specific ones only, each has.
    pub observed: (u32, u32),
}

impl Comparison {
    /// The same, less chance as shuffles measured it. The closed form errs high in families that
    /// few have, up to three times; what is measured does not.
    pub fn against(mut self, chance: Vec<(FamilyId, Bits)>) -> Self {
        let excess = self.sum - chance.iter().map(|(_, bits)| *bits).sum();
        let moved = excess - self.excess;
        self.interval = (self.interval.0 + moved, self.interval.1 + moved);
        self.excess = excess;
        self.chance = chance;
        self
    }
}

/// A feature of one that the other lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The feature.
    pub feature: Feature,
    /// I(f): what it would have told.
    pub information: Bits,
    /// Whether the other is so well observed in this family that the lack speaks against a link,
    /// rather than that nobody looked.
    pub speaks: bool,
}

/// From so many features of a family on, what a holder lacks in it counts as looked for.
pub const WELL_OBSERVED: u32 = 5;

/// Compares two, in the population of `index`. Linear in what either has.
///
/// ```
/// use fieldmark_analysis::overlap::{Bits, Family, Index, SURE, Terms, compare};
/// let techniques = Family { name: "technique".to_owned(), hard: false, lambda: 100 };
/// // Both of the first two have 0, as everybody has; only they have 1.
/// let terms = Terms::new(vec![techniques], &[(0, vec![]), (0, vec![])]).unwrap();
/// let index = Index::build(terms, 8, |holder| match holder {
///     0 | 1 => vec![(0, SURE), (1, SURE)],
///     _ => vec![(0, SURE)],
/// });
/// let found = compare(&index, &index.profile(0), &index.profile(1));
/// assert_eq!(found.lines[0].feature, 1);
/// assert!(found.lines[0].bits > found.lines[1].bits);
/// let explained: Bits = found.lines.iter().map(|line| line.bits).sum();
/// assert_eq!(explained, found.sum);
/// ```
pub fn compare(index: &Index, one: &Profile, other: &Profile) -> Comparison {
    let mut lines = Vec::new();
    let mut hard = Vec::new();
    for (feature, sure) in &one.features {
        let Some(theirs) = other.sure(*feature) else {
            continue;
        };
        if index.terms().is_hard(*feature) {
            hard.push(*feature);
            continue;
        }
        let sure = (*sure).min(theirs);
        lines.push(Line {
            feature: *feature,
            df: index.df(*feature),
            information: index.information(*feature),
            weight: index.weight(*feature),
            sure,
            bits: index.worth(*feature, sure),
        });
    }
    lines.sort_by_key(|line| (std::cmp::Reverse(line.bits), line.feature));
    let sum: Bits = lines.iter().map(|line| line.bits).sum();
    let chance = index.chance(&one.counts, &other.counts);
    let excess = sum - chance.iter().map(|(_, bits)| *bits).sum();
    let (own, theirs) = (total(index, one), total(index, other));
    let of = |whole: Bits| (whole > Bits::ZERO).then(|| sum.get() / whole.get());
    Comparison {
        interval: interval(index, &lines, excess),
        jaccard: of(own + theirs - sum),
        containment: of(own.min(theirs)),
        only_first: lacks(index, one, other),
        only_second: lacks(index, other, one),
        observed: (observed(index, one), observed(index, other)),
        lines,
        hard,
        sum,
        chance,
        excess,
    }
}

fn total(index: &Index, profile: &Profile) -> Bits {
    let each = profile.features.iter();
    each.map(|(feature, sure)| index.worth(*feature, *sure))
        .sum()
}

fn interval(index: &Index, lines: &[Line], excess: Bits) -> (Bits, Bits) {
    // A feature and what is broader stand and fall together.
    let mut trees: BTreeMap<Feature, f64> = BTreeMap::new();
    for line in lines {
        *trees.entry(index.terms().root(line.feature)).or_default() += line.bits.get();
    }
    let spread = Bits::of(1.645 * trees.values().map(|x| x * x).sum::<f64>().sqrt());
    (excess - spread, excess + spread)
}

fn lacks(index: &Index, of: &Profile, other: &Profile) -> Vec<Lack> {
    let mut lacks: Vec<Lack> = leaves(index, of)
        .filter(|feature| other.sure(*feature).is_none())
        .map(|feature| Lack {
            feature,
            information: index.information(feature),
            speaks: other
                .counts
                .get(usize::from(index.terms().family(feature)))
                .is_some_and(|count| *count >= WELL_OBSERVED),
        })
        .collect();
    lacks.sort_by_key(|lack| (std::cmp::Reverse(lack.information), lack.feature));
    lacks
}

/// The most specific features of a profile: those that nothing else in it implies.
pub(super) fn leaves<'a>(
    index: &'a Index,
    profile: &'a Profile,
) -> impl Iterator<Item = Feature> + 'a {
    let implied: std::collections::BTreeSet<Feature> = profile
        .features
        .iter()
        .flat_map(|(feature, _)| index.terms().parents(*feature).iter().copied())
        .collect();
    let each = profile.features.iter().map(|(feature, _)| *feature);
    each.filter(move |feature| !implied.contains(feature))
}

fn observed(index: &Index, profile: &Profile) -> u32 {
    leaves(index, profile)
        .filter(|feature| !index.terms().is_hard(*feature))
        .count() as u32
}
