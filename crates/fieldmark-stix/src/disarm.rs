//! The DISARM techniques and tactics every installation begins with, by their DISARM number.

use fieldmark_model::RecordId;
use fieldmark_rdf::ontology::DISARM;
use fieldmark_rdf::vocab::properties;
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use oxttl::TurtleParser;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::OnceLock;

/// The record of a number such as `T0049.003` or `TA17`.
pub(crate) fn numbered(number: &str) -> Option<&'static RecordId> {
    known().get(number)
}

/// Whether a text has the form of a DISARM number: T and four digits, a dot and three more for a
/// sub-technique; TA and two digits for a tactic.
pub(crate) fn is_number(text: &str) -> bool {
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let technique = |rest: &str| match rest.split_once('.') {
        Some((technique, kind)) => digits(technique, 4) && digits(kind, 3),
        None => digits(rest, 4),
    };
    match (text.strip_prefix("TA"), text.strip_prefix('T')) {
        (Some(tactic), _) => digits(tactic, 2),
        (None, Some(rest)) => technique(rest),
        (None, None) => false,
    }
}

/// What is said of a technique or tactic that is here, in English and French: its terms and values.
pub(crate) fn said_of(id: &RecordId) -> &'static [(NamedNode, Term)] {
    shipped().1.get(id).map_or(&[], Vec::as_slice)
}

/// The English name of a technique or tactic that is here.
pub(crate) fn english_name(id: &RecordId) -> Option<&'static str> {
    said_of(id)
        .iter()
        .find_map(|(property, value)| match value {
            Term::Literal(name)
                if *property == properties::SKOS_PREF_LABEL && name.language() == Some("en") =>
            {
                Some(name.value())
            }
            _ => None,
        })
}

/// The DISARM number that an object of STIX bears. DISARM's own bundle calls itself `mitre-attack`, so
/// that the address tells whose number it is.
pub(crate) fn number_of(object: &Value) -> Option<&str> {
    let references = object["external_references"].as_array()?;
    references.iter().find_map(|reference| {
        let number = reference["external_id"]
            .as_str()
            .filter(|number| is_number(number))?;
        is_cited(reference).then_some(number)
    })
}

/// Whether an external reference is to DISARM, by the name of its source or its address.
pub(crate) fn is_cited(reference: &Value) -> bool {
    let text = |key: &str| reference[key].as_str().unwrap_or_default();
    text("source_name").eq_ignore_ascii_case("disarm") || text("url").contains("DISARMframeworks")
}

fn known() -> &'static HashMap<String, RecordId> {
    &shipped().0
}

type Said = HashMap<RecordId, Vec<(NamedNode, Term)>>;

/// What ships, by number and by id.
fn shipped() -> &'static (HashMap<String, RecordId>, Said) {
    static SHIPPED: OnceLock<(HashMap<String, RecordId>, Said)> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let mut numbered = HashMap::new();
        let mut said = Said::new();
        let triples = TurtleParser::new().for_slice(DISARM.as_bytes());
        for triple in triples.filter_map(Result::ok) {
            let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
                continue;
            };
            let Some(id) = RecordId::from_iri(subject.as_str()) else {
                continue;
            };
            if let (properties::SKOS_NOTATION, Term::Literal(number)) =
                (triple.predicate.as_ref(), &triple.object)
            {
                numbered.insert(number.value().to_owned(), id.clone());
            }
            let of = said.entry(id).or_default();
            of.push((triple.predicate, triple.object));
        }
        (numbered, said)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_to_techniques_and_tactics_and_to_nothing_else() {
        for (number, kind) in [
            ("T0049", "attack-pattern"),
            ("T0049.003", "attack-pattern"),
            ("TA17", "x-mitre-tactic"),
        ] {
            assert!(is_number(number));
            assert_eq!(numbered(number).unwrap().stix_type(), kind, "{number}");
        }
        assert!(is_number("T9999") && numbered("T9999").is_none());
        for text in ["T49", "T0049.3", "TA1", "Twitter", "T1566", "t0049", ""] {
            assert!(numbered(text).is_none(), "{text}");
            assert_eq!(is_number(text), text == "T1566", "{text}");
        }
    }
}
