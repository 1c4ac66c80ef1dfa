//! `cargo xtask demo`: from a clone to an answer, in one command.

use crate::process::{self, cargo};
use crate::{machine, place};
use anyhow::Result;
use std::process::Command;

/// Builds the binary and hands over to `fieldmark demo`, which keeps its data in a scratch
/// directory and listens until interrupted. `arguments` go to it as they are.
pub fn run(release: bool, arguments: &[String]) -> Result<()> {
    machine::prepare_build();
    let profile = if release { "release" } else { "debug" };
    let mut build = process::build("fieldmark");
    if release {
        build = cargo();
        build.args(["build", "--release", "--package", "fieldmark"]);
    }
    println!(
        "The first build compiles RocksDB, which takes about ten minutes on two cores; later ones take seconds."
    );
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
