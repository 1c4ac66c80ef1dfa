//! The texts of sources, with what is quoted of them. All of it is a steward's: a text may say more than
//! any marking of what is quoted of it.

use crate::answer::lang::{Lang, LangQuery};
use crate::answer::source::{SourceRow, checked, meant, source as answer};
use crate::caller::Caller;
use crate::input::{Json, Path, Query, too_long};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

/// Where to read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct From {
    /// The row to begin with: a line, or a part of a long one; the first when not said.
    from: Option<usize>,
}

/// A source with its text, 300 rows at a time, and what is quoted of it: by whom, and in which line it
/// stands, if it does. For the steward.
#[utoipa::path(get, path = "/api/v1/sources/{name}", tag = "exchange",
    params(("name" = String, Path, description = "The source: an id, an IRI or a name"), From, LangQuery),
    responses((status = 200, body = SourceRow), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn source(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    Path(name): Path<String>,
    Query(from): Query<From>,
) -> Result<Json<SourceRow>, Problem> {
    let steward = caller.steward()?;
    blocking(move || {
        let view = desk.base.view(&caller.reader)?;
        let id = meant(&view, &name)?;
        let from = from.from.unwrap_or(1);
        answer(&desk, (&steward, &view), (&id, from), lang).map(Json)
    })
    .await?
}

/// Keeps the text of a source, in the place of one that was kept before: UTF-8, up to 2 MB. It stands in
/// no view, goes out by no export and is told to stewards alone. For the steward, with a token that may
/// write.
#[utoipa::path(put, path = "/api/v1/sources/{name}/text", tag = "exchange", request_body(content = String, content_type = "text/plain"),
    params(("name" = String, Path, description = "The source: an id, an IRI or a name")),
    responses((status = 204), (status = 400, body = Problem), (status = 403, body = Problem), (status = 413, body = Problem)))]
pub async fn keep_text(
    State(desk): State<Desk>,
    caller: Caller,
    Path(name): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    let steward = caller.steward()?;
    let writer = caller.writer()?.clone();
    let body = body.map_err(|rejection| too_long(&rejection))?;
    blocking(move || {
        let view = desk.base.view(&caller.reader)?;
        let id = meant(&view, &name)?;
        let text = readable(&body)?;
        desk.base.keep_text((&steward, &writer), &id, text)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await?
}

/// Keeps the text of a source no longer. For the steward, with a token that may write.
#[utoipa::path(delete, path = "/api/v1/sources/{name}/text", tag = "exchange",
    params(("name" = String, Path, description = "The source: an id, an IRI or a name")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn forget_text(
    State(desk): State<Desk>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    let steward = caller.steward()?;
    let writer = caller.writer()?.clone();
    blocking(move || {
        let view = desk.base.view(&caller.reader)?;
        let id = meant(&view, &name)?;
        match desk.base.forget_text((&steward, &writer), &id)? {
            true => Ok(StatusCode::NO_CONTENT),
            false => Err(Problem::not_found()),
        }
    })
    .await?
}

/// What came in as text.
fn readable(bytes: &[u8]) -> Result<&str, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Problem::bad_request(format!(
            "the text is not UTF-8 from its byte {} on: give it as UTF-8, and a PDF as the text in it",
            error.valid_up_to() + 1
        ))
    })?;
    checked(text)
}
