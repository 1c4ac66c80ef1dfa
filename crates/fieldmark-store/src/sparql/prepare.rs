//! From a text to a query that may run.

use super::places::{Asker, Kind};
use super::scan::Scan;
use super::{Form, READ_ONLY, Runner, SparqlError, judge, steps};
use fieldmark_rdf::vocab::PREFIXES;
use oxrdf::NamedNode;
use spargebra::{Query, SparqlParser};
use std::sync::LazyLock;

/// A parser that knows the project's prefixes. A query may declare its own under the same names.
pub(crate) static PARSER: LazyLock<SparqlParser> = LazyLock::new(|| {
    PREFIXES
        .iter()
        .fold(SparqlParser::new(), |parser, (name, iri)| {
            parser
                .with_prefix(*name, *iri)
                .expect("the vocabulary's prefixes are IRIs")
        })
});

/// A query that may run.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(super) query: Query,
    /// It named graphs of its own. A view has none but the unnamed one, so they are empty.
    pub(super) elsewhere: bool,
    /// It follows a path of any length that is open at both ends.
    pub(super) open: bool,
}

impl Prepared {
    /// A query whose text is this project's own: it is armoured but not judged.
    pub(crate) fn from_query(mut query: Query) -> Self {
        let (Query::Select { dataset, .. }
        | Query::Construct { dataset, .. }
        | Query::Describe { dataset, .. }
        | Query::Ask { dataset, .. }) = &mut query;
        let elsewhere = dataset.take().is_some();
        let mut open = false;
        let (Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. }) = &query;
        judge::walk(pattern, &mut |pattern| open |= steps::is_open(pattern));
        Self {
            query,
            elsewhere,
            open,
        }
    }

    /// What kind of query it is.
    pub fn form(&self) -> Form {
        match self.query {
            Query::Select { .. } => Form::Select,
            Query::Ask { .. } => Form::Ask,
            Query::Construct { .. } => Form::Construct,
            Query::Describe { .. } => Form::Describe,
        }
    }
}

impl Runner {
    /// Measures, parses and judges a text. Relative IRIs are relative to `base`. A view is one
    /// default graph without named graphs; a dataset made of others, by FROM or by the protocol's
    /// `default-graph-uri` and `named-graph-uri`, is empty.
    pub fn prepare(
        &self,
        asker: &Asker,
        text: &str,
        base: Option<&str>,
        default_graphs: &[String],
        named_graphs: &[String],
    ) -> Result<Prepared, SparqlError> {
        for iri in default_graphs.iter().chain(named_graphs) {
            NamedNode::new(iri).map_err(|_| SparqlError::Dataset { iri: iri.clone() })?;
        }
        let limits = &self.limits;
        let too_big = |count: usize, what: &str, limit: usize| {
            if count <= limit {
                return Ok(());
            }
            Err(SparqlError::TooBig {
                what: format!("{count} {what}"),
                limit: limit as u64,
            })
        };
        too_big(text.len(), "bytes", limits.query_bytes)?;
        let scan = Scan::of(text);
        too_big(scan.depth, "levels of brackets", limits.depth)?;
        too_big(scan.operators, "operators", limits.operators)?;
        let mut prepared = self.work(asker, Kind::AdHoc, || {
            let mut parser = PARSER.clone();
            if let Some(base) = base {
                parser = parser
                    .with_base_iri(base)
                    .map_err(|_| SparqlError::Dataset {
                        iri: base.to_owned(),
                    })?;
            }
            let query = match parser.clone().parse_query(&scan.text) {
                Ok(query) => query,
                // An update is not a broken query, and deserves the answer that says where to go.
                Err(error) => {
                    return Err(match parser.parse_update(&scan.text) {
                        Ok(update) if !update.operations.is_empty() => {
                            SparqlError::Refused { message: READ_ONLY }
                        }
                        _ => syntax(&error.to_string(), text, &scan),
                    });
                }
            };
            judge::judge(&query, limits)?;
            Ok(Prepared::from_query(query))
        })?;
        prepared.elsewhere |= !default_graphs.is_empty() || !named_graphs.is_empty();
        Ok(prepared)
    }
}

/// What the parser says, `error at 3:14: expected …`, with the place in the text as it was given.
fn syntax(said: &str, text: &str, scan: &Scan<'_>) -> SparqlError {
    let place = said.strip_prefix("error at ").and_then(|rest| {
        let (place, message) = rest.split_once(": ")?;
        let (line, column) = place.split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?, message))
    });
    match place {
        Some((line, column, message)) => {
            let column = scan.column(line, column);
            let undeclared = message
                .contains("Prefix not found")
                .then(|| prefix(text, line, column))
                .flatten();
            SparqlError::Parse {
                line,
                column,
                message: undeclared.map_or_else(|| brief(message), |name| undeclared_prefix(&name)),
            }
        }
        None => SparqlError::Parse {
            line: 1,
            column: 1,
            message: said.to_owned(),
        },
    }
}

/// The prefix of the name that ends at a place, where the parser found that it stands for nothing.
fn prefix(text: &str, line: usize, column: usize) -> Option<String> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    let before: String = line.chars().take(column.checked_sub(1)?).collect();
    let part = |c: char| c.is_alphanumeric() || "_-.:%\\".contains(c);
    let start = before.rfind(|c| !part(c)).map_or(0, |at| {
        at + before[at..].chars().next().map_or(0, char::len_utf8)
    });
    let (prefix, _) = before[start..].split_once(':')?;
    Some(prefix.to_owned())
}

fn undeclared_prefix(name: &str) -> String {
    let known: Vec<&str> = PREFIXES.iter().map(|(name, _)| *name).collect();
    format!(
        "prefix {name}: is not declared: write PREFIX {name}: <…> before the query; declared without that are {}",
        known.join(", ")
    )
}

/// The parser lists every token it would have taken, thirty of them in an expression.
fn brief(message: &str) -> String {
    const MANY: usize = 8;
    let tokens: Vec<&str> = message.split(", ").collect();
    if tokens.len() <= MANY {
        return message.to_owned();
    }
    format!(
        "{} and {} others",
        tokens[..MANY].join(", "),
        tokens.len() - MANY
    )
}
