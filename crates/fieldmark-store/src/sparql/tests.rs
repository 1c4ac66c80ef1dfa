//! What the guards promise: every query from a stranger ends with an answer or with an error of
//! the right kind, and the armour changes no answer.

use super::*;
use oxigraph::sparql::{QueryResults, SparqlEvaluator};
use oxigraph::store::Store;
use oxrdf::{GraphName, GraphNameRef, Literal, NamedNode, Quad};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Instant;

mod answers;
mod texts;

use texts::nest;

const P: &str = "http://example.org/p";
const TYPE: &str = "http://example.org/type";
const LABEL: &str = "http://example.org/label";
const PREFIX: &str = "PREFIX : <http://example.org/> ";

/// A chain of `count` things under `:p`, each of the one type and with a label, and one private
/// triple in a graph of its own.
fn store(count: usize) -> Store {
    let store = Store::new().unwrap();
    let node = |n: usize| NamedNode::new_unchecked(format!("http://example.org/thing/{n}"));
    let name = NamedNode::new_unchecked;
    let mut loader = store.bulk_loader();
    let quads = (0..count).flat_map(|n| {
        let label =
            Literal::new_language_tagged_literal_unchecked(format!("thing number {n}"), "en");
        let graph = GraphName::DefaultGraph;
        [
            Quad::new(node(n), name(P), node(n + 1), graph.clone()),
            Quad::new(
                node(n),
                name(TYPE),
                name("http://example.org/Thing"),
                graph.clone(),
            ),
            Quad::new(node(n), name(LABEL), label, graph),
        ]
    });
    loader.load_quads(quads).unwrap();
    loader.commit().unwrap();
    let private = NamedNode::new_unchecked("urn:fieldmark:view");
    store
        .insert(&Quad::new(
            node(0),
            name(LABEL),
            Literal::from("secret"),
            private,
        ))
        .unwrap();
    store
}

pub fn asker() -> Asker {
    Asker {
        who: "tester".into(),
        audience: "steward".into(),
        steward: true,
    }
}

fn runner() -> Runner {
    Runner::new(Limits {
        time: Duration::from_millis(400),
        at_once: 8,
        ..Limits::default()
    })
}

fn ask(runner: &Runner, store: &Store, text: &str) -> Result<Rows, SparqlError> {
    let text = if text.contains("PREFIX") {
        text.to_owned()
    } else {
        format!("{PREFIX}{text}")
    };
    let prepared = runner.prepare(&asker(), &text, Some("http://example.org/"), &[], &[])?;
    runner.select(&asker(), store, &prepared)
}

/// A name for the kind of end a query came to.
fn end(result: &Result<Rows, SparqlError>) -> &'static str {
    match result {
        Ok(_) => "answer",
        Err(SparqlError::Parse { .. }) => "parse",
        Err(SparqlError::Refused { .. }) => "refused",
        Err(SparqlError::TooBig { .. }) => "too big",
        Err(SparqlError::Product { .. }) => "product",
        Err(SparqlError::TimedOut { .. }) => "late",
        Err(SparqlError::OverBudget { .. }) => "over budget",
        Err(SparqlError::Unsupported(_)) => "unsupported",
        Err(_) => "other",
    }
}

#[test]
fn nothing_is_changed_or_called_from_here() {
    let (runner, store) = (runner(), store(3));
    for text in [
        "INSERT DATA { :a :b :c }",
        "DELETE WHERE { ?s ?p ?o }",
        "LOAD <http://example.org/data>",
        "CLEAR ALL",
        "DROP ALL ; INSERT DATA { :a :b <http://example.org/c#d> }",
        "SELECT * { SERVICE <http://example.org/sparql> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o OPTIONAL { SERVICE SILENT ?s { ?s ?p ?x } } }",
        "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://example.org/> { ?s ?p ?o } } }",
        "SELECT * { ?s ?p ?o LATERAL { SERVICE <http://example.org/> { ?s ?q ?x } } }",
        "SELECT * { { SELECT ?s { { ?s ?p ?o } UNION { SERVICE <http://example.org/> { ?s ?p ?o } } } } }",
        "SELECT * { ?s ?p ?o } ORDER BY (EXISTS { SERVICE <http://example.org/> { ?s ?p ?o } })",
        "ASK { ?s ?p ?o MINUS { SERVICE <http://example.org/> { ?s ?p ?o } } }",
    ] {
        let result = ask(&runner, &store, text);
        assert_eq!(end(&result), "refused", "{text}: {result:?}");
        assert!(
            result
                .unwrap_err()
                .to_string()
                .contains("changed by import and by proposals")
        );
    }
    assert_eq!(
        end(&ask(&runner, &store, "SELECT (:unheard(1) AS ?x) { }")),
        "unsupported"
    );
}

#[test]
fn products_are_refused_where_nothing_holds_them_together() {
    let (runner, store) = (runner(), store(3));
    let list = |name: &str, rows: usize| {
        let values: String = (0..rows).map(|n| format!("{n} ")).collect();
        format!("VALUES ?{name} {{ {values} }}")
    };
    let lists = format!("SELECT * {{ {} {} }}", list("a", 2_000), list("b", 2_000));
    let short = format!("SELECT * {{ {} {} }}", list("a", 20), list("b", 20));
    let beside = format!("SELECT * {{ ?s :p ?o {} }}", list("b", 5));
    for (text, wanted) in [
        ("SELECT * { ?a :p ?b . ?c :p ?d }", "product"),
        (
            "SELECT * { ?a :p ?b . ?b :p ?c . ?x :label ?y . ?y :p ?z }",
            "product",
        ),
        ("SELECT * { ?a :p ?b OPTIONAL { ?c :p ?d } }", "product"),
        ("SELECT * { ?a :p ?b LATERAL { ?c :p ?d } }", "product"),
        (
            "SELECT * { ?a :p ?b { SELECT ?c { ?c :p ?d } } }",
            "product",
        ),
        (
            "SELECT * { ?a :p ?b . ?c :p ?d FILTER(?b > 1 && ?d > 1) }",
            "product",
        ),
        (
            "SELECT (COUNT(*) AS ?n) { { ?a :p ?b . ?c :p+ ?d } UNION { ?a :p ?b } }",
            "product",
        ),
        (&lists, "product"),
        ("SELECT * { ?a :p ?b . ?c :p ?d FILTER(?b = ?c) }", "answer"),
        ("SELECT * { ?a :p ?b . ?b :p ?c . ?a :label ?y }", "answer"),
        (
            "SELECT * { ?a :p ?b OPTIONAL { ?c :p ?d FILTER(?d = ?a) } }",
            "answer",
        ),
        (
            "SELECT * { ?a :p ?b { SELECT (COUNT(*) AS ?n) { ?c :p ?d } } }",
            "answer",
        ),
        (
            "SELECT * { ?a :p ?b { SELECT ?c { ?c :p ?d } LIMIT 2 } }",
            "answer",
        ),
        ("SELECT * { ?a :p ?b . :thing :p :other }", "answer"),
        ("SELECT * { ?a :p [ :p [ :p ?d ] ] }", "answer"),
        ("SELECT * { OPTIONAL { ?a :p ?b } }", "answer"),
        (&short, "answer"),
        (&beside, "answer"),
    ] {
        let result = ask(&runner, &store, text);
        assert_eq!(end(&result), wanted, "{text}: {result:?}");
    }
}

#[test]
fn what_never_reads_the_dataset_is_stopped_too() {
    let (runner, store) = (runner(), store(3_000));
    let same = "1 ".repeat(20_000);
    let texts = [
        // Lists of the same value.
        format!("SELECT (COUNT(*) AS ?n) {{ VALUES ?a {{ {same} }} VALUES ?a {{ {same} }} VALUES ?a {{ {same} }} }}"),
        // Their rows, looked up in vain.
        format!("SELECT * {{ VALUES ?a {{ {same} }} VALUES (?a ?c) {{ {} }} ?c :p ?b }}", "(1 2) ".repeat(20_000)),
        // Sub-queries joined in memory.
        "SELECT (COUNT(*) AS ?n) { { SELECT ?t ?a { ?a :type ?t } } { SELECT ?t ?b { ?b :type ?t } } { SELECT ?t ?c { ?c :type ?t } } }".into(),
        "SELECT * { { SELECT ?t ?a { ?a :type ?t } LIMIT 3000 } { SELECT ?t ?b { ?b :type ?t } LIMIT 3000 } ?a :nothing ?b }".into(),
        // A product that a filter holds together, sorted.
        "SELECT * { ?a :type ?t . ?b :type ?t . ?c :type ?t } ORDER BY ?a ?b ?c".into(),
        "SELECT * { ?a :p ?x . ?b :p ?y . ?c :p ?z FILTER(?a != ?b) FILTER(?b != ?c) } ORDER BY DESC(?x)".into(),
        "SELECT ?a { ?a :type ?t OPTIONAL { ?b :type ?t OPTIONAL { ?c :type ?t } } } ORDER BY ?a".into(),
        "SELECT (COUNT(DISTINCT ?a) AS ?n) { ?a :type ?t . ?b :type ?t . ?c :type ?t }".into(),
        "SELECT ?a (GROUP_CONCAT(?l) AS ?s) { ?a :type ?t . ?b :type ?t ; :label ?l . ?c :type ?t } GROUP BY ?a".into(),
        "SELECT DISTINCT ?a ?b ?c { ?a :type ?t . ?b :type ?t . ?c :type ?t } ORDER BY ?c".into(),
        "SELECT * { ?a :type ?t . ?b :type ?t . ?c :type ?t } OFFSET 100000000000".into(),
        "SELECT * { ?a :type ?t . ?b :type ?t . ?c :type ?t FILTER(?a = ?b && ?b = ?c && ?a != ?c) }".into(),
        "SELECT * { ?a :type ?t FILTER NOT EXISTS { ?b :type ?t . ?c :type ?t . ?b :nothing ?c } }".into(),
        "SELECT * { { SELECT ?t ?a { ?a :type ?t } } MINUS { { SELECT ?t ?b { ?b :type ?t } } { SELECT ?t ?c { ?c :type ?t } } } }".into(),
        "SELECT (COUNT(*) AS ?n) { ?a :p+ ?b . ?b :p+ ?c . ?c :p+ ?d }".into(),
        "SELECT (COUNT(*) AS ?n) { ?a :p* ?b }".into(),
        "SELECT (COUNT(*) AS ?n) { ?a (:p|^:p)* ?b }".into(),
        "SELECT (COUNT(*) AS ?n) { ?a ((:p*)*)* ?b }".into(),
        format!("SELECT * {{ ?a {} ?b }}", nest("(", ":p", ")+", 60)),
    ];
    for text in texts {
        let begun = Instant::now();
        let result = ask(&runner, &store, &text);
        assert!(
            matches!(end(&result), "late" | "over budget"),
            "{}: {:?}",
            &text[..60.min(text.len())],
            end(&result)
        );
        // Shown with `--show-output`, for ADR 0004.
        println!(
            "{:>6} ms  {}",
            begun.elapsed().as_millis(),
            &text[..70.min(text.len())]
        );
    }
}

#[test]
fn what_is_held_is_counted() {
    let store = store(2_000);
    let limits = Limits {
        memory: 4 << 20,
        time: Duration::from_secs(60),
        ..Limits::default()
    };
    let runner = Runner {
        measures: false,
        ..Runner::new(limits)
    };
    let double = |times: usize| {
        let binds: String = (0..times)
            .map(|n| format!("BIND(CONCAT(?x{n}, ?x{n}) AS ?x{}) ", n + 1))
            .collect();
        format!("SELECT (STRLEN(?x{times}) AS ?n) {{ BIND(\"0123456789\" AS ?x0) {binds} }}")
    };
    let long = "x".repeat(2_000);
    let texts = [
        "SELECT * { ?a :type ?t . ?b :type ?t } ORDER BY ?a".to_owned(),
        "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?a ?b { ?a :type ?t . ?b :type ?t } }".into(),
        "SELECT (GROUP_CONCAT(?l) AS ?all) { ?a :type ?t . ?b :type ?t ; :label ?l }".into(),
        format!("SELECT (GROUP_CONCAT(?l; separator=\"{long}\") AS ?all) {{ ?a :type ?t ; :label ?l . ?b :type ?t }}"),
        "SELECT (COUNT(*) AS ?n) { ?x :p ?y { SELECT ?x ?b { ?x :type ?t . ?b :type ?t } } }".into(),
        "SELECT (COUNT(*) AS ?n) { ?x :p ?y MINUS { SELECT ?x ?b { ?x :type ?t . ?b :type ?t } } }".into(),
        double(40),
        "SELECT (REPLACE(REPLACE(REPLACE(REPLACE(?x, \".\", \"$0$0$0$0$0$0$0$0$0$0\"), \".\", \"$0$0$0$0$0$0$0$0$0$0\"), \".\", \"$0$0$0$0$0$0$0$0$0$0\"), \".\", \"$0$0$0$0$0$0$0$0$0$0\") AS ?y) { BIND(\"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz\" AS ?x) }".into(),
    ];
    for text in texts {
        let result = ask(&runner, &store, &text);
        assert_eq!(
            end(&result),
            "over budget",
            "{}: {:?}",
            &text[..60],
            end(&result)
        );
    }
    let limits = Limits {
        sorted: 5_000,
        ..Limits::default()
    };
    let sorting = Runner {
        measures: false,
        ..Runner::new(limits)
    };
    for (keys, wanted) in [("?a", "answer"), ("?a ?b ?a", "over budget")] {
        let text = format!("SELECT * {{ ?a :p ?b }} ORDER BY {keys}");
        assert_eq!(end(&ask(&sorting, &store, &text)), wanted, "{text}");
    }
    // Much passes through these, little stays.
    for text in [
        "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?t { ?a :type ?t . ?b :type ?t } }",
        "SELECT ?a (COUNT(*) AS ?n) { ?a :type ?t . ?b :type ?t } GROUP BY ?a ORDER BY ?a LIMIT 3",
        "SELECT (COUNT(*) AS ?n) { ?a :label ?l BIND(CONCAT(?l, \" and more\") AS ?m) FILTER(REPLACE(?m, \"n\", \"m\") != ?l) }",
    ] {
        let result = ask(&runner, &store, text);
        assert_eq!(end(&result), "answer", "{text}: {result:?}");
    }
}

/// Groups are held by nothing that counts; the growth of the process shows them.
#[cfg(target_os = "linux")]
#[test]
fn what_is_held_without_being_counted_is_seen() {
    let store = store(3_000);
    let limits = Limits {
        memory: 96 << 20,
        time: Duration::from_secs(60),
        ..Limits::default()
    };
    let runner = Runner::new(limits);
    let result = ask(
        &runner,
        &store,
        "SELECT (COUNT(*) AS ?n) { SELECT ?a ?b (COUNT(*) AS ?m) { ?a :type ?t . ?b :type ?t } GROUP BY ?a ?b }",
    );
    assert_eq!(end(&result), "over budget", "{result:?}");
}

#[test]
fn a_view_is_one_graph_and_no_other_is_there() {
    let (runner, store) = (runner(), store(3));
    let hidden = "urn:fieldmark:view".to_owned();
    let count = |text: &str, default: &[String], named: &[String]| {
        let prepared = runner
            .prepare(&asker(), text, None, default, named)
            .unwrap();
        runner.select(&asker(), &store, &prepared).unwrap().rows[0][0]
            .clone()
            .unwrap()
            .to_string()
    };
    let (default, named) = (std::slice::from_ref(&hidden), std::slice::from_ref(&hidden));
    let number = |n: u8| format!("\"{n}\"^^<http://www.w3.org/2001/XMLSchema#integer>");
    let all = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }";
    let graphs = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }";
    assert_eq!(count(all, &[], &[]), number(9));
    assert_eq!(count(graphs, &[], &[]), number(0));
    assert_eq!(count(all, default, &[]), number(0));
    assert_eq!(count(all, &[], named), number(0));
    assert_eq!(count(graphs, &[], named), number(0));
    assert_eq!(count(graphs, default, named), number(0));
    for text in [
        "SELECT (COUNT(*) AS ?n) FROM <urn:fieldmark:view> { ?s ?p ?o }",
        "SELECT (COUNT(*) AS ?n) FROM NAMED <urn:fieldmark:view> { GRAPH ?g { ?s ?p ?o } }",
        "SELECT (COUNT(*) AS ?n) { GRAPH <urn:fieldmark:view> { ?s ?p ?o } }",
        "SELECT (COUNT(*) AS ?n) { GRAPH ?g { } }",
    ] {
        assert_eq!(count(text, &[], &[]), number(0), "{text}");
    }
    assert_eq!(store.quads_for_pattern(None, None, None, None).count(), 10);
    assert!(
        store
            .quads_for_pattern(None, None, None, Some(GraphNameRef::DefaultGraph))
            .count()
            == 9
    );
    let relative = ["not an IRI".to_owned()];
    assert!(matches!(
        runner.prepare(&asker(), all, None, &relative, &[]),
        Err(SparqlError::Dataset { .. })
    ));
}

/// Bytes that another thread may look at.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_answer_is_whole_or_an_error() {
    let store = store(3_000);
    let all = "SELECT * { ?s ?p ?o }";
    for (limits, written) in [
        (
            Limits {
                bytes: 10_000,
                ..Limits::default()
            },
            false,
        ),
        (
            Limits {
                bytes: 200_000,
                ..Limits::default()
            },
            true,
        ),
        (
            Limits {
                rows: 50,
                ..Limits::default()
            },
            false,
        ),
        (
            Limits {
                rows: 5_000,
                ..Limits::default()
            },
            true,
        ),
    ] {
        let runner = Runner::new(limits.clone());
        let prepared = runner.prepare(&asker(), all, None, &[], &[]).unwrap();
        let out = Shared::default();
        let result = runner.run(
            &asker(),
            &store,
            &prepared,
            ResultFormat::Json,
            out.clone(),
            &CancelToken::new(),
        );
        assert!(
            matches!(result, Err(SparqlError::OverBudget { .. })),
            "{limits:?}"
        );
        assert_eq!(!out.0.lock().unwrap().is_empty(), written, "{limits:?}");
        // Whoever gets rows, not bytes, is told.
        let rows = runner.select(&asker(), &store, &prepared).unwrap();
        assert!(rows.cut.is_some() && rows.rows.len() < 9_000, "{limits:?}");
    }
}

#[test]
fn a_caller_who_goes_stops_the_query() {
    let (runner, store) = (Runner::new(Limits::default()), store(3_000));
    let text =
        format!("{PREFIX}SELECT (COUNT(*) AS ?n) {{ ?a :type ?t . ?b :type ?t . ?c :type ?t }}");
    let prepared = runner.prepare(&asker(), &text, None, &[], &[]).unwrap();
    let cancel = CancelToken::new();
    let result = std::thread::scope(|scope| {
        let running = scope.spawn(|| {
            runner.run(
                &asker(),
                &store,
                &prepared,
                ResultFormat::Csv,
                Vec::new(),
                &cancel,
            )
        });
        std::thread::sleep(Duration::from_millis(50));
        cancel.cancel();
        running.join().unwrap()
    });
    assert_eq!(result, Err(SparqlError::Cancelled));
}

#[test]
fn there_is_a_bounded_number_of_places() {
    let limits = Limits {
        at_once: 1,
        time: Duration::from_millis(100),
        ..Limits::default()
    };
    let runner = Runner::new(limits);
    let (taken, has_place) = std::sync::mpsc::channel();
    let (done, may_go) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let runner = &runner;
        scope.spawn(move || {
            runner.work(&asker(), Kind::AdHoc, move || {
                taken.send(()).unwrap();
                may_go.recv().unwrap();
                Ok(())
            })
        });
        has_place.recv().unwrap();
        assert_eq!(
            runner.work(&asker(), Kind::AdHoc, || Ok(())),
            Err(SparqlError::Busy { limit: 1 })
        );
        done.send(()).unwrap();
    });
    assert_eq!(runner.work(&asker(), Kind::AdHoc, || Ok(7)), Ok(7));
    let panicked = runner.work(&asker(), Kind::AdHoc, || -> Result<(), SparqlError> {
        panic!("an engine's mistake")
    });
    assert_eq!(
        panicked,
        Err(SparqlError::Engine("an engine's mistake".into()))
    );
    assert_eq!(runner.work(&asker(), Kind::AdHoc, || Ok(7)), Ok(7));
}

#[test]
fn on_a_deep_thread_a_query_runs_where_it_is_asked_and_a_panic_is_an_error() {
    let asked = std::thread::Builder::new()
        .stack_size(super::STACK)
        .spawn(|| {
            super::thread_is_deep();
            let here = std::thread::current().id();
            let runner = Runner::new(Limits::default());
            let ran = runner.work(&asker(), Kind::AdHoc, || Ok(std::thread::current().id()));
            assert_eq!(ran, Ok(here));
            let panicked = runner.work(&asker(), Kind::AdHoc, || -> Result<(), SparqlError> {
                panic!("an engine's mistake")
            });
            assert!(matches!(panicked, Err(SparqlError::Engine(why)) if why.contains("mistake")));
            assert_eq!(runner.work(&asker(), Kind::AdHoc, || Ok(7)), Ok(7));
        });
    asked.unwrap().join().unwrap();
}
