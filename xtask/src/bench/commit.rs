//! Durable commits through the front door: one record a request, alone and in company.

use super::load::Request;
use super::{Bench, CLEAR, Row, data, median};
use crate::http::Connection;
use crate::{process, server};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Instant;

/// Milliseconds of one commit alone.
const ALONE: f64 = 15.0;

/// Records a second from many writers at once.
const TOGETHER: f64 = 1000.0;

/// Commits measured one after another.
const SINGLE: usize = 200;

/// Writers at once, and how many records each sends.
const WRITERS: usize = 64;
const EACH: usize = 60;

/// Measures both, and says what one fsync costs on this disk.
pub fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let directory = data::seed(bench, "commit")?;
    let token = token(bench, &directory)?;
    let server = data::serve(bench, &directory)?;

    let mut connection = server.connect();
    let mut number = 0;
    let mut next = || {
        number += 1;
        record(number, &token)
    };
    for _ in 0..20 {
        commit(&next(), &mut connection)?;
    }
    let mut alone = Vec::new();
    for _ in 0..SINGLE {
        let request = next();
        let begun = Instant::now();
        commit(&request, &mut connection)?;
        alone.push(begun.elapsed().as_secs_f64() * 1000.0);
    }

    let mut rates = Vec::new();
    for _ in 0..bench.options.rounds.min(3) {
        let batches: Vec<Vec<Request>> = (0..WRITERS)
            .map(|_| (0..EACH).map(|_| next()).collect())
            .collect();
        let begun = Instant::now();
        thread::scope(|scope| {
            let threads: Vec<_> = batches
                .iter()
                .map(|batch| {
                    let mut connection = server.connect();
                    scope.spawn(move || -> Result<()> {
                        for request in batch {
                            commit(request, &mut connection)?;
                        }
                        Ok(())
                    })
                })
                .collect();
            for thread in threads {
                thread
                    .join()
                    .map_err(|_| anyhow::anyhow!("a writer panicked"))??;
            }
            Ok::<(), anyhow::Error>(())
        })?;
        rates.push((WRITERS * EACH) as f64 / begun.elapsed().as_secs_f64());
    }
    server.stop()?;
    // An acknowledged record that is not there would make every figure above worthless.
    process::output(
        server::fieldmark(&bench.binary)
            .arg("verify")
            .arg("--data")
            .arg(&directory),
    )?;

    let (alone, together) = (median(&alone), median(&rates));
    let sync = fsync(bench.scratch.path())?;
    Ok(vec![
        Row {
            what: format!("durable commit of one record, alone (an fsync here: {sync:.1} ms)"),
            target: format!("< {ALONE:.0} ms"),
            figure: format!("{alone:.1} ms"),
            met: alone < ALONE,
        },
        Row {
            what: format!("durable commits, {WRITERS} writers of one record each"),
            target: format!(">= {TOGETHER:.0} records/s"),
            figure: format!("{together:.0} records/s"),
            met: together >= TOGETHER,
        },
    ])
}

/// A token that may write, made as an operator would make it.
pub(super) fn token(bench: &Bench<'_>, directory: &Path) -> Result<String> {
    token_of(bench, directory, "bench")
}

/// A token of this name, which no other has.
pub(super) fn token_of(bench: &Bench<'_>, directory: &Path, name: &str) -> Result<String> {
    let printed = process::output(
        server::fieldmark(&bench.binary)
            .args(["token", "create", "--name", name])
            .args(["--audience", "steward", "--role", "writer", "--data"])
            .arg(directory),
    )?;
    printed
        .split(|c: char| c.is_whitespace() || c == '"')
        .find(|word| word.starts_with("fm_"))
        .map(str::to_owned)
        .context("`fieldmark token create` printed no token")
}

/// An import of one small record that no other request sends.
fn record(number: u64, token: &str) -> Request {
    Request {
        path: "/api/v1/import".to_owned(),
        headers: vec![
            ("Content-Type", "application/trig".to_owned()),
            ("Authorization", format!("Bearer {token}")),
        ],
        body: format!(
            "PREFIX id: <https://w3id.org/fieldmark/id/>\n\
             PREFIX stix: <http://docs.oasis-open.org/cti/ns/stix#>\n\
             PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n\
             id:{CLEAR} {{\n\
             id:user-account--00000000-0000-4000-8000-{number:012x} a stix:UserAccount ;\n\
             skos:prefLabel \"made_up_{number}\"@en . }}\n"
        )
        .into_bytes(),
    }
}

/// Sends a record and makes sure that it is new and committed: an import that refuses what it is
/// sent is answered with 200 as well.
fn commit(request: &Request, connection: &mut Connection) -> Result<()> {
    let body = request.send(connection)?;
    let report: Value = serde_json::from_slice(&body).context("the answer is not JSON")?;
    if report["committed"] != true || report["added"] != 1 {
        bail!("the record was not added: {report}");
    }
    Ok(())
}

/// The median of writing 4 KiB and waiting for the disk, in milliseconds.
fn fsync(directory: &Path) -> Result<f64> {
    let path = directory.join("fsync");
    let mut file: File = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .open(&path)?;
    let block = [7u8; 4096];
    let mut figures = Vec::new();
    for _ in 0..50 {
        let begun = Instant::now();
        file.write_all(&block)?;
        file.sync_all()?;
        figures.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(&figures))
}
