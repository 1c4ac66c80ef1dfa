//! Import: RDF in, records judged one by one, those that hold committed together.
//!
//! A file that cannot be read as a whole changes nothing, yet all of it is judged, so that one
//! look shows everything there is to mend. In a file that can be read, an entry that is refused
//! never keeps the others out.

mod derived;
mod report;
mod rules;

use crate::allow::{self, Rules, Terms};
use crate::error::StoreError;
use crate::ledger::{Change, LedgerReader};
pub use crate::marked::levels;
use crate::proposals::full;
use crate::shapes::Shapes;
use crate::view::Kept;
use crate::writer::{Settled, Ticket};
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::format::Format;
use fieldmark_rdf::gather::{Draft, Gatherer, Stray};
use fieldmark_rdf::read::{self, Bounds, Placed};
use fieldmark_rdf::record::Record;
use oxrdf::{NamedNode, NamedNodeRef, Term};
use rayon::prelude::*;
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

pub(crate) fn import(
    input: impl Read,
    options: &ImportOptions,
    adopt: Option<Adopt<'_>>,
    way: &Way<'_>,
) -> Result<ImportReport, ImportError> {
    let mut foreign = Foreign::default();
    let statements = &mut foreign.statements;
    foreign.problems = read::read(
        input,
        options.format,
        options.base.as_deref(),
        &options.bounds,
        |placed| statements.push(placed),
    )
    .map_err(ImportError::Input)?;
    let read = foreign.statements.len() as u64;
    if foreign.problems.iter().any(|problem| problem.too_large) {
        // Nothing of it is stored, so none of it is judged: a report of a million records would
        // cost as much again, and say nothing that splitting the file does not say better.
        foreign.statements = Vec::new();
    }
    let (statements, ontology) = derived::without(std::mem::take(&mut foreign.statements));
    foreign.statements = statements;
    if ontology > 0 {
        foreign.notes.push(format!(
            "{ontology} statements about the ontology's own terms were passed over: every view makes them"
        ));
    }
    if let Some(adopt) = adopt {
        (foreign.statements, foreign.strays) = adopt(foreign.statements);
    }
    let mut report = take(foreign, options, way)?;
    report.statements = read;
    Ok(report)
}

/// Judges what a foreign format gave and commits what holds.
pub(crate) fn take(
    foreign: Foreign,
    options: &ImportOptions,
    way: &Way<'_>,
) -> Result<ImportReport, StoreError> {
    let mut report = begin(foreign, options, way)?.end(way)?;
    report
        .entries
        .sort_by(|a, b| (a.line, &a.name).cmp(&(b.line, &b.name)));
    Ok(report)
}

/// Judges what a foreign format gave and hands what holds to the writer, without waiting for it.
pub(crate) fn begin(
    foreign: Foreign,
    options: &ImportOptions,
    way: &Way<'_>,
) -> Result<Underway, StoreError> {
    let mut report = ImportReport {
        statements: foreign.statements.len() as u64,
        notes: foreign.notes,
        ..ImportReport::default()
    };
    if foreign.statements.is_empty() && foreign.strays.is_empty() && foreign.problems.is_empty() {
        report.problems.push(plain(None, nothing(options.format)));
    }
    let mut faults: BTreeMap<RecordId, Vec<Finding>> = BTreeMap::new();
    for problem in foreign.problems {
        let finding = Finding {
            column: problem.column,
            ..plain(problem.line, problem.message)
        };
        match problem.of {
            None => report.problems.push(finding),
            Some(subject) => match RecordId::owner_of(&subject) {
                Some(id) => faults.entry(id).or_default().push(finding),
                None => report.add(Entry {
                    name: subject,
                    place: None,
                    line: finding.line,
                    verdict: Verdict::Refused,
                    findings: vec![finding],
                }),
            },
        }
    }
    let mut gatherer = Gatherer::new(options.policy.clone());
    foreign
        .statements
        .into_iter()
        .for_each(|placed| gatherer.push(placed));
    let (mut drafts, loose) = gatherer.finish();
    // A record that lost a statement is not the record that was sent.
    for (id, findings) in faults {
        let line = drafts.remove(&id).and_then(|draft| draft.line);
        report.add(Entry {
            name: id.to_string(),
            place: None,
            line: line.or(findings[0].line),
            verdict: Verdict::Refused,
            findings,
        });
    }
    let strays = foreign.strays.into_iter().chain(loose);
    strays.for_each(|one| report.add(stray(one)));
    let records = judge(drafts, way, &mut report)?;
    let only_look = options.dry_run || !report.problems.is_empty();
    let beside = (foreign.received, foreign.withdrawn);
    let handed_over = settle(records, beside, only_look, way, &mut report)?;
    Ok(Underway {
        report,
        handed_over,
    })
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

/// How many records are held against the shapes together.
const AT_ONCE: usize = 512;

struct Judged {
    record: Record,
    line: Option<u64>,
}

/// Makes records of the drafts and holds each against the rules; what fails goes to the report.
fn judge(
    drafts: BTreeMap<RecordId, Draft>,
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
    let rules = Rules::new(way.ledger, way.views, sound)?;
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
    records: Vec<Judged>,
    (mut received, withdrawn): (HashMap<RecordId, Vec<u8>>, Vec<RecordId>),
    only_look: bool,
    way: &Way<'_>,
    report: &mut ImportReport,
) -> Result<Option<HandedOver>, StoreError> {
    let rules = Rules::new(way.ledger, way.views, records.iter().map(|j| &j.record))?;
    report.waiting = absent(&records, way, &rules)?;
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

fn owner(focus: &Term) -> Option<RecordId> {
    match focus {
        Term::NamedNode(node) => RecordId::owner_of(node.as_str()),
        _ => None,
    }
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
