//! What holds for every request and every answer, whichever desk they are for.

use crate::peer::LocalCaller;
use crate::problem::Problem;
use crate::state::Desk;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, HOST, HeaderMap, HeaderValue, REFERRER_POLICY, RETRY_AFTER, TRANSFER_ENCODING,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutBody;

/// A request that is refused before its body was read leaves that body on the connection. The
/// server closes it then, and must say so, or the caller's next request is sent into the void.
pub async fn close_when_refused(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).map(HeaderValue::as_bytes);
    let carries = headers.contains_key(TRANSFER_ENCODING) || length.is_some_and(|n| n != b"0");
    let carries = carries && request.version() == Version::HTTP_11;
    let mut response = next.run(request).await;
    if carries && (response.status().is_client_error() || response.status().is_server_error()) {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

/// How long a body may pause. A body as a whole is bounded where it is read.
const PAUSE: Duration = Duration::from_secs(30);

/// A body that pauses for too long breaks off. Whoever holds the data directory may be typing it.
pub async fn keep_coming(request: Request, next: Next) -> Response {
    if request.extensions().get::<LocalCaller>().is_some() {
        return next.run(request).await;
    }
    let timed = request.map(|body| Body::new(TimeoutBody::new(PAUSE, body)));
    next.run(timed).await
}

/// A request names one host (RFC 9112, 3.2), or parts of the way it came might each believe
/// another. The demo shows everything to anybody on this machine, so it answers only to the names
/// of this machine: a page from elsewhere could otherwise give its own name our address, and read.
pub async fn one_host(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    let hosts: Vec<&HeaderValue> = request.headers().get_all(HOST).iter().collect();
    let fits = match hosts.len() {
        0 => request.version() < Version::HTTP_11,
        1 => true,
        _ => false,
    };
    if !fits {
        return Problem::bad_request("a request has exactly one Host header").into_response();
    }
    let local = request.extensions().get::<LocalCaller>().is_some();
    let ours = || hosts.first().is_some_and(|host| is_this_machine(host));
    if desk.settings.anonymous_is_steward && !local && !ours() {
        return Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "the demo answers to localhost, 127.0.0.1 and [::1] alone",
        )
        .into_response();
    }
    next.run(request).await
}

fn is_this_machine(host: &HeaderValue) -> bool {
    let Ok(host) = host.to_str() else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// How long a refused token is kept waiting.
const GUESS: Duration = Duration::from_millis(500);

/// How many wait at once; a guess beyond them is told to come later.
static GUESSING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(64));

/// Guessing at tokens is slow: each that is not valid waits, and no more than a few at a time.
pub async fn slow_guesses(request: Request, next: Next) -> Response {
    let shows = request.headers().contains_key(AUTHORIZATION) || request.uri().path() == "/sign-in";
    let response = next.run(request).await;
    if !shows || response.status() != StatusCode::UNAUTHORIZED {
        return response;
    }
    metrics::counter!("fieldmark_tokens_refused_total").increment(1);
    let Ok(_waiting) = GUESSING.try_acquire() else {
        return Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too many tokens were refused just now; try again in a few seconds",
        )
        .into_response();
    };
    tokio::time::sleep(GUESS).await;
    response
}

/// What a page or a drawing may do when nothing else was said: show itself.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What one caller may see is nothing for a cache that others share, and nothing is what its bytes
/// look like instead of what its media type says. Pages and drawings run nothing, fetch nothing,
/// stand in nobody's frame and tell nobody where a reader came from. Whoever is sent away is told
/// when to come back.
pub async fn guarded(mut response: Response) -> Response {
    let status = response.status();
    let headers = response.headers_mut();
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_drawn(headers) {
        headers
            .entry(CONTENT_SECURITY_POLICY)
            .or_insert(HeaderValue::from_static(POLICY));
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    if matches!(
        status,
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
    ) {
        headers
            .entry(RETRY_AFTER)
            .or_insert(HeaderValue::from_static("5"));
    }
    response
}

/// Whether a browser would draw it.
fn is_drawn(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|media| {
            ["text/html", "image/svg", "application/xhtml"]
                .iter()
                .any(|drawn| media.starts_with(drawn))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_its_own() {
        for (host, ours) in [
            ("localhost", true),
            ("LOCALHOST:8420", true),
            ("127.0.0.1:8420", true),
            ("127.1.2.3", true),
            ("[::1]:8420", true),
            ("[::1]", true),
            ("localhost.evil.example", false),
            ("evil.example:8420", false),
            ("127.0.0.1.evil.example", false),
            ("0.0.0.0:8420", false),
            ("", false),
        ] {
            let value = HeaderValue::from_str(host).unwrap();
            assert_eq!(is_this_machine(&value), ours, "{host}");
        }
    }
}
