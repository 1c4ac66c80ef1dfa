//! Dossiers, as JSON and as reports.

use crate::answer::dossier::{self as answer, DossierQuery, Dossiers};
use crate::answer::lang::{Lang, LangQuery};
use crate::caller::Caller;
use crate::input::{Json, Path, Query};
use crate::known::{KnownAt, KnownAtQuery};
use crate::problem::Problem;
use crate::report;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};

/// A Word document.
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Every claim about a subject, and what they come to line by line. Of a name that several things
/// bear, each is told under its own heading (`senses`). The name may end in `.json`,
/// `.md` (Markdown), `.docx` (Word, its marking on every page) or `.html` (one file that needs no
/// other, with the evidence drawn).
#[utoipa::path(get, path = "/api/v1/dossier/{id}", tag = "claims",
    params(("id" = String, Path, description = "An id, an IRI or a name, with .md, .html, .docx, .json or none of them"), DossierQuery, KnownAtQuery, LangQuery),
    responses((status = 200, content((Dossiers = "application/json"), (String = "text/markdown"), (String = "text/html"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"))),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn dossier(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    known: KnownAt,
    Path(name): Path<String>,
    Query(query): Query<DossierQuery>,
) -> Result<Response, Problem> {
    blocking(move || {
        let view = known.view(&desk, &caller)?;
        let reading = query.reading(&view)?;
        let (name, form) = match name.rsplit_once('.') {
            Some((name, form @ ("md" | "html" | "docx" | "json"))) => (name, form),
            _ => (name.as_str(), "json"),
        };
        let row = answer::dossiers(&view, lang, name, &reading)?;
        let vary = (VARY, "accept-language, authorization");
        Ok(match form {
            "md" => {
                let media = (CONTENT_TYPE, "text/markdown; charset=utf-8");
                ([media, vary], report::markdown(row.each(), lang.tag)).into_response()
            }
            "html" => {
                let media = (CONTENT_TYPE, "text/html; charset=utf-8");
                ([media, vary], report::page(row.each(), lang.tag)).into_response()
            }
            "docx" => {
                let media = (CONTENT_TYPE, WORD);
                let made = report::docx(row.each(), lang.tag);
                let made = made.map_err(|error| Problem::internal(&error))?;
                ([media, vary], made).into_response()
            }
            _ => ([vary], Json(row)).into_response(),
        })
    })
    .await?
}
