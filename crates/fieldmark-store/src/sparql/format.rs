//! The formats of answers, and the media types they go by.

use oxigraph::io::{JsonLdProfileSet, RdfFormat};
use oxigraph::sparql::results::QueryResultsFormat;

/// What kind of answer a query has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Rows.
    Select,
    /// Yes or no.
    Ask,
    /// The triples of a template.
    Construct,
    /// The triples about some things.
    Describe,
}

impl Form {
    /// Whether its answer is triples, not rows.
    pub fn is_graph(self) -> bool {
        matches!(self, Self::Construct | Self::Describe)
    }
}

/// A format of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultFormat {
    /// SPARQL 1.1 Query Results JSON.
    Json,
    /// SPARQL Query Results XML.
    Xml,
    /// SPARQL 1.1 Query Results CSV.
    Csv,
    /// SPARQL 1.1 Query Results TSV.
    Tsv,
    /// Turtle.
    Turtle,
    /// N-Triples.
    NTriples,
    /// JSON-LD 1.1.
    JsonLd,
    /// RDF/XML.
    RdfXml,
}

const ROWS: [(ResultFormat, &str, &[&str]); 4] = [
    (
        ResultFormat::Json,
        "json",
        &[
            "application/sparql-results+json",
            "application/json",
            "text/json",
        ],
    ),
    (
        ResultFormat::Xml,
        "xml",
        &[
            "application/sparql-results+xml",
            "application/xml",
            "text/xml",
        ],
    ),
    (ResultFormat::Csv, "csv", &["text/csv"]),
    (ResultFormat::Tsv, "tsv", &["text/tab-separated-values"]),
];

const GRAPHS: [(ResultFormat, &str, &[&str]); 4] = [
    (
        ResultFormat::Turtle,
        "turtle",
        &[
            "text/turtle",
            "application/x-turtle",
            "application/turtle",
            "text/n3",
            "text/rdf+n3",
        ],
    ),
    (
        ResultFormat::NTriples,
        "ntriples",
        &["application/n-triples", "text/plain"],
    ),
    (
        ResultFormat::JsonLd,
        "jsonld",
        &["application/ld+json", "application/json"],
    ),
    (
        ResultFormat::RdfXml,
        "rdfxml",
        &["application/rdf+xml", "application/xml", "text/xml"],
    ),
];

fn offered(form: Form) -> &'static [(ResultFormat, &'static str, &'static [&'static str])] {
    if form.is_graph() { &GRAPHS } else { &ROWS }
}

impl ResultFormat {
    /// The media types a form can be had in, the usual one first.
    pub fn media_types(form: Form) -> Vec<&'static str> {
        offered(form).iter().map(|(.., types)| types[0]).collect()
    }

    /// By name: `json`, `xml`, `csv`, `tsv` for rows, `turtle`, `ntriples`, `jsonld`, `rdfxml` for
    /// triples, and the other names that clients have for them: a name means what it can mean of
    /// this form.
    pub fn from_name(name: &str, form: Form) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let plain = match (form.is_graph(), name.as_str()) {
            (true, "xml" | "rdf" | "rdf+xml" | "rdf/xml") => "rdfxml",
            (true, "json" | "json-ld" | "ld+json") => "jsonld",
            (true, "n3" | "ttl" | "rdf+n3") => "turtle",
            (true, "nt" | "n-triples" | "nt11") => "ntriples",
            (_, other) => other,
        };
        let mut offered = offered(form).iter();
        offered.find(|row| row.1 == plain).map(|row| row.0)
    }

    /// Its media type, with the character set where that matters.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Tsv => "text/tab-separated-values; charset=utf-8",
            Self::Turtle => "text/turtle; charset=utf-8",
            _ => ROWS
                .iter()
                .chain(&GRAPHS)
                .find(|row| row.0 == self)
                .map_or("", |row| row.2[0]),
        }
    }

    /// Every media type that a form can be had by, with its format: the usual ones first, then other
    /// names for them.
    pub fn offers(form: Form) -> Vec<(&'static str, Self)> {
        let usual = offered(form).iter();
        let usual = usual.map(|(format, _, types)| (types[0], *format));
        let others = offered(form)
            .iter()
            .flat_map(|(format, _, types)| types[1..].iter().map(|name| (*name, *format)));
        usual.chain(others).collect()
    }

    pub(super) fn rows(self) -> Option<QueryResultsFormat> {
        Some(match self {
            Self::Json => QueryResultsFormat::Json,
            Self::Xml => QueryResultsFormat::Xml,
            Self::Csv => QueryResultsFormat::Csv,
            Self::Tsv => QueryResultsFormat::Tsv,
            _ => return None,
        })
    }

    pub(super) fn graph(self) -> Option<RdfFormat> {
        Some(match self {
            Self::Turtle => RdfFormat::Turtle,
            Self::NTriples => RdfFormat::NTriples,
            Self::JsonLd => RdfFormat::JsonLd {
                profile: JsonLdProfileSet::empty(),
            },
            Self::RdfXml => RdfFormat::RdfXml,
            _ => return None,
        })
    }
}
