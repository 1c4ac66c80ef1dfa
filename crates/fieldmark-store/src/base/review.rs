//! A steward's word on what waits: taken into the ledger, taken otherwise than it was proposed, or
//! turned down.

use super::Base;
use crate::allow::{Rules, Terms, version_of};
use crate::error::StoreError;
use crate::gate::{Steward, Writer};
use crate::import::{Foreign, ImportOptions, Verdict, take};
use crate::ledger::{Change, LedgerReader, Outcome};
use crate::proposals::{Decided, Proposal, Standing, TakeUp};
use crate::writer::{Settled, Until};
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use fieldmark_rdf::format::Format;
use oxrdf::Quad;
use std::collections::{BTreeMap, BTreeSet};

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
    /// other out. All of one author are one transaction, so many cost what an import of them does.
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
        let reader = self.reader()?;
        let rules = Rules::new(&reader, &self.0.views, [])?;
        let mut out: Vec<Option<Result<Outcome, StoreError>>> = Vec::new();
        out.resize_with(proposals.len(), || None);
        let mut by_author: BTreeMap<(&str, &str, Option<&str>), Vec<usize>> = BTreeMap::new();
        for (at, proposal) in proposals.iter().enumerate() {
            let may = self.may_decide(writer, proposal).and_then(|()| {
                let (_, has_changed) = stands(&reader, &rules, proposal)?;
                still(proposal, has_changed && !how.anyway)
            });
            match may {
                Ok(()) => {
                    let key = (
                        &*proposal.author,
                        &*proposal.audience,
                        proposal.why.as_deref(),
                    );
                    by_author.entry(key).or_default().push(at);
                }
                Err(refusal) => out[at] = Some(Err(refusal)),
            }
        }
        drop(rules);
        for ((author, audience, why), all) in by_author {
            let terms = Terms {
                author: format!("{author} (taken up by {})", writer.author()),
                proposed_by: Some(audience.to_owned()),
                loosen: how.loosen.clone(),
                reason: reasons(why, how.reason.as_deref()),
                ..Terms::of(writer)
            };
            let changes = all.iter().map(|at| {
                let proposal = &proposals[*at];
                let record = Record::from_canonical(proposal.record.clone(), &proposal.nquads)?;
                Ok(Change::Put {
                    record,
                    received: proposal.received.clone(),
                })
            });
            let changes = changes.collect::<Result<_, StoreError>>()?;
            let settled = self
                .0
                .writer
                .submit(terms, changes, Until::Visible)?
                .wait()?;
            for (at, settled) in all.iter().zip(settled) {
                out[*at] = Some(outcome(&proposals[*at], settled));
            }
        }
        let taken = proposals.iter().zip(&out);
        let taken = taken.filter(|(_, one)| matches!(one, Some(Ok(_))));
        let taken: Vec<u64> = taken.map(|(proposal, _)| proposal.number).collect();
        self.0.proposals.decide(
            &taken,
            Decided {
                standing: Standing::Accepted,
                by: writer.author(),
                reason: how.reason.as_deref(),
            },
        )?;
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
            let (_, has_changed) = stands(&reader, &rules, proposal)?;
            still(proposal, has_changed)?;
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
        each.map(|one| stands(&reader, &rules, one)).collect()
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

/// What a proposal's author sees of its record now, and whether that is not what they saw then.
fn stands(
    reader: &LedgerReader,
    rules: &Rules<'_>,
    proposal: &Proposal,
) -> Result<(Vec<Quad>, bool), StoreError> {
    let seen = match reader.current(&proposal.record)? {
        None => None,
        Some(standing) => rules.seen_by(&standing, &proposal.audience)?,
    };
    let has_changed = seen.as_deref().map(version_of) != proposal.version;
    Ok((seen.unwrap_or_default(), has_changed))
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
