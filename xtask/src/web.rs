//! `cargo xtask web`: what is interactive on the pages, from `web/` into what the binary embeds.

use crate::{machine, place, process};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Where the binary takes them from.
const ISLANDS: &str = "crates/fieldmark-api/islands";

/// Type-checks and builds them.
///
/// # Errors
/// When Node.js is missing and cannot be had, or they do not hold.
pub fn build() -> Result<String> {
    let sources = place::root().join("web");
    let home = machine::node(&sources)?;
    for file in ["tsconfig.json", "vite.config.js"] {
        fs::copy(sources.join(file), home.join(file))?;
    }
    copied(&sources.join("src"), &home.join("src"))?;
    let islands = place::root().join(ISLANDS);
    process::output(
        Command::new("npm")
            .args(["run", "--silent", "build"])
            .env("FIELDMARK_ISLANDS", &islands)
            .current_dir(&home),
    )?;
    let (mut count, mut bytes) = (0, 0);
    for entry in fs::read_dir(&islands)? {
        let entry = entry?;
        if entry
            .path()
            .extension()
            .is_some_and(|ending| ending == "js")
        {
            count += 1;
            bytes += entry.metadata()?.len();
        }
    }
    Ok(format!("{count} scripts, {bytes} bytes, in {ISLANDS}"))
}

/// Builds them where Node.js is there already; else says that the pages go without.
pub fn build_if_there() {
    if !(process::exists("node") && process::exists("npm")) {
        println!("The pages go without their scripts: there is no Node.js to build them.");
        return;
    }
    match build() {
        Ok(told) => println!("{told}"),
        Err(error) => println!("The pages go without their scripts: {error:#}"),
    }
}

/// A folder of files, as it is.
fn copied(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
