//! Events of MISP (core format), as STIX objects, which then go the way of every bundle.
//!
//! An event becomes a report by its creator that lists what it holds. Objects and references keep
//! MISP's UUIDs; a value that STIX knows as an observable has the id that STIX derives from it, so
//! that it is one record in whatever event it stands. What STIX has no type for is an object of
//! MISP's, with all it says. A reference `attributed-to` is then read as its creator's attribution.

mod head;
mod known;
mod made;
mod shapes;
mod thing;
mod walk;

use crate::bundle::Raw;
use fieldmark_model::RecordId;
use known::Known;
use made::{Given, Making, Tally};
use serde_json::Value;
use std::collections::HashSet;
use std::io::{Read, Seek};
use walk::Part;

/// What a file of events says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// How many events it holds.
    pub events: usize,
    /// What the reader should know, such as what is not taken.
    pub notes: Vec<String>,
}

/// Whether JSON is an event of MISP or a list of them, by as much of its beginning as there is.
///
/// ```
/// use fieldmark_stix::event::is_event;
/// assert!(is_event(br#"{"Event": {"info": "x"}}"#));
/// assert!(is_event(br#"{"response": [{"Event": {"#));
/// assert!(is_event(br#"{"info": "x", "Orgc": {"name": "y"}, "Attribute": ["#));
/// assert!(!is_event(br#"{"type": "bundle", "objects": [{"Event": {"#));
/// ```
pub fn is_event(head: &[u8]) -> bool {
    let text: String = String::from_utf8_lossy(head)
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{feff}')
        .collect();
    let start = text.trim_start_matches("{\"response\":");
    let start = start.trim_start_matches('[');
    let says = |words: &str| text.contains(words);
    start.starts_with("{\"Event\":{")
        || start.starts_with('{')
            && !says("\"@context\"")
            && (says("\"Orgc\":{") || says("\"to_ids\":"))
}

/// Hands on every object that the events of a file become. Each event is gone through twice; what is
/// held meanwhile is an id for each thing that it holds. Of creators and clusters of galaxies, which
/// many events name, those of which `here` says that they are kept are not made again.
///
/// # Errors
/// What keeps the file from being read to its end, with its line and column. Objects before that may
/// have been handed on.
pub fn read(
    mut input: impl Read + Seek,
    here: &dyn Fn(&RecordId) -> bool,
    mut each: impl FnMut(Raw),
) -> Result<Events, serde_json::Error> {
    let mut known: Vec<Known> = Vec::new();
    let mut now = Known::default();
    walk::walk(&mut input, &mut |part| match part {
        Part::Head(key, text) => now.head(&key, &text),
        Part::Item(item) => now.item(&item),
        Part::End(place) => {
            let mut ended = std::mem::take(&mut now);
            ended.place = place;
            known.push(ended);
        }
    })?;
    input.rewind().map_err(serde_json::Error::io)?;
    let mut give = |place: &str, made| each(raw(place, made));
    let mut given = Given {
        here,
        give: &mut give,
        once: HashSet::new(),
    };
    let mut tally = Tally::default();
    let mut events = known.iter();
    let mut making: Option<Making<'_>> = None;
    walk::walk(&mut input, &mut |part| {
        if making.is_none() {
            making = events.next().map(Making::of);
            if let Some(event) = &mut making {
                event.begin(&mut given);
            }
        }
        match (part, &mut making) {
            (Part::Item(item), Some(event)) => event.item(&item, &mut given),
            (Part::End(_), Some(_)) => {
                let ended = making.take().map(|event| event.end(&mut given));
                tally.and(ended.unwrap_or_default());
            }
            _ => {}
        }
    })?;
    Ok(Events {
        events: known.len(),
        notes: tally.notes(),
    })
}

/// An object as if it had come in so; one that could not be made says why.
fn raw(place: &str, made: Result<Value, String>) -> Raw {
    let (json, fault) = match made {
        Ok(json) => (json, None),
        Err(why) => (Value::Null, Some(why)),
    };
    Raw {
        place: place.to_owned(),
        text: serde_json::value::to_raw_value(&json).unwrap_or_default(),
        fault,
    }
}

#[cfg(test)]
mod tests;
