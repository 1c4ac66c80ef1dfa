//! `token` and `audience`: who may ask, and what each would see.

use super::text::{items, plain, table};
use super::{Desktop, print};
use crate::cli::{AudienceCommand, TokenCommand};
use crate::door::address;
use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::{Method, header};
use serde_json::{Map, Value};
use std::process::ExitCode;

/// Tokens: make, list, revoke.
pub async fn token(on: &Desktop, command: TokenCommand) -> Result<ExitCode> {
    let door = on.door().await?;
    let lang = on.language;
    match command {
        TokenCommand::Create {
            name,
            audience,
            role,
            expires,
        } => {
            let mut wish = Map::new();
            wish.insert("name".into(), name.into());
            wish.insert("audience".into(), audience.into());
            wish.insert("role".into(), role.into());
            if let Some(expires) = expires {
                wish.insert("expires".into(), expires.into());
            }
            let request = door
                .request(Method::POST, "/api/v1/tokens", None)
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(Value::Object(wish).to_string()))?;
            let answer = door.send(request).await?.json()?;
            let secret = answer["secret"]
                .as_str()
                .context("the answer has no secret")?
                .to_owned();
            // The note goes elsewhere, so that the secret can be piped to where it is kept.
            eprintln!(
                "{}",
                lang.say(
                    "This secret is shown once and kept nowhere; send it as `Authorization: Bearer …`.",
                    "Ce secret n’est montré qu’une fois et n’est gardé nulle part ; envoyez-le par `Authorization: Bearer …`.",
                )
            );
            on.print(&answer, |_| format!("{secret}\n"))
        }
        TokenCommand::List => {
            let answer = door.get("/api/v1/tokens", None).await?.json()?;
            on.print(&answer, |tokens| {
                let rows: Vec<Vec<String>> = items(tokens)
                    .map(|token| {
                        let text = |key: &str| plain(token[key].as_str().unwrap_or_default());
                        let revoked = if token["revoked"] == true {
                            lang.say("revoked", "révoqué")
                        } else {
                            ""
                        };
                        let row = ["name", "audience", "role", "created", "expires"].map(text);
                        row.into_iter().chain([revoked.to_owned()]).collect()
                    })
                    .collect();
                let headings = [
                    lang.say("name", "nom"),
                    lang.say("audience", "public"),
                    lang.say("role", "rôle"),
                    lang.say("created", "créé"),
                    lang.say("expires", "expire"),
                    lang.say("state", "état"),
                ];
                match rows.is_empty() {
                    true => lang
                        .say("There are no tokens.\n", "Il n’y a aucun jeton.\n")
                        .to_owned(),
                    false => table(&headings.map(str::to_owned), &rows),
                }
            })
        }
        TokenCommand::Revoke { name } => {
            let path = address(&["api", "v1", "tokens", &name], &[]);
            let answer = door
                .send(
                    door.request(Method::DELETE, &path, None)
                        .body(Body::empty())?,
                )
                .await?;
            answer.success()?;
            match on.json {
                true => print(&format!("{}\n", serde_json::json!({ "revoked": name })))?,
                false => print(&format!(
                    "{}{} {}\n",
                    plain(&name),
                    lang.say(":", " :"),
                    lang.say("revoked", "révoqué")
                ))?,
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Audiences: list, and what one would see.
pub async fn audience(on: &Desktop, command: AudienceCommand) -> Result<ExitCode> {
    let door = on.door().await?;
    let lang = on.language;
    match command {
        AudienceCommand::List => {
            let answer = door.get("/api/v1/audiences", None).await?.json()?;
            on.print(&answer, |audiences| {
                let rows: Vec<Vec<String>> = items(audiences)
                    .map(|audience| {
                        let text = |key: &str| plain(audience[key].as_str().unwrap_or_default());
                        let members: Vec<String> = items(&audience["memberships"])
                            .filter_map(Value::as_str)
                            .map(plain)
                            .collect();
                        let all = audience["sees_all"] == true || audience["seesAll"] == true;
                        let ceiling = if all {
                            lang.say("everything", "tout").to_owned()
                        } else {
                            text("ceiling")
                        };
                        vec![text("name"), ceiling, members.join(", ")]
                    })
                    .collect();
                let headings = [
                    lang.say("audience", "public"),
                    lang.say("sees up to", "voit jusqu’à"),
                    lang.say("member of", "membre de"),
                ];
                table(&headings.map(str::to_owned), &rows)
            })
        }
        AudienceCommand::Preview { name } => {
            let path = address(&["api", "v1", "audiences", &name, "preview"], &[]);
            let answer = door.get(&path, None).await?.json()?;
            on.print(&answer, |preview| {
                let rows: Vec<Vec<String>> = items(&preview["records"])
                    .map(|row| {
                        vec![
                            plain(row["noun"].as_str().unwrap_or_default()),
                            row["count"].to_string(),
                        ]
                    })
                    .collect();
                table(
                    &[lang.say("noun", "sorte"), lang.say("records", "fiches")].map(str::to_owned),
                    &rows,
                )
            })
        }
    }
}
