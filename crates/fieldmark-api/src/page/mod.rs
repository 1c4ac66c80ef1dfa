//! Pages: answers as HTML made on the server, with nothing from anywhere else; they work without a
//! script.

pub(crate) mod ask;
pub(crate) mod compared;
pub(crate) mod layout;
pub(crate) mod record;
pub(crate) mod terms;

use crate::answer::lang::Lang;
use axum::http::Uri;
use axum::http::header::{CONTENT_SECURITY_POLICY, VARY};
use axum::response::{Html, IntoResponse, Response};
use layout::{Frame, say};
use maud::{Markup, html};

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
