//! Which parameters an address takes: what its description says and nothing else, so that a slip of
//! the pen is told and not passed over.

use crate::input::{no_parameter, pairs};
use crate::problem::Problem;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::{OpenApi, RefOr};

/// The names each operation takes after the `?`; `None` where it takes any, and judges them itself.
pub(super) struct Parameters(HashMap<(String, Method), Option<BTreeSet<String>>>);

impl Parameters {
    /// Reads them off the description.
    pub(super) fn of(document: &OpenApi) -> Self {
        let mut all = HashMap::new();
        for (path, item) in &document.paths.paths {
            for (method, operation) in operations(item) {
                all.insert((path.clone(), method), names(operation));
            }
        }
        Self(all)
    }
}

fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    let each = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    each.into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn names(operation: &Operation) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else {
            continue;
        };
        if parameter.parameter_in != ParameterIn::Query {
            continue;
        }
        if let Some(RefOr::T(Schema::Object(object))) = &parameter.schema
            && object.schema_type == SchemaType::Type(Type::Object)
        {
            return None;
        }
        names.insert(parameter.name.clone());
    }
    Some(names)
}

/// Refuses a parameter that the address does not take.
pub(super) async fn only_known(
    State(parameters): State<Arc<Parameters>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let path = request.extensions().get::<MatchedPath>();
    let method = match request.method() {
        &Method::HEAD => Method::GET,
        method => method.clone(),
    };
    let operation = path.map(|path| (path.as_str().to_owned(), method));
    if let Some(operation) = operation
        && let Some(Some(known)) = parameters.0.get(&operation)
    {
        let given = pairs(request.uri().query().unwrap_or_default())?;
        if let Some(name) = given.keys().find(|name| !known.contains(*name)) {
            let (path, method) = operation;
            let takes: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(no_parameter(name, &format!("{method} {path}"), &takes));
        }
    }
    Ok(next.run(request).await)
}
