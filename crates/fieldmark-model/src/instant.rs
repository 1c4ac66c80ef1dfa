//! Moments as STIX writes them, at whatever precision.

use crate::Edtf;

/// A moment in UTC. Two texts of one moment are equal whatever digits they are written with
/// (`…:00.1Z`, `…:00.100Z`), and order is order in time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    /// To the second: year, month, day, hour, minute, second.
    second: String,
    /// Digits of the second's fraction, without zeros at the end.
    fraction: String,
}

impl Instant {
    /// Reads RFC 3339 in UTC with `T` and `Z`, as STIX 2.1 asks of a timestamp; `None` for
    /// anything else, and for a day or an hour that does not exist. A 60th second may be a leap
    /// second.
    ///
    /// ```
    /// use fieldmark_model::Instant;
    /// assert_eq!(Instant::parse("2023-10-23T00:00:00.1Z"), Instant::parse("2023-10-23T00:00:00.100Z"));
    /// assert_eq!(Instant::parse("2023-02-29T00:00:00Z"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
        let (clock, fraction) = match time.split_once('.') {
            Some((clock, fraction)) if !fraction.is_empty() => (clock, fraction),
            Some(_) => return None,
            None => (time, ""),
        };
        let number = |text: &str| -> Option<u8> {
            let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        let mut parts = clock.split(':').map(number);
        let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
        let exists = hour < 24 && minute < 60 && second <= 60 && parts.next().is_none();
        let fits = day.len() == 10 && Edtf::parse(day).is_ok();
        let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
        (exists && fits && digits).then(|| Self {
            second: format!("{day}T{clock}"),
            fraction: fraction.trim_end_matches('0').to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_order_in_time_at_any_precision() {
        let rising = [
            "2024-03-01T09:59:60Z",
            "2024-03-01T10:00:00Z",
            "2024-03-01T10:00:00.029Z",
            "2024-03-01T10:00:00.029036Z",
            "2024-03-01T10:00:00.1Z",
            "2024-03-01T10:00:00.5Z",
            "2024-03-01T10:00:01Z",
        ];
        let read: Vec<Instant> = rising.map(|text| Instant::parse(text).unwrap()).to_vec();
        assert!(read.is_sorted_by(|a, b| a < b), "{read:?}");
        assert_eq!(
            Instant::parse("2024-03-01T10:00:00.1Z"),
            Instant::parse("2024-03-01T10:00:00.100Z")
        );
    }

    #[test]
    fn what_is_no_moment_is_not_read() {
        for text in [
            "2024-03-01T25:61:00Z",
            "2024-03-01T10:61:00Z",
            "2024-03-01T10:00:61Z",
            "2024-02-30T10:00:00Z",
            "2024-03-01T10:00:00.Z",
            "2024-03-01T10:00:00",
            "2024-03-01 10:00:00Z",
            "2024-03-01T10:00Z",
            "2024-03-01T1:00:00Z",
            "2024-03-01T10:00:00+01:00",
            "2024-03T10:00:00Z",
            "",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
