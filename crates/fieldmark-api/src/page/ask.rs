//! The console of the SPARQL desk, for who comes with a browser.

use super::Page;
use super::copied::{by_token, here_document, in_python, place};
use super::layout::carried;
use super::questions::{drawn, table};
use crate::answer::names::compact;
use crate::answer::question::Answer;
use crate::answer::ties::of_rows;
use crate::viewing::Here;
use fieldmark_rdf::ontology;
use fieldmark_rdf::vocab::PREFIXES;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// What stands in the box at first, and a test runs.
pub(crate) const EXAMPLE: &str = "PREFIX fm: <https://w3id.org/fieldmark/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?subject ?assessor ?words WHERE {
  ?claim a fm:Attribution ; fm:subject/skos:prefLabel ?subject ;
         fm:assessor/skos:prefLabel ?assessor ; fm:verbatim ?words .
  FILTER(LANG(?subject) = \"en\" && LANG(?assessor) = \"en\")
} ORDER BY ?subject ?assessor LIMIT 50
";

/// The formats that the desk answers in, by name.
const FORMATS: [(&str, &str); 6] = [
    ("json", "JSON"),
    ("csv", "CSV"),
    ("tsv", "TSV"),
    ("xml", "XML"),
    ("turtle", "Turtle (CONSTRUCT, DESCRIBE)"),
    ("jsonld", "JSON-LD (CONSTRUCT, DESCRIBE)"),
];

/// The page, with what a query came to where one was asked.
pub(crate) fn page(answer: Option<Result<Answer, String>>, here: &Here) -> Page {
    let query = here.asked("query").unwrap_or(EXAMPLE);
    let marking = answer
        .as_ref()
        .and_then(|answer| answer.as_ref().ok()?.shown.marking.clone());
    let body = html! {
        h1 { "SPARQL" }
        p { (here.say(
            "SPARQL 1.1, read only, of what you may see and of nothing else. Any client can ask at /sparql; this box is one.",
            "SPARQL 1.1, en lecture seule, de ce que vous pouvez voir et de rien d’autre. Tout client peut interroger /sparql ; cette boîte en est un.")) }
        form.tall action="/console" method="get" {
            (carried(here, &[]))
            label { (here.say("Query", "Requête"))
                textarea name="query" rows="14" spellcheck="false" required aria-describedby="keys" { (query) } }
            (terms(here))
            p.soft id="keys" { (here.say(
                "With scripts, terms are completed while you type: arrow down chooses one, Enter takes it, Escape lets go. Ctrl+Enter asks.",
                "Avec des scripts, les termes se complètent à la frappe : flèche bas en choisit un, Entrée le prend, Échap abandonne. Ctrl+Entrée interroge.")) }
            label { (here.say("Answer as, where it is not shown here", "Répondre en, si ce n’est pas montré ici"))
                select name="format" { @for (name, label) in FORMATS { option value=(name) selected[here.asked("format") == Some(name)] { (label) } } } }
            div.acts {
                button { (here.say("Ask", "Demander")) }
                button.other formaction="/sparql" { (here.say("Download", "Télécharger")) }
            }
        }
        @match &answer {
            None => {},
            Some(Err(why)) => p.notice role="alert" { (why) },
            Some(Ok(answer)) => { (table(answer, here)) (drawn(&of_rows(answer), here)) },
        }
        p.soft { (here.say("For programs, this address describes itself: ", "Pour les programmes, cette adresse se décrit : "))
            code { "curl -H 'Accept: text/turtle' …/sparql" } }
    };
    let csv = here.with("/sparql", &[("query", query), ("format", "csv")]);
    let json = here.with("/sparql", &[("query", query), ("format", "json")]);
    let sparql = place(here, "/sparql");
    let asked = matches!(answer, Some(Ok(_)));
    Page {
        marking,
        behind: vec![
            (
                "curl",
                format!(
                    "curl '{sparql}'{} --data-urlencode query@- {}",
                    by_token(here),
                    here_document(query)
                ),
            ),
            ("Python", python(query, &sparql, here)),
        ],
        forms: if asked {
            vec![("CSV", csv), ("JSON", json)]
        } else {
            Vec::new()
        },
        island: Some("query"),
        ..Page::plain("SPARQL", body)
    }
}

fn python(query: &str, place: &str, here: &Here) -> String {
    let (import, token) = match here.name {
        Some(_) => (
            "import os\n",
            "desk.addCustomHttpHeader(\"Authorization\", f\"Bearer {os.environ['FIELDMARK_TOKEN']}\")\n",
        ),
        None => ("", ""),
    };
    format!(
        "{import}from SPARQLWrapper import SPARQLWrapper, JSON\n\ndesk = SPARQLWrapper('{place}')\n{token}desk.setReturnFormat(JSON)\ndesk.setQuery({})\nprint(desk.queryAndConvert())",
        in_python(query),
    )
}

/// What the script of the page completes from: every term of the ontology by its short name, with what
/// it is called, and what its prefix stands for.
fn terms(here: &Here) -> Markup {
    let named: BTreeSet<&String> = ontology::in_every_view().iter().collect();
    let short = named.iter().filter_map(|iri| {
        let short = compact(iri);
        (short != **iri).then(|| (short, ontology::label(iri, here.tag()).unwrap_or_default()))
    });
    let prefixes: BTreeMap<&str, &str> = PREFIXES.iter().copied().collect();
    html! {
        datalist id="terms" aria-label=(here.say("Terms that fit", "Termes qui conviennent")) data-prefixes=(serde_json::json!(prefixes)) {
            @for (short, label) in short { option value=(short) label=(label) {} }
        }
    }
}
