//! Who may see what is written.

use super::{Said, unfit};
use crate::answer::names::find;
use crate::incoming::MARKINGS;
use crate::problem::Problem;
use fieldmark_model::{RecordId, Tlp};
use fieldmark_store::View;
use fieldmark_store::import::levels;
use oxrdf::{GraphName, NamedNode};
use serde_json::Value;

/// Takes one text out of what was filled in.
pub(super) fn take(said: &mut Said, key: &str) -> Result<Option<String>, Problem> {
    match said.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(unfit(format!("{key}: a text is wanted"))),
    }
}

/// The release policy that a text names: a level of TLP, or a marking that the writer sees.
fn policy(text: &str, view: &View) -> Result<NamedNode, Problem> {
    let id = match Tlp::parse(text) {
        Some(level) => RecordId::parse(level.marking_id()).ok(),
        None => find(view, text).ok(),
    };
    let id = id.filter(|id| id.stix_type() == "marking-definition");
    let id = id.ok_or_else(|| {
        let text: String = text.chars().take(120).collect();
        unfit(format!("marking: \"{text}\" is no marking: {MARKINGS}"))
    })?;
    Ok(NamedNode::new_unchecked(id.iri()))
}

/// The policy of a statement as it is named: a level of TLP, or a marking's id.
pub(super) fn level(graph: &GraphName) -> Option<String> {
    match graph {
        GraphName::NamedNode(policy) => Some(levels(&[policy.as_str().to_owned()])),
        _ => None,
    }
}

/// Under which policies values stand: the record's, and those of single properties.
pub(super) struct Marked {
    pub whole: Option<NamedNode>,
    parts: Vec<(String, NamedNode)>,
}

impl Marked {
    /// Takes the markings out of what was filled in.
    ///
    /// # Errors
    /// A policy that the view does not hold, or another shape.
    pub fn take(said: &mut Said, view: &View) -> Result<Self, Problem> {
        let whole = take(said, "marking")?;
        let parts = match said.remove("markings") {
            None | Some(Value::Null) => Said::new(),
            Some(Value::Object(parts)) => parts,
            Some(_) => {
                return Err(unfit(
                    "markings: the markings of single properties by name, such as {\"assessor\": \"tlp:red\"}",
                ));
            }
        };
        let parts = parts.into_iter().map(|(name, marking)| {
            let marking = marking.as_str().unwrap_or_default();
            Ok((name, policy(marking, view)?))
        });
        Ok(Self {
            whole: whole.map(|text| policy(&text, view)).transpose()?,
            parts: parts.collect::<Result<_, Problem>>()?,
        })
    }

    /// The policy of one property, where it has its own.
    pub fn of(&self, property: &NamedNode) -> Option<&NamedNode> {
        let name = fieldmark_rdf::ontology::local(property.as_str());
        let part = self.parts.iter().find(|(part, _)| part == name);
        part.map(|(_, policy)| policy)
    }
}
