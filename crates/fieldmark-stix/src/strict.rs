//! JSON that every program reads alike (I-JSON, RFC 7493; STIX 2.1, clause 2.6): no key twice in
//! one object, and no whole number that a double cannot hold. A signature over anything else would
//! vouch for what another reader does not see, and a marking that stands twice would hold for one
//! reader and not for the next.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The largest whole number below which every one is a double: 2^53.
const EXACT: u64 = 1 << 53;

/// Reads one value.
///
/// ```
/// use fieldmark_stix::strict::parse;
/// assert!(parse(br#"{"a": 1}"#).is_ok());
/// // Programs differ in which of the two they take.
/// assert!(parse(br#"{"a": 1, "a": 2}"#).is_err());
/// ```
///
/// # Errors
/// What is wrong with its line and column, when it is no JSON or programs differ in how they read
/// it.
pub fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice::<Strict>(bytes).map(|strict| strict.0)
}

/// What is wrong with a text that [`parse`] does not read, in words for who wrote it.
pub fn says(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let place = said.rfind(" at line ").map_or("", |at| &said[at..]);
    let bare = said.strip_suffix(place).unwrap_or(&said);
    match bare {
        "unexpected end of hex escape" | "lone leading surrogate in hex escape" => format!(
            "half of a surrogate pair, such as \\ud800 alone, which is no character (RFC 8259, 8.2){place}"
        ),
        "recursion limit exceeded" => {
            format!("it is nested deeper than 128 levels{place}")
        }
        _ => said,
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reading).map(Strict)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        exact(value.unsigned_abs())?;
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        exact(value)?;
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(Strict(value)) = seq.next_element()? {
            out.push(value);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut out = Map::new();
        while let Some((key, Strict(value))) = map.next_entry::<String, Strict>()? {
            if out.insert(key.clone(), value).is_some() {
                return Err(A::Error::custom(format!(
                    "\"{key}\" stands twice in one object: programs differ in which they read"
                )));
            }
        }
        Ok(Value::Object(out))
    }
}

fn exact<E: Error>(number: u64) -> Result<(), E> {
    match number <= EXACT {
        true => Ok(()),
        false => Err(E::custom(format!(
            "{number} is beyond 2^53, where programs read different numbers: write it as a string"
        ))),
    }
}
