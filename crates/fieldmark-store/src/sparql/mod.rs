//! SPARQL queries from strangers, within budgets.
//!
//! The engine alone is not enough: it aborts the process on deep nesting, its planner is cubic in
//! the patterns, and several of its operators never look at the cancellation they are given. So a
//! text is measured before it is parsed ([`scan`]), its algebra is judged before it runs
//! ([`judge`]) and armoured with counters ([`armour`]), and what runs has a stack of its own
//! ([`run`]) and one clock for all queries ([`watch`]). ADR 0004 has the numbers.

mod armour;
pub(crate) mod bind;
mod budget;
mod exists;
mod expression;
mod format;
mod judge;
mod places;
mod prepare;
mod run;
mod scan;
mod steps;
mod watch;
mod worker;

pub use crate::caller::CancelToken;
pub use format::{Form, ResultFormat};
pub use places::{Asker, Kind};
pub(crate) use prepare::PARSER;
pub use prepare::Prepared;
pub use worker::{STACK, thread_is_deep};

use oxrdf::Term;
use places::Places;
use std::fmt;
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
    /// How many triple patterns, counting every step of a property path and every OPTIONAL. The
    /// planner takes time with their cube and cannot be stopped: 128 took it 1.2 s.
    pub patterns: usize,
    /// How many queries run at once. Others wait a few seconds for a place; one place is kept for
    /// the steward and one for saved questions.
    pub at_once: usize,
    /// How long it may run.
    pub time: Duration,
    /// How many rows or triples it may answer with.
    pub rows: u64,
    /// How long its answer may be, in bytes.
    pub bytes: u64,
    /// By how many values it may sort: rows times keys. A sort cannot be stopped.
    pub sorted: u64,
    /// What its intermediate rows may take, in bytes: counted where they are held, by an estimate
    /// of a row's size, and on Linux measured as the growth of the process while it runs.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            query_bytes: 256 << 10,
            depth: 128,
            operators: 512,
            patterns: 128,
            at_once: (4 * processors).max(8),
            time: Duration::from_secs(30),
            rows: 1_000_000,
            bytes: 256 << 20,
            sorted: 200_000,
            memory: 1 << 30,
        }
    }
}

/// What a SPARQL endpoint of this project says to whoever would write through it, or call another.
const READ_ONLY: &str = "facts are changed by import and by proposals, with their source and assessor, not by SPARQL; this endpoint answers queries only and never calls another";

/// Why a query has no answer. Each says what would have one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SparqlError {
    /// It is not SPARQL.
    #[error("not a SPARQL query, at line {line}, column {column}: {message}")]
    Parse {
        /// The line of the text, from 1.
        line: usize,
        /// The character of the line, from 1.
        column: usize,
        /// What was expected there.
        message: String,
    },
    /// An update, a LOAD or a SERVICE.
    #[error("{message}")]
    Refused {
        /// Where facts are changed instead.
        message: &'static str,
    },
    /// It calls a function that nobody defined.
    #[error("{0}; the functions of SPARQL 1.1 are there, and no others")]
    Unsupported(String),
    /// It is too large before it begins.
    #[error("the query has {what}; at most {limit} are taken: split it")]
    TooBig {
        /// What there is too much of, with its number.
        what: String,
        /// The bound.
        limit: u64,
    },
    /// Every row of one part with every row of another.
    #[error(
        "the query joins every {part} with every row of the rest: let the parts share a variable, or compare their variables in one FILTER of the same group"
    )]
    Product {
        /// One of the parts, as the query has it.
        part: String,
    },
    /// Its dataset cannot be used.
    #[error("\"{iri}\" is not an absolute IRI")]
    Dataset {
        /// The name as it was given.
        iri: String,
    },
    /// Its answer has another form than the one asked for.
    #[error("this query's answer is {found}: {wanted} was asked for")]
    WrongForm {
        /// What the query has: rows, or triples.
        found: &'static str,
        /// What was asked for.
        wanted: &'static str,
    },
    /// Too many others run.
    #[error("{limit} queries are running and none ended in time: try again in a while")]
    Busy {
        /// How many run at once.
        limit: u64,
    },
    /// It ran out of time.
    #[error("the query ran longer than {seconds} s: bind more, or ask for less")]
    TimedOut {
        /// The bound, rounded up.
        seconds: u64,
    },
    /// It ran out of another budget.
    #[error("the query needs more than {limit} {what}: bind more, or ask for less with LIMIT")]
    OverBudget {
        /// Rows, values to sort by, bytes of answer, of memory or in one text.
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

/// The answer to a SELECT or an ASK, whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// The variables, without their question marks.
    pub variables: Vec<String>,
    /// The values of each row, aligned with `variables`.
    pub rows: Vec<Vec<Option<Term>>>,
    /// Why there are no more, when there would be.
    pub cut: Option<Cut>,
}

/// Where an answer ends before its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It would have more rows than this.
    Rows(u64),
    /// It would have more bytes than this.
    Bytes(u64),
    /// Of so many dates it has those of so many records, which come first.
    Dates(u64, usize),
}

impl fmt::Display for Cut {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(most) => write!(out, "only the first {most} rows are given"),
            Self::Bytes(most) => write!(out, "only what fits into {most} bytes is given"),
            Self::Dates(all, records) => write!(
                out,
                "of {all} dates, those of the {records} records that come first: say from= and to=, or of which record"
            ),
        }
    }
}

/// Runs queries: their budgets, their places and the clock.
pub struct Runner {
    limits: Limits,
    places: Places,
    watch: Watch,
    /// Whether the growth of the process counts. Not in tests, which share one.
    measures: bool,
}

impl Runner {
    /// A runner that holds every query to these limits.
    pub fn new(limits: Limits) -> Self {
        let places = Places::new(limits.at_once);
        Self {
            limits,
            places,
            watch: Watch::default(),
            measures: true,
        }
    }

    /// What one query may cost.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

#[cfg(test)]
mod tests;
