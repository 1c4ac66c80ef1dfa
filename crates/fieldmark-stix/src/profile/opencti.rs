//! A bundle as OpenCTI keeps most of it.
//!
//! OpenCTI (6 and 7) drops properties that it does not know, takes a relationship only between types
//! that its schema names, and merges relationships of the same two ends and type, whoever says so.
//! Its importer (pycti) reads the code of a technique from `x_mitre_id` or from MITRE's extension.

mod judged;

use super::carried::{self, is_a};
use super::loss::{Change, Losses};
use super::{ends, id, kind, markings, refer, text, texts, uuid};
use crate::{disarm, extension, spec};
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::properties;
use oxrdf::Term;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

/// OpenCTI's extension for the objects of its own types.
const NEW_OBJECT: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
/// OpenCTI's extension for the observables of its own types.
const NEW_OBSERVABLE: &str = "extension-definition--f93e2c80-4231-4f9a-af8b-95c9bd566a82";
/// OpenCTI's extension that carries the code of a technique.
const MITRE: &str = "extension-definition--322b8f77-262a-4cb8-a915-1e441e00329b";
/// Where DISARM publishes a page for each technique.
const DISARM_PAGES: &str =
    "https://github.com/DISARMFoundation/DISARMframeworks/blob/main/generated_pages/techniques";

/// The objects for OpenCTI, in order of their ids, and what it will not keep of them.
pub fn write(objects: &[Value]) -> (Vec<Value>, Losses) {
    let mut losses = Losses::default();
    let renamed: HashMap<&str, String> = objects
        .iter()
        .filter_map(|object| {
            let own = own_kind(object)?;
            Some((id(object), format!("{own}--{}", uuid(id(object)))))
        })
        .collect();
    let mut out: BTreeMap<String, Value> = BTreeMap::new();
    for object in objects {
        if [extension::ID, extension::AUTHOR].contains(&id(object)) {
            continue;
        }
        let mut given = match own_kind(object) {
            Some(own) => of_its_own(object, own),
            None => object.clone(),
        };
        if !is_known(kind(&given)) {
            losses.add(Change::Unknown, id(object));
            continue;
        }
        refer(&mut given, &|reference| {
            if let Some(new) = reference.as_str().and_then(|old| renamed.get(old)) {
                *reference = new.as_str().into();
            }
        });
        if kind(&given) == "note" && carried::record(object).is_some() && !carried::is_claim(object)
        {
            losses.add(Change::Note, id(object));
        }
        if carried::record(object).is_some() {
            losses.add(Change::Extension, id(&given));
        }
        if given.get("granular_markings").is_some() {
            losses.add(Change::Whole, id(object));
        }
        fit(&mut given, object);
        out.insert(id(&given).to_owned(), given);
    }
    aliases(&mut out, &mut losses);
    relationships(&mut out, objects, &mut losses);
    judged::add(&mut out, objects, &renamed, &mut losses);
    (out.into_values().collect(), losses)
}

/// The type OpenCTI has for a record that STIX has none for, and which goes out as a note in `stix`.
fn own_kind(object: &Value) -> Option<&'static str> {
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

fn is_known(kind: &str) -> bool {
    let of_stix = spec::kind(kind).is_some()
        && !["extension-definition", "language-content", "bundle"].contains(&kind);
    of_stix || ["narrative", "event", "channel", "media-content", "text"].contains(&kind)
}

/// A record as an object of OpenCTI's own types.
fn of_its_own(object: &Value, own: &str) -> Value {
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
fn fit(given: &mut Value, object: &Value) {
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

/// OpenCTI merges what shares a name or an alias: an alias stays with the one whose name it is, else
/// with nobody who is not alone in bearing it.
fn aliases(out: &mut BTreeMap<String, Value>, losses: &mut Losses) {
    let mut bearers: HashMap<(String, String), BTreeSet<String>> = HashMap::new();
    for (id, object) in out.iter() {
        for name in text(object, "name")
            .into_iter()
            .chain(texts(object, "aliases"))
        {
            let key = (kind(object).to_owned(), name.to_lowercase());
            bearers.entry(key).or_default().insert(id.clone());
        }
    }
    for (id, object) in out.iter_mut() {
        let kind = kind(object).to_owned();
        let Some(held) = object.get_mut("aliases").and_then(Value::as_array_mut) else {
            continue;
        };
        let before = held.len();
        held.retain(|alias| {
            let key = (
                kind.clone(),
                alias.as_str().unwrap_or_default().to_lowercase(),
            );
            bearers.get(&key).is_none_or(|bearers| bearers.len() == 1)
        });
        let (after, none) = (held.len(), held.is_empty());
        if none && let Some(fields) = object.as_object_mut() {
            fields.shift_remove("aliases");
        }
        if after < before {
            losses.add(Change::Alias, id);
        }
    }
}

/// Makes every relationship one that OpenCTI takes.
fn relationships(out: &mut BTreeMap<String, Value>, objects: &[Value], losses: &mut Losses) {
    let identities: HashMap<&str, &Value> = objects
        .iter()
        .filter(|object| kind(object) == "identity")
        .map(|object| (id(object), object))
        .collect();
    contained(out, losses);
    let mut stand_ins: BTreeMap<String, Value> = BTreeMap::new();
    for relationship in out.values_mut().filter(|one| kind(one) == "relationship") {
        let [from, to] = ends(relationship).map(str::to_owned);
        let [from_kind, to_kind] =
            [&from, &to].map(|end| end.split_once("--").map_or("", |(kind, _)| kind));
        let said = text(relationship, "relationship_type")
            .unwrap_or_default()
            .to_owned();
        if said == "attributed-to"
            && to_kind == "identity"
            && takes(from_kind, &said, "threat-actor")
            && let Some(identity) = identities.get(to.as_str())
        {
            let actor = actor_of(identity);
            relationship["target_ref"] = id(&actor[0]).into();
            if stand_ins
                .insert(id(&actor[0]).to_owned(), actor[0].clone())
                .is_none()
            {
                losses.add(Change::StandsIn, id(&actor[0]));
            }
            stand_ins.insert(id(&actor[1]).to_owned(), actor[1].clone());
            continue;
        }
        if takes(from_kind, &said, to_kind) {
            continue;
        }
        if let Some((new, turned)) = nearest(from_kind, &said, to_kind) {
            relationship["relationship_type"] = new.into();
            if turned {
                relationship["source_ref"] = to.into();
                relationship["target_ref"] = from.into();
            }
            continue;
        }
        losses.add(Change::Related, id(relationship));
        let described = match text(relationship, "description") {
            Some(words) => format!("{said}: {words}"),
            None => said,
        };
        relationship["description"] = described.into();
        relationship["relationship_type"] = "related-to".into();
    }
    out.extend(stand_ins);
}

/// The types that hold others and are the end of no relationship.
const CONTAINERS: [&str; 4] = ["report", "note", "opinion", "grouping"];

/// Takes away the relationships that start from or lead to a container: what a report relates to it
/// lists instead.
fn contained(out: &mut BTreeMap<String, Value>, losses: &mut Losses) {
    let is_one = |id: &str| {
        CONTAINERS
            .iter()
            .any(|kind| id.starts_with(&format!("{kind}--")))
    };
    let gone: BTreeMap<String, [String; 2]> = out
        .values()
        .filter(|one| kind(one) == "relationship" && ends(one).into_iter().any(is_one))
        .map(|one| (id(one).to_owned(), ends(one).map(str::to_owned)))
        .collect();
    out.retain(|id, _| !gone.contains_key(id));
    for object in out.values_mut() {
        // What is about one that is gone is about its ends.
        if let Some(listed) = object.get_mut("object_refs").and_then(Value::as_array_mut) {
            let kept =
                listed
                    .drain(..)
                    .flat_map(|one| match one.as_str().and_then(|one| gone.get(one)) {
                        Some(ends) => ends.iter().map(|end| end.as_str().into()).collect(),
                        None => vec![one],
                    });
            *listed = kept.collect();
        }
    }
    for (relationship, [from, to]) in gone {
        losses.add(Change::Loose, &relationship);
        for (holder, held) in [(&from, &to), (&to, &from)] {
            if !is_one(held)
                && let Some(report) = out.get_mut(holder).filter(|one| kind(one) == "report")
                && let Some(listed) = report["object_refs"].as_array_mut()
                && !listed.iter().any(|one| one == held.as_str())
            {
                listed.push(held.as_str().into());
            }
        }
    }
}

/// What OpenCTI calls a relationship of ours, and whether it says it from the other end.
fn nearest(from: &str, said: &str, to: &str) -> Option<(&'static str, bool)> {
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
fn takes(from: &str, said: &str, to: &str) -> bool {
    static TAKEN: OnceLock<HashSet<[&str; 3]>> = OnceLock::new();
    let taken = TAKEN.get_or_init(|| {
        let lines = include_str!("opencti.tsv").lines();
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
fn actor_of(identity: &Value) -> [Value; 2] {
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
