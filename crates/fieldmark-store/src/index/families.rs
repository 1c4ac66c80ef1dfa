//! The families of features that the ontology defines, and what a verdict needs.

use fieldmark_analysis::overlap::{Bits, FamilyId, Thresholds};
use fieldmark_rdf::ontology::{self, Family};
use oxrdf::{NamedNode, Term};
use serde::Deserialize;
use std::collections::HashSet;
use std::sync::OnceLock;

/// What has features: the STIX types of campaigns, incidents, activity sets, actors and networks.
pub const HOLDERS: [&str; 5] = [
    "campaign",
    "incident",
    "infrastructure",
    "intrusion-set",
    "threat-actor",
];

/// What the ontology defines.
struct Definitions {
    families: Vec<Family>,
    broadening: Vec<NamedNode>,
    /// Every edge of every family, to features and to what carries them.
    edges: HashSet<NamedNode>,
    /// Every class by which a family knows its features.
    classes: HashSet<NamedNode>,
    thresholds: Thresholds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThresholdsFile {
    population: u32,
    features: u32,
    excess: f64,
    rate: f64,
    families: u32,
}

/// Every family of features, by name.
pub fn feature_families() -> &'static [Family] {
    &definitions().families
}

/// The properties that lead from a thing to what is broader.
pub fn broadening() -> &'static [NamedNode] {
    &definitions().broadening
}

/// Whether a property leads to features of a family, or to what carries them.
pub fn is_edge(property: &NamedNode) -> bool {
    definitions().edges.contains(property)
}

/// Whether it is a class by which a family knows its features.
pub fn is_class(term: &Term) -> bool {
    matches!(term, Term::NamedNode(class) if definitions().classes.contains(class))
}

/// What a verdict needs.
pub fn thresholds() -> &'static Thresholds {
    &definitions().thresholds
}

/// # Panics
/// When the embedded thresholds are incomplete, which a test rules out.
fn definitions() -> &'static Definitions {
    static DEFINITIONS: OnceLock<Definitions> = OnceLock::new();
    DEFINITIONS.get_or_init(|| {
        let file: ThresholdsFile =
            serde_json::from_str(ontology::THRESHOLDS).expect("the thresholds are complete");
        let families = ontology::families();
        let edges = families
            .iter()
            .flat_map(|f| f.edges.iter().chain(&f.through));
        Definitions {
            edges: edges.cloned().collect(),
            classes: families.iter().flat_map(|f| &f.classes).cloned().collect(),
            families,
            broadening: ontology::broadening(),
            thresholds: Thresholds {
                population: file.population,
                features: file.features,
                excess: Bits::of(file.excess),
                rate: file.rate,
                families: file.families,
            },
        }
    })
}

/// A feature by name: its family, and its IRI or value.
pub type Key = (FamilyId, String);

/// A family by its number.
pub fn family(id: FamilyId) -> &'static Family {
    &feature_families()[usize::from(id)]
}

/// The IRI or the value, with a literal's language left aside.
pub fn key(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
        other => other.to_string(),
    }
}
