//! Dossiers, as JSON and as reports.

use crate::answer::dossier::{self as answer, Dossiers};
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::lens::lens;
use crate::answer::words;
use crate::caller::Caller;
use crate::input::{Json, Path, Query};
use crate::known::{KnownAt, KnownAtQuery};
use crate::problem::Problem;
use crate::report;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use fieldmark_model::Edtf;
use fieldmark_store::View;
use fieldmark_store::read::Reading;
use serde::Deserialize;
use utoipa::IntoParams;

/// How a dossier is to be read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct DossierQuery {
    /// How lines of evidence are combined: `ledger` (the default), `single-best` or
    /// `full-independence`.
    rule: Option<String>,
    /// The scale whose words the headlines use; `icd203` when not said.
    scale: Option<String>,
    /// Only what had certainly been asserted by the end of this date: 2023, 2023-08 or 2023-08-29.
    asserted_by: Option<String>,
    /// What else is taken for the subject: `own` (nothing, the default), `strict` (what is claimed
    /// to be exactly the same, or the same network), `near` (also what is nearly the same) or `wide`
    /// (also what is broader, narrower, related or attributed). Each says by whose claims.
    lens: Option<String>,
    /// Whose claims the lens follows, by id or name, several between semicolons; everybody's when
    /// not said.
    lens_by: Option<String>,
}

impl DossierQuery {
    /// The reading asked for.
    pub(crate) fn reading(self, view: &View) -> Result<Reading, Problem> {
        let default = Reading::default();
        let date = |text: String| {
            Edtf::parse(&text).map_err(|error| Problem::bad_request(format!("assertedBy: {error}")))
        };
        Ok(Reading {
            rule: self
                .rule
                .map(|name| words::rule(&name).map_err(Problem::bad_request))
                .transpose()?
                .unwrap_or(default.rule),
            scale: self.scale.unwrap_or(default.scale),
            asserted_by: self.asserted_by.map(date).transpose()?,
            lens: lens(view, self.lens.as_deref(), self.lens_by.as_deref())?,
        })
    }
}

/// Every claim about a subject, and what they come to line by line. Of a name that several things
/// bear, each is told under its own heading (`senses`). The name may end in `.json`,
/// `.md` (Markdown) or `.html` (one file that needs no other, with the evidence drawn).
#[utoipa::path(get, path = "/api/v1/dossier/{id}", tag = "claims",
    params(("id" = String, Path, description = "An id, an IRI or a name, with .md, .html, .json or none of them"), DossierQuery, KnownAtQuery, LangQuery),
    responses((status = 200, content((Dossiers = "application/json"), (String = "text/markdown"), (String = "text/html"))),
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
            Some((name, form @ ("md" | "html" | "json"))) => (name, form),
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
            _ => ([vary], Json(row)).into_response(),
        })
    })
    .await?
}
