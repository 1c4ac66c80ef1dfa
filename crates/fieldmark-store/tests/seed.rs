//! The seed case through the real door: every file imports without a finding, and every claim and
//! fact is there, is asked for, and is missed when it is taken away.

use fieldmark_rdf::format::Format;
use fieldmark_rdf::vocab::PREFIXES;
use fieldmark_store::gate::Credential;
use fieldmark_store::import::{ImportOptions, Verdict};
use fieldmark_store::{Base, Options, View};
use oxigraph::model::{GraphName, Quad};
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use serde::Deserialize;
use spargebra::algebra::GraphPattern;
use spargebra::{Query, SparqlParser};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How TriG begins of which everything is under TLP:CLEAR; a `}` ends it.
const CLEAR: &str =
    "PREFIX id: <https://w3id.org/fieldmark/id/> PREFIX fm: <https://w3id.org/fieldmark/ns#>
     PREFIX stix: <http://docs.oasis-open.org/cti/ns/stix#> PREFIX prov: <http://www.w3.org/ns/prov#>
     PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX dcterms: <http://purl.org/dc/terms/>
     PREFIX edtf: <http://id.loc.gov/datatypes/edtf/>
     id:marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487 {\n";

#[derive(Deserialize)]
struct Checks {
    check: Vec<Check>,
}

#[derive(Deserialize)]
struct Check {
    id: String,
    says: String,
    pattern: String,
    absent: Option<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("seed-data"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "trig"))
        .collect();
    files.sort();
    files
}

/// A data directory with the case in it, and the steward's view.
fn case(dir: &Path) -> (Base, View) {
    let base = Base::open(dir, Options::default()).unwrap();
    for file in files() {
        let input = std::fs::File::open(&file).unwrap();
        take_in(&base, input, &file.display().to_string());
    }
    let caller = base.gate().enter(Credential::Local).unwrap();
    let view = base.view(&caller.reader).unwrap();
    (base, view)
}

/// Imports TriG of which nothing is refused.
fn take_in(base: &Base, input: impl Read + Send, what: &str) {
    let caller = base.gate().enter(Credential::Local).unwrap();
    let options = ImportOptions::of(Format::TriG);
    let report = base
        .import(caller.writer.as_ref().unwrap(), input, &options, None)
        .unwrap();
    let refused: Vec<_> = report
        .entries
        .iter()
        .filter(|entry| entry.verdict == Verdict::Refused)
        .collect();
    assert!(
        refused.is_empty() && report.problems.is_empty(),
        "{what}: {refused:#?} {:?}",
        report.problems
    );
    assert!(report.committed, "{what}");
}

fn checks() -> Vec<Check> {
    let text = include_str!("seed/checks.toml");
    toml::from_str::<Checks>(text).unwrap().check
}

fn parse(pattern: &str) -> Query {
    let parser = PREFIXES
        .iter()
        .fold(SparqlParser::new(), |parser, (name, iri)| {
            parser.with_prefix(*name, *iri).unwrap()
        });
    parser.parse_query(&format!("ASK {{ {pattern} }}")).unwrap()
}

fn holds(store: &Store, query: Query) -> bool {
    match SparqlEvaluator::new()
        .for_query(query)
        .on_store(store)
        .execute()
        .unwrap()
    {
        QueryResults::Boolean(answer) => answer,
        _ => unreachable!("an ASK has a boolean"),
    }
}

/// One query for each triple pattern of a basic graph pattern, selecting what it matches.
fn lines(query: &Query) -> Vec<String> {
    fn collect(pattern: &GraphPattern, out: &mut Vec<String>) {
        match pattern {
            GraphPattern::Bgp { patterns } => out.extend(patterns.iter().map(ToString::to_string)),
            GraphPattern::Filter { inner, .. } | GraphPattern::Project { inner, .. } => {
                collect(inner, out);
            }
            GraphPattern::Join { left, right } => {
                collect(left, out);
                collect(right, out);
            }
            other => panic!("a check is a basic graph pattern, not {other}"),
        }
    }
    let Query::Ask { pattern, .. } = query else {
        panic!("a check is an ASK")
    };
    let mut out = Vec::new();
    collect(pattern, &mut out);
    out
}

#[test]
fn every_claim_and_fact_is_there_and_is_missed_when_it_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let copy = Store::new().unwrap();
    for triple in view.statements(None).unwrap() {
        copy.insert(&triple.in_graph(GraphName::DefaultGraph))
            .unwrap();
    }
    let checks = checks();
    let ids: BTreeSet<&str> = checks.iter().map(|check| check.id.as_str()).collect();
    let wanted: BTreeSet<String> = (1..=30)
        .map(|n| format!("C{n}"))
        .chain((1..=87).map(|n| format!("F{n}")))
        .collect();
    assert_eq!(ids, wanted.iter().map(String::as_str).collect());
    let mut failed = Vec::new();
    for check in &checks {
        let name = format!("{}: {}", check.id, check.says);
        let query = parse(&check.pattern);
        if !holds(&copy, query.clone()) {
            failed.push(format!("{name} is not there"));
            continue;
        }
        if check
            .absent
            .as_deref()
            .is_some_and(|absent| holds(&copy, parse(absent)))
        {
            failed.push(format!("{name}: what must not be there is"));
        }
        for line in lines(&query) {
            let construct = SparqlEvaluator::new()
                .parse_query(&format!("CONSTRUCT {{ {line} }} WHERE {{ {line} }}"))
                .unwrap();
            let QueryResults::Graph(matched) = construct.on_store(&copy).execute().unwrap() else {
                panic!("a CONSTRUCT has a graph")
            };
            let taken: Vec<Quad> = matched
                .map(|triple| triple.unwrap().in_graph(GraphName::DefaultGraph))
                .collect();
            taken.iter().for_each(|quad| {
                copy.remove(quad).unwrap();
            });
            if holds(&copy, query.clone()) {
                failed.push(format!("{name} does not miss {line}"));
            }
            taken.iter().for_each(|quad| {
                copy.insert(quad).unwrap();
            });
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_line_of_every_check_is_in_the_view_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    for check in checks() {
        for line in lines(&parse(&check.pattern)) {
            let query = view
                .prepare(&format!("ASK {{ {line} }}"), None, &[], &[])
                .unwrap();
            let rows = view.select(&query).unwrap();
            let answer = rows.rows[0][0].as_ref().unwrap().to_string();
            assert!(
                answer.starts_with("\"true\""),
                "{}: {}: {line}",
                check.id,
                check.says
            );
        }
    }
}

/// The report as it reads: its lines, without the markup of links.
fn report() -> Option<Vec<String>> {
    let path = root().join("../shared/seed/rrm-canada-2023-09-15.txt");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not here", path.display());
        return None;
    };
    let unlinked = |line: &str| {
        line.replace("](#)", "")
            .replacen('[', "", line.matches("](#)").count())
    };
    Some(text.lines().map(unlinked).collect())
}

#[test]
fn what_the_case_quotes_of_the_report_stands_in_the_line_it_names() {
    let Some(lines) = report() else { return };
    let dir = tempfile::tempdir().unwrap();
    let (_base, view) = case(dir.path());
    let asked = view
        .prepare(
            "PREFIX fm: <https://w3id.org/fieldmark/ns#> PREFIX dcterms: <http://purl.org/dc/terms/>
             SELECT ?record ?words ?place WHERE {
               VALUES ?report { <https://w3id.org/fieldmark/id/report--f0552024-4d02-51c0-a216-31526bea841e> }
               { ?record fm:verbatim ?words ; dcterms:source ?report ; fm:locator ?place . BIND(?words AS ?said) }
               UNION {
                 ?record fm:quotation ?part ; dcterms:source ?report .
                 ?part fm:verbatim ?words .
                 FILTER NOT EXISTS { ?part dcterms:source ?other . FILTER(?other != ?report) }
                 OPTIONAL { ?part fm:locator ?own } OPTIONAL { ?record fm:locator ?whole }
                 BIND(COALESCE(?own, ?whole) AS ?place)
               } }",
            None,
            &[],
            &[],
        )
        .unwrap();
    let rows = view.select(&asked).unwrap().rows;
    assert!(rows.len() > 160, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in rows {
        let text = |at: usize| match &row[at] {
            Some(oxigraph::model::Term::Literal(literal)) => literal.value().to_owned(),
            other => panic!("{other:?}"),
        };
        let (words, place) = (text(1), text(2));
        let numbers = |mark: &str| -> Vec<usize> {
            let parts = place.split([',', ';']).map(str::trim);
            parts
                .filter_map(|part| part.strip_prefix(mark)?.trim().parse().ok())
                .collect()
        };
        // A footnote is a line of its own that begins with its number.
        let notes = numbers("fn").into_iter().map(|number| {
            let mark = ['¹', '²', '³', '⁴', '⁵', '⁶'][number - 1];
            lines
                .iter()
                .position(|line| line.starts_with(mark))
                .unwrap()
                + 1
        });
        let named: Vec<usize> = numbers("L").into_iter().chain(notes).collect();
        if !named.iter().any(|line| lines[line - 1].contains(&words)) {
            wrong.push(format!("{:?}: “{words}” is not in {place}", row[0]));
        }
        let pages: Vec<usize> = numbers("p.");
        let page = |line: usize| 1 + usize::from(line > 26) + usize::from(line > 50);
        if !named.iter().all(|line| pages.contains(&page(*line))) {
            wrong.push(format!("{:?}: {place} is of another page", row[0]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn importing_the_case_again_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (base, _view) = case(dir.path());
    let operator = base
        .gate()
        .enter(Credential::Local)
        .unwrap()
        .operator
        .unwrap();
    let head = base.head(&operator).unwrap();
    drop(base);
    let (base, _view) = case(dir.path());
    let operator = base
        .gate()
        .enter(Credential::Local)
        .unwrap()
        .operator
        .unwrap();
    assert_eq!(base.head(&operator).unwrap(), head);
}

#[path = "seed/answers.rs"]
mod answers;
#[path = "seed/lens.rs"]
mod lens;
#[path = "seed/one_overlap.rs"]
mod one_overlap;
#[path = "seed/overlap.rs"]
mod overlap;
