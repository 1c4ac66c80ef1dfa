//! A bundle as one event of MISP (core format, 2.5): records as MISP objects, relationships as
//! references between them, markings and DISARM techniques as tags.
//!
//! MISP's reader of STIX drops every relationship between clusters, and so every attribution. A
//! reference between two objects has an id and a comment of its own: rival attributions stand beside
//! each other, each with its author and words.

mod survey;
mod template;

use super::loss::Losses;
use super::{Objects, id, kind, markings, text, uuid};
use crate::{disarm, extension, tlp};
use fieldmark_model::{RecordId, Tlp};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use survey::Survey;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What stands for a time, where no object says one.
const EPOCH: &str = "1970-01-01T00:00:00.000Z";

/// Writes the event, and says what MISP will not keep of the objects. What is held meanwhile grows with
/// the relationships among them.
///
/// # Errors
/// What goes wrong while `objects` are read or `out` is written.
pub fn write(objects: &dyn Objects, out: &mut dyn Write) -> io::Result<Losses> {
    let mut losses = Losses::default();
    let mut survey = Survey::of(objects, &mut losses)?;
    let mut head = survey.head();
    // The rest follows in the same braces.
    head.pop();
    let mut told = Sha256::new_with_prefix(&head);
    write!(out, "{{\"Event\":{head},\"Object\":[")?;
    let mut begun = false;
    objects.each(&mut |object| {
        if is_held(&object) {
            let text = survey.object(&object, &mut losses)?.to_string();
            told.update(&text);
            let between = if std::mem::replace(&mut begun, true) {
                ","
            } else {
                ""
            };
            write!(out, "{between}\n{text}")?;
        }
        Ok(())
    })?;
    let own = RecordId::derived("misp-event", &hex::encode(told.finalize()));
    writeln!(out, "\n],\"uuid\":\"{}\"}}}}", uuid(own.as_str()))?;
    Ok(losses)
}

/// The types that have no place of their own in an event.
const ELSEWHERE: [&str; 5] = [
    "relationship",
    "sighting",
    "marking-definition",
    "extension-definition",
    "language-content",
];

/// Whether an object of this id and type has a place of its own in an event.
fn has_a_place(id: &str, kind: &str) -> bool {
    !ELSEWHERE.contains(&kind) && id != extension::AUTHOR
}

fn is_held(object: &Value) -> bool {
    has_a_place(id(object), kind(object))
}

/// The levels of TLP of an object's markings; none of one that is another's.
fn levels(object: &Value) -> impl Iterator<Item = Option<Tlp>> {
    let markings = markings(object).into_iter();
    markings.map(|marking| tlp::level(&RecordId::parse(marking).ok()?))
}

/// The level of TLP that an object, or a part of it, is marked with: the strictest, if several.
fn level(object: &Value) -> Option<Tlp> {
    levels(object).flatten().max()
}

fn tlp_tag(level: Tlp) -> String {
    format!("tlp:{}", level.name())
}

/// DISARM's techniques are tags of MISP's galaxy of that name, by their English name.
fn technique_tag(object: &Value) -> Option<String> {
    let name = disarm::english_name(disarm::numbered(disarm::number_of(object)?)?)?;
    Some(format!("misp-galaxy:disarm-techniques=\"{name}\""))
}

/// A timestamp in seconds of Unix time, as MISP wants it.
fn seconds(time: &str) -> String {
    let instant = OffsetDateTime::parse(time, &Rfc3339);
    instant
        .map_or(0, OffsetDateTime::unix_timestamp)
        .to_string()
}
