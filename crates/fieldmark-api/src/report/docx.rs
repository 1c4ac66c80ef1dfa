//! A dossier as a Word document (Office Open XML), with its marking at the head of every page.

use super::{
    chronology, dated, headed, in_a_line, lens, likely, line, marking, names, place, questions,
    sames, say, stated, title, warnings, words,
};
use crate::answer::dossier::{DossierRow, PropositionRow};
use docx_rs::{
    Docx, DocxError, Header, Paragraph, Run, Style, StyleType, Table, TableCell, TableRow,
};
use std::collections::BTreeSet;
use std::io::Cursor;

/// The sizes of headings, in half points.
const HEADINGS: [(&str, &str, usize); 3] = [
    ("Heading1", "heading 1", 36),
    ("Heading2", "heading 2", 28),
    ("Heading3", "heading 3", 24),
];

/// The whole of each dossier, one after the other.
///
/// # Errors
/// When the document cannot be packed.
pub(crate) fn docx(dossiers: &[DossierRow], lang: &str) -> Result<Vec<u8>, DocxError> {
    let lines: BTreeSet<String> = dossiers.iter().map(|one| one.made.line(lang)).collect();
    let mut header = Header::new();
    for line in &lines {
        header = header.add_paragraph(bold(line));
    }
    let mut out = Docx::new().header(header);
    for (id, name, size) in HEADINGS {
        let style = Style::new(id, StyleType::Paragraph);
        out = out.add_style(style.name(name).bold().size(size));
    }
    for (at, one) in dossiers.iter().enumerate() {
        out = dossier(out, lang, one, at > 0);
    }
    let mut bytes = Cursor::new(Vec::new());
    out.build().pack(&mut bytes)?;
    Ok(bytes.into_inner())
}

fn dossier(mut out: Docx, lang: &str, dossier: &DossierRow, anew: bool) -> Docx {
    out = out
        .add_paragraph(heading(0, &dossier.subject.label).page_break_before(anew))
        .add_paragraph(text(&dossier.subject.id));
    if let Some(date) = &dossier.asserted_by {
        let asserted = say(lang, "As asserted by", "Tel qu’affirmé au");
        out = out.add_paragraph(text(&format!("{asserted} {date}.")));
    }
    if let Some(lens) = lens(lang, &dossier.lens) {
        out = out.add_paragraph(text(&lens));
    }
    let taken = say(lang, "Taken for the same", "Tenu pour le même");
    out = list(out, 1, taken, &sames(lang, &dossier.lens));
    if let Some(cut) = &dossier.cut {
        out = out.add_paragraph(bold(cut));
    }
    for (above, one) in headed(lang, &dossier.propositions) {
        if let Some(above) = above {
            out = out.add_paragraph(heading(0, &above));
        }
        out = proposition(out, lang, one);
    }
    for (above, rows) in stated(lang, dossier) {
        out = list(out, 1, above, &rows);
    }
    let in_order = chronology(&dossier.propositions);
    let in_order = in_order
        .into_iter()
        .map(|claim| in_a_line(lang, claim, &claim.id));
    let in_order: Vec<String> = in_order.collect();
    list(
        out,
        1,
        say(lang, "In order of time", "Dans l’ordre du temps"),
        &in_order,
    )
}

fn proposition(mut out: Docx, lang: &str, one: &PropositionRow) -> Docx {
    let weighing = &one.weighing;
    let rule = say(lang, "rule", "règle");
    out = out
        .add_paragraph(heading(1, &title(one)))
        .add_paragraph(bold(&weighing.headline))
        .add_paragraph(text(&format!(
            "{rule} {}, γ = {}",
            weighing.rule, weighing.gamma
        )));
    let heads = match lang {
        "fr" => ["mots", "qui", "date", "probabilité", "endroit"],
        _ => ["words", "who", "date", "how likely", "place"],
    };
    let cell = |of: Paragraph| TableCell::new().add_paragraph(of);
    let mut rows = vec![TableRow::new(heads.map(|head| cell(bold(head))).to_vec())];
    for claim in &one.claims {
        let denies = match claim.polarity {
            "denies" => say(lang, "DENIES: ", "NIE : "),
            _ => "",
        };
        let cells = [
            format!("{}{denies}{}", marking(claim), words(lang, claim)),
            names(&claim.assessors),
            dated(lang, claim),
            likely(lang, claim),
            place(claim),
        ];
        rows.push(TableRow::new(cells.map(|one| cell(text(&one))).to_vec()));
    }
    out = out.add_table(Table::new(rows));
    let lines: Vec<String> = weighing
        .lines
        .iter()
        .map(|each| line(lang, one, each))
        .collect();
    out = list(
        out,
        2,
        say(lang, "Lines of evidence", "Lignes de preuve"),
        &lines,
    );
    out = list(
        out,
        2,
        say(lang, "Beware", "Attention"),
        &warnings(lang, one),
    );
    let open = say(lang, "Open questions", "Questions ouvertes");
    list(out, 2, open, &questions(lang, one))
}

/// Sentences under a heading; nothing where there are none.
fn list(mut out: Docx, level: usize, above: &str, sentences: &[String]) -> Docx {
    if sentences.is_empty() {
        return out;
    }
    out = out.add_paragraph(heading(level, above));
    for sentence in sentences {
        out = out.add_paragraph(text(&format!("• {sentence}")));
    }
    out
}

fn heading(level: usize, words: &str) -> Paragraph {
    text(words).style(HEADINGS[level].0)
}

fn bold(words: &str) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(plain(words)).bold())
}

fn text(words: &str) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(plain(words)))
}

/// Without what XML 1.0 (2.2) has no place for.
fn plain(words: &str) -> String {
    let fits = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let plain = words.chars().map(|c| if fits(c) { c } else { ' ' });
    plain.collect()
}
