//! Objects on their way in, batch by batch: while one batch is written, the next is read and judged.

use super::{Received, Standing, entry, supersedes};
use crate::Base;
use crate::allow::Rules;
use crate::error::StoreError;
use crate::gate::Writer;
use crate::import::{
    Among, Entry, Foreign, ImportOptions, ImportReport, Underway, Verdict, Way, begin,
};
use crate::ledger::LedgerReader;
use crate::writer::Until;
use fieldmark_model::RecordId;
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::properties;
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Told what became of each object: with its number, or without one where a record was made for the
/// sake of an object.
pub type Tell<'a> = &'a mut dyn FnMut(Option<usize>, Entry);

/// An input of objects under way.
///
/// An equal version changes nothing; an older one, another creator's, or one that would write over a
/// record that is kept here, is a conflict. Each is told as soon as it is settled.
pub struct Intake<'a> {
    base: &'a Base,
    writer: &'a Writer,
    options: &'a ImportOptions,
    /// Whether it is a batch at most, whose writer waits to see it from the beginning.
    is_small: bool,
    tell: Tell<'a>,
    report: ImportReport,
    /// What was referred to and was not here.
    waiting: BTreeSet<RecordId>,
    /// What came, where nothing is written that could be asked.
    seen: HashSet<RecordId>,
    /// The records that objects of other ids only stand for; none for an object that does not.
    stand_for: HashMap<String, Option<NamedNode>>,
    among: Among,
    underway: Option<Batch>,
    /// Whether some of it was handed over for the ledger alone.
    lags: bool,
}

struct Batch {
    underway: Underway,
    /// Which object each record is, and its place.
    places: HashMap<String, (usize, String)>,
}

impl<'a> Intake<'a> {
    /// Opens one; one that is small, a batch at most, goes before larger ones.
    pub fn new(
        base: &'a Base,
        writer: &'a Writer,
        options: &'a ImportOptions,
        is_small: bool,
        tell: Tell<'a>,
    ) -> Self {
        Self {
            base,
            writer,
            options,
            is_small,
            tell,
            report: ImportReport::default(),
            waiting: BTreeSet::new(),
            seen: HashSet::new(),
            stand_for: HashMap::new(),
            among: Among::default(),
            underway: None,
            lags: false,
        }
    }

    /// Tells what became of an object that is not taken any further.
    pub fn settle(&mut self, at: usize, entry: Entry) {
        self.told(Some(at), entry);
    }

    fn told(&mut self, at: Option<usize>, entry: Entry) {
        *self.report.counts.entry(entry.verdict).or_default() += 1;
        (self.tell)(at, entry);
    }

    /// Takes a batch in, in order, and `beside` it records that were made for its sake. Comes back
    /// when the batch before it is settled.
    pub fn put(
        &mut self,
        mut objects: Vec<Received>,
        beside: Vec<Placed>,
    ) -> Result<(), StoreError> {
        self.under_their_own_ids(&mut objects)?;
        let mut beside = Some(beside).filter(|beside| !beside.is_empty());
        let mut open = objects;
        // Several versions of one object are taken one after the other.
        while !open.is_empty() || beside.is_some() {
            if self.meets(&open) {
                self.finish_batch()?;
            }
            let mut later = Vec::new();
            let mut places = HashMap::new();
            let mut foreign = Foreign {
                statements: beside.take().unwrap_or_default(),
                ..Foreign::default()
            };
            let reader = self.base.ledger_reader()?;
            // A steward sees everything.
            let rules = match self.writer.steward() {
                true => None,
                false => Some(Rules::new(&reader, self.base.kept_views(), [])?),
            };
            let mut standing = Vec::new();
            reader.steady(|| {
                for object in open {
                    if places.contains_key(object.id.as_str()) {
                        later.push(object);
                        continue;
                    }
                    match supersedes(&reader, self.writer, rules.as_ref(), &object)? {
                        Standing::Holds(verdict, why) => {
                            standing.push((object.at, entry(&object, verdict, why)));
                            continue;
                        }
                        Standing::Earlier => foreign.withdrawn.extend(lapsed(&reader, &object)?),
                        Standing::Nothing => {}
                    }
                    places.insert(object.id.to_string(), (object.at, object.place));
                    foreign.received.insert(object.id, object.bytes);
                    foreign.statements.extend(object.statements);
                }
                Ok(())
            })?;
            drop(reader);
            for (at, entry) in standing {
                self.settle(at, entry);
            }
            open = later;
            if foreign.statements.is_empty() {
                continue;
            }
            let mut among = std::mem::take(&mut self.among);
            let until = match self.is_small && open.is_empty() {
                true => Until::Visible,
                false => Until::Durable,
            };
            self.lags |= until == Until::Durable;
            let begun = |way: &Way<'_>| begin(foreign, self.options, &mut among, way);
            let underway = self.on_the_way(until, begun)?;
            self.among = among;
            if let Some(before) = self.underway.replace(Batch { underway, places }) {
                self.end(before)?;
            }
        }
        Ok(())
    }

    /// Waits until everything put so far is settled.
    pub fn finish_batch(&mut self) -> Result<(), StoreError> {
        match self.underway.take() {
            Some(batch) => self.end(batch),
            None => Ok(()),
        }
    }

    /// Waits until everything is settled, and says what came of it. Its entries were told.
    pub fn finish(mut self) -> Result<ImportReport, StoreError> {
        self.finish_batch()?;
        if self.report.committed && self.lags {
            let recorded = |error: StoreError| StoreError::Recorded(error.to_string());
            self.base.in_step().map_err(recorded)?;
        }
        // What came later is not waited for any more.
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let waiting = waiting.filter(|id| !self.seen.contains(id));
        self.report.waiting = self.on_the_way(Until::Durable, |way| way.still_lacking(waiting))?;
        self.report.committed |= !self.options.dry_run;
        Ok(self.report)
    }

    /// Does work whose changes wait for the ledger alone, where the views are asked for at the end, or
    /// for the views as well.
    fn on_the_way<T>(
        &self,
        until: Until,
        work: impl FnOnce(&Way<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.base.on_the_way(self.writer, self.options, until, work)
    }

    /// Whether what is to come has to do with a record that the writer still has.
    fn meets(&self, objects: &[Received]) -> bool {
        self.underway.as_ref().is_some_and(|batch| {
            let mut objects = objects.iter();
            objects.any(|object| batch.places.contains_key(object.id.as_str()))
        })
    }

    fn end(&mut self, batch: Batch) -> Result<(), StoreError> {
        let Batch {
            underway,
            mut places,
        } = batch;
        let mut part = self.on_the_way(Until::Durable, |way| underway.end(way))?;
        let mut told: Vec<(Option<usize>, Entry)> = Vec::new();
        for mut entry in std::mem::take(&mut part.entries) {
            let at = places.remove(&entry.name).map(|(at, place)| {
                entry.place = Some(place);
                at
            });
            if self.options.dry_run && entry.verdict != Verdict::Refused {
                self.seen.extend(RecordId::parse(&entry.name).ok());
            }
            told.push((at, entry));
        }
        for (name, (at, place)) in places {
            let why = "it gave no record: its type or id is not usable".to_owned();
            let entry = Entry {
                place: Some(place),
                ..Entry::refused(name, why)
            };
            told.push((Some(at), entry));
        }
        in_order(&mut told);
        for (at, entry) in told {
            self.told(at, entry);
        }
        self.waiting.extend(std::mem::take(&mut part.waiting));
        self.report.and(part);
        Ok(())
    }

    /// Lets what refers to an object that only stands for a record here refer to that record,
    /// whether the object comes with it or came before. The bytes stay as they came in.
    fn under_their_own_ids(&mut self, objects: &mut [Received]) -> Result<(), StoreError> {
        for object in objects.iter().filter(|object| numbered(&object.id)) {
            let said = object.statements.iter();
            let known = said.filter_map(|placed| stands_for(&placed.quad)).next();
            self.stand_for.insert(object.id.iri(), known);
        }
        let reader = self.base.ledger_reader()?;
        for placed in objects.iter_mut().flat_map(|object| &mut object.statements) {
            let Term::NamedNode(target) = &placed.quad.object else {
                continue;
            };
            // Most lead to no such record, which need not be read as an id to be seen.
            let Some(id) = Some(target.as_str())
                .filter(|iri| NUMBERED.iter().any(|kind| iri.contains(kind)))
                .and_then(RecordId::from_iri)
                .filter(numbered)
                .filter(|_| stands_for(&placed.quad).is_none())
            else {
                continue;
            };
            let known = match self.stand_for.get(target.as_str()) {
                Some(found) => found.clone(),
                None => {
                    let here = reader.current(&id)?;
                    let found = here.and_then(|here| here.quads().iter().find_map(stands_for));
                    self.stand_for
                        .insert(target.as_str().to_owned(), found.clone());
                    found
                }
            };
            if let Some(known) = known {
                placed.quad.object = known.into();
            }
        }
        Ok(())
    }
}

/// Puts entries in the order in which their objects came, and after them those of records that were
/// made for their sake.
pub fn in_order(told: &mut [(Option<usize>, Entry)]) {
    told.sort_by(|(a, one), (b, other)| {
        (a.is_none(), a, &one.name).cmp(&(b.is_none(), b, &other.name))
    });
}

/// The records that an older version of an object made beside itself, such as claims about names it
/// had, and which it does not make any more.
fn lapsed(ledger: &LedgerReader, object: &Received) -> Result<Vec<RecordId>, StoreError> {
    let made: HashSet<RecordId> = object
        .statements
        .iter()
        .filter_map(|placed| match &placed.quad.subject {
            NamedOrBlankNode::NamedNode(node) => RecordId::owner_of(node.as_str()),
            NamedOrBlankNode::BlankNode(_) => None,
        })
        .collect();
    let mut lapsed = Vec::new();
    for id in ledger.referrers(&object.id)? {
        if made.contains(&id) {
            continue;
        }
        let record = ledger.current(&id)?;
        let source = properties::PROV_WAS_DERIVED_FROM;
        if record.is_some_and(|record| record.records(source).any(|from| from == object.id)) {
            lapsed.push(id);
        }
    }
    Ok(lapsed)
}

/// The types that have numbers of their own, and so come under others' ids.
const NUMBERED: [&str; 2] = ["attack-pattern", "x-mitre-tactic"];

/// Whether an id is of such a type.
fn numbered(id: &RecordId) -> bool {
    NUMBERED.contains(&id.stix_type())
}

fn stands_for(quad: &Quad) -> Option<NamedNode> {
    match (&quad.object, quad.predicate.as_ref()) {
        (Term::NamedNode(known), properties::FM_STANDS_FOR) => Some(known.clone()),
        _ => None,
    }
}
