//! What others wrote, as statements about records, and back: pure functions over values, with no
//! store and no clock.
//!
//! This crate refuses to know storage, queries and callers. Whether the records it makes hold is
//! judged where every record is.

pub mod adopt;
pub mod bundle;
mod disarm;
pub mod emit;
pub mod event;
pub mod extension;
pub mod galaxy;
mod listed;
mod make;
pub mod navigator;
pub mod object;
pub mod owl;
pub mod profile;
pub mod seal;
mod spec;
pub mod spreadsheet;
mod statements;
pub mod strict;
pub mod table;
#[cfg(test)]
mod testing;
pub mod tlp;
pub mod upgrade;

use fieldmark_rdf::gather::Stray;
use fieldmark_rdf::read::Problem;

/// Whether a record ships with the program: DISARM's techniques and tactics, and TLP's levels.
pub fn ships(id: &fieldmark_model::RecordId) -> bool {
    tlp::level(id).is_some() || !disarm::said_of(id).is_empty()
}

/// What a foreign format gave, beside statements about records: these are in no graph, since the
/// import's marking says who may see them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// What could not be used, each with its line; the rest goes on.
    pub strays: Vec<Stray>,
    /// What kept the input from being read as a whole.
    pub problems: Vec<Problem>,
    /// What the reader should know, such as the encoding.
    pub notes: Vec<String>,
}

impl Taken {
    fn problem(&mut self, line: Option<u64>, message: impl Into<String>) {
        self.problems.push(Problem {
            line,
            column: None,
            message: message.into(),
            too_large: false,
            of: None,
        });
    }

    fn stray(&mut self, subject: &str, line: Option<u64>, why: impl Into<String>) {
        self.strays.push(Stray {
            subject: subject.to_owned(),
            line,
            statements: 0,
            why: why.into(),
        });
    }
}
