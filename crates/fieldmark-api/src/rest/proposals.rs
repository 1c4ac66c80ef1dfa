//! What was proposed from outside a view, and a steward's word on it.

use crate::answer::lang::{Lang, LangQuery};
use crate::caller::Caller;
use crate::incoming::{loosening, one_line};
use crate::input::{Json, Path, Query};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use crate::writing::{self, ChangeRow, Order, Said, Terms, Written};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::properties;
use fieldmark_store::gate::Steward;
use fieldmark_store::proposals::{Proposal, Standing, TakeUp};
use fieldmark_store::{Outcome, StoreError, View};
use oxrdf::Quad;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
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
    /// `add` of a new record, `change` of one that its author sees, `conflict` where that changed
    /// since, or `unchanged`.
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
    /// The steward's reason.
    pub reason: Option<String>,
}

fn row(
    view: &View,
    proposal: Proposal,
    (before, has_changed): (Vec<Quad>, bool),
    lang: Lang,
) -> Result<ProposalRow, Problem> {
    let record = record_of(&proposal)?;
    let changes = writing::changes(view, &proposal.record, &before, record.quads(), lang.tag)?;
    let waits = proposal.standing == Standing::Waiting;
    Ok(ProposalRow {
        kind: match (before.is_empty(), changes.is_empty()) {
            (true, _) => "add",
            (false, true) => "unchanged",
            (false, false) if has_changed && waits => "conflict",
            (false, false) => "change",
        },
        changes,
        changed_since: has_changed && waits,
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

fn record_of(proposal: &Proposal) -> Result<Record, Problem> {
    Record::from_canonical(proposal.record.clone(), &proposal.nquads)
        .map_err(|error| Problem::internal(&error))
}

/// How many records of a noun there are, and would be if all that waits were taken.
#[derive(Serialize, ToSchema)]
pub struct Total {
    /// The type of their ids, such as `campaign`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many there are.
    pub before: u64,
    /// How many there would be.
    pub after: u64,
    /// How many proposals of them wait, to add or to change.
    pub waiting: u64,
}

/// A page of proposals.
#[derive(Serialize, ToSchema)]
pub struct ProposalPage {
    /// The proposals, oldest first.
    pub proposals: Vec<ProposalRow>,
    /// On the first page: of each type of which some wait, how many records there are and would be.
    pub totals: Vec<Total>,
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
    blocking(move || {
        let mut found = desk.base.proposals(&steward, standing, after, limit + 1)?;
        let more = found.len() as u64 > limit;
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = found.last().filter(|_| more).map(|last| last.number);
        let before = desk.base.stands_before(&steward, &found)?;
        let rows = found.into_iter().zip(before);
        let rows = rows.map(|(one, before)| row(&view, one, before, lang));
        // They are the same on every page, and cost what waits on all of them.
        let (waiting, counts) = match after {
            0 => (desk.base.waiting(&steward)?, view.counts()?),
            _ => Default::default(),
        };
        let total = |(kind, (waiting, added)): (String, (u64, u64))| {
            let before = counts.get(&kind).copied().unwrap_or_default();
            Total {
                after: before + added,
                before,
                waiting,
                kind,
            }
        };
        Ok(Json(ProposalPage {
            proposals: rows.collect::<Result<_, Problem>>()?,
            totals: waiting.into_iter().map(total).collect(),
            next,
        }))
    })
    .await?
}

/// A steward's word on a proposal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// `accept`, `edit` (take it with what `said` says otherwise), `compete` (take a claim as one of
    /// its own, beside the claim that it would change) or `refuse`.
    decision: String,
    /// Why, in a line; needed for all but `accept`.
    reason: Option<String>,
    /// Why more people may see statements of it than now, where that is so.
    loosen: Option<String>,
    /// Whether it is taken although the record changed since.
    anyway: Option<bool>,
    /// What it is to say otherwise, by name, as `/api/v1/forms/{name}` lists it; null for nothing.
    #[serde(default)]
    #[schema(value_type = Object)]
    said: Said,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
pub struct Decided {
    /// The proposal's number.
    pub number: u64,
    /// The record.
    pub record: String,
    /// `added`, `revised`, `unchanged` or `refused`; `undecided` where nothing came of it.
    pub verdict: &'static str,
    /// Why nothing came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl Decided {
    fn of(proposal: &Proposal, record: &RecordId, verdict: &'static str) -> Self {
        Self {
            number: proposal.number,
            record: record.to_string(),
            verdict,
            problem: None,
        }
    }
}

fn verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Added => "added",
        Outcome::Revised | Outcome::Retracted => "revised",
        Outcome::Unchanged => "unchanged",
    }
}

/// Takes a proposal into the ledger, as it is or otherwise, or turns it down. For the steward.
#[utoipa::path(post, path = "/api/v1/proposals/{number}", tag = "exchange", request_body = Decision, params(LangQuery),
    params(("number" = u64, Path, description = "The proposal's number")),
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
    let how = TakeUp {
        loosen: loosening(decision.loosen.as_deref(), &writer)?,
        anyway: decision.anyway.unwrap_or(false),
        reason: one_line("reason", decision.reason.as_deref())?,
    };
    let word = Word::named(&decision.decision, how.reason.is_some())?;
    if word != Word::Edit && !decision.said.is_empty() {
        return Err(Problem::bad_request(
            "said: what it is to say otherwise goes with decision edit",
        ));
    }
    let view = desk.base.view(&caller.reader)?;
    blocking(move || {
        let proposal = desk.base.proposal(&steward, number)?;
        let proposal = proposal.ok_or_else(Problem::not_found)?;
        let one = std::slice::from_ref(&proposal);
        let only = |mut all: Vec<_>| all.pop();
        let decided = match word {
            Word::Accept => {
                let outcome = only(desk.base.accept(&writer, one, &how)?).transpose()?;
                Decided::of(
                    &proposal,
                    &proposal.record,
                    outcome.map_or("unchanged", verdict),
                )
            }
            Word::Refuse => {
                let reason = how.reason.as_deref().unwrap_or_default();
                desk.base.refuse(&writer, one, reason)?.pop().transpose()?;
                Decided::of(&proposal, &proposal.record, "refused")
            }
            Word::Edit | Word::Compete => {
                let proposed = record_of(&proposal)?;
                let record = match word {
                    Word::Edit => writing::edited(&view, &proposed, decision.said, lang)?,
                    _ => competing(&view, &proposal, &proposed)?,
                };
                let id = record.id().clone();
                let outcome = desk.base.accept_as(&writer, &proposal, record, &how)?;
                Decided::of(&proposal, &id, verdict(outcome))
            }
        };
        Ok(Json(decided))
    })
    .await?
}

/// What may be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Accept,
    Edit,
    Compete,
    Refuse,
}

impl Word {
    fn named(name: &str, has_reason: bool) -> Result<Self, Problem> {
        let word = match name {
            "accept" => Self::Accept,
            "edit" => Self::Edit,
            "compete" => Self::Compete,
            "refuse" => Self::Refuse,
            _ => {
                return Err(Problem::bad_request(
                    "decision: accept, edit, compete or refuse",
                ));
            }
        };
        match word {
            Self::Accept => Ok(word),
            _ if has_reason => Ok(word),
            Self::Refuse => Err(Problem::bad_request("reason: say why it is refused")),
            _ => Err(Problem::bad_request(
                "reason: say why it is taken otherwise than it was proposed",
            )),
        }
    }
}

/// A proposed claim as one of its own: two assessors who differ are two claims.
fn competing(view: &View, proposal: &Proposal, proposed: &Record) -> Result<Record, Problem> {
    let unfit = |why: &str| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why);
    if proposed.noun() != Noun::Claim {
        return Err(unfit(
            "only a claim competes with another: accept it, edit it or refuse it",
        ));
    }
    if view.node(&proposal.record).is_err() {
        return Err(unfit(
            "nothing stands here that it would compete with: accept it, and it is a claim of its own",
        ));
    }
    let name = format!("proposal {} of {}", proposal.number, proposal.record);
    let id = RecordId::derived(proposal.record.stix_type(), &name);
    // The number that a claim goes by in its case is the other's.
    proposed
        .renamed(id, &[properties::DCTERMS_IDENTIFIER])
        .map_err(|error| unfit(&error.to_string()))
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
                let taken = desk.base.accept(&writer, &which, &how)?.into_iter();
                taken
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
