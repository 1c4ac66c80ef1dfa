//! Overlaps: of two records, or of one with those that share most.

use crate::answer::lang::{Lang, LangQuery};
use crate::answer::names::find_compared;
use crate::answer::overlap::{Comparison, RANKED, Ranking, compare, rank};
use crate::answer::verdict;
use crate::caller::Caller;
use crate::input::{Json, Path, Query};
use crate::known::{KnownAt, KnownAtQuery};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
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

/// What two records share, itemised (`with`), or which records share most.
#[utoipa::path(get, path = "/api/v1/overlap/{id}", tag = "claims",
    params(("id" = String, Path, description = "An id, an IRI or a name"), OverlapQuery, KnownAtQuery, LangQuery),
    responses((status = 200, body = OverlapAnswer), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn overlap(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    known: KnownAt,
    Path(name): Path<String>,
    Query(query): Query<OverlapQuery>,
) -> Result<Json<OverlapAnswer>, Problem> {
    blocking(move || {
        let view = known.view(&desk, &caller)?;
        let id = find_compared(&view, &name)?;
        let how = verdict::shuffles(query.shuffles).map_err(Problem::bad_request)?;
        match &query.with {
            Some(with) => {
                let other = find_compared(&view, with)?;
                Ok(Json(OverlapAnswer::Itemised(Box::new(compare(
                    &view, lang, &id, &other, how,
                )?))))
            }
            None => {
                let top = query.top.unwrap_or(10).clamp(1, 100);
                let types = query.types.as_deref().unwrap_or(RANKED);
                let types: Vec<&str> = types.split(',').map(str::trim).collect();
                let ranking = rank(&view, lang, &id, &types, top, how)?;
                Ok(Json(OverlapAnswer::Ranked(ranking)))
            }
        }
    })
    .await?
}
