//! The workspace's pages: how long the server takes for each, and how much a browser is sent, which is
//! gzip.

use super::data::{self, Million};
use super::{Bench, Row, claims, commit, median};
use crate::http::Connection;
use crate::server::Server;
use crate::{machine, place, process};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::process::Command;
use std::time::Instant;

/// Milliseconds of a page, and of the dossier of many claims.
const PAGE: f64 = 100.0;
const DOSSIER: f64 = 200.0;
/// Milliseconds from a key or a pointer to the picture.
const HAND: f64 = 200.0;
/// Kilobytes of a page, as they are sent.
const WEIGHT: f64 = 200.0;

/// Measures each page on the seed and on the synthetic triples, and the dossier of many claims.
pub fn measure(bench: &Bench<'_>, million: &Million) -> Result<Vec<Row>> {
    let seed = data::seed(bench, "web")?;
    let mut rows = Vec::new();
    // What was loaded once is kept, and with it the tokens of earlier runs.
    let name = format!("bench-web-{}", std::process::id());
    for (base, data) in [
        ("the seed", &seed),
        ("the synthetic triples", &million.data),
    ] {
        let token = commit::token_of(bench, data, &name)?;
        let server = data::serve(bench, data)?;
        rows.extend(pages(bench, base, &server, &token)?);
        rows.extend(hands(bench, base, &server)?);
        server.stop()?;
    }
    let (server, campaign) = claims::served(bench)?;
    let mut connection = server.connect();
    let path = format!("/dossier/{campaign}");
    let (took, _) = page(bench, &mut connection, &path, "")?;
    server.stop()?;
    rows.push(large(&format!("{} claims", claims::CLAIMS), took));
    Ok(rows)
}

fn pages(bench: &Bench<'_>, base: &str, server: &Server, token: &str) -> Result<Vec<Row>> {
    let mut connection = server.connect();
    let (one, other) = campaigns(&mut connection)?;
    let source = quoted_most(&mut connection)?;
    let dossier = format!("/dossier/{one}");
    let claims = claims::told_of(&mut connection, &one)?;
    let mut rows = Vec::new();
    let mut slowest = (0.0, String::new());
    let mut heaviest = (0.0, String::new());
    let open = [
        "/".to_owned(),
        "/?text=campaign".to_owned(),
        format!("/id/{one}"),
        dossier.clone(),
        format!("/changes/{one}?since=2020"),
        "/overlap".to_owned(),
        format!("/overlap?of={one}"),
        format!("/overlap?of={one}&with={other}"),
        "/timeline".to_owned(),
        format!("/timeline/{one}"),
        "/matrix".to_owned(),
        format!("/matrix?of={one}&with={other}&show=difference"),
        "/questions".to_owned(),
        "/questions/attribution?ask=1".to_owned(),
    ];
    let steward = [
        "/release?to=public".to_owned(),
        "/review".to_owned(),
        "/sharing".to_owned(),
        "/write?kind=attribution".to_owned(),
        format!("/source/{source}"),
    ];
    let open = open.into_iter().map(|path| (path, ""));
    for (path, token) in open.chain(steward.into_iter().map(|path| (path, token))) {
        let (took, weight) = page(bench, &mut connection, &path, token)?;
        println!("{base}: {path}: {took:.1} ms, {weight:.0} kB");
        if path == dossier && claims >= u64::from(claims::CLAIMS) {
            rows.push(large(&format!("{claims} claims on {base}"), took));
        } else if took > slowest.0 {
            slowest = (took, path.clone());
        }
        if weight > heaviest.0 {
            heaviest = (weight, path);
        }
    }
    rows.extend([
        Row {
            what: format!("slowest page on {base} ({})", slowest.1),
            target: format!("< {PAGE:.0} ms"),
            figure: format!("{:.0} ms", slowest.0),
            met: slowest.0 < PAGE,
        },
        Row {
            what: format!("heaviest page on {base} ({})", heaviest.1),
            target: format!("< {WEIGHT:.0} kB"),
            figure: format!("{:.0} kB", heaviest.0),
            met: heaviest.0 < WEIGHT,
        },
    ]);
    Ok(rows)
}

/// How long the neighbourhood of a campaign takes to answer a hand, in a real browser.
fn hands(bench: &Bench<'_>, base: &str, server: &Server) -> Result<Vec<Row>> {
    let Ok(browser) = machine::browser() else {
        println!("{base}: no browser is here, so the neighbourhood was not tried by hand");
        return Ok(Vec::new());
    };
    let own = place::root().join("xtask").join("clients");
    let script = machine::script(&own.join("interaction_client.mjs"), &own)?;
    let (one, _) = campaigns(&mut server.connect())?;
    let told = process::output(
        Command::new("node")
            .arg(script)
            .arg(server.base())
            .arg(browser)
            .arg(format!("/id/{one}"))
            .arg(bench.options.rounds.to_string()),
    )?;
    let told: Value = serde_json::from_str(told.trim()).context("the browser told no figures")?;
    let mut rows = Vec::new();
    for (key, what) in [
        ("light", "lighting the way from a node"),
        ("open", "opening a node"),
    ] {
        let figures = told[key].as_array().into_iter().flatten();
        let figures: Vec<f64> = figures.filter_map(Value::as_f64).collect();
        if figures.is_empty() {
            println!(
                "{base}: {what} was not measured: nothing answers a hand (cargo xtask web makes the scripts)"
            );
            continue;
        }
        let took = median(&figures);
        rows.push(Row {
            what: format!("{what} of a neighbourhood on {base}, until it is painted"),
            target: format!("< {HAND:.0} ms"),
            figure: format!("{took:.0} ms"),
            met: took < HAND,
        });
    }
    Ok(rows)
}

/// Two campaigns that a server has.
fn campaigns(connection: &mut Connection) -> Result<(String, String)> {
    let found = connection.request(
        "GET",
        "/api/v1/search?text=campaign&noun=Campaign&first=2",
        &[],
        &[],
    )?;
    let found: Value = serde_json::from_slice(&found.body).context("the search is not JSON")?;
    let id = |at: usize| {
        found["items"][at]["id"]
            .as_str()
            .map(str::to_owned)
            .context("no two campaigns are there")
    };
    Ok((id(0)?, id(1)?))
}

/// The source from which most claims are.
fn quoted_most(connection: &mut Connection) -> Result<String> {
    let query = "SELECT ?source { ?claim fm:assessor ?who ; dcterms:source ?source } \
                 GROUP BY ?source ORDER BY DESC(COUNT(?claim)) ?source LIMIT 1";
    let headers = [
        ("Content-Type", "application/sparql-query"),
        ("Accept", "application/sparql-results+json"),
    ];
    let found = connection.request("POST", "/sparql", &headers, query.as_bytes())?;
    let found: Value = serde_json::from_slice(&found.body).context("the answer is not JSON")?;
    let iri = found["results"]["bindings"][0]["source"]["value"].as_str();
    let iri = iri.context("no claim has a source")?;
    Ok(iri.rsplit('/').next().unwrap_or(iri).to_owned())
}

/// The page of a dossier over many claims.
fn large(of: &str, took: f64) -> Row {
    Row {
        what: format!("page of a dossier over {of}"),
        target: format!("< {DOSSIER:.0} ms"),
        figure: format!("{took:.0} ms"),
        met: took < DOSSIER,
    }
}

/// Milliseconds and kilobytes of a page, which is asked for once before; with a token unless it is empty.
fn page(
    bench: &Bench<'_>,
    connection: &mut Connection,
    path: &str,
    token: &str,
) -> Result<(f64, f64)> {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("Accept", "text/html"), ("Accept-Encoding", "gzip")];
    if !token.is_empty() {
        headers.push(("Authorization", &bearer));
    }
    let mut figures = Vec::new();
    let mut weight = 0;
    for _ in 0..=bench.options.rounds {
        let begun = Instant::now();
        let answer = connection.request("GET", path, &headers, &[])?;
        figures.push(begun.elapsed().as_secs_f64() * 1000.0);
        if answer.status != 200 {
            bail!("{path} answered {}", answer.status);
        }
        weight = answer.body.len();
    }
    figures.remove(0);
    Ok((median(&figures), weight as f64 / 1000.0))
}
