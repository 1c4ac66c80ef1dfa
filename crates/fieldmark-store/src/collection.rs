//! What one audience sees, in the order in which it came to see it: what a TAXII collection is
//! filled from.
//!
//! A version that came in as STIX stands in the collection when the audience sees all of it: every
//! statement made of it, and every record it refers to. Then its bytes go out as they came in. Of a
//! record that is not so, since it was written here or something of it is withheld, one version
//! stands there, made of what is shown ([`Faces`]); another takes its place as soon as that changes.
//! What ships with the program and markings stand there as long as something refers to them.
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
mod made;
mod times;
mod told;

pub use made::{Face, Faces};
pub use told::Told;
pub(crate) use told::told;

use crate::engine::states_type;
use crate::error::StoreError;
use crate::ledger::{LedgerReader, Op};
use crate::mark::Mark;
use dates::{Dates, Key};
use fieldmark_analysis::release::{Eyes, relates};
use fieldmark_model::{Audience, RecordId};
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::properties;
use oxigraph::model::{GraphName, Quad, Term, Triple};
use oxigraph::store::Store;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use times::{in_time, instant, version_of};
pub(crate) use times::{moment, written};

/// Where a version stands: the moment it came to stand there, in microseconds since 1970.
pub type Position = i64;

/// One version of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Where it stands.
    pub place: Position,
    /// What it is told apart by from others of its record: see [`dates::Key`].
    pub(crate) key: i64,
    /// The record.
    pub of: RecordId,
    /// The id it goes out under.
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

impl Version {
    /// Whether it is made of what is shown, else it came in as it goes out.
    pub fn is_made(&self) -> bool {
        self.key < 0
    }

    /// The ledger entry of one that came in.
    pub(crate) fn entry(&self) -> Option<u64> {
        u64::try_from(self.key).ok()
    }
}

/// All versions one audience sees, kept in step with its view.
pub(crate) struct Versions {
    audience: Arc<Audience>,
    key: [u8; 32],
    pub(crate) ledger: PathBuf,
    state: RwLock<State>,
}

pub(crate) struct State {
    /// The view it follows: the one in use, also for a reader who still holds an older one.
    engine: Store,
    /// The last entry that was looked at.
    seq: u64,
    pub(crate) rows: BTreeMap<Position, Version>,
    /// Where the versions of a record stand.
    places: HashMap<RecordId, BTreeMap<i64, Position>>,
    /// The record behind an id that is not its own.
    behind: HashMap<RecordId, RecordId>,
    /// The records that were shown when they were looked at last.
    seen: HashSet<RecordId>,
    /// What stands only as long as something refers to it, with the records that do.
    needed_by: HashMap<RecordId, HashSet<RecordId>>,
    /// What is shown of withheld assessors, by the record that shows it.
    pseudonyms: HashMap<RecordId, Vec<Triple>>,
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
    /// The versions that one audience sees; none is looked for before somebody asks.
    pub fn new(audience: Arc<Audience>, key: [u8; 32], ledger: PathBuf, engine: Store) -> Self {
        Self {
            audience,
            key,
            ledger,
            state: RwLock::new(State::of(engine)),
        }
    }

    /// Begins anew: the view was made again and may hold anything.
    pub fn reset(&self, engine: Store) {
        *self.write() = State::of(engine);
    }

    /// As they are, for as long as the guard lives.
    pub fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the collection up to what the view holds.
    pub fn follow(&self, faces: &dyn Faces) -> Result<(), StoreError> {
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
            let result = state.bring(upto, self, &ledger, faces);
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

/// What one audience sees of records.
struct Seeing<'a> {
    sight: Sight<'a>,
    ledger: &'a LedgerReader,
    faces: &'a dyn Faces,
}

/// One audience's eyes on its view.
pub(crate) struct Sight<'a> {
    pub eyes: Eyes<'a>,
    pub engine: &'a Store,
}

impl Sight<'_> {
    /// Whether the audience sees every statement of a version and every record it refers to.
    pub fn whole(&self, record: &Record) -> Result<bool, StoreError> {
        let seen = record.quads().iter().all(|quad| match &quad.graph_name {
            GraphName::NamedNode(policy) => {
                let policy = self.eyes.policies.get(policy.as_str());
                self.eyes.audience.sees(policy)
            }
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
        states_type(self.engine, id).map_err(|why| behind(self.eyes.audience, why))
    }
}

/// A version that stands in the collection, before it is known where.
struct Standing {
    key: i64,
    /// The entry that it goes back to, for the order of what comes together.
    entry: u64,
    id: RecordId,
    recorded: Position,
    version: Option<String>,
    labels: Vec<String>,
    refers: Vec<RecordId>,
}

/// A version that came to be seen, of which record, and when it did.
type Come = (RecordId, Position, Standing);

/// What the entries after one may have changed, each with the latest moment at which it may have,
/// and when a marking last moved.
fn touched(
    after: u64,
    upto: u64,
    ledger: &LedgerReader,
) -> Result<(BTreeMap<RecordId, Position>, Option<Position>), StoreError> {
    let mut touched = BTreeMap::new();
    let mut moved = None;
    let mut seq = after;
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
    Ok((touched, moved))
}

impl State {
    fn of(engine: Store) -> Self {
        Self {
            engine,
            seq: 0,
            rows: BTreeMap::new(),
            places: HashMap::new(),
            behind: HashMap::new(),
            seen: HashSet::new(),
            needed_by: HashMap::new(),
            pseudonyms: HashMap::new(),
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
        of: &Versions,
        ledger: &LedgerReader,
        faces: &dyn Faces,
    ) -> Result<(), StoreError> {
        if self.dates.is_none() {
            let path = of.ledger.with_file_name("shelf.sqlite");
            let dates = Dates::open(&path, &of.audience.name)?;
            (self.told, self.last) = dates.read()?;
            self.dates = Some(dates);
        }
        let (mut touched, moved) = touched(self.seq, upto, ledger)?;
        // At first everything is looked at in any case.
        if self.seq > 0 {
            self.reach(&mut touched, ledger)?;
        }
        if let Some(at) = moved {
            // Who sees what may have changed anywhere.
            for id in self.places.keys().chain(self.wanted_by.values().flatten()) {
                let latest = touched.entry(id.clone()).or_insert(at);
                *latest = at.max(*latest);
            }
        }
        let policies = ledger.policies()?;
        let engine = self.engine.clone();
        let seeing = Seeing {
            sight: Sight {
                eyes: Eyes {
                    audience: &of.audience,
                    policies: &policies,
                    key: &of.key,
                },
                engine: &engine,
            },
            ledger,
            faces,
        };
        self.turned(&mut touched, &seeing)?;
        let (come, gone) = self.look(touched, upto, &seeing)?;
        self.place(come, gone)?;
        self.seq = upto;
        Ok(())
    }

    /// Looks at what may have changed, and at what stands for its sake: what came to be seen, each
    /// with the moment at which it did, and what is seen no more.
    fn look(
        &mut self,
        mut touched: BTreeMap<RecordId, Position>,
        upto: u64,
        seeing: &Seeing<'_>,
    ) -> Result<(Vec<Come>, Vec<Key>), StoreError> {
        let mut come: Vec<Come> = Vec::new();
        let mut gone: Vec<Key> = Vec::new();
        // What stands for the sake of others comes after those, and may stand for still others' sake.
        while !touched.is_empty() {
            // What was looked at in an earlier round is looked at again.
            come.retain(|(of, ..)| !touched.contains_key(of));
            let mut next = BTreeMap::new();
            for (id, at) in std::mem::take(&mut touched) {
                let standing = self.standing(&id, upto, seeing)?;
                for needed in self.needs(&id, &standing, seeing.faces) {
                    next.insert(needed, at);
                }
                let mut before = self.places.remove(&id).unwrap_or_default();
                for one in standing {
                    match before.remove(&one.key) {
                        Some(place) => self.stand(&id, place, one),
                        // What touched it may be what this audience does not see. A version that is
                        // made is dated by what it sees alone.
                        None if one.key < 0 => come.push((id.clone(), one.recorded, one)),
                        None => come.push((id.clone(), at.max(one.recorded), one)),
                    }
                }
                for (key, place) in before {
                    self.rows.remove(&place);
                    gone.push((id.clone(), key));
                }
            }
            touched = next;
        }
        Ok((come, gone))
    }

    /// Gives what came its place in the order in which this audience is told of it, and keeps it.
    fn place(&mut self, mut come: Vec<Come>, mut gone: Vec<Key>) -> Result<(), StoreError> {
        // In the order of the entries, which for what this audience sees says nothing of the rest.
        come.sort_by_key(|(.., one)| one.entry);
        let mut new = Vec::new();
        for (id, at, one) in come {
            let key = (id.clone(), one.key);
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

    /// Notes which records are shown now, and adds whoever refers to one of which that has changed:
    /// what is made of them says it, or says it no more.
    fn turned(
        &mut self,
        touched: &mut BTreeMap<RecordId, Position>,
        seeing: &Seeing<'_>,
    ) -> Result<(), StoreError> {
        let looked_at: Vec<(RecordId, Position)> =
            touched.iter().map(|(id, at)| (id.clone(), *at)).collect();
        for (id, at) in looked_at {
            let turned = match seeing.sight.shows(&id)? {
                true => self.seen.insert(id.clone()),
                false => self.seen.remove(&id),
            };
            if !turned || self.seq == 0 {
                continue;
            }
            for referrer in seeing.ledger.referrers(&id)? {
                let latest = touched.entry(referrer).or_insert(at);
                *latest = at.max(*latest);
            }
        }
        Ok(())
    }

    /// The versions of one record that stand in the collection, by the entries up to `upto`.
    fn standing(
        &mut self,
        id: &RecordId,
        upto: u64,
        seeing: &Seeing<'_>,
    ) -> Result<Vec<Standing>, StoreError> {
        let mut standing: BTreeMap<String, Standing> = BTreeMap::new();
        let mut revisions = seeing.ledger.received_of(id)?;
        revisions.retain(|(entry, _)| entry.seq <= upto);
        // What it states now and does not show: that must not be had again by an older version.
        let withheld = match revisions.last() {
            Some((entry, (dataset, _))) if entry.op != Op::Retract && revisions.len() > 1 => {
                let now = Record::from_canonical(id.clone(), dataset)?;
                let shown = seeing.sight.eyes.shown(&now);
                let stated = now.quads().iter().map(statement);
                stated.filter(|triple| !shown.contains(triple)).collect()
            }
            _ => HashSet::new(),
        };
        // Whether the latest revision goes out as it came in.
        let mut whole = false;
        for (entry, (dataset, received)) in &revisions {
            whole = false;
            if entry.op == Op::Retract {
                standing.clear();
                continue;
            }
            let record = Record::from_canonical(id.clone(), dataset)?;
            for withdrawn in record.objects(properties::FM_WITHDRAWN_VERSION) {
                if let Term::Literal(version) = withdrawn {
                    standing.remove(version.value());
                }
            }
            let Some(json) = received
                .as_deref()
                .and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok())
            else {
                continue;
            };
            for target in record.references() {
                self.wanted_by.entry(target).or_default().insert(id.clone());
            }
            let mut stated = record.quads().iter().map(statement);
            if stated.any(|triple| withheld.contains(&triple)) || !seeing.sight.whole(&record)? {
                continue;
            }
            whole = true;
            let version = version_of(&json);
            let one = Standing {
                key: i64::try_from(entry.seq).unwrap_or(i64::MAX),
                entry: entry.seq,
                id: id.clone(),
                recorded: moment(entry.seq, &entry.recorded)?,
                version: version.clone(),
                labels: strings(&json["labels"]),
                refers: seeing.faces.refers(&json),
            };
            // A revision of ours that says the same version again leaves it where it stood.
            standing.entry(version.unwrap_or_default()).or_insert(one);
        }
        let mut standing: Vec<Standing> = standing.into_values().collect();
        if !whole {
            standing.extend(self.made(id, &revisions, seeing)?);
        }
        Ok(standing)
    }

    fn stand(&mut self, id: &RecordId, place: Position, one: Standing) {
        let added = written(place);
        let places = self.places.entry(id.clone()).or_default();
        places.insert(one.key, place);
        if one.id != *id {
            self.behind.insert(one.id.clone(), id.clone());
        }
        let row = Version {
            place,
            key: one.key,
            of: id.clone(),
            id: one.id,
            version: one.version.unwrap_or_else(|| added.clone()),
            added,
            labels: one.labels,
            refers: one.refers,
        };
        self.rows.insert(place, row);
    }
}

fn statement(quad: &Quad) -> Triple {
    Triple::new(
        quad.subject.clone(),
        quad.predicate.clone(),
        quad.object.clone(),
    )
}

fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

impl State {
    /// The versions of an object, by the id it goes out under.
    pub fn versions<'s>(&'s self, id: &'s RecordId) -> impl Iterator<Item = &'s Version> {
        let records = [Some(id), self.behind.get(id)].into_iter().flatten();
        let places = records.filter_map(|record| self.places.get(record));
        let rows = places.flat_map(BTreeMap::values);
        rows.filter_map(|place| self.rows.get(place))
            .filter(move |row| row.id == *id)
    }

    /// The least and the greatest version of an object.
    pub fn ends<'s>(&'s self, id: &'s RecordId) -> (Option<&'s String>, Option<&'s String>) {
        let versions = || self.versions(id).map(|row| &row.version);
        (
            versions().min_by_key(|version| in_time(version)),
            versions().max_by_key(|version| in_time(version)),
        )
    }
}

#[cfg(test)]
mod tests;
