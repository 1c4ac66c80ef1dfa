//! The release preview: what another audience would see of what you see.

use super::layout::{carried, scroll};
use super::record::{named, noun};
use super::{Page, with_table};
use crate::answer::release::{Fate, Preview, PreviewRow, Rule, Statement};
use crate::viewing::Here;
use maud::{Markup, html};

/// The page; `to` is the audience, `kind` the noun whose records are listed.
pub(crate) fn page(found: &Preview, to: &str, kind: &str, here: &Here) -> Page {
    let title = format!(
        "{} {to}",
        here.say("What would be seen by", "Ce que verrait")
    );
    let counts = here.say("Records you see, and they", "Fiches que vous voyez, et eux");
    let list = format!(
        "{} · {}",
        noun(kind, here),
        here.say("record by record", "fiche par fiche")
    );
    let found_any = found.asked.iter().any(|(_, times)| *times > 0);
    let body = html! {
        h1 { (title) }
        (choose(to, here))
        (scroll(counts, html! { table {
            caption { (counts) }
            thead { tr { th scope="col" { (here.say("What it is", "Nature")) } th.number scope="col" { (here.say("You", "Vous")) } th.number scope="col" { (to) } } }
            tbody { @for row in &found.nouns { tr {
                th scope="row" { a href=(here.with("/release", &[("to", to), ("noun", row.noun.name())])) aria-current=[(row.noun.name() == kind).then_some("true")] { (noun(row.noun.name(), here)) } }
                td.number { (row.mine) } td.number .less[row.theirs < row.mine] { (row.theirs) @if row.theirs < row.mine { " ▾" } }
            } } }
        } }))
        h2 { (here.say("Asked again", "Redemandé")) }
        @if found.hidden == 0 { p { (here.say("None of the records below is hidden from them.", "Aucune des fiches ci-dessous ne leur est cachée.")) } }
        @else {
            p { (found.hidden) " " (here.say(
                "of the records below are hidden from them, and each was asked for in their view by every way there is:",
                "des fiches ci-dessous leur sont cachées, et chacune a été demandée dans leur vue par chaque voie :")) }
            ul.checks { @for (way, times) in &found.asked { li .leak[*times > 0] {
                (says(way, here)) (here.say(": ", " : ")) @if *times == 0 { "✓ " (here.say("nothing", "rien")) } @else { "✗ " (times) " " (here.say("found", "trouvées")) }
            } } }
            @if found_any { p.notice role="alert" { (here.say(
                "Something that should be hidden was found. Do not release; tell whoever runs this installation.",
                "Quelque chose qui devait être caché a été trouvé. Ne diffusez pas ; prévenez l’exploitant.")) } }
        }
        @if !found.named.is_empty() {
            h2 { (here.say("Words that name what is hidden", "Mots qui nomment ce qui est caché")) }
            p.notice role="alert" { (here.say("They see these words, and the words name a record that they do not see:", "Ils voient ces mots, et les mots nomment une fiche qu’ils ne voient pas :")) }
            ul { @for (record, name) in &found.named { li { (named(record, here)) (here.say(": ", " : ")) "“" (name) "”" } } }
        }
        h2 { (list) }
        (scroll(&list, html! { table {
            caption.soft { (list) }
            thead { tr {
                th scope="col" { (here.say("Record", "Fiche")) } th scope="col" { (here.say("They see", "Ils voient")) }
                th scope="col" { (here.say("Not shown", "Non montré")) } th scope="col" { (here.say("In its place", "À la place")) } th scope="col" { "TLP" }
            } }
            tbody { @for one in &found.rows { (row(one, here)) } }
        } }))
        @if let Some(next) = &found.next { p { a href=(here.otherwise("after", Some(next))) { (here.say("Further records", "Fiches suivantes")) } } }
    };
    let through = here.otherwise("to", None);
    let rest = format!("/api/v1/audiences/{to}/preview");
    Page {
        title,
        marking: found.marking.name(),
        behind: vec![(
            "REST",
            format!(
                "GET {rest}\ncurl -H 'Fieldmark-As: {to}' …{}",
                through.split('?').next().unwrap_or_default()
            ),
        )],
        forms: with_table(here.with(&rest, &[("noun", kind)]))
            .into_iter()
            .chain([(
                "STIX",
                here.with("/api/v1/export", &[("format", "stix"), ("as", to)]),
            )])
            .collect(),
        body,
        island: None,
    }
}

/// The choice of an audience.
pub(crate) fn choose(to: &str, here: &Here) -> Markup {
    html! {
        form action="/release" method="get" {
            (carried(here, &[]))
            label { (here.say("Preview as", "Voir comme")) select name="to" {
                @for one in &here.audiences { option value=(one) selected[one == to] { (one) } }
            } }
            button { (here.say("Preview", "Prévisualiser")) }
        }
        @if !to.is_empty() { p { a href=(here.with("/", &[("as", to)])) { (here.say("Walk through every page with their eyes", "Parcourir toutes les pages avec leurs yeux")) } } }
    }
}

fn says<'a>(way: &'a str, here: &Here) -> &'a str {
    match way {
        "record" => here.say("by id", "par identifiant"),
        "claim" => here.say("as a claim", "comme affirmation"),
        "links" => here.say(
            "by claims that speak of it",
            "par les affirmations qui en parlent",
        ),
        "name" => here.say("by name", "par nom"),
        "search" => here.say("by search", "par recherche"),
        "export" => here.say("in the export", "dans l’export"),
        "versions" => here.say("by its versions", "par ses versions"),
        other => other,
    }
}

fn row(one: &PreviewRow, here: &Here) -> Markup {
    let fate = match one.fate {
        Fate::Whole => here.say("all of it", "tout"),
        Fate::Part => here.say("part of it", "une partie"),
        Fate::Hidden => here.say("nothing", "rien"),
    };
    let said = |one: &Statement| {
        html! {
            span.soft { (one.property) (here.say(": ", " : ")) } (one.value)
            @if let Some(rule) = &one.rule { " " (why(rule, here)) }
        }
    };
    let list = |all: &[Statement]| {
        html! {
            @if all.len() > 3 {
                details { summary { (all.len()) " " (here.say("statements", "énoncés")) } ul { @for one in all { li { (said(one)) } } } }
            } @else { @for one in all { div { (said(one)) } } }
        }
    };
    html! {
        tr .less[one.fate != Fate::Whole] {
            th scope="row" { (named(&one.record, here)) }
            td { strong { (fate) } div.soft { (one.theirs) " / " (one.mine) } @if let Some(rule) = &one.rule { div { (why(rule, here)) } } }
            td { (list(&one.gone)) } td { (list(&one.instead)) }
            td.short { (one.marking.as_deref().unwrap_or("–")) }
        }
    }
}

/// The rule by which something is hidden.
fn why(rule: &Rule, here: &Here) -> Markup {
    html! {
        small.rule { (here.say("rule: ", "règle : ")) @match rule {
            Rule::Marked(marking) => (marking),
            Rule::Names(hidden) => {
                (here.say("speaks of what is hidden: ", "parle de ce qui est caché : "))
                @for (n, one) in hidden.iter().enumerate() { @if n > 0 { ", " } (named(one, here)) }
            }
        } }
    }
}
