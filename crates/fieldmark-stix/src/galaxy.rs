//! MISP galaxies (cluster files), as records.
//!
//! A cluster becomes a record under MISP's own UUID. Its synonyms become alias claims by MISP: the
//! analyst sees who says that two names are one, and nothing is merged. DISARM techniques are keyed
//! on their DISARM id, so a cluster about one that is here adds no second technique.

mod clusters;

use crate::listed::{Found, Listed, MOST_READ};
use crate::make::Maker;
use crate::{Taken, disarm};
use clusters::{Clusters, Target};
use fieldmark_model::{ClaimKind, RecordId};
use fieldmark_rdf::name::shown;
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::{classes, properties, values};
use oxrdf::NamedNodeRef;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek};

const FILE: Listed = Listed {
    list: "values",
    head: &["type", "name", "version"],
    expected: "a MISP galaxy's cluster file",
    most: MOST_READ,
};

/// Turns a galaxy's cluster file into statements, and hands them on. It is gone through twice, since
/// what a cluster is called and which links hold is known at its end; a cluster is held at a time.
///
/// # Errors
/// The input's own. What is wrong with the file is said in what is taken.
pub fn adopt(mut input: impl Read + Seek, each: &mut dyn FnMut(Placed)) -> io::Result<Taken> {
    let mut taken = Taken::default();
    let mut clusters = Clusters::default();
    let found = match FILE.read(&mut input, &mut |_, text| {
        meet(&text, |one| clusters.meet(one))
    }) {
        Ok(found) => found,
        Err(error) => {
            taken.problem(Some(error.line() as u64), error.to_string());
            return Ok(taken);
        }
    };
    let (Some(kind), Some(_), false) = (found.text("type"), found.items, found.is_bare) else {
        let why = "this is no MISP galaxy cluster file: it has no \"type\" and \"values\"";
        taken.problem(None, why);
        return Ok(taken);
    };
    if clusters.are_shared() {
        input.rewind()?;
        FILE.read(&mut input, &mut |place, text| {
            meet(&text, |one| clusters.name(&place, one));
        })?;
    }
    let galaxy = Galaxy::new(&found, &kind, clusters);
    let mut maker = Maker::at(None);
    galaxy.origin(&mut maker);
    maker.finish().into_iter().for_each(&mut *each);
    input.rewind()?;
    let mut adoption = Adoption::of(&galaxy);
    FILE.read(
        &mut input,
        &mut |place, text| match adoption.cluster(&place, &text) {
            Ok(stated) => stated.into_iter().for_each(&mut *each),
            Err(why) => taken.stray(&place, None, why),
        },
    )?;
    taken.notes = adoption.notes();
    Ok(taken)
}

/// Looks at a cluster that can be read.
fn meet(text: &RawValue, look: impl FnOnce(&Value)) {
    if let Ok(cluster) = serde_json::from_str(text.get()) {
        look(&cluster);
    }
}

/// What is read of a cluster's meta.
const READ: [&str; 3] = ["external_id", "synonyms", "country"];

/// How many of the properties that are left out are told by name.
const UNREAD: usize = 50;

/// Goes through a galaxy's clusters, and counts what is not taken of them.
struct Adoption<'a> {
    galaxy: &'a Galaxy<'a>,
    known: usize,
    elsewhere: usize,
    unread: BTreeMap<String, usize>,
    unread_more: usize,
}

impl<'a> Adoption<'a> {
    fn of(galaxy: &'a Galaxy<'a>) -> Self {
        Self {
            galaxy,
            known: 0,
            elsewhere: 0,
            unread: BTreeMap::new(),
            unread_more: 0,
        }
    }

    /// What a cluster states, or why it is not taken.
    fn cluster(&mut self, place: &str, text: &RawValue) -> Result<Vec<Placed>, String> {
        let cluster: &Value = &serde_json::from_str(text.get())
            .map_err(|error| format!("it cannot be read: {error}"))?;
        if let Some(others) = self.galaxy.clusters.others(place, cluster) {
            let name = clusters::told(cluster);
            let uuid = cluster["uuid"].as_str().unwrap_or_default();
            return Err(format!(
                "\"{name}\" has the uuid {uuid}, and so has {others}: nobody can tell which record is meant; give each its own"
            ));
        }
        let mut maker = Maker::at(None);
        self.known += usize::from(self.galaxy.cluster(cluster, &mut maker)?);
        self.elsewhere += self.galaxy.related(cluster, &mut maker);
        let meta = cluster["meta"].as_object().into_iter().flatten();
        for (key, _) in meta.filter(|(key, _)| !READ.contains(&key.as_str())) {
            self.leave_out(key);
        }
        Ok(maker.finish())
    }

    fn leave_out(&mut self, key: &str) {
        if self.unread.len() < UNREAD || self.unread.contains_key(key) {
            *self.unread.entry(key.to_owned()).or_default() += 1;
        } else {
            self.unread_more += 1;
        }
    }

    /// What the reader should know.
    fn notes(self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.known > 0 {
            notes.push(format!(
                "{} clusters are DISARM techniques that are here already",
                self.known
            ));
        }
        if self.elsewhere > 0 {
            notes.push(format!(
                "{} links lead to clusters that are not taken from this file and were left out",
                self.elsewhere
            ));
        }
        let mut unread: Vec<String> = self
            .unread
            .iter()
            .map(|(key, count)| format!("{key} ({count})"))
            .collect();
        if self.unread_more > 0 {
            unread.push(format!("others ({})", self.unread_more));
        }
        if !unread.is_empty() {
            notes.push(format!("left out of meta: {}", unread.join(", ")));
        }
        notes
    }
}

struct Galaxy<'a> {
    kind: &'a str,
    title: String,
    misp: RecordId,
    source: RecordId,
    clusters: Clusters,
}

impl<'a> Galaxy<'a> {
    fn new(found: &Found, kind: &'a str, clusters: Clusters) -> Self {
        let name = found.text("name").unwrap_or_else(|| kind.to_owned());
        let version = found.head.get("version").map_or("null", |raw| raw.get());
        Self {
            kind,
            title: format!("MISP galaxy “{name}”, version {version}"),
            misp: RecordId::derived("identity", "MISP Project"),
            source: RecordId::derived("report", &format!("misp-galaxy:{kind}:{version}")),
            clusters,
        }
    }

    /// Who says so, and in which document.
    fn origin(&self, maker: &mut Maker) {
        let types = [classes::PROV_ORGANIZATION, classes::STIX_IDENTITY];
        maker.thing(&self.misp, &types, "MISP Project", "en");
        maker.thing(&self.source, &[classes::STIX_REPORT], &self.title, "en");
        maker.link(&self.source, properties::DCTERMS_CREATOR, &self.misp);
    }

    /// The record a cluster is: that of its DISARM id, or one under MISP's UUID.
    fn id(&self, cluster: &Value) -> Result<RecordId, String> {
        if let Some(id) = code(cluster).and_then(disarm::numbered)
            && self.is_disarm()
        {
            return Ok(id.clone());
        }
        let uuid = cluster["uuid"]
            .as_str()
            .ok_or("it has no uuid, so it cannot be told from others")?;
        RecordId::parse(&format!("{}--{uuid}", self.id_type())).map_err(|error| error.to_string())
    }

    /// The record that the one cluster of a UUID is.
    fn target(&self, uuid: &Value) -> Option<RecordId> {
        let Target { uuid, numbered } = self.clusters.only(uuid)?;
        match numbered {
            Some(id) if self.is_disarm() => Some(id.clone()),
            _ => RecordId::parse(&format!("{}--{uuid}", self.id_type())).ok(),
        }
    }

    fn is_disarm(&self) -> bool {
        self.kind == "disarm-techniques"
    }

    fn id_type(&self) -> &'static str {
        stix_type(self.kind)
    }

    fn classes(&self) -> &'static [NamedNodeRef<'static>] {
        match self.id_type() {
            "threat-actor" => &[classes::STIX_THREAT_ACTOR],
            "intrusion-set" => &[classes::STIX_INTRUSION_SET],
            "attack-pattern" => &[classes::STIX_ATTACK_PATTERN, classes::SKOS_CONCEPT],
            "identity" => &[classes::FM_GROUP, classes::STIX_IDENTITY],
            _ => &[classes::SKOS_CONCEPT],
        }
    }

    /// States a cluster; says whether its record is here already.
    fn cluster(&self, cluster: &Value, maker: &mut Maker) -> Result<bool, String> {
        let id = self.id(cluster)?;
        let name = named(cluster)?;
        let code = code(cluster);
        let here = self.is_disarm() && code.and_then(disarm::numbered).is_some();
        if !here {
            maker.thing(&id, self.classes(), &name, "en");
            maker.plain(&id, properties::SKOS_NOTATION, code.unwrap_or_default());
            let description = cluster["description"].as_str().unwrap_or_default();
            maker.text(&id, properties::DCTERMS_DESCRIPTION, description, "en");
            maker.link(&id, properties::DCTERMS_SOURCE, &self.source);
        }
        for synonym in strings(&cluster["meta"]["synonyms"]) {
            let synonym = shown(synonym);
            if synonym.is_empty() || synonym == name {
                continue;
            }
            let claim = self.claim(ClaimKind::Alias, &id, &synonym, &synonym, maker);
            let close = oxrdf::NamedNodeRef::new_unchecked(
                "http://www.w3.org/2004/02/skos/core#closeMatch",
            );
            maker.state(&claim, properties::FM_ALIAS_RELATION, close);
        }
        if self.kind == "threat-actor" {
            for country in
                strings(&cluster["meta"]["country"]).filter(|text| !text.trim().is_empty())
            {
                self.claim(
                    ClaimKind::Attribution,
                    &id,
                    country,
                    &format!("country: {country}"),
                    maker,
                );
            }
        }
        Ok(here)
    }

    fn claim(
        &self,
        kind: ClaimKind,
        subject: &RecordId,
        object: &str,
        verbatim: &str,
        maker: &mut Maker,
    ) -> RecordId {
        let id = RecordId::derived(
            "note",
            &format!("misp-galaxy {} {subject} {object}", kind.name()),
        );
        maker.claim(&id, kind, subject, false);
        maker.text(&id, properties::FM_OBJECT_TEXT, object, "en");
        maker.link(&id, properties::FM_ASSESSOR, &self.misp);
        maker.text(&id, properties::FM_VERBATIM, verbatim, "en");
        maker.state(&id, properties::FM_DATE_BASIS, values::FM_UNDATED);
        maker.link(&id, properties::DCTERMS_SOURCE, &self.source);
        id
    }

    /// States the links to clusters of this file; counts those that lead elsewhere.
    fn related(&self, cluster: &Value, maker: &mut Maker) -> usize {
        let Some(from) = self.target(&cluster["uuid"]) else {
            return 0;
        };
        let mut elsewhere = 0;
        for link in cluster["related"].as_array().into_iter().flatten() {
            match (self.target(&link["dest-uuid"]), link["type"].as_str()) {
                (Some(to), Some(kind)) => {
                    let id = RecordId::derived(
                        "relationship",
                        &format!("misp-galaxy {from} {kind} {to}"),
                    );
                    maker.relationship(&id, &from, kind, &to);
                    maker.link(&id, properties::DCTERMS_SOURCE, &self.source);
                }
                _ => elsewhere += 1,
            }
        }
        elsewhere
    }
}

/// The type of STIX of the clusters of a galaxy. Those of MITRE's have the UUIDs of ATT&CK's own objects.
pub(crate) fn stix_type(galaxy: &str) -> &'static str {
    match galaxy {
        "threat-actor" => "threat-actor",
        "mitre-intrusion-set" => "intrusion-set",
        "mitre-malware" => "malware",
        "mitre-tool" => "tool",
        "mitre-attack-pattern" | "disarm-techniques" => "attack-pattern",
        "mitre-course-of-action" | "disarm-countermeasures" => "course-of-action",
        "disarm-actortypes" => "identity",
        _ => "x-misp-galaxy-cluster",
    }
}

/// A cluster's name as it is kept, or why it has none.
fn named(cluster: &Value) -> Result<String, String> {
    let value = cluster["value"].as_str();
    let name = shown(value.ok_or("it has no value, which is its name")?);
    match name.is_empty() {
        true => Err("its value, which is its name, is empty".into()),
        false => Ok(name),
    }
}

fn code(cluster: &Value) -> Option<&str> {
    strings(&cluster["meta"]["external_id"]).next()
}

/// One string, or each string of a list.
fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().map_or(&[][..], Vec::as_slice);
    value
        .as_str()
        .into_iter()
        .chain(list.iter().filter_map(Value::as_str))
}

#[cfg(test)]
mod tests;
