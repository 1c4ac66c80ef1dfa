//! A dossier as Markdown (CommonMark with GitHub's tables).

use super::{
    chronology, dated, headed, lens, likely, line, marking, names, place, questions, sames, say,
    stated, title, warnings, words,
};
use crate::answer::dossier::DossierRow;
use crate::answer::words::colon;

/// The whole of each dossier, one after the other.
pub(crate) fn markdown(dossiers: &[DossierRow], lang: &str) -> String {
    let each = dossiers.iter().map(|dossier| one(dossier, lang));
    each.collect::<Vec<_>>().join("\n---\n\n")
}

fn one(dossier: &DossierRow, lang: &str) -> String {
    let mut out = format!(
        "**{}**\n\n# {}\n\n`{}`\n\n",
        plain(&dossier.made.line(lang)),
        plain(&dossier.subject.label),
        dossier.subject.id
    );
    if let Some(date) = &dossier.asserted_by {
        let asserted = say(lang, "As asserted by", "Tel qu’affirmé au");
        out.push_str(&format!("{asserted} {}.\n\n", plain(date)));
    }
    if let Some(lens) = lens(lang, &dossier.lens) {
        out.push_str(&format!("{}\n\n", plain(&lens)));
    }
    list(
        &mut out,
        say(lang, "Taken for the same", "Tenu pour le même"),
        &sames(lang, &dossier.lens),
    );
    out.push('\n');
    if let Some(cut) = &dossier.cut {
        out.push_str(&format!("**{}**\n\n", plain(cut)));
    }
    for (heading, proposition) in headed(lang, &dossier.propositions) {
        let weighing = &proposition.weighing;
        if let Some(heading) = heading {
            out.push_str(&format!("# {}\n\n", plain(&heading)));
        }
        out.push_str(&format!(
            "## {}\n\n**{}** — {} {}, γ = {}\n\n",
            plain(&title(proposition)),
            plain(&weighing.headline),
            say(lang, "rule", "règle"),
            weighing.rule,
            weighing.gamma,
        ));
        let headings = say(
            lang,
            "| words | who | date | how likely | place |",
            "| mots | qui | date | probabilité | endroit |",
        );
        out.push_str(&format!("{headings}\n|---|---|---|---|---|\n"));
        for claim in &proposition.claims {
            let denies = match claim.polarity {
                "denies" => say(lang, "DENIES: ", "NIE : "),
                _ => "",
            };
            out.push_str(&format!(
                "| {}{denies}{} | {} | {} | {} | {} |\n",
                plain(&marking(claim)),
                plain(&words(lang, claim)),
                plain(&names(&claim.assessors)),
                plain(&dated(lang, claim)),
                plain(&likely(lang, claim)),
                plain(&place(claim)),
            ));
        }
        out.push_str(&format!(
            "\n### {}\n\n",
            say(lang, "Lines of evidence", "Lignes de preuve")
        ));
        for one in &weighing.lines {
            out.push_str(&format!("1. {}\n", plain(&line(lang, proposition, one))));
        }
        list(
            &mut out,
            say(lang, "Beware", "Attention"),
            &warnings(lang, proposition),
        );
        list(
            &mut out,
            say(lang, "Open questions", "Questions ouvertes"),
            &questions(lang, proposition),
        );
        out.push('\n');
    }
    for (heading, rows) in stated(lang, dossier) {
        if !rows.is_empty() {
            out.push_str(&format!("## {heading}\n\n"));
            rows.iter()
                .for_each(|row| out.push_str(&format!("- {}\n", plain(row))));
            out.push('\n');
        }
    }
    out.push_str(&format!(
        "## {}\n\n",
        say(lang, "In order of time", "Dans l’ordre du temps")
    ));
    for claim in chronology(&dossier.propositions) {
        out.push_str(&format!(
            "- {}{}{} {} — {} `{}`\n",
            plain(&marking(claim)),
            plain(&dated(lang, claim)),
            colon(lang),
            plain(&names(&claim.assessors)),
            plain(&words(lang, claim)),
            claim.id
        ));
    }
    out
}

fn list(out: &mut String, heading: &str, sentences: &[String]) {
    if sentences.is_empty() {
        return;
    }
    out.push_str(&format!("\n### {heading}\n\n"));
    for sentence in sentences {
        out.push_str(&format!("- {}\n", plain(sentence)));
    }
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
