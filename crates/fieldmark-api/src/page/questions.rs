//! Saved questions: the gallery, and the answer to one as a table.

use super::Page;
use super::layout::{carried, scroll};
use super::record::local;
use crate::answer::question::{Answer, Cell};
use crate::answer::ties::{Tied, of_rows};
use crate::pictures::{self, Leads, Pins};
use crate::viewing::Here;
use fieldmark_store::question::{Kind, Need, Param, Question};
use maud::{Markup, html};

fn summary<'a>(question: &'a Question, here: &Here) -> &'a str {
    match here.tag() {
        "fr" => &question.summary_fr,
        _ => &question.summary_en,
    }
}

/// The gallery of those that were found; `text` is what was looked for.
pub(crate) fn gallery(found: &[&Question], all: usize, text: &str, here: &Here) -> Page {
    let title = here.say("Saved questions", "Questions enregistrées");
    let body = html! {
        h1 { (title) " (" (all) ")" }
        p { (here.say(
            "Each is a SPARQL file with typed parameters; the same file answers here, in REST, on the command line and in any SPARQL tool. Or write your own in the ",
            "Chacune est un fichier SPARQL aux paramètres typés ; le même fichier répond ici, en REST, en ligne de commande et dans tout outil SPARQL. Ou écrivez la vôtre dans la "))
            a href=(here.link("/console")) { (here.say("SPARQL console", "console SPARQL")) } " · "
            a href="/graphql" { (here.say("GraphQL console", "console GraphQL")) } }
        form action="/questions" method="get" {
            (carried(here, &[]))
            label { (here.say("Look for", "Chercher")) input type="search" name="find" value=(text); }
            button { (here.say("Find", "Trouver")) }
        }
        @if found.is_empty() { p.notice { (here.say("No question says that. Say fewer words.", "Aucune question ne dit cela. Dites moins de mots.")) } }
        div.cards { @for question in found {
            article {
                h2 { a href=(here.link(&format!("/questions/{}", question.name))) { (summary(question, here)) } }
                p.soft { code { (question.name) } @for param in &question.params { " · " (param.name) @if param.need == Need::Required { "*" } } }
            }
        } }
    };
    Page {
        behind: vec![("REST", "GET /api/v1/queries".to_owned())],
        forms: vec![("JSON", "/api/v1/queries".to_owned())],
        ..Page::plain(title, body)
    }
}

/// Whether a question says all these words.
pub(crate) fn says(question: &Question, text: &str) -> bool {
    let all = [&question.name, &question.summary_en, &question.summary_fr];
    let all = all.map(|one| one.to_lowercase()).join(" ");
    text.to_lowercase()
        .split_whitespace()
        .all(|word| all.contains(word))
}

/// One question: its form, and its answer where it was asked, or why there is none.
pub(crate) fn page(
    question: &Question,
    answer: Option<Result<Answer, String>>,
    here: &Here,
) -> Page {
    let title = summary(question, here);
    let path = format!("/api/v1/queries/{}", question.name);
    let asked: Vec<(&str, &str)> = question
        .params
        .iter()
        .filter_map(|param| Some((param.name.as_str(), here.asked(&param.name)?)))
        .collect();
    let at = |ending: &str| here.with(&format!("{path}{ending}"), &asked);
    let marking = answer
        .as_ref()
        .and_then(|answer| answer.as_ref().ok()?.shown.marking.clone());
    let body = html! {
        h1 { (title) }
        p.soft { code { (question.name) } " · "
            a href=(here.with("/console", &[("query", &question.text)])) { (here.say("change it in the console", "la modifier dans la console")) } " · "
            a href=(here.link("/questions")) { (here.say("all questions", "toutes les questions")) } }
        form action=(here.uri.path()) method="get" {
            (carried(here, &[]))
            // Asked even where nothing is filled in.
            input type="hidden" name="ask" value="1";
            @for param in &question.params { (field(param, here)) }
            button { (here.say("Ask", "Demander")) }
        }
        @match &answer {
            None => p.soft { (here.say("What is left empty means all.", "Ce qui reste vide veut dire tout.")) },
            Some(Err(why)) => p.notice role="alert" { (why) },
            Some(Ok(answer)) => { (table(answer, here)) (drawn(&of_rows(answer), here)) },
        }
    };
    Page {
        title: title.to_owned(),
        marking,
        behind: match answer {
            Some(Ok(_)) => vec![
                ("REST", format!("GET {}", at(""))),
                ("SPARQL", question.text.clone()),
            ],
            _ => vec![("SPARQL", question.text.clone())],
        },
        forms: match answer {
            Some(Ok(_)) => vec![("JSON", at(".json")), ("CSV", at(".csv"))],
            _ => Vec::new(),
        },
        body,
        island: None,
    }
}

fn field(param: &Param, here: &Here) -> Markup {
    let about = match here.tag() {
        "fr" => &param.fr,
        _ => &param.en,
    };
    let hint = match (&param.need, param.kind) {
        (Need::Default(value), _) => Some(value.as_str()),
        (_, Kind::Date) => Some("2023-09-06"),
        _ => None,
    };
    html! {
        label { (about) input name=(param.name) value=[here.asked(&param.name)] required[param.need == Need::Required]
            placeholder=[hint] inputmode=[(param.kind == Kind::Integer).then_some("numeric")]; }
    }
}

/// The rows of an answer. A column of names beside a column of what they name is one column.
pub(crate) fn table(answer: &Answer, here: &Here) -> Markup {
    let spoken = |at: usize| -> bool {
        let name = &answer.variables[at];
        let of = ["Label", "Title"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        of.is_some_and(|of| answer.variables.iter().any(|other| other == of))
    };
    let shown: Vec<usize> = (0..answer.variables.len())
        .filter(|at| !spoken(*at))
        .collect();
    let caption = format!("{} {}", answer.total, here.say("rows", "lignes"));
    html! {
        @if answer.rows.is_empty() {
            p.notice { (here.say("Nothing you may see answers this. Leave a field empty, or look as known at another date.",
                "Rien de ce que vous voyez n’y répond. Laissez un champ vide, ou regardez à une autre date.")) }
        } @else { (scroll(&caption, html! { table {
            caption { (caption) @if answer.rows.len() < answer.total as usize { " · " (here.say("shown: ", "montrées : ")) (answer.rows.len()) } }
            thead { tr { @for at in &shown { th scope="col" { (answer.columns[*at]) } } th scope="col" { "TLP" } } }
            tbody { @for (row, marking) in answer.rows.iter().zip(&answer.markings) { tr {
                @for at in &shown { td.short[row[*at].as_ref().is_some_and(is_short)] { @if let Some(cell) = &row[*at] { (value(cell, here)) } } }
                td.short { (marking.as_deref().unwrap_or("–")) }
            } } }
        } })) }
        @if let Some(next) = &answer.next { p { a href=(here.otherwise("after", Some(next))) { (here.say("Further rows", "Lignes suivantes")) } } }
        @if let Some(cut) = &answer.cut { p.notice { (cut) } }
    }
}

/// More graphs than this are not drawn.
const GRAPHS: usize = 12;

/// What the rows of an answer tie, drawn; nothing where no row names two records.
pub(crate) fn drawn(rows: &[Vec<Tied>], here: &Here) -> Markup {
    let (graphs, left_out) = pictures::graphs(rows);
    let leads = Leads {
        to: &|id| here.to(id),
        // Nothing was left out around them that could be opened.
        with: &|id, _| here.to(id),
    };
    let picture = |one| pictures::neighbourhood(one, here.tag(), &Pins::default(), Some(leads));
    html! { @if !graphs.is_empty() {
        details {
            summary { (here.say("The same as a graph", "Le même en graphe")) }
            @for one in graphs.iter().take(GRAPHS) {
                @let picture = picture(one);
                div.picture.wide tabindex="0" role="region" aria-label=(picture.title) { (picture.svg.inline_linked()) }
            }
            @if left_out > 0 { p.notice {
                (here.say("Not drawn, for want of room: rows ", "Non dessinées, faute de place : lignes ")) (left_out)
            } }
            @if let Some(more) = graphs.len().checked_sub(GRAPHS).filter(|more| *more > 0) { p.notice {
                (more) " " (here.say("more hang together by themselves and are not drawn; narrow the question.", "autres ensembles, à part, ne sont pas dessinés ; restreignez la question."))
            } }
        }
    } }
}

/// Whether it is too short to be broken, as a date is.
fn is_short(cell: &Cell) -> bool {
    cell.label.as_deref().unwrap_or(&cell.value).chars().count() <= 12
}

fn value(cell: &Cell, here: &Here) -> Markup {
    let text = cell.label.as_deref().unwrap_or(&cell.value);
    html! { @match cell.iri.then(|| local(&cell.value, here)).flatten() {
        Some(href) => a href=(href) { (text) },
        None => span lang=[cell.lang.as_deref()] { (text) },
    } }
}
