//! What analysts wait for: a large dossier, the past of a large base, and a large proposal decided on.

use super::data::{self, Million};
use super::{Bench, CLEAR, Row, commit, median, stix};
use crate::http::Connection;
use crate::process::{self, cargo};
use crate::server::{self, Server};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;
use uuid::Uuid;

/// Claims about one campaign, and pieces of evidence that they rest on.
pub(super) const CLAIMS: u32 = 10_000;
const ROOTS: u32 = 2_000;

/// Milliseconds of the dossier.
const DOSSIER: f64 = 100.0;

/// Seconds to combine 100,000 claims over 10,000 propositions.
const COMBINE: f64 = 1.0;

/// Seconds until a view of the past answers the first time, and milliseconds after that.
const PAST: (f64, f64) = (20.0, 50.0);

/// Objects of a proposal, and how much of the import's rate listing and accepting them keeps.
const PROPOSED: u32 = 10_000;
const RATE: f64 = 1.0;

/// Measures a dossier of many claims, what it grows by, and how fast claims are combined.
pub fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for claims in [CLAIMS / 10, CLAIMS] {
        let (first, figure) = dossier(bench, claims)?;
        rows.push(Row {
            what: format!(
                "dossier over {claims} claims, {} roots (the first after a start: {first:.0} ms)",
                claims / 5
            ),
            target: format!("< {DOSSIER:.0} ms"),
            figure: format!("{figure:.0} ms"),
            met: figure < DOSSIER,
        });
    }
    let mut combine = cargo();
    combine.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "fieldmark-analysis",
    ]);
    combine.args(["--example", "lines"]);
    let told = process::output(&mut combine)?;
    print!("{told}");
    let seconds = told
        .lines()
        .last()
        .and_then(|line| line.parse::<f64>().ok());
    let seconds = seconds.context("the example lines tells no time")?;
    rows.push(Row {
        what: "100,000 claims over 10,000 propositions combined, one core".to_owned(),
        target: format!("< {COMBINE:.0} s"),
        figure: format!("{seconds:.2} s"),
        met: seconds < COMBINE,
    });
    rows.extend(proposal(bench)?);
    Ok(rows)
}

/// A server of its own on many claims about one campaign, and the campaign.
pub(super) fn served(bench: &Bench<'_>) -> Result<(Server, String)> {
    let (server, campaign, _) = serve(bench, CLAIMS)?;
    Ok((server, campaign))
}

fn serve(bench: &Bench<'_>, claims: u32) -> Result<(Server, String, PathBuf)> {
    let file = bench.scratch.path().join("claims.trig");
    let campaign = write(bench.options.seed, claims, &file)?;
    let data = bench.scratch.path().join(format!("claims-{claims}"));
    let mut import = server::fieldmark(&bench.binary);
    process::output(import.arg("import").arg("--data").arg(&data).arg(&file))?;
    let server = data::serve(bench, &data)?;
    Ok((server, campaign, data))
}

/// Milliseconds of the first after a start, which reads everything, and of those after it.
fn dossier(bench: &Bench<'_>, claims: u32) -> Result<(f64, f64)> {
    let (server, campaign, data) = serve(bench, claims)?;
    let mut connection = server.connect();
    let path = format!("/api/v1/dossier/{campaign}");
    let mut figures = Vec::new();
    for _ in 0..=bench.options.rounds {
        let begun = Instant::now();
        let answer = connection.request("GET", &path, &[], &[])?;
        figures.push(begun.elapsed().as_secs_f64() * 1000.0);
        let counted = affirmed(&read(&path, answer.status, &answer.body)?);
        ensure!(
            counted == u64::from(claims),
            "{counted} of {claims} claims are told of"
        );
    }
    let first = figures.remove(0);
    server.stop()?;
    fs::remove_dir_all(&data)?;
    Ok((first, median(&figures)))
}

/// How many claims a dossier tells of that affirm.
fn affirmed(dossier: &Value) -> u64 {
    let propositions = dossier["propositions"].as_array().into_iter().flatten();
    propositions
        .filter_map(|one| one["affirmed"].as_u64())
        .sum()
}

/// The same of one that is asked for.
pub(super) fn told_of(connection: &mut Connection, of: &str) -> Result<u64> {
    let path = format!("/api/v1/dossier/{of}");
    Ok(affirmed(&get(connection, &path, None)?))
}

/// The past of the synthetic triples: how long until a moment answers, and then.
pub fn past(bench: &Bench<'_>, million: &Million) -> Result<Vec<Row>> {
    // The data is kept from run to run, and so are its tokens.
    let name = format!("bench {}", Uuid::new_v4());
    let token = commit::token_of(bench, &million.data, &name)?;
    let server = million.serve(bench)?;
    let mut connection = server.connect();
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for round in 0..bench.options.rounds.min(3) {
        // Of another moment each time, so that none is kept from before.
        let path = format!(
            "/api/v1/search?text=campaign&first=10&knownAt=entry:{}",
            million.made.records - u64::from(round)
        );
        let begun = Instant::now();
        get(&mut connection, &path, Some(&token))?;
        cold.push(begun.elapsed().as_secs_f64());
        for _ in 0..bench.options.rounds {
            let begun = Instant::now();
            get(&mut connection, &path, Some(&token))?;
            warm.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
    }
    server.stop()?;
    let (cold, warm) = (median(&cold), median(&warm));
    let triples = million.made.triples;
    Ok(vec![
        Row {
            what: format!("a moment of the past over {triples} triples, first answer"),
            target: format!("< {:.0} s", PAST.0),
            figure: format!("{cold:.1} s"),
            met: cold < PAST.0,
        },
        Row {
            what: "the same moment after that".to_owned(),
            target: format!("< {:.0} ms", PAST.1),
            figure: format!("{warm:.1} ms"),
            met: warm < PAST.1,
        },
    ])
}

/// A bundle that waits, listed to its end and accepted, beside the import of the same bundle.
fn proposal(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let file = bench.scratch.path().join("proposed.json");
    stix::write(bench.options.seed, PROPOSED, &file)?;
    let bundle = fs::read(&file)?;
    let (mut imports, mut lists, mut decided) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..bench.options.rounds.min(3) {
        let fresh = |name: &str| -> Result<_> {
            let data = bench.scratch.path().join(format!("{name}-{round}"));
            process::output(
                server::fieldmark(&bench.binary)
                    .args(["audience", "list", "--data"])
                    .arg(&data),
            )?;
            let token = commit::token(bench, &data)?;
            Ok((data::serve(bench, &data)?, token))
        };
        let (server, token) = fresh("imported")?;
        let mut connection = server.connect();
        let begun = Instant::now();
        post(&mut connection, "/api/v1/import", &token, &bundle)?;
        imports.push(begun.elapsed().as_secs_f64());
        server.stop()?;
        let (server, token) = fresh("proposed")?;
        let mut connection = server.connect();
        post(
            &mut connection,
            "/api/v1/import?propose=true",
            &token,
            &bundle,
        )?;
        let begun = Instant::now();
        let (mut after, mut listed) = (0, 0);
        loop {
            let path = format!("/api/v1/proposals?after={after}");
            let page = get(&mut connection, &path, Some(&token))?;
            listed += page["proposals"].as_array().map_or(0, Vec::len);
            match page["next"].as_u64() {
                Some(next) => after = next,
                None => break,
            }
        }
        ensure!(
            listed == PROPOSED as usize,
            "{listed} of {PROPOSED} proposals are listed"
        );
        lists.push(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let all = json!({ "decision": "accept", "author": "bench" }).to_string();
        let path = "/api/v1/proposals/decisions";
        let told = post(&mut connection, path, &token, all.as_bytes())?;
        ensure!(told["decided"] == PROPOSED, "{:.400}", told.to_string());
        decided.push(begun.elapsed().as_secs_f64());
        server.stop()?;
    }
    let import = median(&imports);
    let row = |what: &str, seconds: f64| {
        let rate = |seconds: f64| f64::from(PROPOSED) / seconds;
        Row {
            what: format!("{PROPOSED} proposals {what}, beside their import"),
            target: format!(">= {RATE:.1} x"),
            figure: format!(
                "{:.2} x ({:.0}, import {:.0} objects/s)",
                import / seconds,
                rate(seconds),
                rate(import)
            ),
            met: import / seconds >= RATE,
        }
    };
    let (listed, accepted) = (median(&lists), median(&decided));
    Ok(vec![
        row("listed", listed),
        row("accepted", accepted),
        row("listed, then accepted", listed + accepted),
    ])
}

fn get(connection: &mut Connection, path: &str, token: Option<&str>) -> Result<Value> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<(&str, &str)> = bearer
        .iter()
        .map(|bearer| ("Authorization", bearer.as_str()))
        .collect();
    let answer = connection.request("GET", path, &headers, &[])?;
    read(path, answer.status, &answer.body)
}

fn post(connection: &mut Connection, path: &str, token: &str, body: &[u8]) -> Result<Value> {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("Content-Type", "application/json"),
        ("Authorization", &bearer),
    ];
    let answer = connection.request("POST", path, &headers, body)?;
    read(path, answer.status, &answer.body)
}

fn read(path: &str, status: u16, body: &[u8]) -> Result<Value> {
    if status / 100 != 2 {
        bail!(
            "{path} answered {status}: {:.400}",
            String::from_utf8_lossy(body)
        );
    }
    serde_json::from_slice(body).context("an answer is JSON")
}

/// A campaign that many attribute to ten actors, each on one or two of the pieces of evidence; says
/// the campaign's id. The same seed gives the same claims.
fn write(seed: u64, claims: u32, to: &Path) -> Result<String> {
    let mut out = BufWriter::new(File::create(to)?);
    let space = Uuid::from_u64_pair(seed, 1);
    let id =
        |kind: &str, name: String| format!("{kind}--{}", Uuid::new_v5(&space, name.as_bytes()));
    writeln!(
        out,
        "PREFIX id: <https://w3id.org/fieldmark/id/> PREFIX fm: <https://w3id.org/fieldmark/ns#>
         PREFIX stix: <http://docs.oasis-open.org/cti/ns/stix#> PREFIX prov: <http://www.w3.org/ns/prov#>
         PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX dcterms: <http://purl.org/dc/terms/>
         PREFIX edtf: <http://id.loc.gov/datatypes/edtf/>
         id:{CLEAR} {{"
    )?;
    let campaign = id("campaign", "campaign".to_owned());
    writeln!(
        out,
        "id:{campaign} a stix:Campaign ; skos:prefLabel \"A made-up campaign\"@en ."
    )?;
    let report = id("report", "report".to_owned());
    writeln!(
        out,
        "id:{report} a stix:Report ; skos:prefLabel \"A made-up report\"@en ."
    )?;
    for n in 0..200 {
        let who = id("identity", format!("who {n}"));
        writeln!(
            out,
            "id:{who} a prov:Organization , stix:Identity ; skos:prefLabel \"Assessor {n}\"@en ."
        )?;
    }
    for n in 0..10 {
        let actor = id("intrusion-set", format!("actor {n}"));
        writeln!(
            out,
            "id:{actor} a stix:IntrusionSet ; skos:prefLabel \"Actor {n}\"@en ."
        )?;
    }
    let roots = claims * ROOTS / CLAIMS;
    for n in 0..roots {
        let evidence = id("evidence", format!("evidence {n}"));
        writeln!(
            out,
            "id:{evidence} a fm:Evidence ; dcterms:description \"Data {n}.\"@en ;
             fm:category fm:technical ; fm:access fm:undisclosed ; dcterms:source id:{report} ."
        )?;
    }
    for n in 0..claims {
        let claim = id("relationship", format!("claim {n}"));
        writeln!(
            out,
            "id:{claim} a fm:Attribution , fm:Claim ; fm:subject id:{campaign} ; fm:object id:{} ;
             fm:assessor id:{} ; fm:verbatim \"words of claim {n}\"@en ; fm:polarity fm:affirms ;
             fm:scale fm:unstated ; fm:assertedAt \"2023-{:02}\"^^edtf:EDTF ; fm:basis fm:ownCollection ;
             fm:evidence id:{} , id:{} ; dcterms:source id:{report} .",
            id("intrusion-set", format!("actor {}", n % 10)),
            id("identity", format!("who {}", n % 200)),
            n % 12 + 1,
            id("evidence", format!("evidence {}", n % roots)),
            id("evidence", format!("evidence {}", n.wrapping_mul(7919) % roots)),
        )?;
    }
    writeln!(out, "}}")?;
    out.flush()?;
    Ok(campaign)
}
