//! One STIX object as statements about a record. The object itself is kept beside them as it came
//! in, so what has no statement is not lost.
//!
//! Who ran what is a claim, never an edge: an `attributed-to` becomes its author's attribution
//! (`object/claim.rs`). What STIX 2.1 names is stated in OASIS's STIX ontology, and beside it in
//! Fieldmark's own terms where it has any (`object/state.rs`); each statement stands under the
//! policy of the part it was read from (`object/marking.rs`).

mod claim;
mod concept;
mod marking;
mod state;
mod well_formed;

pub(crate) use claim::attributes;
pub use claim::unnamed;
pub use marking::Meaning;

use crate::extension;
use fieldmark_model::{Instant, RecordId, Tlp};
use fieldmark_rdf::read::Placed;
use marking::Sight;
use serde_json::{Map, Value};
use state::Making;

/// Whether JSON is a STIX bundle, an envelope of TAXII or a STIX object, by as much of its
/// beginning as there is.
///
/// ```
/// use fieldmark_stix::object::is_stix;
/// assert!(is_stix(br#"{"type": "bundle", "id""#));
/// assert!(!is_stix(b"@prefix rdf: <http://"));
/// ```
pub fn is_stix(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let text: String = text.split_whitespace().collect();
    let says = |words: &str| text.contains(words);
    text.trim_start_matches(['\u{feff}', '[']).starts_with('{')
        && !says("\"@context\"")
        && (says("\"type\":\"bundle\"")
            || says("\"spec_version\":\"2.")
            || (says("\"objects\":[") && !says("\"values\":[")))
}

/// A report that lists an object, with its author.
pub type Listing = (RecordId, Option<RecordId>);

/// What has to be known beside an object to read it.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Nothing is shown to more people than this level lets see it.
    pub floor: Tlp,
    /// The marking of objects that have none; without it such an object is refused.
    pub unmarked: Option<&'a RecordId>,
    /// What a marking definition means that is no level of TLP; none for one nobody knows.
    pub meaning: &'a (dyn Fn(&RecordId) -> Option<Meaning> + Sync),
    /// The reports that list an object, each with its author.
    pub listed: &'a (dyn Fn(&RecordId) -> Vec<Listing> + Sync),
    /// What an `attributed-to` attributes, and to whom; none for what is no attribution.
    pub attributed: &'a (dyn Fn(&RecordId) -> Option<(RecordId, RecordId)> + Sync),
    /// The notes about an attribution.
    pub notes: &'a (dyn Fn(&RecordId) -> Vec<RecordId> + Sync),
}

/// The statements of an object, each in the graph of its policy. Those about other records, such
/// as its creator's claims about its aliases, are among them.
///
/// # Errors
/// A sentence with the JSON path when the object cannot be taken.
pub fn statements(json: &Value, setting: &Setting<'_>) -> Result<(RecordId, Vec<Placed>), String> {
    let object = json.as_object().ok_or("$: an object is wanted")?;
    let kind = text(json, "type").ok_or("$.type is missing")?;
    let id = text(json, "id").ok_or("$.id is missing")?;
    let id = RecordId::parse(id).map_err(|error| format!("$.id: {error}"))?;
    if id.stix_type() != kind {
        return Err(format!(
            "$.id begins with {}, and $.type is {kind}",
            id.stix_type()
        ));
    }
    match text(json, "spec_version") {
        Some("2.1") | None => {}
        Some(other) => {
            return Err(format!(
                "$.spec_version is {other}: 2.1 and 2.0 are taken here"
            ));
        }
    }
    if kind == "bundle" {
        return Err(
            "$.type: a bundle inside a bundle; its objects belong beside the others".into(),
        );
    }
    moments(object)?;
    well_formed::check(json)?;
    named(json, kind)?;
    if kind == "relationship" {
        for key in ["relationship_type", "source_ref", "target_ref"] {
            if text(json, key).is_none() {
                return Err(format!("$.{key} is missing, or no text"));
            }
        }
    }
    let sight = Sight::of(object, setting)?;
    if let Some((id, said)) = extension::read(json)? {
        // It was written by Fieldmark, and comes back as the record it was.
        let path = format!("extensions.{}", extension::ID);
        let mut making = Making::of(&id, &sight);
        for (subject, property, value) in said {
            making.say_of(&subject, &path, property.as_ref(), value);
        }
        let statements = making.finish()?;
        return Ok((id, statements));
    }
    let mut making = Making::of(&id, &sight);
    making.object(object, kind, setting)?;
    Ok((id.clone(), making.finish()?))
}

/// Refuses a time that is none, and a change before the making.
fn moments(object: &Map<String, Value>) -> Result<(), String> {
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    for key in [
        "created",
        "modified",
        "first_seen",
        "last_seen",
        "published",
    ] {
        if let Some(value) = text(key)
            && Instant::parse(value).is_none()
        {
            return Err(format!(
                "$.{key}: \"{value}\" is no timestamp such as 2024-01-01T00:00:00.000Z"
            ));
        }
    }
    if let (Some(created), Some(modified)) = (text("created"), text("modified"))
        && Instant::parse(modified) < Instant::parse(created)
    {
        return Err(format!(
            "$.modified ({modified}) is before $.created ({created})"
        ));
    }
    Ok(())
}

fn text<'a>(json: &'a Value, key: &str) -> Option<&'a str> {
    json.get(key)?.as_str()
}

/// The id that a value is, where it is one.
pub(crate) fn id_in(value: &Value) -> Option<RecordId> {
    RecordId::parse(value.as_str()?).ok()
}

/// Where an object's name may stand, the first that is there.
const NAMES: [&str; 8] = [
    "name",
    "display_name",
    "account_login",
    "user_id",
    "title",
    "value",
    "url",
    "abstract",
];

/// The types of which STIX 2.1 requires a name.
const MUST_BE_NAMED: [&str; 11] = [
    "attack-pattern",
    "campaign",
    "course-of-action",
    "identity",
    "incident",
    "infrastructure",
    "intrusion-set",
    "report",
    "threat-actor",
    "tool",
    "vulnerability",
];

/// Refuses a name that is no text, or none where there must be one.
fn named(json: &Value, kind: &str) -> Result<(), String> {
    for key in NAMES {
        match &json[key] {
            Value::Null | Value::String(_) => {}
            other => {
                return Err(format!(
                    "$.{key}: {other} is no text: write it in quotation marks"
                ));
            }
        }
    }
    let name = text(json, "name").map(str::trim);
    match (MUST_BE_NAMED.contains(&kind), name) {
        (true, None) => Err("$.name is missing: an object of this type has a name".into()),
        (true, Some("")) => Err("$.name is empty: an object of this type has a name".into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
