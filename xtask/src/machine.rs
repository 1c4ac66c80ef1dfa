//! What the machine must hold besides Rust: installed where it may be, named where it may not.
//!
//! "Where it may" is a Debian whose package manager this process may run. Everything else is left
//! to the person whose machine it is.

use crate::place;
use crate::process;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A tool the build or the tests need, and the Debian packages that bring it.
struct Need {
    what: &'static str,
    packages: &'static [&'static str],
    present: fn() -> bool,
}

/// RocksDB is C++, and its bindings are made by bindgen, which loads libclang.
const BUILD: &[Need] = &[
    Need {
        what: "a C++ compiler",
        packages: &["g++"],
        present: || process::exists("c++") || process::exists("g++") || process::exists("clang++"),
    },
    Need {
        what: "libclang with its headers",
        packages: &["libclang-dev"],
        present: has_libclang,
    },
];

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
        bail!(
            "{} missing; on Debian: apt-get install {}",
            what.join(" and "),
            packages.join(" ")
        );
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
    process::run(&mut apt(&["update"]))?;
    process::run(apt(&["install", "--no-install-recommends"]).args(&packages))?;
    for need in missing {
        if !(need.present)() {
            bail!("{} still missing after installing", need.what);
        }
    }
    Ok(())
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// A Python with exactly the pinned packages of `requirements` (a file under the workspace), kept
/// for the next run under a name that changes when the pins do.
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
    process::run(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&home),
    )?;
    process::run(
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

/// A directory with the packages of `clients/package-lock.json` installed, kept likewise. Scripts
/// that import them are copied into it, because Node looks for packages beside the script.
pub fn node(clients: &Path) -> Result<PathBuf> {
    let files = ["package.json", "package-lock.json", ".npmrc"];
    let mut contents = Vec::new();
    for file in files {
        let path = clients.join(file);
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
    process::run(
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
    hex(&hash.finalize())[..12].to_owned()
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
