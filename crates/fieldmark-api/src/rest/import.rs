//! An import over HTTP.

use super::told::{self, Line};
use crate::caller::Caller;
use crate::incoming::Wish;
use crate::incoming::report::Report;
use crate::incoming::upload::written_down;
use crate::input::Query;
use crate::peer::LocalCaller;
use crate::problem::Problem;
use crate::state::Desk;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

/// How an import is read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// `stix`, `turtle`, `trig`, `ntriples`, `nquads`, `jsonld`, `rdfxml`, `csv`, `misp` (events)
    /// or `misp-galaxy`; else by `name` or Content-Type, and STIX and events of MISP by their beginning.
    format: Option<String>,
    /// For CSV: which columns are what, as JSON of the shape docs/tables.md gives.
    mapping: Option<String>,
    /// The file's name: its ending tells the format.
    name: Option<String>,
    /// The release policy of statements in no graph, and of STIX objects without a marking: `tlp:clear`
    /// to `tlp:red`, or a marking definition's id.
    marking: Option<String>,
    /// `true` to judge and report only.
    dry_run: Option<bool>,
    /// `true` for what holds only to wait for a steward: nothing of it stands anywhere until then.
    propose: Option<bool>,
    /// Why statements may be seen by more people than now, in one line. Without it a record that
    /// would show more than it does is refused; only a steward may say it.
    loosen: Option<String>,
    /// Why this is written, in one line: it stands in the ledger beside each record that changes.
    reason: Option<String>,
}

/// Imports STIX, RDF, a table or a MISP galaxy: each record is judged, those that hold are committed together.
#[utoipa::path(post, path = "/api/v1/import", tag = "exchange", params(ImportQuery),
    request_body(content = String, description = "STIX 2.1 or 2.0, Turtle, TriG, N-Triples, N-Quads, JSON-LD, RDF/XML, CSV or a MISP galaxy; any of them as gzip"),
    responses((status = 200, content((Report = "application/json"), (Line = "application/x-ndjson"))), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn import(
    State(desk): State<Desk>,
    caller: Caller,
    Query(query): Query<ImportQuery>,
    local: Option<Extension<LocalCaller>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let writer = caller.writing(query.propose.unwrap_or(false))?;
    let media = headers.get(CONTENT_TYPE);
    let wish = Wish {
        format: query.format,
        mapping: query.mapping,
        name: query.name,
        media: media.and_then(|value| Some(value.to_str().ok()?.to_owned())),
        marking: query.marking,
        dry_run: query.dry_run.unwrap_or(false),
        loosen: query.loosen,
        reason: query.reason,
    };
    let manner = wish.understood(&writer)?;
    let most = desk.settings.import_bytes as u64;
    let file = desk.base.scratch(&writer)?;
    let file = written_down(body, file, most, local.is_some()).await?;
    let input = manner.input(&desk, &writer, file).await?;
    told::answer(desk, writer, input, told::is_streamed(&headers)).await
}
