//! The attribution dossier, and what changed in it.

use crate::answer::changes::{Span, between};
use crate::answer::dossier::{DossierQuery, dossiers};
use crate::answer::names::find;
use crate::input::{Path, Query};
use crate::known::ASSERTED_BY;
use crate::page::{self, visited};
use crate::problem::Problem;
use crate::state::Desk;
use crate::viewing::Visit;
use axum::extract::State;
use axum::response::Response;
use fieldmark_model::Edtf;
use fieldmark_store::read::Reading;

/// `/dossier/{name}`.
pub(super) async fn dossier(
    State(desk): State<Desk>,
    visit: Visit,
    name: Result<Path<String>, Problem>,
    query: Result<Query<DossierQuery>, Problem>,
) -> Response {
    visited(desk, visit.of_every_claim(), move |view, here, _| {
        here.takes(&["rule", "scale", "lens", "lensBy", "from"])?;
        let (Path(name), Query(query)) = (name?, query?);
        let reading = query.reading(view)?;
        let from = here.asked("from").map_or(Ok(1), str::parse::<usize>);
        let from =
            from.map_err(|_| Problem::bad_request("from: the number of a position, from 1"))?;
        let found = dossiers(view, here.lang, &name, &reading)?;
        Ok(page::dossier::page(&found, &name, from, here))
    })
    .await
}

/// `/changes/{name}`: what changed in a dossier between two dates, by when it was asserted.
pub(super) async fn changes(
    State(desk): State<Desk>,
    visit: Visit,
    name: Result<Path<String>, Problem>,
) -> Response {
    visited(desk, visit.of_every_claim(), move |view, here, _| {
        here.takes(&["since", "until"])?;
        let Path(name) = name?;
        let id = find(view, &name)?;
        let label = view.node(&id)?.label(here.tag());
        let date = |name: &str| {
            let date = here.asked(name).map(Edtf::parse).transpose();
            date.map_err(|error| Problem::bad_request(format!("{name}: {error}")))
        };
        let until = date("until")?.or(date(ASSERTED_BY)?);
        let since = date("since")?;
        let Some(since) = since else {
            return Ok(page::changes::page(None, &label, id.as_str(), here));
        };
        let reading = |asserted_by| Reading {
            asserted_by,
            ..Reading::default()
        };
        let (earlier, later) = (reading(Some(since.clone())), reading(until));
        let span = Span {
            before: (view, &earlier),
            after: (view, &later),
            since: since.to_string(),
            clock: "asserted",
        };
        let found = between(span, &id, here.lang, &|_| Ok(None))?;
        Ok(page::changes::page(Some(&found), &label, id.as_str(), here))
    })
    .await
}
