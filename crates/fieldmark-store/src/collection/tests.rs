use super::*;
use crate::ledger::{Change, Group, Ledger};
use crate::sparql::{Limits, Runner};
use crate::testing::{definition, id, node, record};
use crate::view::Kept;
use fieldmark_model::Tlp;
use fieldmark_rdf::vocab::classes;
use oxigraph::model::{Literal, NamedNodeRef};
use std::sync::Arc;
use time::OffsetDateTime;

/// A ledger with the public's view beside it, which follows only when told to.
struct Site {
    ledger: Ledger,
    reader: LedgerReader,
    public: Kept,
    clock: i64,
    faces: &'static dyn Faces,
    dir: tempfile::TempDir,
}

/// Nothing goes out that did not come in.
struct NoFaces;

impl Faces for NoFaces {
    fn face(&self, _: &RecordId, _: &[Triple], _: Option<&Told>) -> Option<Face> {
        None
    }

    fn refers(&self, _: &Value) -> Vec<RecordId> {
        Vec::new()
    }

    fn built_in(&self, _: &RecordId) -> Option<Face> {
        None
    }

    fn ships(&self, _: &RecordId) -> bool {
        false
    }
}

/// Everything goes out, labels as notes.
struct Plain;

impl Faces for Plain {
    fn face(&self, id: &RecordId, shown: &[Triple], told: Option<&Told>) -> Option<Face> {
        let uuid = id.as_str().split_once("--")?.1;
        let id = match id.stix_type() {
            "label" => RecordId::parse(&format!("note--{uuid}")).ok()?,
            _ => id.clone(),
        };
        let named = shown.iter().filter_map(|triple| match &triple.object {
            Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
            _ => None,
        });
        Some(Face {
            id,
            version: told.map(|told| told.modified.clone()),
            labels: Vec::new(),
            refers: named.collect(),
        })
    }

    fn refers(&self, object: &Value) -> Vec<RecordId> {
        let ids = object["refs"].as_array().into_iter().flatten();
        ids.filter_map(|id| RecordId::parse(id.as_str()?).ok())
            .collect()
    }

    fn built_in(&self, _: &RecordId) -> Option<Face> {
        None
    }

    fn ships(&self, _: &RecordId) -> bool {
        false
    }
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
            faces: &NoFaces,
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
                    let refs = record.references();
                    let refs: Vec<&str> = refs.iter().map(RecordId::as_str).collect();
                    format!(
                        "{{\"id\":\"{}\",\"modified\":\"{modified}\",\"refs\":{refs:?}}}",
                        record.id()
                    )
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
        view.collection(self.faces, None, |version, _, _| {
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

impl Site {
    fn with_faces() -> Self {
        Self {
            faces: &Plain,
            ..Self::new()
        }
    }

    /// The ids and versions that stand, in order.
    fn versions(&self) -> Vec<(RecordId, String)> {
        let runner = Arc::new(Runner::new(Limits::default()));
        let view = self.public.view(&runner, &Arc::from("tester"));
        let mut out = Vec::new();
        view.collection(self.faces, None, |version, _, _| {
            out.push((version.id.clone(), version.version.clone()));
            true
        })
        .unwrap();
        out
    }
}

fn named(n: u8, name: &str, level: Tlp) -> Record {
    let class = classes::STIX_CAMPAIGN.into_owned().into();
    let statements = [
        (properties::RDF_TYPE, class, Tlp::Clear),
        (
            properties::SKOS_PREF_LABEL,
            Literal::from(name).into(),
            level,
        ),
    ];
    record(&id("campaign", n), &statements)
}

#[test]
fn what_was_written_here_stands_in_the_version_that_is_shown() {
    let mut site = Site::with_faces();
    site.append(vec![
        (named(1, "a", Tlp::Clear), None),
        (named(2, "b", Tlp::Clear), None),
    ]);
    site.follow();
    let first = site.versions();
    let ids: Vec<_> = first.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(ids, [id("campaign", 1), id("campaign", 2)]);
    // What the public does not see of a change is no version to it.
    let secret = record(
        &id("campaign", 1),
        &[
            (
                properties::RDF_TYPE,
                classes::STIX_CAMPAIGN.into_owned().into(),
                Tlp::Clear,
            ),
            (
                properties::SKOS_PREF_LABEL,
                Literal::from("a").into(),
                Tlp::Clear,
            ),
            (
                properties::SKOS_ALT_LABEL,
                Literal::from("secret").into(),
                Tlp::Red,
            ),
        ],
    );
    site.append(vec![(secret, None)]);
    site.follow();
    assert_eq!(site.versions(), first);
    site.append(vec![(named(1, "c", Tlp::Clear), None)]);
    site.follow();
    let after = site.versions();
    assert_eq!(after[0], first[1]);
    assert_eq!(after[1].0, id("campaign", 1));
    assert!(after[1].1 > first[0].1, "{after:?}");
    assert_eq!(
        after.len(),
        2,
        "the earlier version was of what is not said any more"
    );
}

#[test]
fn a_version_that_is_made_is_dated_by_nothing_that_is_not_seen() {
    let open = |red: Option<&str>| {
        let label = |text: &str, by, level| (by, Literal::from(text).into(), level);
        let mut statements = vec![
            (
                properties::RDF_TYPE,
                classes::STIX_CAMPAIGN.into_owned().into(),
                Tlp::Clear,
            ),
            label("a", properties::SKOS_PREF_LABEL, Tlp::Clear),
        ];
        statements.extend(red.map(|red| label(red, properties::SKOS_ALT_LABEL, Tlp::Red)));
        record(&id("campaign", 1), &statements)
    };
    let mut dates = Vec::new();
    for secrets in [&[][..], &["b", "c", "d"]] {
        let mut site = Site::with_faces();
        site.append(vec![(open(None), None)]);
        for secret in secrets {
            site.append(vec![(open(Some(secret)), None)]);
        }
        site.follow();
        dates.push((site.collection(), site.versions()));
    }
    assert_eq!(dates[0], dates[1]);
    assert_eq!(dates[0].0.len(), 1);
}

#[test]
fn what_came_in_stands_in_part_while_a_part_is_withheld() {
    let mut site = Site::with_faces();
    site.append(vec![(
        named(1, "a", Tlp::Red),
        Some("2024-01-01T00:00:00Z"),
    )]);
    site.append(vec![(
        named(2, "b", Tlp::Clear),
        Some("2024-01-01T00:00:00Z"),
    )]);
    site.follow();
    let before = site.collection();
    let told = site.versions();
    assert_eq!(told[0].0, id("campaign", 1));
    assert_ne!(
        told[0].1, "2024-01-01T00:00:00Z",
        "it is made, not what came in"
    );
    // What came in whole later has not stood there before.
    site.append(vec![(
        named(1, "a", Tlp::Clear),
        Some("2024-01-01T00:00:00Z"),
    )]);
    site.follow();
    let after = site.versions();
    assert_eq!(
        after[1],
        (id("campaign", 1), "2024-01-01T00:00:00Z".to_owned())
    );
    assert!(site.collection()[1].1 > before[1].1);
    site.append(vec![(named(1, "a", Tlp::Red), None)]);
    site.follow();
    // The version that came in says what is withheld now.
    let left = site.versions();
    assert_eq!(left.len(), 2);
    assert_ne!(left[1].1, "2024-01-01T00:00:00Z");
}

#[test]
fn a_marking_stands_as_long_as_something_stands_under_it() {
    let mut site = Site::with_faces();
    let marking = id("marking-definition", 9);
    let class = classes::STIX_MARKING_DEFINITION;
    site.append(vec![(of_class(&marking, class, Tlp::Clear, &[]), None)]);
    site.follow();
    assert_eq!(site.ids(), []);
    let under = [(CITES, marking.clone())];
    site.append(vec![(thing(1, Tlp::Clear, &under), None)]);
    site.append(vec![(thing(2, Tlp::Clear, &under), Some("1"))]);
    site.follow();
    assert_eq!(site.ids().len(), 3);
    assert!(site.ids().contains(&marking));
    site.append(vec![(thing(1, Tlp::Red, &under), None)]);
    site.follow();
    assert_eq!(site.ids().len(), 2);
    site.append(vec![(thing(2, Tlp::Red, &under), None)]);
    site.follow();
    assert_eq!(site.ids(), []);
}

#[test]
fn an_object_is_found_by_the_id_it_goes_out_under() {
    let mut site = Site::with_faces();
    let label = id("label", 4);
    site.append(vec![(
        of_class(&label, classes::FM_LABEL, Tlp::Clear, &[]),
        None,
    )]);
    site.follow();
    let uuid = label.as_str().split_once("--").unwrap().1;
    let note = RecordId::parse(&format!("note--{uuid}")).unwrap();
    assert_eq!(site.ids(), std::slice::from_ref(&note));
    let runner = Arc::new(Runner::new(Limits::default()));
    let view = site.public.view(&runner, &Arc::from("tester"));
    let found = view.versions(site.faces, &note).unwrap();
    assert_eq!(found[0].0.of, label);
    assert!(view.versions(site.faces, &label).unwrap().is_empty());
}

#[test]
fn versions_that_are_made_are_told_again_after_a_restart_and_a_rebuild() {
    let mut site = Site::with_faces();
    let marking = id("marking-definition", 9);
    let class = classes::STIX_MARKING_DEFINITION;
    site.append(vec![(of_class(&marking, class, Tlp::Clear, &[]), None)]);
    for n in 1..6 {
        let refers = [(CITES, marking.clone()), (CITES, id("campaign", n - 1))];
        site.append(vec![(
            thing(n, Tlp::Clear, &refers),
            (n % 2 == 0).then_some("1"),
        )]);
    }
    site.follow();
    assert_eq!(site.ids().len(), 6);
    site.append(vec![
        (thing(2, Tlp::Red, &[]), None),
        (named(4, "x", Tlp::Clear), None),
    ]);
    site.follow();
    let told = site.collection();
    site.again();
    assert_eq!(site.collection(), told);
    site.public.rebuild(&site.reader).unwrap();
    assert_eq!(site.collection(), told);
}
