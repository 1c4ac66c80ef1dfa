//! The page of the SPARQL desk, for who comes with a browser and no query.

use super::Page;
use super::layout::carried;
use crate::viewing::Here;
use maud::html;

/// What stands in the box at first, and a test runs.
pub(crate) const EXAMPLE: &str = "PREFIX fm: <https://w3id.org/fieldmark/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>

SELECT ?subject ?assessor ?words WHERE {
  ?claim a fm:Attribution ; fm:subject/skos:prefLabel ?subject ;
         fm:assessor/skos:prefLabel ?assessor ; fm:verbatim ?words .
  FILTER(LANG(?subject) = \"en\" && LANG(?assessor) = \"en\")
} ORDER BY ?subject ?assessor LIMIT 50
";

/// The page.
pub(crate) fn page(here: &Here) -> Page {
    let formats = [
        ("json", "JSON"),
        ("csv", "CSV"),
        ("tsv", "TSV"),
        ("xml", "XML"),
        ("turtle", "Turtle (CONSTRUCT, DESCRIBE)"),
        ("jsonld", "JSON-LD (CONSTRUCT, DESCRIBE)"),
    ];
    let body = html! {
        h1 { "SPARQL" }
        p { (here.say(
            "SPARQL 1.1, read only. Any client can ask here; this box is one.",
            "SPARQL 1.1, en lecture seule. Tout client peut interroger cette adresse ; cette boîte en est un.")) }
        form.tall action="/sparql" method="post" {
            (carried(here, &[]))
            label { (here.say("Query", "Requête"))
                textarea name="query" rows="14" spellcheck="false" required { (EXAMPLE) } }
            label { (here.say("Answer as", "Répondre en"))
                select name="format" { @for (name, label) in formats { option value=(name) { (label) } } } }
            button { (here.say("Ask", "Demander")) }
        }
        p.soft { (here.say("For programs, this address describes itself: ", "Pour les programmes, cette adresse se décrit : "))
            code { "curl -H 'Accept: text/turtle' …/sparql" } }
    };
    Page::plain("SPARQL", body)
}
