use super::*;
use crate::testing::{id, thing};
use fieldmark_model::Tlp;
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
        self.ledger
            .append(&[Group::by("tester", changes)], now)
            .unwrap()
            .remove(0)
            .unwrap()
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
fn a_wrong_derived_table_shows_and_can_be_made_again() {
    let mut f = Fixture::new();
    f.put(1, "first", DAY);
    f.put(1, "second", DAY);
    f.tamper("UPDATE current SET seq = 1");
    assert!(
        f.reader()
            .verify(|_| ())
            .unwrap_err()
            .to_string()
            .contains("current revisions")
    );
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

#[test]
fn a_ledger_of_an_earlier_layout_is_taken_over() {
    for (layout, lacking) in EARLIER {
        let mut f = Fixture::new();
        f.put(1, "first", DAY);
        let path = f.dir.path().join("ledger.sqlite");
        let connection = Connection::open(&path).unwrap();
        for column in lacking {
            let drop = format!("ALTER TABLE entry DROP COLUMN {column}");
            connection.execute(&drop, []).unwrap();
        }
        let back = "UPDATE meta SET value = ?1 WHERE key = 'layout'";
        connection.execute(back, [layout]).unwrap();
        drop(connection);
        f.ledger = Ledger::open(&path).unwrap();
        assert_eq!(f.put(1, "second", DAY), Outcome::Revised);
        f.reader().verify(|_| ()).unwrap();
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
            .all(|r| r.as_ref().is_ok_and(|o| *o == [Outcome::Added]))
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
