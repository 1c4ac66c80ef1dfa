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
        of,
        ..
    } in problems
    {
        if let Some(of) = of {
            out.push_str(&format!("of {of} "));
        }
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
            ! 3:1: The subject of a triple must be an IRI or a blank node: nonsense
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
            ! -:-: the context http://example.org/c is an address, and nothing is fetched: put what stands there into the file, in place of the address
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

/// What a format says of an input when nothing may be large.
fn told(format: Format, text: &str) -> (usize, String) {
    let bounds = Bounds {
        statements: 50,
        term_bytes: 2_000,
        json_values: 300,
        depth: 16,
        ..Bounds::default()
    };
    let mut count = 0;
    let problems = read(text.as_bytes(), format, None, &bounds, |_| count += 1).unwrap();
    let said = problems.into_iter().map(|problem| problem.message);
    (count, said.collect::<Vec<_>>().join("; "))
}

#[test]
fn an_input_costs_no_more_than_it_may_in_any_format() {
    let lines =
        |n: usize| -> String { (0..n).map(|n| format!("<x:{n}> <x:b> <x:c> .\n")).collect() };
    assert_eq!(told(Format::NQuads, &lines(50)), (50, String::new()));
    for format in [
        Format::NTriples,
        Format::NQuads,
        Format::Turtle,
        Format::TriG,
    ] {
        let (count, said) = told(format, &lines(500));
        assert!(
            count <= 50 && said.contains("more than 50 statements"),
            "{count} {said}"
        );
        let long = format!("<x:a> <x:b> \"{}\" .\n", "y".repeat(900)).repeat(3);
        let (count, said) = told(format, &long);
        assert!(
            count == 2 && said.contains("2000 bytes of terms"),
            "{count} {said}"
        );
    }
    let nodes = |n: usize| {
        let all: Vec<String> = (0..n)
            .map(|n| format!("{{\"@id\":\"x:{n}\",\"x:b\":1}}"))
            .collect();
        format!("[{}]", all.join(","))
    };
    let (count, said) = told(Format::JsonLd, &nodes(60));
    assert!(
        count <= 50 && said.contains("more than 50 statements"),
        "{count} {said}"
    );
    // Nodes that say nothing make no statement and are held all the same.
    let silent = format!("[{}{{}}]", "{\"@id\":\"x:a\"},".repeat(200));
    let (count, said) = told(Format::JsonLd, &silent);
    assert!(
        count == 0 && said.contains("values: split it"),
        "{count} {said}"
    );
    let head = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:x=\"x:\">";
    let wide = format!(
        "{head}{}</rdf:RDF>",
        "<rdf:Description rdf:about=\"x:a\"><x:b>c</x:b></rdf:Description>".repeat(60)
    );
    let (count, said) = told(Format::RdfXml, &wide);
    assert!(
        count <= 50 && said.contains("more than 50 statements"),
        "{count} {said}"
    );
}

#[test]
fn xml_nests_within_bounds_and_what_is_no_element_does_not_count() {
    let head = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:x=\"x:\">";
    let deep = |n: usize| {
        format!(
            "{head}{}{}</rdf:RDF>",
            "<rdf:Description><x:b>".repeat(n),
            "</x:b></rdf:Description>".repeat(n)
        )
    };
    let (_, said) = told(Format::RdfXml, &deep(7));
    assert_eq!(said, "");
    let (count, said) = told(Format::RdfXml, &deep(50_000));
    assert!(
        count == 0 && said.contains("nests deeper than 16"),
        "{count} {said}"
    );
    let flat = format!(
        "<?xml version=\"1.0\"?>{head}{}<x:T rdf:about=\"x:a\" x:l=\"&gt;/&lt;\"/></rdf:RDF>",
        "<!-- <a> --><![CDATA[<a>]]><?pi <a> ?>"
            .repeat(40)
            .replace("<![CDATA[<a>]]>", "")
    );
    let (count, said) = told(Format::RdfXml, &flat);
    assert_eq!((count, said.as_str()), (2, ""));
}

#[test]
fn an_entity_is_measured_as_it_is_read_or_not_taken() {
    let head = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:x=\"x:\"></rdf:RDF>";
    for declared in [
        "<!ENTITY a\u{b}\"ha\">",
        "<!ENTITY\u{b}a \"ha\">",
        "<!ENTITY a\u{c}\"ha\">",
        "<!ENTITY a\u{85}\"ha\">",
        "<!ENTITY\u{a0}a \"ha\">",
        "<!ENTITY a\"ha\">",
        "<!ENTITYa \"ha\">",
        "<!ENTITY \"ha\">",
        "<!ENTITY é \"ha\">",
    ] {
        let (_, said) = told(Format::RdfXml, &format!("<!DOCTYPE r [{declared}]>{head}"));
        assert!(
            said.contains("is not written as <!ENTITY name"),
            "{declared:?}: {said}"
        );
    }
    let (_, said) = told(
        Format::RdfXml,
        &format!("<!DOCTYPE r [<!ENTITY % a \"ha\">]>{head}"),
    );
    assert!(said.contains("parameter entity"), "{said}");
    for declared in ["<!ENTITY a \"ha\">", "<!ENTITY\n\ta-b.c\r\n\"ha\">"] {
        let (_, said) = told(Format::RdfXml, &format!("<!DOCTYPE r [{declared}]>{head}"));
        assert_eq!(said, "", "{declared:?}");
    }
}

#[test]
fn a_bad_language_tag_costs_its_statement_and_nothing_else() {
    check(
        Format::Turtle,
        "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
<x:a> <x:n> \"A\"@en , \"\u{5c3c}\"@zh-classical , \"B\"@zh-Hant-TW .
<x:b> <x:n> \"\u{99ac}\"@zh_TW ; <x:m> 'C'@fr .
<x:c> <x:n> \"Chad\"^^rdf:langString .
<x:d> <x:n> \"\"\"he wrote \"@a_b\" and \\\"@c_d\"\"\"@en .
<x:e> <x:n> \"E\" .
",
        expect![[r#"
            2: <x:a> <x:n> "A"@en
            2: <x:a> <x:n> "B"@zh-hant-tw
            3: <x:b> <x:m> "C"@fr
            5: <x:d> <x:n> "he wrote \"@a_b\" and \"@c_d"@en
            6: <x:e> <x:n> "E"
            of x:a ! 2:-: "尼"@zh-classical: "zh-classical" is no language tag: up to eight letters or digits, and - between (BCP 47), such as zh-Hant-TW
            of x:b ! 3:-: "馬"@zh_TW: "zh_TW" is no language tag: up to eight letters or digits, and - between (BCP 47), such as zh-Hant-TW
            of x:c ! 4:-: "Chad"^^rdf:langString has no language tag: write "Chad"@en, or leave the datatype away
        "#]],
    );
}

#[test]
fn what_cannot_be_read_is_quoted_and_a_context_by_address_is_named() {
    check(
        Format::Turtle,
        "<x:a> <x:n> <http://exa mple.org/> .\n<x:b> <x:n> \"a\\q\" .\n",
        expect![[r#"
            ! 1:13: Invalid IRI code point ' ': <http://exa mple.org/>
            ! 2:15: Unexpected escape character '\q'
        "#]],
    );
    check(
        Format::JsonLd,
        r#"{"@context": [{"n": "x:n"}, "https://example.org/c.jsonld"], "@id": "x:a", "n": 1}"#,
        expect![[r#"
            ! -:-: the context https://example.org/c.jsonld is an address, and nothing is fetched: put what stands there into the file, in place of the address
        "#]],
    );
    check(
        Format::JsonLd,
        r#"{"@graph": [{"@context": "https://example.org/inner", "@id": "x:a", "n": 1}]}"#,
        expect![[r#"
            ! -:-: the context https://example.org/inner is an address, and nothing is fetched: put what stands there into the file, in place of the address
        "#]],
    );
}
