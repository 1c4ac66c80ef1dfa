//! From what somebody fills in to statements: each value is read as the property's shape wants it, and
//! what cannot be read so names what was probably meant.

use super::slip::{folded, nearest, none_of};
use crate::answer::names::find;
use crate::problem::Problem;
use fieldmark_model::Edtf;
use fieldmark_rdf::ontology::{bands, label, local, scales, tagged};
use fieldmark_rdf::vocab::{FM, classes, properties, values};
use fieldmark_store::View;
use fieldmark_store::shapes::{Holds, Shapes, Slot};
use oxrdf::{BlankNode, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use serde_json::{Map, Value};

/// What values are read by.
pub(super) struct Reading<'a> {
    /// Where names are looked up: what its reader does not see, is not there.
    pub view: &'a View,
    /// The language of words that say none.
    pub lang: &'a str,
    /// The scales that bands are of where what is filled in names none: the stated and the assumed.
    pub scales: [Option<String>; 2],
}

/// What is wrong with one value.
#[derive(Debug)]
pub(super) struct Amiss {
    /// The property's name, as it was filled in.
    pub name: String,
    /// What is wrong, and what to write.
    pub why: String,
}

/// A property with its new values, and the statements of parts that they lead to.
pub(super) struct Filled {
    pub property: NamedNode,
    pub values: Vec<Term>,
    pub parts: Vec<Triple>,
}

/// The datatype of dates that keep their precision.
const EDTF: &str = "http://id.loc.gov/datatypes/edtf/EDTF";

/// Reads each key of a form. A null stands for no value.
pub(super) fn fill(
    form: &[Slot],
    said: &Map<String, Value>,
    reading: &Reading<'_>,
) -> Result<Vec<Filled>, Vec<Amiss>> {
    let mut filled = Vec::new();
    let mut amiss = Vec::new();
    for (name, value) in said {
        match slot(form, name).and_then(|slot| one(&slot, value, said, reading)) {
            Ok(one) => filled.push(one),
            Err(why) => amiss.push(Amiss {
                name: name.clone(),
                why,
            }),
        }
    }
    match amiss.is_empty() {
        true => Ok(filled),
        false => Err(amiss),
    }
}

fn slot(form: &[Slot], name: &str) -> Result<Slot, String> {
    if let Some(slot) = form.iter().find(|slot| slot.name == name) {
        return Ok(slot.clone());
    }
    let names = form.iter().map(|slot| (&slot.name, &slot.name));
    Err(match nearest(name, names) {
        Some(near) => format!("nothing of that name is filled in here; is \"{near}\" meant?"),
        None => {
            let names: Vec<&str> = form.iter().map(|slot| slot.name.as_str()).collect();
            format!(
                "nothing of that name is filled in here; there is {}",
                names.join(", ")
            )
        }
    })
}

fn one(
    slot: &Slot,
    value: &Value,
    said: &Map<String, Value>,
    reading: &Reading<'_>,
) -> Result<Filled, String> {
    let mut filled = Filled {
        property: slot.property.clone(),
        values: Vec::new(),
        parts: Vec::new(),
    };
    if slot.property.as_ref() == properties::FM_QUOTATION {
        for (at, quotation) in listed(value).into_iter().enumerate() {
            let (node, parts) = quoted(quotation, at + 1, reading)?;
            filled.values.push(node.into());
            filled.parts.extend(parts);
        }
        return Ok(filled);
    }
    if slot.holds == Holds::Words {
        filled.values = words(value, reading.lang)?;
        return Ok(filled);
    }
    for value in listed(value) {
        let term = match (&slot.holds, value) {
            (Holds::Literal(datatype), value) => literal(datatype, value)?,
            (_, Value::String(text)) => term(slot, text.trim(), said, reading)?,
            (_, other) => return Err(format!("a text is wanted here, not {other}")),
        };
        filled.values.push(term);
    }
    Ok(filled)
}

fn listed(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().collect(),
        one => vec![one],
    }
}

/// A quotation as a part of its record: words, the place they have among the others, where they stand.
fn quoted(
    said: &Value,
    position: usize,
    reading: &Reading<'_>,
) -> Result<(BlankNode, Vec<Triple>), String> {
    let Value::Object(said) = said else {
        return Err("a quotation is an object: {\"verbatim\": …, \"locator\": …}".to_owned());
    };
    let form = Shapes::embedded().form(&[classes::FM_QUOTATION]);
    let mut said = said.clone();
    said.entry("position").or_insert_with(|| position.into());
    let filled = fill(&form, &said, reading).map_err(|amiss| {
        let amiss = amiss.into_iter();
        let amiss: Vec<String> = amiss
            .map(|one| format!("{}: {}", one.name, one.why))
            .collect();
        amiss.join("; ")
    })?;
    let node = BlankNode::default();
    let subject = NamedOrBlankNode::BlankNode(node.clone());
    let mut parts = vec![Triple::new(
        subject.clone(),
        properties::RDF_TYPE.into_owned(),
        classes::FM_QUOTATION.into_owned(),
    )];
    for one in filled {
        let values = one.values.into_iter();
        parts.extend(values.map(|value| Triple::new(subject.clone(), one.property.clone(), value)));
    }
    Ok((node, parts))
}

/// Words: a text in the usual language, or texts by language.
fn words(value: &Value, lang: &str) -> Result<Vec<Term>, String> {
    let say = |text: &str, lang: &str| {
        Literal::new_language_tagged_literal(text, lang)
            .map(Term::from)
            .map_err(|_| format!("\"{lang}\" is no language tag: en, fr, zh-Hans"))
    };
    let mut said = Vec::new();
    for value in listed(value) {
        match value {
            Value::String(text) => said.push(say(text, lang)?),
            Value::Object(by_language) => {
                for (lang, texts) in by_language {
                    for text in listed(texts) {
                        let text = text.as_str().ok_or("words are texts by language")?;
                        said.push(say(text, lang)?);
                    }
                }
            }
            other => {
                return Err(format!(
                    "words are wanted: a text, or texts by language such as {{\"en\": …}}, not {other}"
                ));
            }
        }
    }
    Ok(said)
}

fn literal(datatype: &NamedNode, value: &Value) -> Result<Term, String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        other => return Err(format!("one value is wanted here, not {other}")),
    };
    Ok(Literal::new_typed_literal(text, datatype.clone()).into())
}

fn term(
    slot: &Slot,
    text: &str,
    said: &Map<String, Value>,
    reading: &Reading<'_>,
) -> Result<Term, String> {
    let record = |text: &str| {
        let found = find(reading.view, text);
        found.map(|id| Term::from(NamedNode::new_unchecked(id.iri())))
    };
    match &slot.holds {
        Holds::OneOf(terms) => named(text, terms.iter().map(|term| term.as_str())).map(Term::from),
        Holds::Record { or_term } => record(text)
            .or_else(|problem| match or_term {
                true => own(text).map(Term::from).ok_or(problem),
                false => Err(problem),
            })
            .map_err(|problem| not_found(text, &problem)),
        Holds::Scale(_) => scale(slot.property.as_ref(), text, said, reading).map(Term::from),
        Holds::Date => match Edtf::parse(text) {
            Ok(_) => {
                let edtf = NamedNode::new_unchecked(EDTF);
                Ok(Literal::new_typed_literal(text, edtf).into())
            }
            Err(error) => Err(error.to_string()),
        },
        Holds::Iri => NamedNode::new(text)
            .map(Term::from)
            .map_err(|_| format!("\"{text}\" is no IRI")),
        Holds::Words | Holds::Literal(_) => unreachable!("they are read before"),
    }
}

fn not_found(text: &str, problem: &Problem) -> String {
    let text: String = text.chars().take(120).collect();
    format!("\"{text}\": {}", problem.detail())
}

/// A term of the ontology by its own name.
fn own(text: &str) -> Option<NamedNode> {
    let iri = match text.starts_with(FM) {
        true => text.to_owned(),
        false => format!("{FM}{text}"),
    };
    fieldmark_rdf::ontology::is_in_every_view(&iri).then(|| NamedNode::new_unchecked(iri))
}

/// A scale, or a band of the scale that is named beside it.
fn scale(
    property: NamedNodeRef<'_>,
    text: &str,
    said: &Map<String, Value>,
    reading: &Reading<'_>,
) -> Result<NamedNode, String> {
    let of = match property {
        properties::FM_BAND => ("scale", &reading.scales[0]),
        properties::FM_ASSUMED_BAND => ("assumedScale", &reading.scales[1]),
        _ => {
            let unstated = values::FM_UNSTATED.as_str().to_owned();
            let known: Vec<String> = scales().into_iter().chain([unstated]).collect();
            return named(text, known.iter().map(String::as_str));
        }
    };
    let unstated = |name: &&str| local(name) != local(values::FM_UNSTATED.as_str());
    let scale = match said.get(of.0).and_then(Value::as_str).filter(unstated) {
        Some(name) => {
            let known = scales();
            Some(named(name, known.iter().map(String::as_str))?.into_string())
        }
        None => of.1.clone().filter(|iri| unstated(&iri.as_str())),
    };
    let Some(scale) = scale else {
        return Err(format!(
            "a band is of a scale: name it as {}. Where the assessor stated none, your own reading of their words goes in assumedScale and assumedBand",
            of.0
        ));
    };
    let bands = bands(&scale);
    // A tag of a MISP taxonomy says which step of which scale it means.
    if let Some(tagged) = tagged(text).filter(|tagged| tagged.scale == scale) {
        return Ok(NamedNode::new_unchecked(tagged.band));
    }
    named(text, bands.iter().map(String::as_str))
}

/// The one of some terms that a text names, by its IRI, its own name or its name in either language.
fn named<'t>(
    text: &str,
    terms: impl Iterator<Item = &'t str> + Clone,
) -> Result<NamedNode, String> {
    let names = |iri: &str| {
        let labels = ["en", "fr"].map(|lang| label(iri, lang));
        let labels = labels.into_iter().flatten();
        [local(iri).to_owned()].into_iter().chain(labels)
    };
    let text_folded = folded(text);
    let found = terms
        .clone()
        .find(|iri| *iri == text || names(iri).any(|name| folded(&name) == text_folded));
    if let Some(found) = found {
        return Ok(NamedNode::new_unchecked(found));
    }
    let all: Vec<&str> = terms.clone().map(local).collect();
    let near = terms.flat_map(|iri| names(iri).map(|name| (local(iri), folded(&name))));
    Err(none_of(text, &all, nearest(&text_folded, near)))
}
