//! Bodies that are too large to hold: written down first, worked on after.
//!
//! However slowly a body comes, no thread waits for it. Only so many come in at once and only so
//! many are worked on at once; others wait in line, and one too many is told so. Small ones have a
//! line of their own: they wait for no large one, and many of them share one commit.

use crate::problem::Problem;
use axum::body::{Body, BodyDataStream};
use axum::http::StatusCode;
use futures_util::StreamExt;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many bodies come in at once.
const COMING: usize = 256;
/// The largest input that counts as small, in bytes: a record or a few, whose statements take no
/// memory to speak of.
const SMALL: u64 = 64 << 10;
/// A body may take this long,
const GRACE: Duration = Duration::from_secs(60);
/// and as much longer as it takes to send it at this many bytes a second.
const SLOWEST: u64 = 16 << 10;

/// How much more of a body that is not taken is read off,
const UNREAD: u64 = 64 << 20;
/// and how long that may take.
const PATIENCE: Duration = Duration::from_secs(10);

static COMING_IN: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(COMING));
/// Each of these holds its statements in memory.
static LARGE_ONES: LazyLock<Line> = LazyLock::new(|| Line::of(2, 16));
static SMALL_ONES: LazyLock<Line> = LazyLock::new(|| Line::of(64, 256));

/// Those who are worked on, and those who wait for it.
struct Line {
    work: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Line {
    /// So many worked on at once, while so many may wait.
    fn of(worked_on: usize, waiting: usize) -> Self {
        Self {
            work: Arc::new(Semaphore::new(worked_on)),
            waiting: Semaphore::new(waiting),
        }
    }
}

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
    let mut chunks = body.into_data_stream();
    let written = write_down(&mut chunks, file, most, local).await;
    if let Err(problem) = &written
        && problem.status() != StatusCode::REQUEST_TIMEOUT
    {
        read_off(&mut chunks).await;
    }
    written
}

/// Most clients look for an answer once all is sent, and are told nothing but that the connection broke
/// when it is closed before.
async fn read_off(chunks: &mut BodyDataStream) {
    let mut unread = UNREAD;
    let all = async {
        while let Some(Ok(chunk)) = chunks.next().await {
            unread = unread.saturating_sub(chunk.len() as u64);
            if unread == 0 {
                return;
            }
        }
    };
    // Whoever sends more, or slower, is not waited for.
    tokio::time::timeout(PATIENCE, all).await.ok();
}

async fn write_down(
    chunks: &mut BodyDataStream,
    file: File,
    most: u64,
    local: bool,
) -> Result<File, Problem> {
    let begun = Instant::now();
    let mut file = tokio::fs::File::from_std(file);
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

/// A place to work on an input of so many bytes, until it is dropped.
pub async fn place(bytes: u64) -> Result<OwnedSemaphorePermit, Problem> {
    let line = match bytes <= SMALL {
        true => &SMALL_ONES,
        false => &LARGE_ONES,
    };
    let _waits = line
        .waiting
        .try_acquire()
        .map_err(|_| busy("too many imports wait already"))?;
    line.work
        .clone()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn what_is_not_taken_is_read_off_so_that_its_sender_is_told() {
        for (most, status) in [(10, 413), (1 << 20, 500)] {
            let sent = Arc::new(AtomicUsize::new(0));
            let count = sent.clone();
            let chunks = (0..50).map(move |_| {
                count.fetch_add(1, Ordering::Relaxed);
                Ok::<_, std::io::Error>(vec![b' '; 4_096])
            });
            let body = Body::from_stream(futures_util::stream::iter(chunks));
            // A file that cannot be written to, as on a full disk.
            let file = tempfile::NamedTempFile::new().unwrap();
            let unwritable = File::open(file.path()).unwrap();
            let problem = written_down(body, unwritable, most, true)
                .await
                .unwrap_err();
            assert_eq!(problem.status(), status);
            assert_eq!(sent.load(Ordering::Relaxed), 50);
        }
    }

    #[tokio::test]
    async fn a_small_input_waits_for_no_large_one() {
        let _first = place(SMALL + 1).await.unwrap();
        let _second = place(SMALL + 1).await.unwrap();
        let soon = Duration::from_millis(50);
        let third = tokio::time::timeout(soon, place(SMALL + 1)).await;
        assert!(third.is_err(), "three large ones are worked on at once");
        let small = tokio::time::timeout(soon, place(SMALL)).await;
        assert!(small.is_ok_and(|place| place.is_ok()));
    }
}
