//! The review queue.

use crate::caller::Caller;
use crate::page::{self, Page, visited};
use crate::problem::Problem;
use crate::sessions::is_from_here;
use crate::state::Desk;
use crate::viewing::{Here, Visit};
use crate::writing::review::{Decided, Decision};
use crate::writing::{Said, review as queue};
use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::header::HeaderMap;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use fieldmark_store::View;
use serde::Deserialize;

/// How many on a page: each is looked at.
const LIMIT: u64 = 20;

/// `GET /review`.
pub(super) async fn review(State(desk): State<Desk>, visit: Visit) -> Response {
    let of = desk.clone();
    visited(desk, visit, move |view, here, caller| {
        shown(&of, view, here, caller, None)
    })
    .await
}

fn shown(
    desk: &Desk,
    view: &View,
    here: &Here,
    caller: &Caller,
    told: Option<Result<Decided, String>>,
) -> Result<Page, Problem> {
    let steward = caller.steward()?;
    let standing = queue::standing(here.asked("standing"))?;
    let after = here.asked("after").map_or(Ok(0), str::parse);
    let after = after.map_err(|_| Problem::bad_request("after: the number of a proposal"))?;
    let found = queue::page(desk, &steward, view, (standing, after, LIMIT), here.lang)?;
    let may = caller
        .writer()
        .is_ok_and(|writer| writer.steward() && !writer.proposes());
    Ok(page::review::page(&found, told, may, here))
}

/// A word on one, from the page's form.
#[derive(Deserialize)]
pub(super) struct Decide {
    number: u64,
    decision: String,
    reason: Option<String>,
    anyway: Option<bool>,
}

/// `POST /review`: decides, and shows the queue with what became of it.
pub(super) async fn decide(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
    form: Result<Form<Decide>, FormRejection>,
) -> Response {
    if !is_from_here(&Method::POST, &headers) {
        let problem = Problem::new(StatusCode::FORBIDDEN, "decide on the page /review itself");
        return page::trouble(&problem, &visit.here);
    }
    let of = desk.clone();
    visited(desk, visit, move |view, here, caller| {
        let Form(form) =
            form.map_err(|_| Problem::bad_request("the form has number, decision and reason"))?;
        let (steward, writer) = (caller.steward()?, caller.writer()?);
        let decision = Decision {
            decision: form.decision,
            reason: form.reason.filter(|reason| !reason.trim().is_empty()),
            loosen: None,
            anyway: form.anyway,
            said: Said::new(),
        };
        let decided = queue::decide(
            &of,
            (&steward, writer),
            view,
            form.number,
            decision,
            here.lang,
        );
        let told = match decided {
            Ok(decided) => Ok(decided),
            Err(problem) if problem.status().is_client_error() => Err(problem.detail().to_owned()),
            Err(problem) => return Err(problem),
        };
        shown(&of, view, here, caller, Some(told))
    })
    .await
}
