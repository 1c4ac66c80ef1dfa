use super::*;
use expect_test::expect;

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

fn lines(taken: &Taken) -> Vec<String> {
    taken
        .strays
        .iter()
        .map(|stray| format!("{}: {}", stray.line.unwrap_or_default(), stray.why))
        .collect()
}

fn values_of(taken: &Taken, property: NamedNodeRef<'_>) -> Vec<String> {
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
