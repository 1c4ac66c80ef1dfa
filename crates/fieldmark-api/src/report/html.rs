//! A paper as one HTML file: no script, no font, no picture from elsewhere.

use super::paper::{Block, Look, Paper, Text};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeSet;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
h1,h2,h3{line-height:1.2}table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:left;vertical-align:top}\
svg{max-width:100%;height:auto;border:1px solid #767676}.marking{font-weight:600;border:1px solid #1b1b1b;padding:.2rem .5rem}\
code{font-size:.85em;overflow-wrap:anywhere}@media print{hr{break-after:page;border:0}}";

/// Writes it.
pub(crate) fn html(paper: &Paper) -> String {
    let styles = paper.blocks.iter().filter_map(|block| match block {
        Block::Drawing { style, .. } => Some(*style),
        _ => None,
    });
    let styles: BTreeSet<&str> = styles.collect();
    let head = html! { @for line in &paper.head { p.marking { (line) } } };
    html! {
        (DOCTYPE)
        html lang=(paper.lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (paper.title) " · Fieldmark" }
                style { (PreEscaped(STYLE)) @for style in styles { (PreEscaped(style)) } }
            }
            body { main {
                (head)
                @for one in &paper.blocks { (block(one)) }
                (head)
            } }
        }
    }
    .into_string()
}

fn block(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Break => hr;,
            Block::Heading { level: 1, text } => h1 { (text) },
            Block::Heading { level: 2, text } => h2 { (text) },
            Block::Heading { text, .. } => h3 { (text) },
            Block::Text { text: said } => p { (text(said)) },
            Block::List { items } => ul { @for item in items { li { (text(item)) } } },
            Block::Table { columns, rows } => table {
                thead { tr { @for column in columns { th scope="col" { (column.head) } } } }
                tbody { @for row in rows { tr { @for cell in row { td { (text(cell)) } } } } }
            },
            Block::Drawing { svg, .. } => (PreEscaped(svg)),
        }
    }
}

fn text(text: &Text) -> Markup {
    html! {
        @for part in &text.parts { @match &part.look {
            Look::Plain => (part.text),
            Look::Strong => strong { (part.text) },
            Look::Code => code { (part.text) },
            Look::Quote { lang } => q lang=(lang) { (part.text) },
        } }
    }
}
