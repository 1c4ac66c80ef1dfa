//! What became of something written by hand: what changed value by value, and what is wrong with it.

use super::compose::is_of;
use super::marked::level;
use crate::answer::lang::Lang;
use crate::answer::names::Labels;
use crate::incoming::report::FindingRow;
use crate::problem::Problem;
use axum::http::StatusCode;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use fieldmark_rdf::ontology::{label, local};
use fieldmark_rdf::vocab::properties;
use fieldmark_store::View;
use fieldmark_store::import::{ImportReport, Verdict};
use oxrdf::{Quad, Term};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    /// The record.
    pub id: String,
    /// The version that stands now, to be named by whoever changes it next; none where it is not
    /// to be seen, or not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `added`, `revised`, `unchanged`, `waiting` (for a steward), `conflict` or `refused`; of what was
    /// only judged `would-add`, `would-revise` and `would-wait`.
    pub verdict: &'static str,
    /// Whether this is the answer to a request that was sent before, under the same Idempotency-Key.
    pub repeated: bool,
    /// What changes, property by property.
    pub changes: Vec<ChangeRow>,
    /// What is wrong with it, or to be known of it.
    pub findings: Vec<FindingRow>,
    /// Records it refers to that are not here.
    pub waiting: Vec<String>,
    #[serde(skip)]
    status: u16,
}

/// One property before and after.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeRow {
    /// The property's own name.
    pub property: String,
    /// What it is called, in the language asked for.
    pub label: String,
    /// Its values before.
    pub before: Vec<ValueRow>,
    /// Its values after.
    pub after: Vec<ValueRow>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValueRow {
    /// The value in words: a record's or a term's name, or the text.
    pub value: String,
    /// The record, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The language of words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<String>,
}

impl Written {
    pub(super) fn of(
        view: &View,
        record: &Record,
        before: &[Quad],
        report: ImportReport,
        version: Option<String>,
        lang: &'static str,
    ) -> Result<Self, Problem> {
        let entry = report.entries.into_iter().next();
        let verdict = entry
            .as_ref()
            .map_or(Verdict::Refused, |entry| entry.verdict);
        let mut findings = report.problems;
        findings.extend(entry.into_iter().flat_map(|entry| entry.findings));
        let status = match (verdict, report.committed) {
            (Verdict::Added, true) => StatusCode::CREATED,
            (Verdict::Waiting, true) => StatusCode::ACCEPTED,
            (Verdict::Conflict, _) => StatusCode::CONFLICT,
            (Verdict::Refused, _) => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::OK,
        };
        Ok(Self {
            id: record.id().to_string(),
            version,
            verdict: verdict.name(report.committed),
            repeated: false,
            changes: changes(view, record.id(), before, record.quads(), lang)?,
            findings: findings.into_iter().map(FindingRow::from).collect(),
            waiting: report.waiting.iter().map(ToString::to_string).collect(),
            status: status.as_u16(),
        })
    }

    /// The answer to a request that is sent again.
    pub(super) fn again(id: &RecordId, version: Option<String>) -> Self {
        Self {
            id: id.to_string(),
            version,
            verdict: Verdict::Unchanged.name(true),
            repeated: true,
            changes: Vec::new(),
            findings: Vec::new(),
            waiting: Vec::new(),
            status: StatusCode::OK.as_u16(),
        }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK)
    }
}

/// The properties whose values differ.
///
/// # Errors
/// When the view cannot be read.
pub(crate) fn changes(
    view: &View,
    id: &RecordId,
    before: &[Quad],
    after: &[Quad],
    lang: &'static str,
) -> Result<Vec<ChangeRow>, Problem> {
    let named: Vec<RecordId> = mentioned(before).chain(mentioned(after)).collect();
    let lang = Lang {
        tag: lang,
        asked: true,
    };
    let labels = Labels::read(view, lang, &named)?;
    Ok(changed(&labels, id, before, after))
}

/// The records that statements refer to.
pub(super) fn mentioned(quads: &[Quad]) -> impl Iterator<Item = RecordId> {
    quads.iter().filter_map(|quad| match &quad.object {
        Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
        _ => None,
    })
}

/// The properties whose values differ, by the names of the records that they mention.
pub(super) fn changed(
    labels: &Labels,
    id: &RecordId,
    before: &[Quad],
    after: &[Quad],
) -> Vec<ChangeRow> {
    let lang = labels.lang;
    let iri = id.iri();
    let mut rows: BTreeMap<&str, [BTreeSet<ValueRow>; 2]> = BTreeMap::new();
    for (at, quads) in [before, after].into_iter().enumerate() {
        for quad in quads {
            // A part speaks for what leads to it.
            let leads_to_part = matches!(&quad.object, Term::NamedNode(node) if node.as_str().starts_with(&format!("{iri}#")));
            let of_part = !is_of(quad, &iri) && quad.predicate.as_ref() != properties::FM_VERBATIM;
            if leads_to_part || of_part {
                continue;
            }
            let both = rows.entry(quad.predicate.as_str()).or_default();
            both[at].insert(value(quad, labels, lang));
        }
    }
    let rows = rows
        .into_iter()
        .filter(|(_, [before, after])| before != after);
    rows.map(|(property, [before, after])| ChangeRow {
        property: local(property).to_owned(),
        label: label(property, lang).unwrap_or_else(|| local(property).to_owned()),
        before: before.into_iter().collect(),
        after: after.into_iter().collect(),
    })
    .collect()
}

fn value(quad: &Quad, labels: &Labels, lang: &str) -> ValueRow {
    let marking = level(&quad.graph_name);
    let row = |value: String| ValueRow {
        value,
        id: None,
        lang: None,
        marking: marking.clone(),
    };
    match &quad.object {
        Term::NamedNode(node) => match RecordId::from_iri(node.as_str()) {
            Some(id) => ValueRow {
                id: Some(id.to_string()),
                ..row(labels.named(&id).label)
            },
            None => row(label(node.as_str(), lang).unwrap_or_else(|| node.as_str().to_owned())),
        },
        Term::Literal(literal) => ValueRow {
            lang: literal.language().map(str::to_owned),
            ..row(literal.value().to_owned())
        },
        other => row(other.to_string()),
    }
}
