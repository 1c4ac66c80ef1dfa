//! The GraphQL desk: `/graphql`, and its schema at `/graphql/schema.graphql`.
//!
//! Every noun is one row of a table ([`nouns`]), from which the types are made when the desk
//! opens. A request reads in its caller's view alone, through a loader that makes one call a level
//! ([`load`]), within bounds that are checked before anything is read ([`limits`]).

mod absent;
mod answer_types;
mod answers;
mod args;
mod choices;
mod claim;
mod connection;
mod dossier;
mod export;
mod fault;
mod field;
mod get;
mod http;
mod import;
mod item;
mod lens;
mod limits;
mod lists;
mod load;
mod moment;
mod nouns;
mod order;
mod paging;
mod record;
mod schema;
mod simple;
mod size;
mod tally;
mod terms;
mod writing;

#[cfg(test)]
mod tests;

pub use limits::Limits;
pub use schema::schema;

use crate::state::Desk;
use async_graphql::dynamic::Schema;
use axum::extract::Extension;
use axum::routing::get;
use std::sync::{Arc, LazyLock};

/// The desk's routes.
///
/// # Panics
///
/// When the table of nouns makes no schema: a mistake in this crate, which its tests would show.
pub fn routes() -> axum::Router<Desk> {
    let limits = Limits::default();
    let schema = schema(&limits).expect("the table of nouns makes a schema");
    let told = schema.clone();
    let graph = http::Graph {
        // Reading the schema is an eighth of a start, so whoever asks first has it read.
        weights: Arc::new(LazyLock::new(Box::new(move || {
            size::Weights::of(&sdl(&told)).expect("the schema's own directives")
        }))),
        schema,
        limits: Arc::new(limits),
    };
    axum::Router::new()
        .route(
            "/graphql",
            get(get::get).post(http::post).fallback(http::other),
        )
        .route("/graphql/schema.graphql", get(http::sdl))
        .layer(Extension(graph))
}

/// The schema in the schema language, as it is served and committed.
pub fn sdl(schema: &Schema) -> String {
    let options = async_graphql::SDLExportOptions::new()
        .prefer_single_line_descriptions()
        .include_specified_by()
        .use_space_ident();
    format!("{}\n{}", size::DIRECTIVES, schema.sdl_with_options(options))
}
