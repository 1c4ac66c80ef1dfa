//! What has to be known of an event before anything of it is made: what it says of itself, and which
//! record each thing in it is.

use super::head::{Creator, is_deleted, marking, moment, says_something, tags};
use super::thing::{Thing, thing};
use super::walk::{HEAD, Item};
use crate::strict;
use fieldmark_model::{RecordId, Tlp};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// An event, once gone through.
#[derive(Default)]
pub(super) struct Known {
    /// Its place in the file.
    pub place: String,
    said: Value,
    /// What of it cannot be read, so that nobody knows how the rest stands.
    fault: Option<String>,
    /// Which record an attribute, an object or a note is.
    ids: HashMap<Uuid, RecordId>,
    /// The properties of the event that are not taken, each with how often it is there.
    pub left_out: BTreeMap<String, usize>,
}

impl Known {
    /// Takes in a property of the event.
    pub fn head(&mut self, key: &str, text: &RawValue) {
        let value = match strict::parse(text.get().as_bytes()) {
            Ok(value) => value,
            Err(error) => {
                self.fault = Some(format!("{key}: {}", strict::says(&error)));
                return;
            }
        };
        if HEAD.contains(&key) {
            if self.said.get(key).is_some() {
                self.fault = Some(format!("{key} stands twice, and nobody knows which holds"));
            }
            self.said[key] = value;
        } else if says_something(&value) {
            *self.left_out.entry(key.to_owned()).or_default() += 1;
        }
    }

    /// Takes in a thing of it.
    pub fn item(&mut self, item: &Item) {
        let Ok(json) = serde_json::from_str::<Value>(item.text.get()) else {
            return;
        };
        if is_deleted(&json) {
            return;
        }
        let Ok(Thing { id, .. }) = thing(item.list, &json) else {
            return;
        };
        self.is_that(&json["uuid"], &id);
        // Who speaks of a value in an object speaks of the object.
        for part in json["Attribute"].as_array().into_iter().flatten() {
            self.is_that(&part["uuid"], &id);
        }
    }

    fn is_that(&mut self, uuid: &Value, id: &RecordId) {
        if let Some(uuid) = uuid.as_str().and_then(|text| Uuid::try_parse(text).ok()) {
            self.ids.insert(uuid, id.clone());
        }
    }

    /// The record that something of the event is, by MISP's UUID.
    pub fn record(&self, uuid: &Value) -> Option<&RecordId> {
        self.ids.get(&Uuid::try_parse(uuid.as_str()?).ok()?)
    }

    /// What the event says of itself.
    pub fn said(&self) -> &Value {
        &self.said
    }

    /// The marking of what has none of its own.
    ///
    /// # Errors
    /// A sentence when nobody knows it.
    pub fn marking(&self) -> Result<Option<Tlp>, String> {
        match &self.fault {
            Some(why) => Err(why.clone()),
            None => marking(tags(&self.said)),
        }
    }

    /// Who made it.
    pub fn creator(&self) -> Option<Creator> {
        Creator::of(&self.said["Orgc"]).or_else(|| Creator::of(&self.said["Org"]))
    }

    /// The report it becomes.
    ///
    /// # Errors
    /// A sentence when it has no UUID.
    pub fn report(&self) -> Result<RecordId, String> {
        let uuid = self.said["uuid"]
            .as_str()
            .ok_or("the event has no uuid, so it cannot be told from others")?;
        RecordId::parse(&format!("report--{uuid}")).map_err(|error| error.to_string())
    }

    /// When it was made, which is the day it states, and when it was changed last.
    pub fn times(&self) -> (String, String) {
        let day = self.said["date"]
            .as_str()
            .and_then(|day| day.trim().get(..10));
        let day = day.and_then(|day| moment(&format!("{day}T00:00:00Z").into()));
        let changed = moment(&self.said["timestamp"]).or_else(|| day.clone());
        let changed = changed.unwrap_or_else(|| EPOCH.to_owned());
        let made = day.filter(|day| *day < changed);
        (made.unwrap_or_else(|| changed.clone()), changed)
    }
}

/// What stands for a time where an event says none.
const EPOCH: &str = "1970-01-01T00:00:00Z";
