use super::*;
use crate::format::Format;
use crate::read::{self, Bounds};

const CASE: &str = r#"
@prefix id: <https://w3id.org/fieldmark/id/> .
@prefix fm: <https://w3id.org/fieldmark/ns#> .
@prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
id:campaign--00000000-0000-4000-8000-000000000001 a stix:Campaign ;
  skos:prefLabel "North & \"South\""@en , "Nord"@fr ; fm:relatedTo id:location--00000000-0000-4000-8000-000000000009 .
id:identity--00000000-0000-4000-8000-000000000002 a prov:Organization , stix:Identity ; skos:prefLabel "First"@en .
id:identity--00000000-0000-4000-8000-000000000003 a prov:Organization , stix:Identity ; skos:prefLabel "Second"@en .
id:relationship--00000000-0000-4000-8000-000000000004 a stix:Relationship ; stix:relationship_type "targets" ;
  stix:source_ref id:campaign--00000000-0000-4000-8000-000000000001 ; stix:target_ref id:identity--00000000-0000-4000-8000-000000000003 ; fm:locator "L1" .
id:relationship--00000000-0000-4000-8000-000000000005 a fm:Attribution , fm:Claim ;
  fm:subject id:campaign--00000000-0000-4000-8000-000000000001 ; fm:object id:identity--00000000-0000-4000-8000-000000000003 ;
  fm:assessor id:identity--00000000-0000-4000-8000-000000000002 ; fm:verbatim "likely,\nso"@en .
id:relationship--00000000-0000-4000-8000-000000000006 a fm:Attribution , fm:Claim ; fm:polarity fm:denies ;
  fm:subject id:campaign--00000000-0000-4000-8000-000000000001 ; fm:objectText "persons unknown"@en .
"#;

fn graph(lang: &str) -> Graph {
    let mut triples = Vec::new();
    let problems = read::read(
        CASE.as_bytes(),
        Format::Turtle,
        None,
        &Bounds::default(),
        |placed| triples.push(Triple::from(placed.quad)),
    )
    .unwrap();
    assert_eq!(problems, []);
    Graph::of(&triples, lang)
}

#[test]
fn relationships_claims_and_references_are_edges_whose_ends_are_nodes() {
    let graph = graph("fr");
    let edges: Vec<(&str, &str, &str)> = graph
        .edges
        .iter()
        .map(|e| (e.kind.as_str(), e.values[0].as_str(), e.values[3].as_str()))
        .collect();
    assert_eq!(
        edges,
        [
            ("relatedTo", "", ""),
            ("targets", "", ""),
            ("Attribution", "affirms", "First"),
            ("Attribution", "denies", ""),
        ]
    );
    let ids: Vec<&str> = graph.nodes.iter().map(|node| node.id.as_str()).collect();
    for edge in &graph.edges {
        assert!(ids.contains(&edge.source.as_str()) && ids.contains(&edge.target.as_str()));
    }
    let labels: Vec<&str> = graph.nodes.iter().map(|node| node.label.as_str()).collect();
    assert!(
        labels.contains(&"Nord") && labels.contains(&"persons unknown"),
        "{labels:?}"
    );
}

#[test]
fn what_xml_and_csv_would_misread_is_escaped() {
    let graph = graph("en");
    let gexf = xml::gexf(&graph);
    assert!(
        gexf.contains("label=\"North &amp; &quot;South&quot;\""),
        "{gexf}"
    );
    assert!(gexf.contains("value=\"“likely,&#10;so”\""), "{gexf}");
    assert!(xml::graphml(&graph).contains("<data key=\"edge_verbatim\">“likely,&#10;so”</data>"));
    assert!(
        table::nodes_csv(&graph).contains(",\"North & \"\"South\"\"\",Campaign,campaign,,,,\r\n")
    );
    assert!(table::edges_csv(&graph).contains("\"“likely,\nso”\",\r\n"));
}
