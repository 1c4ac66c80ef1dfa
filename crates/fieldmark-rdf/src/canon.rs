//! The canonical form of a dataset: RDFC-1.0 (W3C, 2024), by sophia.

use oxrdf::{GraphName, NamedOrBlankNode, Quad, Term};
use sophia_api::quad::Spog;
use sophia_api::term::{BnodeId, IriRef, LanguageTag, SimpleTerm};
use sophia_c14n::rdfc10;
use std::collections::{BTreeMap, HashSet};

/// Why a dataset has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum CanonError {
    /// Blank nodes so alike that telling them apart would take too long (a poison graph), or a
    /// term the algorithm does not know.
    #[error("{0}; give the blank nodes names of their own")]
    Canonicalise(String),
    /// RDF 1.2 triple terms have no place in a record.
    #[error("a triple stands inside a triple; state it as a record of its own")]
    TripleTerm,
}

type Quads = HashSet<Spog<SimpleTerm<'static>>>;

/// Canonical N-Quads, sorted, one statement a line.
pub fn nquads<'a>(quads: impl IntoIterator<Item = &'a Quad>) -> Result<String, CanonError> {
    let mut out = Vec::new();
    rdfc10::normalize(&dataset(quads)?, &mut out)
        .map_err(|error| CanonError::Canonicalise(error.to_string()))?;
    String::from_utf8(out).map_err(|error| CanonError::Canonicalise(error.to_string()))
}

/// The canonical label (`c14n0`, …) of every blank node.
pub fn labels<'a>(
    quads: impl IntoIterator<Item = &'a Quad>,
) -> Result<BTreeMap<String, String>, CanonError> {
    let dataset = dataset(quads)?;
    let (_, ids) =
        rdfc10::relabel(&dataset).map_err(|error| CanonError::Canonicalise(error.to_string()))?;
    Ok(ids
        .iter()
        .map(|(from, to)| (from.to_string(), to.as_str().to_owned()))
        .collect())
}

fn dataset<'a>(quads: impl IntoIterator<Item = &'a Quad>) -> Result<Quads, CanonError> {
    quads
        .into_iter()
        .map(|quad| {
            let subject = match &quad.subject {
                NamedOrBlankNode::NamedNode(node) => iri(node.as_str()),
                NamedOrBlankNode::BlankNode(node) => blank(node.as_str()),
            };
            let graph = match &quad.graph_name {
                GraphName::NamedNode(node) => Some(iri(node.as_str())),
                GraphName::BlankNode(node) => Some(blank(node.as_str())),
                GraphName::DefaultGraph => None,
            };
            Ok((
                [subject, iri(quad.predicate.as_str()), term(&quad.object)?],
                graph,
            ))
        })
        .collect()
}

fn term(term: &Term) -> Result<SimpleTerm<'static>, CanonError> {
    Ok(match term {
        Term::NamedNode(node) => iri(node.as_str()),
        Term::BlankNode(node) => blank(node.as_str()),
        Term::Literal(literal) => {
            let value = literal.value().to_owned().into();
            match literal.language() {
                Some(tag) => SimpleTerm::LiteralLanguage(
                    value,
                    LanguageTag::new_unchecked(tag.to_owned().into()),
                    None,
                ),
                None => SimpleTerm::LiteralDatatype(
                    value,
                    IriRef::new_unchecked(literal.datatype().as_str().to_owned().into()),
                ),
            }
        }
        Term::Triple(_) => return Err(CanonError::TripleTerm),
    })
}

fn iri(text: &str) -> SimpleTerm<'static> {
    SimpleTerm::Iri(IriRef::new_unchecked(text.to_owned().into()))
}

fn blank(label: &str) -> SimpleTerm<'static> {
    SimpleTerm::BlankNode(BnodeId::new_unchecked(label.to_owned().into()))
}
