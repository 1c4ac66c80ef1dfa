//! The ledger: every accepted change, one after the other, never changed again.
//!
//! One SQLite file in WAL mode with `synchronous=FULL`: a commit that returned has reached the
//! disk. Each entry carries the hash of the one before it, so a change to any of them shows. The
//! tables `record` and `mention` and the column `earlier` follow from the entries. In them a record
//! is a number, given in the order in which records come, so that what a large import writes stands
//! together: with ids for keys every entry went to pages of its own in four indexes, and at 400,000
//! entries a commit took twice as long as at the beginning. What a record mentions and the policies it
//! stands under have numbers too, before anything of their own is there.

mod chain;
mod layout;
mod read;

pub use chain::{Hash, Op, Revision};
pub(crate) use read::{Changed, PolicyMemo, Stored};
pub use read::{LedgerReader, Since, Verified};

use crate::error::StoreError;
use chain::entry_hash;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use layout::number_policy;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::collections::HashSet;
use std::path::Path;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The note of the last entry that a start checked.
const CHECKED: &str = "checked";

/// How much of the ledger the writer keeps in memory, in KiB. More makes a large import no faster: what
/// it looks up stands anywhere among the ids.
const CACHE_KIB: i64 = 8 << 10;

/// How many pages of 4 KiB wait in the write-ahead log before they are put in their places. Ids come in
/// no order, so each batch of an import writes to a thousand pages of their index; as often as SQLite
/// does it by itself, after a thousand pages, each of those was written twice every time.
const LOGGED_PAGES: i64 = 8 << 10;

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
    /// By what a request that is sent again is known.
    pub key: Option<&'a Key>,
}

/// A word of the author's own for one request, by which it is known when it is sent again
/// (draft-ietf-httpapi-idempotency-key-header).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The word.
    pub word: String,
    /// A digest of what was asked.
    pub digest: Hash,
}

impl<'a> Group<'a> {
    /// Changes of an author who does not say why.
    pub fn by(author: &'a str, changes: &'a [Change]) -> Self {
        Self {
            author,
            reason: None,
            changes,
            key: None,
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

/// What the ledger knew of a record before a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing: no record of an earlier entry mentions it or stands under it.
    Not,
    /// Others may; no entry is its own.
    ByName,
    /// It had entries.
    Told,
}

/// A change as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// What became of it.
    pub outcome: Outcome,
    /// What was known of its record before.
    pub known: Known,
}

/// The ledger opened for writing. There is one, and it lives on the writer's thread.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    head: (u64, Hash),
    recorded: OffsetDateTime,
    /// Policies that have numbers, so that they are not looked for with every record.
    numbered: HashSet<String>,
}

impl Ledger {
    /// Opens the ledger of a data directory, making it when there is none.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = crate::sqlite::durable(path)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOGGED_PAGES)?;
        layout::bring(&mut connection)?;
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
            numbered: HashSet::new(),
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
    ) -> Result<Vec<Result<Vec<Written>, StoreError>>, StoreError> {
        // A clock that was set back must not make a later entry look earlier.
        let recorded = now.max(self.recorded);
        let mut head = self.head;
        // Taken out until the transaction stands: what is undone has no numbers.
        let mut numbered = std::mem::take(&mut self.numbered);
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
                .map(|change| {
                    write(
                        &savepoint,
                        &mut numbered,
                        &mut attempt,
                        group,
                        change,
                        recorded,
                    )
                })
                .collect::<Result<Vec<_>, _>>()
                .and_then(|written| remember(&savepoint, group).map(|()| written));
            match outcome {
                Ok(_) => {
                    head = attempt;
                    savepoint.commit()?;
                }
                Err(_) => {
                    numbered.clear();
                    savepoint.rollback()?;
                    savepoint.commit()?;
                }
            }
            results.push(outcome);
        }
        transaction.commit()?;
        self.numbered = numbered;
        self.head = head;
        self.recorded = recorded;
        Ok(results)
    }

    /// Checks the entries that no earlier start checked, and remembers that they were. What was
    /// checked once is checked again whenever it is read, and all of it by
    /// [`verify`](LedgerReader::verify).
    ///
    /// # Errors
    /// The first entry that does not hold.
    pub fn check(&self, reader: &LedgerReader) -> Result<(), StoreError> {
        let known = self.note(CHECKED)?.and_then(|note| {
            let (seq, hash) = note.split_first_chunk::<8>()?;
            Some((u64::from_be_bytes(*seq), Hash::try_from(hash).ok()?))
        });
        // An entry that is not there any more, or not as it was, is looked for from the beginning.
        let known = match known {
            Some((seq, hash)) if reader.hash_at(seq)? == Some(hash) => (seq, hash),
            _ => (0, [0; 32]),
        };
        let Verified { entries, head } = reader.verify_after(known, |_| ())?;
        if entries > known.0 {
            let note = [&entries.to_be_bytes()[..], &head].concat();
            self.set_note(CHECKED, &note)?;
        }
        Ok(())
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

/// What the ledger knows of a record before a change.
struct Standing {
    number: i64,
    /// Its last entry, and which revision that was.
    last: Option<(i64, i64)>,
    /// Its statements, while it stands.
    dataset: Option<String>,
}

fn standing(transaction: &Connection, id: &str) -> Result<Option<Standing>, StoreError> {
    Ok(transaction
        .prepare_cached(
            "SELECT number, last, revision, CASE WHEN stands THEN dataset END
             FROM record LEFT JOIN entry ON seq = last WHERE id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Standing {
                number: row.get(0)?,
                last: row.get::<_, Option<i64>>(1)?.zip(row.get(2)?),
                dataset: row.get(3)?,
            })
        })
        .optional()?)
}

fn write(
    transaction: &Connection,
    numbered: &mut HashSet<String>,
    head: &mut (u64, Hash),
    group: &Group<'_>,
    change: &Change,
    recorded: OffsetDateTime,
) -> Result<Written, StoreError> {
    let id = change.id().as_str();
    let before = standing(transaction, id)?;
    let known = match &before {
        None => Known::Not,
        Some(Standing { last: None, .. }) => Known::ByName,
        Some(_) => Known::Told,
    };
    let written = |outcome| Written { outcome, known };
    let stands = before.as_ref().and_then(|before| before.dataset.as_deref());
    let (op, dataset, received, outcome) = match (change, stands) {
        (Change::Put { record, .. } | Change::Loosen { record, .. }, Some(dataset))
            if dataset == record.canonical() =>
        {
            return Ok(written(Outcome::Unchanged));
        }
        (
            Change::Put { record, received }
            | Change::Loosen {
                record, received, ..
            },
            stands,
        ) => (
            Op::Put,
            record.canonical(),
            received.as_deref(),
            if stands.is_some() {
                Outcome::Revised
            } else {
                Outcome::Added
            },
        ),
        (Change::Retract(_), None) => return Ok(written(Outcome::Unchanged)),
        (Change::Retract(_), Some(_)) => (Op::Retract, "", None, Outcome::Retracted),
    };
    let loosening = match change {
        Change::Loosen { reason, .. } => Some(reason.clone()),
        Change::Put { .. } | Change::Retract(_) => None,
    };
    // A record that was withdrawn and comes back continues its own numbering.
    let last = before.as_ref().and_then(|before| before.last);
    let revision = Revision {
        seq: head.0 + 1,
        record: change.id().clone(),
        revision: last.map_or(0, |(_, revision)| revision.unsigned_abs()) + 1,
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
            "INSERT INTO entry (seq, record, revision, op, author, recorded, dataset, received, prev, hash, loosening, reason, earlier)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
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
            revision.reason,
            last.map(|(seq, _)| seq),
        ])?;
    let number = match &before {
        Some(before) => before.number,
        None => number(transaction, id)?,
    };
    transaction
        .prepare_cached(
            "UPDATE record SET first = ifnull(first, ?2), last = ?2, stands = ?3 WHERE number = ?1",
        )?
        .execute(params![number, revision.seq as i64, op == Op::Put])?;
    if last.is_some() {
        transaction
            .prepare_cached("DELETE FROM mention WHERE record = ?1")?
            .execute([number])?;
    }
    if let Some(record) = change.record() {
        mention(transaction, number, record)?;
        for policy in record.policies() {
            if !numbered.contains(policy) {
                number_policy(transaction, policy)?;
                numbered.insert(policy.to_owned());
            }
        }
    }
    *head = (revision.seq, hash);
    Ok(written(outcome))
}

/// Remembers by what word its author knows a request, in the same transaction as what it came to.
fn remember(transaction: &Connection, group: &Group<'_>) -> Result<(), StoreError> {
    let (Some(key), Some(change)) = (group.key, group.changes.first()) else {
        return Ok(());
    };
    let added = transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO asked (author, key, digest, record) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            group.author,
            key.word,
            key.digest,
            change.id().as_str()
        ])?;
    match added {
        0 => Err(StoreError::NotAllowed {
            record: change.id().clone(),
            why: KEY_USED.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// What is said of a key that came while another request of it was being written.
const KEY_USED: &str = "a request with this Idempotency-Key is being written just now: send it again in a moment to have its answer";

/// Gives a record a number.
fn number(transaction: &Connection, id: &str) -> Result<i64, StoreError> {
    transaction
        .prepare_cached("INSERT INTO record (id) VALUES (?1)")?
        .execute([id])?;
    Ok(transaction.last_insert_rowid())
}

fn mention(transaction: &Connection, from: i64, record: &Record) -> Result<(), StoreError> {
    let mut known = transaction.prepare_cached("SELECT number FROM record WHERE id = ?1")?;
    let mut insert = transaction
        .prepare_cached("INSERT OR IGNORE INTO mention (target, record) VALUES (?1, ?2)")?;
    for target in record.references() {
        let there = known
            .query_row([target.as_str()], |row| row.get(0))
            .optional()?;
        let target = match there {
            Some(number) => number,
            None => number(transaction, target.as_str())?,
        };
        insert.execute([target, from])?;
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
