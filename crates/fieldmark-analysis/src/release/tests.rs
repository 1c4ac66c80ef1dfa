use super::*;
use oxrdf::NamedNodeRef;
use proptest::prelude::*;
use std::collections::BTreeSet;

const KEY: [u8; 32] = [7; 32];

fn id(kind: &str, n: u8) -> RecordId {
    RecordId::derived(kind, &n.to_string())
}

fn tlp(level: Tlp) -> String {
    RecordId::parse(level.marking_id()).unwrap().iri()
}

fn policies() -> Policies {
    Policies(
        Tlp::ALL
            .into_iter()
            .map(|level| {
                (
                    tlp(level),
                    Policy {
                        tlp: level,
                        releasable_to: BTreeSet::new(),
                    },
                )
            })
            .collect(),
    )
}

fn audience(ceiling: Tlp) -> Audience {
    Audience {
        name: ceiling.name().into(),
        ceiling,
        memberships: BTreeSet::new(),
        sees_all: false,
    }
}

fn record(id: &RecordId, statements: &[(NamedNodeRef<'_>, Term, Tlp)]) -> Record {
    let quads = statements
        .iter()
        .map(|(predicate, object, level)| {
            Quad::new(
                NamedNode::new_unchecked(id.iri()),
                predicate.into_owned(),
                object.clone(),
                NamedNode::new_unchecked(tlp(*level)),
            )
        })
        .collect();
    Record::new(id.clone(), quads).unwrap()
}

fn node(id: &RecordId) -> Term {
    NamedNode::new_unchecked(id.iri()).into()
}

fn thing(id: &RecordId, level: Tlp) -> Record {
    record(
        id,
        &[(
            properties::RDF_TYPE,
            classes::STIX_CAMPAIGN.into_owned().into(),
            level,
        )],
    )
}

fn claim(n: u8, subject: &RecordId, assessor: &RecordId, level: Tlp) -> Record {
    record(
        &id("note", n),
        &[
            (
                properties::RDF_TYPE,
                classes::FM_CLAIM.into_owned().into(),
                level,
            ),
            (properties::FM_SUBJECT, node(subject), level),
            (properties::FM_ASSESSOR, node(assessor), level),
        ],
    )
}

fn seen(records: &[Record], ceiling: Tlp) -> HashSet<Triple> {
    let (audience, policies) = (audience(ceiling), policies());
    release(
        records,
        &Eyes {
            audience: &audience,
            policies: &policies,
            key: &KEY,
        },
    )
}

#[test]
fn a_claim_falls_with_its_subject_and_so_does_a_claim_about_it() {
    let (secret, body) = (id("campaign", 1), id("identity", 2));
    let first = claim(1, &secret, &body, Tlp::Clear);
    let about = claim(2, first.id(), &body, Tlp::Clear);
    let records = [
        thing(&secret, Tlp::Red),
        thing(&body, Tlp::Clear),
        first.clone(),
        about.clone(),
    ];
    let mentions = |triples: &HashSet<Triple>, id: &RecordId| {
        triples.iter().any(|t| t.to_string().contains(id.as_str()))
    };
    let public = seen(&records, Tlp::Clear);
    assert!(mentions(&public, &body));
    for hidden in [&secret, first.id(), about.id()] {
        assert!(!mentions(&public, hidden), "{hidden}");
        assert!(mentions(&seen(&records, Tlp::Red), hidden), "{hidden}");
    }
}

#[test]
fn a_claim_keeps_a_pseudonymous_assessor_that_other_audiences_cannot_link() {
    let (campaign, body) = (id("campaign", 1), id("identity", 2));
    let records = [
        thing(&campaign, Tlp::Clear),
        thing(&body, Tlp::Red),
        claim(1, &campaign, &body, Tlp::Clear),
        claim(2, &campaign, &body, Tlp::Clear),
    ];
    let assessors = |key: [u8; 32]| {
        let (audience, policies) = (audience(Tlp::Clear), policies());
        release(
            &records,
            &Eyes {
                audience: &audience,
                policies: &policies,
                key: &key,
            },
        )
        .into_iter()
        .filter(|t| t.predicate.as_ref() == properties::FM_ASSESSOR)
        .map(|t| t.object.to_string())
        .collect::<Vec<_>>()
    };
    let ours = assessors(KEY);
    assert_eq!(ours.len(), 2);
    assert_eq!(ours[0], ours[1]);
    assert!(!ours[0].contains(body.as_str()));
    assert_ne!(ours[0], assessors([8; 32])[0]);
}

#[test]
fn json_that_names_a_hidden_record_is_withheld() {
    let (campaign, open, secret) = (id("campaign", 1), id("identity", 2), id("identity", 3));
    let json = |named: &RecordId| {
        let text = format!("{{\"x_by\":[\"{named}\",\"é--{named}\"]}}");
        Term::from(oxrdf::Literal::new_typed_literal(
            text,
            oxrdf::vocab::rdf::JSON,
        ))
    };
    let typed = (
        properties::RDF_TYPE,
        classes::STIX_CAMPAIGN.into_owned().into(),
        Tlp::Clear,
    );
    let other = properties::FM_OTHER_PROPERTIES;
    let records = [
        thing(&open, Tlp::Clear),
        thing(&secret, Tlp::Red),
        record(
            &campaign,
            &[
                typed,
                (other, json(&open), Tlp::Clear),
                (other, json(&secret), Tlp::Clear),
            ],
        ),
    ];
    let held = |ceiling: Tlp| {
        let triples = seen(&records, ceiling);
        triples
            .iter()
            .filter(|t| t.predicate.as_ref() == other)
            .count()
    };
    assert_eq!((held(Tlp::Clear), held(Tlp::Red)), (1, 2));
}

#[test]
fn an_undefined_policy_denies() {
    let campaign = id("campaign", 1);
    let records = [thing(&campaign, Tlp::Clear)];
    let audience = audience(Tlp::Red);
    let none = Policies::default();
    let eyes = Eyes {
        audience: &audience,
        policies: &none,
        key: &KEY,
    };
    assert!(release(&records, &eyes).is_empty());
    let steward = Audience::steward();
    let eyes = Eyes {
        audience: &steward,
        policies: &none,
        key: &KEY,
    };
    assert_eq!(release(&records, &eyes).len(), 1);
}

/// Small worlds of things, relationships and claims that refer to one another at random, with a
/// policy per statement drawn at random.
fn worlds() -> impl Strategy<Value = Vec<Record>> {
    let level = prop::sample::select(Tlp::ALL.to_vec());
    let part = (0u8..3, 0u8..8, 0u8..8, prop::collection::vec(level, 4));
    prop::collection::vec(part, 1..12).prop_map(|parts| {
        let ids: Vec<RecordId> = parts
            .iter()
            .zip(0u8..)
            .map(|((kind, ..), n)| id(["identity", "relationship", "note"][usize::from(*kind)], n))
            .collect();
        let pick = |n: u8| &ids[usize::from(n) % ids.len()];
        parts
            .iter()
            .zip(&ids)
            .map(|((kind, a, b, levels), own)| match kind {
                0 => record(
                    own,
                    &[
                        (
                            properties::RDF_TYPE,
                            classes::STIX_IDENTITY.into_owned().into(),
                            levels[0],
                        ),
                        (properties::FM_RELATED_TO, node(pick(*a)), levels[1]),
                    ],
                ),
                1 => record(
                    own,
                    &[
                        (
                            properties::RDF_TYPE,
                            classes::STIX_RELATIONSHIP.into_owned().into(),
                            levels[0],
                        ),
                        (
                            properties::STIX_RELATIONSHIP_TYPE,
                            Literal::from("uses").into(),
                            levels[1],
                        ),
                        (properties::STIX_SOURCE_REF, node(pick(*a)), levels[2]),
                        (properties::STIX_TARGET_REF, node(pick(*b)), levels[3]),
                    ],
                ),
                _ => record(
                    own,
                    &[
                        (
                            properties::RDF_TYPE,
                            classes::FM_CLAIM.into_owned().into(),
                            levels[0],
                        ),
                        (properties::FM_SUBJECT, node(pick(*a)), levels[1]),
                        (properties::FM_ASSESSOR, node(pick(*b)), levels[2]),
                        (properties::FM_CONCURS_WITH, node(pick(*b)), levels[3]),
                    ],
                ),
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_reference_dangles(records in worlds()) {
        for level in Tlp::ALL {
            let triples = seen(&records, level);
            let stated: HashSet<RecordId> = triples
                .iter()
                .filter(|t| t.predicate.as_ref() == properties::RDF_TYPE)
                .filter_map(|t| RecordId::owner_of(t.subject.to_string().trim_matches(['<', '>'])))
                .collect();
            for target in triples.iter().filter_map(|t| record_in(&t.object)) {
                prop_assert!(stated.contains(&target), "{target} dangles at {level}");
            }
        }
    }

    #[test]
    fn whatever_is_not_shown_has_a_reason_and_nothing_else_has(records in worlds()) {
        let policies = policies();
        for level in Tlp::ALL {
            let audience = audience(level);
            let eyes = Eyes { audience: &audience, policies: &policies, key: &KEY };
            let triples = seen(&records, level);
            let visible = |id: &RecordId| {
                let own = NamedOrBlankNode::from(NamedNode::new_unchecked(id.iri()));
                triples.iter().any(|t| t.predicate == properties::RDF_TYPE && t.subject == own)
            };
            for record in &records {
                let withheld = eyes.withheld(record, visible);
                prop_assert_eq!(withheld.whole.is_none(), visible(record.id()));
                for stated in record.quads().iter().map(triple).filter(|_| withheld.whole.is_none()) {
                    prop_assert_eq!(!withheld.statements.contains_key(&stated), triples.contains(&stated));
                }
            }
        }
    }

    #[test]
    fn every_visible_claim_has_an_assessor_and_a_subject(records in worlds()) {
        for level in Tlp::ALL {
            let triples = seen(&records, level);
            for claim in triples.iter().filter(|t| t.object == classes::FM_CLAIM.into_owned().into()) {
                for needed in [properties::FM_ASSESSOR, properties::FM_SUBJECT] {
                    prop_assert!(triples
                        .iter()
                        .any(|t| t.subject == claim.subject && t.predicate.as_ref() == needed));
                }
            }
        }
    }

    #[test]
    fn a_wider_audience_sees_every_record_a_narrower_one_sees(records in worlds()) {
        let typed = |level| -> HashSet<String> {
            seen(&records, level)
                .into_iter()
                .filter(|t| t.predicate.as_ref() == properties::RDF_TYPE
                    && t.object != classes::FM_WITHHELD_ASSESSOR.into_owned().into())
                .map(|t| t.subject.to_string())
                .filter(|s| records.iter().any(|r| s.contains(r.id().as_str())))
                .collect()
        };
        for pair in Tlp::ALL.windows(2) {
            prop_assert!(typed(pair[0]).is_subset(&typed(pair[1])));
        }
    }

    #[test]
    fn what_cannot_be_seen_changes_nothing(records in worlds(), hidden in worlds()) {
        let red = Tlp::Red;
        let mut with = records.clone();
        for record in &hidden {
            let id = RecordId::derived(record.id().stix_type(), &format!("hidden {}", record.id()));
            with.push(thing(&id, red));
        }
        prop_assert_eq!(seen(&records, Tlp::Amber), seen(&with, Tlp::Amber));
    }
}
