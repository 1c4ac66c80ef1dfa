//! The pages: made on the server, with nothing from anywhere else. The workspace is another
//! program; these pages are for looking, and work without a script.

pub(crate) mod ask;
mod compared;
mod home;
mod layout;
pub(crate) mod record;
pub(crate) mod terms;

use crate::rest::wire::Lang;
use crate::state::Desk;
use axum::Router;
use axum::http::Uri;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use layout::{Frame, say};
use maud::{Markup, html};

/// The routes.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/", get(home::home))
        .route("/style.css", get(style))
}

async fn style() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, include_str!("web/style.css"))
}

/// A page as an answer. Whatever stands in the data, no script of it runs and nothing is fetched
/// from elsewhere.
pub(crate) fn answer(page: Markup) -> Response {
    const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    let headers = [
        (VARY, "accept, accept-language, authorization"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, Html(page.into_string())).into_response()
}

/// What stands where nothing is, or nothing that may be seen.
pub(crate) fn missing(lang: Lang, uri: &Uri, audience: &str) -> Markup {
    let title = say(lang, "There is no such thing here", "Rien de tel ici");
    layout::page(
        &Frame {
            lang,
            uri,
            audience: Some(audience),
            marking: None,
        },
        title,
        html! {
            h1 { (title) }
            (layout::search(lang, ""))
        },
    )
}
