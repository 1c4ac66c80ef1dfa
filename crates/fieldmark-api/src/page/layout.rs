//! What every page has around it.

use crate::answer::lang::Lang;
use crate::answer::made::Shown;
use axum::http::Uri;
use maud::{DOCTYPE, Markup, html};

/// A sentence in the language of the page.
pub fn say<'a>(lang: Lang, en: &'a str, fr: &'a str) -> &'a str {
    if lang.tag == "fr" { fr } else { en }
}

/// What a page stands in.
pub struct Frame<'a> {
    /// Its language.
    pub lang: Lang,
    /// Its address.
    pub uri: &'a Uri,
    /// Whose view it shows.
    pub audience: Option<&'a str>,
    /// The strictest marking of what is on it, where it shows records.
    pub marking: Option<&'a str>,
}

/// A whole page.
pub fn page(frame: &Frame<'_>, title: &str, body: Markup) -> Markup {
    let lang = frame.lang;
    html! {
        (DOCTYPE)
        html lang=(lang.tag) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Fieldmark" }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#main" { (say(lang, "To the content", "Au contenu")) }
                header {
                    a.name href=(link("/", lang)) { "Fieldmark" }
                    nav aria-label=(say(lang, "Ways in", "Accès")) {
                        a href="/graphql" { "GraphQL" }
                        a href=(link("/sparql", lang)) { "SPARQL" }
                        a href="/openapi.json" { "REST" }
                        a href=(link("/ns", lang)) { (say(lang, "Ontology", "Ontologie")) }
                        @if lang.tag == "fr" { a href=(other(frame.uri, "en")) lang="en" hreflang="en" { "English" } }
                        @else { a href=(other(frame.uri, "fr")) lang="fr" hreflang="fr" { "Français" } }
                    }
                }
                @if let Some(marking) = frame.marking {
                    p.marking { (shown(marking, frame).now().line(lang.tag)) }
                }
                main id="main" { (body) }
                footer {
                    @if let Some(audience) = frame.audience {
                        (say(lang, "Everything here is what the audience “", "Tout ici est ce que l’audience « "))
                        strong { (audience) }
                        (say(lang, "” may see.", " » peut voir."))
                    }
                }
            }
        }
    }
}

fn shown(marking: &str, frame: &Frame<'_>) -> Shown {
    Shown {
        marking: Some(marking.to_owned()),
        audience: frame.audience.unwrap_or("–").to_owned(),
    }
}

/// What needs to be read before anything else.
pub fn notice(text: &str) -> Markup {
    html! { p.notice role="alert" { (text) } }
}

/// The search box, which every form of the page repeats the language of.
pub fn search(lang: Lang, text: &str) -> Markup {
    html! {
        form action="/" method="get" role="search" {
            (tongue(lang))
            label { (say(lang, "Search names and quoted words", "Chercher dans les noms et les mots cités"))
                input type="search" name="text" value=(text); }
            button { (say(lang, "Search", "Chercher")) }
        }
    }
}

/// The language, for a form whose page was asked for in it by its address.
pub fn tongue(lang: Lang) -> Markup {
    html! { @if lang.asked { input type="hidden" name="lang" value=(lang.tag); } }
}

/// An address of ours, in the language of the page.
pub fn link(path: &str, lang: Lang) -> String {
    if !lang.asked {
        return path.to_owned();
    }
    match path.split_once('#') {
        Some((path, fragment)) => format!("{path}?lang={}#{fragment}", lang.tag),
        None => format!("{path}?lang={}", lang.tag),
    }
}

/// The address of a record's page.
pub fn to(id: &str, lang: Lang) -> String {
    link(&format!("/id/{id}"), lang)
}

/// The same page in another language.
fn other(uri: &Uri, tag: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if name != "lang" {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("lang", tag);
    format!("?{}", query.finish())
}
