//! SPARQL queries from strangers, within budgets.
//!
//! The engine alone is not enough: it aborts the process on deep nesting, and several of its
//! operators never look at the cancellation they are given. So a text is measured before it is
//! parsed ([`scan`]), the algebra is refused or armoured before it runs ([`guard`]), what runs is
//! watched by one timer for all queries ([`watch`]), and deep queries get a stack of their own.

mod budget;
mod format;
mod guard;
mod run;
mod scan;
mod watch;

pub use budget::CancelToken;
pub use format::{Form, ResultFormat};

use oxrdf::Term;
use spargebra::{Query, SparqlParser};
use std::time::Duration;
use watch::Watch;

/// What one query may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest text, in bytes.
    pub query_bytes: usize,
    /// How deep its brackets may nest.
    pub depth: usize,
    /// How many operators it may have.
    pub operators: usize,
    /// How long it may run.
    pub time: Duration,
    /// How many rows or triples it may answer with.
    pub rows: u64,
    /// How long its answer may be, in bytes.
    pub bytes: u64,
    /// What its intermediate rows may take, in bytes, estimated.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_bytes: 256 << 10,
            depth: 128,
            operators: 1_000,
            time: Duration::from_secs(30),
            rows: 1_000_000,
            bytes: 256 << 20,
            memory: 1 << 30,
        }
    }
}

/// Why a query has no answer. Each says what would.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SparqlError {
    /// It is not SPARQL.
    #[error("not a SPARQL 1.1 query: {0}")]
    Parse(String),
    /// An update, a LOAD or a SERVICE.
    #[error(
        "this endpoint answers queries only: facts are changed by import, with their source and assessor, and no other endpoint is called from here"
    )]
    ReadOnly,
    /// It is too large before it begins.
    #[error("the query has {what}; at most {limit}: split it")]
    TooBig {
        /// What there is too much of, with its number.
        what: String,
        /// The bound.
        limit: u64,
    },
    /// Every row of one part with every row of another.
    #[error(
        "the query joins every {0} with every other row: let the parts share a variable, or compare them in a FILTER of the same group"
    )]
    Product(String),
    /// It ran out of time.
    #[error("the query ran longer than {0} s: bind more, or ask for less")]
    TimedOut(u64),
    /// It ran out of another budget.
    #[error("the query needs more than {limit} {what}: bind more, or ask for less with LIMIT")]
    OverBudget {
        /// Rows, bytes of answer, bytes of memory.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// Whoever asked has gone.
    #[error("the query was cancelled")]
    Cancelled,
    /// The answer could not be written.
    #[error("the answer could not be written: {0}")]
    Output(String),
    /// The engine failed.
    #[error("the engine failed: {0}")]
    Engine(String),
}

/// A query that may run.
#[derive(Clone, Debug)]
pub struct Prepared {
    query: Query,
    /// It named graphs of its own. A view has none but the unnamed one, so they are empty.
    elsewhere: bool,
    /// It nests so deep that it needs a stack of its own.
    deep: bool,
}

/// The answer to a SELECT or an ASK, whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The variables, without their question marks.
    pub variables: Vec<String>,
    /// The values of each row, aligned with `variables`.
    pub rows: Vec<Vec<Option<Term>>>,
    /// Why there are no more, when there would be.
    pub cut: Option<String>,
}

/// Runs queries: the budgets and the clock.
pub(crate) struct Runner {
    limits: Limits,
    watch: Watch,
}

/// Nesting up to which an ordinary stack suffices, with an ample margin: 2 MiB held 60 levels of
/// the worst form when measured (ADR 0004).
const SHALLOW: usize = 12;

impl Runner {
    pub fn new(limits: Limits) -> Self {
        Self { limits, watch: Watch::default() }
    }

    /// Measures, parses and judges a text.
    pub fn prepare(
        &self,
        text: &str,
        base: Option<&str>,
        default_graphs: &[String],
        named_graphs: &[String],
    ) -> Result<Prepared, SparqlError> {
        let size = scan::measure(text);
        let limits = &self.limits;
        for (count, what, limit) in [
            (text.len(), "bytes", limits.query_bytes),
            (size.depth, "levels of brackets", limits.depth),
            (size.operators, "operators", limits.operators),
        ] {
            if count > limit {
                return Err(SparqlError::TooBig { what: format!("{count} {what}"), limit: limit as u64 });
            }
        }
        let deep = size.depth > SHALLOW || size.operators > 100;
        let parsed = run::on_stack(deep, || {
            let mut parser = SparqlParser::new();
            if let Some(base) = base {
                parser = parser.with_base_iri(base).map_err(|error| SparqlError::Parse(error.to_string()))?;
            }
            match parser.clone().parse_query(text) {
                Ok(query) => {
                    guard::judge(&query)?;
                    Ok(query)
                }
                // An update is not a broken query, and deserves the answer that says where to go.
                Err(error) => Err(match parser.parse_update(text) {
                    Ok(update) if !update.operations.is_empty() => SparqlError::ReadOnly,
                    _ => SparqlError::Parse(error.to_string()),
                }),
            }
        })??;
        let mut prepared = Prepared::from_query(parsed);
        prepared.deep = deep;
        prepared.elsewhere |= !default_graphs.is_empty() || !named_graphs.is_empty();
        Ok(prepared)
    }
}

impl Prepared {
    /// A query whose text is this project's own.
    pub(crate) fn from_query(mut query: Query) -> Self {
        let (Query::Select { dataset, .. }
        | Query::Construct { dataset, .. }
        | Query::Describe { dataset, .. }
        | Query::Ask { dataset, .. }) = &mut query;
        let elsewhere = dataset.take().is_some();
        Self { query, elsewhere, deep: false }
    }

    /// What kind of answer it has.
    pub fn form(&self) -> Form {
        match self.query {
            Query::Select { .. } => Form::Select,
            Query::Ask { .. } => Form::Ask,
            Query::Construct { .. } | Query::Describe { .. } => Form::Graph,
        }
    }
}

#[cfg(test)]
mod tests;
