//! Import: RDF in, records judged one by one, those that hold committed together.
//!
//! A file that cannot be read as a whole changes nothing, yet all of it is judged, so that one
//! look shows everything there is to mend. In a file that can be read, an entry that is refused
//! never keeps the others out.

use crate::error::StoreError;
use crate::ledger::{Change, LedgerReader, Outcome};
use crate::shapes::Shapes;
use fieldmark_analysis::release::Policies;
use fieldmark_model::{Edtf, RecordId, Tlp};
use fieldmark_rdf::format::Format;
use fieldmark_rdf::gather::{Draft, Gatherer, Stray};
use fieldmark_rdf::read::{self, Bounds, Placed};
use fieldmark_rdf::record::Record;
use fieldmark_rdf::vocab::{self, properties};
use oxrdf::{GraphName, NamedNode, NamedNodeRef, Quad, Term};
use std::collections::{BTreeMap, HashMap};
use std::io::Read;

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
    /// What one input may cost.
    pub bounds: Bounds,
}

/// Turns others' statements into records' statements before they are gathered, and says which it
/// could not turn.
pub type Adopt<'a> = &'a dyn Fn(Vec<Placed>) -> (Vec<Placed>, Vec<Stray>);

/// What became of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// A new record.
    Added,
    /// A new revision of a record.
    Revised,
    /// The record stood there already.
    Unchanged,
    /// It was kept out; the findings say why.
    Refused,
}

impl Verdict {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Revised => "revised",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
        }
    }
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line, where the format has lines.
    pub line: Option<u64>,
    /// The column, where it is known.
    pub column: Option<u64>,
    /// The property concerned, by IRI.
    pub property: Option<String>,
    /// The rule broken, such as `sh:minCount 1`.
    pub rule: Option<String>,
    /// What is wrong and how to mend it, in English.
    pub message: String,
    /// The same in French, where the rule has it.
    pub message_fr: Option<String>,
}

/// One record or stray subject of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The record's id, or the subject as it was written.
    pub name: String,
    /// The line it begins on.
    pub line: Option<u64>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it was refused.
    pub findings: Vec<Finding>,
}

/// What became of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Every record and stray subject, in order of line and name.
    pub entries: Vec<Entry>,
    /// What kept the input from being read as a whole; if any, nothing was changed.
    pub problems: Vec<Finding>,
    /// How many statements were read.
    pub statements: u64,
    /// References to records that are not here yet: kept, and resolved when they come.
    pub waiting: Vec<RecordId>,
    /// Whether the ledger was changed.
    pub committed: bool,
    /// What the reader should know of how the input was read, such as its encoding.
    pub notes: Vec<String>,
}

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
}

impl ImportReport {
    /// How many entries met with that verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.entries
            .iter()
            .filter(|entry| entry.verdict == verdict)
            .count()
    }
}

pub(crate) fn import(
    input: impl Read,
    options: &ImportOptions,
    adopt: Option<Adopt<'_>>,
    ledger: &LedgerReader,
    write: impl FnOnce(Vec<Change>) -> Result<Vec<Outcome>, StoreError>,
) -> Result<ImportReport, StoreError> {
    let mut foreign = Foreign::default();
    let statements = &mut foreign.statements;
    foreign.problems = read::read(
        input,
        options.format,
        options.base.as_deref(),
        &options.bounds,
        |placed| statements.push(placed),
    )
    .map_err(|error| StoreError::Io {
        path: "the input".into(),
        error,
    })?;
    let read = foreign.statements.len() as u64;
    if let Some(adopt) = adopt {
        (foreign.statements, foreign.strays) = adopt(foreign.statements);
    }
    let mut report = take(foreign, options, ledger, write)?;
    report.statements = read;
    Ok(report)
}

/// Judges what a foreign format gave and commits what holds.
pub(crate) fn take(
    foreign: Foreign,
    options: &ImportOptions,
    ledger: &LedgerReader,
    write: impl FnOnce(Vec<Change>) -> Result<Vec<Outcome>, StoreError>,
) -> Result<ImportReport, StoreError> {
    let mut report = ImportReport {
        statements: foreign.statements.len() as u64,
        notes: foreign.notes,
        ..ImportReport::default()
    };
    report.problems = foreign
        .problems
        .into_iter()
        .map(|problem| Finding {
            line: problem.line,
            column: problem.column,
            property: None,
            rule: None,
            message: problem.message,
            message_fr: None,
        })
        .collect();
    let mut gatherer = Gatherer::new(options.policy.clone());
    foreign
        .statements
        .into_iter()
        .for_each(|placed| gatherer.push(placed));
    let (drafts, loose) = gatherer.finish();
    let strays = foreign.strays.into_iter().chain(loose);
    report.entries.extend(strays.map(stray));
    let records = judge(drafts, ledger, &mut report)?;
    settle(
        records,
        foreign.received,
        options.dry_run || !report.problems.is_empty(),
        ledger,
        write,
        &mut report,
    )?;
    report
        .entries
        .sort_by(|a, b| (a.line, &a.name).cmp(&(b.line, &b.name)));
    Ok(report)
}

/// The records this program ships: the TLP policies and DISARM, all under TLP:CLEAR.
pub(crate) fn vocabulary() -> Result<Vec<Record>, StoreError> {
    let clear =
        RecordId::parse(Tlp::Clear.marking_id()).map(|id| NamedNode::new_unchecked(id.iri()));
    let mut gatherer = Gatherer::new(clear.ok());
    let shipped = |error: String| StoreError::Io {
        path: "the built-in vocabulary".into(),
        error: std::io::Error::other(error),
    };
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

struct Judged {
    record: Record,
    line: Option<u64>,
}

/// Makes records of the drafts and holds each against the rules; what fails goes to the report.
fn judge(
    drafts: BTreeMap<RecordId, Draft>,
    ledger: &LedgerReader,
    report: &mut ImportReport,
) -> Result<Vec<Judged>, StoreError> {
    let mut policies = ledger.policies()?;
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
                policies.learn(&record);
                judged.push(Judged { record, line });
            }
            Err(error) => report.entries.push(Entry {
                name: id.to_string(),
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
    for Judged { record, .. } in &judged {
        let own = own_rules(record, &policies, |property| place(record.id(), property));
        findings.entry(record.id().clone()).or_default().extend(own);
    }
    let all: Vec<Quad> = judged
        .iter()
        .flat_map(|j| j.record.quads())
        .cloned()
        .collect();
    for violation in Shapes::embedded()
        .check(&all)
        .map_err(|error| StoreError::Io {
            path: "the shapes".into(),
            error: std::io::Error::other(error.to_string()),
        })?
    {
        let Some(id) = owner(&violation.focus) else {
            continue;
        };
        let path = violation.path.as_ref().map(NamedNode::as_ref);
        findings.entry(id.clone()).or_default().push(Finding {
            line: lines.contains_key(&id).then(|| place(&id, path)).flatten(),
            column: None,
            property: violation.path.as_ref().map(|path| path.as_str().to_owned()),
            rule: Some(violation.rule),
            message: violation.message.en,
            message_fr: Some(violation.message.fr),
        });
    }
    let (sound, refused): (Vec<_>, Vec<_>) = judged
        .into_iter()
        .partition(|j| findings.get(j.record.id()).is_none_or(Vec::is_empty));
    report.entries.extend(refused.into_iter().map(|j| Entry {
        name: j.record.id().to_string(),
        line: j.line,
        verdict: Verdict::Refused,
        findings: findings.remove(j.record.id()).unwrap_or_default(),
    }));
    Ok(sound)
}

/// The rules that SHACL Core cannot say: defined policies, ids that fit their class, dates that
/// exist and intervals that do not end before they begin.
fn own_rules(
    record: &Record,
    policies: &Policies,
    place: impl Fn(Option<NamedNodeRef<'_>>) -> Option<u64>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for policy in record.policies() {
        if policies.get(policy).is_none() {
            let quad = record.quads().iter().find(
                |q| matches!(&q.graph_name, GraphName::NamedNode(node) if node.as_str() == policy),
            );
            findings.push(plain(
                place(quad.map(|q| q.predicate.as_ref())),
                format!(
                    "nobody defined the release policy <{policy}>: use a TLP marking definition's IRI, or define it as a marking definition with fm:tlp"
                ),
            ));
        }
    }
    let noun = record.noun();
    let fits = vocab::NOUNS
        .iter()
        .any(|(name, _, types)| *name == noun.name() && types.contains(&record.id().stix_type()));
    let is_claim = noun == fieldmark_model::Noun::Claim;
    if !fits && !is_claim && noun != fieldmark_model::Noun::Record {
        let wanted: Vec<&str> = vocab::NOUNS
            .iter()
            .filter(|(name, ..)| *name == noun.name())
            .flat_map(|(.., types)| types.iter().copied())
            .collect();
        findings.push(plain(
            place(None),
            format!(
                "{} says it is a {}, whose ids begin with {}--",
                record.id(),
                noun.name(),
                wanted.join("-- or ")
            ),
        ));
    }
    for quad in record.quads() {
        if let Term::Literal(literal) = &quad.object
            && literal.datatype().as_str() == EDTF
            && let Err(error) = Edtf::parse(literal.value())
        {
            findings.push(Finding {
                property: Some(quad.predicate.as_str().to_owned()),
                ..plain(place(Some(quad.predicate.as_ref())), error.to_string())
            });
        }
    }
    for (from, to) in [
        (properties::FM_VALID_FROM, properties::FM_VALID_TO),
        (properties::STIX_FIRST_SEEN, properties::STIX_LAST_SEEN),
    ] {
        if let (Some(begin), Some(end)) = (date(record, from), date(record, to))
            && end.is_before(&begin)
        {
            findings.push(Finding {
                property: Some(to.as_str().to_owned()),
                ..plain(
                    place(Some(to)),
                    format!("the interval ends ({end}) before it begins ({begin}): swap or mend the dates"),
                )
            });
        }
    }
    findings
}

const EDTF: &str = "http://id.loc.gov/datatypes/edtf/EDTF";

fn date(record: &Record, property: NamedNodeRef<'_>) -> Option<Edtf> {
    record.objects(property).find_map(|term| match term {
        Term::Literal(literal) => Edtf::parse(literal.value()).ok(),
        _ => None,
    })
}

/// Commits what holds, or works out what a commit would do.
fn settle(
    records: Vec<Judged>,
    mut received: HashMap<RecordId, Vec<u8>>,
    only_look: bool,
    ledger: &LedgerReader,
    write: impl FnOnce(Vec<Change>) -> Result<Vec<Outcome>, StoreError>,
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    let names: Vec<(RecordId, Option<u64>)> = records
        .iter()
        .map(|j| (j.record.id().clone(), j.line))
        .collect();
    let here: std::collections::BTreeSet<&RecordId> = names.iter().map(|(id, _)| id).collect();
    let mut waiting = std::collections::BTreeSet::new();
    for target in records.iter().flat_map(|j| j.record.references()) {
        if !here.contains(&target)
            && !waiting.contains(&target)
            && ledger.current(&target)?.is_none()
        {
            waiting.insert(target);
        }
    }
    report.waiting = waiting.into_iter().collect();
    let verdicts = if only_look {
        records
            .iter()
            .map(|j| {
                Ok(match ledger.current(j.record.id())? {
                    None => Verdict::Added,
                    Some(now) if now.canonical() == j.record.canonical() => Verdict::Unchanged,
                    Some(_) => Verdict::Revised,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?
    } else {
        let changes = records
            .into_iter()
            .map(|j| Change::Put {
                received: received.remove(j.record.id()),
                record: j.record,
            })
            .collect();
        report.committed = true;
        write(changes)?
            .into_iter()
            .map(|outcome| match outcome {
                Outcome::Added => Verdict::Added,
                Outcome::Revised | Outcome::Retracted => Verdict::Revised,
                Outcome::Unchanged => Verdict::Unchanged,
            })
            .collect()
    };
    report.entries.extend(
        names
            .into_iter()
            .zip(verdicts)
            .map(|((id, line), verdict)| Entry {
                name: id.to_string(),
                line,
                verdict,
                findings: Vec::new(),
            }),
    );
    Ok(())
}

fn owner(focus: &Term) -> Option<RecordId> {
    match focus {
        Term::NamedNode(node) => RecordId::owner_of(node.as_str()),
        _ => None,
    }
}

fn plain(line: Option<u64>, message: String) -> Finding {
    Finding {
        line,
        column: None,
        property: None,
        rule: None,
        message,
        message_fr: None,
    }
}

fn stray(stray: Stray) -> Entry {
    Entry {
        name: stray.subject,
        line: stray.line,
        verdict: Verdict::Refused,
        findings: vec![plain(stray.line, stray.why)],
    }
}

#[cfg(test)]
mod tests;
