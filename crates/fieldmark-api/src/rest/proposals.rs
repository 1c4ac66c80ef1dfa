//! What was proposed from outside a view, and a steward's word on it.

use crate::caller::Caller;
use crate::incoming::loosening;
use crate::input::{Json, Path, Query};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
use fieldmark_store::Outcome;
use fieldmark_store::proposals::{Proposal, Standing};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The most proposals in one answer.
const MOST: u64 = 100;

/// Which proposals.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// `waiting` (the default), `accepted`, `refused` or `all`.
    standing: Option<String>,
    /// Only those with a higher number.
    after: Option<u64>,
    /// How many at most, up to 100.
    limit: Option<u64>,
}

/// One record that somebody proposed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposalRow {
    /// Its number.
    pub number: u64,
    /// Who proposed it.
    pub author: String,
    /// The audience within whose view they write.
    pub audience: String,
    /// When (RFC 3339).
    pub proposed: String,
    /// The record it is to be.
    pub record: String,
    /// Its statements, as N-Quads; the graph is the release policy.
    pub nquads: String,
    /// `waiting`, `accepted` or `refused`.
    pub standing: &'static str,
    /// Who decided, when somebody did.
    pub decided_by: Option<String>,
    /// When.
    pub decided: Option<String>,
    /// Why it was turned down.
    pub reason: Option<String>,
}

impl From<Proposal> for ProposalRow {
    fn from(proposal: Proposal) -> Self {
        Self {
            number: proposal.number,
            author: proposal.author,
            audience: proposal.audience,
            proposed: proposal.proposed,
            record: proposal.record.to_string(),
            nquads: proposal.nquads,
            standing: proposal.standing.name(),
            decided_by: proposal.decided_by,
            decided: proposal.decided,
            reason: proposal.reason,
        }
    }
}

/// A page of proposals.
#[derive(Serialize, ToSchema)]
pub struct ProposalPage {
    /// The proposals, oldest first.
    pub proposals: Vec<ProposalRow>,
    /// The `after` of the next page, when there is one.
    pub next: Option<u64>,
}

/// What writers proposed that is not in their view. For the steward.
#[utoipa::path(get, path = "/api/v1/proposals", tag = "exchange", params(Wanted),
    responses((status = 200, body = ProposalPage), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn proposals(
    State(desk): State<Desk>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<ProposalPage>, Problem> {
    let steward = caller.steward()?;
    let standing =
        match wanted.standing.as_deref() {
            None => Some(Standing::Waiting),
            Some("all") => None,
            Some(name) => Some(Standing::parse(name).ok_or_else(|| {
                Problem::bad_request("standing: waiting, accepted, refused or all")
            })?),
        };
    let limit = wanted.limit.unwrap_or(MOST).clamp(1, MOST);
    let after = wanted.after.unwrap_or(0);
    let mut found =
        blocking(move || desk.base.proposals(&steward, standing, after, limit + 1)).await??;
    let more = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| last.number);
    Ok(Json(ProposalPage {
        proposals: found.into_iter().map(ProposalRow::from).collect(),
        next,
    }))
}

/// A steward's word on a proposal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// `accept` or `refuse`.
    decision: String,
    /// Why it is refused, in a line.
    reason: Option<String>,
    /// Why more people may see statements of it than now, where that is so.
    loosen: Option<String>,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
pub struct Decided {
    /// The proposal's number.
    pub number: u64,
    /// The record.
    pub record: String,
    /// `added`, `revised`, `unchanged` or `refused`.
    pub verdict: &'static str,
}

/// Takes a proposal into the ledger, or turns it down. For the steward.
#[utoipa::path(post, path = "/api/v1/proposals/{number}", tag = "exchange", request_body = Decision,
    params(("number" = u64, Path, description = "The proposal's number")),
    responses((status = 200, body = Decided), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn decide(
    State(desk): State<Desk>,
    caller: Caller,
    Path(number): Path<u64>,
    Json(decision): Json<Decision>,
) -> Result<Json<Decided>, Problem> {
    let steward = caller.steward()?;
    let writer = caller.writer()?.clone();
    let loosen = loosening(decision.loosen.as_deref(), &writer)?;
    let decided = blocking(move || {
        let proposal = desk.base.proposal(&steward, number)?;
        let proposal = proposal.ok_or_else(Problem::not_found)?;
        let verdict = match (decision.decision.as_str(), decision.reason.as_deref()) {
            ("accept", _) => match desk.base.accept(&writer, &proposal, loosen)? {
                Outcome::Added => "added",
                Outcome::Revised | Outcome::Retracted => "revised",
                Outcome::Unchanged => "unchanged",
            },
            ("refuse", Some(reason)) if !reason.trim().is_empty() => {
                desk.base.refuse(&writer, &proposal, reason.trim())?;
                "refused"
            }
            ("refuse", _) => return Err(Problem::bad_request("reason: say why it is refused")),
            _ => return Err(Problem::bad_request("decision: accept or refuse")),
        };
        Ok(Decided {
            number,
            record: proposal.record.to_string(),
            verdict,
        })
    })
    .await??;
    Ok(Json(decided))
}
