//! Small inputs that once failed elsewhere, as they come: files kept beside the project, read
//! where they are. A case whose files are not here says that it was skipped; what each shows is
//! tested with the project's own inputs too, next to what it is about.

use crate::site::{Ran, Site};
use std::path::PathBuf;

/// A file of a case, when it is here.
fn file(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/cases")
        .join(name);
    if path.exists() {
        return Some(path.to_str().unwrap().to_owned());
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

fn import(site: &Site, file: &str, more: &[&str]) -> Ran {
    let args = ["import", file, "--marking", "tlp:clear"];
    site.run(&[&args[..], more].concat())
}

/// Each of `parts` stands in `text`.
#[track_caller]
fn holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no \"{part}\" in:\n{text}");
    }
}

/// Two clusters under one UUID: neither is taken, both are named with their places, and nothing is
/// left of either.
#[test]
fn case_13_two_clusters_under_one_uuid() {
    let Some(file) = file("13-galaxy-duplicate-uuid/threat-actor.json") else {
        return;
    };
    let site = Site::empty();
    let ran = import(&site, &file, &["--format", "misp-galaxy"]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    let uuid = "00000000-0000-4000-8001-000000001302";
    holds(
        &ran.out,
        &[
            "2 refused",
            "$.values[1]",
            "$.values[2]",
            "Birch Fox (Android)",
            "Birch Fox (Windows)",
            uuid,
            "attribution-confidence (1)",
            "cfr-suspected-state-sponsor (1)",
        ],
    );
    for gone in [uuid, "BF-A", "BF-W"] {
        let left = site.run(&["export", "--format", "ntriples"]).well();
        assert!(!left.contains(gone), "{gone}");
    }
    holds(&site.run(&["show", "Cedar Fox"]).well(), &["Cedar Fox"]);
}

/// Tags that are none: each literal is quoted with its line, and the records beside it are taken.
#[test]
fn case_16_language_tags() {
    let Some(file) = file("16-language-tags/names.ttl") else {
        return;
    };
    let site = Site::empty();
    let ran = import(&site, &file, &[]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    holds(
        &ran.out,
        &[
            "2 added, 0 revised, 0 unchanged, 3 refused",
            ":11: \"尼日\"@zh-classical",
            ":12: \"馬利\"@zh_TW",
            ":13: \"Chad\"^^rdf:langString",
        ],
    );
    holds(
        &site.run(&["show", "Benin", "--lang", "fr"]).well(),
        &["Bénin"],
    );
}

/// A context by address is named and not fetched; keys that mean nothing are no success.
#[test]
fn case_19_remote_contexts() {
    for (name, says) in [
        ("remote", "the context https://schema.org is an address"),
        (
            "mixed",
            "the context https://example.org/ctx.jsonld is an address",
        ),
        ("nocontext", "it states nothing"),
    ] {
        let Some(file) = file(&format!("19-jsonld-remote-context/{name}.jsonld")) else {
            return;
        };
        let ran = import(&Site::empty(), &file, &[]);
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.out);
        holds(&ran.err, &[says]);
    }
    let inline = file("19-jsonld-remote-context/inline.jsonld").unwrap();
    holds(
        &import(&Site::empty(), &inline, &[]).well(),
        &["1 added, 0 revised, 0 unchanged, 0 refused"],
    );
}

/// Tables as spreadsheets and pandas save them.
#[test]
fn case_20_tables_as_they_are_saved() {
    for (table, mapping, incidents) in [
        ("a-pandas-times", "comma", 3),
        ("b-empty-headers", "comma", 2),
        ("e-sep-line", "semi", 1),
        ("g-utf16", "tab", 1),
    ] {
        let (Some(table), Some(mapping)) = (
            file(&format!("20-csv-excel/{table}.csv")),
            file(&format!("20-csv-excel/{mapping}.toml")),
        ) else {
            return;
        };
        let site = Site::empty();
        let report = import(&site, &table, &["--mapping", &mapping]).well();
        holds(&report, &[" 0 refused"]);
        assert_eq!(
            report.matches("  added      incident--").count(),
            incidents,
            "{table}: {report}"
        );
        let dated = site.run(&["ask", "timeline", "--csv"]).well();
        if incidents == 3 {
            holds(&dated, &["2023-12-31", "2024-01-05"]);
            assert!(!dated.contains("00:00:00"), "{dated}");
        }
    }
    let table = file("20-csv-excel/f-wrong-delimiter.csv").unwrap();
    let mapping = file("20-csv-excel/comma.toml").unwrap();
    let ran = import(&Site::empty(), &table, &["--mapping", &mapping]);
    assert_eq!(ran.code, Some(1));
    holds(&ran.err, &["say delimiter = \";\""]);
}

/// Cells that a spreadsheet would run are guarded on request, and exact without it.
#[test]
fn case_21_cells_that_would_run() {
    let Some(file) = file("21-csv-formulas/facts.ttl") else {
        return;
    };
    let site = Site::empty();
    import(&site, &file, &[]).well();
    let exact = site.run(&["export", "--format", "csv-nodes"]).well();
    holds(&exact, &["\"=HYPERLINK(", ",@truth_now,"]);
    let guarded = site.run(&["export", "--format", "csv-nodes", "--spreadsheet"]);
    assert_eq!(guarded.code, Some(0), "{}", guarded.err);
    holds(&guarded.out, &["\"'=HYPERLINK(", ",'@truth_now,"]);
    assert!(!guarded.err.is_empty(), "it says how many were guarded");
}

/// Names are found as people type them, and names that differ are not taken for one another.
#[test]
fn case_23_letters() {
    let Some(file) = file("23-search-letters/names.ttl") else {
        return;
    };
    let site = Site::empty();
    import(&site, &file, &[]).well();
    for (typed, name) in [
        ("lukasz", "Łukasz Wałęsa"),
        ("sorensen", "Søren Sørensen"),
        ("isik", "Işık Haber"),
        ("strasse", "Straße der Wahrheit"),
        ("apt31", "APT-31"),
        ("apt 31", "APT-31"),
        ("truth now", "truth_now_2023"),
        ("قناة الأخبار", "قَنَاة الأخبار"),
        ("محمد", "مـحـمد"),
        ("新聞", "東京新聞社"),
        ("дзержинский", "Дзержи́нский Ёж"),
        ("nguyen van duc", "Nguyễn Văn Đức"),
        ("full width", "Ｆｕｌｌ Ｗｉｄｔｈ"),
        ("istanbul", "İstanbul Postası"),
        ("oeuvre aether", "Œuvre Æther"),
        (
            "https://example.org/news?id=7",
            "https://example.org/news?id=7",
        ),
    ] {
        let found = site.run(&["search", typed, "--json"]).well();
        assert!(found.contains(name), "{typed}: {found}");
    }
    for (typed, other) in [("カーナ通信", "ガーナ通信"), ("ガーナ通信", "カーナ通信")]
    {
        let found = site.run(&["search", typed, "--json"]).well();
        assert!(found.contains(typed) && !found.contains(other), "{found}");
        holds(&site.run(&["show", typed]).well(), &[typed]);
    }
}

/// Each failure names its object by its id and its place in the file, and says what would be right;
/// a broken file says where it breaks, and none of it is taken.
#[test]
fn case_28_a_failure_says_which_object_and_where() {
    let Some(broken) = file("28-unclear-failures/broken.json") else {
        return;
    };
    let site = Site::empty();
    let error = import(&site, &broken, &["--format", "stix"]).badly();
    holds(&error, &["broken.json:", "cannot be read to its end"]);
    let Some(envelope) = file("28-unclear-failures/envelope.json") else {
        return;
    };
    let told = import(&site, &envelope, &[]);
    let objects: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&envelope).unwrap()).unwrap();
    let objects = objects["objects"].as_array().unwrap();
    for (at, object) in objects.iter().enumerate() {
        let id = object["id"].as_str().unwrap_or_default();
        let named = told.out.contains(&format!("$.objects[{at}]"));
        assert!(
            named || told.out.contains(&format!("added      {id}")),
            "{at}: {}",
            told.out
        );
    }
}

/// Words for nobody are warned of, and become nobody once the mapping says which they are.
#[test]
fn case_29_nobody_is_accused() {
    for (name, nobody) in [
        ("eurepoc", &["Unknown", "N/A", "-", "Not available"][..]),
        ("euvsdisinfo", &["N/A"]),
    ] {
        let (Some(table), Some(mapping)) = (
            file(&format!("29-real-tables/{name}-like.csv")),
            file(&format!("29-real-tables/{name}.toml")),
        ) else {
            return;
        };
        let site = Site::empty();
        let warned = import(&site, &table, &["--mapping", &mapping, "--dry-run"]);
        for word in nobody {
            holds(&warned.out, &[&format!("\"{word}\" is taken for a name")]);
        }
        let list = serde_json::to_string(nobody).unwrap();
        let text = std::fs::read_to_string(&mapping).unwrap();
        site.write("mapping.toml", &format!("empty = {list}\n{text}"));
        import(&site, &table, &["--mapping", "mapping.toml"]);
        let stored = site.run(&["export", "--format", "ntriples"]).well();
        holds(&stored, &["Incident"]);
        for word in nobody {
            assert!(!stored.contains(&format!("\"{word}\"")), "{name}: {word}");
        }
    }
}
