use super::*;
use crate::object::{Setting, statements};
use fieldmark_model::Tlp;
use proptest::prelude::*;
use serde_json::json;

struct Nobody;

impl Others for Nobody {
    fn statements(&self, _: &RecordId) -> Option<&Statements> {
        None
    }

    fn leading_to(&self, _: &RecordId) -> Vec<RecordId> {
        Vec::new()
    }
}

/// What comes of an object that is stated and put together again.
fn again(json: &Value) -> Value {
    let clear = RecordId::parse(Tlp::Clear.marking_id()).unwrap();
    let setting = Setting {
        floor: Tlp::Clear,
        unmarked: Some(&clear),
        meaning: &|_| None,
        listed: &|_| Vec::new(),
        attributed: &|_| None,
        notes: &|_| Vec::new(),
    };
    let (id, placed) = statements(json, &setting).unwrap();
    let triples = placed.into_iter().map(|placed| Triple::from(placed.quad));
    let mut records = by_record(triples);
    let at = records.iter().position(|(known, _)| *known == id).unwrap();
    let (id, said) = records.swap_remove(at);
    let told = Told {
        created: String::new(),
        modified: String::new(),
        markings: Vec::new(),
    };
    Value::Object(object(&id, &said, &told, &Nobody).unwrap())
}

#[test]
fn what_is_stated_of_an_object_makes_it_again() {
    let objects = [
        json!({"type":"indicator","spec_version":"2.1",
            "id":"indicator--00000000-0000-4000-8000-000000000001",
            "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.123456Z",
            "name":"a \"b\"","pattern":"[a:b = 'c\\\\d']","pattern_type":"stix",
            "valid_from":"2024-01-01T00:00:00Z","revoked":false,"confidence":0,
            "kill_chain_phases":[{"kill_chain_name":"k","phase_name":"p"}],
            "labels":["x"],"lang":"fr"}),
        json!({"type":"file","spec_version":"2.1",
            "id":"file--00000000-0000-5000-8000-000000000002","size":0,
            "hashes":{"MD5":"aa","SHA-256":"bb"},
            "extensions":{"windows-pebinary-ext":{"pe_type":"exe",
                "sections":[{"name":".text","entropy":6.25}],
                "optional_header":{"magic_hex":"0a"}},
                "x-other":{"a.b":[1,{"c":null}]}},
            "x_empty":[],"x_deep":{"a":[{"b":1}]}}),
        json!({"type":"relationship","spec_version":"2.1",
            "id":"relationship--00000000-0000-4000-8000-000000000003",
            "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z",
            "relationship_type":"attributed-to","description":"so we think",
            "source_ref":"campaign--00000000-0000-4000-8000-000000000004",
            "target_ref":"identity--00000000-0000-4000-8000-000000000005"}),
        json!({"type":"x-sensor","spec_version":"2.1",
            "id":"x-sensor--00000000-0000-4000-8000-000000000006",
            "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z",
            "name":"Post 9","height":12}),
        json!({"type":"observed-data","spec_version":"2.1",
            "id":"observed-data--00000000-0000-4000-8000-000000000007",
            "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z",
            "first_observed":"2024-01-01T00:00:00Z","last_observed":"2024-01-01T00:00:01Z",
            "number_observed":50,"object_refs":["file--00000000-0000-5000-8000-000000000002"]}),
    ];
    for object in objects {
        assert_eq!(again(&object), object);
    }
}

#[test]
fn what_its_type_requires_and_is_not_shown_keeps_an_object_in() {
    let mut said = Statements::of(
        "https://w3id.org/fieldmark/id/indicator--00000000-0000-4000-8000-000000000001".into(),
    );
    let id = RecordId::parse("indicator--00000000-0000-4000-8000-000000000001").unwrap();
    let subject = oxrdf::NamedNode::new_unchecked(id.iri());
    for (property, value) in [("spec_version", "2.1"), ("pattern_type", "stix")] {
        said.push(Triple::new(
            subject.clone(),
            oxrdf::NamedNode::new_unchecked(format!("{STIX}{property}")),
            oxrdf::Literal::new_simple_literal(value),
        ));
    }
    let told = Told {
        created: String::new(),
        modified: String::new(),
        markings: Vec::new(),
    };
    assert!(object(&id, &said, &told, &Nobody).is_none());
}

#[test]
fn a_date_is_the_first_moment_it_may_mean() {
    for (date, wanted) in [
        ("2023", Some("2023-01-01T00:00:00Z")),
        ("2023-08~", Some("2023-08-01T00:00:00Z")),
        ("2023-08-05", Some("2023-08-05T00:00:00Z")),
        ("2023-08-05T10:11:12.5Z", Some("2023-08-05T10:11:12.5Z")),
        ("soon", None),
    ] {
        assert_eq!(timestamp(date).as_deref(), wanted, "{date}");
    }
}

/// Any JSON a custom property may hold.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-zé.\\[\\]\"\\\\ -]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z.\\[\\]0-9]{1,5}", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_stix_does_not_name_comes_back(held in any_json(), name in "[a-z][a-z0-9_]{2,9}") {
        let key = format!("x_{name}");
        let object = json!({"type":"campaign","spec_version":"2.1",
            "id":"campaign--00000000-0000-4000-8000-000000000001","name":"One",
            "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z",
            (key): held, "extensions": { "x-e": held }});
        prop_assert_eq!(again(&object), object);
    }
}
