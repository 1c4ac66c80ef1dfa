//! What was written here, as far as STIX 2.1 has types and properties for it.

use super::{Others, Statements, Told, came_as_stix, timestamp};
use crate::statements::record;
use crate::{extension, spec};
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::{FM, STIX, classes, properties};
use oxrdf::Term;
use serde_json::{Map, Value, json};

/// The id under which a record goes out: its own where STIX has its type, else a note's.
pub fn id_of(id: &RecordId, said: Option<&Statements>) -> RecordId {
    // An object that came in goes out under the id that it came with, whatever its type.
    let came = said.is_some_and(came_as_stix);
    let has_a_type = spec::kind(id.stix_type()).is_some();
    match came || (has_a_type && said.is_none_or(|said| fits(id, said))) {
        true => id.clone(),
        false => note(id),
    }
}

/// The note that stands for a record: its UUID, as a note's.
fn note(id: &RecordId) -> RecordId {
    let uuid = id.as_str().rsplit_once("--").map_or("", |(_, uuid)| uuid);
    RecordId::parse(&format!("note--{uuid}"))
        .unwrap_or_else(|_| unreachable!("it is the UUID of an id"))
}

/// Whether the type of its id can say what the record says.
fn fits(id: &RecordId, said: &Statements) -> bool {
    match id.stix_type() {
        // A denial would be read as its opposite, and other claims have no type of relationship.
        "relationship" if said.is_a(classes::FM_CLAIM.as_str()) => {
            said.is_a(classes::FM_ATTRIBUTION.as_str())
                && !said.is_a(classes::FM_DENIAL.as_str())
                && ends(
                    said,
                    properties::FM_SUBJECT.as_str(),
                    properties::FM_OBJECT.as_str(),
                )
                .is_some()
        }
        "location" => {
            let says = |key: &str| said.literal(&format!("{STIX}{key}")).is_some();
            says("country") || says("region") || (says("latitude") && says("longitude"))
        }
        _ => true,
    }
}

fn ends(said: &Statements, from: &str, to: &str) -> Option<(RecordId, RecordId)> {
    let end = |property: &str| said.records(property).next();
    Some((end(from)?, end(to)?))
}

/// The record that a property leads to, where it is one alone.
fn only(said: &Statements, property: &str) -> Option<RecordId> {
    let mut records = said.records(property);
    records.next().filter(|_| records.next().is_none())
}

/// The object of a record.
pub(super) fn object(
    id: &RecordId,
    said: &Statements,
    told: &Told,
    others: &dyn Others,
) -> Map<String, Value> {
    let out_id = id_of(id, Some(said));
    let kind = out_id.stix_type().to_owned();
    let spec = spec::kind(&kind).unwrap_or_else(spec::other);
    let has = |key: &str| spec.properties.contains_key(key);
    let mut out = Map::new();
    out.insert("type".into(), kind.as_str().into());
    out.insert("spec_version".into(), "2.1".into());
    out.insert("id".into(), out_id.as_str().into());
    if has("created") {
        out.insert("created".into(), told.created.as_str().into());
    }
    if has("modified") {
        out.insert("modified".into(), told.modified.as_str().into());
    }
    let of = |id: &RecordId| id_of(id, others.statements(id));
    let (name, lang) = said
        .text(properties::SKOS_PREF_LABEL.as_str())
        .unwrap_or((out_id.as_str(), "en"));
    let description = said.text(properties::DCTERMS_DESCRIPTION.as_str());
    if let Some(one) = only(said, properties::FM_ASSESSOR.as_str()) {
        out.insert("created_by_ref".into(), one.as_str().into());
    }
    if kind == "note" {
        carry(&mut out, id, said, others, &of);
    } else {
        if has("name") {
            out.insert("name".into(), name.into());
            if lang != "en" && has("lang") {
                out.insert("lang".into(), lang.into());
            }
        }
        if let Some((text, _)) = description.filter(|_| has("description")) {
            out.insert("description".into(), text.into());
        }
        for key in ["first_seen", "last_seen"] {
            let date = said.literal(&format!("{STIX}{key}")).and_then(timestamp);
            if let Some(date) = date.filter(|_| has(key)) {
                out.insert(key.into(), date.into());
            }
        }
        if let (Some(first), Some(last)) = (out.get("first_seen"), out.get("last_seen"))
            && first.as_str() > last.as_str()
        {
            out.shift_remove("last_seen");
        }
        of_type(&mut out, &kind, id, said, told, others, &of);
    }
    // A marking definition must not be marked by itself.
    let markings = told.markings.iter().filter(|marking| **marking != out_id);
    let markings: Vec<Value> = markings.map(|id| id.as_str().into()).collect();
    if !markings.is_empty() {
        out.insert("object_marking_refs".into(), markings.into());
    }
    out.insert(
        "extensions".into(),
        json!({ extension::ID: extension::write(id, said) }),
    );
    out
}

/// What a type has of its own.
fn of_type(
    out: &mut Map<String, Value>,
    kind: &str,
    id: &RecordId,
    said: &Statements,
    told: &Told,
    others: &dyn Others,
    of: &dyn Fn(&RecordId) -> RecordId,
) {
    let aliases: Vec<Value> = said
        .values(properties::SKOS_ALT_LABEL.as_str())
        .iter()
        .filter_map(|term| match term {
            Term::Literal(literal) => Some(literal.value().into()),
            _ => None,
        })
        .collect();
    match kind {
        "relationship" => {
            let is_claim = said.is_a(classes::FM_CLAIM.as_str());
            let [from, to] = match is_claim {
                true => [properties::FM_SUBJECT, properties::FM_OBJECT],
                false => [properties::STIX_SOURCE_REF, properties::STIX_TARGET_REF],
            };
            if let Some((from, to)) = ends(said, from.as_str(), to.as_str()) {
                out.insert("source_ref".into(), of(&from).as_str().into());
                out.insert("target_ref".into(), of(&to).as_str().into());
            }
            let said_kind = said.literal(properties::STIX_RELATIONSHIP_TYPE.as_str());
            let kind = said_kind.unwrap_or(if is_claim {
                "attributed-to"
            } else {
                "related-to"
            });
            out.insert("relationship_type".into(), kind.into());
            if let Some(words) = words(said) {
                out.insert("description".into(), words.into());
            }
        }
        "report" => {
            let issued = said.literal(properties::DCTERMS_ISSUED.as_str());
            let published = issued.and_then(timestamp);
            let day = told.created.get(..10).unwrap_or_default();
            let published = published.or_else(|| timestamp(day));
            out.insert("published".into(), published.into());
            let mut listed = others.leading_to(id);
            listed.retain(|other| other.stix_type() != "report");
            let mut listed: Vec<RecordId> = listed.iter().map(of).collect();
            listed.sort();
            listed.dedup();
            if listed.is_empty() {
                listed.push(id.clone());
            }
            out.insert("object_refs".into(), ids(&listed));
            if let Some(author) = only(said, properties::DCTERMS_CREATOR.as_str()) {
                out.insert("created_by_ref".into(), author.as_str().into());
            }
        }
        "identity" => {
            let class = [
                (classes::PROV_PERSON, "individual"),
                (classes::FM_GROUP, "group"),
                (classes::PROV_ORGANIZATION, "organization"),
                (classes::FM_PLATFORM, "organization"),
                (classes::FM_OFFICE, "class"),
            ]
            .into_iter()
            .find(|(class, _)| said.is_a(class.as_str()))
            .map_or("unknown", |(_, class)| class);
            out.insert("identity_class".into(), class.into());
        }
        "infrastructure" if said.is_a(classes::FM_BOT_NETWORK.as_str()) => {
            out.insert("infrastructure_types".into(), json!(["botnet"]));
        }
        "attack-pattern" => {
            if let Some(number) = said.literal(properties::SKOS_NOTATION.as_str()) {
                out.insert(
                    "external_references".into(),
                    json!([{ "source_name": "DISARM", "external_id": number }]),
                );
            }
        }
        "user-account" => {
            let name = said.text(properties::SKOS_PREF_LABEL.as_str());
            if let Some((name, _)) = name {
                out.insert("account_login".into(), name.into());
                out.insert("display_name".into(), name.into());
            }
        }
        "marking-definition" => {
            out.insert("definition_type".into(), "statement".into());
            let says = json!({ "statement": out.get("name") });
            out.insert("definition".into(), says);
        }
        "location" => {
            for key in ["country", "region"] {
                if let Some(text) = said.literal(&format!("{STIX}{key}")) {
                    out.insert(key.into(), text.into());
                }
            }
        }
        _ => {}
    }
    let takes_aliases =
        spec::kind(kind).is_some_and(|kind| kind.properties.contains_key("aliases"));
    // OpenCTI and others merge what shares an alias; between clusters they are claims.
    if takes_aliases && !matches!(kind, "intrusion-set" | "threat-actor") && !aliases.is_empty() {
        out.insert("aliases".into(), aliases.into());
    }
}

/// What a note says of a record that STIX has no type for, or of a claim.
fn carry(
    out: &mut Map<String, Value>,
    id: &RecordId,
    said: &Statements,
    others: &dyn Others,
    of: &dyn Fn(&RecordId) -> RecordId,
) {
    let title = said.text(properties::SKOS_PREF_LABEL.as_str());
    let kind = said
        .values(oxrdf::vocab::rdf::TYPE.as_str())
        .iter()
        .find_map(|class| match class {
            Term::NamedNode(node) => node
                .as_str()
                .strip_prefix(FM)
                .filter(|name| *name != "Claim"),
            _ => None,
        })
        .unwrap_or(id.stix_type());
    let title = title.map_or_else(|| kind.to_owned(), |(title, _)| format!("{kind}: {title}"));
    out.insert("abstract".into(), title.as_str().into());
    let description = said.text(properties::DCTERMS_DESCRIPTION.as_str());
    let content = words(said)
        .or_else(|| description.map(|(text, _)| text.to_owned()))
        .unwrap_or(title);
    out.insert("content".into(), content.into());
    let mut about: Vec<RecordId> = said
        .own()
        .iter()
        .filter(|(property, _)| {
            ABOUT
                .iter()
                .any(|about| about.as_str() == property.as_str())
        })
        .flat_map(|(_, values)| values.iter().filter_map(record))
        .filter(|other| others.statements(other).is_some())
        .collect();
    if about.is_empty() {
        about = others.leading_to(id);
    }
    let mut about: Vec<RecordId> = about.iter().map(of).collect();
    about.sort();
    about.dedup();
    if about.is_empty() {
        about.push(note(id));
    }
    out.insert("object_refs".into(), ids(&about));
}

/// What a note is about.
const ABOUT: [oxrdf::NamedNodeRef<'static>; 4] = [
    properties::FM_SUBJECT,
    properties::FM_OBJECT,
    properties::FM_MEASURES,
    properties::FM_SENSE,
];

/// The words of a claim or a relationship, to the letter, as they follow one another.
fn words(said: &Statements) -> Option<String> {
    if let Some((words, _)) = said.text(properties::FM_VERBATIM.as_str()) {
        return Some(words.to_owned());
    }
    let of = |properties: &std::collections::BTreeMap<String, Vec<Term>>, property: &str| {
        properties
            .get(property)?
            .iter()
            .find_map(|term| match term {
                Term::Literal(literal) => Some(literal.value().to_owned()),
                _ => None,
            })
    };
    let mut quoted: Vec<(u64, String)> = said
        .parts()
        .values()
        .filter_map(|part| {
            let position = of(part, properties::FM_POSITION.as_str())?.parse().ok()?;
            Some((position, of(part, properties::FM_VERBATIM.as_str())?))
        })
        .collect();
    quoted.sort();
    let quoted: Vec<String> = quoted.into_iter().map(|(_, words)| words).collect();
    (!quoted.is_empty()).then(|| quoted.join(" […] "))
}

fn ids(ids: &[RecordId]) -> Value {
    ids.iter().map(|id| Value::from(id.as_str())).collect()
}
