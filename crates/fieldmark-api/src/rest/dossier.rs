//! Dossiers, as JSON and as reports.

use crate::answer::deliveries::{Leaving, note_export};
use crate::answer::dossier::{self as answer, DossierQuery, Dossiers};
use crate::answer::lang::{Lang, LangQuery};
use crate::caller::Caller;
use crate::input::{Json, Path, Query};
use crate::known::{KnownAt, KnownAtQuery};
use crate::problem::Problem;
use crate::report::{self, Form};
use crate::selection::told;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::http::header::VARY;
use axum::response::{IntoResponse, Response};

/// Every claim about a subject, and what they come to line by line. Of a name that several things
/// bear, each is told under its own heading (`senses`). The name may end in `.json`,
/// `.md` (Markdown), `.docx` (Word), `.pdf` (both with its marking on every page) or `.html` (one
/// file that needs no other); PDF and HTML have the evidence drawn.
#[utoipa::path(get, path = "/api/v1/dossier/{id}", tag = "claims",
    params(("id" = String, Path, description = "An id, an IRI or a name, with .md, .html, .docx, .pdf, .json or none of them"), DossierQuery, KnownAtQuery, LangQuery),
    responses((status = 200, content((Dossiers = "application/json"), (String = "text/markdown"), (String = "text/html"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), (Vec<u8> = "application/pdf"))),
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
        let (name, form) = Form::asked(&name)?;
        let row = answer::dossiers(&view, lang, name, &reading)?;
        match form {
            Some(form) => {
                let leaving = Leaving {
                    format: form.ending(),
                    what: Some(told(&format!("dossier({name})"))),
                    records: None,
                    marking: row.marking().name(),
                };
                note_export(&desk, &caller, &view, leaving)?;
                form.answer(report::dossier::paper(row.each(), lang.tag))
            }
            None => Ok(([(VARY, "accept-language, authorization")], Json(row)).into_response()),
        }
    })
    .await?
}
