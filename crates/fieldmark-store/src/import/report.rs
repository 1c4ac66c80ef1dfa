//! What became of an input, record by record.

use crate::ledger::Outcome;
use fieldmark_analysis::release::Remarked;
use fieldmark_model::RecordId;
use std::collections::BTreeMap;

/// What became of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// A new record.
    Added,
    /// A new revision of a record.
    Revised,
    /// The record stood there already.
    Unchanged,
    /// It is not in the writer's view, and waits for a steward.
    Waiting,
    /// It was kept out, since another version of it is here that it may not take the place of.
    Conflict,
    /// It was kept out; the findings say why.
    Refused,
}

impl Verdict {
    /// Its name in reports; `committed` unless it was only looked at, and nothing stored.
    pub fn name(self, committed: bool) -> &'static str {
        match (self, committed) {
            (Self::Added, true) => "added",
            (Self::Added, false) => "would-add",
            (Self::Revised, true) => "revised",
            (Self::Revised, false) => "would-revise",
            (Self::Waiting, true) => "waiting",
            (Self::Waiting, false) => "would-wait",
            (Self::Unchanged, _) => "unchanged",
            (Self::Conflict, _) => "conflict",
            (Self::Refused, _) => "refused",
        }
    }
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Added => Self::Added,
            Outcome::Revised | Outcome::Retracted => Self::Revised,
            Outcome::Unchanged => Self::Unchanged,
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
    /// Its place as a JSON path, where it was an object of a file of them.
    pub place: Option<String>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why it was refused.
    pub findings: Vec<Finding>,
}

impl Entry {
    /// One that is refused.
    pub fn refused(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            line: None,
            place: None,
            verdict: Verdict::Refused,
            findings: vec![Finding::saying(why.into())],
        }
    }
}

impl Finding {
    /// One of no known line.
    pub fn saying(message: String) -> Self {
        plain(None, message)
    }
}

/// What became of an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Every record and stray subject, in order of line and name; none where each was told as it
    /// came.
    pub entries: Vec<Entry>,
    /// How many entries met with each verdict.
    pub counts: BTreeMap<Verdict, usize>,
    /// What kept the input from being read as a whole; if any, nothing was changed.
    pub problems: Vec<Finding>,
    /// How many statements were read.
    pub statements: u64,
    /// References to records that are not here yet: kept, and resolved when they come.
    pub waiting: Vec<RecordId>,
    /// Every statement whose release policy changes, or would, with the record it is of.
    pub remarked: Vec<(RecordId, Remarked)>,
    /// Whether the ledger was changed.
    pub committed: bool,
    /// What the reader should know of how the input was read, such as its encoding.
    pub notes: Vec<String>,
}

impl ImportReport {
    /// How many entries met with that verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.counts.get(&verdict).copied().unwrap_or_default()
    }

    /// Takes in what became of one more.
    pub fn add(&mut self, entry: Entry) {
        *self.counts.entry(entry.verdict).or_default() += 1;
        self.entries.push(entry);
    }

    /// Tells what became of one record.
    pub(super) fn tell(
        &mut self,
        id: RecordId,
        line: Option<u64>,
        verdict: Verdict,
        why: Option<String>,
        remarked: Vec<Remarked>,
    ) {
        self.add(Entry {
            name: id.to_string(),
            place: None,
            line,
            verdict,
            findings: why.into_iter().map(|why| plain(line, why)).collect(),
        });
        let remarked = remarked.into_iter().map(|one| (id.clone(), one));
        self.remarked.extend(remarked);
    }

    /// Takes in what became of a further part of the same input, but for its entries.
    pub(crate) fn and(&mut self, mut part: Self) {
        self.statements += part.statements;
        self.problems.append(&mut part.problems);
        self.waiting.append(&mut part.waiting);
        self.remarked.append(&mut part.remarked);
        self.notes.append(&mut part.notes);
        self.committed |= part.committed;
    }
}

pub(super) fn plain(line: Option<u64>, message: String) -> Finding {
    Finding {
        line,
        column: None,
        property: None,
        rule: None,
        message,
        message_fr: None,
    }
}
