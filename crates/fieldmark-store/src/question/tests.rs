use super::*;
use expect_test::{Expect, expect};

fn check(text: &str, wanted: Expect) {
    let said = match Question::parse("q", text.to_owned()) {
        Ok(question) => format!(
            "{} / {} / {:?}",
            question.summary_en, question.summary_fr, question.params
        ),
        Err(error) => error.to_string(),
    };
    wanted.assert_eq(&said);
}

#[test]
fn a_header_says_what_it_takes_or_where_it_is_wrong() {
    let head = "#+ summary: Who?\n#+ summary-fr: Qui ?\n";
    check(
        &format!(
            "{head}#+ param: who record optional Who | Qui\nSELECT * {{ VALUES ?who {{ UNDEF }} ?who ?p ?o }}"
        ),
        expect![[
            r#"Who? / Qui ? / [Param { name: "who", kind: Record, need: Optional, en: "Who", fr: "Qui" }]"#
        ]],
    );
    check(
        &format!("{head}#+ param: who thing optional Who | Qui\nASK {{}}"),
        expect![[r#"queries/q.rq:3: no kind of parameter is named "thing""#]],
    );
    check(
        &format!("{head}#+ param: who record optional Who | Qui\nASK {{}}"),
        expect![
            "queries/q.rq:1: the header has no placeholder VALUES ?who { UNDEF } for its parameter"
        ],
    );
    check(
        "#+ summary: Who?\nASK {}",
        expect!["queries/q.rq:1: the header has no summary-fr"],
    );
    check(
        &format!("{head}SELECT nonsense"),
        expect!["queries/q.rq:1: error at 3:16: expected DISTINCT"],
    );
}

#[test]
fn every_shipped_question_parses_and_there_are_enough() {
    assert!(catalogue().len() >= 15, "{}", catalogue().len());
    for question in catalogue() {
        assert!(
            !question.summary_en.is_empty() && !question.summary_fr.is_empty(),
            "{}",
            question.name
        );
        assert_ne!(
            question.summary_en, question.summary_fr,
            "{}",
            question.name
        );
    }
}

#[test]
fn a_placeholder_is_filled_wherever_it_stands() {
    let mut query = spargebra::SparqlParser::new()
        .parse_query(
            "SELECT (COUNT(*) AS ?n) WHERE { VALUES ?x { UNDEF } ?x ?p ?o
             FILTER EXISTS { VALUES ?x { UNDEF } ?x ?q 1 }
             { SELECT ?x { VALUES ?x { UNDEF } ?x a ?c } } VALUES ?y { UNDEF } }",
        )
        .unwrap();
    let value: Term = NamedNode::new_unchecked("x:one").into();
    assert_eq!(bind::fill(&mut query, "x", std::slice::from_ref(&value)), 3);
    assert_eq!(query.to_string().matches("<x:one>").count(), 3);
    assert_eq!(bind::fill(&mut query, "x", &[value]), 0);
}

/// SPARQL cannot step along "whatever rests on another" any number of times, so such paths name the
/// properties; they name all of those that the ontology has.
#[test]
fn a_path_over_what_claims_rest_on_leaves_none_out() {
    let resting: Vec<String> = fieldmark_model::Derivation::ALL
        .into_iter()
        .filter(|one| one.rests())
        .map(|one| format!("fm:{}", one.name()))
        .collect();
    let mut paths = 0;
    for question in catalogue() {
        for path in question.text.split([' ', '(', ')']) {
            let steps: Vec<&str> = path.split('|').collect();
            if steps.len() < 2
                || !steps
                    .iter()
                    .any(|step| resting.iter().any(|one| one == step))
            {
                continue;
            }
            paths += 1;
            for one in &resting {
                assert!(steps.contains(&one.as_str()), "{}: {path}", question.name);
            }
        }
    }
    assert!(paths > 4, "{paths} paths");
}

/// As paths over what claims rest on: those to what is broader name every property that leads there.
#[test]
fn a_path_to_what_is_broader_leaves_none_out() {
    let local = |iri: &str| {
        let (_, local) = iri.rsplit_once(['#', '/']).unwrap();
        format!(":{local}")
    };
    let leading = fieldmark_rdf::ontology::broadening();
    let leading: Vec<String> = leading.iter().map(|one| local(one.as_str())).collect();
    let text = &find("overlap").unwrap().text;
    let paths: Vec<&str> = text
        .split(['(', ')'])
        .filter(|path| path.starts_with("skos:broader|"))
        .collect();
    assert_eq!(paths.len(), 2, "one for each side");
    for path in paths {
        let steps: Vec<&str> = path.split('|').collect();
        assert_eq!(steps.len(), leading.len(), "{path}");
        for one in &leading {
            assert!(
                steps.iter().any(|step| step.ends_with(one)),
                "{one}: {path}"
            );
        }
    }
}

#[test]
fn every_column_has_a_heading_in_both_languages_and_no_word_is_for_none() {
    let mut columns = std::collections::BTreeSet::new();
    for question in catalogue() {
        let Query::Select { pattern, .. } = &question.query else {
            panic!("{} is no SELECT", question.name)
        };
        let mut shown = Vec::new();
        pattern.on_in_scope_variable(|variable| shown.push(variable.as_str().to_owned()));
        columns.extend(shown);
    }
    assert!(columns.len() > 150, "{columns:?}");
    let lacking: Vec<_> = columns
        .iter()
        .filter(|column| {
            ["en", "fr"]
                .iter()
                .any(|lang| heading(column, lang).is_none())
        })
        .collect();
    assert!(lacking.is_empty(), "{lacking:?}");
    let idle: Vec<_> = columns::words()
        .keys()
        .filter(|word| {
            !columns.iter().any(|column| {
                column
                    .strip_prefix(word.as_str())
                    .is_some_and(|end| ["", "Label", "Title"].contains(&end))
            })
        })
        .collect();
    assert!(idle.is_empty(), "{idle:?}");
    assert_eq!(
        heading("assessorLabel", "fr").as_deref(),
        Some("évaluateur")
    );
    assert_eq!(heading("campaign", "fr").as_deref(), Some("campagne"));
    assert_eq!(
        heading("leftLink", "en").as_deref(),
        Some("said of the first in")
    );
    assert_eq!(heading("somethingElse", "en"), None);
}
