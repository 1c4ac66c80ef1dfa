mod much;

use super::*;
use crate::index::names::Names;
use crate::index::recent::Beside;
use crate::index::tests::same;
use crate::ledger::{Change, Group, Ledger};
use crate::moment::Moment;
use crate::testing::{definition, definition_of, id, node, policy, record};
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::{classes, properties};
use oxigraph::model::{GraphNameRef, Literal, NamedNode, Quad, Term};
use proptest::prelude::*;
use std::collections::BTreeSet;
use time::OffsetDateTime;

fn audiences() -> Vec<Audience> {
    let amber = Audience {
        name: "amber".into(),
        ceiling: Tlp::Amber,
        memberships: BTreeSet::new(),
        sees_all: false,
    };
    vec![Audience::public(), amber, Audience::steward()]
}

/// One step of a random history.
#[derive(Clone, Debug)]
enum Step {
    Put {
        own: u8,
        kind: u8,
        a: u8,
        b: u8,
        levels: [usize; 4],
        number: usize,
    },
    Retract(u8),
    /// A level of TLP is defined, if it is not.
    Define(usize),
    /// The views follow only now, several entries at once.
    Follow,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let put = (
        0u8..7,
        0u8..4,
        0u8..7,
        0u8..7,
        prop::array::uniform4(0usize..5),
        0usize..3,
    )
        .prop_map(|(own, kind, a, b, levels, number)| Step::Put {
            own,
            kind,
            a,
            b,
            levels,
            number,
        });
    let step = prop_oneof![
        8 => put,
        1 => (0u8..7).prop_map(Step::Retract),
        1 => (0usize..5).prop_map(Step::Define),
        3 => Just(Step::Follow),
    ];
    prop::collection::vec(step, 1..24)
}

impl Step {
    /// What it writes, where it writes anything.
    fn change(&self) -> Option<Change> {
        let record = match *self {
            Self::Put {
                own,
                kind,
                a,
                b,
                levels,
                number,
            } => made(own, kind, a, b, levels, number),
            Self::Retract(n) => return Some(Change::Retract(pick(n))),
            Self::Define(n) => definition(Tlp::ALL[n]),
            Self::Follow => return None,
        };
        Some(Change::Put {
            record,
            received: None,
        })
    }
}

/// Ids are few, so that steps meet: 0 and 1 are identities, 2 to 4 relationships, 5 is a note, 6 a campaign.
fn pick(n: u8) -> RecordId {
    id(
        [
            "identity",
            "identity",
            "relationship",
            "relationship",
            "relationship",
            "note",
            "campaign",
        ][usize::from(n)],
        n,
    )
}

fn made(own: u8, kind: u8, a: u8, b: u8, levels: [usize; 4], number: usize) -> Record {
    let level = |n: usize| Tlp::ALL[levels[n]];
    let own = pick(own);
    let decimal = |text: &str| {
        Term::from(Literal::new_typed_literal(
            text,
            oxigraph::model::vocab::xsd::DECIMAL,
        ))
    };
    match kind {
        0 => record(
            &own,
            &[
                (
                    properties::RDF_TYPE,
                    classes::STIX_IDENTITY.into_owned().into(),
                    level(0),
                ),
                // The engine writes both as one literal.
                (
                    properties::FM_VALUE,
                    decimal(["1.50", "1.5", "2.0"][number]),
                    level(1),
                ),
                (properties::FM_VALUE, decimal("1.5"), level(2)),
                (properties::STIX_TARGETS, node(&pick(b)), level(3)),
            ],
        ),
        1 | 2 => record(
            &own,
            &[
                (
                    properties::RDF_TYPE,
                    classes::STIX_RELATIONSHIP.into_owned().into(),
                    level(0),
                ),
                (
                    properties::STIX_RELATIONSHIP_TYPE,
                    Literal::from(["targets", "consists-of"][usize::from(kind) - 1]).into(),
                    level(1),
                ),
                (properties::STIX_SOURCE_REF, node(&pick(a)), level(2)),
                (properties::STIX_TARGET_REF, node(&pick(b)), level(3)),
            ],
        ),
        _ => quoting(
            &record(
                &own,
                &[
                    (
                        properties::RDF_TYPE,
                        classes::FM_CLAIM.into_owned().into(),
                        level(0),
                    ),
                    (
                        properties::RDF_TYPE,
                        classes::FM_ATTRIBUTION.into_owned().into(),
                        level(0),
                    ),
                    (properties::FM_SUBJECT, node(&pick(a)), level(1)),
                    (properties::FM_ASSESSOR, node(&pick(b)), level(2)),
                    (properties::FM_CONCURS_WITH, node(&pick(a)), level(3)),
                    (properties::DCTERMS_SOURCE, node(&pick(a)), level(2)),
                    (
                        properties::FM_LOCATOR,
                        Literal::from(["L1", "L2", "L3"][number]).into(),
                        level(1),
                    ),
                ],
            ),
            &pick(b),
            level,
        ),
    }
}

/// A claim that quotes two passages, the second of a source of its own.
fn quoting(claim: &Record, source: &RecordId, level: impl Fn(usize) -> Tlp) -> Record {
    let mut quads = claim.quads().to_vec();
    let parts = ["#first", "#second"].map(|name| NamedNode::new_unchecked(claim.id().iri() + name));
    for part in &parts {
        let words = Literal::from("It was them.");
        quads.extend([
            Quad::new(
                claim.iri(),
                properties::FM_QUOTATION,
                part.clone(),
                policy(level(3)),
            ),
            Quad::new(
                part.clone(),
                properties::FM_VERBATIM,
                words,
                policy(level(1)),
            ),
        ]);
    }
    let [_, second] = parts;
    let of = Quad::new(
        second,
        properties::DCTERMS_SOURCE,
        node(source),
        policy(level(0)),
    );
    quads.push(of);
    Record::new(claim.id().clone(), quads).unwrap()
}

fn with_policies() -> (tempfile::TempDir, Ledger, LedgerReader) {
    defining(&Tlp::ALL)
}

/// A ledger in which some levels are defined.
fn defining(levels: &[Tlp]) -> (tempfile::TempDir, Ledger, LedgerReader) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.sqlite");
    let mut ledger = Ledger::open(&path).unwrap();
    let policies: Vec<Change> = levels
        .iter()
        .map(|level| Change::Put {
            record: definition(*level),
            received: None,
        })
        .collect();
    ledger
        .append(&[Group::by("t", &policies)], OffsetDateTime::UNIX_EPOCH)
        .unwrap()
        .remove(0)
        .unwrap();
    let reader = LedgerReader::open(&path).unwrap();
    (dir, ledger, reader)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_view_that_followed_equals_one_built_anew(steps in steps()) {
        let (_dir, mut ledger, reader) = with_policies();
        let views: Vec<Kept> = audiences()
            .into_iter()
            .map(|audience| Kept::open(audience, None, &[3; 32], &reader).unwrap())
            .collect();
        let (runner, who) = (Arc::new(Runner::new(crate::sparql::Limits::default())), Arc::from("tester"));
        let follow = || -> Result<(), TestCaseError> {
            for view in &views {
                view.follow(&reader, None).unwrap();
                prop_assert!(view.agrees(&reader).unwrap(), "{} differs", view.audience().name);
                let mark = view.mark().unwrap().unwrap();
                prop_assert_eq!((mark.seq, mark.hash), reader.head().unwrap());
                // Reading everything anew is most of this test's time, so one audience at a third of
                // the entries has to do; features alone have a test of their own.
                if view.audience().name != "amber" {
                    continue;
                }
                // What was read before the change is kept where the change did not touch it.
                let all: Vec<RecordId> = (0..7).map(pick).collect();
                let anew = view.view_of(State::of(view.current()), &runner, &who);
                let read = view.view(&runner, &who);
                prop_assert_eq!(read.nodes(&all).unwrap(), anew.nodes(&all).unwrap());
                prop_assert_eq!(read.claims_of(&all).unwrap(), anew.claims_of(&all).unwrap());
                prop_assert_eq!(read.claims_on(&all).unwrap(), anew.claims_on(&all).unwrap());
                prop_assert_eq!(read.claims_by(&all).unwrap(), anew.claims_by(&all).unwrap());
                let parts = |view: &View| view.beside(Beside::Part, &all).unwrap();
                prop_assert_eq!(parts(&read), parts(&anew));
                for source in &all {
                    prop_assert_eq!(read.quoted_of(source).unwrap(), anew.quoted_of(source).unwrap());
                }
                let marking = read.marking(all.iter().cloned()).unwrap();
                prop_assert_eq!(&marking, &read.markings(all.iter().cloned()).unwrap().together());
                prop_assert_eq!(marking, anew.marking(all).unwrap());
                if mark.seq % 3 != 0 {
                    continue;
                }
                prop_assert_eq!(&*read.names().unwrap(), &Names::read(read.engine()).unwrap());
                same(&read.feature_index().unwrap(), &Features::read(read.engine()).unwrap())?;
            }
            Ok(())
        };
        for step in steps {
            let Some(change) = step.change() else {
                follow()?;
                continue;
            };
            ledger.append(&[Group::by("t", &[change])], OffsetDateTime::UNIX_EPOCH).unwrap().remove(0).unwrap();
        }
        follow()?;
    }
}

/// Two claims stand under one pseudonym, the one since its assessor is unknown, the other since it may
/// not be told: the assessor's coming takes the pseudonym from the first alone.
#[test]
fn a_pseudonym_stays_while_any_claim_stands_under_it() {
    let (_dir, mut ledger, reader) = with_policies();
    let mut put = |record: Record| {
        let change = Change::Put {
            record,
            received: None,
        };
        ledger
            .append(&[Group::by("t", &[change])], OffsetDateTime::UNIX_EPOCH)
            .unwrap()
            .remove(0)
            .unwrap();
    };
    let public = Kept::open(Audience::public(), None, &[3; 32], &reader).unwrap();
    put(made(2, 0, 0, 0, [0; 4], 0));
    put(made(4, 3, 2, 0, [0, 0, 3, 0], 0));
    put(made(6, 3, 2, 0, [0; 4], 0));
    public.follow(&reader, None).unwrap();
    let assessors = || -> BTreeSet<(RecordId, usize)> {
        let view = public.current();
        view.quads_for_pattern(None, Some(properties::FM_ASSESSOR), None, None)
            .map(|quad| {
                let Term::NamedNode(node) = quad.unwrap().object else {
                    panic!("an assessor that is no record")
                };
                let stated = view.quads_for_pattern(Some(node.as_ref().into()), None, None, None);
                (RecordId::from_iri(node.as_str()).unwrap(), stated.count())
            })
            .collect()
    };
    let before = assessors();
    assert_eq!(before.len(), 1, "{before:?}");
    put(made(0, 0, 0, 0, [0; 4], 0));
    public.follow(&reader, None).unwrap();
    let after = assessors();
    assert_eq!(after.len(), 2, "{after:?}");
    assert!(after.is_superset(&before), "{before:?} {after:?}");
    assert!(public.agrees(&reader).unwrap());
}

#[test]
fn changing_a_policy_changes_what_stands_under_it() {
    let (_dir, mut ledger, reader) = with_policies();
    let own = id("marking-definition", 1);
    let define = |level| Change::Put {
        record: definition_of(&own, level),
        received: None,
    };
    let campaign = id("campaign", 1);
    let quad = oxigraph::model::Quad::new(
        oxigraph::model::NamedNode::new_unchecked(campaign.iri()),
        properties::RDF_TYPE.into_owned(),
        classes::STIX_CAMPAIGN.into_owned(),
        oxigraph::model::NamedNode::new_unchecked(own.iri()),
    );
    let put = Change::Put {
        record: Record::new(campaign.clone(), vec![quad]).unwrap(),
        received: None,
    };
    let public = Kept::open(Audience::public(), None, &[3; 32], &reader).unwrap();
    let mut step = |change: Change| {
        ledger
            .append(&[Group::by("t", &[change])], OffsetDateTime::UNIX_EPOCH)
            .unwrap()
            .remove(0)
            .unwrap();
        public.follow(&reader, None).unwrap();
        let iri = oxigraph::model::NamedNode::new_unchecked(campaign.iri());
        public
            .current()
            .quads_for_pattern(Some(iri.as_ref().into()), None, None, None)
            .count()
    };
    assert_eq!(step(put), 0, "a policy that nobody defined denies");
    assert_eq!(step(define(Tlp::Clear)), 1);
    assert_eq!(step(define(Tlp::Red)), 0);
    assert_eq!(step(Change::Retract(own.clone())), 0);
}

fn triples(store: &Store) -> BTreeSet<String> {
    store
        .quads_for_pattern(None, None, None, Some(GraphNameRef::DefaultGraph))
        .map(|quad| quad.unwrap().to_string())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_past_is_what_it_was_less_what_today_hides(steps in steps()) {
        let (_dir, mut ledger, reader) = with_policies();
        let who = Arc::from("tester");
        let runner = Arc::new(Runner::new(crate::sparql::Limits::default()));
        let views: Vec<Kept> = audiences()
            .into_iter()
            .map(|audience| Kept::open(audience, None, &[3; 32], &reader).unwrap())
            .collect();
        let kept = Pasts::default();
        let mut was: Vec<(u64, Vec<BTreeSet<String>>)> = Vec::new();
        for step in steps {
            let Some(change) = step.change() else { continue };
            ledger.append(&[Group::by("t", &[change])], OffsetDateTime::UNIX_EPOCH).unwrap().remove(0).unwrap();
            views.iter().for_each(|view| view.follow(&reader, None).unwrap());
            was.push((reader.head().unwrap().0, views.iter().map(|view| triples(&view.current())).collect()));
            for (seq, then) in was.get(was.len() / 2).into_iter().chain(was.first()) {
                for (view, then) in views.iter().zip(then) {
                    // One that was kept over a change, and one built after it.
                    let past = triples(kept.view(view, &reader, (&Moment::Entry(*seq), *seq), &runner, &who).unwrap().engine());
                    let anew = triples(Pasts::default().view(view, &reader, (&Moment::Entry(*seq), *seq), &runner, &who).unwrap().engine());
                    prop_assert_eq!(&past, &anew, "{} kept too long", view.audience().name);
                    if view.audience().sees_all {
                        prop_assert_eq!(&past, then);
                        continue;
                    }
                    let now = view.current();
                    for quad in kept.view(view, &reader, (&Moment::Entry(*seq), *seq), &runner, &who).unwrap().engine()
                        .quads_for_pattern(None, None, None, Some(GraphNameRef::DefaultGraph))
                    {
                        let quad = quad.unwrap();
                        let oxigraph::model::NamedOrBlankNode::NamedNode(subject) = &quad.subject else { continue };
                        let Some(owner) = RecordId::owner_of(subject.as_str()) else { continue };
                        let Some(today) = reader.current(&owner).unwrap() else {
                            // Only what is said of a pseudonym, which is no record.
                            prop_assert!(owner.stix_type() == "identity" && !(0..2).any(|n| pick(n) == owner), "{} is withdrawn", owner);
                            continue;
                        };
                        let iri = today.iri();
                        prop_assert!(now.quads_for_pattern(Some(iri.as_ref().into()), Some(properties::RDF_TYPE), None, None).next().is_some(), "{} is hidden today", owner);
                        let alike = today.quads().iter().filter(|one| one.subject == quad.subject && one.predicate == quad.predicate && one.object == quad.object);
                        let levels: Vec<bool> = alike.map(|one| matches!(&one.graph_name, oxigraph::model::GraphName::NamedNode(policy)
                            if reader.policies().unwrap().get(policy.as_str()).is_some_and(|policy| view.audience().sees(Some(policy))))).collect();
                        // The engine writes 1.50, which may be seen, as 1.5, which may not.
                        let rewritten = quad.predicate == properties::FM_VALUE;
                        prop_assert!(rewritten || levels.is_empty() || levels.contains(&true), "{quad} is hidden today");
                    }
                }
            }
        }
    }
}

/// A ledger with one audience's view beside it, which follows at once.
struct World {
    _dir: tempfile::TempDir,
    ledger: Ledger,
    reader: LedgerReader,
    view: Kept,
}

impl World {
    fn new(audience: Audience) -> Self {
        let (dir, ledger, reader) = with_policies();
        let view = Kept::open(audience, None, &[3; 32], &reader).unwrap();
        Self {
            _dir: dir,
            ledger,
            reader,
            view,
        }
    }

    /// Takes a step; what the audience sees afterwards, and at which entry.
    fn step(&mut self, step: &Step) -> (BTreeSet<String>, u64) {
        let Some(change) = step.change() else {
            return (triples(&self.view.current()), self.head());
        };
        let mut results = self
            .ledger
            .append(&[Group::by("t", &[change])], OffsetDateTime::UNIX_EPOCH)
            .unwrap();
        results.remove(0).unwrap();
        self.view.follow(&self.reader, None).unwrap();
        (triples(&self.view.current()), self.head())
    }

    fn head(&self) -> u64 {
        self.reader.head().unwrap().0
    }

    fn past(&self, seq: u64) -> BTreeSet<String> {
        let runner = Arc::new(Runner::new(crate::sparql::Limits::default()));
        let moment = (&Moment::Entry(seq), seq);
        let view = Pasts::default().view(
            &self.view,
            &self.reader,
            moment,
            &runner,
            &Arc::from("tester"),
        );
        triples(view.unwrap().engine())
    }
}

#[test]
fn a_number_written_otherwise_under_another_marking_leaves_no_trace_in_the_past() {
    // Found by the property below: to the public nothing changes, 1.5 under both.
    let put = |levels: [usize; 4], number: usize| Step::Put {
        own: 5,
        kind: 0,
        a: 0,
        b: 0,
        levels,
        number,
    };
    let mut whole = World::new(Audience::public());
    let mut bare = World::new(Audience::public());
    let first = put([0, 0, 0, 0], 1);
    let (seen, here) = whole.step(&first);
    assert_eq!((seen.clone(), here), bare.step(&first));
    let (now, _) = whole.step(&put([0, 0, 1, 0], 0));
    assert_eq!(now, seen);
    assert_eq!(whole.past(here), bare.past(here));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Two worlds in which an audience saw the same, step by step, have one past for it, whatever
    /// was hidden in between.
    #[test]
    fn the_past_tells_nothing_that_was_never_seen(steps in steps()) {
        for audience in audiences().into_iter().filter(|audience| !audience.sees_all) {
            let mut whole = World::new(audience.clone());
            let mut bare = World::new(audience);
            let mut seen = triples(&whole.view.current());
            let mut moments = vec![(whole.head(), bare.head())];
            for step in &steps {
                let (now, at) = whole.step(step);
                if now == seen {
                    continue;
                }
                let (same, there) = bare.step(step);
                if same != now {
                    // What was hidden at first came to be seen: the worlds part here.
                    return Ok(());
                }
                seen = now;
                moments.push((at, there));
            }
            for (here, there) in moments {
                prop_assert_eq!(whole.past(here), bare.past(there));
            }
        }
    }
}
