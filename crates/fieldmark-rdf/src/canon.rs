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

/// The statements in canonical order without doubles, and as canonical N-Quads, one a line.
///
/// Where no node is blank, as in every record, nothing has to be named and the form is the sorted
/// lines; sophia, which copies each statement first, is asked for the rest.
pub fn ordered(quads: Vec<Quad>) -> Result<(Vec<Quad>, String), CanonError> {
    let mut lines: Vec<(String, Quad)> = quads
        .into_iter()
        .map(|quad| (format!("{quad} .\n"), quad))
        .collect();
    lines.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    lines.dedup_by(|(one, _), (other, _)| one == other);
    let plain = lines.iter().all(|(line, quad)| is_plain(line, quad));
    let text = match plain {
        true => lines.iter().map(|(line, _)| line.as_str()).collect(),
        false => nquads(lines.iter().map(|(_, quad)| quad))?,
    };
    Ok((lines.into_iter().map(|(_, quad)| quad).collect(), text))
}

/// Whether a statement, written as N-Quads, is written canonically already.
fn is_plain(line: &str, quad: &Quad) -> bool {
    let named = quad.subject.is_named_node()
        && !quad.graph_name.is_blank_node()
        && matches!(quad.object, Term::NamedNode(_) | Term::Literal(_));
    // U+FFFE and U+FFFF are escaped by oxrdf, and stand for themselves in the canonical form.
    named && !line.contains("\\uFFF")
}

/// Canonical N-Quads, sorted, one statement a line.
fn nquads<'a>(quads: impl IntoIterator<Item = &'a Quad>) -> Result<String, CanonError> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{Literal, NamedNode};
    use proptest::prelude::*;

    /// Texts of every kind of character that a canonical form treats in a way of its own.
    fn text() -> impl Strategy<Value = String> {
        let odd = prop::sample::select(vec![
            '\0',
            '\u{7}',
            '\u{8}',
            '\t',
            '\n',
            '\u{b}',
            '\u{c}',
            '\r',
            '\u{1f}',
            '"',
            '\\',
            '\'',
            '\u{7f}',
            '\u{80}',
            'é',
            '中',
            '\u{fffd}',
            '\u{fffe}',
            '\u{ffff}',
            '\u{1f600}',
            'a',
            ' ',
        ]);
        prop::collection::vec(odd, 0..12).prop_map(String::from_iter)
    }

    fn quad() -> impl Strategy<Value = Quad> {
        let node = || {
            prop::sample::select(vec!["x:a", "x:b", "x:a#c", "x:é"])
                .prop_map(NamedNode::new_unchecked)
        };
        let object = prop_oneof![
            node().prop_map(Term::from),
            text().prop_map(|text| Literal::new_simple_literal(text).into()),
            text().prop_map(|text| {
                Literal::new_language_tagged_literal_unchecked(text, "en-gb").into()
            }),
            (text(), node()).prop_map(|(text, kind)| Literal::new_typed_literal(text, kind).into()),
        ];
        (node(), node(), object, node()).prop_map(|(s, p, o, g)| Quad::new(s, p, o, g))
    }

    proptest! {
        #[test]
        fn the_sorted_lines_are_what_sophia_writes(quads in prop::collection::vec(quad(), 0..8)) {
            let (ordered, text) = ordered(quads.clone()).unwrap();
            prop_assert_eq!(&text, &nquads(&quads).unwrap());
            prop_assert_eq!(text.lines().count(), ordered.len());
        }
    }
}
