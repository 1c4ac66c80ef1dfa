//! What is told of a record beside its statements: when what one audience sees of it changed, and
//! under which markings it stands.
//!
//! A change of what this audience does not see is none: it must not show in a date.

use super::{Position, moment, written};
use crate::error::StoreError;
use crate::ledger::{Op, Revision, Stored};
use fieldmark_analysis::release::Eyes;
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::Record;
use oxrdf::GraphName;
use std::collections::BTreeSet;

/// What is told of a record beside its statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When it was first seen so (RFC 3339, UTC, milliseconds).
    pub created: String,
    /// When it last changed.
    pub modified: String,
    /// The markings of what is shown: the strictest level of TLP, and other marking definitions.
    pub markings: Vec<RecordId>,
    /// The entry that made the last change, and its moment.
    pub(crate) last: (u64, Position),
}

/// What is told of a record to one audience, by its revisions; nothing of what it never saw.
/// `visible` says which other records it sees now.
pub(crate) fn told(
    eyes: &Eyes<'_>,
    id: &RecordId,
    revisions: &[(Revision, Stored)],
    visible: impl Fn(&RecordId) -> bool,
) -> Result<Option<Told>, StoreError> {
    let mut times = None;
    let mut seq = 0;
    let mut shown: BTreeSet<String> = BTreeSet::new();
    let mut markings = BTreeSet::new();
    for (entry, (dataset, _)) in revisions {
        if entry.op == Op::Retract {
            times = None;
            shown.clear();
            continue;
        }
        let record = Record::from_canonical(id.clone(), dataset)?;
        let (seen, _) = eyes.part(&record, &visible);
        let now: BTreeSet<String> = seen.iter().map(|quad| quad.to_string()).collect();
        if now == shown || now.is_empty() {
            continue;
        }
        let at = moment(entry.seq, &entry.recorded)?;
        let (first, _) = times.unwrap_or((at, at));
        times = Some((first, at));
        seq = entry.seq;
        shown = now;
        markings = seen
            .iter()
            .filter_map(|quad| match &quad.graph_name {
                GraphName::NamedNode(policy) => RecordId::from_iri(policy.as_str()),
                _ => None,
            })
            .collect();
    }
    let level = |id: &RecordId| Tlp::of_marking(id.as_str());
    let strictest = markings.iter().filter_map(level).max();
    markings.retain(|id| level(id).is_none_or(|level| Some(level) == strictest));
    Ok(times.map(|(first, last)| Told {
        created: milliseconds(first),
        modified: milliseconds(last),
        markings: markings.into_iter().collect(),
        last: (seq, last),
    }))
}

/// A moment in microseconds since 1970, to the millisecond.
fn milliseconds(moment: i64) -> String {
    let text = written(moment);
    let cut = text.len().saturating_sub("000Z".len());
    format!("{}Z", &text[..cut])
}
