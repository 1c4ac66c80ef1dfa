//! `cargo xtask demo`: from a clone to an answer, in one command.

use crate::process::{self, cargo};
use crate::{machine, place, web};
use anyhow::Result;
use std::process::Command;

/// Builds the binary and hands over to `fieldmark demo`, which keeps its data in a scratch
/// directory and listens until interrupted. `arguments` go to it as they are.
///
/// Unless it is a release, views are in memory and no paper is set as PDF: what views hold is small
/// here and made anew at each start, and RocksDB and Typst, which take most of a first build, are left
/// to the tests.
pub fn run(release: bool, arguments: &[String]) -> Result<()> {
    let mut build = cargo();
    build.args(["build", "--package", "fieldmark"]);
    let profile = if release {
        machine::prepare_build();
        build.arg("--release");
        "release"
    } else {
        build.arg("--no-default-features");
        "debug"
    };
    web::build_if_there();
    println!("A first build takes some minutes; later ones take seconds.");
    process::run(&mut build)?;
    let mut server = Command::new(place::target().join(profile).join("fieldmark"));
    server.arg("demo").args(arguments);
    hand_over(server)
}

/// Becomes the server, so that Ctrl-C and signals reach it and nothing stands between.
#[cfg(unix)]
fn hand_over(mut server: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = server.exec();
    Err(anyhow::Error::new(error).context(format!(
        "{} does not start",
        server.get_program().to_string_lossy()
    )))
}

#[cfg(not(unix))]
fn hand_over(mut server: Command) -> Result<()> {
    process::run(&mut server)
}
