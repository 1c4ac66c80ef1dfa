//! Paths.

use crate::answer::lang::{Lang, LangQuery};
use crate::answer::names::find;
use crate::answer::path::{self as answer, PathRow};
use crate::caller::Caller;
use crate::input::{Json, Query};
use crate::known::{AsOf, AssertedByQuery, KnownAtQuery};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

/// From where to where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PathQuery {
    /// Where it begins: id, IRI or name.
    from: String,
    /// Where it leads.
    to: String,
    /// How many hops at most; 6 when not said, 12 at most.
    hops: Option<usize>,
}

/// A shortest path over relationships and affirmed claims, each hop with what says so.
#[utoipa::path(get, path = "/api/v1/path", tag = "claims", params(PathQuery, KnownAtQuery, AssertedByQuery, LangQuery),
    responses((status = 200, body = PathRow), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn path(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    as_of: AsOf,
    Query(query): Query<PathQuery>,
) -> Result<Json<PathRow>, Problem> {
    blocking(move || {
        let view = as_of.view(&desk, &caller)?;
        let (from, to) = (find(&view, &query.from)?, find(&view, &query.to)?);
        let most = query.hops.unwrap_or(6).clamp(1, 12);
        answer::path(&view, lang, &from, &to, most).map(Json)
    })
    .await?
}
