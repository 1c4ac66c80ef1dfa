//! MISP galaxies (cluster files), as records.
//!
//! A cluster becomes a record under MISP's own UUID. Its synonyms become alias claims by MISP: the
//! analyst sees who says that two names are one, and nothing is merged. DISARM techniques are keyed
//! on their DISARM id, so a cluster about one that is here adds no second technique.

use crate::make::Maker;
use crate::{Taken, disarm};
use fieldmark_model::{ClaimKind, RecordId};
use fieldmark_rdf::name::shown;
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::{classes, properties, values};
use oxrdf::NamedNodeRef;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Whether JSON looks like a galaxy's cluster file.
///
/// ```
/// let cluster = serde_json::json!({"type": "threat-actor", "values": []});
/// assert!(fieldmark_stix::galaxy::is_galaxy(&cluster));
/// ```
pub fn is_galaxy(json: &Value) -> bool {
    json["values"].is_array() && json["type"].is_string() && json.get("objects").is_none()
}

/// Turns a galaxy's cluster file into statements, and hands them on.
pub fn adopt(bytes: &[u8], each: &mut dyn FnMut(Placed)) -> Taken {
    let mut taken = Taken::default();
    let json: Value = match serde_json::from_slice(bytes) {
        Ok(json) => json,
        Err(error) => {
            taken.problem(Some(error.line() as u64), error.to_string());
            return taken;
        }
    };
    if !is_galaxy(&json) {
        taken.problem(
            None,
            "this is no MISP galaxy cluster file: it has no \"type\" and \"values\"",
        );
        return taken;
    }
    let kind = json["type"].as_str().unwrap_or_default();
    let galaxy = Galaxy::new(&json, kind);
    let mut maker = Maker::at(None);
    galaxy.origin(&mut maker);
    maker.finish().into_iter().for_each(&mut *each);
    let clusters = json["values"].as_array().map_or(&[][..], Vec::as_slice);
    let twice = twice(clusters);
    let ids: HashMap<&str, RecordId> = clusters
        .iter()
        .filter_map(|cluster| Some((cluster["uuid"].as_str()?, galaxy.id(cluster).ok()?)))
        .filter(|(uuid, _)| !twice.contains_key(uuid))
        .collect();
    let (mut known, mut elsewhere) = (0_usize, 0_usize);
    let mut unread: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, cluster) in clusters.iter().enumerate() {
        if let Some((uuid, others)) = cluster["uuid"]
            .as_str()
            .and_then(|uuid| twice.get_key_value(uuid))
        {
            let others: Vec<&str> = others
                .iter()
                .filter(|(other, _)| *other != at)
                .map(|(_, named)| named.as_str())
                .collect();
            let name = cluster["value"].as_str().unwrap_or_default();
            let why = format!(
                "\"{name}\" has the uuid {uuid}, and so has {}: nobody can tell which record is meant; give each its own",
                others.join(" and ")
            );
            taken.stray(&format!("$.values[{at}]"), None, why);
            continue;
        }
        for key in cluster["meta"].as_object().into_iter().flatten() {
            if !READ.contains(&key.0.as_str()) {
                *unread.entry(key.0).or_default() += 1;
            }
        }
        let mut maker = Maker::at(None);
        match galaxy.cluster(cluster, &mut maker) {
            Ok(here) => known += usize::from(here),
            Err(why) => {
                taken.stray(&format!("$.values[{at}]"), None, why);
                continue;
            }
        }
        elsewhere += galaxy.related(cluster, &ids, &mut maker);
        maker.finish().into_iter().for_each(&mut *each);
    }
    if known > 0 {
        taken.notes.push(format!(
            "{known} clusters are DISARM techniques that are here already"
        ));
    }
    if elsewhere > 0 {
        taken.notes.push(format!(
            "{elsewhere} links lead to clusters that are not taken from this file and were left out"
        ));
    }
    if !unread.is_empty() {
        let each = unread.iter().map(|(key, count)| format!("{key} ({count})"));
        taken.notes.push(format!(
            "left out of meta: {}",
            each.collect::<Vec<_>>().join(", ")
        ));
    }
    taken
}

/// What is read of a cluster's meta.
const READ: [&str; 3] = ["external_id", "synonyms", "country"];

/// The clusters that share a UUID, by it: their places, and their names with them.
fn twice(clusters: &[Value]) -> HashMap<&str, Vec<(usize, String)>> {
    let mut by: HashMap<&str, Vec<(usize, String)>> = HashMap::new();
    for (at, cluster) in clusters.iter().enumerate() {
        if let Some(uuid) = cluster["uuid"].as_str() {
            let name = cluster["value"].as_str().unwrap_or_default();
            let named = format!("\"{name}\" ($.values[{at}])");
            by.entry(uuid).or_default().push((at, named));
        }
    }
    by.retain(|_, all| all.len() > 1);
    by
}

struct Galaxy<'a> {
    kind: &'a str,
    title: String,
    misp: RecordId,
    source: RecordId,
}

impl<'a> Galaxy<'a> {
    fn new(json: &Value, kind: &'a str) -> Self {
        let name = json["name"].as_str().unwrap_or(kind);
        let version = json["version"].to_string();
        Self {
            kind,
            title: format!("MISP galaxy “{name}”, version {version}"),
            misp: RecordId::derived("identity", "MISP Project"),
            source: RecordId::derived("report", &format!("misp-galaxy:{kind}:{version}")),
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
        if self.kind == "disarm-techniques"
            && let Some(id) = code(cluster).and_then(disarm::numbered)
        {
            return Ok(id.clone());
        }
        let uuid = cluster["uuid"]
            .as_str()
            .ok_or("it has no uuid, so it cannot be told from others")?;
        RecordId::parse(&format!("{}--{uuid}", self.types().1)).map_err(|error| error.to_string())
    }

    fn types(&self) -> (&'static [NamedNodeRef<'static>], &'static str) {
        match self.kind {
            "threat-actor" => (&[classes::STIX_THREAT_ACTOR], "threat-actor"),
            "disarm-techniques" => (
                &[classes::STIX_ATTACK_PATTERN, classes::SKOS_CONCEPT],
                "attack-pattern",
            ),
            "disarm-actortypes" => (&[classes::FM_GROUP, classes::STIX_IDENTITY], "identity"),
            "disarm-countermeasures" => (&[classes::SKOS_CONCEPT], "course-of-action"),
            _ => (&[classes::SKOS_CONCEPT], "x-misp-galaxy-cluster"),
        }
    }

    /// States a cluster; says whether its record is here already.
    fn cluster(&self, cluster: &Value, maker: &mut Maker) -> Result<bool, String> {
        let id = self.id(cluster)?;
        let name = shown(
            cluster["value"]
                .as_str()
                .ok_or("it has no value, which is its name")?,
        );
        if name.is_empty() {
            return Err("its value, which is its name, is empty".into());
        }
        let code = code(cluster);
        let here = self.kind == "disarm-techniques"
            && code.is_some_and(|code| disarm::numbered(code).is_some());
        if !here {
            maker.thing(&id, self.types().0, &name, "en");
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
    fn related(&self, cluster: &Value, ids: &HashMap<&str, RecordId>, maker: &mut Maker) -> usize {
        let Some(from) = cluster["uuid"].as_str().and_then(|uuid| ids.get(uuid)) else {
            return 0;
        };
        let mut elsewhere = 0;
        for link in cluster["related"].as_array().into_iter().flatten() {
            let to = link["dest-uuid"].as_str().and_then(|uuid| ids.get(uuid));
            match (to, link["type"].as_str()) {
                (Some(to), Some(kind)) => {
                    let id = RecordId::derived(
                        "relationship",
                        &format!("misp-galaxy {from} {kind} {to}"),
                    );
                    maker.relationship(&id, from, kind, to);
                    maker.link(&id, properties::DCTERMS_SOURCE, &self.source);
                }
                _ => elsewhere += 1,
            }
        }
        elsewhere
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
