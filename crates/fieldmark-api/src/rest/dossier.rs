//! Dossiers, as JSON and as reports.

use super::table::{FormatQuery, Rows, Tabled};
use crate::answer::claim::ClaimRow;
use crate::answer::deliveries::{Leaving, note_export};
use crate::answer::dossier::{self as answer, DossierQuery, DossierRow, Dossiers, PropositionRow};
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::names::Named;
use crate::caller::Caller;
use crate::input::{Path, Query};
use crate::known::{KnownAt, KnownAtQuery};
use crate::problem::Problem;
use crate::report::{self, Form};
use crate::selection::told;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

/// A claim, as a row of a table: beside it, where it stands and what is said there in one line.
#[derive(Serialize)]
struct Line<'a> {
    dossier: &'a str,
    place: &'static str,
    about: &'a Named,
    headline: &'a str,
    #[serde(flatten)]
    claim: &'a ClaimRow,
}

impl<'a> Line<'a> {
    fn each(of: &'a DossierRow) -> impl Iterator<Item = Self> {
        let claims = |row: &'a PropositionRow| row.claims.iter().map(move |claim| (row, claim));
        of.propositions
            .iter()
            .flat_map(claims)
            .map(|(row, claim)| Self {
                dossier: &of.subject.label,
                place: row.place,
                about: &row.about,
                headline: &row.weighing.headline,
                claim,
            })
    }
}

/// Every claim about a subject, and what they come to line by line. Of a name that several things
/// bear, each is told under its own heading (`senses`). The name may end in `.json`,
/// `.md` (Markdown), `.docx` (Word), `.pdf` (both with its marking on every page) or `.html` (one
/// file that needs no other); PDF and HTML have the evidence drawn. The rows of a table are its claims.
#[utoipa::path(get, path = "/api/v1/dossier/{id}", tag = "claims",
    params(("id" = String, Path, description = "An id, an IRI or a name, with .md, .html, .docx, .pdf, .json or none of them"), DossierQuery, FormatQuery, KnownAtQuery, LangQuery),
    responses((status = 200, content((Dossiers = "application/json"), (String = "text/csv"), (String = "text/markdown"), (String = "text/html"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), (Vec<u8> = "application/pdf"))),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn dossier(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    known: KnownAt,
    tabled: Tabled,
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
            None => {
                let rows: Vec<Line<'_>> = row.each().iter().flat_map(Line::each).collect();
                tabled.answer(&row, &Rows::all(&rows))
            }
        }
    })
    .await?
}
