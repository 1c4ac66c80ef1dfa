//! Exports for programs that draw: graphs, tables and Navigator layers.

use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_rdf::graph::{self, Form, Graph};
use fieldmark_stix::navigator::{self, Navigator};
use fieldmark_store::View;
use oxrdf::{NamedOrBlankNode, Triple};
use std::collections::BTreeSet;

/// A form of export that is drawn from statements and cannot be read back in.
#[derive(Clone, Copy, Debug)]
pub enum Drawing {
    /// Nodes and edges, or a table of either.
    Graph(&'static Form),
    /// A layer for one of the Navigators.
    Layer(&'static str, Navigator),
}

impl Drawing {
    /// Every form.
    pub fn all() -> impl Iterator<Item = Self> {
        let layers = [
            Self::Layer("navigator", Navigator::Disarm),
            Self::Layer("navigator-attack", Navigator::Attack),
        ];
        graph::FORMS.iter().map(Self::Graph).chain(layers)
    }

    /// What it is called on the command line and in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Graph(form) => form.name,
            Self::Layer(name, _) => name,
        }
    }

    /// The form of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|drawing| drawing.name().eq_ignore_ascii_case(name))
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Graph(form) => form.media_type,
            Self::Layer(..) => "application/json",
        }
    }

    /// Draws a view, or the records `of`.
    pub fn draw(
        self,
        view: &View,
        of: Option<&BTreeSet<RecordId>>,
        lang: &str,
    ) -> Result<Vec<u8>, Problem> {
        let statements = view.statements(of)?;
        let text = match self {
            Self::Layer(_, navigator) => {
                let name = format!("Fieldmark, {}", view.audience());
                let layer = navigator::layer(navigator, &name, &navigator::used(&statements));
                format!("{layer:#}\n")
            }
            Self::Graph(form) => (form.write)(&marked(view, &statements, lang)?),
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
fn records(statements: &[Triple]) -> BTreeSet<RecordId> {
    let owner = |triple: &Triple| match &triple.subject {
        NamedOrBlankNode::NamedNode(node) => RecordId::owner_of(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    };
    statements.iter().filter_map(owner).collect()
}
