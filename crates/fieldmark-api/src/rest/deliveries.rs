//! Who took what by which TAXII collection, which of their copies are stale, and who exported what.

use super::table::{FormatQuery, Rows, Tabled};
use crate::answer::deliveries::{ExportRow, TakenRow, deliveries as taken, exports as exported};
use crate::answer::lang::{Lang, LangQuery};
use crate::caller::Caller;
use crate::input::Query;
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

/// Of whom.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfWhom {
    /// The name of a token: what its bearer took, with the stale copies, 500 of each collection at
    /// most. Everybody, without them, when not said.
    taker: Option<String>,
}

/// Who took what by which TAXII collection, when they last asked, and how many of their copies are
/// stale: newer versions they did not take yet, and objects they would not be given any more. For the
/// steward.
#[utoipa::path(get, path = "/api/v1/deliveries", tag = "operation", params(OfWhom, FormatQuery, LangQuery),
    responses((status = 200, content((Vec<TakenRow> = "application/json"), (String = "text/csv"))), (status = 403, body = Problem)))]
pub async fn deliveries(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    tabled: Tabled,
    Query(of): Query<OfWhom>,
) -> Result<Response, Problem> {
    let steward = caller.steward()?;
    blocking(move || {
        let rows = taken(&desk, (&caller.reader, &steward), of.taker.as_deref(), lang)?;
        tabled.answer(&rows, &Rows::all(&rows))
    })
    .await?
}

/// Of whom.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ByWhom {
    /// The name of a token: what its bearer exported. Everybody when not said.
    taker: Option<String>,
}

/// Who exported what, in which format and when: the latest 500 exports that a token was shown for, the
/// last first. For the steward.
#[utoipa::path(get, path = "/api/v1/deliveries/exports", tag = "operation", params(ByWhom, FormatQuery, LangQuery),
    responses((status = 200, content((Vec<ExportRow> = "application/json"), (String = "text/csv"))), (status = 403, body = Problem)))]
pub async fn exports(
    State(desk): State<Desk>,
    caller: Caller,
    tabled: Tabled,
    Query(by): Query<ByWhom>,
) -> Result<Response, Problem> {
    let steward = caller.steward()?;
    blocking(move || {
        let rows = exported(&desk, &steward, by.taker.as_deref())?;
        tabled.answer(&rows, &Rows::all(&rows))
    })
    .await?
}
