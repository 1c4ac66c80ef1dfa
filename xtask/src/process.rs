//! Other programs: run one, wait for it, say plainly when it fails.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// The Cargo that runs this program, or the one on the path, from the workspace's root and with
/// the target directory this project uses.
///
/// It is started as a person would start it: `cargo run` tells this program which package it is
/// (`CARGO_MANIFEST_DIR`, `CARGO_PKG_*`), and build scripts that watch those names, ring's among
/// them, would find them changed between a plain `cargo build` and this one, and be compiled again
/// with all that stands on them.
pub fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if describes_this_package(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
    command
        .current_dir(crate::place::root())
        .env("CARGO_TARGET_DIR", crate::place::target());
    command
}

/// A build of one binary of the workspace, in the profile of the tests and from the same parts.
///
/// Cargo unifies features over the packages that it selects, and over what tests need as soon as it
/// builds any: with other features RocksDB would be compiled a second time. So the whole workspace
/// is selected, and beside the binary one small test.
pub fn build(binary: &str) -> Command {
    let mut build = cargo();
    build.args(["build", "--workspace", "--bin", binary, "--test", "arrows"]);
    build
}

/// Whether Cargo sets a variable of that name to describe the package it runs.
fn describes_this_package(name: &str) -> bool {
    ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"]
        .iter()
        .any(|start| name.starts_with(start))
        || ["CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"].contains(&name)
}

/// Runs to the end with this terminal's input and output; fails unless it exits 0.
pub fn run(command: &mut Command) -> Result<()> {
    let said = line_of(command);
    println!("$ {said}");
    let status = command
        .status()
        .with_context(|| format!("`{said}` does not start"))?;
    if !status.success() {
        bail!("`{said}` failed: {status}");
    }
    Ok(())
}

/// Runs to the end and gives what it printed; fails, with what it said, unless it exits 0.
pub fn output(command: &mut Command) -> Result<String> {
    let said = line_of(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{said}` does not start"))?;
    if !output.status.success() {
        bail!(
            "`{said}` failed: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{said}` printed no UTF-8"))
}

/// Whether a program of that name is on the path.
pub fn exists(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|directory| is_file(&directory.join(program)))
    })
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file())
}

/// The command as a person would type it.
pub fn line_of(command: &Command) -> String {
    let mut line = Path::new(command.get_program())
        .file_name()
        .unwrap_or(OsStr::new("?"))
        .to_string_lossy()
        .into_owned();
    for argument in command.get_args() {
        line.push(' ');
        let argument = argument.to_string_lossy();
        if argument.contains(' ') {
            line.push_str(&format!("'{argument}'"));
        } else {
            line.push_str(&argument);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_is_started_without_a_word_about_this_package() {
        // A test is told of its package just as `cargo run` tells this program.
        assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
        let command = cargo();
        for (name, _) in std::env::vars_os() {
            let told = describes_this_package(&name.to_string_lossy());
            let removed = command
                .get_envs()
                .any(|(set, value)| set == name && value.is_none());
            assert_eq!(removed, told, "{}", name.to_string_lossy());
        }
        let set: Vec<_> = command
            .get_envs()
            .filter(|(_, value)| value.is_some())
            .collect();
        assert_eq!(set.len(), 1, "{set:?}");
    }
}
