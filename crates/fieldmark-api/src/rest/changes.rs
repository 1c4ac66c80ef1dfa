//! What changed in a dossier between two dates, and why.

use super::claims::{DossierQuery, Subject};
use super::input::{Json, Path, Query};
use super::made::Shown;
use super::wire::{ClaimRow, Labels, Lang, LangQuery, Named, Object, find, mentioned};
use crate::caller::Caller;
use crate::known::{KnownAt, KnownAtQuery};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use crate::words;
use axum::extract::State;
use fieldmark_analysis::lines::Weighing;
use fieldmark_model::{Edtf, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::{Changed, ClaimChange, Dossier, Fate, ReadError, Reading, changes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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

/// The ledger entry that last touched a claim.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryRow {
    /// Its number.
    pub seq: u64,
    /// Whose change it was.
    pub author: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// Why it was made, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One claim that changed.
#[derive(Serialize, ToSchema)]
pub struct ClaimChangeRow {
    /// `came`, `revised`, `withdrawn` (taken back by its assessor) or `gone`; by the clock
    /// `asserted` also `perhaps` (it may have been said before: its date is too coarse to tell) and
    /// `undated` (it has no date, so that nobody can tell).
    pub fate: &'static str,
    /// In what it was revised.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub respects: Vec<&'static str>,
    /// The claim after, or as it was when it went.
    pub claim: ClaimRow,
    /// The entry that did so, by the clock `recorded`; for the steward.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryRow>,
}

/// One proposition of which something changed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangedRow {
    /// What it is about.
    pub kind: &'static str,
    /// What that is called, in the language asked for.
    pub kind_label: String,
    /// The record it speaks of.
    pub subject: Named,
    /// What it says of it.
    pub object: Option<Object>,
    /// How great an impact it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Object>,
    /// The headline before; none when nobody had claimed it.
    pub headline_before: Option<String>,
    /// The headline after.
    pub headline_after: Option<String>,
    /// Whether the headline says something else.
    pub headline_changed: bool,
    /// The claims that changed.
    pub claims: Vec<ClaimChangeRow>,
}

/// What changed in a dossier.
#[derive(Serialize, ToSchema)]
pub struct ChangesRow {
    /// Its marking and its audience.
    #[serde(flatten)]
    pub shown: Shown,
    /// The subject.
    pub subject: Subject,
    /// The earlier date.
    pub since: String,
    /// `recorded` or `asserted`.
    pub clock: &'static str,
    /// The propositions of which something changed.
    pub changes: Vec<ChangedRow>,
    /// What was left out for length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// The most propositions in one answer.
const MOST: usize = 500;

/// What changed in a dossier since an earlier date: which claims came, were revised, withdrawn or
/// went, by which entry, and whose headline changed.
#[utoipa::path(get, path = "/api/v1/dossier/{id}/changes", tag = "claims",
    params(("id" = String, Path, description = "An id, an IRI or a name"), SinceQuery, DossierQuery, KnownAtQuery, LangQuery),
    responses((status = 200, body = ChangesRow), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn dossier_changes(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    known: KnownAt,
    Path(name): Path<String>,
    Query(query): Query<SinceQuery>,
    Query(reading): Query<DossierQuery>,
) -> Result<Json<ChangesRow>, Problem> {
    let reading = reading.reading()?;
    let (clock, earlier, then) = match query.clock.as_deref() {
        None | Some("recorded") => {
            let then = KnownAt::parse(Some(&query.since))
                .map_err(|error| Problem::bad_request(format!("since: {error}")))?;
            ("recorded", reading.clone(), then)
        }
        Some("asserted") => {
            let date = Edtf::parse(&query.since)
                .map_err(|error| Problem::bad_request(format!("since: {error}")))?;
            let earlier = Reading {
                asserted_by: Some(date),
                ..reading.clone()
            };
            ("asserted", earlier, known.clone())
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
        let id = find(&after, &name)?;
        let (was, is) = (
            or_none(before.dossier(&id, &earlier))?,
            after.dossier(&id, &reading)?,
        );
        let mut found = changes(was.as_ref(), &is);
        let total = found.len();
        found.truncate(MOST);
        let names = Names {
            before: labels(&before, lang, &found)?,
            after: labels(&after, lang, &found)?,
        };
        // Entries are told by the clock that counts them, to whoever may see the ledger.
        let steward = caller.steward().ok().filter(|_| clock == "recorded");
        let entry = |change: &ClaimChange| -> Result<Option<EntryRow>, Problem> {
            let Some(steward) = &steward else {
                return Ok(None);
            };
            let upto = desk.base.last_entry(steward, known.0.as_ref())?;
            let revisions = desk.base.history(steward, &change.claim.id)?;
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
        let rows = found
            .iter()
            .map(|changed| names.row(changed, &is, lang.tag, entry))
            .collect::<Result<_, Problem>>()?;
        let mut marking = after.marking([id])?;
        let changed = || found.iter().flat_map(|changed| &changed.claims);
        for names in [&names.before, &names.after] {
            marking.and(&names.marking(changed().map(|change| &change.claim.id)));
        }
        Ok(Json(ChangesRow {
            shown: Shown::under(&after, &marking),
            subject: Subject::of(&is.subject, lang.tag),
            since: query.since,
            clock,
            changes: rows,
            cut: (total > MOST).then(|| format!("given are {MOST} of {total} propositions")),
        }))
    })
    .await?
}

fn or_none(dossier: Result<Dossier, ReadError>) -> Result<Option<Dossier>, ReadError> {
    match dossier {
        Err(ReadError::NotFound(_)) => Ok(None),
        other => other.map(Some),
    }
}

fn labels(view: &View, lang: Lang, found: &[Changed]) -> Result<Labels, ReadError> {
    let ids: Vec<RecordId> = found
        .iter()
        .flat_map(|changed| {
            let claims = changed.claims.iter();
            let object = changed.object.as_deref().and_then(RecordId::from_iri);
            claims
                .flat_map(|change| mentioned(&change.claim))
                .chain(object)
                .chain([changed.subject.clone()])
        })
        .collect();
    Labels::read(view, lang, &ids)
}

/// The names of then and of now: what went may have no name any more.
struct Names {
    before: Labels,
    after: Labels,
}

impl Names {
    fn row(
        &self,
        changed: &Changed,
        dossier: &Dossier,
        lang: &'static str,
        entry: impl Fn(&ClaimChange) -> Result<Option<EntryRow>, Problem>,
    ) -> Result<ChangedRow, Problem> {
        let of = match changed.after {
            Some(_) => &self.after,
            None => &self.before,
        };
        let said = changed
            .claims
            .first()
            .and_then(|change| of.said(&change.claim))
            .or_else(|| changed.object.as_deref().map(|object| of.object(object)));
        let degree = words::Degree::new(
            said.as_ref().map_or("", |object| &object.label),
            changed.level.as_deref(),
        );
        let headline =
            |weighing: &Weighing| words::headline(weighing, &dossier.scale, lang, degree.as_ref());
        let claim = |change: &ClaimChange| -> Result<ClaimChangeRow, Problem> {
            let (fate, respects, labels) = match &change.fate {
                Fate::Came => ("came", Vec::new(), &self.after),
                Fate::Perhaps => ("perhaps", Vec::new(), &self.after),
                Fate::Undated => ("undated", Vec::new(), &self.after),
                Fate::Revised(respects) => ("revised", respects.clone(), &self.after),
                Fate::Withdrawn => ("withdrawn", Vec::new(), &self.after),
                Fate::Gone => ("gone", Vec::new(), &self.before),
            };
            Ok(ClaimChangeRow {
                fate,
                respects,
                claim: labels.claim(&change.claim),
                entry: entry(change)?,
            })
        };
        Ok(ChangedRow {
            kind: changed.kind.name(),
            kind_label: words::called(changed.kind.name(), lang),
            subject: of.named(&changed.subject),
            object: said,
            level: changed.level.as_deref().map(|level| of.object(level)),
            headline_before: changed.before.as_ref().map(headline),
            headline_after: changed.after.as_ref().map(headline),
            headline_changed: changed.headline_changed(),
            claims: changed.claims.iter().map(claim).collect::<Result<_, _>>()?,
        })
    }
}
