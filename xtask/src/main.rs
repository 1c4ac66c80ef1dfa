//! The project's own commands, run as `cargo xtask COMMAND`.

mod bench;
mod clients;
mod codegen;
mod cost;
mod demo;
mod dist;
mod http;
mod machine;
mod place;
mod process;
mod report;
mod server;
mod test;
mod tidy;
mod web;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build, load the seed case into a scratch directory and serve it on 127.0.0.1:8420.
    #[command(after_help = "Example: cargo xtask demo -- --listen 127.0.0.1:9000")]
    Demo {
        /// Build optimised: faster answers, a longer build.
        #[arg(long)]
        release: bool,
        /// Handed to `fieldmark demo`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Tidy, generated code, every test, then real clients against the real binary.
    #[command(after_help = "Example: cargo xtask test --quick")]
    Test {
        /// Only Rust's tests, with views in memory: no RocksDB, no other language.
        #[arg(long)]
        quick: bool,
    },
    /// Write the vocabulary constants from the ontology.
    #[command(after_help = "Example: cargo xtask codegen --check")]
    Codegen {
        /// Write nothing; fail and name the difference when the file is out of date.
        #[arg(long)]
        check: bool,
    },
    /// Build what is interactive on the pages, with Node.js; without it the pages serve all the same.
    Web,
    /// Check text, formatting, lints, generated code and documentation.
    Tidy,
    /// Measure against the targets, beside another server where there is one.
    #[command(after_help = "Example: cargo xtask bench sparql --rounds 3")]
    Bench(bench::Options),
    /// Add a noun and a kind of claim in a copy, build it, and say what they cost.
    Cost,
    /// Build the release binary, stripped, with its checksum.
    Dist,
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Task::Demo { release, arguments } => demo::run(release, &arguments),
        Task::Test { quick } => test::run(quick),
        Task::Codegen { check } => {
            println!("{}.", codegen::run(place::root(), check)?);
            Ok(())
        }
        Task::Web => {
            println!("{}.", web::build()?);
            Ok(())
        }
        Task::Tidy => tidy::run(),
        Task::Bench(options) => bench::run(&options),
        Task::Cost => {
            println!("{}.", cost::check()?);
            Ok(())
        }
        Task::Dist => dist::run(),
    }
}
