//! What was proposed from outside a view, and a steward's word on it.

use crate::answer::lang::{Lang, LangQuery};
use crate::caller::Caller;
use crate::incoming::loosening;
use crate::input::{Json, Path, Query};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use crate::writing::{self, ChangeRow, Order, Said, Terms, Written};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use fieldmark_rdf::Record;
use fieldmark_store::gate::Steward;
use fieldmark_store::proposals::{Proposal, Standing};
use fieldmark_store::{Outcome, View};
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
    /// `add` of a new record, `change` of one that its author sees, or `unchanged`.
    pub kind: &'static str,
    /// What it would change, old beside new, as its author sees the record.
    pub changes: Vec<ChangeRow>,
    /// Whether the record changed since it was proposed; it is then taken only with `anyway`.
    pub changed_since: bool,
    /// Why it was proposed, where that was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// `waiting`, `accepted` or `refused`.
    pub standing: &'static str,
    /// Who decided, when somebody did.
    pub decided_by: Option<String>,
    /// When.
    pub decided: Option<String>,
    /// Why it was turned down.
    pub reason: Option<String>,
}

fn row(
    desk: &Desk,
    steward: &Steward,
    view: &View,
    proposal: Proposal,
    lang: Lang,
) -> Result<ProposalRow, Problem> {
    let (before, has_changed) = desk.base.stands_before(steward, &proposal)?;
    let record = Record::from_canonical(proposal.record.clone(), &proposal.nquads)
        .map_err(|error| Problem::internal(&error))?;
    let changes = writing::changes(view, &proposal.record, &before, record.quads(), lang.tag)?;
    Ok(ProposalRow {
        kind: match (before.is_empty(), changes.is_empty()) {
            (true, _) => "add",
            (false, true) => "unchanged",
            (false, false) => "change",
        },
        changes,
        changed_since: has_changed && proposal.standing == Standing::Waiting,
        why: proposal.why,
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
    })
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
#[utoipa::path(get, path = "/api/v1/proposals", tag = "exchange", params(Wanted, LangQuery),
    responses((status = 200, body = ProposalPage), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn proposals(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
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
    let view = desk.base.view(&caller.reader)?;
    let (rows, next) = blocking(move || {
        let mut found = desk.base.proposals(&steward, standing, after, limit + 1)?;
        let more = found.len() as u64 > limit;
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = found.last().filter(|_| more).map(|last| last.number);
        let rows = found
            .into_iter()
            .map(|one| row(&desk, &steward, &view, one, lang));
        Ok::<_, Problem>((rows.collect::<Result<_, Problem>>()?, next))
    })
    .await??;
    Ok(Json(ProposalPage {
        proposals: rows,
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
    /// Whether it is taken although the record changed since.
    anyway: Option<bool>,
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
    let anyway = decision.anyway.unwrap_or(false);
    let decided = blocking(move || {
        let proposal = desk.base.proposal(&steward, number)?;
        let proposal = proposal.ok_or_else(Problem::not_found)?;
        let verdict = match (decision.decision.as_str(), decision.reason.as_deref()) {
            ("accept", _) => match desk.base.accept(&writer, &proposal, loosen, anyway)? {
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

/// What a program proposes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Proposed {
    /// Which program: its name and version.
    tool: Option<ToolRow>,
    /// `assertClaim`, `createRecord`, `reviseRecord`, `withdrawClaim`, `dispute`, `concur` or
    /// `attachEvidence`.
    order: String,
    /// The claim or record that it is about, for all but the first two.
    of: Option<String>,
    /// What is said, by name, as `/api/v1/forms/{name}` lists it.
    #[serde(default)]
    #[schema(value_type = Object)]
    said: Said,
    /// Why, in one line.
    reason: Option<String>,
    /// The version of the record that it saw.
    version: Option<String>,
}

/// A program that proposes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolRow {
    /// Its name.
    name: String,
    /// Its version.
    version: String,
}

/// Proposes a claim, a record or a change for a steward to decide on: nothing of it stands anywhere
/// until then. For programs, whose token has the role `tool`, and for writers who want a second look.
#[utoipa::path(post, path = "/api/v1/proposals", tag = "writing", request_body = Proposed, params(LangQuery),
    responses((status = 202, body = Written), (status = 409, body = Written), (status = 422, body = Written), (status = 403, body = Problem)))]
pub async fn propose(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    Json(proposed): Json<Proposed>,
) -> Result<Response, Problem> {
    let tool = proposed
        .tool
        .map(|tool| format!("{} {}", tool.name, tool.version));
    let order = Order::named(&proposed.order, proposed.of, proposed.said)?;
    let terms = Terms {
        version: proposed.version,
        reason: proposed.reason,
        propose: Some(tool),
        lang: lang.tag,
        ..Terms::default()
    };
    let written = blocking(move || writing::write(&desk, &caller, &order, &terms)).await??;
    Ok((written.status(), Json(written)).into_response())
}
