//! A steward's word on what waits: taken into the ledger, or turned down.

use super::Base;
use crate::allow::Terms;
use crate::error::StoreError;
use crate::gate::{Steward, Writer};
use crate::ledger::{Change, Outcome};
use crate::proposals::{Proposal, Standing};

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
    /// seen of it than now, if that is so.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] when the writer is no steward, it was decided on already, or it
    /// would loosen without a reason.
    pub fn accept(
        &self,
        writer: &Writer,
        proposal: &Proposal,
        loosen: Option<String>,
    ) -> Result<Outcome, StoreError> {
        self.may_decide(writer, proposal)?;
        let record =
            fieldmark_rdf::Record::from_canonical(proposal.record.clone(), &proposal.nquads)?;
        let terms = Terms {
            author: format!("{} (taken up by {})", proposal.author, writer.author()),
            proposed_by: Some(proposal.audience.clone()),
            loosen,
            ..Terms::of(writer)
        };
        let change = Change::Put {
            record,
            received: None,
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

    fn may_decide(&self, writer: &Writer, proposal: &Proposal) -> Result<(), StoreError> {
        let no = |why: &str| StoreError::NotAllowed {
            record: proposal.record.clone(),
            why: why.to_owned(),
        };
        if !writer.steward() {
            return Err(no("only a steward decides on proposals"));
        }
        match self.0.proposals.get(proposal.number)? {
            Some(now) if now.standing == Standing::Waiting => Ok(()),
            Some(_) => Err(no("this proposal was decided on already")),
            None => Err(no("there is no such proposal")),
        }
    }
}
