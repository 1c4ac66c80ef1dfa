//! Which version of which object was given to whom, by which collection, and when they last asked;
//! and who exported what.
//!
//! A copy that went out cannot be called back, but who has it can be told that it is stale. This is a
//! record of what was done and no fact of the ledger, so it is kept in a file beside it; of a machine
//! that loses its power the last moments may be missing.

use crate::error::StoreError;
use crate::sqlite::now;
use fieldmark_model::RecordId;
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Who was given something, and by which collection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Taker {
    /// The name of their token.
    pub name: String,
    /// The collection's id.
    pub collection: String,
}

/// What somebody took by one collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Who, by which collection.
    pub taker: Taker,
    /// When they first asked (RFC 3339).
    pub first: String,
    /// When they last asked.
    pub last: String,
    /// How many objects they hold of it.
    pub objects: u64,
}

/// A copy that somebody holds: the latest version of an object that they were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The object, by the id it is known by outside.
    pub object: RecordId,
    /// Its version: a time, as STIX has it.
    pub version: String,
    /// When they were given it.
    pub given: String,
}

/// What somebody exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The name of their token.
    pub name: String,
    /// The audience as which they saw it.
    pub audience: String,
    /// The name of the format.
    pub format: String,
    /// What they asked for, as they asked; none for everything.
    pub what: Option<String>,
    /// How many records that was; none for everything.
    pub records: Option<u64>,
    /// The strictest marking of these, where they are not everything.
    pub marking: Option<String>,
}

/// How many exports are kept, the latest.
const KEPT: i64 = 10_000;

/// The deliveries of one data directory.
pub(crate) struct Deliveries(Mutex<Connection>);

impl Deliveries {
    /// Opens what is recorded.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = crate::sqlite::durable(path)?;
        // A page of a collection is not to wait for the disk.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS taker (
               number INTEGER PRIMARY KEY,
               name TEXT NOT NULL, collection TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
               UNIQUE (name, collection)
             ) STRICT;
             CREATE TABLE IF NOT EXISTS copy (
               taker INTEGER NOT NULL, object TEXT NOT NULL, version TEXT NOT NULL, given TEXT NOT NULL,
               PRIMARY KEY (taker, object)
             ) STRICT, WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS export (
               number INTEGER PRIMARY KEY,
               at TEXT NOT NULL, name TEXT NOT NULL, audience TEXT NOT NULL, format TEXT NOT NULL,
               what TEXT, records INTEGER, marking TEXT
             ) STRICT;",
        )?;
        Ok(Self(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that somebody asked and was given these objects, each with its version. An older
    /// version that is asked for later takes no newer one away from them.
    pub fn record<'a>(
        &self,
        taker: &Taker,
        given: impl IntoIterator<Item = (&'a RecordId, &'a str)>,
    ) -> Result<(), StoreError> {
        let now = now()?;
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let number: i64 = transaction.query_row(
            "INSERT INTO taker (name, collection, first, last) VALUES (?1, ?2, ?3, ?3)
             ON CONFLICT (name, collection) DO UPDATE SET last = ?3 RETURNING number",
            params![taker.name, taker.collection, now],
            |row| row.get(0),
        )?;
        {
            let mut put = transaction.prepare_cached(
                // Without its Z a time in UTC sorts as text, whatever the length of its fraction.
                "INSERT INTO copy (taker, object, version, given) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (taker, object) DO UPDATE SET version = ?3, given = ?4
                 WHERE rtrim(?3, 'Z') >= rtrim(version, 'Z')",
            )?;
            for (object, version) in given {
                put.execute(params![number, object.as_str(), version, now])?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// Records that somebody exported something. The latest 10,000 are kept.
    pub fn record_export(&self, export: &Export) -> Result<(), StoreError> {
        let Export {
            name,
            audience,
            format,
            what,
            records,
            marking,
        } = export;
        let records = records.map(|records| i64::try_from(records).unwrap_or(i64::MAX));
        let connection = self.connection();
        connection.execute(
            "INSERT INTO export (at, name, audience, format, what, records, marking)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![now()?, name, audience, format, what, records, marking],
        )?;
        connection.execute(
            "DELETE FROM export WHERE number <= (SELECT max(number) FROM export) - ?1",
            [KEPT],
        )?;
        Ok(())
    }

    /// The latest exports, each with when it was made (RFC 3339), the last first; of one token name,
    /// where it is given.
    pub fn exports(
        &self,
        of: Option<&str>,
        most: usize,
    ) -> Result<Vec<(String, Export)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT at, name, audience, format, what, records, marking FROM export
             WHERE ?1 IS NULL OR name = ?1 ORDER BY number DESC LIMIT ?2",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![of, most], |row| {
            let export = Export {
                name: row.get(1)?,
                audience: row.get(2)?,
                format: row.get(3)?,
                what: row.get(4)?,
                records: row.get::<_, Option<i64>>(5)?.map(i64::unsigned_abs),
                marking: row.get(6)?,
            };
            Ok((row.get(0)?, export))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Everybody who asked, by name and collection.
    pub fn takers(&self) -> Result<Vec<Taken>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT name, collection, first, last, (SELECT count(*) FROM copy WHERE taker = number)
             FROM taker ORDER BY name, collection",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Taken {
                taker: Taker {
                    name: row.get(0)?,
                    collection: row.get(1)?,
                },
                first: row.get(2)?,
                last: row.get(3)?,
                objects: row.get::<_, i64>(4)?.unsigned_abs(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// When an object was given to whom last, the first of them first.
    pub fn given(&self, object: &RecordId) -> Result<Vec<(String, String)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT given, name FROM taker JOIN copy ON taker = number WHERE object = ?1
             ORDER BY given, name",
        )?;
        let rows = statement.query_map([object.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Goes through the copies that somebody holds, by object.
    pub fn copies(&self, taker: &Taker, mut each: impl FnMut(Copy)) -> Result<(), StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT object, version, given FROM copy JOIN taker ON taker = number
             WHERE name = ?1 AND collection = ?2 ORDER BY object",
        )?;
        let mut rows = statement.query(params![taker.name, taker.collection])?;
        while let Some(row) = rows.next()? {
            let object: String = row.get(0)?;
            let object = RecordId::parse(&object).map_err(|error| StoreError::Damaged {
                seq: None,
                why: error.to_string(),
            })?;
            each(Copy {
                object,
                version: row.get(1)?,
                given: row.get(2)?,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_version_that_somebody_was_given_is_what_they_hold() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deliveries.sqlite");
        let one = RecordId::parse("report--00000000-0000-4000-8000-000000000001").unwrap();
        let two = RecordId::parse("report--00000000-0000-4000-8000-000000000002").unwrap();
        let taker = |name: &str| Taker {
            name: name.to_owned(),
            collection: "c".to_owned(),
        };
        let x = taker("partner-x");
        let deliveries = Deliveries::open(&path).unwrap();
        let (old, new) = ("2024-01-01T00:00:00.1Z", "2024-01-01T00:00:00.25Z");
        deliveries.record(&x, [(&one, old), (&two, old)]).unwrap();
        deliveries.record(&x, [(&one, new)]).unwrap();
        deliveries.record(&x, [(&one, old)]).unwrap();
        deliveries.record(&taker("y"), []).unwrap();
        drop(deliveries);
        let deliveries = Deliveries::open(&path).unwrap();
        let takers = deliveries.takers().unwrap();
        let counted: Vec<_> = takers
            .iter()
            .map(|one| (one.taker.name.as_str(), one.objects))
            .collect();
        assert_eq!(counted, [("partner-x", 2), ("y", 0)]);
        assert!(takers[0].first <= takers[0].last);
        let mut held = Vec::new();
        deliveries
            .copies(&x, |copy| held.push((copy.object, copy.version)))
            .unwrap();
        assert_eq!(held, [(one, new.to_owned()), (two, old.to_owned())]);
    }
}
