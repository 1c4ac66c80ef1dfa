//! What an import tells: one report at its end, or line by line as it goes on.

use super::parts::{self, Part};
use crate::accept::Accepted;
use crate::incoming::Input;

use crate::incoming::report::{self, EntryRow, Report, row};
use crate::incoming::upload::place;
use crate::input::Json;
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use fieldmark_store::gate::Writer;
use fieldmark_store::import::Told;
use serde::Serialize;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tracing::Instrument;
use utoipa::ToSchema;

/// The media type of an answer of which each line is JSON.
const LINES: &str = "application/x-ndjson";

/// How often progress is told.
const OFTEN: Duration = Duration::from_millis(250);

/// How many lines wait for a reader who is slow.
const LINES_AHEAD: usize = 1_024;

/// Whether a caller asks to be told line by line.
pub(super) fn is_streamed(headers: &HeaderMap) -> bool {
    let best = Accepted::of(headers).best(&[("application/json", false), (LINES, true)]);
    best.unwrap_or(false)
}

/// Takes an input in, and answers as it was asked.
pub(super) async fn answer(
    desk: Desk,
    writer: Writer,
    input: Input,
    streamed: bool,
) -> Result<Response, Problem> {
    if !streamed {
        return Ok(Json(report::whole(desk, writer, input).await?).into_response());
    }
    let place = place(input.bytes()?).await?;
    let (lines, told) = mpsc::channel(LINES_AHEAD);
    let work = blocking(move || {
        let _place = place;
        stream(&desk, &writer, input, &lines);
    });
    // Whoever asked may leave; what has begun is brought to its end.
    tokio::spawn(work.in_current_span());
    Ok(([(CONTENT_TYPE, LINES)], parts::body(told)).into_response())
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
    /// How many objects, or statements of RDF and tables, were read, judged and handed on.
    pub done: usize,
    /// How many there are.
    pub of: usize,
    /// How many were done a second.
    pub per_second: f64,
    /// How many seconds the rest takes at that pace.
    pub seconds_left: f64,
}

/// Takes an input in and tells each line of what comes of it. A reader who leaves ends nothing.
fn stream(desk: &Desk, writer: &Writer, input: Input, lines: &mpsc::Sender<Part>) {
    let committed = !input.is_dry();
    let begun = Instant::now();
    let mut last: Option<Instant> = None;
    let send = |line: &Line| {
        let Ok(mut text) = serde_json::to_vec(line) else {
            return;
        };
        text.push(b'\n');
        if lines.blocking_send(Ok(text.into())).is_err() {
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
