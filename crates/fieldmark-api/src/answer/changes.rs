//! What changed in a dossier between two dates, and why.

use super::claim::{ClaimRow, mentioned};
use super::dossier::Subject;
use super::lang::Lang;
use super::made::Shown;
use super::names::{Labels, Named, Object};
use super::words;
use crate::problem::Problem;
use fieldmark_analysis::lines::Weighing;
use fieldmark_model::RecordId;
use fieldmark_store::View;
use fieldmark_store::read::{Changed, ClaimChange, Dossier, Fate, ReadError, Reading, changes};
use serde::Serialize;
use utoipa::ToSchema;

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
    /// How it says two names to relate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Object>,
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

/// From when to when a dossier is compared.
pub(crate) struct Span<'a> {
    /// Where it is read as it was, and how.
    pub before: (&'a View, &'a Reading),
    /// Where it is read as it is, and how.
    pub after: (&'a View, &'a Reading),
    /// The earlier date, as it was asked for.
    pub since: String,
    /// `recorded` or `asserted`.
    pub clock: &'static str,
}

/// What changed in a dossier; `entry` finds the ledger entry that last touched a claim, for whoever
/// may see it.
pub(crate) fn between(
    span: Span<'_>,
    id: &RecordId,
    lang: Lang,
    entry: &dyn Fn(&RecordId) -> Result<Option<EntryRow>, Problem>,
) -> Result<ChangesRow, Problem> {
    let ((before, earlier), (after, later)) = (span.before, span.after);
    let (was, is) = (
        or_none(before.dossier(id, earlier))?,
        after.dossier(id, later)?,
    );
    let mut found = changes(was.as_ref(), &is);
    let total = found.len();
    found.truncate(MOST);
    let names = Names {
        before: labels(before, lang, &found)?,
        after: labels(after, lang, &found)?,
    };
    let rows = found
        .iter()
        .map(|changed| names.row(changed, &is, lang.tag, entry))
        .collect::<Result<_, Problem>>()?;
    let mut marking = after.marking([id.clone()])?;
    let changed = || found.iter().flat_map(|changed| &changed.claims);
    for names in [&names.before, &names.after] {
        marking.and(&names.marking(changed().map(|change| &change.claim.id)));
    }
    Ok(ChangesRow {
        shown: Shown::under(after, &marking),
        subject: Subject::of(&is.subject, lang.tag),
        since: span.since,
        clock: span.clock,
        changes: rows,
        cut: (total > MOST).then(|| match lang.tag {
            "fr" => format!("sont données {MOST} propositions sur {total}"),
            _ => format!("given are {MOST} of {total} propositions"),
        }),
    })
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
        entry: &dyn Fn(&RecordId) -> Result<Option<EntryRow>, Problem>,
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
                entry: entry(&change.claim.id)?,
            })
        };
        Ok(ChangedRow {
            kind: changed.kind.name(),
            kind_label: words::called(changed.kind.name(), lang),
            subject: of.named(&changed.subject),
            object: said,
            level: changed.level.as_deref().map(|level| of.object(level)),
            relation: changed.relation.as_deref().map(|iri| of.object(iri)),
            headline_before: changed.before.as_ref().map(headline),
            headline_after: changed.after.as_ref().map(headline),
            headline_changed: changed.headline_changed(),
            claims: changed.claims.iter().map(claim).collect::<Result<_, _>>()?,
        })
    }
}
