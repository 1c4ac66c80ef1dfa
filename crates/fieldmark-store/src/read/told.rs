//! When what a view shows of a record was first and last changed, and under which markings it
//! stands: what an exchange format says of a record beside its statements.
//!
//! A change of what this audience does not see is none: it must not show in a date.

use super::ReadError;
use crate::collection::moment;
use crate::ledger::{LedgerReader, Op};
use crate::view::View;
use fieldmark_analysis::release::Policies;
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::Record;
use oxrdf::{GraphName, Quad};
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
}

impl View {
    /// What is told of each of these records; nothing of what is not in the ledger, as a pseudonym
    /// is not. Reads every revision of each.
    pub fn told(
        &self,
        ids: impl IntoIterator<Item = RecordId>,
    ) -> Result<Vec<(RecordId, Option<Told>)>, ReadError> {
        let ledger = LedgerReader::open(self.ledger()).map_err(ReadError::engine)?;
        let policies = ledger.policies().map_err(ReadError::engine)?;
        ids.into_iter()
            .map(|id| {
                let told = self.told_of(&ledger, &policies, &id);
                Ok((id, told.map_err(ReadError::engine)?))
            })
            .collect()
    }

    fn told_of(
        &self,
        ledger: &LedgerReader,
        policies: &Policies,
        id: &RecordId,
    ) -> Result<Option<Told>, crate::error::StoreError> {
        let audience = self.whole_audience();
        let sees = |quad: &Quad| match &quad.graph_name {
            GraphName::NamedNode(policy) => audience.sees(policies.get(policy.as_str())),
            _ => false,
        };
        let mut times = None;
        let mut shown: BTreeSet<String> = BTreeSet::new();
        let mut markings = BTreeSet::new();
        for (entry, (dataset, _)) in ledger.received_of(id)? {
            if entry.op == Op::Retract {
                times = None;
                shown.clear();
                continue;
            }
            let record = Record::from_canonical(id.clone(), &dataset)?;
            let seen: Vec<&Quad> = record.quads().iter().filter(|quad| sees(quad)).collect();
            let now: BTreeSet<String> = seen.iter().map(|quad| quad.to_string()).collect();
            if now == shown || now.is_empty() {
                continue;
            }
            let at = moment(entry.seq, &entry.recorded)?;
            let (first, _) = times.unwrap_or((at, at));
            times = Some((first, at));
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
        }))
    }
}

/// A moment in microseconds since 1970, to the millisecond.
fn milliseconds(moment: i64) -> String {
    let text = crate::collection::written(moment);
    let cut = text.len().saturating_sub("000Z".len());
    format!("{}Z", &text[..cut])
}
