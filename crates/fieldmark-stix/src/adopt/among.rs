//! What the objects of a file say of one another: which markings are defined and carried, who lists
//! what in a report, what is attributed, and what notes are about.

use super::{glance, meaning};
use crate::bundle::Raw;
use crate::object::{self, Listing, Meaning, id_in};
use crate::tlp;
use crate::upgrade::{self, Why};
use fieldmark_model::{RecordId, Tlp};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

/// Gathered object by object, before any of them is read. It grows with the markings, the listed
/// relationships, the attributions, the reports and the notes of a file, not with its objects.
#[derive(Debug, Default)]
pub struct Among {
    /// The markings that objects define.
    pub(super) defined: HashMap<RecordId, Meaning>,
    /// The reports that list a relationship, with their authors.
    pub(super) listed: HashMap<RecordId, Vec<Listing>>,
    /// What attributions attribute, and to whom.
    pub(super) attributed: HashMap<RecordId, (RecordId, RecordId)>,
    /// The notes about a relationship.
    pub(super) notes: HashMap<RecordId, Vec<RecordId>>,
    /// The markings that objects carry and that are no level of TLP, each with how many carry it.
    pub(super) markings: BTreeMap<RecordId, usize>,
    /// The relationships that notes and opinions are about.
    pub(super) about: BTreeSet<RecordId>,
    /// The notes, opinions and reports.
    speakers: BTreeSet<RecordId>,
    /// Objects that came in before and are read again, each with the marking it stands under.
    pub(super) again: HashMap<RecordId, Option<RecordId>>,
    /// How many objects are STIX 2.0.
    pub(super) upgraded: usize,
    /// How many say their type for their version.
    pub(super) misstated: usize,
    /// How many objects there are.
    objects: usize,
    /// The least strict level of TLP among the objects that carry a marking, by its id.
    carried: HashMap<String, Tlp>,
}

impl Among {
    /// How many objects there are.
    pub fn objects(&self) -> usize {
        self.objects
    }

    /// The markings that objects define.
    pub fn defined(&self) -> impl Iterator<Item = &RecordId> {
        self.defined.keys()
    }

    /// The relationships that attribute.
    pub fn attributions(&self) -> impl Iterator<Item = &RecordId> {
        self.attributed.keys()
    }

    /// The relationships that notes and opinions are about, here or elsewhere.
    pub fn about(&self) -> impl Iterator<Item = &RecordId> {
        self.about.iter()
    }

    /// Whether a note, an opinion or a report is among the objects.
    pub fn speaks(&self, id: &RecordId) -> bool {
        self.speakers.contains(id)
    }

    /// Takes in one object that came in before and stands under that marking.
    pub fn note_again(&mut self, raw: &Raw, id: &RecordId, marking: Option<RecordId>) {
        self.note(raw);
        self.again.insert(id.clone(), marking);
    }

    /// Takes in one object; one that cannot be read says nothing of the others. Says whether it
    /// defines a marking.
    pub fn note(&mut self, raw: &Raw) -> bool {
        self.objects += 1;
        let Some(Glance(mut object)) = glance(raw) else {
            return false;
        };
        if let Some(why) = upgrade::why(&object) {
            match why {
                Why::Older => self.upgraded += 1,
                Why::Misstated => self.misstated += 1,
            }
            upgrade::upgrade(&mut object);
        }
        let json = Value::Object(object);
        self.carries(&json);
        match json["type"].as_str() {
            Some("marking-definition") => self.defined.extend(meaning(&json)),
            Some("report") => {
                self.speakers.extend(id_in(&json["id"]));
                self.lists(&json);
            }
            Some("note" | "opinion") => {
                self.speakers.extend(id_in(&json["id"]));
                self.is_about(&json);
            }
            Some("relationship") if object::attributes(&json) => {
                let ends = id_in(&json["source_ref"]).zip(id_in(&json["target_ref"]));
                self.attributed.extend(id_in(&json["id"]).zip(ends));
            }
            _ => {}
        }
        json["type"] == "marking-definition"
    }

    /// The marking of what carries a marking, at its least strict.
    pub(super) fn carriers(&self, id: &str) -> Option<RecordId> {
        self.carried.get(id).map(|level| tlp::marking(*level))
    }

    fn lists(&mut self, report: &Value) {
        let Some(id) = id_in(&report["id"]) else {
            return;
        };
        let listing = (id, id_in(&report["created_by_ref"]));
        for object in relationships(&report["object_refs"]) {
            let by = self.listed.entry(object).or_default();
            if let Err(place) = by.binary_search(&listing) {
                by.insert(place, listing.clone());
            }
        }
    }

    fn is_about(&mut self, json: &Value) {
        for about in relationships(&json["object_refs"]) {
            if json["type"] == "note"
                && let Some(note) = id_in(&json["id"])
            {
                self.notes.entry(about.clone()).or_default().push(note);
            }
            self.about.insert(about);
        }
    }

    /// Notes the markings an object carries, as a whole or in parts.
    fn carries(&mut self, json: &Value) {
        let whole = json["object_marking_refs"].as_array().into_iter().flatten();
        let whole: Vec<&str> = whole.filter_map(Value::as_str).collect();
        let parts = json["granular_markings"].as_array().into_iter().flatten();
        let parts = parts.filter_map(|part| part["marking_ref"].as_str());
        let ids: BTreeSet<RecordId> = whole
            .iter()
            .copied()
            .chain(parts)
            .filter_map(|id| RecordId::parse(id).ok())
            .filter(|id| tlp::level(id).is_none())
            .collect();
        for id in ids {
            *self.markings.entry(id).or_default() += 1;
        }
        let level = |id: &&str| tlp::level(&RecordId::parse(id).ok()?);
        let Some(strictest) = whole.iter().filter_map(level).max() else {
            return;
        };
        for marking in whole.iter().filter(|id| level(id).is_none()) {
            let least = self
                .carried
                .entry((*marking).to_owned())
                .or_insert(strictest);
            *least = strictest.min(*least);
        }
    }
}

/// The relationships in a list of references.
fn relationships(refs: &Value) -> impl Iterator<Item = RecordId> {
    let refs = refs.as_array().into_iter().flatten().filter_map(id_in);
    refs.filter(|id| id.stix_type() == "relationship")
}

/// The properties by which objects bear on one another.
const LOOKED_AT: [&str; 16] = [
    "type",
    "id",
    "spec_version",
    "created",
    "created_by_ref",
    "object_marking_refs",
    "granular_markings",
    "object_refs",
    "source_ref",
    "target_ref",
    "relationship_type",
    "definition",
    "definition_type",
    "extensions",
    "name",
    "labels",
];

/// An object with those properties alone.
pub(super) struct Glance(Map<String, Value>);

impl<'de> Deserialize<'de> for Glance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Glancing).map(Glance)
    }
}

struct Glancing;

impl<'de> Visitor<'de> for Glancing {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            match LOOKED_AT.contains(&key.as_str()) {
                true => {
                    let value = map.next_value()?;
                    object.insert(key, value);
                }
                false => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(object)
    }
}

/// The id in an object's text, whatever else is wrong or too long in it.
pub(super) fn id(raw: &Raw) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Named {
        id: Option<String>,
    }
    serde_json::from_str::<Named>(raw.text.get()).ok()?.id
}
