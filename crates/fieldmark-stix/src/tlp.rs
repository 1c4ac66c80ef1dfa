//! The marking definitions that state a level of TLP, of either version.

use fieldmark_model::{RecordId, Tlp};

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
pub fn level(id: &RecordId) -> Option<Tlp> {
    Tlp::of_marking(id.as_str()).or_else(|| {
        TLP_1
            .iter()
            .find(|(known, _)| *known == id.as_str())
            .map(|(_, level)| *level)
    })
}
