//! Signing in with a token, and out; and in which colours pages are read.

use crate::caller::by_token;
use crate::page::{self, Page};
use crate::problem::Problem;
use crate::sessions::{choose, is_from_here};
use crate::state::Desk;
use crate::viewing::{Here, Visit};
use axum::Form;
use axum::extract::State;
use axum::http::header::{HeaderMap, LOCATION, SET_COOKIE};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde::Deserialize;

/// What a token allows beside reading, and in whose view: nothing of it is kept in the page.
#[derive(Deserialize)]
pub(super) struct SignIn {
    token: String,
}

/// `GET /sign-in`.
pub(super) async fn form(visit: Visit) -> Response {
    page::answer(&sign_in_page(&visit.here, None), &visit.here)
}

fn sign_in_page(here: &Here, why: Option<&str>) -> Page {
    let title = here.say("Sign in", "Ouvrir une session");
    let body = html! {
        h1 { (title) }
        @if let Some(why) = why { p.notice role="alert" { (why) } }
        @if let Some(name) = &here.name { p { (here.say("You are ", "Vous êtes ")) strong { (name) } "." } }
        form action=(here.link("/sign-in")) method="post" {
            label { (here.say("Token (fm_…)", "Jeton (fm_…)")) input type="password" name="token" autocomplete="current-password" required; }
            button { (title) }
        }
        p.soft { (here.say(
            "An operator makes tokens: fieldmark token create --name ME --audience AUDIENCE. The session ends when you sign out, after twelve hours without use, or when the token is revoked.",
            "Un opérateur crée les jetons : fieldmark token create --name MOI --audience AUDIENCE. La session finit quand vous la fermez, après douze heures sans usage, ou quand le jeton est révoqué.")) }
    };
    Page::plain(title, body)
}

/// `POST /sign-in`.
pub(super) async fn sign_in(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
    form: Result<Form<SignIn>, axum::extract::rejection::FormRejection>,
) -> Response {
    let here = visit.here;
    if !is_from_here(&Method::POST, &headers) {
        let problem = Problem::new(StatusCode::FORBIDDEN, "sign in on the page /sign-in itself");
        return page::trouble(&problem, &here);
    }
    let Ok(Form(SignIn { token })) = form else {
        let problem = Problem::bad_request("the form has one field, token");
        return page::trouble(&problem, &here);
    };
    let token = token.trim().to_owned();
    match by_token(&desk, token.clone()).await {
        Err(problem) => page::trouble(&problem, &here),
        Ok(Err(_)) => {
            let why = here.say(
                "This token is not valid here. Copy the whole of it, or ask the operator for a new one.",
                "Ce jeton n’est pas valable ici. Copiez-le en entier, ou demandez-en un nouveau à l’opérateur.",
            );
            let mut answer = page::answer(&sign_in_page(&here, Some(why)), &here);
            *answer.status_mut() = StatusCode::UNAUTHORIZED;
            answer
        }
        Ok(Ok(_)) => match desk.settings.sessions.begin(token) {
            Ok(cookie) => sent_on(&here, cookie),
            Err(error) => page::trouble(&Problem::internal(&error), &here),
        },
    }
}

/// `POST /sign-out`.
pub(super) async fn sign_out(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
) -> Response {
    if !is_from_here(&Method::POST, &headers) {
        let problem = Problem::new(StatusCode::FORBIDDEN, "sign out on a page here");
        return page::trouble(&problem, &visit.here);
    }
    let gone = desk.settings.sessions.end(&headers);
    sent_on(&visit.here, gone)
}

/// A choice of colours, and the page where it was made.
#[derive(Deserialize)]
pub(super) struct Scheme {
    scheme: String,
    back: String,
}

/// `POST /scheme`.
pub(super) async fn scheme(
    visit: Visit,
    headers: HeaderMap,
    form: Result<Form<Scheme>, axum::extract::rejection::FormRejection>,
) -> Response {
    let here = visit.here;
    if !is_from_here(&Method::POST, &headers) {
        let problem = Problem::new(StatusCode::FORBIDDEN, "choose colours on a page here");
        return page::trouble(&problem, &here);
    }
    let Ok(Form(Scheme { scheme, back })) = form else {
        let problem = Problem::bad_request("the form has two fields, scheme and back");
        return page::trouble(&problem, &here);
    };
    // Nobody is sent to another site.
    let ours =
        back.starts_with('/') && !back.starts_with("//") && !back.contains(['\\', '\r', '\n']);
    let back = if ours { back } else { here.link("/") };
    sent_to(back, choose(&scheme))
}

/// To the first page, with a cookie set.
fn sent_on(here: &Here, cookie: String) -> Response {
    sent_to(here.link("/"), cookie)
}

fn sent_to(to: String, cookie: String) -> Response {
    (
        StatusCode::SEE_OTHER,
        [(LOCATION, to), (SET_COOKIE, cookie)],
    )
        .into_response()
}
