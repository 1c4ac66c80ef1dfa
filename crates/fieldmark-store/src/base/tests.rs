use super::*;
use crate::gate::Credential;
use crate::testing::{id, thing};
use fieldmark_model::Tlp;

fn open(dir: &Path) -> Result<Base, StoreError> {
    Base::open(
        dir,
        Options {
            holder: "the tester".into(),
            ..Options::default()
        },
    )
}

fn put(base: &Base, n: u8, level: Tlp) -> Vec<Outcome> {
    let writer = base
        .gate()
        .enter(Credential::Local)
        .unwrap()
        .writer
        .unwrap();
    let record = thing(&id("campaign", n), &format!("campaign {n}"), level);
    base.write(
        &writer,
        vec![Change::Put {
            record,
            received: None,
        }],
    )
    .unwrap()
}

fn sees(base: &Base, credential: Credential<'_>, n: u8) -> bool {
    let caller = base.gate().enter(credential).unwrap();
    let iri = oxigraph::model::NamedNode::new_unchecked(id("campaign", n).iri());
    let view = base.view(&caller.reader).unwrap();
    view.engine()
        .quads_for_pattern(Some(iri.as_ref().into()), None, None, None)
        .next()
        .is_some()
}

#[test]
fn a_change_is_seen_by_those_who_may_and_survives_closing() {
    let dir = tempfile::tempdir().unwrap();
    let base = open(dir.path()).unwrap();
    assert_eq!(put(&base, 1, Tlp::Clear), [Outcome::Added]);
    assert_eq!(put(&base, 2, Tlp::Green), [Outcome::Added]);
    let check = |base: &Base| {
        for (credential, n, seen) in [
            (Credential::Anonymous, 1, true),
            (Credential::Anonymous, 2, false),
            (Credential::Local, 2, true),
        ] {
            assert_eq!(sees(base, credential, n), seen, "{credential:?} {n}");
        }
    };
    check(&base);
    drop(base);
    check(&open(dir.path()).unwrap());
}

#[test]
fn a_data_directory_has_one_holder() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path()).unwrap();
    let error = open(dir.path()).err().unwrap().to_string();
    assert!(error.contains("in use by the tester"), "{error}");
    drop(first);
    open(dir.path()).unwrap();
}

#[test]
fn a_damaged_ledger_does_not_open() {
    let dir = tempfile::tempdir().unwrap();
    drop({
        let base = open(dir.path()).unwrap();
        put(&base, 1, Tlp::Clear);
        base
    });
    let path = dir.path().join("ledger.sqlite");
    let ledger = rusqlite::Connection::open(&path).unwrap();
    let last: i64 = ledger
        .query_row("SELECT max(seq) FROM entry", [], |r| r.get(0))
        .unwrap();
    ledger
        .execute("UPDATE entry SET dataset = replace(dataset, 'campaign 1', 'campaign 9') WHERE seq = ?1", [last])
        .unwrap();
    drop(ledger);
    let error = open(dir.path()).err().unwrap().to_string();
    assert!(
        error.contains(&format!("damaged at entry {last}")),
        "{error}"
    );
    std::fs::write(
        &path,
        b"not a database at all, though long enough to be looked at",
    )
    .unwrap();
    let _ = std::fs::remove_file(dir.path().join("ledger.sqlite-wal"));
    let _ = std::fs::remove_file(dir.path().join("ledger.sqlite-shm"));
    let error = open(dir.path()).err().unwrap().to_string();
    assert!(error.contains("damaged"), "{error}");
}

#[test]
fn a_view_of_a_longer_ledger_is_not_believed() {
    let dir = tempfile::tempdir().unwrap();
    let copy = tempfile::tempdir().unwrap();
    drop(open(dir.path()).unwrap());
    std::fs::copy(
        dir.path().join("ledger.sqlite"),
        copy.path().join("ledger.sqlite"),
    )
    .unwrap();
    drop({
        let base = open(dir.path()).unwrap();
        put(&base, 1, Tlp::Clear);
        base
    });
    for name in ["ledger.sqlite-wal", "ledger.sqlite-shm"] {
        let _ = std::fs::remove_file(dir.path().join(name));
    }
    std::fs::copy(
        copy.path().join("ledger.sqlite"),
        dir.path().join("ledger.sqlite"),
    )
    .unwrap();
    let base = open(dir.path()).unwrap();
    assert!(
        !sees(&base, Credential::Local, 1),
        "a restored ledger knows nothing of it"
    );
}

#[test]
fn many_small_writes_share_commits() {
    let dir = tempfile::tempdir().unwrap();
    let base = open(dir.path()).unwrap();
    std::thread::scope(|scope| {
        for n in 0..32 {
            let base = &base;
            scope.spawn(move || assert_eq!(put(base, n, Tlp::Clear), [Outcome::Added]));
        }
    });
    let operator = base
        .gate()
        .enter(Credential::Local)
        .unwrap()
        .operator
        .unwrap();
    let (_, views) = base.verify(&operator, |_| ()).unwrap();
    assert!(views.iter().all(|(_, agrees)| *agrees), "{views:?}");
    assert!((0..32).all(|n| sees(&base, Credential::Anonymous, n)));
}
