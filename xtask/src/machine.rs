//! What the machine must hold besides Rust: installed where it may be, named where it may not.
//!
//! "Where it may" is a Debian whose package manager this process may run. Everything else is left
//! to the person whose machine it is. What cannot be had is [`Unavailable`], which skips the step
//! that wants it; an installation that fails for a reason of its own fails the step.

use crate::place;
use crate::process::{self, cargo};
use crate::report::Unavailable;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A tool the build or the tests need, and the Debian packages that bring it.
struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    present: fn() -> bool,
}

/// RocksDB is C++, and its bindings are made by bindgen, which loads libclang; the allocator is built
/// by make.
const BUILD: &[Need] = &[
    Need {
        what: "a C++ compiler",
        packages: &["g++"],
        present: || process::exists("c++") || process::exists("g++") || process::exists("clang++"),
    },
    Need {
        what: "make",
        packages: &["make"],
        present: || process::exists("make"),
    },
    Need {
        what: "libclang with its headers",
        packages: &["libclang-dev"],
        present: has_libclang,
    },
];

/// Tidy reads the list of the project's files from git.
const GIT: &[Need] = &[Need {
    what: "git",
    packages: &["git"],
    present: || process::exists("git"),
}];

const PYTHON: &[Need] = &[Need {
    what: "Python 3 with venv",
    packages: &["python3", "python3-venv"],
    present: || {
        Command::new("python3")
            .args(["-c", "import venv, ensurepip"])
            .output()
            .is_ok_and(|output| output.status.success())
    },
}];

const NODE: &[Need] = &[Need {
    what: "Node.js with npm",
    packages: &["nodejs", "npm"],
    present: || process::exists("node") && process::exists("npm"),
}];

/// What Chromium's own program is called, here or there.
const CHROMIUM: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

const BROWSER: &[Need] = &[Need {
    what: "Chromium",
    packages: &["chromium"],
    present: || CHROMIUM.into_iter().any(process::exists),
}];

/// Chromium's program.
pub fn browser() -> Result<&'static str> {
    install(BROWSER)?;
    let found = CHROMIUM.into_iter().find(|name| process::exists(name));
    found.context("Chromium still missing after installing")
}

/// Installs what compiling needs. A failure is only said: Cargo's own message names the file it
/// misses, and the compiler may be somewhere this program does not look.
pub fn prepare_build() {
    if let Err(error) = install(BUILD) {
        eprintln!("note: {error:#}");
    }
}

fn has_libclang() -> bool {
    if std::env::var_os("LIBCLANG_PATH").is_some() {
        return true;
    }
    if !cfg!(target_os = "linux") {
        // Elsewhere the compiler's own package carries it.
        return true;
    }
    let mut places = vec![
        PathBuf::from("/usr/lib64"),
        PathBuf::from("/usr/local/lib"),
        PathBuf::from("/usr/lib"),
    ];
    if let Ok(versions) = fs::read_dir("/usr/lib") {
        places.extend(
            versions
                .flatten()
                .filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm"))
                .map(|entry| entry.path().join("lib")),
        );
    }
    // The bare `libclang-14.so.1` of the run-time package is not enough: without the development
    // package the compiler's own headers are missing and bindgen fails at the very end.
    places
        .iter()
        .any(|place| place.join("libclang.so").exists())
}

/// Git, to list the project's files.
pub fn git() -> Result<()> {
    install(GIT)
}

/// A part of the Rust toolchain that a minimal one lacks: `rustfmt` or `clippy`.
pub fn component(name: &'static str) -> Result<()> {
    let subcommand = if name == "rustfmt" { "fmt" } else { name };
    let present = || process::output(cargo().args([subcommand, "--version"])).is_ok();
    if present() {
        return Ok(());
    }
    if !process::exists("rustup") {
        bail!(Unavailable(format!(
            "this Rust toolchain has no {name}, and there is no rustup to add it"
        )));
    }
    fetch(Command::new("rustup").args(["component", "add", name]))?;
    if !present() {
        bail!("{name} still missing after `rustup component add {name}`");
    }
    Ok(())
}

/// Installs what is missing of `needs`, or says which packages to install.
fn install(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what: Vec<&str> = missing.iter().map(|need| need.what).collect();
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|need| need.packages.iter().copied())
        .collect();
    if !(process::exists("apt-get") && is_root()) {
        bail!(Unavailable(format!(
            "{} missing, and this process may not install it; on Debian, as root: apt-get install {}",
            what.join(" and "),
            packages.join(" ")
        )));
    }
    println!(
        "Installing {} ({}).",
        what.join(" and "),
        packages.join(" ")
    );
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["-q", "-y"])
            .args(arguments);
        command
    };
    // A fresh container has no package lists, and old lists name packages that are gone.
    // Without a network the update says so but succeeds: only the installation fails.
    let said = fetch(&mut apt(&["update"]))?;
    fetch(apt(&["install", "--no-install-recommends"]).args(&packages))
        .map_err(|error| offline(&said).map_or(error, Into::into))?;
    for need in missing {
        if !(need.present)() {
            bail!("{} still missing after installing", need.what);
        }
    }
    Ok(())
}

/// Runs a command that needs a network and gives what it said.
fn fetch(command: &mut Command) -> Result<String> {
    let line = process::line_of(command);
    println!("$ {line}");
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{line}` does not start"))?;
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    if output.status.success() {
        return Ok(said);
    }
    if let Some(offline) = offline(&said) {
        return Err(anyhow::Error::from(offline).context(format!("`{line}` failed")));
    }
    bail!("`{line}` failed: {}\n{}", output.status, said.trim_end())
}

/// How the package managers used here say that they reach nobody. Anything else they say is a
/// fault, such as a pinned version that does not exist.
const OFFLINE: [&str; 17] = [
    "Could not resolve",
    "Couldn't resolve",
    "Could not connect",
    "Connection refused",
    "Connection timed out",
    "Failed to establish a new connection",
    "Name or service not known",
    "Network is unreachable",
    "No route to host",
    "Temporary failure in name resolution",
    "Temporary failure resolving",
    "dns error",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ENETUNREACH",
    "ENOTFOUND",
    "ETIMEDOUT",
];

/// The lack of a network, if that is what the words mean.
fn offline(said: &str) -> Option<Unavailable> {
    let line = said
        .lines()
        .find(|line| OFFLINE.iter().any(|sign| line.contains(sign)))?;
    Some(Unavailable(format!("no network ({:.200})", line.trim())))
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// A Python with the pinned packages of `requirements`, in a virtual environment of its own under
/// the target directory; kept for the next run under a name that changes when the pins do.
pub fn python(name: &str, requirements: &Path) -> Result<PathBuf> {
    let pins = fs::read(requirements)
        .with_context(|| format!("{} cannot be read", requirements.display()))?;
    let home = place::kept("clients")?.join(format!("{name}-{}", fingerprint(&[&pins])));
    let python = home.join("bin").join("python");
    let done = home.join(".complete");
    if done.exists() && python.exists() {
        return Ok(python);
    }
    install(PYTHON)?;
    process::output(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&home),
    )?;
    fetch(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
            ])
            .arg(requirements),
    )?;
    fs::write(&done, b"")?;
    Ok(python)
}

/// A script beside the packages that it imports, which `folder` names: Node looks for them there.
pub fn script(script: &Path, folder: &Path) -> Result<PathBuf> {
    let name = script.file_name().context("a script has a name")?;
    let beside = node(folder)?.join(name);
    fs::copy(script, &beside).with_context(|| format!("{} cannot be copied", script.display()))?;
    Ok(beside)
}

/// A directory with the packages of a folder's `package-lock.json` installed, kept likewise. Scripts
/// that import them are copied into it, because Node looks for packages beside the script.
pub fn node(folder: &Path) -> Result<PathBuf> {
    let files = ["package.json", "package-lock.json", ".npmrc"];
    let mut contents = Vec::new();
    for file in files {
        let path = folder.join(file);
        contents
            .push(fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?);
    }
    let parts: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
    let home = place::kept("clients")?.join(format!("node-{}", fingerprint(&parts)));
    let done = home.join(".complete");
    install(NODE)?;
    if done.exists() {
        return Ok(home);
    }
    fs::create_dir_all(&home)?;
    for (file, content) in files.iter().zip(&contents) {
        fs::write(home.join(file), content)?;
    }
    fetch(
        Command::new("npm")
            .args([
                "ci",
                "--no-audit",
                "--no-fund",
                "--ignore-scripts",
                "--loglevel=error",
            ])
            .current_dir(&home),
    )?;
    fs::write(&done, b"")?;
    Ok(home)
}

/// Twelve hexadecimal digits that change when any part does.
fn fingerprint(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())[..12].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lack_of_network_is_told_from_a_fault() {
        for said in [
            "W: Failed to fetch x  Temporary failure resolving 'a mirror'\nE: Unable to locate",
            "npm error code EAI_AGAIN\nnpm error errno EAI_AGAIN",
            "NewConnectionError: Failed to establish a new connection: [Errno -3]",
        ] {
            assert!(offline(said).is_some(), "{said}");
        }
        for said in [
            "ERROR: No matching distribution found for gql==99",
            "npm error code EINTEGRITY",
            "",
        ] {
            assert!(offline(said).is_none(), "{said}");
        }
    }
}
