//! Connections: how many there may be at once, and how long each may keep us waiting.
//!
//! A connection that says nothing costs its socket and little more: the desks are built once and
//! shared, and buffers come with the first byte. Whoever is too slow with a request's head, or
//! with taking an answer, is let go. One connection more than there is room for is told so at
//! once.

use axum::Router;
use axum::http::Request;
use fieldmark_api::Peer;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// What connections may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How many there may be at once.
    pub connections: usize,
    /// How long the head of a request may take, counted from the end of the one before.
    pub head: Duration,
    /// How long an answer may wait for its reader to take a further piece.
    pub reader: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connections: 16_384,
            head: Duration::from_secs(30),
            reader: Duration::from_secs(30),
        }
    }
}

/// Files that are open beside connections: views, the ledger, what is sent and being written.
const OTHER_FILES: u64 = 2_048;

impl Patience {
    /// The same with no more connections than the system lets this process have, once it has
    /// been asked for as many files as it gives.
    pub fn within_the_system(self) -> Self {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(%error, "the limit of open files stays as it is");
        }
        let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        let room = match files > 2 * OTHER_FILES {
            true => files - OTHER_FILES,
            false => files / 2,
        };
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        if room < self.connections {
            tracing::warn!(
                files,
                connections = room,
                "fewer connections than configured: raise the limit of open files (ulimit -n)"
            );
        }
        Self {
            connections: self.connections.min(room),
            ..self
        }
    }
}

/// Serves `router` until `stop` is done, then lets answers under way finish.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    // With its state in it a router is one shared pointer; without, each connection copies all of
    // its routes, which took 1.2 MB.
    let router: Router = router.with_state(());
    let places = Arc::new(Semaphore::new(patience.connections));
    let leaving = Arc::new(Semaphore::new(LEAVING));
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of files, mostly: those that end soon will make room.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        match places.clone().try_acquire_owned() {
            Ok(place) => {
                let watcher = graceful.watcher();

                let router = router.clone();
                tokio::spawn(converse(stream, peer, router, patience, watcher, place));
            }
            Err(_) => {
                metrics::counter!("fieldmark_connections_refused_total").increment(1);
                // Beyond these a caller is cut off without a word.
                if let Ok(place) = leaving.clone().try_acquire_owned() {
                    tokio::spawn(turn_away(stream, place));
                }
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    patience: Patience,
    watcher: hyper_util::server::graceful::Watcher,
    _place: OwnedSemaphorePermit,
) {
    match tokio::time::timeout(patience.head, stream.readable()).await {
        Ok(Ok(())) => {}
        Ok(Err(_)) | Err(_) => return,
    }
    // An answer's head and body go out as they come: held back until the caller has acknowledged
    // the head, each short answer took 40 ms (RFC 896 meets delayed acknowledgement).
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps Nagle's algorithm");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(patience.reader));
    let desks = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        request
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .serve_connection(
            TokioIo::new(Box::pin(stream)),
            TowerToHyperService::new(desks),
        );
    if let Err(error) = watcher.watch(connection).await {
        // A caller that left, or was let go for its slowness.
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The refusal that a connection beyond the limit gets.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 140\r\n\r\n{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\"detail\":\"too many connections are open here; try again in a few seconds\"}\n";

/// How many callers are told at once that there is no room.
const LEAVING: usize = 256;

/// Says that there is no room, and listens until the caller has read it: a connection that is
/// closed over an unread request is reset, and the words are lost.
async fn turn_away(mut stream: TcpStream, _place: OwnedSemaphorePermit) {
    let farewell = async {
        stream.write_all(FULL).await?;
        stream.shutdown().await?;
        let mut ignored = [0; 4096];
        while stream.read(&mut ignored).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    match tokio::time::timeout(Duration::from_secs(1), farewell).await {
        Ok(Ok(())) | Err(_) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a caller left before it was refused"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;

    #[test]
    fn the_refusal_is_as_long_as_it_says() {
        let text = std::str::from_utf8(FULL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
    }

    async fn site(patience: Patience) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let big = "x".repeat(64 << 20);
        let router = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/big", get(|| async move { big }));
        tokio::spawn(serve(
            listener,
            router,
            patience,
            std::future::pending::<()>(),
        ));
        address
    }

    async fn rest(stream: &mut TcpStream) -> String {
        let mut text = Vec::new();
        // A reset after the last byte is an end as well.
        let _ = stream.read_to_end(&mut text).await;
        String::from_utf8_lossy(&text).into_owned()
    }

    #[tokio::test]
    async fn who_keeps_us_waiting_is_let_go_and_one_too_many_is_told() {
        let patience = Patience {
            connections: 2,
            head: Duration::from_millis(200),
            reader: Duration::from_millis(200),
        };
        let address = site(patience).await;
        let connect = || TcpStream::connect(address);
        // One says nothing, one speaks too slowly; a third finds no place.
        let mut silent = connect().await.unwrap();
        let mut slow = connect().await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n")
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mut third = connect().await.unwrap();
        let refusal = rest(&mut third).await;
        assert!(refusal.starts_with("HTTP/1.1 503"), "{refusal}");
        assert!(refusal.contains("Retry-After"), "{refusal}");
        assert_eq!(rest(&mut silent).await, "");
        let said = rest(&mut slow).await;
        assert!(!said.starts_with("HTTP/1.1 200"), "{said}");
        // Both places are free again; a kept-alive connection gives its own back when idle.
        let mut kept = connect().await.unwrap();
        kept.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        let said = rest(&mut kept).await;
        assert!(
            said.starts_with("HTTP/1.1 200") && said.ends_with("here"),
            "{said}"
        );
        // Who asks for much and does not read it.
        let mut deaf = connect().await.unwrap();
        deaf.write_all(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(rest(&mut deaf).await.len() < 64 << 20);
    }
}
