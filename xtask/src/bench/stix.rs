//! A bundle of STIX in and out, beside the Python library that reads and writes the same file.

use super::{Bench, CLEAR, Row, commit, data, median};
use crate::server::{self, Server};
use crate::{machine, place, process};
use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// Objects of a bundle of about the size of ATT&CK's.
const BUNDLE: u32 = 20_000;

/// At least so many times the objects a second of `stix2.parse`: in the ledger, and in both views.
const DURABLE: f64 = 1.5;
const VISIBLE: f64 = 1.0;

/// At least so many times the objects a second of `bundle.serialize`.
const OUT: f64 = 1.0;

/// Megabytes a server may hold while it takes in a million objects, and how much of its rate it
/// keeps.
const MEMORY: f64 = 400.0;
const KEPT: f64 = 0.8;

/// Seconds that nobody else who writes meanwhile may wait for longer, and how long they rest between.
const WAIT: f64 = 1.0;
const REST: Duration = Duration::from_secs(1);

const EXPORT: &str = "/api/v1/export?format=stix";
const IMPORT: &str = "/api/v1/import?format=stix";

/// Measures in and out of a bundle.
pub fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let file = bench.scratch.path().join("bundle.json");
    write(bench.options.seed, BUNDLE, &file)?;
    let rounds = bench.options.rounds;
    let peer = python(&["peer", &path(&file), &rounds.to_string()])?;
    let seconds = |key: &str| -> Vec<f64> {
        let figures = peer[key].as_array().into_iter().flatten();
        figures.filter_map(Value::as_f64).collect()
    };
    let (parse, serialize) = (median(&seconds("parse")), median(&seconds("serialize")));
    let (mut durable, mut visible, mut given) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let data = bench.scratch.path().join(format!("stix-{round}"));
        let server = served(bench, &data)?;
        let told = send(&server, &file)?;
        let seconds = |key: &str| told[key].as_f64().context("a time is missing");
        durable.push(seconds("durable")?);
        visible.push(seconds("visible")?);
        // At the server, as the import: a command of its own would start first, and check what the
        // ledger took in.
        let bearer = format!("Bearer {}", server.1);
        let mut connection = server.0.connect();
        let begun = Instant::now();
        let answer = connection.request("GET", EXPORT, &[("authorization", &bearer)], &[])?;
        given.push(begun.elapsed().as_secs_f64());
        server.0.stop()?;
        ensure!(
            answer.status == 200,
            "the export is answered {}",
            answer.status
        );
        let whole: Value = serde_json::from_slice(&answer.body)?;
        let count = whole["objects"].as_array().map_or(0, Vec::len);
        ensure!(count >= BUNDLE as usize, "only {count} objects came out");
        fs::remove_dir_all(&data)?;
    }
    let row = |what: &str, target: f64, peer: f64, ours: &[f64]| {
        let ours = median(ours);
        Row {
            what: format!("{what} of {BUNDLE} STIX objects"),
            target: format!(">= {target:.1} x"),
            figure: format!(
                "{:.2} x ({:.0} objects/s)",
                peer / ours,
                f64::from(BUNDLE) / ours
            ),
            met: peer / ours >= target,
        }
    };
    Ok(vec![
        row(
            "import, in the ledger, beside stix2.parse",
            DURABLE,
            parse,
            &durable,
        ),
        row(
            "import, in both views, beside stix2.parse",
            VISIBLE,
            parse,
            &visible,
        ),
        row("export, beside bundle.serialize,", OUT, serialize, &given),
    ])
}

/// Takes in a million objects, or as many as are asked for, at a server: by themselves, then while
/// somebody else writes.
pub fn many(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let file = bench.scratch.path().join("many.json");
    write(bench.options.seed, bench.options.objects, &file)?;
    let mut rows = alone(bench, &file)?;
    rows.push(beside(bench, &file)?);
    fs::remove_file(&file)?;
    Ok(rows)
}

fn alone(bench: &Bench<'_>, file: &Path) -> Result<Vec<Row>> {
    let objects = bench.options.objects;
    let data = bench.scratch.path().join("stix-many");
    let server = served(bench, &data)?;
    let told = send(&server, file)?;
    let memory = server.0.peak()? as f64 / 1e6;
    server.0.stop()?;
    fs::remove_dir_all(&data)?;
    let lines: Vec<(f64, f64)> = told["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|line| Some((line[0].as_f64()?, line[1].as_f64()?)))
        .collect();
    let rate = |from: f64, to: f64| {
        let all = f64::from(objects);
        let mut within = lines
            .iter()
            .filter(|(_, done)| (from * all..=to * all).contains(done));
        let first = within.next()?;
        let last = within.next_back()?;
        Some((last.1 - first.1) / (last.0 - first.0))
    };
    let (first, last) = rate(0.0, 0.1)
        .zip(rate(0.9, 1.0))
        .context("too little progress was told")?;
    Ok(vec![
        Row {
            what: format!("memory of a server that takes in {objects} STIX objects"),
            target: format!("< {MEMORY:.0} MB"),
            figure: format!("{memory:.0} MB"),
            met: memory < MEMORY,
        },
        Row {
            what: "rate of their last tenth beside the first".to_owned(),
            target: format!(">= {KEPT:.1} x"),
            figure: format!(
                "{:.2} x ({first:.0}, then {last:.0} objects/s)",
                last / first
            ),
            met: last / first >= KEPT,
        },
    ])
}

/// Sends one object after another while a file comes in, from its first byte until it is in the views.
fn beside(bench: &Bench<'_>, file: &Path) -> Result<Row> {
    let data = bench.scratch.path().join("stix-beside");
    let served = served(bench, &data)?;
    let (server, token) = &served;
    let bearer = format!("Bearer {token}");
    let mut waits = Vec::new();
    std::thread::scope(|scope| -> Result<()> {
        let large = scope.spawn(|| send(&served, file));
        let mut connection = server.connect();
        while !large.is_finished() {
            let object = serde_json::to_vec(&campaign(Uuid::new_v4()))?;
            let begun = Instant::now();
            let headers = [("authorization", bearer.as_str())];
            let answer = connection.request("POST", IMPORT, &headers, &object)?;
            waits.push(begun.elapsed().as_secs_f64());
            let report: Value = serde_json::from_slice(&answer.body)?;
            ensure!(report["added"] == 1, "it was not taken: {}", answer.text());
            std::thread::sleep(REST);
        }
        let ended = large.join();
        ended
            .map_err(|_| anyhow!("the import ended badly"))?
            .map(drop)
    })?;
    served.0.stop()?;
    fs::remove_dir_all(&data)?;
    let most = waits.iter().copied().fold(0.0, f64::max);
    Ok(Row {
        what: format!(
            "wait of each of {} who write meanwhile, until they see it",
            waits.len()
        ),
        target: format!("< {WAIT:.1} s"),
        figure: format!("{most:.2} s at most, {:.2} s median", median(&waits)),
        met: most < WAIT,
    })
}

/// An object that nothing refers to.
fn campaign(id: Uuid) -> Value {
    let moment = "2024-01-01T00:00:00.000Z";
    json!({
        "type": "campaign", "spec_version": "2.1", "id": format!("campaign--{id}"),
        "created": moment, "modified": moment, "name": "One more",
        "object_marking_refs": [CLEAR],
    })
}

/// A server of a fresh directory, and a token that writes there.
fn served(bench: &Bench<'_>, data: &Path) -> Result<(Server, String)> {
    // A directory that is there already: to make one is not what is measured.
    process::output(fieldmark(bench, data).args(["audience", "list"]))?;
    let token = commit::token(bench, data)?;
    Ok((data::serve(bench, data)?, token))
}

/// Sends a file in; says when which part of it was there.
fn send((server, token): &(Server, String), file: &Path) -> Result<Value> {
    python(&["import", &server.base(), token, &path(file)])
}

fn fieldmark(bench: &Bench<'_>, data: &Path) -> Command {
    let mut command = server::fieldmark(&bench.binary);
    command.arg("--data").arg(data);
    command
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn python(arguments: &[&str]) -> Result<Value> {
    let clients = place::root().join("xtask").join("clients");
    let python = machine::python("python", &clients.join("requirements.txt"))?;
    let script: PathBuf = clients.join("stix_bench.py");
    let told = process::output(Command::new(python).arg(script).args(arguments))?;
    serde_json::from_str(&told).context("stix_bench.py tells JSON")
}

/// Writes a bundle: half of it things of five types, half relationships between them, in turn, so that
/// the end of a file is work of the same sort as its beginning. The same seed gives the same bundle, and
/// every name in it is made up.
pub fn write(seed: u64, objects: u32, to: &Path) -> Result<()> {
    const KINDS: [&str; 5] = [
        "attack-pattern",
        "malware",
        "intrusion-set",
        "campaign",
        "tool",
    ];
    let mut out = BufWriter::new(File::create(to)?);
    let space = Uuid::from_u64_pair(seed, 0);
    let id = |kind: &str, number: u32| {
        format!("{kind}--{}", Uuid::new_v5(&space, &number.to_be_bytes()))
    };
    let moment = "2024-01-01T00:00:00.000Z";
    let marking = [CLEAR];
    let kind = |number: u32| KINDS[(number % 5) as usize];
    write!(
        out,
        "{{\"type\":\"bundle\",\"id\":\"{}\",\"objects\":[",
        id("bundle", u32::MAX)
    )?;
    for number in 0..objects {
        let thing = number / 2;
        let object = if number % 2 == 0 {
            let kind = kind(thing);
            let mut object = json!({
                "type": kind, "spec_version": "2.1", "id": id(kind, thing),
                "created": moment, "modified": moment, "name": format!("{kind} {thing}"),
                "description": "words ".repeat(30), "object_marking_refs": marking,
                "external_references": [{
                    "source_name": "a list", "external_id": format!("L{thing}"),
                    "url": format!("https://example.org/{thing}"),
                }],
            });
            if kind == "malware" {
                object["is_family"] = false.into();
            }
            object
        } else {
            // From the one that came just now to any that came before.
            let to = (thing.wrapping_mul(7919) + 1) % (thing + 1);
            json!({
                "type": "relationship", "spec_version": "2.1",
                "id": id("relationship", objects + number),
                "created": moment, "modified": moment, "relationship_type": "related-to",
                "source_ref": id(kind(thing), thing), "target_ref": id(kind(to), to),
                "description": "words ".repeat(8), "object_marking_refs": marking,
            })
        };
        let comma = if number == 0 { "" } else { "," };
        write!(out, "{comma}\n{object}")?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush().context("the bundle cannot be written")
}
