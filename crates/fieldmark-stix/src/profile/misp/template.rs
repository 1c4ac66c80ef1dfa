//! The templates of MISP's objects, and how an object of STIX fills them.

use super::{seconds, text, uuid};
use crate::disarm;
use crate::profile::carried;
use crate::profile::{id, kind};
use fieldmark_model::RecordId;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::OnceLock;

/// What STIX has no row for.
const OTHER: &str = "other";

/// One template (misp-objects), with what of STIX fills it.
#[derive(Debug)]
pub(super) struct Template {
    name: &'static str,
    id: &'static str,
    version: &'static str,
    category: &'static str,
    slots: Vec<Slot>,
}

/// One attribute of a template.
#[derive(Debug)]
struct Slot {
    property: &'static str,
    relation: &'static str,
    kind: &'static str,
    /// Whether one of the slots so marked has to be filled.
    needed: bool,
}

impl Template {
    /// The template for an object.
    pub(super) fn of(object: &Value) -> &'static Self {
        let row = match kind(object) {
            "identity" if object["identity_class"] == "individual" => "individual",
            "note" if carried::is_a(object, "fm:Narrative") => "narrative",
            other => other,
        };
        let all = templates();
        let fits = |template: &&Self| {
            let mut needed = template.slots.iter().filter(|slot| slot.needed);
            needed.any(|slot| !slot.values(object).is_empty())
        };
        all.get(row).filter(fits).unwrap_or(&all[OTHER])
    }

    /// Whether it holds no more than an id and a name.
    pub(super) fn is_a_mere_name(&self) -> bool {
        std::ptr::eq(self, &templates()[OTHER])
    }

    /// The MISP object, whose values bear these tags.
    pub(super) fn fill(&self, object: &Value, own: &str, tags: &[String]) -> Value {
        let time = seconds(text(object, "modified").unwrap_or(super::EPOCH));
        let tags: Vec<Value> = tags.iter().map(|name| json!({ "name": name })).collect();
        let mut attributes = Vec::new();
        for slot in &self.slots {
            for (at, value) in slot.values(object).into_iter().enumerate() {
                let key = format!("{} {} {at}", id(object), slot.relation);
                let attribute = RecordId::derived("misp-attribute", &key);
                attributes.push(json!({
                    "uuid": uuid(attribute.as_str()), "object_relation": slot.relation,
                    "type": slot.kind, "category": slot.category(), "value": value,
                    "to_ids": false, "distribution": "5", "timestamp": time, "Tag": tags,
                }));
            }
        }
        let mut out = json!({
            "uuid": own, "name": self.name, "meta-category": self.category,
            "template_uuid": self.id, "template_version": self.version,
            // As the event.
            "distribution": "5", "timestamp": time, "Attribute": attributes,
        });
        if let Some(title) = text(object, "abstract") {
            out["comment"] = title.into();
        }
        for key in ["first_seen", "last_seen"] {
            if let Some(time) = text(object, key) {
                out[key] = time.into();
            }
        }
        out
    }
}

impl Slot {
    fn values(&self, object: &Value) -> Vec<String> {
        let said = match self.property {
            "number" => {
                return disarm::number_of(object)
                    .map(str::to_owned)
                    .into_iter()
                    .collect();
            }
            // A narrative goes out as a note in `stix`.
            "name" if kind(object) == "note" => {
                let name = carried::words(object, "skos:prefLabel");
                return name.map(str::to_owned).into_iter().collect();
            }
            property => &object[property],
        };
        match said {
            Value::String(text) => vec![text.clone()],
            Value::Number(number) => vec![number.to_string()],
            Value::Array(items) => items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// How MISP classes the type.
    fn category(&self) -> &'static str {
        match self.kind {
            "url" | "domain" | "ip-dst" => "Network activity",
            "stix2-pattern" => "Payload installation",
            "cpe" => "External analysis",
            _ => "Other",
        }
    }
}

fn templates() -> &'static HashMap<&'static str, Template> {
    static TEMPLATES: OnceLock<HashMap<&str, Template>> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let mut templates = HashMap::new();
        let lines = include_str!("../misp.tsv").lines();
        for line in lines.filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap_or_default();
            let (types, name, id, version, category) = (cell(), cell(), cell(), cell(), cell());
            let slots = cell();
            for of in types.split(' ') {
                let slots = slots.split(' ').filter_map(slot).collect();
                let template = Template {
                    name,
                    id,
                    version,
                    category,
                    slots,
                };
                templates.insert(of, template);
            }
        }
        templates
    })
}

/// `property=relation:type!`.
fn slot(text: &'static str) -> Option<Slot> {
    let (property, rest) = text.split_once('=')?;
    let bare = rest.trim_end_matches('!');
    let (relation, kind) = bare.split_once(':').unwrap_or((bare, "text"));
    Some(Slot {
        property,
        relation,
        kind,
        needed: rest.ends_with('!'),
    })
}
