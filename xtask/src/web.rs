//! `cargo xtask web`: what is interactive on the pages, from `web/`, and the fonts of PDFs that come
//! with it, into what the binary embeds.

use crate::{machine, place, process};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Where the binary takes them from.
const ISLANDS: &str = "crates/fieldmark-api/islands";
/// And where fonts.
const FONTS: &str = "crates/fieldmark-api/fonts";

/// The fonts that carry names which Typst's own do not, by package: what of it is wanted.
const SCRIPTS: [(&str, &str); 4] = [
    ("noto-sans-sc", "chinese-simplified"),
    ("noto-sans-tc", "chinese-traditional"),
    ("noto-sans-arabic", "arabic"),
    ("noto-sans-hebrew", "hebrew"),
];

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
    // What scripts share is named by its digest, so what it was before would stay.
    for entry in fs::read_dir(&islands)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "js") {
            fs::remove_file(path)?;
        }
    }
    process::output(
        Command::new("npm")
            .args(["run", "--silent", "build"])
            .env("FIELDMARK_ISLANDS", &islands)
            .current_dir(&home),
    )?;
    let fonts = place::root().join(FONTS);
    for (name, script) in SCRIPTS {
        let package = home.join("node_modules/@fontsource").join(name);
        let file = format!("{name}-{script}-400-normal.woff2");
        let copies = [
            (package.join("files").join(&file), file),
            // The Open Font License goes wherever the font goes.
            (package.join("LICENSE"), format!("{name}.LICENSE")),
        ];
        for (from, name) in copies {
            let to = fonts.join(name);
            fs::copy(&from, to).with_context(|| from.display().to_string())?;
        }
    }
    let (scripts, script_bytes) = sum(&islands, "js")?;
    let (files, font_bytes) = sum(&fonts, "woff2")?;
    Ok(format!(
        "{scripts} scripts, {script_bytes} bytes, in {ISLANDS}; {files} fonts, {font_bytes} bytes, in {FONTS}"
    ))
}

/// How many files of a folder have this ending, and their bytes.
fn sum(folder: &Path, ending: &str) -> Result<(usize, u64)> {
    let (mut count, mut bytes) = (0, 0);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry
            .path()
            .extension()
            .is_some_and(|found| found == ending)
        {
            count += 1;
            bytes += entry.metadata()?.len();
        }
    }
    Ok((count, bytes))
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
