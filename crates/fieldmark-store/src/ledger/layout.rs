//! How the ledger lies in its file, and how one of an earlier layout is taken over.

use crate::error::StoreError;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use rusqlite::{Connection, TransactionBehavior, params};
use std::collections::HashSet;

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
  reason TEXT,
  earlier INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS record (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  first INTEGER,
  last INTEGER,
  stands INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS mention (
  target INTEGER NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (target, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mention_record ON mention (record);
CREATE TABLE IF NOT EXISTS asked (
  author TEXT NOT NULL,
  key TEXT NOT NULL,
  digest BLOB NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (author, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (
  key TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
";

/// The index by which a record's entry after another is found.
const EARLIER_INDEX: &str =
    "CREATE INDEX IF NOT EXISTS entry_earlier ON entry (earlier) WHERE earlier IS NOT NULL;";

/// The layout this build writes; a ledger of another layout is refused, not guessed at.
const LAYOUT: &[u8] = b"5";

/// Earlier layouts, each with the columns of an entry that it lacks, and what makes its tables these.
/// Such a ledger is taken over.
pub(super) const EARLIER: [(&[u8], &[&str], &str); 4] = [
    // Before entries could say why they loosen.
    (
        b"1",
        &["loosening TEXT", "reason TEXT", "earlier INTEGER"],
        NUMBERED,
    ),
    // Before they could say why they were made.
    (b"2", &["reason TEXT", "earlier INTEGER"], NUMBERED),
    // Before records were numbered: what follows from the entries stood in `current` and `reference`.
    (b"3", &["earlier INTEGER"], NUMBERED),
    // Before policies had numbers that nobody had defined.
    (b"4", &[], ""),
];

/// Makes what follows from the entries out of what followed from them before.
const NUMBERED: &str = "
UPDATE entry SET earlier = (SELECT max(seq) FROM entry AS before
  WHERE before.record = entry.record AND before.seq < entry.seq) WHERE revision > 1;
INSERT INTO record (id, first, last, stands)
  SELECT record, min(seq), max(seq), op = 0 FROM entry GROUP BY record ORDER BY min(seq);
INSERT INTO record (id) SELECT DISTINCT target FROM reference WHERE target NOT IN (SELECT id FROM record);
INSERT INTO mention SELECT target.number, source.number FROM reference
  JOIN record AS target ON target.id = reference.target
  JOIN record AS source ON source.id = reference.record;
DROP TABLE reference;
DROP TABLE current;
DROP INDEX entry_revision;
";

/// Makes the tables of a ledger that has none, and brings those of an earlier layout to this one.
pub(super) fn bring(connection: &mut Connection) -> Result<(), StoreError> {
    connection.execute_batch(SCHEMA)?;
    connection.execute(
        "INSERT OR IGNORE INTO meta (key, value) VALUES ('layout', ?1)",
        params![LAYOUT],
    )?;
    let layout: Vec<u8> =
        connection.query_row("SELECT value FROM meta WHERE key = 'layout'", [], |r| {
            r.get(0)
        })?;
    let earlier = EARLIER.iter().find(|(known, ..)| *known == layout);
    if let Some((_, lacking, tables)) = earlier {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for column in *lacking {
            transaction.execute_batch(&format!("ALTER TABLE entry ADD COLUMN {column}"))?;
        }
        transaction.execute_batch(tables)?;
        number_policies(&transaction)?;
        let now = "UPDATE meta SET value = ?1 WHERE key = 'layout'";
        transaction.execute(now, params![LAYOUT])?;
        transaction.commit()?;
    } else if layout != LAYOUT {
        return Err(StoreError::Layout {
            found: String::from_utf8_lossy(&layout).into_owned(),
            known: String::from_utf8_lossy(LAYOUT).into_owned(),
        });
    }
    connection.execute_batch(EARLIER_INDEX)?;
    Ok(())
}

/// Gives the policy of an IRI a number, where it has none.
pub(super) fn number_policy(transaction: &Connection, policy: &str) -> Result<(), StoreError> {
    if let Some(id) = RecordId::from_iri(policy) {
        transaction
            .prepare_cached("INSERT OR IGNORE INTO record (id) VALUES (?1)")?
            .execute([id.as_str()])?;
    }
    Ok(())
}

/// Gives every policy a number that a record stands under or stood under.
fn number_policies(transaction: &Connection) -> Result<(), StoreError> {
    let mut policies = HashSet::new();
    let mut entries = transaction.prepare("SELECT dataset FROM entry")?;
    let mut rows = entries.query([])?;
    while let Some(row) = rows.next()? {
        let dataset: String = row.get(0)?;
        policies.extend(Record::policies_in(&dataset).into_iter().map(str::to_owned));
    }
    let mut policies = policies.iter();
    policies.try_for_each(|policy| number_policy(transaction, policy))
}
