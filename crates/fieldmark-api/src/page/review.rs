//! The review queue: what each proposal would change, and a steward's word on it.

use super::layout::{carried, scroll};
use super::record::{noun, put_back};
use super::source;
use super::write::{fields, language};
use super::{Page, island, with_table};
use crate::viewing::Here;
use crate::writing::review::{Decided, ProposalPage, ProposalRow};
use crate::writing::{FormRow, ValueRow};
use fieldmark_rdf::vocab::NOUNS;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The script by which the queue goes by one key each.
const ISLAND: &str = "review";

/// Its keys, and what each does.
const KEYS: [(&str, &str, &str); 6] = [
    ("j", "next", "suivante"),
    ("k", "previous", "précédente"),
    ("a", "accept", "accepter"),
    ("e", "accept it changed", "accepter avec des changements"),
    ("c", "keep as a competing claim", "garder comme concurrente"),
    ("r", "refuse", "refuser"),
];

/// The page; `told` is what became of one that was just decided on.
pub(crate) fn page(
    found: &ProposalPage,
    told: Option<Result<Decided, String>>,
    may: bool,
    here: &Here,
) -> Page {
    let title = here.say("What waits for a decision", "Ce qui attend une décision");
    let standing = here.asked("standing").unwrap_or("waiting");
    let standings = [
        ("waiting", "waiting", "en attente"),
        ("accepted", "accepted", "acceptées"),
        ("refused", "refused", "refusées"),
        ("all", "all", "toutes"),
    ];
    let totals = here.say(
        "What would become of the counts",
        "Ce que deviendraient les nombres",
    );
    let body = html! {
        h1 { (title) }
        p.soft { (here.say(
            "What partners send, tools propose and files bring with --propose stands here, outside the graph: nobody else sees it, and nothing counts it, until a steward decides.",
            "Ce que les partenaires envoient, que les outils proposent ou que les fichiers apportent avec --propose se tient ici, hors du graphe : nul autre ne le voit et rien ne le compte, tant qu’un responsable n’a pas décidé.")) }
        nav.facets aria-label=(here.say("By standing", "Par état")) { @for (name, en, fr) in standings {
            a href=(here.with("/review", &[("standing", name)])) aria-current=[(name == standing).then_some("true")] { (here.say(en, fr)) }
        } }
        @match &told {
            Some(Ok(one)) => p.notice role="status" { (here.say("Proposal ", "Proposition ")) (one.number) (here.say(": ", " : ")) strong { (one.verdict) } " · " a href=(here.to(&one.record)) { (one.record) } },
            Some(Err(why)) => p.notice role="alert" { (why) },
            None => {},
        }
        @if !may { p.notice { (here.say(
            "You may look. To decide, sign in with a steward's token of role writer.",
            "Vous pouvez regarder. Pour décider, ouvrez une session avec un jeton de responsable au rôle writer.")) } }
        @if !found.totals.is_empty() { (scroll(totals, html! { table {
            caption { (totals) }
            thead { tr { th scope="col" { (here.say("What it is", "Nature")) } th.number scope="col" { (here.say("Now", "Maintenant")) }
                th.number scope="col" { (here.say("If all were accepted", "Si tout était accepté")) } th.number scope="col" { (here.say("Waiting", "En attente")) } } }
            tbody { @for total in &found.totals { tr {
                th scope="row" { (kind(&total.kind, here)) }
                td.number { (total.before) } td.number { (total.after) } td.number { (total.waiting) }
            } } }
        } })) }
        @if found.proposals.is_empty() { p.notice { (here.say(
            "Nothing here. A file comes in to be looked at with: fieldmark import --propose FILE",
            "Rien ici. Un fichier s’importe pour examen avec : fieldmark import --propose FICHIER")) } }
        @if may && !found.proposals.is_empty() && island::address(ISLAND).is_some() { p.soft {
            (here.say("By key: ", "Au clavier : "))
            @for (key, en, fr) in KEYS { kbd { (key) } " " (here.say(en, fr)) " " }
        } }
        @for one in &found.proposals { (proposal(one, may, here)) }
        @if let Some(next) = found.next { p { a href=(here.otherwise("after", Some(&next.to_string()))) { (here.say("Further proposals", "Propositions suivantes")) } } }
    };
    Page {
        behind: vec![("REST", format!("GET /api/v1/proposals?standing={standing}"))],
        forms: with_table(here.with("/api/v1/proposals", &[("standing", standing)])),
        island: may.then_some(ISLAND),
        ..Page::plain(title, body)
    }
}

/// The page on which one that waits is accepted as saying something else: what it is, a form filled in
/// as it says, and why nothing came of what was sent.
pub(crate) fn edit(
    one: &ProposalRow,
    (form, filled): (&FormRow, &BTreeMap<String, String>),
    (reason, trouble): (&str, Option<&str>),
    here: &Here,
) -> Page {
    let title = here.say("Accept it changed", "Accepter avec des changements");
    let body = html! {
        h1 { (title) }
        @if let Some(why) = trouble { p.notice role="alert" { (why) } }
        p { a href=(here.link("/review")) { (here.say("Back to what waits", "Retour à ce qui attend")) } }
        (proposal(one, false, here))
        form.sheet action=(here.link("/review")) method="post" {
            (carried(here, &["edit"]))
            input type="hidden" name="number" value=(one.number);
            (fields(form, filled, here))
            (language(here.tag(), here))
            label { (here.say("Reason (stands in the ledger)", "Raison (figure au registre)")) input name="reason" value=(reason) aria-required="true"; }
            @if one.changed_since { label.line { input type="checkbox" name="anyway" value="true"; (here.say("although it changed since", "bien que changé depuis")) } }
            div.acts { button name="decision" value="edit" { (title) } }
        }
    };
    Page {
        behind: vec![(
            "REST",
            format!("POST /api/v1/proposals/{}/decision", one.number),
        )],
        ..Page::plain(title, body)
    }
}

/// What the ids of a type usually stand for.
fn kind(stix_type: &str, here: &Here) -> String {
    let found = NOUNS.iter().find(|(.., types)| types.contains(&stix_type));
    found.map_or_else(
        || stix_type.to_owned(),
        |(name, ..)| format!("{} ({stix_type})", noun(name, here)),
    )
}

fn proposal(one: &ProposalRow, may: bool, here: &Here) -> Markup {
    let id = format!("n{}", one.number);
    let what = match one.kind {
        "add" => here.say("+ new", "+ nouveau"),
        "change" => here.say("± change", "± changement"),
        "unchanged" => here.say("= unchanged", "= inchangé"),
        _ => here.say("! conflict: it changed since", "! conflit : changé depuis"),
    };
    let changes = here.say("What it would change", "Ce que cela changerait");
    let values = |values: &[ValueRow]| {
        html! {
            @for value in values { div lang=[value.lang.as_deref()] {
                @match &value.id { Some(id) => a href=(here.to(id)) { (value.value) }, None => (value.value) }
            } }
        }
    };
    html! {
        article.proposal aria-labelledby=(id) {
            h2 id=(id) { (one.number) " · " (what) " · " a href=(here.to(&one.record)) { (one.title) } }
            p.soft {
                (here.say("by ", "par ")) strong { (one.author) } " (" (one.audience) ") · " (one.proposed)
                @if let Some(why) = &one.why { " · " (why) }
                @if let Some(by) = &one.decided_by { " · " (one.standing) " " (here.say("by ", "par ")) (by) " " (one.decided.as_deref().unwrap_or("")) }
                @if let Some(reason) = &one.reason { " · " (reason) }
            }
            div.source {
            (source::excerpts(one.number, &one.quotations, here))
            div { @if !one.changes.is_empty() { (scroll(&format!("{changes} · {}", one.number), html! { table {
                caption.soft { (changes) }
                thead { tr { th scope="col" { (here.say("Property", "Propriété")) } th scope="col" { (here.say("Before", "Avant")) } th scope="col" { (here.say("After", "Après")) } } }
                tbody { @for change in &one.changes { tr {
                    th scope="row" { (change.label) } td { del { (values(&change.before)) } } td { ins { (values(&change.after)) } }
                } } }
            } })) }
            details { summary { (here.say("Its statements", "Ses énoncés")) } pre tabindex="0" { code { (one.nquads) } } }
            } }
            @if may && one.standing == "accepted" { p { (put_back(&one.record, here)) } }
            @if may && one.standing == "waiting" {
                form action=(here.link("/review")) method="post" {
                    (carried(here, &[]))
                    input type="hidden" name="number" value=(one.number);
                    label { (here.say("Reason", "Raison")) input name="reason" aria-describedby=(format!("{id}-why")); }
                    @if one.changed_since { label.line { input type="checkbox" name="anyway" value="true"; (here.say("although it changed since", "bien que changé depuis")) } }
                    button name="decision" value="accept" { (here.say("Accept", "Accepter")) }
                    a data-edit href=(here.otherwise("edit", Some(&one.number.to_string()))) { (here.say("Accept it changed", "Accepter avec des changements")) }
                    button.other name="decision" value="compete" { (here.say("Keep as a competing claim", "Garder comme affirmation concurrente")) }
                    button.other name="decision" value="refuse" { (here.say("Refuse", "Refuser")) }
                    span.soft id=(format!("{id}-why")) { (here.say("a reason is needed for all but accepting", "une raison est requise, sauf pour accepter")) }
                }
            }
        }
    }
}
