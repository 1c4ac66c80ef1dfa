//! Techniques and tactics of frameworks, by the number they have there.
//!
//! DISARM's STIX ids change between its versions and its published bundles call their source by
//! several names, ATT&CK's among them: the number alone tells, and ATT&CK has none of DISARM's.

use super::state::Making;
use super::text;
use crate::{disarm, tlp};
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::vocab::{classes, properties};
use oxrdf::{Literal, NamedNode, Term};
use serde_json::Value;

const DISARM: &str = "https://w3id.org/fieldmark/scheme/disarm";
const ATTACK: &str = "https://w3id.org/fieldmark/scheme/attack";

/// What a framework calls an object; empty for what is of none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Concept<'a> {
    /// The DISARM technique that is here already.
    known: Option<&'static RecordId>,
    /// What the object itself is called, for telling it from what is here.
    name: Option<&'a str>,
    /// Its number and the framework's scheme, where it is not among those that are here.
    number: Option<(&'a str, &'static str)>,
}

impl<'a> Concept<'a> {
    /// What an object of STIX is called by frameworks.
    pub fn of(json: &'a Value, kind: &str) -> Self {
        let mut concept = Self {
            name: text(json, "name"),
            ..Self::default()
        };
        if !matches!(kind, "attack-pattern" | "x-mitre-tactic") {
            return concept;
        }
        for cited in json["external_references"].as_array().into_iter().flatten() {
            let Some(number) = text(cited, "external_id") else {
                continue;
            };
            if let Some(known) = disarm::numbered(number).filter(|id| id.stix_type() == kind) {
                concept.known = Some(known);
                return concept;
            }
            let source = text(cited, "source_name").unwrap_or_default();
            let scheme = match source {
                _ if disarm::is_cited(cited) => DISARM,
                _ if source.starts_with("mitre-") => ATTACK,
                _ => continue,
            };
            let is_code = !number.is_empty() && !number.contains(char::is_whitespace);
            if is_code && concept.number.is_none() {
                concept.number = Some((number, scheme));
            }
        }
        concept
    }

    /// The technique that is here under another id.
    pub fn stands_for(&self, id: &RecordId) -> Option<&'static RecordId> {
        self.known.filter(|known| *known != id)
    }

    /// States what the framework says: of one that is here, all that is said of it already.
    pub fn state(&self, making: &mut Making<'_>) {
        if let Some(known) = self.known {
            let clear = tlp::policy(Tlp::Clear);
            for (property, object) in disarm::said_of(known) {
                let renamed = property.as_ref() == properties::SKOS_PREF_LABEL
                    && matches!(object, Term::Literal(literal)
                        if literal.language() == Some("en") && Some(literal.value()) != self.name);
                if !renamed {
                    making.place(
                        &known.iri(),
                        property.clone(),
                        object.clone(),
                        clear.clone(),
                    );
                }
            }
        } else if let Some((number, scheme)) = self.number {
            let at = "external_references";
            making.say(
                "type",
                properties::RDF_TYPE,
                classes::SKOS_CONCEPT.into_owned(),
            );
            making.say(
                at,
                properties::SKOS_NOTATION,
                Literal::new_simple_literal(number),
            );
            making.say(
                at,
                properties::SKOS_IN_SCHEME,
                NamedNode::new_unchecked(scheme),
            );
        }
    }
}
