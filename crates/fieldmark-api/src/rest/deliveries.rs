//! Who took what by which TAXII collection, which of their copies are stale, and who exported what.

use crate::answer::deliveries::{ExportRow, TakenRow, deliveries as taken, exports as exported};
use crate::answer::lang::{Lang, LangQuery};
use crate::caller::Caller;
use crate::input::{Json, Query};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
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
#[utoipa::path(get, path = "/api/v1/deliveries", tag = "operation", params(OfWhom, LangQuery),
    responses((status = 200, body = Vec<TakenRow>), (status = 403, body = Problem)))]
pub async fn deliveries(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    Query(of): Query<OfWhom>,
) -> Result<Json<Vec<TakenRow>>, Problem> {
    let steward = caller.steward()?;
    blocking(move || taken(&desk, (&caller.reader, &steward), of.taker.as_deref(), lang).map(Json))
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
#[utoipa::path(get, path = "/api/v1/deliveries/exports", tag = "operation", params(ByWhom),
    responses((status = 200, body = Vec<ExportRow>), (status = 403, body = Problem)))]
pub async fn exports(
    State(desk): State<Desk>,
    caller: Caller,
    Query(by): Query<ByWhom>,
) -> Result<Json<Vec<ExportRow>>, Problem> {
    let steward = caller.steward()?;
    blocking(move || exported(&desk, &steward, by.taker.as_deref()).map(Json)).await?
}
