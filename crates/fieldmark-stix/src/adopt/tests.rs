use super::*;
use crate::bundle;
use serde_json::json;

const CAMPAIGN: &str = "campaign--00000000-0000-4000-8000-000000000001";
const STRANGER: &str = "marking-definition--44444444-4444-4444-8444-444444444444";
const TERMS_OF_USE: &str = "marking-definition--55555555-5555-4555-8555-555555555555";

fn campaign(markings: &Value) -> Value {
    json!({"type":"campaign","spec_version":"2.1","id":CAMPAIGN,"name":"One",
        "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z",
        "object_marking_refs":markings})
}

fn taken(text: &str, withhold: bool) -> Adopted {
    let mut file = Vec::new();
    bundle::read(std::io::Cursor::new(text), |raw| file.push(raw)).unwrap();
    let clear = RecordId::parse(Tlp::Clear.marking_id()).unwrap();
    adopt(
        file,
        &Terms {
            floor: Tlp::Clear,
            unmarked: Some(&clear),
            kept: &|_| None,
            attributed: &|_| None,
            withhold,
        },
    )
}

fn why(adopted: &Adopted, at: usize) -> &str {
    match &adopted.objects[at] {
        Outcome::Refused(refused) => &refused.why,
        other => panic!("taken: {other:?}"),
    }
}

#[test]
fn bytes_are_kept_as_they_were_written() {
    let text = r#"{ "type" : "campaign","id":"campaign--00000000-0000-4000-8000-000000000001",
        "spec_version":"2.1","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"\u0041\/b","x_n":1.50 }"#;
    for (file, place) in [
        (text.to_owned(), "$"),
        (format!("[ {text} ]"), "$[0]"),
        (
            format!(r#"{{"id":"bundle--1","objects":[{text}],"type":"bundle"}}"#),
            "$.objects[0]",
        ),
        (
            format!(r#"{{"more":false,"objects":[{text}]}}"#),
            "$.objects[0]",
        ),
    ] {
        let adopted = taken(&file, false);
        let Outcome::Object(object) = &adopted.objects[0] else {
            panic!("{:?}", adopted.objects);
        };
        assert_eq!(std::str::from_utf8(&object.bytes).unwrap(), text);
        assert_eq!(object.place, place);
    }
}

#[test]
fn one_bad_object_is_named_and_the_others_are_taken() {
    let good = campaign(&json!([]));
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let file = format!(
        r#"[{good}, {{"a":1,"a":2,"id":"{CAMPAIGN}"}}, {{"a":"\ud800"}}, {deep}, 7, {{"type":"campaign"}}]"#
    );
    let adopted = taken(&file, false);
    // What cannot be read whole is named all the same, where it says which object it is.
    let Outcome::Refused(refused) = &adopted.objects[1] else {
        panic!("{:?}", adopted.objects[1]);
    };
    assert_eq!(refused.id.as_deref(), Some(CAMPAIGN));
    assert_eq!(adopted.objects.len(), 6);
    assert!(matches!(adopted.objects[0], Outcome::Object(_)));
    for (at, wanted) in [
        (1, "\"a\" stands twice"),
        (2, "half of a surrogate pair"),
        (3, "nested deeper"),
        (4, "an object is wanted"),
        (5, "$.id is missing"),
    ] {
        assert!(
            why(&adopted, at).contains(wanted),
            "{at}: {}",
            why(&adopted, at)
        );
    }
}

#[test]
fn a_file_that_breaks_off_is_said_so_with_its_place() {
    let mut found = 0;
    let error = bundle::read(
        std::io::Cursor::new("{\"objects\":[\n{\"a\":1},\n{\"b\":"),
        |_| found += 1,
    )
    .unwrap_err();
    assert_eq!((found, error.line()), (1, 3));
    for text in ["7", "\"a\"", "", "{\"objects\":[]} 7"] {
        assert!(
            bundle::read(std::io::Cursor::new(text), |_| ()).is_err(),
            "{text}"
        );
    }
}

#[test]
fn what_only_says_something_restricts_nothing_and_what_nobody_knows_keeps_all_away() {
    let says = json!({"type":"marking-definition","spec_version":"2.1","id":TERMS_OF_USE,
        "created":"2024-01-01T00:00:00.000Z","definition_type":"statement",
        "definition":{"statement":"Copyright (c) One"}});
    let marked = campaign(&json!([TERMS_OF_USE, Tlp::Green.marking_id()]));
    let adopted = taken(&format!("[{marked},{says}]"), false);
    let graphs = |object: &Outcome| -> Vec<String> {
        let Outcome::Object(object) = object else {
            panic!("{object:?}")
        };
        let graphs = object
            .statements
            .iter()
            .map(|placed| placed.quad.graph_name.to_string());
        graphs.collect::<BTreeSet<_>>().into_iter().collect()
    };
    assert_eq!(graphs(&adopted.objects[0]).len(), 1);
    assert!(graphs(&adopted.objects[0])[0].contains(Tlp::Green.marking_id()));
    let Outcome::Object(object) = &adopted.objects[1] else {
        panic!()
    };
    assert!(object.statements.iter().any(|placed| {
        placed.quad.predicate.as_ref() == properties::SKOS_PREF_LABEL
            && placed.quad.object.to_string() == "\"Copyright (c) One\"@en"
    }));
    let marked = campaign(&json!([Tlp::Clear.marking_id(), STRANGER]));
    assert!(why(&taken(&format!("[{marked}]"), false), 0).contains(STRANGER));
    let adopted = taken(&format!("[{marked}]"), true);
    assert!(
        graphs(&adopted.objects[0])
            .iter()
            .all(|graph| graph.contains(STRANGER))
    );
    assert!(
        adopted.notes[0].contains("none but the steward"),
        "{:?}",
        adopted.notes
    );
    assert!(adopted.made.iter().any(|placed| {
        placed.quad.predicate.as_ref() == properties::FM_RELEASABLE_TO
            && placed.quad.object.to_string().contains(STRANGER)
    }));
}

#[test]
fn a_definition_without_a_marking_is_shown_with_what_carries_it() {
    let says = json!({"type":"marking-definition","spec_version":"2.1","id":TERMS_OF_USE,
        "created":"2024-01-01T00:00:00.000Z","definition_type":"statement",
        "definition":{"statement":"Copyright (c) One"}});
    let read = |file: &str| {
        let mut raws = Vec::new();
        bundle::read(std::io::Cursor::new(file), |raw| raws.push(raw)).unwrap();
        let terms = Terms {
            floor: Tlp::Clear,
            unmarked: None,
            kept: &|_| None,
            attributed: &|_| None,
            withhold: true,
        };
        adopt(raws, &terms)
    };
    let carrier = |level: Tlp| campaign(&json!([TERMS_OF_USE, level.marking_id()]));
    let file = format!("[{says},{},{}]", carrier(Tlp::Amber), carrier(Tlp::Green));
    let Outcome::Object(object) = &read(&file).objects[0] else {
        panic!("it is taken")
    };
    let green = Tlp::Green.marking_id();
    let mut graphs = object
        .statements
        .iter()
        .map(|placed| &placed.quad.graph_name);
    assert!(graphs.all(|graph| graph.to_string().contains(green)));
    // Nothing carries it, and nobody said who may see it.
    assert!(why(&read(&format!("[{says}]")), 0).contains("no marking says"));
}

#[test]
fn a_report_that_lists_an_attribution_names_its_assessor() {
    let one = "identity--00000000-0000-4000-8000-000000000002";
    let link = json!({"type":"relationship","spec_version":"2.1",
        "id":"relationship--00000000-0000-4000-8000-000000000003","relationship_type":"attributed-to",
        "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z",
        "source_ref":CAMPAIGN,"target_ref":one});
    let report = json!({"type":"report","spec_version":"2.1","name":"R",
        "id":"report--00000000-0000-4000-8000-000000000004","created_by_ref":one,
        "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z",
        "published":"2024-01-01T00:00:00.000Z","object_refs":[link["id"]]});
    let noted = |file: &str| taken(file, false).notes.join("; ");
    assert!(noted(&format!("[{link},{report}]")).contains("the author of the report"));
    assert!(noted(&format!("[{link}]")).contains("by an author who is not stated"));
}

#[test]
fn an_object_that_says_its_type_for_its_version_is_read_all_the_same() {
    let text = r#"{"type":"campaign","spec_version":"campaign","name":"One",
        "id":"campaign--00000000-0000-4000-8000-000000000001","labels":["kept"],
        "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z"}"#;
    let adopted = taken(text, false);
    let Outcome::Object(object) = &adopted.objects[0] else {
        panic!("{:?}", adopted.objects);
    };
    assert_eq!(object.json["spec_version"], "2.1");
    assert_eq!(object.bytes, text.as_bytes());
    assert!(
        adopted.notes[0].contains("OpenTAXII"),
        "{:?}",
        adopted.notes
    );
}

#[test]
fn stix_2_0_is_read_as_2_1_and_kept_as_it_came() {
    let text = r#"{"type":"threat-actor","id":"threat-actor--00000000-0000-4000-8000-000000000005","created":"2017-01-01T00:00:00.000Z","modified":"2017-01-01T00:00:00.000Z","name":"T","labels":["spy"]}"#;
    let file =
        format!(r#"{{"type":"bundle","id":"bundle--1","spec_version":"2.0","objects":[{text}]}}"#);
    let adopted = taken(&file, false);
    let Outcome::Object(object) = &adopted.objects[0] else {
        panic!()
    };
    assert_eq!(object.json["threat_actor_types"][0], "spy");
    assert_eq!(object.bytes, text.as_bytes());
    assert!(adopted.notes[0].contains("STIX 2.0"));
}

#[test]
fn an_opinion_on_an_attribution_is_its_authors_word_and_a_note_is_evidence() {
    let one = "identity--00000000-0000-4000-8000-000000000002";
    let at = "2024-01-01T00:00:00.000Z";
    let link = json!({"type":"relationship","spec_version":"2.1","created_by_ref":one,
        "id":"relationship--00000000-0000-4000-8000-000000000003","relationship_type":"attributed-to",
        "created":at,"modified":at,"source_ref":CAMPAIGN,"target_ref":one});
    let opinion = |stands: &str| {
        json!({"type":"opinion","spec_version":"2.1","created":at,"modified":at,
            "id":"opinion--00000000-0000-4000-8000-000000000004","created_by_ref":one,
            "opinion":stands,"explanation":"We saw it too.","object_refs":[link["id"]]})
    };
    let note = json!({"type":"note","spec_version":"2.1","created":at,"modified":at,
        "id":"note--00000000-0000-4000-8000-000000000005","created_by_ref":one,
        "content":"Twelve accounts, one phone number.","object_refs":[link["id"]]});
    let said = |file: &str, at: usize| -> Vec<String> {
        let adopted = taken(file, false);
        let Outcome::Object(object) = &adopted.objects[at] else {
            panic!("{adopted:?}")
        };
        let quads = object.statements.iter().map(|placed| &placed.quad);
        quads
            .map(|quad| {
                let property = fieldmark_rdf::ontology::local(quad.predicate.as_str()).to_owned();
                format!("{property} {}", quad.object)
            })
            .collect()
    };
    let has = |said: &[String], wanted: &str| said.iter().any(|said| said.contains(wanted));
    for (stands, relation, polarity) in [
        ("strongly-agree", "concursWith", "affirms"),
        ("disagree", "disputes", "denies"),
    ] {
        let found = said(&format!("[{},{link}]", opinion(stands)), 0);
        for wanted in [
            &format!("{relation} <https://w3id.org/fieldmark/id/relationship--"),
            &format!("polarity <https://w3id.org/fieldmark/ns#{polarity}>"),
            "verbatim \"We saw it too.\"@en",
            &format!("subject <https://w3id.org/fieldmark/id/{CAMPAIGN}>"),
        ] {
            assert!(has(&found, wanted), "{wanted} of {found:#?}");
        }
        assert_eq!(has(&found, "#Denial>"), stands == "disagree");
    }
    assert!(!has(
        &said(&format!("[{},{link}]", opinion("neutral")), 0),
        "polarity"
    ));
    assert!(!has(
        &said(&format!("[{}]", opinion("agree")), 0),
        "polarity"
    ));
    let file = format!("[{note},{link}]");
    let (found, claim) = (said(&file, 0), said(&file, 1));
    assert!(
        has(&found, "#Evidence>") && has(&found, "collectedBy"),
        "{found:#?}"
    );
    assert!(
        has(&claim, "evidence <https://w3id.org/fieldmark/id/evidence--"),
        "{claim:#?}"
    );
}
