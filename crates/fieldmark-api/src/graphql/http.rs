//! GraphQL over HTTP (draft of the GraphQL foundation): what comes in, what goes out, which status.

use super::fault::{Fault, coded};
use super::field::Author;
use super::limits::{self, Limits};
use super::load::{Loader, drive};
use super::moment;
use super::order::Plan;
use super::size::Weights;
use crate::accept::{self, Accepted};
use crate::caller::Caller;
use crate::known::{AsOf, KnownAt};
use crate::state::{Desk, blocking};
use async_graphql::dynamic::Schema;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Request, Response as Answer, ServerError, Value, Variables};
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fieldmark_store::View;
use serde::Serialize;
use std::sync::{Arc, LazyLock};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};

/// What the routes share: the schema and the bounds.
#[derive(Clone)]
pub(super) struct Graph {
    /// The schema.
    pub(super) schema: Schema,
    /// What its fields may come to.
    pub(super) weights: Arc<LazyLock<Weights, Box<dyn FnOnce() -> Weights + Send>>>,
    /// The bounds of one request.
    pub(super) limits: Arc<Limits>,
}

pub(super) const JSON: &str = "application/json";
pub(super) const GRAPHQL: &str = "application/graphql-response+json";

/// The two forms an answer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status says whether the request was answered.
    GraphQl,
    /// `application/json`: 200 for anything that was a GraphQL request.
    Json,
}

impl Media {
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }
}

/// One GraphQL request, as HTTP carried it.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// The document.
    pub(super) query: String,
    /// Which of its operations.
    pub(super) operation: Option<String>,
    /// What its variables are.
    pub(super) variables: Variables,
}

/// How far a request came.
pub(super) enum Outcome {
    /// Not run: it could not be read, or asks for what is not there or too much.
    Refused(Vec<ServerError>),
    /// Run, with the faults of single fields beside the data.
    Ran(Answer),
    /// Broken off at the time limit.
    Late(Vec<ServerError>),
}

/// `POST /graphql`.
pub(super) async fn post(
    State(desk): State<Desk>,
    Extension(graph): Extension<Graph>,
    reading: (Caller, AsOf),
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(media) = negotiate(&Accepted::of(&headers)) else {
        return not_acceptable();
    };
    if !is_json(&headers) {
        let message = "send the request as application/json, in UTF-8";
        return refuse(media, StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    let most = match reading.0.writer() {
        Ok(_) => graph.limits.written_bytes,
        Err(_) => graph.limits.body_bytes,
    };
    let Ok(body) = to_bytes(body, most).await else {
        let message = format!(
            "the body has more than {most} bytes, or broke off; a large file is sent to /api/v1/import"
        );
        return refuse(media, StatusCode::PAYLOAD_TOO_LARGE, &message);
    };
    match from_json(&body) {
        Ok(carried) => respond(media, answer(&desk, &graph, reading, carried).await),
        Err(message) => refuse(media, StatusCode::BAD_REQUEST, &message),
    }
}

/// Any other method.
pub(super) async fn other() -> Response {
    let mut response = refuse(
        Media::Json,
        StatusCode::METHOD_NOT_ALLOWED,
        "ask by GET or POST",
    );
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    response
}

/// `GET /graphql/schema.graphql`.
pub(super) async fn sdl(Extension(graph): Extension<Graph>) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    ([(header::CONTENT_TYPE, kind)], super::sdl(&graph.schema)).into_response()
}

/// What an operation comes to for its caller, as of when the address says where it says nothing itself.
pub(super) async fn answer(
    desk: &Desk,
    graph: &Graph,
    (caller, as_of): (Caller, AsOf),
    carried: Carried,
) -> Outcome {
    let document = match read(graph, &carried) {
        Ok(document) => document,
        Err(error) => return Outcome::Refused(vec![error]),
    };
    let operation = chosen(&document, carried.operation.as_deref());
    let known = operation.map(|operation| moment::of(&document, operation, &carried.variables));
    let known = match known.unwrap_or_else(|| Ok(KnownAt::default())) {
        Ok(KnownAt(None)) => as_of,
        Ok(known) => AsOf { known, ..as_of },
        Err(fault) => return Outcome::Refused(vec![fault.at(None)]),
    };
    let author = Author {
        desk: desk.clone(),
        caller,
    };
    let asking = author.clone();
    // A view of the past may have to be built first, which is no part of the time an answer has.
    let view = blocking(move || {
        let view = known.view(&asking.desk, &asking.caller);
        view.map_err(Fault::from)
    });
    match view.await.unwrap_or(Err(Fault::Internal)) {
        Ok(view) => aside(graph, author, view, carried, document).await,
        Err(fault @ Fault::BadInput(_)) => Outcome::Refused(vec![fault.at(None)]),
        Err(fault) => Outcome::Late(vec![fault.at(None)]),
    }
}

/// How many requests are put together at once; each has a thread.
static AT_ONCE: Semaphore = Semaphore::const_new(64);

/// Runs one request on a thread of its own: to put an answer together takes as long as to read it,
/// and no other caller should wait meanwhile. When this one leaves, it stops.
async fn aside(
    graph: &Graph,
    author: Author,
    view: View,
    carried: Carried,
    document: ExecutableDocument,
) -> Outcome {
    let Ok(_place) = AT_ONCE.try_acquire() else {
        let busy = Fault::Limit("too many requests are answered just now: try again".into());
        return Outcome::Late(vec![busy.at(None)]);
    };
    let (graph, runtime) = (graph.clone(), Handle::current());
    let (_here, gone) = oneshot::channel::<()>();
    let work = blocking(move || {
        let loader = Arc::new(Loader::new(view));
        runtime.block_on(async {
            tokio::select! {
                outcome = run(&graph, author, loader, carried, document) => Some(outcome),
                _ = gone => None,
            }
        })
    });
    match work.await {
        Ok(Some(outcome)) => outcome,
        Ok(None) | Err(_) => Outcome::Late(vec![Fault::Internal.at(None)]),
    }
}

/// Parses a request, within its bounds.
fn read(graph: &Graph, carried: &Carried) -> Result<ExecutableDocument, ServerError> {
    limits::before_parsing(&carried.query, &graph.limits).map_err(|fault| fault.at(None))?;
    let document =
        parse_query(&carried.query).map_err(|error| coded(error.into(), "GRAPHQL_PARSE_FAILED"))?;
    limits::before_running(&document, &carried.variables, &graph.weights, &graph.limits)
        .map_err(|fault| fault.at(None))?;
    Ok(document)
}

/// Runs one request in the loader's view. Only what reads has a time limit: what changes something
/// is brought to its end, and its answer says what became of it.
async fn run(
    graph: &Graph,
    author: Author,
    loader: Arc<Loader>,
    carried: Carried,
    document: ExecutableDocument,
) -> Outcome {
    let limits = &*graph.limits;
    let operation = chosen(&document, carried.operation.as_deref());
    let reads = operation.is_none_or(|operation| operation.ty != OperationType::Mutation);
    let plan = operation.map(|operation| Plan::of(&document, &operation.selection_set.node));
    let mut request = Request::new(carried.query)
        .variables(carried.variables)
        .data(Arc::clone(&loader))
        .data(author);
    request.operation_name = carried.operation;
    request.set_parsed_query(document);
    let work = drive(loader, graph.schema.execute(request));
    if !reads {
        return settle(work.await, plan);
    }
    match tokio::time::timeout(limits.time, work).await {
        Ok(answer) => settle(answer, plan),
        Err(_) => Outcome::Late(vec![coded(
            ServerError::new(
                format!(
                    "the answer took more than {} s and was broken off: ask for less at once",
                    limits.time.as_secs()
                ),
                None,
            ),
            "TIMEOUT",
        )]),
    }
}

/// The library answers null data both when it refused a request and when nothing came of it; only
/// errors within a run have a path.
fn settle(mut answer: Answer, plan: Option<Plan>) -> Outcome {
    if answer.data == Value::Null && answer.errors.iter().all(|error| error.path.is_empty()) {
        let errors = answer
            .errors
            .into_iter()
            .map(|error| coded(error, "GRAPHQL_VALIDATION_FAILED"));
        return Outcome::Refused(errors.collect());
    }
    if let Some(plan) = plan {
        plan.apply(&mut answer.data);
    }
    answer.errors = answer
        .errors
        .into_iter()
        .map(|error| coded(error, "INTERNAL_SERVER_ERROR"))
        .collect();
    Outcome::Ran(answer)
}

pub(super) fn chosen<'d>(
    document: &'d ExecutableDocument,
    name: Option<&str>,
) -> Option<&'d OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(&operation.node),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|operation| &operation.node)
        }
        (DocumentOperations::Multiple(operations), None) => {
            let mut operations = operations.values();
            operations
                .next()
                .filter(|_| operations.next().is_none())
                .map(|operation| &operation.node)
        }
    }
}

fn from_json(body: &[u8]) -> Result<Carried, String> {
    let body: serde_json::Value =
        serde_json::from_slice(body).map_err(|error| format!("the body is not JSON: {error}"))?;
    let serde_json::Value::Object(mut fields) = body else {
        return Err("the body must be one JSON object with a query; batches are not taken".into());
    };
    let mut text = |name: &str| match fields.remove(name) {
        None | Some(serde_json::Value::Null) => Ok(None),
        Some(serde_json::Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} must be a string")),
    };
    let (query, operation) = (text("query")?, text("operationName")?);
    let variables = map("variables", fields.remove("variables"))?;
    map("extensions", fields.remove("extensions"))?;
    let query = query.ok_or("there is no query: send {\"query\": \"{ … }\"}")?;
    Ok(Carried {
        query,
        operation,
        variables,
    })
}

pub(super) fn map(name: &str, value: Option<serde_json::Value>) -> Result<Variables, String> {
    match value {
        None | Some(serde_json::Value::Null) => Ok(Variables::default()),
        Some(value @ serde_json::Value::Object(_)) => Ok(Variables::from_json(value)),
        Some(_) => Err(format!("{name} must be a map")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media = accept::sent(headers);
    media.is_some_and(|media| accept::kind(&media) == JSON && accept::is_utf8(&media))
}

/// The form to answer in; `None` when neither is acceptable. Whoever names neither gets JSON,
/// which every client reads.
pub(super) fn negotiate(accepted: &Accepted) -> Option<Media> {
    accepted.best(&[(JSON, Media::Json), (GRAPHQL, Media::GraphQl)])
}

/// The body of an answer. `data` is left out, not null, where nothing was run.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
}

pub(super) fn respond(media: Media, outcome: Outcome) -> Response {
    let (status, data, errors) = match &outcome {
        Outcome::Refused(errors) => (StatusCode::BAD_REQUEST, None, errors),
        Outcome::Late(errors) => (StatusCode::SERVICE_UNAVAILABLE, None, errors),
        Outcome::Ran(answer) => (StatusCode::OK, Some(&answer.data), &answer.errors),
    };
    let status = if media == Media::Json {
        StatusCode::OK
    } else {
        status
    };
    write(media, status, &Wire { data, errors })
}

/// An answer to what was no GraphQL request.
pub(super) fn refuse(media: Media, status: StatusCode, message: &str) -> Response {
    let errors = [coded(ServerError::new(message, None), "BAD_REQUEST")];
    write(
        media,
        status,
        &Wire {
            data: None,
            errors: &errors,
        },
    )
}

pub(super) fn not_acceptable() -> Response {
    let message = "answers come as application/graphql-response+json or application/json";
    refuse(Media::Json, StatusCode::NOT_ACCEPTABLE, message)
}

fn write(media: Media, status: StatusCode, body: &Wire<'_>) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => {
            let headers = [
                (header::CONTENT_TYPE, media.header()),
                (
                    header::VARY,
                    HeaderValue::from_static("accept, authorization, fieldmark-as"),
                ),
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (status, headers, body).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a GraphQL answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
