//! The ledger: every accepted change, one after the other, never changed again.
//!
//! One SQLite file in WAL mode with `synchronous=FULL`: a commit that returned has reached the
//! disk. Each entry carries the hash of the one before it, so a change to any of them shows. The
//! tables `current` and `reference` follow from the entries.

mod chain;
mod read;

pub use chain::{Hash, Op, Revision};
pub(crate) use read::PolicyMemo;
pub use read::{LedgerReader, Since, Verified};

use crate::error::StoreError;
use chain::entry_hash;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::path::Path;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS entry (
  seq INTEGER PRIMARY KEY,
  record TEXT NOT NULL,
  revision INTEGER NOT NULL,
  op INTEGER NOT NULL,
  author TEXT NOT NULL,
  recorded TEXT NOT NULL,
  dataset TEXT NOT NULL,
  received BLOB,
  prev BLOB NOT NULL,
  hash BLOB NOT NULL,
  loosening TEXT,
  reason TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS entry_revision ON entry (record, revision);
CREATE TABLE IF NOT EXISTS current (
  record TEXT PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reference (
  target TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (target, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reference_record ON reference (record);
CREATE TABLE IF NOT EXISTS meta (
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
";

/// The layout this build writes; a ledger of another layout is refused, not guessed at.
const LAYOUT: &[u8] = b"3";

/// Earlier layouts, each with what it lacks: columns that no entry of it fills, so that such a
/// ledger is taken over as it is.
const EARLIER: [(&[u8], &[&str]); 2] = [
    // Before entries could say why they loosen.
    (b"1", &["loosening", "reason"]),
    // Before they could say why they were made.
    (b"2", &["reason"]),
];

/// One wished-for change.
#[derive(Debug)]
pub enum Change {
    /// This is the record now. `received` is what came from outside, to the letter.
    Put {
        /// The record.
        record: Record,
        /// The bytes it came in, where it came from outside.
        received: Option<Vec<u8>>,
    },
    /// The same, and somebody may see statements of it who could not before.
    Loosen {
        /// The record.
        record: Record,
        /// The bytes it came in, where it came from outside.
        received: Option<Vec<u8>>,
        /// Why, as it stands in the ledger.
        reason: String,
    },
    /// The record is withdrawn. Its history stays.
    Retract(RecordId),
}

impl Change {
    /// The record it is about.
    pub fn id(&self) -> &RecordId {
        match self {
            Self::Put { record, .. } | Self::Loosen { record, .. } => record.id(),
            Self::Retract(id) => id,
        }
    }

    /// What the record is to be; none when it is withdrawn.
    pub fn record(&self) -> Option<&Record> {
        match self {
            Self::Put { record, .. } | Self::Loosen { record, .. } => Some(record),
            Self::Retract(_) => None,
        }
    }
}

/// Changes that go in together or not at all, and whose they are.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// Whose changes they are.
    pub author: &'a str,
    /// Why they were made, where that was said.
    pub reason: Option<&'a str>,
    /// The changes.
    pub changes: &'a [Change],
}

impl<'a> Group<'a> {
    /// Changes of an author who does not say why.
    pub fn by(author: &'a str, changes: &'a [Change]) -> Self {
        Self {
            author,
            reason: None,
            changes,
        }
    }
}

/// What became of one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A record that was not there.
    Added,
    /// A further revision of one that was.
    Revised,
    /// The same statements as the current revision: nothing was written.
    Unchanged,
    /// The record was withdrawn.
    Retracted,
}

/// The ledger opened for writing. There is one, and it lives on the writer's thread.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    head: (u64, Hash),
    recorded: OffsetDateTime,
}

impl Ledger {
    /// Opens the ledger of a data directory, making it when there is none.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.execute_batch(SCHEMA)?;
        connection.execute(
            "INSERT OR IGNORE INTO meta (key, value) VALUES ('layout', ?1)",
            params![LAYOUT],
        )?;
        let layout: Vec<u8> =
            connection.query_row("SELECT value FROM meta WHERE key = 'layout'", [], |r| {
                r.get(0)
            })?;
        if let Some((_, lacking)) = EARLIER.iter().find(|(known, _)| *known == layout) {
            let mut batch = "BEGIN IMMEDIATE;".to_owned();
            for column in *lacking {
                batch.push_str(&format!("ALTER TABLE entry ADD COLUMN {column} TEXT;"));
            }
            batch.push_str(
                "UPDATE meta SET value = CAST('3' AS BLOB) WHERE key = 'layout'; COMMIT;",
            );
            connection.execute_batch(&batch)?;
        } else if layout != LAYOUT {
            return Err(StoreError::Layout {
                found: String::from_utf8_lossy(&layout).into_owned(),
                known: String::from_utf8_lossy(LAYOUT).into_owned(),
            });
        }
        let head = connection
            .query_row(
                "SELECT seq, hash, recorded FROM entry ORDER BY seq DESC LIMIT 1",
                [],
                |r| {
                    Ok((
                        r.get::<_, i64>(0)?,
                        r.get::<_, Hash>(1)?,
                        r.get::<_, String>(2)?,
                    ))
                },
            )
            .optional()?;
        let (head, recorded) = match head {
            Some((seq, hash, recorded)) => (
                (seq.unsigned_abs(), hash),
                OffsetDateTime::parse(&recorded, &Rfc3339)
                    .map_err(|error| StoreError::damaged(seq.unsigned_abs(), error.to_string()))?,
            ),
            None => ((0, [0; 32]), OffsetDateTime::UNIX_EPOCH),
        };
        Ok(Self {
            connection,
            head,
            recorded,
        })
    }

    /// The last entry's sequence number and hash; zero and zeros when there is none.
    pub fn head(&self) -> (u64, Hash) {
        self.head
    }

    /// Commits several callers' changes with one sync. A caller whose changes cannot be written
    /// gets its own error and leaves no trace; the others are not disturbed.
    pub fn append(
        &mut self,
        groups: &[Group<'_>],
        now: OffsetDateTime,
    ) -> Result<Vec<Result<Vec<Outcome>, StoreError>>, StoreError> {
        // A clock that was set back must not make a later entry look earlier.
        let recorded = now.max(self.recorded);
        let mut head = self.head;
        let mut transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut results = Vec::with_capacity(groups.len());
        for group in groups {
            let mut savepoint = transaction.savepoint()?;
            let mut attempt = head;
            let outcome = group
                .changes
                .iter()
                .map(|change| write(&savepoint, &mut attempt, group, change, recorded))
                .collect::<Result<Vec<_>, _>>();
            match outcome {
                Ok(_) => {
                    head = attempt;
                    savepoint.commit()?;
                }
                Err(_) => {
                    savepoint.rollback()?;
                    savepoint.commit()?;
                }
            }
            results.push(outcome);
        }
        transaction.commit()?;
        self.head = head;
        self.recorded = recorded;
        Ok(results)
    }

    /// A secret of this installation, made on first use; it never leaves the data directory.
    pub fn secret(&self) -> Result<[u8; 32], StoreError> {
        let mut fresh = [0; 32];
        getrandom::fill(&mut fresh).map_err(|error| StoreError::Random(error.to_string()))?;
        self.connection.execute(
            "INSERT OR IGNORE INTO meta (key, value) VALUES ('secret', ?1)",
            params![fresh],
        )?;
        Ok(self
            .connection
            .query_row("SELECT value FROM meta WHERE key = 'secret'", [], |r| {
                r.get::<_, Hash>(0)
            })?)
    }

    /// A note this installation keeps for itself, such as which vocabulary it started with.
    pub fn note(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self
            .connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |r| r.get(0))
            .optional()?)
    }

    /// Keeps a note.
    pub fn set_note(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)",
            params![key, value],
        )?;
        Ok(())
    }
}

fn write(
    transaction: &Connection,
    head: &mut (u64, Hash),
    group: &Group<'_>,
    change: &Change,
    recorded: OffsetDateTime,
) -> Result<Outcome, StoreError> {
    let id = change.id().as_str();
    let current: Option<(String, i64)> = transaction
        .prepare_cached(
            "SELECT dataset, revision FROM entry JOIN current USING (record, seq) WHERE record = ?1",
        )?
        .query_row([id], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let (op, dataset, received, outcome) = match (change, &current) {
        (Change::Put { record, .. } | Change::Loosen { record, .. }, Some((dataset, _)))
            if dataset == record.canonical() =>
        {
            return Ok(Outcome::Unchanged);
        }
        (
            Change::Put { record, received }
            | Change::Loosen {
                record, received, ..
            },
            before,
        ) => (
            Op::Put,
            record.canonical(),
            received.as_deref(),
            if before.is_some() {
                Outcome::Revised
            } else {
                Outcome::Added
            },
        ),
        (Change::Retract(_), None) => return Ok(Outcome::Unchanged),
        (Change::Retract(_), Some(_)) => (Op::Retract, "", None, Outcome::Retracted),
    };
    let loosening = match change {
        Change::Loosen { reason, .. } => Some(reason.clone()),
        Change::Put { .. } | Change::Retract(_) => None,
    };
    // A record that was withdrawn and comes back continues its own numbering.
    let last: Option<i64> = transaction
        .prepare_cached("SELECT max(revision) FROM entry WHERE record = ?1")?
        .query_row([id], |r| r.get(0))?;
    let revision = Revision {
        seq: head.0 + 1,
        record: change.id().clone(),
        revision: last.unwrap_or(0).unsigned_abs() + 1,
        op,
        author: group.author.to_owned(),
        recorded: recorded
            .format(&Rfc3339)
            .map_err(|error| StoreError::Clock(error.to_string()))?,
        loosening,
        reason: group.reason.map(str::to_owned),
    };
    let hash = entry_hash(&head.1, &revision, dataset, received);
    transaction
        .prepare_cached(
            "INSERT INTO entry (seq, record, revision, op, author, recorded, dataset, received, prev, hash, loosening, reason)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            revision.seq as i64,
            id,
            revision.revision as i64,
            op as i64,
            revision.author,
            revision.recorded,
            dataset,
            received,
            head.1,
            hash,
            revision.loosening,
            revision.reason
        ])?;
    transaction
        .prepare_cached("DELETE FROM reference WHERE record = ?1")?
        .execute([id])?;
    match change {
        Change::Put { record, .. } | Change::Loosen { record, .. } => {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO current (record, seq) VALUES (?1, ?2)")?
                .execute(params![id, revision.seq as i64])?;
            refer(transaction, record)?;
        }
        Change::Retract(_) => {
            transaction
                .prepare_cached("DELETE FROM current WHERE record = ?1")?
                .execute([id])?;
        }
    }
    *head = (revision.seq, hash);
    Ok(outcome)
}

fn refer(transaction: &Connection, record: &Record) -> Result<(), StoreError> {
    let mut insert = transaction
        .prepare_cached("INSERT OR IGNORE INTO reference (target, record) VALUES (?1, ?2)")?;
    for target in record.references() {
        insert.execute([target.as_str(), record.id().as_str()])?;
    }
    Ok(())
}

fn parse_id(text: &str) -> Result<RecordId, StoreError> {
    RecordId::parse(text).map_err(|error| StoreError::Damaged {
        seq: None,
        why: error.to_string(),
    })
}

#[cfg(test)]
mod tests;
