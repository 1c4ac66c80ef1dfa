//! When each version came to stand in an audience's collection, as partners were told.
//!
//! What a partner was told is a fact of its own and follows from no view: it is kept in a file
//! beside the ledger, so that a restart or a rebuilt view tells the same. Should the file be lost,
//! every version is dated anew, and partners fetch again what they have.

use crate::error::StoreError;
use fieldmark_model::RecordId;
use rusqlite::{Connection, params};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS shelved (
  audience TEXT NOT NULL,
  record TEXT NOT NULL,
  entry INTEGER NOT NULL,
  added INTEGER NOT NULL,
  PRIMARY KEY (audience, record, entry)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS last (
  audience TEXT PRIMARY KEY,
  added INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// The dates of one audience.
pub(super) struct Dates {
    connection: Mutex<Connection>,
    audience: String,
}

/// A version by its record and, of what came in, its ledger entry; of what is made of what is shown,
/// a digest of that, below zero.
pub(super) type Key = (RecordId, i64);

impl Dates {
    /// Opens the file, making it when there is none.
    pub fn open(path: &Path, audience: &str) -> Result<Self, StoreError> {
        let connection = crate::sqlite::durable(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self {
            connection: Mutex::new(connection),
            audience: audience.to_owned(),
        })
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What was told so far, and the latest date ever told.
    pub fn read(&self) -> Result<(HashMap<Key, i64>, i64), StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare("SELECT record, entry, added FROM shelved WHERE audience = ?1")?;
        let mut rows = statement.query([&self.audience])?;
        let mut told = HashMap::new();
        while let Some(row) = rows.next()? {
            let record: String = row.get(0)?;
            let id = RecordId::parse(&record).map_err(|error| StoreError::Damaged {
                seq: None,
                why: format!("the dates of what was collected: {error}"),
            })?;
            told.insert((id, row.get(1)?), row.get(2)?);
        }
        let last = connection.query_row(
            "SELECT ifnull(max(added), 0) FROM last WHERE audience = ?1",
            [&self.audience],
            |row| row.get(0),
        )?;
        Ok((told, last))
    }

    /// Keeps what is told from now on, forgets what no longer stands, all or none.
    pub fn keep(&self, gone: &[Key], come: &[(Key, i64)], last: i64) -> Result<(), StoreError> {
        if gone.is_empty() && come.is_empty() {
            return Ok(());
        }
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        {
            let mut forget = transaction.prepare(
                "DELETE FROM shelved WHERE audience = ?1 AND record = ?2 AND entry = ?3",
            )?;
            for (id, entry) in gone {
                forget.execute(params![self.audience, id.as_str(), entry])?;
            }
            let mut insert = transaction.prepare(
                "INSERT OR REPLACE INTO shelved (audience, record, entry, added) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for ((id, entry), added) in come {
                insert.execute(params![self.audience, id.as_str(), entry, added])?;
            }
        }
        transaction.execute(
            "INSERT OR REPLACE INTO last (audience, added) VALUES (?1, ?2)",
            params![self.audience, last],
        )?;
        transaction.commit()?;
        Ok(())
    }
}
