//! DISARM's matrix as rows.

use super::table::{FormatQuery, Rows, Tabled};
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::matrix::{Matrix, MatrixQuery, matrix as marked};
use crate::caller::Caller;
use crate::input::Query;
use crate::known::{AsOf, AssertedByQuery, KnownAtQuery};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::response::Response;

/// The techniques of DISARM that one uses, two share or lack, or that any use: who, since when, and
/// where that is said. `/api/v1/pictures/matrix` draws it.
#[utoipa::path(get, path = "/api/v1/matrix", tag = "claims",
    params(MatrixQuery, FormatQuery, KnownAtQuery, AssertedByQuery, LangQuery),
    responses((status = 200, content((Matrix = "application/json"), (String = "text/csv"))), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn matrix(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    as_of: AsOf,
    tabled: Tabled,
    Query(wanted): Query<MatrixQuery>,
) -> Result<Response, Problem> {
    blocking(move || {
        let view = as_of.view(&desk, &caller)?;
        let found = marked(&view, lang, &wanted)?;
        tabled.answer(&found, &Rows::all(&found.techniques))
    })
    .await?
}
