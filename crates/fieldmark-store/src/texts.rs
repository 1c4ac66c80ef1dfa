//! The texts of sources, kept beside the ledger so that what is quoted can be read where it stands.
//!
//! A text is no fact of the ledger and part of no view: it may say more than any marking of what is
//! quoted of it, so it is told to a steward alone and goes out by no export.

use crate::error::StoreError;
use crate::sqlite::now;
use fieldmark_model::RecordId;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The text of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// The text, as it was given.
    pub text: String,
    /// The name of the token of who gave it.
    pub by: String,
    /// When (RFC 3339).
    pub kept: String,
}

/// The texts of one data directory.
pub(crate) struct Texts(Mutex<Connection>);

impl Texts {
    /// Opens what is kept.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = crate::sqlite::durable(path)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS source (
               record TEXT PRIMARY KEY, text TEXT NOT NULL, by TEXT NOT NULL, kept TEXT NOT NULL
             ) STRICT;",
        )?;
        Ok(Self(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the text of a source, in the place of one that was kept before.
    pub fn keep(&self, source: &RecordId, text: &str, by: &str) -> Result<(), StoreError> {
        self.connection().execute(
            "INSERT INTO source (record, text, by, kept) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (record) DO UPDATE SET text = ?2, by = ?3, kept = ?4",
            params![source.as_str(), text, by, now()?],
        )?;
        Ok(())
    }

    /// The text of a source, where one is kept.
    pub fn of(&self, source: &RecordId) -> Result<Option<SourceText>, StoreError> {
        let found = self.connection().query_row(
            "SELECT text, by, kept FROM source WHERE record = ?1",
            [source.as_str()],
            |row| {
                Ok(SourceText {
                    text: row.get(0)?,
                    by: row.get(1)?,
                    kept: row.get(2)?,
                })
            },
        );
        Ok(found.optional()?)
    }

    /// Keeps the text of a source no longer; says whether one was kept.
    pub fn forget(&self, source: &RecordId) -> Result<bool, StoreError> {
        let gone = self
            .connection()
            .execute("DELETE FROM source WHERE record = ?1", [source.as_str()])?;
        Ok(gone > 0)
    }
}
