//! Claims, records and links written by hand, over HTTP.

use crate::answer::lang::{Lang, LangQuery};
use crate::caller::Caller;
use crate::input::{Json, Path, Query};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use crate::writing::{self, Filled, FormList, FormRow, Order, Said, Stance, Terms, Written};
use axum::extract::{FromRequestParts, State};
use axum::http::header::{ETAG, HeaderName, IF_MATCH};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// On what terms something is written. The header `If-Match` names the version that is changed, which
/// every answer and `/api/v1/records/{id}/draft` gives as `version` and `ETag`; with the header
/// `Idempotency-Key`, a request that is sent again changes nothing more.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WriteQuery {
    /// `true` to judge and report only.
    dry_run: Option<bool>,
    /// `true` for it only to wait for a steward: nothing of it stands anywhere until then.
    propose: Option<bool>,
    /// Why this is written, in one line: it stands in the ledger.
    reason: Option<String>,
    /// Why more people may see statements of it than now; a steward's to say.
    loosen: Option<String>,
    /// `en` or `fr`: the language of words that say none, and of the answer.
    #[expect(dead_code, reason = "it describes the parameter, which `Lang` reads")]
    lang: Option<String>,
}

const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Who writes where, and on what terms.
pub struct ByHand {
    desk: Desk,
    caller: Caller,
    terms: Terms,
}

impl FromRequestParts<Desk> for ByHand {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, desk).await?;
        let Query(query) = Query::<WriteQuery>::from_request_parts(parts, desk).await?;
        let header = |name: HeaderName| {
            let value = parts.headers.get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let terms = Terms {
            version: header(IF_MATCH),
            reason: query.reason,
            loosen: query.loosen,
            key: header(KEY),
            dry_run: query.dry_run.unwrap_or(false),
            propose: query.propose.unwrap_or(false).then_some(None),
            lang: Lang::of(parts).tag,
        };
        Ok(Self {
            desk: desk.clone(),
            caller,
            terms,
        })
    }
}

impl ByHand {
    async fn write(self, order: Order) -> Result<Response, Problem> {
        let work = move || writing::write(&self.desk, &self.caller, &order, &self.terms);
        let written = blocking(work).await??;
        let tag = written
            .version
            .as_ref()
            .map(|version| format!("\"{version}\""));
        let mut answer = (written.status(), Json(written)).into_response();
        if let Some(tag) = tag.and_then(|tag| tag.parse().ok()) {
            answer.headers_mut().insert(ETAG, tag);
        }
        Ok(answer)
    }
}

/// Asserts a claim: an assessor's word on a subject, in their words. The body has its `kind`
/// (`attribution`, `control`, `alias`, `sameNetwork`, `classification`, `objective`, `impact`,
/// `authenticity` or `denial`), its `marking`, and what `/api/v1/forms/{kind}` lists: records by id or
/// name, terms and bands by name, words as a text or by language.
#[utoipa::path(post, path = "/api/v1/claims", tag = "writing", params(WriteQuery),
    request_body(content = Object, description = "What the claim says, by name"),
    responses((status = 201, body = Written), (status = 200, body = Written), (status = 202, body = Written), (status = 422, body = Written), (status = 403, body = Problem)))]
pub async fn assert_claim(hand: ByHand, Json(said): Json<Said>) -> Result<Response, Problem> {
    hand.write(Order::Assert(said)).await
}

/// Makes a record of another noun, which the body names as `noun`, with its `marking` and what
/// `/api/v1/forms/{noun}` lists; a link between two records is one of noun `relationship`.
#[utoipa::path(post, path = "/api/v1/records", tag = "writing", params(WriteQuery),
    request_body(content = Object, description = "What the record says, by name"),
    responses((status = 201, body = Written), (status = 200, body = Written), (status = 202, body = Written), (status = 422, body = Written), (status = 403, body = Problem)))]
pub async fn create_record(hand: ByHand, Json(said): Json<Said>) -> Result<Response, Problem> {
    hand.write(Order::Create(said)).await
}

/// Gives some properties of a record or claim other values, `null` for none; all else stays. `marking`
/// puts the whole record under another policy, `markings` single properties.
#[utoipa::path(patch, path = "/api/v1/records/{id}", tag = "writing",
    params(("id" = String, Path, description = "An id, an IRI or a name"), WriteQuery),
    request_body(content = Object, description = "The properties that change, by name"),
    responses((status = 200, body = Written), (status = 409, body = Written), (status = 422, body = Written), (status = 428, body = Problem)))]
pub async fn revise(
    hand: ByHand,
    Path(of): Path<String>,
    Json(said): Json<Said>,
) -> Result<Response, Problem> {
    hand.write(Order::Revise(of, said)).await
}

/// Takes a claim back, for its assessor: it stands with its history, and has no say any more.
#[utoipa::path(post, path = "/api/v1/claims/{id}/withdraw", tag = "writing",
    params(("id" = String, Path, description = "The claim's id"), WriteQuery),
    responses((status = 200, body = Written), (status = 409, body = Written), (status = 422, body = Problem), (status = 428, body = Problem)))]
pub async fn withdraw(hand: ByHand, Path(of): Path<String>) -> Result<Response, Problem> {
    hand.write(Order::Withdraw(of)).await
}

/// Says again, as a further revision, what a record said before its last one, with the bytes it came
/// in. For stewards, who see what every revision said.
#[utoipa::path(post, path = "/api/v1/records/{id}/revert", tag = "writing",
    params(("id" = String, Path, description = "An id, an IRI or a name"), WriteQuery),
    responses((status = 200, body = Written), (status = 409, body = Written), (status = 422, body = Problem), (status = 428, body = Problem)))]
pub async fn revert(hand: ByHand, Path(of): Path<String>) -> Result<Response, Problem> {
    hand.write(Order::Revert(of)).await
}

/// Asserts a claim about the same, which says that it is not so and disputes this one. The body is
/// that of a claim without `kind` and `polarity`; its marking is this claim's unless said.
#[utoipa::path(post, path = "/api/v1/claims/{id}/dispute", tag = "writing",
    params(("id" = String, Path, description = "The claim's id"), WriteQuery),
    request_body(content = Object, description = "Who disputes it, in what words, where"),
    responses((status = 201, body = Written), (status = 200, body = Written), (status = 202, body = Written), (status = 422, body = Written)))]
pub async fn dispute(
    hand: ByHand,
    Path(of): Path<String>,
    Json(said): Json<Said>,
) -> Result<Response, Problem> {
    hand.write(Order::Answer(of, Stance::Disputes, said)).await
}

/// Asserts a claim about the same, which says that it is so and concurs with this one; as for dispute.
#[utoipa::path(post, path = "/api/v1/claims/{id}/concur", tag = "writing",
    params(("id" = String, Path, description = "The claim's id"), WriteQuery),
    request_body(content = Object, description = "Who concurs, in what words, where"),
    responses((status = 201, body = Written), (status = 200, body = Written), (status = 202, body = Written), (status = 422, body = Written)))]
pub async fn concur(
    hand: ByHand,
    Path(of): Path<String>,
    Json(said): Json<Said>,
) -> Result<Response, Problem> {
    hand.write(Order::Answer(of, Stance::Concurs, said)).await
}

/// Further evidence for a claim.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoreEvidence {
    /// A record of evidence by id or name, or several.
    #[schema(value_type = Object)]
    evidence: Value,
}

/// Attaches evidence to a claim, beside what it rests on already.
#[utoipa::path(post, path = "/api/v1/claims/{id}/evidence", tag = "writing",
    params(("id" = String, Path, description = "The claim's id"), WriteQuery), request_body = MoreEvidence,
    responses((status = 200, body = Written), (status = 409, body = Written), (status = 422, body = Written), (status = 428, body = Problem)))]
pub async fn attach(
    hand: ByHand,
    Path(of): Path<String>,
    Json(more): Json<MoreEvidence>,
) -> Result<Response, Problem> {
    hand.write(Order::Attach(of, more.evidence)).await
}

/// Two records that somebody says are one.
#[derive(Deserialize, ToSchema)]
pub struct Sameness {
    /// The one.
    one: String,
    /// The other.
    other: String,
    /// What else the claim says, by name.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    said: Said,
}

/// Asserts that two names or networks are one: a claim that links them. Nothing is merged, now or
/// later; a name's relation is `closeMatch` unless `aliasRelation` says another.
#[utoipa::path(post, path = "/api/v1/same", tag = "writing", params(WriteQuery), request_body = Sameness,
    responses((status = 201, body = Written), (status = 200, body = Written), (status = 202, body = Written), (status = 422, body = Written)))]
pub async fn same(hand: ByHand, Json(same): Json<Sameness>) -> Result<Response, Problem> {
    hand.write(Order::Same(same.one, same.other, same.said))
        .await
}

/// A record or claim as it is filled in, with the version to name when it is changed. For writers.
#[utoipa::path(get, path = "/api/v1/records/{id}/draft", tag = "writing",
    params(("id" = String, Path, description = "An id, an IRI or a name")),
    responses((status = 200, body = Filled), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn draft(
    State(desk): State<Desk>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let filled = blocking(move || writing::open(&desk, &caller, &name)).await??;
    let tag = format!("\"{}\"", filled.version);
    Ok(([(ETAG, tag)], Json(filled)).into_response())
}

/// The kinds of claim and the nouns that can be written by hand.
#[utoipa::path(get, path = "/api/v1/forms", tag = "writing", params(LangQuery),
    responses((status = 200, body = FormList)))]
pub async fn forms(lang: Lang) -> Json<FormList> {
    Json(writing::forms(lang.tag))
}

/// What a claim of a kind, or a record of a noun, may say: names, what each means, what is asked for
/// and the terms there are.
#[utoipa::path(get, path = "/api/v1/forms/{name}", tag = "writing",
    params(("name" = String, Path, description = "A kind of claim or a noun: attribution, campaign"), LangQuery),
    responses((status = 200, body = FormRow), (status = 422, body = Problem)))]
pub async fn form(lang: Lang, Path(name): Path<String>) -> Result<Json<FormRow>, Problem> {
    writing::form(&name, lang.tag).map(Json)
}
