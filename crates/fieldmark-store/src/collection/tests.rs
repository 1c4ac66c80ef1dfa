use super::*;
use crate::ledger::{Change, Group, Ledger};
use crate::sparql::{Limits, Runner};
use crate::testing::{definition, id, node, record};
use crate::view::Kept;
use fieldmark_model::Tlp;
use fieldmark_rdf::vocab::classes;
use oxigraph::model::{Literal, NamedNodeRef};
use std::sync::Arc;

/// A ledger with the public's view beside it, which follows only when told to.
struct Site {
    ledger: Ledger,
    reader: LedgerReader,
    public: Kept,
    clock: i64,
    dir: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.sqlite");
        let ledger = Ledger::open(&path).unwrap();
        let reader = LedgerReader::open(&path).unwrap();
        let public = Kept::open(Audience::public(), None, &[3; 32], &reader).unwrap();
        let mut site = Self {
            ledger,
            reader,
            public,
            clock: 0,
            dir,
        };
        for level in Tlp::ALL {
            site.append(vec![(definition(level), None)]);
        }
        site.follow();
        site
    }

    fn append(&mut self, records: Vec<(Record, Option<&str>)>) {
        self.clock += 1;
        let changes: Vec<Change> = records
            .into_iter()
            .map(|(record, modified)| Change::Put {
                received: modified.map(|modified| {
                    format!("{{\"id\":\"{}\",\"modified\":\"{modified}\"}}", record.id())
                        .into_bytes()
                }),
                record,
            })
            .collect();
        let now = OffsetDateTime::from_unix_timestamp(self.clock).unwrap();
        let mut results = self
            .ledger
            .append(&[Group::by("t", &changes)], now)
            .unwrap();
        results.remove(0).unwrap();
    }

    fn follow(&self) {
        self.public.follow(&self.reader, None).unwrap();
    }

    fn collection(&self) -> Vec<(RecordId, Position)> {
        let runner = Arc::new(Runner::new(Limits::default()));
        let mut out = Vec::new();
        let view = self.public.view(&runner, &Arc::from("tester"));
        view.collection(None, |version, _, _| {
            out.push((version.id.clone(), version.place));
            true
        })
        .unwrap();
        out
    }

    fn ids(&self) -> Vec<RecordId> {
        self.collection().into_iter().map(|(id, _)| id).collect()
    }

    /// The same directory after a restart.
    fn again(&mut self) {
        let _ = &self.dir;
        self.public = Kept::open(Audience::public(), None, &[3; 32], &self.reader).unwrap();
    }
}

fn thing(n: u8, level: Tlp, refers: &[(NamedNodeRef<'static>, RecordId)]) -> Record {
    of_class(&id("campaign", n), classes::STIX_CAMPAIGN, level, refers)
}

fn of_class(
    id: &RecordId,
    class: NamedNodeRef<'static>,
    level: Tlp,
    refers: &[(NamedNodeRef<'static>, RecordId)],
) -> Record {
    let mut statements = vec![(properties::RDF_TYPE, class.into_owned().into(), level)];
    statements.extend(refers.iter().map(|(by, target)| (*by, node(target), level)));
    record(id, &statements)
}

const CITES: NamedNodeRef<'static> = properties::DCTERMS_REFERENCES;

#[test]
fn the_collection_tells_nothing_that_its_view_does_not_hold() {
    let mut site = Site::new();
    site.append(vec![(thing(1, Tlp::Clear, &[]), Some("1"))]);
    assert_eq!(site.ids(), [], "the view is held back");
    site.follow();
    assert_eq!(site.ids(), [id("campaign", 1)]);
    // Marked up, and polled before the view has followed.
    site.append(vec![(thing(1, Tlp::Red, &[]), None)]);
    site.ids();
    site.follow();
    assert_eq!(site.ids(), [], "no further entry is needed to take it off");
    // A new one, polled in between, is not lost either.
    site.append(vec![(thing(2, Tlp::Clear, &[]), Some("1"))]);
    site.ids();
    site.follow();
    assert_eq!(site.ids(), [id("campaign", 2)]);
}

#[test]
fn no_two_versions_share_a_moment() {
    let mut site = Site::new();
    let one_envelope = (0..50)
        .map(|n| (thing(n, Tlp::Clear, &[]), Some("1")))
        .collect();
    site.append(one_envelope);
    site.follow();
    let collection = site.collection();
    assert_eq!(collection.len(), 50);
    assert!(collection.windows(2).all(|pair| pair[0].1 < pair[1].1));
    // The next envelope of the same second comes after all of them.
    site.clock -= 1;
    site.append(vec![(thing(60, Tlp::Clear, &[]), Some("1"))]);
    site.follow();
    let after = site.collection();
    assert_eq!(after[..50], collection);
    assert!(after[50].1 > collection[49].1);
}

#[test]
fn what_an_audience_comes_to_see_is_dated_then() {
    let mut site = Site::new();
    let of_red = [(CITES, id("campaign", 1))];
    site.append(vec![
        (thing(1, Tlp::Red, &[]), None),
        (thing(2, Tlp::Clear, &of_red), Some("1")),
    ]);
    site.append(vec![(thing(3, Tlp::Clear, &[]), Some("1"))]);
    site.follow();
    let before = site.collection();
    assert_eq!(site.ids(), [id("campaign", 3)]);
    // The record it refers to stood in the ledger all the time; the public sees it from now on.
    site.append(vec![(thing(1, Tlp::Clear, &[]), None)]);
    site.follow();
    let after = site.collection();
    assert_eq!(site.ids(), [id("campaign", 3), id("campaign", 2)]);
    assert!(after[1].1 > before[0].1);
    // Withheld for a while, it comes back at the end.
    site.append(vec![(thing(3, Tlp::Red, &[]), None)]);
    site.follow();
    assert_eq!(site.ids(), [id("campaign", 2)]);
    site.append(vec![(thing(3, Tlp::Clear, &[]), None)]);
    site.follow();
    assert_eq!(site.ids(), [id("campaign", 2), id("campaign", 3)]);
}

#[test]
fn what_falls_with_a_record_at_two_removes_leaves_the_collection() {
    let mut site = Site::new();
    let link = id("relationship", 1);
    let ends = [
        (properties::STIX_SOURCE_REF, id("campaign", 1)),
        (properties::STIX_TARGET_REF, id("campaign", 2)),
    ];
    let cites = [(CITES, link.clone())];
    site.append(vec![
        (thing(1, Tlp::Clear, &[]), None),
        (thing(2, Tlp::Clear, &[]), None),
        (
            of_class(&link, classes::STIX_RELATIONSHIP, Tlp::Clear, &ends),
            None,
        ),
        (thing(3, Tlp::Clear, &cites), Some("1")),
    ]);
    site.follow();
    assert_eq!(site.ids(), [id("campaign", 3)]);
    site.append(vec![(thing(2, Tlp::Red, &[]), None)]);
    site.follow();
    assert_eq!(site.ids(), [], "what it cites is gone");
    site.append(vec![(thing(2, Tlp::Clear, &[]), None)]);
    site.follow();
    assert_eq!(site.ids(), [id("campaign", 3)]);
}

#[test]
fn an_older_version_goes_with_what_only_it_refers_to() {
    let mut site = Site::new();
    let cites = [(CITES, id("campaign", 1))];
    site.append(vec![
        (thing(1, Tlp::Clear, &[]), None),
        (thing(2, Tlp::Clear, &cites), Some("1")),
    ]);
    let relabelled = record(
        &id("campaign", 2),
        &[
            (
                properties::RDF_TYPE,
                classes::STIX_CAMPAIGN.into_owned().into(),
                Tlp::Clear,
            ),
            (
                properties::SKOS_PREF_LABEL,
                Literal::from("x").into(),
                Tlp::Clear,
            ),
        ],
    );
    site.append(vec![(relabelled, Some("2"))]);
    site.follow();
    assert_eq!(site.ids().len(), 2);
    site.append(vec![(thing(1, Tlp::Red, &[]), None)]);
    site.follow();
    assert_eq!(site.ids(), [id("campaign", 2)]);
}

#[test]
fn what_was_told_is_told_again_after_a_restart_and_a_rebuild() {
    let mut site = Site::new();
    let envelope = (0..9)
        .map(|n| (thing(n, Tlp::Clear, &[]), Some("1")))
        .collect();
    site.append(envelope);
    site.follow();
    site.ids();
    site.append(vec![(thing(4, Tlp::Red, &[]), None)]);
    site.follow();
    let told = site.collection();
    assert_eq!(told.len(), 8);
    site.again();
    assert_eq!(site.collection(), told);
    site.public.rebuild(&site.reader).unwrap();
    assert_eq!(site.collection(), told);
    // What comes now comes after everything ever told, gone or not.
    site.append(vec![(thing(20, Tlp::Clear, &[]), Some("1"))]);
    site.follow();
    assert!(site.collection()[8].1 > told[7].1);
}
