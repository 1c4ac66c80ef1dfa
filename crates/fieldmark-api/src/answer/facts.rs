//! What is stated of a dossier's subject beside claims: its relationships, and what was counted.

use super::claim::Words;
use super::lang::Lang;
use super::names::{Labels, Named};
use super::words::called;
use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::properties;
use fieldmark_store::View;
use fieldmark_store::read::{Direction, Marking, Markings, Node, Quotations};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use utoipa::ToSchema;

/// The most of either in one answer.
const MOST: usize = 200;

/// One relationship of the subject.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelationshipRow {
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// What that is called, in the language asked for.
    pub kind_label: String,
    /// Its source.
    pub from: Named,
    /// Its target.
    pub to: Named,
    /// The part played, where the source says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The claims it depends on: it holds only as surely as they do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hedged_by: Vec<Named>,
    /// Where it stands, in which words.
    #[serde(flatten)]
    pub stands: Stands,
}

/// One number, or words for one, about the subject or what it consists of.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CountRow {
    /// The metric's id.
    pub id: String,
    /// What it counts.
    pub kind: String,
    /// The records it is about.
    pub of: Vec<Named>,
    /// The number or the range, with its unit where what is counted does not name it; none where the
    /// source gives words alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Who counted.
    pub assessors: Vec<Named>,
    /// The day it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Where it stands, in which words.
    #[serde(flatten)]
    pub stands: Stands,
}

/// Where something is stated.
#[derive(Serialize, ToSchema)]
pub struct Stands {
    /// The words quoted, one by one.
    pub verbatim: Vec<Words>,
    /// The documents.
    pub sources: Vec<Named>,
    /// The place there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
    /// The strictest marking of what is shown of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<String>,
}

/// What is stated beside claims.
#[derive(Default)]
pub struct Facts {
    /// The subject's relationships.
    pub ties: Vec<RelationshipRow>,
    /// What was counted.
    pub counts: Vec<CountRow>,
    /// The marking of all of it.
    pub marking: Marking,
}

impl Facts {
    /// Reads them: of a subject with what passes for the same, and of what they consist of.
    pub fn read(
        view: &View,
        lang: Lang,
        whole: &[RecordId],
        parts: &[RecordId],
    ) -> Result<Self, Problem> {
        let mut edges = Vec::new();
        for direction in [Direction::Out, Direction::In] {
            edges.extend(
                view.edges(whole, direction, &[], None)?
                    .into_iter()
                    .flatten(),
            );
        }
        let mut ties: Vec<RecordId> = edges.into_iter().map(|edge| edge.relationship).collect();
        ties.sort();
        ties.dedup();
        ties.truncate(MOST);
        let of: Vec<RecordId> = whole.iter().chain(parts).cloned().collect();
        let counts: BTreeSet<RecordId> = view.measured(&of)?.into_iter().flatten().collect();
        let counts: Vec<RecordId> = counts.into_iter().take(MOST).collect();
        let all: Vec<RecordId> = ties.iter().chain(&counts).cloned().collect();
        let nodes: HashMap<RecordId, Arc<Node>> = view
            .nodes(&all)?
            .into_iter()
            .flatten()
            .map(|node| (node.id.clone(), node))
            .collect();
        let named: Vec<RecordId> = nodes.values().flat_map(|node| mentioned(node)).collect();
        let read = Read {
            labels: Labels::read(view, lang, &named)?,
            quoted: view.quotations(&all)?,
            marked: view.markings(all)?,
            lang: lang.tag,
        };
        Ok(Self {
            ties: ties
                .iter()
                .filter_map(|id| read.tie(nodes.get(id)?))
                .collect(),
            counts: counts
                .iter()
                .filter_map(|id| Some(read.count(nodes.get(id)?)))
                .collect(),
            marking: read.marked.together(),
        })
    }
}

/// Every record a fact names.
fn mentioned(node: &Node) -> Vec<RecordId> {
    [
        properties::STIX_SOURCE_REF,
        properties::STIX_TARGET_REF,
        properties::FM_HEDGED_BY,
        properties::FM_MEASURES,
        properties::FM_ASSESSOR,
        properties::DCTERMS_SOURCE,
    ]
    .into_iter()
    .flat_map(|property| node.records(property))
    .collect()
}

struct Read {
    labels: Labels,
    quoted: Quotations,
    marked: Markings,
    lang: &'static str,
}

impl Read {
    fn tie(&self, node: &Node) -> Option<RelationshipRow> {
        let (from, kind, to) = node.tie()?;
        Some(RelationshipRow {
            id: node.id.to_string(),
            kind: kind.to_owned(),
            kind_label: called(kind, self.lang),
            from: self.labels.named(&from),
            to: self.labels.named(&to),
            role: node.text(properties::FM_ROLE, self.lang).map(str::to_owned),
            hedged_by: self.named(node.records(properties::FM_HEDGED_BY)),
            stands: self.stands(node),
        })
    }

    fn count(&self, node: &Node) -> CountRow {
        let word = |property| node.word(property).map(str::to_owned);
        let number = word(properties::FM_VALUE).or_else(|| {
            match (
                word(properties::FM_VALUE_LOW),
                word(properties::FM_VALUE_HIGH),
            ) {
                (Some(low), Some(high)) => Some(format!("{low}–{high}")),
                (Some(low), None) => Some(format!("≥ {low}")),
                (None, Some(high)) => Some(format!("≤ {high}")),
                (None, None) => None,
            }
        });
        let text = |property| node.text(property, self.lang).unwrap_or_default();
        let (kind, unit) = (text(properties::FM_METRIC_KIND), text(properties::FM_UNIT));
        // "notices received: 1", not "1 notices": what is counted names the unit already.
        let unit = match kind.contains(unit) {
            true => String::new(),
            false => format!(" {unit}"),
        };
        CountRow {
            id: node.id.to_string(),
            kind: kind.to_owned(),
            of: self.named(node.records(properties::FM_MEASURES)),
            value: number.map(|number| format!("{number}{unit}")),
            assessors: self.named(node.records(properties::FM_ASSESSOR)),
            as_of: word(properties::FM_AS_OF),
            stands: self.stands(node),
        }
    }

    /// By name, so that C6 stands before C7.
    fn named(&self, ids: Vec<RecordId>) -> Vec<Named> {
        let mut named: Vec<Named> = ids.iter().map(|id| self.labels.named(id)).collect();
        named.sort_by(|a, b| a.label.cmp(&b.label));
        named
    }

    fn stands(&self, node: &Node) -> Stands {
        Stands {
            verbatim: self.labels.words(
                &node.id,
                self.quoted.of(&node.id),
                self.marked.get(&node.id),
            ),
            sources: self.named(node.records(properties::DCTERMS_SOURCE)),
            locator: node.word(properties::FM_LOCATOR).map(str::to_owned),
            marking: self.marked.name(&node.id),
        }
    }
}
