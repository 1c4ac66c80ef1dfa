//! The marking definitions that state a level of TLP, of either version.

use fieldmark_model::{RecordId, Tlp};
use oxrdf::NamedNode;
use serde_json::{Value, json};

/// TLP 1 as STIX 2.1 (clause 7.2.1.4) and OpenCTI number it, by the level of TLP 2 it means.
const TLP_1: [(&str, Tlp); 5] = [
    (
        "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
        Tlp::Clear,
    ),
    (
        "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
        Tlp::Green,
    ),
    (
        "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
        Tlp::Amber,
    ),
    (
        "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37",
        Tlp::AmberStrict,
    ),
    (
        "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
        Tlp::Red,
    ),
];

/// The level a marking definition's id stands for, if it is one of TLP's.
///
/// ```
/// use fieldmark_model::{RecordId, Tlp};
/// // TLP 1's green, as STIX 2.1 itself defines it.
/// let id = RecordId::parse("marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da")?;
/// assert_eq!(fieldmark_stix::tlp::level(&id), Some(Tlp::Green));
/// # Ok::<(), fieldmark_model::id::IdError>(())
/// ```
pub fn level(id: &RecordId) -> Option<Tlp> {
    Tlp::of_marking(id.as_str()).or_else(|| {
        TLP_1
            .iter()
            .find(|(known, _)| *known == id.as_str())
            .map(|(_, level)| *level)
    })
}

/// The marking definition of a level of TLP 2.0.
pub(crate) fn marking(level: Tlp) -> RecordId {
    RecordId::parse(level.marking_id()).unwrap_or_else(|_| unreachable!("TLP's ids are ids"))
}

/// The release policy of a level of TLP 2.0: what a graph is named with.
pub(crate) fn policy(level: Tlp) -> NamedNode {
    NamedNode::new_unchecked(marking(level).iri())
}

/// The extension by which a marking definition states a level of TLP 2.0 (OASIS).
pub(crate) const EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// The definition of one of TLP's markings, as OASIS publishes it; none of another's.
pub fn definition(id: &RecordId) -> Option<Value> {
    let level = level(id)?;
    // STIX 2.1 itself defines four levels of TLP 1, which call the first white.
    let first = level == Tlp::Clear;
    let name = if first { "white" } else { level.name() };
    if Tlp::of_marking(id.as_str()).is_none() && level != Tlp::AmberStrict {
        return Some(json!({
            "type": "marking-definition", "spec_version": "2.1", "id": id.as_str(),
            "created": "2017-01-20T00:00:00.000Z", "definition_type": "tlp",
            "name": format!("TLP:{}", name.to_ascii_uppercase()), "definition": { "tlp": name },
        }));
    }
    Some(json!({
        "type": "marking-definition", "spec_version": "2.1", "id": id.as_str(),
        "created": "2022-10-01T00:00:00.000Z", "name": level.to_string(),
        "extensions": { EXTENSION: { "extension_type": "property-extension", "tlp_2_0": level.name() } },
    }))
}
