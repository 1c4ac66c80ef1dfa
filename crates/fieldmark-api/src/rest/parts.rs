//! An answer that is sent as it is made, part by part.

use axum::body::{Body, Bytes};
use std::io::{self, BufWriter, Write};
use tokio::sync::mpsc;

/// What is sent, or why no more of it comes.
pub(super) type Part = io::Result<Bytes>;

/// The body of what comes through a channel.
pub(super) fn body(parts: mpsc::Receiver<Part>) -> Body {
    let parts = futures_util::stream::unfold(parts, |mut parts| async {
        Some((parts.recv().await?, parts))
    });
    // Compression asks once more after the end, which a bare unfold answers with a panic.
    Body::from_stream(futures_util::StreamExt::fuse(parts))
}

/// How large a part is, and how many wait for a reader who is slow.
const SIZE: usize = 64 << 10;
const AHEAD: usize = 16;

/// The body of what `write` writes, on a thread of its own. One that fails breaks the answer off, so
/// that nobody takes its beginning for the whole.
pub(super) fn written(
    write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static,
) -> Body {
    let (to, parts) = mpsc::channel(AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut out = BufWriter::with_capacity(SIZE, Parts(to.clone()));
        let written = write(&mut out).and_then(|()| out.flush());
        if let Err(error) = written {
            tracing::warn!(%error, "an answer was broken off");
            // A reader who has gone needs no reason.
            to.blocking_send(Err(error)).ok();
        }
    });
    body(parts)
}

struct Parts(mpsc::Sender<Part>);

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = Bytes::copy_from_slice(bytes);
        match self.0.blocking_send(Ok(part)) {
            Ok(()) => Ok(bytes.len()),
            Err(_) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
