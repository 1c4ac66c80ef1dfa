//! Dates that keep their precision: level 0 of the Extended Date/Time Format (ISO 8601-2, EDTF),
//! with level 1's qualifiers accepted and kept.

use std::fmt;

/// A year, a month or a day, with the words it was written in.
///
/// `2023-08` is the whole month: its [`earliest`](Self::earliest) day is the first and its
/// [`latest`](Self::latest) the last. Comparing two dates asks for one of these bounds, never for
/// the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edtf {
    text: Box<str>,
    earliest: (i32, u8, u8),
    latest: (i32, u8, u8),
}

/// Why a text is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not a date: write 2023, 2023-08 or 2023-08-29 (EDTF), with ? or ~ after it if uncertain"
)]
pub struct DateError(String);

impl Edtf {
    /// Reads a year, month or day. A full timestamp is read as its day.
    ///
    /// ```
    /// use fieldmark_model::Edtf;
    /// let august = Edtf::parse("2023-08")?;
    /// assert_eq!((august.earliest(), august.latest()), ((2023, 8, 1), (2023, 8, 31)));
    /// assert!(Edtf::parse("early August").is_err());
    /// # Ok::<(), fieldmark_model::date::DateError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let error = || DateError(text.chars().take(60).collect());
        let plain = text.trim_end_matches(['?', '~', '%']);
        let plain = plain.split_once('T').map_or(plain, |(day, _)| day);
        let mut parts = plain.split('-');
        let mut part = |digits: usize| -> Result<Option<u32>, DateError> {
            match parts.next() {
                None => Ok(None),
                Some(p) if p.len() == digits && p.bytes().all(|b| b.is_ascii_digit()) => {
                    p.parse().map(Some).map_err(|_| error())
                }
                Some(_) => Err(error()),
            }
        };
        let year = part(4)?.ok_or_else(error)? as i32;
        let month = part(2)?;
        let day = part(2)?;
        if parts.next().is_some()
            || month.is_some_and(|m| !(1..=12).contains(&m))
            || day.is_some_and(|d| d < 1 || d > u32::from(days(year, month.unwrap_or(1) as u8)))
        {
            return Err(error());
        }
        let first = (month.unwrap_or(1) as u8, day.unwrap_or(1) as u8);
        let last_month = month.unwrap_or(12) as u8;
        let last = (
            last_month,
            day.map_or_else(|| days(year, last_month), |d| d as u8),
        );
        Ok(Self {
            text: text.into(),
            earliest: (year, first.0, first.1),
            latest: (year, last.0, last.1),
        })
    }

    /// The first day it may mean, as year, month, day.
    pub fn earliest(&self) -> (i32, u8, u8) {
        self.earliest
    }

    /// The last day it may mean, as year, month, day.
    pub fn latest(&self) -> (i32, u8, u8) {
        self.latest
    }

    /// The words it was written in.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether every day it may mean lies before every day `other` may mean.
    ///
    /// ```
    /// use fieldmark_model::Edtf;
    /// let [august, day] = ["2023-08", "2023-08-29"].map(|text| Edtf::parse(text).unwrap());
    /// assert!(!august.is_before(&day));
    /// assert!(august.is_before(&Edtf::parse("2023-09")?));
    /// # Ok::<(), fieldmark_model::date::DateError>(())
    /// ```
    pub fn is_before(&self, other: &Self) -> bool {
        self.latest < other.earliest
    }
}

/// How surely something falls within a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// Whichever days its dates mean.
    Certain,
    /// Only on some of the days its dates may mean: `2023-08` and a period from 2023-08-15.
    Possible,
}

/// How surely something that went on from `first` to `last` falls, in part or whole, between the
/// days from and to, each an open end where it is `None`; `None` when it does not on any reading.
///
/// ```
/// use fieldmark_model::{Certainty, Edtf, date::during};
/// let [august, middle, september] =
///     ["2023-08", "2023-08-15", "2023-09"].map(|text| Edtf::parse(text).unwrap());
/// let from = |day| during(&august, &august, Some(day), None);
/// assert_eq!(from(&august), Some(Certainty::Certain));
/// assert_eq!(from(&middle), Some(Certainty::Possible));
/// assert_eq!(from(&september), None);
/// ```
pub fn during(
    first: &Edtf,
    last: &Edtf,
    from: Option<&Edtf>,
    to: Option<&Edtf>,
) -> Option<Certainty> {
    let holds = |begun: (i32, u8, u8), ended: (i32, u8, u8)| {
        from.is_none_or(|from| ended >= from.earliest) && to.is_none_or(|to| begun <= to.latest)
    };
    if !holds(first.earliest, last.latest) {
        return None;
    }
    Some(match holds(first.latest, last.earliest) {
        true => Certainty::Certain,
        false => Certainty::Possible,
    })
}

/// Whether something of one date had certainly been by the end of another.
///
/// ```
/// use fieldmark_model::{Edtf, date::certainly_by};
/// let [august, middle] = ["2023-08", "2023-08-15"].map(|text| Edtf::parse(text).unwrap());
/// assert!(certainly_by(&middle, &august) && !certainly_by(&august, &middle));
/// ```
pub fn certainly_by(at: &Edtf, date: &Edtf) -> bool {
    during(at, at, None, Some(date)) == Some(Certainty::Certain)
}

impl fmt::Display for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn days(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_keeps_its_precision_and_knows_its_bounds() {
        for (text, earliest, latest) in [
            ("2023", (2023, 1, 1), (2023, 12, 31)),
            ("2024-02", (2024, 2, 1), (2024, 2, 29)),
            ("2023-08-29", (2023, 8, 29), (2023, 8, 29)),
            ("2023-08~", (2023, 8, 1), (2023, 8, 31)),
            ("2023-09-15T12:00:00Z", (2023, 9, 15), (2023, 9, 15)),
        ] {
            let date = Edtf::parse(text).unwrap();
            assert_eq!(
                (date.earliest(), date.latest(), date.as_str()),
                (earliest, latest, text)
            );
        }
        for text in [
            "",
            "23",
            "2023-13",
            "2023-02-30",
            "2023-8",
            "early August",
            "2023-08-29-01",
        ] {
            assert!(Edtf::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_coarse_date_falls_only_perhaps_within_a_finer_period() {
        let date = |text: &str| Edtf::parse(text).unwrap();
        let said = |first, last, from: &str, to: &str| {
            let end = |text: &str| (!text.is_empty()).then(|| date(text));
            during(
                &date(first),
                &date(last),
                end(from).as_ref(),
                end(to).as_ref(),
            )
        };
        use Certainty::{Certain, Possible};
        for (first, last, from, to, expected) in [
            ("2023-08", "2023-08", "2023-08-01", "", Some(Certain)),
            ("2023-08", "2023-08", "2023-08-15", "", Some(Possible)),
            ("2023-08", "2023-08", "", "2023-08-15", Some(Possible)),
            ("2023", "2023", "2023-08", "2023-08", Some(Possible)),
            ("2023-08", "2023-08", "2023-09-01", "", None),
            // What began before and ended after went on in between, whatever its days.
            ("2022", "2024", "2023-08-01", "2023-08-02", Some(Certain)),
            ("2023-08-04", "2023-09", "2023-09-15", "", Some(Possible)),
        ] {
            assert_eq!(
                said(first, last, from, to),
                expected,
                "{first}/{last} {from}/{to}"
            );
        }
    }

    #[test]
    fn a_month_is_not_before_a_day_within_it() {
        let date = |t| Edtf::parse(t).unwrap();
        assert!(date("2023-08").is_before(&date("2023-09-06")));
        assert!(!date("2023-09").is_before(&date("2023-09-06")));
    }
}
