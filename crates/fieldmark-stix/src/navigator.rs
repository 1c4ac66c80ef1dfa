//! Layers for the two Navigators: which DISARM techniques a view says are used, and by whom.
//!
//! The DISARM Navigator holds an older matrix than DISARM v1.6, and a Navigator passes silently
//! over what its matrix lacks. So every layer lists what will not show, and offers the parent.

use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::record::noun_of;
use fieldmark_rdf::vocab::properties;
use oxrdf::{NamedNodeRef, NamedOrBlankNode, Term, Triple};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Which Navigator the layer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Navigator {
    /// The DISARM Navigator: layer format 4.4, and the 257 techniques of its built-in matrix.
    Disarm,
    /// The ATT&CK Navigator 5.1.0 with the DISARM bundle opened first: layer format 4.5.
    Attack,
}

/// The ids in the DISARM Navigator's built-in matrix "DISARM v1", read from its repository at
/// commit 0b2df31 (2023-07-17). Ids alone: a change of names does not matter.
const IN_DISARM_NAVIGATOR: &str = include_str!("navigator/disarm-navigator-1.txt");

/// The scheme whose notations are DISARM ids.
const DISARM: &str = "https://w3id.org/fieldmark/scheme/disarm";

/// A technique and what a view says uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Its id in its framework, such as `T0087.001`; its name where it has none.
    pub code: String,
    /// Whether it has an id in a framework.
    pub numbered: bool,
    /// Its name.
    pub name: String,
    /// Whether it belongs to DISARM.
    pub disarm: bool,
    /// The version of DISARM it was retired in.
    pub retired: Option<String>,
    /// The names of what uses it, in order.
    pub by: BTreeSet<String>,
}

impl Used {
    /// Why a Navigator will not show it; nothing when it will.
    fn hidden(&self, navigator: Navigator) -> Option<[&'static str; 2]> {
        match navigator {
            _ if !self.numbered => Some([
                "it has no number in any matrix",
                "elle n’a de numéro dans aucune matrice",
            ]),
            _ if !self.disarm => Some([
                "it belongs to another matrix than DISARM",
                "elle relève d’une autre matrice que DISARM",
            ]),
            Navigator::Disarm if !in_disarm_navigator(&self.code) => Some([
                "the DISARM Navigator’s matrix lacks it",
                "la matrice du DISARM Navigator ne l’a pas",
            ]),
            Navigator::Attack if self.retired.is_some() => {
                Some(["it was retired from DISARM", "elle a été retirée de DISARM"])
            }
            _ => None,
        }
    }
}

fn in_disarm_navigator(code: &str) -> bool {
    IN_DISARM_NAVIGATOR.lines().any(|known| known == code)
}

/// The techniques that relationships of type `uses` lead to, by code. Names of users are taken
/// from the statements, so a user that is not among them goes by its id.
pub fn used(triples: &[Triple]) -> Vec<Used> {
    let mut about: BTreeMap<RecordId, Vec<&Triple>> = BTreeMap::new();
    for triple in triples {
        if let NamedOrBlankNode::NamedNode(subject) = &triple.subject
            && let Some(id) = RecordId::from_iri(subject.as_str())
        {
            about.entry(id).or_default().push(triple);
        }
    }
    let objects = |id: &RecordId, property: NamedNodeRef<'static>| {
        about
            .get(id)
            .into_iter()
            .flatten()
            .filter(move |triple| triple.predicate.as_ref() == property)
            .map(|triple| &triple.object)
    };
    let word = |id: &RecordId, property| {
        let literal = |term: &Term| match term {
            Term::Literal(literal) => Some((
                literal.language().is_some_and(|tag| !tag.starts_with("en")),
                literal.value().to_owned(),
            )),
            _ => None,
        };
        objects(id, property)
            .filter_map(literal)
            .min()
            .map(|(_, word)| word)
    };
    let ends = |id: &RecordId, property| {
        objects(id, property)
            .filter_map(|term| match term {
                Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let mut found: BTreeMap<RecordId, Used> = BTreeMap::new();
    for relationship in about.keys() {
        let kind = word(relationship, properties::STIX_RELATIONSHIP_TYPE);
        if kind.as_deref() != Some("uses") {
            continue;
        }
        for technique in ends(relationship, properties::STIX_TARGET_REF) {
            let types = objects(&technique, properties::RDF_TYPE).filter_map(|term| match term {
                Term::NamedNode(class) => Some(class.as_ref()),
                _ => None,
            });
            if noun_of(types) != Noun::Technique {
                continue;
            }
            let number = word(&technique, properties::SKOS_NOTATION);
            let name = word(&technique, properties::SKOS_PREF_LABEL);
            let code = number.clone().or_else(|| name.clone());
            let code = code.unwrap_or_else(|| technique.to_string());
            let entry = found.entry(technique.clone()).or_insert_with(|| Used {
                numbered: number.is_some(),
                name: name.unwrap_or_else(|| code.clone()),
                disarm: objects(&technique, properties::SKOS_IN_SCHEME)
                    .any(|term| matches!(term, Term::NamedNode(node) if node.as_str() == DISARM)),
                retired: word(&technique, properties::FM_RETIRED_IN),
                by: BTreeSet::new(),
                code,
            });
            entry.by.extend(
                ends(relationship, properties::STIX_SOURCE_REF)
                    .iter()
                    .map(|user| {
                        word(user, properties::SKOS_PREF_LABEL).unwrap_or_else(|| user.to_string())
                    }),
            );
        }
    }
    let mut used: Vec<Used> = found.into_values().collect();
    used.sort_by(|a, b| (&a.code, &a.name).cmp(&(&b.code, &b.name)));
    used
}

/// The layer. What the Navigator will not show stands in `metadata`, each under `not shown: CODE`
/// with the reason and the parent that stands for it, where the Navigator has the parent.
///
/// `tactic` is left out: its short names changed between DISARM versions, and a technique without
/// one is coloured under every tactic it belongs to.
pub fn layer(navigator: Navigator, name: &str, used: &[Used]) -> Value {
    let mut shown: BTreeMap<String, (BTreeSet<String>, Vec<String>)> = BTreeMap::new();
    let mut hidden = Vec::new();
    for technique in used {
        let Some([en, fr]) = technique.hidden(navigator) else {
            let (by, _) = shown.entry(technique.code.clone()).or_default();
            by.extend(technique.by.iter().cloned());
            continue;
        };
        let parent = technique
            .code
            .split_once('.')
            .map(|(parent, _)| parent)
            .filter(|parent| match navigator {
                Navigator::Disarm => technique.disarm && in_disarm_navigator(parent),
                Navigator::Attack => false,
            });
        let mut reason = format!("{} – {en} / {fr}", technique.name);
        if let Some(parent) = parent {
            reason.push_str(&format!("; see {parent} / voir {parent}"));
            let (by, stands_for) = shown.entry(parent.to_owned()).or_default();
            by.extend(technique.by.iter().cloned());
            stands_for.push(format!("{} {}", technique.code, technique.name));
        }
        hidden.push(json!({ "name": format!("not shown: {}", technique.code), "value": reason }));
    }
    let most = shown.values().map(|(by, _)| by.len()).max().unwrap_or(1);
    let techniques: Vec<Value> = shown
        .iter()
        .map(|(code, (by, stands_for))| {
            let by: Vec<&str> = by.iter().map(String::as_str).collect();
            let mut comment = format!("Used by / utilisée par : {}", by.join("; "));
            if !stands_for.is_empty() {
                let list = stands_for.join("; ");
                comment.push_str(&format!("\nStands for / tient lieu de : {list}"));
            }
            json!({
                "techniqueID": code,
                "score": by.len(),
                "comment": comment,
                "enabled": true,
                "showSubtechniques": code.contains('.'),
            })
        })
        .collect();
    let (layer, domain, version) = match navigator {
        Navigator::Disarm => ("4.4", "DISARM", "4.8.2"),
        Navigator::Attack => ("4.5", "disarm", "5.1.0"),
    };
    let description = format!(
        "{} techniques used, {} not shown (see the layer’s metadata) / {} techniques utilisées, {} non montrées (voir les métadonnées)",
        used.len(),
        hidden.len(),
        used.len(),
        hidden.len()
    );
    json!({
        "name": name,
        "versions": { "attack": "1", "navigator": version, "layer": layer },
        "domain": domain,
        "description": description,
        "techniques": techniques,
        "gradient": { "colors": ["#ffe8a1", "#d1495b"], "minValue": 1, "maxValue": most.max(2) },
        "metadata": hidden,
    })
}

#[cfg(test)]
mod tests;
