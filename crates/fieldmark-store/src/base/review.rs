//! A steward's word on what waits: taken into the ledger, taken otherwise than it was proposed, or
//! turned down.

use super::Base;
use crate::allow::{Expected, Rules, Terms, version_of};
use crate::error::StoreError;
use crate::gate::{Steward, Writer};
use crate::import::{Foreign, ImportOptions, Verdict, take};
use crate::ledger::{LedgerReader, Outcome};
use crate::proposals::{Decided, Proposal, Standing, TakeUp};
use crate::writer::{Settled, Ticket, Until};
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use fieldmark_rdf::format::Format;
use oxrdf::Quad;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};

impl Base {
    /// Proposals after number `after`, at most `limit`, oldest first.
    pub fn proposals(
        &self,
        _steward: &Steward,
        standing: Option<Standing>,
        after: u64,
        limit: u64,
    ) -> Result<Vec<Proposal>, StoreError> {
        self.0.proposals.list(standing, None, after, limit)
    }

    /// The proposals of one author that wait, at most `limit`, oldest first.
    pub fn waiting_of(
        &self,
        _steward: &Steward,
        author: &str,
        limit: u64,
    ) -> Result<Vec<Proposal>, StoreError> {
        let waiting = Some(Standing::Waiting);
        self.0.proposals.list(waiting, Some(author), 0, limit)
    }

    /// One proposal.
    pub fn proposal(
        &self,
        _steward: &Steward,
        number: u64,
    ) -> Result<Option<Proposal>, StoreError> {
        self.0.proposals.get(number)
    }

    /// How many proposals wait, and how many of them are of records that do not stand here yet, by
    /// the type of their ids.
    pub fn waiting(&self, _steward: &Steward) -> Result<BTreeMap<String, (u64, u64)>, StoreError> {
        let reader = self.reader()?;
        let mut waiting: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let mut new = BTreeSet::new();
        for record in self.0.proposals.records()? {
            let (all, added) = waiting.entry(record.stix_type().to_owned()).or_default();
            *all += 1;
            if !reader.stands(&record)? && new.insert(record) {
                *added += 1;
            }
        }
        Ok(waiting)
    }

    /// What became of what a writer proposed last of a record; none where they proposed none.
    pub fn became(
        &self,
        writer: &Writer,
        record: &RecordId,
    ) -> Result<Option<Proposal>, StoreError> {
        self.0.proposals.last_of(writer.author(), record)
    }

    /// Keeps what a writer was told of what they sent, for when they ask again.
    pub fn tell(&self, writer: &Writer, id: &str, said: &str) -> Result<(), StoreError> {
        self.0.proposals.tell(id, writer.author(), said)
    }

    /// What a writer was told of what they sent.
    pub fn told(&self, writer: &Writer, id: &str) -> Result<Option<String>, StoreError> {
        self.0.proposals.told(id, writer.author())
    }

    /// Takes proposals into the ledger: each as a new record, or as a revision of one that its author
    /// does not see, of which everything that they do not see stays. What keeps one out keeps no
    /// other out. Many go as an import does, batch by batch, the next read while one is written.
    ///
    /// # Errors
    /// Of one [`StoreError::NotAllowed`] when the writer is no steward, it was decided on already,
    /// its record changed since, or it would loosen without a reason.
    pub fn accept(
        &self,
        writer: &Writer,
        proposals: &[Proposal],
        how: &TakeUp,
    ) -> Result<Vec<Result<Outcome, StoreError>>, StoreError> {
        let mut out: Vec<Option<Result<Outcome, StoreError>>> = Vec::new();
        out.resize_with(proposals.len(), || None);
        let mut parts: BTreeMap<Part<'_>, Vec<usize>> = BTreeMap::new();
        let reader = self.reader()?;
        let rules = Rules::new(&reader, &self.0.views, [])?;
        let mut met = HashSet::new();
        for (at, proposal) in proposals.iter().enumerate() {
            let may = self.may_decide(writer, proposal).and_then(|()| {
                let stands = stands(&reader, &rules, proposal)?;
                still(proposal, stands.has_changed && !how.anyway)?;
                Ok(stands.is_nowhere && met.insert(&proposal.record))
            });
            match may {
                Ok(is_new) => {
                    let part = Part::of(proposal, is_new);
                    parts.entry(part).or_default().push(at);
                }
                Err(refusal) => out[at] = Some(Err(refusal)),
            }
        }
        drop(rules);
        let mut underway: Option<(Vec<usize>, Ticket)> = None;
        let mut settle = |(some, ticket): (Vec<usize>, Ticket)| -> Result<(), StoreError> {
            let mut taken = Vec::with_capacity(some.len());
            for (at, settled) in some.into_iter().zip(ticket.wait()?) {
                let outcome = outcome(&proposals[at], settled);
                taken.extend(outcome.is_ok().then_some(proposals[at].number));
                out[at] = Some(outcome);
            }
            let decided = Decided {
                standing: Standing::Accepted,
                by: writer.author(),
                reason: how.reason.as_deref(),
            };
            self.0.proposals.decide(&taken, decided)
        };
        for (part, all) in parts {
            let terms = part.terms(writer, how);
            for some in all.chunks(part.batch()) {
                let changes = some.par_iter().map(|at| proposals[*at].change());
                let changes = changes.collect::<Result<_, _>>()?;
                let ticket = self
                    .0
                    .writer
                    .submit(terms.clone(), changes, Until::Durable)?;
                underway
                    .replace((some.to_vec(), ticket))
                    .map_or(Ok(()), &mut settle)?;
            }
        }
        underway.map_or(Ok(()), &mut settle)?;
        self.in_step()
            .map_err(|error| StoreError::Recorded(error.to_string()))?;
        Ok(out
            .into_iter()
            .map(|one| one.unwrap_or(Err(StoreError::Closing)))
            .collect())
    }

    /// Takes a proposal into the ledger otherwise than it was proposed: what it says as a steward
    /// changed it, or as a claim of its own beside the one that it would have changed. It is checked
    /// as every import is.
    ///
    /// # Errors
    /// As [`Base::accept`], and when the record does not hold.
    pub fn accept_as(
        &self,
        writer: &Writer,
        proposal: &Proposal,
        record: Record,
        how: &TakeUp,
    ) -> Result<Outcome, StoreError> {
        self.may_decide(writer, proposal)?;
        let is_same = record.id() == &proposal.record;
        if is_same && !how.anyway {
            let reader = self.reader()?;
            let rules = Rules::new(&reader, &self.0.views, [])?;
            still(proposal, stands(&reader, &rules, proposal)?.has_changed)?;
        }
        let terms = Terms {
            author: format!(
                "{} (changed and taken up by {})",
                proposal.author,
                writer.author()
            ),
            proposed_by: is_same.then(|| proposal.audience.clone()),
            loosen: how.loosen.clone(),
            reason: reasons(proposal.why.as_deref(), how.reason.as_deref()),
            ..Terms::of(writer)
        };
        let foreign = Foreign::of(&record, None);
        let options = ImportOptions::of(Format::NQuads);
        let report = self.on_terms(terms, Until::Visible, |way| take(foreign, &options, way))?;
        let entry = report.entries.into_iter().next();
        let entry = entry.ok_or_else(|| no(proposal, "nothing is left of it"))?;
        let why = || {
            let why = entry.findings.iter().map(|found| found.message.clone());
            no(proposal, &why.collect::<Vec<_>>().join("; "))
        };
        let outcome = match entry.verdict {
            Verdict::Added => Outcome::Added,
            Verdict::Revised => Outcome::Revised,
            Verdict::Unchanged => Outcome::Unchanged,
            _ => return Err(why()),
        };
        self.0.proposals.decide(
            &[proposal.number],
            Decided {
                standing: Standing::Accepted,
                by: writer.author(),
                reason: how.reason.as_deref(),
            },
        )?;
        Ok(outcome)
    }

    /// Turns proposals down, with a reason. What keeps one from being decided on keeps no other.
    ///
    /// # Errors
    /// Of one [`StoreError::NotAllowed`] when the writer is no steward or it was decided on already.
    pub fn refuse(
        &self,
        writer: &Writer,
        proposals: &[Proposal],
        reason: &str,
    ) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        let may = proposals.iter().map(|one| self.may_decide(writer, one));
        let may: Vec<Result<(), StoreError>> = may.collect();
        let refused = proposals.iter().zip(&may).filter(|(_, may)| may.is_ok());
        let refused: Vec<u64> = refused.map(|(one, _)| one.number).collect();
        let decided = Decided {
            standing: Standing::Refused,
            by: writer.author(),
            reason: Some(reason),
        };
        self.0.proposals.decide(&refused, decided)?;
        Ok(may)
    }

    /// Of each proposal what its author sees of the record now, and whether that is not what they
    /// saw then; aligned.
    pub fn stands_before(
        &self,
        _steward: &Steward,
        proposals: &[Proposal],
    ) -> Result<Vec<(Vec<Quad>, bool)>, StoreError> {
        let reader = self.reader()?;
        let rules = Rules::new(&reader, &self.0.views, [])?;
        let each = proposals.iter();
        each.map(|one| {
            let stands = stands(&reader, &rules, one)?;
            Ok((stands.seen, stands.has_changed))
        })
        .collect()
    }

    fn may_decide(&self, writer: &Writer, proposal: &Proposal) -> Result<(), StoreError> {
        if !writer.steward() || writer.proposes() {
            return Err(no(proposal, "only a steward decides on proposals"));
        }
        match self.0.proposals.standing_of(proposal.number)? {
            Some(Standing::Waiting) => Ok(()),
            Some(_) => Err(no(proposal, "this proposal was decided on already")),
            None => Err(no(proposal, "there is no such proposal")),
        }
    }
}

fn no(proposal: &Proposal, why: &str) -> StoreError {
    StoreError::NotAllowed {
        record: proposal.record.clone(),
        why: why.to_owned(),
    }
}

/// What is taken up together: proposals of one author, in one audience, for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part<'a> {
    /// Those of records that stand nowhere go before those that revise.
    revises: bool,
    author: &'a str,
    audience: &'a str,
    why: Option<&'a str>,
}

/// How many new records are taken up in one transaction.
const BATCH: usize = 1_000;

impl<'a> Part<'a> {
    fn of(proposal: &'a Proposal, is_new: bool) -> Self {
        Self {
            revises: !is_new,
            author: &proposal.author,
            audience: &proposal.audience,
            why: proposal.why.as_deref(),
        }
    }

    /// What revises is judged by what its author sees: the views follow before each batch of it.
    fn batch(self) -> usize {
        match self.revises {
            true => usize::MAX,
            false => BATCH,
        }
    }

    /// Nothing withheld stays of a record that stands nowhere, as long as it does.
    fn terms(self, writer: &Writer, how: &TakeUp) -> Terms {
        Terms {
            author: format!("{} (taken up by {})", self.author, writer.author()),
            proposed_by: self.revises.then(|| self.audience.to_owned()),
            expected: (!self.revises).then_some(Expected::Absent),
            loosen: how.loosen.clone(),
            reason: reasons(self.why, how.reason.as_deref()),
            ..Terms::of(writer)
        }
    }
}

/// How a proposal's record stands.
struct Stands {
    /// What its author sees of it now.
    seen: Vec<Quad>,
    /// Whether that is not what they saw then.
    has_changed: bool,
    /// Whether nobody sees anything of it.
    is_nowhere: bool,
}

fn stands(
    reader: &LedgerReader,
    rules: &Rules<'_>,
    proposal: &Proposal,
) -> Result<Stands, StoreError> {
    let standing = reader.current(&proposal.record)?;
    let seen = match &standing {
        None => None,
        Some(standing) => rules.seen_by(standing, &proposal.audience)?,
    };
    Ok(Stands {
        has_changed: seen.as_deref().map(version_of) != proposal.version,
        seen: seen.unwrap_or_default(),
        is_nowhere: standing.is_none(),
    })
}

fn still(proposal: &Proposal, has_changed: bool) -> Result<(), StoreError> {
    match has_changed {
        false => Ok(()),
        true => Err(no(
            proposal,
            "the record changed since this was proposed: look at what it would change now, then take it anyway or turn it down",
        )),
    }
}

/// The author's reason and the steward's, as one.
fn reasons(why: Option<&str>, reason: Option<&str>) -> Option<String> {
    match (why, reason) {
        (Some(why), Some(reason)) => Some(format!("{why} · {reason}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

fn outcome(proposal: &Proposal, settled: Settled) -> Result<Outcome, StoreError> {
    match settled {
        Settled::Written(outcome, _) => Ok(outcome),
        Settled::Waits(..) => Err(no(proposal, "it is not in the view of who proposed it")),
        Settled::Refused(why, _) | Settled::Conflict(why) => Err(StoreError::NotWritten(why)),
    }
}
