//! What the terms of OASIS's STIX ontology say about a subject, and what they become.

use crate::{spec, tlp};
use fieldmark_model::{Edtf, RecordId};
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::{self, classes, properties};
use oxrdf::vocab::xsd;
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::BTreeSet;

pub(super) const ATTRIBUTION: &str = "who ran what is a claim, not a relationship: write a fm:Attribution with its assessor (fm:assessor) and the assessor's words (fm:verbatim)";
const ONTOLOGY: &str = "it describes the ontology, not a case";
const RULES: &str = "it states rules for data, not a case";
const VALUE: &str = "it is a value of STIX's vocabularies, not a case";
const NO_ID: &str = "it has no STIX id: give it stix:id \"type--uuid\" to make it a record";
const BUNDLE: &str = "a bundle is an envelope: what it holds becomes records, it does not";
const BUILT_IN: &str =
    "the TLP markings are built in: leave the definition out and keep the references to it";

/// What a subject is to be.
#[derive(Debug)]
pub(super) enum Role {
    /// The record of that id.
    Record(RecordId),
    /// A part of whatever record leads to it.
    Part,
    /// Nothing of STIX's.
    Foreign,
    /// No record, for that reason; references to it keep its id, where it has one.
    Aside { id: Option<RecordId>, why: String },
}

/// The classes for objects that only Fieldmark's ontology has, by STIX type.
const OURS: [(&str, NamedNodeRef<'static>); 8] = [
    ("channel", classes::FM_CHANNEL),
    ("event", classes::FM_EVENT),
    ("evidence", classes::FM_EVIDENCE),
    ("label", classes::FM_LABEL),
    ("media-content", classes::FM_MEDIA),
    ("metric", classes::FM_METRIC),
    ("narrative", classes::FM_NARRATIVE),
    ("x-mitre-tactic", classes::FM_TACTIC),
];

/// The classes that say which kind of identity it is.
const KINDS_OF_IDENTITY: [NamedNodeRef<'static>; 7] = [
    classes::FM_GROUP,
    classes::FM_OFFICE,
    classes::FM_PLATFORM,
    classes::FM_REDACTED_ASSESSOR,
    classes::FM_WITHHELD_ASSESSOR,
    classes::PROV_ORGANIZATION,
    classes::PROV_PERSON,
];

const OWL_NOTHING_SAID: [&str; 2] = ["NamedIndividual", "Thing"];

/// The name of a STIX term within its namespace.
pub(super) fn stix(node: &NamedNode) -> Option<&str> {
    node.as_str().strip_prefix(vocab::STIX)
}

/// Whether a class says no more than that something is there.
pub(super) fn says_nothing(class: &Term) -> bool {
    matches!(class, Term::NamedNode(node)
        if node.as_str().strip_prefix(vocab::OWL).is_some_and(|name| OWL_NOTHING_SAID.contains(&name)))
}

/// Whether a property or a relationship type states an attribution.
pub(super) fn attributes(name: &str) -> bool {
    ["attributed-to", "attributed_to"]
        .iter()
        .any(|known| name.trim().eq_ignore_ascii_case(known))
}

/// What a subject is to be, by its own statements.
pub(super) fn role(name: &NamedOrBlankNode, statements: &[Placed]) -> Role {
    let aside = |id: Option<RecordId>, why: &str| Role::Aside {
        id,
        why: why.to_owned(),
    };
    let types: Vec<&NamedNode> = statements
        .iter()
        .filter(|placed| placed.quad.predicate.as_ref() == properties::RDF_TYPE)
        .filter_map(|placed| match &placed.quad.object {
            Term::NamedNode(node) => Some(node),
            _ => None,
        })
        .collect();
    let ids: Vec<&str> = texts(statements, "id").collect();
    if ids.is_empty()
        && let Some(why) = schema(name, &types, statements)
    {
        return aside(None, why);
    }
    let parsed: Result<Vec<_>, _> = ids.iter().map(|id| RecordId::parse(id)).collect();
    let mut parsed = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return aside(None, &error.to_string()),
    };
    parsed.sort_unstable();
    parsed.dedup();
    if parsed.len() > 1 {
        return aside(
            None,
            &format!(
                "it has {} different STIX ids: state one stix:id",
                parsed.len()
            ),
        );
    }
    let id = parsed.pop();
    let is_claim = types
        .iter()
        .any(|class| class.as_ref() == classes::FM_CLAIM);
    let attributes_someone = statements
        .iter()
        .filter(|placed| placed.quad.predicate.as_ref() == properties::STIX_RELATIONSHIP_TYPE)
        .any(|placed| match &placed.quad.object {
            Term::Literal(literal) => attributes(literal.value()),
            Term::NamedNode(node) => stix(node).is_some_and(attributes),
            _ => false,
        });
    if attributes_someone && !is_claim {
        return aside(id, ATTRIBUTION);
    }
    let stated = texts(statements, "type").next();
    let Some(id) = id else {
        let of_object = |class: &&NamedNode| stix(class).is_some_and(spec::is_of_objects);
        let is_object =
            types.iter().any(of_object) || stated.is_some_and(|kind| spec::object(kind).is_some());
        let speaks_stix = types.iter().any(|class| stix(class).is_some())
            || statements
                .iter()
                .any(|placed| stix(&placed.quad.predicate).is_some());
        return match name {
            _ if is_object => aside(None, NO_ID),
            NamedOrBlankNode::NamedNode(_) if !speaks_stix => Role::Foreign,
            _ => Role::Part,
        };
    };
    if let Some(stated) = stated
        && stated != id.stix_type()
    {
        let why = format!("stix:type says \"{stated}\" and stix:id says \"{id}\": make them agree");
        return aside(Some(id), &why);
    }
    match id.stix_type() {
        "bundle" => aside(Some(id), BUNDLE),
        _ if tlp::level(&id).is_some() => aside(Some(id), BUILT_IN),
        _ => Role::Record(id),
    }
}

/// Why a subject is about the model and not about a case.
fn schema(
    name: &NamedOrBlankNode,
    types: &[&NamedNode],
    statements: &[Placed],
) -> Option<&'static str> {
    const SWRL: &str = "http://www.w3.org/2003/11/swrl#";
    const SWRLA: &str = "http://swrl.stanford.edu/ontologies/3.3/swrla.owl#";
    const OASIS: &str = "http://docs.oasis-open.org/cti/ns/stix";
    const DEFINES: [&str; 4] = ["subClassOf", "subPropertyOf", "domain", "range"];
    let typed = |space: &str| types.iter().any(|class| class.as_str().starts_with(space));
    let individual = types
        .iter()
        .any(|class| says_nothing(&(*class).clone().into()));
    let of_stix =
        matches!(name, NamedOrBlankNode::NamedNode(node) if node.as_str().starts_with(OASIS));
    let is_term = types.iter().any(|class| {
        let known = [vocab::OWL, vocab::RDFS, SWRL, SWRLA];
        known.iter().any(|space| class.as_str().starts_with(space))
            && !says_nothing(&(*class).clone().into())
            || class
                .as_str()
                .strip_prefix(vocab::RDF)
                .is_some_and(|name| name != "Statement")
    });
    let defines = statements.iter().any(|placed| {
        let name = placed.quad.predicate.as_str().strip_prefix(vocab::RDFS);
        name.is_some_and(|name| DEFINES.contains(&name))
    });
    let speaks_stix = statements
        .iter()
        .any(|placed| stix(&placed.quad.predicate).is_some());
    if typed(vocab::SH) {
        Some(RULES)
    } else if is_term || defines {
        Some(ONTOLOGY)
    } else if of_stix && !speaks_stix {
        Some(if individual || !types.is_empty() {
            VALUE
        } else {
            ONTOLOGY
        })
    } else {
        None
    }
}

/// The classes that a record should state and does not.
pub(super) fn missing_classes(
    id: &RecordId,
    stated: &BTreeSet<&str>,
    identity_class: Option<&str>,
) -> Vec<NamedNode> {
    let kind = id.stix_type();
    let mut classes = Vec::new();
    if let Some(known) = spec::object(kind) {
        // A claim between two records has a relationship's id and is none.
        if !stated.contains(classes::FM_CLAIM.as_str()) {
            classes.push(NamedNode::new_unchecked(format!(
                "{}{}",
                vocab::STIX,
                known.class
            )));
        }
    } else if let Some((_, class)) = OURS.iter().find(|(known, _)| *known == kind) {
        if stated.iter().all(|class| !class.starts_with(vocab::FM)) {
            classes.push(class.into_owned());
        }
    } else if stated.is_empty() {
        classes.push(NamedNode::new_unchecked(format!(
            "{}StixObject",
            vocab::STIX
        )));
    }
    if kind == "identity"
        && !KINDS_OF_IDENTITY
            .iter()
            .any(|class| stated.contains(class.as_str()))
    {
        let class = match identity_class {
            Some("individual") => Some(classes::PROV_PERSON),
            Some("organization") => Some(classes::PROV_ORGANIZATION),
            Some("group") => Some(classes::FM_GROUP),
            _ => None,
        };
        classes.extend(class.map(NamedNodeRef::into_owned));
    }
    classes.retain(|class| !stated.contains(class.as_str()));
    classes
}

/// A date of XML Schema as EDTF; none when it is no day, month or year that EDTF can write.
pub(super) fn edtf(literal: &Literal) -> Option<Literal> {
    let kind = literal.datatype();
    let text = literal.value().trim();
    let text = if kind == xsd::DATE_TIME || kind == xsd::DATE_TIME_STAMP || kind == xsd::STRING {
        text
    } else if kind == xsd::DATE || kind == xsd::G_YEAR || kind == xsd::G_YEAR_MONTH {
        without_zone(text)
    } else {
        return None;
    };
    let date = Edtf::parse(text).ok()?;
    Some(Literal::new_typed_literal(
        date.as_str(),
        NamedNode::new_unchecked(format!("{}EDTF", vocab::EDTF)),
    ))
}

/// EDTF has time zones on timestamps only.
fn without_zone(text: &str) -> &str {
    let bare = text.strip_suffix('Z').unwrap_or(text);
    match bare
        .len()
        .checked_sub(6)
        .and_then(|at| bare.split_at_checked(at))
    {
        Some((day, zone)) if is_offset(zone.as_bytes()) => day,
        _ => bare,
    }
}

/// Whether six bytes are an offset such as `+01:00`.
fn is_offset(zone: &[u8]) -> bool {
    matches!(zone, [b'+' | b'-', h1, h2, b':', m1, m2]
        if [h1, h2, m1, m2].iter().all(|digit| digit.is_ascii_digit()))
}

/// Whether a property can lead to a part: a class is none, and an attribution is left out.
pub(super) fn leads(predicate: &NamedNode) -> bool {
    predicate.as_ref() != properties::RDF_TYPE && !stix(predicate).is_some_and(attributes)
}

/// The record that an IRI names by its last part, as STIX identifiers used as IRIs do.
pub(super) fn named_record(iri: &str) -> Option<RecordId> {
    RecordId::parse(iri.rsplit(['/', '#', ':']).next()?).ok()
}

/// The texts of one of STIX's properties.
pub(super) fn texts<'a>(statements: &'a [Placed], name: &str) -> impl Iterator<Item = &'a str> {
    statements
        .iter()
        .filter_map(move |placed| match &placed.quad.object {
            Term::Literal(literal) if stix(&placed.quad.predicate) == Some(name) => {
                Some(literal.value())
            }
            _ => None,
        })
}
