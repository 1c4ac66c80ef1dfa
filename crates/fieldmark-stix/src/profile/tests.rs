use super::*;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

const AUTHOR: &str = "identity--00000000-0000-4000-8000-000000000001";
const OTHER: &str = "identity--00000000-0000-4000-8000-000000000002";
const ACCUSED: &str = "identity--00000000-0000-4000-8000-000000000003";
const CAMPAIGN: &str = "campaign--00000000-0000-4000-8000-000000000004";
const SET: &str = "intrusion-set--00000000-0000-4000-8000-000000000005";
const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const CLEAR: &str = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";
const WORDS: &str = "we judge “so” — très probablement";

/// An object with the properties every one has.
fn object(id: &str, more: Value) -> Value {
    let kind = id.split_once("--").unwrap().0;
    let mut out = json!({ "type": kind, "spec_version": "2.1", "id": id,
        "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-02T00:00:00.000Z",
        "object_marking_refs": [CLEAR] });
    for (key, value) in more.as_object().unwrap() {
        out[key] = value.clone();
    }
    out
}

/// Our extension, with the statements of a record.
fn carrying(record: &str, statements: Value) -> Value {
    json!({ crate::extension::ID: { "extension_type": "property-extension", "record": record,
        "statements": statements } })
}

fn relationship(last: u8, said: &str, from: &str, to: &str, more: Value) -> Value {
    let id = format!("relationship--00000000-0000-4000-8000-0000000001{last:02}");
    let mut out = object(&id, more);
    out["relationship_type"] = said.into();
    out["source_ref"] = from.into();
    out["target_ref"] = to.into();
    out
}

/// A small case: two assessors say of one campaign that it was the same agency's, one denies it, and
/// a third thing is said of it.
fn case() -> Vec<Value> {
    let narrative = "note--00000000-0000-4000-8000-000000000010";
    let claim = "relationship--00000000-0000-4000-8000-000000000101";
    vec![
        object(
            AUTHOR,
            json!({ "name": "Desk A", "identity_class": "organization" }),
        ),
        object(
            OTHER,
            json!({ "name": "A. Person", "identity_class": "individual" }),
        ),
        object(
            ACCUSED,
            json!({ "name": "Agency", "identity_class": "class",
            "extensions": carrying(ACCUSED, json!({ "rdf:type": [{ "iri": "fm:Office" }] })) }),
        ),
        object(
            CAMPAIGN,
            json!({ "name": "Northern campaign", "aliases": ["North"] }),
        ),
        object(SET, json!({ "name": "Set", "aliases": ["North", "Own"] })),
        object(
            "intrusion-set--00000000-0000-4000-8000-000000000006",
            json!({ "name": "Own", "aliases": ["Alone"] }),
        ),
        object(
            "attack-pattern--00000000-0000-4000-8000-000000000007",
            json!({
            "name": "Develop AI-Generated Videos (Deepfakes)",
            "kill_chain_phases": [{ "kill_chain_name": "mitre-attack", "phase_name": "x" }],
            "external_references": [{ "source_name": "mitre-attack", "external_id": "T0087.001",
                "url": "https://github.com/DISARMFoundation/DISARMframeworks/x" },
                    { "source_name": "press", "description": "a story" }] }),
        ),
        object(
            narrative,
            json!({ "abstract": "Narrative: they lie", "content": "they […] lie",
            "object_refs": [CAMPAIGN],
            "extensions": carrying("narrative--00000000-0000-4000-8000-000000000010", json!({
                "rdf:type": [{ "iri": "fm:Narrative" }],
                "skos:prefLabel": [{ "value": "ils mentent", "lang": "fr" },
                    { "value": "they lie", "lang": "en" }] })) }),
        ),
        object(
            "x-sensor--00000000-0000-4000-8000-000000000011",
            json!({ "name": "Post 9" }),
        ),
        relationship(
            1,
            "attributed-to",
            CAMPAIGN,
            ACCUSED,
            json!({ "created_by_ref": AUTHOR,
            "description": WORDS, "object_marking_refs": [GREEN],
            "extensions": carrying(claim, json!({ "rdf:type": [{ "iri": "fm:Claim" }],
                "fm:band": [{ "iri": "https://w3id.org/fieldmark/scale/icd203/very-unlikely" }] })) }),
        ),
        relationship(
            2,
            "attributed-to",
            CAMPAIGN,
            ACCUSED,
            json!({ "created_by_ref": OTHER, "confidence": 50 }),
        ),
        relationship(
            3,
            "attributed-to",
            CAMPAIGN,
            SET,
            json!({ "created_by_ref": OTHER }),
        ),
        relationship(4, "conveys", CAMPAIGN, narrative, json!({})),
        relationship(
            5,
            "operates-on",
            CAMPAIGN,
            AUTHOR,
            json!({ "description": "there" }),
        ),
        object(
            "note--00000000-0000-4000-8000-000000000012",
            json!({ "created_by_ref": OTHER,
            "abstract": "Attribution", "content": "never", "object_refs": [CAMPAIGN],
            "extensions": carrying("relationship--00000000-0000-4000-8000-000000000012", json!({
                "rdf:type": [{ "iri": "fm:Claim" }],
                "fm:disputes": [{ "id": claim }] })) }),
        ),
        object(
            "report--00000000-0000-4000-8000-000000000013",
            json!({ "name": "A report",
            "published": "2024-01-01T00:00:00Z", "object_refs": [claim], "labels": ["misp:x"] }),
        ),
    ]
}

/// Objects that are held.
struct Held<'c>(BTreeMap<&'c str, &'c Value>);

impl<'c> Held<'c> {
    fn of(case: &'c [Value]) -> Self {
        Self(case.iter().map(|object| (id(object), object)).collect())
    }
}

impl Objects for Held<'_> {
    fn each(&self, with: &mut dyn FnMut(Value) -> io::Result<()>) -> io::Result<()> {
        self.0
            .values()
            .try_for_each(|object| with((*object).clone()))
    }

    fn one(&self, id: &str) -> io::Result<Option<Value>> {
        Ok(self.0.get(id).map(|object| (*object).clone()))
    }

    fn holds(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }
}

fn for_opencti(case: &[Value]) -> (Vec<Value>, Losses) {
    let mut out = BTreeMap::new();
    let mut give = |object: Value| match out.insert(id(&object).to_owned(), object) {
        Some(again) => panic!("twice: {again}"),
        None => Ok(()),
    };
    let losses = opencti::write(&Held::of(case), &mut give).unwrap();
    (out.into_values().collect(), losses)
}

fn for_misp(case: &[Value]) -> (Value, Losses) {
    let mut out = Vec::new();
    let losses = misp::write(&Held::of(case), &mut out).unwrap();
    (serde_json::from_slice(&out).unwrap(), losses)
}

fn by_id(objects: &[Value]) -> HashMap<&str, &Value> {
    objects.iter().map(|object| (id(object), object)).collect()
}

fn of_kind<'a>(objects: &'a [Value], wanted: &str) -> Vec<&'a Value> {
    objects
        .iter()
        .filter(|object| kind(object) == wanted)
        .collect()
}

#[test]
fn opencti_gets_each_attribution_in_a_note_that_it_does_not_merge() {
    let case = case();
    let (out, losses) = for_opencti(&case);
    let notes: Vec<_> = of_kind(&out, "note")
        .into_iter()
        .filter(|note| note["note_types"] == json!(["assessment"]))
        .collect();
    assert_eq!(notes.len(), 3);
    let with_words = notes.iter().find(|note| note["content"] == WORDS).unwrap();
    assert_eq!(with_words["authors"], json!(["Desk A"]));
    assert_eq!(with_words["created_by_ref"], AUTHOR);
    assert_eq!(with_words["object_marking_refs"], json!([GREEN]));
    // 5 to 20 per cent; a confidence is none.
    assert_eq!(
        (&with_words["likelihood"], with_words.get("confidence")),
        (&13.into(), None)
    );
    let confident = notes.iter().find(|note| note["confidence"] == 50).unwrap();
    assert!(confident.get("likelihood").is_none());
    assert_eq!(losses.count(Change::Merged), 1);
    // Who disputes has an opinion of the claim; the rivals stand in one grouping.
    let opinions = of_kind(&out, "opinion");
    assert_eq!(opinions.len(), 1);
    assert_eq!(opinions[0]["opinion"], "disagree");
    assert_eq!(opinions[0]["explanation"], "never");
    let [grouping] = of_kind(&out, "grouping")[..] else {
        panic!()
    };
    assert_eq!(grouping["name"], "Attributions of Northern campaign");
    assert_eq!(grouping["object_marking_refs"], json!([CLEAR, GREEN]));
}

#[test]
fn opencti_gets_relationships_and_types_that_its_schema_names() {
    let case = case();
    let (out, losses) = for_opencti(&case);
    let known = by_id(&out);
    let relationship = |last: u8| {
        let id = format!("relationship--00000000-0000-4000-8000-0000000001{last:02}");
        known[id.as_str()]
    };
    // An identity is nothing that a campaign can be attributed to.
    let actor = known[relationship(1)["target_ref"].as_str().unwrap()];
    assert_eq!(
        (kind(actor), &actor["name"]),
        ("threat-actor", &"Agency".into())
    );
    assert!(
        out.iter()
            .any(|one| one["relationship_type"] == "attributed-to"
                && one["source_ref"] == actor["id"]
                && one["target_ref"] == ACCUSED)
    );
    assert_eq!(relationship(2)["target_ref"], actor["id"]);
    assert_eq!(relationship(3)["target_ref"], SET);
    let narrative = "narrative--00000000-0000-4000-8000-000000000010";
    assert_eq!(
        (&known[narrative]["name"], &known[narrative]["description"]),
        (&"they lie".into(), &"they […] lie".into())
    );
    assert_eq!(
        (
            &relationship(4)["relationship_type"],
            &relationship(4)["target_ref"]
        ),
        (&"uses".into(), &narrative.into())
    );
    assert_eq!(
        (
            &relationship(5)["relationship_type"],
            &relationship(5)["description"]
        ),
        (&"related-to".into(), &"operates-on: there".into())
    );
    assert_eq!(known[ACCUSED]["identity_class"], "organization");
    let technique = known["attack-pattern--00000000-0000-4000-8000-000000000007"];
    assert_eq!(technique["x_mitre_id"], "T0087.001");
    assert_eq!(
        technique["kill_chain_phases"],
        json!([{ "kill_chain_name": "disarm", "phase_name": "develop-content" }])
    );
    assert_eq!(technique["external_references"][0]["source_name"], "DISARM");
    assert_eq!(technique["external_references"][1]["source_name"], "press");
    // Of two that bear an alias neither keeps it, unless it is the name of one.
    assert_eq!(known[SET].get("aliases"), Some(&json!(["North"])));
    assert_eq!(known[CAMPAIGN]["aliases"], json!(["North"]));
    let report = known["report--00000000-0000-4000-8000-000000000013"];
    let listed = texts(report, "object_refs").count();
    assert!(listed >= 5, "{report}");
    assert!(
        !serde_json::to_string(&out)
            .unwrap()
            .contains(crate::extension::ID)
    );
    let counted = [
        (Change::Alias, 1),
        (Change::Related, 1),
        (Change::StandsIn, 1),
        (Change::Unknown, 1),
        (Change::Note, 0),
        (Change::Extension, 4),
    ];
    for (change, count) in counted {
        assert_eq!(losses.count(change), count, "{change:?}");
    }
}

#[test]
fn a_report_lists_what_relates_to_it_and_what_is_about_that_is_about_its_ends() {
    let mut case = case();
    let report = "report--00000000-0000-4000-8000-000000000013";
    let note = "note--00000000-0000-4000-8000-000000000020";
    case.push(relationship(6, "related-to", SET, report, json!({})));
    let related = id(&case[case.len() - 1]).to_owned();
    case.push(object(
        note,
        json!({ "content": "as said", "object_refs": [related] }),
    ));
    let (out, losses) = for_opencti(&case);
    let known = by_id(&out);
    assert!(!known.contains_key(related.as_str()));
    assert_eq!(losses.count(Change::Loose), 1);
    assert_eq!(known[note]["object_refs"], json!([SET, report]));
    assert!(texts(known[report], "object_refs").any(|one| one == SET));
    // A narrative is a note in `stix` and none here: what conveys it stays.
    assert!(known.contains_key("relationship--00000000-0000-4000-8000-000000000104"));
    // In MISP what is about a relationship is about that which it starts from.
    let (event, losses) = for_misp(&case);
    assert_eq!(losses.count(Change::Loose), 0);
    let objects = event["Event"]["Object"].as_array().unwrap();
    let note = objects
        .iter()
        .find(|one| uuid_of(&one["uuid"]) == uuid(note));
    assert_eq!(
        note.unwrap()["ObjectReference"][0]["referenced_uuid"],
        uuid(SET)
    );
}

#[test]
fn opinions_of_one_moment_differ_in_their_thousandths() {
    let mut case = case();
    let mut again = case[14].clone();
    again["id"] = "note--00000000-0000-4000-8000-000000000099".into();
    case.push(again);
    let (out, _) = for_opencti(&case);
    let mut created: Vec<_> = of_kind(&out, "opinion")
        .iter()
        .map(|one| one["created"].as_str().unwrap())
        .collect();
    created.sort_unstable();
    assert_eq!(
        created,
        ["2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.001Z"]
    );
}

#[test]
fn misp_gets_an_event_in_which_rival_attributions_stand_beside_each_other() {
    let (event, losses) = for_misp(&case());
    let event = &event["Event"];
    assert_eq!(event["info"], "A report");
    assert_eq!(event["date"], "2024-01-02");
    let tags: Vec<_> = event["Tag"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        tags,
        [
            "misp-galaxy:disarm-techniques=\"Develop AI-Generated Videos (Deepfakes)\"",
            "misp:x",
            "tlp:green"
        ]
    );
    let objects = event["Object"].as_array().unwrap();
    let named = |name: &str| {
        objects
            .iter()
            .filter(|one| one["name"] == name)
            .collect::<Vec<_>>()
    };
    let [campaign] = named("incident")[..] else {
        panic!()
    };
    let said: Vec<_> = campaign["ObjectReference"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["relationship_type"] == "attributed-to")
        .map(|one| {
            (
                uuid_of(&one["referenced_uuid"]),
                one.get("comment").and_then(Value::as_str),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (
                uuid(ACCUSED).to_owned(),
                Some("Desk A: we judge “so” — très probablement")
            ),
            (uuid(ACCUSED).to_owned(), Some("A. Person")),
            (uuid(SET).to_owned(), Some("A. Person"))
        ]
    );
    let [narrative] = named("narrative")[..] else {
        panic!()
    };
    assert_eq!(narrative["Attribute"][0]["value"], "they lie");
    assert_eq!(named("person").len(), 1);
    let [denial] = named("annotation")[..] else {
        panic!()
    };
    assert_eq!(
        (&denial["Attribute"][0]["value"], &denial["comment"]),
        (&"never".into(), &"Attribution".into())
    );
    assert_eq!(losses.count(Change::Named), 1);
    let mut uuids: Vec<String> = objects
        .iter()
        .flat_map(|one| one["Attribute"].as_array().unwrap().iter().chain([one]))
        .map(|one| uuid_of(&one["uuid"]))
        .collect();
    let all = uuids.len();
    uuids.sort();
    uuids.dedup();
    assert_eq!(uuids.len(), all);
}

fn uuid_of(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[test]
fn what_misp_holds_under_less_than_the_event_bears_its_own_tag() {
    let mut case = case();
    case[3]["object_marking_refs"] = json!([GREEN]);
    let (event, _) = for_misp(&case);
    let event = &event["Event"];
    assert!(event["Tag"].to_string().contains("tlp:green"));
    for object in event["Object"].as_array().unwrap() {
        let tags = object["Attribute"][0]["Tag"].to_string();
        assert_eq!(
            tags.contains("tlp:clear"),
            object["name"] != "incident",
            "{object}"
        );
    }
}

#[test]
fn a_part_that_is_marked_more_strictly_marks_the_whole_for_who_knows_no_parts() {
    let red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
    let mut case = case();
    let attribution = case
        .iter_mut()
        .find(|one| one["description"] == WORDS)
        .unwrap();
    attribution["granular_markings"] =
        json!([{ "marking_ref": red, "selectors": ["description"] }]);
    let (out, losses) = for_opencti(&case);
    for one in out.iter().filter(|one| one.to_string().contains(WORDS)) {
        assert!(
            one["object_marking_refs"].to_string().contains(red),
            "{one}"
        );
        assert!(one.get("granular_markings").is_none());
    }
    assert_eq!(losses.count(Change::Whole), 1);
    let (event, _) = for_misp(&case);
    assert!(event["Event"]["Tag"].to_string().contains("tlp:red"));
}
