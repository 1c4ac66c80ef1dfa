//! `mcp`: an assistant at standard input and output, whose tools ask the same desks as every command.

use super::Desktop;
use crate::door::Door;
use anyhow::{Result, anyhow};
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::Response;
use fieldmark_api::mcp::{self, Asked, Desks};
use futures_util::future::BoxFuture;
use std::process::ExitCode;
use std::sync::Arc;

/// Serves until the assistant leaves.
pub async fn run(on: &Desktop, audience: Option<String>) -> Result<ExitCode> {
    let door = Arc::new(on.filled_door().await?);
    let through = Through { door, audience };
    mcp::over_stdio(through)
        .await
        .map_err(|why| anyhow!("{why}"))?;
    Ok(ExitCode::SUCCESS)
}

/// The desks behind a door, seen as one audience sees them.
#[derive(Clone)]
struct Through {
    door: Arc<Door>,
    audience: Option<String>,
}

impl Desks for Through {
    fn ask(&self, request: Request, _: Option<&Parts>) -> BoxFuture<'static, Asked> {
        let through = self.clone();
        Box::pin(async move {
            let answer = through.pass(request).await;
            answer.map_err(|error| format!("{error:#}"))
        })
    }
}

impl Through {
    async fn pass(&self, request: Request) -> Result<Response> {
        let (parts, body) = request.into_parts();
        let audience = self.audience.as_deref();
        let mut passed = self
            .door
            .request(parts.method, &parts.uri.to_string(), audience)
            .body(body)?;
        for name in [ACCEPT, CONTENT_TYPE] {
            if let Some(value) = parts.headers.get(&name) {
                passed.headers_mut().insert(name, value.clone());
            }
        }
        let answer = self.door.send(passed).await?;
        let mut response = Response::new(Body::from(answer.body));
        *response.status_mut() = answer.status;
        Ok(response)
    }
}
