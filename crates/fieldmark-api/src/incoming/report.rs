//! What became of an import: its report in one piece.

use super::objects::in_order;
use super::{Input, upload};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use fieldmark_store::gate::Writer;
use fieldmark_store::import::{Entry, Finding, ImportReport, Told, Verdict, levels};
use serde::Serialize;
use utoipa::ToSchema;

/// How many records a report in one piece names of those that nothing kept out.
const NAMED: usize = 100_000;

/// Takes an input in once there is a place for it, and reports what became of it. Of records that
/// nothing kept out it names the first 100,000.
///
/// # Errors
/// When there is no place, or the store fails.
pub(crate) async fn whole(desk: Desk, writer: Writer, input: Input) -> Result<Report, Problem> {
    let place = upload::place(input.bytes()?).await?;
    blocking(move || {
        let _place = place;
        let mut listed = Vec::new();
        let (mut named, mut omitted) = (0, 0);
        let mut tell = |told| {
            let Told::Entry(at, entry) = told else {
                return;
            };
            let kept_out = matches!(entry.verdict, Verdict::Refused | Verdict::Conflict);
            named += usize::from(!kept_out);
            match kept_out || named <= NAMED {
                true => listed.push((at, entry)),
                false => omitted += 1,
            }
        };
        let report = input.take(&desk, &writer, &mut tell)?;
        // What has no number comes in the order of lines, which is that of its telling.
        if listed.iter().any(|(at, _)| at.is_some()) {
            listed = in_order(listed)
                .into_iter()
                .map(|entry| (None, entry))
                .collect();
        }
        let committed = report.committed;
        Ok(Report {
            entries: listed
                .into_iter()
                .map(|(_, entry)| row(entry, committed))
                .collect(),
            omitted,
            ..report.into()
        })
    })
    .await?
}

/// What became of an import.
#[derive(Serialize, ToSchema)]
pub struct Report {
    /// Whether the ledger was changed.
    pub committed: bool,
    /// How many statements were read.
    pub statements: u64,
    /// How many new records were stored.
    pub added: usize,
    /// How many records got a new revision.
    pub revised: usize,
    /// How many stood there already.
    pub unchanged: usize,
    /// How many are not in your view and wait for a steward.
    pub proposed: usize,
    /// What would have been stored, where nothing was: in a dry run, or since the file cannot be
    /// read as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would: Option<Would>,
    /// How many were kept out, since another version is here that they may not take the place of.
    pub conflicts: usize,
    /// How many were refused.
    pub refused: usize,
    /// What kept the file from being read as a whole; if any, nothing was changed.
    pub problems: Vec<FindingRow>,
    /// Every record and stray subject that was kept out, and of the others the first 100,000; none
    /// where each was a line of its own.
    pub entries: Vec<EntryRow>,
    /// How many more there are that nothing kept out: ask for application/x-ndjson to be told each.
    pub omitted: usize,
    /// Every statement whose release policy changes, or would.
    pub markings: Vec<MarkingRow>,
    /// Records that are referred to and not here yet.
    pub waiting: Vec<String>,
    /// How the input was read, such as its encoding.
    pub notes: Vec<String>,
}

/// What an import would have stored.
#[derive(Serialize, ToSchema)]
pub struct Would {
    /// How many new records.
    pub add: usize,
    /// How many new revisions of records.
    pub revise: usize,
    /// How many would wait for a steward.
    pub propose: usize,
}

/// One record or stray subject.
#[derive(Serialize, ToSchema)]
pub struct EntryRow {
    /// The record's id, or the subject as written.
    pub name: String,
    /// The line it begins on.
    pub line: Option<u64>,
    /// Where it stands in a file of STIX objects: a JSON path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// `added`, `revised`, `unchanged`, `waiting` (for a steward), `conflict` or `refused`; where
    /// nothing was stored `would-add`, `would-revise` and `would-wait`.
    pub verdict: &'static str,
    /// Why it was refused.
    pub findings: Vec<FindingRow>,
}

/// One statement whose release policy changes.
#[derive(Serialize, ToSchema)]
pub struct MarkingRow {
    /// The record it is of.
    pub record: String,
    /// The statement, as N-Triples.
    pub statement: String,
    /// The policies it stood under: TLP's levels, or marking definitions' ids.
    pub from: String,
    /// Those it is to stand under.
    pub to: String,
    /// Whether more people may see it then.
    pub looser: bool,
}

/// One thing that is wrong, where, and the remedy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingRow {
    /// The line.
    pub line: Option<u64>,
    /// The column.
    pub column: Option<u64>,
    /// The property, by IRI.
    pub property: Option<String>,
    /// The rule broken.
    pub rule: Option<String>,
    /// What is wrong and how to mend it.
    pub message: String,
    /// The same in French.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_fr: Option<String>,
}

/// A sentence about a part of an object, as one about that part of the file.
fn placed(mut finding: Finding, place: Option<&str>) -> Finding {
    if let (Some(place), Some(rest)) = (place, finding.message.strip_prefix('$')) {
        finding.message = format!("{place}{rest}");
    } else if let Some(place) = place {
        finding.message = format!("{place}: {}", finding.message);
        finding.message_fr = finding.message_fr.map(|fr| format!("{place} : {fr}"));
    }
    finding
}

impl From<Finding> for FindingRow {
    fn from(finding: Finding) -> Self {
        Self {
            line: finding.line,
            column: finding.column,
            property: finding.property,
            rule: finding.rule,
            message: finding.message,
            message_fr: finding.message_fr,
        }
    }
}

impl From<ImportReport> for Report {
    fn from(report: ImportReport) -> Self {
        let committed = report.committed;
        let [added, revised, proposed] =
            [Verdict::Added, Verdict::Revised, Verdict::Waiting].map(|one| report.count(one));
        let stored = |count| if committed { count } else { 0 };
        Self {
            committed,
            statements: report.statements,
            added: stored(added),
            revised: stored(revised),
            unchanged: report.count(Verdict::Unchanged),
            proposed: stored(proposed),
            would: (!committed).then_some(Would {
                add: added,
                revise: revised,
                propose: proposed,
            }),
            conflicts: report.count(Verdict::Conflict),
            refused: report.count(Verdict::Refused),
            problems: report.problems.into_iter().map(FindingRow::from).collect(),
            entries: Vec::new(),
            omitted: 0,
            markings: report
                .remarked
                .iter()
                .map(|(id, one)| MarkingRow {
                    record: id.to_string(),
                    statement: one.statement.to_string(),
                    from: levels(&one.from),
                    to: levels(&one.to),
                    looser: one.looser,
                })
                .collect(),
            waiting: report.waiting.iter().map(ToString::to_string).collect(),
            notes: report.notes,
        }
    }
}

/// What became of one record, as it is told.
pub(crate) fn row(entry: Entry, committed: bool) -> EntryRow {
    let place = entry.place.as_deref();
    let findings = entry.findings.into_iter();
    EntryRow {
        findings: findings
            .map(|finding| placed(finding, place).into())
            .collect(),
        name: entry.name,
        line: entry.line,
        verdict: entry.verdict.name(committed),
        place: entry.place,
    }
}
