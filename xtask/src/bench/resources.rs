//! What an operator notices first: how soon a server is ready, and what an idle one holds.

use super::data::{self, Million};
use super::{Bench, Row, median};
use anyhow::Result;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// Milliseconds until ready on the seed case, and on the synthetic triples.
const READY: (f64, f64) = (300.0, 2000.0);

/// Megabytes of an idle server on the seed case.
const IDLE: f64 = 100.0;

/// From the start of the process to the first good answer of `/readyz`.
pub fn start(bench: &Bench<'_>, million: &Million) -> Result<Vec<Row>> {
    let seed = data::seed(bench, "start")?;
    let mut rows = Vec::new();
    for (name, directory, target) in [
        ("the seed", seed.as_path(), READY.0),
        ("the synthetic triples", million.data.as_path(), READY.1),
    ] {
        let figure = median(&starts(bench, directory)?);
        rows.push(Row {
            what: format!("server ready on {name}"),
            target: format!("<= {target:.0} ms"),
            figure: format!("{figure:.0} ms"),
            met: figure <= target,
        });
    }
    Ok(rows)
}

fn starts(bench: &Bench<'_>, directory: &Path) -> Result<Vec<f64>> {
    let mut figures = Vec::new();
    for _ in 0..bench.options.rounds {
        let server = data::serve(bench, directory)?;
        figures.push(server.ready_after.as_secs_f64() * 1000.0);
        server.stop()?;
    }
    Ok(figures)
}

/// Resident memory some seconds after the start, nobody having asked anything.
pub fn memory(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let seed = data::seed(bench, "memory")?;
    let mut figures = Vec::new();
    for _ in 0..bench.options.rounds.min(3) {
        let server = data::serve(bench, &seed)?;
        sleep(Duration::from_secs(3));
        figures.push(server.resident()? as f64 / 1e6);
        server.stop()?;
    }
    let figure = median(&figures);
    Ok(vec![Row {
        what: "memory of an idle server on the seed".to_owned(),
        target: format!("< {IDLE:.0} MB"),
        figure: format!("{figure:.0} MB"),
        met: figure < IDLE,
    }])
}
