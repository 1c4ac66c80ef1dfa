//! What a writer may write: within what they see, and nothing looser than it stands.
//!
//! The steward sees everything and writes directly. Whoever sees less revises what they see, and
//! what they do not see of a record stays as it is. A record that is not in their view, whether it
//! is withheld from them or nowhere at all, becomes a proposal that waits for a steward: the two
//! are not told apart. Who may see what is changed by the steward alone, and made looser only with
//! a reason that stands in the ledger.

use crate::error::StoreError;
use crate::gate::Writer;
use crate::ledger::{Key, LedgerReader};
use crate::marked::levels;
use crate::view::Kept;
use fieldmark_analysis::release::{
    Eyes, Policies, Remarked, is_pseudonym, policy_of, redefined, remarked,
};
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::Record;
use fieldmark_rdf::ontology::local;
use oxrdf::{NamedOrBlankNode, Quad, Triple};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;

/// Whose word it is, and how far it goes.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// Who writes.
    pub writer: Writer,
    /// The name that stands in the ledger.
    pub author: String,
    /// Whose proposal this is, when somebody else takes it up: what that audience does not see of
    /// a record stays as it is.
    pub proposed_by: Option<String>,
    /// Why statements may be seen by more than now, if they may.
    pub loosen: Option<String>,
    /// Why it is written, where that is said.
    pub reason: Option<String>,
    /// How the record has to stand that is written, where the writer says so.
    pub expected: Option<Expected>,
    /// By what the request is known when it is sent again.
    pub key: Option<Key>,
}

/// How a record has to stand for a change of it to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It is not there, as far as the writer sees.
    Absent,
    /// What the writer sees of it is what they saw: its [version](version_of).
    Version(String),
}

/// By what somebody knows a record as they see it: a digest of the statements that they see, so that
/// it tells nothing of those that they do not.
pub(crate) fn version_of(seen: &[Quad]) -> String {
    let mut lines: Vec<String> = seen.iter().map(ToString::to_string).collect();
    lines.sort_unstable();
    let digest = Sha256::digest(lines.join("\n"));
    hex::encode(&digest[..12])
}

impl Terms {
    /// A writer's own word, which loosens nothing.
    pub fn of(writer: &Writer) -> Self {
        Self {
            author: writer.author().to_owned(),
            writer: writer.clone(),
            proposed_by: None,
            loosen: None,
            reason: None,
            expected: None,
            key: None,
        }
    }
}

/// What may become of a record that somebody writes.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It may be written.
    Yes {
        /// What is to be written in its place, where that is not what was sent.
        merged: Option<Record>,
        /// Why more people may see statements of it than before, if they may.
        loosening: Option<String>,
        /// The statements whose policy it changes.
        remarked: Vec<Remarked>,
    },
    /// It is not in the writer's view, and waits for a steward.
    Waits,
    /// It does not stand as the writer expected; what to do.
    Conflict(String),
    /// It may not be written; why, and what to do.
    No {
        /// The reason.
        why: String,
        /// The statements whose policy it would change.
        remarked: Vec<Remarked>,
    },
}

/// The rules in force at one state of the ledger.
pub(crate) struct Rules<'a> {
    pub ledger: &'a LedgerReader,
    pub views: &'a [Arc<Kept>],
    /// The policies as they stand.
    pub was: Policies,
    /// The policies as the write leaves them.
    pub is: Policies,
}

impl<'a> Rules<'a> {
    /// The rules for writing `records` together.
    pub fn new<'r>(
        ledger: &'a LedgerReader,
        views: &'a [Arc<Kept>],
        records: impl IntoIterator<Item = &'r Record>,
    ) -> Result<Self, StoreError> {
        let was = ledger.policies()?;
        let mut is = was.clone();
        records.into_iter().for_each(|record| is.learn(record));
        Ok(Self {
            ledger,
            views,
            was,
            is,
        })
    }

    /// What may become of `record` as somebody's word.
    pub fn put(&self, record: &Record, terms: &Terms) -> Result<Verdict, StoreError> {
        let id = record.id();
        let no = |why: String| {
            Ok(Verdict::No {
                why,
                remarked: Vec::new(),
            })
        };
        if is_pseudonym(id) {
            return no(format!(
                "{id} is the kind of id that stands for a withheld assessor, and no record has it: leave it out, what stands behind it stays as it is"
            ));
        }
        let standing = self.ledger.current(id)?;
        if let Some(expected) = &terms.expected {
            let seen = match &standing {
                Some(standing) => self.seen(standing, &terms.writer)?,
                None => None,
            };
            if let Some(why) = unmet(expected, seen.as_deref()) {
                return Ok(Verdict::Conflict(why.to_owned()));
            }
        }
        let is_definition = id.stix_type() == "marking-definition";
        if is_definition
            && Tlp::of_marking(id.as_str()).is_some()
            && standing
                .as_ref()
                .is_none_or(|now| now.canonical() != record.canonical())
        {
            return no(format!(
                "{id} is one of the built-in TLP markings, which nobody changes: leave it out"
            ));
        }
        if terms.writer.proposes() {
            return self.proposed(record, terms);
        }
        let by = terms
            .proposed_by
            .as_deref()
            .unwrap_or_else(|| terms.writer.audience());
        let kept = self.kept(by)?;
        if kept.audience().sees_all {
            return self.as_steward(record, standing.as_ref(), terms);
        }
        if terms.writer.steward() {
            // A proposal taken up: judged by the steward's rules, merged by its author's eyes.
            let Some(standing) = &standing else {
                return self.as_steward(record, None, terms);
            };
            let merged = self.merged(kept, standing, record)?;
            let verdict = self.as_steward(&merged, Some(standing), terms)?;
            return Ok(match verdict {
                Verdict::Yes {
                    loosening,
                    remarked,
                    ..
                } => Verdict::Yes {
                    merged: Some(merged),
                    loosening,
                    remarked,
                },
                other => other,
            });
        }
        if let Some(why) = self.out_of_reach(kept, record)? {
            return no(why);
        }
        let Some(standing) = standing.filter(|now| kept.shows(now.id()).unwrap_or(false)) else {
            // One that only says something, such as a copyright, defines who may see nothing.
            return match policy_of(record).is_some() {
                true => no(POLICY.to_owned()),
                false => Ok(Verdict::Waits),
            };
        };
        let merged = self.merged(kept, &standing, record)?;
        if is_definition && merged.canonical() != standing.canonical() {
            return no(POLICY.to_owned());
        }
        // Only what they see is compared: what else stands there must not show in the answer.
        // They define no policy, so those that stand are those that will.
        let own = self.eyes(kept).part(&standing, |id| sees(kept, id)).0;
        let remarked = remarked(&own, record, &self.was, &self.was);
        if remarked.iter().any(|one| one.looser) {
            return Ok(Verdict::No {
                why: format!("{} {STEWARD_ONLY}", looser(&remarked)),
                remarked,
            });
        }
        Ok(Verdict::Yes {
            merged: Some(merged),
            loosening: None,
            remarked,
        })
    }

    /// What may become of a record that its writer can only propose.
    fn proposed(&self, record: &Record, terms: &Terms) -> Result<Verdict, StoreError> {
        let kept = self.kept(terms.writer.audience())?;
        let sees_all = kept.audience().sees_all;
        let why = match sees_all {
            true => None,
            false => self.out_of_reach(kept, record)?,
        };
        Ok(match why {
            Some(why) => Verdict::No {
                why,
                remarked: Vec::new(),
            },
            None if !sees_all && policy_of(record).is_some() => Verdict::No {
                why: POLICY.to_owned(),
                remarked: Vec::new(),
            },
            None => Verdict::Waits,
        })
    }

    /// The statements of a record that a writer sees, each under its policy; none of a record that
    /// they do not see.
    pub fn seen(
        &self,
        standing: &Record,
        writer: &Writer,
    ) -> Result<Option<Vec<Quad>>, StoreError> {
        self.seen_by(standing, writer.audience())
    }

    /// The same, of what an audience sees.
    pub fn seen_by(
        &self,
        standing: &Record,
        audience: &str,
    ) -> Result<Option<Vec<Quad>>, StoreError> {
        let kept = self.kept(audience)?;
        if kept.audience().sees_all {
            return Ok(Some(standing.quads().to_vec()));
        }
        if !kept.shows(standing.id())? {
            return Ok(None);
        }
        Ok(Some(self.eyes(kept).part(standing, |id| sees(kept, id)).0))
    }

    fn as_steward(
        &self,
        record: &Record,
        standing: Option<&Record>,
        terms: &Terms,
    ) -> Result<Verdict, StoreError> {
        let before = self.stated_before(record, standing)?;
        // Nothing is marked otherwise that nobody ever stated, as in most of an import.
        let remarked = match before.is_empty() {
            true => Vec::new(),
            false => remarked(&before, record, &self.was, &self.is),
        };
        let mut looser: Option<String> = remarked
            .iter()
            .any(|one| one.looser)
            .then(|| looser(&remarked));
        if record.id().stix_type() == "marking-definition" {
            let iri = record.id().iri();
            let last = match self.was.get(&iri) {
                Some(policy) => Some(policy.clone()),
                None => self.last_defined(record.id())?,
            };
            if redefined(record, last.as_ref()) == Some(true) {
                looser = Some(format!(
                    "it would show every statement under {} to more people.",
                    record.id()
                ));
            }
        }
        let loosening = match (looser, &terms.loosen) {
            (None, _) => None,
            (Some(_), Some(reason)) if terms.writer.steward() => Some(reason.clone()),
            (Some(why), _) => {
                return Ok(Verdict::No {
                    why: format!("{why} {LOOSEN}"),
                    remarked,
                });
            }
        };
        Ok(Verdict::Yes {
            merged: None,
            loosening,
            remarked,
        })
    }

    /// The record's statements as they stand, and for those that it does not make now, as an
    /// earlier revision made them last: to drop a statement and to state it again under a looser
    /// policy is to loosen it.
    fn stated_before(
        &self,
        record: &Record,
        standing: Option<&Record>,
    ) -> Result<Vec<Quad>, StoreError> {
        if standing.is_none() && self.ledger.history(record.id())?.is_empty() {
            return Ok(Vec::new());
        }
        let mut before = standing.map_or_else(Vec::new, |now| now.quads().to_vec());
        let mut open: HashSet<Triple> = record.quads().iter().map(statement).collect();
        for quad in &before {
            open.remove(&statement(quad));
        }
        if open.is_empty() {
            return Ok(before);
        }
        for earlier in self.latest_first(record.id())? {
            if open.is_empty() {
                break;
            }
            let earlier = earlier?;
            let found: Vec<Quad> = earlier
                .quads()
                .iter()
                .filter(|old| open.contains(&statement(old)))
                .cloned()
                .collect();
            for quad in &found {
                open.remove(&statement(quad));
            }
            before.extend(found);
        }
        Ok(before)
    }

    /// What a withdrawn marking definition defined last.
    fn last_defined(&self, id: &RecordId) -> Result<Option<fieldmark_model::Policy>, StoreError> {
        for record in self.latest_first(id)? {
            if let Some(policy) = policy_of(&record?) {
                return Ok(Some(policy));
            }
        }
        Ok(None)
    }

    /// A record's revisions, the latest first, without those that withdrew it.
    fn latest_first(
        &self,
        id: &RecordId,
    ) -> Result<impl Iterator<Item = Result<Record, StoreError>>, StoreError> {
        let history = self.ledger.history(id)?.into_iter().rev();
        Ok(history
            .filter(|(_, dataset)| !dataset.is_empty())
            .map(|(_, dataset)| Ok(Record::from_canonical(id.clone(), &dataset)?)))
    }

    /// Why a record may not be written by somebody who does not see all, judged by nothing that
    /// they do not see.
    fn out_of_reach(&self, kept: &Kept, record: &Record) -> Result<Option<String>, StoreError> {
        for policy in record.policies() {
            if !self.knows(kept, policy)? || !kept.audience().sees(self.was.get(policy)) {
                return Ok(Some(format!(
                    "your audience does not see what stands under <{policy}>, and may write nothing there: use a marking that it sees"
                )));
            }
        }
        Ok(None)
    }

    /// Whether an audience knows of a policy: TLP's are everybody's, others are known to those who
    /// see their definition.
    pub fn knows(&self, kept: &Kept, policy: &str) -> Result<bool, StoreError> {
        let Some(id) = RecordId::from_iri(policy) else {
            return Ok(false);
        };
        Ok(Tlp::of_marking(id.as_str()).is_some() || kept.shows(&id)?)
    }

    fn merged(
        &self,
        kept: &Kept,
        standing: &Record,
        proposed: &Record,
    ) -> Result<Record, StoreError> {
        let eyes = self.eyes(kept);
        Ok(eyes.merge(standing, proposed, |id| sees(kept, id))?)
    }

    fn eyes<'k>(&'k self, kept: &'k Kept) -> Eyes<'k> {
        kept.eyes(&self.was)
    }

    /// The view of an audience, in step with the ledger.
    pub fn kept(&self, audience: &str) -> Result<&'a Kept, StoreError> {
        let kept = self
            .views
            .iter()
            .find(|kept| kept.audience().name == audience)
            .ok_or_else(|| StoreError::NoAudience(audience.to_owned()))?;
        match kept.behind() {
            Some(why) if !kept.audience().sees_all => Err(StoreError::Behind {
                audience: audience.to_owned(),
                why,
            }),
            _ => Ok(kept),
        }
    }
}

/// Why a record does not stand as expected, if it does not.
fn unmet(expected: &Expected, seen: Option<&[Quad]>) -> Option<&'static str> {
    match (expected, seen) {
        (Expected::Absent, None) => None,
        (Expected::Absent, Some(_)) => {
            Some("a record of this id is here already: revise it, or leave the id out")
        }
        (Expected::Version(_), None) => {
            Some("it is not here any more: it was withdrawn, or is not shown to you now")
        }
        (Expected::Version(version), Some(seen)) => (*version != version_of(seen)).then_some(
            "it was changed since you read it: read it again, and make your change to what stands there now",
        ),
    }
}

const POLICY: &str =
    "who may see what is changed by a steward alone: ask one to import this marking definition";
const STEWARD_ONLY: &str = "Only a steward may show more; ask one, or keep the marking as it is.";
const LOOSEN: &str = "Nothing of this record was written. Keep the marking, or say why more may be seen: --loosen REASON.";

fn sees(kept: &Kept, id: &RecordId) -> bool {
    // A view that cannot be read shows nothing: what is not seen is kept as it stands.
    kept.shows(id).unwrap_or(false)
}

/// The loosening in words: how many statements, and the first few of them.
fn looser(remarked: &[Remarked]) -> String {
    const TOLD: usize = 3;
    let looser: Vec<&Remarked> = remarked.iter().filter(|one| one.looser).collect();
    let told: Vec<String> = looser
        .iter()
        .take(TOLD)
        .map(|one| {
            format!(
                "{} from {} to {}",
                named(&one.statement),
                levels(&one.from),
                levels(&one.to)
            )
        })
        .collect();
    let more = match looser.len().saturating_sub(TOLD) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("it would show to more people: {}{more}.", told.join("; "))
}

/// A statement by its property, and by its part where it is one's.
fn named(statement: &Triple) -> String {
    let part = match &statement.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str().split_once('#').map(|(_, part)| part),
        NamedOrBlankNode::BlankNode(_) => None,
    };
    let property = local(statement.predicate.as_str());
    match part {
        Some(part) => format!("{property} of #{part}"),
        None => property.to_owned(),
    }
}

fn statement(quad: &Quad) -> Triple {
    Triple::new(
        quad.subject.clone(),
        quad.predicate.clone(),
        quad.object.clone(),
    )
}

#[cfg(test)]
mod tests;
