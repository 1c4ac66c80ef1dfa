//! The release preview.

use crate::answer::names::noun_named;
use crate::answer::release::preview;
use crate::page::{Page, release as page, visited};
use crate::state::Desk;
use crate::viewing::Visit;
use axum::extract::State;
use axum::response::Response;
use fieldmark_store::read::Cursor;
use maud::html;

/// `/release`: what another audience would see of what you see. For the steward.
pub(super) async fn release(State(desk): State<Desk>, visit: Visit) -> Response {
    let of = desk.clone();
    visited(desk, visit.of_now(), move |view, here, caller| {
        here.takes(&["to", "noun", "after"])?;
        let steward = caller.steward()?;
        let Some(to) = here.asked("to") else {
            let title = here.say("What would another audience see?", "Que verrait une autre audience ?");
            let body = html! {
                h1 { (title) }
                p.soft { (here.say(
                    "Each audience has a view of its own, made of what it may see and of nothing else. Here yours and theirs are laid side by side.",
                    "Chaque audience a sa propre vue, faite de ce qu’elle peut voir et de rien d’autre. Ici la vôtre et la leur sont côte à côte.")) }
                (page::choose("", here))
            };
            return Ok(Page::plain(title, body));
        };
        let reader = of.base.gate().step_down(&caller.reader, to)?;
        let theirs = of.base.view(&reader)?;
        let noun = noun_named(here.asked("noun").unwrap_or("Claim"))?;
        let after = here.asked("after").map(|after| Cursor(after.to_owned()));
        let found = preview((&steward, view), &theirs, here.lang, noun, after.as_ref())?;
        Ok(page::page(&found, to, noun.name(), here))
    })
    .await
}
