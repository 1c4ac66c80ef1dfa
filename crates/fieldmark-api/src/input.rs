//! What comes in with a request. Where it cannot be read, the answer is a problem document that
//! names the place, never the framework's own line of text.

use crate::problem::Problem;
use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// The query of an address. A parameter given twice is refused: only one of the two would count.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        pairs(parts.uri.query().unwrap_or_default())?;
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        query.map(|query| Self(query.0)).map_err(|rejection| {
            let why = rejection.body_text();
            // The framework says `Failed to deserialize query string: missing field `text``.
            let why = why.split_once(": ").map_or(why.as_str(), |(_, why)| why);
            Problem::bad_request(format!(
                "after the ? of the address: {why}; /openapi.json lists what it takes"
            ))
        })
    }
}

/// That an address takes no parameter of that name, and which it takes.
pub(crate) fn no_parameter(name: &str, address: &str, takes: &[&str]) -> Problem {
    let name: String = name.chars().take(60).collect();
    let takes = match takes.is_empty() {
        true => "none".to_owned(),
        false => takes.join(", "),
    };
    Problem::bad_request(format!(
        "no parameter is named \"{name}\": {address} takes {takes}"
    ))
}

/// The parameters in an address's query or in a form, each once.
pub fn pairs(query: &str) -> Result<BTreeMap<String, String>, Problem> {
    let mut found = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if found
            .insert(name.clone().into_owned(), value.into_owned())
            .is_some()
        {
            return Err(Problem::bad_request(format!(
                "{name}=… is given twice; give it once"
            )));
        }
    }
    Ok(found)
}

/// The part of the path that says which.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0))
            .map_err(|rejection| match rejection {
                PathRejection::FailedToDeserializePathParams(_) => Problem::bad_request(
                    "the path of the address is not UTF-8 once its %XX are read",
                ),
                other => Problem::internal(&other),
            })
    }
}

/// A body of JSON, or an answer of it.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let json = axum::Json::<T>::from_request(request, state).await;
        json.map(|json| Self(json.0))
            .map_err(|rejection| match rejection {
                JsonRejection::BytesRejection(rejection) => too_long(&rejection),
                other => Problem::new(other.status(), format!("the body: {}", other.body_text())),
            })
    }
}

impl<T: serde::Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A body that was not read to its end.
pub fn too_long(rejection: &BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "the body is longer than this address takes; send less at once",
        ),
        status => Problem::new(status, "the body broke off; send it again"),
    }
}
