//! Pages: answers as HTML made on the server, with nothing from anywhere else; they work without a
//! script.

mod alone;
pub(crate) mod ask;
pub(crate) mod changes;
pub(crate) mod compared;
mod copied;
pub(crate) mod dossier;
pub(crate) mod graphql;
pub(crate) mod island;
pub(crate) mod layout;
pub(crate) mod matrix;
mod picked;
pub(crate) mod questions;
pub(crate) mod record;
pub(crate) mod release;
pub(crate) mod review;
pub(crate) mod sharing;
pub(crate) mod source;
pub(crate) mod style;
pub(crate) mod terms;
pub(crate) mod write;

use crate::answer::deliveries::{Leaving, note_export};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::selection::told;
use crate::state::{Desk, blocking};
use crate::viewing::{FILE, Here, Visit};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, SET_COOKIE, VARY};
use axum::response::{Html, IntoResponse, Response};
use fieldmark_store::View;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A page, before what every page has is put around it.
pub(crate) struct Page {
    /// Its title.
    pub title: String,
    /// The strictest marking of what is on it, where it shows records.
    pub marking: Option<String>,
    /// The questions behind it, by desk.
    pub behind: Vec<(&'static str, String)>,
    /// The same in other forms: name and address.
    pub forms: Vec<(&'static str, String)>,
    /// What it shows.
    pub body: Markup,
    /// The script that makes it go by hand, where there is one.
    pub island: Option<&'static str>,
}

impl Page {
    /// A page that shows no records.
    pub fn plain(title: &str, body: Markup) -> Self {
        Self {
            title: title.to_owned(),
            marking: None,
            behind: Vec::new(),
            forms: Vec::new(),
            body,
            island: None,
        }
    }
}

/// The forms of rows that an address of REST answers with.
pub(crate) fn with_table(rest: String) -> Vec<(&'static str, String)> {
    let sign = if rest.contains('?') { '&' } else { '?' };
    let table = format!("{rest}{sign}format=csv");
    vec![("JSON", rest), ("CSV", table)]
}

/// The page that `make` makes of the view that somebody reads, or the page that says why there is
/// none.
pub(crate) async fn visited(
    desk: Desk,
    visit: Visit,
    make: impl FnOnce(&View, &Here, &Caller) -> Result<Page, Problem> + Send + 'static,
) -> Response {
    let here = visit.here.clone();
    let made = blocking(move || {
        let (view, here, caller) = visit.view(&desk)?;
        let page = make(&view, &here, &caller)?;
        if here.alone {
            let leaving = Leaving {
                format: FILE,
                what: Some(told(&here.address())),
                records: None,
                marking: page.marking.clone(),
            };
            note_export(&desk, &caller, &view, leaving)?;
        }
        Ok((page, here))
    });
    match made.await.and_then(|made| made) {
        Ok((page, here)) => answer(&page, &here),
        Err(problem) => trouble(&problem, &here),
    }
}

/// A page as an answer. Whatever stands in the data, no script that is in it runs and nothing is fetched
/// from elsewhere.
pub(crate) fn answer(page: &Page, here: &Here) -> Response {
    const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    /// A page that goes by hand runs our own scripts, and they ask us alone.
    const BY_HAND: &str = "; script-src 'self'; connect-src 'self'";
    if here.alone {
        return file(page, here).unwrap_or_else(IntoResponse::into_response);
    }
    let by_hand = page.island.map_or("", |_| BY_HAND);
    let headers = [
        (
            VARY,
            "accept, accept-language, authorization, cookie".to_owned(),
        ),
        (CONTENT_SECURITY_POLICY, format!("{POLICY}{by_hand}")),
    ];
    (headers, Html(layout::whole(page, here).into_string())).into_response()
}

/// A page as a file that stands alone.
fn file(page: &Page, here: &Here) -> Result<Response, Problem> {
    let taken = here.say("Taken from", "Tiré de");
    let whole = layout::whole(page, here).into_string();
    let whole = alone::alone(
        &whole,
        style::style(),
        (&here.origin, &here.address()),
        taken,
    )?;
    let name = utf8_percent_encode(&alone::name(&page.title), NON_ALPHANUMERIC).to_string();
    let headers = [
        (VARY, "accept-language, authorization, cookie".to_owned()),
        (
            CONTENT_DISPOSITION,
            // RFC 6266, 4.3; RFC 8187, 3.2.
            format!("attachment; filename*=UTF-8''{name}"),
        ),
    ];
    Ok((headers, Html(whole)).into_response())
}

/// The page that says what went wrong and what to do.
pub(crate) fn trouble(problem: &Problem, here: &Here) -> Response {
    let status = problem.status();
    let title = match status {
        StatusCode::NOT_FOUND => here.say("There is no such thing here", "Rien de tel ici"),
        StatusCode::UNAUTHORIZED => here.say("Who are you?", "Qui êtes-vous ?"),
        StatusCode::FORBIDDEN => here.say(
            "That is not yours to see or do",
            "Cela ne vous est pas ouvert",
        ),
        status if status.is_client_error() => here.say("That cannot be read", "Cela ne se lit pas"),
        _ => here.say("That did not work", "Cela n’a pas marché"),
    };
    let body = html! {
        h1 { (title) }
        p.notice role="alert" lang="en" { (problem.detail()) }
        @if status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN {
            p { a href=(here.link("/sign-in")) { (here.say("Sign in with another token", "Ouvrir une session avec un autre jeton")) } }
        }
        p { a href=(here.link("/")) { (here.say("To the first page", "À la première page")) } }
    };
    let mut here = here.clone();
    here.alone = false;
    let mut response = answer(&Page::plain(title, body), &here);
    *response.status_mut() = status;
    // A cookie that names nothing any more would stand in the way of everything else.
    if status == StatusCode::UNAUTHORIZED
        && let Ok(gone) = crate::sessions::gone().parse()
    {
        response.headers_mut().append(SET_COOKIE, gone);
    }
    response
}
