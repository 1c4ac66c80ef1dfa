use super::*;
use serde_json::json;

const ID: &str = "identity--00000000-0000-4000-8000-000000000001";

fn identity() -> Value {
    json!({"type":"identity","spec_version":"2.1","id":ID,"created":"2024-01-01T00:00:00.000Z",
        "modified":"2024-01-01T00:00:00.000Z","name":"One","identity_class":"organization"})
}

fn policies(json: &Value, floor: Tlp) -> BTreeSet<String> {
    let (_, placed) = statements(json, floor).unwrap();
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
        statements(&object, Tlp::Clear)
            .unwrap_err()
            .contains("no TLP marking known")
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
        let error = statements(&object, Tlp::Clear).unwrap_err();
        assert!(
            error.starts_with(wanted) || error.contains(wanted),
            "{error}"
        );
    }
    assert!(
        statements(&json!({"type": "identity"}), Tlp::Clear)
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
        let error = statements(&object, Tlp::Clear).expect_err(wanted);
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
        (
            "granular_markings",
            json!([{ "marking_ref": red, "selectors": ["name", "sectors.[1]"] }]),
        ),
        (
            "granular_markings",
            json!([{ "marking_ref": red, "selectors": ["extensions.a.b.c"] }]),
        ),
        ("labels", json!(["TLP:RED"])),
        ("labels", json!(["tlp:clear", " tlp:red"])),
    ] {
        let mut object = identity();
        object["sectors"] = json!(["media", "defence"]);
        object["extensions"] = json!({ "a": { "b.c": 1 } });
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
        let (_, placed) = statements(object, Tlp::Clear).unwrap();
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
