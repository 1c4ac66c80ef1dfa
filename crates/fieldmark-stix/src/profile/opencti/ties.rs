//! Which relationships OpenCTI takes, and what stands in for what it does not take.

use crate::profile::{id, text};
use crate::spec;
use fieldmark_model::RecordId;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::OnceLock;

/// The types that hold others and are the end of no relationship.
pub(super) const CONTAINERS: [&str; 4] = ["report", "note", "opinion", "grouping"];

/// What OpenCTI calls a relationship of ours, and whether it says it from the other end.
pub(super) fn nearest(from: &str, said: &str, to: &str) -> Option<(&'static str, bool)> {
    let (new, turned) = match said {
        "conveys" | "carried-out-by" => ("uses", false),
        "member-of" => ("part-of", false),
        "owns" => ("belongs-to", true),
        _ => return None,
    };
    let takes = match turned {
        false => takes(from, new, to),
        true => takes(to, new, from),
    };
    takes.then_some((new, turned))
}

/// Whether OpenCTI takes a relationship between objects of two types.
pub(super) fn takes(from: &str, said: &str, to: &str) -> bool {
    static TAKEN: OnceLock<HashSet<[&str; 3]>> = OnceLock::new();
    let taken = TAKEN.get_or_init(|| {
        let lines = include_str!("../opencti.tsv").lines();
        let rows = lines.filter(|line| !line.starts_with('#')).map(|line| {
            let mut cells = line.split('\t').map(|cell| cell.split(' '));
            let mut cell = || cells.next().into_iter().flatten().collect::<Vec<_>>();
            [cell(), cell(), cell()]
        });
        let mut taken = HashSet::new();
        for [from, said, to] in rows {
            for from in &from {
                for said in &said {
                    taken.extend(to.iter().map(|to| [*from, *said, *to]));
                }
            }
        }
        taken
    });
    let observable = spec::kind(to).is_some_and(|kind| !kind.properties.contains_key("created"))
        || ["media-content", "text"].contains(&to);
    said == "related-to"
        || (said == "derived-from" && from == to)
        || taken.contains(&[from, said, to])
        || (observable && taken.contains(&[from, said, "observable"]))
}

/// A threat actor that stands in for an identity, and that it is attributed to it.
pub(super) fn actor_of(identity: &Value) -> [Value; 2] {
    let name = text(identity, "name").unwrap_or_default();
    let actor = RecordId::derived("threat-actor", id(identity));
    let group = match text(identity, "identity_class") {
        Some("individual") => "Threat-Actor-Individual",
        _ => "Threat-Actor-Group",
    };
    let attributed = RecordId::derived("relationship", actor.as_str());
    let mut out = [
        json!({
            "type": "threat-actor", "spec_version": "2.1", "id": actor.as_str(),
            "created": identity["created"], "modified": identity["modified"],
            "name": name, "x_opencti_type": group,
        }),
        json!({
            "type": "relationship", "spec_version": "2.1", "id": attributed.as_str(),
            "created": identity["created"], "modified": identity["modified"],
            "relationship_type": "attributed-to",
            "source_ref": actor.as_str(), "target_ref": id(identity),
        }),
    ];
    if let Some(markings) = identity.get("object_marking_refs") {
        for object in &mut out {
            object["object_marking_refs"] = markings.clone();
        }
    }
    out
}
