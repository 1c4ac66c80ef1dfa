//! The timeline: what came first, who said what when.

use crate::answer::names::{Labels, find};
use crate::answer::question::{Asking, answer};
use crate::input::Path;
use crate::page::layout::{carried, scroll};
use crate::page::{Page, visited};
use crate::pictures;
use crate::problem::Problem;
use crate::state::Desk;
use crate::viewing::{Here, Visit};
use axum::extract::State;
use axum::response::Response;
use fieldmark_model::RecordId;
use fieldmark_store::View;
use fieldmark_store::question;
use maud::html;
use std::collections::BTreeMap;

/// The question it draws the answer of.
const QUESTION: &str = "timeline";
/// More rows than this are not drawn.
const FIRST: usize = 500;

/// `/timeline`: of everything.
pub(super) async fn all(State(desk): State<Desk>, visit: Visit) -> Response {
    visited(desk, visit, |view, here, _| drawn(view, here, None)).await
}

/// `/timeline/{name}`: of one thing.
pub(super) async fn of(
    State(desk): State<Desk>,
    visit: Visit,
    name: Result<Path<String>, Problem>,
) -> Response {
    visited(desk, visit, move |view, here, _| {
        let Path(name) = name?;
        drawn(view, here, Some(find(view, &name)?))
    })
    .await
}

fn drawn(view: &View, here: &Here, of: Option<RecordId>) -> Result<Page, Problem> {
    let question = question::find(QUESTION).ok_or_else(|| Problem::no_question(QUESTION))?;
    let mut args: BTreeMap<String, String> = BTreeMap::new();
    args.extend(of.iter().map(|id| ("subject".to_owned(), id.to_string())));
    for name in ["from", "to"] {
        args.extend(
            here.asked(name)
                .map(|value| (name.to_owned(), value.to_owned())),
        );
    }
    let asking = Asking {
        question,
        args: &args,
        first: Some(FIRST),
        after: None,
    };
    let found = answer(view, here.lang, &asking)?;
    let labels = Labels::read(view, here.lang, &of)?;
    let title = match &of {
        Some(id) => format!(
            "{} · {}",
            labels.named(id).label,
            here.say("timeline", "chronologie")
        ),
        None => here
            .say("Everything in order of time", "Tout dans l’ordre du temps")
            .to_owned(),
    };
    let picture = pictures::timeline(&found, &title, here.tag());
    let body = html! {
        h1 { (title) }
        @if let Some(id) = &of { ul.ways {
            li { a href=(here.to(id.as_str())) { (here.say("Its page", "Sa fiche")) } }
            li { a href=(here.link(&format!("/dossier/{id}"))) { (here.say("Attribution dossier", "Dossier d’attribution")) } }
        } }
        form action=(here.uri.path()) method="get" {
            (carried(here, &[]))
            label { (here.say("From (day, month or year)", "Du (jour, mois ou année)")) input name="from" value=[here.asked("from")] placeholder="2023-08"; }
            label { (here.say("To", "Au")) input name="to" value=[here.asked("to")] placeholder="2023-09-20"; }
            button { (here.say("Show", "Montrer")) }
        }
        @match picture {
            None => p.notice { (here.say("Nothing here has a date. Leave the dates empty, or look at its page.", "Rien ici n’a de date. Laissez les dates vides, ou voyez sa fiche.")) },
            Some(picture) => {
                div.picture.wide tabindex="0" role="region" aria-label=(picture.title) { (picture.svg.inline()) }
                (scroll(&picture.title, crate::page::questions::table(&found, here)))
            }
        }
    };
    let asked: Vec<(&str, &str)> = args
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let at = |ending: &str| here.with(&format!("/api/v1/queries/{QUESTION}{ending}"), &asked);
    Ok(Page {
        title,
        marking: found.shown.marking.clone(),
        behind: vec![
            ("REST", format!("GET {}", at(""))),
            ("SPARQL", question.text.clone()),
        ],
        forms: vec![("JSON", at(".json")), ("CSV", at(".csv"))],
        body,
        island: None,
    })
}
