//! DISARM's matrix: drawn, and as a table that leads to who uses what and where that is said.

use super::layout::{carried, scroll};
use super::picked::{pick, picked};
use super::record::{named, place};
use super::{Page, with_table};
use crate::answer::matrix::{MarkedRow, Matrix, Show, UserRow};
use crate::answer::names::Named;
use crate::pictures;
use crate::viewing::Here;
use maud::{Markup, html};

/// The parameters that say what is shown of whom.
const ASKED: [&str; 4] = ["of", "with", "among", "show"];

/// The page, with the campaigns that may be chosen.
pub(crate) fn page(found: &Matrix, campaigns: &[Named], here: &Here) -> Page {
    let picture = pictures::matrix(found, here.tag(), Some(&|id| here.to(id)));
    let body = html! {
        h1 { (picture.title) }
        (choice(campaigns, here))
        @if found.show.counts() {
            (picked(here.say("Counted:", "Comptées :"), (&found.of, found.of.is_empty()), campaigns, here, &|among| {
                // Two of them would be compared, unless it is said that they are counted.
                let show = here.asked("show").unwrap_or(Show::FREQUENCY);
                here.otherwise_all(&[("of", None), ("with", None), ("among", among), ("show", Some(show))])
            }))
        }
        div.picture.wide tabindex="0" role="region" aria-label=(picture.title) { (picture.svg.inline_linked()) }
        (scroll(&picture.title, table(found, here)))
    };
    let asked = ASKED.into_iter();
    let query: Vec<(&str, &str)> = asked
        .filter_map(|name| Some((name, here.asked(name)?)))
        .collect();
    let rest = here.with("/api/v1/matrix", &query);
    let mut forms = with_table(rest.clone());
    forms.push(("SVG", here.with("/api/v1/pictures/matrix", &query)));
    let mut layer = vec![("format", "navigator")];
    layer.extend(here.asked("of").map(|of| ("of", of)));
    let name = here.say("Navigator layer", "couche Navigator");
    forms.push((name, here.with("/api/v1/export", &layer)));
    Page {
        title: picture.title,
        marking: found.shown.marking.clone(),
        behind: vec![("REST", format!("GET {rest}"))],
        forms,
        body,
        island: None,
    }
}

/// Whose techniques, and which of them.
fn choice(campaigns: &[Named], here: &Here) -> Markup {
    let pick = |name: &str, label: &str| pick(name, label, campaigns, here);
    let mode = |name: &'static str| match name {
        "one" => here.say("one campaign", "une campagne"),
        "intersection" => here.say("A∩B: both", "A∩B : les deux"),
        "difference" => here.say("A∖B: one and not the other", "A∖B : l’une et non l’autre"),
        "frequency" => here.say("how many use each", "combien emploient chacune"),
        _ => here.say("when first seen", "quand d’abord vue"),
    };
    html! {
        form action="/matrix" method="get" {
            (carried(here, &[]))
            @if let Some(among) = here.asked("among") { input type="hidden" name="among" value=(among); }
            (pick("of", "A")) (pick("with", "B"))
            label { (here.say("Show", "Montrer")) select name="show" {
                option value="" { "—" }
                @for (name, _) in Show::NAMED { option value=(name) selected[here.asked("show") == Some(name)] { (mode(name)) } }
            } }
            button { (here.say("Draw", "Dessiner")) }
        }
    }
}

fn table(found: &Matrix, here: &Here) -> Markup {
    // Of whom a technique is said is told; of all that there are, how many.
    let all = found.of.is_empty();
    html! {
        table {
            thead { tr {
                th scope="col" { (here.say("Tactic", "Tactique")) }
                th scope="col" { (here.say("Technique", "Technique")) }
                @if found.show.counts() { th scope="col" { (here.say("How many use it", "Combien l’emploient")) } }
                @if found.show == Show::FirstSeen { th scope="col" { (here.say("First seen", "Vue d’abord")) } }
                @if !all { th scope="col" { (here.say("Who, and where that is said", "Qui, et où c’est dit")) } }
            } }
            tbody { @for row in &found.techniques { tr {
                td { (row.tactic.number) " " (row.tactic.label) }
                th scope="row" { a href=(here.to(&row.id)) { (row.technique.number) " " (row.technique.label) } }
                @if found.show.counts() { td { @if all { (users(row, here)) } @else { (row.users) } } }
                @if found.show == Show::FirstSeen { td { (row.since.as_deref().unwrap_or_default()) } }
                @if !all { td { @for user in &row.by { div { (who(user, here)) } } } }
            } } }
        }
    }
}

/// How many use a technique; the number leads to them.
fn users(row: &MarkedRow, here: &Here) -> Markup {
    let all = here.with("/", &[("technique", row.technique.number.as_str())]);
    html! { a href=(all) { (row.users) } }
}

fn who(user: &UserRow, here: &Here) -> Markup {
    html! {
        (named(&user.who, here))
        @if let Some(since) = &user.since { " " (here.say("since ", "depuis ")) (since) }
        @for said in &user.said {
            " · " a href=(here.to(&said.id)) { (here.say("said", "dit")) }
            @if let Some(source) = &said.source { " " cite.soft { (named(source, here)) " " (place(said.locator.as_deref(), said.source.as_slice(), here)) } }
        }
    }
}
