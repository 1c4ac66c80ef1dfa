//! `cargo xtask bench`: the speed targets, each measured in one run beside what it is compared to.
//!
//! A missed target is printed as missed and is no error: the figures are for a reader to judge.

mod claims;
mod commit;
mod data;
mod generate;
mod graphql;
mod load;
mod overlap;
mod resources;
mod sparql;
mod stix;
mod web;

use crate::place::Scratch;
use crate::process::{self, cargo};
use crate::{machine, place};
use anyhow::Result;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What to measure and how long.
#[derive(Args)]
pub struct Options {
    /// Only this; everything when none is named.
    #[arg(value_enum)]
    what: Vec<What>,
    /// How many synthetic triples.
    #[arg(long, default_value_t = 1_000_000)]
    triples: u64,
    /// The generator's seed: the same seed gives the same triples.
    #[arg(long, default_value_t = 20_230_915)]
    seed: u64,
    /// Rounds of each comparison; the median counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Seconds each server is under load in a round.
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// How many STIX objects are taken in by one server.
    #[arg(long, default_value_t = 1_000_000)]
    objects: u32,
    /// For retrieval: a STIX bundle, or a directory of JSON files; may be said again.
    #[arg(long)]
    corpus: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Throughput of five queries at /sparql, beside `oxigraph serve`.
    Sparql,
    /// A page of 100 incidents with five lists, beside one SPARQL query.
    Graphql,
    /// Time until ready, on the seed case and on the synthetic triples.
    Start,
    /// A durable commit alone and in company.
    Commit,
    /// A bundle of STIX in and out, beside stix2, and a million objects in, while others write.
    Stix,
    /// A dossier of many claims, claims combined, and proposals decided on.
    Claims,
    /// The workspace's pages, on the seed and on the synthetic triples.
    Web,
    /// A moment of the past, on the synthetic triples.
    Past,
    /// Memory of an idle server.
    Memory,
    /// Overlap by size of the population, beside SPARQL.
    Overlap,
    /// How often a ranking finds the group behind a campaign or report, beside plain methods.
    Retrieval,
}

/// TLP:CLEAR, as OASIS defines it for STIX 2.1.
const CLEAR: &str = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";

/// One line of the table.
struct Row {
    what: String,
    target: String,
    figure: String,
    met: bool,
}

/// What every measurement needs.
struct Bench<'a> {
    options: &'a Options,
    binary: PathBuf,
    scratch: Scratch,
}

/// Builds, measures what was asked for and prints the table.
pub fn run(options: &Options) -> Result<()> {
    let only =
        |kinds: &[What]| !options.what.is_empty() && options.what.iter().all(|w| kinds.contains(w));
    if only(&[What::Retrieval]) {
        return overlap::retrieval(&options.corpus);
    }
    if !only(&[What::Overlap, What::Retrieval]) {
        machine::prepare_build();
        process::run(cargo().args(["build", "--release", "--package", "fieldmark"]))?;
    }
    let bench = Bench {
        options,
        binary: place::target().join("release").join("fieldmark"),
        scratch: Scratch::new("bench")?,
    };
    let wanted = |what| options.what.is_empty() || options.what.contains(&what);
    let mut rows = Vec::new();
    if [
        What::Sparql,
        What::Graphql,
        What::Start,
        What::Past,
        What::Web,
    ]
    .into_iter()
    .any(wanted)
    {
        let million = data::Million::prepare(&bench)?;
        if wanted(What::Sparql) {
            rows.extend(sparql::measure(&bench, &million)?);
        }
        if wanted(What::Graphql) {
            rows.extend(graphql::measure(&bench, &million)?);
        }
        if wanted(What::Start) {
            rows.extend(resources::start(&bench, &million)?);
        }
        if wanted(What::Web) {
            rows.extend(web::measure(&bench, &million)?);
        }
        if wanted(What::Past) {
            rows.extend(claims::past(&bench, &million)?);
        }
    }
    if wanted(What::Commit) {
        rows.extend(commit::measure(&bench)?);
    }
    if wanted(What::Stix) {
        rows.extend(stix::measure(&bench)?);
        rows.extend(stix::many(&bench)?);
    }
    if wanted(What::Claims) {
        rows.extend(claims::measure(&bench)?);
    }
    if wanted(What::Memory) {
        rows.extend(resources::memory(&bench)?);
    }
    if wanted(What::Overlap) {
        rows.extend(overlap::speed(&bench)?);
    }
    if wanted(What::Retrieval) {
        overlap::retrieval(&options.corpus)?;
    }
    print(&rows);
    Ok(())
}

fn print(rows: &[Row]) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("\nMedians, on {cores} cores shared with the load:");
    let wide = |cell: fn(&Row) -> &str| {
        rows.iter()
            .map(|row| cell(row).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (what, target, figure) = (
        wide(|row| &row.what),
        wide(|row| &row.target).max(6),
        wide(|row| &row.figure).max(6),
    );
    println!(
        "{:what$}  {:target$}  {:figure$}  met",
        "", "target", "figure"
    );
    for row in rows {
        println!(
            "{:what$}  {:target$}  {:figure$}  {}",
            row.what,
            row.target,
            row.figure,
            if row.met { "yes" } else { "NO" }
        );
    }
}

/// The middle of `figures`; for an even number the mean of the two in the middle.
fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan());
    }
}
