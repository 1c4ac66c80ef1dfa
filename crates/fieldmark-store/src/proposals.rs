//! What writers proposed that is not in their view, until a steward decides.
//!
//! A proposal may be of a record that exists and is withheld from who proposes it, so nothing is
//! told of it but that it waits. It is kept in a file beside the ledger and becomes an entry of the
//! ledger only when a steward takes it up.

use crate::error::StoreError;
use crate::ledger::Change;
use crate::sqlite::now;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::json;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most proposals of one writer that wait at once.
const MOST_WAITING: i64 = 10_000;

/// What is said of one too many.
pub(crate) fn full() -> String {
    format!(
        "{MOST_WAITING} of your proposals wait already: let a steward decide on them, then send it again"
    )
}

/// How many receipts are kept, the oldest forgotten first. They are receipts, not facts: what was
/// taken stands in the ledger.
const MOST_RECEIPTS: i64 = 10_000;

/// Where a proposal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has decided.
    Waiting,
    /// It was taken into the ledger.
    Accepted,
    /// It was turned down.
    Refused,
}

impl Standing {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Accepted, Self::Refused];

    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }

    /// The standing of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.name() == text)
    }
}

/// One record that somebody proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its number, from 1.
    pub number: u64,
    /// Who proposed it.
    pub author: String,
    /// The audience within whose view they write.
    pub audience: String,
    /// When (RFC 3339).
    pub proposed: String,
    /// The record it is to be.
    pub record: RecordId,
    /// Its statements, as N-Quads.
    pub nquads: String,
    /// The bytes it came in, where it came from outside.
    pub received: Option<Vec<u8>>,
    /// The version of the record that its author saw; none where they saw none.
    pub version: Option<String>,
    /// Why it was proposed, where that was said.
    pub why: Option<String>,
    /// Where it stands.
    pub standing: Standing,
    /// Who decided, when somebody did.
    pub decided_by: Option<String>,
    /// When.
    pub decided: Option<String>,
    /// The steward's reason.
    pub reason: Option<String>,
}

impl Proposal {
    /// What it is to be, as a change of the ledger.
    pub(crate) fn change(&self) -> Result<Change, StoreError> {
        Ok(Change::Put {
            record: Record::from_canonical(self.record.clone(), &self.nquads)?,
            received: self.received.clone(),
        })
    }
}

/// How proposals are taken up.
#[derive(Clone, Debug, Default)]
pub struct TakeUp {
    /// Why more may be seen of a record than now, if that is so.
    pub loosen: Option<String>,
    /// Whether one is taken although its record changed since.
    pub anyway: bool,
    /// The steward's reason.
    pub reason: Option<String>,
}

/// A word on proposals.
#[derive(Clone, Copy)]
pub(crate) struct Decided<'a> {
    pub standing: Standing,
    pub by: &'a str,
    pub reason: Option<&'a str>,
}

/// Who proposes.
#[derive(Clone, Copy)]
pub(crate) struct Proposer<'a> {
    pub author: &'a str,
    pub audience: &'a str,
    pub why: Option<&'a str>,
}

/// A record that is to wait.
pub(crate) struct Waiting<'a> {
    pub record: &'a Record,
    pub received: Option<&'a [u8]>,
    /// The version of the record that its author sees.
    pub version: Option<&'a str>,
}

/// The proposals of one data directory.
pub(crate) struct Proposals(Mutex<Connection>);

const COLUMNS: &str = "number, author, audience, proposed, record, nquads, standing, decided_by, decided, reason, received, version, why";

/// What earlier layouts lack.
const LATER: [&str; 3] = ["received BLOB", "version TEXT", "why TEXT"];

impl Proposals {
    /// Opens what waits, and adds the columns that earlier layouts lack.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = crate::sqlite::durable(path)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS proposal (
               number INTEGER PRIMARY KEY AUTOINCREMENT,
               author TEXT NOT NULL, audience TEXT NOT NULL, proposed TEXT NOT NULL,
               record TEXT NOT NULL, nquads TEXT NOT NULL, standing TEXT NOT NULL,
               decided_by TEXT, decided TEXT, reason TEXT,
               received BLOB, version TEXT, why TEXT
             ) STRICT;
             CREATE INDEX IF NOT EXISTS proposal_standing ON proposal (standing, author, record);
             CREATE TABLE IF NOT EXISTS receipt (
               number INTEGER PRIMARY KEY AUTOINCREMENT,
               id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, said TEXT NOT NULL
             ) STRICT;
             CREATE INDEX IF NOT EXISTS proposal_of ON proposal (author, record);",
        )?;
        for column in LATER {
            let name = column.split(' ').next().unwrap_or_default();
            let has = connection
                .prepare("SELECT 1 FROM pragma_table_info('proposal') WHERE name = ?1")?
                .exists([name])?;
            if !has {
                connection.execute_batch(&format!("ALTER TABLE proposal ADD COLUMN {column}"))?;
            }
        }
        Ok(Self(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps records until somebody decides, in their order and in one transaction, as long as not
    /// too many of their author wait; says how many it kept. One that waits already is not kept twice.
    pub fn keep<'r>(
        &self,
        of: Proposer<'_>,
        records: impl IntoIterator<Item = Waiting<'r>>,
    ) -> Result<usize, StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let mut waiting: i64 = transaction.query_row(
            "SELECT count(*) FROM proposal WHERE standing = 'waiting' AND author = ?1",
            [of.author],
            |row| row.get(0),
        )?;
        let now = now()?;
        let mut kept = 0;
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO proposal (author, audience, proposed, record, nquads, standing, received, version, why)
                 SELECT ?1, ?2, ?3, ?4, ?5, 'waiting', ?6, ?7, ?8 WHERE NOT EXISTS (
                   SELECT 1 FROM proposal WHERE standing = 'waiting' AND author = ?1 AND record = ?4 AND nquads = ?5)",
            )?;
            for one in records {
                if waiting >= MOST_WAITING {
                    break;
                }
                waiting += insert.execute(params![
                    of.author,
                    of.audience,
                    now,
                    one.record.id().as_str(),
                    one.record.canonical(),
                    one.received,
                    one.version,
                    of.why
                ])? as i64;
                kept += 1;
            }
        }
        transaction.commit()?;
        Ok(kept)
    }

    /// Proposals after `after`, at most `limit`, oldest first; all or those that stand so, of
    /// everybody or of one author.
    pub fn list(
        &self,
        standing: Option<Standing>,
        author: Option<&str>,
        after: u64,
        limit: u64,
    ) -> Result<Vec<Proposal>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM proposal WHERE number > ?1 AND (?2 IS NULL OR standing = ?2)
             AND (?4 IS NULL OR author = ?4) ORDER BY number LIMIT ?3"
        ))?;
        let rows = statement.query_map(
            params![
                after as i64,
                standing.map(Standing::name),
                limit as i64,
                author
            ],
            read,
        )?;
        rows.map(|row| row?).collect()
    }

    /// One proposal.
    pub fn get(&self, number: u64) -> Result<Option<Proposal>, StoreError> {
        self.connection()
            .prepare_cached(&format!("SELECT {COLUMNS} FROM proposal WHERE number = ?1"))?
            .query_row([number as i64], read)
            .optional()?
            .transpose()
    }

    /// Where one stands.
    pub fn standing_of(&self, number: u64) -> Result<Option<Standing>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT standing FROM proposal WHERE number = ?1")?;
        let standing = statement
            .query_row([number as i64], |row| row.get::<_, String>(0))
            .optional()?;
        Ok(standing.as_deref().and_then(Standing::parse))
    }

    /// Notes what was decided on those that still wait, at once.
    pub fn decide(&self, numbers: &[u64], decided: Decided<'_>) -> Result<(), StoreError> {
        if numbers.is_empty() {
            return Ok(());
        }
        self.connection()
            .prepare_cached(
                "UPDATE proposal SET standing = ?2, decided_by = ?3, decided = ?4, reason = ?5
                 WHERE number IN (SELECT value FROM json_each(?1)) AND standing = 'waiting'",
            )?
            .execute(params![
                json!(numbers).to_string(),
                decided.standing.name(),
                decided.by,
                now()?,
                decided.reason
            ])?;
        Ok(())
    }

    /// The records of all that wait, one for each proposal.
    pub fn records(&self) -> Result<Vec<RecordId>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT record FROM proposal WHERE standing = 'waiting' ORDER BY number",
        )?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        let mut records = Vec::new();
        for row in rows {
            records.extend(RecordId::parse(&row?));
        }
        Ok(records)
    }

    /// Keeps what somebody was told of what they sent; the oldest goes when there are too many.
    pub fn tell(&self, id: &str, owner: &str, said: &str) -> Result<(), StoreError> {
        let connection = self.connection();
        connection.execute(
            "INSERT INTO receipt (id, owner, said) VALUES (?1, ?2, ?3)",
            params![id, owner, said],
        )?;
        connection.execute(
            "DELETE FROM receipt WHERE number <= (SELECT max(number) FROM receipt) - ?1",
            [MOST_RECEIPTS],
        )?;
        Ok(())
    }

    /// What somebody was told.
    pub fn told(&self, id: &str, owner: &str) -> Result<Option<String>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT said FROM receipt WHERE id = ?1 AND owner = ?2")?;
        Ok(statement
            .query_row([id, owner], |row| row.get(0))
            .optional()?)
    }

    /// What somebody proposed last of a record.
    pub fn last_of(&self, author: &str, record: &RecordId) -> Result<Option<Proposal>, StoreError> {
        self.connection()
            .prepare_cached(&format!(
                "SELECT {COLUMNS} FROM proposal WHERE author = ?1 AND record = ?2
                 ORDER BY number DESC LIMIT 1"
            ))?
            .query_row(params![author, record.as_str()], read)
            .optional()?
            .transpose()
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Result<Proposal, StoreError>> {
    let record: String = row.get(4)?;
    let standing: String = row.get(6)?;
    let damaged = |why: String| StoreError::Damaged { seq: None, why };
    let Ok(record) = RecordId::parse(&record) else {
        return Ok(Err(damaged(format!("a proposal is of \"{record}\""))));
    };
    let Some(standing) = Standing::parse(&standing) else {
        return Ok(Err(damaged(format!("a proposal stands as \"{standing}\""))));
    };
    Ok(Ok(Proposal {
        number: row.get::<_, i64>(0)?.unsigned_abs(),
        author: row.get(1)?,
        audience: row.get(2)?,
        proposed: row.get(3)?,
        record,
        nquads: row.get(5)?,
        standing,
        decided_by: row.get(7)?,
        decided: row.get(8)?,
        reason: row.get(9)?,
        received: row.get(10)?,
        version: row.get(11)?,
        why: row.get(12)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(number: usize) -> Record {
        let id = RecordId::parse(&format!("campaign--00000000-0000-4000-8000-{number:012x}"));
        let id = id.unwrap();
        let line = format!(
            "<{}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://docs.oasis-open.org/cti/ns/stix#Campaign> <https://example.org/policy> .\n",
            id.iri()
        );
        Record::from_canonical(id, &line).unwrap()
    }

    #[test]
    fn only_so_many_of_one_author_wait_and_none_twice() {
        let dir = tempfile::tempdir().unwrap();
        let proposals = Proposals::open(&dir.path().join("proposals.sqlite")).unwrap();
        let records: Vec<Record> = (0..MOST_WAITING as usize + 2).map(named).collect();
        let keep = |author: &str, records: &[Record]| {
            let of = Proposer {
                author,
                audience: "steward",
                why: None,
            };
            let waiting = records.iter().map(|record| Waiting {
                record,
                received: None,
                version: None,
            });
            proposals.keep(of, waiting).unwrap()
        };
        assert_eq!(keep("one", &records[..3]), 3);
        assert_eq!(keep("one", &records[..3]), 3, "they wait already");
        assert_eq!(proposals.records().unwrap().len(), 3);
        assert_eq!(keep("one", &records), MOST_WAITING as usize);
        assert_eq!(keep("one", &records[MOST_WAITING as usize..]), 0);
        assert_eq!(keep("another", &records[..1]), 1);
    }
}
