//! How a command reaches the knowledge base: in this process, or through the server that holds
//! the data directory, by its socket. Either way it is the same REST request to the same desks.

use crate::config::Config;
use crate::language::Language;
use anyhow::{Context, Result, bail};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, header};
use fieldmark_api::{Desk, DeskSettings, LocalCaller};
use fieldmark_store::StoreError;
use futures_util::StreamExt;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::net::UnixStream;
use tower::ServiceExt;

/// The socket's name in the data directory.
pub const SOCKET: &str = "control.sock";

/// How long a data directory may be held by somebody who does not answer: another command, or a
/// server that is still opening it.
const PATIENCE: Duration = Duration::from_secs(15);

/// A way in.
pub struct Door {
    way: Way,
    language: Language,
}

enum Way {
    /// The desks in this process.
    Here(Box<axum::Router>),
    /// The server that holds this data directory.
    Server(PathBuf),
}

/// An answer, whole.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    async fn whole(response: Response<Body>) -> Result<Self> {
        let (parts, body) = response.into_parts();
        let body = body
            .collect()
            .await
            .context("the answer broke off")?
            .to_bytes();
        Ok(Self {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    /// A header of the answer.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; an answer that is not a success is an error in the server's own words.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.success()?.body).context("the answer is not JSON")
    }

    /// The same for a question about records by these names, which an error then repeats.
    pub fn json_about(&self, names: &[&str]) -> Result<serde_json::Value> {
        let named = || {
            names
                .iter()
                .map(|name| format!("\"{name}\""))
                .collect::<Vec<_>>()
                .join(", ")
        };
        match self.status {
            StatusCode::NOT_FOUND => self.json().with_context(named),
            _ => self.json(),
        }
    }

    /// The answer itself, when it is a success.
    pub fn success(&self) -> Result<&Self> {
        if self.status.is_success() {
            return Ok(self);
        }
        let problem: Option<serde_json::Value> = serde_json::from_slice(&self.body).ok();
        let text = String::from_utf8_lossy(&self.body);
        match problem.as_ref().and_then(|p| p["detail"].as_str()) {
            Some(detail) => bail!("{detail}"),
            None if text.trim().is_empty() => bail!("{}", self.status),
            None => bail!("{}", text.trim()),
        }
    }
}

impl Door {
    /// The way into the configured data directory: through the server that holds it, else in this
    /// process. `command` is what whoever comes next is told.
    pub async fn open(config: &Config, command: &str, language: Language) -> Result<Self> {
        let begun = Instant::now();
        loop {
            if let Some(door) = Self::server(&config.data, language).await {
                return Ok(door);
            }
            match crate::open::open(config, command) {
                Ok(base) => {
                    let desk = Desk {
                        base,
                        settings: DeskSettings::default().into(),
                    };
                    return Ok(Self::here(desk, language));
                }
                Err(error) if held(&error) && begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The desks in this process, whose caller is whoever holds the data directory.
    pub fn here(desk: Desk, language: Language) -> Self {
        Self {
            way: Way::Here(Box::new(local(fieldmark_api::router(desk)))),
            language,
        }
    }

    /// The server that holds `data`, if one answers.
    async fn server(data: &Path, language: Language) -> Option<Self> {
        let path = socket_path(data).ok()?;
        UnixStream::connect(path.as_path()).await.ok()?;
        Some(Self {
            way: Way::Server(data.to_owned()),
            language,
        })
    }

    /// Sends one request and reads the whole answer.
    pub async fn send(&self, request: Request<Body>) -> Result<Answer> {
        Answer::whole(self.ask(request).await?).await
    }

    /// Sends one request whose answer is JSON line by line, and hands each line on as it comes. An
    /// answer that is no success is an error in the server's own words.
    pub async fn lines(
        &self,
        mut request: Request<Body>,
        mut each: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let lines = header::HeaderValue::from_static("application/x-ndjson");
        request.headers_mut().insert(header::ACCEPT, lines);
        let mut held: Vec<u8> = Vec::new();
        let take = |part: &[u8]| {
            held.extend_from_slice(part);
            let whole = held.iter().rposition(|byte| *byte == b'\n');
            let rest = held.split_off(whole.map_or(0, |end| end + 1));
            let lines = std::mem::replace(&mut held, rest);
            for line in lines
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
            {
                each(line)?;
            }
            Ok(())
        };
        self.parts(request, take).await?.success().map(|_| ())
    }

    /// Sends one request and hands the answer on part by part as it comes; what is given back has no
    /// body then. An answer that is no success is given back whole.
    pub async fn parts(
        &self,
        request: Request<Body>,
        mut each: impl FnMut(&[u8]) -> Result<()>,
    ) -> Result<Answer> {
        let response = self.ask(request).await?;
        if !response.status().is_success() {
            return Answer::whole(response).await;
        }
        let (parts, body) = response.into_parts();
        let mut body = body.into_data_stream();
        while let Some(part) = body.next().await {
            each(&part.context("the answer broke off")?)?;
        }
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: Bytes::new(),
        })
    }

    async fn ask(&self, request: Request<Body>) -> Result<Response<Body>> {
        Ok(match &self.way {
            Way::Here(router) => router.as_ref().clone().oneshot(request).await?,
            Way::Server(data) => {
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
        })
    }

    /// A GET for JSON, read as `audience` sees it.
    pub async fn get(&self, path: &str, audience: Option<&str>) -> Result<Answer> {
        self.send(
            self.request(Method::GET, path, audience)
                .body(Body::empty())?,
        )
        .await
    }

    /// A request, asked as `audience` (the steward, unless said) in the language of this door.
    pub fn request(
        &self,
        method: Method,
        path: &str,
        audience: Option<&str>,
    ) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "fieldmark.local")
            .header(header::ACCEPT, "application/json")
            .header(header::ACCEPT_LANGUAGE, self.language.tag());
        match audience {
            Some(audience) => request.header("fieldmark-as", audience),
            None => request,
        }
    }
}

fn held(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::Held { .. }))
}

/// An address: a path whose segments may hold anything, with a query.
pub fn address(segments: &[&str], query: &[(&str, &str)]) -> String {
    let path: String = segments
        .iter()
        .map(|segment| format!("/{}", encoded(segment)))
        .collect();
    let query: Vec<String> = query
        .iter()
        .map(|(key, value)| format!("{}={}", encoded(key), encoded(value)))
        .collect();
    if query.is_empty() {
        path
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

/// Percent-encoded but for what no part of an address gives a meaning to (RFC 3986, 2.3).
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
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
    /// The path, which is short enough for a socket's address.
    pub fn as_path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_makes_an_address() {
        for (name, wanted) in [
            ("Alces Lake 2022", "/api/Alces%20Lake%202022?a%26b=c%2Bd"),
            ("a/b?c#d", "/api/a%2Fb%3Fc%23d?a%26b=c%2Bd"),
            ("鹿", "/api/%E9%B9%BF?a%26b=c%2Bd"),
        ] {
            assert_eq!(address(&["api", name], &[("a&b", "c+d")]), wanted);
        }
    }
}
