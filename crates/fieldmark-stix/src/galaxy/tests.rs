use super::*;
use crate::testing::Made;

const ACTORS: &str = r#"{"name":"Threat Actor","type":"threat-actor","version":3,"values":[
 {"value":"Blue Fox","uuid":"00000000-0000-4000-8000-00000000000a","meta":{"synonyms":["Fox","Blue Fox","Vulpes"],"country":"FR"},
  "related":[{"dest-uuid":"00000000-0000-4000-8000-00000000000b","type":"similar"},{"dest-uuid":"00000000-0000-4000-8000-00000000000c","type":"uses"}]},
 {"value":"Red Fox","uuid":"00000000-0000-4000-8000-00000000000b"},
 {"value":"No uuid"}]}"#;

fn adopt(bytes: &[u8]) -> Made {
    Made::by(|each| super::adopt(io::Cursor::new(bytes), each).unwrap())
}

fn values_of(taken: &Made, property: NamedNodeRef<'_>) -> Vec<String> {
    taken
        .statements
        .iter()
        .filter(|placed| placed.quad.predicate.as_ref() == property)
        .map(|placed| placed.quad.object.to_string())
        .collect()
}

#[test]
fn synonyms_are_claims_by_misp_and_merge_nothing() {
    let taken = adopt(ACTORS.as_bytes());
    assert_eq!(
        values_of(&taken, properties::FM_OBJECT_TEXT),
        ["\"Fox\"@en", "\"Vulpes\"@en", "\"FR\"@en"]
    );
    let names = values_of(&taken, properties::SKOS_PREF_LABEL);
    assert!(
        names.contains(&"\"Blue Fox\"@en".to_owned())
            && names.contains(&"\"Red Fox\"@en".to_owned())
    );
    assert_eq!(values_of(&taken, properties::SKOS_ALT_LABEL), [""; 0]);
    assert_eq!(
        values_of(&taken, properties::STIX_RELATIONSHIP_TYPE),
        ["\"similar\""]
    );
    assert_eq!(taken.strays.len(), 1);
    assert_eq!(taken.strays[0].subject, "$.values[2]");
    assert_eq!(taken.notes.len(), 1);
}

#[test]
fn a_disarm_technique_that_is_here_is_not_made_twice() {
    let cluster = |code: &str, uuid: &str| {
        format!(
            r#"{{"value":"x","uuid":"{uuid}","meta":{{"external_id":"{code}","synonyms":["y"]}}}}"#
        )
    };
    let text = format!(
        r#"{{"name":"Techniques","type":"disarm-techniques","version":1,"values":[{},{}]}}"#,
        cluster("T0002", "00000000-0000-4000-8000-00000000000a"),
        cluster("T9999", "00000000-0000-4000-8000-00000000000b"),
    );
    let taken = adopt(text.as_bytes());
    assert_eq!(values_of(&taken, properties::SKOS_NOTATION), ["\"T9999\""]);
    let subjects = values_of(&taken, properties::FM_SUBJECT);
    assert!(
        subjects[0].contains(disarm::numbered("T0002").unwrap().as_str()),
        "{subjects:?}"
    );
}

#[test]
fn what_is_no_galaxy_says_so() {
    assert!(adopt(b"{}").problems[0].message.contains("no MISP galaxy"));
    assert_eq!(adopt(b"{\n\n!").problems[0].line, Some(3));
}

#[test]
fn two_clusters_of_one_uuid_are_named_and_neither_is_taken() {
    let text = r#"{"name":"Actors","type":"threat-actor","version":1,"values":[
      {"value":"Alder Fox","uuid":"00000000-0000-4000-8000-000000000001","meta":{"synonyms":["AF"],"refs":["https://example.org"]},
       "related":[{"dest-uuid":"00000000-0000-4000-8000-000000000002","type":"similar"}]},
      {"value":"Birch Fox (A)","uuid":"00000000-0000-4000-8000-000000000002","meta":{"synonyms":["BF-A"]}},
      {"value":"Birch Fox (W)","uuid":"00000000-0000-4000-8000-000000000002","meta":{"synonyms":["BF-W"]}}]}"#;
    let taken = adopt(text.as_bytes());
    let told: Vec<&str> = taken
        .strays
        .iter()
        .map(|stray| stray.subject.as_str())
        .collect();
    assert_eq!(told, ["$.values[1]", "$.values[2]"]);
    assert_eq!(
        taken.strays[0].why,
        "\"Birch Fox (A)\" has the uuid 00000000-0000-4000-8000-000000000002, and so has \"Birch Fox (W)\" ($.values[2]): nobody can tell which record is meant; give each its own"
    );
    // No claim and no link speaks of what was left out.
    assert_eq!(values_of(&taken, properties::FM_OBJECT_TEXT), ["\"AF\"@en"]);
    assert_eq!(
        values_of(&taken, properties::STIX_RELATIONSHIP_TYPE),
        [""; 0]
    );
    assert_eq!(
        taken.notes,
        [
            "1 links lead to clusters that are not taken from this file and were left out",
            "left out of meta: refs (1)"
        ]
    );
}

#[test]
fn many_of_one_uuid_are_counted_and_few_are_named() {
    let one = r#"{"value":"Fox","uuid":"00000000-0000-4000-8000-000000000001"}"#;
    let all = vec![one; 2_000].join(",");
    let text = format!(r#"{{"values":[{all}],"type":"threat-actor"}}"#);
    let taken = adopt(text.as_bytes());
    assert_eq!(taken.strays.len(), 2_000);
    let why = &taken.strays[1].why;
    let named = "and so has \"Fox\" ($.values[0]) and \"Fox\" ($.values[2]) and \"Fox\" ($.values[3]) and 1996 more:";
    assert!(why.contains(named), "{why}");
}

#[test]
fn one_that_cannot_be_read_keeps_no_other_out_and_no_link_leads_to_it() {
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let text = format!(
        r#"{{"values":[
          {{"value":"Alder Fox","uuid":"00000000-0000-4000-8000-00000000000a",
            "related":[{{"dest-uuid":"00000000-0000-4000-8000-00000000000b","type":"similar"}},
                       {{"dest-uuid":"00000000-0000-4000-8000-00000000000c","type":"similar"}},
                       {{"dest-uuid":"00000000-0000-4000-8000-00000000000D","type":"similar"}}]}},
          {{"value":"Birch Fox","uuid":"00000000-0000-4000-8000-00000000000b","meta":{deep}}},
          {{"value":" ","uuid":"00000000-0000-4000-8000-00000000000c"}},
          {{"value":"Dogwood Fox","uuid":"00000000-0000-4000-8000-00000000000d"}}],
        "type":"threat-actor"}}"#
    );
    let taken = adopt(text.as_bytes());
    let strays: Vec<_> = taken
        .strays
        .iter()
        .map(|stray| (&*stray.subject, &*stray.why))
        .collect();
    assert_eq!(strays[0].0, "$.values[1]");
    assert!(strays[0].1.contains("recursion limit"), "{}", strays[0].1);
    assert_eq!(
        strays[1..],
        [("$.values[2]", "its value, which is its name, is empty")]
    );
    assert_eq!(
        values_of(&taken, properties::STIX_TARGET_REF),
        ["<https://w3id.org/fieldmark/id/threat-actor--00000000-0000-4000-8000-00000000000d>"]
    );
    assert_eq!(
        taken.notes,
        ["2 links lead to clusters that are not taken from this file and were left out"]
    );
}
