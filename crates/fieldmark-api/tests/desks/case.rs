//! One knowledge base for all tests, and how to ask it.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use fieldmark_api::{Desk, DeskSettings, LocalCaller};
use fieldmark_rdf::format::Format;
use fieldmark_store::gate::Credential;
use fieldmark_store::import::{ImportOptions, Verdict};
use fieldmark_store::sparql::Limits;
use fieldmark_store::{Base, Options};
use http_body_util::BodyExt;
use serde_json::Value;
use std::path::Path;
use std::sync::OnceLock;
use tower::ServiceExt;

pub const ALCES: &str = "campaign--0d216287-6b9c-5940-afe0-4d84d545b13b";
pub const MPS: &str = "campaign--55470a85-dbe6-5fc8-a6bc-27c1e7f3f18a";
pub const TWIN: &str = "campaign--00000000-0000-4000-8000-000000000001";
pub const HIDDEN: &str = "campaign--00000000-0000-4000-8000-000000000009";
pub const ABSENT: &str = "campaign--00000000-0000-4000-8000-0000000000ff";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Public,
    Steward,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The detail of a problem, which every error is.
    pub fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16(), "{problem}");
        problem["detail"].as_str().unwrap().to_owned()
    }
}

/// A base in memory and on a scratch directory, both gone with it.
pub struct Case {
    router: Router,
    _dir: tempfile::TempDir,
}

impl Case {
    pub fn with(limits: Limits) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = Options {
            limits,
            ..Options::default()
        };
        let base = Base::open(dir.path(), options).unwrap();
        let writer = base
            .gate()
            .enter(Credential::Local)
            .unwrap()
            .writer
            .unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<_> = std::fs::read_dir(root.join("../../seed-data"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "trig"))
            .collect();
        files.sort();
        files.push(root.join("tests/desks/extra.trig"));
        for file in files {
            let options = ImportOptions::of(Format::TriG);
            let input = std::fs::File::open(&file).unwrap();
            let report = base.import(&writer, input, &options, None).unwrap();
            let refused: Vec<_> = report
                .entries
                .iter()
                .filter(|entry| entry.verdict == Verdict::Refused)
                .collect();
            assert!(
                report.committed && refused.is_empty(),
                "{}: {refused:#?} {:?}",
                file.display(),
                report.problems
            );
        }
        let desk = Desk {
            base,
            settings: DeskSettings::default().into(),
        };
        Self {
            router: fieldmark_api::router(desk),
            _dir: dir,
        }
    }

    /// Sends a request; the answer's body is still to come.
    pub async fn send(&self, who: Who, mut request: Request<Body>) -> axum::response::Response {
        if who == Who::Steward {
            request.extensions_mut().insert(LocalCaller);
        }
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn ask(&self, who: Who, request: Request<Body>) -> Answer {
        let (parts, body) = self.send(who, request).await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    pub async fn get(&self, who: Who, path: &str) -> Answer {
        self.get_as(who, path, &[]).await
    }

    pub async fn get_as(&self, who: Who, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(who, request(Method::GET, path, headers, "")).await
    }

    pub async fn post(&self, who: Who, path: &str, media: &str, body: &str) -> Answer {
        self.ask(
            who,
            request(Method::POST, path, &[("content-type", media)], body),
        )
        .await
    }
}

pub fn request(method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "desk.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

/// The case all tests share that change nothing.
pub fn case() -> &'static Case {
    static CASE: OnceLock<Case> = OnceLock::new();
    CASE.get_or_init(|| Case::with(Limits::default()))
}
