//! Every command that README, `--help` and `docs/` print is run here, as it is printed and in the
//! order it is printed, in a fresh directory with the files that the examples name.
//!
//! Three things differ from what a reader does: a server that would take port 8420 takes a free one,
//! what serves until it is stopped is stopped once it listens, and a partner's server is one of ours.

use crate::pulls::partner;
use crate::site::{Running, Site, address_in, get};
use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A fresh directory as a clone's root looks to its reader.
fn clone() -> Site {
    let site = Site::empty();
    for name in ["seed-data", "queries"] {
        std::os::unix::fs::symlink(root().join(name), site.path().join(name)).unwrap();
    }
    site
}

/// Runs one printed line in a shell, as its reader would.
fn run(site: &Site, line: &str) -> Result<(), String> {
    shelled(site, line, &[])
}

fn shelled(site: &Site, line: &str, variables: &[(&str, &str)]) -> Result<(), String> {
    let binary = Path::new(env!("CARGO_BIN_EXE_fieldmark"));
    let path = format!(
        "{}:{}",
        binary.parent().unwrap().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut command = Command::new("sh");
    command
        .args(["-c", line])
        .current_dir(site.path())
        .env_clear()
        .env("PATH", path)
        .env("TMPDIR", site.path())
        .envs(variables.iter().copied())
        .stdin(Stdio::null());
    let output = command.output().unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{line}\n    {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

/// Runs what takes in a partner's collection.
fn pulls(site: &Site, line: &str) -> Result<(), String> {
    let (_partner, _server, url, token) = partner();
    let line = line.replace("https://partner.example/taxii2/", &url);
    let login = ["FIELDMARK_TAXII_PASSWORD", "FIELDMARK_TAXII_TOKEN"];
    shelled(site, &line, &login.map(|name| (name, token.as_str())))
}

/// Runs what serves until it listens, then stops it.
fn serves(site: &Site, line: &str) -> Result<(), String> {
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    let mut words: Vec<String> = words
        .iter()
        .map(|word| word.replace("127.0.0.1:8420", "127.0.0.1:0"))
        .collect();
    if !line.contains("--listen") {
        words.extend(["--listen".to_owned(), "127.0.0.1:0".to_owned()]);
    }
    if words[0] == "serve" {
        words.extend(["--metrics".to_owned(), "off".to_owned()]);
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut server = Running::start(site, &words);
    // The demo says how to stop it once it can be stopped.
    let ready = if words[0] == "demo" {
        "Ctrl-C"
    } else {
        "http://"
    };
    let address = address_in(&server.until(ready));
    let answer = get(&address, "/livez");
    match (answer.starts_with("HTTP/1.1 200"), server.stop()) {
        (true, Some(0)) => Ok(()),
        other => Err(format!("{line}\n    {other:?}")),
    }
}

/// Runs lines in order; all that fail are told at once.
fn all(site: &Site, lines: &[String]) {
    let failed: Vec<String> = lines
        .iter()
        .filter_map(|line| {
            let serving = ["fieldmark serve", "fieldmark demo"]
                .iter()
                .any(|start| line.starts_with(start));
            match serving {
                true => serves(site, line).err(),
                false if line.starts_with("fieldmark pull ") => pulls(site, line).err(),
                false => run(site, line).err(),
            }
        })
        .collect();
    assert!(failed.is_empty(), "these fail:\n{}", failed.join("\n"));
}

/// The lines of every block of shell, without their remarks.
fn shell(markdown: &str) -> Vec<String> {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in markdown.lines() {
        match line.strip_prefix("```") {
            Some(kind) => inside = !inside && kind == "sh",
            None if inside => {
                let bare = line.split("  # ").next().unwrap_or_default().trim();
                lines.extend((!bare.is_empty()).then(|| bare.to_owned()));
            }
            None => {}
        }
    }
    lines
}

/// The commands that stand within sentences. One with a word in capitals is a form to fill in.
fn inline(markdown: &str) -> Vec<String> {
    let pieces = markdown.split('`').skip(1).step_by(2);
    pieces
        .filter(|piece| piece.starts_with("fieldmark ") && !piece.contains('→'))
        .filter(|piece| {
            !piece
                .split([' ', '[', ']', '…', '-'])
                .any(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase()))
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_the_readme_prints() {
    let site = clone();
    let readme = text("README.md");
    let lines = shell(&readme);
    let (ours, others): (Vec<String>, Vec<String>) = lines
        .into_iter()
        .partition(|line| line.starts_with("fieldmark "));
    assert!(ours.len() > 5, "{ours:?}");
    all(&site, &ours);
    let (asked, built): (Vec<String>, Vec<String>) = others
        .into_iter()
        .partition(|line| line.starts_with("curl "));
    // These two are what runs this test, and what the next lines ask.
    for line in built {
        assert!(
            ["cargo xtask demo", "cargo xtask test"].contains(&line.as_str()),
            "nobody runs `{line}`"
        );
    }
    let mut demo = Running::start(&site, &["demo", "--listen", "127.0.0.1:0"]);
    let address = address_in(&demo.until("http://"));
    assert!(!asked.is_empty());
    let here: Vec<String> = asked
        .iter()
        .map(|line| line.replacen("curl ", "curl --fail --silent ", 1))
        .map(|line| line.replace("127.0.0.1:8420", &address))
        .collect();
    all(&site, &here);
    demo.stop();
    all(&site, &inline(&readme));
}

/// The files that the examples name, and what has to be there before them.
fn prepared() -> Site {
    let site = clone();
    site.write("report.trig", crate::site::FACTS);
    site.write(
        "report.txt",
        "A notice that speaks of a Probable PRC hand.\n",
    );
    site.write("bundle.json", include_str!("bundle.json"));
    site.write("attribution.toml", crate::writing::CLAIM);
    let word = "assessor = \"Rapid Response Mechanism Canada\"\nverbatim = \"no\"\n";
    let place =
        "source = \"report--f0552024-4d02-51c0-a216-31526bea841e\"\nmarking = \"tlp:clear\"\n";
    site.write("denial.toml", &format!("{word}{place}"));
    site.write("link.toml", place);
    site.write(
        "facts.ttl",
        "@prefix id: <https://w3id.org/fieldmark/id/> . @prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
id:campaign--00000000-0000-4000-8000-0000000000aa a stix:Campaign ; skos:prefLabel \"Aldrovanda\"@en .\n",
    );
    let tables = text("docs/tables.md");
    let mappings = tables.split("```toml\n").skip(1);
    let mappings: Vec<&str> = mappings
        .filter_map(|rest| rest.split("```").next())
        .collect();
    let named = [
        "incidents.toml",
        "disarm-incidents.toml",
        "disarm-techniques.toml",
    ];
    assert_eq!(
        mappings.len(),
        named.len(),
        "docs/tables.md shows a mapping for each"
    );
    for (name, mapping) in named.into_iter().zip(mappings) {
        site.write(name, mapping);
    }
    // DISARM's own tables where they are; else a few rows of the same shape.
    for (name, theirs, ours) in [
        (
            "disarm-incidents.csv",
            "derived_incidents_2025-02-08.csv",
            "id,name,type,year_started,attribution,found_in_country\nI9001,Pinguicula,incident,2019,Unknown,\"Lithuania, Latvia\"\nI9002,Utricularia,campaign,,\"Freedonia,Sylvania\",World\n",
        ),
        (
            "disarm-techniques.csv",
            "derived_incident_techniques_2025-02-08.csv",
            "incident_id,technique_id\nI9001,T0049\nI9001,T0143.003\n",
        ),
    ] {
        let theirs = root().join("../shared/data/disarm").join(theirs);
        site.write(
            name,
            &fs::read_to_string(theirs).unwrap_or_else(|_| ours.to_owned()),
        );
    }
    site.write(
        "incidents.csv",
        "id;title;began;country;who;said on;quote;actor;denied\n1;Byblis;31/12/2023;Canada;Global Affairs Canada;01/02/2024;we assess;Freedonia;no\n",
    );
    site.write(
        "event.json",
        r#"{"Event":{"uuid":"00000000-0000-4000-8000-00000000000e","info":"Sundew","date":"2024-05-03","timestamp":"1714900000","Orgc":{"uuid":"00000000-0000-4000-8000-00000000000f","name":"Bog Watch"},"Tag":[{"name":"tlp:green"}],"Attribute":[{"uuid":"00000000-0000-4000-8000-000000000010","type":"domain","value":"sundew.example","to_ids":false}]}}"#,
    );
    site.write(
        "threat-actor.json",
        r#"{"type":"threat-actor","name":"Threat Actor","uuid":"7cdff317-a673-4474-84ec-4f1754947823","version":1,"description":"d","category":"actor","source":"s","authors":["a"],"values":[{"value":"Sundew Panda","uuid":"00000000-0000-4000-8000-00000000000b","description":"A made-up actor."}]}"#,
    );
    site.write(
        "release.json",
        r#"{"type":"bundle","id":"bundle--00000000-0000-4000-8000-00000000000c","objects":[]}"#,
    );
    site.write(
        "fieldmark.toml",
        "[[audience]]\nname = \"partner\"\nceiling = \"amber\"\n",
    );
    site
}

/// Four records that wait for a steward, as a writer of the public's view leaves them, and two
/// changes of a claim.
fn propose(site: &Site) {
    let made = site.run(&[
        "token",
        "create",
        "--name",
        "outside",
        "--audience",
        "public",
        "--role",
        "writer",
    ]);
    let mut server = Running::start(
        site,
        &["serve", "--listen", "127.0.0.1:0", "--metrics", "off"],
    );
    let address = address_in(&server.until("http://"));
    let body = format!(
        "@prefix id: <https://w3id.org/fieldmark/id/> . @prefix stix: <http://docs.oasis-open.org/cti/ns/stix#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n{}",
        (1..=4)
            .map(|n| format!("id:campaign--00000000-0000-4000-8000-0000000001{n:02} a stix:Campaign ; skos:prefLabel \"Proposed {n}\"@en .\n"))
            .collect::<String>()
    );
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(
        stream,
        "POST /api/v1/import?format=turtle&marking=tlp:clear HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        made.out.trim(),
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.contains("\"proposed\":4"), "{answer}");
    assert_eq!(server.stop(), Some(0));
    for confidence in ["confidence=moderate", "confidence=high"] {
        let change = ["claim", "revise", "C15", "--set", confidence, "--propose"];
        site.run(&change).well();
    }
}

/// The commands as the manual lists them, a page each.
fn examples(site: &Site) -> Vec<String> {
    let names = |help: &str| -> Vec<String> {
        help.lines()
            .skip_while(|line| !line.starts_with("Commands:"))
            .skip(1)
            .take_while(|line| !line.is_empty())
            .filter(|line| line.starts_with("  ") && !line.starts_with("    "))
            .filter_map(|line| line.split_whitespace().next())
            .filter(|name| *name != "help")
            .map(str::to_owned)
            .collect()
    };
    let mut found = Vec::new();
    let mut open: Vec<Vec<String>> = names(&site.run(&["--help"]).well())
        .into_iter()
        .map(|name| vec![name])
        .collect();
    open.reverse();
    while let Some(command) = open.pop() {
        let words: Vec<&str> = command
            .iter()
            .map(String::as_str)
            .chain(["--help"])
            .collect();
        let help = site.run(&words).well();
        let below: Vec<Vec<String>> = names(&help)
            .into_iter()
            .rev()
            .map(|name| command.iter().cloned().chain([name]).collect())
            .collect();
        let lines = help
            .lines()
            .skip_while(|line| !line.starts_with("Example: "))
            .map(|line| line.trim_start_matches("Example: ").trim());
        let lines: Vec<String> = lines
            .filter(|line| line.starts_with("fieldmark "))
            .map(str::to_owned)
            .collect();
        assert!(
            !below.is_empty() || !lines.is_empty(),
            "{command:?} shows no example"
        );
        found.extend(lines);
        open.extend(below);
    }
    found
}

#[test]
fn what_the_help_prints() {
    let site = prepared();
    site.run(&["import", "seed-data"]);
    propose(&site);
    let lines = examples(&site);
    assert!(lines.len() > 40, "{lines:?}");
    all(&site, &lines);
}

#[test]
fn what_the_documents_print() {
    let site = prepared();
    site.run(&["import", "seed-data"]);
    let mut names: Vec<PathBuf> = ["docs", "docs/adr"]
        .iter()
        .flat_map(|folder| fs::read_dir(root().join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    names.push(root().join("ARCHITECTURE.md"));
    names.sort();
    let mut lines = Vec::new();
    for name in names {
        let text = fs::read_to_string(name).unwrap();
        lines.extend(shell(&text));
        lines.extend(inline(&text));
    }
    assert!(lines.len() > 3, "{lines:?}");
    all(&site, &lines);
}
