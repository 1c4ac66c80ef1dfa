//! The text of a source, with what is quoted of it lit; and, in the review queue, what of it a proposal
//! quotes.

use super::Page;
use super::record::{named, quote, text_of};
use crate::answer::source::{ExcerptRow, LineRow, PieceRow, QuotedRow, SourceRow, page_of};
use crate::viewing::Here;
use maud::{Markup, html};

/// The page; `told` is what became of a text that was just given, `may` whether the reader may give one.
pub(crate) fn page(
    found: &SourceRow,
    told: Option<Result<&str, String>>,
    may: bool,
    here: &Here,
) -> Page {
    let id = &found.source.id;
    let title = &found.source.label;
    let path = format!("/api/v1/sources/{id}");
    let body = html! {
        h1 { (title) }
        ul.ways {
            // A source may be quoted before it stands here itself.
            @if title != id { li { a href=(here.to(id)) { (here.say("Its page", "Sa fiche")) } } }
            li { a href=(here.link("/review")) { (here.say("What waits for a decision", "Ce qui attend une décision")) } }
        }
        @match &told {
            Some(Ok(done)) => p.notice role="status" { (done) },
            Some(Err(why)) => p.notice role="alert" lang="en" { (why) },
            None => {},
        }
        p.soft { (here.say(
            "The text stands beside the graph: it is in no view and no export, and only stewards read it, since it may say more than any marking of what is quoted of it.",
            "Le texte se tient à côté du graphe : il n’est dans aucune vue ni aucun export, et seuls les responsables le lisent, car il peut dire plus que tout marquage de ce qui en est cité.")) }
        @match &found.kept {
            Some(kept) => p.soft { (here.say("Given by ", "Donné par ")) strong { (kept.by) } " · " (kept.at) " · " (kept.rows) " " (here.say("rows", "rangées")) },
            None => p.notice { (here.say(
                "No text of this source is kept. Paste it below, or send it: PUT /api/v1/sources/ID/text, or fieldmark source keep ID FILE.",
                "Aucun texte de cette source n’est gardé. Collez-le ci-dessous, ou envoyez-le : PUT /api/v1/sources/ID/text, ou fieldmark source keep ID FICHIER.")) },
        }
        div.source {
            @if !found.lines.is_empty() { section.text tabindex="0" aria-label=(here.say("The text", "Le texte")) {
                (text(&found.lines, Some(&found.quotations)))
                (turn(found, here))
            } }
            section aria-labelledby="quoted" {
                h2 id="quoted" { (here.say("What is quoted of it", "Ce qui en est cité")) " (" (found.quoted) ")" }
                @if found.quotations.len() < found.quoted { p.soft { (here.say("Here: ", "Ici : ")) (found.quotations.len()) " · " (here.say(
                    "what does not stand in the text, and what begins in the lines shown",
                    "ce qui ne figure pas dans le texte, et ce qui commence dans les lignes montrées")) } }
                @if found.quotations.is_empty() { p { (here.say("Nothing yet.", "Rien encore.")) } }
                ol.quoted { @for one in &found.quotations { (quoted(one, found.kept.is_some(), here)) } }
            }
        }
        @if may { (giving(found.kept.is_some(), here)) }
    };
    Page {
        title: format!("{title} · {}", here.say("text", "texte")),
        behind: vec![("REST", format!("GET {}", here.link(&path)))],
        forms: vec![("JSON", here.link(&path))],
        ..Page::plain(title, body)
    }
}

/// A text line by line; what is lit leads to those of the quotations it belongs to that are told beside.
fn text(lines: &[LineRow], told: Option<&[QuotedRow]>) -> Markup {
    let leads = |piece: &PieceRow| -> Vec<usize> {
        let of = piece.quotations.iter().copied();
        let told = |number: &usize| {
            told.iter()
                .copied()
                .flatten()
                .any(|one| one.number == *number)
        };
        of.filter(told).collect()
    };
    let begins = |at: usize| at == 0 || lines[at - 1].number != lines[at].number;
    html! { @for (at, line) in lines.iter().enumerate() { div.row id=[(told.is_some() && begins(at)).then(|| format!("L{}", line.number))] {
        span.at { @if begins(at) { (line.number) } }
        span { @for piece in &line.text {
            @match (piece.quotations.as_slice(), leads(piece).as_slice()) {
                ([], _) => (piece.text),
                (_, []) => mark { (piece.text) },
                (_, [first, more @ ..]) => mark { a href=(format!("#c{first}")) { (piece.text) } @for more in more { sup { a href=(format!("#c{more}")) { (more) } } } },
            }
        } }
    } } }
}

fn quoted(one: &QuotedRow, kept: bool, here: &Here) -> Markup {
    html! { li id=(format!("c{}", one.number)) value=(one.number) tabindex="-1" {
        (quote(&one.words, here)) " · "
        @match one.proposal {
            Some(number) => a href=(here.with("/review", &[("after", &(number - 1).to_string())])) { (here.say("proposal ", "proposition ")) (number) },
            None => (named(&one.record, here)),
        }
        @if let Some(place) = &one.locator { " · " span.soft { (place) } }
        " · " @match (one.line, one.row) {
            (Some(line), Some(row)) => a href=(format!("{}#L{line}", here.otherwise("from", Some(&page_of(row).to_string())))) { (here.say("line ", "ligne ")) (line) },
            _ if kept => strong.leak { (here.say("does not stand in the text", "ne figure pas dans le texte")) },
            _ => (here.say("no text to look in", "aucun texte où chercher")),
        }
    } }
}

fn turn(found: &SourceRow, here: &Here) -> Markup {
    let from = here
        .asked("from")
        .and_then(|from| from.parse::<usize>().ok());
    let before = from.filter(|from| *from > 1).map(|from| page_of(from - 1));
    let to = |from: usize| here.otherwise("from", Some(&from.to_string()));
    html! { @if before.is_some() || found.next.is_some() { nav.ways aria-label=(here.say("Parts of the text", "Parties du texte")) { p {
        @if let Some(from) = before { a rel="prev" href=(to(from)) { (here.say("What stands before", "Ce qui précède")) } " " }
        @if let Some(from) = found.next { a rel="next" href=(to(from)) { (here.say("What follows", "La suite")) } }
    } } } }
}

/// The form by which a text is given.
fn giving(kept: bool, here: &Here) -> Markup {
    let (title, keep) = match kept {
        true => (
            here.say("Another text, or none", "Un autre texte, ou aucun"),
            here.say("Keep this one instead", "Garder celui-ci à la place"),
        ),
        false => (
            here.say("Give its text", "Donner son texte"),
            here.say("Keep it", "Le garder"),
        ),
    };
    html! { details.asks open[!kept] {
        summary { (title) }
        form.tall action=(here.link(here.uri.path())) method="post" {
            label { (here.say("The text of the document, up to 2 MB", "Le texte du document, 2 Mo au plus")) textarea name="text" rows="8" {} }
            button name="act" value="keep" { (keep) }
            @if kept { button.other name="act" value="forget" { (here.say("Keep none any longer", "Ne plus en garder")) } }
        }
    } }
}

/// What the proposal of a number quotes, where it stands; nothing where it quotes nothing.
pub(super) fn excerpts(number: u64, excerpts: &[ExcerptRow], here: &Here) -> Markup {
    let title = here.say(
        "What it quotes, where it stands",
        "Ce qu’elle cite, où cela figure",
    );
    html! { @if !excerpts.is_empty() { section.text tabindex="0" aria-label=(format!("{title} · {number}")) {
        @for one in excerpts {
            p { cite { a href=(text_of(&one.source.id, one.line, here)) { (one.source.label) } } @if let Some(place) = &one.locator { " " span.soft { (place) } } }
            @if one.lines.is_empty() {
                blockquote { (quote(&one.words, here)) }
                p { @if one.kept { strong.leak { (here.say(
                    "These words do not stand in the text that is kept of the source.",
                    "Ces mots ne figurent pas dans le texte gardé de la source.")) }
                } @else { span.soft { (here.say("No text of the source is kept, so nobody has looked.", "Aucun texte de la source n’est gardé : personne n’a regardé.")) } } }
            } @else { (text(&one.lines, None)) }
        }
    } } }
}
