//! Nodes and edges as CSV (RFC 4180), with the column names that Gephi and Neo4j look for.

use super::{EDGE_KEYS, Graph, NODE_KEYS};

/// One row a node: `Id,Label` and what it states.
pub fn nodes_csv(graph: &Graph) -> String {
    let mut out = table();
    row(&mut out, ["Id", "Label"].into_iter().chain(NODE_KEYS));
    for node in &graph.nodes {
        let values = node.values.iter().map(String::as_str);
        row(
            &mut out,
            [node.id.as_str(), &node.label].into_iter().chain(values),
        );
    }
    text(out)
}

/// One row an edge: `Source,Target,Id,Label`, the names of both ends, and what it states.
pub fn edges_csv(graph: &Graph) -> String {
    let names: std::collections::HashMap<&str, &str> = graph
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node.label.as_str()))
        .collect();
    let name = |id: &str| names.get(id).copied().unwrap_or_default();
    let mut out = table();
    let head = [
        "Source",
        "Target",
        "Id",
        "Label",
        "source_label",
        "target_label",
    ];
    row(&mut out, head.into_iter().chain(EDGE_KEYS));
    for edge in &graph.edges {
        let own = [
            edge.source.as_str(),
            &edge.target,
            &edge.id,
            &edge.kind,
            name(&edge.source),
            name(&edge.target),
        ];
        row(
            &mut out,
            own.into_iter()
                .chain(edge.values.iter().map(String::as_str)),
        );
    }
    text(out)
}

type Table = csv::Writer<Vec<u8>>;

fn table() -> Table {
    let mut lines = csv::WriterBuilder::new();
    lines.terminator(csv::Terminator::CRLF);
    lines.from_writer(Vec::new())
}

/// # Panics
/// When a row has other cells than the first, which would be a mistake in this file.
fn row<'a>(out: &mut Table, cells: impl Iterator<Item = &'a str>) {
    out.write_record(cells).expect("rows are alike");
}

fn text(out: Table) -> String {
    let bytes = out.into_inner().expect("memory takes what it is given");
    String::from_utf8(bytes).expect("cells are UTF-8")
}
