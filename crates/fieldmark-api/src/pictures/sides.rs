//! Two campaigns side by side: what only the one has, what both have, what only the other has.

use super::Picture;
use super::frame::{To, frame, label, led, px};
use crate::answer::overlap::Comparison;
use crate::answer::tally::{LackedRow, TraitRow};
use crate::answer::words::bits;
use maud::{Markup, html};

const ROW: f64 = 20.0;
const COLUMN: f64 = 330.0;
/// More than this in a column are counted and not drawn.
const MOST: usize = 25;

/// One entry of a column.
struct Entry {
    name: String,
    /// The record it is.
    id: Option<String>,
    class: &'static str,
    /// What it tells, in bits.
    tells: Option<f64>,
}

impl Entry {
    fn of(feature: &TraitRow, class: &'static str, tells: Option<f64>) -> Self {
        Self {
            name: feature.label.clone(),
            id: feature.id.clone(),
            class,
            tells,
        }
    }
}

/// Draws it; with `to`, each entry that is a record is the way to it.
pub(crate) fn sides(found: &Comparison, lang: &str, to: Option<To<'_>>) -> Picture {
    let say = |en: &str, fr: &str| if lang == "fr" { fr } else { en }.to_owned();
    let only = |lacked: &[LackedRow]| -> Vec<Entry> {
        let each = lacked.iter();
        each.map(|one| {
            let class = if one.contradicts { "loss" } else { "soft" };
            Entry::of(&one.feature, class, Some(one.information))
        })
        .collect()
    };
    let hard = found.shared.iter().filter(|shared| shared.hard);
    let soft = found.tally.lines.iter();
    let both: Vec<Entry> = hard
        .map(|shared| Entry {
            name: shared.feature.label.clone(),
            id: shared.feature.id.clone(),
            class: "hard",
            tells: None,
        })
        .chain(soft.map(|line| Entry::of(&line.feature, "gain", Some(line.bits))))
        .collect();
    let columns = [
        (
            format!("{} {}", say("Only", "Seulement"), found.left.label),
            only(&found.tally.only_left),
        ),
        (say("Both", "Les deux"), both),
        (
            format!("{} {}", say("Only", "Seulement"), found.right.label),
            only(&found.tally.only_right),
        ),
    ];
    let rows = columns
        .iter()
        .map(|(_, entries)| entries.len().min(MOST) + 2)
        .max()
        .unwrap_or(2);
    let top = 92.0;
    let height = top + ROW * rows as f64;
    let title = format!(
        "{} {} {}",
        found.left.label,
        say("and", "et"),
        found.right.label
    );
    let key = say(
        "violet: hard; blue: shared, in bits; orange: speaks against a link",
        "violet : probant ; bleu : commun, en bits ; orange : contre un lien",
    );
    let svg = frame(
        1020,
        height as u32,
        &title,
        &found.tally.says,
        html! {
            (label(16.0, 24.0, "ink", "start", 120, &title))
            (label(16.0, 44.0, "soft", "start", 140, &found.tally.says))
            (label(16.0, 62.0, "soft", "start", 140, &key))
            @for (at, (name, entries)) in (0_u32..).zip(&columns) {
                @let x = 16.0 + COLUMN * f64::from(at);
                (label(x, top, "ink", "start", 42, &format!("{name} ({})", entries.len())))
                path.rule d=(format!("M{} {}h{}", px(x), px(top + 6.0), px(COLUMN - 24.0))) {}
                (column(entries, (x, top + 26.0), lang, to))
            }
        },
    );
    let table = html! {
        table {
            caption { (found.tally.says) }
            thead { tr { @for (name, _) in &columns { th scope="col" { (name) } } } }
            tbody { tr { @for (_, entries) in &columns { td { ul {
                @for Entry { name, tells, .. } in entries {
                    li { (name) @if let Some(tells) = tells { " (" (bits(*tells, lang)) ")" } }
                }
            } } } } }
        }
    };
    Picture { title, svg, table }
}

fn column(entries: &[Entry], (x, top): (f64, f64), lang: &str, to: Option<To<'_>>) -> Markup {
    let more = entries.len().saturating_sub(MOST);
    html! {
        @for (row, one) in (0_u32..).zip(entries.iter().take(MOST)) {
            @let y = top + ROW * f64::from(row);
            (led(to, one.id.as_deref(), &one.name, html! {
                circle class=(one.class) cx=(px(x + 5.0)) cy=(px(y - 4.0)) r="4" {}
                (label(x + 16.0, y, "ink", "start", 32, &one.name))
            }))
            @if let Some(tells) = one.tells {
                (label(x + COLUMN - 30.0, y, "soft", "end", 10, &bits(tells, lang)))
            }
        }
        @if more > 0 {
            (label(x + 16.0, top + ROW * MOST as f64, "soft", "start", 40, &format!("+{more}")))
        }
    }
}
