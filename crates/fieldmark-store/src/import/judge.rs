//! Holding records-to-be against the shapes and the rules that no shape can say.

use super::report::plain;
use super::{Entry, Finding, ImportReport, Verdict, Way, rules};
use crate::allow::Rules;
use crate::error::StoreError;
use crate::shapes::Shapes;
use fieldmark_model::RecordId;
use fieldmark_rdf::gather::Draft;
use fieldmark_rdf::record::Record;
use oxrdf::{NamedNode, NamedNodeRef, Term};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// How many records are held against the shapes together.
const AT_ONCE: usize = 512;

/// A record that holds.
pub(super) struct Judged {
    pub record: Record,
    /// The line it begins on.
    pub line: Option<u64>,
}

/// Makes records of the drafts and holds each against the rules, `before` them the markings that an
/// earlier part of the input defines; what fails goes to the report.
pub(super) fn judge(
    drafts: BTreeMap<RecordId, Draft>,
    before: &[Record],
    way: &Way<'_>,
    report: &mut ImportReport,
) -> Result<Vec<Judged>, StoreError> {
    let mut judged = Vec::new();
    let mut lines = HashMap::new();
    for (
        id,
        Draft {
            quads,
            line,
            property_lines,
        },
    ) in drafts
    {
        lines.insert(id.clone(), (line, property_lines));
        match Record::new(id.clone(), quads) {
            Ok(record) => {
                judged.push(Judged { record, line });
            }
            Err(error) => report.add(Entry {
                name: id.to_string(),
                place: None,
                line,
                verdict: Verdict::Refused,
                findings: vec![plain(line, error.to_string())],
            }),
        }
    }
    let mut findings: HashMap<RecordId, Vec<Finding>> = HashMap::new();
    let place = |id: &RecordId, property: Option<NamedNodeRef<'_>>| {
        let (line, properties) = &lines[id];
        property
            .and_then(|p| properties.get(&p.into_owned()).copied())
            .or(*line)
    };
    // Each record is judged by itself, so that many are judged at once.
    let violations: Vec<_> = judged
        .par_chunks(AT_ONCE)
        .flat_map_iter(|some| {
            let quads = some.iter().flat_map(|j| j.record.quads());
            Shapes::embedded().check(quads)
        })
        .collect();
    for violation in violations {
        let Some(id) = owner(&violation.focus) else {
            continue;
        };
        let path = violation.path.as_ref().map(NamedNode::as_ref);
        findings.entry(id.clone()).or_default().push(Finding {
            line: lines.contains_key(&id).then(|| place(&id, path)).flatten(),
            column: None,
            property: violation.path.as_ref().map(|path| path.as_str().to_owned()),
            rule: Some(violation.rule.to_owned()),
            message: violation.message.en,
            message_fr: Some(violation.message.fr),
        });
    }
    // What is refused defines nothing.
    let sound = judged
        .iter()
        .map(|j| &j.record)
        .filter(|record| !findings.contains_key(record.id()));
    let rules = Rules::new(way.ledger, way.views, before.iter().chain(sound))?;
    let view = way.view(&rules)?;
    let known = |policy: &str| match view {
        None => Ok::<_, StoreError>(rules.is.get(policy).is_some()),
        // A policy that is withheld from them is to them as one that nobody defined.
        Some(kept) => Ok(rules.was.get(policy).is_some() && rules.knows(kept, policy)?),
    };
    for Judged { record, .. } in &judged {
        let mut unknown = Vec::new();
        for policy in record.policies() {
            if !known(policy)? {
                unknown.push(policy);
            }
        }
        let own = rules::own_rules(record, &unknown, &rules.is, |property| {
            place(record.id(), property)
        });
        let told = findings.entry(record.id().clone()).or_default();
        told.splice(0..0, own);
    }
    let (sound, refused): (Vec<_>, Vec<_>) = judged
        .into_iter()
        .partition(|j| findings.get(j.record.id()).is_none_or(Vec::is_empty));
    for Judged { record, line } in refused {
        report.add(Entry {
            name: record.id().to_string(),
            place: None,
            line,
            verdict: Verdict::Refused,
            findings: findings.remove(record.id()).unwrap_or_default(),
        });
    }
    Ok(sound)
}

fn owner(focus: &Term) -> Option<RecordId> {
    match focus {
        Term::NamedNode(node) => RecordId::owner_of(node.as_str()),
        _ => None,
    }
}
