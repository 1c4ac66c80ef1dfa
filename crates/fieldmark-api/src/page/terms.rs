//! The page of the ontology.

use super::Page;
use crate::answer::names::compact;
use crate::viewing::Here;
use fieldmark_rdf::{ontology, vocab};
use maud::html;
use oxrdf::vocab::{rdf, rdfs};
use oxrdf::{NamedOrBlankNode, Term};
use std::collections::BTreeMap;

#[derive(Default)]
struct Row {
    kinds: Vec<String>,
    labels: BTreeMap<String, String>,
    definitions: BTreeMap<String, String>,
}

/// Every term, in both languages.
pub(crate) fn page(here: &Here) -> Page {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for triple in ontology::shared_triples() {
        let NamedOrBlankNode::NamedNode(subject) = triple.subject else {
            continue;
        };
        let row = rows.entry(subject.into_string()).or_default();
        let predicate = triple.predicate.as_ref();
        match triple.object {
            Term::NamedNode(class) if predicate == rdf::TYPE => {
                row.kinds.push(compact(class.as_str()))
            }
            Term::Literal(literal) => {
                let tag = literal.language().unwrap_or_default().to_owned();
                let text = literal.value().to_owned();
                if predicate == rdfs::LABEL || predicate.as_str().ends_with("#prefLabel") {
                    row.labels.insert(tag, text);
                } else if predicate == rdfs::COMMENT || predicate.as_str().ends_with("#definition")
                {
                    row.definitions.insert(tag, text);
                }
            }
            _ => {}
        }
    }
    let title = here.say("The ontology", "L’ontologie");
    let body = html! {
        h1 { (title) }
        p { (here.say("Every term this knowledge base uses, with the estimative scales. The same as ", "Chaque terme de cette base, avec les échelles d’estimation. Le même en "))
            a href="/ns.ttl" { "Turtle" } ", " a href="/ns.jsonld" { "JSON-LD" } "." }
        div.scroll tabindex="0" role="region" aria-label=(title) { table {
            thead { tr { th scope="col" { (here.say("Term", "Terme")) } th scope="col" lang="en" { "English" } th scope="col" lang="fr" { "Français" } } }
            tbody { @for (iri, row) in &rows { @if !row.labels.is_empty() {
                // Only our own terms are fragments of this page.
                tr id=[iri.strip_prefix(vocab::FM)] {
                    th scope="row" { code { (compact(iri)) } div.soft { (row.kinds.join(", ")) } }
                    @for tag in ["en", "fr"] {
                        td lang=(tag) {
                            (row.labels.get(tag).map_or("", String::as_str))
                            div.soft { (row.definitions.get(tag).map_or("", String::as_str)) }
                        }
                    }
                }
            } } }
        } }
    };
    Page::plain(title, body)
}
