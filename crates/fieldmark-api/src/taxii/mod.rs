//! The TAXII 2.1 desk (OASIS Standard, 10 June 2021): what one audience sees of what came in as
//! STIX, to the letter and in the order it came, for partners' programs.
//!
//! A collection is an audience and a question. Whoever may not read it is told what anybody is
//! told of a collection that does not exist. Every address but discovery asks for a token, by
//! Bearer or as the password of Basic.

mod ahead;
mod ask;
mod cursor;
mod read;
mod speak;
mod visitor;
mod write;

pub use ahead::prepare;

use crate::state::Desk;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde_json::json;
use speak::{Fault, MEDIA, accepts, answer};
use visitor::Visitor;

/// The one API root.
const ROOT: &str = "/taxii2/fieldmark/";

/// The longest envelope that is taken, in bytes.
const MOST_BYTES: usize = 16 << 20;

/// The desk's routes.
pub fn routes() -> Router<Desk> {
    let refuse = || async { Fault::method() };
    Router::new()
        .route("/taxii2/", get(discovery).fallback(refuse))
        .route("/taxii2/fieldmark/", get(root).fallback(refuse))
        .route(
            "/taxii2/fieldmark/status/{id}/",
            get(write::status).fallback(refuse),
        )
        .route(
            "/taxii2/fieldmark/collections/",
            get(collections).fallback(refuse),
        )
        .route(
            "/taxii2/fieldmark/collections/{collection}/",
            get(one).fallback(refuse),
        )
        .route(
            "/taxii2/fieldmark/collections/{collection}/manifest/",
            get(read::manifest).fallback(refuse),
        )
        .route(
            "/taxii2/fieldmark/collections/{collection}/objects/",
            get(read::objects).post(write::add).fallback(refuse),
        )
        .route(
            "/taxii2/fieldmark/collections/{collection}/objects/{object}/",
            get(read::object).delete(write::delete).fallback(refuse),
        )
        .route(
            "/taxii2/fieldmark/collections/{collection}/objects/{object}/versions/",
            get(read::versions).fallback(refuse),
        )
        .route("/taxii2/{*rest}", axum::routing::any(absent))
}

async fn absent() -> Fault {
    Fault::absent()
}

async fn discovery(headers: HeaderMap) -> Result<Response, Fault> {
    accepts(&headers)?;
    Ok(answer(&json!({
        "title": "Fieldmark",
        "description": "Who says who ran which operation / Qui dit qui a mené quelle opération",
        "default": ROOT,
        "api_roots": [ROOT],
    })))
}

async fn root(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, Fault> {
    Visitor::enter(&desk, &headers).await?;
    accepts(&headers)?;
    Ok(answer(&json!({
        "title": "Fieldmark",
        "versions": [MEDIA],
        "max_content_length": MOST_BYTES,
    })))
}

async fn collections(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, Fault> {
    let visitor = Visitor::enter(&desk, &headers).await?;
    accepts(&headers)?;
    let listed: Vec<_> = desk
        .settings
        .collections
        .iter()
        .filter(|collection| visitor.sees(collection))
        .map(|collection| visitor.describe(collection))
        .collect();
    Ok(answer(&match listed.is_empty() {
        true => json!({}),
        false => json!({ "collections": listed }),
    }))
}

async fn one(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let visitor = Visitor::enter(&desk, &headers).await?;
    let collection = visitor.find(&desk, &name)?;
    accepts(&headers)?;
    Ok(answer(&visitor.describe(&collection)))
}
