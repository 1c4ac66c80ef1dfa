//! One record: its properties and parts, its relationships, the claims that speak of it.

use super::claim::{ClaimRow, Words, mentioned};
use super::lang::Lang;
use super::names::{Labels, Named, compact};
use super::titles::Titles;
use super::words::called;
use crate::problem::Problem;
use fieldmark_model::{Noun, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::{Direction, Marked, Node};
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A name in both languages.
#[derive(Serialize, ToSchema)]
pub struct Both {
    /// English, or the nearest there is.
    pub en: String,
    /// French, or the nearest there is.
    pub fr: String,
}

/// One value of a property.
#[derive(Serialize, ToSchema)]
pub struct Value {
    /// The words, or the IRI.
    pub value: String,
    /// The language of words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Whether the value is an IRI.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub iri: bool,
    /// The name of what the IRI names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Under which marking this is stated, such as `TLP:AMBER`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<String>,
}

/// One property.
#[derive(Serialize, ToSchema)]
pub struct Property {
    /// Its short name, such as `fm:verbatim`.
    pub name: String,
    /// Its IRI.
    pub iri: String,
    /// Its values.
    pub values: Vec<Value>,
}

/// One relationship.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The relationship's id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// What that is called, in the language asked for.
    pub kind_label: String,
    /// Its source.
    pub from: Named,
    /// Its target.
    pub to: Named,
    /// The document it stands in.
    pub source: Option<Named>,
    /// The place there.
    pub locator: Option<String>,
    /// The words quoted from there, one by one.
    pub verbatim: Vec<Words>,
    /// The strictest marking of what is shown of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<String>,
}

/// A part of a record, with a name of its own within it.
#[derive(Serialize, ToSchema)]
pub struct Part {
    /// Its IRI: the record's, `#` and its name.
    pub iri: String,
    /// Its properties, by IRI.
    pub properties: Vec<Property>,
}

/// How much there is, whatever is left out for length.
#[derive(Serialize, ToSchema)]
pub struct Counts {
    /// The relationships it stands in.
    pub relationships: usize,
    /// The claims that speak of it.
    pub claims: usize,
}

/// One record, as the caller may see it.
#[derive(Serialize, ToSchema)]
pub struct Record {
    /// Its STIX id.
    pub id: String,
    /// Its IRI.
    pub iri: String,
    /// What it is.
    pub noun: &'static str,
    /// Its name.
    pub label: Both,
    /// The strictest marking of what is shown of it, such as `TLP:AMBER`.
    pub marking: Option<String>,
    /// The strictest marking of all that this answer shows.
    #[serde(rename = "shownMarking")]
    pub shown_marking: Option<String>,
    /// Its properties, by IRI; at most 500 values of each.
    pub properties: Vec<Property>,
    /// Its parts, by IRI; at most 500.
    pub children: Vec<Part>,
    /// How many relationships and claims there are.
    pub counts: Counts,
    /// The relationships it stands in; at most 500.
    pub relationships: Vec<Link>,
    /// The claims that speak of it, by date; at most 500.
    pub claims: Vec<ClaimRow>,
    /// What was left out for length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// The most of anything in one answer.
const MOST: usize = 500;

/// Cuts a list, and notes what was cut.
pub(crate) fn shorten<T>(
    list: &mut Vec<T>,
    (en, fr): (&str, &str),
    lang: Lang,
    cut: &mut Vec<String>,
) -> usize {
    let total = list.len();
    if total > MOST {
        list.truncate(MOST);
        cut.push(match lang.tag {
            "fr" => format!("{MOST} {fr} sur {total}"),
            _ => format!("{MOST} of {total} {en}"),
        });
    }
    total
}

/// A record with its relationships and claims, names read in one go.
pub(crate) fn describe(view: &View, id: &RecordId, lang: Lang) -> Result<Record, Problem> {
    let node = view.node(id)?;
    let one = std::slice::from_ref(id);
    let mut edges = view
        .edges(one, Direction::Out, &[], None)?
        .pop()
        .unwrap_or_default();
    // A relationship of a record with itself stands at both ends.
    let incoming = view
        .edges(one, Direction::In, &[], None)?
        .pop()
        .unwrap_or_default();
    edges.extend(incoming.into_iter().filter(|edge| edge.from != edge.to));
    let mut claims = view.claims_of(one)?.pop().unwrap_or_default();
    let mut children = parts(view, id)?;
    let mut stated = node.properties.clone();
    let mut cut = Vec::new();
    let counts = Counts {
        relationships: shorten(&mut edges, ("relationships", "relations"), lang, &mut cut),
        claims: shorten(&mut claims, ("claims", "affirmations"), lang, &mut cut),
    };
    shorten(&mut children, ("parts", "parties"), lang, &mut cut);
    for (predicate, values) in stated
        .iter_mut()
        .chain(children.iter_mut().flat_map(|(_, part)| part))
    {
        let property = compact(predicate.as_str());
        let (en, fr) = (
            format!("values of {property}"),
            format!("valeurs de {property}"),
        );
        shorten(values, (&en, &fr), lang, &mut cut);
    }
    let mut ids: Vec<RecordId> = claims.iter().flat_map(mentioned).collect();
    for edge in &edges {
        ids.extend([edge.from.clone(), edge.to.clone()]);
        ids.extend(edge.source.clone());
    }
    let labels = Labels::read(view, lang, &ids)?;
    let parts = children.iter().flat_map(|(_, part)| part);
    let referred: Vec<RecordId> = stated.iter().chain(parts).flat_map(referred).collect();
    let titles = Titles::read(view, lang, &referred)?;
    let near: Vec<RecordId> = edges.iter().map(|edge| edge.relationship.clone()).collect();
    let quoted = view.quotations(&near)?;
    let markings = view.markings(near.into_iter().chain([id.clone()]))?;
    let marked = markings.get(id).cloned().unwrap_or_default();
    let mut shown = labels.marking(claims.iter().map(|claim| &claim.id));
    shown.and(&markings.together());
    Ok(Record {
        marking: marked.all().name(),
        shown_marking: shown.name(),
        id: node.id.to_string(),
        iri: node.id.iri(),
        noun: node.noun.name(),
        label: Both {
            en: titled(view, &node, "en")?,
            fr: titled(view, &node, "fr")?,
        },
        properties: properties(&node.id.iri(), &stated, &titles, &marked),
        children: children
            .iter()
            .map(|(iri, part)| Part {
                iri: iri.clone(),
                properties: properties(iri, part, &titles, &marked),
            })
            .collect(),
        counts,
        relationships: edges
            .iter()
            .map(|edge| Link {
                id: edge.relationship.to_string(),
                kind: edge.kind.clone(),
                kind_label: called(&edge.kind, lang.tag),
                from: labels.named(&edge.from),
                to: labels.named(&edge.to),
                source: edge.source.as_ref().map(|id| labels.named(id)),
                locator: edge.locator.clone(),
                verbatim: labels.words(
                    &edge.relationship,
                    quoted.of(&edge.relationship),
                    markings.get(&edge.relationship),
                ),
                marking: markings.name(&edge.relationship),
            })
            .collect(),
        claims: claims.iter().map(|claim| labels.claim(claim)).collect(),
        cut: (!cut.is_empty()).then(|| {
            let cut = cut.join(", ");
            match lang.tag {
                "fr" => format!("sont données {cut} ; /graphql donne tout, page par page"),
                _ => format!("given are {cut}; /graphql pages through all of them"),
            }
        }),
    })
}

/// What a record is called in a language; a claim or a relationship by what it says.
fn titled(view: &View, node: &Node, tag: &'static str) -> Result<String, Problem> {
    if !matches!(node.noun, Noun::Claim | Noun::Relationship) {
        return Ok(node.label(tag));
    }
    let titles = Titles::read(view, Lang { tag, asked: false }, [&node.id])?;
    Ok(titles.named(&node.id).label)
}

type Stated = (NamedNode, Vec<Term>);

/// The parts of a record by IRI, each with its properties.
fn parts(view: &View, id: &RecordId) -> Result<Vec<(String, Vec<Stated>)>, Problem> {
    let mut parts: BTreeMap<String, BTreeMap<NamedNode, Vec<Term>>> = BTreeMap::new();
    for triple in view.children(id)? {
        let NamedOrBlankNode::NamedNode(subject) = triple.subject else {
            continue;
        };
        let part = parts.entry(subject.into_string()).or_default();
        part.entry(triple.predicate)
            .or_default()
            .push(triple.object);
    }
    Ok(parts
        .into_iter()
        .map(|(iri, part)| (iri, part.into_iter().collect()))
        .collect())
}

fn referred((_, values): &Stated) -> impl Iterator<Item = RecordId> {
    values.iter().filter_map(|term| match term {
        Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
        _ => None,
    })
}

fn properties(subject: &str, stated: &[Stated], titles: &Titles, marked: &Marked) -> Vec<Property> {
    stated
        .iter()
        .map(|(predicate, values)| Property {
            name: compact(predicate.as_str()),
            iri: predicate.as_str().to_owned(),
            values: values
                .iter()
                .map(|term| {
                    let marking = marked.of(subject, predicate.as_ref(), term).name();
                    value(subject, term, titles, marking)
                })
                .collect(),
        })
        .collect()
}

/// A part of the same record is named by its fragment.
fn value(subject: &str, term: &Term, titles: &Titles, marking: Option<String>) -> Value {
    let record = subject.split('#').next().unwrap_or(subject);
    let part = |iri: &str| {
        let fragment = iri.strip_prefix(record)?;
        fragment.starts_with('#').then(|| fragment.to_owned())
    };
    match term {
        Term::Literal(literal) => Value {
            value: literal.value().to_owned(),
            lang: literal.language().map(str::to_owned),
            iri: false,
            label: None,
            marking,
        },
        Term::NamedNode(node) => Value {
            value: node.as_str().to_owned(),
            lang: None,
            iri: true,
            label: part(node.as_str()).or_else(|| {
                Some(titles.object(node.as_str()).label).filter(|l| l != node.as_str())
            }),
            marking,
        },
        other => Value {
            value: other.to_string(),
            lang: None,
            iri: false,
            label: None,
            marking,
        },
    }
}
