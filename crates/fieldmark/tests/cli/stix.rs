//! Bundles in and out: what came from others goes out as it came in, what was written here comes
//! back as it was, and an audience finds no trace of what it does not see.

use crate::site::Site;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const BUNDLE: &str = include_str!("bundle.json");

/// An audience that sees TLP:GREEN.
fn partners() -> Site {
    let site = Site::empty();
    site.write(
        "fieldmark.toml",
        "[[audience]]\nname = \"partners\"\nceiling = \"green\"\n",
    );
    site
}

fn export(site: &Site, seen: &str) -> String {
    let args = ["export", "--format", "stix", "--as", seen];
    let ran = site.run(&[&args[..], &["--config", "fieldmark.toml"]].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    ran.out
}

fn objects(bundle: &str) -> BTreeMap<String, Value> {
    let bundle: Value = serde_json::from_str(bundle).unwrap();
    let list = bundle.as_array().or_else(|| bundle["objects"].as_array());
    let list = list.cloned().unwrap_or_else(|| vec![bundle.clone()]);
    list.into_iter()
        .map(|object| (object["id"].as_str().unwrap().to_owned(), object))
        .collect()
}

#[test]
fn what_came_from_others_goes_out_to_the_letter() {
    let site = partners();
    site.write("bundle.json", BUNDLE);
    site.run(&["import", "bundle.json"]).well();
    let out = export(&site, "steward");
    let came: Vec<Box<serde_json::value::RawValue>> = {
        #[derive(serde::Deserialize)]
        struct Bundle {
            objects: Vec<Box<serde_json::value::RawValue>>,
        }
        serde_json::from_str::<Bundle>(BUNDLE).unwrap().objects
    };
    assert_eq!(came.len(), 7);
    for object in came {
        assert!(out.contains(object.get()), "{object}");
    }
    // The claim that an alias became is in the alias, and goes out as that.
    assert!(!out.contains("\"note--"));
    // The same once more changes nothing, and is the same bundle.
    let again = site.run(&["import", "bundle.json"]).well();
    assert!(again.contains("0 added, 0 revised, 7 unchanged"), "{again}");
    assert_eq!(export(&site, "steward"), out);
}

#[test]
fn an_object_shown_in_part_has_no_trace_of_the_rest() {
    let site = partners();
    site.write("bundle.json", BUNDLE);
    site.run(&["import", "bundle.json"]).well();
    let given = objects(&export(&site, "partners"));
    let came = objects(BUNDLE);
    let id = "campaign--3c0e3b5a-9f55-4f0c-8f3b-5e6a7b8c9d02";
    let mut wanted = came[id].clone();
    let fields = wanted.as_object_mut().unwrap();
    fields.remove("description");
    fields.remove("granular_markings");
    fields["external_references"][0]
        .as_object_mut()
        .unwrap()
        .remove("external_id");
    let mut campaign = given[id].clone();
    for list in [&mut wanted, &mut campaign] {
        let markings = list["object_marking_refs"].as_array_mut().unwrap();
        markings.sort_by_key(Value::to_string);
    }
    assert_eq!(campaign, wanted);
    let text = export(&site, "partners");
    for hidden in ["HI-7", "1.50 parts", "e828b379"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    // The rest of the bundle is theirs to see, and is as it came.
    for (id, object) in came.iter().filter(|(known, _)| *known != id) {
        assert_eq!(given.get(id), Some(object), "{id}");
    }
    let public = export(&site, "public");
    for hidden in [
        "Marsh Light",
        "Reed Warbler",
        "Post 9",
        "campaign--",
        "relationship--",
    ] {
        assert!(!public.contains(hidden), "{hidden}");
    }
}

#[test]
fn what_was_written_here_comes_back_as_it_was() {
    let from = partners();
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seed-data");
    from.run(&["import", seed.to_str().unwrap()]).well();
    let bundle = export(&from, "steward");
    let to = partners();
    to.write("seed.json", &bundle);
    let taken = to.run(&["import", "seed.json"]).well();
    assert!(taken.contains(", 0 refused"), "{taken}");
    let records = |site: &Site| {
        let out = site.run(&["export", "--format", "ledger"]).well();
        let mut lines: Vec<String> = out.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let (there, here) = (records(&from), records(&to));
    assert!(there.len() > 5_000, "{}", there.len());
    assert_eq!(there, here);
    // Thirty claims by their numbers; and a denial is no attribution in the eyes of who reads STIX.
    let given = objects(&bundle);
    let mut numbered = std::collections::BTreeSet::new();
    for object in given.values() {
        let said = &object["extensions"][EXTENSION]["statements"];
        if !said["rdf:type"].to_string().contains("fm:Claim") {
            continue;
        }
        let denies = said["fm:polarity"].to_string().contains("fm:denies");
        assert!(!denies || object["type"] == "note", "{object}");
        let number = said["dcterms:identifier"][0]["value"]
            .as_str()
            .unwrap_or_default();
        numbered.extend(number.strip_prefix('C').and_then(|n| n.parse::<u8>().ok()));
    }
    assert!(
        (1..=30).all(|number| numbered.contains(&number)),
        "{numbered:?}"
    );
    // And once more where it came from, it is nothing new.
    from.write("seed.json", &bundle);
    let again = from.run(&["import", "seed.json"]).well();
    assert!(
        again.contains("0 added, 0 revised") && again.contains(", 0 refused"),
        "{again}"
    );
}

const EXTENSION: &str = "extension-definition--f6a1f0a8-2d4c-5c58-9a0e-3b7f6f0f5d21";

#[test]
fn a_bundle_of_some_records_says_what_leads_out_and_closed_takes_it_along() {
    let site = partners();
    site.write("bundle.json", BUNDLE);
    site.run(&["import", "bundle.json"]).well();
    let id = "relationship--5e205d7c-1b77-4b2e-8b5d-7a8c9d0e1f04";
    let of = |more: &[&str]| {
        let args = ["export", "--format", "stix", "--of", id];
        site.run(&[&args[..], more].concat())
    };
    let alone = of(&[]);
    assert_eq!(objects(&alone.out).len(), 2, "{}", alone.out);
    assert!(
        alone.err.contains("3 records are referred to"),
        "{}",
        alone.err
    );
    let closed = of(&["--closed"]);
    assert_eq!(closed.err, "");
    assert!(objects(&closed.out).len() > 5);
}

#[test]
fn files_as_they_arrive_are_read() {
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(BUNDLE.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = [b"\xef\xbb\xbf", BUNDLE.as_bytes()].concat();
    let old = BUNDLE.replace("\\u2014", "\u{2014}");
    let old: Vec<u8> = old
        .chars()
        .map(|c| {
            if c == '\u{2014}' {
                0x97
            } else {
                u8::try_from(c).unwrap()
            }
        })
        .collect();
    for (name, bytes, noted) in [
        ("a.json", utf16, "read as utf-16le"),
        ("b.json", marked, ""),
        ("c.json", old, "read as windows-1252"),
    ] {
        let site = Site::empty();
        std::fs::write(site.path().join(name), bytes).unwrap();
        let taken = site.run(&["import", name, "--json"]).json();
        assert_eq!(
            (&taken["added"], &taken["refused"]),
            (&8.into(), &0.into()),
            "{name}: {taken}"
        );
        assert!(
            taken["notes"].to_string().contains(noted),
            "{name}: {taken}"
        );
        let shown = site.run(&["show", "Marsh Light"]).well();
        assert!(shown.contains("A campaign — in"), "{name}: {shown}");
    }
}

#[test]
fn what_cannot_be_read_to_its_end_changes_nothing() {
    let site = Site::empty();
    let cut = &BUNDLE[..BUNDLE.len() - 40];
    site.write("cut.json", cut);
    let error = site.run(&["import", "cut.json"]).badly();
    assert!(
        error.contains("cannot be read to its end") && error.contains("cut.json:"),
        "{error}"
    );
    let found = site.run(&["search", "Marsh"]);
    assert!(!found.out.contains("Marsh Light"), "{}", found.out);
}

/// Others' published data, each file into a base of its own: every object comes out as it went in.
#[test]
fn published_bundles_come_out_as_they_went_in() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    for name in ["oasis-examples", "opencti", "disarm", "attack"] {
        let Ok(files) = std::fs::read_dir(data.join(name)) else {
            eprintln!("skipped: {} is not here", data.join(name).display());
            continue;
        };
        for file in files.map(|file| file.unwrap().path()) {
            if file.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let site = partners();
            let path = file.to_str().unwrap();
            let ran = site.run(&["import", path, "--marking", "tlp:clear", "--json"]);
            assert_eq!(ran.code, Some(0), "{path}: {}", ran.err);
            let given = objects(&export(&site, "steward"));
            let came = objects(&std::fs::read_to_string(&file).unwrap());
            assert!(!came.is_empty());
            for (id, object) in came {
                assert_eq!(given.get(&id), Some(&object), "{path}");
            }
        }
    }
}

#[test]
fn opencti_and_misp_get_what_an_audience_sees_and_are_told_what_is_lost() {
    let site = partners();
    site.write("bundle.json", BUNDLE);
    site.run(&["import", "bundle.json"]).well();
    let written = |format: &str, seen: &str, lang: &str| {
        let args = [
            "export",
            "--format",
            format,
            "--as",
            seen,
            "--lang",
            lang,
            "--config",
            "fieldmark.toml",
        ];
        let ran = site.run(&args);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        (ran.out, ran.err)
    };
    let (bundle, told) = written("stix-opencti", "steward", "en");
    let given = objects(&bundle);
    let attribution = given
        .values()
        .find(|object| object["relationship_type"] == "attributed-to")
        .unwrap();
    let note = given
        .values()
        .find(|object| object["object_refs"][0] == attribution["id"])
        .unwrap();
    assert_eq!(note["content"], attribution["description"]);
    assert!(
        told.contains("does not know their type (x-harrier-sensor--"),
        "{told}"
    );
    // OpenCTI knows no granular markings and would pass the part on under less.
    let campaign = &given["campaign--3c0e3b5a-9f55-4f0c-8f3b-5e6a7b8c9d02"];
    assert!(
        campaign["object_marking_refs"]
            .to_string()
            .contains("e828b379"),
        "{campaign}"
    );
    assert!(campaign.get("granular_markings").is_none());
    let (event, told) = written("misp", "steward", "fr");
    assert!(
        event.contains("\"tlp:red\"") && event.contains("Marsh Light"),
        "{event}"
    );
    assert!(told.contains("MISP n’ayant pas d’objet"), "{told}");
    // Whatever the form, the rest of what an audience does not see leaves no trace.
    for format in ["stix-opencti", "misp"] {
        let (partners, _) = written(format, "partners", "en");
        assert!(partners.contains("Marsh Light"));
        for hidden in ["HI-7", "1.50 parts", "e828b379", "tlp:red"] {
            assert!(!partners.contains(hidden), "{format}: {hidden}");
        }
        let (public, told) = written(format, "public", "en");
        for hidden in ["Marsh Light", "Reed Warbler", "Post 9", "campaign--"] {
            assert!(
                !public.contains(hidden) && !told.contains(hidden),
                "{format}: {hidden}"
            );
        }
    }
    let error = site
        .run(&["export", "--format", "turtle", "--closed"])
        .badly();
    assert!(error.contains("stix-opencti or misp"), "{error}");
}

#[test]
fn each_bad_object_is_named_with_its_path_and_the_good_go_in() {
    let site = partners();
    let id = |last: u8| format!("campaign--00000000-0000-4000-8000-0000000000{last:02}");
    let campaign = |last: u8, more: &str| {
        format!(
            r#"{{"type":"campaign","spec_version":"2.1","id":"{}","created":"2024-01-01T00:00:00.000Z",
            "modified":"2024-01-01T00:00:00.000Z"{more}}}"#,
            id(last)
        )
    };
    let artifact = r#"{"type":"artifact","spec_version":"2.1",
        "id":"artifact--00000000-0000-5000-8000-000000000008","payload_bin":"%%"}"#;
    let objects = [
        campaign(1, r#","name":"One""#),
        campaign(2, r#","name":"\ud800""#),
        campaign(3, r#","name":"a","name":"b""#),
        campaign(
            4,
            r#","name":"d","external_references":[{"source_name":"s","url":"no url"}]"#,
        ),
        campaign(
            5,
            &format!(
                r#","name":"e","x_deep":{}1{}"#,
                "[".repeat(500),
                "]".repeat(500)
            ),
        ),
        campaign(
            6,
            &format!(r#","name":"f","description":"{}""#, "x".repeat(17 << 20)),
        ),
        artifact.to_owned(),
        campaign(7, r#","name":"Seven""#),
    ];
    site.write("bad.json", &format!("[{}]", objects.join(",\n")));
    let ran = site.run(&["import", "bad.json", "--marking", "tlp:clear"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(
        ran.out
            .contains("2 added, 0 revised, 0 unchanged, 6 refused"),
        "{}",
        ran.out
    );
    for (named, why) in [
        (id(2), "$[1]: half of a surrogate pair"),
        (id(3), "$[2]: \"name\" stands twice"),
        (
            id(4),
            "$[3].external_references[0].url: \"no url\" is no URL",
        ),
        (id(5), "$[4]: it is nested deeper"),
        (id(6), "$[5]: an object of 17"),
        (
            "artifact--00000000-0000-5000-8000-000000000008".to_owned(),
            "$[6].payload_bin is no base64",
        ),
    ] {
        let line = ran
            .out
            .lines()
            .position(|line| line.contains(&named))
            .unwrap();
        let next = ran.out.lines().nth(line + 1).unwrap();
        assert!(next.contains(why), "{next}");
    }
    assert!(site.run(&["show", "Seven"]).well().contains("Seven"));
}

#[test]
fn a_name_that_its_newer_version_drops_is_claimed_no_more() {
    let site = partners();
    site.write("bundle.json", BUNDLE);
    site.run(&["import", "bundle.json"]).well();
    let view = || site.run(&["export", "--format", "nquads"]).well();
    assert!(view().contains("CW-7"));
    let mut actor = objects(BUNDLE)["threat-actor--4d1f4c6b-0a66-4a1d-9a4c-6f7b8c9d0e03"].clone();
    actor["modified"] = "2024-03-02T09:00:00.000Z".into();
    actor.as_object_mut().unwrap().remove("aliases");
    site.write("newer.json", &actor.to_string());
    let tried = site.run(&["import", "newer.json", "--dry-run"]).well();
    assert!(tried.contains("2 would be revised"), "{tried}");
    let taken = site.run(&["import", "newer.json"]).well();
    assert!(taken.contains("0 added, 2 revised"), "{taken}");
    assert!(
        !view().contains("CW-7"),
        "the claim stands in the ledger alone"
    );
    assert!(
        site.run(&["import", "newer.json"])
            .well()
            .contains("1 unchanged")
    );
}
