//! DISARM's matrix: which techniques somebody uses.

use crate::answer::among::campaigns;
use crate::answer::matrix::{MatrixQuery, matrix as marked};
use crate::page::{matrix as page, visited};
use crate::state::Desk;
use crate::viewing::Visit;
use axum::extract::State;
use axum::response::Response;

/// `/matrix`: the techniques of DISARM that one uses, two share or lack, or how often any is used.
pub(super) async fn matrix(State(desk): State<Desk>, visit: Visit) -> Response {
    visited(desk, visit, |view, here, _| {
        here.takes(&["of", "with", "among", "show"])?;
        let asked = |name| here.asked(name).map(str::to_owned);
        let query = MatrixQuery {
            of: asked("of"),
            with: asked("with"),
            among: asked("among"),
            show: asked("show"),
        };
        let found = marked(view, here.lang, &query)?;
        let named = campaigns(view, here.lang)?;
        Ok(page::page(&found, &named, here))
    })
    .await
}
