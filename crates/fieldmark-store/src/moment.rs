//! A moment of the ledger, as callers name it: "as known at".

use fieldmark_model::Edtf;
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time};

/// A moment of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Right after the entry of that number.
    Entry(u64),
    /// By that time, inclusive.
    By(OffsetDateTime),
}

/// Why there is no view as known at a moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MomentError {
    /// The text names no moment.
    #[error(
        "\"{0}\" is no moment: write a date (2026, 2026-11 or 2026-11-24, each to its end in UTC), a time with its zone (2026-11-24T09:30:00Z) or, as the steward, entry:123"
    )]
    Unreadable(String),
    /// It lies before the first entry.
    #[error("nothing was known then: the ledger begins at {0}; ask for that time or later")]
    BeforeAll(String),
    /// There is no such entry.
    #[error("there is no entry {seq}: the ledger has 1 to {head}")]
    NoEntry {
        /// The number asked for.
        seq: u64,
        /// The last there is.
        head: u64,
    },
    /// Entries are the steward's to count.
    #[error("only the steward may name an entry; give a date or a time")]
    NotYours,
    /// A TAXII collection has no past.
    #[error("what came in as STIX is listed as of now; leave the moment out")]
    NotCollected,
}

impl MomentError {
    /// The moment lies before a ledger's beginning.
    pub(crate) fn before(began: Option<OffsetDateTime>) -> Self {
        let began = began.and_then(|time| time.format(&Rfc3339).ok());
        Self::BeforeAll(began.unwrap_or_else(|| "its first entry".into()))
    }
}

impl Moment {
    /// Reads a date, which means its end in UTC, a time with its zone (RFC 3339), or `entry:N`.
    ///
    /// # Errors
    /// [`MomentError::Unreadable`] for anything else.
    pub fn parse(text: &str) -> Result<Self, MomentError> {
        let error = || MomentError::Unreadable(text.chars().take(60).collect());
        if let Some(number) = text.strip_prefix("entry:") {
            return number.parse().map(Self::Entry).map_err(|_| error());
        }
        if text.contains(['T', 't', ' ']) {
            return OffsetDateTime::parse(text, &Rfc3339)
                .map(Self::By)
                .map_err(|_| error());
        }
        let date = Edtf::parse(text).map_err(|_| error())?;
        let (year, month, day) = date.latest();
        let end = Month::try_from(month)
            .and_then(|month| Date::from_calendar_date(year, month, day))
            .map_err(|_| error())?;
        let last = Time::from_hms_nano(23, 59, 59, 999_999_999).map_err(|_| error())?;
        Ok(Self::By(end.with_time(last).assume_utc()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_date_means_its_end_and_a_time_itself() {
        for (text, wanted) in [
            (
                "2026-02",
                Moment::By(datetime!(2026-02-28 23:59:59.999999999 UTC)),
            ),
            (
                "2026-11-24",
                Moment::By(datetime!(2026-11-24 23:59:59.999999999 UTC)),
            ),
            (
                "2026-11-24T09:30:00+01:00",
                Moment::By(datetime!(2026-11-24 08:30 UTC)),
            ),
            ("entry:12", Moment::Entry(12)),
        ] {
            assert_eq!(Moment::parse(text).unwrap(), wanted, "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2026-13",
            "2026-11-24T09:30",
            "entry:",
            "entry:-1",
            "12",
        ] {
            let error = Moment::parse(text).unwrap_err().to_string();
            assert!(error.contains("is no moment: write"), "{error}");
        }
    }
}
