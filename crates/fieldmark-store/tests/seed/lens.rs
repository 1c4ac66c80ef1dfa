//! Lenses: what passes for the same, on which way, and by whose claims.

use crate::{CLEAR, case, take_in};
use fieldmark_model::{Edtf, RecordId};
use fieldmark_store::gate::Credential;
use fieldmark_store::read::{Lens, Place, Reading, Sames, Thing};
use fieldmark_store::{Base, Options, View};
use std::fmt::Write;

fn id(name: &str) -> RecordId {
    RecordId::derived("intrusion-set", name)
}

/// Clusters of these names, and claims that two are one: who says so, in what relation, when; `!`
/// before the relation for a denial. A second name in quotes is words.
fn clusters(
    names: &[&str],
    claims: &[(&str, &str, &str, &str, &str)],
) -> (tempfile::TempDir, Base, View) {
    let mut out = String::from(CLEAR);
    let report = RecordId::derived("report", "r");
    writeln!(out, "id:{report} a stix:Report ; skos:prefLabel \"R\"@en .").unwrap();
    for name in names {
        let id = id(name);
        writeln!(
            out,
            "id:{id} a stix:IntrusionSet ; skos:prefLabel \"{name}\"@en ."
        )
        .unwrap();
    }
    for who in ["X", "Y"] {
        let id = RecordId::derived("identity", who);
        writeln!(
            out,
            "id:{id} a prov:Organization , stix:Identity ; skos:prefLabel \"{who}\"@en ."
        )
        .unwrap();
    }
    for (n, (one, relation, other, who, when)) in claims.iter().enumerate() {
        let kind = if other.starts_with('"') {
            "note"
        } else {
            "relationship"
        };
        let claim = RecordId::derived(kind, &format!("c{n}"));
        let (denial, polarity, relation) = match relation.strip_prefix('!') {
            Some(relation) => (", fm:Denial", "fm:denies", relation),
            None => ("", "fm:affirms", *relation),
        };
        let object = match other.strip_prefix('"') {
            Some(words) => format!("fm:objectText \"{}\"@en", words.trim_end_matches('"')),
            None => format!("fm:object id:{}", id(other)),
        };
        writeln!(
            out,
            "id:{claim} a fm:Alias{denial} , fm:Claim ; fm:subject id:{} ; {object} ;
             fm:aliasRelation skos:{relation} ; fm:assessor id:{} ; fm:verbatim \"so\"@en ;
             fm:polarity {polarity} ; fm:scale fm:unstated ;
             fm:assertedAt \"{when}\"^^edtf:EDTF ; dcterms:source id:{report} .",
            id(one),
            RecordId::derived("identity", who),
        )
        .unwrap();
    }
    out.push('}');
    let dir = tempfile::tempdir().unwrap();
    let base = Base::open(dir.path(), Options::default()).unwrap();
    take_in(&base, out.as_bytes(), "clusters");
    let caller = base.gate().enter(Credential::Local).unwrap();
    let view = base.view(&caller.reader).unwrap();
    (dir, base, view)
}

fn name(view: &View, thing: &Thing) -> String {
    match thing {
        Thing::Record(id) => view.node(id).unwrap().label("en"),
        Thing::Words(words) => format!("“{words}”"),
    }
}

/// What passes for the same, each with the relations on the way there.
fn told(view: &View, found: &Sames) -> Vec<String> {
    let way = |one: &fieldmark_store::read::Same| {
        let steps = one.way.iter().map(|step| {
            let denied = if step.denied.is_empty() { "" } else { "?" };
            format!("{}{denied}", fieldmark_rdf::ontology::local(&step.relation))
        });
        let steps: Vec<String> = steps.collect();
        format!("{} by {}", name(view, &one.thing), steps.join("+"))
    };
    found.all.iter().map(way).collect()
}

fn same(view: &View, of: &str, lens: &str) -> Vec<String> {
    let lens = Lens::named(lens).unwrap();
    told(view, &view.same(&id(of), &lens, None).unwrap())
}

#[test]
fn exact_matches_chain_and_close_ones_do_not() {
    let (_dir, _base, view) = clusters(
        &["A", "B", "C", "D", "E", "Apart"],
        &[
            ("A", "exactMatch", "B", "X", "2023"),
            ("C", "exactMatch", "B", "Y", "2023"),
            ("C", "closeMatch", "D", "X", "2023"),
            ("D", "closeMatch", "E", "X", "2023"),
            ("Apart", "relatedMatch", "A", "X", "2023"),
        ],
    );
    assert_eq!(same(&view, "A", "own"), Vec::<String>::new());
    assert_eq!(
        same(&view, "A", "strict"),
        ["B by exactMatch", "C by exactMatch+exactMatch"]
    );
    assert_eq!(
        same(&view, "A", "near"),
        [
            "B by exactMatch",
            "C by exactMatch+exactMatch",
            "D by exactMatch+exactMatch+closeMatch",
        ]
    );
    // The same the other way round, so that who is asked about does not matter.
    assert_eq!(
        same(&view, "D", "near"),
        [
            "E by closeMatch",
            "C by closeMatch",
            "B by closeMatch+exactMatch",
            "A by closeMatch+exactMatch+exactMatch",
        ]
    );
    assert_eq!(same(&view, "E", "near"), ["D by closeMatch"]);
    assert_eq!(same(&view, "Apart", "near"), Vec::<String>::new());
    assert!(same(&view, "A", "wide").contains(&"Apart by relatedMatch".to_owned()));
}

#[test]
fn a_lens_follows_whose_claims_it_is_told_to_as_of_when() {
    let (_dir, _base, view) = clusters(
        &["A", "B", "C"],
        &[
            ("A", "exactMatch", "B", "X", "2022"),
            ("B", "exactMatch", "C", "Y", "2023-08"),
            ("B", "!exactMatch", "A", "Y", "2023"),
        ],
    );
    let strict = Lens::named("strict").unwrap();
    let found = |lens: &Lens, by: Option<&str>| {
        let by = by.map(|date| Edtf::parse(date).unwrap());
        told(&view, &view.same(&id("A"), lens, by.as_ref()).unwrap())
    };
    // Whoever denies a step is told beside who says it.
    assert_eq!(
        found(&strict, None),
        ["B by exactMatch?", "C by exactMatch?+exactMatch"]
    );
    let of_x = Lens {
        by: vec![RecordId::derived("identity", "X")],
        ..strict.clone()
    };
    assert_eq!(found(&of_x, None), ["B by exactMatch"]);
    assert_eq!(found(&strict, Some("2022-12")), ["B by exactMatch"]);
    // Some day in August is not certainly by the 15th.
    assert_eq!(found(&strict, Some("2023-08-15")), ["B by exactMatch"]);
    assert_eq!(found(&strict, Some("2021")), Vec::<String>::new());
}

#[test]
fn words_stand_for_the_one_record_of_that_name_and_for_none_of_several() {
    let (_dir, _base, view) = clusters(
        &["Taizi Flood", "DRAGONBRIDGE", "Twin", "Twin ", "Other"],
        &[
            ("Taizi Flood", "exactMatch", "\"Dragonbridge\"", "X", "2023"),
            ("Other", "exactMatch", "\"Twin\"", "X", "2023"),
            ("Taizi Flood", "exactMatch", "\"Twin\"", "Y", "2023"),
        ],
    );
    assert_eq!(
        same(&view, "Taizi Flood", "strict"),
        [
            "DRAGONBRIDGE by exactMatch",
            "“twin” by exactMatch",
            // Both are called so, by whoever says it; which of the two records is meant is not.
            "Other by exactMatch+exactMatch",
        ]
    );
    assert_eq!(
        same(&view, "DRAGONBRIDGE", "strict"),
        [
            "Taizi Flood by exactMatch",
            "“twin” by exactMatch+exactMatch",
            "Other by exactMatch+exactMatch+exactMatch",
        ]
    );
    assert_eq!(same(&view, "Twin", "strict"), Vec::<String>::new());
}

#[test]
fn a_dossier_tells_of_what_passes_for_the_same_under_its_own_heading() {
    let (_dir, _base, view) = clusters(
        &["A", "B", "C"],
        &[
            ("A", "exactMatch", "B", "X", "2023"),
            ("B", "closeMatch", "C", "Y", "2023"),
            ("A", "closeMatch", "B", "Y", "2023"),
        ],
    );
    let under = |lens: &str| {
        let reading = Reading {
            lens: Lens::named(lens).unwrap(),
            ..Reading::default()
        };
        view.dossier(&id("A"), &reading).unwrap()
    };
    // An exact match and a close one are two propositions, which no weighing throws together.
    let alone = under("own");
    assert_eq!(alone.propositions.len(), 2);
    assert!(alone.propositions.iter().all(|one| one.place == Place::Own));
    let strict = under("strict");
    let same: Vec<_> = strict
        .propositions
        .iter()
        .filter(|one| one.place == Place::Same)
        .collect();
    assert_eq!(same.len(), 1);
    assert_eq!((&same[0].about, &same[0].subject), (&id("B"), &id("B")));
}

#[test]
fn the_name_spamouflage_stands_for_each_of_its_senses() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let senses = view.senses("Spamouflage").unwrap();
    let names: Vec<String> = senses
        .iter()
        .map(|id| view.node(id).unwrap().label("en"))
        .collect();
    assert_eq!(
        names,
        [
            "Spamouflage",
            "Spamouflage, as a tactic or technique",
            "Spamouflage, as a network",
        ]
    );
    assert_eq!(view.senses("Alces Lake 2022").unwrap(), []);
    assert_eq!(view.senses("no such name").unwrap(), []);
    // Words of names are no name.
    assert_eq!(view.senses("campaign").unwrap(), []);
    let wide = Lens::named("wide").unwrap();
    let found = told(&view, &view.same(&senses[0], &wide, None).unwrap());
    // By RRM Canada's claim about previous activity, and over the network that others call one.
    for one in [
        "Campaign against the Alces Lake drill site, 2022 by Attribution",
        "Campaign against Canadian MPs, 2023 by Attribution",
        "Bot networks of the Hawaii campaign by Attribution+SameNetwork",
    ] {
        assert!(found.contains(&one.to_owned()), "{found:?}");
    }
}
