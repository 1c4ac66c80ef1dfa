//! The SPARQL desk: `/sparql`, the SPARQL 1.1 Protocol for queries, in the caller's view alone.
//!
//! A view has one graph, the unnamed one. Named graphs, by FROM or by the protocol, are graphs it
//! does not have, and so are empty. As everywhere, `knownAt` and `assertedBy` in the address say as of
//! when.

use crate::accept::{self, Accepted, Wanted};
use crate::answer::lang::Lang;
use crate::caller::Caller;
use crate::known::AsOf;
use crate::page;
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use crate::viewing::{Here, origin};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, HeaderMap, VARY};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fieldmark_rdf::format::Format;
use fieldmark_store::View;
use fieldmark_store::sparql::{CancelToken, Form, Prepared, ResultFormat, SparqlError};
use futures_util::StreamExt;
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term};
use std::io::{self, Write};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// How many bytes travel together. The store holds the first 64 KiB of an answer back, so that a
/// query that fails early has a status of its own.
const CHUNK: usize = 64 << 10;

/// The desk's routes.
pub fn routes() -> Router<Desk> {
    let desk = || get(answer).post(answer);
    Router::new()
        .route("/sparql", desk())
        .route("/sparql/", desk())
}

/// What the protocol carries.
#[derive(Default)]
struct Asked {
    query: Option<String>,
    default_graphs: Vec<String>,
    named_graphs: Vec<String>,
    /// A format by name, where a link cannot carry a header.
    format: Option<String>,
}

async fn answer(
    State(desk): State<Desk>,
    caller: Caller,
    as_of: AsOf,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<Response, Problem> {
    let view = blocking(move || as_of.view(&desk, &caller)).await??;
    let headers = request.headers().clone();
    let method = request.method().clone();
    let mut asked = Asked::default();
    take(&mut asked, uri.query().unwrap_or_default())?;
    if method == Method::POST {
        // Every byte of a query may be three in a form.
        let most = view.limits().query_bytes.saturating_mul(4);
        let body = axum::body::to_bytes(request.into_body(), most)
            .await
            .map_err(|_| {
                Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    format!("the body has more than {most} bytes, or broke off"),
                )
            })?;
        posted(&mut asked, &headers, &body)?;
    }
    let accepted = Accepted::of(&headers);
    let here = here(&headers, uri.path());
    let mut site = Here::new(lang, &uri).showing(&view);
    site.origin = origin(&headers);
    let Some(query) = asked.query.take() else {
        return match Wanted::to(&accepted)? {
            Wanted::Page => Ok(page::answer(&page::ask::page(None, &site), &site)),
            Wanted::Rdf(format) => describe(&here, format),
        };
    };
    let ready = blocking({
        let view = view.clone();
        move || {
            view.prepare(
                &query,
                Some(here.as_str()),
                &asked.default_graphs,
                &asked.named_graphs,
            )
        }
    })
    .await??;
    let form = ready.form();
    let offers = ResultFormat::offers(form);
    let format = match &asked.format {
        // Clients write names here, media types, or lists of them, whatever the form of the query.
        Some(name) => ResultFormat::from_name(name, form)
            .or_else(|| Accepted::read(name).best(&offers))
            .or_else(|| accepted.best(&offers)),
        None => accepted.best(&offers),
    };
    let format = format.ok_or_else(|| not_acceptable(form))?;
    stream(view, ready, format).await
}

/// This endpoint, as the caller names it; relative IRIs in a query are relative to it.
fn here(headers: &HeaderMap, path: &str) -> NamedNode {
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    // A Host header may hold anything, and would then name nothing.
    NamedNode::new(format!("http://{host}{path}"))
        .ok()
        .filter(|_| !host.is_empty())
        .unwrap_or_else(|| NamedNode::new_unchecked("http://localhost/sparql"))
}

fn not_acceptable(form: Form) -> Problem {
    let offered = ResultFormat::media_types(form).join(", ");
    Problem::new(
        StatusCode::NOT_ACCEPTABLE,
        format!(
            "this form of query is answered as {offered}; or name one, format=json, xml, csv, tsv for rows, turtle, ntriples, jsonld, rdfxml for triples"
        ),
    )
}

fn read_only() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "facts are changed by import and by proposals, with their source and assessor, not by SPARQL; this endpoint answers queries only",
    )
}

/// Reads parameters in the form of a URL's query.
fn take(asked: &mut Asked, text: &str) -> Result<(), Problem> {
    for (key, value) in form_urlencoded::parse(text.as_bytes()) {
        let value = value.into_owned();
        match key.as_ref() {
            "query" if asked.query.is_some() => {
                return Err(Problem::bad_request("one request carries one query"));
            }
            "query" => asked.query = Some(value),
            "default-graph-uri" => asked.default_graphs.push(value),
            "named-graph-uri" => asked.named_graphs.push(value),
            "format" => asked.format = Some(value),
            "update" | "using-graph-uri" | "using-named-graph-uri" => return Err(read_only()),
            _ => {}
        }
    }
    Ok(())
}

fn posted(asked: &mut Asked, headers: &HeaderMap, body: &Bytes) -> Result<(), Problem> {
    let media = accept::sent(headers);
    let kind = media.as_ref().map(accept::kind).unwrap_or_default();
    if media.is_some_and(|media| !accept::is_utf8(&media)) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "a query is UTF-8",
        ));
    }
    let text = std::str::from_utf8(body).map_err(|error| {
        Problem::bad_request(format!(
            "the body is not UTF-8 at byte {}",
            error.valid_up_to()
        ))
    })?;
    match kind.as_str() {
        "application/x-www-form-urlencoded" => {
            take(asked, text)?;
            if asked.query.is_none() {
                return Err(Problem::bad_request("the form has no query=…"));
            }
            Ok(())
        }
        "application/sparql-query" if asked.query.is_some() => {
            Err(Problem::bad_request("one request carries one query"))
        }
        "application/sparql-query" => {
            asked.query = Some(text.to_owned());
            Ok(())
        }
        "application/sparql-update" => Err(read_only()),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "a posted query is application/sparql-query, or a form with query=…",
        )),
    }
}

/// What the evaluating thread has to say.
enum Part {
    Bytes(Bytes),
    Failed(SparqlError),
    /// What was still held; the answer is whole. Without it an end is a failure, however it came
    /// about.
    Last(Bytes),
}

/// Hands bytes to the async side, `CHUNK` at a time; waits while nobody takes them, but not for
/// ever: the query keeps its place meanwhile.
struct Chunks {
    held: Vec<u8>,
    out: mpsc::Sender<Part>,
    patience: Duration,
    // The query runs on a thread of its own, which knows no runtime.
    runtime: Handle,
}

impl Chunks {
    fn send(&mut self) -> io::Result<()> {
        let bytes = self.take();
        self.tell(Part::Bytes(bytes))
    }

    fn take(&mut self) -> Bytes {
        Bytes::from(std::mem::take(&mut self.held))
    }

    fn tell(&self, part: Part) -> io::Result<()> {
        // Made within the runtime, since it holds a timer of it.
        let sent = self
            .runtime
            .block_on(async { tokio::time::timeout(self.patience, self.out.send(part)).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the caller has gone",
            )),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the caller takes nothing of it",
            )),
        }
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= CHUNK {
            self.send()?;
        }
        Ok(bytes.len())
    }

    // What is held is sent once the query has succeeded.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Cancels the query when the answer is dropped, whole or not.
struct Hold(CancelToken);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

async fn stream(view: View, ready: Prepared, format: ResultFormat) -> Result<Response, Problem> {
    let (out, mut parts) = mpsc::channel(4);
    let cancel = CancelToken::new();
    let hold = Hold(cancel.clone());
    let span = tracing::Span::current();
    let patience = view.limits().time;
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        span.in_scope(|| {
            let mut chunks = Chunks {
                held: Vec::new(),
                out,
                patience,
                runtime,
            };
            let last = match view.run(&ready, format, &mut chunks, &cancel) {
                Ok(()) => Part::Last(chunks.take()),
                Err(error) => Part::Failed(error),
            };
            if let Err(error) = chunks.tell(last) {
                // Whoever still listens sees an end without `Last`.
                tracing::info!(%error, "an answer was not taken");
            }
        });
    });
    let headers = [
        (CONTENT_TYPE, format.media_type()),
        (VARY, "accept, authorization"),
    ];
    let first = match parts.recv().await {
        Some(Part::Bytes(bytes)) => bytes,
        // A short answer is whole before its first byte goes out, so its length is known.
        Some(Part::Last(bytes)) => return Ok((headers, bytes).into_response()),
        Some(Part::Failed(error)) => return Err(error.into()),
        None => return Err(Problem::internal(&"a query ended without an answer")),
    };
    // Compression asks once more after the end, which a bare unfold answers with a panic.
    let rest = futures_util::stream::unfold((Some(first), Some((parts, hold))), next).fuse();
    Ok((headers, Body::from_stream(rest)).into_response())
}

type Rest = (Option<Bytes>, Option<(mpsc::Receiver<Part>, Hold)>);

/// The next bytes. An error in the body breaks the connection: the caller sees that the answer is
/// not whole, which a well-formed end would hide.
async fn next((first, rest): Rest) -> Option<(io::Result<Bytes>, Rest)> {
    let (mut parts, hold) = rest?;
    let bytes = match first {
        Some(first) => first,
        None => match parts.recv().await {
            Some(Part::Bytes(bytes)) => bytes,
            Some(Part::Last(bytes)) if bytes.is_empty() => return None,
            Some(Part::Last(bytes)) => return Some((Ok(bytes), (None, None))),
            failed => {
                let why = match failed {
                    Some(Part::Failed(error)) => error.to_string(),
                    _ => "the caller took nothing of it, or the query ended without an answer"
                        .to_owned(),
                };
                tracing::warn!(%why, "an answer was broken off");
                return Some((Err(io::Error::other(why)), (None, None)));
            }
        },
    };
    Some((Ok(bytes), (None, Some((parts, hold)))))
}

/// The service description (SPARQL 1.1 Service Description).
fn describe(service: &NamedNode, format: Format) -> Result<Response, Problem> {
    const SD: &str = "http://www.w3.org/ns/sparql-service-description#";
    const FORMATS: &str = "http://www.w3.org/ns/formats/";
    let mut quads = Vec::new();
    let mut say = |subject: &NamedNode, property: &str, object: NamedNode| {
        quads.push(Quad::new(
            NamedOrBlankNode::from(subject.clone()),
            NamedNode::new_unchecked(format!("{SD}{property}")),
            Term::from(object),
            oxrdf::GraphName::DefaultGraph,
        ));
    };
    let sd = |name: &str| NamedNode::new_unchecked(format!("{SD}{name}"));
    say(service, "endpoint", service.clone());
    say(service, "supportedLanguage", sd("SPARQL11Query"));
    say(service, "feature", sd("EmptyGraphs"));
    for format in [
        "SPARQL_Results_JSON",
        "SPARQL_Results_XML",
        "SPARQL_Results_CSV",
        "SPARQL_Results_TSV",
        "Turtle",
        "N-Triples",
        "JSON-LD",
        "RDF_XML",
    ] {
        say(
            service,
            "resultFormat",
            NamedNode::new_unchecked(format!("{FORMATS}{format}")),
        );
    }
    let part = |name: &str| NamedNode::new_unchecked(format!("{}#{name}", service.as_str()));
    let (dataset, graph) = (part("dataset"), part("view"));
    say(service, "defaultDataset", dataset.clone());
    say(&dataset, "defaultGraph", graph.clone());
    let class = oxrdf::vocab::rdf::TYPE;
    for (subject, name) in [
        (service, "Service"),
        (&dataset, "Dataset"),
        (&graph, "Graph"),
    ] {
        quads.push(Quad::new(
            subject.clone(),
            class,
            sd(name),
            oxrdf::GraphName::DefaultGraph,
        ));
    }
    let mut out = Vec::new();
    fieldmark_rdf::write::write(quads.iter().map(Quad::as_ref), format, &mut out)
        .map_err(|error| Problem::internal(&error))?;
    Ok(([(CONTENT_TYPE, format.media_type()), (VARY, "accept")], out).into_response())
}
