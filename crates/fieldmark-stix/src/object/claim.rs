//! What an object claims: who ran what, and what somebody is also called.
//!
//! STIX has no claim with an assessor, so the creator of an `attributed-to` is taken for one, its
//! description for the words, to the letter, and its confidence for what STIX says it is, never for
//! a likelihood. What it does not say is not invented.

use super::state::{Making, node, tagged};
use super::{Listing, Setting, id_in, text};
use crate::tlp;
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::name::shown;
use fieldmark_rdf::ontology;
use fieldmark_rdf::vocab::{SKOS, XSD, classes, properties, values};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term};
use serde_json::Value;

/// Whether an object says who ran what.
pub(crate) fn attributes(json: &Value) -> bool {
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
    let iri = making.id.iri();
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
    let tags = tags(json);
    match the_one(&tags, values::FM_LIKELIHOOD_SCALE) {
        Some(tag) => {
            let node = |iri: &str| NamedNode::new_unchecked(iri);
            making.say("labels", properties::FM_SCALE, node(&tag.scale));
            making.say("labels", properties::FM_BAND, node(&tag.band));
        }
        None => making.say(
            "type",
            properties::FM_SCALE,
            values::FM_UNSTATED.into_owned(),
        ),
    }
    let notes = setting.notes;
    for note in notes(making.id) {
        making.say("id", properties::FM_EVIDENCE, node(&evidence(&note)));
    }
    let listed = setting.listed;
    let listed = listed(making.id);
    assessors(making, json, &listed)?;
    for (report, _) in &listed {
        making.say("id", properties::DCTERMS_SOURCE, node(report));
    }
    let words = text(json, "description").filter(|words| !words.trim().is_empty());
    said(
        making,
        &iri,
        words.map(|words| ("description", words)),
        lang,
    );
    if let Some(confidence) = json["confidence"].as_u64() {
        let scale = format!("{confidence} of 100, as STIX counts confidence");
        making.words("confidence", properties::FM_CONFIDENCE, &scale, "en");
    } else if let Some(tag) = the_one(&tags, values::FM_CONFIDENCE_SCALE) {
        let word = ontology::label(&tag.band, "en").unwrap_or_default();
        making.words("labels", properties::FM_CONFIDENCE, &word, "en");
    }
    asserted(making, &iri, json);
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

/// The steps of scales that an object's labels name, as MISP writes them.
fn tags(json: &Value) -> Vec<ontology::Tagged> {
    let labels = json["labels"].as_array().into_iter().flatten();
    let labels = labels.filter_map(Value::as_str);
    labels.filter_map(ontology::tagged).collect()
}

/// The step on a scale of some kind, where all labels of that kind name one: of two, neither is
/// picked.
fn the_one<'t>(
    tags: &'t [ontology::Tagged],
    kind: NamedNodeRef<'_>,
) -> Option<&'t ontology::Tagged> {
    let mut of_kind = tags.iter().filter(|tag| tag.measures == kind.as_str());
    let first = of_kind.next()?;
    of_kind.all(|other| other == first).then_some(first)
}

/// Who says so: the creator; else the authors of the reports that list it, and that it is so read
/// is said; else nobody who is named.
fn assessors(making: &mut Making<'_>, json: &Value, listed: &[Listing]) -> Result<(), String> {
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
        let clear = tlp::policy(Tlp::Clear);
        making.say("id", properties::FM_ASSESSOR, node(&id));
        for (property, object) in said {
            making.place(&id.iri(), property, object, clear.clone());
        }
    }
    Ok(())
}

/// The words of a claim, or that it came without any.
fn said(making: &mut Making<'_>, claim: &str, words: Option<(&str, &str)>, lang: &str) {
    match words {
        Some((path, words)) => {
            making.say_of(claim, path, properties::FM_VERBATIM, tagged(words, lang));
        }
        None => {
            let yes = Literal::from(true);
            making.say_of(claim, "type", properties::FM_WITHOUT_WORDS, yes);
        }
    }
}

/// When it was said: STIX tells when the object was made, from which that is inferred.
fn asserted(making: &mut Making<'_>, claim: &str, json: &Value) {
    let basis = match text(json, "created") {
        Some(created) => {
            // The day: the moment is that of the object, not of what it says.
            let day = created.split('T').next().unwrap_or(created);
            making.date_of(claim, "created", properties::FM_ASSERTED_AT, day);
            values::FM_INFERRED
        }
        None => values::FM_UNDATED,
    };
    let basis = basis.into_owned();
    making.say_of(claim, "type", properties::FM_DATE_BASIS, basis);
}

/// The evidence that a note about an attribution is.
fn evidence(note: &RecordId) -> RecordId {
    RecordId::derived("evidence", &format!("stix {note}"))
}

/// States what an opinion or a note about an attribution is, beside itself: its author's word for
/// or against what is attributed, or evidence.
pub(super) fn comment(
    making: &mut Making<'_>,
    json: &Value,
    kind: &str,
    lang: &str,
    setting: &Setting<'_>,
) {
    if !matches!(kind, "opinion" | "note") {
        return;
    }
    let (attributed, notes) = (setting.attributed, setting.notes);
    let listed = json["object_refs"].as_array().into_iter().flatten();
    for (at, about) in listed.enumerate() {
        let Some(about) = id_in(about) else {
            continue;
        };
        let Some(ends) = attributed(&about) else {
            continue;
        };
        let path = format!("object_refs.[{at}]");
        match kind {
            "opinion" => opinion(making, json, &path, &about, &ends, lang),
            // One about what cannot be read with it is on its own.
            _ if notes(&about).contains(making.id) => note(making, json, lang),
            _ => {}
        }
    }
}

/// An opinion on an attribution as a claim about the same, which concurs with it or disputes it. A
/// neutral one is neither, and nobody's is nobody's claim.
fn opinion(
    making: &mut Making<'_>,
    json: &Value,
    path: &str,
    about: &RecordId,
    (subject, object): &(RecordId, RecordId),
    lang: &str,
) {
    let stands = text(json, "opinion").unwrap_or_default();
    let denies = match stands {
        "agree" | "strongly-agree" => false,
        "disagree" | "strongly-disagree" => true,
        _ => return,
    };
    let author = id_in(&json["created_by_ref"]);
    let Some(author) = author.filter(|id| id.stix_type() == "identity") else {
        return;
    };
    let own = making.id.clone();
    let iri = RecordId::derived("relationship", &format!("{own} on {about}")).iri();
    let (polarity, relation) = match denies {
        false => (values::FM_AFFIRMS, properties::FM_CONCURS_WITH),
        true => (values::FM_DENIES, properties::FM_DISPUTES),
    };
    let mut classes = vec![classes::FM_CLAIM, classes::FM_ATTRIBUTION];
    classes.extend(denies.then_some(classes::FM_DENIAL));
    for class in classes {
        making.say_of(&iri, "type", properties::RDF_TYPE, class.into_owned());
    }
    making.say_of(&iri, path, properties::FM_SUBJECT, node(subject));
    making.say_of(&iri, path, properties::FM_OBJECT, node(object));
    making.say_of(&iri, path, relation, node(about));
    making.say_of(
        &iri,
        "created_by_ref",
        properties::FM_ASSESSOR,
        node(&author),
    );
    making.say_of(
        &iri,
        "opinion",
        properties::FM_POLARITY,
        polarity.into_owned(),
    );
    let unstated = values::FM_UNSTATED.into_owned();
    making.say_of(&iri, "type", properties::FM_SCALE, unstated);
    let words = text(json, "explanation").filter(|words| !words.trim().is_empty());
    said(
        making,
        &iri,
        words.map(|words| ("explanation", words)),
        lang,
    );
    asserted(making, &iri, json);
    taken_from(making, &iri, json);
}

/// A note about an attribution as a piece of evidence, collected by who wrote it.
fn note(making: &mut Making<'_>, json: &Value, lang: &str) {
    let iri = evidence(making.id).iri();
    let class = classes::FM_EVIDENCE.into_owned();
    making.say_of(&iri, "type", properties::RDF_TYPE, class);
    for (key, property) in [
        ("abstract", properties::SKOS_PREF_LABEL),
        ("content", properties::DCTERMS_DESCRIPTION),
    ] {
        let words = text(json, key).filter(|words| !words.trim().is_empty());
        if let Some(words) = words {
            let words = match key {
                "abstract" => shown(words),
                _ => words.to_owned(),
            };
            making.say_of(&iri, key, property, tagged(&words, lang));
        }
    }
    let author = id_in(&json["created_by_ref"]);
    if let Some(author) = author.filter(|id| id.stix_type() == "identity") {
        making.say_of(
            &iri,
            "created_by_ref",
            properties::FM_COLLECTED_BY,
            node(&author),
        );
    }
    taken_from(making, &iri, json);
}

/// That a record beside an object says what the object says.
fn taken_from(making: &mut Making<'_>, record: &str, json: &Value) {
    let own = node(&making.id.clone());
    making.say_of(record, "id", properties::PROV_WAS_DERIVED_FROM, own);
    if let Some(created) = text(json, "created") {
        let datatype = NamedNode::new_unchecked(format!("{XSD}dateTime"));
        let created = Literal::new_typed_literal(created, datatype);
        making.say_of(record, "created", properties::STIX_CREATED, created);
    }
}

/// Who claims the aliases of an object, where they are claims: the creator of a cluster.
pub(super) fn names_by_claim(json: &Value, kind: &str) -> Option<RecordId> {
    if !matches!(kind, "intrusion-set" | "threat-actor" | "campaign") {
        return None;
    }
    let creator = id_in(&json["created_by_ref"])?;
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
    let statements: [(_, Term); 10] = [
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
    ];
    for (property, object) in statements {
        making.say_of(&iri, path, property, object);
    }
    taken_from(making, &iri, json);
}
