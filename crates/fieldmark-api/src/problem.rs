//! Errors as RFC 9457 problem documents. A stranger hears what to do, never how we are built.

use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use fieldmark_model::{Noun, RecordId};
use fieldmark_store::StoreError;
use fieldmark_store::import::ImportError;
use fieldmark_store::question;
use fieldmark_store::read::ReadError;
use fieldmark_store::sparql::SparqlError;
use serde::Serialize;
use std::fmt::Display;
use utoipa::ToSchema;

/// A problem document (RFC 9457): what is wrong and what to do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: the status and the detail say it all.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong here, and the remedy.
    detail: String,
}

impl Problem {
    /// A problem of that status.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
        }
    }

    /// A fault of ours: logged in full here, once; outside it is only known to have happened.
    pub fn internal(error: &dyn Display) -> Self {
        tracing::error!(%error, "a request could not be answered");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "this could not be answered; the server's log has the reason under this request's id",
        )
    }

    /// What is not there and what may not be seen: the same bytes.
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "there is no such thing here; search for it by name",
        )
    }

    /// The same, where names are near to the one that was asked for.
    pub fn not_found_but(near: &[(RecordId, Noun, String)]) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            format!(
                "there is no such thing here; the nearest names: {}",
                listed(near)
            ),
        )
    }

    /// There is no saved question of that name; these there are.
    pub fn no_question(name: &str) -> Self {
        let known: Vec<&str> = question::catalogue().iter().map(|q| &*q.name).collect();
        let name: String = name.chars().take(120).collect();
        Self::new(
            StatusCode::NOT_FOUND,
            format!("no question is named \"{name}\": {}", known.join(", ")),
        )
    }

    /// The request cannot be used as it is.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What is wrong, and the remedy.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"fieldmark\""),
            );
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let status = match &error {
            StoreError::NoAudience(_) => StatusCode::NOT_FOUND,
            StoreError::Moment(_) => return Self::bad_request(error.to_string()),
            StoreError::NotAllowed { .. } => {
                return Self::new(StatusCode::CONFLICT, error.to_string());
            }
            StoreError::Full(_) => StatusCode::INSUFFICIENT_STORAGE,
            StoreError::Moments(_) => StatusCode::TOO_MANY_REQUESTS,
            StoreError::Behind { .. }
            | StoreError::Busy
            | StoreError::Closing
            | StoreError::Recorded(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => return Self::internal(&error),
        };
        tracing::warn!(%error, "the store refused");
        Self::new(status, error.to_string())
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Input(_) => Self::bad_request(error.to_string()),
            ImportError::Store(error) => error.into(),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotFound(_) => Self::not_found(),
            ReadError::NoRecord { ref near, .. } if !near.is_empty() => {
                Self::bad_request(format!("{error}; the nearest names: {}", listed(near)))
            }
            ReadError::Ambiguous { ref candidates, .. } => {
                Self::bad_request(format!("{error}: {}", listed(candidates)))
            }
            ReadError::Sparql(error) => error.into(),
            ReadError::Engine(_) => Self::internal(&error),
            _ => Self::bad_request(error.to_string()),
        }
    }
}

/// Records that bear one name, so that a caller can choose; the first twenty of them.
pub(crate) fn listed(candidates: &[(RecordId, Noun, String)]) -> String {
    const SHOWN: usize = 20;
    let mut listed: Vec<String> = candidates
        .iter()
        .take(SHOWN)
        .map(|(id, noun, label)| format!("{id} ({}, {label})", noun.name()))
        .collect();
    if candidates.len() > SHOWN {
        listed.push(format!("and {} more", candidates.len() - SHOWN));
    }
    listed.join("; ")
}

impl From<SparqlError> for Problem {
    fn from(error: SparqlError) -> Self {
        let status = match &error {
            SparqlError::Refused { .. } => StatusCode::FORBIDDEN,
            SparqlError::TimedOut { .. }
            | SparqlError::OverBudget { .. }
            | SparqlError::Busy { .. }
            | SparqlError::Cancelled => StatusCode::SERVICE_UNAVAILABLE,
            SparqlError::Engine(_) | SparqlError::Output(_) => return Self::internal(&error),
            SparqlError::Parse { .. }
            | SparqlError::Unsupported(_)
            | SparqlError::TooBig { .. }
            | SparqlError::Product { .. }
            | SparqlError::Dataset { .. }
            | SparqlError::WrongForm { .. } => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.to_string())
    }
}

/// The address is there, the method is not.
pub async fn no_such_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address does not take that method; /openapi.json lists what it takes",
    )
}
