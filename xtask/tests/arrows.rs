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
    ("xtask", &["fieldmark-rdf"]),
];

/// Libraries that only some crates may name, and which crates those are.
const KEPT: &[(&[&str], &[&str])] = &[
    // The engines: whoever else names one has gone round the gate.
    (
        &[
            "oxigraph",
            "spareval",
            "sparopt",
            "rusqlite",
            "shacl",
            "rudof_rdf",
        ],
        &["fieldmark-store"],
    ),
    (&["async-graphql"], &["fieldmark-api"]),
    // The binary wires listeners to the router, so it may know HTTP's plumbing.
    (
        &["axum", "hyper", "hyper-util", "tower", "tower-http"],
        &["fieldmark-api", "fieldmark"],
    ),
    // Only the binary reads the environment and the command line.
    (
        &["clap", "clap_complete", "clap_mangen", "toml", "anyhow"],
        &["fieldmark", "xtask"],
    ),
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

/// What `package` names in its manifest, tests' own needs aside unless `kinds` asks for them.
fn names(dependencies: &[Dependency], kinds: &[DependencyKind]) -> BTreeSet<String> {
    dependencies
        .iter()
        .filter(|dependency| kinds.contains(&dependency.kind))
        .map(|dependency| dependency.name.clone())
        .collect()
}

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
        for dependency in names(&package.dependencies, EVERY_KIND) {
            for (libraries, keepers) in KEPT {
                if libraries.contains(&dependency.as_str())
                    && !keepers.contains(&package.name.as_str())
                {
                    wrong.push(format!(
                        "{} names {dependency}, which is for {} alone",
                        package.name,
                        keepers.join(" and ")
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
    let used = names(
        &model.dependencies,
        &[DependencyKind::Normal, DependencyKind::Build],
    );
    let foreign: Vec<_> = used
        .iter()
        .filter(|name| !MODEL_MAY_USE.contains(&name.as_str()))
        .collect();
    assert!(foreign.is_empty(), "fieldmark-model names {foreign:?}");
}
