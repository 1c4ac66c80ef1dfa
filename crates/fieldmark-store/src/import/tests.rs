//! Bad input, one kind a row: each refusal names the place and the remedy, the rest of the file is
//! judged too, and nothing is half-written.

use super::*;
use crate::gate::Credential;
use crate::{Base, Options};
use expect_test::{Expect, expect};

const HEAD: &str = "@prefix id: <https://w3id.org/fieldmark/id/> . @prefix fm: <https://w3id.org/fieldmark/ns#> . @prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix dcterms: <http://purl.org/dc/terms/> . @prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
";
const CLEAR: &str = "id:marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";
const GOOD: &str = "id:campaign--00000000-0000-4000-8000-000000000001 a stix:Campaign ; skos:prefLabel \"Good\"@en .";

fn import(text: impl AsRef<[u8]>, dry_run: bool) -> (ImportReport, usize) {
    import_within(text, dry_run, Bounds::default())
}

fn import_within(text: impl AsRef<[u8]>, dry_run: bool, bounds: Bounds) -> (ImportReport, usize) {
    let dir = tempfile::tempdir().unwrap();
    let base = Base::open(dir.path(), Options::default()).unwrap();
    let caller = base.gate().enter(Credential::Local).unwrap();
    let options = ImportOptions {
        dry_run,
        bounds,
        ..ImportOptions::of(Format::TriG)
    };
    let before = base.head(caller.operator.as_ref().unwrap()).unwrap().0;
    let report = base
        .import(
            caller.writer.as_ref().unwrap(),
            text.as_ref(),
            &options,
            None,
        )
        .unwrap();
    let after = base.head(caller.operator.as_ref().unwrap()).unwrap().0;
    (report, usize::try_from(after - before).unwrap())
}

fn told(report: &ImportReport) -> String {
    let place = |line: Option<u64>| line.map_or("-".to_owned(), |line| line.to_string());
    let mut out = String::new();
    for problem in &report.problems {
        out += &format!("file {}: {}\n", place(problem.line), problem.message);
    }
    for entry in &report.entries {
        out += &format!("{} {}\n", entry.verdict.name(report.committed), entry.name);
        for finding in &entry.findings {
            out += &format!(
                "  {} {}: {}\n",
                place(finding.line),
                finding
                    .rule
                    .as_deref()
                    .or(finding.property.as_deref())
                    .unwrap_or("-"),
                finding.message
            );
        }
    }
    out
}

/// A good record and a bad one in one file: what is said, and that the good one came in.
fn check(bad: &str, wanted: Expect) {
    let (report, written) = import(format!("{HEAD}{CLEAR} {{\n{GOOD}\n{bad}\n}}"), false);
    assert_eq!(written, 1, "{}", told(&report));
    let told = told(&report).replace("added campaign--00000000-0000-4000-8000-000000000001\n", "");
    wanted.assert_eq(&told);
}

#[test]
fn a_refused_entry_never_keeps_the_others_out() {
    // No assessor, no words.
    check(
        "id:note--00000000-0000-4000-8000-000000000002 a fm:Impact , fm:Claim ; fm:subject id:campaign--00000000-0000-4000-8000-000000000001 ;
         fm:objectText \"x\"@en ; fm:polarity fm:affirms ; fm:scale fm:unstated ; fm:dateBasis fm:undated ; dcterms:source id:report--00000000-0000-4000-8000-000000000003 .",
        expect![[r#"
            refused note--00000000-0000-4000-8000-000000000002
              4 sh:or: Quote the assessor's exact words with a language tag: fm:verbatim, or where there are several an fm:Quotation for each (fm:quotation [ a fm:Quotation ; fm:verbatim … ; fm:position 1 ; fm:locator … ]). One that came in as STIX without words says so by fm:withoutWords.
              4 sh:minCount: Name who makes the claim: at least one fm:assessor, id:identity--…. If the source hides it, make an fm:RedactedAssessor.
        "#]],
    );
    // An interval that ends before it begins, and a date there is none of.
    check(
        "id:campaign--00000000-0000-4000-8000-000000000002 a stix:Campaign ; skos:prefLabel \"B\"@en ;
         stix:first_seen \"2023-09\"^^edtf:EDTF ;
         stix:last_seen \"2023-08\"^^edtf:EDTF .",
        expect![[r#"
            refused campaign--00000000-0000-4000-8000-000000000002
              6 http://docs.oasis-open.org/cti/ns/stix#last_seen: the interval ends (2023-08) before it begins (2023-09): swap or mend the dates
        "#]],
    );
    check(
        "id:campaign--00000000-0000-4000-8000-000000000002 a stix:Campaign ; skos:prefLabel \"B\"@en ; stix:first_seen \"2023-02-30\"^^edtf:EDTF .",
        expect![[r#"
            refused campaign--00000000-0000-4000-8000-000000000002
              4 http://docs.oasis-open.org/cti/ns/stix#first_seen: "2023-02-30" is not a date: write 2023, 2023-08 or 2023-08-29 (EDTF), with ? or ~ after it if uncertain
              4 sh:pattern: The day it was first seen: write 2023, 2023-08 or 2023-08-05 as an edtf:EDTF literal, once; ?, ~ or % may follow.
        "#]],
    );
    // No name; an id of the wrong type; an id that is none.
    check(
        "id:campaign--00000000-0000-4000-8000-000000000002 a stix:Campaign .",
        expect![[r#"
            refused campaign--00000000-0000-4000-8000-000000000002
              4 sh:minCount: Give the record a name (skos:prefLabel) with a language tag, one for each language.
        "#]],
    );
    check(
        "id:report--00000000-0000-4000-8000-000000000002 a stix:Campaign ; skos:prefLabel \"B\"@en .",
        expect![[r#"
            refused report--00000000-0000-4000-8000-000000000002
              4 -: report--00000000-0000-4000-8000-000000000002 says it is a Campaign, whose ids begin with campaign--
              4 sh:pattern: Give this record an IRI of its kind: https://w3id.org/fieldmark/id/campaign--… with the UUID in lower case.
        "#]],
    );
    check(
        "id:campaign--12 a stix:Campaign ; skos:prefLabel \"B\"@en .",
        expect![[r#"
            refused <https://w3id.org/fieldmark/id/campaign--12>
              4 -: <https://w3id.org/fieldmark/id/campaign--12> is not a record: a record's IRI is https://w3id.org/fieldmark/id/type--uuid
        "#]],
    );
}

#[test]
fn a_policy_nobody_defined_is_named() {
    let (report, written) = import(
        format!("{HEAD}id:marking-definition--00000000-0000-4000-8000-00000000000f {{ {GOOD} }}"),
        false,
    );
    assert_eq!(written, 0);
    expect![[r#"
        refused campaign--00000000-0000-4000-8000-000000000001
          2 -: nobody defined the release policy <https://w3id.org/fieldmark/id/marking-definition--00000000-0000-4000-8000-00000000000f>: use a TLP marking definition's IRI, or define it as a marking definition with fm:tlp
    "#]].assert_eq(&told(&report));
    // No graph at all is no policy, and no policy means deny.
    let (report, written) = import(format!("{HEAD}{GOOD}"), false);
    assert_eq!(written, 0);
    expect![[r#"
        refused campaign--00000000-0000-4000-8000-000000000001
          2 -: campaign--00000000-0000-4000-8000-000000000001 has a statement without a release policy: put it in the graph of a marking definition, or import with --marking tlp:clear (or green, amber, amber+strict, red)
    "#]].assert_eq(&told(&report));
}

#[test]
fn a_file_that_cannot_be_read_changes_nothing_and_is_judged_to_its_end() {
    let bad = "id:campaign--00000000-0000-4000-8000-000000000002 a stix:Campaign ; skos:prefLabel nobody:knows .
        id:campaign--00000000-0000-4000-8000-000000000003 a stix:Campaign .";
    let (report, written) = import(format!("{HEAD}{CLEAR} {{\n{GOOD}\n{bad}\n}}"), false);
    assert_eq!(written, 0);
    assert!(!report.committed);
    expect![[r#"
        file 4: The prefix nobody: has not been declared: declare it on a line above, @prefix nobody: <…> .
        file 6: } is not a valid subject or graph name
        would-add campaign--00000000-0000-4000-8000-000000000001
        refused campaign--00000000-0000-4000-8000-000000000002
          4 sh:minCount: Give the record a name (skos:prefLabel) with a language tag, one for each language.
        refused campaign--00000000-0000-4000-8000-000000000003
          5 -: campaign--00000000-0000-4000-8000-000000000003 has a statement without a release policy: put it in the graph of a marking definition, or import with --marking tlp:clear (or green, amber, amber+strict, red)
    "#]].assert_eq(&told(&report));
    let (report, written) = import(b"\xFF\xFE<a> <b> <c> .", false);
    assert!(
        written == 0 && report.problems[0].message.contains("not UTF-8"),
        "{:?}",
        report.problems
    );
}

#[test]
fn a_gibibyte_in_one_literal_costs_no_memory_and_names_its_line() {
    struct Long(u64);
    impl Read for Long {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let size = buffer.len().min(usize::try_from(self.0).unwrap());
            buffer[..size].fill(b'z');
            self.0 -= size as u64;
            Ok(size)
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let base = Base::open(dir.path(), Options::default()).unwrap();
    let caller = base.gate().enter(Credential::Local).unwrap();
    let options = ImportOptions::of(Format::TriG);
    let head = format!(
        "{HEAD}{CLEAR} {{\n{GOOD}\nid:campaign--00000000-0000-4000-8000-000000000002 skos:prefLabel \""
    );
    let input = head
        .as_bytes()
        .chain(Long(1 << 30))
        .chain("\"@en .\n}".as_bytes());
    let report = base
        .import(caller.writer.as_ref().unwrap(), input, &options, None)
        .unwrap();
    assert!(!report.committed);
    assert_eq!(report.problems[0].line, Some(4), "{:?}", report.problems);
    assert!(
        report.problems[0].message.contains("longer than"),
        "{:?}",
        report.problems
    );
}

#[test]
fn a_dry_run_tells_and_changes_nothing() {
    let (report, written) = import(format!("{HEAD}{CLEAR} {{\n{GOOD}\n}}"), true);
    assert_eq!(
        (written, report.committed, report.count(Verdict::Added)),
        (0, false, 1)
    );
}

#[test]
fn a_name_is_one_line_and_no_text_steers_a_terminal() {
    let one = "id:campaign--00000000-0000-4000-8000-000000000002 a stix:Campaign ;";
    for (text, why) in [
        (r#"skos:prefLabel "A\nB"@en ."#, "a name is one line"),
        (
            r#"skos:prefLabel "A\r\nSet-Cookie: x"@en ."#,
            "a name is one line",
        ),
        (
            r#"skos:prefLabel "A"@en ; skos:altLabel "B\tC"@en ."#,
            "a name is one line",
        ),
        (r#"skos:prefLabel "A\u2028B"@en ."#, "a name is one line"),
        (r#"skos:prefLabel "A\u0000"@en ."#, "control character"),
        (
            r#"skos:prefLabel "A"@en ; dcterms:description "\u001B[2J"@en ."#,
            "control character",
        ),
    ] {
        let (report, written) =
            import(format!("{HEAD}{CLEAR} {{\n{GOOD}\n{one} {text}\n}}"), false);
        let told = told(&report);
        assert!(told.contains(why), "{text}: {told}");
        assert_eq!(written, 1, "{told}");
    }
    let lines = r#"skos:prefLabel "A"@en ; dcterms:description "one\n\ttwo"@en ."#;
    let (_, written) = import(format!("{HEAD}{CLEAR} {{\n{one} {lines}\n}}"), false);
    assert_eq!(written, 1);
}

#[test]
fn an_input_that_costs_too_much_is_told_so_and_not_judged() {
    let bounds = Bounds {
        statements: 3,
        ..Bounds::default()
    };
    let many: String = (0..50)
        .map(|n| format!("<urn:x:{n}> <urn:p> \"{n}\" .\n"))
        .collect();
    let (report, written) =
        import_within(format!("{HEAD}{CLEAR} {{ {GOOD} {many} }}"), false, bounds);
    assert_eq!((report.committed, written), (false, 0));
    assert_eq!(report.statements, 3);
    assert!(report.entries.is_empty(), "{:#?}", report.entries);
    assert!(
        report.problems[0]
            .message
            .contains("more than 3 statements"),
        "{:?}",
        report.problems
    );
}

/// What becomes of an input: what is told of it, what is referred to and not here, and every record
/// that stands then.
fn becomes(
    text: &str,
    dry_run: bool,
    import: impl FnOnce(&Base, &Writer, &ImportOptions) -> ImportReport,
) -> (String, Vec<RecordId>, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let base = Base::open(dir.path(), Options::default()).unwrap();
    let caller = base.gate().enter(Credential::Local).unwrap();
    let options = ImportOptions {
        dry_run,
        ..ImportOptions::of(Format::TriG)
    };
    let report = import(&base, caller.writer.as_ref().unwrap(), &options);
    assert_eq!(
        report.entries.len(),
        report.counts.values().sum::<usize>(),
        "{text}"
    );
    let mut stand = Vec::new();
    base.records(&caller.reader.steward().unwrap(), |record| {
        stand.push(record.canonical().to_owned());
        Ok::<_, StoreError>(())
    })
    .unwrap();
    stand.sort();
    (told(&report), report.waiting, stand)
}

#[test]
fn a_large_input_becomes_what_it_would_be_if_it_were_held() {
    let id = |kind: &str, n: usize| format!("id:{kind}--00000000-0000-4000-8000-{n:012}");
    let campaigns: String = (1..40)
        .map(|n| {
            format!(
                "{} a stix:Campaign ; skos:prefLabel \"No. {n}\"@en .\n",
                id("campaign", n)
            )
        })
        .collect();
    let (own, from, to) = (
        id("marking-definition", 77),
        id("campaign", 1),
        id("campaign", 2),
    );
    let rest = format!(
        "{CLEAR} {{\n{campaigns}
{own} a stix:MarkingDefinition ; skos:prefLabel \"Ours\"@en ; fm:tlp \"amber\" ; fm:tlpRank 2 .
# A relationship, the edge that a view makes of it, and an edge that no relationship makes.
{rel} a stix:Relationship ; stix:source_ref {from} ; stix:target_ref {tool} ; stix:relationship_type \"uses\" ; dcterms:source {report} .
{from} stix:uses {tool} .
{to} stix:uses {tool} .
# A part without a name, one that two records share, and what is no record.
{claim} a fm:Attribution , fm:Claim ; fm:subject {from} ; fm:objectText \"X\"@en ; fm:polarity fm:affirms ; fm:scale fm:unstated ; fm:dateBasis fm:undated ; fm:assessor {who} ; dcterms:source {report} ;
  fm:quotation [ a fm:Quotation ; fm:position 1 ; fm:verbatim \"suggests\"@en ] , [ a fm:Quotation ; fm:position 2 ; fm:verbatim \"is part of\"@en ] .
{from} dcterms:relation _:both . {to} dcterms:relation _:both . _:both dcterms:title \"shared\" .
<urn:x:thing> dcterms:title \"no record\" .
fm:Claim skos:prefLabel \"the ontology's own\"@en .
{bad} skos:prefLabel \"without a type\"@en .
}}
{own} {{ {secret} a stix:Campaign ; skos:prefLabel \"Under a marking of the file\"@en . }}
",
        rel = id("relationship", 5),
        report = id("report", 7),
        claim = id("x-fieldmark-claim", 8),
        who = id("identity", 9),
        tool = id("tool", 6),
        bad = id("campaign", 98),
        secret = id("campaign", 99),
    );
    let case: String = std::fs::read_dir("../../seed-data")
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "trig"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let broken = format!("{rest}{CLEAR} {{ {from} skos:prefLabel \"x\"@no_tag . }}");
    for (text, dry_run, told) in [
        (&rest, false, "added relationship--"),
        (&rest, true, "would-add relationship--"),
        (&broken, false, "refused"),
        (&case, false, "added report--"),
    ] {
        let text = format!("{HEAD}{text}");
        let sorted = becomes(&text, dry_run, |base, writer, options| {
            base.import(writer, text.as_bytes(), options, None).unwrap()
        });
        let held = becomes(&text, dry_run, |base, writer, options| {
            let mut statements = Vec::new();
            let (format, bounds) = (Format::TriG, Bounds::default());
            let push = |placed| statements.push(placed);
            let problems = read::read(text.as_bytes(), format, None, &bounds, push).unwrap();
            let foreign = Foreign {
                statements: derived::without(statements).0,
                problems,
                ..Foreign::default()
            };
            base.take(writer, foreign, options).unwrap()
        });
        assert!(held.0.contains(told), "{}", held.0);
        assert_eq!(sorted.0, held.0);
        assert_eq!(sorted.1, held.1);
        assert!(sorted.2 == held.2, "other records");
    }
}

#[test]
fn an_input_that_is_mostly_blank_nodes_is_held_within_bounds() {
    let parts: String = (0..60)
        .map(|n| format!("[] dcterms:title \"{n}\" .\n"))
        .collect();
    let bounds = Bounds {
        held: 10,
        ..Bounds::default()
    };
    let (report, written) =
        import_within(format!("{HEAD}{CLEAR} {{ {GOOD} {parts} }}"), false, bounds);
    assert_eq!((report.committed, written), (false, 0));
    assert_eq!(report.statements, 62);
    let why = &report.problems[0].message;
    assert!(why.starts_with("more than 10 statements"), "{why}");
}
