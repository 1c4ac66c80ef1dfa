use super::*;
use oxttl::TriGParser;

const PREFIXES: &str = "@prefix id: <https://w3id.org/fieldmark/id/> .
@prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <https://example.org/> .
@prefix clear: <https://w3id.org/fieldmark/id/marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487> .
";
const CAMPAIGN: &str = "campaign--3f2b1c9e-0d5a-4b7e-9c1d-2a6f8e4b7c10";

fn quads(body: &str) -> Vec<Quad> {
    TriGParser::new()
        .for_slice(format!("{PREFIXES}{body}").as_bytes())
        .collect::<Result<_, _>>()
        .unwrap()
}

fn campaign(body: &str) -> Result<Record, RecordError> {
    Record::new(
        RecordId::parse(CAMPAIGN).unwrap(),
        quads(&format!("clear: {{ id:{CAMPAIGN} {body} }}")),
    )
}

#[test]
fn a_record_survives_its_canonical_form() {
    let record = campaign(
        r#"a stix:Campaign ; skos:prefLabel "Alces \"Lake\"\n\u007F\u0001"@en-CA, "阿尔塞斯湖"@zh ; x:n 1.50 , "t" , "d"^^x:d ; x:to id:identity--3f2b1c9e-0d5a-4b7e-9c1d-2a6f8e4b7c11"#,
    )
    .unwrap();
    let back = Record::from_canonical(record.id().clone(), record.canonical()).unwrap();
    assert_eq!(back.hash(), record.hash());
    let again = Record::new(record.id().clone(), back.quads().to_vec()).unwrap();
    assert_eq!(again, record);
    assert_eq!(record.noun(), Noun::Campaign);
    assert_eq!(
        record
            .references()
            .iter()
            .map(RecordId::as_str)
            .collect::<Vec<_>>(),
        ["identity--3f2b1c9e-0d5a-4b7e-9c1d-2a6f8e4b7c11"]
    );
}

#[test]
fn blank_nodes_become_children_with_the_same_names_every_time() {
    let one = campaign("a stix:Campaign ; x:part [ x:n 1 ], [ x:n 2 ]").unwrap();
    let two = campaign("a stix:Campaign ; x:part [ x:n 2 ], [ x:n 1 ]").unwrap();
    assert_eq!(one.canonical(), two.canonical());
    assert!(
        one.canonical().contains(&format!("{CAMPAIGN}#c14n0>")),
        "{}",
        one.canonical()
    );
    assert!(!one.canonical().contains("_:"));
}

#[test]
fn what_does_not_make_a_record_says_why() {
    let id = RecordId::parse(CAMPAIGN).unwrap();
    let cases = [
        (format!("clear: {{ id:{CAMPAIGN} x:n 1 }}"), "no rdf:type"),
        (
            format!("id:{CAMPAIGN} a stix:Campaign ."),
            "without a release policy",
        ),
        (
            "clear: { x:other a stix:Campaign }".to_owned(),
            "is not campaign--",
        ),
    ];
    for (body, why) in cases {
        let error = Record::new(id.clone(), quads(&body))
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{body}: {error}");
    }
}
