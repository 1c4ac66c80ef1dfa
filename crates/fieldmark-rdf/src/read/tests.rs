use super::*;
use expect_test::{Expect, expect};

/// Reads with small bounds and prints statements with their lines, then problems.
fn check(format: Format, text: impl AsRef<[u8]>, wanted: Expect) {
    let bounds = Bounds {
        line_bytes: 2000,
        literal_bytes: 100,
        ..Bounds::default()
    };
    let mut out = String::new();
    let problems = read(text.as_ref(), format, None, &bounds, |placed| {
        let line = placed.line.map_or("-".into(), |line| line.to_string());
        out.push_str(&format!("{line}: {}\n", placed.quad));
    })
    .unwrap();
    for Problem {
        line,
        column,
        message,
    } in problems
    {
        let place = |n: Option<u64>| n.map_or("-".into(), |n| n.to_string());
        out.push_str(&format!("! {}:{}: {message}\n", place(line), place(column)));
    }
    wanted.assert_eq(&out);
}

#[test]
fn statements_carry_their_lines_and_one_bad_one_does_not_hide_the_rest() {
    check(
        Format::Turtle,
        "@prefix x: <x:> .\nx:a x:b 1 ;\n  x:c \"two\nlines\" .\nx:d x:e bad:f .\nx:g x:h ] .\nx:i x:j 2 .\n",
        expect![[r#"
            2: <x:a> <x:b> "1"^^<http://www.w3.org/2001/XMLSchema#integer>
            7: <x:i> <x:j> "2"^^<http://www.w3.org/2001/XMLSchema#integer>
            ! 3:11: Line jumps are not allowed in string literals, use \n
            ! 5:9: The prefix bad: has not been declared: declare it on a line above, @prefix bad: <…> .
            ! 6:9: ] is not a valid RDF object
        "#]],
    );
}

#[test]
fn a_line_that_is_not_utf8_is_named_and_the_rest_is_judged() {
    check(
        Format::NQuads,
        b"<x:a> <x:b> \"caf\xE9\" .\n<x:a> <x:b> <x:c> <x:g> .\nnonsense\n",
        expect![[r#"
        1: <x:a> <x:b> "caf�"
        2: <x:a> <x:b> <x:c> <x:g>
        ! 1:17: byte 0xE9 is not UTF-8: convert the file to UTF-8 (it may be Latin-1 or UTF-16)
        ! 3:1: The subject of a triple must be an IRI or a blank node
    "#]],
    );
}

#[test]
fn long_lines_literals_and_silences_are_bounded() {
    let long = "z".repeat(3000);
    let middle = "y".repeat(200);
    check(
        Format::Turtle,
        format!("<x:a> <x:b> \"{long}\" .\n<x:a> <x:b> \"{middle}\" .\n<x:a> <x:b> 1 .\n"),
        expect![[r#"
            3: <x:a> <x:b> "1"^^<http://www.w3.org/2001/XMLSchema#integer>
            ! 1:-: the line is longer than 2000 bytes; the statement on it was not read
            ! 2:-: a literal of 200 bytes: at most 100 are taken; keep the text elsewhere and cite it
        "#]],
    );
    let silence = "words without end\n".repeat(200);
    check(
        Format::TriG,
        format!("<x:a> <x:b> 1 .\n<x:a> <x:b> \"\"\"{silence}"),
        expect![[r#"
        1: <x:a> <x:b> "1"^^<http://www.w3.org/2001/XMLSchema#integer>
        ! 118:-: no statement ended in the last 2000 bytes: is a quotation mark missing? Nothing after this line was read
    "#]],
    );
}

#[test]
fn triple_terms_are_refused_and_their_depth_is_bounded() {
    check(
        Format::NTriples,
        "<x:a> <x:b> <<( <x:c> <x:d> <x:e> )>> .\n<x:a> <x:b> <x:c> .\n",
        expect![[r#"
        2: <x:a> <x:b> <x:c>
        ! 1:-: a triple term: Fieldmark states who says so as a claim, not as a quoted triple
    "#]],
    );
    let deep = format!("<x:a> <x:b> {}", "<<( <x:a> <x:b> ".repeat(200));
    let bounds = Bounds::default();
    let problems = read(deep.as_bytes(), Format::Turtle, None, &bounds, |_| ()).unwrap();
    assert!(
        problems[0].message.contains("nest deeper than 128"),
        "{problems:?}"
    );
}

#[test]
fn json_ld_is_read_whole_and_fetches_nothing() {
    check(
        Format::JsonLd,
        r#"{"@id":"x:a","x:b":{"@id":"x:c"}}"#,
        expect![[r#"
        -: <x:a> <x:b> <x:c>
    "#]],
    );
    check(
        Format::JsonLd,
        r#"{"@context":"http://example.org/c","@id":"x:a"}"#,
        expect![[r#"
        ! -:-: No LoadDocumentCallback has been set to load remote contexts: contexts are not fetched; write it into the document
    "#]],
    );
    check(
        Format::JsonLd,
        "{\"@id\":\n",
        expect![[r#"
        ! 2:1: Parser error at line 2 column 1: Unexpected end of file, a value was expected
    "#]],
    );
    let contexts = format!("{{\"@context\":[{}{{}}]}}", "{},".repeat(5000));
    check(
        Format::JsonLd,
        contexts,
        expect![[r#"
        ! 1:397: more than 128 contexts in one list: merge them
    "#]],
    );
    check(
        Format::JsonLd,
        "[".repeat(1_000_000),
        expect![[r#"
        ! 1:129: the JSON nests deeper than 128: flatten it
    "#]],
    );
}

#[test]
fn xml_entities_are_expanded_within_bounds() {
    let head = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:x=\"x:\">";
    let body = "<rdf:Description rdf:about=\"&b;a\">\n<x:b>&b;</x:b></rdf:Description></rdf:RDF>";
    check(
        Format::RdfXml,
        format!("<!DOCTYPE r [<!ENTITY b \"x:\">]>\n{head}{body}"),
        expect![[r#"
        3: <x:a> <x:b> "x:"
    "#]],
    );
    let bomb: String = (0..30)
        .map(|n| {
            format!(
                "<!ENTITY a{} \"{}\">\n",
                n + 1,
                format!("&a{n};").repeat(10)
            )
        })
        .collect();
    let bomb = format!("<!DOCTYPE r [<!ENTITY a0 \"ha\">\n{bomb}]>\n{head}</rdf:RDF>");
    check(
        Format::RdfXml,
        bomb,
        expect![[r#"
        ! 8:1: the entity a7 expands to 64444440 bytes; at most 16777216 are taken
    "#]],
    );
    check(
        Format::RdfXml,
        format!("<!DOCTYPE r [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>{head}{body}"),
        expect![[r#"
            ! 1:14: the entity b stands outside the document; nothing outside is read
        "#]],
    );
}
