//! The desks: GraphQL, SPARQL, REST, linked data and the probes, over HTTP.
//!
//! A desk reads what came over the wire, asks a [`View`](fieldmark_store::View) and writes the
//! answer in its protocol's own form. It refuses to know how views are kept, who may see what,
//! and where configuration comes from.

mod accept;
pub mod answer;
pub mod caller;
mod collection;
mod edge;
pub mod graphql;
mod incoming;
mod input;
pub mod known;
pub mod linked;
pub mod mcp;
mod outgoing;
mod page;
mod peer;
mod pictures;
pub mod probes;
pub mod problem;
mod rate;
mod report;
pub mod rest;
mod selection;
mod sessions;
pub mod sparql;
pub mod state;
mod tabular;
pub mod taxii;
mod viewing;
pub mod web;
mod writing;

pub use collection::Collection;
pub use fieldmark_stix::seal;
pub use peer::{LocalCaller, Peer};
pub use rate::Rates;
pub use report::Form;
pub use sessions::Sessions;
pub use state::{Desk, DeskSettings};

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::header::HeaderName;
use axum::response::Response;
use std::time::Duration;
use tower_http::classify::ServerErrorsFailureClass;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{
    MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::trace::TraceLayer;
use tracing::Span;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// All desks under one roof.
pub fn router(desk: Desk) -> Router {
    let host = axum::middleware::from_fn_with_state(desk.clone(), edge::one_host);
    let rate = axum::middleware::from_fn_with_state(desk.settings.rates.clone(), rate::limit);
    // An assistant's tools are requests to these as well.
    let asked = Router::new().merge(sparql::routes()).merge(rest::routes());
    Router::new()
        .merge(mcp::routes(asked.clone().with_state(desk.clone())))
        .merge(graphql::routes())
        .merge(asked)
        .merge(linked::routes())
        .merge(taxii::routes())
        .merge(web::routes())
        .merge(probes::routes())
        .fallback(web::no_such_address)
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(axum::middleware::from_fn(edge::keep_coming))
        .layer(host)
        .layer(rate)
        .layer(axum::middleware::from_fn(edge::slow_guesses))
        .layer(axum::middleware::map_response(edge::guarded))
        .layer(axum::middleware::from_fn(edge::close_when_refused))
        .layer(axum::middleware::from_fn(probes::measure))
        .layer(CompressionLayer::new())
        .layer(trace())
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .with_state(desk)
}

/// One span a request, under its id; one line when it is answered. What was asked is not logged:
/// a question can be as sensitive as its answer.
#[expect(
    clippy::type_complexity,
    reason = "the layer's closures have no shorter name"
)]
fn trace() -> TraceLayer<
    tower_http::classify::SharedClassifier<tower_http::classify::ServerErrorsAsFailures>,
    impl Fn(&Request) -> Span + Clone,
    (),
    impl Fn(&Response, Duration, &Span) + Clone,
    (),
    (),
    impl Fn(ServerErrorsFailureClass, Duration, &Span) + Clone,
> {
    TraceLayer::new_for_http()
        .make_span_with(|request: &Request| {
            let id = request
                .extensions()
                .get::<RequestId>()
                .and_then(|id| id.header_value().to_str().ok())
                .unwrap_or_default();
            let route = request
                .extensions()
                .get::<MatchedPath>()
                .map_or("", MatchedPath::as_str);
            tracing::info_span!("request", id, method = %request.method(), route)
        })
        .on_request(())
        .on_response(|response: &Response, took: Duration, _: &Span| {
            let took_ms = took.as_secs_f64() * 1000.0;
            tracing::info!(status = response.status().as_u16(), took_ms, "answered");
        })
        .on_body_chunk(())
        .on_eos(())
        .on_failure(|why: ServerErrorsFailureClass, _: Duration, _: &Span| {
            tracing::error!(%why, "failed");
        })
}
