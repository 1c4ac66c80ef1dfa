//! Two records side by side: what they share, what says so, and what it comes to.

use super::layout::{notice, say, to};
use super::record::{named, whence};
use crate::answer::lang::Lang;
use crate::answer::names::find_compared;
use crate::answer::overlap::{Comparison, FamilyCount, SupportRow, compare};
use crate::answer::tally::{LackedRow, TallyRow};
use crate::answer::verdict::shuffles;
use crate::answer::words::{bits, decimal, family};
use crate::problem::Problem;
use fieldmark_store::View;
use fieldmark_store::read::Marking;
use maud::{Markup, html};

/// A name that leads nowhere is said on the page, where it can be mended.
pub(crate) fn side_by_side(
    view: &View,
    lang: Lang,
    left: &str,
    right: &str,
    shown: &mut Marking,
) -> Result<Markup, Problem> {
    let found = find_compared(view, left)
        .and_then(|left| Ok((left, find_compared(view, right)?)))
        .and_then(|(left, right)| {
            let how = shuffles(None).map_err(Problem::bad_request)?;
            compare(view, lang, &left, &right, how)
        });
    match found {
        Ok(found) => {
            shown.and(&found.marking);
            Ok(comparison(&found, lang))
        }
        Err(problem) if problem.status().is_client_error() => Ok(notice(problem.detail())),
        Err(problem) => Err(problem),
    }
}

fn comparison(found: &Comparison, lang: Lang) -> Markup {
    let caption = say(
        lang,
        "What they share, and what says so on each side",
        "Ce qu’elles partagent, et ce qui le dit de chaque côté",
    );
    html! {
        section aria-labelledby="comparison" {
            h2 id="comparison" { (named(&found.left, lang)) " — " (named(&found.right, lang)) }
            @if !found.shared.iter().any(|row| row.hard) {
                p.notice { (say(lang,
                    "Nothing hard is shared: no network, account, domain or medium is asserted of both.",
                    "Rien de probant n’est partagé : aucun réseau, compte, domaine ou média n’est affirmé des deux.")) }
            }
            @if !found.shared.is_empty() { div.scroll tabindex="0" role="region" aria-label=(caption) { table {
                caption.soft { (caption) " (" (found.shared.len()) ")" }
                thead { tr {
                    th scope="col" { (say(lang, "Feature", "Trait")) }
                    th scope="col" { (found.left.label) } th scope="col" { (found.right.label) }
                } }
                tbody { @for row in &found.shared { tr {
                    th scope="row" .hard[row.hard] {
                        @match &row.feature.id { Some(id) => a href=(to(id, lang)) { (row.feature.label) }, None => (row.feature.label) }
                        div.soft { (family(&row.family, lang.tag)) @if row.hard { " · " (say(lang, "hard", "probant")) }
                            @if let Some(note) = &row.note { " · " span lang="en" { (note) } } }
                    }
                    td { (side(&row.left, lang)) } td { (side(&row.right, lang)) }
                } } }
            } } }
            @if !found.not_shared.is_empty() {
                p { (say(lang, "Both have these and share none: ", "Les deux en ont et n’en partagent aucun : "))
                    (found.not_shared.iter().map(|name| family(name, lang.tag)).collect::<Vec<_>>().join(", ")) "." }
            }
            @for (one, only) in [(&found.left, &found.only_left), (&found.right, &found.only_right)] {
                @if !only.is_empty() {
                    p.soft { (say(lang, "Only ", "Seulement ")) (one.label) (say(lang, ": ", " : ")) (counted(only, lang)) "." }
                }
            }
            (weighed(found, lang))
        }
    }
}

/// What says that one side has a feature.
fn side(supports: &[SupportRow], lang: Lang) -> Markup {
    html! {
        @for support in supports { div {
            @if support.is_claim {
                span.soft { (say(lang, "claim of ", "affirmation de ")) }
                @for (n, assessor) in support.assessors.iter().enumerate() { @if n > 0 { ", " } (named(assessor, lang)) }
                (say(lang, ": ", " : "))
            }
            @for words in &support.verbatim { q lang=(words.lang) { (words.text) } " " (whence(words, lang)) }
            @if let Some(source) = &support.source { (named(source, lang)) " " }
            a href=(to(&support.link, lang)) { (support.locator.as_deref().unwrap_or(say(lang, "record", "fiche"))) }
        } }
    }
}

fn counted(families: &[FamilyCount], lang: Lang) -> String {
    let one = |row: &FamilyCount| format!("{} {}", family(&row.family, lang.tag), row.count);
    families.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What it comes to: the verdict, every line with its bits, chance taken off, what speaks against.
fn weighed(found: &Comparison, lang: Lang) -> Markup {
    let tally: &TallyRow = &found.tally;
    let number = |value: f64| bits(value, lang.tag);
    let by_chance = match tally.chance_by {
        "closed-form" => say(lang, "by chance, in closed form", "par hasard, forme close"),
        _ => say(lang, "by chance", "par hasard"),
    };
    let caption = say(
        lang,
        "What the soft features come to, in bits",
        "Ce que donnent les traits faibles, en bits",
    );
    html! {
        h3 { (say(lang, "What it comes to", "Ce que cela donne")) }
        p { strong { (tally.says) } }
        div.scroll tabindex="0" role="region" aria-label=(caption) { table {
            caption.soft { (caption) }
            thead { tr {
                th scope="col" { (say(lang, "Shared soft feature", "Trait faible commun")) }
                th scope="col" { (say(lang, "Family", "Famille")) }
                th scope="col" { (say(lang, "Held by", "Chez")) }
                th scope="col" { "bits" }
            } }
            tbody {
                @for line in &tally.lines { tr {
                    th scope="row" { @match &line.feature.id {
                        Some(id) => a href=(to(id, lang)) { (line.feature.label) },
                        None => (line.feature.label),
                    } }
                    td { (family(&line.feature.family, lang.tag)) }
                    td { (line.df) " / " (tally.population) }
                    td { (number(line.bits)) }
                } }
                @for chance in &tally.chance { tr {
                    th scope="row" { (by_chance) }
                    td { (family(&chance.family, lang.tag)) } td {} td { (number(-chance.bits)) }
                } }
                tr {
                    th scope="row" { (say(lang, "beyond chance", "au-delà du hasard")) }
                    td {} td {} td { strong { (number(tally.excess)) } }
                }
            }
        } }
        @if let Some(found) = &tally.significance {
            p.soft { "p = " (decimal(&format!("{:.4}", found.p), lang.tag)) " (" (found.shuffles) " "
                (say(lang, "shuffles of the population", "mélanges de la population")) ")" }
        }
        @for (lacked, one, other) in [
            (&tally.only_left, &found.left, &found.right), (&tally.only_right, &found.right, &found.left),
        ] { @let against = against(lacked); @if !against.is_empty() {
            p { (say(lang, "Against a link: ", "Contre un lien : ")) (other.label)
                (say(lang, ", well observed, lacks of ", ", bien observé, n’a pas, de ")) (one.label)
                (say(lang, ": ", " : ")) (against) "." }
        } }
        @if !tally.not_judged.is_empty() {
            p.soft { (say(lang, "Cannot be judged for lack of data: ", "Impossible à juger, faute de données : "))
                (tally.not_judged.iter().map(|name| family(name, lang.tag)).collect::<Vec<_>>().join(", ")) "." }
        }
    }
}

/// The most telling features whose lack speaks against a link.
fn against(lacked: &[LackedRow]) -> String {
    let telling = lacked.iter().filter(|lacked| lacked.contradicts).take(5);
    let names: Vec<&str> = telling
        .map(|lacked| lacked.feature.label.as_str())
        .collect();
    names.join(", ")
}
