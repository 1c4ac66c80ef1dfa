//! Yardsticks: which word an estimative scale has for a probability.

use super::Range;

/// One band of a scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Its word.
    pub term: String,
    /// What the word stands for.
    pub range: Range,
}

/// The bands of one scale, from the least likely upward.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Yardstick(Vec<Band>);

impl Yardstick {
    /// Takes the bands in any order.
    pub fn new(mut bands: Vec<Band>) -> Self {
        bands.sort_by(|a, b| a.range.low().total_cmp(&b.range.low()));
        Self(bands)
    }

    /// The word for a probability. Where two bands meet, the upper one has the point; between two
    /// bands that leave a gap there is no word.
    ///
    /// ```
    /// use fieldmark_analysis::lines::{Band, Range, Yardstick};
    /// let band = |term: &str, low, high| Band {
    ///     term: term.to_owned(),
    ///     range: Range::new(low, high).unwrap(),
    /// };
    /// let scale = Yardstick::new(vec![band("likely", 0.55, 0.80), band("very likely", 0.80, 0.95)]);
    /// assert_eq!(scale.term(0.7), Some("likely"));
    /// assert_eq!(scale.term(0.1), None);
    /// ```
    pub fn term(&self, probability: f64) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|band| (band.range.low()..=band.range.high()).contains(&probability))
            .map(|band| band.term.as_str())
    }
}
