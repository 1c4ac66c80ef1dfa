//! The workspace: a page for each question that analysts ask, made on the server of the answers that
//! every desk gives. Each address holds its whole state.

mod compared;
mod dossier;
mod find;
mod matrix;
mod questions;
mod release;
mod review;
mod session;
mod sharing;
mod source;
mod time;
mod write;

use crate::accept::{Accepted, Wanted};
use crate::input::Path;
use crate::page;
use crate::problem::Problem;
use crate::state::Desk;
use crate::viewing::Visit;
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

/// The routes.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/", get(find::find))
        .route("/dossier/{name}", get(dossier::dossier))
        .route("/changes/{name}", get(dossier::changes))
        .route("/overlap", get(compared::overlap))
        .route("/matrix", get(matrix::matrix))
        .route("/timeline", get(time::all))
        .route("/timeline/{name}", get(time::of))
        .route("/questions", get(questions::gallery))
        .route("/questions/{name}", get(questions::one))
        .route("/console", get(questions::console))
        .route("/release", get(release::release))
        .route("/review", get(review::review).post(review::decide))
        .route("/sharing", get(sharing::sharing))
        .route("/source/{name}", get(source::source).post(source::give))
        .route("/write", get(write::form).post(write::write))
        .route("/sign-in", get(session::form).post(session::sign_in))
        .route("/sign-out", post(session::sign_out))
        .route("/scheme", post(session::scheme))
        .route("/style.css", get(style))
        .route("/islands/{file}", get(island))
}

/// No desk has this address: a page for who wants one, a problem document for everybody else.
pub(crate) async fn no_such_address(visit: Visit, headers: HeaderMap) -> Response {
    let problem = Problem::not_found();
    match Wanted::to(&Accepted::of(&headers)) {
        Ok(Wanted::Page) => page::trouble(&problem, &visit.here),
        _ => problem.into_response(),
    }
}

async fn island(Path(file): Path<String>) -> Result<impl IntoResponse, Problem> {
    let text = page::island::text(&file).ok_or_else(Problem::not_found)?;
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        // Another text has another address.
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, text))
}

async fn style() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, page::style::style())
}
