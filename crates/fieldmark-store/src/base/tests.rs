use super::*;
use crate::gate::Credential;
use crate::testing::{definition_of, id, thing};
use fieldmark_model::Tlp;
use fieldmark_rdf::Record;

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
fn a_ledger_older_than_its_views_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let copy = tempfile::tempdir().unwrap();
    let ledger = |dir: &tempfile::TempDir| dir.path().join("ledger.sqlite");
    let forget_wal = || {
        for name in ["ledger.sqlite-wal", "ledger.sqlite-shm"] {
            let _ = std::fs::remove_file(dir.path().join(name));
        }
    };
    drop(open(dir.path()).unwrap());
    std::fs::copy(ledger(&dir), ledger(&copy)).unwrap();
    drop({
        let base = open(dir.path()).unwrap();
        put(&base, 1, Tlp::Clear);
        base
    });
    forget_wal();
    std::fs::copy(ledger(&copy), ledger(&dir)).unwrap();
    if cfg!(feature = "rocksdb") {
        let error = open(dir.path()).err().unwrap().to_string();
        assert!(error.contains("which the ledger does not have"), "{error}");
        assert!(error.contains("move") && error.contains("views"), "{error}");
        std::fs::remove_dir_all(dir.path().join("views")).unwrap();
    }
    let base = open(dir.path()).unwrap();
    assert!(
        !sees(&base, Credential::Local, 1),
        "a restored ledger knows nothing of it"
    );
    drop(base);
    // An empty file, or none, where there was a ledger: nothing is begun anew.
    for gone in [false, true] {
        forget_wal();
        match gone {
            true => std::fs::remove_file(ledger(&dir)).unwrap(),
            false => std::fs::write(ledger(&dir), b"").unwrap(),
        }
        let error = open(dir.path()).err().unwrap().to_string();
        assert!(error.contains("is empty or gone"), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let open_to_all = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    open_to_all(dir.path(), 0o755);
    drop({
        let base = open(dir.path()).unwrap();
        put(&base, 1, Tlp::Red);
        base
    });
    let mut there = vec![dir.path().to_owned()];
    for at in 0.. {
        let Some(path) = there.get(at).cloned() else {
            break;
        };
        if path.is_dir() {
            let inside = std::fs::read_dir(&path).unwrap();
            there.extend(inside.map(|entry| entry.unwrap().path()));
            open_to_all(&path, 0o755);
        } else {
            open_to_all(&path, 0o644);
        }
    }
    // What the engine writes from here on, at any moment, is the umask's matter (main.rs).
    let base = open(dir.path()).unwrap();
    let mut looked = 0;
    for path in there {
        let Ok(about) = std::fs::metadata(&path) else {
            continue;
        };
        let mode = about.permissions().mode() & 0o777;
        let wanted = if about.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, wanted, "{}", path.display());
        looked += 1;
    }
    assert!(looked > 4);
    drop(base);
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

#[test]
fn a_large_input_lets_others_pass_and_is_seen_in_steps() {
    let dir = tempfile::tempdir().unwrap();
    let base = open(dir.path()).unwrap();
    let caller = base.gate().enter(Credential::Local).unwrap();
    let (writer, operator) = (caller.writer.unwrap(), caller.operator.unwrap());
    let batch = |from: u8| {
        let things = (from..from + 4).map(|n| Change::Put {
            record: thing(&id("campaign", n), &format!("campaign {n}"), Tlp::Clear),
            received: None,
        });
        let terms = Terms::of(&writer);
        let submitted = base
            .0
            .writer
            .submit(terms, things.collect(), Until::Durable);
        submitted.unwrap()
    };
    // More than one step, and one that is not full.
    let tickets: Vec<_> = [10, 20, 30].into_iter().map(batch).collect();
    put(&base, 1, Tlp::Clear);
    assert!(sees(&base, Credential::Anonymous, 1));
    for ticket in tickets {
        assert_eq!(ticket.wait().unwrap().len(), 4);
    }
    let last = batch(40);
    last.wait().unwrap();
    let (head, _) = base.head(&operator).unwrap();
    assert!(base.reader().unwrap().stands(&id("campaign", 43)).unwrap());
    base.in_step().unwrap();
    for view in base.views(&operator).unwrap() {
        assert_eq!((view.seq, view.behind), (head, None), "{}", view.audience);
    }
    for n in [10, 23, 33, 40, 43] {
        assert!(sees(&base, Credential::Anonymous, n), "{n}");
    }
    let (_, agree) = base.verify(&operator, |_| {}).unwrap();
    assert!(agree.iter().all(|(_, agrees)| *agrees), "{agree:?}");
}

#[cfg(feature = "rocksdb")]
#[test]
fn what_a_load_left_behind_is_taken_away_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    put(&open(dir.path()).unwrap(), 1, Tlp::Clear);
    // As the engine names the files of a load, which stay where the process is killed meanwhile.
    let left = dir.path().join("views/public/1/bulk-7.sst");
    let ours = dir.path().join("views/public/1/bulk-7.txt");
    std::fs::write(&left, "half a file").unwrap();
    std::fs::write(&ours, "something else").unwrap();
    let base = open(dir.path()).unwrap();
    assert!(!left.exists());
    assert!(ours.exists());
    assert!(sees(&base, Credential::Anonymous, 1));
}

#[test]
fn what_no_view_was_brought_up_to_is_seen_after_a_pause() {
    let dir = tempfile::tempdir().unwrap();
    let base = open(dir.path()).unwrap();
    let caller = base.gate().enter(Credential::Local).unwrap();
    let writer = caller.writer.unwrap();
    let change = Change::Put {
        record: thing(&id("campaign", 1), "campaign", Tlp::Clear),
        received: None,
    };
    let submitted = base
        .0
        .writer
        .submit(Terms::of(&writer), vec![change], Until::Durable);
    submitted.unwrap().wait().unwrap();
    let tries = std::iter::repeat_with(|| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        sees(&base, Credential::Anonymous, 1)
    });
    assert!(tries.take(1_000).any(|seen| seen));
}

#[test]
fn what_is_worked_out_of_a_view_stays_until_the_view_changes() {
    let dir = tempfile::tempdir().unwrap();
    let base = open(dir.path()).unwrap();
    put(&base, 1, Tlp::Clear);
    let caller = base.gate().enter(Credential::Anonymous).unwrap();
    let date = Edtf::parse("2023").unwrap();
    let asserted = || base.view_as_of(&caller.reader, None, Some(&date)).unwrap();
    let same = |one: &View, other: &View| std::ptr::eq(one.answers(), other.answers());
    let (view, first) = (base.view(&caller.reader).unwrap(), asserted());
    // The time that an answer takes tells nothing of what is hidden from its reader.
    put(&base, 2, Tlp::Red);
    assert!(same(&view, &base.view(&caller.reader).unwrap()));
    assert!(same(&first, &asserted()));
    put(&base, 3, Tlp::Clear);
    assert!(!same(&view, &base.view(&caller.reader).unwrap()));
    let after = asserted();
    assert!(!same(&first, &after));
    let campaign = oxigraph::model::NamedNode::new_unchecked(id("campaign", 3).iri());
    let campaign = Some(campaign.as_ref().into());
    let mut stated = after.engine().quads_for_pattern(campaign, None, None, None);
    assert!(stated.next().is_some());
}

/// A view that is made anew is another generation of it on the disk.
#[cfg(feature = "rocksdb")]
#[test]
fn a_policy_that_nothing_stood_under_makes_no_view_anew() {
    let dir = tempfile::tempdir().unwrap();
    let base = open(dir.path()).unwrap();
    let caller = base.gate().enter(Credential::Local).unwrap();
    let writer = caller.writer.unwrap();
    let generation = || std::fs::read_to_string(dir.path().join("views/public/generation"));
    let [first, second] = [1, 2].map(|n| id("marking-definition", n));
    let node = |id: &RecordId| oxigraph::model::NamedNode::new_unchecked(id.iri());
    let put = |record| Change::Put {
        record,
        received: None,
    };
    let define = |policy: &RecordId| put(definition_of(policy, Tlp::Clear));
    let under = |policy: &RecordId, n: u8| {
        let id = id("campaign", n);
        let mut quads = thing(&id, "a campaign", Tlp::Clear).quads().to_vec();
        let stand = |quad: &mut oxigraph::model::Quad| quad.graph_name = node(policy).into();
        quads.iter_mut().for_each(stand);
        put(Record::new(id, quads).unwrap())
    };
    let write = |changes| base.write(&writer, changes).unwrap();
    write(vec![under(&second, 1)]);
    let before = generation().unwrap();
    write(vec![define(&first), under(&first, 2)]);
    assert_eq!(generation().unwrap(), before);
    assert!(sees(&base, Credential::Anonymous, 2));
    // Nobody may see what stands under a policy that is not there, and now it is.
    assert!(!sees(&base, Credential::Anonymous, 1));
    write(vec![define(&second)]);
    assert_ne!(generation().unwrap(), before);
    assert!(sees(&base, Credential::Anonymous, 1));
}
