//! The page of the SPARQL desk, for who comes with a browser and no query.

use super::layout::{Frame, page as whole, say, tongue};
use crate::answer::lang::Lang;
use axum::http::Uri;
use maud::{Markup, html};

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
pub fn page(lang: Lang, uri: &Uri, audience: &str) -> Markup {
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
        p { (say(lang,
            "SPARQL 1.1, read only. Any client can ask here; this box is one.",
            "SPARQL 1.1, en lecture seule. Tout client peut interroger cette adresse ; cette boîte en est un.")) }
        form.tall action="/sparql" method="post" {
            (tongue(lang))
            label { (say(lang, "Query", "Requête"))
                textarea name="query" rows="14" spellcheck="false" required { (EXAMPLE) } }
            label { (say(lang, "Answer as", "Répondre en"))
                select name="format" { @for (name, label) in formats { option value=(name) { (label) } } } }
            button { (say(lang, "Ask", "Demander")) }
        }
        p.soft { (say(lang, "For programs, this address describes itself: ", "Pour les programmes, cette adresse se décrit : "))
            code { "curl -H 'Accept: text/turtle' …/sparql" } }
    };
    whole(
        &Frame {
            lang,
            uri,
            audience: Some(audience),
            marking: None,
        },
        "SPARQL",
        body,
    )
}
