//! Records as RDF: the vocabulary, a record's dataset and its canonical form, and the formats
//! datasets are read from and written to.
//!
//! This crate refuses to know storage, queries and callers. Terms are oxrdf's; the canonical form
//! (RDFC-1.0) is sophia's.

pub mod canon;
pub mod format;
pub mod gather;
pub mod graph;
pub mod name;
pub mod ontology;
pub mod read;
pub mod record;
pub mod vocab;
pub mod write;

pub use record::Record;
