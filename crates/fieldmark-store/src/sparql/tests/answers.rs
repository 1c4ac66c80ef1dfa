//! The armour changes no answer: each query gives what the bare engine gives.

use super::*;

const QUERIES: [&str; 44] = [
    "SELECT * { ?s ?p ?o }",
    "SELECT ?o { :thing\\/1 :p ?o }",
    "SELECT * { ?a :p ?b . ?b :p ?c . ?c :label ?l }",
    "SELECT DISTINCT ?t { ?a :type ?t }",
    "SELECT DISTINCT * { { ?a :p ?b } UNION { ?b :p ?a } }",
    "SELECT REDUCED ?t { ?a :type ?t }",
    "SELECT ?a ?l { ?a :label ?l } ORDER BY DESC(?l) LIMIT 3 OFFSET 2",
    "SELECT DISTINCT ?l { ?a :label ?l } ORDER BY STRLEN(?l) ?l",
    "SELECT * { ?a :p ?b OPTIONAL { ?b :p ?c } }",
    "SELECT * { ?a :p ?b OPTIONAL { ?b :p ?c OPTIONAL { ?c :label ?l FILTER(STRENDS(?l, \"4\")) } } }",
    "SELECT * { ?a :p ?b OPTIONAL { ?b :p ?c FILTER(?a != :thing) } FILTER(!BOUND(?c)) }",
    "SELECT * { ?a :p ?b MINUS { ?b :p :thing\\/3 } }",
    "SELECT * { ?a :p ?b MINUS { SELECT ?b { ?b :p ?c . ?c :p ?d } } }",
    "SELECT * { ?a :p ?b FILTER NOT EXISTS { ?b :p ?c . ?c :p ?d } }",
    "SELECT * { ?a :p ?b FILTER EXISTS { ?b :p/:p ?c . ?c :label ?l FILTER(?l != \"\") } }",
    "SELECT * { ?a :p ?b FILTER EXISTS { VALUES ?c { :thing\\/3 :thing\\/4 } ?b :p ?c } }",
    "SELECT * { ?a :p ?b FILTER NOT EXISTS { { ?b :p ?c . ?c :p ?x } UNION { ?x :p ?a . ?y :p ?x } } }",
    "SELECT * { ?a :p ?b FILTER EXISTS { ?b :p ?c OPTIONAL { ?c :p ?d . ?d :p ?e } FILTER(!BOUND(?e)) } }",
    "SELECT * { ?a :p ?b FILTER EXISTS { ?b :p _:c . _:c :p _:d } }",
    "SELECT * { ?a :p ?b FILTER EXISTS { { SELECT ?b (COUNT(*) AS ?n) { ?b :p ?c } GROUP BY ?b } FILTER(?n = 1) } }",
    "SELECT (COUNT(*) AS ?n) { ?a ?p ?b }",
    "SELECT ?t (COUNT(DISTINCT ?a) AS ?n) (SAMPLE(?t) AS ?x) { ?a :type ?t } GROUP BY ?t",
    "SELECT (GROUP_CONCAT(?l; separator=\"|\") AS ?all) { SELECT ?l { ?a :label ?l } ORDER BY ?l }",
    "SELECT (GROUP_CONCAT(DISTINCT ?t) AS ?all) { ?a :type ?t }",
    "SELECT ?n (COUNT(*) AS ?m) { ?a :label ?l BIND(STRLEN(?l) AS ?n) } GROUP BY ?n HAVING(COUNT(*) > 2)",
    "SELECT * { VALUES ?a { :thing\\/1 :thing\\/2 UNDEF } ?a :p ?b }",
    "SELECT * { VALUES (?a ?b) { (:thing\\/1 UNDEF) (UNDEF :thing\\/3) } ?a :p ?b }",
    "SELECT * { VALUES ?a { :thing\\/1 :thing\\/1 } VALUES ?a { :thing\\/1 :thing\\/2 :thing\\/1 } }",
    "SELECT * { { SELECT ?a ?b { ?a :p ?b } } { SELECT ?b ?c { ?b :p ?c } } ?c :label ?l }",
    "SELECT * { ?c :label ?l { SELECT DISTINCT ?c { ?a :p ?b . ?b :p ?c } ORDER BY ?c LIMIT 4 } }",
    "SELECT * { ?a :p+ ?b }",
    "SELECT * { ?a :p* ?b }",
    "SELECT * { ?a (:p|^:p)+ ?b }",
    "SELECT * { ?a (:p/:p)* ?b FILTER(?a != ?b) }",
    "SELECT * { :thing\\/2 :p* ?b }",
    "SELECT * { ?a :p+ :thing\\/4 }",
    "SELECT * { ?a :p+ ?a }",
    "SELECT (COUNT(*) AS ?n) { { ?a :p+ ?b } UNION { ?a :p* ?b } }",
    "SELECT * { ?a :p ?b LATERAL { SELECT ?b ?c { ?b :p ?c } LIMIT 1 } }",
    "SELECT (CONCAT(?l, \"-\", STR(?a)) AS ?x) (REPLACE(?l, \"thing (.*)\", \"$1!\") AS ?y) { ?a :label ?l }",
    "SELECT * { ?a :label ?l FILTER(LANG(CONCAT(?l, ?l)) = \"en\") }",
    "SELECT * { ?a :p ?x . ?b :p ?y FILTER(?x = ?b) }",
    "ASK { ?a :p ?b . ?b :p ?c }",
    "ASK { ?a :nothing ?b }",
];

/// The rows in words, sorted unless the query sorts them.
fn told(text: &str, rows: impl Iterator<Item = Vec<Option<Term>>>) -> Vec<String> {
    let word = |term: Option<Term>| term.map_or("-".to_owned(), |term| term.to_string());
    let mut rows: Vec<String> = rows
        .map(|row| row.into_iter().map(word).collect::<Vec<_>>().join(" "))
        .collect();
    if !text.contains("ORDER BY") {
        rows.sort();
    }
    rows
}

#[test]
fn the_armour_changes_no_answer() {
    let store = store(12);
    let runner = Runner::new(Limits::default());
    for text in QUERIES {
        let plain = format!("{PREFIX}{text}");
        let bare = SparqlEvaluator::new()
            .parse_query(&plain)
            .unwrap()
            .on_store(&store)
            .execute()
            .unwrap();
        let (variables, wanted) = match bare {
            QueryResults::Boolean(answer) => (
                vec!["answer".to_owned()],
                vec![Term::from(Literal::from(answer)).to_string()],
            ),
            QueryResults::Solutions(solutions) => {
                let names = solutions
                    .variables()
                    .iter()
                    .map(|v| v.as_str().to_owned())
                    .collect();
                (
                    names,
                    told(text, solutions.map(|row| row.unwrap().values().to_vec())),
                )
            }
            QueryResults::Graph(_) => unreachable!(),
        };
        let prepared = runner.prepare(&asker(), &plain, None, &[], &[]).unwrap();
        let rows = runner.select(&asker(), &store, &prepared).unwrap();
        // The engine may name what only it needs; nobody sees the counters.
        assert_eq!(rows.variables, variables, "{text}");
        assert_eq!(told(text, rows.rows.into_iter()), wanted, "{text}");
    }
}

#[test]
fn graphs_and_rows_come_in_every_format() {
    let (store, runner) = (store(2), Runner::new(Limits::default()));
    for (text, form, formats) in [
        (
            "SELECT ?l { ?a :label ?l }",
            Form::Select,
            ["json", "xml", "csv", "tsv"],
        ),
        (
            "ASK { ?a :label ?l }",
            Form::Ask,
            ["json", "xml", "csv", "tsv"],
        ),
        (
            "CONSTRUCT { ?a :label ?l } WHERE { ?a :label ?l }",
            Form::Construct,
            ["turtle", "ntriples", "jsonld", "rdfxml"],
        ),
        (
            "DESCRIBE ?a WHERE { ?a :p ?b }",
            Form::Describe,
            ["turtle", "ntriples", "jsonld", "rdfxml"],
        ),
    ] {
        let prepared = runner
            .prepare(&asker(), &format!("{PREFIX}{text}"), None, &[], &[])
            .unwrap();
        assert_eq!(prepared.form(), form);
        for name in formats {
            let format = ResultFormat::from_name(name, form).unwrap();
            let mut out = Vec::new();
            let result = runner.run(
                &asker(),
                &store,
                &prepared,
                format,
                &mut out,
                &CancelToken::new(),
            );
            assert_eq!(result, Ok(()), "{text} as {name}");
            let out = String::from_utf8(out).unwrap();
            let wanted = if form == Form::Ask {
                "true"
            } else {
                "thing number 1"
            };
            assert!(
                out.contains(wanted) && !out.contains("secret"),
                "{text} as {name}: {out}"
            );
        }
        let wrong = if form.is_graph() {
            ResultFormat::Json
        } else {
            ResultFormat::Turtle
        };
        let result = runner.run(
            &asker(),
            &store,
            &prepared,
            wrong,
            Vec::new(),
            &CancelToken::new(),
        );
        assert!(
            matches!(result, Err(SparqlError::WrongForm { .. })),
            "{text}"
        );
    }
}
