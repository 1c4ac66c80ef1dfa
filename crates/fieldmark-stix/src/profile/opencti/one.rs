//! One object as OpenCTI reads it: in a type of its own where STIX has none, with what it looks for
//! elsewhere than STIX.

use crate::profile::carried::{self, is_a};
use crate::profile::{id, kind, markings, text, uuid};
use crate::{disarm, extension, spec};
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::properties;
use oxrdf::Term;
use serde_json::{Map, Value, json};

/// OpenCTI's extension for the objects of its own types.
const NEW_OBJECT: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
/// OpenCTI's extension for the observables of its own types.
const NEW_OBSERVABLE: &str = "extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82";
/// OpenCTI's extension that carries the code of a technique.
const MITRE: &str = "extension-definition--322b8f77-262a-4cb8-a915-1e441e00329b";
/// Where DISARM publishes a page for each technique.
const DISARM_PAGES: &str =
    "https://github.com/DISARMFoundation/DISARMframeworks/blob/main/generated_pages/techniques";

/// The type OpenCTI has for a record that STIX has none for, and which goes out as a note in `stix`.
pub(super) fn own_kind(object: &Value) -> Option<&'static str> {
    let has_an_address = carried::literal(object, "stix:url").is_some();
    match kind(object) {
        "note" if is_a(object, "fm:Narrative") => Some("narrative"),
        "note" if is_a(object, "fm:Event") => Some("event"),
        "note" if is_a(object, "fm:Channel") => Some("channel"),
        // Its address is what OpenCTI knows it by; without one its name is all that it can hold.
        "note" if is_a(object, "fm:Media") => Some(if has_an_address {
            "media-content"
        } else {
            "text"
        }),
        _ => None,
    }
}

pub(super) fn is_known(kind: &str) -> bool {
    let of_stix = spec::kind(kind).is_some()
        && !["extension-definition", "language-content", "bundle"].contains(&kind);
    of_stix || ["narrative", "event", "channel", "media-content", "text"].contains(&kind)
}

/// A record as an object of OpenCTI's own types.
pub(super) fn of_its_own(object: &Value, own: &str) -> Value {
    let mut out = Map::new();
    out.insert("type".into(), own.into());
    out.insert("spec_version".into(), "2.1".into());
    out.insert("id".into(), format!("{own}--{}", uuid(id(object))).into());
    let name = carried::words(object, "skos:prefLabel").unwrap_or(own);
    if own == "text" {
        out.insert("value".into(), name.into());
    } else if own == "media-content" {
        out.insert("title".into(), name.into());
        for (key, property) in [("url", "stix:url"), ("media_category", "fm:mediaType")] {
            if let Some(value) = carried::literal(object, property) {
                out.insert(key.into(), value.into());
            }
        }
    } else {
        for key in ["created", "modified", "created_by_ref"] {
            if let Some(value) = object.get(key) {
                out.insert(key.into(), value.clone());
            }
        }
        out.insert("name".into(), name.into());
        // The words of the source where there are any, else what is said of it.
        let title = text(object, "abstract").unwrap_or_default();
        if let Some(content) = text(object, "content").filter(|content| *content != title) {
            out.insert("description".into(), content.into());
        }
        if own == "event" {
            for (key, property) in [
                ("start_time", "stix:first_seen"),
                ("stop_time", "stix:last_seen"),
            ] {
                let date = carried::literal(object, property).and_then(crate::emit::timestamp);
                if let Some(date) = date {
                    out.insert(key.into(), date.into());
                }
            }
        }
    }
    if let Some(markings) = object.get("object_marking_refs") {
        out.insert("object_marking_refs".into(), markings.clone());
    }
    let (extension, what) = match own {
        "media-content" | "text" => (NEW_OBSERVABLE, "new-sco"),
        _ => (NEW_OBJECT, "new-sdo"),
    };
    let says = json!({ extension: { "extension_type": what } });
    out.insert("extensions".into(), says);
    out.into()
}

/// Takes our extension away and says what OpenCTI reads elsewhere than STIX.
pub(super) fn fit(given: &mut Value, object: &Value) {
    if let Some(extensions) = given.get_mut("extensions").and_then(Value::as_object_mut) {
        extensions.shift_remove(extension::ID);
        if extensions.is_empty()
            && let Some(fields) = given.as_object_mut()
        {
            fields.shift_remove("extensions");
        }
    }
    if let Some(fields) = given.as_object_mut()
        && fields.shift_remove("granular_markings").is_some()
    {
        fields.insert("object_marking_refs".into(), json!(markings(object)));
    }
    match kind(object) {
        // It would read a class as a sector.
        "identity" if is_a(object, "fm:Office") => given["identity_class"] = "organization".into(),
        "threat-actor" if given.get("x_opencti_type").is_none() => {
            given["x_opencti_type"] = "Threat-Actor-Group".into();
        }
        "attack-pattern" => {
            if let Some(number) = disarm::number_of(object).map(str::to_owned) {
                technique(given, &number);
            }
        }
        _ => {}
    }
}

fn technique(given: &mut Value, number: &str) {
    let own = json!({
        "source_name": "DISARM", "external_id": number,
        "url": format!("{DISARM_PAGES}/{number}.md"),
    });
    if let Some(references) = given["external_references"].as_array_mut() {
        references.retain(|reference| reference["external_id"] != number);
        references.insert(0, own);
    }
    if let Some(phase) = phase(number) {
        given["kill_chain_phases"] = json!([{ "kill_chain_name": "disarm", "phase_name": phase }]);
    }
    given["x_mitre_id"] = number.into();
    given["extensions"][MITRE] = json!({ "extension_type": "property-extension", "id": number });
}

/// The tactic of a technique as the phase of a kill chain.
fn phase(number: &str) -> Option<String> {
    let tactic = disarm::numbered(number)
        .map(disarm::said_of)?
        .iter()
        .find_map(|(property, value)| match value {
            Term::NamedNode(node) if property.as_ref() == properties::FM_TACTIC => {
                RecordId::from_iri(node.as_str())
            }
            _ => None,
        })?;
    let name = disarm::english_name(&tactic)?;
    Some(name.to_lowercase().replace(' ', "-"))
}
