//! When things were recorded and which version is later: the times of a collection.

use super::Position;
use crate::error::StoreError;
use fieldmark_model::Instant;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// A ledger time in microseconds since 1970.
pub(crate) fn moment(seq: u64, recorded: &str) -> Result<Position, StoreError> {
    let time = OffsetDateTime::parse(recorded, &Rfc3339)
        .map_err(|_| StoreError::damaged(seq, "its time cannot be read".to_owned()))?;
    i64::try_from(time.unix_timestamp_nanos().div_euclid(1000))
        .map_err(|_| StoreError::damaged(seq, "its time is out of range".to_owned()))
}

/// A moment as text; one beyond what a date can say is written as its end.
pub(crate) fn written(place: Position) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(place) * 1000)
        .unwrap_or_else(|_| time::PrimitiveDateTime::MAX.assume_utc());
    six_digits(time).unwrap_or_default()
}

/// The version an object states: `modified`, or `created` where there is no `modified`.
pub fn version_of(json: &Value) -> Option<String> {
    [&json["modified"], &json["created"]]
        .into_iter()
        .find_map(|value| value.as_str().map(str::to_owned))
}

/// By what versions are ordered: in time, at whatever precision each is written. What is no
/// timestamp comes first, by its letters.
pub fn in_time(version: &str) -> (Option<Instant>, String) {
    match Instant::parse(version) {
        Some(instant) => (Some(instant), String::new()),
        None => (None, version.to_owned()),
    }
}

/// A time (RFC 3339) in UTC with six digits of a second, so that text order is time order.
pub fn instant(text: &str) -> Option<String> {
    six_digits(OffsetDateTime::parse(text, &Rfc3339).ok()?)
}

fn six_digits(time: OffsetDateTime) -> Option<String> {
    time.to_offset(time::UtcOffset::UTC)
        .format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z"
        ))
        .ok()
}
