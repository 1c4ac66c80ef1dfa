//! The RDF formats, by name, file ending and media type.

/// A concrete RDF syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// W3C Turtle.
    Turtle,
    /// W3C TriG.
    TriG,
    /// W3C N-Triples.
    NTriples,
    /// W3C N-Quads.
    NQuads,
    /// W3C JSON-LD 1.1.
    JsonLd,
    /// W3C RDF/XML.
    RdfXml,
}

/// Names, endings and media types; the first of each is the one Fieldmark writes.
const TABLE: [Row; 6] = {
    use Format::{JsonLd, NQuads, NTriples, RdfXml, TriG, Turtle};
    [
        (
            Turtle,
            &["turtle"],
            &["ttl", "turtle"],
            &["text/turtle", "application/x-turtle"],
        ),
        (
            TriG,
            &["trig"],
            &["trig"],
            &["application/trig", "application/x-trig"],
        ),
        (
            NTriples,
            &["ntriples", "n-triples"],
            &["nt"],
            &["application/n-triples"],
        ),
        (
            NQuads,
            &["nquads", "n-quads"],
            &["nq"],
            &["application/n-quads"],
        ),
        (
            JsonLd,
            &["jsonld", "json-ld"],
            &["jsonld"],
            &["application/ld+json"],
        ),
        (
            RdfXml,
            &["rdfxml", "rdf/xml"],
            &["rdf", "owl", "xml"],
            &["application/rdf+xml"],
        ),
    ]
};

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] = {
        use Format::{JsonLd, NQuads, NTriples, RdfXml, TriG, Turtle};
        [Turtle, TriG, NTriples, NQuads, JsonLd, RdfXml]
    };

    /// By the name used on the command line and in addresses, such as `turtle`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::find(|(_, names, endings, _)| {
            names
                .iter()
                .chain(*endings)
                .any(|known| known.eq_ignore_ascii_case(name))
        })
    }

    /// By a file's ending without its dot, such as `ttl`.
    pub fn from_extension(ending: &str) -> Option<Self> {
        Self::find(|(.., endings, _)| {
            endings
                .iter()
                .any(|known| known.eq_ignore_ascii_case(ending))
        })
    }

    /// By a media type; parameters such as `; charset=utf-8` are passed over.
    ///
    /// ```
    /// use fieldmark_rdf::format::Format;
    /// assert_eq!(Format::from_media_type("text/turtle; charset=utf-8"), Some(Format::Turtle));
    /// ```
    pub fn from_media_type(media: &str) -> Option<Self> {
        let essence = media.split(';').next().unwrap_or_default().trim();
        Self::find(|(.., types)| {
            types
                .iter()
                .any(|known| known.eq_ignore_ascii_case(essence))
        })
    }

    /// The name used on the command line and in addresses.
    pub fn name(self) -> &'static str {
        self.row().1[0]
    }

    /// The usual file ending, without its dot.
    pub fn extension(self) -> &'static str {
        self.row().2[0]
    }

    /// The registered media type.
    pub fn media_type(self) -> &'static str {
        self.row().3[0]
    }

    /// Whether the format can say in which graph a statement stands.
    pub fn holds_graphs(self) -> bool {
        matches!(self, Self::TriG | Self::NQuads | Self::JsonLd)
    }

    fn row(self) -> &'static Row {
        TABLE.iter().find(|row| row.0 == self).unwrap_or(&TABLE[0])
    }

    fn find(fits: impl Fn(&Row) -> bool) -> Option<Self> {
        TABLE.iter().find(|row| fits(row)).map(|row| row.0)
    }
}

type Row = (
    Format,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_each_of_its_names() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
            assert_eq!(Format::from_extension(format.extension()), Some(format));
            let media = format!("{}; charset=utf-8", format.media_type());
            assert_eq!(Format::from_media_type(&media), Some(format));
        }
        assert_eq!(Format::from_name("word"), None);
    }
}
