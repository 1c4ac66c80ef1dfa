//! GraphQL by GET: in an address, for a program; on a page, for who comes with a browser; and one list
//! of an answer as a table.

use super::http::{
    Carried, GRAPHQL, Graph, JSON, Media, Outcome, answer, chosen, map, negotiate, not_acceptable,
    refuse, respond,
};
use super::limits;
use crate::accept::Accepted;
use crate::answer::titles::Titles;
use crate::answer::tree::{Tree, ids};
use crate::caller::Caller;
use crate::known::AsOf;
use crate::page::graphql::{Told, page};
use crate::page::visited;
use crate::problem::Problem;
use crate::state::Desk;
use crate::tabular::{Columns, as_csv, for_spreadsheet, written};
use crate::viewing::Visit;
use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;

/// So many records of an answer are called by their names on its page.
const NAMED: usize = 2_000;

const POST: &str = "a mutation is sent by POST";

/// `GET /graphql`.
pub(super) async fn get(
    State(desk): State<Desk>,
    Extension(graph): Extension<Graph>,
    (visit, caller, as_of): (Visit, Result<Caller, Problem>, Result<AsOf, Problem>),
    headers: HeaderMap,
    method: Method,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Response {
    let accepted = Accepted::of(&headers);
    let other: BTreeMap<String, String> = parameters.iter().cloned().collect();
    let format = other.get("format").map(String::as_str);
    if format.is_none() && wants_page(&accepted) {
        return console(desk, graph, visit, parameters).await;
    }
    let media = match format {
        None => negotiate(&accepted),
        // A link carries no header.
        Some("json" | "csv") => Some(Media::Json),
        Some(_) => {
            let message = "format is json, or csv: one list of the answer";
            return refuse(Media::Json, StatusCode::BAD_REQUEST, message);
        }
    };
    let Some(media) = media else {
        return not_acceptable();
    };
    let reading = match caller.and_then(|caller| Ok((caller, as_of?))) {
        Ok(reading) => reading,
        Err(problem) => return problem.into_response(),
    };
    let carried = match from_parameters(parameters) {
        Ok(carried) => carried,
        Err(message) => return refuse(media, StatusCode::BAD_REQUEST, &message),
    };
    if method == Method::HEAD {
        return ([(header::CONTENT_TYPE, media.header())], ()).into_response();
    }
    if changes(&graph, &carried) {
        let mut response = refuse(media, StatusCode::METHOD_NOT_ALLOWED, POST);
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    match (answer(&desk, &graph, reading, carried).await, format) {
        (Outcome::Ran(answer), Some("csv")) => {
            let errors = answer.errors.iter().map(said).collect();
            let data = answer.data.into_json().unwrap_or_default();
            table(&data, errors, &other).unwrap_or_else(IntoResponse::into_response)
        }
        (outcome, _) => respond(media, outcome),
    }
}

/// The page, with what came of what was asked.
async fn console(
    desk: Desk,
    graph: Graph,
    visit: Visit,
    parameters: Vec<(String, String)>,
) -> Response {
    let reading = visit.reading.as_ref().ok().cloned();
    let asked = visit.here.asked("query").is_some();
    let told = match reading.filter(|_| asked) {
        None => None,
        Some(reading) => Some(match from_parameters(parameters) {
            Err(message) => refused(vec![message]),
            Ok(carried) if changes(&graph, &carried) => {
                refused(vec![format!("{POST}: copy it as curl, below")])
            }
            Ok(carried) => told(answer(&desk, &graph, reading, carried).await),
        }),
    };
    let at = desk.clone();
    visited(at, visit, move |view, here, _| {
        let audiences = desk.base.gate().audiences();
        let audience = audiences.iter().find(|one| one.name == view.audience());
        let ceiling = audience.map(|one| one.ceiling.to_string());
        let told = told.as_ref().map(|told| {
            let ids = ids(&told.data, NAMED);
            Ok::<_, Problem>((told, Titles::read(view, here.lang, &ids)?))
        });
        Ok(page(told.transpose()?, ceiling, here))
    })
    .await
}

fn refused(errors: Vec<String>) -> Told {
    Told {
        data: serde_json::Value::Null,
        errors,
    }
}

fn told(outcome: Outcome) -> Told {
    let said = |errors: &[ServerError]| errors.iter().map(said).collect();
    match outcome {
        Outcome::Refused(errors) | Outcome::Late(errors) => refused(said(&errors)),
        Outcome::Ran(answer) => Told {
            errors: said(&answer.errors),
            data: answer.data.into_json().unwrap_or_default(),
        },
    }
}

/// A fault in one line, with its place in the query.
fn said(error: &ServerError) -> String {
    // What cannot be parsed is drawn over several lines, and told in the last.
    let message = error.message.rsplit("\n  = ").next().unwrap_or_default();
    match error.locations.first() {
        Some(place) => format!("{}:{}: {message}", place.line, place.column),
        None => message.to_owned(),
    }
}

/// One list of an answer as CSV: the one that is asked for, or the first.
fn table(
    data: &serde_json::Value,
    errors: Vec<String>,
    asked: &BTreeMap<String, String>,
) -> Result<Response, Problem> {
    let tree = Tree::of(data);
    let wanted = asked.get("of").map(|path| path.trim());
    let wanted = wanted.filter(|path| !path.is_empty());
    let list = match wanted {
        Some(path) => tree.lists.iter().find(|list| list.path == path),
        None => tree.lists.first(),
    };
    if list.is_none() && (wanted.is_some() || tree.single.is_empty()) {
        let paths: Vec<&str> = tree.lists.iter().map(|list| &*list.path).collect();
        let paths = match paths.join(", ") {
            none if none.is_empty() => "none".to_owned(),
            paths => paths,
        };
        return Err(Problem::bad_request(format!(
            "of names no list of this answer; it has {paths}"
        )));
    }
    // Where there is no list, what there is makes one row.
    let rows = list.map_or(std::slice::from_ref(data), |list| list.rows);
    let mut columns = Columns::default();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| columns.line(row)).collect();
    let spreadsheet = for_spreadsheet(asked.get("spreadsheet").map(String::as_str))?;
    let more = list.and_then(|list| list.after);
    let more = more.map(|after| format!("further rows: after={after}"));
    let cut: Vec<String> = more.into_iter().chain(errors).collect();
    let cut = (!cut.is_empty()).then(|| cut.join("; "));
    as_csv(
        written(&columns.0, rows, cut.as_deref())?,
        spreadsheet,
        None,
    )
}

fn from_parameters(parameters: Vec<(String, String)>) -> Result<Carried, String> {
    let mut carried = Carried::default();
    let mut seen = Vec::new();
    let json = |name: &str, text: &str| match text {
        "" => Ok(None),
        text => serde_json::from_str(text)
            .map(Some)
            .map_err(|error| format!("{name} is not JSON: {error}")),
    };
    for (name, text) in parameters {
        if seen.contains(&name) {
            return Err(format!("{name} is given twice"));
        }
        match name.as_str() {
            "query" => carried.query = text,
            "operationName" => carried.operation = Some(text).filter(|text| !text.is_empty()),
            "variables" => carried.variables = map("variables", json("variables", &text)?)?,
            "extensions" => drop(map("extensions", json("extensions", &text)?)?),
            _ => continue,
        }
        seen.push(name);
    }
    if seen.iter().any(|name| name == "query") {
        Ok(carried)
    } else {
        Err("there is no query: ask with ?query={ … }".into())
    }
}

/// Whether a mutation is asked for. What is none is parsed again when it is run; an address is short.
fn changes(graph: &Graph, carried: &Carried) -> bool {
    limits::before_parsing(&carried.query, &graph.limits).is_ok()
        && parse_query(&carried.query).is_ok_and(|document| {
            chosen(&document, carried.operation.as_deref())
                .is_some_and(|operation| operation.ty == OperationType::Mutation)
        })
}

/// Whether it is a browser that asks.
fn wants_page(accepted: &Accepted) -> bool {
    let best = accepted.best(&[(JSON, false), (GRAPHQL, false), ("text/html", true)]);
    best == Some(true)
}
