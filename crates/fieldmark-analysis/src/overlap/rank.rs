//! Who shares most with one, among all.
//!
//! The order is not the verdict's: it goes by the feature's query likelihood smoothed by Dirichlet's
//! prior, on what both have directly, with a light correction for length. Of the orders tried it
//! found the group behind a campaign or report most often (ADR 0007 has the figures).

use super::bits::Bits;
use super::index::{Index, Profile};
use super::{Feature, Holder};
use std::cmp::Reverse;
use std::collections::HashMap;

/// The weight of the prior, in times of what an average holder has.
const PRIOR: f64 = 40.0;

/// How much of a holder's length is held against it, 0 to 1 (BM25's b).
const LENGTH: f64 = 0.05;

/// From so many edges on the lists of common features are not walked but asked.
const LARGE: u64 = 10_000_000;

/// One of a ranking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Who.
    pub holder: Holder,
    /// How many hard features both have. These come first.
    pub hard: u32,
    /// What the ranking goes by among equals of that: see [`Index::call`] and [`Index::brevity`].
    pub score: f64,
}

/// Room to add up in, kept between rankings so that none of them has to clear it.
#[derive(Debug, Default)]
pub struct Scratch {
    sums: Vec<i64>,
    met: Vec<Holder>,
}

impl Index {
    /// What a directly shared feature adds to a ranking: `λ · log₂(1 + N/(40·df))`, with df of those
    /// who have it directly.
    pub fn call(&self, feature: Feature) -> Bits {
        let family = &self.terms().families()[usize::from(self.terms().family(feature))];
        let df = self.direct(feature).len() as f64;
        if family.hard || df == 0.0 {
            return Bits::ZERO;
        }
        let call = (1.0 + f64::from(self.population()) / (PRIOR * df)).log2();
        Bits::of(call).percent(family.lambda)
    }

    /// What a holder's ranking is multiplied by for its length: a little more than 1 for one with
    /// few features, less for one with many.
    pub fn brevity(&self, holder: Holder) -> f64 {
        let mean = self.edges() as f64 / f64::from(self.population().max(1));
        let length: u32 = self.counts(holder).iter().sum();
        1.0 / (1.0 - LENGTH + LENGTH * f64::from(length) / mean.max(1.0))
    }
}

/// The `top` holders among those to `keep` that share most with `of`, best first: by hard features,
/// then by score, then by number. Whoever shares nothing directly is not among them.
///
/// Exact. In a large index the rarest features come first, and once nobody new could reach the
/// best `top` the common ones are only asked about those who still could.
///
/// ```
/// use fieldmark_analysis::overlap::{Family, Index, SURE, Scratch, Terms, rank};
/// let techniques = Family { name: "technique".to_owned(), hard: false, lambda: 100 };
/// let terms = Terms::new(vec![techniques], &[(0, vec![]), (0, vec![])]).unwrap();
/// let index = Index::build(terms, 3, |holder| match holder {
///     0 | 2 => vec![(0, SURE), (1, SURE)],
///     _ => vec![(0, SURE)],
/// });
/// let best = rank(&index, &index.profile(0), 1, |other| other != 0, &mut Scratch::default());
/// assert_eq!(best[0].holder, 2);
/// ```
pub fn rank(
    index: &Index,
    of: &Profile,
    top: usize,
    keep: impl Fn(Holder) -> bool,
    scratch: &mut Scratch,
) -> Vec<Hit> {
    rank_from(index, of, top, keep, scratch, LARGE)
}

/// [`rank`], with what counts as large.
pub(super) fn rank_from(
    index: &Index,
    of: &Profile,
    top: usize,
    keep: impl Fn(Holder) -> bool,
    scratch: &mut Scratch,
    large: u64,
) -> Vec<Hit> {
    let mut hard: HashMap<Holder, u32> = HashMap::new();
    let mut calls: Vec<(Bits, Feature, u8)> = Vec::new();
    for (feature, sure) in of.direct() {
        if index.terms().is_hard(feature) {
            index
                .direct(feature)
                .each(|holder| *hard.entry(holder).or_default() += 1);
        } else if index.call(feature) > Bits::ZERO {
            calls.push((index.call(feature), feature, sure));
        }
    }
    calls.sort_unstable_by_key(|(call, feature, _)| (Reverse(*call), *feature));
    scratch.sums.resize(index.places(), 0);
    let mut rest: i64 = calls.iter().map(|(call, _, sure)| at(*call, *sure)).sum();
    let mut left = calls.as_slice();
    while let Some(((call, feature, sure), after)) = left.split_first() {
        // Walking a list longer than all that was met so far is worth a look at who may still win.
        let long = index.direct(*feature).len() > scratch.met.len() as u64;
        // Hard features come before any score, so they leave no room to stop early.
        if index.edges() >= large && long && hard.is_empty() && scratch.met.len() > top {
            let bar = bar(index, scratch, top, &keep);
            if bar.is_some_and(|bar| rest as f64 / 1e6 / (1.0 - LENGTH) < bar) {
                ask(index, left, rest, bar.unwrap_or_default(), scratch);
                break;
            }
        }
        let full = at(*call, *sure);
        let Scratch { sums, met } = &mut *scratch;
        index.direct(*feature).each(|holder| {
            let sum = &mut sums[holder as usize];
            if *sum == 0 {
                met.push(holder);
            }
            *sum += full;
        });
        for (holder, theirs) in index.doubted(*feature) {
            if theirs < *sure && index.has_directly(*feature, holder) {
                sums[holder as usize] -= full - at(*call, theirs);
            }
        }
        rest -= full;
        left = after;
    }
    let mut hits: Vec<Hit> = Vec::new();
    for holder in scratch.met.drain(..) {
        let sum = std::mem::take(&mut scratch.sums[holder as usize]);
        if sum > 0 && keep(holder) {
            hits.push(Hit {
                holder,
                hard: hard.remove(&holder).unwrap_or(0),
                score: score(index, holder, sum),
            });
        }
    }
    let only_hard = hard.into_iter().filter(|(holder, _)| keep(*holder));
    hits.extend(only_hard.map(|(holder, hard)| Hit {
        holder,
        hard,
        score: 0.0,
    }));
    let order = |a: &Hit, b: &Hit| {
        (b.hard.cmp(&a.hard))
            .then(b.score.total_cmp(&a.score))
            .then(a.holder.cmp(&b.holder))
    };
    if hits.len() > top {
        hits.select_nth_unstable_by(top, order);
        hits.truncate(top);
    }
    hits.sort_unstable_by(order);
    hits
}

fn at(call: Bits, sure: u8) -> i64 {
    call.percent(u32::from(sure)).0
}

fn score(index: &Index, holder: Holder, sum: i64) -> f64 {
    Bits(sum).get() * index.brevity(holder)
}

/// The score that `top` of those met have reached already, if so many may be kept.
fn bar(
    index: &Index,
    scratch: &Scratch,
    top: usize,
    keep: &impl Fn(Holder) -> bool,
) -> Option<f64> {
    let met = scratch.met.iter().filter(|holder| keep(**holder));
    let mut scores: Vec<f64> = met
        .map(|holder| score(index, *holder, scratch.sums[*holder as usize]))
        .collect();
    if top == 0 || scores.len() < top {
        return None;
    }
    let (_, bar, _) = scores.select_nth_unstable_by(top - 1, |a, b| b.total_cmp(a));
    Some(*bar)
}

/// Adds what is left for everyone who could still pass the bar, and forgets the others.
fn ask(index: &Index, left: &[(Bits, Feature, u8)], rest: i64, bar: f64, scratch: &mut Scratch) {
    let Scratch { sums, met } = scratch;
    met.retain(|holder| {
        let sum = &mut sums[*holder as usize];
        if score(index, *holder, *sum + rest) < bar {
            *sum = 0;
            return false;
        }
        for (call, feature, sure) in left {
            if index.has_directly(*feature, *holder) {
                *sum += at(*call, index.sure(*feature, *holder).min(*sure));
            }
        }
        true
    });
}
