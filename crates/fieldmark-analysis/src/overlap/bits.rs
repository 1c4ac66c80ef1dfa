//! Information in whole millionths of a bit, so that what is added up can be taken apart again.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

/// An amount of information, in micro-bits. Sums are exact in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bits(pub i64);

impl Bits {
    /// None at all.
    pub const ZERO: Self = Self(0);

    /// The nearest amount to a number of bits.
    ///
    /// ```
    /// use fieldmark_analysis::overlap::Bits;
    /// // Millionths are whole, so that a waterfall adds up exactly.
    /// assert_eq!(Bits::of(0.1) + Bits::of(0.2), Bits::of(0.3));
    /// ```
    pub fn of(bits: f64) -> Self {
        Self((bits * 1e6).round() as i64)
    }

    /// As a number of bits.
    pub fn get(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// One part of so many, to the nearest micro-bit; for amounts that are not negative.
    pub(super) fn share(self, of: u32) -> Self {
        Self((self.0 + i64::from(of) / 2) / i64::from(of))
    }

    /// This share of it, in hundredths, rounded down.
    pub(super) fn percent(self, share: u32) -> Self {
        Self(self.0 * i64::from(share) / 100)
    }
}

/// What it tells to find a feature that `df` of `n` holders have: `−log₂((df+½)/(n+1))` bits.
pub fn information(df: u32, n: u32) -> Bits {
    Bits::of(-((f64::from(df) + 0.5) / (f64::from(n) + 1.0)).log2())
}

impl Add for Bits {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Bits {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Bits {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Bits {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Bits {
    fn sum<I: Iterator<Item = Self>>(each: I) -> Self {
        each.fold(Self::ZERO, Self::add)
    }
}

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.get())
    }
}
