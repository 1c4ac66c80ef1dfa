//! A dossier as one HTML file: no script, no font, no picture from elsewhere.

use super::graph::graph;
use super::{
    chronology, dated, headed, lens, likely, line, marking, names, place, questions, sames, say,
    stated, title, warnings,
};
use crate::answer::dossier::{DossierRow, PropositionRow};
use crate::answer::words::colon;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
h1,h2,h3{line-height:1.2}table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:left;vertical-align:top}\
caption{text-align:left;font-weight:600}svg{max-width:100%;height:auto;border:1px solid #767676}svg text{font:13px system-ui,sans-serif;fill:#1b1b1b}\
rect{fill:#fff;stroke:#1b1b1b}.ground rect{fill:#e8f0fe}.what rect{fill:#fff3d6}.against rect{fill:#fde8e8}line{stroke:#1b1b1b}line.leans{stroke-dasharray:5 4}line.against{stroke:#a40000}\
.marking{font-weight:600;border:1px solid #1b1b1b;padding:.2rem .5rem}.headline{font-size:1.15rem;font-weight:600}code{font-size:.85em;overflow-wrap:anywhere}";

/// The whole of each dossier, one after the other.
pub(crate) fn page(dossiers: &[DossierRow], lang: &str) -> String {
    let mut names: Vec<&str> = dossiers
        .iter()
        .map(|one| one.subject.label.as_str())
        .collect();
    names.dedup();
    html! {
        (DOCTYPE)
        html lang=(lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (names.join(", ")) " · " (say(lang, "dossier", "dossier")) " · Fieldmark" }
                style { (PreEscaped(STYLE)) }
            }
            body { main { @for (at, one) in dossiers.iter().enumerate() { (dossier(lang, one, at)) } } }
        }
    }
    .into_string()
}

fn dossier(lang: &str, dossier: &DossierRow, at: usize) -> Markup {
    let taken = sames(lang, &dossier.lens);
    html! {
        p.marking { (dossier.made.line(lang)) }
        h1 { (dossier.subject.label) }
        p { code { (dossier.subject.id) } }
        @if let Some(date) = &dossier.asserted_by {
            p { (say(lang, "As asserted by ", "Tel qu’affirmé au ")) (date) "." }
        }
        @if let Some(lens) = lens(lang, &dossier.lens) { p { (lens) } }
        @if !taken.is_empty() {
            h2 { (say(lang, "Taken for the same", "Tenu pour le même")) }
            ul { @for one in taken { li { (one) } } }
        }
        @if let Some(cut) = &dossier.cut { p { strong { (cut) } } }
        @for (number, (heading, one)) in headed(lang, &dossier.propositions).enumerate() {
            @if let Some(heading) = heading { h1 { (heading) } }
            (proposition(lang, one, at * MOST + number))
        }
        @for (heading, rows) in stated(lang, dossier) { @if !rows.is_empty() {
            h2 { (heading) }
            ul { @for row in rows { li { (row) } } }
        } }
        h2 { (say(lang, "In order of time", "Dans l’ordre du temps")) }
        ol { @for claim in chronology(&dossier.propositions) {
            li { (marking(claim)) (dated(lang, claim)) (colon(lang)) " " (names(&claim.assessors)) " — " (said(claim)) " " code { (claim.id) } }
        } }
        p.marking { (dossier.made.line(lang)) }
    }
}

/// More propositions than a dossier tells of, so that each on a page has its own number.
const MOST: usize = 100_000;

fn proposition(lang: &str, one: &PropositionRow, number: usize) -> Markup {
    let weighing = &one.weighing;
    let lists = [
        (say(lang, "Beware", "Attention"), warnings(lang, one)),
        (
            say(lang, "Open questions", "Questions ouvertes"),
            questions(lang, one),
        ),
    ];
    html! {
        section aria-labelledby=(format!("p{number}")) {
            h2 id=(format!("p{number}")) { (title(one)) }
            p.headline { (weighing.headline) }
            p { (say(lang, "Rule ", "Règle ")) (weighing.rule) ", γ = " (weighing.gamma) }
            (graph(lang, one, number))
            table {
                caption { (say(lang, "Claims", "Affirmations")) }
                thead { tr {
                    th scope="col" { (say(lang, "words", "mots")) } th scope="col" { (say(lang, "who", "qui")) }
                    th scope="col" { "date" } th scope="col" { (say(lang, "how likely", "probabilité")) }
                    th scope="col" { (say(lang, "place", "endroit")) }
                } }
                tbody { @for claim in &one.claims { tr {
                    td { (marking(claim)) @if claim.polarity == "denies" { strong { (say(lang, "Denies: ", "Nie : ")) } } (said(claim)) }
                    td { (names(&claim.assessors)) }
                    td { (dated(lang, claim)) }
                    td { (likely(lang, claim)) }
                    td { (place(claim)) }
                } } }
            }
            h3 { (say(lang, "Lines of evidence", "Lignes de preuve")) }
            ol { @for each in &weighing.lines { li { (line(lang, one, each)) } } }
            @for (heading, sentences) in &lists { @if !sentences.is_empty() {
                h3 { (heading) }
                ul { @for sentence in sentences { li { (sentence) } } }
            } }
        }
    }
}

/// A claim's words, each in its own language.
fn said(claim: &crate::answer::claim::ClaimRow) -> Markup {
    html! {
        @for one in &claim.verbatim {
            q lang=(one.lang) { (one.text) } " "
            @if let Some(place) = one.place() { "(" (place) ") " }
        }
    }
}
