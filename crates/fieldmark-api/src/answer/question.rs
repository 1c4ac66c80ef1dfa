//! The answer to a saved question, page by page, with names and markings.

use super::lang::Lang;
use super::made::Shown;
use super::words;
use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_store::View;
use fieldmark_store::question::{Question, heading};
use fieldmark_store::read::Marking;
use fieldmark_store::sparql::Rows;
use oxrdf::Term;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;
use utoipa::ToSchema;

/// One value of a row.
#[derive(Serialize, ToSchema)]
pub struct Cell {
    /// The words, or the IRI.
    pub value: String,
    /// The language of words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Whether the value is an IRI.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub iri: bool,
    /// The name of the record or term that the IRI names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// One page of an answer.
#[derive(Serialize, ToSchema)]
pub struct Answer {
    /// The question's name.
    pub question: String,
    /// The columns, by the variables of the query.
    pub variables: Vec<String>,
    /// What they are called, in the language asked for; of a query of one's own, as it names them.
    pub columns: Vec<String>,
    /// The rows, aligned with the columns.
    pub rows: Vec<Vec<Option<Cell>>>,
    /// The strictest marking of what is shown of the records each row names, row by row.
    pub markings: Vec<Option<String>>,
    /// The marking of all of them, and the audience.
    #[serde(flatten)]
    pub shown: Shown,
    /// How many rows there are on all pages.
    pub total: u64,
    /// The cursor of the next page: give it as `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Why there are no more rows, when there would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// What a question was asked, and which part of its answer is wanted.
pub(crate) struct Asking<'a> {
    /// The question.
    pub question: &'static Question,
    /// Its parameters, those left out not among them.
    pub args: &'a BTreeMap<String, String>,
    /// How many rows; all when not said.
    pub first: Option<usize>,
    /// The cursor of the page before.
    pub after: Option<&'a str>,
}

/// The part of an answer that was wanted.
pub(crate) struct Asked {
    /// All rows.
    pub rows: Arc<Rows>,
    /// The wanted ones.
    pub page: Range<usize>,
    /// The marking of each wanted row.
    pub markings: Vec<Option<String>>,
    /// The marking of all of them.
    pub marking: Marking,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// Asks a question.
pub(crate) fn ask(view: &View, asking: &Asking<'_>) -> Result<Asked, Problem> {
    let rows = view.ask(asking.question, asking.args)?;
    part(view, rows, asking.first, asking.after)
}

/// The wanted part of some rows: `first` of them, after a cursor.
fn part(
    view: &View,
    rows: Arc<Rows>,
    first: Option<usize>,
    after: Option<&str>,
) -> Result<Asked, Problem> {
    let from = match after {
        None => 0,
        Some(cursor) => place(cursor, &rows.rows).ok_or_else(|| {
            Problem::bad_request(
                "after=…: no cursor of this answer, or its row has gone; start again without it",
            )
        })?,
    };
    let first = first.unwrap_or(rows.rows.len());
    let page = from..rows.rows.len().min(from.saturating_add(first));
    let next = (page.end < rows.rows.len()).then(|| cursor(page.end, &rows.rows));
    let next = next.flatten();
    let (markings, marking) = markings(view, &rows.rows[page.clone()])?;
    Ok(Asked {
        rows,
        page,
        markings,
        marking,
        next,
    })
}

/// The same with names.
pub(crate) fn answer(view: &View, lang: Lang, asking: &Asking<'_>) -> Result<Answer, Problem> {
    named_rows(view, lang, &asking.question.name, ask(view, asking)?)
}

/// The answer to a query of one's own, SELECT or ASK, likewise.
pub(crate) fn query(
    view: &View,
    lang: Lang,
    text: &str,
    first: usize,
    after: Option<&str>,
) -> Result<Answer, Problem> {
    let prepared = view.prepare(text, None, &[], &[])?;
    let rows = view.select(&prepared)?;
    named_rows(view, lang, "", part(view, rows.into(), Some(first), after)?)
}

fn named_rows(view: &View, lang: Lang, question: &str, asked: Asked) -> Result<Answer, Problem> {
    let rows = cells(view, lang, &asked.rows.rows[asked.page])?;
    let variables = asked.rows.variables.iter();
    let columns = variables.map(|variable| {
        let named = (!question.is_empty()).then(|| heading(variable, lang.tag));
        named.flatten().unwrap_or_else(|| variable.clone())
    });
    Ok(Answer {
        columns: columns.collect(),
        question: question.to_owned(),
        rows,
        markings: asked.markings,
        shown: Shown::under(view, &asked.marking),
        total: asked.rows.rows.len() as u64,
        variables: asked.rows.variables.clone(),
        next: asked.next,
        cut: asked.rows.cut.as_ref().map(|cut| words::cut(cut, lang.tag)),
    })
}

type Row = Vec<Option<Term>>;

/// A cursor: where the page ended, and a digest of the row it ended with, by which the place is
/// found again when rows came or went before it.
fn cursor(end: usize, rows: &[Row]) -> Option<String> {
    Some(format!(
        "{end:x}.{}",
        digest(rows.get(end.checked_sub(1)?)?)
    ))
}

/// The place after the row that a cursor names.
fn place(cursor: &str, rows: &[Row]) -> Option<usize> {
    let (end, wanted) = cursor.split_once('.')?;
    let end = usize::from_str_radix(end, 16).ok()?;
    let before = end.checked_sub(1)?;
    if rows.get(before).is_some_and(|row| digest(row) == wanted) {
        return Some(end);
    }
    // The nearest of several equal rows.
    let fits = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| digest(row) == wanted);
    fits.map(|(at, _)| at)
        .min_by_key(|at| at.abs_diff(before))
        .map(|at| at + 1)
}

fn digest(row: &[Option<Term>]) -> String {
    let mut hasher = Sha256::new();
    for value in row {
        hasher.update(value.as_ref().map(ToString::to_string).unwrap_or_default());
        hasher.update([0]);
    }
    hex::encode(&hasher.finalize()[..8])
}

/// The records a row names.
fn named(row: &[Option<Term>]) -> impl Iterator<Item = RecordId> {
    row.iter().flatten().filter_map(|term| match term {
        Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
        _ => None,
    })
}

/// The marking of each row, and of all.
fn markings(view: &View, rows: &[Row]) -> Result<(Vec<Option<String>>, Marking), Problem> {
    let marked = view.markings(rows.iter().flat_map(|row| named(row)))?;
    let mut all = Marking::default();
    let of = |row: &Row| {
        let mut one = Marking::default();
        for marked in named(row).filter_map(|id| marked.get(&id)) {
            one.and(marked.all());
        }
        all.and(&one);
        one.name()
    };
    Ok((rows.iter().map(of).collect(), all))
}

fn cells(
    view: &View,
    lang: Lang,
    rows: &[Vec<Option<Term>>],
) -> Result<Vec<Vec<Option<Cell>>>, Problem> {
    let ids: BTreeSet<RecordId> = rows.iter().flat_map(|row| named(row)).collect();
    let ids: Vec<RecordId> = ids.into_iter().collect();
    let labels: HashMap<String, String> = view
        .nodes(&ids)?
        .into_iter()
        .flatten()
        .map(|node| (node.id.iri(), node.label(lang.tag)))
        .collect();
    let cell = |term: &Term| match term {
        Term::NamedNode(node) => Cell {
            value: node.as_str().to_owned(),
            lang: None,
            iri: true,
            label: labels
                .get(node.as_str())
                .cloned()
                .or_else(|| fieldmark_rdf::ontology::label(node.as_str(), lang.tag)),
        },
        Term::Literal(literal) => Cell {
            value: literal.value().to_owned(),
            lang: literal.language().map(str::to_owned),
            iri: false,
            label: None,
        },
        other => Cell {
            value: other.to_string(),
            lang: None,
            iri: false,
            label: None,
        },
    };
    Ok(rows
        .iter()
        .map(|row| row.iter().map(|value| value.as_ref().map(cell)).collect())
        .collect())
}
