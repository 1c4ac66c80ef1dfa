//! Fieldmark's property extension: a record's statements, whole, beside what STIX can say of it.
//!
//! `docs/stix-extension.schema.json` is its schema. A reader who does not know it has the STIX
//! object; Fieldmark reads the record back from it as it was.

use crate::statements::Statements;
use fieldmark_model::id::ID_BASE;
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::vocab::{DCTERMS, EDTF, FM, OWL, PROV, RDF, RDFS, SKOS, SKOSXL, STIX, XSD};
use oxrdf::{Literal, NamedNode, Term};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The id under which objects carry it, and that of its definition.
pub const ID: &str = "extension-definition--f6a1f0a8-2d4c-5c58-9a0e-3b7f6f0f5d21";
/// Who made the definition: the project.
pub const AUTHOR: &str = "identity--2f6f9a53-3c1f-5b38-8f0c-6a4f2f8f7e10";
/// When the definition was made.
const MADE: &str = "2026-11-26T00:00:00.000Z";

const PREFIXES: [(&str, &str); 11] = [
    ("dcterms", DCTERMS),
    ("edtf", EDTF),
    ("fm", FM),
    ("owl", OWL),
    ("prov", PROV),
    ("rdf", RDF),
    ("rdfs", RDFS),
    ("skos", SKOS),
    ("skosxl", SKOSXL),
    ("stix", STIX),
    ("xsd", XSD),
];

/// The objects that a bundle with extensions needs: the definition, and who made it.
pub fn definition() -> [Value; 2] {
    let clear = [Tlp::Clear.marking_id()];
    [
        json!({
            "type": "identity", "spec_version": "2.1", "id": AUTHOR,
            "created": MADE, "modified": MADE,
            "name": "Fieldmark", "identity_class": "system", "object_marking_refs": clear,
        }),
        json!({
            "type": "extension-definition", "spec_version": "2.1", "id": ID,
            "created_by_ref": AUTHOR, "created": MADE, "modified": MADE,
            "name": "Fieldmark record",
            "description": "The statements of a record of Fieldmark, whole, in RDF's terms.",
            "schema": "https://w3id.org/fieldmark/stix-extension.schema.json",
            "version": "1.0.0",
            "extension_types": ["property-extension"], "object_marking_refs": clear,
        }),
    ]
}

/// Whether an object is one of [`definition`].
pub fn is_its_own(id: &RecordId) -> bool {
    [ID, AUTHOR].contains(&id.as_str())
}

/// A record's statements as the extension carries them.
pub(crate) fn write(id: &RecordId, said: &Statements) -> Value {
    let of = |properties: &BTreeMap<String, Vec<Term>>| -> Map<String, Value> {
        properties
            .iter()
            .map(|(property, values)| (short(property), values.iter().map(term).collect()))
            .collect()
    };
    let mut out = Map::new();
    out.insert("extension_type".into(), "property-extension".into());
    out.insert("record".into(), id.as_str().into());
    out.insert("statements".into(), of(said.own()).into());
    if !said.parts().is_empty() {
        let parts: Map<String, Value> = said
            .parts()
            .iter()
            .map(|(name, properties)| (name.clone(), of(properties).into()))
            .collect();
        out.insert("parts".into(), parts.into());
    }
    out.into()
}

/// A record and its statements, each as subject, property and value.
pub(crate) type Carried = (RecordId, Vec<(String, NamedNode, Term)>);

/// The record that an object carries, with its statements as subject, property and value.
///
/// # Errors
/// A sentence with the JSON path of what is no part of the extension.
pub(crate) fn read(json: &Value) -> Result<Option<Carried>, String> {
    let carried = &json["extensions"][ID];
    let Some(carried) = carried.as_object() else {
        return Ok(None);
    };
    let at = format!("$.extensions.{ID}");
    let id = carried
        .get("record")
        .and_then(Value::as_str)
        .ok_or_else(|| format!("{at}.record: the record's id is wanted"))?;
    let id = RecordId::parse(id).map_err(|error| format!("{at}.record: {error}"))?;
    let mut out = Vec::new();
    let mut take = |subject: &str, fields: &Value, at: &str| -> Result<(), String> {
        let fields = fields
            .as_object()
            .ok_or_else(|| format!("{at}: an object of properties is wanted"))?;
        for (property, values) in fields {
            let at = format!("{at}.{property}");
            let property = long(property).ok_or_else(|| format!("{at}: no such term"))?;
            let values = values
                .as_array()
                .ok_or_else(|| format!("{at}: a list of values is wanted"))?;
            for (index, value) in values.iter().enumerate() {
                let value = of_json(value).ok_or_else(|| {
                    format!("{at}[{index}]: a value with id, iri, or value is wanted")
                })?;
                out.push((
                    subject.to_owned(),
                    NamedNode::new_unchecked(&property),
                    value,
                ));
            }
        }
        Ok(())
    };
    let own = carried.get("statements").unwrap_or(&Value::Null);
    take(&id.iri(), own, &format!("{at}.statements"))?;
    for (name, fields) in carried
        .get("parts")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let at = format!("{at}.parts.{name}");
        let is_name = name.starts_with('#')
            && name.len() > 1
            && NamedNode::new(format!("{}{name}", id.iri())).is_ok();
        if !is_name {
            return Err(format!(
                "{at}: a part is named by the end of its IRI, such as #c14n0"
            ));
        }
        take(&format!("{}{name}", id.iri()), fields, &at)?;
    }
    Ok(Some((id, out)))
}

fn short(iri: &str) -> String {
    let known = PREFIXES
        .iter()
        .find_map(|(prefix, space)| Some(format!("{prefix}:{}", iri.strip_prefix(space)?)));
    known.unwrap_or_else(|| iri.to_owned())
}

fn long(text: &str) -> Option<String> {
    let known = text.split_once(':').and_then(|(prefix, name)| {
        let (_, space) = PREFIXES.iter().find(|(known, _)| *known == prefix)?;
        Some(format!("{space}{name}"))
    });
    let iri = known.unwrap_or_else(|| text.to_owned());
    NamedNode::new(&iri).ok().map(NamedNode::into_string)
}

fn term(term: &Term) -> Value {
    match term {
        Term::NamedNode(node) => match node.as_str().strip_prefix(ID_BASE) {
            Some(local) => json!({ "id": local }),
            None => json!({ "iri": short(node.as_str()) }),
        },
        Term::Literal(literal) => match literal.language() {
            Some(lang) => json!({ "value": literal.value(), "lang": lang }),
            None if literal.datatype() == oxrdf::vocab::xsd::STRING => {
                json!({ "value": literal.value() })
            }
            None => {
                json!({ "value": literal.value(), "type": short(literal.datatype().as_str()) })
            }
        },
        // A view holds neither.
        Term::BlankNode(_) | Term::Triple(_) => Value::Null,
    }
}

fn of_json(value: &Value) -> Option<Term> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    if let Some(local) = text("id") {
        return Some(NamedNode::new(format!("{ID_BASE}{local}")).ok()?.into());
    }
    if let Some(iri) = text("iri") {
        return Some(NamedNode::new_unchecked(long(iri)?).into());
    }
    let words = text("value")?;
    Some(match (text("lang"), text("type")) {
        (Some(lang), _) => Literal::new_language_tagged_literal(words, lang)
            .ok()?
            .into(),
        (None, Some(datatype)) => {
            Literal::new_typed_literal(words, NamedNode::new_unchecked(long(datatype)?)).into()
        }
        (None, None) => Literal::new_simple_literal(words).into(),
    })
}
