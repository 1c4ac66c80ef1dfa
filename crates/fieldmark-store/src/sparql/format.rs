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

    /// The format an `Accept` header (RFC 9110, 12.5.1) asks for; JSON or Turtle when there is no
    /// header; `None` when none of ours will do.
    pub fn negotiate(accept: Option<&str>, form: Form) -> Option<Self> {
        let offered = offered(form);
        let Some(accept) = accept.filter(|accept| !accept.trim().is_empty()) else {
            return offered.first().map(|row| row.0);
        };
        let ranges: Vec<(&str, u32)> = accept.split(',').map(range).collect();
        // Of equally welcome ones the more exactly named, then the usual one.
        let rank = |(place, (format, _, types)): (usize, &(Self, &str, &[&str]))| {
            let (usual, others) = types.split_first()?;
            let others = others
                .iter()
                .map(|offer| weigh(offer, &ranges))
                .filter(|found| found.1 == EXACT);
            let (weight, exactness) = others.chain([weigh(usual, &ranges)]).max()?;
            (weight > 0).then_some(((weight, exactness, usize::MAX - place), *format))
        };
        let best = offered
            .iter()
            .enumerate()
            .filter_map(rank)
            .max_by_key(|(rank, _)| *rank);
        best.map(|(_, format)| format)
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

/// How exactly a range names a media type, at most.
const EXACT: u8 = 2;

/// One range of an `Accept` header, with its weight in thousandths.
fn range(text: &str) -> (&str, u32) {
    let mut parts = text.split(';').map(str::trim);
    let wanted = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    // A weight that is none is taken for a refusal.
    let weight = weight.map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0).clamp(0.0, 1.0));
    (wanted, (weight * 1000.0) as u32)
}

/// How welcome a media type is: the weight of the range that names it most exactly.
fn weigh(offer: &str, ranges: &[(&str, u32)]) -> (u32, u8) {
    let exactness = |wanted: &str| match wanted {
        "*/*" => Some(0),
        _ if wanted.eq_ignore_ascii_case(offer) => Some(EXACT),
        _ => {
            let (kind, _) = offer.split_once('/')?;
            wanted
                .strip_suffix("/*")
                .filter(|wanted| wanted.eq_ignore_ascii_case(kind))
                .map(|_| 1)
        }
    };
    let found = ranges
        .iter()
        .filter_map(|(wanted, weight)| Some((exactness(wanted)?, *weight)));
    found
        .max()
        .map_or((0, 0), |(exactness, weight)| (weight, exactness))
}
