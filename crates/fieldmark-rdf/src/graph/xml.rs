//! GEXF 1.3 (Gephi) and GraphML.

use super::{EDGE_KEYS, Graph, NODE_KEYS};
use std::fmt::Write;

/// The graph as GEXF 1.3. An edge's `kind` keeps parallel edges apart.
pub fn gexf(graph: &Graph) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gexf xmlns=\"http://gexf.net/1.3\" version=\"1.3\">\n  <meta>\n    <creator>Fieldmark</creator>\n  </meta>\n  <graph mode=\"static\" defaultedgetype=\"directed\" idtype=\"string\">\n",
    );
    for (class, keys) in [("node", NODE_KEYS.as_slice()), ("edge", &EDGE_KEYS)] {
        line(&mut out, format_args!("    <attributes class=\"{class}\">"));
        for key in keys {
            line(
                &mut out,
                format_args!("      <attribute id=\"{key}\" title=\"{key}\" type=\"string\"/>"),
            );
        }
        out.push_str("    </attributes>\n");
    }
    line(
        &mut out,
        format_args!("    <nodes count=\"{}\">", graph.nodes.len()),
    );
    for node in &graph.nodes {
        let head = format!(
            "id=\"{}\" label=\"{}\"",
            escape(&node.id),
            escape(&node.label)
        );
        gexf_item(&mut out, "node", &head, &NODE_KEYS, &node.values);
    }
    line(
        &mut out,
        format_args!("    </nodes>\n    <edges count=\"{}\">", graph.edges.len()),
    );
    for edge in &graph.edges {
        let kind = escape(&edge.kind);
        let head = format!(
            "id=\"{}\" source=\"{}\" target=\"{}\" kind=\"{kind}\" label=\"{kind}\"",
            escape(&edge.id),
            escape(&edge.source),
            escape(&edge.target),
        );
        gexf_item(&mut out, "edge", &head, &EDGE_KEYS, &edge.values);
    }
    out.push_str("    </edges>\n  </graph>\n</gexf>\n");
    out
}

fn gexf_item(out: &mut String, tag: &str, head: &str, keys: &[&str], values: &[String]) {
    if values.iter().all(String::is_empty) {
        line(out, format_args!("      <{tag} {head}/>"));
        return;
    }
    line(
        out,
        format_args!("      <{tag} {head}>\n        <attvalues>"),
    );
    for (key, value) in stated(keys, values) {
        line(
            out,
            format_args!(
                "          <attvalue for=\"{key}\" value=\"{}\"/>",
                escape(value)
            ),
        );
    }
    line(out, format_args!("        </attvalues>\n      </{tag}>"));
}

/// The graph as GraphML, with the values of nodes and edges as data.
pub fn graphml(graph: &Graph) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    for (domain, keys) in [("node", NODE_KEYS.as_slice()), ("edge", &EDGE_KEYS)] {
        let own = match domain {
            "node" => "label",
            _ => "type",
        };
        for key in std::iter::once(&own).chain(keys) {
            line(
                &mut out,
                format_args!(
                    "  <key id=\"{domain}_{key}\" for=\"{domain}\" attr.name=\"{key}\" attr.type=\"string\"/>"
                ),
            );
        }
    }
    out.push_str("  <graph id=\"fieldmark\" edgedefault=\"directed\">\n");
    for node in &graph.nodes {
        line(
            &mut out,
            format_args!("    <node id=\"{}\">", escape(&node.id)),
        );
        data(&mut out, "node", "label", &node.label);
        for (key, value) in stated(&NODE_KEYS, &node.values) {
            data(&mut out, "node", key, value);
        }
        out.push_str("    </node>\n");
    }
    for edge in &graph.edges {
        line(
            &mut out,
            format_args!(
                "    <edge id=\"{}\" source=\"{}\" target=\"{}\">",
                escape(&edge.id),
                escape(&edge.source),
                escape(&edge.target)
            ),
        );
        data(&mut out, "edge", "type", &edge.kind);
        for (key, value) in stated(&EDGE_KEYS, &edge.values) {
            data(&mut out, "edge", key, value);
        }
        out.push_str("    </edge>\n");
    }
    out.push_str("  </graph>\n</graphml>\n");
    out
}

fn data(out: &mut String, domain: &str, key: &str, value: &str) {
    line(
        out,
        format_args!(
            "      <data key=\"{domain}_{key}\">{}</data>",
            escape(value)
        ),
    );
}

fn stated<'a>(
    keys: &'a [&str],
    values: &'a [String],
) -> impl Iterator<Item = (&'a str, &'a String)> {
    keys.iter()
        .copied()
        .zip(values)
        .filter(|(_, value)| !value.is_empty())
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

/// XML 1.0 has no place for most control characters, not even escaped: they are shown as U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                // As a reference, or a reader would make a space of it.
                let _ = write!(out, "&#{};", u32::from(c));
            }
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
