//! Find: what do we hold on X? And, with no X, what is here.

use crate::answer::list::{self, ListQuery, listed};
use crate::answer::names;
use crate::answer::search::{Hit, Hits, found};
use crate::page::layout::{carried, scroll};
use crate::page::record::{noun, quote};
use crate::page::{Page, visited, with_table};
use crate::problem::Problem;
use crate::state::Desk;
use crate::viewing::{Here, Visit};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use fieldmark_model::{Noun, Tlp};
use fieldmark_store::View;
use fieldmark_store::read::{Cursor, Filter, Order};
use maud::{Markup, html};

/// How many hits on a page.
const FIRST: usize = 50;
/// How many campaigns on the first one.
const MOST: usize = 100;

/// `/`.
pub(super) async fn find(State(desk): State<Desk>, visit: Visit) -> Response {
    // Two were compared here once, and such links are still about.
    if let (Some(of), Some(with)) = (visit.here.asked("compare"), visit.here.asked("with")) {
        let to = visit.here.with("/overlap", &[("of", of), ("with", with)]);
        return Redirect::permanent(&to).into_response();
    }
    visited(desk, visit, |view, here, _| {
        let facets = FACETS.iter().map(|(name, ..)| *name);
        let own: Vec<&str> = OWN.into_iter().chain(facets).collect();
        here.takes(&own)?;
        match here.asked("text") {
            _ if narrowed(here) => filtered(view, here),
            Some(text) => hits(view, here, text),
            None if here.asked("noun").is_some() => filtered(view, here),
            None => start(view, here),
        }
    })
    .await
}

/// What else the page is asked for.
const OWN: [&str; 6] = ["text", "noun", "tlp", "after", "compare", "with"];

/// What a list can be narrowed to: the parameter, in English and in French.
const FACETS: [(&str, &str, &str); 7] = [
    ("platform", "on the platform", "sur la plateforme"),
    ("target", "targeting", "visant"),
    (
        "technique",
        "using the technique (T0049, or a name)",
        "employant la technique (T0049, ou un nom)",
    ),
    ("assessor", "claimed by", "affirmé par"),
    (
        "likely",
        "claimed to be at least so likely, in percent",
        "affirmé au moins aussi probable, en pour cent",
    ),
    (
        "from",
        "from (day, month or year)",
        "du (jour, mois ou année)",
    ),
    ("to", "to", "au"),
];

/// Whether the address asks for any of them, or for a level of TLP.
fn narrowed(here: &Here) -> bool {
    let mut names = FACETS.iter().map(|(name, ..)| *name).chain(["tlp"]);
    names.any(|name| here.asked(name).is_some())
}

/// The facets as a form, with what is chosen.
fn facets(here: &Here) -> Markup {
    let chosen = narrowed(here);
    html! {
        details.asks open[chosen] {
            summary { (here.say("Narrow it down", "Restreindre")) }
            form action="/" method="get" {
                (carried(here, &[]))
                label { (here.say("words in the name", "mots du nom")) input type="search" name="text" value=[here.asked("text")]; }
                label { (here.say("what it is", "nature")) select name="noun" {
                    option value="" { (here.say("anything", "tout")) }
                    @for kind in Noun::ALL { option value=(kind.name()) selected[here.asked("noun") == Some(kind.name())] { (noun(kind.name(), here)) } }
                } }
                @for (name, en, fr) in FACETS { label { (here.say(en, fr)) input name=(name) value=[here.asked(name)]; } }
                label { (here.say("marked", "marqué")) select name="tlp" {
                    option value="" { (here.say("anyhow", "peu importe")) }
                    @for level in Tlp::ALL { option value=(level) selected[here.asked("tlp").and_then(Tlp::parse) == Some(level)] { (level) } }
                } }
                button { (here.say("Find", "Trouver")) }
            }
        }
    }
}

/// What all of a list meets, in words.
fn met(here: &Here) -> Markup {
    let words = ("text", "words in the name", "mots du nom");
    let level = ("tlp", "TLP", "TLP");
    let all = [words].into_iter().chain(FACETS).chain([level]);
    let said = all.filter_map(|(name, en, fr)| Some((here.say(en, fr), here.asked(name)?)));
    html! {
        @if let Some(kind) = here.asked("noun") { strong { (noun(kind, here)) } " " }
        @for (what, said) in said { span.soft { "· " (what) (here.say(": ", " : ")) } (quote(said, here)) " " }
    }
}

/// The noun that the address asks for.
fn chosen(here: &Here) -> Result<Option<Noun>, Problem> {
    here.asked("noun").map(names::noun_named).transpose()
}

/// Records that meet every facet, by date.
fn filtered(view: &View, here: &Here) -> Result<Page, Problem> {
    let asked = |name: &str| here.asked(name).map(str::to_owned);
    let percent = |text: &str| {
        let number: Option<f64> = text.trim_end_matches(['%', ' ', '\u{a0}']).parse().ok();
        number.map(|number| number / 100.0).ok_or_else(|| {
            Problem::bad_request(format!(
                "likely: \"{text}\" is no number of percent, such as 55"
            ))
        })
    };
    let query = ListQuery {
        noun: asked("noun"),
        platform: asked("platform"),
        technique: asked("technique"),
        target: asked("target"),
        likely: here.asked("likely").map(percent).transpose()?,
        tlp: asked("tlp"),
        assessor: asked("assessor"),
        from: asked("from"),
        to: asked("to"),
        text: asked("text"),
        ..ListQuery::default()
    };
    let filter = query.filter(view)?;
    let after = here.asked("after").map(|after| Cursor(after.to_owned()));
    let order = (Order::FirstSeen, true);
    let found = listed(view, here.lang, &filter, order, (FIRST, after.as_ref()))?;
    let caption = format!(
        "{} {}",
        found.total,
        here.say(
            "records, the latest first",
            "fiches, les plus récentes d’abord"
        )
    );
    let title = here.say("Narrowed down", "Restreint");
    let body = html! {
        h1 { (title) }
        p.notice { (met(here)) }
        (facets(here))
        @if found.items.is_empty() { p.notice { (here.say(
            "Nothing that you may see meets all of this. Leave one of them empty.",
            "Rien de ce que vous voyez ne répond à tout cela. Laissez l’un d’eux vide.")) } }
        @else { (scroll(&caption, html! { table {
            caption { (caption) }
            thead { tr { th scope="col" { (here.say("Record", "Fiche")) } th scope="col" { (here.say("What it is", "Nature")) }
                th scope="col" { (here.say("How surely within the dates", "Avec quelle certitude dans les dates")) } th scope="col" { "TLP" } } }
            tbody { @for one in &found.items { tr {
                th scope="row" { a href=(here.to(&one.id)) { (one.label) } }
                td { (noun(one.noun, here)) }
                td { @match one.certainty {
                    Some("certain") => (here.say("surely", "sûrement")),
                    Some(_) => (here.say("perhaps", "peut-être")),
                    None => "–",
                } }
                td.short { (one.marking.as_deref().unwrap_or("–")) }
            } } }
        } })) }
        @if let Some(next) = &found.next {
            p { a href=(here.otherwise("after", Some(next))) { (here.say("Further records", "Fiches suivantes")) } }
        }
    };
    let nouns: Vec<Noun> = match filter.noun {
        Some(noun) => vec![noun],
        // Of a noun that is not on this page, nothing shown is asked.
        None => Noun::ALL
            .into_iter()
            .filter(|noun| found.items.iter().any(|one| one.noun == noun.name()))
            .collect(),
    };
    let likely = query.likely.map(|likely| likely.to_string());
    let mut wanted: Vec<(&str, &str)> = FACETS
        .iter()
        .map(|(name, ..)| *name)
        .chain(["noun", "tlp", "text"])
        .filter(|name| *name != "likely")
        .filter_map(|name| Some((name, here.asked(name)?)))
        .collect();
    wanted.extend(likely.as_deref().map(|likely| ("likely", likely)));
    let rest = here.with("/api/v1/records", &wanted);
    let mut behind = vec![("REST", format!("GET {rest}"))];
    if !nouns.is_empty() {
        behind.push(("GraphQL", asking(here, &filter, &nouns)));
    }
    Ok(Page {
        marking: found.shown.name(),
        behind,
        forms: with_table(rest),
        ..Page::plain(title, body)
    })
}

/// The GraphQL that asks for the same.
fn asking(here: &Here, filter: &Filter, nouns: &[Noun]) -> String {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let mut wanted = Vec::new();
    for name in ["platform", "technique", "target", "assessor", "text"] {
        wanted.extend(
            here.asked(name)
                .map(|asked| format!("{name}: {}", text(asked))),
        );
    }
    wanted.extend(filter.likely.map(|likely| format!("likely: {likely}")));
    wanted.extend(
        filter
            .tlp
            .map(|tlp| format!("tlp: {}", text(&tlp.to_string()))),
    );
    let ends = ["from", "to"].map(|end| Some(format!("{end}: {}", text(here.asked(end)?))));
    let ends: Vec<String> = ends.into_iter().flatten().collect();
    if !ends.is_empty() {
        wanted.push(format!("date: {{{}}}", ends.join(", ")));
    }
    let wanted = match wanted.is_empty() {
        true => String::new(),
        false => format!("filter: {{{}}}, ", wanted.join(", ")),
    };
    let lists = nouns.iter().map(|noun| {
        let (_, list) = list::names(*noun);
        let fields = match noun {
            Noun::Claim | Noun::Relationship => "id",
            _ => "id label",
        };
        format!(
            "{list}({wanted}orderBy: FIRST_SEEN_DESC, first: {FIRST}) {{ totalCount nodes {{ {fields} }} }}"
        )
    });
    let lists: Vec<String> = lists.collect();
    match lists.as_slice() {
        [one] => format!("{{ {one} }}"),
        several => format!("{{\n  {}\n}}", several.join("\n  ")),
    }
}

fn hits(view: &View, here: &Here, text: &str) -> Result<Page, Problem> {
    let chosen = chosen(here)?;
    let nouns: Vec<Noun> = chosen.into_iter().collect();
    let after = here.asked("after").map(|after| Cursor(after.to_owned()));
    let page = found(view, here.lang, text, &nouns, (FIRST, after.as_ref()))?;
    // How many of each noun, so that one can be chosen.
    let counted = view.found_by_noun(text)?;
    let title = format!(
        "{} {}",
        here.say("Found for", "Trouvé pour"),
        quote(text, here)
    );
    let all = counted.values().sum::<u64>();
    let body = html! {
        h1 { (title) }
        @if counted.len() > 1 || chosen.is_some() {
            nav.facets aria-label=(here.say("By what it is", "Par nature")) {
                a href=(here.with("/", &[("text", text)])) aria-current=[chosen.is_none().then_some("true")] { (here.say("all", "tout")) " " span.soft { (all) } }
                @for (kind, total) in &counted {
                    a href=(here.with("/", &[("text", text), ("noun", kind.name())])) aria-current=[(chosen == Some(*kind)).then_some("true")] {
                        (noun(kind.name(), here)) " " span.soft { (total) } }
                }
            }
        }
        (facets(here))
        (matched(&page, here))
        @if let Some(next) = &page.next { p { a href=(here.otherwise("after", Some(next))) { (here.say("Further hits", "Résultats suivants")) } } }
    };
    let mut query = vec![("text", text)];
    query.extend(here.asked("noun").map(|noun| ("noun", noun)));
    let rest = here.with("/api/v1/search", &query);
    let graphql = format!(
        "{{ search(text: {}) {{ totalCount nodes {{ id ... on Record {{ label }} }} }} }}",
        serde_json::json!(text)
    );
    Ok(Page {
        title,
        marking: strictest(view, page.items.iter().chain(&page.nearest))?,
        behind: vec![("REST", format!("GET {rest}")), ("GraphQL", graphql)],
        forms: with_table(rest),
        body,
        island: None,
    })
}

fn strictest<'a>(
    view: &View,
    hits: impl Iterator<Item = &'a Hit>,
) -> Result<Option<String>, Problem> {
    let ids = hits.flat_map(|hit| [Some(&hit.id), hit.claim.as_ref()]);
    let ids = ids
        .flatten()
        .filter_map(|id| fieldmark_model::RecordId::parse(id).ok());
    Ok(view.marking(ids)?.name())
}

/// Each hit, and why it matched.
fn matched(page: &Hits, here: &Here) -> Markup {
    let row = |hit: &Hit| {
        html! {
            tr {
                th scope="row" { a href=(here.to(&hit.id)) { (hit.label) } }
                td { (noun(hit.noun, here)) }
                td { @if hit.matched == hit.label { (here.say("its name", "son nom")) } @else { (quote(&hit.matched, here)) }
                    @if let Some(claim) = &hit.claim { " · " a href=(here.to(claim)) { (here.say("by this claim", "selon cette affirmation")) } } }
                td.short { (hit.marking.as_deref().unwrap_or("–")) }
                td { a href=(here.link(&format!("/dossier/{}", hit.id))) aria-label=(format!("{}: {}", here.say("dossier", "dossier"), hit.label)) { (here.say("dossier", "dossier")) } }
            }
        }
    };
    let caption = format!("{} {}", page.total, here.say("records", "fiches"));
    let table = |caption: &str, hits: &[Hit]| {
        scroll(
            caption,
            html! { table {
                caption { (caption) }
                thead { tr {
                    th scope="col" { (here.say("Record", "Fiche")) } th scope="col" { (here.say("What it is", "Nature")) }
                    th scope="col" { (here.say("Why it matched", "Pourquoi")) } th scope="col" { "TLP" } th scope="col" { (here.say("Who says what", "Qui dit quoi")) }
                } }
                tbody { @for hit in hits { (row(hit)) } }
            } },
        )
    };
    html! {
        @if page.items.is_empty() {
            p.notice { (here.say("Nothing here bears that name or says those words.", "Rien ici ne porte ce nom ni ne dit ces mots.")) }
            @if !page.nearest.is_empty() { (table(here.say("The nearest names", "Les noms les plus proches"), &page.nearest)) }
        } @else { (table(&caption, &page.items)) }
    }
}

/// What is here: campaigns by date, and how many of each noun.
fn start(view: &View, here: &Here) -> Result<Page, Problem> {
    let title = here.say("Who says who ran it", "Qui dit qui l’a menée");
    let filter = Filter {
        noun: Some(Noun::Campaign),
        ..Filter::default()
    };
    let latest = (Order::FirstSeen, true);
    let found = listed(view, here.lang, &filter, latest, (MOST, None))?;
    let counts = counts(view, here)?;
    let body = html! {
        h1 { (title) }
        p.soft { (here.say(
            "Claims about who ran which operation, each with its assessor, words, date and source. Nothing is merged.",
            "Des affirmations sur qui a mené quelle opération, chacune avec son auteur, ses mots, sa date et sa source. Rien n’est fusionné.")) }
        form action="/" method="get" role="search" {
            (carried(here, &[]))
            label { (here.say("What do we hold on…", "Qu’avons-nous sur…")) input type="search" name="text" placeholder="Spamouflage"; }
            button { (here.say("Find", "Trouver")) }
        }
        (facets(here))
        h2 { (here.say("Campaigns", "Campagnes")) " (" (found.total) ")" }
        @if found.items.is_empty() { p.notice { (here.say(
            "No campaign that you may see. Import a file (fieldmark import FILE), or sign in with a token that sees more.",
            "Aucune campagne que vous puissiez voir. Importez un fichier (fieldmark import FICHIER), ou ouvrez une session avec un jeton qui voit plus.")) } }
        ul.plain { @for one in &found.items { li {
            a href=(here.to(&one.id)) { (one.label) } " "
            a.soft href=(here.link(&format!("/dossier/{}", one.id))) aria-label=(format!("{}: {}", here.say("dossier", "dossier"), one.label)) { (here.say("dossier", "dossier")) } " "
            a.soft href=(here.with("/overlap", &[("of", &one.id)])) aria-label=(format!("{}: {}", here.say("overlap", "recoupement"), one.label)) { (here.say("overlap", "recoupement")) }
        } } }
        @if found.next.is_some() { p.notice { (here.say("The latest 100 are shown; search finds the others.", "Les 100 dernières sont montrées ; la recherche trouve les autres.")) } }
        (counts)
    };
    let asked = [("noun", "Campaign"), ("first", "100")];
    let rest = here.with("/api/v1/records", &asked);
    Ok(Page {
        marking: found.shown.name(),
        behind: vec![
            ("REST", format!("GET {rest}")),
            (
                "GraphQL",
                "{ campaigns(first: 100) { nodes { id label } } }".to_owned(),
            ),
        ],
        forms: with_table(rest),
        ..Page::plain(title, body)
    })
}

fn counts(view: &View, here: &Here) -> Result<Markup, Problem> {
    let counts = view.nouns()?;
    Ok(html! {
        h2 { (here.say("What you may see", "Ce que vous pouvez voir")) }
        @if counts.is_empty() { p.notice { (here.say("Nothing yet.", "Rien encore.")) } }
        ul.plain.columns { @for (kind, total) in &counts { li {
            a href=(here.with("/", &[("noun", kind.name())])) { (noun(kind.name(), here)) } " " span.soft { (total) }
        } } }
    })
}
