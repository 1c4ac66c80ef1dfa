//! `next`: where a reader stands, signed, so that nobody can stand where they were not put. It is
//! the moment they were told of last, and shows nothing else.

use super::speak::Fault;
use fieldmark_store::View;
use fieldmark_store::collection::Position;

/// The cursor after a place, good for one collection and one set of filters.
pub fn after(view: &View, place: Position, asked: &str) -> String {
    let place = format!("{place:x}");
    let signature = view.sign(format!("{place} {asked}").as_bytes());
    format!("{place}-{}", hex::encode(&signature[..16]))
}

/// The place a cursor means.
pub fn read(view: &View, cursor: &str, asked: &str) -> Result<Position, Fault> {
    let place = cursor
        .split_once('-')
        .and_then(|(place, _)| Position::from_str_radix(place, 16).ok());
    place
        .filter(|place| after(view, *place, asked) == cursor)
        .ok_or_else(|| {
            Fault::bad("next: this collection gave no such cursor for these filters; begin again without it, with added_after")
        })
}
