//! Overlap: what campaigns have in common.

use crate::answer::among::{campaigns, pairs};
use crate::answer::names::find_compared;
use crate::answer::overlap::{RANKED, compare, rank};
use crate::answer::verdict::shuffles;
use crate::page::{compared, visited};
use crate::problem::Problem;
use crate::state::Desk;
use crate::viewing::Visit;
use axum::extract::State;
use axum::response::Response;

/// `/overlap`: of two, of one with all others, of each two of several.
pub(super) async fn overlap(State(desk): State<Desk>, visit: Visit) -> Response {
    visited(desk, visit, |view, here, _| {
        here.takes(&["of", "with", "among"])?;
        match (here.asked("of"), here.asked("with")) {
            (Some(of), Some(with)) => {
                let (left, right) = (find_compared(view, of)?, find_compared(view, with)?);
                let how = shuffles(None).map_err(Problem::bad_request)?;
                let found = compare(view, here.lang, &left, &right, how)?;
                Ok(compared::page(&found, here))
            }
            (Some(of), None) | (None, Some(of)) => {
                let of = find_compared(view, of)?;
                let how = shuffles(Some(0)).map_err(Problem::bad_request)?;
                let types: Vec<&str> = RANKED.split(',').collect();
                let found = rank(view, here.lang, &of, &types, 25, how)?;
                Ok(compared::ranked(&found, here))
            }
            (None, None) => {
                let found = pairs(view, here.lang, here.asked("among"))?;
                let campaigns = campaigns(view, here.lang)?;
                Ok(compared::choice(&found, &campaigns, here))
            }
        }
    })
    .await
}
