//! Two records side by side: what they share, what says so, and what it comes to.

use super::layout::{carried, cited, scroll};
use super::picked::{pick, picked};
use super::record::{named, whence};
use super::{Page, with_table};
use crate::answer::among::{PairRow, Pairs};
use crate::answer::names::Named;
use crate::answer::overlap::{Comparison, Ranking, SupportRow};
use crate::answer::tally::TallyRow;
use crate::answer::words::{bits, family};
use crate::pictures;
use crate::report::{Form, overlap as report};
use crate::viewing::Here;
use maud::{Markup, html};
use std::collections::HashMap;

/// The page of two records side by side.
pub(crate) fn page(found: &Comparison, here: &Here) -> Page {
    let title = report::title(found);
    let (left, right) = (found.left.id.as_str(), found.right.id.as_str());
    let to = |id: &str| here.to(id);
    let waterfall = pictures::waterfall(found, here.tag(), Some(&to));
    let sides = pictures::sides(found, here.tag(), Some(&to));
    let body = html! {
        h1 { (title) }
        p.soft { (report::beware(here.tag())) }
        ul.ways {
            @for side in [&found.left, &found.right] {
                li { a href=(here.link(&format!("/dossier/{}", side.id))) { (here.say("Dossier of ", "Dossier de ")) (side.label) } }
                li { a href=(here.link(&format!("/timeline/{}", side.id))) { (here.say("Timeline of ", "Chronologie de ")) (side.label) } }
            }
            li { a href=(here.with("/matrix", &[("of", left), ("with", right)])) { (here.say("DISARM: A∩B and A∖B", "DISARM : A∩B et A∖B")) } }
            (cited(here))
        }
        div.picture { (waterfall.svg.inline_linked()) }
        details { summary { (here.say("Who has what, drawn", "Qui a quoi, dessiné")) } div.picture { (sides.svg.inline_linked()) } }
        (comparison(found, here))
    };
    let path = format!("/api/v1/overlap/{left}");
    let rest = here.with(&path, &[("with", right)]);
    let picture = |name: &str| {
        here.with(
            &format!("/api/v1/pictures/{name}"),
            &[("of", left), ("with", right)],
        )
    };
    Page {
        title,
        marking: found.shown.marking.clone(),
        behind: vec![
            ("REST", format!("GET {rest}")),
            (
                "GraphQL",
                format!(
                    "{{ overlap(of: \"{left}\", with: \"{right}\") {{ shared {{ family hard }} weighing {{ verdict says excess }} }} }}"
                ),
            ),
        ],
        forms: with_table(rest)
            .into_iter()
            .chain(Form::ALL.iter().map(|(ending, one)| {
                let on_paper = here.with(&format!("{path}.{ending}"), &[("with", right)]);
                (one.label(here.tag()), on_paper)
            }))
            .chain([
                (
                    here.say("waterfall (SVG)", "cascade (SVG)"),
                    picture("waterfall"),
                ),
                (here.say("sides (SVG)", "côtés (SVG)"), picture("sides")),
            ])
            .collect(),
        body,
        island: None,
    }
}

/// The page of those that share most with one.
pub(crate) fn ranked(found: &Ranking, here: &Here) -> Page {
    let title = format!(
        "{} {}",
        here.say("Who shares most with", "Qui partage le plus avec"),
        found.of.label
    );
    let body = html! {
        h1 { (title) }
        @if found.ranking.is_empty() {
            p.notice { (here.say("Nothing here shares anything with it.", "Rien ici ne partage quoi que ce soit avec elle.")) }
        } @else { (scroll(&title, html! { table {
            caption.soft { (here.say("Claimed to be one network first, then by hard features, then by score", "D’abord les réseaux dits identiques, puis par traits probants, puis par score")) }
            thead { tr {
                th scope="col" { (here.say("The other", "L’autre")) }
                th.number scope="col" { (here.say("Shared", "Communs")) } th.number scope="col" { (here.say("Hard", "Probants")) }
                th.number scope="col" { (here.say("bits beyond chance", "bits au-delà du hasard")) }
                th scope="col" { (here.say("What may be said", "Ce qu’on peut dire")) }
            } }
            tbody { @for row in &found.ranking { tr {
                th scope="row" { a href=(here.with("/overlap", &[("of", &found.of.id), ("with", &row.other.id)])) { (row.other.label) } }
                td.number { (row.features) } td.number { (row.hard) } td.number { (bits(row.tally.excess, here.tag())) }
                td { (row.tally.says) }
            } } }
        } })) }
    };
    let rest = here.link(&format!("/api/v1/overlap/{}", found.of.id));
    Page {
        title,
        marking: found.shown.marking.clone(),
        behind: vec![("REST", format!("GET {rest}"))],
        forms: with_table(rest),
        body,
        island: None,
    }
}

/// The page of how much each two of several share, and of the choice of two.
pub(crate) fn choice(found: &Pairs, campaigns: &[Named], here: &Here) -> Page {
    let title = here.say(
        "What links two campaigns?",
        "Qu’est-ce qui relie deux campagnes ?",
    );
    let among = here.asked("among");
    let body = html! {
        h1 { (title) }
        p.soft { (here.say(
            "Overlap is not attribution: it says what two share, not who runs them.",
            "Un recoupement n’est pas une attribution : il dit ce que deux partagent, pas qui les mène.")) }
        form action="/overlap" method="get" {
            (carried(here, &[]))
            (pick("of", here.say("One", "L’une"), campaigns, here))
            (pick("with", here.say("The other", "L’autre"), campaigns, here))
            button { (here.say("Compare", "Comparer")) }
        }
        (picked(here.say("Side by side:", "Côte à côte :"), (&found.of, among.is_none()), campaigns, here, &|among| here.otherwise("among", among)))
        @if let Some(cut) = &found.cut { p.notice { (cut) } }
        @if !found.pairs.is_empty() { (grid(found, here)) }
    };
    let among: Vec<(&str, &str)> = among.map(|among| ("among", among)).into_iter().collect();
    let rest = here.with("/api/v1/overlap", &among);
    Page {
        title: title.to_owned(),
        marking: found.shown.marking.clone(),
        behind: vec![("REST", format!("GET {rest}"))],
        forms: with_table(rest),
        body,
        island: None,
    }
}

/// Each with each.
fn grid(found: &Pairs, here: &Here) -> Markup {
    let caption = here.say(
        "Shared features of each two; of those, hard ones in brackets",
        "Traits communs deux à deux ; entre parenthèses, les probants",
    );
    let pairs: HashMap<(&str, &str), &PairRow> = found
        .pairs
        .iter()
        .flat_map(|pair| {
            let (left, right) = (pair.left.id.as_str(), pair.right.id.as_str());
            [((left, right), pair), ((right, left), pair)]
        })
        .collect();
    let of = &found.of;
    scroll(
        caption,
        html! { table.grid {
            caption { (caption) }
            thead { tr { th scope="col" {} @for (n, one) in of.iter().enumerate() { th scope="col" title=(one.label) { (n + 1) } } } }
            tbody { @for (n, one) in of.iter().enumerate() { tr {
                th scope="row" { (n + 1) " " a href=(here.with("/overlap", &[("of", &one.id)])) { (one.label) } }
                @for other in of { td.number { @match pairs.get(&(one.id.as_str(), other.id.as_str())) {
                    None => "·",
                    Some(pair) if pair.features == 0 => "0",
                    Some(pair) => a href=(here.with("/overlap", &[("of", &one.id), ("with", &other.id)]))
                        aria-label=(format!("{} × {}: {} ({})", one.label, other.label, pair.features, pair.hard)) { (pair.features) @if pair.hard > 0 { strong { " (" (pair.hard) ")" } } },
                } } }
            } } }
        } },
    )
}

fn comparison(found: &Comparison, here: &Here) -> Markup {
    let caption = here.say(
        "What they share, and what says so on each side",
        "Ce qu’elles partagent, et ce qui le dit de chaque côté",
    );
    html! {
        section aria-labelledby="comparison" {
            h2 id="comparison" { (named(&found.left, here)) " — " (named(&found.right, here)) }
            @if let Some(nothing) = report::nothing_hard(found, here.tag()) { p.notice { (nothing) } }
            @if !found.shared.is_empty() { div.scroll tabindex="0" role="region" aria-label=(caption) { table {
                caption.soft { (caption) " (" (found.shared.len()) ")" }
                thead { tr {
                    th scope="col" { (here.say("Feature", "Trait")) }
                    th scope="col" { (found.left.label) } th scope="col" { (found.right.label) }
                } }
                tbody { @for row in &found.shared { tr {
                    th scope="row" .hard[row.hard] {
                        @match &row.feature.id { Some(id) => a href=(here.to(id)) { (row.feature.label) }, None => (row.feature.label) }
                        div.soft { (family(&row.family, here.tag())) @if row.hard { " · " (here.say("hard", "probant")) }
                            @if let Some(note) = &row.note { " · " span lang="en" { (note) } } }
                    }
                    td { (side(&row.left, here)) } td { (side(&row.right, here)) }
                } } }
            } } }
            @for sentence in report::apart(found, here.tag()) { p.soft { (sentence) } }
            (weighed(found, here))
        }
    }
}

/// What says that one side has a feature.
fn side(supports: &[SupportRow], here: &Here) -> Markup {
    html! {
        @for support in supports { div {
            @if support.is_claim {
                span.soft { (here.say("claim of ", "affirmation de ")) }
                @for (n, assessor) in support.assessors.iter().enumerate() { @if n > 0 { ", " } (named(assessor, here)) }
                (here.say(": ", " : "))
            }
            @for words in &support.verbatim { q lang=(words.lang) { (words.text) } " " (whence(words, here)) }
            @if let Some(source) = &support.source { (named(source, here)) " " }
            a href=(here.to(&support.link)) { (support.locator.as_deref().unwrap_or(here.say("record", "fiche"))) }
        } }
    }
}

/// What it comes to: the verdict, every line with its bits, chance taken off, what speaks against.
fn weighed(found: &Comparison, here: &Here) -> Markup {
    let tally: &TallyRow = &found.tally;
    let number = |value: f64| bits(value, here.tag());
    let caption = here.say(
        "What the soft features come to, in bits",
        "Ce que donnent les traits faibles, en bits",
    );
    html! {
        h3 { (here.say("What it comes to", "Ce que cela donne")) }
        p { strong { (tally.says) } }
        div.scroll tabindex="0" role="region" aria-label=(caption) { table {
            caption.soft { (caption) }
            thead { tr {
                th scope="col" { (here.say("Shared soft feature", "Trait faible commun")) }
                th scope="col" { (here.say("Family", "Famille")) }
                th scope="col" { (here.say("Held by", "Chez")) }
                th scope="col" { "bits" }
            } }
            tbody {
                @for line in &tally.lines { tr {
                    th scope="row" { @match &line.feature.id {
                        Some(id) => a href=(here.to(id)) { (line.feature.label) },
                        None => (line.feature.label),
                    } }
                    td { (family(&line.feature.family, here.tag())) }
                    td { (line.df) " / " (tally.population) }
                    td { (number(line.bits)) }
                } }
                @for chance in &tally.chance { tr {
                    th scope="row" { (report::by_chance(found, here.tag())) }
                    td { (family(&chance.family, here.tag())) } td {} td { (number(-chance.bits)) }
                } }
                tr {
                    th scope="row" { (here.say("beyond chance", "au-delà du hasard")) }
                    td {} td {} td { strong { (number(tally.excess)) } }
                }
            }
        } }
        @for remark in report::remarks(found, here.tag()) { p { (remark) } }
    }
}
