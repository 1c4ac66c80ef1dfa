//! A large input on its way into the ledger, batch by batch: while one batch is written, the next is
//! judged. Whoever else writes waits for one batch at most.

use super::pile::{Drafts, Ids, Sorted};
use super::{
    Among, Entry, Faults, Foreign, ImportOptions, ImportReport, MARKING, Told, Underway, Verdict,
    Way, faulty, hand_over, opened, stray,
};
use crate::Base;
use crate::error::StoreError;
use crate::gate::Writer;
use crate::writer::Until;
use fieldmark_model::RecordId;
use fieldmark_rdf::gather::Draft;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many records are judged and written together.
#[cfg(not(test))]
const BATCH: usize = 1_024;
#[cfg(test)]
const BATCH: usize = 8;

/// Takes in what was sorted, and tells what becomes of each record as soon as it is settled: with
/// the line it begins on for its number, where the format has lines.
pub(crate) fn take(
    base: &Base,
    writer: &Writer,
    options: &ImportOptions,
    (sorted, mut foreign): (Sorted, Foreign),
    tell: &mut dyn FnMut(Told),
) -> Result<ImportReport, StoreError> {
    let strays = std::mem::take(&mut foreign.strays);
    let mut report = ImportReport::default();
    let faults = opened(&mut foreign, &mut report);
    let of = sorted.lines();
    let mut taking = Taking {
        base,
        writer,
        options,
        tell,
        only_look: options.dry_run || !report.problems.is_empty(),
        faults,
        among: Among {
            markings: Vec::new(),
            references: Some(Ids::in_dir(base.dir())?),
        },
        underway: None,
        sound: HashSet::new(),
        done: 0,
        of,
        last: 0,
        report,
    };
    let listed = std::mem::take(&mut taking.report.entries);
    taking.report.counts.clear();
    let strays = strays.into_iter().map(stray);
    listed
        .into_iter()
        .chain(strays)
        .for_each(|entry| taking.told(entry));
    sorted.each(options.policy.as_ref(), &mut |drafts| taking.put(drafts))?;
    taking.finish()
}

/// An input being taken.
struct Taking<'a> {
    base: &'a Base,
    writer: &'a Writer,
    options: &'a ImportOptions,
    tell: &'a mut dyn FnMut(Told),
    /// Whether nothing is written.
    only_look: bool,
    /// What is wrong with records that lost a statement.
    faults: Faults,
    among: Among,
    underway: Option<Underway>,
    /// What would be here, where nothing is written that could be asked.
    sound: HashSet<RecordId>,
    /// How many statements were judged and handed on, and how many there are.
    done: usize,
    of: usize,
    /// The line of what was told last.
    last: usize,
    report: ImportReport,
}

impl Taking<'_> {
    fn told(&mut self, entry: Entry) {
        *self.report.counts.entry(entry.verdict).or_default() += 1;
        // Whether an input was taken that has problems is told at its end.
        let wait = self.only_look && !self.options.dry_run;
        // What has no line stands after what was told before it.
        let line = entry.line.and_then(|line| usize::try_from(line).ok());
        self.last = line.unwrap_or(self.last);
        let at = (!wait).then_some(self.last);
        (self.tell)(Told::Entry(at, entry));
    }

    fn put(&mut self, drafts: Drafts) -> Result<(), StoreError> {
        let mut batch: BTreeMap<RecordId, Draft> = BTreeMap::new();
        let are_markings = drafts
            .keys()
            .next()
            .is_some_and(|id| id.stix_type() == MARKING);
        for (id, draft) in drafts {
            match draft {
                Ok(draft) => {
                    batch.insert(id, draft);
                }
                Err(why) => self.told(Entry::refused(id.as_str(), why)),
            }
            if batch.len() >= BATCH {
                self.batch(std::mem::take(&mut batch))?;
            }
        }
        self.batch(batch)?;
        match are_markings {
            // By these the others are judged.
            true => self.settle(None),
            false => Ok(()),
        }
    }

    fn batch(&mut self, drafts: BTreeMap<RecordId, Draft>) -> Result<(), StoreError> {
        if drafts.is_empty() {
            return Ok(());
        }
        let statements: usize = drafts.values().map(|draft| draft.quads.len()).sum();
        let mut report = ImportReport::default();
        let mut faults = Faults::new();
        for id in drafts.keys() {
            faults.extend(self.faults.remove_entry(id));
        }
        let (among, only_look) = (&mut self.among, self.only_look);
        let handed_over =
            self.base
                .on_the_way(self.writer, self.options, Until::Durable, |way| {
                    let beside = (HashMap::new(), Vec::new());
                    hand_over((drafts, faults), beside, among, only_look, way, &mut report)
                })?;
        self.settle(Some(Underway {
            report,
            handed_over,
        }))?;
        self.done += statements;
        (self.tell)(Told::Progress(self.done, self.of));
        Ok(())
    }

    /// Waits for the batch before `next`.
    fn settle(&mut self, next: Option<Underway>) -> Result<(), StoreError> {
        let Some(before) = std::mem::replace(&mut self.underway, next) else {
            return Ok(());
        };
        let mut part = self
            .base
            .on_the_way(self.writer, self.options, Until::Durable, |way| {
                before.end(way)
            })?;
        for entry in std::mem::take(&mut part.entries) {
            if self.only_look && entry.verdict != Verdict::Refused {
                self.sound.extend(RecordId::parse(&entry.name).ok());
            }
            self.told(entry);
        }
        self.report.and(part);
        Ok(())
    }

    /// Waits until all of it stands in the views as well; says what came of it.
    fn finish(mut self) -> Result<ImportReport, StoreError> {
        self.settle(None)?;
        // A record that lost all it said.
        for (id, findings) in std::mem::take(&mut self.faults) {
            self.told(faulty(&id, None, findings));
        }
        if !self.only_look {
            (self.tell)(Told::Durable);
            let recorded = |error: StoreError| StoreError::Recorded(error.to_string());
            self.base.in_step().map_err(recorded)?;
        }
        let Self {
            base,
            writer,
            options,
            only_look,
            among,
            sound,
            mut report,
            ..
        } = self;
        if let Some(references) = among.references {
            references.each(|mut ids| {
                ids.retain(|id| !sound.contains(id));
                let lacking = |way: &Way<'_>| way.still_lacking(ids);
                let lacking = base.on_the_way(writer, options, Until::Durable, lacking)?;
                report.waiting.extend(lacking);
                Ok(())
            })?;
        }
        report.waiting.sort();
        report.committed = !only_look;
        Ok(report)
    }
}
