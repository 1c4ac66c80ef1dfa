//! The evidence graph of one proposition, drawn: grounds on the left, claims in the middle, what
//! is claimed on the right. A line from a ground to a claim that only leans on it is dashed. The
//! tables beside it say the same in words.

use super::{marking, names, say, title, words};
use crate::answer::dossier::PropositionRow;
use crate::pictures::cut;
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
/// More would be no picture any more; the tables have all of them.
const MOST: usize = 60;

/// The drawing; `number` tells it from others on the page.
pub(crate) fn graph(lang: &str, proposition: &PropositionRow, number: usize) -> Markup {
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
    let (title_id, desc_id) = (format!("g{number}t"), format!("g{number}d"));
    html! {
        svg role="img" aria-labelledby=(format!("{title_id} {desc_id}")) xmlns="http://www.w3.org/2000/svg"
            viewBox=(format!("0 0 960 {height}")) width="960" height=(height) {
            title id=(title_id) { (say(lang, "Evidence for: ", "Preuves pour : ")) (title(proposition)) }
            desc id=(desc_id) {
                (say(lang,
                    "Grounds on the left, claims in the middle, what is claimed on the right; dashed: the claim leans on the ground through others. The tables below say the same. Headline: ",
                    "À gauche les fondements, au milieu les affirmations, à droite ce qui est affirmé ; en tirets : l’affirmation s’appuie sur le fondement à travers d’autres. Les tableaux ci-dessous disent la même chose. En un mot : "))
                (proposition.weighing.headline) "."
            }
            @for (row, line) in lines.iter().enumerate() {
                @for claim in &line.primaries { @if let Some(y) = at.get(claim.as_str()) {
                    line x1=(GROUND.0 + GROUND.1) y1=(middle(row)) x2=(CLAIM.0) y2=(y) class="own" {}
                } }
                @for claim in &line.derivatives { @if let Some(y) = at.get(claim.as_str()) {
                    line x1=(GROUND.0 + GROUND.1) y1=(middle(row)) x2=(CLAIM.0) y2=(y) class="leans" {}
                } }
                (cell(GROUND, middle(row), "ground", &names(&line.roots)))
            }
            @for claim in claims {
                @let y = at[claim.id.as_str()];
                @let denies = claim.polarity == "denies";
                line x1=(CLAIM.0 + CLAIM.1) y1=(y) x2=(WHAT.0) y2=(target) class=(if denies { "against" } else { "own" }) {}
                (cell(CLAIM, y, if denies { "claim against" } else { "claim" },
                    &format!("{}{}{}: {}", marking(claim), if denies { "✗ " } else { "" }, names(&claim.assessors), words(lang, claim))))
            }
            (cell(WHAT, target, "what", &proposition.weighing.headline))
        }
    }
}

fn middle(row: usize) -> usize {
    8 + row * ROW + BOX / 2
}

/// A box with as much of its text as fits; a pointer that rests on it shows all.
fn cell((left, width): (usize, usize), middle: usize, class: &str, text: &str) -> Markup {
    html! {
        g class=(class) {
            title { (text) }
            rect x=(left) y=(middle - BOX / 2) width=(width) height=(BOX) rx="4" {}
            text x=(left + 8) y=(middle + 4) { (cut(text, width / 8 - 2)) }
        }
    }
}
