//! What one audience may see, as RDF: the view, and the ledger's own form.

use crate::site::Site;
use std::fs;
use std::process::Stdio;

#[test]
fn an_export_goes_back_in_and_a_file_appears_whole_or_not_at_all() {
    let site = Site::filled();
    site.run(&["export", "--format", "ledger-trig", "-o", "all.trig"])
        .well();
    let names: Vec<_> = fs::read_dir(site.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| !name.to_string_lossy().starts_with('.')),
        "{names:?}"
    );
    let report = site.run(&["import", "all.trig", "--json"]).json();
    assert_eq!(
        (&report["added"], &report["revised"], &report["refused"]),
        (&0.into(), &0.into(), &0.into())
    );
    // The view says more than its records do, and none of that is new either.
    let args = [
        "export", "--format", "turtle", "--as", "public", "-o", "view.ttl",
    ];
    site.run(&args).well();
    let report = site
        .run(&[
            "import",
            "view.ttl",
            "--marking",
            "tlp:clear",
            "--dry-run",
            "--json",
        ])
        .json();
    assert_eq!(
        (&report["would"]["add"], &report["refused"]),
        (&0.into(), &0.into())
    );
    assert!(
        report["notes"]
            .to_string()
            .contains("the ontology's own terms"),
        "{report}"
    );
    let error = site
        .run(&["export", "--format", "ledger", "--as", "public"])
        .badly();
    assert!(error.contains("steward"), "{error}");
    let one = site
        .run(&["export", "--format", "turtle", "--of", "Northern campaign"])
        .well();
    assert!(
        one.contains("Northern campaign") && !one.contains("Southern"),
        "{one}"
    );
    fs::write(site.path().join("kept.ttl"), "before").unwrap();
    let error = site
        .run(&["export", "--format", "word", "-o", "kept.ttl"])
        .badly();
    assert!(error.contains("no format is named \"word\""), "{error}");
    assert_eq!(
        fs::read_to_string(site.path().join("kept.ttl")).unwrap(),
        "before"
    );
    let error = site
        .run(&["export", "--format", "turtle", "-o", "no/such/place.ttl"])
        .badly();
    assert!(error.contains("no/such/place.ttl"), "{error}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let site = Site::filled();
    let mut child = site
        .command(&["export", "--format", "nquads"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
