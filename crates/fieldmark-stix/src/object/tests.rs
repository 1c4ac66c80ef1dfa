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
