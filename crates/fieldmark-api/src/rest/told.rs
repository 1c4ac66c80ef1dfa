//! What an import tells: one report at its end, or line by line as it goes on.

use super::transfer::Input;
use super::upload::place;
use crate::incoming::{Told, in_order};
use crate::input::Json;
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::body::{Body, Bytes};
use axum::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use fieldmark_store::gate::Writer;
use fieldmark_store::import::{Entry, Finding, ImportReport, Verdict, levels};
use futures_util::StreamExt;
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tracing::Instrument;
use utoipa::ToSchema;

/// The media type of an answer of which each line is JSON.
const LINES: &str = "application/x-ndjson";

/// How often progress is told.
const OFTEN: Duration = Duration::from_millis(250);

/// How many records a report in one piece names of those that nothing kept out.
const NAMED: usize = 100_000;

/// How many lines wait for a reader who is slow.
const LINES_AHEAD: usize = 1_024;

/// Whether a caller asks to be told line by line.
pub(super) fn is_streamed(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|range| {
            range
                .split(';')
                .next()
                .is_some_and(|name| name.trim() == LINES)
        })
}

/// Takes an input in, and answers as it was asked.
pub(super) async fn answer(
    desk: Desk,
    writer: Writer,
    input: Input,
    streamed: bool,
) -> Result<Response, Problem> {
    let place = place().await?;
    if streamed {
        let (lines, told) = mpsc::channel::<Bytes>(LINES_AHEAD);
        let work = blocking(move || {
            let _place = place;
            stream(&desk, &writer, input, &lines);
        });
        // Whoever asked may leave; what has begun is brought to its end.
        tokio::spawn(work.in_current_span());
        let lines = futures_util::stream::unfold(told, |mut told| async {
            Some((Ok::<_, std::convert::Infallible>(told.recv().await?), told))
        });
        // Compression asks once more after the end, which a bare unfold answers with a panic.
        let body = Body::from_stream(lines.fuse());
        return Ok(([(CONTENT_TYPE, LINES)], body).into_response());
    }
    let report = blocking(move || {
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
        Ok::<_, Problem>(Report {
            entries: listed
                .into_iter()
                .map(|(_, entry)| row(entry, committed))
                .collect(),
            omitted,
            ..report.into()
        })
    })
    .await??;
    Ok(Json(report).into_response())
}

/// One line of an answer that is told as it goes on: of these, one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// How far it has come.
    Progress(Progress),
    /// What became of one record.
    Entry(EntryRow),
    /// Everything that holds is on the disk; what was written is seen once the report comes.
    Durable(Durable),
    /// The last line: what became of it all. Its entries were told before.
    Report(Box<Report>),
    /// The last line where it could not be brought to its end, whatever stands there already.
    Problem(Problem),
}

/// When everything was on the disk.
#[derive(Serialize, ToSchema)]
pub struct Durable {
    /// How many seconds after it began.
    pub seconds: f64,
}

/// How far an import has come.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// How many objects were read, judged and handed on.
    pub done: usize,
    /// How many there are.
    pub of: usize,
    /// How many were done a second.
    pub per_second: f64,
    /// How many seconds the rest takes at that pace.
    pub seconds_left: f64,
}

/// Takes an input in and tells each line of what comes of it. A reader who leaves ends nothing.
fn stream(desk: &Desk, writer: &Writer, input: Input, lines: &mpsc::Sender<Bytes>) {
    let committed = !input.is_dry();
    let begun = Instant::now();
    let mut last: Option<Instant> = None;
    let send = |line: &Line| {
        let Ok(mut text) = serde_json::to_vec(line) else {
            return;
        };
        text.push(b'\n');
        if lines.blocking_send(text.into()).is_err() {
            tracing::debug!("nobody reads on what becomes of an import");
        }
    };
    let mut held = Vec::new();
    let mut tell = |told| match told {
        // Whether an input without numbers was taken is known at its end.
        Told::Entry(None, entry) => held.push(entry),
        Told::Entry(Some(_), entry) => send(&Line::Entry(row(entry, committed))),
        Told::Durable => send(&Line::Durable(Durable {
            seconds: begun.elapsed().as_secs_f64(),
        })),
        Told::Progress(done, of) => {
            if last.is_none_or(|last| last.elapsed() >= OFTEN) || done == of {
                last = Some(Instant::now());
                send(&Line::Progress(progress(begun.elapsed(), done, of)));
            }
        }
    };
    let taken = input.take(desk, writer, &mut tell);
    match taken {
        Ok(report) => {
            let committed = report.committed;
            for entry in held {
                send(&Line::Entry(row(entry, committed)));
            }
            send(&Line::Report(Box::new(report.into())));
        }
        Err(error) => send(&Line::Problem(error.into())),
    }
}

fn progress(took: Duration, done: usize, of: usize) -> Progress {
    let per_second = done as f64 / took.as_secs_f64().max(f64::EPSILON);
    let left = of.saturating_sub(done) as f64;
    Progress {
        done,
        of,
        per_second: per_second.round(),
        seconds_left: match per_second > 0.0 {
            true => (left / per_second * 10.0).round() / 10.0,
            false => 0.0,
        },
    }
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
#[derive(Serialize, ToSchema)]
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

fn row(entry: Entry, committed: bool) -> EntryRow {
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
