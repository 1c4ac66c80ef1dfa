//! `next`: where a reader stands, signed, so that nobody can stand where they were not put.

use super::speak::Fault;
use fieldmark_store::View;
use fieldmark_store::shelf::Place;
use std::fmt::Write;

/// The cursor after a place, good for one collection and one set of filters.
pub fn after(view: &View, place: Place, asked: &str) -> String {
    let place = format!("{:x}-{:x}", place.0, place.1);
    let mark = view.mark(format!("{place} {asked}").as_bytes());
    mark[..16]
        .iter()
        .fold(format!("{place}-"), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The place a cursor means.
pub fn read(view: &View, cursor: &str, asked: &str) -> Result<Place, Fault> {
    let place = || {
        let mut parts = cursor.split('-');
        let shown = u64::from_str_radix(parts.next()?, 16).ok()?;
        let seq = u64::from_str_radix(parts.next()?, 16).ok()?;
        Some((shown, seq))
    };
    place()
        .filter(|place| after(view, *place, asked) == cursor)
        .ok_or_else(|| {
            Fault::bad("next: this collection gave no such cursor for these filters; begin again without it, with added_after")
        })
}
