use super::*;
use crate::adopt::{Outcome, Terms, adopt};
use fieldmark_model::Tlp;
use fieldmark_rdf::vocab::{classes, properties};
use serde_json::json;
use std::io::Cursor;

const EVENT: &str = "00000000-0000-4000-8000-0000000000e0";
const ORG: &str = "00000000-0000-4000-8000-0000000000a0";

/// What the events of a file become.
fn made(file: &Value, here: &[&str]) -> (Given, Events) {
    made_of(&file.to_string(), here)
}

/// What was given, each with its place.
type Given = Vec<(String, Result<Value, String>)>;

fn made_of(file: &str, here: &[&str]) -> (Given, Events) {
    let mut all = Vec::new();
    let here = |id: &RecordId| here.contains(&id.as_str());
    let events = read(Cursor::new(file), &here, |raw| {
        let json = serde_json::from_str(raw.text.get()).unwrap();
        all.push((raw.place, raw.fault.map_or(Ok(json), Err)));
    });
    (all, events.unwrap())
}

fn objects(file: &Value) -> Vec<Value> {
    let (all, _) = made(file, &[]);
    all.into_iter().map(|(_, made)| made.unwrap()).collect()
}

fn of<'a>(all: &'a [Value], kind: &str) -> Vec<&'a Value> {
    all.iter().filter(|one| one["type"] == kind).collect()
}

fn event(more: Value) -> Value {
    let mut event = json!({"uuid": EVENT, "info": "Alder Fox on the harbour vote", "date": "2024-05-03",
        "timestamp": "1714900000", "publish_timestamp": "0", "published": false, "analysis": "1",
        "threat_level_id": "3", "distribution": "1",
        "Orgc": {"uuid": ORG, "name": "Harbour Watch"}, "Tag": [{"name": "tlp:green"}, {"name": "type:OSINT"}]});
    for (key, value) in more.as_object().unwrap() {
        event[key] = value.clone();
    }
    json!({ "Event": event })
}

fn attribute(n: u8, kind: &str, value: &str) -> Value {
    json!({"uuid": uuid(n), "type": kind, "category": "Network activity", "value": value,
        "timestamp": "1714900001", "to_ids": false})
}

fn uuid(n: u8) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

#[test]
fn an_event_is_a_report_that_lists_what_it_holds() {
    let all = objects(&event(
        json!({"Attribute": [attribute(1, "domain", "alder.example")]}),
    ));
    let [identity, domain, report] = &all[..] else {
        panic!("{all:?}");
    };
    assert_eq!(identity["id"], format!("identity--{ORG}"));
    assert_eq!(identity["name"], "Harbour Watch");
    assert_eq!(domain["value"], "alder.example");
    assert_eq!(report["id"], format!("report--{EVENT}"));
    assert_eq!(report["name"], "Alder Fox on the harbour vote");
    assert_eq!(report["created"], "2024-05-03T00:00:00Z");
    assert_eq!(report["modified"], "2024-05-05T09:06:40Z");
    assert_eq!(report["published"], "2024-05-03T00:00:00Z");
    assert_eq!(report["created_by_ref"], identity["id"]);
    assert_eq!(report["labels"], json!(["type:OSINT"]));
    assert_eq!(report["object_refs"], json!([domain["id"]]));
    for one in &all {
        assert_eq!(
            one["object_marking_refs"],
            json!([Tlp::Green.marking_id()]),
            "{one}"
        );
    }
}

/// The ids are those that `stix2` derives (3.0, in Python).
#[test]
fn a_value_is_one_record_in_whatever_event_it_stands() {
    let file = json!({"uuid": uuid(5), "name": "file", "Attribute": [
        {"object_relation": "filename", "value": "a.exe"},
        {"object_relation": "sha256", "value": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"object_relation": "md5", "value": "d41d8cd98f00b204e9800998ecf8427e"}]});
    let account = json!({"uuid": uuid(6), "name": "twitter-account", "Attribute": [
        {"object_relation": "id", "value": "77"}, {"object_relation": "name", "value": "alderfox"}]});
    let one = event(json!({
        "Attribute": [
            attribute(1, "ip-dst", "198.51.100.3"), attribute(2, "ip-src", "198.51.100.3"),
            attribute(3, "ip-dst|port", "198.51.100.3|443"), attribute(4, "AS", "AS64500"),
            attribute(7, "url", "https://x.example/é"), attribute(8, "url", "igfxtray.exe")],
        "Object": [file, account]}));
    let all = objects(&one);
    let ids = all.iter().filter_map(|one| one["id"].as_str());
    let ours = |id: &&str| {
        !["identity", "report", "note", "x-misp"]
            .iter()
            .any(|kind| id.starts_with(kind))
    };
    let ids: Vec<&str> = ids.filter(ours).collect();
    assert_eq!(
        ids,
        [
            "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
            "autonomous-system--0a5f7072-df00-5729-9f0a-4eb18631a446",
            "url--6717898c-632a-5115-8319-7945ade54069",
            "file--7e567502-8994-53ff-9c69-79240cae362d",
            "user-account--23d2501f-45a3-5101-8c25-584979c841d2",
        ]
    );
    // What the value alone does not say is a note about it.
    let notes = of(&all, "note");
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0]["content"], "port: 443");
    assert_eq!(notes[0]["object_refs"], json!([ids[0]]));
    // What only passes for an address stays what MISP has.
    assert_eq!(of(&all, "x-misp-attribute")[0]["name"], "igfxtray.exe");
}

#[test]
fn a_reference_that_attributes_is_its_creators_claim_with_its_comment_for_words() {
    let object = |n: u8, name: &str, relation: &str, value: &str| {
        json!({"uuid": uuid(n), "name": name, "meta-category": "misc", "timestamp": "1714900002",
            "Attribute": [{"uuid": uuid(n + 50), "type": "text", "object_relation": relation, "value": value}]})
    };
    let mut campaign = object(1, "incident", "name", "Harbour vote");
    campaign["ObjectReference"] = json!([
        {"uuid": uuid(90), "referenced_uuid": uuid(52), "relationship_type": "attributed-to",
            "comment": "We assess that Alder Fox ran it."},
        {"uuid": uuid(91), "referenced_uuid": uuid(77), "relationship_type": "related-to"}]);
    let file =
        event(json!({"Object": [campaign, object(2, "intrusion-set", "name", "Alder Fox")]}));
    let (_, events) = made(&file, &[]);
    assert_eq!(
        events.notes,
        ["1 references lead to what their event does not hold and were left out"]
    );
    let mut raws = Vec::new();
    read(Cursor::new(file.to_string()), &|_| false, |raw| {
        raws.push(raw)
    })
    .unwrap();
    let adopted = adopt(
        raws,
        &Terms {
            floor: Tlp::Clear,
            unmarked: None,
            kept: &|_| None,
            attributed: &|_| None,
            withhold: false,
        },
    );
    let claim = adopted.objects.iter().find_map(|one| match one {
        Outcome::Object(object) if object.id.stix_type() == "relationship" => Some(object),
        Outcome::Object(_) => None,
        other => panic!("{other:?}"),
    });
    let claim = claim.unwrap();
    assert_eq!(claim.id.as_str(), format!("relationship--{}", uuid(90)));
    let says = |property, value: &str| {
        claim.statements.iter().any(|placed| {
            placed.quad.predicate.as_ref() == property
                && placed.quad.object.to_string().contains(value)
        })
    };
    assert!(says(properties::RDF_TYPE, classes::FM_ATTRIBUTION.as_str()));
    assert!(says(properties::FM_ASSESSOR, ORG));
    assert!(says(properties::FM_SUBJECT, &uuid(1)));
    assert!(says(
        properties::FM_VERBATIM,
        "We assess that Alder Fox ran it."
    ));
}

#[test]
fn techniques_of_disarm_are_those_that_are_here_and_other_clusters_are_made_once() {
    let cluster = |kind: &str, n: u8, value: &str, number: Option<&str>| {
        json!({"uuid": uuid(n), "type": kind, "value": value, "tag_name": format!("misp-galaxy:{kind}=\"{value}\""),
            "meta": {"external_id": number.into_iter().collect::<Vec<_>>()}})
    };
    let galaxies = json!([{"GalaxyCluster": [
        cluster("disarm-techniques", 1, "Develop Image-Based Content", Some("T0086")),
        cluster("threat-actor", 2, "Alder Fox", None)]}]);
    let mut domain = attribute(3, "domain", "alder.example");
    domain["Galaxy"] = galaxies.clone();
    let tags = json!([{"name": "tlp:clear"}, {"name": "misp-galaxy:threat-actor=\"Alder Fox\""}]);
    let file = event(json!({"Galaxy": galaxies, "Tag": tags, "Attribute": [domain]}));
    let all = objects(&file);
    assert!(of(&all, "attack-pattern").is_empty());
    let actors = of(&all, "threat-actor");
    assert_eq!(actors.len(), 1);
    assert_eq!(actors[0]["id"], format!("threat-actor--{}", uuid(2)));
    let report = of(&all, "report")[0];
    let technique = crate::disarm::numbered("T0086").unwrap().as_str();
    let listed = report["object_refs"].as_array().unwrap();
    assert!(listed.contains(&json!(technique)) && listed.contains(&actors[0]["id"]));
    // A cluster says what its tag says.
    assert!(report.get("labels").is_none());
    let ties = of(&all, "relationship");
    assert_eq!(ties.len(), 2);
    assert!(
        ties.iter()
            .all(|tie| tie["relationship_type"] == "related-to")
    );
    // What is kept here is not made again.
    let kept = actors[0]["id"].as_str().unwrap();
    let (all, _) = made(&file, &[kept, &format!("identity--{ORG}")]);
    let kinds = all
        .iter()
        .map(|(_, made)| made.as_ref().unwrap()["type"].clone());
    assert!(
        kinds.eq(["relationship", "relationship", "domain-name", "report"].map(Value::from))
            || all.len() == 4
    );
}

#[test]
fn accounts_notes_and_what_stix_has_no_type_for_are_kept_whole() {
    let part = |relation: &str, value: &str| json!({"type": "text", "object_relation": relation, "value": value, "uuid": uuid(99)});
    let file = event(json!({"Object": [
        {"uuid": uuid(1), "name": "twitter-account", "comment": "Seen first by Lee.", "Attribute": [
            part("id", "77"), part("name", "alderfox"), part("bio", "News from the harbour")],
         "Note": [{"uuid": uuid(5), "note": "Still there in June.", "authors": "ana@harbour.example",
            "created": "2024-06-01 10:00:00", "modified": "2024-06-01T10:00:00+00:00"}]},
        {"uuid": uuid(2), "name": "forum-post", "meta-category": "misc", "first_seen": "2024-05-01T00:00:00+02:00",
         "Attribute": [part("content", "The vote\nwas bought"), part("username", "fox")]},
        {"uuid": uuid(3), "name": "annotation", "Attribute": [part("text", "Read both together.")],
         "ObjectReference": [{"referenced_uuid": uuid(1), "relationship_type": "annotates"}]}],
        "EventReport": [{"uuid": uuid(6), "name": "In full", "content": "# What happened", "timestamp": "1714900005"}],
        "Opinion": [{"uuid": uuid(7), "opinion": "80", "comment": "Likely so", "authors": "lee@harbour.example"}],
    }));
    let all = objects(&file);
    let account = of(&all, "user-account")[0];
    assert_eq!(account["account_login"], "alderfox");
    assert_eq!(account["account_type"], "twitter");
    let words: Vec<&str> = of(&all, "note")
        .iter()
        .map(|note| note["content"].as_str().unwrap())
        .collect();
    assert_eq!(
        words,
        [
            "Seen first by Lee.\nbio: News from the harbour",
            "Still there in June.",
            "Read both together.",
            "# What happened"
        ]
    );
    for note in &of(&all, "note")[..3] {
        assert_eq!(note["object_refs"], json!([account["id"]]), "{note}");
    }
    let post = of(&all, "x-misp-object")[0];
    assert_eq!(post["name"], "forum-post: The vote was bought");
    assert_eq!(
        post["x_misp_attributes"][0]["value"],
        "The vote\nwas bought"
    );
    assert_eq!(post["x_misp_first_seen"], "2024-04-30T22:00:00Z");
    let report = of(&all, "report")[0];
    let opinion = of(&all, "opinion")[0];
    assert_eq!(opinion["opinion"], "agree");
    assert_eq!(opinion["explanation"], "Likely so");
    assert_eq!(opinion["object_refs"], json!([report["id"]]));
    // All of it is listed, and what is listed is there or was here.
    let ids: Vec<&Value> = all.iter().map(|one| &one["id"]).collect();
    for listed in report["object_refs"].as_array().unwrap() {
        assert!(ids.contains(&listed), "{listed}");
    }
    assert_eq!(
        report["object_refs"].as_array().unwrap().len(),
        ids.len() - 2
    );
}

#[test]
fn what_is_tagged_by_itself_stands_under_that_and_an_unknown_level_is_shown_to_nobody() {
    let mut green = attribute(1, "domain", "green.example");
    green["Tag"] = json!([{"name": "tlp:green"}]);
    let mut odd = attribute(2, "domain", "odd.example");
    odd["Tag"] = json!([{"name": "TLP:MAUVE"}]);
    let red = json!([{"name": "tlp:red"}]);
    let (all, _) = made(
        &event(
            json!({"Tag": red, "Attribute": [green, odd, attribute(3, "domain", "red.example")]}),
        ),
        &[],
    );
    let marked = |at: usize| all[at].1.as_ref().unwrap()["object_marking_refs"][0].clone();
    assert_eq!(marked(1), Tlp::Green.marking_id());
    assert_eq!(marked(3), Tlp::Red.marking_id());
    let (place, odd) = &all[2];
    assert_eq!(place, "$.Event.Attribute[1]");
    assert!(
        odd.as_ref()
            .unwrap_err()
            .contains("\"TLP:MAUVE\" is no level")
    );
    // Of an object, what is not tagged stands under the event's, and the whole under the strictest.
    let part = |tag: &[&str], relation: &str| {
        let tags: Vec<Value> = tag.iter().map(|name| json!({ "name": name })).collect();
        json!({"type": "text", "object_relation": relation, "value": "fox", "Tag": tags})
    };
    let object = json!({"uuid": uuid(8), "name": "person", "Attribute": [part(&["tlp:clear"], "full-name"), part(&[], "text")]});
    let amber = json!([{"name": "tlp:amber"}]);
    let (all, _) = made(&event(json!({"Tag": amber, "Object": [object]})), &[]);
    let person = all[1].1.as_ref().unwrap();
    assert_eq!(
        person["object_marking_refs"],
        json!([Tlp::Amber.marking_id()])
    );
    let (all, _) = made(&event(json!({"Tag": [], "Object": [object]})), &[]);
    assert!(
        all[1]
            .1
            .as_ref()
            .unwrap_err()
            .contains("give the event one")
    );
    // Where the event's own is not known, nothing of it is taken.
    let odd = json!([{"name": "tlp:mauve"}]);
    let (all, _) = made(
        &event(json!({"Tag": odd, "Attribute": [attribute(3, "domain", "x.example")]})),
        &[],
    );
    assert!(all.iter().all(|(_, made)| made.is_err()), "{all:?}");
}

#[test]
fn what_cannot_be_taken_is_named_by_its_place_and_keeps_no_other_out() {
    let mut gone = attribute(4, "url", "https://gone.example");
    gone["deleted"] = true.into();
    let one = event(json!({"Attribute": [
        {"type": "domain", "value": "no-uuid.example"}, {"uuid": "x", "type": "text", "value": "y"},
        {"uuid": uuid(3)}, gone, attribute(5, "ip-dst", "no address")],
        "ShadowAttribute": [{"value": "proposed"}]}));
    let (all, events) = made(
        &json!({"response": [one, event(json!({"uuid": null}))]}),
        &[],
    );
    let faults: Vec<(&str, &str)> = all
        .iter()
        .filter_map(|(place, made)| Some((&**place, &**made.as_ref().err()?)))
        .collect();
    let first = "$.response[0].Event.Attribute";
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert_eq!(faults[0].0, format!("{first}[0]"));
    assert!(faults[0].1.contains("no uuid"));
    assert!(faults[1].1.starts_with("uuid: "));
    assert_eq!(faults[2].1, "it has no type");
    assert_eq!(faults[3].0, "$.response[1].Event");
    assert_eq!(events.events, 2);
    assert_eq!(
        events.notes,
        [
            "1 things were deleted in MISP and are not taken",
            "left out of events: ShadowAttribute (1)"
        ]
    );
    let odd = all.iter().filter_map(|(_, made)| made.as_ref().ok());
    let odd: Vec<&Value> = odd
        .filter(|one| one["type"] == "x-misp-attribute")
        .collect();
    assert_eq!((odd.len(), &odd[0]["name"]), (1, &json!("no address")));
}

#[test]
fn an_event_whose_own_word_is_doubtful_is_not_taken() {
    let text = event(json!({"Attribute": [attribute(1, "domain", "a.example")]})).to_string();
    let twice = text.replacen(
        "{\"Event\":{",
        "{\"Event\":{\"Tag\":[{\"name\":\"tlp:red\"}],",
        1,
    );
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let deep = text.replacen(
        "{\"Event\":{",
        &format!("{{\"Event\":{{\"Galaxy\":{deep},"),
        1,
    );
    for (text, why) in [(twice, "Tag stands twice"), (deep, "Galaxy: ")] {
        let (all, _) = made_of(&text, &[]);
        let faults: Vec<_> = all
            .iter()
            .map(|(_, made)| made.as_ref().unwrap_err())
            .collect();
        assert_eq!(faults.len(), 2);
        assert!(
            faults.iter().all(|fault| fault.starts_with(why)),
            "{faults:?}"
        );
    }
}

#[test]
fn a_file_that_breaks_off_or_is_something_else_says_so() {
    let read = |text: &str| super::read(Cursor::new(text), &|_| false, |_| ());
    let text = event(json!({"Attribute": [attribute(1, "domain", "a.example")]})).to_string();
    assert!(read(&text[..text.len() - 3]).is_err());
    assert!(
        read("\"event\"")
            .unwrap_err()
            .to_string()
            .contains("an event of MISP")
    );
    assert_eq!(read("[]").unwrap().events, 0);
    // An event with nothing around it, as feeds have it.
    let bare = event(json!({}))["Event"].to_string();
    assert_eq!(read(&bare).unwrap().events, 1);
}
