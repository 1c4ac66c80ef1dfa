//! The attribution dossier: position by position, who says so, in what words, on what.

use super::layout::{carried, cited, scroll};
use super::record::{named, place, quote, whence};
use super::{Page, with_table};
use crate::answer::claim::ClaimRow;
use crate::answer::dossier::{DossierRow, Dossiers, PropositionRow};
use crate::known::ASSERTED_BY;
use crate::report;
use crate::report::Form;
use crate::report::graph::graph;
use crate::viewing::Here;
use fieldmark_rdf::ontology;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::ops::Range;

/// More propositions than a dossier tells of, so that each on a page has its own number.
const MOST: usize = 100_000;

/// How many positions a page tells of in full.
const IN_FULL: usize = 20;
/// How many it lists in a line each.
const IN_SHORT: usize = 100;

/// The page; `name` is what was asked about, `from` the number of the position it begins with.
pub(crate) fn page(found: &Dossiers, name: &str, from: usize, here: &Here) -> Page {
    let rows = found.each();
    let first = rows.first();
    let title = first.map_or(name, |row| row.subject.label.as_str());
    let one = rows.len() == 1;
    let body = html! {
        h1 { (if one { title } else { name }) }
        @if !one {
            p.notice { (here.say(
                "Several things go by this name. Each is told of under its own heading.",
                "Plusieurs choses portent ce nom. Chacune est présentée sous son propre titre.")) }
        }
        (how(here))
        @for (at, row) in rows.iter().enumerate() { (dossier(row, (at, one), from, here)) }
    };
    // A name in an address may hold anything.
    let named = match first {
        Some(row) if one => row.subject.id.clone(),
        _ => utf8_percent_encode(name, NON_ALPHANUMERIC).to_string(),
    };
    let path = format!("/api/v1/dossier/{named}");
    let asked = asked(here);
    let form = |ending: &str| here.with(&format!("{path}.{ending}"), &asked);
    let about = rows.iter().map(|row| {
        format!(
            "{{ dossier(of: \"{}\") {{ propositions {{ kind affirmed denied weighing {{ headline(lang: {}) }} claims {{ id assessors {{ label }} verbatim {{ text }} }} }} }} }}",
            row.subject.id,
            here.tag().to_uppercase()
        )
    });
    Page {
        title: format!("{title} · {}", here.say("dossier", "dossier")),
        marking: found.marking().name(),
        behind: vec![
            ("REST", format!("GET {}", here.with(&path, &asked))),
            ("GraphQL", about.collect::<Vec<_>>().join("\n")),
        ],
        forms: with_table(form("json"))
            .into_iter()
            .chain(
                Form::ALL
                    .iter()
                    .map(|(ending, one)| (one.label(here.tag()), form(ending))),
            )
            .collect(),
        body,
        island: None,
    }
}

/// How a dossier may be read, by the parameter's name.
const ASKED: [&str; 5] = ["rule", "scale", ASSERTED_BY, "lens", "lensBy"];

fn asked(here: &Here) -> Vec<(&'static str, &str)> {
    let asked = ASKED.into_iter();
    asked
        .filter_map(|name| Some((name, here.asked(name)?)))
        .collect()
}

/// How it is read: the rule, the scale, as asserted when, and under which lens.
fn how(here: &Here) -> Markup {
    let rules = [
        (
            "ledger",
            "one ground counts once",
            "un fondement compte une fois",
        ),
        (
            "single-best",
            "the best line alone",
            "la meilleure ligne seule",
        ),
        (
            "full-independence",
            "as if all were independent",
            "comme si tout était indépendant",
        ),
    ];
    let chosen = |name: &str, value: &str| here.asked(name).unwrap_or_default() == value;
    html! {
        details.how.asks open[!asked(here).is_empty()] {
            summary { (here.say("How to read it: rule, scale, date, lens", "Comment le lire : règle, échelle, date, optique")) }
            form action=(here.uri.path()) method="get" {
                (carried(here, &[ASSERTED_BY]))
                label { (here.say("Rule", "Règle")) select name="rule" {
                    @for (name, en, fr) in rules { option value=(name) selected[chosen("rule", name)] { (here.say(en, fr)) } }
                } }
                label { (here.say("Words of the scale", "Mots de l’échelle")) select name="scale" {
                    @for iri in ontology::scales() {
                        @let name = ontology::local(&iri);
                        option value=(name) selected[name == here.asked("scale").unwrap_or("icd203")] { (ontology::label(&iri, here.tag()).unwrap_or_else(|| name.to_owned())) }
                    }
                } }
                label { (here.say("As asserted by (day, month or year)", "Tel qu’affirmé au (jour, mois ou année)"))
                    input name=(ASSERTED_BY) value=[here.asked(ASSERTED_BY)] placeholder="2023-09-06"; }
                label { (here.say("What else passes for it", "Ce qui passe aussi pour lui")) select name="lens" {
                    @for lens in ontology::lenses() {
                        option value=(lens.name) selected[chosen("lens", &lens.name)] { (ontology::label(&lens.iri, here.tag()).unwrap_or_else(|| lens.name.clone())) }
                    }
                } }
                label { (here.say("by whose claims (names, between ;)", "selon qui (noms, séparés par ;)"))
                    input name="lensBy" value=[here.asked("lensBy")]; }
                button { (here.say("Read", "Lire")) }
            }
        }
    }
}

fn dossier(row: &DossierRow, (at, alone): (usize, bool), from: usize, here: &Here) -> Markup {
    let lang = here.tag();
    let all = row.propositions.len();
    // Where another sense of the name has fewer, it shows its last.
    let begin = from.clamp(1, all.max(1)) - 1;
    let end = all.min(begin + IN_FULL);
    let mut heading = None;
    let headed = report::headed(lang, &row.propositions).enumerate();
    let headed = headed.filter_map(|(number, (new, one))| {
        heading = new.or(heading.take());
        let on_page = (begin..end).contains(&number);
        on_page.then(|| (number, heading.take(), one))
    });
    let headed: Vec<_> = headed.collect();
    let taken = report::sames(lang, &row.lens);
    html! {
        section aria-labelledby=(format!("s{at}")) {
            @if !alone { h2 { (row.subject.label) } }
            p.soft id=(format!("s{at}")) { (super::record::noun(row.subject.noun, here)) " · " code { (row.subject.id) } }
            ul.ways {
                li { a href=(here.to(&row.subject.id)) { (here.say("Its page", "Sa fiche")) } }
                li { a href=(here.link(&format!("/timeline/{}", row.subject.id))) { (here.say("Timeline", "Chronologie")) } }
                @if here.writes { li { a href=(here.with("/write", &[("subject", &row.subject.id)])) { (here.say("+ Assert a claim", "+ Affirmer")) } } }
                li { a href=(here.link(&format!("/changes/{}", row.subject.id))) { (here.say("What changed between two dates", "Ce qui a changé entre deux dates")) } }
                (cited(here))
            }
            @if let Some(date) = &row.asserted_by {
                p.notice { (here.say("As asserted by ", "Tel qu’affirmé au ")) (date) "."
                    @if let Some(later) = row.later { " " (later) " " (here.say("claims came after.", "affirmations sont venues ensuite.")) } }
            }
            @if let Some(lens) = report::lens(lang, &row.lens) { p.notice { (lens) } }
            @if !taken.is_empty() {
                h2 { (here.say("Taken for the same", "Tenu pour le même")) }
                ul { @for one in taken { li { (one) } } }
            }
            @if let Some(cut) = &row.cut { p.notice { (cut) } }
            @if row.propositions.is_empty() {
                p.notice { (here.say(
                    "Nobody whose claims you may see says anything of it. Search for another name it goes by, or look at its page.",
                    "Personne dont vous voyez les affirmations n’en dit rien. Cherchez un autre de ses noms, ou voyez sa fiche.")) }
            }
            @if all > 1 { (in_short(row, at, begin, here)) }
            @for (number, heading, one) in headed {
                @if let Some(heading) = heading { h2.heading { (heading) } }
                @let drawn = by_itself(&row.subject.id, number, here);
                (position(one, (number, at), (number == begin && at == 0, &drawn), here))
            }
            @if all > IN_FULL { (turn(begin..end, all, here)) }
            @for (heading, rows) in report::stated(lang, row) { @if !rows.is_empty() {
                details { summary { (heading) " (" (rows.len()) ")" } ul { @for row in rows { li { (row) } } } }
            } }
        }
    }
}

/// Which positions are told of here, and the way to those before and after.
fn turn(shown: Range<usize>, all: usize, here: &Here) -> Markup {
    let to = |from: usize| here.otherwise("from", Some(&from.to_string()));
    html! {
        nav.ways aria-label=(here.say("Positions", "Positions")) { p {
            (here.say("Positions ", "Positions ")) (shown.start + 1) "–" (shown.end) (here.say(" of ", " sur ")) (all)
            @if shown.start > 0 { " · " a rel="prev" href=(to((shown.start + 1).saturating_sub(IN_FULL).max(1))) { (here.say("those before", "les précédentes")) } }
            @if shown.end < all { " · " a rel="next" href=(to(shown.end + 1)) { (here.say("those after", "les suivantes")) } }
        } }
    }
}

/// Positions in a line each, which lead to where each is told of in full.
fn in_short(row: &DossierRow, at: usize, begin: usize, here: &Here) -> Markup {
    let caption = here.say("In short", "En bref");
    let all = row.propositions.len();
    // As long as the lines hold them all, they are the same on every page.
    let listed = if all > IN_SHORT { begin } else { 0 };
    let end = all.min(listed + IN_SHORT);
    let place = |number: usize| {
        let own = format!("#p{at}-{number}");
        match (begin..begin + IN_FULL).contains(&number) {
            true => own,
            false => here.otherwise("from", Some(&(number + 1).to_string())) + &own,
        }
    };
    scroll(
        caption,
        html! { table {
            caption { (caption) @if end - listed < all { " (" (listed + 1) "–" (end) (here.say(" of ", " sur ")) (all) ")" } }
            thead { tr {
                th scope="col" { "#" } th scope="col" { (here.say("Position", "Position")) } th scope="col" { (here.say("What it comes to", "Ce que cela donne")) }
                th.number scope="col" { (here.say("For", "Pour")) } th.number scope="col" { (here.say("Against", "Contre")) }
            } }
            tbody { @for (number, one) in row.propositions.iter().enumerate().take(end).skip(listed) { tr.against[one.denied > one.affirmed] {
                td { (number + 1) } th scope="row" { a href=(place(number)) { (report::title(one)) } }
                td { (one.weighing.headline) } td.number { (one.affirmed) } td.number { (one.denied) }
            } } }
        } },
    )
}

/// Where the argument of a position is drawn by itself.
fn by_itself(subject: &str, number: usize, here: &Here) -> String {
    let number = (number + 1).to_string();
    let mut query = vec![("of", subject), ("position", number.as_str())];
    query.extend(asked(here));
    here.with("/api/v1/pictures/argument", &query)
}

/// One thing that is claimed: the headline, who says so, the argument, what to beware of. The `first`
/// of a page has its argument open.
fn position(
    one: &PropositionRow,
    (number, at): (usize, usize),
    (first, drawn): (bool, &str),
    here: &Here,
) -> Markup {
    let lang = here.tag();
    let weighing = &one.weighing;
    let id = format!("p{at}-{number}");
    let claims = here.say("Claims", "Affirmations");
    let lists = [
        (here.say("Beware", "Attention"), report::warnings(lang, one)),
        (
            here.say("Open questions", "Questions ouvertes"),
            report::questions(lang, one),
        ),
    ];
    html! {
        section.position aria-labelledby=(id) {
            h3 id=(id) { (here.say("Position ", "Position ")) (number + 1) (here.say(": ", " : ")) (report::title(one)) }
            p.headline { (weighing.headline) }
            p.soft {
                (one.affirmed) " " (here.say("for", "pour")) " · " (one.denied) " " (here.say("against", "contre")) " · "
                (one.sources) " " (here.say("documents", "documents")) " · "
                (weighing.lines.len()) " " (here.say("lines of evidence", "lignes de preuve")) " · γ = " (weighing.gamma)
            }
            (scroll(claims, html! { table {
                caption { (claims) }
                thead { tr {
                    th scope="col" { (here.say("Who", "Qui")) } th scope="col" { (here.say("In what words", "En quels mots")) }
                    th scope="col" { (here.say("How likely", "Probabilité")) } th scope="col" { "Date" }
                    th scope="col" { (here.say("Where", "Où")) } th scope="col" { "TLP" }
                } }
                tbody { @for claim in &one.claims { (row(claim, here)) } }
            } }))
            details.argument open[first] {
                summary { (here.say("The argument, drawn", "L’argument, dessiné")) }
                div.picture { (graph(lang, one, at * MOST + number, Some(&|id| here.to(id)))) }
                p { a href=(drawn) { "SVG" } }
                h4 { (here.say("Lines of evidence", "Lignes de preuve")) }
                ol { @for each in &weighing.lines { li { (report::line(lang, one, each)) } } }
            }
            @for (heading, sentences) in &lists { @if !sentences.is_empty() {
                h4 { (heading) }
                ul { @for sentence in sentences { li { (sentence) } } }
            } }
        }
    }
}

/// What may be done about a claim.
fn acts(id: &str, here: &Here) -> Markup {
    let acts = [
        ("concur", "concur", "concourir"),
        ("dispute", "dispute", "contester"),
        ("reviseClaim", "revise", "réviser"),
        ("withdrawClaim", "withdraw", "retirer"),
    ];
    html! { @for (order, en, fr) in acts { a href=(here.with("/write", &[("order", order), ("of", id)])) { (here.say(en, fr)) } " " } }
}

/// One claim as a row: for and against differ by word and by line, not by colour alone; what was
/// taken back stays, struck.
fn row(claim: &ClaimRow, here: &Here) -> Markup {
    let lang = here.tag();
    let denies = claim.polarity == "denies";
    html! {
        tr.against[denies] {
            th scope="row" {
                @for (n, who) in claim.assessors.iter().enumerate() { @if n > 0 { ", " } (named(who, here)) }
                @if denies { " " strong { "✗ " (here.say("denies", "nie")) } }
            }
            td {
                @for words in &claim.verbatim { div lang=(words.lang) { (quote(&words.text, here)) " " (whence(words, here)) } }
                @if claim.verbatim.is_empty() { span.soft { (here.say("no words given", "sans mots cités")) } }
                @for of_one in claim.derivation.chunk_by(|one, next| one.relation == next.relation) { div.soft {
                    (of_one[0].relation_label) " "
                    @for (n, one) in of_one.iter().enumerate() { @if n > 0 { ", " } a href=(here.to(&one.claim)) { (one.label) } }
                } }
                @for one in &claim.withheld { div.soft { (crate::answer::words::called(one, lang)) " " (here.say("[withheld]", "[non communiqué]")) } }
            }
            td { (report::likely(lang, claim)) @if let Some(confidence) = &claim.confidence { div.soft { (here.say("confidence ", "confiance ")) (confidence) } } }
            td.short { (report::dated(lang, claim)) }
            td {
                @for (n, source) in claim.sources.iter().enumerate() { @if n > 0 { "; " } (named(source, here)) }
                " " (place(claim.locator.as_deref(), &claim.sources, here)) " "
                a href=(here.to(&claim.id)) { (claim.number.as_deref().unwrap_or(here.say("claim", "affirmation"))) }
                @if here.writes { div { (acts(&claim.id, here)) } }
            }
            td.short { (claim.marking.as_deref().unwrap_or("–")) }
        }
    }
}
