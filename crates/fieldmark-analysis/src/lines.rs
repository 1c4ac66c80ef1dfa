//! The evidence-line ledger: what several claims about one proposition come to, and why.
//!
//! Claims are counted by the ground they stand on, not by the mouths that repeat them. A claim that
//! rests on evidence of its own (a *primary*) founds a line or joins one with which it shares a root;
//! one that concurs, reviews or restates (a *derivative*) stands on the lines of its sources and
//! founds none. Each line speaks once for and once against; lines are then combined, and nothing
//! said against is ever averaged away.
//!
//! The rule between "only the best line" and "all lines are independent" is a number, γ, and is
//! always printed: support is `(1−γ)·max + γ·Σ` of the lines' log-odds. The idempotence of the best
//! line follows the cautious rule of Denœux (Artificial Intelligence 172, 2008).

mod count;
mod range;
mod yardstick;

#[cfg(test)]
mod tests;

pub use range::{Range, RangeError};
pub use yardstick::{Band, Yardstick};

use range::{Odds, probability};
use std::collections::{BTreeMap, BTreeSet};

/// The root shared by every primary of one side whose ground is not disclosed.
///
/// Nobody can tell whether two such claims rest on the same, so they count as one. A claim and its
/// denial do not: each side has a root of this name to itself (ADR 0006).
pub const UNDISCLOSED: &str = "undisclosed";

/// Whether a claim says that it is so or that it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stance {
    /// Says it is so.
    For,
    /// Says it is not so.
    Against,
}

/// What a claim stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Evidence of its own, by root; no root means that the ground is not disclosed.
    Primary(BTreeSet<String>),
    /// Other claims, by the key of each. One that is not among the inputs counts as hidden.
    Derivative(BTreeSet<String>),
}

/// The kind of evidence behind a claim (Pamment and Smith; IIAF).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Infrastructure, accounts, metadata.
    Technical,
    /// What the operators do: timing, techniques, content.
    Behavioural,
    /// Who gains, what was going on, who did so before.
    Contextual,
}

/// One claim about the proposition, as an input to the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The caller's key, which also orders ties: two inputs with one key are one claim.
    pub key: String,
    /// What it says.
    pub stance: Stance,
    /// The probability *of the proposition* that its words stand for, when they are on a scale.
    /// A denial "likely" (0.55 to 0.80) is 0.20 to 0.45 here: see [`Range::complement`].
    pub range: Option<Range>,
    /// What it stands on.
    pub ground: Ground,
    /// The kinds of evidence it cites.
    pub categories: BTreeSet<Category>,
}

/// How lines are combined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// The default, γ = ½: further lines help, each half as much as if it were fully independent.
    Ledger,
    /// γ = 0: only the best line counts.
    SingleBest,
    /// γ = 1: every line counts in full, as if independent.
    FullIndependence,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::Ledger, Self::SingleBest, Self::FullIndependence];

    /// The share of the sum in the combination, 0 to 1.
    pub fn gamma(self) -> f64 {
        match self {
            Self::Ledger => 0.5,
            Self::SingleBest => 0.0,
            Self::FullIndependence => 1.0,
        }
    }
}

/// What one line says for or against, and which claim says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Voice {
    /// The claim that is counted.
    pub claim: String,
    /// Log-odds in favour of the side, in nats: from the range's middle, its ends clamped to
    /// 0.01 and 0.99.
    pub weight: f64,
}

/// Claims that stand on one ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The roots its primaries share, in order; just [`UNDISCLOSED`] when nobody says.
    pub roots: Vec<String>,
    /// The claims that found it, in order.
    pub primaries: Vec<String>,
    /// The claims that lean on it, in order. They may lean on other lines too.
    pub derivatives: Vec<String>,
    /// Members that affirm without a scale: counted, never given a number.
    pub unscaled: Vec<String>,
    /// What counts in favour, if anything does.
    pub support: Option<Voice>,
    /// What counts against, if anything does.
    pub dissent: Option<Voice>,
}

/// One side of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The claims on this side, scaled or not, in order.
    pub claims: Vec<String>,
    /// On how many lines they stand.
    pub lines: usize,
    /// The combined log-odds, in nats, never negative: from the lower ends, the middles and the
    /// upper ends of the ranges.
    pub odds: Odds,
}

/// What may be said in one line.
#[derive(Clone, Debug, PartialEq)]
pub enum Headline {
    /// Nobody claims anything.
    Silent,
    /// Affirmed on so many lines, and nobody put a likelihood on it.
    Unscaled {
        /// How many lines.
        lines: usize,
    },
    /// A likelihood, with no dissent.
    Likelihood {
        /// The probability and its interval.
        range: Range,
        /// The middle, 0 to 1.
        probability: f64,
        /// The yardstick's term for the middle, unless it falls between two bands.
        term: Option<String>,
        /// How many lines.
        lines: usize,
    },
    /// Somebody says otherwise: both sides are shown and there is no net figure.
    Contested {
        /// Lines in favour.
        for_: usize,
        /// Lines against.
        against: usize,
    },
}

/// The ledger's whole working.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighing {
    /// The rule in force.
    pub rule: Rule,
    /// The lines, by first root.
    pub lines: Vec<Line>,
    /// Everything in favour.
    pub support: Side,
    /// Everything against.
    pub dissent: Side,
    /// Claims whose middle is exactly even: on neither side, and said so.
    pub even: Vec<String>,
    /// Affirming claims without a scale, in order.
    pub unscaled: Vec<String>,
    /// Derivatives counted at most once although they lean on several lines.
    pub counted_once: Vec<String>,
    /// Derivatives none of whose sources is to be seen; they lean on the undisclosed line.
    pub source_hidden: Vec<String>,
    /// The kinds of evidence that the claims in favour cite.
    pub categories: BTreeSet<Category>,
    /// Whether the headline is "very likely" or more (0.80) on fewer than two kinds of evidence,
    /// which the IIAF framework asks for.
    pub wants_second_category: bool,
    /// The one line.
    pub headline: Headline,
}

/// Combines the claims about one proposition.
///
/// The order of the inputs does not matter, and an input given twice counts once. Takes time in
/// `n log n` of claims and roots, and for derivatives with many sources in their links.
///
/// ```
/// use fieldmark_analysis::lines::{Ground, Headline, Input, Range, Rule, Stance, Yardstick, weigh};
/// use std::collections::BTreeSet;
/// let claim = |key: &str, ground, range| Input {
///     key: key.to_owned(),
///     stance: Stance::For,
///     range,
///     ground,
///     categories: BTreeSet::new(),
/// };
/// let likely = Some(Range::new(0.55, 0.80)?);
/// let data = Ground::Primary(["data of its own".to_owned()].into());
/// let review = Ground::Derivative(["one".to_owned()].into());
/// // A reviewer of one line adds none, though it alone says how likely it is.
/// let claims = [claim("one", data, None), claim("two", review, likely)];
/// let weighing = weigh(&claims, Rule::Ledger, &Yardstick::new(Vec::new()));
/// assert_eq!(weighing.lines.len(), 1);
/// assert!(matches!(weighing.headline, Headline::Likelihood { lines: 1, .. }));
/// # Ok::<(), fieldmark_analysis::lines::RangeError>(())
/// ```
pub fn weigh(inputs: &[Input], rule: Rule, yardstick: &Yardstick) -> Weighing {
    let by_key: BTreeMap<&str, &Input> = inputs.iter().map(|i| (i.key.as_str(), i)).collect();
    let grounds = count::grounds(&by_key);
    let lines = count::lines(&by_key, &grounds);

    let favour = count::combine(&by_key, &grounds, Stance::For, rule.gamma());
    let against = count::combine(&by_key, &grounds, Stance::Against, rule.gamma());
    let mut lines = lines;
    for (line, voice) in favour.voices {
        lines[line].support = Some(voice);
    }
    for (line, voice) in against.voices {
        lines[line].dissent = Some(voice);
    }

    let on = |stance| -> Vec<String> {
        by_key
            .values()
            .filter(|input| input.side() == Some(stance))
            .map(|input| input.key.clone())
            .collect()
    };
    let side = |stance, odds| {
        let claims = on(stance);
        let lines: BTreeSet<usize> = claims
            .iter()
            .flat_map(|key| grounds.of(key))
            .copied()
            .collect();
        Side {
            claims,
            lines: lines.len(),
            odds,
        }
    };
    let support = side(Stance::For, favour.odds);
    let dissent = side(Stance::Against, against.odds);
    let categories: BTreeSet<Category> = support
        .claims
        .iter()
        .filter_map(|key| by_key.get(key.as_str()))
        .flat_map(|input| input.categories.iter().copied())
        .collect();
    let scaled = by_key.values().any(|input| input.range.is_some());
    let headline = if !dissent.claims.is_empty() {
        Headline::Contested {
            for_: support.lines,
            against: dissent.lines,
        }
    } else if by_key.is_empty() {
        Headline::Silent
    } else if !scaled {
        Headline::Unscaled {
            lines: support.lines,
        }
    } else {
        let middle = probability(support.odds.middle);
        Headline::Likelihood {
            range: Range::of_odds(support.odds),
            probability: middle,
            term: yardstick.term(middle).map(str::to_owned),
            lines: lines.len(),
        }
    };
    let wants_second_category = matches!(
        &headline,
        Headline::Likelihood { probability, .. } if *probability >= 0.8 && categories.len() < 2
    );
    Weighing {
        rule,
        support,
        dissent,
        even: by_key
            .values()
            .filter(|input| input.side().is_none())
            .map(|input| input.key.clone())
            .collect(),
        unscaled: by_key
            .values()
            .filter(|input| input.range.is_none() && input.stance == Stance::For)
            .map(|input| input.key.clone())
            .collect(),
        counted_once: grounds.leaning_on_several(),
        source_hidden: grounds.hidden,
        categories,
        wants_second_category,
        headline,
        lines,
    }
}

impl Input {
    /// Which side the claim is on: by its words' range when it has one, else by its stance.
    /// `None` when its middle is exactly even.
    fn side(&self) -> Option<Stance> {
        match self.range {
            None => Some(self.stance),
            Some(range) => {
                let middle = range.odds().middle;
                if middle > 0.0 {
                    Some(Stance::For)
                } else if middle < 0.0 {
                    Some(Stance::Against)
                } else {
                    None
                }
            }
        }
    }
}
