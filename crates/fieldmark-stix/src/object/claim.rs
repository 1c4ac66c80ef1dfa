//! What an object claims: who ran what, and what somebody is also called.
//!
//! STIX has no claim with an assessor, so the creator of an `attributed-to` is taken for one, its
//! description for the words, to the letter, and its confidence for what STIX says it is, never for
//! a likelihood. What it does not say is not invented.

use super::state::{Making, node, tagged};
use super::{Setting, text};
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::name::shown;
use fieldmark_rdf::vocab::{SKOS, XSD, classes, properties, values};
use oxrdf::{Literal, NamedNode, Term};
use serde_json::Value;

/// Whether an object says who ran what.
pub(super) fn attributes(json: &Value) -> bool {
    text(json, "type") == Some("relationship")
        && text(json, "relationship_type") == Some("attributed-to")
}

/// The identity that stands for an assessor whom nothing names, with its statements.
pub fn unnamed() -> (RecordId, Vec<(NamedNode, Term)>) {
    let id = RecordId::derived("identity", "author not stated");
    let mut said: Vec<(NamedNode, Term)> = vec![(
        properties::RDF_TYPE.into_owned(),
        classes::STIX_IDENTITY.into_owned().into(),
    )];
    for (name, lang) in [("author not stated", "en"), ("auteur non indiqué", "fr")] {
        said.push((
            properties::SKOS_PREF_LABEL.into_owned(),
            tagged(name, lang).into(),
        ));
    }
    (id, said)
}

/// States an `attributed-to` as its author's attribution.
///
/// # Errors
/// A sentence with the path of what cannot be taken.
pub(super) fn attribution(
    making: &mut Making<'_>,
    json: &Value,
    lang: &str,
    setting: &Setting<'_>,
) -> Result<(), String> {
    let end = |key: &str| {
        let id = text(json, key).unwrap_or_default();
        RecordId::parse(id).map_err(|error| format!("$.{key}: {error}"))
    };
    let (subject, object) = (end("source_ref")?, end("target_ref")?);
    for class in [classes::FM_CLAIM, classes::FM_ATTRIBUTION] {
        making.say("type", properties::RDF_TYPE, class.into_owned());
    }
    making.say("source_ref", properties::FM_SUBJECT, node(&subject));
    making.say("target_ref", properties::FM_OBJECT, node(&object));
    making.say(
        "type",
        properties::FM_POLARITY,
        values::FM_AFFIRMS.into_owned(),
    );
    making.say(
        "type",
        properties::FM_SCALE,
        values::FM_UNSTATED.into_owned(),
    );
    let listed = setting.listed;
    let listed = listed(making.id);
    assessors(making, json, &listed)?;
    for (report, _) in &listed {
        making.say("id", properties::DCTERMS_SOURCE, node(report));
    }
    let words = text(json, "description").filter(|words| !words.trim().is_empty());
    said(making, words.map(|words| ("description", words)), lang);
    if let Some(confidence) = json["confidence"].as_u64() {
        let scale = format!("{confidence} of 100, as STIX counts confidence");
        making.words("confidence", properties::FM_CONFIDENCE, &scale, "en");
    }
    asserted(making, json);
    for (key, property) in [
        ("start_time", properties::FM_VALID_FROM),
        ("stop_time", properties::FM_VALID_TO),
    ] {
        if let Some(time) = text(json, key) {
            making.date(key, property, time);
        }
    }
    Ok(())
}

/// Who says so: the creator; else the authors of the reports that list it, and that it is so read
/// is said; else nobody who is named.
fn assessors(
    making: &mut Making<'_>,
    json: &Value,
    listed: &[(RecordId, Option<RecordId>)],
) -> Result<(), String> {
    let is_body = |id: &RecordId| id.stix_type() == "identity";
    if let Some(creator) = text(json, "created_by_ref") {
        let id = RecordId::parse(creator)
            .map_err(|error| format!("$.created_by_ref: {error}"))
            .and_then(|id| match is_body(&id) {
                true => Ok(id),
                false => Err(format!(
                    "$.created_by_ref: {id} is no identity, and only an identity can say who ran what"
                )),
            })?;
        making.say("created_by_ref", properties::FM_ASSESSOR, node(&id));
        return Ok(());
    }
    let mut named = false;
    for (report, author) in listed {
        if let Some(author) = author.as_ref().filter(|id| is_body(id)) {
            making.say("id", properties::FM_ASSESSOR, node(author));
            making.say("id", properties::FM_ASSESSOR_TAKEN_FROM, node(report));
            named = true;
        }
    }
    if !named {
        let (id, said) = unnamed();
        let clear = RecordId::parse(Tlp::Clear.marking_id())
            .unwrap_or_else(|_| unreachable!("TLP's ids are ids"));
        let clear = NamedNode::new_unchecked(clear.iri());
        making.say("id", properties::FM_ASSESSOR, node(&id));
        for (property, object) in said {
            making.place(&id.iri(), property, object, clear.clone());
        }
    }
    Ok(())
}

/// The words of a claim, or that it came without any.
fn said(making: &mut Making<'_>, words: Option<(&str, &str)>, lang: &str) {
    match words {
        Some((path, words)) => making.words(path, properties::FM_VERBATIM, words, lang),
        None => {
            let yes = Literal::from(true);
            making.say("type", properties::FM_WITHOUT_WORDS, yes);
        }
    }
}

/// When it was said: STIX tells when the object was made, from which that is inferred.
fn asserted(making: &mut Making<'_>, json: &Value) {
    let basis = match text(json, "created") {
        Some(created) => {
            making.date("created", properties::FM_ASSERTED_AT, created);
            values::FM_INFERRED
        }
        None => values::FM_UNDATED,
    };
    making.say("type", properties::FM_DATE_BASIS, basis.into_owned());
}

/// Who claims the aliases of an object, where they are claims: the creator of a cluster.
pub(super) fn names_by_claim(json: &Value, kind: &str) -> Option<RecordId> {
    if !matches!(kind, "intrusion-set" | "threat-actor" | "campaign") {
        return None;
    }
    let creator = RecordId::parse(text(json, "created_by_ref")?).ok()?;
    (creator.stix_type() == "identity").then_some(creator)
}

/// States an alias as a claim of the object's creator, a record of its own.
pub(super) fn alias(
    making: &mut Making<'_>,
    path: &str,
    alias: &str,
    lang: &str,
    creator: &RecordId,
    json: &Value,
) {
    let about = making.id.clone();
    let claim = RecordId::derived("note", &format!("alias {about} {alias} {creator}"));
    let iri = claim.iri();
    let close = NamedNode::new_unchecked(format!("{SKOS}closeMatch"));
    let statements: [(_, Term); 11] = [
        (properties::RDF_TYPE, classes::FM_CLAIM.into_owned().into()),
        (properties::RDF_TYPE, classes::FM_ALIAS.into_owned().into()),
        (properties::FM_SUBJECT, node(&about)),
        (
            properties::FM_OBJECT_TEXT,
            tagged(&shown(alias), lang).into(),
        ),
        (properties::FM_ALIAS_RELATION, close.into()),
        (properties::FM_ASSESSOR, node(creator)),
        (properties::FM_VERBATIM, tagged(alias, lang).into()),
        (
            properties::FM_POLARITY,
            values::FM_AFFIRMS.into_owned().into(),
        ),
        (
            properties::FM_SCALE,
            values::FM_UNSTATED.into_owned().into(),
        ),
        (
            properties::FM_DATE_BASIS,
            values::FM_UNDATED.into_owned().into(),
        ),
        (properties::PROV_WAS_DERIVED_FROM, node(&about)),
    ];
    for (property, object) in statements {
        making.say_of(&iri, path, property, object);
    }
    if let Some(created) = text(json, "created") {
        let datatype = NamedNode::new_unchecked(format!("{XSD}dateTime"));
        let created = Literal::new_typed_literal(created, datatype);
        making.say_of(&iri, path, properties::STIX_CREATED, created);
    }
}
