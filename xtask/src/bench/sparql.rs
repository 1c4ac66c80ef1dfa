//! Five queries as analysts ask them, at `/sparql` and at `oxigraph serve`, on the same triples.

use super::data::Million;
use super::load::{self, Request};
use super::{Bench, Row, median};
use crate::http::Connection;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::time::Duration;

/// Fieldmark's throughput over the other server's, at least.
const TARGET: f64 = 0.9;

const CALLERS: [usize; 3] = [1, 4, 16];

/// How many different subjects each query is asked about.
const VARIANTS: usize = 40;

const PREFIXES: &str = "\
PREFIX id: <https://w3id.org/fieldmark/id/>
PREFIX fm: <https://w3id.org/fieldmark/ns#>
PREFIX stix: <http://docs.oasis-open.org/cti/ns/stix#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dcterms: <http://purl.org/dc/terms/>
";

/// A query with `$` where the record stands.
struct Typical {
    name: &'static str,
    query: &'static str,
    about: fn(&Million) -> &[String],
}

const TYPICAL: [Typical; 5] = [
    Typical {
        name: "one record",
        query: "SELECT ?p ?o WHERE { id:$ ?p ?o }",
        about: |million| &million.made.incidents,
    },
    Typical {
        name: "a claimant's claims",
        query: "SELECT ?claim ?subject ?actor ?words ?when WHERE { ?claim fm:assessor id:$ ; fm:subject ?subject ; fm:object ?object ; fm:verbatim ?words ; fm:assertedAt ?when . ?object skos:prefLabel ?actor }",
        about: |million| &million.made.assessors,
    },
    Typical {
        name: "a technique's incidents",
        query: "SELECT ?incident ?label ?platform WHERE { ?incident stix:uses id:$ ; a stix:Incident ; skos:prefLabel ?label ; fm:operatesOn ?where . ?where skos:prefLabel ?platform } ORDER BY ?label ?platform LIMIT 100",
        about: |million| &million.made.techniques,
    },
    Typical {
        name: "a campaign's techniques",
        query: "SELECT ?technique (COUNT(DISTINCT ?incident) AS ?n) WHERE { ?incident dcterms:isPartOf id:$ ; stix:uses ?technique . ?technique a stix:AttackPattern } GROUP BY ?technique ORDER BY DESC(?n) ?technique LIMIT 20",
        about: |million| &million.made.campaigns,
    },
    Typical {
        name: "incidents that overlap",
        query: "SELECT ?other (COUNT(DISTINCT ?technique) AS ?n) WHERE { id:$ stix:uses ?technique . ?technique a stix:AttackPattern . ?other stix:uses ?technique . FILTER(?other != id:$) } GROUP BY ?other ORDER BY DESC(?n) ?other LIMIT 20",
        about: |million| &million.made.incidents,
    },
];

/// A query as a POST to `path`.
pub fn request(path: &str, query: &str) -> Request {
    Request {
        path: path.to_owned(),
        headers: vec![
            ("Content-Type", "application/sparql-query".to_owned()),
            ("Accept", "application/sparql-results+json".to_owned()),
        ],
        body: format!("{PREFIXES}{query}").into_bytes(),
    }
}

impl Typical {
    fn requests(&self, path: &str, million: &Million) -> Vec<Request> {
        let about = (self.about)(million);
        let step = (about.len() / VARIANTS).max(1);
        about
            .iter()
            .step_by(step)
            .take(VARIANTS)
            .map(|id| request(path, &self.query.replace('$', id)))
            .collect()
    }
}

/// Compares throughput, a row for each query and number of callers.
pub fn measure(bench: &Bench<'_>, million: &Million) -> Result<Vec<Row>> {
    let ours = million.serve(bench)?;
    let other = million.serve_other(bench)?;
    let span = Duration::from_secs_f64(bench.options.seconds);
    let mut rows = Vec::new();
    for typical in &TYPICAL {
        let (here, there) = (
            typical.requests("/sparql", million),
            typical.requests("/query", million),
        );
        let found = agree(&ours.address, &here, &other.address, &there)
            .with_context(|| format!("{}: the answers differ", typical.name))?;
        for callers in CALLERS {
            let (mut figures, mut others, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
            for round in 0..bench.options.rounds {
                let run_ours = || load::throughput(&ours.address, &here, callers, span);
                let run_other = || load::throughput(&other.address, &there, callers, span);
                // Whoever goes second finds a warmer machine, so they take turns.
                let (figure, figure_other) = if round % 2 == 0 {
                    let first = run_ours()?;
                    (first, run_other()?)
                } else {
                    let first = run_other()?;
                    (run_ours()?, first)
                };
                figures.push(figure);
                others.push(figure_other);
                ratios.push(figure / figure_other);
            }
            let ratio = median(&ratios);
            let row = Row {
                what: format!(
                    "/sparql, {} ({found:.0} rows), {callers} at once",
                    typical.name
                ),
                target: format!(">= {TARGET} of oxigraph serve"),
                figure: format!(
                    "{ratio:.2} ({:.0}/s to {:.0}/s)",
                    median(&figures),
                    median(&others)
                ),
                met: ratio >= TARGET,
            };
            println!("{}: {}", row.what, row.figure);
            rows.push(row);
        }
    }
    ours.stop()?;
    Ok(rows)
}

/// Asks both servers everything once, which also warms them; gives the mean number of rows. A
/// comparison of different answers would mean nothing.
fn agree(ours: &str, here: &[Request], other: &str, there: &[Request]) -> Result<f64> {
    let (mut left, mut right) = (Connection::new(ours), Connection::new(other));
    let mut total = 0;
    for (here, there) in here.iter().zip(there) {
        let a = rows(&here.send(&mut left)?)?;
        let b = rows(&there.send(&mut right)?)?;
        if a != b {
            let only = a.iter().find(|row| !b.contains(row));
            let lack = b.iter().find(|row| !a.contains(row));
            bail!(
                "{}\n{} rows here and {} there; only here: {only:?}; only there: {lack:?}",
                String::from_utf8_lossy(&here.body),
                a.len(),
                b.len()
            );
        }
        total += a.len();
    }
    Ok(total as f64 / here.len() as f64)
}

/// The rows of a SPARQL JSON answer, in an order of their own.
fn rows(body: &[u8]) -> Result<Vec<String>> {
    let answer: Value = serde_json::from_slice(body).context("the answer is not JSON")?;
    let bindings = answer["results"]["bindings"]
        .as_array()
        .context("the answer has no bindings")?;
    let mut rows: Vec<String> = bindings
        .iter()
        .map(|binding| {
            let mut cells: Vec<String> = binding
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, term)| format!("{name}={} {}", term["type"], term["value"]))
                .collect();
            cells.sort();
            cells.join(" ")
        })
        .collect();
    rows.sort();
    Ok(rows)
}
