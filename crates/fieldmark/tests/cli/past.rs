//! What was known when, and a dossier to take away.

use crate::site::{FACTS, NORTH, Site};
use std::fs;

#[test]
fn a_correction_stands_in_the_history_with_its_reason() {
    let site = Site::filled();
    site.write(
        "again.trig",
        &FACTS.replace("Northern campaign", "Renamed campaign"),
    );
    let reason = "the name was misspelt";
    site.run(&["import", "again.trig", "--reason", reason])
        .well();
    let history = site.run(&["history", NORTH]).well();
    assert!(
        history.contains(&format!("  reason: {reason}\n")),
        "{history}"
    );
    let changes = site.run(&["history", NORTH, "--json"]).json();
    assert_eq!(changes["revisions"][0].get("reason"), None);
    assert_eq!(changes["revisions"][1]["reason"], reason);
    let refused = site
        .run(&["import", "again.trig", "--reason", "two\nlines"])
        .badly();
    assert!(refused.contains("reason: say why in one line"), "{refused}");
}

#[test]
fn a_record_is_shown_as_it_was_known_at_an_entry() {
    let site = Site::filled();
    let history = site.run(&["history", NORTH, "--json"]).json();
    let entry = format!("entry:{}", history["revisions"][0]["seq"]);
    let renamed = FACTS.replace("Northern campaign", "Renamed campaign");
    site.write("again.trig", &renamed);
    site.run(&["import", "again.trig"]).well();
    let now = site.run(&["show", NORTH]).well();
    let then = site.run(&["show", NORTH, "--known-at", &entry]).well();
    assert!(now.starts_with("Renamed campaign"), "{now}");
    assert!(then.starts_with("Northern campaign"), "{then}");
    let early = site.run(&["dossier", NORTH, "--known-at", "1999"]).badly();
    assert!(early.contains("nothing was known then"), "{early}");
    let diff = ["dossier", NORTH, "--diff", "1999", "--clock", "asserted"];
    let diff = site.run(&diff).well();
    assert!(
        diff.contains("nothing was claimed → ") && diff.contains("  came\n"),
        "{diff}"
    );
    let diff = site
        .run(&["dossier", NORTH, "--diff", "2999", "--lang", "fr"])
        .well();
    assert!(diff.contains("Rien n’a changé."), "{diff}");
    let turtle = ["show", NORTH, "--known-at", &entry, "--format", "turtle"];
    let turtle = site.run(&turtle).well();
    assert!(turtle.contains("Northern campaign"), "{turtle}");
    let named = "ASK { ?s ?p 'Northern campaign'@en }";
    for (moment, wanted) in [(entry.as_str(), "yes"), ("2999", "no")] {
        let said = site.run(&["sparql", named, "--known-at", moment]).well();
        assert_eq!(said.trim(), wanted);
        let edges = ["export", "--format", "nquads", "--known-at", moment];
        let has = site.run(&edges).well().contains("Northern campaign");
        assert_eq!(has, wanted == "yes");
    }
    let early = ["show", NORTH, "--asserted-by", "1999", "--json"];
    assert_eq!(site.run(&early).json()["claims"], serde_json::json!([]));
}

#[test]
fn a_dossier_is_written_on_paper() {
    let site = Site::filled();
    let markdown = site
        .run(&["dossier", NORTH, "--format", "md", "--lang", "fr"])
        .well();
    // First of all who may see it, whom it was made for, and when.
    assert!(
        markdown.starts_with("**TLP:CLEAR · fait pour le public « steward » le 2"),
        "{markdown}"
    );
    assert!(markdown.contains("\n# Campagne du Nord\n"), "{markdown}");
    let args = ["dossier", NORTH, "--format", "html", "-o", "north.html"];
    assert_eq!(site.run(&args).well(), "");
    let page = fs::read_to_string(site.path().join("north.html")).unwrap();
    assert!(page.contains("<svg role=\"img\"") && page.contains("points to the set"));
    let nobody = site.run(&["dossier", "Nobody", "--format", "md"]).badly();
    assert!(nobody.contains("\"Nobody\""), "{nobody}");
}
