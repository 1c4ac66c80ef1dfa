//! A paper as a Word document (Office Open XML), with its marking at the head of every page, without
//! its drawings.

use super::paper::{Block, Look, Paper, Text};
use crate::answer::claim::quote;
use docx_rs::{
    Docx, DocxError, Header, Paragraph, Run, RunFonts, Style, StyleType, Table, TableCell, TableRow,
};
use std::io::Cursor;

/// The sizes of headings, in half points.
const HEADINGS: [(&str, &str, usize); 3] = [
    ("Heading1", "heading 1", 36),
    ("Heading2", "heading 2", 28),
    ("Heading3", "heading 3", 24),
];

/// Writes it.
///
/// # Errors
/// When the document cannot be packed.
pub(crate) fn docx(paper: &Paper) -> Result<Vec<u8>, DocxError> {
    let mut header = Header::new();
    for line in &paper.head {
        header = header.add_paragraph(bold(line));
    }
    let mut out = Docx::new().header(header);
    for (id, name, size) in HEADINGS {
        let style = Style::new(id, StyleType::Paragraph);
        out = out.add_style(style.name(name).bold().size(size));
    }
    let mut anew = false;
    for one in &paper.blocks {
        out = match one {
            Block::Break => {
                anew = true;
                continue;
            }
            Block::Heading { level, text } => {
                let heading = Paragraph::new().style(HEADINGS[level.saturating_sub(1).min(2)].0);
                let heading = heading.add_run(Run::new().add_text(plain(text)));
                out.add_paragraph(heading.page_break_before(std::mem::take(&mut anew)))
            }
            Block::Text { text } => out.add_paragraph(said(&paper.lang, "", text)),
            Block::List { items } => items.iter().fold(out, |out, item| {
                out.add_paragraph(said(&paper.lang, "• ", item))
            }),
            Block::Table { columns, rows } => {
                let cell = |of: Paragraph| TableCell::new().add_paragraph(of);
                let head = columns.iter().map(|column| cell(bold(column.head)));
                let mut all = vec![TableRow::new(head.collect())];
                all.extend(rows.iter().map(|row| {
                    let cells = row.iter().map(|text| cell(said(&paper.lang, "", text)));
                    TableRow::new(cells.collect())
                }));
                out.add_table(Table::new(all))
            }
            Block::Drawing { .. } => continue,
        };
    }
    let mut bytes = Cursor::new(Vec::new());
    out.build().pack(&mut bytes)?;
    Ok(bytes.into_inner())
}

/// A paragraph, with something before it.
fn said(lang: &str, before: &str, text: &Text) -> Paragraph {
    let mut out = Paragraph::new();
    if !before.is_empty() {
        out = out.add_run(Run::new().add_text(before));
    }
    for part in &text.parts {
        let run = |text: &str| Run::new().add_text(plain(text));
        out = out.add_run(match &part.look {
            Look::Plain => run(&part.text),
            Look::Strong => run(&part.text).bold(),
            Look::Code => run(&part.text).fonts(RunFonts::new().ascii("Courier New")),
            Look::Quote { .. } => run(&quote(&part.text, lang)),
        });
    }
    out
}

fn bold(words: &str) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(plain(words)).bold())
}

/// Without what XML 1.0 (2.2) has no place for.
fn plain(words: &str) -> String {
    let fits = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let plain = words.chars().map(|c| if fits(c) { c } else { ' ' });
    plain.collect()
}
