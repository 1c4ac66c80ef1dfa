//! The REST desk: `/api/v1/…`. What it answers is made in
//! [`answer`](crate::answer); the command line reads it too.

pub mod admin;
pub mod ask;
pub mod changes;
pub mod deliveries;
pub mod dossier;
pub mod drawing;
mod export;
pub mod import;
pub mod matrix;
mod openapi;
pub mod overlap;
mod parameters;
mod parts;
pub mod path;
pub mod pictures;
pub mod preview;
pub mod proposals;
pub mod records;
pub mod search;
pub mod sources;
mod table;
mod told;
pub mod writing;

use crate::state::Desk;
use axum::Router;
use parameters::{Parameters, only_known};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The desk's routes.
pub fn routes() -> Router<Desk> {
    let (routes, mut document) = described().split_for_parts();
    openapi::seen_through(&mut document);
    let known = Arc::new(Parameters::of(&document));
    routes
        .route_layer(axum::middleware::from_fn_with_state(known, only_known))
        .merge(openapi::routes())
}

/// The routes with their descriptions, from which `/openapi.json` is made.
pub(crate) fn described() -> OpenApiRouter<Desk> {
    OpenApiRouter::new()
        .routes(routes!(records::records))
        .routes(routes!(records::record, writing::revise))
        .routes(routes!(records::history))
        .routes(routes!(search::search))
        .routes(routes!(search::resolve))
        .routes(routes!(ask::list))
        .routes(routes!(ask::ask, ask::ask_with_body))
        .routes(routes!(overlap::overlaps))
        .routes(routes!(overlap::overlap))
        .routes(routes!(dossier::dossier))
        .routes(routes!(changes::dossier_changes))
        .routes(routes!(path::path))
        .routes(routes!(matrix::matrix))
        .routes(routes!(pictures::picture))
        .routes(routes!(import::import))
        .routes(routes!(export::export))
        .routes(routes!(writing::assert_claim))
        .routes(routes!(writing::create_record))
        .routes(routes!(writing::withdraw))
        .routes(routes!(writing::revert))
        .routes(routes!(writing::dispute))
        .routes(routes!(writing::concur))
        .routes(routes!(writing::attach))
        .routes(routes!(writing::same))
        .routes(routes!(writing::draft))
        .routes(routes!(writing::forms))
        .routes(routes!(writing::form))
        .routes(routes!(proposals::proposals, proposals::propose))
        .routes(routes!(proposals::decide))
        .routes(routes!(proposals::decide_many))
        .routes(routes!(sources::source))
        .routes(routes!(sources::keep_text, sources::forget_text))
        .routes(routes!(admin::audiences))
        .routes(routes!(preview::preview))
        .routes(routes!(admin::tokens, admin::create_token))
        .routes(routes!(admin::revoke_token))
        .routes(routes!(deliveries::deliveries))
        .routes(routes!(deliveries::exports))
        .routes(routes!(admin::verify))
        .routes(routes!(admin::rebuild))
}
