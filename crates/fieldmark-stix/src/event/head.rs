//! What MISP says in one way of an event, of its attributes and of its objects: when, under which
//! marking, with which tags and clusters.

use super::thing::{fields, words};
use crate::{disarm, galaxy};
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::name::shown;
use serde_json::{Map, Value, json};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// A moment of MISP's as STIX has it: seconds of Unix time, as text or number, a time (RFC 3339), or the
/// time of a database, which is UTC; none for 0, which is no time.
pub(super) fn moment(value: &Value) -> Option<String> {
    let text = value.as_str().map(str::trim);
    let seconds = value.as_i64().or_else(|| text?.parse().ok());
    let time = match (seconds, text) {
        (Some(0), _) | (None, None) => return None,
        (Some(seconds), _) => OffsetDateTime::from_unix_timestamp(seconds).ok()?,
        (None, Some(text)) => {
            let of_a_database = || format!("{}Z", text.replacen(' ', "T", 1));
            let parse = |text: &str| OffsetDateTime::parse(text, &Rfc3339);
            parse(text).or_else(|_| parse(&of_a_database())).ok()?
        }
    };
    time.to_offset(UtcOffset::UTC).format(&Rfc3339).ok()
}

/// The tags of something, by name. In what MISP's search gives they stand a step further in.
pub(super) fn tags(of: &Value) -> impl Iterator<Item = &str> {
    let each = |key: &str| of[key].as_array().into_iter().flatten();
    let within = each("EventTag").chain(each("AttributeTag"));
    let tags = each("Tag").chain(within.map(|one| &one["Tag"]));
    tags.filter_map(|tag| tag["name"].as_str())
}

/// Whether a tag is one of TLP's.
pub(super) fn is_tlp(tag: &str) -> bool {
    tag.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("tlp:"))
}

/// The marking that tags state, the strictest of several; none when none is of TLP.
///
/// # Errors
/// A sentence when one of TLP's is no level, since nobody knows then who may see it.
pub(super) fn marking<'a>(tags: impl Iterator<Item = &'a str>) -> Result<Option<Tlp>, String> {
    let mut strictest: Option<Tlp> = None;
    for tag in tags.filter(|tag| is_tlp(tag)) {
        let level = Tlp::parse(tag).ok_or_else(|| {
            format!(
                "the tag \"{tag}\" is no level of TLP, so nobody knows who may see this: give it one of clear, green, amber, amber+strict and red"
            )
        })?;
        strictest = strictest.max(Some(level));
    }
    Ok(strictest)
}

/// The marking of something in an event: its own, else the event's. One of several parts stands under
/// the strictest of theirs.
///
/// # Errors
/// A sentence when nobody knows who may see all of it.
pub(super) fn marking_of(of: &Value, event: Option<Tlp>) -> Result<Option<Tlp>, String> {
    let whole = marking(tags(of))?.or(event);
    let parts = of["Attribute"].as_array().into_iter().flatten();
    let mut levels = parts
        .filter(|part| !is_deleted(part))
        .map(|part| Ok(marking(tags(part))?.or(whole)))
        .collect::<Result<Vec<Option<Tlp>>, String>>()?;
    levels.sort_unstable();
    match (levels.first(), levels.last()) {
        (Some(None), Some(Some(_))) => Err(
            "some of its attributes have a tag of TLP, and neither the others nor the event has one: give the event one".to_owned(),
        ),
        (_, Some(strictest)) => Ok(*strictest),
        (_, None) => Ok(whole),
    }
}

/// Whether a value says anything.
pub(super) fn says_something(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => !text.is_empty(),
        other => !other.is_null(),
    }
}

/// Whether something was deleted in MISP, which keeps it as such.
pub(super) fn is_deleted(of: &Value) -> bool {
    of["deleted"] == true || of["deleted"] == 1 || of["deleted"] == "1"
}

/// How something stands that is made: when, and who may see it.
#[derive(Clone, Copy)]
pub(super) struct Stand<'a> {
    pub created: &'a str,
    pub modified: &'a str,
    pub marking: Option<Tlp>,
}

impl Stand<'_> {
    /// Puts its marking on an object.
    pub fn mark(&self, json: &mut Map<String, Value>) {
        if let Some(marking) = self.marking {
            let marking = json!([marking.marking_id()]);
            json.insert("object_marking_refs".to_owned(), marking);
        }
    }
}

/// A cluster of a galaxy that something is tagged with.
pub(super) struct Cluster {
    /// The record it is: of a technique of DISARM's that one, else one under MISP's UUID.
    pub id: RecordId,
    /// The tag that says the same.
    pub tag: Option<String>,
    /// The object it becomes where it is not here; none for one that is built in.
    json: Option<Map<String, Value>>,
}

impl Cluster {
    /// The object, where it is none that ships with the program.
    pub fn made(&self, stand: Stand<'_>) -> Option<Value> {
        let mut json = self.json.clone()?;
        json.insert("created".to_owned(), stand.created.into());
        json.insert("modified".to_owned(), stand.created.into());
        stand.mark(&mut json);
        Some(Value::Object(json))
    }
}

/// The clusters that something is tagged with.
pub(super) fn clusters(of: &Value) -> Vec<Cluster> {
    let galaxies = of["Galaxy"].as_array().into_iter().flatten();
    let clusters = galaxies.flat_map(|one| one["GalaxyCluster"].as_array().into_iter().flatten());
    clusters.filter_map(cluster).collect()
}

fn cluster(cluster: &Value) -> Option<Cluster> {
    let tag = cluster["tag_name"].as_str().map(str::to_owned);
    let kind = cluster["type"].as_str().unwrap_or_default();
    let meta = &cluster["meta"]["external_id"];
    let number = meta.as_str().or_else(|| meta[0].as_str());
    if let Some(id) = number.and_then(disarm::numbered)
        && kind.starts_with("disarm-")
    {
        return Some(Cluster {
            id: id.clone(),
            tag,
            json: None,
        });
    }
    let uuid = cluster["uuid"].as_str()?;
    let name = shown(cluster["value"].as_str()?);
    let stix = galaxy::stix_type(kind);
    let id = RecordId::parse(&format!("{stix}--{uuid}")).ok()?;
    let mut json = fields(json!({
        "type": stix, "spec_version": "2.1", "id": id.as_str(), "name": name,
    }));
    let mut say = |key: &str, value: Value| json.insert(key.to_owned(), value);
    if let Some(description) = words(cluster, "description") {
        say("description", description.into());
    }
    match stix {
        "identity" => say("identity_class", "class".into()),
        "malware" => say("is_family", true.into()),
        "x-misp-galaxy-cluster" => say("x_misp_galaxy", kind.into()),
        _ => None,
    };
    if let Some(number) = number {
        let reference = json!([{ "source_name": kind, "external_id": number }]);
        say("external_references", reference);
    }
    Some(Cluster {
        id,
        tag,
        json: Some(json),
    })
}

/// Who made an event.
pub(super) struct Creator {
    pub id: RecordId,
    name: String,
}

impl Creator {
    /// By what an event says of its organisation.
    pub fn of(organisation: &Value) -> Option<Self> {
        let name = shown(organisation["name"].as_str()?);
        let id = match organisation["uuid"].as_str() {
            Some(uuid) => RecordId::parse(&format!("identity--{uuid}")).ok()?,
            None => RecordId::derived("identity", &name),
        };
        (!name.is_empty()).then_some(Self { id, name })
    }

    /// The identity.
    pub fn made(&self, stand: Stand<'_>) -> Value {
        let mut json = fields(json!({
            "type": "identity", "spec_version": "2.1", "id": self.id.as_str(),
            "created": stand.created, "modified": stand.created,
            "identity_class": "organization", "name": self.name,
        }));
        stand.mark(&mut json);
        Value::Object(json)
    }
}
