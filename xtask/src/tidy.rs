//! `cargo xtask tidy`: what a reviewer would otherwise say twice, held by tools.

use crate::process::{self, cargo};
use crate::{codegen, place};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Files longer than this say why they are one file.
const LONG: usize = 600;

/// How a long file says so, in one of its first lines.
const REASON: &str = "Long because";

/// Runs every check, says which failed, and fails if one did.
pub fn run() -> Result<()> {
    let root = place::root();
    let checks: [(&str, &dyn Fn() -> Result<()>); 5] = [
        ("text", &|| texts(root)),
        ("codegen", &|| codegen::run(root, true)),
        ("fmt", &|| {
            process::run(cargo().args(["fmt", "--all", "--check"]))
        }),
        ("clippy", &|| {
            process::run(cargo().args([
                "clippy",
                "--quiet",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ]))
        }),
        ("doc", &|| {
            process::run(
                cargo()
                    .args(["doc", "--quiet", "--no-deps", "--workspace"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            )
        }),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        if let Err(error) = check() {
            eprintln!("tidy {name}: {error:#}");
            failed.push(name);
        }
    }
    if !failed.is_empty() {
        bail!("tidy: {} not in order", failed.join(", "));
    }
    println!("tidy: text, codegen, fmt, clippy and doc are in order.");
    Ok(())
}

/// Reads every file the project keeps or is about to keep.
fn texts(root: &Path) -> Result<()> {
    let listed = process::output(
        Command::new("git")
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
    for name in listed.split('\0').filter(|name| !name.is_empty()) {
        let path = root.join(name);
        if !path.is_file() {
            // Deleted but not yet committed, or a link to a directory.
            continue;
        }
        let bytes = fs::read(&path).with_context(|| format!("{name} cannot be read"))?;
        // What is not text has no lines to judge.
        if let Ok(text) = String::from_utf8(bytes) {
            faults.extend(judge(name, &text));
        }
    }
    if !faults.is_empty() {
        bail!("{} faults\n  {}", faults.len(), faults.join("\n  "));
    }
    Ok(())
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
    for (at, line) in text.lines().enumerate() {
        let mut fault = |what: String| faults.push(format!("{name}:{}: {what}", at + 1));
        if extension == "rs" {
            for (mark, instead) in unfinished() {
                if line.contains(&mark) {
                    fault(format!("`{mark}`: {instead}"));
                }
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
fn unfinished() -> [(String, &'static str); 5] {
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
            format!("#[{}(", "allow"),
            "use #[expect(.., reason = \"..\")]",
        ),
        (
            format!("{}XME", "FI"),
            "mend it or say in an issue why it stands",
        ),
    ]
}

/// An absolute path that only one machine has: in a home directory or a workplace.
fn machine_path(line: &str) -> Option<&str> {
    for top in ["work", "root", "farm", "home", "Users"] {
        for (at, _) in line.match_indices(top) {
            let opened = line[..at].ends_with('/');
            let before = line[..at.saturating_sub(1)].chars().next_back();
            let rest = &line[at + top.len()..];
            // `https://host/work/…` and `a/root/b` are not absolute; `"/root/b"` is.
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
    ["npmjs", "pypi", "pythonhosted", "debian"]
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
