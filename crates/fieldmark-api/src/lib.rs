//! The desks: GraphQL, SPARQL, REST, linked data and the probes, over HTTP.
//!
//! A desk reads what came over the wire, asks a [`View`](fieldmark_store::View) and writes the
//! answer in its protocol's own form. It refuses to know how views are kept, who may see what,
//! and where configuration comes from.

pub mod caller;
pub mod graphql;
pub mod known;
pub mod linked;
mod openapi;
mod paper;
mod pictures;
pub mod probes;
pub mod problem;
pub mod rest;
pub mod sparql;
pub mod state;
pub mod taxii;
mod verdict;
pub mod web;
mod words;

pub use caller::LocalCaller;
pub use fieldmark_stix::seal;
pub use state::{Desk, DeskSettings};

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::Version;
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::Next;
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
    Router::new()
        .merge(graphql::routes())
        .merge(sparql::routes())
        .merge(rest::routes())
        .merge(linked::routes())
        .merge(taxii::routes())
        .merge(web::routes())
        .merge(openapi::routes())
        .merge(probes::routes())
        .fallback(problem::no_such_address)
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(axum::middleware::map_response(keep_private))
        .layer(axum::middleware::from_fn(close_when_refused))
        .layer(axum::middleware::from_fn(probes::measure))
        .layer(CompressionLayer::new())
        .layer(trace())
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .with_state(desk)
}

/// A request that is refused before its body was read leaves that body on the connection. The
/// server closes it then, and must say so, or the caller's next request is sent into the void.
async fn close_when_refused(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).map(HeaderValue::as_bytes);
    let carries = headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|n| n != b"0");
    let carries = carries && request.version() == Version::HTTP_11;
    let mut response = next.run(request).await;
    if carries && response.status().is_client_error() {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

/// What one caller may see is nothing for a cache that others share, and nothing is what its bytes
/// look like instead of what its media type says.
async fn keep_private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
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
