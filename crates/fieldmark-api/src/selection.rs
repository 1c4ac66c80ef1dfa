//! Which records an export holds: those named, those a saved question answers with, and what stands
//! around either.

use crate::answer::deliveries::{Leaving, note_export};
use crate::answer::names::unresolved;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::Desk;
use fieldmark_model::RecordId;
use fieldmark_store::View;
use fieldmark_store::question;
use fieldmark_store::read::{Direction, Resolved};
use oxrdf::Term;
use std::collections::{BTreeMap, BTreeSet};

/// The most steps that are taken around records.
const MOST_STEPS: usize = 6;

/// How much of what was asked for is told in one line, in characters.
const LINE: usize = 300;

/// What was asked for, as it is told in one line.
pub(crate) fn told(asked: &str) -> String {
    let shown = asked.chars().filter(|c| !c.is_control());
    shown.take(LINE).collect()
}

/// What is asked for. With neither names nor question, everything.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// Ids, IRIs, numbers or names.
    pub of: Option<Vec<String>>,
    /// The name of a saved question.
    pub question: Option<String>,
    /// Its parameters.
    pub arguments: BTreeMap<String, String>,
    /// How many steps around the records: each takes what is said of them and what that leads to.
    pub depth: Option<usize>,
}

impl Selection {
    /// The names between the commas of a list.
    pub fn names(list: &str) -> Vec<String> {
        list.split(',').map(|name| name.trim().to_owned()).collect()
    }

    /// What is asked for, in one line as it was asked; none for everything.
    fn line(&self) -> Option<String> {
        let mut line = Vec::new();
        line.extend(self.of.as_ref().map(|of| of.join(", ")));
        if let Some(question) = &self.question {
            let arguments = self.arguments.iter();
            let arguments: Vec<String> = arguments
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            line.push(format!("{question}({})", arguments.join(", ")));
        }
        line.extend(self.depth.map(|depth| format!("depth {depth}")));
        Some(told(&line.join("; "))).filter(|line| !line.is_empty())
    }

    /// The [records](Self::records) that somebody exports in a format, which is recorded.
    ///
    /// # Errors
    /// As those of the records, and when it cannot be recorded.
    pub fn exported(
        &self,
        desk: &Desk,
        caller: &Caller,
        view: &View,
        (format, depth): (&str, usize),
    ) -> Result<Option<BTreeSet<RecordId>>, Problem> {
        let of = self.records(view, depth)?;
        let marking = match &of {
            Some(of) if caller.with_token => view.marking(of.iter().cloned())?.name(),
            _ => None,
        };
        let leaving = Leaving {
            format,
            what: self.line(),
            records: of.as_ref().map(|of| of.len() as u64),
            marking,
        };
        note_export(desk, caller, view, leaving)?;
        Ok(of)
    }

    /// The records in a view, `depth` steps around them unless the selection says how many; none for
    /// everything.
    ///
    /// # Errors
    /// A name or question that is not there, an answer that was cut short, a depth around everything
    /// or of more than six.
    pub fn records(
        &self,
        view: &View,
        depth: usize,
    ) -> Result<Option<BTreeSet<RecordId>>, Problem> {
        if self.question.is_none() && !self.arguments.is_empty() {
            return Err(Problem::bad_request(
                "arguments go with a question: say which",
            ));
        }
        if self.of.is_none() && self.question.is_none() {
            return match self.depth {
                None => Ok(None),
                Some(_) => Err(Problem::bad_request(
                    "a depth goes with the records that it is taken around: say of which, or by what question",
                )),
            };
        }
        let depth = self.depth.unwrap_or(depth);
        if depth > MOST_STEPS {
            return Err(Problem::bad_request(format!(
                "depth is 0 to {MOST_STEPS}, {depth} was asked for"
            )));
        }
        let mut records = BTreeSet::new();
        for name in self.of.iter().flatten() {
            match view.resolve(name)? {
                Resolved::One(id) => records.insert(id),
                other => return Err(unresolved(name, other)),
            };
        }
        if let Some(name) = &self.question {
            records.extend(answers(view, name, &self.arguments)?);
        }
        let mut edge: Vec<RecordId> = records.iter().cloned().collect();
        for _ in 0..depth {
            // A technique is everybody's, and leads to every campaign that used it.
            edge.retain(|id| !fieldmark_stix::ships(id));
            let found = around(view, &edge)?;
            edge = found.difference(&records).cloned().collect();
            records.extend(found);
        }
        Ok(Some(records))
    }
}

/// The records that a saved question's rows name.
fn answers(
    view: &View,
    name: &str,
    arguments: &BTreeMap<String, String>,
) -> Result<BTreeSet<RecordId>, Problem> {
    let question = question::find(name).ok_or_else(|| Problem::no_question(name))?;
    let rows = view.ask(question, arguments)?;
    if let Some(cut) = &rows.cut {
        // Half an answer would be taken for a whole one.
        return Err(Problem::bad_request(format!(
            "the question's answer was cut short ({cut}): ask for less"
        )));
    }
    let terms = rows.rows.iter().flatten().flatten();
    let named = terms.filter_map(|term| match term {
        Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
        _ => None,
    });
    Ok(named.collect())
}

/// The relationships and claims that speak of records, and the records at their ends.
fn around(view: &View, near: &[RecordId]) -> Result<BTreeSet<RecordId>, Problem> {
    let mut found = BTreeSet::new();
    for direction in [Direction::Out, Direction::In] {
        let edges = view.edges(near, direction, &[], None)?;
        for edge in edges.into_iter().flatten() {
            found.extend([edge.from, edge.to, edge.relationship]);
        }
    }
    for claim in view.claims_of(near)?.into_iter().flatten() {
        let object = claim.object.as_deref().and_then(RecordId::from_iri);
        found.extend([claim.id.clone(), claim.subject.clone()]);
        found.extend(object);
        found.extend(claim.assessors.iter().cloned());
    }
    Ok(found)
}
