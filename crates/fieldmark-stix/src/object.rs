//! One STIX object as statements about a record: what the views need to know of it. The object
//! itself is kept beside them as it came in, so nothing of it is lost here.
//!
//! Who ran what is a claim, never an edge: `attributed-to` is refused here with the reason.

mod marking;

use crate::disarm;
use fieldmark_model::{Edtf, Instant, RecordId, Tlp};
use fieldmark_rdf::name::{key, shown};
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::record::class_of;
use fieldmark_rdf::vocab::{EDTF, NOUNS, STIX, XSD, classes, properties};
use oxrdf::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term};
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether JSON is a STIX bundle, an envelope of TAXII or a STIX object, by as much of its
/// beginning as there is.
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

/// The statements of an object, each in the graph of its policy: the stricter of the object's own
/// markings and `floor`.
///
/// # Errors
/// A sentence with the JSON path when the object cannot be taken.
pub fn statements(json: &Value, floor: Tlp) -> Result<(RecordId, Vec<Placed>), String> {
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
        Some(other) => return Err(format!("$.spec_version is {other}: only 2.1 is taken here")),
    }
    if kind == "marking-definition" {
        return Err(
            "$.type: a marking definition says who may see what, and is not taken from a partner"
                .into(),
        );
    }
    for key in [
        "created",
        "modified",
        "first_seen",
        "last_seen",
        "published",
    ] {
        if let Some(value) = text(json, key)
            && Instant::parse(value).is_none()
        {
            return Err(format!(
                "$.{key}: \"{value}\" is no timestamp such as 2024-01-01T00:00:00.000Z"
            ));
        }
    }
    let (created, modified) = (text(json, "created"), text(json, "modified"));
    if let (Some(created), Some(modified)) = (created, modified)
        && Instant::parse(modified) < Instant::parse(created)
    {
        return Err(format!(
            "$.modified ({modified}) is before $.created ({created})"
        ));
    }
    named(json, kind)?;
    if kind == "relationship" {
        for key in ["relationship_type", "source_ref", "target_ref"] {
            if text(json, key).is_none() {
                return Err(format!("$.{key} is missing, or no text"));
            }
        }
    }
    let policy = json
        .as_object()
        .map_or(Ok(floor), |object| marking::level(object, floor))?;
    let mut making = Making {
        id: &id,
        policy: NamedNode::new_unchecked(
            RecordId::parse(policy.marking_id()).map_or_else(|_| String::new(), |id| id.iri()),
        ),
        placed: Vec::new(),
    };
    making.object(json, kind)?;
    Ok((id.clone(), making.placed))
}

struct Making<'a> {
    id: &'a RecordId,
    policy: NamedNode,
    placed: Vec<Placed>,
}

impl Making<'_> {
    fn say(&mut self, property: NamedNodeRef<'_>, object: impl Into<Term>) {
        let subject = NamedNode::new_unchecked(self.id.iri());
        let graph = GraphName::NamedNode(self.policy.clone());
        let quad = Quad::new(subject, property.into_owned(), object, graph);
        self.placed.push(Placed { quad, line: None });
    }

    fn object(&mut self, json: &Value, kind: &str) -> Result<(), String> {
        if let Some(known) = technique(json, kind) {
            // It is here under its own id: what a partner calls it makes no second technique.
            self.say(properties::RDF_TYPE, classes::SKOS_CONCEPT.into_owned());
            self.say(
                properties::FM_STANDS_FOR,
                NamedNode::new_unchecked(known.iri()),
            );
            self.moments(json);
            return Ok(());
        }
        for class in types(json, kind) {
            self.say(properties::RDF_TYPE, class);
        }
        let lang = text(json, "lang").unwrap_or("en").to_owned();
        let name = NAMES
            .into_iter()
            .find_map(|key| text(json, key))
            .filter(|name| !name.trim().is_empty());
        if let Some(name) = name {
            self.words(properties::SKOS_PREF_LABEL, &shown(name), &lang);
        }
        for (at, alias) in json["aliases"].as_array().into_iter().flatten().enumerate() {
            let alias = alias.as_str().filter(|alias| !alias.trim().is_empty());
            let alias = alias.ok_or_else(|| format!("$.aliases[{at}]: a name is wanted"))?;
            if Some(key(alias)) != name.map(key) {
                self.words(properties::SKOS_ALT_LABEL, &shown(alias), &lang);
            }
        }
        if let Some(description) = text(json, "description").filter(|d| !d.trim().is_empty()) {
            self.words(properties::DCTERMS_DESCRIPTION, description, &lang);
        }
        self.moments(json);
        for (key, property) in [
            ("first_seen", properties::STIX_FIRST_SEEN),
            ("last_seen", properties::STIX_LAST_SEEN),
            ("published", properties::DCTERMS_ISSUED),
        ] {
            if let Some(time) = text(json, key) {
                let day = time.split('T').next().unwrap_or(time);
                if is_unknown(day) {
                    let said = format!("{key} {time}, which tools write for unknown");
                    self.words(properties::FM_DATE_TEXT, &said, "en");
                    continue;
                }
                Edtf::parse(day).map_err(|error| format!("$.{key}: {error}"))?;
                let datatype = NamedNode::new_unchecked(format!("{EDTF}EDTF"));
                self.say(property, Literal::new_typed_literal(day, datatype));
            }
        }
        if let Some(kind) = text(json, "relationship_type") {
            if kind == "attributed-to" {
                return Err("$.relationship_type: who ran what is a claim with an assessor here, and is not taken as an edge".into());
            }
            self.say(
                properties::STIX_RELATIONSHIP_TYPE,
                Literal::new_simple_literal(kind),
            );
        }
        for (path, target) in references(json) {
            let target = RecordId::parse(&target).map_err(|error| format!("$.{path}: {error}"))?;
            let property = match path.as_str() {
                "source_ref" => properties::STIX_SOURCE_REF,
                "target_ref" => properties::STIX_TARGET_REF,
                _ => properties::DCTERMS_REFERENCES,
            };
            self.say(property, NamedNode::new_unchecked(target.iri()));
        }
        Ok(())
    }

    /// When the object was made and changed.
    fn moments(&mut self, json: &Value) {
        for (key, property) in [
            ("created", properties::STIX_CREATED),
            ("modified", properties::STIX_MODIFIED),
        ] {
            if let Some(time) = text(json, key) {
                let datatype = NamedNode::new_unchecked(format!("{XSD}dateTime"));
                self.say(property, Literal::new_typed_literal(time, datatype));
            }
        }
    }

    fn words(&mut self, property: NamedNodeRef<'_>, words: &str, lang: &str) {
        let literal = Literal::new_language_tagged_literal(words, lang)
            .unwrap_or_else(|_| Literal::new_language_tagged_literal_unchecked(words, "und"));
        self.say(property, literal);
    }
}

/// The DISARM technique that is here already, by the number the object cites. Published bundles of
/// DISARM call their source by several names, so the number alone tells; ATT&CK has none of them.
fn technique(json: &Value, kind: &str) -> Option<&'static RecordId> {
    let cited = json["external_references"].as_array()?.iter();
    let known = cited
        .filter_map(|cited| cited["external_id"].as_str())
        .find_map(disarm::numbered)?;
    (kind == known.stix_type() && text(json, "id")? != known.as_str()).then_some(known)
}

/// The classes of an object; a type of nobody's ontology gets a class of its own name.
fn types(json: &Value, kind: &str) -> Vec<NamedNode> {
    let own: String = kind
        .split('-')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect();
    let wide = NamedNode::new_unchecked(format!("{STIX}{own}"));
    let known = NOUNS.iter().any(|(_, class, _)| *class == wide.as_ref());
    let mut out = vec![match kind {
        "identity" => classes::STIX_IDENTITY.into_owned(),
        _ if known => wide,
        _ => {
            // Our own classes stand for types that OASIS has none for.
            let noun = NOUNS
                .iter()
                .find(|(name, _, types)| {
                    types.contains(&kind) && !matches!(*name, "Claim" | "Persona")
                })
                .and_then(|(name, ..)| fieldmark_model::Noun::from_name(name))
                .and_then(class_of);
            noun.map_or(wide, NamedNodeRef::into_owned)
        }
    }];
    let narrow = match (kind, text(json, "identity_class")) {
        ("identity", Some("organization")) => Some(classes::PROV_ORGANIZATION),
        ("identity", Some("individual")) => Some(classes::PROV_PERSON),
        ("identity", Some("group" | "class")) => Some(classes::FM_GROUP),
        _ => None,
    };
    out.extend(narrow.map(NamedNodeRef::into_owned));
    if kind == "infrastructure" {
        out.push(classes::STIX_INFRASTRUCTURE.into_owned());
    }
    let mut seen = BTreeSet::new();
    out.retain(|class| seen.insert(class.as_str().to_owned()));
    out
}

/// Every reference at the top of an object, with the property it stands in; markings are none.
fn references(json: &Value) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (key, value) in json.as_object().into_iter().flatten() {
        if key == "object_marking_refs" {
            continue;
        }
        if key.ends_with("_ref") {
            out.extend(
                value
                    .as_str()
                    .map(|target| (key.clone(), target.to_owned())),
            );
        } else if key.ends_with("_refs") {
            let items = value.as_array().into_iter().flatten();
            out.extend(items.filter_map(|item| Some((key.clone(), item.as_str()?.to_owned()))));
        }
    }
    out
}

fn text<'a>(json: &'a Value, key: &str) -> Option<&'a str> {
    json.get(key)?.as_str()
}

/// Where an object's name may stand, the first that is there.
const NAMES: [&str; 7] = [
    "name",
    "display_name",
    "account_login",
    "user_id",
    "title",
    "value",
    "url",
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

/// Whether a day is what tools write when they know none: the epoch, and the far future.
fn is_unknown(day: &str) -> bool {
    day == "1970-01-01" || day.split('-').next().is_some_and(|year| year >= "5000")
}

#[cfg(test)]
mod tests;
