use super::layout::EARLIER;
use super::*;
use crate::testing::{id, node, record, thing};
use fieldmark_model::Tlp;
use fieldmark_rdf::vocab::{classes, properties};
use time::macros::datetime;

const DAY: OffsetDateTime = datetime!(2026-03-01 09:00 UTC);

struct Fixture {
    dir: tempfile::TempDir,
    ledger: Ledger,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&dir.path().join("ledger.sqlite")).unwrap();
        Self { dir, ledger }
    }

    fn put(&mut self, n: u8, note: &str, now: OffsetDateTime) -> Outcome {
        let change = Change::Put {
            record: thing(&id("campaign", n), note, Tlp::Clear),
            received: None,
        };
        self.append(&[change], now)[0]
    }

    fn append(&mut self, changes: &[Change], now: OffsetDateTime) -> Vec<Outcome> {
        let written = self.ledger.append(&[Group::by("tester", changes)], now);
        let written = written.unwrap().remove(0).unwrap();
        written.into_iter().map(|one| one.outcome).collect()
    }

    fn reader(&self) -> LedgerReader {
        LedgerReader::open(&self.dir.path().join("ledger.sqlite")).unwrap()
    }

    fn tamper(&self, sql: &str) {
        let connection = Connection::open(self.dir.path().join("ledger.sqlite")).unwrap();
        assert!(
            connection.execute(sql, []).unwrap() > 0,
            "{sql} changed nothing"
        );
    }
}

#[test]
fn a_record_is_read_as_it_stands_as_of_an_entry_and_as_of_a_time() {
    let mut f = Fixture::new();
    assert_eq!(f.put(1, "first", DAY), Outcome::Added);
    assert_eq!(f.put(1, "first", DAY), Outcome::Unchanged);
    assert_eq!(f.put(2, "other", DAY), Outcome::Added);
    assert_eq!(
        f.put(1, "second", datetime!(2026-03-02 09:00 UTC)),
        Outcome::Revised
    );
    let reader = f.reader();
    let one = id("campaign", 1);
    let says = |record: Option<Record>, text: &str| record.unwrap().canonical().contains(text);
    assert!(says(reader.current(&one).unwrap(), "second"));
    assert!(says(reader.at(&one, 2).unwrap(), "first"));
    let history = reader.history(&one).unwrap();
    assert_eq!(
        history
            .iter()
            .map(|(r, _)| (r.seq, r.revision, r.author.as_str()))
            .collect::<Vec<_>>(),
        [(1, 1, "tester"), (3, 2, "tester")]
    );
    assert_eq!(reader.heads_after(1, 10).unwrap().len(), 2);
    assert_eq!(reader.verify(|_| ()).unwrap().entries, 3);
}

#[test]
fn a_withdrawn_record_is_gone_but_its_history_is_not() {
    let mut f = Fixture::new();
    f.put(1, "first", DAY);
    let one = id("campaign", 1);
    assert_eq!(
        f.append(&[Change::Retract(one.clone())], DAY),
        [Outcome::Retracted]
    );
    assert_eq!(
        f.append(&[Change::Retract(one.clone())], DAY),
        [Outcome::Unchanged]
    );
    assert!(f.reader().current(&one).unwrap().is_none());
    assert_eq!(f.put(1, "back", DAY), Outcome::Added);
    let revisions: Vec<u64> = f
        .reader()
        .history(&one)
        .unwrap()
        .iter()
        .map(|(r, _)| r.revision)
        .collect();
    assert_eq!(revisions, [1, 2, 3]);
}

#[test]
fn a_clock_set_back_does_not_reorder_the_ledger() {
    let mut f = Fixture::new();
    f.put(1, "first", DAY);
    f.put(2, "second", datetime!(2020-01-01 00:00 UTC));
    let entries = f.reader().heads_after(0, 10).unwrap();
    assert_eq!(entries[0].recorded, entries[1].recorded);
}

#[test]
fn every_field_of_an_entry_is_under_the_hash_and_the_first_bad_one_is_named() {
    for sql in [
        "UPDATE entry SET dataset = replace(dataset, 'first', 'worst') WHERE seq = 2",
        "UPDATE entry SET author = 'somebody' WHERE seq = 2",
        "UPDATE entry SET recorded = '2020-01-01T00:00:00Z' WHERE seq = 2",
        "UPDATE entry SET received = x'00' WHERE seq = 2",
        "UPDATE entry SET loosening = 'because' WHERE seq = 2",
        "UPDATE entry SET op = 1 WHERE seq = 2",
        "UPDATE entry SET op = 9 WHERE seq = 2",
        "UPDATE entry SET revision = 7 WHERE seq = 2",
        "UPDATE entry SET loosening = 'so' WHERE seq = 2",
        "UPDATE entry SET reason = 'so' WHERE seq = 2",
        "UPDATE entry SET hash = zeroblob(32) WHERE seq = 2",
        "UPDATE entry SET prev = zeroblob(32) WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 2",
    ] {
        let mut f = Fixture::new();
        for n in 1..=3 {
            f.put(n, &format!("first {n}"), DAY);
        }
        f.tamper(sql);
        let error = f.reader().verify(|_| ()).unwrap_err().to_string();
        assert!(error.contains("damaged at entry 2"), "{sql}: {error}");
        assert!(
            f.reader().current(&id("campaign", 2)).is_err()
                || sql.contains("prev")
                || sql.starts_with("DELETE")
        );
    }
}

#[test]
fn a_wrong_derived_table_shows() {
    for sql in [
        "UPDATE record SET last = 1",
        "UPDATE record SET stands = 0",
        "UPDATE entry SET earlier = NULL",
        "UPDATE entry SET earlier = 2 WHERE seq = 3",
        "DELETE FROM record WHERE last = 2",
    ] {
        let mut f = Fixture::new();
        f.put(1, "first", DAY);
        f.put(2, "other", DAY);
        f.put(1, "second", DAY);
        f.reader().verify(|_| ()).unwrap();
        f.tamper(sql);
        let error = f.reader().verify(|_| ()).unwrap_err().to_string();
        assert!(error.contains("current revisions"), "{sql}: {error}");
    }
}

#[test]
fn what_stood_at_an_entry_is_told_with_what_became_of_it() {
    let mut f = Fixture::new();
    for n in 1..=3 {
        f.put(n, "first", DAY);
    }
    f.put(1, "second", DAY);
    f.append(&[Change::Retract(id("campaign", 2))], DAY);
    let at = |seq| {
        let mut told = Vec::new();
        let each = |record: Record, since| {
            told.push((record.id().clone(), since));
            Ok(())
        };
        f.reader().each_at(seq, each).unwrap();
        told
    };
    let [one, two, three] = [1, 2, 3].map(|n| id("campaign", n));
    assert_eq!(
        at(3),
        [
            (one.clone(), Since::Revised),
            (two.clone(), Since::Withdrawn),
            (three.clone(), Since::Unchanged)
        ]
    );
    assert_eq!(
        at(4),
        [
            (two, Since::Withdrawn),
            (three.clone(), Since::Unchanged),
            (one.clone(), Since::Unchanged)
        ]
    );
    assert_eq!(at(5), [(three, Since::Unchanged), (one, Since::Unchanged)]);
    assert!(f.reader().reaches_back(3, 1, true).unwrap());
    assert!(!f.reader().reaches_back(4, 1, true).unwrap());
    assert!(!f.reader().reaches_back(3, 1, false).unwrap());
}

#[test]
fn a_reason_stands_in_its_entry_and_is_covered_by_its_hash() {
    let mut f = Fixture::new();
    f.put(1, "first", DAY);
    let change = [Change::Put {
        record: thing(&id("campaign", 1), "second", Tlp::Clear),
        received: None,
    }];
    let group = Group {
        reason: Some("the name was misspelt"),
        ..Group::by("tester", &change)
    };
    f.ledger.append(&[group], DAY).unwrap();
    let reasons = |f: &Fixture| -> Vec<Option<String>> {
        let entries = f.reader().heads_after(0, 9).unwrap();
        entries.into_iter().map(|entry| entry.reason).collect()
    };
    assert_eq!(
        reasons(&f),
        [None, Some("the name was misspelt".to_owned())]
    );
    f.reader().verify(|_| ()).unwrap();
    // A reason is no loosening of the same words.
    f.tamper("UPDATE entry SET loosening = reason, reason = NULL WHERE seq = 2");
    let error = f.reader().verify(|_| ()).unwrap_err().to_string();
    assert!(error.contains("damaged at entry 2"), "{error}");
}

/// What followed from the entries before records were numbered.
const BEFORE_NUMBERS: &str = "
CREATE UNIQUE INDEX entry_revision ON entry (record, revision);
CREATE TABLE current (record TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE reference (target TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY (target, record)) STRICT, WITHOUT ROWID;
INSERT INTO current SELECT id, last FROM record WHERE stands;
INSERT INTO reference SELECT target.id, source.id FROM mention
  JOIN record AS target ON target.number = mention.target
  JOIN record AS source ON source.number = mention.record;
DROP TABLE record;
DROP TABLE mention;
DROP INDEX entry_earlier;
";

#[test]
fn a_ledger_of_an_earlier_layout_is_taken_over() {
    for (layout, lacking, tables) in EARLIER {
        let mut f = Fixture::new();
        f.put(1, "first", DAY);
        f.put(2, "other", DAY);
        let nobody = id("identity", 9);
        let class = classes::STIX_CAMPAIGN.into_owned().into();
        let record = record(
            &id("campaign", 1),
            &[
                (properties::RDF_TYPE, class, Tlp::Clear),
                (properties::STIX_TARGET_REF, node(&nobody), Tlp::Clear),
            ],
        );
        let second = Change::Put {
            record,
            received: None,
        };
        f.append(&[second, Change::Retract(id("campaign", 2))], DAY);
        let path = f.dir.path().join("ledger.sqlite");
        let connection = Connection::open(&path).unwrap();
        let policy = Tlp::Clear.marking_id();
        let known = "SELECT count(*) FROM record WHERE id = ?1";
        let forget = "DELETE FROM record WHERE id = ?1";
        assert_eq!(connection.execute(forget, [policy]), Ok(1));
        if !tables.is_empty() {
            connection.execute_batch(BEFORE_NUMBERS).unwrap();
        }
        for column in lacking {
            let name = column.split(' ').next().unwrap();
            let drop = format!("ALTER TABLE entry DROP COLUMN {name}");
            connection.execute(&drop, []).unwrap();
        }
        let back = "UPDATE meta SET value = ?1 WHERE key = 'layout'";
        connection.execute(back, [layout]).unwrap();
        drop(connection);
        f.ledger = Ledger::open(&path).unwrap();
        let connection = Connection::open(&path).unwrap();
        assert_eq!(
            connection.query_row(known, [policy], |row| row.get(0)),
            Ok(1)
        );
        drop(connection);
        f.reader().verify(|_| ()).unwrap();
        assert!(f.reader().current(&id("campaign", 2)).unwrap().is_none());
        assert_eq!(f.reader().referrers(&nobody).unwrap(), [id("campaign", 1)]);
        assert_eq!(f.put(1, "third", DAY), Outcome::Revised);
        assert_eq!(f.put(2, "back", DAY), Outcome::Added);
        f.reader().verify(|_| ()).unwrap();
        let revisions = |n| f.reader().history(&id("campaign", n)).unwrap().len();
        assert_eq!((revisions(1), revisions(2)), (3, 3));
    }
}

#[test]
fn one_commit_carries_several_callers() {
    let mut f = Fixture::new();
    let put = |n| {
        vec![Change::Put {
            record: thing(&id("campaign", n), "x", Tlp::Clear),
            received: Some(vec![n]),
        }]
    };
    let (a, b) = (put(1), put(2));
    let results = f
        .ledger
        .append(&[Group::by("ann", &a), Group::by("bob", &b)], DAY)
        .unwrap();
    assert!(
        results
            .iter()
            .all(|r| r.as_ref().is_ok_and(|o| o[0].outcome == Outcome::Added))
    );
    let authors: Vec<String> = f
        .reader()
        .heads_after(0, 9)
        .unwrap()
        .into_iter()
        .map(|r| r.author)
        .collect();
    assert_eq!(authors, ["ann", "bob"]);
}

#[test]
fn a_start_checks_what_was_added_and_all_when_the_last_it_knew_is_gone() {
    let bad = "UPDATE entry SET dataset = replace(dataset, 'first', 'worst') WHERE seq = ";
    let mut f = Fixture::new();
    f.put(1, "first 1", DAY);
    f.put(2, "first 2", DAY);
    f.ledger.check(&f.reader()).unwrap();
    f.put(3, "first 3", DAY);
    // An entry that was checked is not looked at again until it is read, or all is.
    f.tamper(&format!("{bad}1"));
    f.ledger.check(&f.reader()).unwrap();
    assert!(f.reader().current(&id("campaign", 1)).is_err());
    assert!(f.reader().verify(|_| ()).is_err());
    f.put(4, "first 4", DAY);
    f.tamper(&format!("{bad}4"));
    let error = f.ledger.check(&f.reader()).unwrap_err().to_string();
    assert!(error.contains("damaged at entry 4"), "{error}");
    // The last entry that was checked is not there as it was: nothing before it is taken on trust.
    f.tamper("UPDATE entry SET hash = zeroblob(32) WHERE seq = 3");
    let error = f.ledger.check(&f.reader()).unwrap_err().to_string();
    assert!(error.contains("damaged at entry 1"), "{error}");
}
