//! Which clusters a galaxy's file has, by their UUIDs: what is kept of one reading for the next.

use super::{code, named};
use crate::disarm;
use fieldmark_model::RecordId;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// How many of those that share a UUID are told by name.
const TOLD: usize = 4;

/// Some 40 bytes for each cluster, whatever it says.
#[derive(Default)]
pub(super) struct Clusters {
    by: HashMap<Uuid, Met>,
    /// The first of those that share a UUID, each with its place and its name.
    shared: HashMap<Uuid, Vec<(String, String)>>,
}

/// What was met under a UUID.
#[derive(Clone, Copy)]
struct Met {
    clusters: u32,
    has_name: bool,
    numbered: Option<&'static RecordId>,
}

/// A cluster of the file that can be told from all others.
pub(super) struct Target {
    /// Its UUID in MISP.
    pub uuid: Uuid,
    /// The technique of DISARM whose number it bears.
    pub numbered: Option<&'static RecordId>,
}

impl Clusters {
    /// Keeps that a cluster is there.
    pub fn meet(&mut self, cluster: &Value) {
        let Some(uuid) = uuid(&cluster["uuid"]) else {
            return;
        };
        let met = self.by.entry(uuid).or_insert(Met {
            clusters: 0,
            has_name: named(cluster).is_ok(),
            numbered: code(cluster).and_then(disarm::numbered),
        });
        met.clusters = met.clusters.saturating_add(1);
        if met.clusters == 2 {
            self.shared.insert(uuid, Vec::new());
        }
    }

    /// Whether there are any that share a UUID, and [`name`](Self::name) has to be told of all.
    pub fn are_shared(&self) -> bool {
        !self.shared.is_empty()
    }

    /// Keeps how a cluster is called, where it shares its UUID.
    pub fn name(&mut self, place: &str, cluster: &Value) {
        let shared = uuid(&cluster["uuid"]).and_then(|uuid| self.shared.get_mut(&uuid));
        if let Some(names) = shared.filter(|names| names.len() < TOLD) {
            names.push((place.to_owned(), format!("\"{}\" ({place})", told(cluster))));
        }
    }

    /// With which others a cluster shares its UUID; none when it has it alone.
    pub fn others(&self, place: &str, cluster: &Value) -> Option<String> {
        let uuid = uuid(&cluster["uuid"])?;
        let names = self.shared.get(&uuid)?.iter();
        let names = names.filter(|(at, _)| at != place).take(TOLD - 1);
        let mut told: Vec<String> = names.map(|(_, name)| name.clone()).collect();
        let others = self.by.get(&uuid)?.clusters as usize - 1;
        if others > told.len() {
            told.push(format!("{} more", others - told.len()));
        }
        Some(told.join(" and "))
    }

    /// The one cluster of a UUID that is taken from this file.
    pub fn only(&self, text: &Value) -> Option<Target> {
        let uuid = uuid(text)?;
        let met = self.by.get(&uuid)?;
        (met.clusters == 1 && met.has_name).then_some(Target {
            uuid,
            numbered: met.numbered,
        })
    }
}

/// A cluster's name in an error, however long it is.
pub(super) fn told(cluster: &Value) -> String {
    let name = cluster["value"].as_str().unwrap_or_default();
    name.chars().take(120).collect()
}

/// A UUID as a record's id may have it.
fn uuid(text: &Value) -> Option<Uuid> {
    let text = text.as_str().filter(|text| text.len() == 36)?;
    Uuid::try_parse(text).ok()
}
