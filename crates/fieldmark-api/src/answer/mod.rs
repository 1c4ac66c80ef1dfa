//! Answers: what every desk says of a view, as plain values, one file for each subject.
//!
//! A desk reads a request and prints a form; what stands in the answer is settled here, once. The
//! values serialize as REST's JSON, and reports, pages and pictures print the same values.

pub(crate) mod among;
pub(crate) mod around;
pub(crate) mod changes;
pub(crate) mod claim;
pub(crate) mod deliveries;
pub(crate) mod dossier;
pub(crate) mod evidence;
pub(crate) mod facts;
pub(crate) mod lang;
pub(crate) mod lens;
pub(crate) mod list;
pub(crate) mod made;
pub(crate) mod matrix;
pub(crate) mod names;
pub(crate) mod overlap;
pub(crate) mod path;
pub(crate) mod question;
pub(crate) mod record;
pub(crate) mod release;
pub(crate) mod search;
pub(crate) mod source;
pub(crate) mod tally;
pub(crate) mod ties;
pub(crate) mod titles;
pub(crate) mod tree;
pub(crate) mod verdict;
pub mod words;
