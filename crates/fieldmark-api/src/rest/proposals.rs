//! What was proposed from outside a view, and a steward's word on it.

use super::table::{FormatQuery, Rows, Tabled};
use crate::answer::lang::{Lang, LangQuery};
use crate::caller::Caller;
use crate::incoming::objects::settle;
use crate::incoming::{loosening, one_line};
use crate::input::{Json, Path, Query};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use crate::writing::review::{self, Decided, Decision, ProposalPage, Word, verdict};
use crate::writing::{self, Order, Said, Terms, Written};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use fieldmark_store::StoreError;
use fieldmark_store::gate::Steward;
use fieldmark_store::proposals::{Proposal, TakeUp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};

/// The most proposals in one answer.
const MOST: u64 = 100;

/// Which proposals.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `waiting` (the default), `accepted`, `refused` or `all`.
    standing: Option<String>,
    /// Only those with a higher number.
    after: Option<u64>,
    /// How many at most, up to 100.
    limit: Option<u64>,
}

/// What writers proposed that is not in their view. For the steward.
#[utoipa::path(get, path = "/api/v1/proposals", tag = "exchange", params(Wanted, FormatQuery, LangQuery),
    responses((status = 200, content((ProposalPage = "application/json"), (String = "text/csv"))), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn proposals(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    tabled: Tabled,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let steward = caller.steward()?;
    let standing = review::standing(wanted.standing.as_deref())?;
    let limit = wanted.limit.unwrap_or(MOST).clamp(1, MOST);
    let after = wanted.after.unwrap_or(0);
    let view = desk.base.view(&caller.reader)?;
    blocking(move || {
        let page = review::page(&desk, &steward, &view, (standing, after, limit), lang)?;
        let next = page.next.map(|next| next.to_string());
        tabled.answer(&page, &Rows::paged(&page.proposals, next.as_deref()))
    })
    .await?
}

/// Takes a proposal into the ledger, as it is or otherwise, or turns it down. For the steward.
#[utoipa::path(post, path = "/api/v1/proposals/{number}", tag = "exchange", request_body = Decision,
    params(("number" = u64, Path, description = "The proposal's number"), LangQuery),
    responses((status = 200, body = Decided), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn decide(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    Path(number): Path<u64>,
    Json(decision): Json<Decision>,
) -> Result<Json<Decided>, Problem> {
    let steward = caller.steward()?;
    let writer = caller.writer()?.clone();
    let view = desk.base.view(&caller.reader)?;
    blocking(move || {
        let by = (&steward, &writer);
        review::decide(&desk, by, &view, number, decision, lang).map(Json)
    })
    .await?
}

/// A steward's word on many proposals at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Decisions {
    /// `accept` or `refuse`.
    decision: String,
    /// Which, by number.
    #[serde(default)]
    numbers: Vec<u64>,
    /// All that wait of this author, instead.
    author: Option<String>,
    /// Why, in a line; needed to refuse.
    reason: Option<String>,
    /// Why more people may see statements of them than now, where that is so.
    loosen: Option<String>,
    /// Whether they are taken although their records changed since.
    anyway: Option<bool>,
}

/// What became of many.
#[derive(Serialize, ToSchema)]
pub struct DecidedPage {
    /// How many were decided on.
    pub decided: usize,
    /// What became of each.
    pub proposals: Vec<Decided>,
}

/// The most proposals that one request decides on.
const MOST_AT_ONCE: usize = 10_000;

/// Takes many proposals into the ledger, or turns them down. What keeps one out keeps no other out.
/// For the steward.
#[utoipa::path(post, path = "/api/v1/proposals/decisions", tag = "exchange", request_body = Decisions,
    responses((status = 200, body = DecidedPage), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn decide_many(
    State(desk): State<Desk>,
    caller: Caller,
    Json(decisions): Json<Decisions>,
) -> Result<Json<DecidedPage>, Problem> {
    let steward = caller.steward()?;
    let writer = caller.writer()?.clone();
    let how = TakeUp {
        loosen: loosening(decisions.loosen.as_deref(), &writer)?,
        anyway: decisions.anyway.unwrap_or(false),
        reason: one_line("reason", decisions.reason.as_deref())?,
    };
    let word = Word::named(&decisions.decision, how.reason.is_some())?;
    if !matches!(word, Word::Accept | Word::Refuse) {
        return Err(Problem::bad_request(
            "decision: many are accepted or refused at once; edit and compete are of one",
        ));
    }
    if decisions.numbers.is_empty() == decisions.author.is_none() {
        return Err(Problem::bad_request(
            "say which: numbers, or author for all that wait of theirs",
        ));
    }
    if decisions.numbers.len() > MOST_AT_ONCE {
        return Err(Problem::bad_request(format!(
            "numbers: at most {MOST_AT_ONCE} at once"
        )));
    }
    blocking(move || {
        let which = chosen(
            &desk,
            &steward,
            decisions.numbers,
            decisions.author.as_deref(),
        )?;
        let outcomes: Vec<Result<&str, String>> = match word {
            Word::Refuse => {
                let reason = how.reason.as_deref().unwrap_or_default();
                let refused = desk.base.refuse(&writer, &which, reason)?.into_iter();
                let told = |one: Result<(), StoreError>| one.map(|()| "refused");
                refused
                    .map(|one| told(one).map_err(|error| error.to_string()))
                    .collect()
            }
            _ => {
                let taken = desk.base.accept(&writer, &which, &how)?;
                let records: Vec<_> = which.iter().map(|one| &one.record).collect();
                settle(&desk.base, &writer, &records)?;
                taken
                    .into_iter()
                    .map(|one| one.map(verdict).map_err(|error| error.to_string()))
                    .collect()
            }
        };
        let rows = which.iter().zip(outcomes);
        let rows = rows.map(|(proposal, outcome)| match outcome {
            Ok(verdict) => Decided::of(proposal, &proposal.record, verdict),
            Err(problem) => Decided {
                problem: Some(problem),
                ..Decided::of(proposal, &proposal.record, "undecided")
            },
        });
        let proposals: Vec<Decided> = rows.collect();
        let decided = proposals.iter().filter(|one| one.problem.is_none());
        Ok(Json(DecidedPage {
            decided: decided.count(),
            proposals,
        }))
    })
    .await?
}

/// The proposals of these numbers, or the first of an author's that wait.
fn chosen(
    desk: &Desk,
    steward: &Steward,
    numbers: Vec<u64>,
    author: Option<&str>,
) -> Result<Vec<Proposal>, Problem> {
    if let Some(author) = author {
        let waiting = desk.base.waiting_of(steward, author, MOST_AT_ONCE as u64)?;
        return match waiting.is_empty() {
            true => Err(Problem::not_found()),
            false => Ok(waiting),
        };
    }
    let numbers: BTreeSet<u64> = numbers.into_iter().collect();
    let one = |number| -> Result<Proposal, Problem> {
        let found = desk.base.proposal(steward, number)?;
        found.ok_or_else(|| Problem::bad_request(format!("numbers: there is no proposal {number}")))
    };
    numbers.into_iter().map(one).collect()
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
