//! A file of events, read as a stream: nothing of it is held but the item at hand.

use crate::listed::{Bounded, MOST_READ};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::cell::Cell;
use std::fmt;
use std::io::{BufReader, Read};

/// The lists of an event that may be long.
const LISTS: [&str; 5] = ["Attribute", "Object", "EventReport", "Note", "Opinion"];

/// What an event says of itself, and is kept of it.
pub(super) const HEAD: [&str; 10] = [
    "uuid",
    "info",
    "date",
    "timestamp",
    "publish_timestamp",
    "Orgc",
    "Org",
    "Tag",
    "EventTag",
    "Galaxy",
];

/// What else an event is in other programs' files, and says nothing of what happened.
const OF_THE_SERVER: [&str; 19] = [
    "id",
    "published",
    "orgc_id",
    "org_id",
    "attribute_count",
    "analysis",
    "threat_level_id",
    "distribution",
    "sharing_group_id",
    "SharingGroup",
    "proposal_email_lock",
    "locked",
    "disable_correlation",
    "extends_uuid",
    "event_creator_email",
    "protected",
    "RelatedEvent",
    "User",
    "ThreatLevel",
];

/// One thing of a list of an event.
pub(super) struct Item {
    pub list: &'static str,
    /// Its place in the file, such as `$.Event.Attribute[3]`.
    pub place: String,
    pub text: Box<RawValue>,
}

/// What is met in a file, one after the other.
pub(super) enum Part {
    /// A property of the event itself; of those that are not kept, those that say something.
    Head(String, Box<RawValue>),
    /// A thing of one of its lists.
    Item(Item),
    /// The event's end, with its place in the file.
    End(String),
}

/// Goes through the events of a file: `{"Event": …}`, a list of them, or what a server answers, in
/// which they are a list called `response`; or an event with nothing around it.
pub(super) fn walk(input: impl Read, each: &mut dyn FnMut(Part)) -> Result<(), serde_json::Error> {
    let left = Cell::new(MOST_READ);
    let buffered = BufReader::with_capacity(1 << 16, Bounded::of(input, MOST_READ, &left));
    let mut json = serde_json::Deserializer::from_reader(buffered);
    Walk {
        place: "$".to_owned(),
        left: &left,
        each,
    }
    .deserialize(&mut json)?;
    json.end()
}

struct Walk<'a> {
    place: String,
    left: &'a Cell<u64>,
    each: &'a mut dyn FnMut(Part),
}

impl Walk<'_> {
    /// Into something of this.
    fn at(&mut self, place: String) -> Walk<'_> {
        self.left.set(MOST_READ);
        Walk {
            place,
            left: self.left,
            each: self.each,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event of MISP, or a list of them")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let mut at = 0;
        loop {
            let place = format!("{}[{at}]", self.place);
            if seq.next_element_seed(self.at(place))?.is_none() {
                return Ok(());
            }
            at += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut begun = false;
        while let Some(key) = map.next_key::<String>()? {
            self.left.set(MOST_READ);
            let place = format!("{}.{key}", self.place);
            if key == "Event" || key == "response" {
                map.next_value_seed(self.at(place))?;
                continue;
            }
            if OF_THE_SERVER.contains(&key.as_str()) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            begun = true;
            match LISTS.into_iter().find(|list| *list == key) {
                Some(list) => map.next_value_seed(Items {
                    list,
                    walk: self.at(place),
                })?,
                None => (self.each)(Part::Head(key, map.next_value()?)),
            }
        }
        if begun {
            (self.each)(Part::End(self.place));
        }
        Ok(())
    }
}

/// A list of an event, whose items are handed on one by one.
struct Items<'a> {
    list: &'static str,
    walk: Walk<'a>,
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list as \"{}\"", self.list)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut at = 0;
        while let Some(text) = seq.next_element()? {
            self.walk.left.set(MOST_READ);
            let place = format!("{}[{at}]", self.walk.place);
            let list = self.list;
            (self.walk.each)(Part::Item(Item { list, place, text }));
            at += 1;
        }
        Ok(())
    }
}
