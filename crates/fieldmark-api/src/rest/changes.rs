//! What changed in a dossier between two dates.

use super::table::{FormatQuery, Rows, Tabled};
use crate::answer::changes::{self as answer, ChangedRow, ChangesRow, ClaimChangeRow, EntryRow};
use crate::answer::dossier::DossierQuery;
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::names::find;
use crate::caller::Caller;
use crate::input::{Path, Query};
use crate::known::{KnownAt, KnownAtQuery};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::response::Response;
use fieldmark_model::{Edtf, RecordId};
use fieldmark_store::read::Reading;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// From when, by which clock.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SinceQuery {
    /// The earlier date: by the clock `recorded` a moment as `knownAt` takes it, by the clock
    /// `asserted` a date as `assertedBy` does.
    since: String,
    /// `recorded` (the default): what the ledger held then; `asserted`: what had been asserted by
    /// then.
    clock: Option<String>,
}

/// One claim that changed, as a row of a table: beside it, what was said in one line before and after.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    headline_before: Option<&'a str>,
    headline_after: Option<&'a str>,
    #[serde(flatten)]
    change: &'a ClaimChangeRow,
}

impl<'a> Change<'a> {
    fn each(of: &'a ChangedRow) -> impl Iterator<Item = Self> {
        of.claims.iter().map(|change| Self {
            headline_before: of.headline_before.as_deref(),
            headline_after: of.headline_after.as_deref(),
            change,
        })
    }
}

/// What changed in a dossier since an earlier date: which claims came, were revised, withdrawn or
/// went, by which entry, and whose headline changed.
#[utoipa::path(get, path = "/api/v1/dossier/{id}/changes", tag = "claims",
    params(("id" = String, Path, description = "An id, an IRI or a name"), SinceQuery, DossierQuery, FormatQuery, KnownAtQuery, LangQuery),
    responses((status = 200, content((ChangesRow = "application/json"), (String = "text/csv"))), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn dossier_changes(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    (known, tabled): (KnownAt, Tabled),
    Path(name): Path<String>,
    Query(query): Query<SinceQuery>,
    Query(reading): Query<DossierQuery>,
) -> Result<Response, Problem> {
    let (clock, then, asserted) = match query.clock.as_deref() {
        None | Some("recorded") => {
            let then = KnownAt::parse(Some(&query.since))
                .map_err(|error| Problem::bad_request(format!("since: {error}")))?;
            ("recorded", then, None)
        }
        Some("asserted") => {
            let date = Edtf::parse(&query.since)
                .map_err(|error| Problem::bad_request(format!("since: {error}")))?;
            ("asserted", known.clone(), Some(date))
        }
        Some(other) => {
            let other: String = other.chars().take(60).collect();
            return Err(Problem::bad_request(format!(
                "no clock is named \"{other}\": there are recorded and asserted"
            )));
        }
    };
    blocking(move || {
        let (before, after) = (then.view(&desk, &caller)?, known.view(&desk, &caller)?);
        let reading = reading.reading(&after)?;
        let earlier = Reading {
            asserted_by: asserted.or_else(|| reading.asserted_by.clone()),
            ..reading.clone()
        };
        let id = find(&after, &name)?;
        // Entries are told by the clock that counts them, to whoever may see the ledger.
        let steward = caller.steward().ok().filter(|_| clock == "recorded");
        let entry = |claim: &RecordId| -> Result<Option<EntryRow>, Problem> {
            let Some(steward) = &steward else {
                return Ok(None);
            };
            let upto = desk.base.last_entry(steward, known.0.as_ref())?;
            let revisions = desk.base.history(steward, claim)?;
            let last = revisions
                .into_iter()
                .map(|(revision, _)| revision)
                .rfind(|revision| revision.seq <= upto);
            Ok(last.map(|revision| EntryRow {
                seq: revision.seq,
                author: revision.author,
                recorded_at: revision.recorded,
                reason: revision.reason,
            }))
        };
        let span = answer::Span {
            before: (&before, &earlier),
            after: (&after, &reading),
            since: query.since,
            clock,
        };
        let found = answer::between(span, &id, lang, &entry)?;
        let rows: Vec<Change<'_>> = found.changes.iter().flat_map(Change::each).collect();
        let rows = Rows {
            rows: &rows,
            cut: found.cut.as_deref(),
            next: None,
        };
        tabled.answer(&found, &rows)
    })
    .await?
}
