//! Exports for programs that draw.

use super::case::{Who, case};

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
