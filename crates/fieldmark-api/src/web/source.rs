//! The text of a source, with what is quoted of it.

use super::write::sent;
use crate::answer::source::{checked, meant, source as found};
use crate::caller::Caller;
use crate::input::{Path, too_long};
use crate::page::{self, Page, visited};
use crate::problem::Problem;
use crate::sessions::is_from_here;
use crate::state::Desk;
use crate::viewing::{Here, Visit};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::HeaderMap;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use fieldmark_model::RecordId;
use fieldmark_store::View;

/// `GET /source/{name}`.
pub(super) async fn source(
    State(desk): State<Desk>,
    visit: Visit,
    name: Result<Path<String>, Problem>,
) -> Response {
    let of = desk.clone();
    visited(desk, visit.of_now(), move |view, here, caller| {
        here.takes(&["from"])?;
        let Path(name) = name?;
        let id = meant(view, &name)?;
        shown(&of, (view, &id), (here, caller), None)
    })
    .await
}

fn shown(
    desk: &Desk,
    (view, id): (&View, &RecordId),
    (here, caller): (&Here, &Caller),
    told: Option<Result<&str, String>>,
) -> Result<Page, Problem> {
    let steward = caller.steward()?;
    let from = here.asked("from").map_or(Ok(1), str::parse::<usize>);
    let from = from.map_err(|_| Problem::bad_request("from: the number of a row, from 1"))?;
    let found = found(desk, (&steward, view), (id, from), here.lang)?;
    Ok(page::source::page(
        &found,
        told,
        caller.writer().is_ok(),
        here,
    ))
}

/// `POST /source/{name}`: keeps a text or forgets it, and shows the page with what became of it.
pub(super) async fn give(
    State(desk): State<Desk>,
    visit: Visit,
    name: Result<Path<String>, Problem>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if !is_from_here(&Method::POST, &headers) {
        let problem = Problem::new(
            StatusCode::FORBIDDEN,
            "give a text on the page of its source itself",
        );
        return page::trouble(&problem, &visit.here);
    }
    let of = desk.clone();
    visited(desk, visit.of_now(), move |view, here, caller| {
        let Path(name) = name?;
        let id = meant(view, &name)?;
        let body = body.map_err(|rejection| too_long(&rejection))?;
        let (steward, writer) = (caller.steward()?, caller.writer()?);
        let by = (&steward, writer);
        let fields = sent(&body);
        let told = match fields.get("act").map(String::as_str) {
            Some("keep") => {
                let text = fields.get("text").map_or("", String::as_str);
                match checked(text) {
                    Ok(text) => {
                        of.base.keep_text(by, &id, text)?;
                        Ok(here.say("The text is kept.", "Le texte est gardé."))
                    }
                    Err(problem) => Err(problem.detail().to_owned()),
                }
            }
            Some("forget") => {
                of.base.forget_text(by, &id)?;
                Ok(here.say(
                    "No text of it is kept any longer.",
                    "Aucun texte n’en est plus gardé.",
                ))
            }
            _ => return Err(Problem::bad_request("act: keep or forget")),
        };
        shown(&of, (view, &id), (here, caller), Some(told))
    })
    .await
}
