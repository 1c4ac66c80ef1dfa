//! The evidence graph of one proposition, drawn: grounds on the left, claims in the middle, what
//! is claimed on the right. A line from a ground to a claim that only leans on it is dashed. The
//! tables beside it say the same in words.

use super::{marking, names, say, title, words};
use crate::answer::dossier::PropositionRow;
use crate::pictures::{Picture, To, cut, frame, led};
use fieldmark_model::RecordId;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What its classes look like.
pub(super) const STYLE: &str = "svg text{font:13px system-ui,sans-serif;fill:#1b1b1b}rect{fill:#fff;stroke:#1b1b1b}\
.ground rect{fill:#e8f0fe}.what rect{fill:#fff3d6}.against rect{fill:#fde8e8}\
line{stroke:#1b1b1b}line.leans{stroke-dasharray:5 4}line.against{stroke:#a40000}";

const ROW: usize = 44;
const BOX: usize = 32;
/// Left edge and width of the three columns.
const GROUND: (usize, usize) = (8, 220);
const CLAIM: (usize, usize) = (300, 320);
const WHAT: (usize, usize) = (692, 260);
const WIDE: usize = 960;
/// What a title takes above a drawing by itself.
const HEAD: usize = 28;
/// More would be no picture any more; the tables have all of them.
const MOST: usize = 60;

/// The drawing; `number` tells it from others on the page. With `to`, each ground and each claim is the
/// way to its record.
pub(crate) fn graph(
    lang: &str,
    proposition: &PropositionRow,
    number: usize,
    to: Option<To<'_>>,
) -> Markup {
    let (height, drawn) = drawn(lang, proposition, to);
    let (title_id, desc_id) = (format!("g{number}t"), format!("g{number}d"));
    let role = if to.is_some() { "group" } else { "img" };
    html! {
        svg role=(role) aria-labelledby=(format!("{title_id} {desc_id}")) xmlns="http://www.w3.org/2000/svg"
            viewBox=(format!("0 0 {WIDE} {height}")) width=(WIDE) height=(height) {
            title id=(title_id) { (heading(lang, proposition)) }
            desc id=(desc_id) { (about(lang, proposition)) }
            (drawn)
        }
    }
}

/// The drawing by itself, with the table that says the same.
pub(crate) fn picture(lang: &str, proposition: &PropositionRow) -> Picture {
    let (height, drawn) = drawn(lang, proposition, None);
    let title = heading(lang, proposition);
    let about = about(lang, proposition);
    let body = html! { g.argument transform=(format!("translate(0 {HEAD})")) { (drawn) } };
    let body = html! { text.ink x="8" y="20" { (cut(&title, 120)) } (body) };
    let table = html! {
        table {
            caption { (title) }
            thead { tr {
                th scope="col" { (say(lang, "who", "qui")) } th scope="col" { (say(lang, "words", "mots")) }
                th scope="col" { (say(lang, "stands", "position")) }
            } }
            tbody { @for claim in &proposition.claims { tr {
                th scope="row" { (names(&claim.assessors)) } td { (words(lang, claim)) }
                td { @if claim.polarity == "denies" { (say(lang, "against", "contre")) } @else { (say(lang, "for", "pour")) } }
            } } }
        }
    };
    let svg = frame(WIDE as u32, (height + HEAD) as u32, &title, &about, body);
    Picture { title, svg, table }
}

fn heading(lang: &str, proposition: &PropositionRow) -> String {
    let evidence = say(lang, "Evidence for: ", "Preuves pour : ");
    format!("{evidence}{}", title(proposition))
}

fn about(lang: &str, proposition: &PropositionRow) -> String {
    let how = say(
        lang,
        "Grounds on the left, claims in the middle, what is claimed on the right; dashed: the claim leans on the ground through others. The tables below say the same. Headline: ",
        "À gauche les fondements, au milieu les affirmations, à droite ce qui est affirmé ; en tirets : l’affirmation s’appuie sur le fondement à travers d’autres. Les tableaux ci-dessous disent la même chose. En un mot : ",
    );
    format!("{how}{}.", proposition.weighing.headline)
}

/// What is drawn, and how high it is.
fn drawn(lang: &str, proposition: &PropositionRow, to: Option<To<'_>>) -> (usize, Markup) {
    let claims = &proposition.claims[..proposition.claims.len().min(MOST)];
    let at: BTreeMap<&str, usize> = claims
        .iter()
        .enumerate()
        .map(|(row, claim)| (claim.id.as_str(), middle(row)))
        .collect();
    let lines = &proposition.weighing.lines[..proposition.weighing.lines.len().min(MOST)];
    let rows = claims.len().max(lines.len()).max(1);
    let height = 8 + rows * ROW;
    let target = height / 2;
    let drawn = html! {
        @for (row, line) in lines.iter().enumerate() {
            @for claim in &line.primaries { @if let Some(y) = at.get(claim.as_str()) {
                line x1=(GROUND.0 + GROUND.1) y1=(middle(row)) x2=(CLAIM.0) y2=(y) class="own" {}
            } }
            @for claim in &line.derivatives { @if let Some(y) = at.get(claim.as_str()) {
                line x1=(GROUND.0 + GROUND.1) y1=(middle(row)) x2=(CLAIM.0) y2=(y) class="leans" {}
            } }
            // What is not disclosed is no record.
            @let ground = line.roots.iter().map(|root| root.id.as_str()).find(|id| RecordId::parse(id).is_ok());
            (cell(GROUND, middle(row), "ground", &names(&line.roots), to.zip(ground)))
        }
        @for claim in claims {
            @let y = at[claim.id.as_str()];
            @let denies = claim.polarity == "denies";
            line x1=(CLAIM.0 + CLAIM.1) y1=(y) x2=(WHAT.0) y2=(target) class=(if denies { "against" } else { "own" }) {}
            (cell(CLAIM, y, if denies { "claim against" } else { "claim" },
                &format!("{}{}{}: {}", marking(claim), if denies { "✗ " } else { "" }, names(&claim.assessors), words(lang, claim)),
                to.zip(Some(claim.id.as_str()))))
        }
        (cell(WHAT, target, "what", &proposition.weighing.headline, None))
    };
    (height, drawn)
}

fn middle(row: usize) -> usize {
    8 + row * ROW + BOX / 2
}

/// A box with as much of its text as fits; a pointer that rests on it shows all.
fn cell(
    (left, width): (usize, usize),
    middle: usize,
    class: &str,
    text: &str,
    leads: Option<(To<'_>, &str)>,
) -> Markup {
    let part = html! {
        rect x=(left) y=(middle - BOX / 2) width=(width) height=(BOX) rx="4" {}
        text x=(left + 8) y=(middle + 4) { (cut(text, width / 8 - 2)) }
    };
    let (to, id) = leads.unzip();
    html! { g class=(class) { (led(to, id, text, part)) } }
}
