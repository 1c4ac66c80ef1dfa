//! A JSON file that is one long list, or an object around one, read as a stream: nothing of it is
//! held but the item at hand and what was asked of its head.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufReader, Read};

/// The most bytes that are read of one item before the file is given up: what is longer than any
/// item that is taken is refused by itself up to this, and fills no memory beyond it.
pub(crate) const MOST_READ: u64 = 128 << 20;

/// Which files are read, and what of them.
pub(crate) struct Listed {
    /// The property of an object that is the list.
    pub list: &'static str,
    /// The properties of an object that are kept.
    pub head: &'static [&'static str],
    /// What the file should be, as an error says it.
    pub expected: &'static str,
    /// The most bytes of an item.
    pub most: u64,
}

/// What a file was found to be.
#[derive(Default)]
pub(crate) struct Found {
    /// Properties of its head, as they were written; of one that stands twice, the last.
    pub head: HashMap<&'static str, Box<RawValue>>,
    /// How many items it lists; none when it has no list.
    pub items: Option<usize>,
    /// Whether the list is all there is, with no object around it.
    pub is_bare: bool,
}

impl Found {
    /// A property of the head that is text.
    pub fn text(&self, name: &str) -> Option<String> {
        let raw = self.head.get(name)?;
        serde_json::from_str(raw.get()).ok()
    }
}

impl Listed {
    /// Hands on each item of the list with its place in the file, such as `$.objects[7]`.
    ///
    /// # Errors
    /// What keeps the file from being read to its end. Items before that were handed on.
    pub fn read(
        &self,
        input: impl Read,
        each: &mut dyn FnMut(String, Box<RawValue>),
    ) -> Result<Found, serde_json::Error> {
        let left = Cell::new(self.most);
        let buffered = BufReader::with_capacity(1 << 16, Bounded::of(input, self.most, &left));
        let mut json = serde_json::Deserializer::from_reader(buffered);
        let mut reading = Reading {
            listed: self,
            found: Found::default(),
            left: &left,
            each,
        };
        json.deserialize_any(&mut reading)?;
        json.end()?;
        Ok(reading.found)
    }
}

/// A file of which no more is read than is `left`.
pub(crate) struct Bounded<'a, R> {
    input: R,
    most: u64,
    left: &'a Cell<u64>,
}

impl<'a, R> Bounded<'a, R> {
    /// A file of which `most` bytes are read of one item; `left` is how many of it are, and set anew for
    /// each.
    pub fn of(input: R, most: u64, left: &'a Cell<u64>) -> Self {
        Self { input, most, left }
    }
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

struct Reading<'a> {
    listed: &'a Listed,
    found: Found,
    left: &'a Cell<u64>,
    each: &'a mut dyn FnMut(String, Box<RawValue>),
}

impl<'de> Visitor<'de> for &mut Reading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.listed.expected)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        self.found.is_bare = true;
        self.list(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == self.listed.list {
                map.next_value_seed(Items(self))?;
            } else if let Some(name) = self.listed.head.iter().find(|name| **name == key) {
                self.found.head.insert(name, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl Reading<'_> {
    fn list<'de, A: SeqAccess<'de>>(&mut self, mut seq: A) -> Result<(), A::Error> {
        let of = match self.found.is_bare {
            true => "$".to_owned(),
            false => format!("$.{}", self.listed.list),
        };
        let mut items = self.found.items.unwrap_or_default();
        while let Some(text) = seq.next_element()? {
            self.left.set(self.listed.most);
            (self.each)(format!("{of}[{items}]"), text);
            items += 1;
        }
        self.found.items = Some(items);
        Ok(())
    }
}

/// What should be the list. Observed data of STIX 2.0 has an object there: then there is none.
struct Items<'a, 'b>(&'a mut Reading<'b>);

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list as \"{}\"", self.0.listed.list)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        self.0.list(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Listed = Listed {
        list: "objects",
        head: &["type"],
        expected: "a list",
        most: 1 << 17,
    };

    #[test]
    fn an_endless_item_fills_no_memory() {
        let long = "a".repeat(1 << 20);
        let read = |text: &str| {
            let mut count = 0;
            let read = SMALL.read(text.as_bytes(), &mut |_, _| count += 1);
            let items = read.map(|found| found.items);
            (count, items.map_err(|error| error.to_string()))
        };
        for text in [
            format!("[{{}},{{\"a\":\"{long}\"}}]"),
            format!("{{\"objects\":[{{}},{{\"a\":\"{long}\"}}]}}"),
        ] {
            let (count, error) = read(&text);
            assert_eq!(count, 1);
            assert!(error.unwrap_err().contains("more than 131072 bytes"));
        }
        // Many that are short are no such item.
        let many = format!("[{}{{}}]", "{\"a\":1},".repeat(1 << 15));
        assert_eq!(read(&many), ((1 << 15) + 1, Ok(Some((1 << 15) + 1))));
    }

    #[test]
    fn the_head_may_follow_the_list() {
        let text = br#"{"objects":[1.50,2],"type":"a","other":[3]}"#;
        let mut items = Vec::new();
        let mut each = |place, raw: Box<RawValue>| items.push(format!("{place} {raw}"));
        let found = SMALL.read(&text[..], &mut each).unwrap();
        assert_eq!(items, ["$.objects[0] 1.50", "$.objects[1] 2"]);
        assert_eq!(found.text("type").as_deref(), Some("a"));
        assert_eq!((found.items, found.is_bare), (Some(2), false));
    }
}
