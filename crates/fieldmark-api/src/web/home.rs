//! The first page: what is here, search, and the comparison of two campaigns.

use crate::answer::lang::Lang;
use crate::answer::names::Named;
use crate::caller::Caller;
use crate::input::Query;
use crate::page;
use crate::page::compared::side_by_side;
use crate::page::layout::{Frame, link, notice, page as whole, say, search, tongue};
use crate::page::record::{named, noun, quote};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use fieldmark_model::Noun;
use fieldmark_store::View;
use fieldmark_store::question::{self, Kind, Need, Question};
use fieldmark_store::read::{Filter, Marking, Order};
use maud::{Markup, html};
use serde::Deserialize;

/// What the page is asked.
#[derive(Deserialize)]
pub(super) struct HomeQuery {
    text: Option<String>,
    compare: Option<String>,
    with: Option<String>,
}

impl HomeQuery {
    /// A field that was filled in.
    fn said(field: &Option<String>) -> Option<&str> {
        field
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }
}

/// `/`.
pub(super) async fn home(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<HomeQuery>,
) -> Result<Response, Problem> {
    let view = desk.base.view(&caller.reader)?;
    blocking(move || {
        let title = say(lang, "Who says who ran it", "Qui dit qui l’a menée");
        let text = HomeQuery::said(&query.text);
        let mut shown = Marking::default();
        let compared = match (HomeQuery::said(&query.compare), HomeQuery::said(&query.with)) {
            (Some(left), Some(right)) => side_by_side(&view, lang, left, right, &mut shown)?,
            (None, None) => html! {},
            _ => notice(say(lang, "Name two campaigns to compare.", "Nommez deux campagnes à comparer.")),
        };
        let body = html! {
            h1 { (title) }
            p.soft { (say(lang,
                "Claims about who ran which operation, each with its assessor, words, date and source. Nothing is merged.",
                "Des affirmations sur qui a mené quelle opération, chacune avec son auteur, ses mots, sa date et sa source. Rien n’est fusionné.")) }
            (search(lang, text.unwrap_or("")))
            @if let Some(text) = text { (results(&view, lang, text, &mut shown)?) }
            (compared)
            (campaigns(&view, lang, &query, &mut shown)?)
            (counts(&view, lang)?)
            (questions(lang))
        };
        Ok(page::answer(whole(&Frame { lang, uri: &uri, audience: Some(view.audience()), marking: shown.name().as_deref() }, title, body)))
    })
    .await?
}

fn results(view: &View, lang: Lang, text: &str, shown: &mut Marking) -> Result<Markup, Problem> {
    let page = view.search(text, &[], 50, None)?;
    let ids: Vec<_> = page.items.iter().map(|found| found.id.clone()).collect();
    let labels = crate::answer::names::Labels::read(view, lang, &ids)?;
    shown.and(&view.marking(ids)?);
    Ok(html! {
        h2 { (say(lang, "Found", "Trouvé")) " (" (page.total) ")" }
        @if page.items.is_empty() { p.notice { (say(lang, "Nothing here bears that name.", "Rien ici ne porte ce nom.")) } }
        ul.plain { @for found in &page.items { li {
            (named(&labels.named(&found.id), lang)) " "
            span.soft { (noun(found.noun.name(), lang))
                @if found.matched != labels.named(&found.id).label { " · " (quote(&found.matched, lang)) } }
        } } }
        @if page.has_next { p.notice { (say(lang, "The first 50 are shown; say more words.", "Les 50 premiers sont montrés ; précisez.")) } }
    })
}

fn campaigns(
    view: &View,
    lang: Lang,
    query: &HomeQuery,
    shown: &mut Marking,
) -> Result<Markup, Problem> {
    let filter = Filter {
        noun: Some(Noun::Campaign),
        ..Filter::default()
    };
    let page = view.list(&filter, Order::FirstSeen, true, 100, None, false)?;
    let ids: Vec<_> = page.items.into_iter().map(|listed| listed.id).collect();
    let nodes = view.nodes(&ids)?;
    shown.and(&view.marking(ids)?);
    let rows: Vec<Named> = nodes
        .iter()
        .flatten()
        .map(|node| Named {
            id: node.id.to_string(),
            label: node.label(lang.tag),
        })
        .collect();
    let choice = |name: &str, label: &str, chosen: Option<&str>| {
        html! {
            label { (label) select name=(name) required {
                option value="" { "—" }
                // One that was named in words, or is no campaign, stays what is compared.
                @if let Some(other) = chosen.filter(|id| !rows.iter().any(|row| row.id == *id)) {
                    option value=(other) selected { (other) }
                }
                @for row in &rows { option value=(row.id) selected[chosen == Some(&row.id)] { (row.label) } }
            } }
        }
    };
    Ok(html! {
        h2 { (say(lang, "Campaigns", "Campagnes")) " (" (page.total) ")" }
        ul.plain { @for row in &rows { li { (named(row, lang)) } } }
        @if page.has_next { p.notice { (say(lang, "The latest 100 are shown; search finds the others.", "Les 100 dernières sont montrées ; la recherche trouve les autres.")) } }
        @if rows.len() > 1 {
            h2 { (say(lang, "What links two campaigns?", "Qu’est-ce qui relie deux campagnes ?")) }
            form action="/" method="get" {
                (tongue(lang))
                (choice("compare", say(lang, "One", "L’une"), HomeQuery::said(&query.compare)))
                (choice("with", say(lang, "The other", "L’autre"), HomeQuery::said(&query.with)))
                button { (say(lang, "Compare", "Comparer")) }
            }
        }
    })
}

fn counts(view: &View, lang: Lang) -> Result<Markup, Problem> {
    let mut rows = Vec::new();
    for kind in Noun::ALL {
        let filter = Filter {
            noun: Some(kind),
            ..Filter::default()
        };
        let total = view.list(&filter, Order::Id, false, 1, None, false)?.total;
        if total > 0 {
            rows.push((noun(kind.name(), lang), total));
        }
    }
    Ok(html! {
        h2 { (say(lang, "What you may see", "Ce que vous pouvez voir")) }
        @if rows.is_empty() { p.notice { (say(lang, "Nothing yet.", "Rien encore.")) } }
        ul.plain.columns { @for (noun, total) in rows { li { (noun) " " span.soft { (total) } } } }
    })
}

fn questions(lang: Lang) -> Markup {
    html! {
        h2 { (say(lang, "Saved questions", "Questions enregistrées")) }
        @for question in question::catalogue() { (one(question, lang)) }
    }
}

/// A question without parameters is two links; with them, a form whose empty fields mean all.
fn one(question: &Question, lang: Lang) -> Markup {
    let summary = if lang.tag == "fr" {
        &question.summary_fr
    } else {
        &question.summary_en
    };
    let address = |ending: &str| format!("/api/v1/queries/{}.{ending}", question.name);
    html! {
        details.question {
            summary { (summary) " " code.soft { (question.name) } }
            @if question.params.is_empty() {
                p { a href=(link(&address("json"), lang)) { "JSON" } " " a href=(link(&address("csv"), lang)) { "CSV" } }
            } @else {
                form action=(address("json")) method="get" {
                    (tongue(lang))
                    @for param in &question.params {
                        label {
                            (if lang.tag == "fr" { &param.fr } else { &param.en })
                            input name=(param.name) required[param.need == Need::Required]
                                placeholder=[match &param.need { Need::Default(value) => Some(value.as_str()), _ => None }]
                                inputmode=[(param.kind == Kind::Integer).then_some("numeric")];
                        }
                    }
                    button { "JSON" }
                    button formaction=(address("csv")) { "CSV" }
                }
            }
        }
    }
}
