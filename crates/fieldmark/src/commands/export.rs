//! `export`: what one audience may see, to a file or standard output.

use super::show::record;
use super::text::{items, plain};
use super::{Desktop, print_bytes};
use crate::cli::ExportArgs;
use crate::door::address;
use crate::language::Language;
use anyhow::{Context, Result, bail};
use axum::body::Body;
use axum::http::Method;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;
use tempfile::NamedTempFile;

/// Exports. A file appears whole or not at all.
pub async fn run(on: &Desktop, wanted: ExportArgs) -> Result<ExitCode> {
    let format = wanted.format.as_str();
    let seen = wanted.eyes.seen();
    let door = on.filled_door().await?;
    // Names may hold commas, ids do not.
    let mut ids = Vec::new();
    for name in &wanted.of {
        let found = record(&door, name, seen).await?;
        ids.push(
            found["id"]
                .as_str()
                .context("the answer has no id")?
                .to_owned(),
        );
    }
    let (ids, depth) = (ids.join(","), wanted.depth.map(|depth| depth.to_string()));
    let arguments = serde_json::to_string(&arguments(&wanted)?)?;
    let mut query = vec![("format", format)];
    query.extend(wanted.eyes.query());
    if !ids.is_empty() {
        query.push(("of", &ids));
    }
    query.extend(depth.iter().map(|depth| ("depth", depth.as_str())));
    if let Some(question) = &wanted.question {
        query.extend([("question", question.as_str()), ("arguments", &arguments)]);
    }
    if wanted.closed {
        if !["stix", "stix-opencti", "misp"].contains(&format) {
            bail!("--closed goes with --format stix, stix-opencti or misp");
        }
        query.push(("closed", "true"));
    }
    if wanted.spreadsheet {
        if !format.starts_with("csv") {
            bail!("--spreadsheet goes with --format csv or csv-nodes");
        }
        query.push(("spreadsheet", "true"));
    }
    let path = address(&["api", "v1", "export"], &query);
    // A layer says in itself what it does not show, which is told beside it.
    let mut layer = format.starts_with("navigator").then(Vec::new);
    let mut file = wanted.output.as_deref().map(beside).transpose()?;
    let request = door.request(Method::GET, &path, seen).body(Body::empty())?;
    let give = |part: &[u8]| {
        layer
            .iter_mut()
            .for_each(|layer| layer.extend_from_slice(part));
        match &mut file {
            Some(file) => file.write_all(part).context("the file"),
            None => print_bytes(part),
        }
    };
    let answer = door.parts(request, give).await?;
    let answer = answer.success()?;
    if let (Some(file), Some(path)) = (file, wanted.output.as_deref()) {
        put(file, path).with_context(|| path.display().to_string())?;
    }
    tell_guarded(on.language, answer.header("fieldmark-guarded"));
    tell_losses(on.language, answer.header("fieldmark-export"))?;
    if let Some(layer) = layer {
        hidden(on.language, &layer)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The parameters of the question.
fn arguments(wanted: &ExportArgs) -> Result<BTreeMap<&str, &str>> {
    let pairs = wanted.with.iter().map(|parameter| {
        parameter.split_once('=').with_context(|| {
            let name = wanted.question.as_deref().unwrap_or_default();
            format!(
                "\"{parameter}\" is not key=value; `fieldmark ask --list` has the keys of {name}"
            )
        })
    });
    pairs.collect()
}

/// Says on standard error how many cells were changed so that no spreadsheet runs them.
pub fn tell_guarded(lang: Language, cells: Option<&str>) {
    match cells.map(|cells| cells.parse().unwrap_or(0_u64)) {
        None | Some(0) => {}
        Some(cells) => {
            let counted = lang.count(
                cells,
                ["cell has", "cells have"],
                ["cellule a", "cellules ont"],
            );
            let why = lang.say(
                "an apostrophe in front, since a spreadsheet would run what is in it",
                "une apostrophe devant, sans quoi un tableur en exécuterait le contenu",
            );
            eprintln!("{counted} {why}");
        }
    }
}

/// Says on standard error what a bundle of STIX leaves out or changes, and what its reader will not
/// find in it.
fn tell_losses(lang: Language, losses: Option<&str>) -> Result<()> {
    let Some(losses) = losses else { return Ok(()) };
    let losses: Value = serde_json::from_str(losses).context("the export's header is not JSON")?;
    let count = |key: &str| losses[key].as_u64().unwrap_or_default();
    let told = [
        (
            "as_notes",
            [
                "record went out as a note, since STIX has no type for it",
                "records went out as notes, since STIX has no type for them",
            ],
            [
                "fiche est sortie comme note, faute de type dans STIX",
                "fiches sont sorties comme notes, faute de type dans STIX",
            ],
        ),
        (
            "rebuilt",
            [
                "object is shown in part and was put together from that",
                "objects are shown in part and were put together from that",
            ],
            [
                "objet n’est montré qu’en partie et en a été recomposé",
                "objets ne sont montrés qu’en partie et en ont été recomposés",
            ],
        ),
        (
            "left_out",
            [
                "object was left out, since what its type requires is not shown",
                "objects were left out, since what their type requires is not shown",
            ],
            [
                "objet est omis, ce que son type exige n’étant pas montré",
                "objets sont omis, ce que leur type exige n’étant pas montré",
            ],
        ),
        (
            "leads_out",
            [
                "record is referred to and not in the bundle (--closed takes along what can be seen):",
                "records are referred to and not in the bundle (--closed takes along what can be seen):",
            ],
            [
                "fiche est mentionnée sans être du lot (--closed emporte ce qui peut être vu) :",
                "fiches sont mentionnées sans être du lot (--closed emporte ce qui peut être vu) :",
            ],
        ),
    ];
    for (key, en, fr) in told {
        if count(key) > 0 {
            let named = match key {
                "leads_out" => first(&losses["leads_to"], count(key)),
                _ => String::new(),
            };
            let line = format!("{} {named}", lang.count(count(key), en, fr));
            eprintln!("{}", line.trim_end());
        }
    }
    for change in items(&losses["receiver"]) {
        let says = plain(change["says"].as_str().unwrap_or_default());
        let count = change["count"].as_u64().unwrap_or_default();
        eprintln!("{count} {says} ({})", first(&change["first"], count));
    }
    Ok(())
}

/// The first of some names, and a mark where there are more.
fn first(named: &Value, count: u64) -> String {
    let named: Vec<String> = items(named).filter_map(Value::as_str).map(plain).collect();
    let more = match count > named.len() as u64 && !named.is_empty() {
        true => ", …",
        false => "",
    };
    format!("{}{more}", named.join(", "))
}

/// Says on standard error what the Navigator will not show, which its users would not notice.
fn hidden(lang: Language, layer: &[u8]) -> Result<()> {
    let layer: Value = serde_json::from_slice(layer).context("the layer is not JSON")?;
    for entry in items(&layer["metadata"]) {
        let text = |key: &str| plain(entry[key].as_str().unwrap_or_default());
        let (name, why) = (text("name"), text("value"));
        let code = name.strip_prefix("not shown: ").unwrap_or(&name);
        eprintln!("{} {code}: {why}", lang.say("not shown:", "non montrée :"));
    }
    Ok(())
}

/// Writes beside the place and moves it there once it is on the disk, so that nobody ever finds
/// half a release.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = beside(path)?;
    file.write_all(bytes)?;
    put(file, path)
}

/// A file beside the place where it is to be.
fn beside(path: &Path) -> Result<NamedTempFile> {
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    tempfile::Builder::new()
        .prefix(".fieldmark-export-")
        // What the user's umask leaves of it, as for any other file they make.
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(dir)
        .with_context(|| path.display().to_string())
}

/// Moves it there.
fn put(file: NamedTempFile, path: &Path) -> Result<()> {
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
