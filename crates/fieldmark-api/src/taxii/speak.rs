//! How TAXII is spoken: media types, errors, answers.

use crate::accept::{Accepted, sent};
use crate::problem::Problem;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use fieldmark_store::StoreError;
use mediatype::MediaType;
use serde_json::{Value, json};

/// The one media type.
pub const MEDIA: &str = "application/taxii+json;version=2.1";

/// When the first and the last object of an answer were added.
pub const FIRST: HeaderName = HeaderName::from_static("x-taxii-date-added-first");
/// When the last was.
pub const LAST: HeaderName = HeaderName::from_static("x-taxii-date-added-last");

/// An error message (TAXII 2.1, 3.6.1).
#[derive(Debug)]
pub struct Fault {
    status: StatusCode,
    title: &'static str,
    description: String,
}

impl Fault {
    /// Any fault.
    pub fn new(status: StatusCode, title: &'static str, description: impl Into<String>) -> Self {
        Self {
            status,
            title,
            description: description.into(),
        }
    }

    /// What is not there and what may not be seen: the same bytes.
    pub fn absent() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Not found",
            "there is no such thing here",
        )
    }

    /// What was asked cannot be read.
    pub fn bad(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Bad request", description)
    }

    /// What is asked of an address that has no such method.
    pub fn method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Method not allowed",
            "TAXII gives this address no such method",
        )
    }

    /// Who shows no token, or one that is none of ours.
    pub fn unknown_caller() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            "show a token: Authorization: Bearer fm_…, or Basic with the token as password",
        )
    }

    /// What went wrong here; the reason goes to the log and to nobody else.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a TAXII request could not be answered");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal error",
            "this could not be answered; the server's log has the reason",
        )
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Problem::from(error).into()
    }
}

/// The same fault in TAXII's own form.
impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        let status = problem.status();
        let title = status.canonical_reason().unwrap_or("Error");
        Self::new(status, title, problem.detail())
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = json!({
            "title": self.title,
            "description": self.description,
            "http_status": self.status.as_u16().to_string(),
        });
        let mut response = answer(&body);
        *response.status_mut() = self.status;
        if self.status == StatusCode::UNAUTHORIZED {
            let schemes = HeaderValue::from_static("Bearer, Basic realm=\"fieldmark\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, schemes);
        }
        response
    }
}

/// An answer in the one media type.
pub fn answer(body: &Value) -> Response {
    bytes(body.to_string().into_bytes())
}

/// The same of bytes that are JSON already.
pub fn bytes(body: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static(MEDIA))], body).into_response()
}

/// Whether the caller takes our media type. Without a version it is the latest; without a header
/// it is whatever there is.
pub fn accepts(headers: &HeaderMap) -> Result<(), Fault> {
    let ours = [(MEDIA, ()), ("application/taxii+json", ())];
    Accepted::of(headers).best(&ours).ok_or_else(|| {
        Fault::new(
            StatusCode::NOT_ACCEPTABLE,
            "Not acceptable",
            format!("this server speaks {MEDIA}"),
        )
    })
}

/// Whether a body's media type is ours, version and all.
pub fn is_ours(headers: &HeaderMap) -> bool {
    sent(headers).is_some_and(|kind| MediaType::parse(MEDIA) == Ok(kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header::ACCEPT;

    #[test]
    fn a_range_is_taken_when_its_version_is_ours_or_not_said() {
        for (range, wanted) in [
            ("application/taxii+json;version=2.1", true),
            ("application/taxii+json; Version=\"2.1\"; q=0.5", true),
            ("application/taxii+json", true),
            ("application/taxii+json;q=0.5", true),
            ("*/*", true),
            ("application/taxii+json;version=2.0", false),
            ("application/taxii+json;version=2.1;q=0", false),
            ("text/html", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(range))]);
            assert_eq!(accepts(&headers).is_ok(), wanted, "{range}");
        }
    }
}
