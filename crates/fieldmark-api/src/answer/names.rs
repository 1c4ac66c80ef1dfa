//! Records by id and name, and the record that a name means.

use super::lang::Lang;
use super::words;
use crate::problem::{Problem, listed};
use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::vocab::PREFIXES;
use fieldmark_store::View;
use fieldmark_store::read::{Marking, Markings, Node, ReadError, Resolved};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use utoipa::ToSchema;

/// The noun of that name.
pub(crate) fn noun_named(name: &str) -> Result<Noun, Problem> {
    Noun::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Noun::ALL.iter().map(|noun| noun.name()).collect();
        Problem::bad_request(format!("no noun is named \"{name}\": {}", known.join(", ")))
    })
}

/// A record by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named {
    /// Its STIX id.
    pub id: String,
    /// Its name, in the language asked for where there is one.
    pub label: String,
}

/// What a claim says of its subject: a record, a term of the ontology, or words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Object {
    /// The record's id, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its IRI, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iri: Option<String>,
    /// Its name, or the words.
    pub label: String,
}

/// The names of the records that an answer mentions, read in one go.
pub struct Labels {
    pub(crate) lang: &'static str,
    /// What each is, and its name.
    known: HashMap<String, (Noun, String)>,
    /// The markings of the claims among them.
    pub(super) marked: Markings,
}

impl Labels {
    /// Reads the names of these records. A relationship is named by what it ties.
    pub fn read<'a>(
        view: &View,
        lang: Lang,
        ids: impl IntoIterator<Item = &'a RecordId>,
    ) -> Result<Self, ReadError> {
        let ids: Vec<RecordId> = ids
            .into_iter()
            .collect::<HashSet<_>>()
            .into_iter()
            .cloned()
            .collect();
        let nodes = view.nodes(&ids)?;
        let claims = nodes.iter().flatten().filter(|n| n.noun == Noun::Claim);
        let marked = view.markings(claims.map(|claim| claim.id.clone()))?;
        let relations = nodes.iter().flatten();
        let relations = relations.filter(|node| node.noun == Noun::Relationship);
        let ties: Vec<_> = relations
            .filter_map(|node| Some((&node.id, node.tie()?)))
            .collect();
        let ends: HashSet<&RecordId> = ties
            .iter()
            .flat_map(|(_, (from, _, to))| [from, to])
            .collect();
        let ends: Vec<RecordId> = ends.into_iter().cloned().collect();
        let ends = view.nodes(&ends)?;
        let name = |node: &Arc<Node>| (node.id.to_string(), (node.noun, node.label(lang.tag)));
        let mut known: HashMap<String, (Noun, String)> =
            nodes.iter().chain(&ends).flatten().map(name).collect();
        for (id, (from, said, to)) in ties {
            let [from, to] = [&from, &to].map(|end| {
                let name = known.get(end.as_str());
                name.map_or_else(|| end.to_string(), |(_, name)| name.clone())
            });
            let said = words::tie(&from, &words::called(said, lang.tag), &to);
            known.insert(id.to_string(), (Noun::Relationship, said));
        }
        Ok(Self {
            marked,
            lang: lang.tag,
            known,
        })
    }

    /// A record by id and name.
    pub fn named(&self, id: &RecordId) -> Named {
        let known = self.known.get(id.as_str());
        Named {
            id: id.to_string(),
            label: known.map_or_else(|| id.to_string(), |(_, name)| name.clone()),
        }
    }

    /// What a record is; none where it is not there.
    pub fn noun(&self, id: &RecordId) -> Option<Noun> {
        self.known.get(id.as_str()).map(|(noun, _)| *noun)
    }

    /// A claim's object.
    pub fn object(&self, object: &str) -> Object {
        if let Some(id) = RecordId::from_iri(object) {
            let Named { id, label } = self.named(&id);
            return Object {
                id: Some(id),
                iri: Some(object.to_owned()),
                label,
            };
        }
        let iri = object.contains("://").then(|| object.to_owned());
        let term = fieldmark_rdf::ontology::label(object, self.lang);
        Object {
            id: None,
            iri,
            label: term.unwrap_or_else(|| object.to_owned()),
        }
    }

    /// The marking of all these claims together.
    pub fn marking<'a>(&self, claims: impl IntoIterator<Item = &'a RecordId>) -> Marking {
        let mut all = Marking::default();
        for id in claims {
            if let Some(marked) = self.marked.get(id) {
                all.and(marked.all());
            }
        }
        all
    }
}

/// The record that an id, an IRI or a name in an address means.
pub fn find(view: &View, name: &str) -> Result<RecordId, Problem> {
    match view.resolve(name)? {
        Resolved::One(id) => Ok(id),
        other => Err(unresolved(name, other)),
    }
}

/// The same, where something that has features is wanted.
pub fn find_compared(view: &View, name: &str) -> Result<RecordId, Problem> {
    match view.resolve_compared(name)? {
        Resolved::One(id) => Ok(id),
        other => Err(unresolved(name, other)),
    }
}

/// Why a name means no one record.
pub fn unresolved(name: &str, found: Resolved) -> Problem {
    let name: String = name.chars().take(120).collect();
    match found {
        Resolved::Many(candidates) => Problem::bad_request(format!(
            "several records bear the name \"{name}\"; give one of these ids: {}",
            listed(&candidates)
        )),
        // The same words whether it is hidden or absent: what is near is near in this view.
        Resolved::None(near) if !near.is_empty() => Problem::not_found_but(&near),
        Resolved::One(_) | Resolved::None(_) => Problem::not_found(),
    }
}

/// An IRI by the prefixes everyone here uses.
pub fn compact(iri: &str) -> String {
    PREFIXES
        .iter()
        .filter_map(|(name, base)| {
            iri.strip_prefix(base)
                .map(|local| format!("{name}:{local}"))
        })
        .next()
        .unwrap_or_else(|| iri.to_owned())
}
