//! A bundle as one event of MISP (core format, 2.5): records as MISP objects, relationships as
//! references between them, markings and DISARM techniques as tags.
//!
//! MISP's reader of STIX drops every relationship between clusters, and so every attribution. A
//! reference between two objects has an id and a comment of its own: rival attributions stand beside
//! each other, each with its author and words.

mod template;

use super::carried;
use super::loss::{Change, Losses};
use super::{id, kind, markings, text, texts, uuid};
use crate::{disarm, extension, tlp};
use fieldmark_model::{RecordId, Tlp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use template::Template;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What stands for a time, where no object says one.
const EPOCH: &str = "1970-01-01T00:00:00.000Z";

/// The event, and what MISP will not keep of the objects.
pub fn write(objects: &[Value]) -> (Value, Losses) {
    let mut losses = Losses::default();
    let held: Vec<&Value> = objects.iter().filter(|one| is_held(one)).collect();
    let mut taken = HashSet::new();
    let uuids: HashMap<&str, String> = held
        .iter()
        .map(|object| (id(object), own_uuid(id(object), &mut taken)))
        .collect();
    let lost = ["sighting", "language-content", "extension-definition"];
    for object in objects.iter().filter(|one| lost.contains(&kind(one))) {
        if id(object) != extension::ID {
            losses.add(Change::Unknown, id(object));
        }
    }
    let mut references = references(objects, &uuids, &mut losses);
    // References bear no tags either.
    let strictest = objects.iter().filter_map(level).max();
    let mut made = Vec::new();
    for object in &held {
        let own = &uuids[id(object)];
        let template = Template::of(object);
        if template.is_a_mere_name() {
            losses.add(Change::Named, id(object));
        }
        if carried::record(object).is_some() {
            losses.add(Change::Extension, id(object));
        }
        if object.get("granular_markings").is_some() {
            losses.add(Change::Whole, id(object));
        }
        if levels(object).any(|level| level.is_none()) {
            losses.add(Change::Terms, id(object));
        }
        // Objects bear no tags: what stands under less than the event says it on each value.
        let tags = match level(object).filter(|level| Some(*level) != strictest) {
            Some(level) => vec![tlp_tag(level)],
            None => Vec::new(),
        };
        let mut out = template.fill(object, own, &tags);
        let references = references.remove(id(object)).unwrap_or_default();
        if !references.is_empty() {
            out["ObjectReference"] = references.into();
        }
        made.push(out);
    }
    let reports = held.iter().filter(|one| kind(one) == "report");
    let labels = reports.flat_map(|report| texts(report, "labels").map(str::to_owned));
    let tags: BTreeSet<String> = strictest
        .into_iter()
        .map(tlp_tag)
        .chain(held.iter().filter_map(|object| technique_tag(object)))
        .chain(labels)
        .collect();
    let tags: Vec<Value> = tags.iter().map(|name| json!({ "name": name })).collect();
    let times = held.iter().filter_map(|one| text(one, "modified"));
    let last = times.max().unwrap_or(EPOCH);
    let mut event = json!({
        "info": title(&held),
        "date": last.get(..10),
        "timestamp": seconds(last),
        // Undefined; completed. Who gets it further, those decide who take it in.
        "threat_level_id": "4", "analysis": "2", "distribution": "0", "published": false,
        "Tag": tags, "Attribute": [], "Object": made,
    });
    let own = RecordId::derived("misp-event", &event.to_string());
    event["uuid"] = uuid(own.as_str()).into();
    (json!({ "Event": event }), losses)
}

/// Whether an object has a place of its own in an event.
fn is_held(object: &Value) -> bool {
    let elsewhere = [
        "relationship",
        "sighting",
        "marking-definition",
        "extension-definition",
        "language-content",
    ];
    !elsewhere.contains(&kind(object)) && id(object) != extension::AUTHOR
}

/// The UUID of an object's id; another where an object of another type has taken it.
fn own_uuid(id: &str, taken: &mut HashSet<String>) -> String {
    let own = uuid(id).to_owned();
    if taken.insert(own.clone()) {
        return own;
    }
    let other = uuid(RecordId::derived("misp-object", id).as_str()).to_owned();
    taken.insert(other.clone());
    other
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

/// What objects refer to, by their ids: relationships, what reports and groupings hold, what notes
/// and opinions are about.
fn references(
    objects: &[Value],
    uuids: &HashMap<&str, String>,
    losses: &mut Losses,
) -> BTreeMap<String, Vec<Value>> {
    let names: HashMap<&str, &str> = objects
        .iter()
        .filter_map(|object| Some((id(object), text(object, "name")?)))
        .collect();
    // What is about a relationship is about that which it starts from.
    let starts: HashMap<&str, &str> = objects
        .iter()
        .filter_map(|object| Some((id(object), text(object, "source_ref")?)))
        .collect();
    let mut out: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut said_already: HashSet<RecordId> = HashSet::new();
    let mut refer = |from: &str, said: &str, to: &str, comment: Option<String>, key: &str| {
        let to = starts.get(to).copied().unwrap_or(to);
        let (Some(own), Some(other)) = (uuids.get(from), uuids.get(to)) else {
            return false;
        };
        let reference = RecordId::derived("misp-reference", &format!("{key} {from} {said} {to}"));
        let mut one = json!({
            "uuid": uuid(reference.as_str()), "object_uuid": own, "referenced_uuid": other,
            "relationship_type": said,
        });
        if let Some(comment) = comment {
            one["comment"] = comment.into();
        }
        if from != to && said_already.insert(reference) {
            out.entry(from.to_owned()).or_default().push(one);
        }
        true
    };
    for object in objects {
        let own = id(object);
        if let ("relationship", Some(from), Some(to)) = (
            kind(object),
            text(object, "source_ref"),
            text(object, "target_ref"),
        ) {
            let said = text(object, "relationship_type").unwrap_or("related-to");
            let author = text(object, "created_by_ref").and_then(|author| names.get(author));
            let words = text(object, "description");
            let comment: Vec<&str> = author.copied().into_iter().chain(words).collect();
            let comment = (!comment.is_empty()).then(|| comment.join(": "));
            if !refer(from, said, to, comment, own) {
                losses.add(Change::Loose, own);
            }
            continue;
        }
        let said = match kind(object) {
            "note" | "opinion" => "annotates",
            "report" => "mentions",
            _ => "contains",
        };
        for to in texts(object, "object_refs") {
            refer(own, said, to, None, "");
        }
        let authored = ["note", "opinion", "report"].contains(&kind(object));
        if let Some(author) = text(object, "created_by_ref").filter(|_| authored) {
            refer(own, "authored-by", author, None, "");
        }
    }
    out
}

/// What the event is called by: its report, else the campaigns and sets it is about.
fn title(held: &[&Value]) -> String {
    let named = |kinds: &[&str]| -> Vec<&str> {
        let of = held.iter().filter(|object| kinds.contains(&kind(object)));
        of.filter_map(|object| text(object, "name")).collect()
    };
    let reports = named(&["report"]);
    let subjects = named(&["campaign", "incident", "intrusion-set", "threat-actor"]);
    match (reports.as_slice(), subjects.as_slice()) {
        ([report], _) => (*report).to_owned(),
        (_, []) => "Fieldmark".to_owned(),
        (_, [some @ .., last]) if subjects.len() <= NAMED => match some {
            [] => (*last).to_owned(),
            some => format!("{} & {last}", some.join(", ")),
        },
        (_, more) => format!("{}, …", more[..NAMED].join(", ")),
    }
}

/// How many subjects a title names.
const NAMED: usize = 3;

/// A timestamp in seconds of Unix time, as MISP wants it.
fn seconds(time: &str) -> String {
    let instant = OffsetDateTime::parse(time, &Rfc3339);
    instant
        .map_or(0, OffsetDateTime::unix_timestamp)
        .to_string()
}
