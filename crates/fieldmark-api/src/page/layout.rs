//! What every page has around it.

use super::{Page, island};
use crate::answer::made::{Shown, right_now};
use crate::caller::AS;
use crate::known::{ASSERTED_BY, KNOWN_AT};
use crate::viewing::{FILE, FORM, Here};
use maud::{DOCTYPE, Markup, html};

/// The ways in: address, English, French.
const WAYS: [(&str, &str, &str); 8] = [
    ("/", "Find", "Chercher"),
    ("/overlap", "Overlap", "Recoupement"),
    ("/timeline", "Timeline", "Chronologie"),
    ("/matrix", "DISARM", "DISARM"),
    ("/questions", "Questions", "Questions"),
    ("/release", "Release", "Diffusion"),
    ("/review", "Review", "Relecture"),
    ("/sharing", "Sharing", "Partage"),
];

/// A whole page.
pub(super) fn whole(page: &Page, here: &Here) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(here.tag()) data-scheme=[here.scheme] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (page.title) " · Fieldmark" }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="data:,";
                @if let Some(address) = page.island.and_then(island::address) { script type="module" src=(address) {} }
            }
            body {
                a.skip href="#main" { (here.say("To the content", "Au contenu")) }
                header {
                    a.name href=(here.link("/")) { "Fieldmark" }
                    nav aria-label=(here.say("Ways in", "Accès")) {
                        @for (path, en, fr) in WAYS {
                            a href=(here.link(path)) aria-current=[is_at(here, path).then_some("page")] { (here.say(en, fr)) }
                        }
                    }
                    form.find action="/" method="get" role="search" {
                        (carried(here, &[]))
                        input type="search" name="text" accesskey="/" aria-label=(here.say("Search names and quoted words", "Chercher dans les noms et les mots cités"))
                            value=[here.asked("text")] placeholder=(here.say("Search names, quotes…", "Noms, mots cités…"));
                        button { (here.say("Search", "Chercher")) }
                    }
                    div.look {
                        (look(here))
                        @if here.tag() == "fr" { a href=(here.otherwise("lang", Some("en"))) lang="en" hreflang="en" { "English" } }
                        @else { a href=(here.otherwise("lang", Some("fr"))) lang="fr" hreflang="fr" { "Français" } }
                    }
                }
                @if let Some(marking) = &page.marking {
                    p.marking { (shown(marking, here).now().line(here.tag())) }
                }
                main id="main" {
                    (page.body)
                    (behind(page, here))
                }
                footer {
                    @if let Some(audience) = &here.audience { p {
                        (here.say("Everything here is what the audience “", "Tout ici est ce que l’audience « "))
                        strong { (audience) }
                        (here.say("” may see.", " » peut voir."))
                        @if let Some(at) = here.carried(KNOWN_AT) {
                            " " (here.say("As it was known on ", "Tel qu’on le savait au ")) strong { (at) } "."
                        }
                        @if let Some(date) = here.carried(ASSERTED_BY) {
                            " " (here.say("As it had been asserted by ", "Tel qu’affirmé jusqu’au ")) strong { (date) } "."
                        }
                    } }
                    (colours(here))
                    nav aria-label=(here.say("For programs", "Pour les programmes")) {
                        a href="/graphql" { "GraphQL" } " " a href=(here.link("/sparql")) { "SPARQL" } " "
                        a href="/openapi.json" { "REST" } " "
                        a href=(here.link("/ns")) { (here.say("Ontology", "Ontologie")) }
                    }
                }
            }
        }
    }
}

/// In which colours: those of the system, or others.
fn colours(here: &Here) -> Markup {
    let back = here.address();
    html! {
        form action="/scheme" method="post" aria-label=(here.say("Colours", "Couleurs")) {
            input type="hidden" name="back" value=(back);
            @for (scheme, en, fr) in [("system", "as the system", "comme le système"), ("light", "light", "clair"), ("dark", "dark", "sombre")] {
                button.other name="scheme" value=(scheme) aria-pressed=(here.scheme.unwrap_or("system") == scheme) { (here.say(en, fr)) }
            }
        }
    }
}

fn is_at(here: &Here, path: &str) -> bool {
    let at = here.uri.path();
    at == path
        || (path != "/"
            && at
                .strip_prefix(path)
                .is_some_and(|rest| rest.starts_with('/')))
}

/// Through whose eyes and as of when, and who is signed in.
fn look(here: &Here) -> Markup {
    let audience = here.audience.as_deref().unwrap_or("–");
    let (at, date) = (here.carried(KNOWN_AT), here.carried(ASSERTED_BY));
    html! {
        details.chip {
            summary {
                (here.say("viewing as ", "vu par ")) strong { (audience) }
                @if let Some(at) = at { " · " (here.say("as known on ", "su au ")) strong { (at) } }
                @if let Some(date) = date { " · " (here.say("as asserted by ", "affirmé au ")) strong { (date) } }
            }
            form action=(here.uri.path()) method="get" {
                (others(here, &[AS, KNOWN_AT, ASSERTED_BY]))
                @if !here.audiences.is_empty() {
                    label { (here.say("Through the eyes of", "Par les yeux de"))
                        select name=(AS) {
                            option value="" { (here.say("myself", "moi-même")) }
                            @for one in &here.audiences { option value=(one) selected[here.carried(AS) == Some(one)] { (one) } }
                        } }
                }
                label { (here.say("As known on (day, time or entry:123)", "Tel que su au (jour, heure ou entry:123)"))
                    input name=(KNOWN_AT) value=[at] placeholder="2026-11-24"; }
                label { (here.say("As asserted by (end of a day, month or year; leaves out later and undated claims)", "Tel qu’affirmé jusqu’au (fin d’un jour, d’un mois ou d’une année ; sans les affirmations postérieures ou sans date)"))
                    input name=(ASSERTED_BY) value=[date] placeholder="2023-09-06"; }
                button { (here.say("Look", "Regarder")) }
            }
            @match (&here.name, here.signed_in) {
                (Some(name), true) => form action="/sign-out" method="post" {
                    (here.say("Signed in as ", "Session de ")) strong { (name) }
                    button { (here.say("Sign out", "Fermer la session")) }
                },
                (Some(name), false) => p { (here.say("By the token ", "Par le jeton ")) strong { (name) } },
                (None, _) => p { a href=(here.link("/sign-in")) { (here.say("Sign in with a token", "Ouvrir une session avec un jeton")) } },
            }
        }
    }
}

/// The question behind what the page shows, and the same in other forms.
fn behind(page: &Page, here: &Here) -> Markup {
    // A form that waits to be filled in is nothing to take away.
    let says = page.marking.is_some() || !page.forms.is_empty();
    let file = (says && !here.alone).then(|| {
        let name = here.say(
            "this page as one HTML file",
            "cette page en un fichier HTML",
        );
        (name, here.otherwise(FORM, Some(FILE)))
    });
    let forms: Vec<_> = page.forms.iter().chain(&file).collect();
    html! {
        @if !page.behind.is_empty() || !forms.is_empty() {
            div.behind {
                @if !page.behind.is_empty() {
                    details {
                        summary { code { "</>" } " " (here.say("The question behind this page", "La question derrière cette page")) }
                        @for (desk, question) in &page.behind {
                            h3 { (desk) }
                            pre tabindex="0" { code { (question) } }
                        }
                    }
                }
                @if !forms.is_empty() {
                    p { "⇩ " (here.say("The same as ", "Le même en "))
                        @for (n, (name, href)) in forms.iter().enumerate() { @if n > 0 { " · " } a href=(href) { (name) } } }
                }
            }
        }
    }
}

fn shown(marking: &str, here: &Here) -> Shown {
    Shown {
        marking: Some(marking.to_owned()),
        audience: here.audience.as_deref().unwrap_or("–").to_owned(),
    }
}

/// How the page is read, for a form that leads to another; without what the form asks for itself.
pub(crate) fn carried(here: &Here, but: &[&str]) -> Markup {
    let carried = here
        .all_carried()
        .iter()
        .filter(|(name, _)| !but.contains(name));
    html! { @for (name, value) in carried { input type="hidden" name=(name) value=(value); } }
}

/// Everything that the page's own address says, for a form that leads back to it, but what the form
/// asks for itself.
pub(crate) fn others(here: &Here, but: &[&str]) -> Markup {
    let query = here.uri.query().unwrap_or_default();
    let said = form_urlencoded::parse(query.as_bytes());
    let said = said.filter(|(name, _)| !but.contains(&name.as_ref()));
    html! { @for (name, value) in said { input type="hidden" name=(name) value=(value); } }
}

/// The way to the page as it stands now, whatever is learnt after: what one cites.
pub(super) fn cited(here: &Here) -> Markup {
    let now = here.carried(KNOWN_AT).is_none().then(right_now);
    html! { @if let Some(now) = now { li {
        a rel="bookmark" href=(here.otherwise(KNOWN_AT, Some(&now))) { (here.say("To be cited: as it is known now", "À citer : telle qu’on la sait maintenant")) }
    } } }
}

/// A table that scrolls by itself where the screen is narrow.
pub(crate) fn scroll(name: &str, table: Markup) -> Markup {
    html! { div.scroll tabindex="0" role="region" aria-label=(name) { (table) } }
}
