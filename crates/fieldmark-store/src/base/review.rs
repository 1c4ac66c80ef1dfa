//! A steward's word on what waits: taken into the ledger, or turned down.

use super::Base;
use crate::allow::{Rules, Terms, version_of};
use crate::error::StoreError;
use crate::gate::{Steward, Writer};
use crate::ledger::{Change, Outcome};
use crate::proposals::{Proposal, Standing};
use oxrdf::Quad;

impl Base {
    /// Proposals after number `after`, at most `limit`, oldest first.
    pub fn proposals(
        &self,
        _steward: &Steward,
        standing: Option<Standing>,
        after: u64,
        limit: u64,
    ) -> Result<Vec<Proposal>, StoreError> {
        self.0.proposals.list(standing, after, limit)
    }

    /// One proposal.
    pub fn proposal(
        &self,
        _steward: &Steward,
        number: u64,
    ) -> Result<Option<Proposal>, StoreError> {
        self.0.proposals.get(number)
    }

    /// Takes a proposal into the ledger: as a new record, or as a revision of one that its author
    /// does not see, of which everything that they do not see stays. `loosen` says why more may be
    /// seen of it than now, if that is so; `anyway`, that it is taken although the record changed
    /// since.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] when the writer is no steward, it was decided on already, its
    /// record changed since, or it would loosen without a reason.
    pub fn accept(
        &self,
        writer: &Writer,
        proposal: &Proposal,
        loosen: Option<String>,
        anyway: bool,
    ) -> Result<Outcome, StoreError> {
        self.may_decide(writer, proposal)?;
        let seen = self.seen_of(proposal)?;
        if !anyway && seen.as_deref().map(version_of) != proposal.version {
            return Err(StoreError::NotAllowed {
                record: proposal.record.clone(),
                why: "the record changed since this was proposed: look at what it would change now, then take it anyway or turn it down".to_owned(),
            });
        }
        let record =
            fieldmark_rdf::Record::from_canonical(proposal.record.clone(), &proposal.nquads)?;
        let terms = Terms {
            author: format!("{} (taken up by {})", proposal.author, writer.author()),
            proposed_by: Some(proposal.audience.clone()),
            loosen,
            reason: proposal.why.clone(),
            ..Terms::of(writer)
        };
        let change = Change::Put {
            record,
            received: proposal.received.clone(),
        };
        let outcomes = self.0.writer.write(terms, vec![change])?;
        self.0
            .proposals
            .decide(proposal.number, Standing::Accepted, writer.author(), None)?;
        outcomes.into_iter().next().ok_or(StoreError::Closing)
    }

    /// Turns a proposal down, with a reason.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] when the writer is no steward or it was decided on already.
    pub fn refuse(
        &self,
        writer: &Writer,
        proposal: &Proposal,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.may_decide(writer, proposal)?;
        self.0.proposals.decide(
            proposal.number,
            Standing::Refused,
            writer.author(),
            Some(reason),
        )?;
        Ok(())
    }

    /// What a proposal's author sees of the record now, and whether that is not what they saw then.
    pub fn stands_before(
        &self,
        _steward: &Steward,
        proposal: &Proposal,
    ) -> Result<(Vec<Quad>, bool), StoreError> {
        let seen = self.seen_of(proposal)?;
        let has_changed = seen.as_deref().map(version_of) != proposal.version;
        Ok((seen.unwrap_or_default(), has_changed))
    }

    fn seen_of(&self, proposal: &Proposal) -> Result<Option<Vec<Quad>>, StoreError> {
        let reader = self.reader()?;
        let Some(standing) = reader.current(&proposal.record)? else {
            return Ok(None);
        };
        let rules = Rules::new(&reader, &self.0.views, [])?;
        rules.seen_by(&standing, &proposal.audience)
    }

    fn may_decide(&self, writer: &Writer, proposal: &Proposal) -> Result<(), StoreError> {
        let no = |why: &str| StoreError::NotAllowed {
            record: proposal.record.clone(),
            why: why.to_owned(),
        };
        if !writer.steward() || writer.proposes() {
            return Err(no("only a steward decides on proposals"));
        }
        match self.0.proposals.get(proposal.number)? {
            Some(now) if now.standing == Standing::Waiting => Ok(()),
            Some(_) => Err(no("this proposal was decided on already")),
            None => Err(no("there is no such proposal")),
        }
    }
}
