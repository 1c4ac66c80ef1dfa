//! DISARM's matrix, coloured by who uses what.

use super::Picture;
use super::frame::{To, frame, label, led, px};
use crate::answer::matrix::{MarkedRow, Matrix, Show};
use maud::html;
use std::collections::{BTreeSet, HashMap};

const WIDE: f64 = 92.0;
const ROW: f64 = 15.0;

/// How a cell is drawn: its class, how strongly, and what is said of it.
struct Mark {
    class: &'static str,
    strength: f64,
    says: String,
    /// What stands in the cell, so that it does not speak by colour alone.
    sign: String,
}

/// How strongly the least of what is counted is drawn.
const FAINT: f64 = 0.25;

/// How the cells that are marked are drawn, by technique.
fn marks(found: &Matrix) -> HashMap<&str, Mark> {
    let rows = &found.techniques;
    let most = rows.iter().map(|row| row.users).max().unwrap_or(1) as f64;
    let dates: BTreeSet<&str> = rows.iter().filter_map(|row| row.since.as_deref()).collect();
    let dates: Vec<&str> = dates.into_iter().collect();
    let first = found.of.first().map(|one| one.id.as_str());
    let mark = |row: &MarkedRow| {
        let by: Vec<&str> = row.by.iter().map(|user| user.who.label.as_str()).collect();
        let (class, part, says, sign) = match found.show {
            Show::One => ("gain", 1.0, by.join(", "), "●".to_owned()),
            Show::Intersection => ("gain", 1.0, by.join(", "), "A∩B".to_owned()),
            Show::Difference => {
                let is_first = row
                    .by
                    .iter()
                    .any(|user| Some(user.who.id.as_str()) == first);
                let (class, sign) = if is_first {
                    ("gain", "A")
                } else {
                    ("loss", "B")
                };
                (class, 1.0, by.join(", "), sign.to_owned())
            }
            Show::Frequency => {
                let users = row.users.to_string();
                ("gain", row.users as f64 / most, users.clone(), users)
            }
            Show::FirstSeen => {
                let since = row.since.as_deref().unwrap_or_default();
                let place = dates.binary_search(&since).unwrap_or(0) + 1;
                let sign = since.chars().take(7).collect();
                let part = place as f64 / dates.len() as f64;
                ("gain", part, since.to_owned(), sign)
            }
        };
        Mark {
            class,
            strength: FAINT + (1.0 - FAINT) * part,
            says,
            sign,
        }
    };
    rows.iter()
        .map(|row| (row.id.as_str(), mark(row)))
        .collect()
}

fn heading(found: &Matrix, lang: &str) -> String {
    let say = |en: &str, fr: &str| if lang == "fr" { fr } else { en }.to_owned();
    let names: Vec<&str> = found.of.iter().map(|one| one.label.as_str()).collect();
    let of_names = |what: String| format!("{what} {}", names.join(", "));
    let among = |what: String| match names.is_empty() {
        true => what,
        false => format!("{what}{} {}", say(":", " :"), names.join(", ")),
    };
    match found.show {
        Show::One => of_names(say("Techniques of", "Techniques de")),
        Show::Intersection => of_names(say("Techniques that both use:", "Techniques communes :")),
        Show::Difference => of_names(say(
            "Techniques that one uses and the other does not (blue and orange):",
            "Techniques de l’une et non de l’autre (bleu et orange) :",
        )),
        Show::Frequency => among(say(
            "How many use each technique",
            "Combien emploient chaque technique",
        )),
        Show::FirstSeen => among(say(
            "When each technique was first seen; the darker, the later",
            "Quand chaque technique fut d’abord vue ; plus foncé, plus tard",
        )),
    }
}

/// Draws it; with `to`, each cell that is marked is the way to its technique.
pub(crate) fn matrix(found: &Matrix, lang: &str, to: Option<To<'_>>) -> Picture {
    let say = |en: &str, fr: &str| if lang == "fr" { fr } else { en }.to_owned();
    let marks = marks(found);
    let tactics = &found.tactics;
    let title = heading(found, lang);
    let about = format!(
        "{}: {}",
        say("Techniques marked", "Techniques marquées"),
        found.techniques.len()
    );
    let deepest = tactics
        .iter()
        .map(|t| t.techniques.len())
        .max()
        .unwrap_or(0);
    let top = 70.0;
    let width = 16.0 + WIDE * tactics.len() as f64;
    let height = top + ROW * deepest as f64 + 16.0;
    let svg = frame(
        width as u32,
        height as u32,
        &title,
        &about,
        html! {
            (label(8.0, 24.0, "ink", "start", 160, &title))
            @for (column, tactic) in (0_u32..).zip(tactics) {
                @let x = 8.0 + WIDE * f64::from(column);
                (label(x + 2.0, 46.0, "ink", "start", 13, &tactic.number))
                (label(x + 2.0, 60.0, "soft", "start", 12, &tactic.label))
                @for (row, technique) in (0_u32..).zip(&tactic.techniques) {
                    @let y = top + ROW * f64::from(row);
                    @let found = marks.get(technique.id.as_str());
                    @let says = found.map_or_else(String::new, |found| format!(": {}", found.says));
                    @let says = format!("{} {}{says}", technique.number, technique.label);
                    (led(to, found.map(|_| technique.id.as_str()), &says, html! {
                        rect.cell x=(px(x)) y=(px(y)) width=(px(WIDE - 4.0)) height=(px(ROW - 2.0)) {}
                        @if let Some(found) = found {
                            rect class=(found.class) fill-opacity=(px(found.strength)) x=(px(x)) y=(px(y))
                                width=(px(WIDE - 4.0)) height=(px(ROW - 2.0)) {}
                        }
                        @if let Some(found) = found {
                            text class=(if found.strength > 0.6 { "on-gain" } else { "ink" }) text-anchor="end"
                                x=(px(x + WIDE - 8.0)) y=(px(y + 10.0)) font-size="10" { (found.sign) }
                        }
                        text class=(if found.is_some_and(|f| f.strength > 0.6) { "on-gain" } else { "ink" })
                            x=(px(x + 4.0)) y=(px(y + 10.0)) font-size="10" { (technique.number) }
                    }))
                }
            }
        },
    );
    let table = html! {
        table {
            caption { (title) }
            thead { tr {
                th scope="col" { (say("tactic", "tactique")) }
                th scope="col" { (say("technique", "technique")) }
                th scope="col" { (say("mark", "marque")) }
            } }
            tbody { @for row in &found.techniques { tr {
                td { (row.tactic.number) " " (row.tactic.label) }
                th scope="row" { (row.technique.number) " " (row.technique.label) }
                td { @if let Some(mark) = marks.get(row.id.as_str()) { (mark.says) } }
            } } }
        }
    };
    Picture { title, svg, table }
}
