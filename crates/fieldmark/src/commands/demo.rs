//! `demo`: the seed case, served from a scratch directory, with its first answer.

use super::overlap::{compare, comparison};
use super::{Desktop, import, print};
use crate::config::Origin;
use crate::door::Door;
use anyhow::{Context, Result, bail};
use axum::body::Body;
use fieldmark_api::{Desk, DeskSettings};
use rust_embed::RustEmbed;
use std::net::SocketAddr;
use std::process::ExitCode;

/// The seed case, which travels in the binary.
#[derive(RustEmbed)]
#[folder = "../../seed-data"]
struct Seed;

const QUESTION: [&str; 2] = ["Alces Lake 2022", "MPs campaign 2023"];

/// Loads the seed, serves it and answers the first question. Only a directory named on the
/// command line is used: one that the environment or a file names is somebody's own.
pub async fn run(mut on: Desktop) -> Result<ExitCode> {
    let scratch = tempfile::Builder::new()
        .prefix("fieldmark-demo-")
        .tempdir()?;
    let named = on
        .config
        .origins()
        .any(|(key, _, from)| key == "data" && matches!(from, Origin::Flag(_)));
    if !named {
        on.config.data = scratch.path().to_owned();
    }
    let base = crate::open::open(&on.config, "demo")?;
    let settings = DeskSettings {
        anonymous_is_steward: true,
        ..DeskSettings::default()
    };
    let desk = Desk {
        base: base.clone(),
        settings: settings.clone().into(),
    };
    let door = Door::here(desk, on.language);
    load(&on, &door).await?;
    crate::serve::serve(&on.config, base, settings, async |address| {
        if let Err(error) = greet(&on, &door, address).await {
            eprintln!("fieldmark: {error:#}");
        }
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

async fn load(on: &Desktop, door: &Door) -> Result<()> {
    let mut names: Vec<_> = Seed::iter()
        .filter(|name| name.ends_with(".trig"))
        .collect();
    names.sort();
    if names.is_empty() {
        bail!("this build holds no seed data");
    }
    let how = import::How {
        format: None,
        marking: None,
        mapping: None,
        dry_run: false,
        propose: false,
        loosen: None,
        reason: None,
    };
    let mut records = 0;
    for name in &names {
        let file = Seed::get(name).with_context(|| name.to_string())?;
        let report =
            import::import(door, Body::from(file.data.into_owned()), Some(name), &how).await?;
        if let Some(wrong) = import::wrong(on.language, name, &report) {
            bail!("the seed is unsound: {wrong}");
        }
        let count = |key: &str| report[key].as_u64().unwrap_or_default();
        records += count("added") + count("revised") + count("unchanged");
    }
    let lang = on.language;
    print(&format!(
        "{}: {}, {}\n",
        lang.say("Seed case", "Cas de départ"),
        lang.count(records, ["record", "records"], ["fiche", "fiches"]),
        lang.count(
            names.len() as u64,
            ["file", "files"],
            ["fichier", "fichiers"]
        ),
    ))
}

async fn greet(on: &Desktop, door: &Door, address: SocketAddr) -> Result<()> {
    let lang = on.language;
    let [left, right] = QUESTION;
    print(&format!(
        "{} http://{address}\n\n",
        lang.say("Fieldmark listens on", "Fieldmark écoute sur")
    ))?;
    let overlap = compare(door, left, right, None, None).await?;
    print(&format!(
        "{}\n\n{}\n{}\n",
        lang.say(
            "What links Alces Lake 2022 to the MPs campaign 2023?",
            "Qu’est-ce qui relie Alces Lake 2022 à la campagne contre les députés de 2023 ?",
        ),
        comparison(lang, &overlap),
        lang.say("Ctrl-C ends it.", "Ctrl-C y met fin."),
    ))
}
