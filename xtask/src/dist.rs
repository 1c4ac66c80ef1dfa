//! `cargo xtask dist`: the release binary, stripped, with its checksum.

use crate::process::{self, cargo};
use crate::{machine, place, web};
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::process::Command;

/// Builds, strips and writes `target/dist/fieldmark` and `fieldmark.sha256`.
pub fn run() -> Result<()> {
    machine::prepare_build();
    web::build_if_there();
    process::run(cargo().args(["build", "--release", "--package", "fieldmark"]))?;
    let built = place::target().join("release").join("fieldmark");
    let directory = place::target().join("dist");
    fs::create_dir_all(&directory)?;
    let binary = directory.join("fieldmark");
    fs::copy(&built, &binary).with_context(|| format!("{} cannot be copied", built.display()))?;
    if process::exists("strip") {
        process::run(Command::new("strip").arg(&binary))?;
    } else {
        println!("not stripped: there is no `strip` on the path");
    }
    let bytes = fs::read(&binary)?;
    let sum = hex::encode(Sha256::digest(&bytes));
    // The form `sha256sum --check` reads.
    fs::write(
        directory.join("fieldmark.sha256"),
        format!("{sum}  fieldmark\n"),
    )?;
    println!("{}\n{} bytes, sha256 {sum}", binary.display(), bytes.len());
    Ok(())
}
