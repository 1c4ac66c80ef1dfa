//! A file of STIX objects, read as a stream: a bundle, an envelope of TAXII, a list of objects, or
//! one object.
//!
//! Each object stays the text it was written as. What keeps the file from being read to its end is
//! one fault for the file; what is wrong with an object is said of that one ([`adopt`](crate::adopt)).

use crate::listed::{Listed, MOST_READ};
use serde_json::value::RawValue;
use std::io::{BufReader, Read, Seek};

/// One object as it was written, with its place in the file, such as `$.objects[7]`.
#[derive(Clone, Debug)]
pub struct Raw {
    /// A JSON path.
    pub place: String,
    /// The object's text.
    pub text: Box<RawValue>,
    /// Why it cannot be taken, where that is known already.
    pub fault: Option<String>,
}

/// What a file of STIX objects says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Its `type`: `bundle`; none for a list or an envelope of TAXII.
    pub kind: Option<String>,
    /// The version of STIX it states, as bundles of 2.0 do.
    pub spec_version: Option<String>,
    /// How many objects it holds.
    pub objects: usize,
}

const OBJECTS: Listed = Listed {
    list: "objects",
    head: &["type", "spec_version"],
    expected: "a bundle, a list of STIX objects or one STIX object",
    most: MOST_READ,
};

/// Hands on every object of a file.
///
/// # Errors
/// What keeps the file from being read to its end, with its line and column. Objects before that
/// were handed on.
///
/// ```
/// let file = r#"{"type":"bundle","id":"bundle--1","objects":[{"a":1.50},{}]}"#;
/// let mut found = Vec::new();
/// let envelope = fieldmark_stix::bundle::read(std::io::Cursor::new(file), |raw| found.push(raw)).unwrap();
/// assert_eq!(envelope.objects, 2);
/// assert_eq!((&*found[0].place, found[0].text.get()), ("$.objects[0]", r#"{"a":1.50}"#));
/// ```
pub fn read(
    mut input: impl Read + Seek,
    mut each: impl FnMut(Raw),
) -> Result<Envelope, serde_json::Error> {
    let mut hand_on = |place, text| {
        each(Raw {
            place,
            text,
            fault: None,
        });
    };
    let found = OBJECTS.read(&mut input, &mut hand_on)?;
    let kind = found.text("type");
    if found.items.is_none() && kind.as_deref() != Some("bundle") {
        input.rewind().map_err(serde_json::Error::io)?;
        let text = serde_json::from_reader(BufReader::new(input))?;
        hand_on("$".to_owned(), text);
        return Ok(Envelope {
            objects: 1,
            ..Envelope::default()
        });
    }
    Ok(Envelope {
        kind,
        spec_version: found.text("spec_version"),
        objects: found.items.unwrap_or_default(),
    })
}
