//! What came in as STIX, in the order one audience came to see it: what a TAXII collection is
//! filled from.
//!
//! A version stands in the collection when the audience sees all of it: every statement made of
//! it, and every record it refers to. Then its bytes go out as they came in. A version of which
//! anything is withheld is not there at all.
//!
//! Its place is the moment at which it came to stand there, and no two versions of one audience
//! share one: whoever pages by date alone loses nothing. Places are counted in the audience's own
//! view, so none shows what else was written; once told, a place is kept ([`dates`]) and never
//! moves under a reader's cursor. A version that was withheld for a while comes back at the end,
//! where those who read on will find it.
//!
//! The collection follows the view, not the ledger: it never tells of an entry that the view does
//! not hold yet, and looks at every record again that an entry may have uncovered or hidden.

mod dates;

use crate::engine::states_type;
use crate::error::StoreError;
use crate::ledger::{LedgerReader, Op};
use crate::mark::Mark;
use dates::{Dates, Key};
use fieldmark_analysis::release::{Policies, relates};
use fieldmark_model::{Audience, Instant, RecordId};
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::properties;
use oxigraph::model::{GraphName, Term};
use oxigraph::store::Store;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

/// Where a version stands: the moment it came to stand there, in microseconds since 1970.
pub type Position = i64;

/// One version of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Where it stands.
    pub place: Position,
    /// Its ledger entry, which no caller is told.
    pub(crate) entry: u64,
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

/// All versions one audience sees, kept in step with its view.
pub(crate) struct Versions {
    audience: Arc<Audience>,
    pub(crate) ledger: PathBuf,
    state: RwLock<State>,
}

pub(crate) struct State {
    /// The view it follows: the one in use, also for a reader who still holds an older one.
    engine: Store,
    /// The last entry that was looked at.
    seq: u64,
    pub(crate) rows: BTreeMap<Position, Version>,
    /// Where the versions of a record stand, by their entries.
    places: HashMap<RecordId, BTreeMap<u64, Position>>,
    /// The records that came in as STIX and refer to one, whether they stand here or not.
    wanted_by: HashMap<RecordId, HashSet<RecordId>>,
    /// The latest place ever given.
    last: Position,
    /// What partners were told before this process began; taken out as it is found again.
    told: HashMap<Key, Position>,
    dates: Option<Dates>,
}

/// How often the collection looks again when its view went on meanwhile. What it then still misses,
/// the next reader brings.
const LOOKS: usize = 8;

impl Versions {
    pub fn new(audience: Arc<Audience>, ledger: PathBuf, engine: Store) -> Self {
        Self {
            audience,
            ledger,
            state: RwLock::new(State::of(engine)),
        }
    }

    /// Begins anew: the view was made again and may hold anything.
    pub fn reset(&self, engine: Store) {
        *self.write() = State::of(engine);
    }

    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the collection up to what the view holds.
    pub fn follow(&self) -> Result<(), StoreError> {
        let held = |state: &State| {
            Mark::read(&state.engine)
                .map(|mark| mark.map_or(0, |mark| mark.seq))
                .map_err(|why| behind(&self.audience, why))
        };
        {
            let state = self.read();
            if state.seq == held(&state)? {
                return Ok(());
            }
        }
        let ledger = LedgerReader::open(&self.ledger)?;
        let mut state = self.write();
        for _ in 0..LOOKS {
            let upto = held(&state)?;
            if state.seq > upto {
                *state = State::of(state.engine.clone());
            }
            if state.seq == upto {
                break;
            }
            let result = state.bring(upto, &self.audience, &ledger, &self.ledger);
            if result.is_err() {
                // Half a step is worse than none: the next reader begins from what was kept.
                *state = State::of(state.engine.clone());
            }
            result?;
        }
        Ok(())
    }
}

fn behind(audience: &Audience, why: String) -> StoreError {
    StoreError::Behind {
        audience: audience.name.clone(),
        why,
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
        states_type(self.engine, id).map_err(|why| behind(self.audience, why))
    }
}

/// A version that stands in the collection, before it is known where.
struct Standing {
    entry: u64,
    recorded: Position,
    version: Option<String>,
    labels: Vec<String>,
    refers: Vec<RecordId>,
}

impl State {
    fn of(engine: Store) -> Self {
        Self {
            engine,
            seq: 0,
            rows: BTreeMap::new(),
            places: HashMap::new(),
            wanted_by: HashMap::new(),
            last: 0,
            told: HashMap::new(),
            dates: None,
        }
    }

    /// Takes in the entries after the last one looked at, up to `upto`.
    fn bring(
        &mut self,
        upto: u64,
        audience: &Audience,
        ledger: &LedgerReader,
        path: &Path,
    ) -> Result<(), StoreError> {
        if self.dates.is_none() {
            let dates = Dates::open(&path.with_file_name("shelf.sqlite"), &audience.name)?;
            (self.told, self.last) = dates.read()?;
            self.dates = Some(dates);
        }
        // What may have changed, each with the latest moment at which it may have.
        let mut touched: BTreeMap<RecordId, Position> = BTreeMap::new();
        let mut moved = None;
        let mut seq = self.seq;
        while seq < upto {
            let entries = ledger.heads_after(seq, 10_000)?;
            let Some(last) = entries.last() else { break };
            seq = last.seq;
            for entry in entries.into_iter().filter(|entry| entry.seq <= upto) {
                let at = moment(entry.seq, &entry.recorded)?;
                if entry.record.stix_type() == "marking-definition" {
                    moved = Some(at);
                }
                touched.insert(entry.record, at);
            }
        }
        self.reach(&mut touched, ledger)?;
        if let Some(at) = moved {
            // Who sees what may have changed anywhere.
            for id in self.places.keys().chain(self.wanted_by.values().flatten()) {
                let latest = touched.entry(id.clone()).or_insert(at);
                *latest = at.max(*latest);
            }
        }
        let policies = ledger.policies()?;
        let eyes = Seeing {
            audience,
            policies: &policies,
            engine: &self.engine.clone(),
        };
        let mut come: Vec<(RecordId, Position, Standing)> = Vec::new();
        let mut gone: Vec<Key> = Vec::new();
        for (id, at) in touched {
            let standing = self.standing(&id, upto, ledger, &eyes)?;
            let mut before = self.places.remove(&id).unwrap_or_default();
            for one in standing {
                match before.remove(&one.entry) {
                    Some(place) => self.stand(&id, place, one),
                    None => come.push((id.clone(), at.max(one.recorded), one)),
                }
            }
            for (entry, place) in before {
                self.rows.remove(&place);
                gone.push((id.clone(), entry));
            }
        }
        // In the order of the entries, which for what this audience sees says nothing of the rest.
        come.sort_by_key(|(.., one)| one.entry);
        let mut new = Vec::new();
        for (id, at, one) in come {
            let key = (id.clone(), one.entry);
            let place = self.told.remove(&key).unwrap_or_else(|| {
                self.last = at.max(self.last + 1);
                new.push((key, self.last));
                self.last
            });
            self.stand(&id, place, one);
        }
        // What was told in an earlier life and was not found again no longer stands.
        gone.extend(std::mem::take(&mut self.told).into_keys());
        if let Some(dates) = &self.dates {
            dates.keep(&gone, &new, self.last)?;
        }
        self.seq = upto;
        Ok(())
    }

    /// Adds what an entry about one record may uncover or hide: the versions that refer to it, and
    /// whatever stands or falls with it, at any remove.
    fn reach(
        &self,
        touched: &mut BTreeMap<RecordId, Position>,
        ledger: &LedgerReader,
    ) -> Result<(), StoreError> {
        let mut open: Vec<(RecordId, Position)> =
            touched.iter().map(|(id, at)| (id.clone(), *at)).collect();
        while let Some((id, at)) = open.pop() {
            let mut next: Vec<RecordId> = self
                .wanted_by
                .get(&id)
                .into_iter()
                .flatten()
                .cloned()
                .collect();
            for referrer in ledger.referrers(&id)? {
                // Only a relationship or a claim is hidden by what it refers to.
                if ledger.current(&referrer)?.is_some_and(|it| relates(&it)) {
                    next.push(referrer);
                }
            }
            for id in next {
                let known = touched.get(&id).copied();
                if known.is_none_or(|known| known < at) {
                    touched.insert(id.clone(), at);
                    open.push((id, at));
                }
            }
        }
        Ok(())
    }

    /// The versions of one record that stand in the collection, by the entries up to `upto`.
    fn standing(
        &mut self,
        id: &RecordId,
        upto: u64,
        ledger: &LedgerReader,
        eyes: &Seeing<'_>,
    ) -> Result<Vec<Standing>, StoreError> {
        let mut standing: BTreeMap<String, Standing> = BTreeMap::new();
        for (entry, (dataset, received)) in ledger.received_of(id)? {
            if entry.seq > upto {
                break;
            }
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
            let refers: Vec<RecordId> = record.references().into_iter().collect();
            for target in &refers {
                let by = self.wanted_by.entry(target.clone()).or_default();
                by.insert(id.clone());
            }
            if !eyes.whole(&record)? {
                continue;
            }
            let version = version_of(&json);
            let one = Standing {
                entry: entry.seq,
                recorded: moment(entry.seq, &entry.recorded)?,
                version: version.clone(),
                labels: strings(&json["labels"]),
                refers,
            };
            // A revision of ours that says the same version again leaves it where it stood.
            standing.entry(version.unwrap_or_default()).or_insert(one);
        }
        Ok(standing.into_values().collect())
    }

    fn stand(&mut self, id: &RecordId, place: Position, one: Standing) {
        let added = written(place);
        let places = self.places.entry(id.clone()).or_default();
        places.insert(one.entry, place);
        let row = Version {
            place,
            entry: one.entry,
            id: id.clone(),
            version: one.version.unwrap_or_else(|| added.clone()),
            added,
            labels: one.labels,
            refers: one.refers,
        };
        self.rows.insert(place, row);
    }
}

/// A ledger time in microseconds since 1970.
pub(crate) fn moment(seq: u64, recorded: &str) -> Result<Position, StoreError> {
    let time = OffsetDateTime::parse(recorded, &Rfc3339)
        .map_err(|_| StoreError::damaged(seq, "its time cannot be read".to_owned()))?;
    i64::try_from(time.unix_timestamp_nanos().div_euclid(1000))
        .map_err(|_| StoreError::damaged(seq, "its time is out of range".to_owned()))
}

/// A moment as text; one beyond what a date can say is written as its end.
pub(crate) fn written(place: Position) -> String {
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(place) * 1000)
        .unwrap_or_else(|_| time::PrimitiveDateTime::MAX.assume_utc());
    six_digits(time).unwrap_or_default()
}

/// The version an object states: `modified`, or `created` where there is no `modified`.
pub fn version_of(json: &Value) -> Option<String> {
    [&json["modified"], &json["created"]]
        .into_iter()
        .find_map(|value| value.as_str().map(str::to_owned))
}

/// By what versions are ordered: in time, at whatever precision each is written. What is no
/// timestamp comes first, by its letters.
pub fn in_time(version: &str) -> (Option<Instant>, String) {
    match Instant::parse(version) {
        Some(instant) => (Some(instant), String::new()),
        None => (None, version.to_owned()),
    }
}

/// A time (RFC 3339) in UTC with six digits of a second, so that text order is time order.
pub fn instant(text: &str) -> Option<String> {
    six_digits(OffsetDateTime::parse(text, &Rfc3339).ok()?)
}

fn six_digits(time: OffsetDateTime) -> Option<String> {
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

impl State {
    pub fn versions(&self, id: &RecordId) -> impl Iterator<Item = &Version> {
        let places = self.places.get(id).into_iter().flat_map(BTreeMap::values);
        places.filter_map(|place| self.rows.get(place))
    }

    /// The least and the greatest version of an object.
    pub fn ends(&self, id: &RecordId) -> (Option<&String>, Option<&String>) {
        let versions = || self.versions(id).map(|row| &row.version);
        (
            versions().min_by_key(|version| in_time(version)),
            versions().max_by_key(|version| in_time(version)),
        )
    }
}

#[cfg(test)]
mod tests;
