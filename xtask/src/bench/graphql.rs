//! A page of a hundred incidents with five lists each, beside the one best hand-written query.

use super::data::Million;
use super::load::{self, Request};
use super::{Bench, Row, median, sparql};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// GraphQL's time over SPARQL's, at most.
const TARGET: f64 = 2.0;

/// How often each is asked.
const TIMES: usize = 30;

/// The five lists.
const LISTS: [&str; 5] = [
    "platforms",
    "techniques",
    "narratives",
    "campaigns",
    "claims",
];

const PAGE: &str = "
{ incidents(first: 100) { nodes { id label
    platforms { nodes { id label } }
    techniques { nodes { id label } }
    narratives { nodes { id label } }
    campaigns { nodes { id label } }
    claims { nodes { id verbatim { text } } } } } }";

/// The same page by hand, written in three ways. Which is best depends on the engine's planner, so
/// the fastest is the one compared with.
const BY_HAND: [(&str, &str); 3] = [
    (
        "one sub-select, five branches",
        "SELECT ?incident ?label ?list ?far ?name WHERE {
           { SELECT ?incident ?label WHERE { ?incident a stix:Incident ; skos:prefLabel ?label } ORDER BY ?label LIMIT 100 }
           { ?incident fm:operatesOn ?far . ?far skos:prefLabel ?name . BIND(\"platforms\" AS ?list) }
           UNION { ?incident stix:uses ?far . ?far a stix:AttackPattern ; skos:prefLabel ?name . BIND(\"techniques\" AS ?list) }
           UNION { ?incident fm:conveys ?far . ?far skos:prefLabel ?name . BIND(\"narratives\" AS ?list) }
           UNION { ?incident dcterms:isPartOf ?far . ?far a stix:Campaign ; skos:prefLabel ?name . BIND(\"campaigns\" AS ?list) }
           UNION { ?far fm:subject ?incident ; fm:verbatim ?name . BIND(\"claims\" AS ?list) } }",
    ),
    (
        "a sub-select in each branch",
        "SELECT ?incident ?label ?list ?far ?name WHERE {
           { { SELECT ?incident ?label WHERE { ?incident a stix:Incident ; skos:prefLabel ?label } ORDER BY ?label LIMIT 100 } ?incident fm:operatesOn ?far . ?far skos:prefLabel ?name . BIND(\"platforms\" AS ?list) }
           UNION { { SELECT ?incident ?label WHERE { ?incident a stix:Incident ; skos:prefLabel ?label } ORDER BY ?label LIMIT 100 } ?incident stix:uses ?far . ?far a stix:AttackPattern ; skos:prefLabel ?name . BIND(\"techniques\" AS ?list) }
           UNION { { SELECT ?incident ?label WHERE { ?incident a stix:Incident ; skos:prefLabel ?label } ORDER BY ?label LIMIT 100 } ?incident fm:conveys ?far . ?far skos:prefLabel ?name . BIND(\"narratives\" AS ?list) }
           UNION { { SELECT ?incident ?label WHERE { ?incident a stix:Incident ; skos:prefLabel ?label } ORDER BY ?label LIMIT 100 } ?incident dcterms:isPartOf ?far . ?far a stix:Campaign ; skos:prefLabel ?name . BIND(\"campaigns\" AS ?list) }
           UNION { { SELECT ?incident ?label WHERE { ?incident a stix:Incident ; skos:prefLabel ?label } ORDER BY ?label LIMIT 100 } ?far fm:subject ?incident ; fm:verbatim ?name . BIND(\"claims\" AS ?list) } }",
    ),
    (
        "optional lists after one sub-select",
        "SELECT ?incident ?label ?list ?far ?name WHERE {
           { SELECT ?incident ?label WHERE { ?incident a stix:Incident ; skos:prefLabel ?label } ORDER BY ?label LIMIT 100 }
           OPTIONAL {
             { ?incident fm:operatesOn ?far . ?far skos:prefLabel ?name . BIND(\"platforms\" AS ?list) }
             UNION { ?incident stix:uses ?far . ?far a stix:AttackPattern ; skos:prefLabel ?name . BIND(\"techniques\" AS ?list) }
             UNION { ?incident fm:conveys ?far . ?far skos:prefLabel ?name . BIND(\"narratives\" AS ?list) }
             UNION { ?incident dcterms:isPartOf ?far . ?far a stix:Campaign ; skos:prefLabel ?name . BIND(\"campaigns\" AS ?list) }
             UNION { ?far fm:subject ?incident ; fm:verbatim ?name . BIND(\"claims\" AS ?list) } } }",
    ),
];

/// Times both on the same server, turn by turn.
pub fn measure(bench: &Bench<'_>, million: &Million) -> Result<Vec<Row>> {
    let server = million.serve(bench)?;
    let mut connection = server.connect();
    let page = Request {
        path: "/graphql".to_owned(),
        headers: vec![
            ("Content-Type", "application/json".to_owned()),
            ("Accept", "application/graphql-response+json".to_owned()),
        ],
        body: json!({ "query": PAGE }).to_string().into_bytes(),
    };
    let (incidents, ends) = count(&page.send(&mut connection)?)?;

    // The first round warms and compares what is found; a query too slow to be the best is left.
    let mut candidates = Vec::new();
    for (name, query) in BY_HAND {
        let request = sparql::request("/sparql", query);
        let found = match request.send(&mut connection) {
            Ok(body) => bindings(&body)?,
            Err(error) => {
                println!("by hand, {name}: left out: {error:#}");
                continue;
            }
        };
        if found != ends {
            bail!("the page has {ends} rows in its lists, but by hand ({name}) there are {found}");
        }
        let first = load::time(&mut connection, &request)?;
        println!("by hand, {name}: {first:.1} ms at first");
        candidates.push((first, name, request));
    }
    let (_, name, by_hand) = candidates
        .into_iter()
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .context("no hand-written query was answered")?;

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        ours.push(load::time(&mut connection, &page)?);
        theirs.push(load::time(&mut connection, &by_hand)?);
    }
    server.stop()?;
    let (graphql, sparql) = (median(&ours), median(&theirs));
    let ratio = graphql / sparql;
    Ok(vec![Row {
        what: format!(
            "GraphQL, {incidents} incidents with {} lists ({ends} rows; by hand: {name})",
            LISTS.len()
        ),
        target: format!("<= {TARGET} of one SPARQL"),
        figure: format!("{ratio:.2} ({graphql:.1} ms to {sparql:.1} ms)"),
        met: ratio <= TARGET,
    }])
}

/// How many incidents a page has, and how many rows stand in their lists.
fn count(body: &[u8]) -> Result<(usize, usize)> {
    let answer: Value = serde_json::from_slice(body).context("the answer is not JSON")?;
    if let Some(errors) = answer.get("errors") {
        bail!("/graphql answered with errors: {errors}");
    }
    let incidents = answer["data"]["incidents"]["nodes"]
        .as_array()
        .context("the page has no nodes")?;
    let ends = incidents
        .iter()
        .flat_map(|incident| LISTS.map(|list| &incident[list]["nodes"]))
        .map(|nodes| nodes.as_array().map_or(0, Vec::len))
        .sum();
    Ok((incidents.len(), ends))
}

fn bindings(body: &[u8]) -> Result<usize> {
    let answer: Value = serde_json::from_slice(body).context("the answer is not JSON")?;
    answer["results"]["bindings"]
        .as_array()
        .map(Vec::len)
        .context("the answer has no bindings")
}
