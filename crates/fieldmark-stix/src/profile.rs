//! A bundle for a receiver that keeps less than STIX says: what is written for it, and what it loses.
//!
//! A writer takes the objects of a bundle as one audience sees them, and so can give out nothing that
//! the bundle does not show. What a receiver would drop, merge or misread is said in a form it keeps
//! where there is one, and counted where there is none.

mod carried;
mod loss;
pub mod misp;
pub mod opencti;

pub use loss::{Change, Loss, Losses};

use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::io;

/// The objects of a bundle, of which a writer holds few at a time: it reads them as often as it has to.
pub trait Objects {
    /// Gives each, in the order of their ids.
    ///
    /// # Errors
    /// What goes wrong while they are read, or `with` one.
    fn each(&self, with: &mut dyn FnMut(Value) -> io::Result<()>) -> io::Result<()>;

    /// The object of an id.
    ///
    /// # Errors
    /// What goes wrong while it is read.
    fn one(&self, id: &str) -> io::Result<Option<Value>>;

    /// Whether it holds the object of an id.
    fn holds(&self, id: &str) -> bool;
}

/// The names of the authors of objects, each looked up once.
struct Names<'o> {
    objects: &'o dyn Objects,
    known: HashMap<String, Option<String>>,
}

impl<'o> Names<'o> {
    fn of(objects: &'o dyn Objects) -> Self {
        Self {
            objects,
            known: HashMap::new(),
        }
    }

    fn name(&mut self, author: &str) -> io::Result<Option<&str>> {
        if !self.known.contains_key(author) {
            let object = self.objects.one(author)?;
            let name = object.and_then(|object| text(&object, "name").map(str::to_owned));
            self.known.insert(author.to_owned(), name);
        }
        Ok(self.known[author].as_deref())
    }
}

/// The id of an object.
fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap_or_default()
}

/// The type of an object.
fn kind(object: &Value) -> &str {
    object["type"].as_str().unwrap_or_default()
}

/// The type in an id.
fn kind_of(id: &str) -> &str {
    id.split_once("--").map_or("", |(kind, _)| kind)
}

/// The UUID of an id.
fn uuid(id: &str) -> &str {
    id.rsplit_once("--").map_or("", |(_, uuid)| uuid)
}

/// A property that holds text.
fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object[key].as_str()
}

/// The texts of a property that holds a list of them.
fn texts<'a>(object: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    object[key]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The ids of the two ends of a relationship.
fn ends(relationship: &Value) -> [&str; 2] {
    ["source_ref", "target_ref"].map(|key| text(relationship, key).unwrap_or_default())
}

/// The markings an object bears as a whole or in a part. A receiver that knows no granular markings
/// would pass the part on under less: for it the whole bears them.
fn markings(object: &Value) -> BTreeSet<&str> {
    let parts = object["granular_markings"].as_array().into_iter().flatten();
    let parts = parts.filter_map(|part| text(part, "marking_ref"));
    texts(object, "object_marking_refs").chain(parts).collect()
}

/// Applies a function to every reference that an object makes.
fn refer(json: &mut Value, to: &dyn Fn(&mut Value)) {
    match json {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(_) if key.ends_with("_ref") => to(value),
                    Value::Array(items) if key.ends_with("_refs") => items.iter_mut().for_each(to),
                    other => refer(other, to),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, to)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
