//! A file of STIX objects, read as a stream: a bundle, an envelope of TAXII, a list of objects, or
//! one object.
//!
//! Each object stays the text it was written as. What keeps the file from being read to its end is
//! one fault for the file; what is wrong with an object is said of that one ([`adopt`](crate::adopt)).

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// The most bytes that are read of one object before the file is given up: what is longer than any
/// object that is taken is refused by itself up to this, and fills no memory beyond it.
const MOST_READ: u64 = 128 << 20;

/// One object as it was written, with its place in the file, such as `$.objects[7]`.
#[derive(Clone, Debug)]
pub struct Raw {
    /// A JSON path.
    pub place: String,
    /// The object's text.
    pub text: Box<RawValue>,
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
    /// Whether it holds a list of them; else it is one object.
    is_list: bool,
}

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
pub fn read(input: impl Read + Seek, each: impl FnMut(Raw)) -> Result<Envelope, serde_json::Error> {
    read_at_most(MOST_READ, input, each)
}

fn read_at_most(
    most: u64,
    input: impl Read + Seek,
    mut each: impl FnMut(Raw),
) -> Result<Envelope, serde_json::Error> {
    let left = Cell::new(most);
    let mut input = BufReader::with_capacity(
        1 << 16,
        Bounded {
            input,
            most,
            left: &left,
        },
    );
    let mut json = serde_json::Deserializer::from_reader(&mut input);
    let mut reading = Reading {
        envelope: Envelope::default(),
        most,
        left: &left,
        each: &mut each,
    };
    json.deserialize_any(&mut reading)?;
    json.end()?;
    let mut envelope = reading.envelope;
    let is_bundle = envelope.kind.as_deref() == Some("bundle");
    if !envelope.is_list && !is_bundle {
        input.rewind().map_err(serde_json::Error::io)?;
        left.set(most);
        let text = serde_json::from_reader(input)?;
        let place = "$".to_owned();
        each(Raw { place, text });
        envelope = Envelope {
            objects: 1,
            ..Envelope::default()
        };
    }
    Ok(envelope)
}

/// A file of which no more is read than is `left`.
struct Bounded<'a, R> {
    input: R,
    most: u64,
    left: &'a Cell<u64>,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 {
            let most = self.most;
            let why = format!(
                "an object of more than {most} bytes; leave its largest part elsewhere and cite it"
            );
            return Err(io::Error::other(why));
        }
        let most = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let read = self.input.read(&mut buffer[..most])?;
        self.left.set(left - read as u64);
        Ok(read)
    }
}

impl<R: Seek> Seek for Bounded<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.input.seek(to)
    }
}

struct Reading<'a> {
    envelope: Envelope,
    most: u64,
    left: &'a Cell<u64>,
    each: &'a mut dyn FnMut(Raw),
}

impl<'de> Visitor<'de> for &mut Reading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a bundle, a list of STIX objects or one STIX object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        self.list("$", seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "objects" => map.next_value_seed(Objects(self))?,
                "type" => self.envelope.kind = text(&map.next_value::<Box<RawValue>>()?),
                "spec_version" => {
                    self.envelope.spec_version = text(&map.next_value::<Box<RawValue>>()?);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

impl Reading<'_> {
    fn list<'de, A: SeqAccess<'de>>(&mut self, of: &str, mut seq: A) -> Result<(), A::Error> {
        self.envelope.is_list = true;
        while let Some(text) = seq.next_element()? {
            self.left.set(self.most);
            let place = format!("{of}[{}]", self.envelope.objects);
            self.envelope.objects += 1;
            (self.each)(Raw { place, text });
        }
        Ok(())
    }
}

/// The `objects` of a file. Observed data of STIX 2.0 has some that are no list: then the file is
/// one object.
struct Objects<'a, 'b>(&'a mut Reading<'b>);

impl<'de> DeserializeSeed<'de> for Objects<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Objects<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of STIX objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        self.0.list("$.objects", seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endless_object_fills_no_memory() {
        let long = "a".repeat(1 << 20);
        let read = |text: &str| {
            let mut found = 0;
            let read = read_at_most(1 << 17, io::Cursor::new(text), |_| found += 1);
            (found, read.map_err(|error| error.to_string()))
        };
        for text in [
            format!("[{{}},{{\"a\":\"{long}\"}}]"),
            format!("{{\"objects\":[{{}},{{\"a\":\"{long}\"}}]}}"),
        ] {
            let (found, error) = read(&text);
            assert_eq!(found, 1);
            assert!(error.unwrap_err().contains("more than 131072 bytes"));
        }
        // Many that are short are no such object.
        let many = format!("[{}{{}}]", "{\"a\":1},".repeat(1 << 15));
        let (found, read) = read(&many);
        assert_eq!(
            (found, read.unwrap().objects),
            ((1 << 15) + 1, (1 << 15) + 1)
        );
    }
}
