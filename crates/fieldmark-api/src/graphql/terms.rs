//! Reading a record's properties as GraphQL values.

use super::choices::Choice;
use super::fault::Fault;
use super::load::Loader;
use async_graphql::Value;
use async_graphql::dynamic::FieldValue;
use fieldmark_model::{Quotation, RecordId};
use fieldmark_rdf::ontology::local;
use fieldmark_rdf::vocab::properties::FM_VERBATIM;
use fieldmark_store::read::Node;
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term};

/// A text with its language: the parent of type `Text`.
pub(super) struct Words {
    /// The words, to the letter.
    pub(super) text: String,
    /// BCP 47 tag; empty when the text has none.
    pub(super) lang: String,
    /// Whose they are.
    of: RecordId,
    /// What states them: the record or a part of it, and as what.
    stated: (String, NamedNode),
}

impl Words {
    /// The marking they stand under.
    pub(super) async fn marking(&self, loader: &Loader) -> Result<Option<String>, Fault> {
        let literal = if self.lang.is_empty() {
            Literal::new_simple_literal(&self.text)
        } else {
            Literal::new_language_tagged_literal_unchecked(&self.text, &self.lang)
        };
        let (subject, property) = &self.stated;
        let marked = loader.marked(&self.of).await?;
        Ok(marked
            .of(subject, property.as_ref(), &literal.into())
            .name())
    }
}

/// Words of a source with their place: the parent of type `Quotation`.
pub(super) struct Quoted {
    /// The words.
    pub(super) words: Words,
    /// The document they stand in, where it is said of these words.
    pub(super) source: Option<RecordId>,
    /// The place there.
    pub(super) locator: Option<String>,
}

impl Quoted {
    /// What a record quotes.
    pub(super) fn new(of: &RecordId, quotation: &Quotation) -> Self {
        let part = quotation.part.clone();
        Self {
            words: Words {
                text: quotation.text.clone(),
                lang: quotation.lang.clone(),
                of: of.clone(),
                stated: (part.unwrap_or_else(|| of.iri()), FM_VERBATIM.into_owned()),
            },
            source: quotation.source.clone(),
            locator: quotation.locator.clone(),
        }
    }
}

/// A term of the ontology: the parent of type `Concept`.
pub(super) struct Concept {
    /// Its IRI.
    pub(super) iri: String,
}

impl Concept {
    /// The last part of the IRI.
    pub(super) fn name(&self) -> &str {
        local(&self.iri)
    }
}

/// The values of a property.
pub(super) fn values<'n>(node: &'n Node, property: NamedNodeRef<'_>) -> &'n [Term] {
    node.properties
        .iter()
        .find(|(predicate, _)| predicate.as_ref() == property)
        .map_or(&[], |(_, values)| values)
}

fn literals<'n>(
    node: &'n Node,
    property: NamedNodeRef<'_>,
) -> impl Iterator<Item = &'n Literal> + use<'n> {
    values(node, property).iter().filter_map(|term| match term {
        Term::Literal(literal) => Some(literal),
        _ => None,
    })
}

/// The IRIs among a property's values.
pub(super) fn iris<'n>(
    node: &'n Node,
    property: NamedNodeRef<'_>,
) -> impl Iterator<Item = &'n str> + use<'n> {
    values(node, property).iter().filter_map(|term| match term {
        Term::NamedNode(iri) => Some(iri.as_str()),
        _ => None,
    })
}

/// The records among a property's values.
pub(super) fn records(node: &Node, property: NamedNodeRef<'_>) -> Vec<RecordId> {
    iris(node, property)
        .filter_map(RecordId::from_iri)
        .collect()
}

/// The terms of the ontology among a property's values.
pub(super) fn concepts(node: &Node, property: NamedNodeRef<'_>) -> Vec<Concept> {
    iris(node, property)
        .filter(|iri| RecordId::owner_of(iri).is_none())
        .map(|iri| Concept {
            iri: iri.to_owned(),
        })
        .collect()
}

/// The first literal, as written.
pub(super) fn word<'n>(node: &'n Node, property: NamedNodeRef<'_>) -> Option<&'n str> {
    literals(node, property).map(Literal::value).next()
}

/// A text in `lang`; failing that in English; failing that in any language. A regional variant
/// (`zh-Hans`) serves its language.
pub(super) fn text<'n>(node: &'n Node, property: NamedNodeRef<'_>, lang: &str) -> Option<&'n str> {
    let in_language = |wanted: &str| {
        literals(node, property).find(|literal| {
            let tag = literal.language().unwrap_or_default();
            tag == wanted
                || tag
                    .strip_prefix(wanted)
                    .is_some_and(|rest| rest.starts_with('-'))
        })
    };
    in_language(lang)
        .or_else(|| in_language("en"))
        .or_else(|| literals(node, property).next())
        .map(Literal::value)
}

/// Every language's text.
pub(super) fn texts(node: &Node, property: NamedNodeRef<'_>) -> Vec<Words> {
    literals(node, property)
        .map(|literal| Words {
            text: literal.value().to_owned(),
            lang: literal.language().unwrap_or_default().to_owned(),
            of: node.id.clone(),
            stated: (node.id.iri(), property.into_owned()),
        })
        .collect()
}

/// Plain strings.
pub(super) fn words(node: &Node, property: NamedNodeRef<'_>) -> Value {
    Value::List(
        literals(node, property)
            .map(|literal| Value::from(literal.value()))
            .collect(),
    )
}

/// A decimal.
pub(super) fn number(node: &Node, property: NamedNodeRef<'_>) -> Option<Value> {
    word(node, property)?.parse::<f64>().ok().map(Value::from)
}

/// A whole number.
pub(super) fn whole(node: &Node, property: NamedNodeRef<'_>) -> Option<Value> {
    word(node, property)?.parse::<i64>().ok().map(Value::from)
}

/// Whether a boolean property is stated true.
pub(super) fn flag(node: &Node, property: NamedNodeRef<'_>) -> bool {
    matches!(word(node, property), Some("true" | "1"))
}

/// An IRI or a web address, which data writes as a node or as `xsd:anyURI`.
pub(super) fn url<'n>(node: &'n Node, property: NamedNodeRef<'_>) -> Option<&'n str> {
    iris(node, property).next().or_else(|| word(node, property))
}

/// A term of a closed list.
pub(super) fn choice(node: &Node, property: NamedNodeRef<'_>, list: &Choice) -> Option<Value> {
    iris(node, property).find_map(|iri| list.value(iri))
}

/// A list of owned parents.
pub(super) fn parents<T: Send + Sync + 'static>(
    values: impl IntoIterator<Item = T>,
) -> FieldValue<'static> {
    FieldValue::list(values.into_iter().map(FieldValue::owned_any))
}
