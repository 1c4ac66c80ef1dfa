use super::*;
use crate::testing::Made;
use expect_test::expect;
use fieldmark_rdf::vocab::properties;
use oxrdf::NamedNodeRef;
use std::io::Cursor;

const ATTRIBUTIONS: &str = r#"
language = "en"
source = "Table of attributions"
dates = "dmy"
[[record]]
name = "campaign"
noun = "Campaign"
label = "name"
key = "id"
scope = "example"
required = true
first_seen = "seen"
[[claim]]
kind = "Attribution"
subject = "campaign"
object = "actor"
split = [";", " and "]
assessor_column = "who"
asserted = "said on"
[claim.known]
"Freedonia" = "identity--00000000-0000-4000-8000-000000000001"
"#;

const TABLE: &str = "id,name,actor,who,said on,seen
1,North,Freedonia; Sylvania,Desk A,31/12/2023,2023
1,North,\"persons close to
the palace\",Desk B,,2023
2,South,Freedonia,,1/2/2023,2022
,West,Freedonia,Desk A,,2021
4,East,Freedonia,Desk A,soon,2021
5,Odd,Freedonia,Desk A
";

/// As the binary does it.
fn mapping_of(text: &str) -> Result<Mapping, MappingError> {
    let table: toml::Table = toml::from_str(text).unwrap();
    Mapping::parse(&serde_json::to_string(&table).unwrap())
}

fn lines(taken: &Made) -> Vec<String> {
    taken
        .strays
        .iter()
        .map(|stray| format!("{}: {}", stray.line.unwrap_or_default(), stray.why))
        .collect()
}

fn adopt(bytes: &[u8], mapping: &Mapping) -> Made {
    Made::by(|each| super::adopt(Cursor::new(bytes), mapping, each).unwrap())
}

fn values_of(taken: &Made, property: NamedNodeRef<'_>) -> Vec<String> {
    let mut found: Vec<String> = taken
        .statements
        .iter()
        .filter(|placed| placed.quad.predicate.as_ref() == property)
        .map(|placed| placed.quad.object.to_string())
        .collect();
    found.sort();
    found
}

#[test]
fn each_attribution_is_a_claim_and_each_bad_row_is_listed_with_its_line() {
    let taken = adopt(TABLE.as_bytes(), &mapping_of(ATTRIBUTIONS).unwrap());
    assert_eq!(taken.problems, []);
    assert_eq!(values_of(&taken, properties::FM_OBJECT).len(), 1);
    expect![[r#"
        [
            "\"Sylvania\"@en",
            "\"persons close to the palace\"@en",
        ]
    "#]]
    .assert_debug_eq(&values_of(&taken, properties::FM_OBJECT_TEXT));
    expect![[r#"
        [
            "\"Freedonia; Sylvania\"@en",
            "\"Freedonia; Sylvania\"@en",
            "\"persons close to\\nthe palace\"@en",
        ]
    "#]]
    .assert_debug_eq(&values_of(&taken, properties::FM_VERBATIM));
    assert_eq!(values_of(&taken, properties::FM_ASSERTED_AT).len(), 2);
    assert!(values_of(&taken, properties::FM_ASSERTED_AT)[0].starts_with("\"2023-12-31\""));
    let found = lines(&taken);
    assert_eq!(found.len(), 4, "{found:#?}");
    for (line, start) in found.iter().zip([
        "5: column \"who\"",
        "6: column \"id\"",
        "7: column \"said on\"",
        "8: it has 4 cells",
    ]) {
        assert!(line.starts_with(start), "{line}");
    }
    let windows = TABLE.replace('\n', "\r\n");
    let taken_there = adopt(windows.as_bytes(), &mapping_of(ATTRIBUTIONS).unwrap());
    assert_eq!(lines(&taken_there), found);
    let again = adopt(TABLE.as_bytes(), &mapping_of(ATTRIBUTIONS).unwrap());
    assert_eq!(taken, again);
}

#[test]
fn the_encoding_is_given_or_detected_and_bad_bytes_refuse_their_row() {
    let mapping = "[[record]]\nname = \"incident\"\nnoun = \"Incident\"\nlabel = \"nom\"\n";
    let table = b"nom\nLa rivi\xe8re gel\xe9e et la for\xeat\n";
    for given in ["", "encoding = \"windows-1252\"\n"] {
        let taken = adopt(table, &mapping_of(&format!("{given}{mapping}")).unwrap());
        let names = values_of(&taken, properties::SKOS_PREF_LABEL);
        assert_eq!(names, ["\"La rivière gelée et la forêt\"@und"], "{given}");
        assert_eq!(taken.notes, ["read as windows-1252"]);
    }
    let wrong = mapping_of(&format!("encoding = \"utf-8\"\n{mapping}")).unwrap();
    let taken = adopt(table, &wrong);
    assert!(
        lines(&taken)[0].starts_with("2: cell 1 holds bytes"),
        "{taken:?}"
    );
}

#[test]
fn a_mapping_that_does_not_fit_says_what_to_mend() {
    for (text, wanted) in [
        ("colour = 1", "unknown field `colour`"),
        (
            "[[record]]\nname=\"a\"\nnoun=\"Planet\"\nlabel=\"x\"",
            "no noun",
        ),
        (
            "[[relationship]]\nfrom=\"a\"\ntype=\"uses\"\nto=\"b\"",
            "no [[record]]",
        ),
    ] {
        let error = mapping_of(text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
    let mapping = mapping_of("[[record]]\nname=\"a\"\nnoun=\"Event\"\nlabel=\"x\"").unwrap();
    let taken = adopt(b"y\n1\n", &mapping);
    assert!(taken.problems[0].message.contains("[\"x\"]"), "{taken:?}");
}

#[test]
fn two_long_lists_in_a_row_do_not_multiply_without_end() {
    let mapping = mapping_of(
        "[[record]]\nname = \"a\"\nnoun = \"Campaign\"\nlabel = \"a\"\nsplit = [\";\"]\n[[record]]\nname = \"b\"\nnoun = \"Location\"\nlabel = \"b\"\nsplit = [\";\"]\n[[relationship]]\nfrom = \"a\"\ntype = \"targets\"\nto = \"b\"\n",
    )
    .unwrap();
    let list = |n: usize| (0..n).map(|n| n.to_string()).collect::<Vec<_>>().join(";");
    let table = format!("a,b\n{},{}\n1,2\n", list(700), list(700));
    let taken = adopt(table.as_bytes(), &mapping);
    assert_eq!(
        lines(&taken),
        ["2: it links 700 records with 700: at most 10000 links of a row are taken; split the row"]
    );
    assert!(
        taken.problems.is_empty() && !taken.statements.is_empty(),
        "the other row is taken"
    );
    assert!(taken.statements.len() < 100, "{}", taken.statements.len());
}

const CASES: &str = r#"
source = "Table of cases"
language = "en"
[[record]]
name = "incident"
noun = "Incident"
label = "Title"
key = "No"
first_seen = "Date"
required = true
[[record]]
name = "technique"
noun = "Technique"
label = "Techniques"
split = [";"]
[[relationship]]
from = "incident"
type = "uses"
to = "technique"
[[claim]]
kind = "Attribution"
subject = "incident"
object = "Actor"
split = ["+"]
assessor_column = "Who"
"#;

#[test]
fn columns_that_the_mapping_does_not_use_may_be_nameless_or_of_one_name() {
    let mapping = mapping_of(CASES).unwrap();
    let table = "No,Title,Date,Techniques,Actor,Who,,Note,Note,
1,One,2023-12-31 00:00:00,T0049,Freedonia,Desk,,a,b,
2,Two,2023-12-30,T0049,Freedonia,Desk,left over,a,b
3,Three,2023-12-30,T0049,Freedonia,Desk,,a,b,,
4,Four,2023-12-30,T0049,Freedonia,Desk,,a,b,,stray
5,Five,2023-12-30,T0049,Freedonia,Desk
";
    let taken = adopt(table.as_bytes(), &mapping);
    assert_eq!(taken.problems, []);
    assert_eq!(
        lines(&taken),
        [
            "5: it has 11 cells and the first line has 10: quote cells that hold the delimiter",
            "6: it has 6 cells and the first line has 10: quote cells that hold the delimiter",
        ]
    );
    assert!(values_of(&taken, properties::STIX_FIRST_SEEN)[2].starts_with("\"2023-12-31\""));
    let twice = adopt(b"No,Title,Date,Techniques,Actor,Who,Date\n", &mapping);
    assert_eq!(
        twice.problems[0].message,
        "2 columns are called \"Date\" (number 3 and 7): give them names of their own"
    );
}

#[test]
fn a_table_may_say_what_separates_its_cells_and_a_wrong_delimiter_is_named() {
    let mapping = mapping_of(CASES).unwrap();
    let rows = "No;Title;Date;Techniques;Actor;Who\r\n1;One;2023;T0049;Freedonia;Desk\r\n2;Two;soon;;;\r\n";
    let taken = adopt(format!("sep=;\r\n{rows}").as_bytes(), &mapping);
    assert_eq!(taken.problems, []);
    assert_eq!(values_of(&taken, properties::FM_SUBJECT).len(), 1);
    assert!(
        lines(&taken)[0].starts_with("4: column \"Date\": \"soon\""),
        "{taken:?}"
    );
    let taken = adopt(rows.as_bytes(), &mapping);
    let why = &taken.problems[0].message;
    assert!(why.ends_with("say delimiter = \";\""), "{why}");
}

#[test]
fn words_for_nobody_are_nobody_where_the_mapping_says_so_and_told_where_it_does_not() {
    let table = "No,Title,Date,Techniques,Actor,Who
1,One,2023,,Unknown,Desk
2,Two,N/A,,unknown+Freedonia,Desk
3,Three,2023,,-,Not available
";
    let empty = r#"empty = ["Unknown", "N/A", "-", "Not available"]"#;
    let taken = adopt(
        table.as_bytes(),
        &mapping_of(&format!("{empty}{CASES}")).unwrap(),
    );
    assert_eq!((lines(&taken), taken.notes.len()), (vec![], 1), "{taken:?}");
    assert_eq!(
        values_of(&taken, properties::FM_OBJECT_TEXT),
        ["\"Freedonia\"@en"]
    );
    let taken = adopt(table.as_bytes(), &mapping_of(CASES).unwrap());
    assert_eq!(
        lines(&taken),
        [
            "3: column \"Date\": \"N/A\" is not a date; if it means none, say empty = [\"N/A\"] in the mapping"
        ]
    );
    expect![[r#"
        [
            "read as UTF-8",
            "\"-\" is taken for a name once (column \"Actor\", first on line 4): if it means nobody, say empty = [\"-\"] in the mapping",
            "\"Not available\" is taken for a name once (column \"Who\", first on line 4): if it means nobody, say empty = [\"Not available\"] in the mapping",
            "\"Unknown\" is taken for a name once (column \"Actor\", first on line 2): if it means nobody, say empty = [\"Unknown\"] in the mapping",
        ]
    "#]].assert_debug_eq(&taken.notes);
}

#[test]
fn techniques_are_known_by_number_and_none_is_made_of_one() {
    let table = "No,Title,Date,Techniques,Actor,Who
1,One,2023,T0049.003; T0049 Flood Information Space ;T9999,Freedonia,Desk
2,Two,2023,TA17,Freedonia,Desk
";
    let taken = adopt(table.as_bytes(), &mapping_of(CASES).unwrap());
    let used = values_of(&taken, properties::STIX_TARGET_REF);
    let known = ["T0049.003", "T0049", "TA17"].map(|number| {
        let id = crate::disarm::numbered(number).unwrap();
        format!("<{}>", id.iri())
    });
    let mut known = known.to_vec();
    known.sort();
    assert_eq!(used, known);
    // Two incidents, the table, and who says so on each row.
    assert_eq!(values_of(&taken, properties::SKOS_PREF_LABEL).len(), 5);
    let told = lines(&taken);
    assert!(
        told.len() == 1 && told[0].starts_with("2: DISARM has nothing numbered T9999"),
        "{told:?}"
    );
}

#[test]
fn a_second_table_links_to_the_records_of_the_first_and_says_nothing_of_them() {
    let first = "[[record]]\nname = \"incident\"\nnoun = \"Incident\"\nlabel = \"Title\"\nkey = \"No\"\nscope = \"cases\"\n";
    let second = "[[record]]\nname = \"incident\"\nnoun = \"Incident\"\nlabel = \"of\"\nscope = \"cases\"\nelsewhere = true\n[[record]]\nname = \"technique\"\nnoun = \"Technique\"\nlabel = \"technique\"\n[[relationship]]\nfrom = \"incident\"\ntype = \"uses\"\nto = \"technique\"\n";
    let made = adopt(b"No,Title\n7,Seven\n", &mapping_of(first).unwrap());
    let linked = adopt(b"of,technique\n7,T0049\n", &mapping_of(second).unwrap());
    let subject = made.statements[0].quad.subject.to_string();
    assert_eq!(values_of(&linked, properties::STIX_SOURCE_REF), [subject]);
    assert_eq!(values_of(&linked, properties::SKOS_PREF_LABEL), [""; 0]);
}

#[test]
fn what_a_bad_row_would_have_stated_first_is_stated_by_the_next() {
    let mapping = mapping_of(CASES).unwrap();
    let rows = "1,One,2023,T0049,Freedonia,\n1,One,2023,T0049,Freedonia,Desk\n";
    let table = format!("No,Title,Date,Techniques,Actor,Who\n{rows}");
    let taken = adopt(table.as_bytes(), &mapping);
    assert_eq!(lines(&taken).len(), 1, "nobody makes the first row’s claim");
    let linked = values_of(&taken, properties::STIX_TARGET_REF).len();
    // The relationship and the claim, each with its place.
    assert_eq!(
        (linked, values_of(&taken, properties::FM_LOCATOR).len()),
        (1, 2)
    );
}

#[test]
fn one_outlet_in_six_spellings_is_one_channel() {
    let mapping = mapping_of(
        "[[record]]\nname = \"outlet\"\nnoun = \"Channel\"\nlabel = \"outlet\"\n[record.known]\n\"Gazette \u{e9}t\u{e9}\" = \"channel--00000000-0000-4000-8000-000000000001\"\n",
    )
    .unwrap();
    let table = "outlet\nCaf\u{e9} Noir\nCafe\u{301} Noir\nCaf\u{e9}\u{a0}Noir\n Caf\u{e9}  Noir\n\u{202a}Caf\u{e9} Noir\u{202c}\nCaf\u{e9}\u{200b} Noir\ncaf\u{e9} noir\nGazette e\u{301}te\u{301}\n";
    let taken = adopt(table.as_bytes(), &mapping);
    assert_eq!(lines(&taken), [""; 0]);
    let mut names = values_of(&taken, properties::SKOS_PREF_LABEL);
    names.dedup();
    assert_eq!(
        names,
        ["\"Café Noir\"@und", "\"café noir\"@und"],
        "case tells, and one is here already"
    );
}

#[test]
fn a_table_is_read_row_by_row_and_one_row_has_an_end() {
    let mapping = mapping_of(ATTRIBUTIONS).unwrap();
    // A quote that is left open is told before memory is full of one row.
    let table = format!(
        "id,name,actor,who,said on,seen\n1,\"North{}",
        "x,\n".repeat(6 << 20)
    );
    let refused = super::adopt(Cursor::new(table), &mapping, &mut |_| {});
    let why = refused.unwrap_err().to_string();
    assert!(why.starts_with("after line 1"), "{why}");
    assert!(why.contains("a quote was left open"), "{why}");
    // An encoding is known by all of a table, not by its beginning.
    let mut table = b"id,name,actor,who,said on,seen\n".to_vec();
    for row in 0..20_000 {
        table.extend(format!("{row},North {row},Freedonia,Desk A,,2023\n").bytes());
    }
    table.extend(b"x,Orl\xe9ans,Freedonia,Desk A,,2023\n");
    let taken = adopt(&table, &mapping);
    assert_eq!(taken.notes[0], "read as windows-1252");
    let names = values_of(&taken, properties::SKOS_PREF_LABEL);
    assert!(names.iter().any(|name| name.contains("Orléans")));
    assert!(taken.strays.is_empty(), "{:?}", taken.strays.first());
}
