//! Probes for operators: is it alive, is it ready, how is it doing.

use crate::problem::Problem;
use crate::state::Desk;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::get;
use std::time::Instant;

/// `/livez` and `/readyz`. `/metrics` is served on its own port, by the binary.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
}

/// The process answers.
async fn livez() -> &'static str {
    "ok\n"
}

/// Every view is in step with the ledger. Red, it still answers from what it has.
async fn readyz(State(desk): State<Desk>) -> Result<&'static str, Problem> {
    if desk.base.ready() {
        Ok("ready\n")
    } else {
        Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "a view is behind the ledger; see the server's log; `fieldmark rebuild` makes it again",
        ))
    }
}

/// Counts and times every request by route, method and status, never by what was asked.
pub async fn measure(request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().to_string();
    let begun = Instant::now();
    let response = next.run(request).await;
    let labels = [
        ("route", route),
        ("method", method),
        ("status", response.status().as_u16().to_string()),
    ];
    metrics::counter!("fieldmark_http_requests_total", &labels).increment(1);
    metrics::histogram!("fieldmark_http_request_seconds", &labels)
        .record(begun.elapsed().as_secs_f64());
    response
}
