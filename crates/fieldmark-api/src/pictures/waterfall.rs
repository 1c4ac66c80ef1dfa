//! The waterfall of an overlap: every line, chance taken off, what is left.

use super::Picture;
use super::frame::{To, frame, label, led, px};
use crate::answer::overlap::Comparison;
use crate::answer::words::{bits, family};
use maud::html;

const ROW: f64 = 24.0;
const LEFT: f64 = 330.0;
const WIDE: f64 = 400.0;
/// More lines than this are drawn as one, with their sum.
const MOST: usize = 30;

struct Bar {
    what: String,
    /// The record it is about.
    id: Option<String>,
    family: String,
    from: f64,
    to: f64,
    class: &'static str,
}

/// Draws it; with `to`, each line about a record is the way to it.
pub(crate) fn waterfall(found: &Comparison, lang: &str, to: Option<To<'_>>) -> Picture {
    let say = |en: &str, fr: &str| if lang == "fr" { fr } else { en }.to_owned();
    let tally = &found.tally;
    let mut bars: Vec<Bar> = Vec::new();
    let mut at = 0.0;
    let mut add = |what: String, id: Option<String>, family: String, by: f64| {
        bars.push(Bar {
            what,
            id,
            family,
            from: at,
            to: at + by,
            class: if by < 0.0 { "loss" } else { "gain" },
        });
        at += by;
    };
    // A feature that tells nothing beyond what is broader moves nothing and is left to the table of
    // the answer itself.
    let lines: Vec<_> = tally.lines.iter().filter(|line| line.bits > 0.0).collect();
    for line in lines.iter().take(MOST) {
        add(
            line.feature.label.clone(),
            line.feature.id.clone(),
            family(&line.feature.family, lang),
            line.bits,
        );
    }
    let rest = lines.iter().skip(MOST);
    let (count, sum) = rest.fold((0, 0.0), |(count, sum), line| (count + 1, sum + line.bits));
    if count > 0 {
        add(
            say(&format!("{count} more"), &format!("{count} de plus")),
            None,
            String::new(),
            sum,
        );
    }
    for chance in &tally.chance {
        add(
            say("by chance", "par hasard"),
            None,
            family(&chance.family, lang),
            -chance.bits,
        );
    }
    bars.push(Bar {
        what: say("beyond chance", "au-delà du hasard"),
        id: None,
        family: String::new(),
        from: 0.0,
        to: tally.excess,
        class: "whole",
    });
    let ends = || bars.iter().flat_map(|bar| [bar.from, bar.to]);
    let low = ends().fold(0.0, f64::min);
    let high = ends().fold(0.0, f64::max);
    let scale = WIDE / (high - low).max(1e-9);
    let x = |value: f64| LEFT + (value - low) * scale;
    let top = 64.0;
    let height = top + ROW * bars.len() as f64 + 24.0;
    let title = format!(
        "{} {} {}",
        found.left.label,
        say("and", "et"),
        found.right.label
    );
    let svg = frame(
        960,
        height as u32,
        &title,
        &tally.says,
        html! {
            (label(16.0, 24.0, "ink", "start", 110, &title))
            (label(16.0, 44.0, "soft", "start", 118, &tally.says))
            path.rule d=(format!("M{} {}V{}", px(x(0.0)), px(top - 6.0), px(height - 16.0))) {}
            @for (row, bar) in (0_u32..).zip(&bars) {
                @let y = top + ROW * f64::from(row);
                @let says = format!("{} {} {}", bar.what, bar.family, bits(bar.to - bar.from, lang));
                (led(to, bar.id.as_deref(), &says, html! {
                    (label(LEFT - 10.0, y + 14.0, "ink", "end", 34, &bar.what))
                    rect class=(bar.class) x=(px(x(bar.from.min(bar.to)))) y=(px(y + 3.0))
                        width=(px(((bar.to - bar.from).abs() * scale).max(1.0))) height="15" {}
                }))
                (label(LEFT + WIDE + 14.0, y + 14.0, "ink", "start", 12, &bits(bar.to - bar.from, lang)))
                (label(LEFT + WIDE + 72.0, y + 14.0, "soft", "start", 22, &bar.family))
            }
        },
    );
    let table = html! {
        table {
            caption { (tally.says) }
            thead { tr {
                th scope="col" { (say("feature", "trait")) }
                th scope="col" { (say("family", "famille")) }
                th scope="col" { "bits" }
            } }
            tbody { @for bar in &bars { tr {
                th scope="row" { (bar.what) } td { (bar.family) } td { (bits(bar.to - bar.from, lang)) }
            } } }
        }
    };
    Picture { title, svg, table }
}
