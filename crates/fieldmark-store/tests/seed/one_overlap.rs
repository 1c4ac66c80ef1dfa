//! What two share is one thing, whoever asks: `queries/overlap.rq`, as any SPARQL tool can ask it,
//! and the index that GraphQL, REST, the command line and the pages answer from.

use super::{CLEAR, case, take_in};
use fieldmark_analysis::overlap::Shuffles;
use fieldmark_model::{Noun, RecordId};
use fieldmark_store::gate::Credential;
use fieldmark_store::read::{CLAIMED, Filter, Order, Shared};
use fieldmark_store::{Base, Options, View, question};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Family and key of each shared feature.
type Features = BTreeSet<(String, String)>;
/// Of those that both have themselves: the links on the left and on the right.
type Links = BTreeMap<(String, String), [BTreeSet<String>; 2]>;

/// As the question has it.
fn asked(view: &View, left: &RecordId, right: &RecordId) -> (Features, Links) {
    let args = [("left", left), ("right", right)];
    let args = args.map(|(name, id)| (name.to_owned(), id.to_string()));
    let rows = view
        .ask(question::find("overlap").unwrap(), &args.into())
        .unwrap();
    let at = |name: &str| rows.variables.iter().position(|one| one == name).unwrap();
    let (mut features, mut links) = (Features::new(), Links::new());
    for row in &rows.rows {
        let value = |name: &str| match row[at(name)].as_ref().unwrap() {
            oxrdf::Term::NamedNode(node) => node.as_str().to_owned(),
            oxrdf::Term::Literal(literal) => literal.value().to_owned(),
            other => panic!("{other}"),
        };
        let key = (value("family"), value("feature"));
        features.insert(key.clone());
        if value("leftFeature") == key.1 && value("rightFeature") == key.1 {
            let sides = links.entry(key).or_default();
            sides[0].insert(value("leftLink"));
            sides[1].insert(value("rightLink"));
        }
    }
    (features, links)
}

/// As the index has it.
fn answered(view: &View, left: &RecordId, right: &RecordId) -> (Features, Vec<Shared>) {
    let unshuffled = Shuffles {
        times: 0,
        ..Shuffles::default()
    };
    let found = view.overlap(left, right, unshuffled).unwrap();
    let weighed = found.tally.lines.iter();
    let weighed = weighed.map(|line| (line.feature.family.clone(), line.feature.key.clone()));
    let counted = found
        .shared
        .iter()
        .filter(|one| one.hard || one.family == CLAIMED);
    let counted = counted.map(|one| (one.family.clone(), one.key.clone()));
    (weighed.chain(counted).collect(), found.shared)
}

/// Compares every two; gives how many features were shared in all, and how many families had any.
fn agree(view: &View) -> (usize, usize) {
    let mut ids: Vec<RecordId> = Vec::new();
    for noun in [Noun::Campaign, Noun::Incident] {
        let filter = Filter {
            noun: Some(noun),
            ..Filter::default()
        };
        let page = view
            .list(&filter, Order::Id, false, 100, None, false)
            .unwrap();
        ids.extend(page.items.into_iter().map(|one| one.id));
    }
    let (mut shared, mut families) = (0, BTreeSet::new());
    for left in &ids {
        for right in ids.iter().filter(|right| left < *right) {
            let (wanted, links) = asked(view, left, right);
            let (found, rows) = answered(view, left, right);
            assert_eq!(found, wanted, "{left} and {right}");
            for one in rows {
                let key = (one.family.clone(), one.key.clone());
                let Some(wanted) = links.get(&key) else {
                    continue;
                };
                let found = [&one.left, &one.right].map(|side| {
                    let ids = side.iter().map(|support| support.link.iri());
                    ids.collect::<BTreeSet<_>>()
                });
                assert_eq!(&found, wanted, "{left} and {right}: {key:?}");
            }
            shared += found.len();
            families.extend(found.into_iter().map(|(family, _)| family));
        }
    }
    (shared, families.len())
}

#[test]
fn the_question_and_the_index_agree_on_the_case() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let (shared, families) = agree(&view);
    assert!(shared > 20 && families > 3, "{shared} of {families}");
}

/// Numbers that look made up by chance, and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % end
    }

    fn one<'a>(&mut self, of: &'a [String]) -> &'a str {
        &of[self.below(of.len())]
    }
}

/// Campaigns with everything they are compared by, tied at random.
fn corpus(seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut out = String::from(CLEAR);
    let mut make = |kind: &str, classes: &str, count: usize, more: &str| -> Vec<String> {
        let ids =
            (0..count).map(|n| RecordId::derived(kind, &format!("{classes} {n}")).to_string());
        let ids: Vec<String> = ids.collect();
        for (n, id) in ids.iter().enumerate() {
            writeln!(
                out,
                "id:{id} a {classes} ; skos:prefLabel \"{classes} {n}\"@en {more} ."
            )
            .unwrap();
        }
        ids
    };
    let report = make("report", "stix:Report", 1, "").remove(0);
    let who = make(
        "identity",
        "prov:Organization, stix:Identity",
        2,
        "; stix:sectors \"media\"",
    );
    let campaigns = make("campaign", "stix:Campaign", 4, "; dcterms:language \"zh\"");
    let incidents = make("incident", "stix:Incident", 2, "; dcterms:language \"en\"");
    let networks = make(
        "infrastructure",
        "fm:BotNetwork, stix:Infrastructure",
        3,
        "",
    );
    let accounts = make("user-account", "stix:UserAccount", 4, "");
    let channels = make("channel", "fm:Channel", 3, "");
    let domains = make("domain-name", "stix:DomainName", 3, "");
    let media = make("media-content", "fm:Media", 4, "");
    let narratives = make("narrative", "fm:Narrative", 5, "");
    let events = make("event", "fm:Event", 2, "");
    let places = make("location", "stix:Location", 3, "");
    let platforms = make("identity", "fm:Platform, stix:Identity", 3, "");
    let tools = make("tool", "stix:Tool", 2, "");
    let people = make("identity", "prov:Person, stix:Identity", 3, "");
    let groups = make("identity", "fm:Group, stix:Identity", 2, "");
    let techniques: Vec<String> = fieldmark_rdf::ontology::DISARM
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("id:attack-pattern--"))
        .map(|id| format!("attack-pattern--{id}"))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let actors: Vec<String> = campaigns.iter().chain(&incidents).cloned().collect();
    let holders: Vec<String> = actors.iter().chain(&networks).cloned().collect();
    let targets: Vec<String> = [&people[..], &groups, &places, &who].concat();
    let ties: [(&str, &[String], &[String], usize); 18] = [
        ("carried-out-by", &actors, &networks, 8),
        ("uses", &actors, &techniques, 60),
        ("uses", &actors, &tools, 4),
        ("uses", &holders, &accounts, 6),
        ("consists-of", &networks, &accounts, 5),
        ("owns", &holders, &channels, 6),
        ("has-domain", &holders, &domains, 5),
        ("publishes", &holders, &media, 6),
        ("amplifies", &holders, &media, 4),
        ("conveys", &holders, &narratives, 6),
        ("conveys", &media, &narratives, 3),
        ("subnarrative-of", &narratives[..3], &narratives[3..], 3),
        ("targets", &actors, &targets, 14),
        ("member-of", &people, &groups, 3),
        ("impersonates", &actors, &people, 4),
        ("depicts", &actors, &people, 3),
        ("operates-on", &actors, &platforms, 9),
        ("exploits-event", &actors, &events, 5),
    ];
    let mut number = 0;
    for (kind, from, to, count) in ties {
        for _ in 0..count {
            number += 1;
            let id = RecordId::derived("relationship", &format!("tie {number}"));
            let (from, to) = (dice.one(from), dice.one(to));
            writeln!(
                out,
                "id:{id} a stix:Relationship ; stix:relationship_type \"{kind}\" ;
                stix:source_ref id:{from} ; stix:target_ref id:{to} ; dcterms:source id:{report} ."
            )
            .unwrap();
        }
    }
    for n in 0..12 {
        let id = RecordId::derived("relationship", &format!("claim {n}"));
        let (kind, subject, object) = match n % 3 {
            0 => ("SameNetwork", dice.one(&networks), dice.one(&networks)),
            1 => ("Attribution", dice.one(&holders), dice.one(&who)),
            _ => ("Attribution", dice.one(&actors), dice.one(&holders)),
        };
        if subject == object {
            continue;
        }
        let denies = if dice.below(5) == 0 {
            ("fm:denies", ", fm:Denial")
        } else {
            ("fm:affirms", "")
        };
        writeln!(
            out,
            "id:{id} a fm:{kind}{}, fm:Claim ; fm:subject id:{subject} ; fm:object id:{object} ;
            fm:assessor id:{} ; fm:verbatim \"so\"@en ; fm:polarity {} ; fm:scale fm:unstated ;
            fm:assertedAt \"2023\"^^edtf:EDTF ; dcterms:source id:{report} .",
            denies.1,
            dice.one(&who),
            denies.0
        )
        .unwrap();
    }
    out + "}\n"
}

#[test]
fn they_agree_on_made_up_corpora() {
    let mut most = 0;
    for seed in 1..=2 {
        let dir = tempfile::tempdir().unwrap();
        let base = Base::open(dir.path(), Options::default()).unwrap();
        let caller = base.gate().enter(Credential::Local).unwrap();
        take_in(&base, corpus(seed).as_bytes(), "a made-up corpus");
        let (shared, families) = agree(&base.view(&caller.reader).unwrap());
        assert!(shared > 60, "{shared}");
        most = most.max(families);
    }
    assert!(most >= 11, "{most} families");
}
