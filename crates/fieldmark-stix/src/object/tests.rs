mod claims;

use super::state::types;
use super::*;
use fieldmark_model::Policy;
use fieldmark_rdf::vocab::{classes, properties};
use oxrdf::{NamedNodeRef, Term};
use serde_json::json;
use std::collections::BTreeSet;

const ID: &str = "identity--00000000-0000-4000-8000-000000000001";

fn identity() -> Value {
    json!({"type":"identity","spec_version":"2.1","id":ID,"created":"2024-01-01T00:00:00.000Z",
        "modified":"2024-01-01T00:00:00.000Z","name":"One","identity_class":"organization"})
}

const SAID: &str = "marking-definition--22222222-2222-4222-8222-222222222222";
const KEPT: &str = "marking-definition--33333333-3333-4333-8333-333333333333";
const REPORT: &str = "report--00000000-0000-4000-8000-000000000009";

/// What is read where one marking says something and one keeps something from all but a community,
/// and one report by the first identity lists everything.
fn taken(json: &Value, floor: Tlp) -> Result<(RecordId, Vec<Placed>), String> {
    let unmarked = RecordId::parse(Tlp::Clear.marking_id()).unwrap();
    let report = RecordId::parse(REPORT).unwrap();
    let setting = Setting {
        floor,
        unmarked: Some(&unmarked),
        meaning: &|id| match id.as_str() {
            SAID => Some(Meaning::Says),
            KEPT => Some(Meaning::Restricts(Policy {
                tlp: Tlp::Amber,
                releasable_to: BTreeSet::from(["partners".to_owned()]),
            })),
            _ => None,
        },
        listed: &|_| vec![(report.clone(), RecordId::parse(ID).ok())],
        attributed: &|_| None,
        notes: &|_| Vec::new(),
    };
    statements(json, &setting)
}

fn policies(json: &Value, floor: Tlp) -> BTreeSet<String> {
    let (_, placed) = taken(json, floor).unwrap();
    placed
        .iter()
        .map(|placed| placed.quad.graph_name.to_string())
        .collect()
}

#[test]
fn the_stricter_of_marking_and_floor_holds() {
    let mut object = identity();
    object["object_marking_refs"] = json!([Tlp::Amber.marking_id()]);
    for (floor, wanted) in [(Tlp::Clear, Tlp::Amber), (Tlp::Red, Tlp::Red)] {
        let found = policies(&object, floor);
        assert_eq!(found.len(), 1);
        assert!(
            found
                .iter()
                .all(|policy| policy.contains(wanted.marking_id()))
        );
    }
    object["object_marking_refs"] =
        json!(["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"]);
    assert!(
        policies(&object, Tlp::Clear)
            .iter()
            .all(|p| p.contains(Tlp::Green.marking_id()))
    );
    object["object_marking_refs"] =
        json!(["marking-definition--11111111-1111-4111-8111-111111111111"]);
    assert!(
        taken(&object, Tlp::Clear)
            .unwrap_err()
            .contains("no marking known here")
    );
}

#[test]
fn what_cannot_be_taken_names_its_path() {
    let cases = [
        (
            "id",
            json!("campaign--00000000-0000-4000-8000-000000000001"),
            "$.id begins with campaign",
        ),
        ("id", json!("identity--x"), "$.id:"),
        ("spec_version", json!("3.0"), "$.spec_version"),
        (
            "modified",
            json!("2023-01-01T00:00:00.000Z"),
            "is before $.created",
        ),
        ("created", json!("yesterday"), "$.created"),
        ("created", json!("2023-01-01T25:61:00Z"), "$.created"),
        ("name", json!(12), "$.name: 12 is no text"),
        ("name", json!(null), "$.name is missing"),
        ("name", json!(" "), "$.name is empty"),
        ("aliases", json!([7]), "$.aliases[0]"),
        ("created_by_ref", json!("nobody"), "$.created_by_ref"),
    ];
    for (key, value, wanted) in cases {
        let mut object = identity();
        object[key] = value;
        let error = taken(&object, Tlp::Clear).unwrap_err();
        assert!(
            error.starts_with(wanted) || error.contains(wanted),
            "{error}"
        );
    }
    assert!(
        taken(&json!({"type": "identity"}), Tlp::Clear)
            .unwrap_err()
            .contains("$.id")
    );
}

#[test]
fn types_of_ours_and_of_nobody_have_classes() {
    for (kind, wanted) in [
        ("malware", "http://docs.oasis-open.org/cti/ns/stix#Malware"),
        ("campaign", classes::STIX_CAMPAIGN.as_str()),
        ("narrative", classes::FM_NARRATIVE.as_str()),
    ] {
        let found = types(&json!({}), kind);
        assert_eq!(found[0].as_str(), wanted);
    }
}

/// Every way of writing RED that a reader of lists of ids would not see.
#[test]
fn a_marking_in_another_shape_is_refused_with_its_path() {
    let red = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
    let granular = |entry: Value| json!([entry]);
    let cases = [
        (
            "object_marking_refs",
            json!(red),
            "$.object_marking_refs: expected a list of ids, found a string",
        ),
        (
            "object_marking_refs",
            json!({ "id": red }),
            "$.object_marking_refs: expected a list of ids, found an object",
        ),
        (
            "object_marking_refs",
            Value::Null,
            "$.object_marking_refs: expected a list of ids, found null",
        ),
        (
            "object_marking_refs",
            json!([{ "id": red }]),
            "$.object_marking_refs[0]: expected a marking definition's id, found an object",
        ),
        (
            "object_marking_refs",
            json!([[red]]),
            "$.object_marking_refs[0]: expected a marking definition's id, found a list",
        ),
        (
            "object_marking_refs",
            json!([null]),
            "$.object_marking_refs[0]: expected a marking definition's id, found null",
        ),
        (
            "object_marking_refs",
            json!([Tlp::Clear.marking_id(), "TLP:RED"]),
            "$.object_marking_refs[1]: \"TLP:RED\" is not a STIX id",
        ),
        (
            "object_marking_refs",
            json!([ID]),
            "$.object_marking_refs[0]: identity--",
        ),
        (
            "object_marking_ref",
            json!(red),
            "$.object_marking_ref: a marking by this name",
        ),
        (
            "objectMarkingRefs",
            json!([red]),
            "$.objectMarkingRefs: a marking by this name",
        ),
        (
            "marking_ref",
            json!(red),
            "$.marking_ref: a marking by this name",
        ),
        (
            "x_opencti_marking",
            json!(["TLP:RED"]),
            "$.x_opencti_marking: a marking by this name",
        ),
        ("x_tlp", json!("RED"), "$.x_tlp: a marking by this name"),
        (
            "extensions",
            json!({ "a": [{ "object_marking_refs": [red] }] }),
            "$.extensions.a[0].object_marking_refs: a marking by this name",
        ),
        (
            "granular_markings",
            json!({ "marking_ref": red, "selectors": ["name"] }),
            "$.granular_markings: expected a list of objects, found an object",
        ),
        (
            "granular_markings",
            json!([red]),
            "$.granular_markings[0]: expected an object with selectors, found a string",
        ),
        (
            "granular_markings",
            granular(json!({ "marking_refs": [red], "selectors": ["name"] })),
            "$.granular_markings[0].marking_refs: a granular marking has",
        ),
        (
            "granular_markings",
            granular(json!({ "marking_ref": [red], "selectors": ["name"] })),
            "$.granular_markings[0].marking_ref: expected a marking definition's id, found a list",
        ),
        (
            "granular_markings",
            granular(json!({ "marking_ref": "red", "selectors": ["name"] })),
            "$.granular_markings[0].marking_ref: \"red\" is not",
        ),
        (
            "granular_markings",
            granular(json!({ "selectors": ["name"] })),
            "$.granular_markings[0]: a granular marking has either",
        ),
        (
            "granular_markings",
            granular(json!({ "marking_ref": red, "lang": "fr", "selectors": ["name"] })),
            "$.granular_markings[0]: a granular marking has either",
        ),
        (
            "granular_markings",
            granular(json!({ "lang": 1, "selectors": ["name"] })),
            "$.granular_markings[0].lang: expected",
        ),
        (
            "granular_markings",
            granular(json!({ "marking_ref": red })),
            "$.granular_markings[0].selectors: expected a list of selectors, found null",
        ),
        (
            "granular_markings",
            granular(json!({ "marking_ref": red, "selectors": "name" })),
            "$.granular_markings[0].selectors: expected a list of selectors, found a string",
        ),
        (
            "granular_markings",
            granular(json!({ "marking_ref": red, "selectors": [] })),
            "$.granular_markings[0].selectors: says no part",
        ),
        (
            "granular_markings",
            granular(json!({ "marking_ref": red, "selectors": [1] })),
            "$.granular_markings[0].selectors[0]: expected a selector",
        ),
        (
            "granular_markings",
            granular(json!({ "marking_ref": red, "selectors": ["nmae"] })),
            "$.granular_markings[0].selectors[0]: \"nmae\" is no part",
        ),
        (
            "granular_markings",
            granular(json!({ "marking_ref": red, "selectors": ["sectors.[7]"] })),
            "$.granular_markings[0].selectors[0]: \"sectors.[7]\" is no part",
        ),
        (
            "labels",
            json!("tlp:red"),
            "$.labels: expected a list of labels, found a string",
        ),
        (
            "labels",
            json!(["fimi", "tlp:purple"]),
            "$.labels[1]: \"tlp:purple\" is no level of TLP",
        ),
    ];
    for (key, value, wanted) in cases {
        let mut object = identity();
        object["sectors"] = json!(["media"]);
        object[key] = value;
        let error = taken(&object, Tlp::Clear).expect_err(wanted);
        assert!(error.starts_with(wanted), "{error}\nwanted: {wanted}");
        assert!(
            error.ends_with("nothing of this object was stored"),
            "{error}"
        );
    }
}

#[test]
fn every_known_shape_of_red_is_red() {
    let red = Tlp::Red.marking_id();
    for (key, value) in [
        ("object_marking_refs", json!([Tlp::Clear.marking_id(), red])),
        (
            "object_marking_refs",
            json!([red
                .to_uppercase()
                .replace("MARKING-DEFINITION", "marking-definition")]),
        ),
        ("labels", json!(["TLP:RED"])),
        ("labels", json!(["tlp:clear", " tlp:red"])),
    ] {
        let mut object = identity();
        object[key] = value.clone();
        let found = policies(&object, Tlp::Clear);
        assert!(
            found.len() == 1 && found.iter().all(|p| p.contains(red)),
            "{key} {value}: {found:?}"
        );
    }
    for (key, value) in [
        ("object_marking_refs", json!([])),
        (
            "granular_markings",
            json!([{ "lang": "fr", "selectors": ["name"] }]),
        ),
        ("labels", json!(["election", "watermarking"])),
        ("x_watermarking_method", json!("DCT")),
    ] {
        let mut object = identity();
        object[key] = value;
        let found = policies(&object, Tlp::Clear);
        assert!(
            found.iter().all(|p| p.contains(Tlp::Clear.marking_id())),
            "{key}"
        );
    }
}

#[test]
fn dates_that_tools_write_for_unknown_are_unknown_and_said_so() {
    let mut object = json!({"type":"campaign","spec_version":"2.1",
        "id":"campaign--00000000-0000-4000-8000-000000000001","name":"One",
        "created":"2024-01-01T00:00:00.029Z","modified":"2024-01-01T00:00:00.029036Z",
        "first_seen":"1970-01-01T00:00:00Z","last_seen":"5138-11-16T09:46:39.000Z"});
    let said = |object: &Value| -> Vec<String> {
        let (_, placed) = taken(object, Tlp::Clear).unwrap();
        let dates = [
            properties::STIX_FIRST_SEEN,
            properties::STIX_LAST_SEEN,
            properties::FM_DATE_TEXT,
        ];
        placed
            .iter()
            .filter(|one| dates.contains(&one.quad.predicate.as_ref()))
            .map(|one| one.quad.object.to_string())
            .collect()
    };
    assert_eq!(
        said(&object),
        [
            "\"first_seen 1970-01-01T00:00:00Z, which tools write for unknown\"@en",
            "\"last_seen 5138-11-16T09:46:39.000Z, which tools write for unknown\"@en"
        ]
    );
    object["first_seen"] = json!("2022-06-01T00:00:00Z");
    assert!(
        said(&object)
            .iter()
            .any(|one| one.starts_with("\"2022-06-01\""))
    );
}

/// The statements whose policy is that of `level`, as predicate and object.
fn under(placed: &[Placed], level: Tlp) -> Vec<String> {
    let iri = RecordId::parse(level.marking_id()).unwrap().iri();
    let quads = placed.iter().map(|placed| &placed.quad);
    quads
        .filter(|quad| quad.graph_name.to_string().contains(&iri))
        .map(|quad| {
            let name = fieldmark_rdf::ontology::local(quad.predicate.as_str()).to_owned();
            format!("{name} {}", quad.object)
        })
        .collect()
}

#[test]
fn a_marking_of_a_part_holds_for_the_statements_made_of_it_and_for_no_other() {
    let mut object = identity();
    object["sectors"] = json!(["media", "defence"]);
    object["x_notes"] = json!({ "open": 1, "b.c": 2 });
    object["external_references"] = json!([{ "source_name": "a", "external_id": "7" }]);
    object["granular_markings"] = json!([
        { "marking_ref": Tlp::Red.marking_id(),
          "selectors": ["name", "sectors.[1]", "x_notes.b.c", "external_references.[0].external_id"] },
        { "marking_ref": Tlp::Green.marking_id(), "selectors": ["external_references.[0]"] },
    ]);
    let (_, placed) = taken(&object, Tlp::Clear).unwrap();
    let part = format!("https://w3id.org/fieldmark/id/{ID}#external_references..0.");
    let red = under(&placed, Tlp::Red);
    assert_eq!(
        red,
        [
            "prefLabel \"One\"@en",
            "name \"One\"",
            "sectors \"defence\"",
            "external_id \"7\"",
            r#"otherProperties "{\"x_notes\":{\"open\":1,\"b.c\":2}}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>"#,
        ]
    );
    let green = under(&placed, Tlp::Green);
    assert_eq!(green.len(), 3, "{green:?}");
    assert!(green[0].contains(&part), "{green:?}");
    let clear = under(&placed, Tlp::Clear);
    assert!(clear.contains(&"sectors \"media\"".to_owned()), "{clear:?}");
    assert_eq!(red.len() + green.len() + clear.len(), placed.len());
}

#[test]
fn a_marking_that_only_says_something_restricts_nothing_and_one_of_a_community_holds() {
    let mut object = identity();
    object["object_marking_refs"] = json!([SAID, Tlp::Green.marking_id()]);
    let (_, placed) = taken(&object, Tlp::Clear).unwrap();
    assert_eq!(under(&placed, Tlp::Green).len(), placed.len());
    assert!(
        under(&placed, Tlp::Green)
            .iter()
            .any(|said| said.starts_with("object_marking_refs") && said.contains(SAID))
    );
    object["object_marking_refs"] = json!([SAID, Tlp::Green.marking_id(), KEPT]);
    let found = policies(&object, Tlp::Clear);
    assert!(
        found.len() == 1 && found.iter().all(|policy| policy.contains(KEPT)),
        "{found:?}"
    );
    // RED for all, and AMBER for partners alone: neither is as strict as the other.
    object["object_marking_refs"] = json!([Tlp::Red.marking_id(), KEPT]);
    let error = taken(&object, Tlp::Clear).unwrap_err();
    assert!(error.contains("neither of"), "{error}");
}

fn said(json: &Value) -> Vec<String> {
    let (_, placed) = taken(json, Tlp::Clear).unwrap();
    under(&placed, Tlp::Clear)
}

#[test]
fn the_aliases_of_a_cluster_are_claims_of_its_creator() {
    let set = json!({"type":"intrusion-set","spec_version":"2.1",
        "id":"intrusion-set--00000000-0000-4000-8000-000000000005","name":"One",
        "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z",
        "aliases":["One","CW-7"]});
    let records = |json: &Value| -> BTreeSet<String> {
        let (_, placed) = taken(json, Tlp::Clear).unwrap();
        placed
            .iter()
            .map(|placed| placed.quad.subject.to_string())
            .collect()
    };
    assert_eq!(records(&set).len(), 1);
    assert!(said(&set).contains(&"altLabel \"CW-7\"@en".to_owned()));
    let mut by = set.clone();
    by["created_by_ref"] = json!(ID);
    assert_eq!(records(&by).len(), 2);
    let found = said(&by);
    assert!(found.contains(&"objectText \"CW-7\"@en".to_owned()));
    assert!(!found.iter().any(|said| said.starts_with("altLabel")));
}

#[test]
fn what_stix_names_is_stated_and_the_rest_is_kept_as_json() {
    let file = json!({"type":"file","spec_version":"2.1",
        "id":"file--00000000-0000-5000-8000-000000000006","name":"a.exe","size":25536,
        "hashes":{"SHA-256":"ab"},"x_seen":[1.50,"campaign--00000000-0000-4000-8000-000000000003"],
        "extensions":{"windows-pebinary-ext":{"pe_type":"exe","sections":[{"name":".text","entropy":0.06}]},
            "extension-definition--1":{"extension_type":"property-extension","rank":3}}});
    let found = said(&file);
    for wanted in [
        "type <http://docs.oasis-open.org/cti/ns/stix#File>",
        "size \"25536\"",
        "hash_algorithm \"SHA-256\"",
        "hash_value \"ab\"",
        "type <http://docs.oasis-open.org/cti/ns/stix#WindowsPebinaryExt>",
        "pe_type \"exe\"",
        "entropy \"0.06\"",
        "refersTo <https://w3id.org/fieldmark/id/campaign--",
        r#"otherProperties "{\"x_seen\":[1.5,"#,
        r#"otherProperties "{\"extensions.extension-definition--1\":"#,
    ] {
        assert!(
            found.iter().any(|said| said.contains(wanted)),
            "{wanted} of {found:#?}"
        );
    }
    let Some(Term::Literal(_)) = taken(&file, Tlp::Clear)
        .unwrap()
        .1
        .iter()
        .find_map(|placed| {
            (placed.quad.predicate.as_ref() == properties::SKOS_PREF_LABEL)
                .then(|| placed.quad.object.clone())
        })
    else {
        panic!("a file is called by its name");
    };
}

#[test]
fn a_technique_of_one_matrix_is_none_of_another() {
    let technique = |number: &str, source: &str| {
        json!({"type":"attack-pattern","spec_version":"2.1",
            "id":"attack-pattern--00000000-0000-4000-8000-000000000007","name":"One",
            "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z",
            "external_references":[{"source_name":source,"external_id":number}]})
    };
    let of = |json: &Value, text: &str| said(json).iter().any(|said| said.contains(text));
    for source in ["mitre-attack", "DISARM"] {
        let known = technique("T0049.003", source);
        assert!(
            of(&known, "standsFor") && !of(&known, "prefLabel"),
            "{source}"
        );
    }
    let attack = technique("T0803", "mitre-attack");
    assert!(of(&attack, "notation \"T0803\"") && of(&attack, "scheme/attack"));
    let later = technique("T9998", "DISARM");
    assert!(of(&later, "notation \"T9998\"") && of(&later, "scheme/disarm"));
    // Under the id it has here it is that technique, with all that is said of it here.
    let id = crate::disarm::numbered("T0049.003").unwrap();
    let mut own = technique("T0049.003", "mitre-attack");
    own["id"] = json!(id.as_str());
    assert!(of(&own, "scheme/disarm") && of(&own, "broader") && of(&own, "external_id"));
    assert!(of(&own, "prefLabel \"One\"@en"));
    assert_eq!(
        said(&own)
            .iter()
            .filter(|said| said.starts_with("prefLabel") && said.ends_with("@en"))
            .count(),
        1
    );
}
