//! `verify`, `rebuild`, `config`, `completions`, `man`: for those who run an installation.

use super::progress;
use super::text::{items, plain, table};
use super::{Desktop, print, print_bytes};
use crate::cli::Cli;
use crate::door::address;
use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::Method;
use clap::CommandFactory;
use fieldmark_store::{Base, Options};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Checks the ledger and every view; exit status 1 when a view disagrees.
pub async fn verify(on: &Desktop) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let request = door
        .request(Method::POST, "/api/v1/verify", None)
        .body(Body::empty())?;
    let lang = on.language;
    let bar = progress::waiting(lang.say(
        "checking the ledger and its views",
        "vérification du registre et de ses vues",
    ));
    let answer = door.send(request).await;
    bar.finish_and_clear();
    let answer = answer?.json()?;
    on.print(&answer, |found| {
        let mut out = format!(
            "{} {}; {} {}\n",
            lang.say("ledger:", "registre :"),
            lang.count(
                found["entries"].as_u64().unwrap_or_default(),
                ["entry, sound", "entries, all sound"],
                ["inscription intacte", "inscriptions, toutes intactes"],
            ),
            lang.say("head", "tête"),
            plain(found["head"].as_str().unwrap_or_default()),
        );
        for view in items(&found["views"]) {
            let state = match view["agrees"].as_bool() {
                Some(true) => lang.say("agrees with the ledger", "conforme au registre"),
                _ => lang.say("DISAGREES with the ledger", "NON CONFORME au registre"),
            };
            out.push_str(&format!(
                "{} {}{} {state}\n",
                lang.say("view", "vue"),
                plain(view["audience"].as_str().unwrap_or_default()),
                lang.say(":", " :")
            ));
        }
        out
    })?;
    let wrong: Vec<String> = items(&answer["views"])
        .filter(|view| view["agrees"] != true)
        .filter_map(|view| view["audience"].as_str())
        .map(plain)
        .collect();
    if wrong.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "fieldmark: {} {}; {}",
        lang.say(
            "these views disagree with the ledger:",
            "ces vues ne sont pas conformes au registre :"
        ),
        wrong.join(", "),
        lang.say(
            "`fieldmark rebuild` makes them again",
            "`fieldmark rebuild` les refait"
        )
    );
    Ok(ExitCode::FAILURE)
}

/// Makes the views again, all or one.
pub async fn rebuild(on: &Desktop, audience: Option<&str>) -> Result<ExitCode> {
    let door = on.filled_door().await?;
    let query: Vec<(&str, &str)> = audience
        .map(|audience| ("audience", audience))
        .into_iter()
        .collect();
    let path = address(&["api", "v1", "rebuild"], &query);
    let request = door
        .request(Method::POST, &path, None)
        .body(Body::empty())?;
    let lang = on.language;
    let bar = progress::waiting(lang.say("making views again", "réfection des vues"));
    let answer = door.send(request).await;
    bar.finish_and_clear();
    answer?.success()?;
    on.print(
        &json!({ "rebuilt": audience.unwrap_or("all") }),
        |_| match audience {
            Some(audience) => format!(
                "{} {}\n",
                lang.say("made again: the view of", "refaite : la vue de"),
                plain(audience)
            ),
            None => lang
                .say("made again: every view\n", "refaites : toutes les vues\n")
                .to_owned(),
        },
    )
}

/// Prints the configuration in force, and where each value comes from.
pub fn config_show(on: &Desktop, origin: bool) -> Result<ExitCode> {
    let audiences: Vec<Value> = on
        .config
        .audiences
        .iter()
        .map(|audience| {
            json!({
                "name": audience.name,
                "ceiling": audience.ceiling.name(),
                "memberships": audience.memberships,
            })
        })
        .collect();
    let values: serde_json::Map<String, Value> = on
        .config
        .origins()
        .map(|(key, value, from)| match origin {
            true => (
                key.to_owned(),
                json!({ "value": value, "origin": from.to_string() }),
            ),
            false => (key.to_owned(), value.into()),
        })
        .chain([("audience".to_owned(), Value::Array(audiences))])
        .collect();
    on.print(&Value::Object(values), |_| {
        let rows: Vec<Vec<String>> = on
            .config
            .origins()
            .map(|(key, value, from)| (key.to_owned(), plain(value), from.to_string()))
            .chain(on.config.audiences.iter().map(|audience| {
                let members: Vec<&str> = audience.memberships.iter().map(String::as_str).collect();
                let value = format!("{} {}", audience.ceiling.name(), members.join(", "));
                (
                    format!("audience.{}", audience.name),
                    plain(value.trim_end()),
                    on.config.file.display().to_string(),
                )
            }))
            .map(|(key, value, from)| {
                if origin {
                    vec![key, value, from]
                } else {
                    vec![key, value]
                }
            })
            .collect();
        let lang = on.language;
        let headings = [
            lang.say("key", "clé"),
            lang.say("value", "valeur"),
            lang.say("from", "origine"),
        ];
        table(
            &headings.map(str::to_owned)[..if origin { 3 } else { 2 }],
            &rows,
        )
    })
}

/// Tries the configuration on an empty directory. That it could be read is known by now; the
/// store has rules of its own for audiences.
pub fn config_check(on: &Desktop) -> Result<ExitCode> {
    let scratch = tempfile::tempdir()?;
    let options = Options {
        audiences: on.config.audiences.clone(),
        limits: on.config.limits.clone(),
        ..Options::default()
    };
    drop(
        Base::open(scratch.path(), options)
            .with_context(|| on.config.file.display().to_string())?,
    );
    Ok(ExitCode::SUCCESS)
}

/// Prints completions for a shell.
pub fn completions(shell: clap_complete::Shell) -> Result<ExitCode> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "fieldmark", &mut out);
    print_bytes(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the manual page of the program, or of one command.
pub fn man(command: Option<&str>) -> Result<ExitCode> {
    let mut program = Cli::command();
    // Building hands the global options down, so that each page is whole.
    program.build();
    let page = match command {
        None => program,
        Some(name) => program.find_subcommand(name).cloned().with_context(|| {
            format!("no command is named \"{name}\"; `fieldmark --help` lists them")
        })?,
    };
    let mut out = Vec::new();
    clap_mangen::Man::new(page).render(&mut out)?;
    print(&String::from_utf8(out)?)?;
    Ok(ExitCode::SUCCESS)
}
