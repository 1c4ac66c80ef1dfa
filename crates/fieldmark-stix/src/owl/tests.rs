use super::*;
use fieldmark_rdf::Record;
use fieldmark_rdf::format::Format;
use fieldmark_rdf::gather::Gatherer;
use fieldmark_rdf::read::{Bounds, read};
use fieldmark_rdf::vocab;
use std::path::{Path, PathBuf};

/// A case as partners write them: blank and named parts, TLP 1 and 2, terms of use, dates of every
/// precision, an attribution, and things that are no records.
const CASE: &str = r#"
@prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix id: <https://w3id.org/fieldmark/id/> .
@prefix ex: <https://example.org/case#> .

id:campaign--00000000-0000-4000-8000-000000000001 a stix:Campaign ; stix:objective [ rdfs:label "ours" ] .

ex:campaign a owl:NamedIndividual ;
    stix:id "campaign--00000000-0000-4000-8000-00000000000A" ; stix:type "campaign" ;
    stix:name "Lanterne" ; stix:lang "fr" ; stix:alias "Falot" , "Lanterne" ;
    stix:description "Une campagne." ;
    stix:first_seen "2023-08-05T10:00:00Z"^^xsd:dateTime ; stix:last_seen "2023-09Z"^^xsd:gYearMonth ;
    stix:attributed-to ex:set ;
    stix:external_references ex:shared , [ a stix:ExternalReference ; stix:source_name "blog" ;
        stix:url "https://example.org/blog" ; stix:hashes [ stix:hash_value "00" ] ] .
ex:set a stix:IntrusionSet ; stix:id "intrusion-set--00000000-0000-4000-8000-00000000000b" ;
    stix:name "Set"@en ; stix:name "Jeu"@fr ; stix:name "Gang"@en ; stix:external_references ex:shared ;
    stix:object_marking_refs ex:amber , ex:terms , ex:red-by-name .
ex:shared a stix:ExternalReference ; stix:source_name "report" .
ex:uses a stix:Relationship ; stix:id "relationship--00000000-0000-4000-8000-00000000000c" ;
    stix:relationship_type "indicates" ; stix:source_ref ex:campaign ;
    stix:target_ref_string "tool--00000000-0000-4000-8000-00000000000d" ;
    stix:created_by_ref <https://example.org/identity--00000000-0000-4000-8000-00000000000e> .
ex:blame stix:id "relationship--00000000-0000-4000-8000-00000000000f" ;
    stix:relationship_type "attributed-to" ; stix:source_ref ex:campaign ; stix:target_ref ex:set ;
    stix:external_references [ stix:source_name "why" ] .
ex:org stix:id "identity--00000000-0000-4000-8000-000000000010" ; stix:name "Office of Lamps" ;
    stix:identity_class "organization" .
ex:account stix:id "user-account--00000000-0000-4000-8000-000000000011" ; stix:account_login "lamp1" .
ex:odd stix:id "x-lamp--00000000-0000-4000-8000-000000000012" .

ex:amber a stix:MarkingDefinition ; stix:id "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82" .
ex:red-by-name a stix:MarkingDefinition ; stix:id "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed" .
ex:terms a stix:MarkingDefinition ; stix:id "marking-definition--00000000-0000-4000-8000-000000000013" ;
    stix:name "Terms" ; stix:definition_type "statement" ; stix:definition [ stix:statement "Credit us." ] .
ex:torn a stix:Tool ; stix:id "tool--00000000-0000-4000-8000-000000000014" ; stix:name "Torn" ;
    stix:object_marking_refs ex:amber ,
        <https://example.org/marking-definition--00000000-0000-4000-8000-000000000015> .

stix:Lamp a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty stix:id ] .
stix:_Bright-lov a owl:NamedIndividual , stix:LampOv .
ex:Rule a sh:NodeShape ; sh:property [ sh:path stix:id ] .
ex:nameless a stix:Identity ; stix:name "Nobody" .
ex:broken a stix:Tool ; stix:id "tool--12" .
ex:double stix:id "tool--00000000-0000-4000-8000-000000000016" , "tool--00000000-0000-4000-8000-000000000017" .
ex:liar stix:id "tool--00000000-0000-4000-8000-000000000018" ; stix:type "malware" .
ex:bundle a stix:Bundle ; stix:id "bundle--00000000-0000-4000-8000-000000000019" ; stix:object ex:campaign .
ex:loose a stix:KillChainPhase ; stix:phase_name "nowhere" .
ex:weather rdfs:label "rain" .
"#;

const CLEAR: &str =
    "https://w3id.org/fieldmark/id/marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";

/// What became of an input: its records, what was not adopted, and what nobody could place.
struct Outcome {
    records: BTreeMap<RecordId, Record>,
    strays: Vec<Stray>,
    unplaced: Vec<Stray>,
    statements: usize,
}

fn statements(text: &[u8], format: Format) -> Vec<Placed> {
    let mut held = Vec::new();
    let base = Some("https://example.org/base");
    let problems = read(text, format, base, &Bounds::default(), |placed| {
        held.push(placed)
    });
    assert_eq!(problems.expect("the input can be read"), []);
    held
}

fn outcome(text: &[u8], format: Format) -> Outcome {
    let held = statements(text, format);
    let statements = held.len();
    let (placed, strays) = adopt(held);
    let mut gatherer = Gatherer::new(Some(NamedNode::new_unchecked(CLEAR)));
    placed.into_iter().for_each(|placed| gatherer.push(placed));
    let (drafts, unplaced) = gatherer.finish();
    let records = drafts
        .into_iter()
        .map(|(id, draft)| {
            let record = Record::new(id.clone(), draft.quads);
            (id, record.expect("adopted statements make records"))
        })
        .collect();
    Outcome {
        records,
        strays,
        unplaced,
        statements,
    }
}

/// The statements of the one record whose id ends with `end`, prefixes for namespaces.
fn of(outcome: &Outcome, end: &str) -> String {
    let (_, record) = outcome
        .records
        .iter()
        .find(|(id, _)| id.as_str().ends_with(end))
        .unwrap_or_else(|| panic!("no record ends with {end}"));
    let mut text = record.canonical().to_owned();
    for (prefix, space) in vocab::PREFIXES {
        text = text.replace(&format!("<{space}"), &format!("<{prefix}:"));
    }
    text
}

#[track_caller]
fn says(record: &str, parts: &[&str]) {
    for part in parts {
        assert!(record.contains(part), "{part} is missing in\n{record}");
    }
}

fn case() -> Outcome {
    outcome(CASE.as_bytes(), Format::Turtle)
}

#[test]
fn a_subject_with_an_id_becomes_that_record() {
    let case = case();
    let campaign = of(&case, "-00000000000a");
    says(
        &campaign,
        &[
            "rdf:type> <stix:Campaign>",
            "skos:prefLabel> \"Lanterne\"@fr",
            "skos:altLabel> \"Falot\"@fr",
            "dcterms:description> \"Une campagne.\"@fr",
            "stix:first_seen> \"2023-08-05T10:00:00Z\"^^<edtf:EDTF>",
            "stix:last_seen> \"2023-09\"^^<edtf:EDTF>",
            "stix:name> \"Lanterne\"",
        ],
    );
    assert!(!campaign.contains("NamedIndividual") && !campaign.contains("attributed-to"));
    assert_eq!(
        campaign.matches("\"Lanterne\"@fr").count(),
        1,
        "an alias that is the name is no alias"
    );
    says(
        &of(&case, "-00000000000b"),
        &[
            "prefLabel> \"Set\"@en",
            "prefLabel> \"Jeu\"@fr",
            "altLabel> \"Gang\"@en",
        ],
    );
    says(
        &of(&case, "-000000000010"),
        &["<stix:Identity>", "<prov:Organization>"],
    );
    says(
        &of(&case, "-000000000011"),
        &["<stix:UserAccount>", "prefLabel> \"lamp1\"@en"],
    );
    says(&of(&case, "-000000000012"), &["<stix:StixObject>"]);
}

#[test]
fn references_lead_to_records_and_parts_become_children() {
    let case = case();
    says(
        &of(&case, "-00000000000c"),
        &[
            "rdf:type> <stix:Relationship>",
            "stix:relationship_type> \"indicates\"",
            "stix:source_ref> <id:campaign--00000000-0000-4000-8000-00000000000a>",
            "stix:target_ref> <id:tool--00000000-0000-4000-8000-00000000000d>",
            "stix:created_by_ref> <id:identity--00000000-0000-4000-8000-00000000000e>",
        ],
    );
    for (end, parts) in [("-00000000000a", 3), ("-00000000000b", 1)] {
        let text = of(&case, end);
        let children: BTreeSet<&str> = text
            .split(['<', '>'])
            .filter(|node| node.contains("#c14n"))
            .collect();
        assert_eq!(children.len(), parts, "{text}");
        says(&text, &["stix:source_name> \"report\""]);
    }
    says(
        &of(&case, "-00000000000a"),
        &["stix:url> \"https://example.org/blog\"^^<xsd:anyURI>"],
    );
    says(&of(&case, "-000000000001"), &["\"ours\""]);
}

#[test]
fn markings_become_the_release_policy() {
    let case = case();
    let policies = |end: &str| {
        let found = case
            .records
            .iter()
            .find(|(id, _)| id.as_str().ends_with(end));
        found.map(|(_, record)| {
            record
                .policies()
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
    };
    let red =
        "https://w3id.org/fieldmark/id/marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
    assert_eq!(
        policies("-00000000000b"),
        Some(vec![red.to_owned()]),
        "the strictest level holds"
    );
    assert_eq!(policies("-00000000000a"), Some(vec![CLEAR.to_owned()]));
    assert_eq!(
        policies("-000000000014"),
        None,
        "policies that cannot be compared are not guessed at"
    );
}

#[test]
fn what_is_no_record_says_why() {
    let case = case();
    let why = |subject: &str| {
        let name = format!("<https://example.org/case#{subject}>");
        let stix = format!("<{}{subject}>", vocab::STIX);
        let stray = case
            .strays
            .iter()
            .find(|s| s.subject == name || s.subject == stix);
        stray.map_or_else(
            || panic!("{subject} is no stray in {:#?}", case.strays),
            |stray| (stray.statements, stray.why.as_str()),
        )
    };
    for (subject, statements, part) in [
        ("blame", 6, "its assessor"),
        ("campaign", 1, "its assessor"),
        ("amber", 2, "built in"),
        ("torn", 5, "several release policies"),
        ("Lamp", 4, "describes the ontology, not a case"),
        ("_Bright-lov", 2, "value of STIX's vocabularies"),
        ("Rule", 3, "rules for data"),
        ("nameless", 2, "give it stix:id"),
        ("broken", 2, "8-4-4-4-12"),
        ("double", 2, "2 different STIX ids"),
        ("liar", 2, "make them agree"),
        ("bundle", 3, "envelope"),
        ("loose", 2, "no record leads to it"),
    ] {
        let (count, text) = why(subject);
        assert!(text.contains(part), "{subject}: {text}");
        assert_eq!(count, statements, "{subject}");
    }
    assert_eq!(case.strays.len(), 14, "{:#?}", case.strays);
    assert!(case.strays.iter().all(|stray| stray.line.is_some()));
    let unplaced: Vec<_> = case
        .unplaced
        .iter()
        .map(|stray| stray.subject.as_str())
        .collect();
    assert_eq!(unplaced, ["<https://example.org/case#weather>"]);
}

#[test]
fn records_pass_untouched_and_adopting_twice_changes_nothing() {
    let text = "<https://w3id.org/fieldmark/id/note--00000000-0000-4000-8000-000000000001> <x:a> _:b . _:b <x:c> 1 .
        <https://w3id.org/fieldmark/id/note--00000000-0000-4000-8000-000000000001#part> <x:a> 2 .";
    let before = statements(text.as_bytes(), Format::Turtle);
    let key = |placed: &Placed| placed.quad.to_string();
    let (mut after, strays) = adopt(before.clone());
    after.sort_by_key(key);
    let mut sorted = before;
    sorted.sort_by_key(key);
    assert_eq!((after, strays), (sorted, vec![]));

    let (once, _) = adopt(statements(CASE.as_bytes(), Format::Turtle));
    let records = |placed: &[Placed]| {
        let mut quads: Vec<String> = placed
            .iter()
            .filter(|p| !p.quad.subject.to_string().contains("weather"))
            .map(key)
            .collect();
        quads.sort();
        quads
    };
    let expected = records(&once);
    let (twice, strays) = adopt(once);
    assert_eq!((records(&twice), strays), (expected, vec![]));
}

#[test]
fn a_part_that_many_share_is_repeated_only_while_it_is_small() {
    let text = |size: usize| {
        let mut text = String::from("@prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> .\n");
        for at in 0..3 {
            text += &format!(
                "<x:{at}> stix:id \"tool--00000000-0000-4000-8000-00000000000{at}\" ; stix:part _:p .\n"
            );
        }
        (0..size).for_each(|at| text += &format!("_:p stix:value {at} .\n"));
        text
    };
    let small = outcome(text(MOST_REPEATED).as_bytes(), Format::Turtle);
    assert!(
        small
            .records
            .values()
            .all(|record| record.canonical().contains("stix#value"))
    );
    assert_eq!((small.strays, small.unplaced), (vec![], vec![]));
    let large = outcome(text(MOST_REPEATED + 1).as_bytes(), Format::Turtle);
    assert!(
        large
            .records
            .values()
            .all(|record| !record.canonical().contains("stix#part"))
    );
    assert_eq!(large.strays.len() + large.unplaced.len(), 1);
}

/// The files of OASIS's ontology, when they are kept beside the workspace.
fn oasis_files() -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("its entries can be read").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path
                .extension()
                .is_some_and(|ending| ending == "ttl" || ending == "owl")
            {
                found.push(path);
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/stix-ontology");
    let mut found = Vec::new();
    if folder.is_dir() {
        walk(&folder, &mut found);
    } else {
        eprintln!(
            "OASIS's files are not here ({}): only the fixture was tested",
            folder.display()
        );
    }
    found.sort();
    found
}

#[test]
fn oasis_files_give_the_records_they_hold_and_no_other() {
    for path in oasis_files() {
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        let format = Format::from_extension(ending).expect("a known ending");
        let outcome = outcome(&std::fs::read(&path).expect("the file can be read"), format);
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for stray in outcome.strays.iter().chain(&outcome.unplaced) {
            *reasons.entry(&stray.why).or_default() += 1;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        eprintln!(
            "{name}: {} statements, {} records",
            outcome.statements,
            outcome.records.len()
        );
        for (why, count) in &reasons {
            eprintln!("    {count} x {why}");
        }
        assert_eq!(
            outcome.unplaced,
            [],
            "{name}: every subject is accounted for"
        );
        if name == "apt1-bcc.ttl" {
            let count = |part: &str| {
                let fit = outcome
                    .strays
                    .iter()
                    .filter(|stray| stray.why.contains(part));
                fit.count()
            };
            assert_eq!(outcome.records.len(), 69);
            assert_eq!((count("assessor"), count("the ontology")), (7, 31));
            assert_eq!(outcome.strays.len(), 38);
            let set = of(&outcome, "-9cd1074e3b5a");
            says(
                &set,
                &[
                    "<stix:IntrusionSet>",
                    "prefLabel> \"APT1\"@en",
                    "altLabel> \"Comment Crew\"@en",
                    "\"2006-06-01T18:13:15.684Z\"^^<edtf:EDTF>",
                ],
            );
        } else {
            assert_eq!(outcome.records.len(), 0, "{name} holds no case");
        }
    }
}

/// What becomes of a record with these statements about its marking.
fn marked(says: &str) -> Result<Vec<String>, String> {
    let text = format!(
        r#"@prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> .
        @prefix ex: <https://example.org/case#> .
        ex:red a stix:MarkingDefinition ; stix:id "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed" .
        ex:tool a stix:Tool ; stix:id "tool--00000000-0000-4000-8000-000000000001" ; stix:name "T" ; {says} ."#
    );
    let outcome = outcome(text.as_bytes(), Format::Turtle);
    match outcome.records.values().next() {
        Some(record) => Ok(record.policies().into_iter().map(str::to_owned).collect()),
        None => Err(outcome
            .strays
            .iter()
            .map(|stray| stray.why.as_str())
            .collect()),
    }
}

#[test]
fn a_marking_that_cannot_be_read_keeps_the_record_out() {
    let red = vec![format!(
        "{}{}",
        fieldmark_model::id::ID_BASE,
        fieldmark_model::Tlp::Red.marking_id()
    )];
    let id = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
    for says in [
        "stix:object_marking_refs ex:red".to_owned(),
        "stix:object_marking_ref ex:red".to_owned(),
        format!("stix:object_marking_refs_string \"{id}\""),
        format!("stix:object_marking_refs <https://example.org/{id}>"),
        "stix:granular_markings [ stix:marking_ref ex:red ; stix:selectors \"name\" ]".to_owned(),
        format!("stix:granular_markings [ stix:marking_ref_string \"{id}\" ]"),
    ] {
        assert_eq!(marked(&says), Ok(red.clone()), "{says}");
    }
    for says in [
        "stix:object_marking_refs \"TLP:RED\"",
        "stix:object_marking_refs_string \"red\"",
        "stix:object_marking_refs [ stix:id \"x\" ]",
        "stix:object_marking_refs <https://example.org/red>",
        "stix:object_marking_refs ex:tool",
        "stix:object_marking ex:red",
        "stix:objectMarkingRefs ex:red",
        "stix:granular_markings ex:red",
        "stix:granular_markings \"name\"",
        "stix:granular_markings [ stix:selectors \"name\" ]",
        "stix:granular_markings [ stix:marking_ref \"red\" ]",
        "stix:granular_markings [ stix:markings ex:red ]",
    ] {
        let why = marked(says).expect_err(says);
        assert!(why.contains("cannot be read"), "{says}: {why}");
    }
}

#[test]
fn a_time_zone_of_any_letters_is_read_without_a_panic() {
    let day = |text: &str| {
        let literal = Literal::new_typed_literal(text, oxrdf::vocab::xsd::DATE);
        terms::edtf(&literal).map(|literal| literal.value().to_owned())
    };
    assert_eq!(day("2024-01-01+01:00"), Some("2024-01-01".to_owned()));
    // Six bytes from the end, a plus; three bytes on, the middle of a letter.
    for text in ["2024-01-01+0é00", "2024+é:0a", "+ééa0", "é-é:00"] {
        assert_eq!(day(text), None, "{text}");
    }
}
