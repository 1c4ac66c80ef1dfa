//! Linked data: `/id/{stix-id}` and `/ns`, as HTML, Turtle, JSON-LD and more by `Accept`.

use crate::accept::{Accepted, Wanted};
use crate::answer::around::{Reach, around};
use crate::answer::record::describe;
use crate::caller::Caller;
use crate::input::Path;
use crate::page;
use crate::page::record::Beside;
use crate::pictures::{self, Leads, Pins};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use crate::viewing::{Here, Visit};
use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, VARY};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fieldmark_model::RecordId;
use fieldmark_rdf::format::Format;
use fieldmark_rdf::{ontology, write};
use fieldmark_store::View;
use oxrdf::{GraphName, Quad, Triple};
use std::collections::BTreeSet;

/// The routes.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/id/{id}", get(record))
        .route("/ns", get(terms))
        .route("/ns.ttl", get(|| async { shared(Format::Turtle) }))
        .route("/ns.jsonld", get(|| async { shared(Format::JsonLd) }))
}

async fn record(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let wanted = Wanted::to(&Accepted::of(&headers))?;
    // A thing has one address: names are looked up elsewhere.
    let found = RecordId::parse(&name).map_err(|_| Problem::not_found());
    match wanted {
        Wanted::Page => {
            let of = desk.clone();
            let page = page::visited(desk, visit, move |view, here, caller| {
                here.takes(&["depth", "open", "folded", "pin"])?;
                let id = found?;
                let record = describe(view, &id, here.lang)?;
                let beside = beside(&of, view, here, caller, &id)?;
                Ok(page::record::page(&record, &beside, here))
            });
            Ok(page.await)
        }
        Wanted::Rdf(format) => {
            blocking(move || {
                let (view, ..) = visit.view(&desk)?;
                let id = found?;
                view.node(&id)?;
                rdf(view.statements(Some(&BTreeSet::from([id])))?, format)
            })
            .await?
        }
    }
}

/// What a record's page shows beside it.
fn beside(
    desk: &Desk,
    view: &View,
    here: &Here,
    caller: &Caller,
    id: &RecordId,
) -> Result<Beside, Problem> {
    let depth = here.asked("depth").map_or(Ok(1), str::parse::<usize>);
    let depth = depth.map_err(|_| Problem::bad_request("depth: how many steps, 1 to 3"))?;
    let reach = Reach::asked(depth, here.asked("open"), here.asked("folded"))?;
    let pins = Pins::asked(here.asked("pin"))?;
    let near = around(view, here.lang, id, &reach, &mut BTreeSet::new())?;
    let with = |id: &str, opened: bool| {
        let other =
            RecordId::parse(id).map_or_else(|_| reach.clone(), |id| reach.with(&id, opened));
        let said = [("open", &other.open), ("folded", &other.folded)].map(|(name, ids)| {
            let ids: Vec<&str> = ids.iter().map(RecordId::as_str).collect();
            (name, (!ids.is_empty()).then(|| ids.join(",")))
        });
        let said = said.each_ref().map(|(name, ids)| (*name, ids.as_deref()));
        format!("{}#around", here.otherwise_all(&said))
    };
    let leads = Leads {
        to: &|id| here.to(id),
        with: &with,
    };
    let mut beside = Beside {
        picture: (!near.ties.is_empty())
            .then(|| pictures::neighbourhood(&near, here.tag(), &pins, Some(leads))),
        rearranged: !pins.is_empty()
            || here.asked("open").is_some()
            || here.asked("folded").is_some(),
        seen_by: Vec::new(),
        history: Vec::new(),
    };
    if let Ok(steward) = caller.steward() {
        let gate = desk.base.gate();
        for audience in gate.audiences() {
            let reader = gate.step_down(&caller.reader, &audience.name)?;
            if desk.base.view(&reader)?.node(id).is_ok() {
                beside.seen_by.push(audience.name.clone());
            }
        }
        let history = desk.base.history(&steward, id)?.into_iter();
        beside.history = history.map(|(revision, _)| revision).collect();
    }
    Ok(beside)
}

async fn terms(visit: Visit, headers: HeaderMap) -> Result<Response, Problem> {
    match Wanted::to(&Accepted::of(&headers))? {
        Wanted::Page => Ok(page::answer(&page::terms::page(&visit.here), &visit.here)),
        Wanted::Rdf(format) => shared(format),
    }
}

/// The ontology, which is everybody's.
fn shared(format: Format) -> Result<Response, Problem> {
    let mut response = rdf(ontology::shared_triples(), format)?;
    let headers = response.headers_mut();
    headers.insert(
        CACHE_CONTROL,
        axum::http::HeaderValue::from_static("public, max-age=3600"),
    );
    Ok(response)
}

fn rdf(triples: impl IntoIterator<Item = Triple>, format: Format) -> Result<Response, Problem> {
    let quads: Vec<Quad> = triples
        .into_iter()
        .map(|triple| triple.in_graph(GraphName::DefaultGraph))
        .collect();
    let mut out = Vec::new();
    write::write(quads.iter().map(Quad::as_ref), format, &mut out)
        .map_err(|error| Problem::internal(&error))?;
    Ok((
        [
            (CONTENT_TYPE, format.media_type()),
            (VARY, "accept, authorization"),
        ],
        out,
    )
        .into_response())
}
