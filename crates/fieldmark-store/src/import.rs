//! Import: RDF in, records judged one by one, those that hold committed together.
//!
//! A file that cannot be read as a whole changes nothing, yet all of it is judged, so that one
//! look shows everything there is to mend. In a file that can be read, an entry that is refused
//! never keeps the others out.

mod derived;
mod judge;
mod parts;
mod pile;
mod report;
mod rules;

use crate::Base;
use crate::allow::{self, Rules, Terms};
use crate::error::StoreError;
use crate::gate::Writer;
use crate::ledger::{Change, LedgerReader};
pub use crate::marked::levels;
use crate::proposals::full;
use crate::view::Kept;
use crate::writer::{Settled, Ticket};
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::format::Format;
use fieldmark_rdf::gather::{Draft, Gatherer, Stray};
use fieldmark_rdf::read::{self, Bounds, Placed};
use fieldmark_rdf::record::Record;
use judge::{Judged, judge};
use oxrdf::NamedNode;
use pile::{Ids, Pile, Whole};
use report::plain;
pub use report::{Entry, Finding, ImportReport, Verdict};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Read;
use std::sync::Arc;

/// Why an import came to nothing: because of what was sent, or because of us.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The input broke off or is larger than is taken.
    #[error("the input cannot be read to its end: {0}")]
    Input(std::io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How an input is read.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Its format.
    pub format: Format,
    /// What relative IRIs are relative to.
    pub base: Option<String>,
    /// The release policy of statements that stand in no graph: a marking definition's IRI.
    pub policy: Option<NamedNode>,
    /// Judge and report only.
    pub dry_run: bool,
    /// Why statements may be seen by more than now; without it, a record that would show more than
    /// it does is refused. A steward's to say.
    pub loosen: Option<String>,
    /// Why this is written, as it stands in the ledger beside each entry.
    pub reason: Option<String>,
    /// What one input may cost.
    pub bounds: Bounds,
}

impl ImportOptions {
    /// Of this format, to be stored as it states itself, within the usual bounds.
    pub fn of(format: Format) -> Self {
        Self {
            format,
            base: None,
            policy: None,
            dry_run: false,
            loosen: None,
            reason: None,
            bounds: Bounds::default(),
        }
    }
}

/// Turns others' statements into records' statements before they are gathered, and says which it
/// could not turn.
pub type Adopt<'a> = &'a dyn Fn(Vec<Placed>) -> (Vec<Placed>, Vec<Stray>);

/// What a foreign format gave: statements about records, and what could not be made such.
#[derive(Debug, Default)]
pub struct Foreign {
    /// The statements.
    pub statements: Vec<Placed>,
    /// What could not be used.
    pub strays: Vec<Stray>,
    /// What kept the input from being read as a whole; if any, nothing is changed.
    pub problems: Vec<read::Problem>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// The bytes that records came in, to the letter.
    pub received: HashMap<RecordId, Vec<u8>>,
    /// The records that an older version of what comes made, and which it does not make.
    pub withdrawn: Vec<RecordId>,
}

impl Foreign {
    /// One record as it is, and the bytes it came in where it came from outside.
    pub(crate) fn of(record: &Record, received: Option<Vec<u8>>) -> Self {
        let placed = |quad: &oxrdf::Quad| Placed {
            quad: quad.clone(),
            line: None,
        };
        let received = received.map(|bytes| (record.id().clone(), bytes));
        Self {
            statements: record.quads().iter().map(placed).collect(),
            received: received.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// Where records go, and whose word they are.
pub(crate) struct Way<'a> {
    pub ledger: &'a LedgerReader,
    pub views: &'a [Arc<Kept>],
    pub terms: Terms,
    /// Hands changes to the writer.
    pub submit: &'a dyn Fn(Vec<Change>) -> Result<Ticket, StoreError>,
    /// Keeps records that wait for a steward.
    pub propose: &'a Propose<'a>,
}

/// Keeps records, each with the bytes it came in, until somebody decides; says how many of them, for
/// only so many of one writer may wait.
pub(crate) type Propose<'a> =
    dyn Fn(&[(Record, Option<Vec<u8>>)]) -> Result<usize, StoreError> + 'a;

impl Way<'_> {
    /// Those of some records that are not here, as far as the writer can see; sorted.
    pub fn still_lacking(
        &self,
        wanted: impl IntoIterator<Item = RecordId>,
    ) -> Result<Vec<RecordId>, StoreError> {
        self.lacking(wanted, &Rules::new(self.ledger, self.views, [])?)
    }

    fn lacking(
        &self,
        wanted: impl IntoIterator<Item = RecordId>,
        rules: &Rules<'_>,
    ) -> Result<Vec<RecordId>, StoreError> {
        let view = self.view(rules)?;
        self.ledger.steady(|| {
            let mut lacking = BTreeSet::new();
            for id in wanted {
                let there = match view {
                    None => self.ledger.stands(&id)?,
                    Some(kept) => kept.shows(&id)?,
                };
                if !there {
                    lacking.insert(id);
                }
            }
            Ok(lacking.into_iter().collect())
        })
    }

    /// The view a writer writes within; none for a steward, who writes within everything.
    fn view(&self, rules: &Rules<'_>) -> Result<Option<&Kept>, StoreError> {
        match self.terms.writer.steward() {
            true => Ok(None),
            false => {
                rules.kept(self.terms.writer.audience())?;
                let name = self.terms.writer.audience();
                Ok(self
                    .views
                    .iter()
                    .map(Arc::as_ref)
                    .find(|kept| kept.audience().name == name))
            }
        }
    }
}

/// What is told while an input is taken.
#[derive(Debug)]
pub enum Told {
    /// What became of an entry, with its number; of one that was made for another's sake, or of which
    /// only the end tells whether it stands, without one.
    Entry(Option<usize>, Entry),
    /// How many objects, or statements of RDF and tables, were read, judged and handed on, out of how many.
    Progress(usize, usize),
    /// All that holds stands in the ledger; the views come after it.
    Durable,
}

/// Takes a statement.
pub type Give<'a> = &'a mut dyn FnMut(Placed);

/// Judges the records of which `make` hands on the statements, and commits those that hold: all at
/// once, or batch by batch where there are many.
pub(crate) fn import(
    base: &Base,
    writer: &Writer,
    options: &ImportOptions,
    adopt: Option<Adopt<'_>>,
    make: impl FnOnce(Give<'_>) -> Result<Foreign, ImportError>,
    tell: &mut dyn FnMut(Told),
) -> Result<ImportReport, ImportError> {
    let mut pile = Pile::in_dir(base.dir(), &options.bounds);
    let foreign = make(&mut |placed| pile.push(placed))?;
    let statements = pile.statements;
    let mut report = match pile.whole(foreign, adopt, options.policy.as_ref())? {
        Whole::Held(foreign) => base.take(writer, foreign, options)?,
        Whole::Sorted(sorted, foreign) => {
            parts::take(base, writer, options, (*sorted, foreign), tell)?
        }
    };
    for entry in std::mem::take(&mut report.entries) {
        tell(Told::Entry(None, entry));
    }
    report.statements = statements;
    Ok(report)
}

/// Reads RDF and hands on its statements.
pub(crate) fn rdf(
    input: impl Read,
    options: &ImportOptions,
    give: Give<'_>,
) -> Result<Foreign, ImportError> {
    let base = options.base.as_deref();
    let problems = read::read(input, options.format, base, &options.bounds, give);
    Ok(Foreign {
        problems: problems.map_err(ImportError::Input)?,
        ..Foreign::default()
    })
}

/// Judges what a foreign format gave and commits what holds.
pub(crate) fn take(
    foreign: Foreign,
    options: &ImportOptions,
    way: &Way<'_>,
) -> Result<ImportReport, StoreError> {
    let among = &mut Among::default();
    let mut report = begin(foreign, options, among, way)?.end(way)?;
    in_order(&mut report.entries);
    Ok(report)
}

/// Judges what a foreign format gave and hands what holds to the writer, without waiting for it.
pub(crate) fn begin(
    mut foreign: Foreign,
    options: &ImportOptions,
    among: &mut Among,
    way: &Way<'_>,
) -> Result<Underway, StoreError> {
    let mut report = ImportReport {
        statements: foreign.statements.len() as u64,
        ..ImportReport::default()
    };
    if foreign.statements.is_empty() && foreign.strays.is_empty() && foreign.problems.is_empty() {
        report.problems.push(plain(None, nothing(options.format)));
    }
    let faults = opened(&mut foreign, &mut report);
    let mut gatherer = Gatherer::new(options.policy.clone());
    foreign
        .statements
        .into_iter()
        .for_each(|placed| gatherer.push(placed));
    let (drafts, loose) = gatherer.finish();
    let strays = foreign.strays.into_iter().chain(loose);
    strays.for_each(|one| report.add(stray(one)));
    let only_look = options.dry_run || !report.problems.is_empty();
    let beside = (foreign.received, foreign.withdrawn);
    let handed_over = hand_over((drafts, faults), beside, among, only_look, way, &mut report)?;
    Ok(Underway {
        report,
        handed_over,
    })
}

/// What is wrong with records that lost a statement.
type Faults = BTreeMap<RecordId, Vec<Finding>>;

/// Reports what kept an input from being read as a whole, and gives what is the fault of one record.
fn opened(foreign: &mut Foreign, report: &mut ImportReport) -> Faults {
    report.notes.append(&mut foreign.notes);
    let mut faults = Faults::new();
    for problem in std::mem::take(&mut foreign.problems) {
        let finding = Finding {
            column: problem.column,
            ..plain(problem.line, problem.message)
        };
        match problem.of {
            None => report.problems.push(finding),
            Some(subject) => match RecordId::owner_of(&subject) {
                Some(id) => faults.entry(id).or_default().push(finding),
                None => report.add(Entry {
                    line: finding.line,
                    findings: vec![finding],
                    ..Entry::refused(subject, "")
                }),
            },
        }
    }
    faults
}

/// A record that lost a statement, which begins on that line where any of it is left.
fn faulty(id: &RecordId, line: Option<u64>, findings: Vec<Finding>) -> Entry {
    Entry {
        line: line.or_else(|| findings.first()?.line),
        findings,
        ..Entry::refused(id.as_str(), "")
    }
}

/// What the parts of an input have to do with each other.
#[derive(Default)]
pub(crate) struct Among {
    /// The sound definitions of markings: where nothing is written, the ledger does not know them.
    markings: Vec<Record>,
    /// What sound records refer to, where that is looked for at the end.
    references: Option<Ids>,
}

impl Among {
    fn note(&mut self, records: &[Judged]) -> Result<(), StoreError> {
        for Judged { record, .. } in records {
            if record.id().stix_type() == MARKING {
                self.markings.push(record.clone());
            }
            if let Some(references) = &mut self.references {
                for id in record.references() {
                    references.put(&id)?;
                }
            }
        }
        Ok(())
    }
}

/// Judges records-to-be and hands those that hold to the writer.
fn hand_over(
    (mut drafts, faults): (BTreeMap<RecordId, Draft>, Faults),
    beside: (HashMap<RecordId, Vec<u8>>, Vec<RecordId>),
    among: &mut Among,
    only_look: bool,
    way: &Way<'_>,
    report: &mut ImportReport,
) -> Result<Option<HandedOver>, StoreError> {
    // A record that lost a statement is not the record that was sent.
    for (id, findings) in faults {
        let line = drafts.remove(&id).and_then(|draft| draft.line);
        report.add(faulty(&id, line, findings));
    }
    let records = judge(drafts, &among.markings, way, report)?;
    let sound = records.iter().map(|judged| &judged.record);
    let rules = Rules::new(way.ledger, way.views, among.markings.iter().chain(sound))?;
    among.note(&records)?;
    if among.references.is_none() {
        report.waiting = absent(&records, way, &rules)?;
    }
    settle(records, beside, only_look, &rules, way, report)
}

/// The type of the definition of a marking.
const MARKING: &str = "marking-definition";

/// Puts entries in order of line and name.
pub(crate) fn in_order(entries: &mut [Entry]) {
    entries.sort_by(|a, b| (a.line, &a.name).cmp(&(b.line, &b.name)));
}

/// The records this program ships: the TLP policies and DISARM, all under TLP:CLEAR.
pub(crate) fn vocabulary() -> Result<Vec<Record>, StoreError> {
    let clear =
        RecordId::parse(Tlp::Clear.marking_id()).map(|id| NamedNode::new_unchecked(id.iri()));
    let mut gatherer = Gatherer::new(clear.ok());
    let shipped = |error: String| StoreError::Program(format!("the built-in vocabulary: {error}"));
    for (_, text) in fieldmark_rdf::ontology::RECORDS {
        let problems = read::read(
            text.as_bytes(),
            Format::Turtle,
            None,
            &Bounds::default(),
            |placed| {
                gatherer.push(placed);
            },
        )
        .map_err(|error| shipped(error.to_string()))?;
        if let Some(problem) = problems.first() {
            return Err(shipped(problem.message.clone()));
        }
    }
    // What is left over describes the scheme itself, which every view states with the terms.
    let (drafts, _scheme) = gatherer.finish();
    drafts
        .into_iter()
        .map(|(id, draft)| Ok(Record::new(id, draft.quads)?))
        .collect()
}

/// A part of an input on its way into the ledger.
pub(crate) struct Underway {
    report: ImportReport,
    handed_over: Option<HandedOver>,
}

/// Records that the writer has.
struct HandedOver {
    records: Vec<(RecordId, Option<u64>)>,
    ticket: Ticket,
}

impl Underway {
    /// Waits until it stands in the ledger and in the views; says what became of it.
    pub fn end(self, way: &Way<'_>) -> Result<ImportReport, StoreError> {
        let mut report = self.report;
        if let Some(handed_over) = self.handed_over {
            handed_over.arrive(way, &mut report)?;
        }
        Ok(report)
    }
}

/// Hands what was judged to the writer, or works out what that would come to.
fn settle(
    mut records: Vec<Judged>,
    (mut received, withdrawn): (HashMap<RecordId, Vec<u8>>, Vec<RecordId>),
    only_look: bool,
    rules: &Rules<'_>,
    way: &Way<'_>,
    report: &mut ImportReport,
) -> Result<Option<HandedOver>, StoreError> {
    if only_look {
        for Judged { record, line } in records {
            let verdict = rules.put(&record, &way.terms)?;
            look(record, line, verdict, way, report)?;
        }
        for id in withdrawn {
            report.tell(id, None, Verdict::Revised, None, Vec::new());
        }
        return Ok(None);
    }
    // A policy before what stands under it, so that the views find nobody under it who was there.
    records.sort_by_key(|judged| judged.record.id().stix_type() != MARKING);
    let told = records.iter().map(|j| (j.record.id().clone(), j.line));
    let told = told.chain(withdrawn.iter().map(|id| (id.clone(), None)));
    let told = told.collect();
    // As they were written: what they become is settled where the ledger stands still.
    let changes = records
        .into_iter()
        .map(|Judged { record, .. }| Change::Put {
            received: received.remove(record.id()),
            record,
        })
        .chain(withdrawn.into_iter().map(Change::Retract));
    Ok(Some(HandedOver {
        records: told,
        ticket: (way.submit)(changes.collect())?,
    }))
}

/// Tells what a commit would make of a record.
fn look(
    record: Record,
    line: Option<u64>,
    verdict: allow::Verdict,
    way: &Way<'_>,
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    let id = record.id().clone();
    let (verdict, remarked, why) = match verdict {
        allow::Verdict::Yes {
            merged, remarked, ..
        } => {
            let then = merged.as_ref().unwrap_or(&record);
            let verdict = match way.ledger.current(&id)? {
                None => Verdict::Added,
                Some(now) if now.canonical() == then.canonical() => Verdict::Unchanged,
                Some(_) => Verdict::Revised,
            };
            (verdict, remarked, None)
        }
        allow::Verdict::Waits => (Verdict::Waiting, Vec::new(), None),
        allow::Verdict::Conflict(why) => (Verdict::Conflict, Vec::new(), Some(why)),
        allow::Verdict::No { why, remarked } => (Verdict::Refused, remarked, Some(why)),
    };
    report.tell(id, line, verdict, why, remarked);
    Ok(())
}

impl HandedOver {
    /// Waits until the records stand in the ledger and in the views, and tells what became of each.
    fn arrive(self, way: &Way<'_>, report: &mut ImportReport) -> Result<(), StoreError> {
        let settled = self.ticket.wait()?;
        report.committed = true;
        let (mut waits, mut waiting) = (Vec::new(), Vec::new());
        for ((id, line), settled) in self.records.into_iter().zip(settled) {
            let (verdict, remarked, why) = match settled {
                Settled::Written(outcome, remarked) => (outcome.into(), remarked, None),
                Settled::Waits(record, received) => {
                    waits.push((record, received));
                    waiting.push((id, line));
                    continue;
                }
                Settled::Refused(why, remarked) => (Verdict::Refused, remarked, Some(why)),
                Settled::Conflict(why) => (Verdict::Conflict, Vec::new(), Some(why)),
            };
            report.tell(id, line, verdict, why, remarked);
        }
        if waits.is_empty() {
            return Ok(());
        }
        let kept = (way.propose)(&waits)?;
        for (at, (id, line)) in waiting.into_iter().enumerate() {
            let (verdict, why) = match at < kept {
                true => (Verdict::Waiting, None),
                false => (Verdict::Refused, Some(full())),
            };
            report.tell(id, line, verdict, why, Vec::new());
        }
        Ok(())
    }
}

/// The records that are referred to and not here, as far as the writer can see.
fn absent(
    records: &[Judged],
    way: &Way<'_>,
    rules: &Rules<'_>,
) -> Result<Vec<RecordId>, StoreError> {
    let here: HashSet<&RecordId> = records.iter().map(|j| j.record.id()).collect();
    let wanted = records.iter().flat_map(|j| j.record.references());
    let wanted: HashSet<RecordId> = wanted.filter(|id| !here.contains(id)).collect();
    way.lacking(wanted, rules)
}

/// Why a file that could be read came to nothing.
fn nothing(format: Format) -> String {
    let mut why = "it states nothing: there is no statement in it".to_owned();
    if format == Format::JsonLd {
        why.push_str("; the keys of JSON-LD mean something by its @context: put one into the file");
    }
    why
}

fn stray(stray: Stray) -> Entry {
    Entry {
        name: stray.subject,
        place: None,
        line: stray.line,
        verdict: Verdict::Refused,
        findings: vec![plain(stray.line, stray.why)],
    }
}

#[cfg(test)]
mod tests;
