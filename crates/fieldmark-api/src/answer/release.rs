//! What another audience would see of what one sees: record by record, statement by statement.

use super::lang::Lang;
use super::names::{Labels, Named, compact};
use super::titles::Titles;
use crate::problem::Problem;
use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::ontology;
use fieldmark_store::View;
use fieldmark_store::gate::Steward;
use fieldmark_store::read::{Cursor, Filter, Marking, Order, Resolved, Why, levels};
use oxrdf::{NamedOrBlankNode, Term, Triple};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap, HashSet};
use utoipa::ToSchema;

/// How much of a record they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// All that you see.
    Whole,
    /// Some of it, or something in its place.
    Part,
    /// Nothing.
    Hidden,
}

/// Why they do not see something.
#[derive(Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// What it is marked with, which is more than they may see.
    Marked(String),
    /// It speaks of these, which they do not see.
    Names(Vec<Named>),
}

/// A statement about a record.
#[derive(Serialize, ToSchema)]
pub struct Statement {
    /// The property.
    pub property: String,
    /// The value.
    pub value: String,
    /// Why they do not see it, where its record says so; a direct edge is hidden with its relationship.
    pub rule: Option<Rule>,
}

/// One record that you see, and what they see of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewRow {
    /// The record, by the name you know.
    pub record: Named,
    /// The strictest marking of what you see of it.
    pub marking: Option<String>,
    /// How many statements you see.
    pub mine: usize,
    /// How many of those they see.
    pub theirs: usize,
    /// How much they see.
    pub fate: Fate,
    /// Why they see nothing of it, where they do not.
    pub rule: Option<Rule>,
    /// What they do not see of it.
    pub gone: Vec<Statement>,
    /// What they see in its place, such as a pseudonym.
    pub instead: Vec<Statement>,
}

/// How many records of a noun you see, and they.
pub(crate) struct NounRow {
    /// The noun.
    pub noun: Noun,
    /// How many you see.
    pub mine: u64,
    /// How many they see.
    pub theirs: u64,
}

/// The records of one noun, a page of them.
pub(crate) struct Preview {
    /// Every noun that you see.
    pub nouns: Vec<NounRow>,
    /// The records.
    pub rows: Vec<PreviewRow>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// By which ways a hidden record of this page was asked for in their view, and how often it was
    /// found: never, or something is wrong.
    pub asked: Vec<(&'static str, usize)>,
    /// How many records of this page are hidden from them.
    pub hidden: usize,
    /// Where words that they see name something that they do not: the record, and the name.
    pub named: Vec<(Named, String)>,
    /// The marking of all of it.
    pub marking: Marking,
}

/// How many records on a page.
const FIRST: usize = 100;
/// Names shorter than this stand in too many words to mean anything.
const SHORTEST: usize = 5;

/// Compares what two audiences see of the records of a noun.
pub(crate) fn preview(
    (steward, mine): (&Steward, &View),
    theirs: &View,
    lang: Lang,
    noun: Noun,
    after: Option<&Cursor>,
) -> Result<Preview, Problem> {
    let (seen, shown) = (mine.nouns()?, theirs.nouns()?);
    let nouns = seen.into_iter().map(|(noun, mine)| NounRow {
        noun,
        mine,
        theirs: shown.get(&noun).copied().unwrap_or_default(),
    });
    let nouns = nouns.collect();
    let filter = Filter {
        noun: Some(noun),
        ..Filter::default()
    };
    let page = mine.list(&filter, Order::Label, false, FIRST, after, false)?;
    let next = page.next().map(|cursor| cursor.0.clone());
    let ids: Vec<RecordId> = page.items.into_iter().map(|listed| listed.id).collect();
    let all: BTreeSet<RecordId> = ids.iter().cloned().collect();
    let (ours, others) = (by_owner(mine, &all)?, by_owner(theirs, &all)?);
    let titles = Titles::read(mine, lang, &ids)?;
    let markings = mine.markings(ids.iter().cloned())?;
    let withheld = theirs.withheld(steward, &ids)?;
    let hidden = withheld
        .values()
        .flat_map(|one| one.whole.iter().chain(one.statements.values()));
    let hidden = hidden.filter_map(|why| match why {
        Why::Names(ids) => Some(ids),
        Why::Marked(_) => None,
    });
    let hidden = Labels::read(mine, lang, hidden.flatten())?;
    let rule = |why: &Why| match why {
        Why::Marked(under) => Rule::Marked(levels(&under.iter().cloned().collect::<Vec<_>>())),
        Why::Names(ids) => Rule::Names(ids.iter().map(|id| hidden.named(id)).collect()),
    };
    let none = HashSet::new();
    let mut rows = Vec::new();
    for id in &ids {
        let (seen, shown) = (
            ours.get(id).unwrap_or(&none),
            others.get(id).unwrap_or(&none),
        );
        let why = withheld.get(id);
        let hides = |statement: &Triple| why?.statements.get(statement).map(rule);
        let gone = told(mine, seen.difference(shown), hides, lang)?;
        let instead = told(theirs, shown.difference(seen), |_| None, lang)?;
        rows.push(PreviewRow {
            record: titles.named(id),
            marking: markings.name(id),
            mine: seen.len(),
            theirs: seen.len() - gone.len(),
            fate: match (shown.is_empty(), gone.is_empty() && instead.is_empty()) {
                (true, _) => Fate::Hidden,
                (false, true) => Fate::Whole,
                (false, false) => Fate::Part,
            },
            rule: why.and_then(|why| why.whole.as_ref()).map(rule),
            gone,
            instead,
        });
    }
    let hidden: Vec<&PreviewRow> = rows.iter().filter(|row| row.fate == Fate::Hidden).collect();
    let asked = ask_again(theirs, &hidden)?;
    let named = named(&others, &hidden, theirs, lang)?;
    Ok(Preview {
        nouns,
        hidden: hidden.len(),
        asked,
        named,
        next,
        marking: markings.together(),
        rows,
    })
}

/// What is stated of records, by record.
type Stated = HashMap<RecordId, HashSet<Triple>>;

fn by_owner(view: &View, of: &BTreeSet<RecordId>) -> Result<Stated, Problem> {
    let mut out = Stated::new();
    for triple in view.statements(Some(of))? {
        if let NamedOrBlankNode::NamedNode(subject) = &triple.subject
            && let Some(owner) = RecordId::owner_of(subject.as_str())
        {
            out.entry(owner).or_default().insert(triple);
        }
    }
    Ok(out)
}

/// Statements by their property and value, in the names that a view has for them; `rule` says why each
/// is hidden.
fn told<'a>(
    view: &View,
    triples: impl Iterator<Item = &'a Triple>,
    rule: impl Fn(&Triple) -> Option<Rule>,
    lang: Lang,
) -> Result<Vec<Statement>, Problem> {
    let triples: Vec<&Triple> = triples.collect();
    let record = |triple: &Triple| match &triple.object {
        Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
        _ => None,
    };
    let ids: Vec<RecordId> = triples.iter().filter_map(|triple| record(triple)).collect();
    let labels = Labels::read(view, lang, &ids)?;
    let mut out: Vec<Statement> = triples
        .into_iter()
        .map(|triple| {
            let property = triple.predicate.as_str();
            let name = ontology::label(property, lang.tag).unwrap_or_else(|| compact(property));
            let value = match (&triple.object, record(triple)) {
                (_, Some(id)) => labels.named(&id).label,
                (Term::Literal(literal), _) => literal.value().to_owned(),
                (Term::NamedNode(node), _) => labels.object(node.as_str()).label,
                (other, _) => other.to_string(),
            };
            Statement {
                property: name,
                value,
                rule: rule(triple),
            }
        })
        .collect();
    out.sort_by(|a, b| (&a.property, &a.value).cmp(&(&b.property, &b.value)));
    Ok(out)
}

/// Asks for hidden records by each way there is, in the view that is not to show them; how often
/// each way found one.
fn ask_again(theirs: &View, hidden: &[&PreviewRow]) -> Result<Vec<(&'static str, usize)>, Problem> {
    let ids: Vec<RecordId> = hidden
        .iter()
        .filter_map(|row| RecordId::parse(&row.record.id).ok())
        .collect();
    let all: BTreeSet<RecordId> = ids.iter().cloned().collect();
    let records = theirs.nodes(&ids)?.iter().flatten().count();
    let claims = theirs.claims(&ids)?.iter().flatten().count();
    let spoken = theirs
        .claims_of(&ids)?
        .iter()
        .filter(|claims| !claims.is_empty())
        .count();
    let export = by_owner(theirs, &all)?.len();
    let told = theirs.told(ids.iter().cloned())?;
    let versions = told.iter().filter(|(_, told)| told.is_some()).count();
    let (mut resolved, mut searched) = (0, 0);
    for (id, row) in ids.iter().zip(hidden) {
        resolved += usize::from(!matches!(theirs.resolve(id.as_str())?, Resolved::None(_)));
        let found = theirs.search(&row.record.label, &[], 200, None)?;
        searched += usize::from(found.items.iter().any(|one| one.id == *id));
    }
    Ok(vec![
        ("record", records),
        ("claim", claims),
        ("links", spoken),
        ("name", resolved),
        ("search", searched),
        ("export", export),
        ("versions", versions),
    ])
}

/// Where words that they see have the name of a record that they do not.
fn named(
    others: &Stated,
    hidden: &[&PreviewRow],
    theirs: &View,
    lang: Lang,
) -> Result<Vec<(Named, String)>, Problem> {
    let names: Vec<&str> = hidden
        .iter()
        .map(|row| row.record.label.as_str())
        .filter(|name| name.chars().count() >= SHORTEST)
        .collect();
    let mut found: Vec<(&RecordId, &str)> = Vec::new();
    for (id, triples) in others {
        let words = triples.iter().filter_map(|triple| match &triple.object {
            Term::Literal(literal) => Some(literal.value()),
            _ => None,
        });
        let words: Vec<&str> = words.collect();
        let named = names
            .iter()
            .filter(|name| words.iter().any(|text| text.contains(**name)));
        found.extend(named.map(|name| (id, *name)));
    }
    found.sort();
    let labels = Labels::read(theirs, lang, found.iter().map(|(id, _)| *id))?;
    let row = |(id, name): (&RecordId, &str)| (labels.named(id), name.to_owned());
    Ok(found.into_iter().map(row).collect())
}
