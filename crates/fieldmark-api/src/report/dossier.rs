//! A dossier as a paper.

use super::graph::{self, graph};
use super::paper::{Block, Column, Paper, Text};
use super::{
    chronology, dated, headed, lens, likely, line, marking, names, place, questions, sames, say,
    stated, title, warnings,
};
use crate::answer::claim::ClaimRow;
use crate::answer::dossier::{DossierRow, PropositionRow};
use crate::answer::words::colon;
use fieldmark_rdf::ontology;
use std::collections::BTreeSet;

/// The whole of each dossier, one after the other.
pub(crate) fn paper(dossiers: &[DossierRow], lang: &str) -> Paper {
    let head: BTreeSet<String> = dossiers.iter().map(|one| one.made.line(lang)).collect();
    let mut names: Vec<&str> = dossiers
        .iter()
        .map(|one| one.subject.label.as_str())
        .collect();
    names.dedup();
    let mut paper = Paper {
        lang: lang.to_owned(),
        title: format!("{} · dossier", names.join(", ")),
        head: head.into_iter().collect(),
        blocks: Vec::new(),
    };
    let mut drawn = 0;
    for (at, one) in dossiers.iter().enumerate() {
        if at > 0 {
            paper.blocks.push(Block::Break);
        }
        dossier(&mut paper, lang, one, &mut drawn);
    }
    paper
}

fn dossier(paper: &mut Paper, lang: &str, dossier: &DossierRow, drawn: &mut usize) {
    paper.heading(1, &dossier.subject.label);
    paper.text(Text::default().code(&dossier.subject.id));
    if let Some(date) = &dossier.asserted_by {
        let asserted = say(lang, "As asserted by", "Tel qu’affirmé au");
        paper.text(format!("{asserted} {date}."));
    }
    let scale = say(
        lang,
        "Words of likelihood in the headlines are those of the scale",
        "Les mots de probabilité des titres sont ceux de l’échelle",
    );
    let called = ontology::label(&dossier.scale, lang);
    let called = called.as_deref().unwrap_or(&dossier.scale);
    paper.text(format!("{scale} {called}."));
    if let Some(lens) = lens(lang, &dossier.lens) {
        paper.text(lens);
    }
    let taken = say(lang, "Taken for the same", "Tenu pour le même");
    paper.list(2, taken, sames(lang, &dossier.lens));
    if let Some(cut) = &dossier.cut {
        paper.text(Text::default().strong(cut));
    }
    for (above, one) in headed(lang, &dossier.propositions) {
        if let Some(above) = above {
            paper.heading(1, above);
        }
        proposition(paper, lang, one, *drawn);
        *drawn += 1;
    }
    for (above, rows) in stated(lang, dossier) {
        paper.list(2, above, rows);
    }
    let in_order = chronology(&dossier.propositions);
    let in_order = in_order.into_iter().map(|claim| {
        let who = names(&claim.assessors);
        Text::from(marking(claim))
            .plain(format!("{}{} {who} — ", dated(lang, claim), colon(lang)))
            .words(&claim.verbatim)
            .plain(" ")
            .code(&claim.id)
    });
    let above = say(lang, "In order of time", "Dans l’ordre du temps");
    paper.list(2, above, in_order);
}

fn proposition(paper: &mut Paper, lang: &str, one: &PropositionRow, number: usize) {
    let weighing = &one.weighing;
    paper.heading(2, title(one));
    let rule = say(lang, "rule", "règle");
    let rule = format!(" — {rule} {}, γ = {}", weighing.rule, weighing.gamma);
    paper.text(Text::default().strong(&weighing.headline).plain(rule));
    paper.blocks.push(Block::Drawing {
        svg: graph(lang, one, number, None).into_string(),
        style: graph::STYLE,
        about: title(one),
    });
    let columns = [
        (say(lang, "words", "mots"), 9),
        (say(lang, "who", "qui"), 5),
        ("date", 3),
        (say(lang, "how likely", "probabilité"), 4),
        (say(lang, "place", "endroit"), 5),
    ];
    let claim = |claim: &ClaimRow| {
        let denies = match claim.polarity {
            "denies" => say(lang, "DENIES: ", "NIE : "),
            _ => "",
        };
        let said = Text::from(marking(claim)).strong(denies);
        vec![
            said.words(&claim.verbatim),
            names(&claim.assessors).into(),
            dated(lang, claim).into(),
            likely(lang, claim).into(),
            place(claim).into(),
        ]
    };
    paper.blocks.push(Block::Table {
        columns: columns.map(|(head, share)| Column { head, share }).into(),
        rows: one.claims.iter().map(claim).collect(),
    });
    let lines = weighing.lines.iter().map(|each| line(lang, one, each));
    let above = say(lang, "Lines of evidence", "Lignes de preuve");
    paper.list(3, above, lines);
    paper.list(3, say(lang, "Beware", "Attention"), warnings(lang, one));
    let open = say(lang, "Open questions", "Questions ouvertes");
    paper.list(3, open, questions(lang, one));
}
