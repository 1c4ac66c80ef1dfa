//! Texts that would end the process, or hide from whoever measures them.

use super::*;
use crate::sparql::scan::Scan;

pub fn nest(open: &str, inner: &str, close: &str, times: usize) -> String {
    format!("{}{inner}{}", open.repeat(times), close.repeat(times))
}

#[test]
fn no_text_is_too_deep_or_too_long() {
    let (runner, store) = (runner(), store(5));
    let group = |inner: String| format!("SELECT * {{ {inner} }}");
    let filter = |inner: String| format!("SELECT * {{ ?s :p ?o FILTER({inner}) }}");
    let texts = [
        group(nest("{", "?s ?p ?o", "}", 1_000)),
        group(nest("{", "?s ?p ?o", "}", 100_000)),
        group(nest("{ SELECT * {", "?s ?p ?o", "} }", 500)),
        group(format!(
            "{{ ?s ?p ?o }} {}",
            "UNION { ?s ?p ?o } ".repeat(3_000)
        )),
        group(nest("<<( :a :b ", ":c", " )>>", 10_000)),
        group(format!("?s ?p {}", nest("<< :a :b ", ":c", " >>", 10_000))),
        group(format!("?s {} ?o", nest("(", ":p", ")*", 5_000))),
        group(format!("?s {} ?o", nest("^(", ":p", ")", 5_000))),
        group(format!("?s :p{} ?o", "/:p".repeat(5_000))),
        group(format!(
            "?s {}:p{} ?o",
            "(:p|".repeat(2_000),
            ")".repeat(2_000)
        )),
        group(format!("?s ?p {}", nest("(", "1", ")", 5_000))),
        group(format!("?s ?p {}", nest("[ :p ", "1", "]", 5_000))),
        group(nest("?s ?p ?o OPTIONAL {", "", "}", 2_000)),
        group("?s :p ?o . ".repeat(5_000)),
        group(format!("?s :p 1{}", ", 1".repeat(20_000))),
        filter("!".repeat(20_000) + "true"),
        filter("- ".repeat(20_000) + "1"),
        filter(nest("(", "1", ")", 20_000)),
        filter(format!("1{}", " + 1".repeat(20_000))),
        filter(format!("1{}", "-1".repeat(20_000))),
        filter(format!("?s{}", " || ?s".repeat(20_000))),
        filter(nest("EXISTS { ?s ?p ?o FILTER(", "true", ") }", 500)),
        filter(nest("IF(true, 1, ", "1", ")", 5_000)),
        filter(nest("1 IN (", "1", ")", 5_000)),
        "(".repeat(200_000),
        "{".repeat(200_000),
    ];
    for text in texts {
        assert_eq!(
            end(&ask(&runner, &store, &text)),
            "too big",
            "{}",
            &text[..60]
        );
    }
}

#[test]
fn the_largest_texts_within_the_limits_are_answered() {
    let store = store(5);
    let runner = Runner::new(Limits::default());
    let group = |inner: String| format!("SELECT * {{ {inner} }}");
    let filter = |inner: String| format!("SELECT * {{ ?s :p ?o FILTER({inner}) }}");
    let row = "(1 2 3) ".repeat(25_000);
    let texts = [
        group(nest("{", "?s ?p ?o", "}", 120)),
        group(nest("{ SELECT * {", "?s :p ?o", "} }", 60)),
        group(format!(
            "{{ ?s :p ?o }} {}",
            "UNION { ?s :p ?o } ".repeat(120)
        )),
        group(nest("?s :p ?o OPTIONAL {", "", "}", 60)),
        group(format!("?s {} ?o", nest("(", ":p", ")", 100))),
        group(format!("?s {} ?o", nest("(", ":p", ")+", 4))),
        group(format!("?s :p 1{}", ", 1".repeat(100))),
        filter(nest("(", "1", ")", 120)),
        filter("!".repeat(120) + "true"),
        filter(format!("?s{}", " || ?s".repeat(200))),
        filter(nest("EXISTS { ?s ?p ?o FILTER(", "true", ") }", 40)),
        format!("SELECT (COUNT(*) AS ?n) {{ VALUES (?a ?b ?c) {{ {row} }} }}"),
    ];
    for text in texts {
        let result = ask(&runner, &store, &text);
        assert_eq!(end(&result), "answer", "{}: {result:?}", &text[..60]);
    }
}

#[test]
fn no_bracket_hides_from_the_count() {
    // Each begins with something that a careless reader takes for a string, a comment or an IRI
    // that goes on; the parser does not.
    for hiding in [
        ":a\\'",
        ":a\\#",
        ":a\\\"",
        "#\r",
        "'''x'",
        "'' ",
        "?a<(1)&&?b>",
        "(?a<:b/:c&&?d>1)",
        "<http://a/#b>",
        "<a'b>",
        "?a<<http://a#b>",
        "'''\\q'",
        "<a\\u0023b>",
        "\"\\\"\"",
        "'it\\'s'",
        "# ' \" <\n",
        "?a<'\\u0041#'>1",
        "?a < 'x#'",
        "<<<http://a#s> <http://a#p> 'o#'>>",
    ] {
        let text = format!("{hiding}{}", "(".repeat(500));
        assert!(Scan::of(&text).depth >= 500, "{hiding}");
        let closing = format!("{}{hiding}{}", "(".repeat(300), nest("#", "(", "", 1));
        assert!(Scan::of(&closing).depth >= 300, "{hiding}");
    }
    for (text, depth) in [
        ("'((('", 0),
        ("\"((\\\"((\"", 0),
        ("'''(( ' ((\n'''", 0),
        ("# (((\n(", 1),
        ("<http://example.org/a_(b)>", 0),
        ("{ ?s ?p [ :q (1 2) ] }", 3),
        ("!!!true", 3),
    ] {
        assert_eq!(Scan::of(text).depth, depth, "{text}");
    }
}

#[test]
fn an_iri_can_only_be_read_as_one() {
    let (runner, store) = (runner(), store(3));
    // Everything between these brackets would be a comparison and a comment to the parser.
    let trick = format!(
        "SELECT * {{ ?s :p ?a FILTER(?a<:b#>{}\n{} 1) }}",
        ")".repeat(60),
        "(".repeat(400)
    );
    assert_eq!(end(&ask(&runner, &store, &trick)), "too big");
    let trick = "SELECT * { ?s :p ?a FILTER(?a<:b#>)))))\n 1) }";
    assert_eq!(end(&ask(&runner, &store, trick)), "parse");
    for honest in [
        "SELECT * { ?s <p> ?o }",
        "SELECT * { ?s <http://example.org/p> ?o . ?o <#it's(so)> ?x }",
        "SELECT * { <thing/0> <p> ?o FILTER(?o < ?x || 1<2 && 3 > 2) }",
        "SELECT * { VALUES (?a ?b) { (<#a> <#b>) (<#c> <#d>) } }",
        "SELECT * { ?s :p ?o FILTER(1<=5&&3>2) }",
        "SELECT * { ?s ?p <<( :a :b <http://example.org/c#d> )>> }",
    ] {
        let result = ask(&runner, &store, honest);
        assert_eq!(end(&result), "answer", "{honest}: {result:?}");
    }
}

#[test]
fn a_syntax_error_has_its_place_in_the_text_as_given() {
    let runner = runner();
    let text = "SELECT *\n{ <http://example.org/a> <http://example.org/b> } }";
    let Err(SparqlError::Parse {
        line,
        column,
        message,
    }) = runner.prepare(&asker(), text, None, &[], &[])
    else {
        panic!("this is not a query");
    };
    assert_eq!((line, column), (2, 49), "{message}");
    assert!(message.len() < 200, "{message}");
}
