//! What came in as STIX, in the order one audience came to see it: what a TAXII collection is
//! filled from.
//!
//! A version stands on the shelf when the audience sees all of it: every statement made of it, and
//! every record it refers to. Then its bytes go out as they came in. A version of which anything
//! is withheld is not there at all. Its place is the ledger entry that completed it: its own, or
//! the first of the last record it refers to. Places therefore follow from the ledger and never
//! move under a reader's cursor.

use crate::error::StoreError;
use crate::ledger::{LedgerReader, Op};
use crate::view::View;
use fieldmark_analysis::release::Policies;
use fieldmark_model::{Audience, RecordId};
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::properties;
use hmac::{Hmac, KeyInit, Mac};
use oxigraph::model::{GraphName, GraphNameRef, NamedNode, Term};
use oxigraph::store::Store;
use serde_json::Value;
use sha2::Sha256;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// Where a version stands: the entry that completed it, then its own entry.
pub type Place = (u64, u64);

/// One version of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Where it stands.
    pub place: Place,
    /// The object.
    pub id: RecordId,
    /// When it came to stand there: RFC 3339, UTC, six digits of a second.
    pub added: String,
    /// Its `modified`; failing that its `created`; failing that `added`.
    pub version: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// The records it refers to.
    pub refers: Vec<RecordId>,
}

/// All versions one audience sees, kept in step with the ledger.
pub(crate) struct Shelving {
    pub ledger: PathBuf,
    pub key: [u8; 32],
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    /// The last entry that was looked at.
    seq: u64,
    rows: BTreeMap<Place, Version>,
    places: HashMap<RecordId, BTreeSet<Place>>,
    /// The first entry of every record.
    firsts: HashMap<RecordId, (u64, String)>,
}

impl Shelving {
    pub fn new(ledger: PathBuf, key: [u8; 32]) -> Self {
        Self {
            ledger,
            key,
            state: RwLock::default(),
        }
    }

    fn follow(&self, audience: &Audience, engine: &Store) -> Result<(), StoreError> {
        let ledger = LedgerReader::open(&self.ledger)?;
        let head = ledger.head()?.0;
        let read = |shelf: &RwLock<State>| shelf.read().unwrap_or_else(PoisonError::into_inner).seq;
        if read(&self.state) == head {
            return Ok(());
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let policies = ledger.policies()?;
        let mut touched = BTreeSet::new();
        let mut moved = false;
        while state.seq < head {
            let entries = ledger.heads_after(state.seq, 10_000)?;
            let Some(last) = entries.last() else { break };
            state.seq = last.seq;
            for entry in entries {
                moved |= entry.record.stix_type() == "marking-definition";
                let first = (entry.seq, entry.recorded);
                state.firsts.entry(entry.record.clone()).or_insert(first);
                touched.insert(entry.record);
            }
        }
        if moved {
            // Who sees what may have changed anywhere.
            touched = state.firsts.keys().cloned().collect();
        } else {
            let mut reached = BTreeSet::new();
            for id in &touched {
                reached.extend(ledger.referrers(id)?);
            }
            touched.extend(reached);
        }
        let eyes = Seeing {
            audience,
            policies: &policies,
            engine,
        };
        for id in touched {
            state.place(&id, &ledger, &eyes)?;
        }
        Ok(())
    }
}

struct Seeing<'a> {
    audience: &'a Audience,
    policies: &'a Policies,
    engine: &'a Store,
}

impl Seeing<'_> {
    /// Whether the audience sees every statement of a version and every record it refers to.
    fn whole(&self, record: &Record) -> Result<bool, StoreError> {
        let seen = record.quads().iter().all(|quad| match &quad.graph_name {
            GraphName::NamedNode(policy) => self.audience.sees(self.policies.get(policy.as_str())),
            _ => false,
        });
        if !seen || !self.shows(record.id())? {
            return Ok(false);
        }
        for target in record.references() {
            if !self.shows(&target)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn shows(&self, id: &RecordId) -> Result<bool, StoreError> {
        let node = NamedNode::new_unchecked(id.iri());
        let first = self
            .engine
            .quads_for_pattern(
                Some(node.as_ref().into()),
                Some(properties::RDF_TYPE),
                None,
                Some(GraphNameRef::DefaultGraph),
            )
            .next()
            .transpose();
        first
            .map(|quad| quad.is_some())
            .map_err(|error| StoreError::Behind {
                audience: self.audience.name.clone(),
                why: error.to_string(),
            })
    }
}

impl State {
    /// Puts the versions of one record where they stand now.
    fn place(
        &mut self,
        id: &RecordId,
        ledger: &LedgerReader,
        eyes: &Seeing<'_>,
    ) -> Result<(), StoreError> {
        for place in self.places.remove(id).unwrap_or_default() {
            self.rows.remove(&place);
        }
        let mut standing: BTreeMap<String, Version> = BTreeMap::new();
        for (entry, (dataset, received)) in ledger.received_of(id)? {
            if entry.op == Op::Retract {
                standing.clear();
                continue;
            }
            let record = Record::from_canonical(id.clone(), &dataset)?;
            for withdrawn in record.objects(properties::FM_WITHDRAWN_VERSION) {
                if let Term::Literal(version) = withdrawn {
                    standing.remove(version.value());
                }
            }
            let Some(json) =
                received.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
            else {
                continue;
            };
            if !eyes.whole(&record)? {
                continue;
            }
            let refers: Vec<RecordId> = record.references().into_iter().collect();
            let mut completed = (entry.seq, &entry.recorded);
            for target in &refers {
                if let Some((seq, recorded)) = self.firsts.get(target)
                    && *seq > completed.0
                {
                    completed = (*seq, recorded);
                }
            }
            let added = instant(completed.1).ok_or_else(|| {
                StoreError::damaged(completed.0, "its time cannot be read".to_owned())
            })?;
            let version = version_of(&json).unwrap_or_else(|| added.clone());
            let row = Version {
                place: (completed.0, entry.seq),
                id: id.clone(),
                added,
                version: version.clone(),
                labels: strings(&json["labels"]),
                refers,
            };
            // A revision of ours that says the same version again leaves it where it stood.
            standing.entry(version).or_insert(row);
        }
        let places = self.places.entry(id.clone()).or_default();
        for row in standing.into_values() {
            places.insert(row.place);
            self.rows.insert(row.place, row);
        }
        if places.is_empty() {
            self.places.remove(id);
        }
        Ok(())
    }
}

/// The version an object states: `modified`, or `created` where there is no `modified`.
pub fn version_of(json: &Value) -> Option<String> {
    [&json["modified"], &json["created"]]
        .into_iter()
        .find_map(|value| value.as_str().map(str::to_owned))
}

/// A time (RFC 3339) in UTC with six digits of a second, so that text order is time order.
pub fn instant(text: &str) -> Option<String> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    time.to_offset(time::UtcOffset::UTC)
        .format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z"
        ))
        .ok()
}

fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

impl View {
    /// Walks the versions after `after` in order, until `each` says no. What `each` gets of an
    /// object beside the version is whether it is the first and whether it is the last of its
    /// object. The cost does not depend on where the walk begins.
    pub fn shelf(
        &self,
        after: Option<Place>,
        mut each: impl FnMut(&Version, bool, bool) -> bool,
    ) -> Result<(), StoreError> {
        let shelving = self.shelving();
        shelving.follow(self.whole_audience(), self.engine())?;
        let state = shelving
            .state
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let from = after.map_or((0, 0), |(shown, seq)| (shown, seq + 1));
        for (_, row) in state.rows.range(from..) {
            let (first, last) = state.ends(&row.id);
            if !each(row, first == Some(&row.version), last == Some(&row.version)) {
                break;
            }
        }
        Ok(())
    }

    /// The versions of one object, in order, each with whether it is the first and the last.
    pub fn versions(&self, id: &RecordId) -> Result<Vec<(Version, bool, bool)>, StoreError> {
        let shelving = self.shelving();
        shelving.follow(self.whole_audience(), self.engine())?;
        let state = shelving
            .state
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let (first, last) = state.ends(id);
        Ok(state
            .places
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|place| state.rows.get(place))
            .map(|row| {
                (
                    row.clone(),
                    first == Some(&row.version),
                    last == Some(&row.version),
                )
            })
            .collect())
    }

    /// The bytes of versions that stand on the shelf, as they came in, in the order asked for.
    pub fn received(&self, versions: &[Version]) -> Result<Vec<Vec<u8>>, StoreError> {
        let shelving = self.shelving();
        let ledger = LedgerReader::open(&shelving.ledger)?;
        let state = shelving
            .state
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        versions
            .iter()
            // Only what this audience's shelf holds: a place alone opens nothing.
            .filter(|version| state.rows.contains_key(&version.place))
            .map(|version| Ok(ledger.received(version.place.1)?.unwrap_or_default()))
            .collect()
    }

    /// A mark under text that only this installation can make, for this audience (HMAC-SHA-256).
    pub fn mark(&self, text: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.shelving().key)
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of every length"));
        mac.update(b"fieldmark cursor 1");
        mac.update(text);
        mac.finalize().into_bytes().into()
    }
}

impl State {
    /// The least and the greatest version of an object.
    fn ends(&self, id: &RecordId) -> (Option<&String>, Option<&String>) {
        let versions = || {
            let places = self.places.get(id).into_iter().flatten();
            places.filter_map(|place| self.rows.get(place).map(|row| &row.version))
        };
        (versions().min(), versions().max())
    }
}
