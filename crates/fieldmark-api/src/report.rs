//! Dossiers and overlaps on paper, in English or French: Markdown, a Word document, a PDF, or one
//! HTML file that needs no other.
//!
//! They say what the JSON of the desk says, from the same rows; nothing is worked out here but
//! which sentences to print.

mod docx;
pub(crate) mod dossier;
#[cfg(feature = "pdf")]
mod fonts;
mod form;
pub(crate) mod graph;
mod html;
mod markdown;
pub(crate) mod overlap;
mod paper;
#[cfg(feature = "pdf")]
mod pdf;

pub use form::Form;

use crate::answer::claim::ClaimRow;
use crate::answer::dossier::{DossierRow, PropositionRow};
use crate::answer::evidence::LineRow;
use crate::answer::facts::{CountRow, RelationshipRow, Stands};
use crate::answer::lens::{LensRow, SameRow, SayingRow};
use crate::answer::names::{Named, Object};
use crate::answer::words::{capital, colon};
use std::collections::BTreeSet;

/// A sentence in the language of the paper.
fn say<'a>(lang: &str, en: &'a str, fr: &'a str) -> &'a str {
    if lang == "fr" { fr } else { en }
}

/// When it was said, or else made public.
pub(crate) fn dated(lang: &str, claim: &ClaimRow) -> String {
    match (&claim.asserted_at, &claim.published_at) {
        (Some(date), _) => date.clone(),
        (None, Some(date)) => format!("{} {date}", say(lang, "published", "publiée le")),
        (None, None) => "–".to_owned(),
    }
}

/// What stands beside what is weighed, each with its words and place: claims whose date does not
/// tell, relationships, counts.
pub(crate) fn stated(lang: &str, dossier: &DossierRow) -> [(&'static str, Vec<String>); 5] {
    let stands = |stands: &Stands| {
        let words = stands.verbatim.iter().map(|one| one.quoted(lang));
        let sources = names(&stands.sources);
        let locator = stands.locator.iter().cloned();
        let place = [sources]
            .into_iter()
            .filter(|one| !one.is_empty())
            .chain(locator);
        let place = place.collect::<Vec<_>>().join(", ");
        let marking = stands.marking.iter().map(|marking| format!("[{marking}]"));
        let all = words.chain([format!("({place})")]).chain(marking);
        all.collect::<Vec<_>>().join(" ")
    };
    let tie = |one: &RelationshipRow| {
        let role = one.role.as_ref();
        let role = role.map_or_else(String::new, |role| format!(" ({role})"));
        let hedge = match one.hedged_by.is_empty() {
            true => String::new(),
            false => format!(
                ", {} {}",
                say(lang, "only as surely as", "seulement aussi sûrement que"),
                names(&one.hedged_by)
            ),
        };
        let (from, to) = (&one.from.label, &one.to.label);
        format!(
            "{from} — {}{role} → {to}{hedge} {}",
            one.kind_label,
            stands(&one.stands)
        )
    };
    let count = |one: &CountRow| {
        let value = one.value.as_ref();
        let value = value.map_or_else(String::new, |value| format!("{} {value}", colon(lang)));
        let (of, who) = (names(&one.of), names(&one.assessors));
        format!("{of} — {}{value} — {who} {}", one.kind, stands(&one.stands))
    };
    let one = |claim: &ClaimRow| in_a_line(lang, claim, &place(claim));
    let untold =
        |claims: &Option<Vec<ClaimRow>>| claims.iter().flatten().map(one).collect::<Vec<_>>();
    let made = |claim: &ClaimRow| {
        let degree = claim.level.as_ref().or(claim.relation.as_ref());
        let said = said(&claim.subject, claim.object.as_ref(), degree);
        format!("{said}{} {}", colon(lang), one(claim))
    };
    [
        (
            say(
                lang,
                "Possibly by then, and not weighed above",
                "Peut-être déjà alors, et non pesé ci-dessus",
            ),
            untold(&dossier.possible),
        ),
        (
            say(
                lang,
                "Without a date, and not weighed above",
                "Sans date, et non pesé ci-dessus",
            ),
            untold(&dossier.undated),
        ),
        (
            say(lang, "What it claims itself", "Ce qu’il affirme lui-même"),
            dossier.claims_made.iter().map(made).collect(),
        ),
        (
            say(lang, "Relationships", "Relations"),
            dossier.relationships.iter().map(tie).collect(),
        ),
        (
            say(lang, "Counted", "Mesures"),
            dossier.metrics.iter().map(count).collect(),
        ),
    ]
}

/// A claim's marking, as it stands beside its words.
fn marking(claim: &ClaimRow) -> String {
    claim
        .marking
        .as_ref()
        .map_or_else(String::new, |marking| format!("[{marking}] "))
}

/// What it is about, in one line: kind, subject, object.
pub(crate) fn title(proposition: &PropositionRow) -> String {
    let PropositionRow {
        subject,
        object,
        level,
        relation,
        ..
    } = proposition;
    let said = said(
        subject,
        object.as_ref(),
        level.as_ref().or(relation.as_ref()),
    );
    format!("{} — {said}", capital(&proposition.kind_label))
}

/// What is said of a subject, and to what degree: how great it is, or how close a match.
fn said(subject: &Named, object: Option<&Object>, degree: Option<&Object>) -> String {
    let object = object.map_or_else(String::new, |object| format!(" → {}", object.label));
    let degree = degree.map_or_else(String::new, |degree| format!(" · {}", degree.label));
    format!("{}{object}{degree}", subject.label)
}

/// Under which lens it is told, where something else is taken for the subject.
pub(crate) fn lens(lang: &str, lens: &LensRow) -> Option<String> {
    if lens.alone {
        return None;
    }
    let by = match lens.by.as_slice() {
        [] => String::new(),
        by => format!(" ({} {})", say(lang, "by", "selon"), names(by)),
    };
    Some(format!(
        "{} {} — {}{by}",
        say(lang, "Lens:", "Optique :"),
        lens.label,
        lens.definition
    ))
}

/// What is taken for the same, each with the way there and who says so.
pub(crate) fn sames(lang: &str, lens: &LensRow) -> Vec<String> {
    let way = |same: &SameRow| {
        let steps = same.way.iter().map(|step| {
            let who = |said: &[SayingRow]| once(said.iter().map(|one| names(&one.assessors)));
            let denied = match step.denied.as_slice() {
                [] => String::new(),
                denied => format!("{} {}", say(lang, "; denied by", " ; nié par"), who(denied)),
            };
            format!(
                "{} {} {} ({}{denied})",
                step.from.label,
                match step.backwards {
                    true => format!("← {} —", step.relation.label),
                    false => format!("— {} →", step.relation.label),
                },
                step.to.label,
                who(&step.claims)
            )
        });
        let steps = steps.collect::<Vec<_>>().join(say(lang, "; ", " ; "));
        format!("{}{} {steps}", same.thing.label, colon(lang))
    };
    lens.same.iter().map(way).collect()
}

/// The heading a proposition stands under, where it is another than that of the one before; what
/// is about the subject itself needs none.
fn heading(lang: &str, before: Option<&PropositionRow>, one: &PropositionRow) -> Option<String> {
    if before.is_some_and(|before| before.about.id == one.about.id && before.place == one.place) {
        return None;
    }
    let what = match one.place {
        "label" => say(lang, "Of the name", "Du nom"),
        "same" => say(
            lang,
            "Of what is taken for the same",
            "De ce qui est tenu pour le même",
        ),
        "part" => say(lang, "Of what it consists of", "De ce qui le compose"),
        "hop" => say(
            lang,
            "One hop on, of what it is claimed to be",
            "Un pas plus loin, de ce qu’on affirme qu’il est",
        ),
        _ => return None,
    };
    Some(format!("{what} — {}", one.about.label))
}

/// A claim in a line: when, who, in what words, and in brackets where it is found.
fn in_a_line(lang: &str, claim: &ClaimRow, found: &str) -> String {
    format!(
        "{}{}{} {} — {} ({found})",
        marking(claim),
        dated(lang, claim),
        colon(lang),
        names(&claim.assessors),
        words(lang, claim)
    )
}

/// Each proposition with its heading, where it begins a new one.
pub(crate) fn headed<'a>(
    lang: &str,
    propositions: &'a [PropositionRow],
) -> impl Iterator<Item = (Option<String>, &'a PropositionRow)> {
    let before = std::iter::once(None).chain(propositions.iter().map(Some));
    before
        .zip(propositions)
        .map(move |(before, one)| (heading(lang, before, one), one))
}

fn names(named: &[Named]) -> String {
    once(named.iter().map(|one| one.label.clone()))
}

/// Names between commas, each once.
fn once(names: impl Iterator<Item = String>) -> String {
    let mut seen = BTreeSet::new();
    let fresh: Vec<String> = names.filter(|name| seen.insert(name.clone())).collect();
    fresh.join(", ")
}

/// The claims of these ids, as whoever says them; an id whose claim was cut stands for itself.
fn who(proposition: &PropositionRow, ids: &[String]) -> String {
    let one = |id: &String| {
        let claim = proposition.claims.iter().find(|claim| claim.id == *id);
        claim.map_or_else(|| id.clone(), |claim| names(&claim.assessors))
    };
    once(ids.iter().map(one))
}

/// One line of evidence in words.
pub(crate) fn line(lang: &str, proposition: &PropositionRow, line: &LineRow) -> String {
    let mut out = format!(
        "{} ({} {})",
        who(proposition, &line.primaries),
        say(lang, "on:", "fondement :"),
        names(&line.roots)
    );
    if !line.derivatives.is_empty() {
        out.push_str(say(lang, "; leaning on it: ", " ; s’y appuient : "));
        out.push_str(&who(proposition, &line.derivatives));
    }
    out
}

/// Whether all of a line's grounds are named.
fn disclosed(line: &LineRow) -> bool {
    let undisclosed = fieldmark_analysis::lines::UNDISCLOSED;
    line.roots.iter().all(|root| root.id != undisclosed)
}

/// The place where a claim's words stand.
fn place(claim: &ClaimRow) -> String {
    let sources = names(&claim.sources);
    match &claim.locator {
        Some(locator) => format!("{sources}, {locator}"),
        None => sources,
    }
}

/// How likely, in the assessor's term, or that no scale is stated.
pub(crate) fn likely(lang: &str, claim: &ClaimRow) -> String {
    let Some(scale) = &claim.scale else {
        return say(lang, "no scale stated", "aucune échelle indiquée").to_owned();
    };
    let mut out = scale.term.clone().unwrap_or_default();
    if let (Some(low), Some(high)) = (scale.low, scale.high) {
        let span = format!("{:.0}–{:.0} %", low * 100.0, high * 100.0);
        out = match out.is_empty() {
            true => span,
            false => format!("{out} ({span})"),
        };
    }
    if out.is_empty() {
        return say(lang, "no scale stated", "aucune échelle indiquée").to_owned();
    }
    if scale.assumed {
        out.push_str(say(
            lang,
            ", scale assumed by us",
            ", échelle supposée par nous",
        ));
    }
    out
}

/// What a reader must know before counting voices: who is heard once, whose source is hidden, and
/// several claims from one document.
pub(crate) fn warnings(lang: &str, proposition: &PropositionRow) -> Vec<String> {
    let weighing = &proposition.weighing;
    let mut out = Vec::new();
    for one in &weighing.lines {
        if one.primaries.len() > 1 {
            let why = match disclosed(one) {
                true => say(
                    lang,
                    "share a ground and count as one line:",
                    "partagent un fondement et comptent pour une ligne :",
                ),
                false => say(
                    lang,
                    "count as one line, since nobody can tell whether they share a ground:",
                    "comptent pour une ligne, nul ne pouvant dire s’ils partagent un fondement :",
                ),
            };
            out.push(format!(
                "{} {why} {}",
                who(proposition, &one.primaries),
                names(&one.roots)
            ));
        }
    }
    let mut listed = |ids: &[String], en: &'static str, fr: &'static str| {
        if !ids.is_empty() {
            out.push(format!("{} {}", who(proposition, ids), say(lang, en, fr)));
        }
    };
    listed(
        &weighing.counted_once,
        "leans on several lines and is counted once.",
        "s’appuie sur plusieurs lignes et compte une fois.",
    );
    listed(
        &weighing.source_hidden,
        "rests on claims that are not to be seen here.",
        "s’appuie sur des affirmations qu’on ne voit pas ici.",
    );
    let claims = proposition.affirmed + proposition.denied;
    if proposition.sources > 0 && claims > proposition.sources {
        out.push(match lang {
            "fr" => format!(
                "{claims} affirmations, {} document(s) : plusieurs voix, peut-être une seule source.",
                proposition.sources
            ),
            _ => format!(
                "{claims} claims, {} document(s): several voices, perhaps one source.",
                proposition.sources
            ),
        });
    }
    out
}

/// What would have to be known to say more.
pub(crate) fn questions(lang: &str, proposition: &PropositionRow) -> Vec<String> {
    let weighing = &proposition.weighing;
    let mut out = Vec::new();
    let mut ask = |ids: &[String], en: &'static str, fr: &'static str| {
        out.push(format!("{} {}", say(lang, en, fr), who(proposition, ids)));
    };
    for one in &weighing.lines {
        if !disclosed(one) {
            ask(
                &one.primaries,
                "On what do they rest, and on the same? Not disclosed:",
                "Sur quoi repose ceci, et est-ce le même fondement ? Non divulgué :",
            );
        }
    }
    if !weighing.unscaled.is_empty() {
        ask(
            &weighing.unscaled,
            "How likely do they hold it to be? No likelihood given:",
            "Quel degré de probabilité ? Aucun n’est donné :",
        );
    }
    if !weighing.dissent.claims.is_empty() {
        ask(
            &weighing.dissent.claims,
            "What evidence fits only one of the two sides? Against:",
            "Quelle preuve ne va qu’à l’une des deux parties ? Contre :",
        );
    }
    if weighing.support.lines == 1 {
        out.push(
            say(
                lang,
                "Is there a second line in favour, on a ground of its own? None is known here.",
                "Y a-t-il une seconde ligne pour, sur un autre fondement ? On n’en connaît pas ici.",
            )
            .to_owned(),
        );
    }
    if weighing.wants_second_category {
        out.push(
            say(
                lang,
                "Which second kind of evidence bears it out? So strong a word should rest on two.",
                "Quelle seconde sorte de preuve l’étaye ? Un mot si fort devrait reposer sur deux.",
            )
            .to_owned(),
        );
    }
    out
}

/// Every claim of a dossier by the date it was asserted, those without a date last.
fn chronology(propositions: &[PropositionRow]) -> Vec<&ClaimRow> {
    let mut claims: Vec<&ClaimRow> = propositions.iter().flat_map(|p| &p.claims).collect();
    claims.sort_by_key(|claim| {
        let date = claim.dated();
        (date.is_none(), date.unwrap_or_default(), claim.id.as_str())
    });
    claims
}

/// A claim's words, quotation by quotation: what stands between them in the source is not ours to
/// leave out with an ellipsis.
fn words(lang: &str, claim: &ClaimRow) -> String {
    let quoted = claim.verbatim.iter().map(|one| one.quoted(lang));
    quoted.collect::<Vec<_>>().join(" ")
}
