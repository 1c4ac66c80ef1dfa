//! What changed in a dossier between two dates.

use super::layout::carried;
use super::record::claim;
use super::{Page, with_table};
use crate::answer::changes::{ChangedRow, ChangesRow};
use crate::answer::words::capital;
use crate::viewing::Here;
use maud::{Markup, html};

/// The page; nothing is found where no first date was asked about.
pub(crate) fn page(found: Option<&ChangesRow>, label: &str, id: &str, here: &Here) -> Page {
    let title = format!("{label} · {}", here.say("what changed", "ce qui a changé"));
    let body = html! {
        h1 { (title) }
        ul.ways { li { a href=(here.link(&format!("/dossier/{id}"))) { (here.say("Attribution dossier", "Dossier d’attribution")) } } }
        form action=(here.uri.path()) method="get" {
            (carried(here, &[]))
            label { (here.say("Asserted after (day, month or year)", "Affirmé après (jour, mois ou année)")) input name="since" required value=[here.asked("since")] placeholder="2023-09-06"; }
            label { (here.say("and by", "et au plus tard")) input name="until" value=[here.asked("until")] placeholder="2023-09-20"; }
            button { (here.say("Show", "Montrer")) }
        }
        @if let Some(found) = found {
            @if found.changes.is_empty() { p.notice { (here.say("Nothing changed between the two.", "Rien n’a changé entre les deux.")) } }
            @if let Some(cut) = &found.cut { p.notice { (cut) } }
            @for one in &found.changes { (changed(one, here)) }
        }
    };
    let mut asked = vec![("clock", "asserted")];
    asked.extend(here.asked("since").map(|since| ("since", since)));
    asked.extend(here.asked("until").map(|until| ("assertedBy", until)));
    let rest = here.with(&format!("/api/v1/dossier/{id}/changes"), &asked);
    Page {
        marking: found.and_then(|found| found.shown.marking.clone()),
        behind: found
            .map(|_| ("REST", format!("GET {rest}")))
            .into_iter()
            .collect(),
        forms: found.map(|_| with_table(rest)).unwrap_or_default(),
        ..Page::plain(&title, body)
    }
}

fn changed(one: &ChangedRow, here: &Here) -> Markup {
    let object = one.object.as_ref().map(|object| object.label.as_str());
    let degree = one.level.as_ref().or(one.relation.as_ref());
    let none = here.say("nothing", "rien");
    html! {
        section.position {
            h2 { (capital(&one.kind_label)) " — " (one.subject.label)
                @if let Some(object) = object { " → " (object) } @if let Some(degree) = degree { " · " (degree.label) } }
            @if one.headline_changed { p.headline {
                del { (one.headline_before.as_deref().unwrap_or(none)) } " → "
                ins { (one.headline_after.as_deref().unwrap_or(none)) }
            } } @else if let Some(headline) = &one.headline_after { p.headline { (headline) " " span.soft { (here.say("(as before)", "(comme avant)")) } } }
            @for change in &one.claims {
                p.fate { strong { (fate(change.fate, here)) } @if !change.respects.is_empty() { ": " (change.respects.join(", ")) } }
                (claim(&change.claim, here))
            }
        }
    }
}

fn fate<'a>(fate: &'a str, here: &Here) -> &'a str {
    match fate {
        "came" => here.say("+ came", "+ venue"),
        "revised" => here.say("± revised", "± révisée"),
        "withdrawn" => here.say("− withdrawn", "− retirée"),
        "gone" => here.say("− gone", "− disparue"),
        "perhaps" => here.say("? perhaps said before", "? peut-être dite avant"),
        "undated" => here.say("? undated", "? sans date"),
        other => other,
    }
}
