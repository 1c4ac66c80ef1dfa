//! The real server, on the seed case, asked by clients and checks that nobody here wrote.

use crate::report::{Report, Unavailable};
use crate::server::Server;
use crate::{machine, place, server};
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Checks of other people's protocols, beside the clone: not part of it, so not always there.
const CONFORMANCE: &str = "../shared/conformance";

/// The W3C's protocol tests that ask for named graphs. A view is one graph without a name, so they
/// fail, and one that passed would mean that a view had grown a second graph.
const NEED_NAMED_GRAPHS: [&str; 6] = [
    "query_dataset_default_graphs_get",
    "query_dataset_default_graphs_post",
    "query_dataset_full",
    "query_dataset_named_graphs_get",
    "query_dataset_named_graphs_post",
    "query_multiple_dataset",
];

/// How many audits the pinned version of graphql-http has.
const AUDITS: u32 = 61;

/// The steps that need a server, by the names they have in the report.
const SPARQL_CLIENT: &str = "SPARQLWrapper asks /sparql";
const REST_CLIENT: &str = "openapi-spec-validator reads /openapi.json";
const GRAPHQL_CLIENT: &str = "gql asks /graphql";
const STIX_CLIENT: &str = "stix2 and its validator read the export";
const EXCHANGE_CLIENT: &str = "pycti, PyMISP and misp-stix read the exports";
const EVENT_CLIENT: &str = "events that PyMISP writes come in and go back";
const SHAPES_CLIENT: &str = "pySHACL judges records as the program does";
const TAXONOMIES_CLIENT: &str = "MISP's vocabularies (pytaxonomies) are steps of our scales";
const MCP_CLIENT: &str = "the MCP SDK for Python calls the tools";
const PAGES_CLIENT: &str = "Chromium reads the pages (Playwright, axe-core)";
const PULL_CLIENT: &str = "medallion and OpenTAXII are pulled from";
const STIX_EXPORT: &str = "STIX 2.1 export conformance";
const PROTOCOL: &str = "W3C SPARQL 1.1 Protocol";
const AUDIT: &str = "GraphQL over HTTP audits";

/// Starts the binary on the seed and lets each client ask it, one step of `report` each.
pub fn check(report: &mut Report) {
    let mut running = None;
    report.step("fieldmark demo", || {
        let scratch = place::Scratch::new("test")?;
        let server = demo(&scratch)?;
        let ready = server.ready_after;
        running = Some((server, scratch));
        Ok(format!("ready after {} ms", ready.as_millis()))
    });
    // The scratch directory must outlive the server that uses it.
    let Some((server, _scratch)) = running else {
        for step in [
            SPARQL_CLIENT,
            REST_CLIENT,
            GRAPHQL_CLIENT,
            STIX_CLIENT,
            EXCHANGE_CLIENT,
            EVENT_CLIENT,
            SHAPES_CLIENT,
            MCP_CLIENT,
            TAXONOMIES_CLIENT,
            PULL_CLIENT,
            PAGES_CLIENT,
            PROTOCOL,
            STIX_EXPORT,
            AUDIT,
        ] {
            report.skip(step, "the server does not start");
        }
        return;
    };
    let base = server.base();
    let own = place::root().join("xtask").join("clients");

    let mut python = None;
    report.step("Python clients", || {
        let found = machine::python("python", &own.join("requirements.txt"))?;
        python = Some(found);
        Ok("installed as pinned in requirements.txt".to_owned())
    });
    let script = |path: PathBuf, arguments: &[&str]| -> Result<Command> {
        let Some(python) = &python else {
            bail!(Unavailable(
                "the Python clients are not installed".to_owned()
            ));
        };
        let mut command = Command::new(python);
        command
            .arg(path)
            .args(arguments)
            // A clone stays as it was.
            .env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(command)
    };
    report.step(SPARQL_CLIENT, || {
        all_passed(&mut script(own.join("sparql_client.py"), &[&base])?)
    });
    report.step(REST_CLIENT, || {
        all_passed(&mut script(own.join("rest_client.py"), &[&base])?)
    });
    report.step(GRAPHQL_CLIENT, || {
        all_passed(&mut script(own.join("graphql_client.py"), &[&base])?)
    });
    report.step(STIX_CLIENT, || {
        all_passed(&mut script(own.join("stix_client.py"), &[&base])?)
    });
    // What these require, and what the others do, excludes one another.
    let apart = |name: &str, file: &str, of: &[&str]| -> Result<String> {
        let python = machine::python(name, &own.join(format!("{name}-requirements.txt")))?;
        let mut command = Command::new(python);
        command
            .arg(own.join(file))
            .args(of)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        all_passed(&mut command)
    };
    report.step(EXCHANGE_CLIENT, || {
        apart("exchange", "exchange_client.py", &[&base])
    });
    report.step(EVENT_CLIENT, || {
        let binary = binary();
        apart("exchange", "event_client.py", &[&binary.to_string_lossy()])
    });
    report.step(SHAPES_CLIENT, || {
        apart("shapes", "shapes_client.py", &[&binary().to_string_lossy()])
    });
    report.step(MCP_CLIENT, || {
        let binary = binary();
        apart("mcp", "mcp_client.py", &[&base, &binary.to_string_lossy()])
    });
    report.step(TAXONOMIES_CLIENT, || {
        apart("taxonomies", "taxonomies_client.py", &[&base])
    });
    report.step(PULL_CLIENT, || {
        apart("taxii", "pull_client.py", &[&binary().to_string_lossy()])
    });
    report.step(PAGES_CLIENT, || pages(&own, &base));

    match conformance() {
        Ok(directory) => {
            report.step(PROTOCOL, || {
                protocol(&mut script(
                    directory.join("sparql_protocol.py"),
                    &[
                        "--tests",
                        &directory.join("w3c-rdf-tests").to_string_lossy(),
                        "--base",
                        &base,
                        "--query",
                        "/sparql",
                        "--sd",
                        "/sparql",
                        "--skip-update",
                    ],
                )?)
            });
            report.step(STIX_EXPORT, || {
                let export = format!("{base}/api/v1/export?format=stix");
                all_passed(&mut script(directory.join("stix_export.py"), &[&export])?)
            });
            report.step(AUDIT, || audit(&directory, &own, &base));
        }
        Err(why) => {
            report.skip(PROTOCOL, &why);
            report.skip(STIX_EXPORT, &why);
            report.skip(AUDIT, &why);
        }
    }

    let log = server.log();
    report.step("the server stops on SIGTERM", || {
        let status = server.stop()?;
        if !status.success() {
            bail!("it ended with {status}:\n{}", server::last_lines(&log));
        }
        Ok("exit status 0".to_owned())
    });
}

/// The seed case, served by the binary just built, open to this machine only.
fn demo(scratch: &place::Scratch) -> Result<Server> {
    let mut command = server::fieldmark(&binary());
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

/// The binary, in the profile of the tests.
fn binary() -> PathBuf {
    place::target().join("debug").join("fieldmark")
}

/// Where the conformance checks are, or why there are none.
fn conformance() -> Result<PathBuf, String> {
    match std::env::var_os("FIELDMARK_CONFORMANCE") {
        Some(named) => PathBuf::from(&named)
            .canonicalize()
            .map_err(|error| format!("FIELDMARK_CONFORMANCE={}: {error}", named.display())),
        None => place::root().join(CONFORMANCE).canonicalize().map_err(|_| {
            format!(
                "{CONFORMANCE} is not beside this clone (FIELDMARK_CONFORMANCE names another place)"
            )
        }),
    }
}

/// The W3C's tests must fail where a view cannot pass them, and nowhere else.
fn protocol(command: &mut Command) -> Result<String> {
    let ran = Ran::of(command)?;
    let failed = ran.failures();
    let known: BTreeSet<&str> = NEED_NAMED_GRAPHS.into_iter().collect();
    let unexpected: Vec<_> = failed.difference(&known).collect();
    let healed: Vec<_> = known.difference(&failed).collect();
    if !unexpected.is_empty() || !healed.is_empty() || ran.tally.failed as usize != failed.len() {
        bail!(
            "{}; not expected to fail: {unexpected:?}; expected to fail but did not: {healed:?}\n{}",
            ran.tally,
            ran.printed
        );
    }
    if ran.tally.passed == 0 {
        bail!("it tested nothing:\n{}", ran.printed);
    }
    Ok(format!(
        "{}; the failures are the {} that need named graphs",
        ran.tally,
        known.len()
    ))
}

/// The GraphQL over HTTP audits: Node wants its packages beside the script.
fn audit(conformance: &Path, own: &Path, base: &str) -> Result<String> {
    let script = machine::script(&conformance.join("graphql_http_audit.mjs"), own)?;
    let ran = Ran::of(
        Command::new("node")
            .arg(script)
            .arg(format!("{base}/graphql")),
    )?;
    // Short of a MUST, an audit counts as passed and is only told: it is shown, so that nobody
    // takes a warning for silence.
    let told: Vec<&str> = ran
        .printed
        .lines()
        .filter(|line| line.starts_with("WARN") || line.starts_with("NOTICE"))
        .collect();
    if !ran.success || ran.tally.failed > 0 || ran.tally.passed != AUDITS {
        bail!("{}, of {AUDITS}\n{}", ran.tally, ran.printed);
    }
    for line in &told {
        println!("{line}");
    }
    Ok(format!(
        "{} of {AUDITS}, {} of them with a remark",
        ran.tally.passed,
        told.len()
    ))
}

/// The pages in a real browser; what they look like is kept as output of the build.
fn pages(own: &Path, base: &str) -> Result<String> {
    let browser = machine::browser()?;
    let script = machine::script(&own.join("pages_client.mjs"), own)?;
    let pictures = place::kept("pages")?;
    let told = all_passed(
        Command::new("node")
            .arg(script)
            .arg(base)
            .arg(browser)
            .arg(&pictures)
            .arg(binary()),
    )?;
    Ok(format!("{told}; screenshots in {}", pictures.display()))
}

/// One of our own clients: everything it checks must hold.
fn all_passed(command: &mut Command) -> Result<String> {
    let ran = Ran::of(command)?;
    // A check that broke off has failed even where the part that ran had not.
    if !ran.success || ran.tally.failed > 0 || ran.tally.passed == 0 {
        bail!("{}\n{}", ran.tally, ran.printed);
    }
    Ok(ran.tally.to_string())
}

/// A check that has run, and what it counted.
struct Ran {
    tally: Tally,
    printed: String,
    success: bool,
}

impl Ran {
    fn of(command: &mut Command) -> Result<Self> {
        let output = command
            .stdin(Stdio::null())
            .output()
            .context("it does not start")?;
        let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let tally = Tally::read(&printed);
        printed.push_str(&String::from_utf8_lossy(&output.stderr));
        let Some(tally) = tally else {
            bail!("it ended ({}) without a count:\n{printed}", output.status);
        };
        Ok(Self {
            tally,
            printed,
            success: output.status.success(),
        })
    }

    /// The tests it named as failed, printed as `FAIL   name -- why`.
    fn failures(&self) -> BTreeSet<&str> {
        self.printed
            .lines()
            .filter_map(|line| line.strip_prefix("FAIL ")?.split_whitespace().next())
            .collect()
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
    /// The last line of the form `N passed, N failed, N skipped` in what a check printed.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

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
    fn a_client_that_breaks_off_or_checks_nothing_has_failed() {
        for script in [
            "echo 3 passed, 0 failed, 0 skipped; exit 1",
            "echo 0 passed, 0 failed, 0 skipped",
            "echo 3 passed, 1 failed, 0 skipped",
            "true",
        ] {
            assert!(all_passed(&mut sh(script)).is_err(), "{script}");
        }
        assert!(all_passed(&mut sh("echo 3 passed, 0 failed, 0 skipped")).is_ok());
    }

    #[test]
    fn the_protocol_may_fail_where_expected_and_must_fail_there() {
        let said = |failed: &[&str]| {
            let lines: String = failed
                .iter()
                .map(|name| format!("echo 'FAIL   {name} -- got 200';"))
                .collect();
            format!(
                "{lines} echo 30 passed, {} failed, 0 skipped; exit 1",
                failed.len()
            )
        };
        let mut failed = NEED_NAMED_GRAPHS.to_vec();
        assert!(protocol(&mut sh(&said(&failed))).is_ok());
        failed.push("bad_query_syntax");
        let error = protocol(&mut sh(&said(&failed))).expect_err("one more has failed");
        assert!(
            error.to_string().contains("[\"bad_query_syntax\"]"),
            "{error}"
        );
        failed.truncate(5);
        let error = protocol(&mut sh(&said(&failed))).expect_err("one has healed");
        assert!(
            error.to_string().contains("[\"query_multiple_dataset\"]"),
            "{error}"
        );
    }
}
