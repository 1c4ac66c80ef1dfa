//! `cargo xtask test`: Rust's tests, then the real binary against clients nobody here wrote, then tidy.

use crate::process::{self, cargo};
use crate::server::Server;
use crate::{machine, place, tidy};
use anyhow::{Context, Result, bail};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Checks of other people's protocols, beside the clone: not part of it, so not always there.
const CONFORMANCE: &str = "../shared/conformance";

/// Runs everything, or with `quick` only what needs neither RocksDB nor another language.
pub fn run(quick: bool) -> Result<()> {
    let begun = Instant::now();
    let mut failed = Vec::new();
    if quick {
        note(
            "rust tests",
            process::run(cargo().args(["test", "--workspace", "--no-default-features"])),
            &mut failed,
        );
        println!(
            "skipped: views on disk, client checks and tidy, because of --quick; `cargo xtask test` runs them"
        );
    } else {
        machine::prepare_build();
        // One selection of packages and targets for every step: another would unify features
        // otherwise, and RocksDB would be compiled a second time.
        process::run(cargo().args(["build", "--workspace", "--all-targets"]))?;
        note(
            "rust tests",
            process::run(cargo().args(["test", "--workspace", "--no-fail-fast"])),
            &mut failed,
        );
        note("client checks", clients(), &mut failed);
        note("tidy", tidy::run(), &mut failed);
    }
    let seconds = begun.elapsed().as_secs();
    if !failed.is_empty() {
        bail!("failed after {seconds} s: {}", failed.join(", "));
    }
    println!("All passed in {seconds} s.");
    Ok(())
}

/// Says a failure where it happens and remembers it, so that the other steps still run.
fn note(step: &'static str, outcome: Result<()>, failed: &mut Vec<&'static str>) {
    if let Err(error) = outcome {
        eprintln!("{step}: {error:#}");
        failed.push(step);
    }
}

/// How many checks went which way.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
struct Tally {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl Tally {
    const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };

    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// The last line of that form in what a check printed.
    fn read(printed: &str) -> Option<Self> {
        printed.lines().rev().find_map(|line| {
            let mut tally = Self::default();
            for (part, (name, place)) in line.trim().split(", ").zip([
                ("passed", &mut tally.passed),
                ("failed", &mut tally.failed),
                ("skipped", &mut tally.skipped),
            ]) {
                *place = part.strip_suffix(name)?.trim_end().parse().ok()?;
            }
            (line.matches(", ").count() == 2).then_some(tally)
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// Starts the binary on the seed and lets each client ask it.
fn clients() -> Result<()> {
    let own = place::root().join("xtask").join("clients");
    let conformance = conformance();
    let mut total = Tally::default();

    // A client that cannot be installed fails the run: a green one must mean they all asked.
    let python = machine::python("python", &own.join("requirements.txt"))
        .context("the Python clients cannot be installed")?;
    let scratch = place::Scratch::new("test")?;
    let server = demo(&scratch)?;
    let base = server.base();

    let script = |path: PathBuf, arguments: &[&str]| {
        let mut command = Command::new(&python);
        command.arg(path).args(arguments);
        command
    };
    total.add(check(
        "SPARQLWrapper asks /sparql",
        &mut script(own.join("sparql_client.py"), &[&base]),
    ));
    total.add(check(
        "gql asks /graphql",
        &mut script(own.join("graphql_client.py"), &[&base]),
    ));
    if let Some(directory) = &conformance {
        let tests = directory.join("w3c-rdf-tests");
        let tests = tests.to_string_lossy();
        total.add(check(
            "W3C SPARQL 1.1 Protocol",
            &mut script(
                directory.join("sparql_protocol.py"),
                &[
                    "--tests",
                    &tests,
                    "--base",
                    &base,
                    "--query",
                    "/sparql",
                    "--sd",
                    "/sparql",
                    "--skip-update",
                ],
            ),
        ));
        total.add(audit(directory, &own, &base));
    } else {
        println!(
            "skipped: the W3C SPARQL protocol tests and the GraphQL over HTTP audits, because {CONFORMANCE} is not beside this clone (FIELDMARK_CONFORMANCE names another place)"
        );
        total.skipped += 2;
    }

    let log = server.printed();
    match server.stop() {
        Ok(status) if status.success() => {
            println!("ok      the server stops on SIGTERM");
            total.passed += 1;
        }
        Ok(status) => {
            println!("FAILED  the server stops on SIGTERM: {status}\n{log}");
            total.add(Tally::FAILED);
        }
        Err(error) => {
            println!("FAILED  the server stops on SIGTERM: {error:#}");
            total.add(Tally::FAILED);
        }
    }
    println!("Client checks: {total}");
    if total.failed > 0 {
        println!("The server's last lines:\n{log}");
        bail!("{} of them failed", total.failed);
    }
    Ok(())
}

/// Where the conformance checks are, if anywhere.
fn conformance() -> Option<PathBuf> {
    let named = std::env::var_os("FIELDMARK_CONFORMANCE").map(PathBuf::from);
    let directory = named.unwrap_or_else(|| place::root().join(CONFORMANCE));
    directory.canonicalize().ok()
}

/// The seed case, served by the binary just built, open to this machine only.
fn demo(scratch: &place::Scratch) -> Result<Server> {
    let binary = place::target().join("debug").join("fieldmark");
    let mut command = Command::new(&binary);
    command
        .arg("demo")
        .current_dir(scratch.path())
        .env("TMPDIR", scratch.path());
    Server::start(
        command,
        |address| vec!["--listen".to_owned(), address.to_owned()],
        "/readyz",
        &scratch.path().join("server.log"),
    )
}

/// The GraphQL over HTTP audits: Node wants its packages beside the script.
fn audit(conformance: &Path, own: &Path, base: &str) -> Tally {
    let name = "GraphQL over HTTP audits";
    let prepared = machine::node(own).and_then(|home| {
        let script = home.join("graphql_http_audit.mjs");
        fs::copy(conformance.join("graphql_http_audit.mjs"), &script)?;
        Ok(script)
    });
    match prepared {
        Ok(script) => check(
            name,
            Command::new("node")
                .arg(script)
                .arg(format!("{base}/graphql")),
        ),
        Err(error) => {
            println!("FAILED  {name}: {error:#}");
            Tally::FAILED
        }
    }
}

/// Runs one check and reads its tally; shows what it printed unless all went well.
fn check(name: &str, command: &mut Command) -> Tally {
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) => {
            println!("FAILED  {name}: does not start: {error}");
            return Tally::FAILED;
        }
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut tally = Tally::read(&printed).unwrap_or_default();
    // A check that broke off has failed even where the part that ran had not.
    if tally.failed == 0 && (!output.status.success() || tally.passed == 0) {
        tally.add(Tally::FAILED);
    }
    if tally.failed == 0 {
        println!("ok      {name}: {tally}");
        for line in printed.lines().filter(|line| line.starts_with("WARN")) {
            println!("        {line}");
        }
    } else {
        println!(
            "FAILED  {name}: {tally}\n{printed}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_is_read_from_the_last_line_that_has_one() {
        let printed =
            "FAIL x\n1 passed, 9 failed, 0 skipped\n# 2 s\n47 passed, 3 failed, 12 skipped\nbye\n";
        assert_eq!(
            Tally::read(printed),
            Some(Tally {
                passed: 47,
                failed: 3,
                skipped: 12
            })
        );
        assert_eq!(Tally::read("3 passed\nall good, thanks, bye\n"), None);
    }

    #[test]
    fn a_check_that_breaks_off_has_failed() {
        let tally = check(
            "breaks off",
            Command::new("sh").args(["-c", "echo 3 passed, 0 failed, 0 skipped; exit 1"]),
        );
        assert_eq!((tally.passed, tally.failed), (3, 1));
        let tally = check("says nothing", Command::new("sh").args(["-c", "true"]));
        assert_eq!(tally.failed, 1);
    }
}
