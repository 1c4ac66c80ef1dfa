//! What the case's overlaps come to: by itself, among made-up incidents, and among DISARM's own
//! where they are at hand.

use super::answers::one;
use super::{case, root, take_in};
use fieldmark_analysis::overlap::{Bits, Lacking, Shuffles, Soft};
use fieldmark_model::RecordId;
use fieldmark_rdf::format::Format;
use fieldmark_store::gate::Credential;
use fieldmark_store::import::ImportOptions;
use fieldmark_store::read::{Resolved, Tally, TieKind};
use fieldmark_store::{Base, View};
use std::fmt::Write;

const ALCES: &str = "Alces Lake 2022";
const MPS: &str = "MPs campaign 2023";
/// A report of the case, which the made-up relationships are said to stand in.
const REPORT: &str = "report--f0552024-4d02-51c0-a216-31526bea841e";
const EVERY: [&str; 2] = ["campaign", "incident"];

fn quick() -> Shuffles {
    Shuffles {
        times: 199,
        ..Shuffles::default()
    }
}

/// Incidents and the techniques they use, as statements.
fn import(base: &Base, view: &View, uses: &[(String, Vec<String>)]) {
    let mut text = String::from(
        "@prefix id: <https://w3id.org/fieldmark/id/> .
         @prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> .
         @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
         @prefix dcterms: <http://purl.org/dc/terms/> .
         id:marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487 {\n",
    );
    for (incident, techniques) in uses {
        let id = RecordId::derived("incident", incident);
        writeln!(
            text,
            "id:{id} a stix:Incident ; skos:prefLabel \"{incident}\"@en ."
        )
        .unwrap();
        for technique in techniques {
            // Retired numbers are not in the vocabulary.
            let Resolved::One(known) = view.resolve(technique).unwrap() else {
                continue;
            };
            let link = RecordId::derived("relationship", &format!("{incident} {technique}"));
            writeln!(
                text,
                "id:{link} a stix:Relationship ; stix:relationship_type \"uses\" ;
                 stix:source_ref id:{id} ; stix:target_ref id:{known} ; dcterms:source id:{REPORT} ."
            )
            .unwrap();
        }
    }
    text.push('}');
    take_in(base, text.as_bytes(), "made-up incidents");
}

fn tally(base: &Base, left: &str, right: &str) -> Tally {
    let caller = base.gate().enter(Credential::Local).unwrap();
    let view = base.view(&caller.reader).unwrap();
    let overlap = view
        .overlap(&one(&view, left), &one(&view, right), quick())
        .unwrap();
    overlap.tally
}

fn techniques(tally: &Tally, view: &View) -> Vec<String> {
    let of_family = tally
        .lines
        .iter()
        .filter(|line| line.feature.family == "technique");
    let nodes = of_family.filter_map(|line| view.node(line.feature.record.as_ref()?).ok());
    nodes
        .flat_map(|node| {
            let numbers = node.values(fieldmark_rdf::vocab::properties::SKOS_NOTATION);
            numbers.first().map(|number| match number {
                oxigraph::model::Term::Literal(literal) => literal.value().to_owned(),
                other => other.to_string(),
            })
        })
        .collect()
}

#[test]
fn by_itself_the_case_is_too_small_to_tell_what_is_rare() {
    let dir = tempfile::tempdir().unwrap();
    let (base, view) = case(dir.path());
    let found = tally(&base, ALCES, MPS);
    assert_eq!(found.soft, Soft::Insufficient(Lacking::Population));
    assert_eq!(found.hard, 0);
    assert!(!found.ties.is_empty() && found.ties.iter().all(|tie| tie.kind != TieKind::OneNetwork));
    // RRM's claim that Alces Lake was Spamouflage's.
    let c27 = "relationship--c27f7122-8325-5caf-a56f-7dae5bd8fdb1";
    assert!(
        found.ties.iter().any(|tie| tie.claim.as_str() == c27),
        "{found:#?}"
    );
    let shared = techniques(&found, &view);
    for number in ["T0146.007", "T0146", "T0143", "T0097"] {
        assert!(
            shared.iter().any(|one| one == number),
            "{number}: {shared:?}"
        );
    }
}

#[test]
fn what_assessors_call_one_network_comes_first_and_is_said_to_be_theirs() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let ranked = view
        .overlaps(&one(&view, MPS), &EVERY, 10, quick())
        .unwrap();
    let names: Vec<(String, bool)> = ranked
        .iter()
        .map(|row| {
            let label = view.node(&row.other).unwrap().label("en");
            (
                label,
                row.tally
                    .ties
                    .iter()
                    .any(|tie| tie.kind == TieKind::OneNetwork),
            )
        })
        .collect();
    assert_eq!(
        names.iter().filter(|(_, identity)| *identity).count(),
        2,
        "{names:?}"
    );
    assert!(
        names[..2].iter().any(|(name, _)| name.contains("Hawaii")),
        "{names:?}"
    );
    assert!(
        names[..2]
            .iter()
            .any(|(name, _)| name.contains("Fukushima")),
        "{names:?}"
    );
}

#[test]
fn among_many_incidents_the_two_are_compatible_and_not_distinctive() {
    let dir = tempfile::tempdir().unwrap();
    let (base, view) = case(dir.path());
    // Sixty incidents, each with five techniques met more often the smaller their number.
    let mut state = 20_230_915_u32;
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let common = [
        "T0097", "T0143", "T0146", "T0049", "T0116", "T0087", "T0085", "T0068", "T0126",
    ];
    let uses: Vec<(String, Vec<String>)> = (0..60)
        .map(|at| {
            let techniques = (0..5).map(|_| {
                let most = 1 + random(common.len() as u32);
                common[random(most) as usize].to_owned()
            });
            (format!("Made-up incident {at}"), techniques.collect())
        })
        .collect();
    import(&base, &view, &uses);
    let found = tally(&base, ALCES, MPS);
    assert!(found.population >= 60, "{}", found.population);
    assert_eq!(found.soft, Soft::Compatible, "{found:#?}");
    assert_eq!(
        (
            found.hard,
            found.ties.iter().any(|tie| tie.kind == TieKind::OneNetwork)
        ),
        (0, false)
    );
    let chance: Bits = found.chance.iter().map(|(_, bits)| *bits).sum();
    let lines: Bits = found.lines.iter().map(|line| line.bits).sum();
    assert_eq!(
        (found.found.sum, found.found.excess),
        (lines, lines - chance)
    );
    assert!(
        found
            .significance
            .is_some_and(|s| s.times == 199 && s.p > 0.0)
    );
}

#[test]
fn among_the_incidents_of_disarm_the_two_are_compatible_and_not_distinctive() {
    let path = root().join("../shared/data/disarm/derived_incident_techniques_2025-02-08.csv");
    let Ok(table) = std::fs::read_to_string(&path) else {
        eprintln!("not run: DISARM's incidents are not beside the repository");
        return;
    };
    let mut uses: std::collections::BTreeMap<String, Vec<String>> = Default::default();
    for line in table.lines().skip(1) {
        let (incident, technique) = line.split_once(',').unwrap();
        uses.entry(incident.to_owned())
            .or_default()
            .push(technique.to_owned());
    }
    let dir = tempfile::tempdir().unwrap();
    let (base, view) = case(dir.path());
    import(&base, &view, &uses.into_iter().collect::<Vec<_>>());
    let found = tally(&base, ALCES, MPS);
    assert!(found.population >= 62, "{}", found.population);
    assert_eq!(found.soft, Soft::Compatible, "{found:#?}");
    // By itself T0146.007 tells about four bits there, however they are spread over what is broader.
    let automated: Bits = found
        .lines
        .iter()
        .filter(|line| line.feature.family == "technique" && line.df < 30)
        .map(|line| line.bits)
        .sum();
    assert!((2.0..5.0).contains(&automated.get()), "{automated}");
}

#[test]
fn what_the_public_may_not_see_moves_no_weight() {
    let dir = tempfile::tempdir().unwrap();
    let (base, view) = case(dir.path());
    let public = || {
        let reader = base.gate().enter(Credential::Anonymous).unwrap().reader;
        let view = base.view(&reader).unwrap();
        let of = one(&view, MPS);
        (
            view.overlap(&one(&view, ALCES), &of, quick()).unwrap(),
            view.overlaps(&of, &EVERY, 10, quick()).unwrap(),
        )
    };
    let before = public();
    // A campaign under TLP:RED, with the very techniques that the two share.
    let caller = base.gate().enter(Credential::Local).unwrap();
    let id = RecordId::derived("campaign", "hidden");
    let Resolved::One(technique) = view.resolve("T0146.007").unwrap() else {
        panic!("DISARM is in every ledger");
    };
    let link = RecordId::derived("relationship", "hidden");
    let hidden = format!(
        "@prefix id: <https://w3id.org/fieldmark/id/> .
         @prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> .
         @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
         @prefix dcterms: <http://purl.org/dc/terms/> .
         id:marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1 {{
         id:{id} a stix:Campaign ; skos:prefLabel \"Hidden\"@en .
         id:{link} a stix:Relationship ; stix:relationship_type \"uses\" ;
           stix:source_ref id:{id} ; stix:target_ref id:{technique} ; dcterms:source id:{REPORT} . }}"
    );
    let options = ImportOptions::of(Format::TriG);
    let report = base
        .import(
            caller.writer.as_ref().unwrap(),
            hidden.as_bytes(),
            &options,
            None,
        )
        .unwrap();
    assert!(report.committed, "{report:?}");
    assert_eq!(public(), before);
    let steward = base.view(&caller.reader).unwrap();
    let all = steward.overlap(&one(&steward, ALCES), &one(&steward, MPS), quick());
    assert!(all.unwrap().tally.population > before.0.tally.population);
}

#[test]
fn what_is_compared_goes_before_places_and_bodies_of_that_name() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let compared = |name: &str| match view.resolve_compared(name).unwrap() {
        Resolved::One(id) => id,
        other => panic!("{name}: {other:?}"),
    };
    // Also a place, and the abbreviation of a ministry.
    assert_eq!(compared("Alces Lake"), one(&view, ALCES));
    assert_eq!(compared("MPs"), one(&view, MPS));
    assert_eq!(compared(one(&view, MPS).as_str()), one(&view, MPS));
    assert_eq!(
        view.resolve_compared("no such thing").unwrap(),
        Resolved::None(Vec::new())
    );
}
