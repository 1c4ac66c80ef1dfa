//! `cargo xtask test`: tidy, generated code, Rust's tests, then the real binary against clients
//! that nobody here wrote.

use crate::process::{self, cargo};
use crate::report::Report;
use crate::{clients, codegen, cost, machine, place, tidy, web};
use anyhow::{Result, bail};

/// The step that adds a noun and a kind of claim in a copy.
const COST: &str = "cost of change";

/// Runs everything, or with `quick` only what needs neither RocksDB nor another language.
pub fn run(quick: bool) -> Result<()> {
    let mut report = Report::new();
    if quick {
        report.step("Rust tests, views in memory", || {
            rust_tests(&["--no-default-features"])
        });
        for left in [
            "tidy",
            "codegen",
            "Rust tests, views on disk",
            "clients",
            COST,
        ] {
            report.skip(left, "--quick; `cargo xtask test` runs it");
        }
    } else {
        machine::prepare_build();
        for (name, check) in tidy::CHECKS {
            report.step(&format!("tidy: {name}"), check);
        }
        // Before anything is compiled: the binary embeds them.
        report.step("web", web::build);
        report.step("codegen --check", || codegen::run(place::root(), true));
        report.step("Rust tests", || rust_tests(&[]));
        let mut built = false;
        report.step("build", || {
            // The same selection of packages and targets as the other steps: another would unify
            // features otherwise, and RocksDB would be compiled a second time.
            process::run(cargo().args(["build", "--workspace", "--all-targets"]))?;
            built = true;
            Ok("the binary, in the profile of the tests".to_owned())
        });
        if built {
            clients::check(&mut report);
            report.step(COST, cost::check);
        } else {
            for left in ["clients", COST] {
                report.skip(left, "there is no binary to ask");
            }
        }
    }
    let failed = report.finish();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join("; "));
    }
    Ok(())
}

fn rust_tests(more: &[&str]) -> Result<String> {
    process::run(
        cargo()
            .args(["test", "--workspace", "--no-fail-fast"])
            .args(more),
    )?;
    Ok("cargo test --workspace".to_owned())
}
