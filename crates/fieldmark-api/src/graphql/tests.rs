use super::limits::Limits;
use super::load::{Loader, drive};
use super::{schema, sdl};
use crate::page::graphql::EXAMPLE;
use async_graphql::Request;
use async_graphql::dynamic::Schema;
use expect_test::expect_file;
use fieldmark_rdf::format::Format;
use fieldmark_store::gate::Credential;
use fieldmark_store::import::ImportOptions;
use fieldmark_store::{Base, Options};
use std::sync::Arc;

/// A base with so many campaigns, each with a platform, a network and a claim.
fn base(dir: &std::path::Path, campaigns: usize) -> Base {
    let base = Base::open(dir, Options::default()).unwrap();
    let writer = base
        .gate()
        .enter(Credential::Local)
        .unwrap()
        .writer
        .unwrap();
    let mut text = String::from(
        "@prefix id: <https://w3id.org/fieldmark/id/> . @prefix fm: <https://w3id.org/fieldmark/ns#> .
         @prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> . @prefix prov: <http://www.w3.org/ns/prov#> .
         @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dcterms: <http://purl.org/dc/terms/> .
         id:marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487 {
         id:report--00000000-0000-4000-8000-000000000000 a stix:Report ; skos:prefLabel \"R\"@en ; dcterms:title \"R\"@en .
         id:identity--00000000-0000-4000-8000-000000000001 a fm:Platform , stix:Identity ; skos:prefLabel \"P\"@en .
         id:identity--00000000-0000-4000-8000-000000000002 a prov:Organization , stix:Identity ; skos:prefLabel \"A\"@en .\n",
    );
    for n in 0..campaigns {
        let id = |kind: &str| format!("id:{kind}--00000000-0000-4000-8000-{n:012x}");
        text += &format!(
            "{} a stix:Campaign ; skos:prefLabel \"C{n}\"@en .
             {} a stix:Relationship ; stix:relationship_type \"operates-on\" ; stix:source_ref {} ;
               stix:target_ref id:identity--00000000-0000-4000-8000-000000000001 ; dcterms:source id:report--00000000-0000-4000-8000-000000000000 .
             {} a fm:Impact , fm:Claim ; fm:subject {} ; fm:objectText \"x\"@en ; fm:assessor id:identity--00000000-0000-4000-8000-000000000002 ;
               fm:verbatim \"low\"@en ; fm:polarity fm:affirms ; fm:scale fm:unstated ; fm:dateBasis fm:undated ;
               dcterms:source id:report--00000000-0000-4000-8000-000000000000 .\n",
            id("campaign"), id("relationship"), id("campaign"), id("note"), id("campaign"),
        );
    }
    text += "}";
    let options = ImportOptions::of(Format::TriG);
    let report = base
        .import(&writer, text.as_bytes(), &options, None)
        .unwrap();
    let bad: Vec<_> = report
        .entries
        .iter()
        .filter(|entry| !entry.findings.is_empty())
        .collect();
    assert!(
        report.committed && bad.is_empty(),
        "{:?} {bad:?}",
        report.problems
    );
    base
}

/// Runs a query and says how many reads of the view it took.
async fn calls(base: &Base, schema: &Schema, query: &str) -> (usize, String) {
    let caller = base.gate().enter(Credential::Local).unwrap();
    let loader = Arc::new(Loader::new(base.view(&caller.reader).unwrap()));
    let request = Request::new(query).data(Arc::clone(&loader));
    let answer = drive(Arc::clone(&loader), schema.execute(request)).await;
    assert!(answer.errors.is_empty(), "{:?}", answer.errors);
    (loader.calls(), answer.data.to_string())
}

#[test]
fn the_schema_is_the_one_committed() {
    let schema = schema(&Limits::default()).unwrap();
    expect_file!["../../schema.graphql"].assert_eq(&sdl(&schema));
}

#[tokio::test]
async fn the_number_of_reads_does_not_grow_with_the_rows() {
    let schema = schema(&Limits::default()).unwrap();
    let query = "{ campaigns(first: 200) { nodes { label relationships { totalCount }
        platforms { nodes { label } edges { relationships { sources { label } } } }
        claims { nodes { kind verbatim { text } assessors { label } subject { label claims { totalCount } } sources { label } } } } } }";
    let (few, many) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (few, _) = calls(&base(few.path(), 2), &schema, query).await;
    let (lots, data) = calls(&base(many.path(), 150), &schema, query).await;
    assert_eq!(few, lots);
    assert!(data.contains("C149") && lots < 20, "{lots}");
}

#[tokio::test]
async fn the_example_on_the_page_works() {
    let dir = tempfile::tempdir().unwrap();
    let schema = schema(&Limits::default()).unwrap();
    let (_, data) = calls(&base(dir.path(), 3), &schema, EXAMPLE).await;
    assert!(data.contains("totalCount: 3"), "{data}");
}
