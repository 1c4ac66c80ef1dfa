//! Reading the ledger. Every entry that is read is checked against its hash first: a damaged one
//! is an error, never an answer.

use super::chain::{Hash, Op, Revision, entry_hash};
use super::parse_id;
use crate::error::StoreError;
use fieldmark_analysis::release::Policies;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use rayon::prelude::*;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The ledger opened for reading; as many as are wanted, beside the one writer.
#[derive(Debug)]
pub struct LedgerReader {
    connection: Connection,
    path: PathBuf,
    policies: PolicyMemo,
}

/// The policies as last read, and from how many marking definitions, the last of which entry;
/// shared by the readers of one ledger.
pub(crate) type PolicyMemo = Arc<Mutex<Option<((i64, i64), Policies)>>>;

/// What a full check of the chain found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many entries there are, all of them sound.
    pub entries: u64,
    /// The last entry's hash.
    pub head: Hash,
}

/// What has become of a record since an earlier entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// It stands as it did.
    Unchanged,
    /// It was revised.
    Revised,
    /// It was withdrawn.
    Withdrawn,
}

/// One record before and after; none where it did not stand.
pub(crate) struct Changed {
    pub id: RecordId,
    /// Whether records that did not change may mention it, or stand under it.
    pub named: bool,
    pub before: Option<Record>,
    pub after: Option<Record>,
}

/// The statements of an entry as N-Quads, and the bytes it came in where it came from outside.
pub type Stored = (String, Option<Vec<u8>>);

const COLUMNS: &str = "seq, entry.record, revision, op, author, recorded, dataset, received, prev, hash, loosening, reason";

/// Each record's last entry.
const CURRENT: &str = "record JOIN entry ON seq = last";

/// The entries of record ?1, from the last down to the first that is not after entry ?2.
const HISTORY: &str = "WITH RECURSIVE history (seq) AS (
    SELECT last FROM record WHERE id = ?1 AND last IS NOT NULL
    UNION ALL SELECT earlier FROM history JOIN entry USING (seq)
      WHERE earlier IS NOT NULL AND seq > ?2)";

impl LedgerReader {
    /// Opens the ledger file.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            connection: crate::sqlite::reading(path)?,
            path: path.to_owned(),
            policies: PolicyMemo::default(),
        })
    }

    /// The same, sharing what is known of policies.
    pub(crate) fn open_beside(path: &Path, policies: &PolicyMemo) -> Result<Self, StoreError> {
        Ok(Self {
            policies: policies.clone(),
            ..Self::open(path)?
        })
    }

    /// The policies that marking definitions define now. They are read again only when a marking
    /// definition has changed: every import and every view asks.
    pub(crate) fn policies(&self) -> Result<Policies, StoreError> {
        let state = self
            .connection
            .prepare_cached(
                "SELECT count(*), ifnull(max(last), 0) FROM record
                 WHERE id >= 'marking-definition--' AND id < 'marking-definition-.' AND stands",
            )?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let memo = || self.policies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, policies)) = &*memo()
            && *known == state
        {
            return Ok(policies.clone());
        }
        let mut policies = Policies::default();
        for id in self.of_type("marking-definition")? {
            if let Some(record) = self.current(&id)? {
                policies.learn(&record);
            }
        }
        *memo() = Some((state, policies.clone()));
        Ok(policies)
    }

    /// The ledger's file.
    pub fn path(&self) -> PathBuf {
        self.path.clone()
    }

    /// The last entry's sequence number and hash.
    pub fn head(&self) -> Result<(u64, Hash), StoreError> {
        let head = self
            .connection
            .prepare_cached("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1")?
            .query_row([], |r| Ok((r.get::<_, i64>(0)?.unsigned_abs(), r.get(1)?)))
            .optional()?;
        Ok(head.unwrap_or((0, [0; 32])))
    }

    /// The hash of one entry, if there is one.
    pub fn hash_at(&self, seq: u64) -> Result<Option<Hash>, StoreError> {
        Ok(self
            .connection
            .prepare_cached("SELECT hash FROM entry WHERE seq = ?1")?
            .query_row([seq as i64], |r| r.get(0))
            .optional()?)
    }

    /// The record as it stands now; `None` when it never was or was withdrawn.
    pub fn current(&self, id: &RecordId) -> Result<Option<Record>, StoreError> {
        self.one(
            &format!("SELECT {COLUMNS} FROM {CURRENT} WHERE id = ?1 AND stands"),
            params![id.as_str()],
        )
    }

    /// What the record states now, as canonical N-Quads; its hash is not checked.
    pub fn stated(&self, id: &RecordId) -> Result<Option<String>, StoreError> {
        let sql = format!("SELECT dataset FROM {CURRENT} WHERE id = ?1 AND stands");
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement
            .query_row([id.as_str()], |row| row.get(0))
            .optional()?)
    }

    /// Whether the record stands now.
    pub fn stands(&self, id: &RecordId) -> Result<bool, StoreError> {
        Ok(self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM record WHERE id = ?1 AND stands)")?
            .query_row([id.as_str()], |row| row.get(0))?)
    }

    /// The record as of entry `seq`.
    pub fn at(&self, id: &RecordId, seq: u64) -> Result<Option<Record>, StoreError> {
        self.one(
            &format!(
                "{HISTORY} SELECT {COLUMNS} FROM entry
                 WHERE seq = (SELECT max(seq) FROM history WHERE seq <= ?2)"
            ),
            params![id.as_str(), seq as i64],
        )
    }

    /// The first entry's time; `None` in an empty ledger.
    pub fn began(&self) -> Result<Option<OffsetDateTime>, StoreError> {
        self.recorded(1)
    }

    /// The last entry recorded by that time; 0 when there is none. Entries are in order of time,
    /// so it takes as many look-ups as the ledger's length has binary digits.
    pub fn last_by(&self, time: OffsetDateTime) -> Result<u64, StoreError> {
        let (mut none_after, mut some_after) = (self.head()?.0, 0);
        while some_after < none_after {
            let middle = some_after + (none_after - some_after).div_ceil(2);
            if self.recorded(middle)?.is_some_and(|at| at <= time) {
                some_after = middle;
            } else {
                none_after = middle - 1;
            }
        }
        Ok(some_after)
    }

    fn recorded(&self, seq: u64) -> Result<Option<OffsetDateTime>, StoreError> {
        let text: Option<String> = self
            .connection
            .prepare_cached("SELECT recorded FROM entry WHERE seq = ?1")?
            .query_row([seq as i64], |row| row.get(0))
            .optional()?;
        text.map(|text| OffsetDateTime::parse(&text, &Rfc3339))
            .transpose()
            .map_err(|error| StoreError::damaged(seq, error.to_string()))
    }

    /// Calls `each` with every record as it stood at entry `seq`, in the order of entries, and
    /// with what has become of it.
    pub fn each_at(
        &self,
        seq: u64,
        mut each: impl FnMut(Record, Since) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS}, (SELECT last FROM record WHERE id = entry.record AND stands)
             FROM entry WHERE op = 0 AND seq <= ?1
               AND NOT EXISTS (SELECT 1 FROM entry AS later
                 WHERE later.earlier = entry.seq AND later.seq <= ?1)
             ORDER BY seq"
        ))?;
        let mut rows = statement.query(params![seq as i64])?;
        while let Some(row) = rows.next()? {
            let (revision, dataset) = sound(row)?;
            let since = match row.get::<_, Option<i64>>(12)? {
                None => Since::Withdrawn,
                Some(now) if now.unsigned_abs() == revision.seq => Since::Unchanged,
                Some(_) => Since::Revised,
            };
            each(Record::from_canonical(revision.record, &dataset)?, since)?;
        }
        Ok(())
    }

    /// Whether an entry after `after` defines a policy or, `or_record`, changes a record that
    /// entry `seq` or an earlier one is about.
    pub fn reaches_back(&self, after: u64, seq: u64, or_record: bool) -> Result<bool, StoreError> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM entry JOIN record ON id = entry.record
                   WHERE seq > ?1
                     AND (id >= 'marking-definition--' AND id < 'marking-definition-.'
                       OR ?3 AND first <= ?2))",
            )?
            .query_row(params![after as i64, seq as i64, or_record], |row| {
                row.get(0)
            })?)
    }

    /// Does `work` while the ledger, as this reader sees it, stands still.
    pub fn steady<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let _snapshot = self.connection.unchecked_transaction()?;
        work()
    }

    /// Every revision of a record, oldest first, with its statements as N-Quads.
    pub fn history(&self, id: &RecordId) -> Result<Vec<(Revision, String)>, StoreError> {
        self.entries(
            &format!("{HISTORY} SELECT {COLUMNS} FROM history JOIN entry USING (seq) ORDER BY seq"),
            params![id.as_str(), 0],
        )
    }

    /// At most `limit` entries after entry `seq`, in order, without their statements; their hashes
    /// are not checked.
    pub fn heads_after(&self, seq: u64, limit: u64) -> Result<Vec<Revision>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seq, record, revision, op, author, recorded, loosening, reason FROM entry
             WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = statement.query(params![seq as i64, limit as i64])?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            let seq = row.get::<_, i64>(0)?.unsigned_abs();
            let op = row.get(3)?;
            out.push(Revision {
                seq,
                record: parse_id(&row.get::<_, String>(1)?)?,
                revision: row.get::<_, i64>(2)?.unsigned_abs(),
                op: Op::from_number(op)
                    .ok_or_else(|| StoreError::damaged(seq, format!("unknown operation {op}")))?,
                author: row.get(4)?,
                recorded: row.get(5)?,
                loosening: row.get(6)?,
                reason: row.get(7)?,
            });
        }
        Ok(out)
    }

    /// Every revision of a record, oldest first, with its statements and the bytes it came in.
    pub fn received_of(&self, id: &RecordId) -> Result<Vec<(Revision, Stored)>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "{HISTORY} SELECT {COLUMNS} FROM history JOIN entry USING (seq) ORDER BY seq"
        ))?;
        let mut rows = statement.query(params![id.as_str(), 0])?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            let (revision, dataset) = sound(row)?;
            out.push((revision, (dataset, row.get(7)?)));
        }
        Ok(out)
    }

    /// The bytes that entry `seq` came in.
    pub fn received(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.entry(seq)?.and_then(|(_, received)| received))
    }

    /// The statements of entry `seq` and the bytes it came in.
    pub fn entry(&self, seq: u64) -> Result<Option<Stored>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM entry WHERE seq = ?1");
        Ok(self
            .with_received(&sql, params![seq as i64])?
            .map(|(_, kept)| kept))
    }

    /// The same of a record's current revision, with its author.
    pub fn current_entry(&self, id: &RecordId) -> Result<Option<(String, Stored)>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM {CURRENT} WHERE id = ?1 AND stands");
        self.with_received(&sql, params![id.as_str()])
    }

    /// Every record that stands as it came in from outside, with its statements and those bytes.
    pub fn each_received(
        &self,
        mut each: impl FnMut(RecordId, &str, Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM {CURRENT} WHERE stands AND received IS NOT NULL"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (revision, dataset) = sound(row)?;
            each(revision.record, &dataset, row.get(7)?)?;
        }
        Ok(())
    }

    fn with_received(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Option<(String, Stored)>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let (revision, dataset) = sound(row)?;
        Ok(Some((revision.author, (dataset, row.get(7)?))))
    }

    /// The records that changed after entry `seq`, in the order of their last entries, as they stood
    /// then and as they stand now.
    pub(crate) fn changed_after(&self, seq: u64) -> Result<Vec<Changed>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT {COLUMNS}, first FROM entry JOIN record ON id = entry.record
             WHERE seq > ?1 AND seq = last ORDER BY seq"
        ))?;
        let mut rows = statement.query(params![seq as i64])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let (revision, dataset) = sound(row)?;
            let was_there = row.get::<_, i64>(12)?.unsigned_abs() <= seq;
            entries.push((revision, dataset, was_there));
        }
        let read = |(revision, dataset, was_there): (Revision, String, bool)| {
            let id = revision.record;
            let after = match revision.op {
                Op::Retract => None,
                Op::Put => Some(Record::from_canonical(id.clone(), &dataset)?),
            };
            Ok((id, after, was_there))
        };
        let after: Vec<_> = entries
            .into_par_iter()
            .map(read)
            .collect::<Result<_, StoreError>>()?;
        after
            .into_iter()
            .map(|(id, after, was_there)| {
                let before = match was_there {
                    true => self.at(&id, seq)?,
                    false => None,
                };
                Ok(Changed {
                    id,
                    named: true,
                    before,
                    after,
                })
            })
            .collect()
    }

    /// What an author asked for under a word of theirs: a digest of it, and the record it was about.
    pub fn asked(&self, author: &str, word: &str) -> Result<Option<(Hash, RecordId)>, StoreError> {
        let found = self
            .connection
            .prepare_cached("SELECT digest, record FROM asked WHERE author = ?1 AND key = ?2")?
            .query_row(params![author, word], |row| {
                Ok((row.get::<_, Hash>(0)?, row.get::<_, String>(1)?))
            })
            .optional()?;
        found
            .map(|(digest, record)| Ok((digest, parse_id(&record)?)))
            .transpose()
    }

    /// The records whose current revision mentions `id`.
    pub fn referrers(&self, id: &RecordId) -> Result<Vec<RecordId>, StoreError> {
        self.ids(
            "SELECT id FROM mention JOIN record ON number = mention.record
             WHERE target = (SELECT number FROM record WHERE id = ?1)",
            params![id.as_str()],
        )
    }

    /// Calls `each` with every record as it stands now, in the order in which they were first told of.
    pub fn each_current<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(Record) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("SELECT {COLUMNS} FROM {CURRENT} WHERE stands ORDER BY number");
        let mut statement = self.connection.prepare(&sql).map_err(StoreError::from)?;
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let (revision, dataset) = sound(row)?;
            let record = Record::from_canonical(revision.record, &dataset);
            each(record.map_err(StoreError::from)?)?;
        }
        Ok(())
    }

    /// The records of one STIX type that stand now.
    pub fn of_type(&self, stix_type: &str) -> Result<Vec<RecordId>, StoreError> {
        self.ids(
            "SELECT id FROM record WHERE id >= ?1 || '--' AND id < ?1 || '-.' AND stands",
            params![stix_type],
        )
    }

    /// Checks the whole chain, and what follows from it. The error names the first entry that does
    /// not hold.
    pub fn verify(&self, progress: impl FnMut(u64)) -> Result<Verified, StoreError> {
        let verified = self.verify_after((0, [0; 32]), progress)?;
        self.derived_agree()?;
        Ok(verified)
    }

    /// Checks the entries after one that was checked before.
    pub fn verify_after(
        &self,
        (mut seq, mut head): (u64, Hash),
        mut progress: impl FnMut(u64),
    ) -> Result<Verified, StoreError> {
        let mut statement = self.connection.prepare(&format!(
            "SELECT {COLUMNS} FROM entry WHERE seq > ?1 ORDER BY seq"
        ))?;
        let mut rows = statement.query([seq as i64])?;
        while let Some(row) = rows.next()? {
            seq += 1;
            let found = row.get::<_, i64>(0)?.unsigned_abs();
            if found != seq {
                return Err(StoreError::damaged(
                    seq,
                    format!("missing; the next one is {found}"),
                ));
            }
            if row.get::<_, Hash>(8)? != head {
                return Err(StoreError::damaged(
                    seq,
                    "it does not follow the entry before it".into(),
                ));
            }
            head = checked(row)?.1;
            progress(seq);
        }
        Ok(Verified { entries: seq, head })
    }

    /// The derived tables say what the entries say: each record's chain of entries goes from its
    /// last to its first without a gap, and no entry stands outside these chains.
    fn derived_agree(&self) -> Result<(), StoreError> {
        let wrong: i64 = self.connection.query_row(
            "SELECT
               (SELECT count(*) FROM entry WHERE (earlier IS NULL) <> (revision = 1))
             + (SELECT count(*) FROM entry WHERE earlier IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM entry AS before WHERE before.seq = entry.earlier
                   AND before.record = entry.record AND before.revision = entry.revision - 1))
             + (SELECT count(*) FROM record WHERE last IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM entry WHERE seq = last
                   AND entry.record = id AND stands = (op = 0)))
             + abs((SELECT count(*) FROM entry)
                 - (SELECT ifnull(sum(revision), 0) FROM record JOIN entry ON seq = last))",
            [],
            |r| r.get(0),
        )?;
        if wrong > 0 {
            return Err(StoreError::Damaged {
                seq: None,
                why: format!("its table of current revisions is wrong in {wrong} places"),
            });
        }
        Ok(())
    }

    fn one(&self, sql: &str, params: impl rusqlite::Params) -> Result<Option<Record>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let (revision, dataset) = sound(row)?;
        match revision.op {
            Op::Retract => Ok(None),
            Op::Put => Ok(Some(Record::from_canonical(revision.record, &dataset)?)),
        }
    }

    fn entries(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<(Revision, String)>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push(sound(row)?);
        }
        Ok(out)
    }

    fn ids(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<RecordId>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let mut out = Vec::new();
        while let Some(row) = rows.next()? {
            out.push(parse_id(&row.get::<_, String>(0)?)?);
        }
        Ok(out)
    }
}

fn sound(row: &Row<'_>) -> Result<(Revision, String), StoreError> {
    let (revision, _) = checked(row)?;
    Ok((revision, row.get(6)?))
}

/// The entry's head and hash, once the hash is known to be that of its fields.
fn checked(row: &Row<'_>) -> Result<(Revision, Hash), StoreError> {
    let seq = row.get::<_, i64>(0)?.unsigned_abs();
    let damaged = |why: String| StoreError::damaged(seq, why);
    // A flipped byte can make a column unreadable as well as wrong.
    let unreadable = |error: rusqlite::Error| damaged(error.to_string());
    let op = row.get(3).map_err(unreadable)?;
    let revision = Revision {
        seq,
        record: RecordId::parse(&row.get::<_, String>(1).map_err(unreadable)?)
            .map_err(|error| damaged(error.to_string()))?,
        revision: row.get::<_, i64>(2).map_err(unreadable)?.unsigned_abs(),
        op: Op::from_number(op).ok_or_else(|| damaged(format!("unknown operation {op}")))?,
        author: row.get(4).map_err(unreadable)?,
        recorded: row.get(5).map_err(unreadable)?,
        loosening: row.get(10).map_err(unreadable)?,
        reason: row.get(11).map_err(unreadable)?,
    };
    let dataset = row
        .get_ref(6)?
        .as_str()
        .map_err(|error| damaged(error.to_string()))?;
    let received = row
        .get_ref(7)?
        .as_blob_or_null()
        .map_err(|error| damaged(error.to_string()))?;
    let prev: Hash = row.get(8).map_err(unreadable)?;
    let hash: Hash = row.get(9).map_err(unreadable)?;
    if entry_hash(&prev, &revision, dataset, received) != hash {
        return Err(damaged("its contents do not match its hash".into()));
    }
    Ok((revision, hash))
}
