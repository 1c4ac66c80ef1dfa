//! The text of a source, with what is quoted of it lit where it stands.

use super::lang::Lang;
use super::names::{Labels, Named, find};
use crate::problem::Problem;
use crate::state::Desk;
use fieldmark_analysis::spans::{Row, Searched, cut, rows};
use fieldmark_model::{Quotation, RecordId};
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::properties;
use fieldmark_store::View;
use fieldmark_store::gate::Steward;
use fieldmark_store::proposals::Standing;
use fieldmark_store::texts::SourceText;
use oxrdf::{NamedOrBlankNode, Term};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use utoipa::ToSchema;

/// How many bytes of a line stand in one row.
const WIDTH: usize = 1_200;
/// How many rows are shown at a time.
const AT_ONCE: usize = 300;
/// How many of the proposals that wait are looked through.
const PROPOSALS: u64 = 1_000;
/// How many quotations are told at a time.
const QUOTED: usize = 200;
/// How many rows are shown of where something stands.
const EXCERPT: usize = 7;

/// A source as it is read: its text, and what is quoted of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SourceRow {
    /// The source.
    pub source: Named,
    /// Who gave its text, and when; none where no text of it is kept.
    pub kept: Option<KeptRow>,
    /// Its text, line by line, from the row that was asked for on.
    pub lines: Vec<LineRow>,
    /// What is quoted of it, by claims and other records and by the first 1,000 proposals that wait: what
    /// does not stand in the text, then the others in its order. At most 200; what begins in other rows
    /// is left out first.
    pub quotations: Vec<QuotedRow>,
    /// How many quotations of it there are.
    pub quoted: usize,
    /// The row that the next page begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<usize>,
}

/// A text that is kept.
#[derive(Serialize, ToSchema)]
pub struct KeptRow {
    /// The name of the token of who gave it.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
    /// How many rows it has: lines, and parts of long ones.
    pub rows: usize,
}

/// A line of a text, or a part of a long one.
#[derive(Clone, Serialize, ToSchema)]
pub struct LineRow {
    /// The number of the line, from 1.
    pub number: usize,
    /// What stands there, in pieces.
    pub text: Vec<PieceRow>,
}

/// A piece of a line.
#[derive(Clone, Serialize, ToSchema)]
pub struct PieceRow {
    /// The piece.
    pub text: String,
    /// The numbers of the quotations that it belongs to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quotations: Vec<usize>,
}

/// Words that are quoted of a source.
#[derive(Serialize, ToSchema)]
pub struct QuotedRow {
    /// Its number in the order of the text, from 1.
    pub number: usize,
    /// Who quotes them.
    pub record: Named,
    /// The number of the proposal, where it only waits to be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<u64>,
    /// The words.
    pub words: String,
    /// Where they are said to stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
    /// The line in which they begin; none where they do not stand in the text, or none is kept.
    pub line: Option<usize>,
    /// The row in which they begin.
    pub row: Option<usize>,
}

/// Words that a proposal quotes, where they stand.
#[derive(Clone, Serialize, ToSchema)]
pub struct ExcerptRow {
    /// Of which source.
    pub source: Named,
    /// The words.
    pub words: String,
    /// Where they are said to stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
    /// Whether a text of the source is kept.
    pub kept: bool,
    /// The line in which they begin; none where they do not stand in the text, or none is kept.
    pub line: Option<usize>,
    /// The lines around them, the words being quotation 1.
    pub lines: Vec<LineRow>,
}

/// A text in which quotations are found.
struct Lit<'t> {
    text: &'t str,
    searched: Searched<'t>,
    rows: Vec<Row>,
}

impl<'t> Lit<'t> {
    fn of(kept: &'t SourceText) -> Self {
        Self {
            text: &kept.text,
            searched: Searched::new(&kept.text),
            rows: rows(&kept.text, WIDTH),
        }
    }

    /// Where a quotation stands, looked for first in the line that it names.
    fn find(&self, quoted: &Quotation) -> Vec<Range<usize>> {
        let line = quoted.locator.as_deref().and_then(line_of);
        let row = line.and_then(|line| self.rows.iter().find(|row| row.line == line));
        let from = row.map_or(0, |row| row.place.start);
        self.searched.find(&quoted.text, from)
    }

    /// The row in which a byte stands.
    fn row(&self, at: usize) -> usize {
        let after = self.rows.partition_point(|row| row.place.start <= at);
        after.saturating_sub(1)
    }

    fn line(&self, found: &[Range<usize>]) -> Option<usize> {
        let begins = found.first()?.start;
        self.rows.get(self.row(begins)).map(|row| row.line)
    }

    fn lines(
        &self,
        of: impl IntoIterator<Item = usize>,
        spans: &[(Range<usize>, usize)],
    ) -> Vec<LineRow> {
        let line = |row: &Row| {
            let near = |span: &&(Range<usize>, usize)| {
                span.0.start < row.place.end && row.place.start < span.0.end
            };
            let near: Vec<_> = spans.iter().filter(near).cloned().collect();
            let pieces = cut(&row.place, &near).into_iter();
            LineRow {
                number: row.line,
                text: pieces
                    .map(|(place, quotations)| PieceRow {
                        text: self.text[place].to_owned(),
                        quotations,
                    })
                    .collect(),
            }
        };
        of.into_iter()
            .filter_map(|row| self.rows.get(row))
            .map(line)
            .collect()
    }

    /// The rows in which something stands, with those beside them, as far as they are not too many.
    fn around(&self, found: &[Range<usize>]) -> Vec<LineRow> {
        let mut around = BTreeSet::new();
        for place in found {
            let [first, last] = [place.start, place.end.saturating_sub(1)].map(|at| self.row(at));
            around.extend(first.saturating_sub(1)..=last + 1);
        }
        let spans: Vec<_> = found.iter().cloned().map(|place| (place, 1)).collect();
        self.lines(around.into_iter().take(EXCERPT), &spans)
    }
}

/// The line that a place such as `p. 1, L38` names.
pub(crate) fn line_of(locator: &str) -> Option<usize> {
    let parts = locator.split([',', ';', ' ']);
    let mut lines = parts.filter_map(|part| part.strip_prefix('L')?.parse().ok());
    lines.next()
}

/// The row with which the page begins that shows a row.
pub(crate) fn page_of(row: usize) -> usize {
    row.saturating_sub(1) / AT_ONCE * AT_ONCE + 1
}

/// The source that a name means, or an id that no record has yet.
pub(crate) fn meant(view: &View, name: &str) -> Result<RecordId, Problem> {
    RecordId::parse(name).or_else(|_| find(view, name))
}

/// A text that can be kept, without the byte order mark it may begin with.
pub(crate) fn checked(text: &str) -> Result<&str, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Problem::bad_request(
            "there is no text to keep; to keep none any longer, delete it",
        ));
    }
    match text.find('\0') {
        Some(at) => Err(Problem::bad_request(format!(
            "byte {} of the text is zero: give the text of the document, not its file",
            at + 1
        ))),
        None => Ok(text),
    }
}

/// A source with its text, from row `from` on, counted from 1.
pub(crate) fn source(
    desk: &Desk,
    (steward, view): (&Steward, &View),
    (id, from): (&RecordId, usize),
    lang: Lang,
) -> Result<SourceRow, Problem> {
    let mut quoted: Vec<(RecordId, Option<u64>, Quotation)> = view
        .quoted_of(id)?
        .into_iter()
        .map(|(by, quoted)| (by, None, quoted))
        .collect();
    for proposal in desk
        .base
        .proposals(steward, Some(Standing::Waiting), 0, PROPOSALS)?
    {
        let record = Record::from_canonical(proposal.record.clone(), &proposal.nquads)
            .map_err(|error| Problem::internal(&error))?;
        let of = quotations(&record).into_iter();
        let of = of.filter(|one| one.source.as_ref() == Some(id));
        quoted.extend(of.map(|one| (proposal.record.clone(), Some(proposal.number), one)));
    }
    let kept = desk.base.text_of(steward, id)?;
    let lit = kept.as_ref().map(Lit::of);
    let found: Vec<Vec<Range<usize>>> = quoted
        .iter()
        .map(|(.., one)| lit.as_ref().map_or_else(Vec::new, |lit| lit.find(one)))
        .collect();
    // In the order of the text; what does not stand in it comes first.
    let mut order: Vec<usize> = (0..quoted.len()).collect();
    order.sort_by_key(|at| found[*at].first().map(|place| place.start));
    let all = lit.as_ref().map_or(0, |lit| lit.rows.len());
    let begin = from.clamp(1, all.max(1)) - 1;
    let end = all.min(begin + AT_ONCE);
    let row = |at: usize| {
        let begins = found[at].first()?.start;
        lit.as_ref().map(|lit| lit.row(begins))
    };
    let numbered = (1..).zip(order);
    let spans: Vec<(Range<usize>, usize)> = numbered
        .clone()
        .flat_map(|(number, at)| found[at].iter().cloned().map(move |place| (place, number)))
        .collect();
    let mut told: Vec<(usize, usize)> = numbered.collect();
    // Where there are too many, those elsewhere in the text are left out first.
    told.sort_by_key(|(_, at)| row(*at).is_some_and(|row| !(begin..end).contains(&row)));
    told.truncate(QUOTED);
    told.sort_unstable();
    let by: Vec<RecordId> = told.iter().map(|(_, at)| quoted[*at].0.clone()).collect();
    let named = Labels::read(view, lang, by.iter().chain([id]))?;
    let quotations = told.into_iter().map(|(number, at)| {
        let (by, proposal, one) = &quoted[at];
        QuotedRow {
            number,
            record: named.named(by),
            proposal: *proposal,
            words: one.text.clone(),
            locator: one.locator.clone(),
            line: lit.as_ref().and_then(|lit| lit.line(&found[at])),
            row: row(at).map(|row| row + 1),
        }
    });
    let quotations = quotations.collect();
    Ok(SourceRow {
        quoted: quoted.len(),
        source: named.named(id),
        lines: lit.map_or_else(Vec::new, |lit| lit.lines(begin..end, &spans)),
        kept: kept.map(|kept| KeptRow {
            by: kept.by,
            at: kept.kept,
            rows: all,
        }),
        quotations,
        next: (end < all).then_some(end + 1),
    })
}

/// What a record quotes, each with its source and its place; what several sources have, for each of them.
pub(crate) fn quotations(record: &Record) -> Vec<Quotation> {
    let own = record.id().iri();
    let of = |subject: &NamedOrBlankNode, property| {
        let quads = record.quads().iter();
        let of = quads.filter(|quad| quad.subject == *subject && quad.predicate == property);
        of.map(|quad| &quad.object).collect::<Vec<_>>()
    };
    let sources = |subject: &NamedOrBlankNode| -> Vec<RecordId> {
        let nodes = of(subject, properties::DCTERMS_SOURCE).into_iter();
        let ids = nodes.filter_map(|node| match node {
            Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
            _ => None,
        });
        ids.collect()
    };
    let place = |subject: &NamedOrBlankNode| match of(subject, properties::FM_LOCATOR).first() {
        Some(Term::Literal(place)) => Some(place.value().to_owned()),
        _ => None,
    };
    let whole = NamedOrBlankNode::NamedNode(oxrdf::NamedNode::new_unchecked(own));
    let mut found: Vec<Quotation> = Vec::new();
    for quad in record.quads() {
        let (true, Term::Literal(words)) =
            (quad.predicate == properties::FM_VERBATIM, &quad.object)
        else {
            continue;
        };
        let mut from = sources(&quad.subject);
        if from.is_empty() {
            from = sources(&whole);
        }
        let locator = place(&quad.subject).or_else(|| place(&whole));
        for source in from {
            let one = Quotation {
                text: words.value().to_owned(),
                lang: words.language().unwrap_or_default().to_owned(),
                source: Some(source),
                locator: locator.clone(),
                part: None,
            };
            // What stands under two markings is said once.
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    found
}

/// What each of some records quotes, aligned, where it stands. A text at a time is held.
pub(crate) fn excerpts(
    desk: &Desk,
    steward: &Steward,
    labels: &Labels,
    records: &[&Record],
) -> Result<Vec<Vec<ExcerptRow>>, Problem> {
    let mut by_source: BTreeMap<RecordId, Vec<(usize, usize, Quotation)>> = BTreeMap::new();
    for (at, record) in records.iter().enumerate() {
        for (number, one) in quotations(record).into_iter().enumerate() {
            if let Some(source) = one.source.clone() {
                by_source.entry(source).or_default().push((at, number, one));
            }
        }
    }
    let mut out: Vec<BTreeMap<usize, ExcerptRow>> = vec![BTreeMap::new(); records.len()];
    for (source, quoted) in by_source {
        let kept = desk.base.text_of(steward, &source)?;
        let lit = kept.as_ref().map(Lit::of);
        for (at, number, one) in quoted {
            let found = lit.as_ref().map_or_else(Vec::new, |lit| lit.find(&one));
            let excerpt = ExcerptRow {
                source: labels.named(&source),
                kept: kept.is_some(),
                line: lit.as_ref().and_then(|lit| lit.line(&found)),
                lines: lit.as_ref().map_or_else(Vec::new, |lit| lit.around(&found)),
                words: one.text,
                locator: one.locator,
            };
            out[at].insert(number, excerpt);
        }
    }
    let out = out.into_iter();
    Ok(out.map(|one| one.into_values().collect()).collect())
}
