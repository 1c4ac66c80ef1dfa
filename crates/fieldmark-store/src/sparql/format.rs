//! The formats of answers, and which of them a caller would rather have.

use oxigraph::io::{JsonLdProfileSet, RdfFormat};
use oxigraph::sparql::results::QueryResultsFormat;

/// What kind of answer a query has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Rows.
    Select,
    /// Yes or no.
    Ask,
    /// Triples: CONSTRUCT and DESCRIBE.
    Graph,
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
    (ResultFormat::Json, "json", &["application/sparql-results+json", "application/json", "text/json"]),
    (ResultFormat::Xml, "xml", &["application/sparql-results+xml", "application/xml", "text/xml"]),
    (ResultFormat::Csv, "csv", &["text/csv"]),
    (ResultFormat::Tsv, "tsv", &["text/tab-separated-values"]),
];

const GRAPHS: [(ResultFormat, &str, &[&str]); 4] = [
    (ResultFormat::Turtle, "turtle", &["text/turtle", "application/x-turtle"]),
    (ResultFormat::NTriples, "ntriples", &["application/n-triples", "text/plain"]),
    (ResultFormat::JsonLd, "jsonld", &["application/ld+json", "application/json"]),
    (ResultFormat::RdfXml, "rdfxml", &["application/rdf+xml", "application/xml", "text/xml"]),
];

fn offered(form: Form) -> &'static [(ResultFormat, &'static str, &'static [&'static str])] {
    match form {
        Form::Select | Form::Ask => &ROWS,
        Form::Graph => &GRAPHS,
    }
}

impl ResultFormat {
    /// The media types a form can be had in, the usual one first.
    pub fn media_types(form: Form) -> Vec<&'static str> {
        offered(form).iter().map(|(.., types)| types[0]).collect()
    }

    /// By name: `json`, `xml`, `csv`, `tsv`, `turtle`, `ntriples`, `jsonld`, `rdfxml`.
    pub fn from_name(name: &str, form: Form) -> Option<Self> {
        offered(form).iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name)).map(|row| row.0)
    }

    /// Its media type, with the character set where that matters.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Tsv => "text/tab-separated-values; charset=utf-8",
            Self::Turtle => "text/turtle; charset=utf-8",
            _ => ROWS.iter().chain(&GRAPHS).find(|row| row.0 == self).map_or("", |row| row.2[0]),
        }
    }

    /// The format an `Accept` header (RFC 9110, 12.5.1) asks for; JSON or Turtle when there is no
    /// header; `None` when none of ours will do.
    pub fn negotiate(accept: Option<&str>, form: Form) -> Option<Self> {
        let offered = offered(form);
        let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
            return offered.first().map(|row| row.0);
        };
        let mut best: Option<(u32, u8, usize, Self)> = None;
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let wanted = parts.next().unwrap_or_default();
            let weight = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1000, |q| q.parse::<f32>().map_or(0, |q| (q.clamp(0.0, 1.0) * 1000.0) as u32));
            for (place, (format, _, types)) in offered.iter().enumerate() {
                let exactness = types
                    .iter()
                    .filter_map(|offer| match wanted {
                        "*/*" => Some(0),
                        _ if wanted.eq_ignore_ascii_case(offer) => Some(2),
                        _ => {
                            let kind = wanted.strip_suffix("/*")?;
                            offer.split('/').next().filter(|k| k.eq_ignore_ascii_case(kind)).map(|_| 1)
                        }
                    })
                    .max();
                if let Some(exactness) = exactness
                    && weight > 0
                {
                    let rank = (weight, exactness, usize::MAX - place, *format);
                    if best.is_none_or(|held| (rank.0, rank.1, rank.2) > (held.0, held.1, held.2)) {
                        best = Some(rank);
                    }
                }
            }
        }
        best.map(|(.., format)| format)
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
            Self::JsonLd => RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() },
            Self::RdfXml => RdfFormat::RdfXml,
            _ => return None,
        })
    }
}
