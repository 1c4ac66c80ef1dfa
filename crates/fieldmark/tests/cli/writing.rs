//! Claims and records written by hand, from files, options, and a terminal.

use crate::site::Site;
use expectrl::session::OsSession;
use expectrl::{ControlCode, Expect, Session};
use std::process::Command;
use std::time::Duration;

const C15: &str = "relationship--536d5283-7cf8-5548-b678-4c3978505a44";

fn seeded() -> Site {
    let site = Site::empty();
    site.run(&[
        "import",
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../seed-data"),
    ])
    .well();
    site
}

pub const CLAIM: &str = r#"
kind = "attribution"
subject = "MPs campaign 2023"
object = "Ministry of Public Security"
assessor = ["Rapid Response Mechanism Canada"]
verbatim = { en = "points to the MPS", fr = "indique le MSP" }
source = "report--f0552024-4d02-51c0-a216-31526bea841e"
assertedAt = 2023-09-15
locator = "p. 2, L40"
evidence = [""]
marking = "tlp:clear"
"#;

#[test]
fn a_claim_comes_from_a_file_and_is_told_value_by_value() {
    let site = seeded();
    site.write("claim.toml", CLAIM);
    let dry = site
        .run(&["claim", "add", "--from", "claim.toml", "--dry-run"])
        .well();
    assert!(dry.starts_with("would-add  relationship--"), "{dry}");
    let added = site
        .run(&[
            "claim",
            "add",
            "--from",
            "claim.toml",
            "--key",
            "one",
            "--reason",
            "read again",
        ])
        .well();
    for wanted in [
        "added  relationship--",
        "+ points to the MPS  @en  [TLP:CLEAR]",
        "+ Ministry of Public Security  [identity--",
    ] {
        assert!(added.contains(wanted), "{wanted}: {added}");
    }
    let id = added.split_whitespace().nth(1).unwrap().to_owned();
    let again = site
        .run(&[
            "claim",
            "add",
            "--from",
            "claim.toml",
            "--key",
            "one",
            "--reason",
            "read again",
        ])
        .well();
    assert!(
        again.contains(&format!("unchanged  {id}")) && again.contains("written before"),
        "{again}"
    );
    let history = site.run(&["history", &id]).well();
    assert!(history.contains("read again"), "{history}");
    let revised = site
        .run(&[
            "claim",
            "revise",
            &id,
            "--set",
            "basis=own analysis",
            "--unset",
            "locator",
        ])
        .well();
    assert!(
        revised.contains("+ own analysis") && revised.contains("- p. 2, L40"),
        "{revised}"
    );
    let version = revised
        .lines()
        .last()
        .unwrap()
        .trim()
        .strip_prefix("version ")
        .unwrap();
    let withdrawn = site
        .run(&["claim", "withdraw", &id, "--if-version", version])
        .well();
    assert!(withdrawn.contains("+ withdrawn"), "{withdrawn}");
    let late = site.run(&[
        "claim",
        "revise",
        &id,
        "--set",
        "basis=review",
        "--if-version",
        version,
    ]);
    assert_eq!(late.code, Some(1));
    assert!(
        late.out.contains("conflict") && late.out.contains("read it again"),
        "{}",
        late.out
    );
    let twice = site.run(&["claim", "withdraw", &id]).badly();
    assert!(twice.contains("withdrawn already"), "{twice}");
}

#[test]
fn a_form_is_a_file_to_fill_in_and_answers_need_little() {
    let site = seeded();
    let form = site
        .run(&["claim", "form", "attribution", "--lang", "fr"])
        .well();
    assert!(
        form.contains("kind = \"attribution\"") && form.contains("\nassessor = [\"\"]"),
        "{form}"
    );
    assert!(
        form.contains("# icd203 : ") || form.contains("# icd203\u{202f}: "),
        "{form}"
    );
    // Filled in as it came, it says what is lacking and nothing is written.
    site.write("claim.toml", &form);
    let lacking = site.run(&["claim", "add", "--from", "claim.toml"]).badly();
    assert!(lacking.contains("marking: say who may see it"), "{lacking}");
    let word = [
        "--set",
        "assessor=Rapid Response Mechanism Canada",
        "--set",
        "verbatim=we do not think so",
        "--set",
        "source=report--f0552024-4d02-51c0-a216-31526bea841e",
    ];
    for (how, relation) in [("dispute", "disputes"), ("concur", "concurs with")] {
        let args: Vec<&str> = ["claim", how, C15].into_iter().chain(word).collect();
        let said = site.run(&args).well();
        assert!(said.contains("added") && said.contains(relation), "{said}");
    }
    let record = site
        .run(&[
            "record",
            "add",
            "campaign",
            "--set",
            "prefLabel=Winter",
            "--set",
            "prefLabel@fr=Hiver",
            "--marking",
            "tlp:green",
        ])
        .well();
    assert!(record.contains("+ Hiver  @fr  [TLP:GREEN]"), "{record}");
    let link = site
        .run(&[
            "record",
            "link",
            "Winter",
            "targets",
            "Canada",
            "--set",
            "source=report--f0552024-4d02-51c0-a216-31526bea841e",
            "--marking",
            "tlp:green",
        ])
        .well();
    assert!(link.contains("added  relationship--"), "{link}");
    let slip = site
        .run(&[
            "record",
            "add",
            "campain",
            "--set",
            "prefLabel=x",
            "--marking",
            "tlp:green",
        ])
        .badly();
    assert!(slip.contains("is \"Campaign\" meant?"), "{slip}");
    let nothing = site.run(&["claim", "revise", C15]).badly();
    assert!(nothing.contains("--set NAME=VALUE"), "{nothing}");
}

#[test]
fn what_waits_is_listed_old_beside_new() {
    let site = seeded();
    let word = [
        "--set",
        "confidence=moderate",
        "--propose",
        "--reason",
        "said at the briefing",
    ];
    let args: Vec<&str> = ["claim", "revise", C15].into_iter().chain(word).collect();
    let waits = site.run(&args).well();
    assert!(waits.starts_with("waiting  relationship--"), "{waits}");
    let listed = site.run(&["review", "list"]).well();
    for wanted in [
        "1  waiting  relationship--",
        "“said at the briefing”",
        "stated confidence",
        "+ moderate  @en",
    ] {
        assert!(listed.contains(wanted), "{wanted}: {listed}");
    }
    site.run(&["claim", "revise", C15, "--set", "status=preliminary"])
        .well();
    let listed = site.run(&["review", "list"]).well();
    assert!(listed.contains("the record changed since"), "{listed}");
    let stale = site.run(&["review", "accept", "1"]).badly();
    assert!(stale.contains("changed since"), "{stale}");
    let taken = site.run(&["review", "accept", "1", "--anyway"]).well();
    assert!(taken.starts_with("revised"), "{taken}");
    site.write("facts.trig", crate::site::FACTS);
    let import = site.run(&["import", "facts.trig", "--propose"]).well();
    assert!(import.contains("10 wait for a steward"), "{import}");
    let listed = site.run(&["review", "list"]).well();
    assert!(listed.contains("If all that waits is taken"), "{listed}");
    let all = [
        "review",
        "accept",
        "--all-of",
        "local",
        "--reason",
        "looked at",
    ];
    let taken = site.run(&all).well();
    assert_eq!(
        taken
            .lines()
            .filter(|line| line.starts_with("added"))
            .count(),
        10,
        "{taken}"
    );

    site.run(&args).well();
    let why = ["--reason", "another reading"];
    let beside = [&["review", "compete", "12"], &why[..]].concat();
    let beside = site.run(&beside).well();
    assert!(beside.starts_with("added  relationship--"), "{beside}");
    let edit = ["--propose", "--set", "confidence=high"];
    site.run(&[&["claim", "revise", C15], &edit[..]].concat())
        .well();
    let edit = ["review", "edit", "13", "--set", "confidence=low"];
    let edited = site.run(&[&edit[..], &why[..]].concat()).well();
    assert!(edited.starts_with("revised  relationship--"), "{edited}");
    let twice = site.run(&[&["review", "refuse", "12", "13"], &why[..]].concat());
    assert!(twice.out.contains("decided on already"), "{}", twice.out);
}

/// A terminal on which the command runs.
fn terminal(site: &Site, args: &[&str]) -> OsSession {
    // Its input is the terminal's, where other tests give none.
    let mut command = Command::new(env!("CARGO_BIN_EXE_fieldmark"));
    command
        .env_clear()
        .env("TMPDIR", site.path())
        .env("TERM", "xterm");
    command.current_dir(site.path()).args(args);
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(30)));
    session
}

fn answers(session: &mut OsSession, steps: &[(&str, &str)]) {
    for (question, answer) in steps {
        session
            .expect(*question)
            .unwrap_or_else(|error| panic!("{question}: {error}"));
        session.send(*answer).unwrap();
    }
}

#[test]
fn a_claim_is_asked_for_step_by_step() {
    let site = seeded();
    let mut session = terminal(&site, &["claim", "add"]);
    answers(
        &mut session,
        &[
            ("What is the claim about?", "\r"),
            ("subject:", "nobody at all\r"),
            (
                "no such record",
                "\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}MPs campaign",
            ),
            ("campaign--55470a85", "\t"),
            ("[campaign--55470a85", "\r"),
            ("object:", "Ministry of Public Security\r"),
            ("assessor:", "\r"),
            ("has to be there", "Rapid Response Mechanism Canada\r"),
            ("assessor, another:", "\r"),
            ("verbatim words:", "points to the MPS\r"),
            ("verbatim words, another:", "\r"),
            ("polarity:", "\r"),
            ("scale:", "\r"),
            ("source:", "report--f0552024-4d02-51c0-a216-31526bea841e\r"),
            ("source, another:", "\r"),
            ("What else is known?", "\r"),
            ("asserted:", "2023-13\r"),
            (
                "is not a date",
                "\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}2023-09\r",
            ),
            ("basis:", "\r"),
            ("place in the source:", "L40\r"),
            ("place in the source, another:", "\r"),
            ("Who may see it?", "\r"),
            ("would-add", ""),
            ("Write it?", "\r"),
            ("added  relationship--", ""),
        ],
    );
    session.expect(expectrl::Eof).unwrap();
    let said = site
        .run(&["dossier", "MPs campaign 2023", "--json"])
        .json()
        .to_string();
    assert!(said.contains("points to the MPS"));
}

#[test]
fn who_gives_up_writes_nothing() {
    let site = seeded();
    let before = site.run(&["verify"]).well();
    let mut session = terminal(&site, &["claim", "dispute", C15]);
    session.expect("assessor:").unwrap();
    session.send(ControlCode::Escape).unwrap();
    session.expect("Nothing was written.").unwrap();
    session.expect(expectrl::Eof).unwrap();
    assert_eq!(site.run(&["verify"]).well(), before);
}

#[test]
fn the_text_of_a_source_shows_what_is_quoted_where_it_stands() {
    let site = seeded();
    let report = "report--f0552024-4d02-51c0-a216-31526bea841e";
    site.write(
        "report.txt",
        "A notice.\nIt speaks of a Probable\nPRC hand.\n",
    );
    let kept = site.run(&["source", "keep", report, "report.txt"]).well();
    assert!(kept.contains("“Probable PRC”  C1  L2\n"), "{kept}");
    assert!(kept.contains("does not stand in the text"), "{kept}");
    let shown = site.run(&["source", "show", report, "--lang", "fr"]).well();
    let number = kept.lines().find(|line| line.contains("Probable PRC"));
    let number = number.unwrap().trim().split('.').next().unwrap();
    assert!(
        shown.contains(&format!(
            "    2  It speaks of a [{number}: Probable]\n    3  [{number}: PRC] hand.\n"
        )),
        "{shown}"
    );
    let fed = site
        .fed(&["source", "keep", report, "-"], "Nothing of it.")
        .well();
    assert!(
        fed.contains("“Probable PRC”  C1  does not stand in the text"),
        "{fed}"
    );
    site.run(&["source", "forget", report]).well();
    let none = site.run(&["source", "show", report]).well();
    assert!(none.contains("No text of it is kept"), "{none}");
    let twice = site.run(&["source", "forget", report]).badly();
    assert!(twice.contains("fieldmark:"), "{twice}");
    let lacking = site.run(&["source", "keep", report, "nowhere.txt"]).badly();
    assert!(lacking.contains("nowhere.txt"), "{lacking}");
}
