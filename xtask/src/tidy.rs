//! `cargo xtask tidy`: what a reviewer would otherwise say twice, held by tools.

use crate::process::{self, cargo};
use crate::report::Report;
use crate::{codegen, machine, place};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Files longer than this say why they are one file.
const LONG: usize = 600;

/// How a long file says so, in one of its first lines.
const REASON: &str = "Long because";

/// A check: what it found when all is in order.
type Check = fn() -> Result<String>;

/// What is checked besides the generated code, cheapest first.
pub const CHECKS: [(&str, Check); 4] = [
    ("text", || texts(place::root())),
    ("fmt", || {
        machine::component("rustfmt")?;
        process::run(cargo().args(["fmt", "--all", "--check"]))?;
        Ok("formatted".to_owned())
    }),
    ("clippy", || {
        machine::component("clippy")?;
        // Every target, as the tests have them, so that dependencies are compiled once for both.
        process::run(cargo().args([
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]))?;
        Ok("no warning".to_owned())
    }),
    ("doc", || {
        // Examples ask for what tests depend on, so that dependencies are compiled once for both.
        process::run(
            cargo()
                .args(["doc", "--quiet", "--no-deps", "--workspace"])
                .args(["--lib", "--bins", "--examples"])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )?;
        Ok("no warning".to_owned())
    }),
];

/// Runs every check, says which failed or could not run, and fails if one failed.
pub fn run() -> Result<()> {
    machine::prepare_build();
    let mut report = Report::new();
    for (name, check) in CHECKS {
        report.step(name, check);
    }
    report.step("codegen", || codegen::run(place::root(), true));
    let failed = report.finish();
    if !failed.is_empty() {
        bail!("not in order: {}", failed.join(", "));
    }
    Ok(())
}

/// Reads every file the project keeps or is about to keep.
fn texts(root: &Path) -> Result<String> {
    machine::git()?;
    let listed = process::output(
        Command::new("git")
            // A job may run as another user than the one who made the clone.
            .args(["-c", "safe.directory=*"])
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root),
    )?;
    let mut faults = Vec::new();
    let mut read = 0;
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        let path = root.join(name);
        if !path.is_file() {
            // Deleted but not yet committed, or a link to a directory.
            continue;
        }
        let bytes = fs::read(&path).with_context(|| format!("{name} cannot be read"))?;
        read += 1;
        // What is not text has no lines to judge.
        if let Ok(text) = String::from_utf8(bytes) {
            faults.extend(judge(name, &text));
        }
    }
    if !faults.is_empty() {
        bail!("{} faults\n  {}", faults.len(), faults.join("\n  "));
    }
    Ok(format!("{read} files"))
}

/// What is wrong with one file, each fault as `file:line: what and what instead`.
fn judge(name: &str, text: &str) -> Vec<String> {
    let extension = name.rsplit('.').next().unwrap_or_default();
    let code = ["rs", "ts", "svelte", "py", "mjs"].contains(&extension);
    let mut faults = Vec::new();
    let length = text.lines().count();
    if code && length > LONG && !text.lines().take(30).any(|line| line.contains(REASON)) {
        faults.push(format!(
            "{name}:1: {length} lines: make it two files, or say `{REASON} …` in its opening comment"
        ));
    }
    // Cargo's lock names the registry of every package; there is no way to keep it without.
    let lock = name == "Cargo.lock";
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().copied().enumerate() {
        let mut fault = |what: String| faults.push(format!("{name}:{}: {what}", at + 1));
        if extension == "rs" {
            for (mark, instead) in unfinished() {
                if line.contains(&mark) {
                    fault(format!("`{mark}`: {instead}"));
                }
            }
            if allows_barely(&lines[at..]) {
                fault("a bare `allow`: use #[expect(.., reason = \"..\")]".to_owned());
            }
        }
        if lock {
            continue;
        }
        if let Some(path) = machine_path(line) {
            fault(format!("`{path}` is a path of one machine"));
        }
        if let Some(host) = registry(line) {
            fault(format!(
                "`{host}` is a package registry: leave its address to the client"
            ));
        }
    }
    faults
}

/// Marks of unfinished work and what to do instead. They are put together here so that this file
/// does not hold them.
fn unfinished() -> [(String, &'static str); 4] {
    [
        (format!("{}!(", "todo"), "finish it or leave it out"),
        (
            format!("{}!(", "unimplemented"),
            "finish it or leave it out",
        ),
        (
            format!("#[{}", "ignore"),
            "assert today's answer and say why it is wrong",
        ),
        (
            format!("{}XME", "FI"),
            "mend it or say in an issue why it stands",
        ),
    ]
}

/// Whether an attribute that opens in the first of these lines allows a lint and gives no reason.
fn allows_barely(lines: &[&str]) -> bool {
    let attribute = ["#[", "#!["].map(|open| format!("{open}{}(", "allow"));
    let conditional = ["cfg_attr(", &format!(" {}(", "allow")];
    let Some(line) = lines.first() else {
        return false;
    };
    let opens = attribute.iter().any(|mark| line.contains(mark))
        || conditional.iter().all(|mark| line.contains(mark));
    let closes = lines
        .iter()
        .position(|line| line.trim_end().ends_with(']'))
        .unwrap_or(0);
    opens
        && !lines[..=closes]
            .iter()
            .any(|line| line.contains("reason ="))
}

/// An absolute path that only one machine has: in a home directory or a workplace.
fn machine_path(line: &str) -> Option<&str> {
    for top in ["work", "root", "farm", "home", "Users"] {
        for (at, _) in line.match_indices(top) {
            let opened = line[..at].ends_with('/');
            let before = line[..at.saturating_sub(1)].chars().next_back();
            let rest = &line[at + top.len()..];
            // What stands after a host or another directory is not absolute; what a quotation mark
            // or a space precedes is.
            let absolute = before.is_none_or(|c| !c.is_alphanumeric() && !"_.-~}>)/*".contains(c));
            let goes_on = rest
                .strip_prefix('/')
                .and_then(|rest| rest.chars().next())
                .is_some_and(|c| c.is_alphanumeric() || "._-".contains(c));
            if opened && absolute && goes_on {
                return Some(&line[at - 1..at + top.len() + 1]);
            }
        }
    }
    None
}

/// The host of a package registry.
fn registry(line: &str) -> Option<String> {
    ["npmjs", "yarnpkg", "pypi", "pythonhosted", "debian"]
        .into_iter()
        .flat_map(|host| [format!("{host}.org"), format!("{host}.com")])
        .find(|host| line.contains(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_code_gives_its_reason() {
        let long = "fn f() {}\n".repeat(LONG + 1);
        assert_eq!(judge("a.rs", &long).len(), 1);
        assert_eq!(
            judge("a.rs", &format!("//! {REASON} it is one table.\n{long}")),
            Vec::<String>::new()
        );
        assert_eq!(judge("a.ttl", &long), Vec::<String>::new());
    }

    #[test]
    fn a_path_of_one_machine_is_found_and_an_address_is_not() {
        for found in ["see /ro_t/x", "\"/wo_k/main\"", "cd /ho_e/ana"] {
            let line = found
                .replace("ro_t", "root")
                .replace("wo_k", "work")
                .replace("ho_e", "home");
            assert!(machine_path(&line).is_some(), "{line}");
        }
        for clean in [
            "https://example.org/work/1",
            "crates/root/src",
            "the /work of others",
            "{base}/home/x",
        ] {
            assert_eq!(machine_path(clean), None, "{clean}");
        }
    }

    #[test]
    fn a_bare_allow_is_found_and_a_reasoned_one_is_not() {
        for (attribute, faults) in [
            ("#[@(dead_code)]", 1),
            ("#![@(dead_code)]", 1),
            ("#[cfg_attr(test, @(dead_code))]", 1),
            ("#[@(\n    dead_code\n)]", 1),
            ("#[@(dead_code, reason = \"a macro makes it\")]", 0),
            (
                "#[@(\n    dead_code,\n    reason = \"a macro makes it\"\n)]",
                0,
            ),
            ("// Callers @(so to speak) anything.", 0),
        ] {
            let text = attribute.replace('@', "allow");
            assert_eq!(judge("a.rs", &text).len(), faults, "{text}");
        }
    }

    #[test]
    fn unfinished_work_and_registries_are_named_with_their_line() {
        let text = format!("fn f() {{\n    {}!()\n}}\n", "todo");
        assert_eq!(
            judge("a.rs", &text),
            [format!("a.rs:2: `{}!(`: finish it or leave it out", "todo")]
        );
        let lock = format!("\"resolved\": \"https://registry.{}.org/x\"", "npmjs");
        assert_eq!(judge("package-lock.json", &lock).len(), 1);
        assert_eq!(judge("Cargo.lock", &lock), Vec::<String>::new());
    }
}
