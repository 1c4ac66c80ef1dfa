//! The timeline: what came first, who said what when.

use crate::answer::deliveries::given;
use crate::answer::names::find;
use crate::caller::Caller;
use crate::input::Path;
use crate::page::layout::{carried, scroll};
use crate::page::{Page, visited};
use crate::pictures::read::{Given, Span, Timeline, timeline};
use crate::pictures::{Axis, named};
use crate::problem::Problem;
use crate::state::Desk;
use crate::viewing::{Here, Visit};
use axum::extract::State;
use axum::response::Response;
use fieldmark_model::{Edtf, RecordId};
use fieldmark_store::View;
use maud::html;

/// `/timeline`: of everything.
pub(super) async fn all(State(desk): State<Desk>, visit: Visit) -> Response {
    let of = desk.clone();
    visited(desk, visit, move |view, here, caller| {
        drawn(&of, view, (here, caller), None)
    })
    .await
}

/// `/timeline/{name}`: of one thing.
pub(super) async fn of(
    State(desk): State<Desk>,
    visit: Visit,
    name: Result<Path<String>, Problem>,
) -> Response {
    let of = desk.clone();
    visited(desk, visit, move |view, here, caller| {
        let Path(name) = name?;
        drawn(&of, view, (here, caller), Some(find(view, &name)?))
    })
    .await
}

/// This page of one period.
fn within(here: &Here, when: &Edtf) -> String {
    let when = when.as_str();
    here.otherwise_all(&[("from", Some(when)), ("to", Some(when)), ("after", None)])
}

fn drawn(
    desk: &Desk,
    view: &View,
    (here, caller): (&Here, &Caller),
    of: Option<RecordId>,
) -> Result<Page, Problem> {
    here.takes(&["from", "to", "axis", "after"])?;
    let steward = caller.steward().ok();
    let tell = steward.map(|steward| given(desk, steward));
    let axis = Axis::asked(here.asked("axis")).map_err(Problem::bad_request)?;
    let span = Span {
        of: of.as_ref(),
        from: here.asked("from"),
        to: here.asked("to"),
        axis,
        given: tell.as_ref().map(|tell| tell as &Given<'_>),
        after: here.asked("after"),
        period: Some(&|when: &Edtf| within(here, when)),
        record: Some(&|id| here.to(id)),
    };
    let Timeline {
        title,
        question,
        args,
        answer: mut found,
        picture,
        much,
    } = timeline(view, here.lang, &span)?;
    named(&mut found, here.tag());
    if much.is_some() {
        // Said below, in the reader's language.
        found.cut = None;
    }
    let axes = [
        ("happened", "when it happened", "quand cela s’est passé"),
        (
            "known",
            "when it came to be known here",
            "quand on l’a su ici",
        ),
    ];
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
            label { (here.say("Placed by", "Placé selon")) select name="axis" {
                @for (name, en, fr) in axes { option value=(name) selected[here.asked("axis") == Some(name)] { (here.say(en, fr)) } }
            } }
            button { (here.say("Show", "Montrer")) }
        }
        @match picture {
            None => p.notice { (here.say("Nothing here has a date. Leave the dates empty, or look at its page.", "Rien ici n’a de date. Laissez les dates vides, ou voyez sa fiche.")) },
            Some(picture) => {
                div.picture.wide tabindex="0" role="region" aria-label=(picture.title) {
                    (picture.svg.inline_linked())
                }
                @if axis == Axis::Known || much.is_some() { (scroll(&picture.title, picture.table)) }
                @if let Some(much) = much {
                    h2 { (here.say("What comes first", "Ce qui vient d’abord")) }
                    p { (here.say("There are too many dates to be shown one by one: ", "Il y a trop de dates pour les montrer une à une : ")) (much)
                        (here.say(". Choose a period above; below stands what comes first.", ". Choisissez une période ci-dessus ; ci-dessous, ce qui vient d’abord.")) }
                }
                (scroll(here.say("What they are", "Ce que c’est"), crate::page::questions::table(&found, here)))
            }
        }
    };
    let asked: Vec<(&str, &str)> = args
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let at = |ending: &str| {
        here.with(
            &format!("/api/v1/queries/{}{ending}", question.name),
            &asked,
        )
    };
    let mut drawn: Vec<(&str, &str)> = here
        .asked("axis")
        .map(|axis| ("axis", axis))
        .into_iter()
        .collect();
    drawn.extend(asked.iter().map(|(name, value)| match *name {
        "subject" => ("of", *value),
        name => (name, *value),
    }));
    let svg = here.with("/api/v1/pictures/timeline", &drawn);
    Ok(Page {
        title,
        marking: found.shown.marking.clone(),
        behind: vec![
            ("REST", format!("GET {}", at(""))),
            ("SPARQL", question.text.clone()),
        ],
        forms: vec![("JSON", at(".json")), ("CSV", at(".csv")), ("SVG", svg)],
        body,
        island: None,
    })
}
