//! Overlaps: of two records, or of one with those that share most.

use super::table::{FormatQuery, Rows, Tabled};
use crate::answer::among::{Pairs, pairs};
use crate::answer::deliveries::{Leaving, note_export};
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::names::find_compared;
use crate::answer::overlap::{Comparison, RANKED, Ranking, compare, rank};
use crate::answer::verdict;
use crate::caller::Caller;
use crate::input::{Path, Query};
use crate::known::{AsOf, AssertedByQuery, KnownAtQuery};
use crate::problem::Problem;
use crate::report::{self, Form};
use crate::selection::told;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// With what to compare.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverlapQuery {
    /// The other record: id, IRI or name. Left out, the records that share most are ranked.
    with: Option<String>,
    /// How many ranked at most; 10 when not said, 100 at most.
    top: Option<usize>,
    /// Of what STIX types, between commas; `campaign,incident` when not said.
    types: Option<String>,
    /// How often to shuffle the population to see what chance gives; 999 when not said, 0 for not
    /// at all, 99,999 at most.
    shuffles: Option<usize>,
}

/// The answer to `overlap`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum OverlapAnswer {
    /// With another record.
    Itemised(Box<Comparison>),
    /// With none named.
    Ranked(Ranking),
}

/// Which records are compared.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AmongQuery {
    /// Ids between commas, 20 at most; the latest campaigns when not said.
    among: Option<String>,
}

/// How much each two of several records share: the latest campaigns, or those that are named.
#[utoipa::path(get, path = "/api/v1/overlap", tag = "claims",
    params(AmongQuery, FormatQuery, KnownAtQuery, AssertedByQuery, LangQuery),
    responses((status = 200, content((Pairs = "application/json"), (String = "text/csv"))), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn overlaps(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    as_of: AsOf,
    tabled: Tabled,
    Query(query): Query<AmongQuery>,
) -> Result<Response, Problem> {
    blocking(move || {
        let view = as_of.view(&desk, &caller)?;
        let found = pairs(&view, lang, query.among.as_deref())?;
        let rows = Rows {
            rows: &found.pairs,
            cut: found.cut.as_deref(),
            next: None,
        };
        tabled.answer(&found, &rows)
    })
    .await?
}

/// What two records share, itemised (`with`), or which records share most. With `with`, the name may
/// end in `.md` (Markdown), `.docx` (Word), `.pdf` (both with its marking on every page) or `.html`
/// (one file that needs no other); PDF and HTML have what it comes to drawn. The rows of a table are
/// the shared features, or the records that are ranked.
#[utoipa::path(get, path = "/api/v1/overlap/{id}", tag = "claims",
    params(("id" = String, Path, description = "An id, an IRI or a name, with .md, .html, .docx, .pdf, .json or none of them"), OverlapQuery, FormatQuery, KnownAtQuery, AssertedByQuery, LangQuery),
    responses((status = 200, content((OverlapAnswer = "application/json"), (String = "text/csv"), (String = "text/markdown"), (String = "text/html"), (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), (Vec<u8> = "application/pdf"))),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn overlap(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    as_of: AsOf,
    tabled: Tabled,
    Path(name): Path<String>,
    Query(query): Query<OverlapQuery>,
) -> Result<Response, Problem> {
    blocking(move || {
        let view = as_of.view(&desk, &caller)?;
        let (name, form) = Form::asked(&name)?;
        let id = find_compared(&view, name)?;
        let how = verdict::shuffles(query.shuffles).map_err(Problem::bad_request)?;
        let answer = match (&query.with, form) {
            (Some(with), form) => {
                let other = find_compared(&view, with)?;
                let found = compare(&view, lang, &id, &other, how)?;
                if let Some(form) = form {
                    let leaving = Leaving {
                        format: form.ending(),
                        what: Some(told(&format!("overlap({name}, {with})"))),
                        records: None,
                        marking: found.marking.name(),
                    };
                    note_export(&desk, &caller, &view, leaving)?;
                    return form.answer(report::overlap::paper(&found, lang.tag));
                }
                OverlapAnswer::Itemised(Box::new(found))
            }
            (None, Some(_)) => {
                return Err(Problem::bad_request(
                    "a paper is of two records; name the other with with=",
                ));
            }
            (None, None) => {
                let top = query.top.unwrap_or(10).clamp(1, 100);
                let types = query.types.as_deref().unwrap_or(RANKED);
                let types: Vec<&str> = types.split(',').map(str::trim).collect();
                OverlapAnswer::Ranked(rank(&view, lang, &id, &types, top, how)?)
            }
        };
        match &answer {
            OverlapAnswer::Itemised(found) => tabled.answer(&answer, &Rows::all(&found.shared)),
            OverlapAnswer::Ranked(found) => tabled.answer(&answer, &Rows::all(&found.ranking)),
        }
    })
    .await?
}
