//! Arrows point down: which crate may name which, held against what Cargo itself reads.

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand};
use std::collections::BTreeSet;

/// What each crate of the workspace may depend on inside it. A crate missing here has no right to
/// exist before an ADR says why it does.
const ARROWS: &[(&str, &[&str])] = &[
    (
        "fieldmark",
        &["fieldmark-api", "fieldmark-store", "fieldmark-model"],
    ),
    (
        "fieldmark-api",
        &[
            "fieldmark-store",
            "fieldmark-stix",
            "fieldmark-analysis",
            "fieldmark-rdf",
            "fieldmark-model",
        ],
    ),
    (
        "fieldmark-store",
        &["fieldmark-analysis", "fieldmark-rdf", "fieldmark-model"],
    ),
    ("fieldmark-stix", &["fieldmark-rdf", "fieldmark-model"]),
    ("fieldmark-analysis", &["fieldmark-rdf", "fieldmark-model"]),
    ("fieldmark-rdf", &["fieldmark-model"]),
    ("fieldmark-model", &[]),
    // It writes into the crates, so a slip in one of them must not keep it from being built.
    ("xtask", &[]),
];

/// Libraries that only some crates may name, and which crates those are.
struct Kept {
    libraries: &'static [&'static str],
    keepers: &'static [&'static str],
    /// Whether tests may not name them either.
    in_tests: bool,
}

const KEPT: &[Kept] = &[
    // The engines: whoever else names one has gone round the gate.
    Kept {
        libraries: &[
            "oxigraph",
            "oxrocksdb-sys",
            "spareval",
            "spargebra",
            "sparopt",
            "sparesults",
            "rusqlite",
            "libsqlite3-sys",
            "shacl",
            "rudof_rdf",
        ],
        keepers: &["fieldmark-store"],
        in_tests: true,
    },
    Kept {
        libraries: &["async-graphql", "async-graphql-value"],
        keepers: &["fieldmark-api"],
        in_tests: true,
    },
    // The binary wires listeners to the router, so it may know HTTP's plumbing.
    Kept {
        libraries: &["axum", "hyper", "hyper-util", "tower", "tower-http"],
        keepers: &["fieldmark-api", "fieldmark"],
        in_tests: true,
    },
    // Only the binary reads the environment, its files and the command line; a test may have a
    // table of cases in TOML.
    Kept {
        libraries: &["clap", "clap_complete", "clap_mangen", "toml", "anyhow"],
        keepers: &["fieldmark", "xtask"],
        in_tests: false,
    },
];

/// All that the innermost crate may use beyond the standard library.
const MODEL_MAY_USE: &[&str] = &["thiserror", "uuid"];

fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata reads this workspace")
}

/// The packages that a manifest names, of these kinds.
fn names(dependencies: &[Dependency], kinds: &[DependencyKind]) -> BTreeSet<String> {
    dependencies
        .iter()
        .filter(|dependency| kinds.contains(&dependency.kind))
        .map(|dependency| dependency.name.clone())
        .collect()
}

/// What is compiled into the crate or builds it.
const BUILT_IN: &[DependencyKind] = &[DependencyKind::Normal, DependencyKind::Build];

const EVERY_KIND: &[DependencyKind] = &[
    DependencyKind::Normal,
    DependencyKind::Build,
    DependencyKind::Development,
];

#[test]
fn crates_depend_only_downwards() {
    let metadata = workspace();
    let members: BTreeSet<String> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let known: BTreeSet<String> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(
        members, known,
        "a crate came or went: the table of arrows and an ADR must say so"
    );
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let allowed = ARROWS
            .iter()
            .find(|(name, _)| *name == package.name.as_str())
            .map_or(&[][..], |(_, allowed)| allowed);
        for dependency in names(&package.dependencies, EVERY_KIND) {
            if members.contains(&dependency) && !allowed.contains(&dependency.as_str()) {
                wrong.push(format!("{} -> {dependency}", package.name));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point up: {wrong:?}");
}

#[test]
fn only_their_keepers_name_an_engine_or_a_wire() {
    let metadata = workspace();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        for kept in KEPT {
            let kinds = if kept.in_tests { EVERY_KIND } else { BUILT_IN };
            for dependency in names(&package.dependencies, kinds) {
                if kept.libraries.contains(&dependency.as_str())
                    && !kept.keepers.contains(&package.name.as_str())
                {
                    wrong.push(format!(
                        "{} names {dependency}, which is for {} alone",
                        package.name,
                        kept.keepers.join(" and ")
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_model_needs_next_to_nothing() {
    let metadata = workspace();
    let model = metadata
        .workspace_packages()
        .into_iter()
        .find(|package| package.name.as_str() == "fieldmark-model")
        .expect("the workspace has fieldmark-model");
    let used = names(&model.dependencies, BUILT_IN);
    let foreign: Vec<_> = used
        .iter()
        .filter(|name| !MODEL_MAY_USE.contains(&name.as_str()))
        .collect();
    assert!(foreign.is_empty(), "fieldmark-model names {foreign:?}");
}
