//! Chains: from one proposition to the next, hop by hop.
//!
//! "The operation is Spamouflage" and "Spamouflage is run by the ministry" do not make a third
//! claim. Nobody made it, so it is never stored; what can be said is how far two propositions
//! bound their conjunction.

use super::Range;

/// What the hops of a chain say together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chain {
    /// The Fréchet bounds: all that follows when nothing is known of how the hops hang together.
    pub frechet: Range,
    /// The product of the hops, which reads each further hop as conditional on those before it.
    pub conditional: Range,
}

/// Bounds on all hops being so. No hop at all is certain.
pub fn chain(hops: &[Range]) -> Chain {
    let certain = Range {
        low: 1.0,
        high: 1.0,
    };
    hops.iter().fold(
        Chain {
            frechet: certain,
            conditional: certain,
        },
        |so_far, hop| Chain {
            frechet: Range {
                low: (so_far.frechet.low + hop.low - 1.0).max(0.0),
                high: so_far.frechet.high.min(hop.high),
            },
            conditional: Range {
                low: so_far.conditional.low * hop.low,
                high: so_far.conditional.high * hop.high,
            },
        },
    )
}
