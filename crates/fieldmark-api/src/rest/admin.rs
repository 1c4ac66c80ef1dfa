//! Running the installation: audiences, tokens, checks.

use super::table::{FormatQuery, Rows, Tabled};
use crate::caller::Caller;
use crate::input::{Json, Path, Query};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fieldmark_store::gate::{Role, Token};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A group of callers who see the same.
#[derive(Serialize, ToSchema)]
pub struct Audience {
    /// Its name.
    pub name: String,
    /// The most restrictive TLP level it may see.
    pub ceiling: String,
    /// The communities it belongs to.
    pub memberships: Vec<String>,
    /// Whether it sees everything.
    pub sees_all: bool,
}

/// The audiences of this installation.
#[utoipa::path(get, path = "/api/v1/audiences", tag = "operation", params(FormatQuery),
    responses((status = 200, content((Vec<Audience> = "application/json"), (String = "text/csv"))), (status = 403, body = Problem)))]
pub async fn audiences(
    State(desk): State<Desk>,
    caller: Caller,
    tabled: Tabled,
) -> Result<Response, Problem> {
    let operator = caller.operator().ok();
    if operator.is_none() {
        caller.steward()?;
    }
    let all = desk.base.gate().audiences().iter();
    let run = all.filter(|one| operator.is_none_or(|operator| operator.runs(&one.name)));
    let rows = run.map(|audience| Audience {
        name: audience.name.clone(),
        ceiling: audience.ceiling.to_string(),
        memberships: audience.memberships.iter().cloned().collect(),
        sees_all: audience.sees_all,
    });
    let rows: Vec<Audience> = rows.collect();
    tabled.answer(&rows, &Rows::all(&rows))
}

/// A token as it is listed; its secret is never shown again.
#[derive(Serialize, ToSchema)]
pub struct TokenRow {
    /// Its name.
    pub name: String,
    /// The audience of its bearer.
    pub audience: String,
    /// What it allows beside reading.
    pub role: String,
    /// When it was made.
    pub created: String,
    /// The last moment it is good for.
    pub expires: Option<String>,
    /// Whether it was revoked.
    pub revoked: bool,
}

impl From<Token> for TokenRow {
    fn from(token: Token) -> Self {
        Self {
            name: token.name,
            audience: token.audience,
            role: token.role.name().to_owned(),
            created: token.created,
            expires: token.expires,
            revoked: token.revoked,
        }
    }
}

/// Every token, without its secret.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "operation", params(FormatQuery),
    responses((status = 200, content((Vec<TokenRow> = "application/json"), (String = "text/csv"))), (status = 403, body = Problem)))]
pub async fn tokens(
    State(desk): State<Desk>,
    caller: Caller,
    tabled: Tabled,
) -> Result<Response, Problem> {
    let tokens = desk.base.gate().tokens_list(caller.operator()?)?;
    let rows: Vec<TokenRow> = tokens.into_iter().map(TokenRow::from).collect();
    tabled.answer(&rows, &Rows::all(&rows))
}

/// The token wished for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Its name, unique here.
    name: String,
    /// The audience of its bearer.
    audience: String,
    /// `reader` (the default), `writer` or `operator`.
    role: Option<String>,
    /// The last day it is good for, such as `2027-06-30`.
    expires: Option<String>,
}

/// A new token's secret: shown once, kept nowhere.
#[derive(Serialize, ToSchema)]
pub struct Secret {
    /// Its name.
    pub name: String,
    /// The secret, for `Authorization: Bearer`.
    pub secret: String,
}

/// Makes a token.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "operation", request_body = NewToken,
    responses((status = 201, body = Secret), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn create_token(
    State(desk): State<Desk>,
    caller: Caller,
    Json(new): Json<NewToken>,
) -> Result<(StatusCode, Json<Secret>), Problem> {
    let role = new.role.as_deref().unwrap_or("reader");
    let role = Role::parse(role).ok_or_else(|| {
        Problem::bad_request(format!(
            "no role is named \"{role}\": reader, writer or operator"
        ))
    })?;
    let secret = desk.base.gate().create_token(
        caller.operator()?,
        &new.name,
        &new.audience,
        role,
        new.expires.as_deref(),
    )?;
    Ok((
        StatusCode::CREATED,
        Json(Secret {
            name: new.name,
            secret,
        }),
    ))
}

/// Revokes a token, from the next request on.
#[utoipa::path(delete, path = "/api/v1/tokens/{name}", tag = "operation",
    params(("name" = String, Path, description = "The token's name")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke_token(
    State(desk): State<Desk>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    desk.base.gate().revoke_token(caller.operator()?, &name)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a full check found.
#[derive(Serialize, ToSchema)]
pub struct Checked {
    /// How many entries the ledger has, all of them sound; told to who runs everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<u64>,
    /// The last entry's hash, in hex; likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Whether each view that the operator runs holds what the ledger says.
    pub views: Vec<CheckedView>,
}

/// Whether one view holds what the ledger says.
#[derive(Serialize, ToSchema)]
pub struct CheckedView {
    /// Whose view.
    pub audience: String,
    /// Whether it agrees; if not, `rebuild` makes it again.
    pub agrees: bool,
}

/// Checks every entry of the ledger and every view.
#[utoipa::path(post, path = "/api/v1/verify", tag = "operation",
    responses((status = 200, body = Checked), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn verify(State(desk): State<Desk>, caller: Caller) -> Result<Json<Checked>, Problem> {
    let operator = caller.operator()?.clone();
    let all = operator.runs_all();
    let base = desk.base.clone();
    let (verified, views) = blocking(move || base.verify(&operator, |_| ()))
        .await?
        // An operator asked whether it is damaged: here that is the answer. Where is told to who
        // runs everything, because entries are numbered through.
        .map_err(|error| match all {
            true => Problem::new(StatusCode::CONFLICT, error.to_string()),
            false => {
                tracing::error!(%error, "a check failed");
                Problem::new(
                    StatusCode::CONFLICT,
                    "the ledger or a view does not hold; tell who holds the data directory",
                )
            }
        })?;
    let head = || hex::encode(verified.head);
    Ok(Json(Checked {
        entries: all.then_some(verified.entries),
        head: all.then(head),
        views: views
            .into_iter()
            .map(|(audience, agrees)| CheckedView { audience, agrees })
            .collect(),
    }))
}

/// Which views are made again.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Rebuild {
    /// One audience's only.
    audience: Option<String>,
}

/// Makes views again from the ledger; reads go on from the old ones meanwhile.
#[utoipa::path(post, path = "/api/v1/rebuild", tag = "operation", params(Rebuild),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn rebuild(
    State(desk): State<Desk>,
    caller: Caller,
    Query(which): Query<Rebuild>,
) -> Result<StatusCode, Problem> {
    let operator = caller.operator()?.clone();
    blocking(move || desk.base.rebuild(&operator, which.audience.as_deref())).await??;
    Ok(StatusCode::NO_CONTENT)
}
