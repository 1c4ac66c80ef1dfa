//! What may be said of a comparison, in five steps. None of them says that two are one.

use super::bits::Bits;
use super::compare::Comparison;
use super::index::Index;
use std::collections::BTreeSet;

/// Where the steps are. They are data, and a proposal: calibrate them on cases of your own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// The fewest holders from which rarity can be told.
    pub population: u32,
    /// The fewest soft features each side needs.
    pub features: u32,
    /// The least excess that is distinctive.
    pub excess: Bits,
    /// The highest false discovery rate that is distinctive.
    pub rate: f64,
    /// The fewest families a distinctive overlap spreads over.
    pub families: u32,
}

/// What the soft features say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Soft {
    /// Nothing can be said, and why.
    Insufficient(Lacking),
    /// They fit together as many others would.
    Compatible,
    /// They share more than chance gives, over several families.
    Distinctive,
}

/// Why nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// Too few holders to tell what is rare.
    Population,
    /// One of the two has too few soft features.
    Features,
}

/// What the soft features say, by these thresholds. `q` is the false discovery rate; without it
/// nothing is distinctive.
pub fn soft(
    index: &Index,
    comparison: &Comparison,
    q: Option<f64>,
    thresholds: &Thresholds,
) -> Soft {
    let (one, other) = comparison.observed;
    if one.min(other) > 0 && index.population() < thresholds.population {
        return Soft::Insufficient(Lacking::Population);
    }
    if one.min(other) < thresholds.features {
        return Soft::Insufficient(Lacking::Features);
    }
    let told = comparison.lines.iter().filter(|l| l.bits > Bits::ZERO);
    let families: BTreeSet<_> = told.map(|l| index.terms().family(l.feature)).collect();
    let distinctive = comparison.excess >= thresholds.excess
        && q.is_some_and(|q| q <= thresholds.rate)
        && families.len() >= thresholds.families as usize;
    if distinctive {
        Soft::Distinctive
    } else {
        Soft::Compatible
    }
}
