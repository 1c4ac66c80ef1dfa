//! Releases that carry a signature, and tables that come in.

use crate::site::Site;
use std::fs;

#[test]
fn a_signed_bundle_names_what_changed() {
    let site = Site::empty();
    let public = site.run(&["release-key", "desk.key"]).well();
    let public = public.trim();
    site.run(&["release-key", "desk.key"]).badly();
    let bundle =
        r#"{"type":"bundle","id":"bundle--1","objects":[{"id":"identity--1","name":"One"}]}"#;
    fs::write(site.path().join("b.json"), bundle).unwrap();
    site.run(&[
        "sign-bundle",
        "b.json",
        "--key",
        "desk.key",
        "--by",
        "Desk A",
    ])
    .well();
    let verify = ["verify-bundle", "b.json", "--key", public];
    assert!(site.run(&verify).well().contains("released by Desk A"));
    fs::write(site.path().join("b.json"), bundle.replace("One", "Two")).unwrap();
    let error = site.run(&verify).badly();
    assert!(error.contains("identity--1: name was changed"), "{error}");
    let other = site.run(&["release-key", "other.key"]).well();
    let error = site
        .run(&["verify-bundle", "b.json", "--key", other.trim()])
        .badly();
    assert!(error.contains("not made with this key"), "{error}");
}

#[test]
fn a_table_comes_in_by_its_mapping_and_a_layer_says_what_will_not_show() {
    let site = Site::empty();
    site.write(
        "map.toml",
        "source = \"A table\"\nlanguage = \"en\"\n[[record]]\nname = \"incident\"\nnoun = \"Incident\"\nlabel = \"name\"\nrequired = true\n[[record]]\nname = \"technique\"\nnoun = \"Technique\"\nlabel = \"code\"\n[record.known]\n\"T0143.003\" = \"attack-pattern--2295615a-89ad-4f5b-b8ed-e70245a6d209\"\n[[relationship]]\nfrom = \"incident\"\ntype = \"uses\"\nto = \"technique\"\n",
    );
    site.write("t.csv", "name,code\nOne,T0143.003\n,T0143.003\n");
    let import = [
        "import",
        "t.csv",
        "--mapping",
        "map.toml",
        "--marking",
        "tlp:clear",
    ];
    let ran = site.run(&import);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.contains("3 added") && ran.err.contains("t.csv:3: column \"name\" is empty"),
        "{}{}",
        ran.out,
        ran.err
    );
    let ran = site.run(&["export", "--format", "navigator", "--of", "One"]);
    assert!(
        ran.err.contains("not shown: T0143.003"),
        "{}{}",
        ran.out,
        ran.err
    );
}
