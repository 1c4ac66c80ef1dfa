//! Overlap: what links one campaign to others, how surely, and why.
//!
//! Hard features (an account, a domain, a hash) are counted; soft ones (a technique, a platform) are
//! weighed by how rare they are among everyone in view, and what chance gives is taken off. The two
//! are never blended, and nothing here says that two are one.
//!
//! With N holders, of which df have a feature or one under it: `I = −log₂((df+½)/(N+1))`, and a
//! feature's own weight is what it tells beyond its parents, so that along a tree weights add up to
//! I and a shared sub-technique counts once (as simGIC does for ontologies; Pesquita and others,
//! 2008). Amounts are whole micro-bits: the itemised parts add up to the score exactly.

mod bits;
mod chance;
mod compare;
mod index;
mod lists;
mod rank;
mod terms;
mod verdict;

#[cfg(test)]
mod tests;

pub use bits::Bits;
pub use chance::{FEWEST, Shuffles, Significance, discovery_rates, significance};
pub use compare::{Comparison, Lack, Line, WELL_OBSERVED, compare};
pub use index::{Index, Profile, SURE};
pub use rank::{Hit, Scratch, rank};
pub use terms::{Cycle, Family, Terms};
pub use verdict::{Lacking, Soft, Thresholds, soft};

/// A feature, by its place in [`Terms`].
pub type Feature = u32;

/// Who has features: a campaign, an actor, a network.
pub type Holder = u32;

/// A family of features, by its place in [`Terms::families`].
pub type FamilyId = u16;
