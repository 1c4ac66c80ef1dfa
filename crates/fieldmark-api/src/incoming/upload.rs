//! Bodies that are too large to hold: written down first, worked on after.
//!
//! However slowly a body comes, no thread waits for it. Only so many come in at once and only so
//! many are worked on at once; others wait in line, and one too many is told so.

use crate::problem::Problem;
use axum::body::Body;
use axum::http::StatusCode;
use futures_util::StreamExt;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many bodies come in at once.
const COMING: usize = 64;
/// How many inputs are worked on at once: each holds its statements in memory.
const WORKED_ON: usize = 2;
/// How many may wait to be worked on.
const IN_LINE: usize = 16;
/// A body may take this long,
const GRACE: Duration = Duration::from_secs(60);
/// and as much longer as it takes to send it at this many bytes a second.
const SLOWEST: u64 = 16 << 10;

static COMING_IN: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(COMING));
static WORK: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(WORKED_ON)));
static LINE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(IN_LINE));

fn busy(what: &str) -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        format!("{what}; nothing of this one was taken: send it again in a while"),
    )
}

/// Writes a body of at most `most` bytes into `file`, and gives it back from its beginning. What
/// comes over the network may not come too slowly; `local` input may be typed.
pub async fn written_down(body: Body, file: File, most: u64, local: bool) -> Result<File, Problem> {
    let _coming = COMING_IN
        .try_acquire()
        .map_err(|_| busy("too many imports are coming in just now"))?;
    let begun = Instant::now();
    let mut file = tokio::fs::File::from_std(file);
    let mut chunks = body.into_data_stream();
    let mut size: u64 = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk =
            chunk.map_err(|error| Problem::bad_request(format!("the input broke off: {error}")))?;
        size += chunk.len() as u64;
        if size > most {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("an import may have {most} bytes on this server; split the file"),
            ));
        }
        if !local && begun.elapsed() > GRACE + Duration::from_secs(size / SLOWEST) {
            return Err(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "the input comes too slowly; nothing of it was taken",
            ));
        }
        file.write_all(&chunk).await.map_err(spoiled)?;
    }
    file.flush().await.map_err(spoiled)?;
    let mut file = file.into_std().await;
    file.seek(SeekFrom::Start(0)).map_err(spoiled)?;
    Ok(file)
}

/// A place to work on an input, until it is dropped.
pub async fn place() -> Result<OwnedSemaphorePermit, Problem> {
    let _in_line = LINE
        .try_acquire()
        .map_err(|_| busy("too many imports wait already"))?;
    WORK.clone()
        .acquire_owned()
        .await
        .map_err(|error| Problem::internal(&error))
}

/// What a scratch file says that cannot be written.
pub(super) fn spoiled(error: std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::StorageFull => Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "the disk is full; nothing of this import was taken",
        ),
        _ => Problem::internal(&error),
    }
}
