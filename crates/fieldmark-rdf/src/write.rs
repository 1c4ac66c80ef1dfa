//! Writing statements: sorted and prefixed, so that the same statements give the same bytes.

use crate::format::Format;
use crate::vocab::PREFIXES;
use oxjsonld::{JsonLdSerializer, WriterJsonLdSerializer};
use oxrdf::vocab::rdf;
use oxrdf::{Quad, QuadRef, TripleRef};
use oxrdfxml::{RdfXmlSerializer, WriterRdfXmlSerializer};
use oxttl::nquads::WriterNQuadsSerializer;
use oxttl::ntriples::WriterNTriplesSerializer;
use oxttl::trig::WriterTriGSerializer;
use oxttl::turtle::WriterTurtleSerializer;
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
    let quads = quads.into_iter().map(QuadRef::into_owned).collect();
    let mut writer = Writer::new(format, &mut out)?;
    for quad in sorted(quads, format) {
        writer.put(&quad)?;
    }
    writer.finish()?;
    out.flush()
}

/// Puts statements in the order in which they are written, each once. In a format without graphs a
/// statement that stands in two graphs is there once.
pub fn sorted(mut quads: Vec<Quad>, format: Format) -> Vec<Quad> {
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
    quads
}

/// Writes statements as they come.
pub struct Writer<W: Write>(Kind<W>);

enum Kind<W: Write> {
    Turtle(WriterTurtleSerializer<W>),
    TriG(WriterTriGSerializer<W>),
    NTriples(WriterNTriplesSerializer<W>),
    NQuads(WriterNQuadsSerializer<W>),
    JsonLd(WriterJsonLdSerializer<W>),
    RdfXml(WriterRdfXmlSerializer<W>),
}

/// A serializer that knows the usual prefixes.
macro_rules! prefixed {
    ($serializer:expr, $out:expr) => {{
        let mut writer = $serializer;
        for (name, iri) in PREFIXES.iter().copied() {
            writer = writer.with_prefix(name, iri).map_err(io::Error::other)?;
        }
        writer.for_writer($out)
    }};
}

impl<W: Write> Writer<W> {
    /// One that writes to `out`.
    ///
    /// # Errors
    /// When a prefix is no IRI.
    pub fn new(format: Format, out: W) -> io::Result<Self> {
        Ok(Self(match format {
            Format::Turtle => Kind::Turtle(prefixed!(TurtleSerializer::new(), out)),
            Format::TriG => Kind::TriG(prefixed!(TriGSerializer::new(), out)),
            Format::NTriples => Kind::NTriples(NTriplesSerializer::new().for_writer(out)),
            Format::NQuads => Kind::NQuads(NQuadsSerializer::new().for_writer(out)),
            Format::JsonLd => Kind::JsonLd(prefixed!(JsonLdSerializer::new(), out)),
            Format::RdfXml => Kind::RdfXml(prefixed!(RdfXmlSerializer::new(), out)),
        }))
    }

    /// Writes one statement; in a format without graphs, without its own.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&mut self, quad: &Quad) -> io::Result<()> {
        let triple = TripleRef::from(quad.as_ref());
        match &mut self.0 {
            Kind::Turtle(writer) => writer.serialize_triple(triple),
            Kind::TriG(writer) => writer.serialize_quad(quad),
            Kind::NTriples(writer) => writer.serialize_triple(triple),
            Kind::NQuads(writer) => writer.serialize_quad(quad),
            Kind::JsonLd(writer) => writer.serialize_quad(quad),
            Kind::RdfXml(writer) => writer.serialize_triple(triple),
        }
    }

    /// Writes what closes the document, and gives back what it wrote to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self.0 {
            Kind::Turtle(writer) => writer.finish(),
            Kind::TriG(writer) => writer.finish(),
            Kind::NTriples(writer) => Ok(writer.finish()),
            Kind::NQuads(writer) => Ok(writer.finish()),
            Kind::JsonLd(writer) => writer.finish(),
            Kind::RdfXml(writer) => writer.finish(),
        }
    }
}
