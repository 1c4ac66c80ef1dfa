//! What is hidden from a writer shows in no version, and no writer takes another's change away.

use super::*;
use crate::gate::{Credential, Role};
use crate::import::Verdict;
use crate::testing::{base_with_partner, id, policy, with_token};
use fieldmark_model::Tlp;
use fieldmark_rdf::vocab::{classes, properties};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term};

struct Site {
    base: Base,
    steward: Writer,
    partner: Writer,
    _dir: tempfile::TempDir,
}

fn site() -> Site {
    let (base, dir) = base_with_partner(Tlp::Green);
    let local = base.gate().enter(Credential::Local).unwrap();
    let partner = with_token(&base, "partner", "partner", Role::Writer);
    Site {
        steward: local.writer.unwrap(),
        partner: partner.writer.unwrap(),
        base,
        _dir: dir,
    }
}

/// A campaign with descriptions, each under a level.
fn campaign(name: &str, more: &[(&str, Tlp)]) -> Record {
    let campaign = id("campaign", 1);
    let say = |property: NamedNodeRef<'_>, object: Term, level| {
        let subject = NamedNode::new_unchecked(campaign.iri());
        Quad::new(subject, property.into_owned(), object, policy(level))
    };
    let words = |text: &str| Term::from(Literal::new_language_tagged_literal_unchecked(text, "en"));
    let class = classes::STIX_CAMPAIGN.into_owned();
    let mut quads = vec![
        say(properties::RDF_TYPE, class.into(), Tlp::Green),
        say(properties::SKOS_PREF_LABEL, words(name), Tlp::Green),
    ];
    let more = more.iter();
    quads.extend(
        more.map(|(text, level)| say(properties::DCTERMS_DESCRIPTION, words(text), *level)),
    );
    Record::new(campaign.clone(), quads).unwrap()
}

fn on(expected: Expected) -> Hand {
    Hand {
        expected,
        key: None,
        reason: None,
        loosen: None,
        dry_run: false,
        received: None,
    }
}

impl Site {
    fn put(&self, writer: &Writer, record: &Record, hand: Hand) -> Verdict {
        let report = self.base.author(writer, record, hand).unwrap();
        report.entries[0].verdict
    }

    fn version(&self, writer: &Writer) -> String {
        let opened = self.base.opened(writer, &id("campaign", 1)).unwrap();
        opened.unwrap().version
    }
}

#[test]
fn a_hidden_change_leaves_a_version_as_it_is() {
    let site = site();
    let first = campaign("One", &[("open", Tlp::Green), ("hidden", Tlp::Red)]);
    assert_eq!(
        site.put(&site.steward, &first, on(Expected::Absent)),
        Verdict::Added
    );
    let (theirs, all) = (site.version(&site.partner), site.version(&site.steward));
    assert_ne!(theirs, all);
    let opened = site
        .base
        .opened(&site.partner, first.id())
        .unwrap()
        .unwrap();
    assert!(!format!("{:?}", opened.seen).contains("hidden"));
    let second = campaign("One", &[("open", Tlp::Green), ("hidden more", Tlp::Red)]);
    let hand = on(Expected::Version(all.clone()));
    assert_eq!(site.put(&site.steward, &second, hand), Verdict::Revised);
    assert_eq!(site.version(&site.partner), theirs);
    assert_ne!(site.version(&site.steward), all);
    // So the partner's change is made to what they saw, and what they do not see stays.
    let third = campaign("One, renamed", &[("open", Tlp::Green)]);
    let hand = on(Expected::Version(theirs));
    assert_eq!(
        site.put(&site.partner, &third, hand.clone()),
        Verdict::Revised
    );
    let opened = site
        .base
        .opened(&site.steward, first.id())
        .unwrap()
        .unwrap();
    assert!(format!("{:?}", opened.seen).contains("hidden more"));
    assert_eq!(site.put(&site.partner, &third, hand), Verdict::Conflict);
    assert_eq!(
        site.put(&site.steward, &third, on(Expected::Absent)),
        Verdict::Conflict
    );
}

#[test]
fn what_one_does_not_see_is_as_what_is_not_there() {
    let site = site();
    let hidden = Record::new(
        id("campaign", 1),
        campaign("Hidden", &[])
            .quads()
            .iter()
            .map(|quad| Quad {
                graph_name: policy(Tlp::Red).into(),
                ..quad.clone()
            })
            .collect(),
    );
    assert_eq!(
        site.put(&site.steward, &hidden.unwrap(), on(Expected::Absent)),
        Verdict::Added
    );
    let absent = id("campaign", 2);
    for one in [id("campaign", 1), absent] {
        assert!(site.base.opened(&site.partner, &one).unwrap().is_none());
    }
    let mine = campaign("Mine", &[]);
    assert_eq!(
        site.put(&site.partner, &mine, on(Expected::Absent)),
        Verdict::Waiting
    );
    let known = on(Expected::Version("00".to_owned()));
    assert_eq!(site.put(&site.partner, &mine, known), Verdict::Conflict);
}

#[test]
fn a_key_is_its_authors_own_and_kept_with_what_it_came_to() {
    let site = site();
    let key = Key {
        word: "again".to_owned(),
        digest: [7; 32],
    };
    let keyed = |expected| Hand {
        key: Some(key.clone()),
        ..on(expected)
    };
    let dry = Hand {
        dry_run: true,
        ..keyed(Expected::Absent)
    };
    let record = campaign("One", &[]);
    assert_eq!(site.put(&site.steward, &record, dry), Verdict::Added);
    assert_eq!(site.base.asked(&site.steward, "again").unwrap(), None);
    assert_eq!(
        site.put(&site.steward, &record, keyed(Expected::Absent)),
        Verdict::Added
    );
    let asked = site.base.asked(&site.steward, "again").unwrap();
    assert_eq!(asked, Some(([7; 32], record.id().clone())));
    assert_eq!(site.base.asked(&site.partner, "again").unwrap(), None);
    // Two at once: the second is told, and nothing of it is written.
    let other = campaign("Other", &[]);
    let version = site.version(&site.steward);
    let hand = keyed(Expected::Version(version.clone()));
    let error = site.base.author(&site.steward, &other, hand).unwrap_err();
    assert!(error.to_string().contains("Idempotency-Key"), "{error}");
    assert_eq!(site.version(&site.steward), version);
}

#[test]
fn a_tool_can_do_no_more_than_propose() {
    let site = site();
    let gate = site.base.gate();
    let tool = with_token(&site.base, "reader", "steward", Role::Tool);
    assert!(tool.operator.is_none());
    let tool = tool.writer.unwrap();
    let record = campaign("One", &[]);
    assert_eq!(
        site.put(&tool, &record, on(Expected::Absent)),
        Verdict::Waiting
    );
    assert_eq!(
        site.put(&site.steward, &record, on(Expected::Absent)),
        Verdict::Added
    );
    let version = site.version(&tool);
    let changed = campaign("Other", &[]);
    assert_eq!(
        site.put(&tool, &changed, on(Expected::Version(version))),
        Verdict::Waiting
    );
    assert!(
        site.base
            .write(&tool, vec![crate::Change::Retract(record.id().clone())])
            .is_err()
    );
    let steward = gate
        .enter(Credential::Local)
        .unwrap()
        .reader
        .steward()
        .unwrap();
    let waiting = site.base.proposals(&steward, None, 0, 9).unwrap();
    assert_eq!(waiting.len(), 2);
    assert!(crate::testing::take(&site.base, &tool, &waiting[0], None, true).is_err());
    assert!(site.base.refuse(&tool, &waiting[..1], "no").unwrap()[0].is_err());
    // The first was of a record that is there now.
    let taken = crate::testing::take(&site.base, &site.steward, &waiting[0], None, false);
    let error = taken.unwrap_err();
    assert!(error.to_string().contains("changed since"), "{error}");
    crate::testing::take(&site.base, &site.steward, &waiting[1], None, false).unwrap();
}

#[test]
fn what_a_record_said_before_is_there_with_its_bytes() {
    let site = site();
    let gate = site.base.gate();
    let steward = gate
        .enter(Credential::Local)
        .unwrap()
        .reader
        .steward()
        .unwrap();
    let before = |record: &RecordId| site.base.before_last(&steward, record).unwrap();
    let first = campaign("One", &[]);
    let came = Hand {
        received: Some(b"{}".to_vec()),
        ..on(Expected::Absent)
    };
    assert_eq!(site.put(&site.steward, &first, came), Verdict::Added);
    assert_eq!(before(first.id()), None);
    let second = campaign("Two", &[]);
    let hand = on(Expected::Version(site.version(&site.steward)));
    assert_eq!(site.put(&site.steward, &second, hand), Verdict::Revised);
    let (record, bytes) = before(first.id()).unwrap();
    assert_eq!(
        (record.canonical(), bytes.as_deref()),
        (first.canonical(), Some(&b"{}"[..]))
    );
}
