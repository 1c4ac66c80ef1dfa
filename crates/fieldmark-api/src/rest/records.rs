//! Records: one, its history, and lists of them.

use super::table::{FormatQuery, Rows, Tabled};
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::list::{ListQuery, Listing, listed, order};
use crate::answer::names::find;
use crate::answer::record::{Record, describe};
use crate::caller::Caller;
use crate::input::{Json, Path, Query};
use crate::known::{AsOf, AssertedByQuery, KnownAtQuery};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::response::Response;
use fieldmark_model::RecordId;
use fieldmark_store::Op;
use fieldmark_store::read::Cursor;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How a list is read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub struct PageQuery {
    /// `FIRST_SEEN_DESC` (the default: the latest first, the undated last), `LABEL_ASC` or another
    /// order of GraphQL's `RecordOrder`.
    order_by: Option<String>,
    /// How many at most; 100 when not said, 1000 at most.
    first: Option<usize>,
    /// The cursor `next` of the page before.
    after: Option<String>,
}

/// The records that meet all that is asked for, of any noun, page by page.
#[utoipa::path(get, path = "/api/v1/records", tag = "records",
    params(ListQuery, PageQuery, FormatQuery, KnownAtQuery, AssertedByQuery, LangQuery),
    responses((status = 200, content((Listing = "application/json"), (String = "text/csv"))), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn records(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    as_of: AsOf,
    tabled: Tabled,
    Query(wanted): Query<ListQuery>,
    Query(page): Query<PageQuery>,
) -> Result<Response, Problem> {
    blocking(move || {
        let view = as_of.view(&desk, &caller)?;
        let by = page.order_by.as_deref().unwrap_or("FIRST_SEEN_DESC");
        let by = order(by).map_err(Problem::bad_request)?;
        let first = page.first.unwrap_or(100).clamp(1, 1000);
        let after = page.after.map(Cursor);
        let filter = wanted.filter(&view)?;
        let found = listed(&view, lang, &filter, by, (first, after.as_ref()))?;
        tabled.answer(&found, &Rows::paged(&found.items, found.next.as_deref()))
    })
    .await?
}

/// One record by id, IRI or name.
#[utoipa::path(get, path = "/api/v1/records/{id}", tag = "records",
    params(("id" = String, Path, description = "An id, an IRI or a name"), KnownAtQuery, AssertedByQuery, LangQuery),
    responses((status = 200, body = Record), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn record(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    as_of: AsOf,
    Path(name): Path<String>,
) -> Result<Json<Record>, Problem> {
    blocking(move || {
        let view = as_of.view(&desk, &caller)?;
        let id = find(&view, &name)?;
        describe(&view, &id, lang).map(Json)
    })
    .await?
}

/// One revision of a record.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevisionRow {
    /// Which, from 1.
    pub revision: u64,
    /// The ledger's entry.
    pub seq: u64,
    /// Who made it.
    pub author: String,
    /// When the ledger took it, RFC 3339.
    pub recorded_at: String,
    /// Whether it took the record back.
    pub retracted: bool,
    /// Why statements of it may be seen since by people who could not before, where that is so.
    pub loosening: Option<String>,
    /// Why it was made, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its statements as canonical N-Quads, each in the graph of its release policy.
    pub nquads: String,
}

/// Every revision of a record.
#[derive(Serialize, ToSchema)]
pub struct History {
    /// The record.
    pub id: String,
    /// Oldest first.
    pub revisions: Vec<RevisionRow>,
}

/// Every revision of a record, from the ledger. For the steward; to others the record is not there.
#[utoipa::path(get, path = "/api/v1/records/{id}/history", tag = "records",
    params(("id" = String, Path, description = "An id, an IRI or a name")),
    responses((status = 200, body = History), (status = 404, body = Problem)))]
pub async fn history(
    State(desk): State<Desk>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<History>, Problem> {
    // Whoever may not see the ledger must not learn what stands in it: to them no record has one.
    let steward = caller.steward().map_err(|_| Problem::not_found())?;
    let view = desk.base.view(&caller.reader)?;
    blocking(move || {
        // A record that was taken back has no name any more, but its id still leads to its history.
        let id = match RecordId::from_iri(&name).or_else(|| RecordId::parse(&name).ok()) {
            Some(id) => id,
            None => find(&view, &name)?,
        };
        let revisions = desk.base.history(&steward, &id)?;
        if revisions.is_empty() {
            return Err(Problem::not_found());
        }
        Ok(Json(History {
            id: id.to_string(),
            revisions: revisions
                .into_iter()
                .map(|(revision, nquads)| RevisionRow {
                    revision: revision.revision,
                    seq: revision.seq,
                    author: revision.author,
                    recorded_at: revision.recorded,
                    retracted: revision.op == Op::Retract,
                    loosening: revision.loosening,
                    reason: revision.reason,
                    nquads,
                })
                .collect(),
        }))
    })
    .await?
}
