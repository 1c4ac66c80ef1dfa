//! The command as its users meet it: its words, its files and its exit status.

#[path = "cli/abuse.rs"]
mod abuse;
#[path = "cli/cases.rs"]
mod cases;
#[path = "cli/exports.rs"]
mod exports;
#[path = "cli/operators.rs"]
mod operators;
#[path = "cli/past.rs"]
mod past;
#[path = "cli/printed.rs"]
mod printed;
#[path = "cli/pulls.rs"]
mod pulls;
#[path = "cli/seals.rs"]
mod seals;
#[path = "cli/servers.rs"]
mod servers;
#[path = "cli/site.rs"]
mod site;
#[path = "cli/stix.rs"]
mod stix;
#[path = "cli/told.rs"]
mod told;
#[path = "cli/writing.rs"]
mod writing;

use site::{FACTS, NORTH, Site};
use std::fs;

#[test]
fn every_command_has_help_with_an_example() {
    let site = Site::empty();
    for command in [
        "serve",
        "demo",
        "import",
        "export",
        "claim add",
        "claim revise",
        "claim withdraw",
        "claim dispute",
        "claim concur",
        "claim attach",
        "claim same",
        "claim form",
        "record add",
        "record revise",
        "record revert",
        "record link",
        "record form",
        "review list",
        "review accept",
        "review edit",
        "review compete",
        "review refuse",
        "source keep",
        "source show",
        "source forget",
        "ask",
        "sparql",
        "overlap",
        "dossier",
        "path",
        "show",
        "history",
        "search",
        "mcp",
        "release-key",
        "sign-bundle",
        "verify-bundle",
        "token create",
        "token list",
        "token revoke",
        "audience list",
        "audience preview",
        "verify",
        "rebuild",
        "config show",
        "config check",
        "completions",
        "man",
    ] {
        let args: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = site.run(&args).well();
        assert!(help.contains("Example: fieldmark"), "{command}: {help}");
    }
}

#[test]
fn bad_usage_is_2() {
    let site = Site::empty();
    for args in [
        &["nonsense"][..],
        &["show"],
        &["ask", "--list", "--lang", "de"],
        &["demo", "--listen", "0.0.0.0:8420"],
        &["sparql", "ASK {}", "--format", "word"],
        &[
            "token",
            "create",
            "--name",
            "a",
            "--audience",
            "public",
            "--role",
            "king",
        ],
    ] {
        let ran = site.run(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {}{}", ran.out, ran.err);
        assert!(!ran.err.is_empty(), "{args:?}");
    }
    assert!(
        fs::read_dir(site.path()).unwrap().next().is_none(),
        "nothing was made"
    );
}

#[test]
fn asking_of_an_empty_directory_makes_nothing_and_says_so() {
    let site = Site::empty();
    for args in [
        &["show", "x"][..],
        &["overlap", "x"],
        &["sparql", "ASK {}"],
        &["export", "--format", "turtle"],
        &["verify"],
    ] {
        let error = site.run(args).badly();
        assert!(
            error.contains("there is no knowledge base in ./fieldmark-data"),
            "{error}"
        );
    }
    assert!(
        fs::read_dir(site.path()).unwrap().next().is_none(),
        "nothing was made"
    );
    let list = site.run(&["ask", "--list"]).well();
    assert!(
        list.contains("overlap\n") && list.contains("timeline\n"),
        "{list}"
    );
    let french = site.run(&["ask", "--list", "--lang", "fr"]).well();
    assert!(french.contains("Que partagent deux campagnes"), "{french}");
}

#[test]
fn an_import_reports_what_became_of_each_record() {
    let site = Site::empty();
    site.write("facts.trig", FACTS);
    let dry = site.run(&["import", "facts.trig", "--dry-run"]).well();
    assert!(
        dry.contains("10 would be added, 0 would be revised, 0 unchanged, 0 refused; a dry run"),
        "{dry}"
    );
    let first = site.run(&["import", "facts.trig"]).well();
    assert!(
        first.contains("10 added, 0 revised, 0 unchanged, 0 refused\n"),
        "{first}"
    );
    assert!(first.contains(&format!("added      {NORTH}")), "{first}");
    let again = site.run(&["import", "facts.trig", "--json"]).json();
    assert_eq!(
        (&again["added"], &again["unchanged"]),
        (&0.into(), &10.into()),
        "{again}"
    );
    let mended = FACTS.replace("\"Northern campaign\"@en", "\"Northern operation\"@en");
    let revised = site
        .fed(&["import", "-", "--format", "trig"], &mended)
        .well();
    assert!(
        revised.contains("0 added, 1 revised, 9 unchanged"),
        "{revised}"
    );
}

#[test]
fn one_refused_record_loses_no_other_and_is_named_by_its_line() {
    let site = Site::empty();
    let unsaid = FACTS.replace("        fm:verbatim \"points to the set\"@en ;\n", "");
    let line = 1 + unsaid
        .lines()
        .position(|line| line.contains("a fm:Attribution"))
        .unwrap();
    site.write("facts.trig", &unsaid);
    let ran = site.run(&["import", "facts.trig"]);
    assert!(
        ran.out
            .contains("9 added, 0 revised, 0 unchanged, 1 refused"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains(&format!("facts.trig:{line}")),
        "{}",
        ran.out
    );
    let error = ran.badly();
    assert!(
        error.contains(&format!("facts.trig:{line}")) && error.contains("1 refused"),
        "{error}"
    );
    site.run(&["show", "Southern campaign"]).well();
}

#[test]
fn a_file_that_cannot_be_read_changes_nothing_and_keeps_no_other_out() {
    let site = Site::empty();
    site.write(
        "broken.trig",
        &FACTS.replace("fm:locator \"L9\" .", "fm:locator \"L9 ."),
    );
    site.write("facts.trig", FACTS);
    let ran = site.run(&["import", "broken.trig"]);
    assert!(
        ran.out.contains("9 would be added") && ran.out.contains("; nothing was changed"),
        "{}",
        ran.out
    );
    let error = ran.badly();
    assert!(error.contains("broken.trig:"), "{error}");
    let error = site.run(&["show", NORTH]).badly();
    assert!(error.contains("no such thing"), "{error}");
    let ran = site.run(&["import", "absent.trig", "broken.trig", "facts.trig"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("absent.trig: "), "{}", ran.err);
    assert!(
        ran.out.contains("facts.trig: ") && ran.out.contains("10 added"),
        "{}",
        ran.out
    );
    let error = site.fed(&["import", "-"], FACTS).badly();
    assert!(error.contains("say the format"), "{error}");
}

#[test]
fn a_directory_stands_for_the_files_in_it() {
    let site = Site::empty();
    for dir in ["case/below", "case/.hidden", "none"] {
        fs::create_dir_all(site.path().join(dir)).unwrap();
    }
    site.write("case/facts.trig", FACTS);
    site.write("case/below/again.TRIG", FACTS);
    site.write("case/.hidden/no.trig", "not read");
    site.write("case/.no.trig", "not read");
    site.write("case/notes.md", "not read");
    site.write("none/notes.md", "not read");
    std::os::unix::fs::symlink(site.path().join("case"), site.path().join("case/loop")).unwrap();
    let ran = site.run(&["import", "case"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let first = ran.out.find("case/below/again.TRIG: ");
    let second = ran.out.find("case/facts.trig: ");
    assert!(first.is_some() && first < second, "by name: {}", ran.out);
    assert!(ran.out.contains("10 added") && ran.out.contains("10 unchanged"));
    assert_eq!(
        ran.err.trim_end(),
        "case: 1 file passed over, which ends in none of ttl, turtle, trig, nt, nq, jsonld, rdf, owl, xml, json, stix, gz"
    );
    let error = site.run(&["import", "none"]).badly();
    assert!(error.contains("none: no file in it ends in"), "{error}");
    // With a format every file is one of facts, and one that is none is said to be none. The
    // data directory lies in this one and is left alone.
    let ran = site.run(&["import", ".", "--format", "trig"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.contains("case/notes.md:1:") && ran.err.contains("none/notes.md:1:"),
        "{}",
        ran.err
    );
    assert!(
        !ran.err.contains("fieldmark-data") && !ran.out.contains("fieldmark-data"),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn every_ending_a_directory_is_searched_for_is_one_the_desk_knows() {
    let site = Site::empty();
    for ending in [
        "ttl", "turtle", "trig", "nt", "nq", "jsonld", "rdf", "owl", "xml",
    ] {
        let file = format!("{ending}/empty.{ending}");
        fs::create_dir(site.path().join(ending)).unwrap();
        site.write(
            &file,
            match ending {
                "jsonld" => "[]",
                "rdf" | "owl" | "xml" => {
                    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/>"
                }
                _ => "",
            },
        );
        // It is read, and that it states nothing is no success.
        let ran = site.run(&["import", ending, "--dry-run"]);
        assert!(
            ran.out.contains(&format!("{file}: 0 statements")),
            "{}",
            ran.out
        );
        assert!(
            ran.err.contains(&format!("{file}: it states nothing")),
            "{}",
            ran.err
        );
        assert_eq!(ran.code, Some(1));
    }
}

#[test]
fn a_record_reads_with_labels_words_and_places() {
    let site = Site::filled();
    let text = site.run(&["show", "northern campaign"]).well();
    for wanted in [
        "Northern campaign\n",
        NORTH,
        "Northern campaign — carried out by → Grey network (First report, L6)",
        "“points to the set” — The Watchers, 2023-09-15",
        "First report, L9",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let french = site.run(&["show", NORTH, "--lang", "fr"]).well();
    assert!(
        french.contains("Campagne du Nord\n") && french.contains("Premier rapport, L9"),
        "{french}"
    );
    let json = site.run(&["show", NORTH, "--json"]).json();
    assert_eq!(
        (&json["id"], &json["noun"]),
        (&NORTH.into(), &"Campaign".into())
    );
    let turtle = site
        .run(&["show", "Northern campaign", "--format", "turtle"])
        .well();
    assert!(
        turtle.contains("Northern campaign") && !turtle.contains("Southern"),
        "{turtle}"
    );
}

#[test]
fn what_links_two_campaigns_is_itemised() {
    let site = Site::filled();
    let text = site
        .run(&[
            "overlap",
            "Northern campaign",
            "--with",
            "Southern campaign",
        ])
        .well();
    for wanted in [
        "Northern campaign and Southern campaign share 1 feature, 1 of them hard to share by chance",
        "Networks\n  Grey network  (hard)",
        "(First report, L6) [relationship--00000000-0000-4000-8000-000000000006]",
        "(First report, L7) [relationship--00000000-0000-4000-8000-000000000007]",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let ranking = site
        .run(&["overlap", "Northern campaign", "--top", "3"])
        .well();
    assert!(
        ranking.contains("Southern campaign") && ranking.contains("networks 1"),
        "{ranking}"
    );
    let json = site
        .run(&["overlap", NORTH, "--with", "Southern campaign", "--json"])
        .json();
    assert_eq!(json["shared"][0]["family"], "network", "{json}");
    let path = site.run(&["path", "Southern campaign", "Grey set"]).well();
    assert!(
        path.contains("Grey network\n") && path.contains("“points to the set”"),
        "{path}"
    );
    let short = site
        .run(&["path", "Southern campaign", "Grey set", "--max-hops", "1"])
        .well();
    assert_eq!(short, "Nothing links them within 1 hop.\n");
}

#[test]
fn a_dossier_counts_who_affirms_and_who_denies() {
    let site = Site::filled();
    let text = site.run(&["dossier", "Northern campaign"]).well();
    for wanted in [
        "Attribution: Northern campaign → Grey set",
        "→ 1 line in favour, none with a likelihood",
        "affirmed by 1 claim, denied by 0; 1 source",
        "“points to the set” — The Watchers, 2023-09-15",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(
        site.run(&["dossier", "Grey network"])
            .well()
            .contains("No claims about it")
    );
}

#[test]
fn history_shows_what_each_revision_changed() {
    let site = Site::filled();
    site.write(
        "mended.trig",
        &FACTS.replace("\"Northern campaign\"@en", "\"Northern operation\"@en"),
    );
    site.run(&["import", "mended.trig"]).well();
    let text = site.run(&["history", "Northern operation"]).well();
    let second = &text[text.find("revision 2").expect("a second revision")..];
    assert!(
        second.contains("  - ")
            && second.contains("skos:prefLabel \"Northern campaign\"@en [TLP:CLEAR]"),
        "{text}"
    );
    assert!(
        second.contains("  + ")
            && second.contains("skos:prefLabel \"Northern operation\"@en [TLP:CLEAR]"),
        "{text}"
    );
    assert!(
        !second.contains("Campagne du Nord"),
        "what stayed is not repeated: {text}"
    );
    let json = site.run(&["history", NORTH, "--json"]).json();
    assert_eq!(json["revisions"].as_array().map(Vec::len), Some(2));
}

#[test]
fn what_an_audience_may_not_see_reads_like_what_is_not_there() {
    let site = Site::filled();
    site.run(&["show", "Hidden campaign"]).well();
    let hidden = site
        .run(&["show", "Hidden campaign", "--as", "public"])
        .badly();
    let absent = site
        .run(&["show", "Absent campaign", "--as", "public"])
        .badly();
    assert_eq!(hidden.replace("Hidden", "Absent"), absent);
    assert!(
        site.run(&["search", "campaign"])
            .well()
            .contains("Hidden campaign")
    );
    assert!(
        !site
            .run(&["search", "campaign", "--as", "public"])
            .well()
            .contains("Hidden")
    );
    let trig = site
        .run(&["export", "--format", "trig", "--as", "public"])
        .well();
    assert!(trig.contains("Northern campaign") && !trig.contains("Hidden"));
    let error = site.run(&["show", NORTH, "--as", "nobody"]).badly();
    assert!(error.contains("nobody"), "{error}");
    let list = site.run(&["audience", "list"]).well();
    assert!(
        list.contains("public") && list.contains("steward"),
        "{list}"
    );
    let preview = |name| {
        site.run(&["audience", "preview", name, "--json"])
            .json()
            .to_string()
    };
    assert_ne!(
        preview("public"),
        preview("steward").replace("steward", "public")
    );
}

#[test]
fn questions_are_answered_as_a_table_as_json_and_as_csv() {
    let site = Site::filled();
    let args = ["ask", "attribution", "--json"];
    let json = site.run(&args).json();
    assert!(
        json["total"].as_u64().is_some_and(|total| total > 0),
        "{json}"
    );
    let table = site.run(&["ask", "attribution"]).well();
    assert!(
        table.contains("Northern campaign") && table.contains("points to the set"),
        "{table}"
    );
    assert!(
        !table.contains("https://w3id.org/"),
        "labels and ids, not addresses: {table}"
    );
    let csv = site.run(&["ask", "attribution", "--csv"]).well();
    let variables: Vec<&str> = json["variables"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(serde_json::Value::as_str)
        .collect();
    let head = format!("{},marking", variables.join(","));
    assert_eq!(csv.split("\r\n").next(), Some(head.as_str()));
    for (args, wanted) in [
        (&["ask", "attributions"][..], "no question is named"),
        (&["ask", "attribution", "campaign"], "is not key=value"),
        (&["ask", "attribution", "nonsense=1"], "has no parameter"),
        (&["ask", "overlaps"], "needs of="),
    ] {
        let error = site.run(args).badly();
        assert!(error.contains(wanted), "{args:?}: {error}");
    }
}

#[test]
fn sparql_is_answered_in_every_form_and_changes_nothing() {
    let site = Site::filled();
    site.write(
        "campaigns.rq",
        "SELECT ?campaign ?set WHERE { ?claim <https://w3id.org/fieldmark/ns#subject> ?campaign ; \
         <https://w3id.org/fieldmark/ns#object> ?set }",
    );
    let table = site.run(&["sparql", "campaigns.rq"]).well();
    assert!(table.contains("Northern campaign  Grey set"), "{table}");
    assert!(
        site.run(&["sparql", "campaigns.rq", "--lang", "fr"])
            .well()
            .contains("Campagne du Nord")
    );
    let csv = site.run(&["sparql", "campaigns.rq", "--csv"]).well();
    assert!(
        csv.starts_with("campaign,set\r\n") && csv.contains(NORTH),
        "{csv}"
    );
    let json = site.run(&["sparql", "campaigns.rq", "--json"]).json();
    assert_eq!(
        json["results"]["bindings"].as_array().map(Vec::len),
        Some(1),
        "{json}"
    );
    assert_eq!(site.run(&["sparql", "ASK { ?s ?p ?o }"]).well(), "yes\n");
    let graph = site.run(&[
        "sparql",
        "CONSTRUCT WHERE { ?s a <http://docs.oasis-open.org/cti/ns/stix#Report> }",
    ]);
    assert!(
        graph
            .well()
            .contains("report--00000000-0000-4000-8000-000000000001")
    );
    for (query, wanted) in [
        ("SELECT WHERE", ""),
        ("absent.rq", "absent.rq"),
        ("DELETE WHERE { ?s ?p ?o }", ""),
    ] {
        let error = site.run(&["sparql", query]).badly();
        assert!(error.contains(wanted), "{query}: {error}");
    }
    assert_eq!(site.run(&["sparql", "ASK { ?s ?p ?o }"]).well(), "yes\n");
}
