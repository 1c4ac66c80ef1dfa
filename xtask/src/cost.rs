//! What a change costs: in a copy of the workspace a noun that campaigns are compared by and a kind
//! of claim are added to the ontology and its shapes, by hand as a developer would; then the copy is
//! generated, built and asked, and has to know both everywhere.

use crate::http::Connection;
use crate::report::Unavailable;
use crate::server::{self, Server};
use crate::{codegen, place, process};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is added to the end of a file, and where.
const ADDED: [(&str, &str); 2] = [
    ("ontology/fieldmark.ttl", "xtask/cost/ontology.ttl"),
    ("ontology/shapes.ttl", "xtask/cost/shapes.ttl"),
];

/// The list of the kinds of claim in the shapes, which is closed, and the kind that joins it.
const KINDS: (&str, &str, &str) = (
    "ontology/shapes.ttl",
    "fm:Impact fm:Authenticity )",
    "fm:Funding",
);

/// Records of the new noun and kind.
const RECORDS: &str = "xtask/cost/records.trig";

/// The binary of the copy: beside the one of this workspace, never in its place.
const BINARY: &str = "fieldmark-cost";

/// What else a developer adds, by a word that only such a thing has in the sources: in how many
/// files written by hand it stands, beside the one that works it out.
const FORMS: [(&str, &str, &str, usize); 2] = [
    (
        "a form of export",
        "gexf",
        "crates/fieldmark-rdf/src/graph/xml.rs",
        1,
    ),
    (
        "a field of an overlap",
        "containment",
        "crates/fieldmark-analysis/src/overlap/compare.rs",
        2,
    ),
];

/// Adds, builds and asks; says what it cost.
pub fn check() -> Result<String> {
    let copy = copy()?;
    process::run(process::build(BINARY).arg("--quiet").current_dir(&copy))?;
    let asked = ask(&copy)?;
    let mut said = vec![format!(
        "a noun and a kind of claim: {} files by hand ({}), found in {asked} places",
        ADDED.len(),
        ADDED.map(|(file, _)| file).join(", ")
    )];
    for (what, word, of, most) in FORMS {
        let files = files_with(word, of)?;
        if files.len() > most {
            bail!(
                "{what} costs {} files beside {of}, not {most}: {files:?}",
                files.len()
            );
        }
        said.push(format!("{what}: {} beside {of}", files.len()));
    }
    Ok(said.join("; "))
}

/// The files of this workspace that git knows of.
fn files() -> Result<Vec<String>> {
    let root = place::root();
    let listed = process::output(Command::new("git").current_dir(root).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]));
    let listed = listed.map_err(|error| Unavailable(format!("no list of files: {error:#}")))?;
    let files = listed.split('\0').filter(|file| root.join(file).is_file());
    Ok(files.map(str::to_owned).collect())
}

/// The copy, with what is added and generated. It stays where it is, and a file that is the same is
/// not written again, so that only what changed is compiled again.
fn copy() -> Result<PathBuf> {
    let fresh = place::Scratch::new("cost")?;
    let files = files()?;
    for file in &files {
        let to = fresh.path().join(file);
        fs::create_dir_all(to.parent().unwrap_or(fresh.path()))?;
        fs::copy(place::root().join(file), &to).with_context(|| format!("{file} is not copied"))?;
    }
    let edit = |file: &str, change: &dyn Fn(String) -> Result<String>| -> Result<()> {
        let path = fresh.path().join(file);
        let text = fs::read_to_string(&path).with_context(|| file.to_owned())?;
        fs::write(&path, change(text)?).with_context(|| file.to_owned())
    };
    for (file, added) in ADDED {
        let added = fs::read_to_string(place::root().join(added)).context(added)?;
        edit(file, &|text| Ok(text + &added))?;
    }
    let (file, list, kind) = KINDS;
    edit(file, &|text| {
        if !text.contains(list) {
            bail!("{file} has no list that ends in `{list}`");
        }
        Ok(text.replace(list, &list.replace(')', &format!("{kind} )"))))
    })?;
    edit("crates/fieldmark/Cargo.toml", &|text| {
        Ok(format!(
            "{text}\n[[bin]]\nname = \"{BINARY}\"\npath = \"src/main.rs\"\n"
        ))
    })?;
    // Cargo tells what it compiles apart by name and version and not by place: with one version,
    // this workspace would be built from parts of the copy.
    edit("Cargo.toml", &|text| {
        let mut lines = text.lines();
        let version = lines.find(|line| line.starts_with("version = \""));
        let version = version.context("Cargo.toml states no version of the workspace")?;
        let apart = format!("{}-cost\"", version.trim_end_matches('"'));
        Ok(text.replacen(version, &apart, 1))
    })?;
    codegen::run(fresh.path(), false)?;
    let kept = place::kept("cost-of-change")?;
    for file in &files {
        let (from, to) = (fresh.path().join(file), kept.join(file));
        let wanted = fs::read(&from)?;
        if fs::read(&to).ok().as_ref() != Some(&wanted) {
            fs::create_dir_all(to.parent().unwrap_or(&kept))?;
            fs::write(&to, wanted).with_context(|| format!("{}", to.display()))?;
        }
    }
    forget_others(&kept, &kept, &files.iter().map(String::as_str).collect())?;
    Ok(kept)
}

/// Removes what is not, or no longer, among the files of a copy.
fn forget_others(root: &Path, directory: &Path, files: &BTreeSet<&str>) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let relative = path.strip_prefix(root)?.to_string_lossy().into_owned();
        if path.is_dir() {
            forget_others(root, &path, files)?;
        } else if !files.contains(relative.as_str()) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Serves the records to the copy's own answers, and looks for noun and kind in each of them.
fn ask(copy: &Path) -> Result<usize> {
    let scratch = place::Scratch::new("cost-data")?;
    let data = scratch.path().join("data").to_string_lossy().into_owned();
    let binary = place::target().join("debug").join(BINARY);
    let records = copy.join(RECORDS).to_string_lossy().into_owned();
    let imported =
        process::output(server::fieldmark(&binary).args(["--data", &data, "import", &records]))?;
    if !imported.contains("9 added") {
        bail!("the records are not taken:\n{imported}");
    }
    let server = Server::start(
        server::fieldmark(&binary),
        |address| {
            let options = [
                "--data",
                &data,
                "serve",
                "--metrics",
                "off",
                "--listen",
                address,
            ];
            options.map(str::to_owned).to_vec()
        },
        "/readyz",
        &scratch.path().join("server.log"),
    )?;
    let mut connection = server.connect();
    let mut found = 0;
    let mut holds = |what: &str, answer: &str, wanted: &[&str]| -> Result<()> {
        for wanted in wanted {
            if !answer.contains(wanted) {
                bail!("{what} does not say {wanted}:\n{answer}");
            }
        }
        found += 1;
        Ok(())
    };
    let schema = get(&mut connection, "/graphql/schema.graphql")?;
    holds(
        "the GraphQL schema",
        &schema,
        &["type Slogan implements", "  FUNDING\n"],
    )?;
    let answer = graphql(&mut connection)?;
    let at = |pointer: &str| answer.pointer(pointer).unwrap_or(&Value::Null).to_string();
    holds(
        "the list of the noun",
        &at("/data/slogans/nodes"),
        &["Nothing to see here"],
    )?;
    holds(
        "a dossier in GraphQL",
        &at("/data/dossier/propositions"),
        &["FUNDING"],
    )?;
    holds(
        "an overlap in GraphQL",
        &at("/data/overlap/shared"),
        &["slogan", "Nothing to see here"],
    )?;
    let dossier = get(
        &mut connection,
        "/api/v1/dossier/Northern%20lights.md?lang=fr",
    )?;
    holds(
        "a dossier in French",
        &dossier,
        &[
            "Affirmation de financement",
            "the paymaster paid for it",
            "répète",
        ],
    )?;
    let overlap = "/api/v1/overlap/Northern%20lights?with=Southern%20cross&shuffles=0";
    holds(
        "an overlap in REST",
        &get(&mut connection, overlap)?,
        &["\"slogan\"", "Nothing to see here"],
    )?;
    let page = get(
        &mut connection,
        "/overlap?of=Northern%20lights&with=Southern%20cross",
    )?;
    holds("a page", &page, &["slogans", "Nothing to see here"])?;
    let question = "/api/v1/queries/overlap.csv?left=Northern%20lights&right=Southern%20cross";
    holds(
        "the saved question",
        &get(&mut connection, question)?,
        &["slogan", "Nothing to see here"],
    )?;
    let graph = get(&mut connection, "/api/v1/export?format=gexf")?;
    holds(
        "a drawn export",
        &graph,
        &["value=\"Slogan\"", "kind=\"Funding\""],
    )?;
    let turtle = get(&mut connection, "/api/v1/export?format=turtle")?;
    holds("an export", &turtle, &["fm:Slogan", "fm:Funding"])?;
    Ok(found)
}

fn get(connection: &mut Connection, path: &str) -> Result<String> {
    let answer = connection.request("GET", path, &[], b"")?;
    if answer.status != 200 {
        bail!("{path} answers {}:\n{}", answer.status, answer.text());
    }
    Ok(answer.text())
}

fn graphql(connection: &mut Connection) -> Result<Value> {
    let query = "{ slogans { nodes { label } } \
         dossier(of: \"Northern lights\") { propositions { kind } } \
         overlap(of: \"Northern lights\", with: \"Southern cross\", shuffles: 0) { shared { family label } } }";
    let body = json!({ "query": query }).to_string();
    let headers = [("Content-Type", "application/json")];
    let answer = connection.request("POST", "/graphql", &headers, body.as_bytes())?;
    serde_json::from_slice(&answer.body).with_context(|| answer.text())
}

/// The sources in whose code a word stands beside the one that defines it, tests aside. What is
/// said of it in comments, from which help is made, is not counted.
fn files_with(word: &str, of: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let sources = files()?;
    let mut defined = false;
    for file in sources
        .into_iter()
        .filter(|file| file.starts_with("crates/") && file.contains("/src/"))
        .filter(|file| file.ends_with(".rs") && !file.contains("/tests"))
    {
        let text = fs::read_to_string(place::root().join(&file))?.to_lowercase();
        let mut code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        if !code.any(|line| line.contains(word)) {
            continue;
        }
        match file == of {
            true => defined = true,
            false => found.push(file),
        }
    }
    if !defined {
        bail!("{of} does not say {word}");
    }
    Ok(found)
}
