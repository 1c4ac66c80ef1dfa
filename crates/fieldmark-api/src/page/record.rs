//! The page of one record.

use super::Page;
use super::layout::{carried, scroll};
use crate::answer::claim::{ClaimRow, Words};
use crate::answer::names::Named;
use crate::answer::record::{Part, Property, Record};
use crate::answer::source::{line_of, page_of};
use crate::known::KNOWN_AT;
use crate::pictures::Picture;
use crate::viewing::Here;
use fieldmark_model::Noun;
use fieldmark_model::id::ID_BASE;
use fieldmark_rdf::vocab::{EDGES, FM, properties as properties_of};
use fieldmark_rdf::{graph, ontology};
use fieldmark_store::Revision;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// What the page shows beside the record itself.
pub(crate) struct Beside {
    /// What stands around it, drawn.
    pub picture: Option<Picture>,
    /// Whether somebody opened, folded or moved something of it.
    pub rearranged: bool,
    /// The audiences that see something of it; for the steward.
    pub seen_by: Vec<String>,
    /// Its revisions, oldest first; for the steward.
    pub history: Vec<Revision>,
}

/// The page of one record.
pub(crate) fn page(record: &Record, beside: &Beside, here: &Here) -> Page {
    let label = match here.tag() {
        "fr" => &record.label.fr,
        _ => &record.label.en,
    };
    let of = [("of", record.id.as_str())];
    let comparable = ["Campaign", "Incident", "ActivitySet", "BotNetwork"].contains(&record.noun);
    let body = html! {
        h1 { (label) }
        p.soft { (noun(record.noun, here)) " · " code { (record.id) } }
        @if let Some(cut) = &record.cut { p.notice { (cut) } }
        (strip(record, beside, here))
        ul.ways {
            li { a href=(here.link(&format!("/dossier/{}", record.id))) { (here.say("Attribution dossier", "Dossier d’attribution")) } }
            li { a href=(here.link(&format!("/timeline/{}", record.id))) { (here.say("Timeline", "Chronologie")) } }
            @if here.sees_all && record.noun == Noun::Report.name() { li { a href=(text_of(&record.id, None, here)) { (here.say("Its text, and what is quoted of it", "Son texte, et ce qui en est cité")) } } }
            @if comparable {
                li { a href=(here.with("/overlap", &of)) { (here.say("Who shares most with it", "Qui partage le plus avec elle")) } }
                li { a href=(here.with("/matrix", &of)) { (here.say("DISARM matrix", "Matrice DISARM")) } }
            }
        }
        @if comparable {
            form action="/overlap" method="get" {
                (carried(here, &[]))
                input type="hidden" name="of" value=(record.id);
                label { (here.say("Compare with (name or id)", "Comparer avec (nom ou id)")) input name="with" required; }
                button { (here.say("Compare", "Comparer")) }
            }
        }
        @if !record.claims.is_empty() {
            h2 { (here.say("Claims", "Affirmations")) " (" (record.counts.claims) ")" }
            @for row in &record.claims { (claim(row, here)) }
        }
        @if let Some(picture) = &beside.picture {
            section id="surroundings" aria-labelledby="around" {
            h2 id="around" { (here.say("What stands around it", "Ce qui l’entoure")) }
            p { @for depth in ["1", "2", "3"] {
                a.redraw href=(here.otherwise("depth", Some(depth)) + "#around") aria-current=[(here.asked("depth").unwrap_or("1") == depth).then_some("true")] { (depth) " " (here.say(if depth == "1" { "step" } else { "steps" }, "pas")) } " "
            }
            @if beside.rearranged {
                @let as_it_was = ["open", "folded", "pin"].map(|name| (name, None));
                "· " a.redraw href=(here.otherwise_all(&as_it_was) + "#around") { (here.say("as it was at first", "comme au début")) }
            } }
            p.soft { (here.say(
                "+3 opens a record of which three ties are not drawn, − folds it; Back undoes. Where the browser runs our script, a dot can be drawn to another place, and the arrow keys lead from one record to the next.",
                "+3 déplie une fiche dont trois liens ne sont pas dessinés, − la replie ; Précédent annule. Là où le navigateur exécute notre script, un point se déplace à la souris, et les flèches mènent d’une fiche à l’autre.")) }
            div.picture.wide tabindex="0" role="region" aria-label=(picture.title) { (picture.svg.inline_linked()) }
            details { summary { (here.say("The same as a table", "Le même en tableau")) } (scroll(&picture.title, picture.table.clone())) }
            }
        }
        @if !record.relationships.is_empty() { (relationships(record, here)) }
        h2 { (here.say("Properties", "Propriétés")) }
        // What follows from a relationship stands above, with its source.
        (properties(record.properties.iter().filter(|p| !EDGES.iter().any(|(_, edge)| edge.as_str() == p.iri)), here))
        @for part in &record.children {
            h3 id=(fragment(&part.iri)) { (kinds(part)) " " small { code { (fragment(&part.iri)) } } }
            (properties(part.properties.iter(), here))
        }
        (history(record, &beside.history, here))
    };
    let address = here.link(&format!("/api/v1/records/{}", record.id));
    let export = |format: &str| {
        let asked = [("format", format), ("of", record.id.as_str())];
        here.with("/api/v1/export", &asked)
    };
    let mut forms = vec![("JSON", address.clone())];
    forms.extend([("Turtle", export("turtle")), ("JSON-LD", export("jsonld"))]);
    // What came in as STIX is kept as it is known now.
    let known_now = here.carried(KNOWN_AT).is_none();
    forms.extend(known_now.then(|| ("STIX", export("stix"))));
    forms.extend(
        graph::FORMS
            .iter()
            .map(|form| (form.name, export(form.name))),
    );
    Page {
        title: label.clone(),
        marking: record.shown_marking.clone(),
        behind: vec![
            ("REST", format!("GET {address}")),
            ("SPARQL", format!("DESCRIBE <{}>", record.iri)),
        ],
        forms,
        body,
        island: beside.picture.is_some().then_some("graph"),
    }
}

/// More names than this behind one word, and their number stands for the rest.
const NAMES: usize = 8;

/// What it is, in a few lines: when, with whom and what, how many say so, who may see it.
fn strip(record: &Record, beside: &Beside, here: &Here) -> Markup {
    let mut ties: BTreeMap<&str, Vec<&Named>> = BTreeMap::new();
    for link in record
        .relationships
        .iter()
        .filter(|link| link.from.id == record.id)
    {
        ties.entry(&link.kind_label).or_default().push(&link.to);
    }
    let dates = [
        properties_of::STIX_FIRST_SEEN,
        properties_of::STIX_LAST_SEEN,
        properties_of::FM_DATE_TEXT,
    ];
    let dates = dates.into_iter().filter_map(|property| {
        record
            .properties
            .iter()
            .find(|one| one.iri == property.as_str())
    });
    let assessors: BTreeSet<&str> = record
        .claims
        .iter()
        .flat_map(|claim| &claim.assessors)
        .map(|who| who.id.as_str())
        .collect();
    let positions: BTreeSet<(&str, &str, Option<&str>)> = record
        .claims
        .iter()
        .map(|claim| {
            (
                claim.kind,
                claim.subject.id.as_str(),
                claim.object.as_ref().map(|object| object.label.as_str()),
            )
        })
        .collect();
    html! {
        dl.strip {
            @for date in dates { div {
                dt { (ontology::label(&date.iri, here.tag()).unwrap_or_else(|| date.name.clone())) }
                dd { (date.values.iter().filter(|value| value.lang.as_deref().is_none_or(|lang| lang == here.tag())).map(|value| value.value.as_str()).collect::<Vec<_>>().join(", ")) }
            } }
            @if !record.claims.is_empty() { div {
                dt { (here.say("Who says what", "Qui dit quoi")) }
                dd { (assessors.len()) " " (here.say("assessors", "auteurs")) ", " (positions.len()) " " (here.say("positions", "positions")) ", " (record.counts.claims) " " (here.say("claims", "affirmations")) }
            } }
            @for (kind, names) in &ties { div {
                dt { (kind) }
                dd {
                    @for (n, one) in names.iter().take(NAMES).enumerate() { @if n > 0 { ", " } (named(one, here)) }
                    @if names.len() > NAMES { " +" (names.len() - NAMES) }
                }
            } }
            @if !beside.seen_by.is_empty() { div { dt { (here.say("Seen by", "Vu par")) } dd { (beside.seen_by.join(", ")) } } }
        }
    }
}

/// The way to put back what a record said before its last revision.
pub(super) fn put_back(id: &str, here: &Here) -> Markup {
    let to = here.with("/write", &[("order", "revertRecord"), ("of", id)]);
    html! { a href=(to) { (here.say("Put back what it said before", "Remettre ce qu’elle disait avant")) } }
}

/// Its revisions, as the ledger has them.
fn history(record: &Record, revisions: &[Revision], here: &Here) -> Markup {
    let caption = here.say("History", "Historique");
    html! {
        @if !revisions.is_empty() {
            h2 { (caption) " (" (revisions.len()) ")" }
            (scroll(caption, html! { table {
                thead { tr { th scope="col" { (here.say("Entry", "Entrée")) } th scope="col" { (here.say("When", "Quand")) } th scope="col" { (here.say("By", "Par")) } th scope="col" { (here.say("Why", "Pourquoi")) } } }
                tbody { @for one in revisions { tr {
                    th scope="row" { a href=(here.otherwise("knownAt", Some(&format!("entry:{}", one.seq)))) { (one.seq) } }
                    td.short { (one.recorded) } td { (one.author) } td { (one.reason.as_deref().unwrap_or("")) }
                } } }
            } }))
            @if revisions.len() > 1 && here.carried(KNOWN_AT).is_none() { p { (put_back(&record.id, here)) } }
        }
    }
}

fn relationships(record: &Record, here: &Here) -> Markup {
    let title = here.say("Relationships", "Relations");
    html! {
        h2 { (title) " (" (record.counts.relationships) ")" }
        div.scroll tabindex="0" role="region" aria-label=(title) { table {
            thead { tr {
                th scope="col" { (here.say("From", "De")) } th scope="col" { (here.say("Type", "Type")) }
                th scope="col" { (here.say("To", "Vers")) } th scope="col" { (here.say("Said in", "Dit dans")) }
            } }
            tbody { @for row in &record.relationships { tr {
                td { (named(&row.from, here)) }
                td { a href=(here.to(&row.id)) { (row.kind_label) } }
                td { (named(&row.to, here)) }
                td {
                    @for words in &row.verbatim { (quote(&words.text, here)) " " }
                    @if let Some(source) = &row.source { (named(source, here)) }
                    " " (place(row.locator.as_deref(), row.source.as_slice(), here))
                    @if let Some(marking) = &row.marking { " " small { "[" (marking) "]" } }
                }
            } } }
        } }
    }
}

/// By what a part of a record is told from its others.
fn fragment(iri: &str) -> &str {
    iri.rsplit('#').next().unwrap_or(iri)
}

/// What a part of a record is.
fn kinds(part: &Part) -> String {
    let is_type = |property: &&Property| property.iri == properties_of::RDF_TYPE.as_str();
    let types = part.properties.iter().filter(is_type);
    let named = types.flat_map(|property| &property.values);
    let named: Vec<&str> = named.filter_map(|value| value.label.as_deref()).collect();
    named.join(", ")
}

fn properties<'a>(rows: impl Iterator<Item = &'a Property>, here: &Here) -> Markup {
    html! {
        div.scroll { table { tbody { @for property in rows { tr {
            th scope="row" { @match local(&property.iri, here) {
                Some(href) => a href=(href) { (property.name) },
                None => (property.name),
            } }
            td { @for value in &property.values { div lang=[value.lang.as_deref()] {
                @match value.iri.then(|| local(&value.value, here)).flatten() {
                    Some(href) => a href=(href) { (value.label.as_deref().unwrap_or(&value.value)) },
                    None => (value.label.as_deref().unwrap_or(&value.value)),
                }
                @if let Some(marking) = &value.marking { " " small { "[" (marking) "]" } }
            } } }
        } } } } }
    }
}

/// Where words stand, when that is said of them apart from the others.
pub fn whence(words: &Words, here: &Here) -> Markup {
    html! {
        @if words.source.is_some() || words.locator.is_some() { cite.soft {
            @if let Some(source) = &words.source { (named(source, here)) " " }
            (place(words.locator.as_deref(), words.source.as_slice(), here))
        } }
    }
}

/// A place in a source; for a steward it leads to that line of the text.
pub fn place(locator: Option<&str>, of: &[Named], here: &Here) -> Markup {
    let locator = locator.unwrap_or("");
    let line = line_of(locator).filter(|_| here.sees_all);
    html! {
        @match (line, of) {
            (Some(line), [source]) => a href=(text_of(&source.id, Some(line), here)) { (locator) },
            _ => (locator),
        }
    }
}

/// The address of a source's text, at a line of it.
pub fn text_of(source: &str, line: Option<usize>, here: &Here) -> String {
    let path = format!("/source/{source}");
    match line {
        None => here.link(&path),
        // Where no line is longer than a row; where one is, the page is not far.
        Some(line) => here.with(
            &format!("{path}#L{line}"),
            &[("from", &page_of(line).to_string())],
        ),
    }
}

/// One claim: who says what, in which words, where.
pub fn claim(row: &ClaimRow, here: &Here) -> Markup {
    let denies = row.polarity == "denies";
    html! {
        div.claim.denies[denies] {
            div {
                strong { @for (n, assessor) in row.assessors.iter().enumerate() { @if n > 0 { ", " } (named(assessor, here)) } }
                " " (if denies { here.say("denies", "nie") } else { here.say("says", "dit") }) " · "
                (row.kind_label) (here.say(": ", " : ")) (named(&row.subject, here))
                @if let Some(object) = &row.object {
                    " → " @match &object.id { Some(id) => a href=(here.to(id)) { (object.label) }, None => (object.label) }
                }
                @if let Some(level) = &row.level { " · " (level.label) }
            }
            @for words in &row.verbatim { blockquote lang=(words.lang) {
                (quote(&words.text, here)) " " (whence(words, here))
                @if let Some(marking) = &words.marking { " " small { "[" (marking) "]" } }
            } }
            div.soft {
                @if let Some(scale) = &row.scale {
                    (scale.term.as_deref().unwrap_or(""))
                    @if let (Some(low), Some(high)) = (scale.low, scale.high) { " " (percent(low)) "–" (percent(high)) " %" }
                    @if scale.assumed { " (" (here.say("our reading: no scale stated", "notre lecture : aucune échelle énoncée")) ")" }
                    " · "
                } @else { (here.say("no scale stated", "aucune échelle énoncée")) " · " }
                @if let Some(date) = row.dated() { (date) " · " } @else { (here.say("undated", "sans date")) " · " }
                @for (n, source) in row.sources.iter().enumerate() { @if n > 0 { "; " } (named(source, here)) }
                " " (place(row.locator.as_deref(), &row.sources, here)) " · "
                a href=(here.to(&row.id)) { (here.say("this claim", "cette affirmation")) }
                @if let Some(marking) = &row.marking { " · " (marking) }
            }
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

/// Quoted words, between the marks of the page's language.
pub fn quote(words: &str, here: &Here) -> String {
    crate::answer::claim::quote(words, here.tag())
}

/// What a record is, in the language of the page.
pub fn noun(name: &str, here: &Here) -> String {
    let class = fieldmark_rdf::vocab::NOUNS
        .iter()
        .find(|(noun, ..)| *noun == name);
    class
        .and_then(|(_, class, _)| fieldmark_rdf::ontology::label(class.as_str(), here.tag()))
        .unwrap_or_else(|| name.to_owned())
}

/// A record as a link.
pub fn named(named: &Named, here: &Here) -> Markup {
    html! { a href=(here.to(&named.id)) { (named.label) } }
}

/// Where an IRI leads from here. Whatever else data calls an address is not made a link: it might
/// run.
pub(crate) fn local(iri: &str, here: &Here) -> Option<String> {
    if let Some(id) = iri.strip_prefix(ID_BASE) {
        return Some(match id.split_once('#') {
            Some((id, part)) => format!("{}#{part}", here.to(id)),
            None => here.to(id),
        });
    }
    if let Some(name) = iri.strip_prefix(FM) {
        return Some(here.link(&format!("/ns#{name}")));
    }
    (iri.starts_with("http://") || iri.starts_with("https://")).then(|| iri.to_owned())
}
