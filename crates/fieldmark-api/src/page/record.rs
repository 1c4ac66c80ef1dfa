//! The page of one record.

use super::layout::{Frame, link, page as whole, say, to, tongue};
use crate::answer::claim::{ClaimRow, Words};
use crate::answer::lang::Lang;
use crate::answer::names::Named;
use crate::answer::record::{Property, Record};
use axum::http::Uri;
use fieldmark_model::id::ID_BASE;
use fieldmark_rdf::vocab::{EDGES, FM};
use maud::{Markup, html};

/// The page of one record.
pub fn page(record: &Record, lang: Lang, uri: &Uri, audience: &str) -> Markup {
    let label = if lang.tag == "fr" {
        &record.label.fr
    } else {
        &record.label.en
    };
    let comparable = ["Campaign", "Incident", "ActivitySet", "BotNetwork"].contains(&record.noun);
    let body = html! {
        h1 { (label) }
        p.soft { (noun(record.noun, lang)) " · " code { (record.id) } }
        @if let Some(cut) = &record.cut { p.notice { (cut) } }
        @if comparable {
            form action="/" method="get" {
                (tongue(lang))
                input type="hidden" name="compare" value=(record.id);
                label { (say(lang, "Compare with (name or id)", "Comparer avec (nom ou id)")) input name="with" required; }
                button { (say(lang, "Compare", "Comparer")) }
            }
        }
        @if !record.claims.is_empty() {
            h2 { (say(lang, "Claims", "Affirmations")) " (" (record.counts.claims) ")" }
            @for row in &record.claims { (claim(row, lang)) }
        }
        @if !record.relationships.is_empty() { (relationships(record, lang)) }
        h2 { (say(lang, "Properties", "Propriétés")) }
        // What follows from a relationship stands above, with its source.
        (properties(record.properties.iter().filter(|p| !EDGES.iter().any(|(_, edge)| edge.as_str() == p.iri)), lang))
        @for part in &record.children {
            h3 { code { (part.iri.rsplit('#').next().unwrap_or(&part.iri)) } }
            (properties(part.properties.iter(), lang))
        }
        p.soft {
            (say(lang, "The same as ", "Le même en "))
            a href={ "/api/v1/records/" (record.id) } { "JSON" } " · "
            code { "curl -H 'Accept: text/turtle' …/id/" (record.id) }
        }
    };
    whole(
        &Frame {
            lang,
            uri,
            audience: Some(audience),
            marking: record.shown_marking.as_deref(),
        },
        label,
        body,
    )
}

fn relationships(record: &Record, lang: Lang) -> Markup {
    let title = say(lang, "Relationships", "Relations");
    html! {
        h2 { (title) " (" (record.counts.relationships) ")" }
        div.scroll tabindex="0" role="region" aria-label=(title) { table {
            thead { tr {
                th scope="col" { (say(lang, "From", "De")) } th scope="col" { (say(lang, "Type", "Type")) }
                th scope="col" { (say(lang, "To", "Vers")) } th scope="col" { (say(lang, "Said in", "Dit dans")) }
            } }
            tbody { @for row in &record.relationships { tr {
                td { (named(&row.from, lang)) }
                td { a href=(to(&row.id, lang)) { (row.kind_label) } }
                td { (named(&row.to, lang)) }
                td {
                    @for words in &row.verbatim { (quote(&words.text, lang)) " " }
                    @if let Some(source) = &row.source { (named(source, lang)) }
                    " " (row.locator.as_deref().unwrap_or(""))
                    @if let Some(marking) = &row.marking { " " small { "[" (marking) "]" } }
                }
            } } }
        } }
    }
}

fn properties<'a>(rows: impl Iterator<Item = &'a Property>, lang: Lang) -> Markup {
    html! {
        div.scroll { table { tbody { @for property in rows { tr {
            th scope="row" { @match local(&property.iri, lang) {
                Some(href) => a href=(href) { (property.name) },
                None => (property.name),
            } }
            td { @for value in &property.values { div lang=[value.lang.as_deref()] {
                @match value.iri.then(|| local(&value.value, lang)).flatten() {
                    Some(href) => a href=(href) { (value.label.as_deref().unwrap_or(&value.value)) },
                    None => (value.label.as_deref().unwrap_or(&value.value)),
                }
                @if let Some(marking) = &value.marking { " " small { "[" (marking) "]" } }
            } } }
        } } } } }
    }
}

/// Where words stand, when that is said of them apart from the others.
pub fn whence(words: &Words, lang: Lang) -> Markup {
    html! {
        @if words.source.is_some() || words.locator.is_some() { cite.soft {
            @if let Some(source) = &words.source { (named(source, lang)) " " }
            (words.locator.as_deref().unwrap_or(""))
        } }
    }
}

/// One claim: who says what, in which words, where.
pub fn claim(row: &ClaimRow, lang: Lang) -> Markup {
    let denies = row.polarity == "denies";
    html! {
        div.claim.denies[denies] {
            div {
                strong { @for (n, assessor) in row.assessors.iter().enumerate() { @if n > 0 { ", " } (named(assessor, lang)) } }
                " " (if denies { say(lang, "denies", "nie") } else { say(lang, "says", "dit") }) " · "
                (row.kind_label) (say(lang, ": ", " : ")) (named(&row.subject, lang))
                @if let Some(object) = &row.object {
                    " → " @match &object.id { Some(id) => a href=(to(id, lang)) { (object.label) }, None => (object.label) }
                }
                @if let Some(level) = &row.level { " · " (level.label) }
            }
            @for words in &row.verbatim { blockquote lang=(words.lang) {
                (quote(&words.text, lang)) " " (whence(words, lang))
                @if let Some(marking) = &words.marking { " " small { "[" (marking) "]" } }
            } }
            div.soft {
                @if let Some(scale) = &row.scale {
                    (scale.term.as_deref().unwrap_or(""))
                    @if let (Some(low), Some(high)) = (scale.low, scale.high) { " " (percent(low)) "–" (percent(high)) " %" }
                    @if scale.assumed { " (" (say(lang, "our reading: no scale stated", "notre lecture : aucune échelle énoncée")) ")" }
                    " · "
                } @else { (say(lang, "no scale stated", "aucune échelle énoncée")) " · " }
                @if let Some(date) = row.dated() { (date) " · " } @else { (say(lang, "undated", "sans date")) " · " }
                @for (n, source) in row.sources.iter().enumerate() { @if n > 0 { "; " } (named(source, lang)) }
                " " (row.locator.as_deref().unwrap_or("")) " · "
                a href=(to(&row.id, lang)) { (say(lang, "this claim", "cette affirmation")) }
                @if let Some(marking) = &row.marking { " · " (marking) }
            }
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

/// Quoted words, between the marks of the page's language.
pub fn quote(words: &str, lang: Lang) -> String {
    crate::answer::claim::quote(words, lang.tag)
}

/// What a record is, in the language of the page.
pub fn noun(name: &str, lang: Lang) -> String {
    let class = fieldmark_rdf::vocab::NOUNS
        .iter()
        .find(|(noun, ..)| *noun == name);
    class
        .and_then(|(_, class, _)| fieldmark_rdf::ontology::label(class.as_str(), lang.tag))
        .unwrap_or_else(|| name.to_owned())
}

/// A record as a link.
pub fn named(named: &Named, lang: Lang) -> Markup {
    html! { a href=(to(&named.id, lang)) { (named.label) } }
}

/// Where an IRI leads from here. Whatever else data calls an address is not made a link: it might
/// run.
fn local(iri: &str, lang: Lang) -> Option<String> {
    if let Some(id) = iri.strip_prefix(ID_BASE) {
        return Some(to(id.split('#').next().unwrap_or(id), lang));
    }
    if let Some(name) = iri.strip_prefix(FM) {
        return Some(link(&format!("/ns#{name}"), lang));
    }
    (iri.starts_with("http://") || iri.starts_with("https://")).then(|| iri.to_owned())
}
