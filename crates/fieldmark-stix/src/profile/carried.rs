//! What the extension of an object says of its record (`extension.rs` writes it).

use crate::extension;
use fieldmark_rdf::ontology::shared_triples;
use fieldmark_rdf::vocab::{properties, values};
use oxrdf::{NamedOrBlankNode, Term};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The record an object carries, which need not be of its type.
pub(super) fn record(object: &Value) -> Option<&str> {
    object["extensions"][extension::ID]["record"].as_str()
}

fn stated<'a>(object: &'a Value, property: &str) -> impl Iterator<Item = &'a Value> {
    let statements = &object["extensions"][extension::ID]["statements"][property];
    statements.as_array().into_iter().flatten()
}

/// The records that a property leads to.
pub(super) fn records<'a>(object: &'a Value, property: &str) -> impl Iterator<Item = &'a str> {
    stated(object, property).filter_map(|value| value["id"].as_str())
}

/// The first literal of a property.
pub(super) fn literal<'a>(object: &'a Value, property: &str) -> Option<&'a str> {
    stated(object, property).find_map(|value| value["value"].as_str())
}

/// The text of a property in English, failing that in any language.
pub(super) fn words<'a>(object: &'a Value, property: &str) -> Option<&'a str> {
    let english = stated(object, property).find(|value| value["lang"] == "en");
    english.map_or_else(
        || literal(object, property),
        |value| value["value"].as_str(),
    )
}

/// Whether the record states a class, by its short name.
pub(super) fn is_a(object: &Value, class: &str) -> bool {
    stated(object, "rdf:type").any(|value| value["iri"] == class)
}

/// How likely its assessor says a claim to be, in per cent: the middle of the band, where a band of a
/// scale of likelihood was stated. A band that we assumed for unscaled words is none.
pub(super) fn likelihood(object: &Value) -> Option<u64> {
    let band = stated(object, "fm:band").find_map(|value| value["iri"].as_str())?;
    let (low, high) = bands().get(band)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 100"
    )]
    Some(((low + high) * 50.0).round() as u64)
}

/// The ranges of the bands of the scales of likelihood, by IRI.
fn bands() -> &'static HashMap<String, (f64, f64)> {
    static BANDS: OnceLock<HashMap<String, (f64, f64)>> = OnceLock::new();
    BANDS.get_or_init(|| {
        let mut scales = Vec::new();
        let mut of: HashMap<String, String> = HashMap::new();
        let mut ranges: HashMap<String, (Option<f64>, Option<f64>)> = HashMap::new();
        for triple in shared_triples() {
            let NamedOrBlankNode::NamedNode(subject) = triple.subject else {
                continue;
            };
            let subject = subject.into_string();
            match (triple.predicate.as_ref(), triple.object) {
                (properties::FM_SCALE_KIND, Term::NamedNode(kind))
                    if kind.as_ref() == values::FM_LIKELIHOOD_SCALE =>
                {
                    scales.push(subject);
                }
                (properties::SKOS_IN_SCHEME, Term::NamedNode(scale)) => {
                    of.insert(subject, scale.into_string());
                }
                (properties::FM_RANGE_LOW, Term::Literal(low)) => {
                    ranges.entry(subject).or_default().0 = low.value().parse().ok();
                }
                (properties::FM_RANGE_HIGH, Term::Literal(high)) => {
                    ranges.entry(subject).or_default().1 = high.value().parse().ok();
                }
                _ => {}
            }
        }
        let ranges = ranges.into_iter().filter_map(|(band, (low, high))| {
            let scale = of.get(&band)?;
            scales.contains(scale).then_some((band, (low?, high?)))
        });
        ranges.collect()
    })
}

/// Whether an object's extension says that it is a claim.
pub(super) fn is_claim(object: &Value) -> bool {
    is_a(object, "fm:Claim")
}
