//! Ranges of probability and their log-odds.

/// Ends closer to certainty than this are taken as this: a word is no proof.
const CLAMP: f64 = 0.01;

/// An interval of probability, `0 ≤ low ≤ high ≤ 1`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Why two numbers are no range.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum RangeError {
    /// An end is not a probability.
    #[error("{0} is no probability: it lies between 0 and 1 (75 % is 0.75)")]
    NotAProbability(f64),
    /// The ends stand in the wrong order.
    #[error("the range {0} to {1} is upside down: the lower end comes first")]
    UpsideDown(f64, f64),
}

/// Log-odds, in nats, from the lower end, the middle and the upper end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Odds {
    /// From the lower end.
    pub low: f64,
    /// From the middle.
    pub middle: f64,
    /// From the upper end.
    pub high: f64,
}

impl Range {
    /// # Errors
    /// When an end is no probability or the ends stand in the wrong order.
    pub fn new(low: f64, high: f64) -> Result<Self, RangeError> {
        for end in [low, high] {
            if !(0.0..=1.0).contains(&end) {
                return Err(RangeError::NotAProbability(end));
            }
        }
        if low > high {
            return Err(RangeError::UpsideDown(low, high));
        }
        Ok(Self { low, high })
    }

    /// The lower end.
    pub fn low(self) -> f64 {
        self.low
    }

    /// The upper end.
    pub fn high(self) -> f64 {
        self.high
    }

    /// What the range says of the opposite: 0.55 to 0.80 becomes 0.20 to 0.45.
    ///
    /// ```
    /// use fieldmark_analysis::lines::Range;
    /// let denied = Range::new(0.55, 0.80)?.complement();
    /// assert!((denied.low() - 0.20).abs() < 1e-9 && (denied.high() - 0.45).abs() < 1e-9);
    /// # Ok::<(), fieldmark_analysis::lines::RangeError>(())
    /// ```
    #[must_use]
    pub fn complement(self) -> Self {
        Self {
            low: 1.0 - self.high,
            high: 1.0 - self.low,
        }
    }

    /// Its log-odds, each end and the middle clamped to 0.01 and 0.99.
    pub(super) fn odds(self) -> Odds {
        Odds {
            low: logit(self.low),
            middle: logit(f64::midpoint(self.low, self.high)),
            high: logit(self.high),
        }
    }

    pub(super) fn of_odds(odds: Odds) -> Self {
        Self {
            low: probability(odds.low),
            high: probability(odds.high),
        }
    }
}

fn logit(probability: f64) -> f64 {
    let p = probability.clamp(CLAMP, 1.0 - CLAMP);
    // Rounded to a hundredth of a millionth: 0.45 and 1 − 0.55 differ in the last bit, and "even"
    // must come out as zero.
    ((p / (1.0 - p)).ln() * 1e8).round() / 1e8
}

/// The probability of log-odds in nats, to six places: what comes after is the logarithm's noise.
pub(super) fn probability(odds: f64) -> f64 {
    (1e6 / (1.0 + (-odds).exp())).round() / 1e6
}
