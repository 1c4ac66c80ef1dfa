//! What can go wrong in the store, said so that an operator knows what to do.

use crate::sparql::SparqlError;
use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::record::RecordError;
use std::path::PathBuf;

/// An error of the ledger, the views or the data directory.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The chain does not hold.
    #[error(
        "the ledger is damaged{}: {why}; nothing was served from it; put a copy of the data directory back",
        seq.map(|seq| format!(" at entry {seq}")).unwrap_or_default()
    )]
    Damaged {
        /// The first bad entry, where it is known.
        seq: Option<u64>,
        /// What is wrong with it.
        why: String,
    },
    /// A ledger written by another version.
    #[error(
        "the ledger has layout {found}, this version reads layout {known}: use the version that wrote it"
    )]
    Layout {
        /// What the file says.
        found: String,
        /// What this build knows.
        known: String,
    },
    /// The ledger does not belong to what stands beside it.
    #[error(
        "{why}: put the right ledger back (with its -wal file, if it has one); if this ledger is meant, move {beside} away and start again"
    )]
    Older {
        /// What is wrong.
        why: String,
        /// What knows of another ledger.
        beside: String,
    },
    /// Somebody else writes here.
    #[error("{dir} is in use by {holder}; stop it, or go through it")]
    Held {
        /// The data directory.
        dir: PathBuf,
        /// Who holds it.
        holder: String,
    },
    /// The disk has no room.
    #[error("the disk is full: {0}; free some room, then try again; nothing was half-written")]
    Full(String),
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A part of this program that it was built with does not hold.
    #[error("a fault of this program: {0}; please report it")]
    Program(String),
    /// SQLite said no.
    #[error("the ledger: {0}")]
    Sqlite(rusqlite::Error),
    /// The change is in the ledger but a view could not follow.
    #[error(
        "view {audience} is behind the ledger: {why}; reads go on; it is tried again at the next write, or run `fieldmark rebuild`"
    )]
    Behind {
        /// Whose view.
        audience: String,
        /// What stopped it.
        why: String,
    },
    /// There is no such audience here.
    #[error("no audience is named \"{0}\": `fieldmark audience list` names them")]
    NoAudience(String),
    /// An audience's configuration cannot be used.
    #[error("audience \"{name}\": {why}")]
    BadAudience {
        /// Its name.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// There is no view as known at that moment.
    #[error(transparent)]
    Moment(#[from] crate::moment::MomentError),
    /// The record's statements do not make a record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The writer may not write this.
    #[error("{record}: {why}")]
    NotAllowed {
        /// The record concerned.
        record: RecordId,
        /// Why, and what to do.
        why: String,
    },
    /// Too many wait for the same.
    #[error("too many callers ask for earlier moments just now; try again in a while")]
    Busy,
    /// Callers without a token open too many moments; in how many seconds they may open another.
    #[error(
        "callers without a token may open so many earlier moments a minute between them: wait {0} s, ask of a moment that was opened before, or show a token"
    )]
    Moments(u64),
    /// The system gave no randomness.
    #[error("no random numbers from the system: {0}")]
    Random(String),
    /// The system's clock cannot be used.
    #[error("the clock: {0}")]
    Clock(String),
    /// The commit that was to carry this change failed.
    #[error("nothing was written: {0}")]
    NotWritten(String),
    /// The change is safe but cannot be seen yet.
    #[error("the change is recorded and safe, but {0}")]
    Recorded(String),
    /// The store is closing.
    #[error("the store is closing; try again once it is up")]
    Closing,
}

impl StoreError {
    /// A damaged entry.
    pub fn damaged(seq: u64, why: String) -> Self {
        Self::Damaged {
            seq: Some(seq),
            why,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase};
        match error.sqlite_error_code() {
            Some(DiskFull) => Self::Full(error.to_string()),
            Some(DatabaseCorrupt | NotADatabase) => Self::Damaged {
                seq: None,
                why: error.to_string(),
            },
            _ => Self::Sqlite(error),
        }
    }
}

/// Why a read has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing of that id or name in this view.
    #[error("no record \"{0}\"")]
    NotFound(String),
    /// No scale of that name, or one whose bands have no ranges.
    #[error("no scale of likelihood is named \"{name}\": there are {}", known.join(", "))]
    NoScale {
        /// The name.
        name: String,
        /// The scales there are, by short name.
        known: Vec<String>,
    },
    /// A cursor this list did not give.
    #[error("this is no cursor of this list: start again without one")]
    BadCursor,
    /// The engine failed.
    #[error("the view could not be read: {0}")]
    Engine(String),
    /// A parameter the question does not have.
    #[error("{question} has no parameter \"{name}\"; it takes {known}")]
    NoParameter {
        /// The question.
        question: String,
        /// The name given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A parameter that was left out.
    #[error("{question} needs {name}=…: {about}")]
    Missing {
        /// The question.
        question: String,
        /// The parameter.
        name: String,
        /// What it is for.
        about: String,
    },
    /// A value of the wrong kind.
    #[error("{name}={value}: {wanted}")]
    BadValue {
        /// The parameter.
        name: String,
        /// What was given.
        value: String,
        /// What it takes.
        wanted: String,
    },
    /// A name with no record in this view.
    #[error("{name}={value}: no record of that id or name")]
    NoRecord {
        /// The parameter.
        name: String,
        /// What was given.
        value: String,
        /// The records whose names are nearest: id, noun, name.
        near: Vec<(RecordId, Noun, String)>,
    },
    /// A name that several records bear.
    #[error("{name}={value}: several records bear that name; give an id")]
    Ambiguous {
        /// The parameter.
        name: String,
        /// What was given.
        value: String,
        /// The records: id, noun, label.
        candidates: Vec<(RecordId, Noun, String)>,
    },
    /// The query failed.
    #[error(transparent)]
    Sparql(#[from] SparqlError),
}

impl ReadError {
    pub(crate) fn engine(error: impl std::fmt::Display) -> Self {
        Self::Engine(error.to_string())
    }
}
