//! How a command reaches the knowledge base: in this process, or through the server that holds
//! the data directory, by its socket. Either way it is the same REST request to the same desks.

use anyhow::{Context, Result, bail};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use fieldmark_api::{Desk, LocalCaller};
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use tokio::net::UnixStream;
use tower::ServiceExt;

/// The socket's name in the data directory.
pub const SOCKET: &str = "control.sock";

/// A way in.
pub enum Door {
    /// The desks in this process.
    Here(Box<axum::Router>),
    /// The server that holds the data directory.
    Server(PathBuf),
}

/// An answer, whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; an answer that is not a success is an error in the server's own words.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.success()?.body).context("the answer is not JSON")
    }

    /// The answer itself, when it is a success.
    pub fn success(&self) -> Result<&Self> {
        if self.status.is_success() {
            return Ok(self);
        }
        let problem: Option<serde_json::Value> = serde_json::from_slice(&self.body).ok();
        match problem.as_ref().and_then(|p| p["detail"].as_str()) {
            Some(detail) => bail!("{detail}"),
            None => bail!("{}: {}", self.status, String::from_utf8_lossy(&self.body).trim()),
        }
    }
}

impl Door {
    /// The desks in this process, whose caller is whoever holds the data directory.
    pub fn here(desk: Desk) -> Self {
        Self::Here(Box::new(local(fieldmark_api::router(desk))))
    }

    /// The server that holds `data`, if one answers.
    pub async fn server(data: &Path) -> Option<Self> {
        let path = socket_path(data).ok()?;
        UnixStream::connect(path.as_path()).await.ok()?;
        Some(Self::Server(data.to_owned()))
    }

    /// Sends one request and reads the whole answer.
    pub async fn send(&self, request: Request<Body>) -> Result<Answer> {
        let response = match self {
            Self::Here(router) => router.as_ref().clone().oneshot(request).await?,
            Self::Server(data) => {
                let path = socket_path(data)?;
                let stream = UnixStream::connect(path.as_path())
                    .await
                    .with_context(|| format!("the server of {} does not answer", data.display()))?;
                let (mut sender, connection) =
                    hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
                let driver = tokio::spawn(connection);
                let response = sender.send_request(request).await?.map(Body::new);
                // The connection ends with the answer's last byte, which is read below.
                drop(driver);
                response
            }
        };
        let (parts, body) = response.into_parts();
        let body = body.collect().await.context("the answer broke off")?.to_bytes();
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }

    /// A GET, read as `audience` sees it.
    pub async fn get(&self, path: &str, audience: Option<&str>) -> Result<Answer> {
        self.get_as(path, audience, "application/json").await
    }

    /// A GET for a media type.
    pub async fn get_as(&self, path: &str, audience: Option<&str>, accept: &str) -> Result<Answer> {
        let mut request = request(Method::GET, path).header(header::ACCEPT, accept);
        if let Some(audience) = audience {
            request = request.header("fieldmark-as", audience);
        }
        self.send(request.body(Body::empty())?).await
    }
}

/// A request to whoever is behind the door.
pub fn request(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header(header::HOST, "fieldmark.local")
}

/// `router`, for callers who hold the data directory itself.
pub fn local(router: axum::Router) -> axum::Router {
    router.layer(Extension(LocalCaller))
}

/// A path to the socket that is short enough for the system, which takes 107 bytes: by way of
/// the directory's own handle, however deep it lies. The handle must live as long as the path
/// is used.
pub fn socket_path(data: &Path) -> Result<SocketPath> {
    let dir = File::open(data).with_context(|| data.display().to_string())?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", dir.as_raw_fd()));
    Ok(SocketPath { path, _dir: dir })
}

/// A short path to a socket, good as long as this lives.
pub struct SocketPath {
    path: PathBuf,
    _dir: File,
}

impl SocketPath {
    pub fn as_path(&self) -> &Path {
        &self.path
    }
}
