//! Saved questions: looked for, and asked; and questions of one's own.

use crate::answer::question::{Asking, answer, query};
use crate::input::Path;
use crate::page::questions::{gallery as shown, page, says};
use crate::page::{ask, visited};
use crate::problem::Problem;
use crate::state::Desk;
use crate::viewing::Visit;
use axum::extract::State;
use axum::response::Response;
use fieldmark_store::question::{catalogue, find};
use std::collections::BTreeMap;

/// How many rows on a page.
const FIRST: usize = 200;

/// `/questions`.
pub(super) async fn gallery(State(desk): State<Desk>, visit: Visit) -> Response {
    visited(desk, visit, |_, here, _| {
        here.takes(&["find"])?;
        let text = here.asked("find").unwrap_or_default();
        let all = catalogue();
        let found: Vec<_> = all.iter().filter(|question| says(question, text)).collect();
        Ok(shown(&found, all.len(), text, here))
    })
    .await
}

/// `/questions/{name}`.
pub(super) async fn one(
    State(desk): State<Desk>,
    visit: Visit,
    name: Result<Path<String>, Problem>,
) -> Response {
    visited(desk, visit, move |view, here, _| {
        let Path(name) = name?;
        let question = find(&name).ok_or_else(|| Problem::no_question(&name))?;
        let own = question.params.iter().map(|param| param.name.as_str());
        here.takes(&own.chain(["ask", "after"]).collect::<Vec<_>>())?;
        let said = question
            .params
            .iter()
            .filter_map(|param| Some((param.name.clone(), here.asked(&param.name)?.to_owned())));
        let args: BTreeMap<String, String> = said.collect();
        let is_asked =
            here.asked("ask").is_some() || !args.is_empty() || question.params.is_empty();
        let asking = Asking {
            question,
            args: &args,
            first: Some(FIRST),
            after: here.asked("after"),
        };
        // What cannot be asked so is said beside the form, where it can be mended.
        let found = is_asked.then(|| match answer(view, here.lang, &asking) {
            Ok(answer) => Ok(Ok(answer)),
            Err(problem) if problem.status().is_client_error() => {
                Ok(Err(problem.detail().to_owned()))
            }
            Err(problem) => Err(problem),
        });
        Ok(page(question, found.transpose()?, here))
    })
    .await
}

/// `/console`: a query of one's own, in SPARQL.
pub(super) async fn console(State(desk): State<Desk>, visit: Visit) -> Response {
    visited(desk, visit, |view, here, _| {
        here.takes(&["query", "format", "after"])?;
        let found = here.asked("query").map(|text| {
            match query(view, here.lang, text, FIRST, here.asked("after")) {
                Ok(answer) => Ok(Ok(answer)),
                Err(problem) if problem.status().is_server_error() => Err(problem),
                Err(problem) => Ok(Err(problem.detail().to_owned())),
            }
        });
        Ok(ask::page(found.transpose()?, here))
    })
    .await
}
