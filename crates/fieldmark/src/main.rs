//! The `fieldmark` command: the server, and every question and change from a terminal.
//!
//! It knows configuration, terminals and sockets. It refuses to know what a fact is: a command
//! is a request to the same desks that answer over HTTP (see [`door`]).

mod cli;
mod commands;
mod config;
mod door;
mod language;
mod listen;
mod open;
mod serve;
mod taxii;

use clap::Parser;
use fieldmark_store::sparql;
use std::process::ExitCode;
use std::time::Duration;

/// A record is hundreds of small texts, made on one thread and dropped on another, which the system's
/// allocator took a fifth of an import for. It takes the place of C's as well (the crate's feature
/// `override_allocator_on_supported_platforms`): the engine frees error texts that RocksDB made, as if
/// they were Rust's own. How it is set stands in `.cargo/config.toml`, where its build reads it.
#[cfg(feature = "rocksdb")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How long work that nobody waits for may still take at the end.
const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // What this program writes is for whoever runs it, unless they open it to others themselves.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    // Queries run on these threads; only what is touched of a stack is ever real.
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(sparql::STACK)
        .on_thread_start(sparql::thread_is_deep)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let status = runtime
        .block_on(commands::run(cli))
        .unwrap_or_else(|error| failed(&error));
    // A read of standard input that nobody waits for any more would hold the process up.
    runtime.shutdown_timeout(PATIENCE);
    status
}

/// One line on standard error, exit status 1. What was wrong may quote others' words.
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!(
        "fieldmark: {}",
        commands::text::plain(&format!("{error:#}"))
    );
    ExitCode::FAILURE
}
