//! How often chance alone would share as much: shuffles that keep how many features each holder
//! has and how many holders each feature has.
//!
//! The shuffle is the Curveball algorithm of Strona and others (Nature Communications 5, 2014): two
//! holders at random trade what only one of them has, each keeping as many as before. It works on
//! the most specific features; what is broader follows from them. Families are shuffled apart, so
//! no technique is traded for a platform. Many candidates are held against the false discovery
//! rate of Benjamini and Hochberg (1995).

use super::bits::Bits;
use super::compare::leaves;
use super::index::{Index, SURE};
use super::{FamilyId, Feature, Holder};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::collections::BTreeMap;

/// How to shuffle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shuffles {
    /// B: how many shuffled populations to look at.
    pub times: u32,
    /// Where the random numbers begin: the same seed gives the same answer.
    pub seed: u64,
    /// The most trades to make, over all shuffles. B is lowered when it would take more, and below
    /// [`FEWEST`] nothing is shuffled.
    pub budget: u64,
}

impl Default for Shuffles {
    fn default() -> Self {
        Self {
            times: 9_999,
            seed: 20_230_906,
            budget: 3_000_000,
        }
    }
}

/// Fewer shuffles than this cannot tell what is rarer than one in twenty.
pub const FEWEST: u32 = 19;

/// What the shuffles say of one pair.
#[derive(Clone, Debug, PartialEq)]
pub struct Significance {
    /// B: how many shuffles were made.
    pub times: u32,
    /// `(1 + how many shared as much or more) / (B + 1)`.
    pub p: f64,
    /// p held against the false discovery rate over all pairs shown.
    pub q: f64,
    /// What the shuffled pair shared on average, by soft family, each to the nearest micro-bit:
    /// chance, measured.
    pub chance: Vec<(FamilyId, Bits)>,
}

/// Shuffles the population and says of each pair how often as much would be shared. None when the
/// population is too large for the budget, fewer than [`FEWEST`] are asked for, there are fewer
/// than two holders, or `go_on` said no.
///
/// Costs B times as many trades as there are holders.
pub fn significance(
    index: &Index,
    pairs: &[(Holder, Holder)],
    how: Shuffles,
    go_on: &dyn Fn() -> bool,
) -> Option<Vec<Significance>> {
    let mut families = matrices(index);
    let trades: u64 = families.iter().map(|rows| rows.len() as u64).sum();
    let times = how.times.min((how.budget / trades.max(1)) as u32);
    if times < FEWEST || families.iter().all(|rows| rows.len() < 2) || pairs.is_empty() {
        return None;
    }
    let count = families.len();
    let shared = |families: &[Vec<Row>], pair: &(Holder, Holder)| -> Vec<Bits> {
        let of = |holder: Holder| -> Vec<(Feature, u8)> {
            let rows = families.iter().filter_map(|rows| {
                let at = rows.binary_search_by_key(&holder, |row| row.holder).ok()?;
                Some(rows[at].features.iter().map(|feature| (*feature, SURE)))
            });
            index.terms().close(&rows.flatten().collect::<Vec<_>>())
        };
        let (one, other) = (of(pair.0), of(pair.1));
        let mut by_family = vec![Bits::ZERO; count];
        for (feature, _) in &one {
            if other.binary_search_by_key(feature, |(f, _)| *f).is_ok() {
                let family = usize::from(index.terms().family(*feature));
                by_family[family] += index.worth(*feature, SURE);
            }
        }
        by_family
    };
    let sum = |by_family: &[Bits]| -> Bits { by_family.iter().copied().sum() };
    let seen: Vec<Bits> = pairs
        .iter()
        .map(|pair| sum(&shared(&families, pair)))
        .collect();
    let mut random = Pcg64::seed_from_u64(how.seed);
    let mut reached = vec![0_u32; pairs.len()];
    let mut total = vec![vec![Bits::ZERO; count]; pairs.len()];
    // Five trades a row bring a matrix far from where it stood; one a row then parts two looks.
    for _ in 0..5 {
        shuffle(&mut families, &mut random);
    }
    for _ in 0..times {
        if !go_on() {
            return None;
        }
        shuffle(&mut families, &mut random);
        for (at, pair) in pairs.iter().enumerate() {
            let now = shared(&families, pair);
            reached[at] += u32::from(sum(&now) >= seen[at]);
            for (total, now) in total[at].iter_mut().zip(now) {
                *total += now;
            }
        }
    }
    let p: Vec<f64> = reached
        .iter()
        .map(|reached| f64::from(1 + reached) / f64::from(times + 1))
        .collect();
    let q = discovery_rates(&p);
    let soft = |family: usize| !index.terms().families()[family].hard;
    let mean = |total: Vec<Bits>| {
        let each = total.into_iter().enumerate();
        each.filter(|(family, _)| soft(*family))
            .map(|(family, total)| (family as FamilyId, total.share(times)))
            .collect()
    };
    let each = p.iter().zip(q).zip(total);
    Some(
        each.map(|((p, q), total)| Significance {
            times,
            p: *p,
            q,
            chance: mean(total),
        })
        .collect(),
    )
}

/// Benjamini and Hochberg's adjusted values: `q[i] = min over p[j] ≥ p[i] of p[j]·m/rank(j)`.
///
/// ```
/// use fieldmark_analysis::overlap::discovery_rates;
/// assert_eq!(discovery_rates(&[0.01, 0.04]), [0.02, 0.04]);
/// ```
pub fn discovery_rates(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    let mut rates = vec![1.0; p.len()];
    let mut least: f64 = 1.0;
    for (rank, at) in order.iter().enumerate().rev() {
        least = least.min(p[*at] * p.len() as f64 / (rank + 1) as f64);
        rates[*at] = least;
    }
    rates
}

#[derive(Debug)]
struct Row {
    holder: Holder,
    features: Vec<Feature>,
}

/// For each soft family, who has which most specific features of it; those who have any.
fn matrices(index: &Index) -> Vec<Vec<Row>> {
    let mut families: Vec<Vec<Row>> = Vec::new();
    families.resize_with(index.terms().families().len(), Vec::new);
    for holder in 0..index.places() as Holder {
        let profile = index.profile(holder);
        let mut of: BTreeMap<_, Vec<Feature>> = BTreeMap::new();
        for feature in leaves(index, &profile) {
            if !index.terms().is_hard(feature) {
                of.entry(index.terms().family(feature))
                    .or_default()
                    .push(feature);
            }
        }
        for (family, features) in of {
            families[usize::from(family)].push(Row { holder, features });
        }
    }
    families
}

fn shuffle(families: &mut [Vec<Row>], random: &mut Pcg64) {
    for rows in families.iter_mut().filter(|rows| rows.len() > 1) {
        for _ in 0..rows.len() {
            let one = random.random_range(0..rows.len());
            let other = (one + random.random_range(1..rows.len())) % rows.len();
            trade(rows, one, other, random);
        }
    }
}

fn trade(rows: &mut [Row], one: usize, other: usize, random: &mut Pcg64) {
    let [first, second] = rows
        .get_disjoint_mut([one, other])
        .expect("two different rows of the matrix");
    let (first, second) = (&mut first.features, &mut second.features);
    let mut loose: Vec<Feature> = Vec::new();
    let lacking = |of: &[Feature], from: &mut Vec<Feature>| {
        let before = from.len();
        from.retain(|feature| {
            let keep = of.binary_search(feature).is_ok();
            if !keep {
                loose.push(*feature);
            }
            keep
        });
        before - from.len()
    };
    let mut lacking = lacking;
    let before = first.clone();
    let mine = lacking(second, first);
    lacking(&before, second);
    loose.shuffle(random);
    first.extend(&loose[..mine]);
    second.extend(&loose[mine..]);
    first.sort_unstable();
    second.sort_unstable();
}
