//! A paper as Markdown (CommonMark with GitHub's tables), without its drawings.

use super::paper::{Block, Look, Paper, Text};
use crate::answer::claim::quote;

/// Writes it.
pub(crate) fn markdown(paper: &Paper) -> String {
    let mut out = String::new();
    for line in &paper.head {
        out.push_str(&format!("**{}**\n\n", plain(line)));
    }
    for one in &paper.blocks {
        block(&mut out, &paper.lang, one);
    }
    out
}

fn block(out: &mut String, lang: &str, block: &Block) {
    let text = |one: &Text| text(lang, one);
    match block {
        Block::Break => out.push_str("---\n\n"),
        Block::Heading { level, text } => {
            out.push_str(&format!("{} {}\n\n", "#".repeat(*level), plain(text)));
        }
        Block::Text { text: said } => out.push_str(&format!("{}\n\n", text(said))),
        Block::List { items } => {
            for item in items {
                out.push_str(&format!("- {}\n", text(item)));
            }
            out.push('\n');
        }
        Block::Table { columns, rows } => {
            let mut row = |cells: Vec<String>| {
                out.push_str(&format!("| {} |\n", cells.join(" | ")));
            };
            row(columns.iter().map(|one| plain(one.head)).collect());
            row(columns.iter().map(|_| "---".to_owned()).collect());
            for cells in rows {
                row(cells.iter().map(text).collect());
            }
            out.push('\n');
        }
        Block::Drawing { .. } => {}
    }
}

fn text(lang: &str, text: &Text) -> String {
    let part = |look: &Look, said: &str| match look {
        Look::Plain => plain(said),
        // A blank before the closing asterisks would keep them from closing.
        Look::Strong => {
            let said = plain(said);
            let strong = said.trim_end();
            format!("**{strong}**{}", &said[strong.len()..])
        }
        // An id has nothing in it that would end it.
        Look::Code => format!("`{said}`"),
        Look::Quote { .. } => plain(&quote(said, lang)),
    };
    let parts = text.parts.iter().map(|one| part(&one.look, &one.text));
    parts.collect()
}

/// Text that stays text: no markup, no table cell, no line of its own.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
