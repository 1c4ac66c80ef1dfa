//! Exports for programs that draw: graphs, tables and Navigator layers.

use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_rdf::graph::{self, Graph};
use fieldmark_stix::navigator::{self, Navigator};
use fieldmark_store::View;
use fieldmark_store::read::Direction;
use oxrdf::{NamedOrBlankNode, Triple};
use std::collections::BTreeSet;

/// A form of export that is drawn from statements and cannot be read back in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawing {
    /// GEXF 1.3.
    Gexf,
    /// GraphML.
    GraphMl,
    /// Edges as CSV, with the names of both ends.
    Edges,
    /// Nodes as CSV.
    Nodes,
    /// A layer for one of the Navigators.
    Layer(Navigator),
}

impl Drawing {
    /// The forms by the names used on the command line and in addresses.
    pub const NAMED: [(&'static str, Self); 6] = [
        ("gexf", Self::Gexf),
        ("graphml", Self::GraphMl),
        ("csv", Self::Edges),
        ("csv-nodes", Self::Nodes),
        ("navigator", Self::Layer(Navigator::Disarm)),
        ("navigator-attack", Self::Layer(Navigator::Attack)),
    ];

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMED
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, drawing)| drawing)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Gexf => "application/gexf+xml",
            Self::GraphMl => "application/graphml+xml",
            Self::Edges | Self::Nodes => "text/csv; charset=utf-8; header=present",
            Self::Layer(_) => "application/json",
        }
    }

    /// Draws a view, or the records `of` with what is said of them and what that leads to.
    pub fn draw(
        self,
        view: &View,
        of: Option<&BTreeSet<RecordId>>,
        lang: &str,
    ) -> Result<Vec<u8>, Problem> {
        let around = of.map(|of| around(view, of)).transpose()?;
        let statements = view.statements(around.as_ref())?;
        let text = match self {
            Self::Layer(navigator) => {
                let name = format!("Fieldmark, {}", view.audience());
                let layer = navigator::layer(navigator, &name, &navigator::used(&statements));
                format!("{layer:#}\n")
            }
            Self::Gexf => graph::gexf(&marked(view, &statements, lang)?),
            Self::GraphMl => graph::graphml(&marked(view, &statements, lang)?),
            Self::Edges => graph::edges_csv(&marked(view, &statements, lang)?),
            Self::Nodes => graph::nodes_csv(&marked(view, &statements, lang)?),
        };
        Ok(text.into_bytes())
    }
}

/// The graph of statements, with the marking of each of its nodes and edges.
fn marked(view: &View, statements: &[Triple], lang: &str) -> Result<Graph, Problem> {
    let mut graph = Graph::of(statements, lang);
    let markings = view.markings(records(statements))?;
    graph.mark(|id| markings.name(id));
    Ok(graph)
}

/// The records that statements are about.
pub(super) fn records(statements: &[Triple]) -> BTreeSet<RecordId> {
    let owner = |triple: &Triple| match &triple.subject {
        NamedOrBlankNode::NamedNode(node) => RecordId::owner_of(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    };
    statements.iter().filter_map(owner).collect()
}

/// The records, the relationships and claims that speak of them, and the records at their ends.
fn around(view: &View, of: &BTreeSet<RecordId>) -> Result<BTreeSet<RecordId>, Problem> {
    let near: Vec<RecordId> = of.iter().cloned().collect();
    let mut wanted = of.clone();
    for direction in [Direction::Out, Direction::In] {
        for edge in view
            .edges(&near, direction, &[], None)?
            .into_iter()
            .flatten()
        {
            wanted.extend([edge.from, edge.to, edge.relationship]);
        }
    }
    for claim in view.claims_of(&near)?.into_iter().flatten() {
        let object = claim.object.as_deref().and_then(RecordId::from_iri);
        wanted.extend([claim.id, claim.subject]);
        wanted.extend(object);
        wanted.extend(claim.assessors);
    }
    Ok(wanted)
}
