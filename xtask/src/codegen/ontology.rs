//! The ontology as codegen reads it: its triples, prefixes and order, and what it names.

use super::{FM, ONTOLOGY, OWL, SKOS};
use anyhow::{Context, Result, bail};
use oxrdf::{
    Graph, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, TermRef, Triple,
};
use oxttl::TurtleParser;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Prefixes that code and queries use although the ontology's own file may have no need of them.
const ALSO: &[(&str, &str)] = &[
    ("dcterms", "http://purl.org/dc/terms/"),
    ("edtf", "http://id.loc.gov/datatypes/edtf/"),
    ("fm", FM),
    ("id", "https://w3id.org/fieldmark/id/"),
    ("owl", OWL),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("sh", "http://www.w3.org/ns/shacl#"),
    ("skos", SKOS),
    ("skosxl", "http://www.w3.org/2008/05/skos-xl#"),
    ("stix", "http://docs.oasis-open.org/cti/ns/stix#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// What the ontology states.
pub(super) struct Ontology {
    pub(super) graph: Graph,
    /// With those that code needs besides.
    pub(super) prefixes: BTreeMap<String, String>,
    /// Where each term is first spoken of: lists keep the order in which they are written.
    pub(super) place: HashMap<NamedNode, usize>,
}

impl Ontology {
    pub(super) fn read(text: &str) -> Result<Self> {
        let mut parser = TurtleParser::new().for_slice(text);
        let mut graph = Graph::new();
        let mut place = HashMap::new();
        for triple in parser.by_ref() {
            let triple: Triple = triple.with_context(|| format!("{ONTOLOGY} is not Turtle"))?;
            if let NamedOrBlankNode::NamedNode(term) = &triple.subject {
                let next = place.len();
                place.entry(term.clone()).or_insert(next);
            }
            graph.insert(&triple);
        }
        let prefixes = with_ours(parser.prefixes())?;
        Ok(Self {
            graph,
            prefixes,
            place,
        })
    }

    /// The terms that `property` puts right under `top`, as they are written.
    pub(super) fn under(&self, property: NamedNodeRef<'_>, top: &str) -> Result<Vec<NamedNode>> {
        let top = NamedNode::new_unchecked(top);
        let found = self.graph.subjects_for_predicate_object(property, &top);
        let mut found: Vec<NamedNode> = found
            .filter_map(|term| match term {
                NamedOrBlankNodeRef::NamedNode(term) => Some(term.into_owned()),
                NamedOrBlankNodeRef::BlankNode(_) => None,
            })
            .collect();
        if found.is_empty() {
            bail!("{ONTOLOGY} puts nothing under {top}");
        }
        found.sort_by_key(|term| self.place.get(term));
        Ok(found)
    }
}

/// The prefixes of the ontology, with those that code needs besides.
fn with_ours<'a>(
    stated: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<BTreeMap<String, String>> {
    let mut prefixes: BTreeMap<String, String> = stated
        .filter(|(prefix, _)| !prefix.is_empty())
        .map(|(prefix, namespace)| (prefix.to_owned(), namespace.to_owned()))
        .collect();
    for (prefix, namespace) in ALSO {
        let stated = prefixes
            .entry((*prefix).to_owned())
            .or_insert_with(|| (*namespace).to_owned());
        if stated != namespace {
            bail!("{ONTOLOGY} binds {prefix}: to <{stated}>; everything else means <{namespace}>");
        }
    }
    Ok(prefixes)
}

/// The longest namespace that `iri` starts with, as prefix and local name; nothing when the rest
/// is no plain name.
pub(super) fn compact<'a>(
    prefixes: &'a BTreeMap<String, String>,
    iri: &'a str,
) -> Option<(&'a str, &'a str)> {
    prefixes
        .iter()
        .filter_map(|(prefix, namespace)| {
            let local = iri.strip_prefix(namespace.as_str())?;
            let plain = local.starts_with(|c: char| c.is_ascii_alphabetic())
                && local
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            plain.then_some((prefix.as_str(), local))
        })
        .min_by_key(|(_, local)| local.len())
}

/// Noun name to its class and id types.
pub(super) fn nouns(graph: &Graph) -> Result<BTreeMap<String, (NamedNode, Vec<String>)>> {
    let mut nouns = BTreeMap::new();
    for (name, class) in named_by(graph, "nounName")? {
        let id_type = NamedNode::new_unchecked(format!("{FM}idType"));
        let types: BTreeSet<String> = graph
            .objects_for_subject_predicate(&class, &id_type)
            .filter_map(plain)
            .collect();
        if types.is_empty() {
            bail!("{class} is the noun {name} but has no fm:idType");
        }
        nouns.insert(name, (class, types.into_iter().collect()));
    }
    if nouns.is_empty() {
        bail!("{ONTOLOGY} names no noun (fm:nounName)");
    }
    Ok(nouns)
}

/// Relationship type to the property that is its direct edge.
pub(super) fn edges(graph: &Graph) -> Result<BTreeMap<String, NamedNode>> {
    let edges = named_by(graph, "relationshipType")?;
    if edges.is_empty() {
        bail!("{ONTOLOGY} gives no property an fm:relationshipType");
    }
    Ok(edges)
}

/// The string that `fm:{local}` gives a term, to the term; each string only once.
fn named_by(graph: &Graph, local: &str) -> Result<BTreeMap<String, NamedNode>> {
    let property = NamedNode::new_unchecked(format!("{FM}{local}"));
    let mut named: BTreeMap<String, NamedNode> = BTreeMap::new();
    for triple in graph.triples_for_predicate(&property) {
        let (NamedOrBlankNodeRef::NamedNode(term), Some(name)) =
            (triple.subject, plain(triple.object))
        else {
            bail!("{triple}: fm:{local} ties a term to a string");
        };
        if let Some(other) = named.insert(name.clone(), term.into_owned()) {
            bail!("{other} and {term} both have fm:{local} {name:?}");
        }
    }
    Ok(named)
}

pub(super) fn plain(term: TermRef<'_>) -> Option<String> {
    match term {
        TermRef::Literal(literal) => Some(literal.value().to_owned()),
        _ => None,
    }
}
