//! Writing statements: sorted and prefixed, so that the same statements give the same bytes.

use crate::format::Format;
use crate::vocab::PREFIXES;
use oxjsonld::JsonLdSerializer;
use oxrdf::vocab::rdf;
use oxrdf::{Quad, QuadRef};
use oxrdfxml::RdfXmlSerializer;
use oxttl::{NQuadsSerializer, NTriplesSerializer, TriGSerializer, TurtleSerializer};
use std::io::{self, Write};

/// Writes the statements, each once. In a format without graphs a statement that stands in two
/// graphs is written once.
///
/// Memory: all statements are held to be sorted.
///
/// ```
/// use fieldmark_rdf::{format::Format, write::write};
/// use oxrdf::{GraphNameRef, LiteralRef, NamedNodeRef, QuadRef};
/// let [a, b] = ["urn:a", "urn:b"].map(NamedNodeRef::new_unchecked);
/// let quad = QuadRef::new(a, b, LiteralRef::new_simple_literal("c"), GraphNameRef::DefaultGraph);
/// let mut out = Vec::new();
/// write([quad, quad], Format::NTriples, &mut out)?;
/// assert_eq!(out, b"<urn:a> <urn:b> \"c\" .\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write<'a>(
    quads: impl IntoIterator<Item = QuadRef<'a>>,
    format: Format,
    mut out: impl Write,
) -> io::Result<()> {
    let mut quads: Vec<Quad> = quads.into_iter().map(QuadRef::into_owned).collect();
    if !format.holds_graphs() {
        for quad in &mut quads {
            quad.graph_name = oxrdf::GraphName::DefaultGraph;
        }
    }
    // The type of a thing comes first, as people write it.
    quads.sort_by_cached_key(|quad| {
        let is_type = quad.predicate.as_ref() != rdf::TYPE;
        (
            quad.graph_name.to_string(),
            quad.subject.to_string(),
            is_type,
            quad.predicate.as_str().to_owned(),
            quad.object.to_string(),
        )
    });
    quads.dedup();
    match format {
        Format::Turtle => {
            let mut writer = TurtleSerializer::new();
            for (name, iri) in PREFIXES.iter().copied() {
                writer = writer.with_prefix(name, iri).map_err(io::Error::other)?;
            }
            let mut writer = writer.for_writer(&mut out);
            for quad in &quads {
                writer.serialize_triple(oxrdf::TripleRef::from(quad.as_ref()))?;
            }
            writer.finish()?;
        }
        Format::TriG => {
            let mut writer = TriGSerializer::new();
            for (name, iri) in PREFIXES.iter().copied() {
                writer = writer.with_prefix(name, iri).map_err(io::Error::other)?;
            }
            let mut writer = writer.for_writer(&mut out);
            for quad in &quads {
                writer.serialize_quad(quad.as_ref())?;
            }
            writer.finish()?;
        }
        Format::NTriples => {
            let mut writer = NTriplesSerializer::new().for_writer(&mut out);
            for quad in &quads {
                writer.serialize_triple(oxrdf::TripleRef::from(quad.as_ref()))?;
            }
            writer.finish();
        }
        Format::NQuads => {
            let mut writer = NQuadsSerializer::new().for_writer(&mut out);
            for quad in &quads {
                writer.serialize_quad(quad.as_ref())?;
            }
            writer.finish();
        }
        Format::JsonLd => {
            let mut writer = JsonLdSerializer::new();
            for (name, iri) in PREFIXES.iter().copied() {
                writer = writer.with_prefix(name, iri).map_err(io::Error::other)?;
            }
            let mut writer = writer.for_writer(&mut out);
            for quad in &quads {
                writer.serialize_quad(quad.as_ref())?;
            }
            writer.finish()?;
        }
        Format::RdfXml => {
            let mut writer = RdfXmlSerializer::new();
            for (name, iri) in PREFIXES.iter().copied() {
                writer = writer.with_prefix(name, iri).map_err(io::Error::other)?;
            }
            let mut writer = writer.for_writer(&mut out);
            for quad in &quads {
                writer.serialize_triple(oxrdf::TripleRef::from(quad.as_ref()))?;
            }
            writer.finish()?;
        }
    }
    out.flush()
}
