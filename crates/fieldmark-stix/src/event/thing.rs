//! What a thing of an event is in STIX, whoever says so.

use super::head::is_deleted;
use super::shapes::{Said, Shape};
use crate::disarm;
use fieldmark_model::RecordId;
use fieldmark_rdf::name::beginning;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// What a thing of an event is, before it is said by whom and when.
pub(super) struct Thing {
    pub id: RecordId,
    /// Its id, its type and what STIX says of such.
    pub json: Map<String, Value>,
    /// What it says and STIX has no property for.
    pub rest: Said,
    /// Whether it is an observable: one record, whoever saw it.
    pub observable: bool,
    /// Whether it ships with the program, and is not made again.
    pub built_in: bool,
}

/// The namespace of the ids of observables (STIX 2.1, 2.9).
const OBSERVABLES: Uuid = Uuid::from_u128(0x00ab_edb4_aa42_466c_9c01_fed2_3315_a9b7);

/// What tells observables of a type apart, and so makes their ids (STIX 2.1, 6).
const TOLD_APART_BY: [(&str, &[&str]); 10] = [
    ("autonomous-system", &["number"]),
    ("domain-name", &["value"]),
    ("email-addr", &["value"]),
    ("file", &["hashes", "name"]),
    ("ipv4-addr", &["value"]),
    ("ipv6-addr", &["value"]),
    ("mac-addr", &["value"]),
    ("software", &["name", "cpe", "vendor", "version"]),
    ("url", &["value"]),
    (
        "user-account",
        &["account_type", "user_id", "account_login"],
    ),
];

/// Of several hashes of a file the one that its id is made of, the first that is there.
const HASHES: [&str; 4] = ["MD5", "SHA-1", "SHA-256", "SHA-512"];

/// The longest name that is made of a value, in characters.
const NAMED: usize = 120;

/// What a thing of one of an event's lists is.
///
/// # Errors
/// A sentence when it has no UUID or no value.
pub(super) fn thing(list: &str, of: &Value) -> Result<Thing, String> {
    let uuid = of["uuid"]
        .as_str()
        .ok_or("it has no uuid, so it cannot be told from others")?;
    let under = |kind: &str| {
        RecordId::parse(&format!("{kind}--{uuid}")).map_err(|error| format!("uuid: {error}"))
    };
    let made = match list {
        "Attribute" => {
            let kind = of["type"].as_str().ok_or("it has no type")?;
            let value = of["value"].as_str().ok_or("it has no value")?;
            let said = said_by(kind, value);
            let shape = Shape::of_attribute(kind);
            shape
                .and_then(|shape| shape.fill(&said))
                .map(|(of, json, rest)| (of, json, as_named(kind, rest)))
                .unwrap_or_else(|| {
                    let json = json!({
                        "name": beginning(value, NAMED), "x_misp_type": kind, "x_misp_value": value,
                        "x_misp_category": of["category"],
                    });
                    ("x-misp-attribute", fields(json), Said::new())
                })
        }
        "Object" => object(of)?,
        "EventReport" => {
            let name = of["name"].as_str().unwrap_or_default();
            let content = of["content"].as_str().unwrap_or_default();
            let content = if content.is_empty() { name } else { content };
            (
                "note",
                fields(json!({ "abstract": name, "content": content })),
                Said::new(),
            )
        }
        "Note" => {
            let content = of["note"].as_str().unwrap_or_default();
            ("note", fields(json!({ "content": content })), Said::new())
        }
        "Opinion" => {
            let opinion =
                opinion(&of["opinion"]).ok_or("its opinion is no number from 0 to 100")?;
            let mut json = fields(json!({ "opinion": opinion }));
            if let Some(words) = words(of, "comment") {
                json.insert("explanation".to_owned(), words.into());
            }
            ("opinion", json, Said::new())
        }
        other => return Err(format!("\"{other}\" is not read")),
    };
    let (kind, mut json, rest) = made;
    json.insert("type".to_owned(), kind.into());
    json.insert("spec_version".to_owned(), "2.1".into());
    if let Some(authors) = words(of, "authors") {
        json.insert("authors".to_owned(), json!([authors]));
    }
    let by = TOLD_APART_BY.iter().find(|(of, _)| *of == kind);
    let technique = technique(of);
    let id = match (by, technique) {
        (Some((_, by)), _) => observable(kind, by, &json)?,
        (None, Some(technique)) => technique.clone(),
        (None, None) => under(kind)?,
    };
    json.insert("id".to_owned(), id.as_str().into());
    Ok(Thing {
        id,
        json,
        rest,
        observable: by.is_some(),
        built_in: technique.is_some(),
    })
}

/// What an attribute says by itself.
fn said_by(kind: &str, value: &str) -> Said {
    match value.split_once('|').filter(|_| kind.contains('|')) {
        Some((one, two)) => vec![
            ("value.1".to_owned(), one.to_owned()),
            ("value.2".to_owned(), two.to_owned()),
        ],
        None => vec![("value".to_owned(), value.to_owned())],
    }
}

/// What is left of an attribute that is two, by what its type calls each part.
fn as_named(kind: &str, rest: Said) -> Said {
    let named = |name: String| match (name.as_str(), kind.split_once('|')) {
        ("value.1", Some((one, _))) => one.to_owned(),
        ("value.2", Some((_, two))) => two.to_owned(),
        _ => name,
    };
    rest.into_iter()
        .map(|(name, value)| (named(name), value))
        .collect()
}

type Made = (&'static str, Map<String, Value>, Said);

fn object(of: &Value) -> Result<Made, String> {
    let template = of["name"]
        .as_str()
        .ok_or("it has no name, which is its template's")?;
    let parts = of["Attribute"].as_array().into_iter().flatten();
    let parts = parts.filter(|part| !is_deleted(part));
    let said = parts.filter_map(|part| {
        let relation = part["object_relation"].as_str().or(part["type"].as_str())?;
        Some((relation.to_owned(), part["value"].as_str()?.to_owned()))
    });
    let said: Said = said.collect();
    if let Some(made) = Shape::of_object(template).and_then(|shape| shape.fill(&said)) {
        let (kind, mut json, rest) = made;
        match kind {
            "indicator" => json.insert("pattern_type".to_owned(), "stix".into()),
            "location" if !json.contains_key("name") => {
                let name = ["city", "region", "country"]
                    .iter()
                    .find_map(|key| json.get(*key));
                let name = name.cloned().unwrap_or_default();
                json.insert("name".to_owned(), name)
            }
            _ => None,
        };
        return Ok((kind, json, rest));
    }
    let first = said.first().map_or("", |(_, value)| value);
    let name = format!("{template}: {}", beginning(first, NAMED));
    let json = json!({
        "name": name.trim_end_matches(": "), "x_misp_name": template,
        "x_misp_attributes": as_in_misp(&said),
        "x_misp_meta_category": of["meta-category"],
    });
    Ok(("x-misp-object", fields(json), Said::new()))
}

/// What something says, as MISP has it.
pub(super) fn as_in_misp(said: &Said) -> Vec<Value> {
    said.iter()
        .map(|(relation, value)| json!({ "object_relation": relation, "value": value }))
        .collect()
}

/// The technique of DISARM's that an object is about.
fn technique(of: &Value) -> Option<&'static RecordId> {
    if of["name"] != "attack-pattern" {
        return None;
    }
    let parts = of["Attribute"].as_array()?;
    let number = parts.iter().find(|part| part["object_relation"] == "id")?;
    disarm::numbered(number["value"].as_str()?)
}

fn observable(kind: &str, by: &[&str], json: &Map<String, Value>) -> Result<RecordId, String> {
    let mut apart = Map::new();
    for key in by {
        let Some(value) = json.get(*key) else {
            continue;
        };
        let value = match *key {
            "hashes" => {
                let one = HASHES
                    .iter()
                    .find_map(|hash| Some((*hash, value.get(*hash)?)));
                one.map_or_else(|| value.clone(), |(hash, value)| json!({ hash: value }))
            }
            _ => value.clone(),
        };
        apart.insert((*key).to_owned(), value);
    }
    let text = serde_json_canonicalizer::to_string(&apart).map_err(|error| error.to_string())?;
    let uuid = Uuid::new_v5(&OBSERVABLES, text.as_bytes());
    RecordId::parse(&format!("{kind}--{uuid}")).map_err(|error| error.to_string())
}

/// MISP's opinion, from 0 to 100, as the step of STIX's scale that is nearest.
fn opinion(value: &Value) -> Option<&'static str> {
    let number = value
        .as_u64()
        .or_else(|| value.as_str()?.trim().parse().ok())?;
    let steps = [
        "strongly-disagree",
        "disagree",
        "neutral",
        "agree",
        "strongly-agree",
    ];
    let step = (number + 12) / 25;
    steps.get(usize::try_from(step).ok()?).copied()
}

/// The properties of an object that are not null.
pub(super) fn fields(json: Value) -> Map<String, Value> {
    let fields = match json {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    fields
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect()
}

/// A text that says something.
pub(super) fn words<'a>(of: &'a Value, key: &str) -> Option<&'a str> {
    of[key]
        .as_str()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}
