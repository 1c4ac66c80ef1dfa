//! Who is asking: the token of a request, shown at the gate.

use crate::peer::{LocalCaller, Peer};
use crate::problem::Problem;
use crate::sessions::{Ended, is_from_here};
use crate::state::{Desk, blocking};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use fieldmark_store::gate::{
    Caller as Known, Credential, GateError, Operator, Reader, Steward, Writer,
};

/// The header by which a steward reads as another audience.
const AS_HEADER: &str = "fieldmark-as";

/// The parameter by which they do so where an address alone has to say it, as a page's does.
pub(crate) const AS: &str = "as";

/// Somebody who came through the gate.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Their name.
    pub name: String,
    /// What they may read.
    pub reader: Reader,
    /// Whether they showed a token, themselves or by a session.
    pub(crate) with_token: bool,
    /// Whether a session showed it, which a page began.
    pub(crate) by_session: bool,
    /// Whether they may look through others' eyes, even where they do so now.
    pub(crate) may_look: bool,
    writer: Option<Writer>,
    operator: Option<Operator>,
}

impl Caller {
    /// Leave to change facts, or why not.
    pub fn writer(&self) -> Result<&Writer, Problem> {
        self.writer.as_ref().ok_or_else(|| {
            Problem::new(
                StatusCode::FORBIDDEN,
                "writing needs a token of role writer, and proposing one of role tool",
            )
        })
    }

    /// Leave to change facts, or to do no more than propose where that is asked.
    pub fn writing(&self, propose: bool) -> Result<Writer, Problem> {
        let writer = self.writer()?;
        Ok(match propose {
            true => writer.proposing(None),
            false => writer.clone(),
        })
    }

    /// Leave to run the installation, or why not.
    pub fn operator(&self) -> Result<&Operator, Problem> {
        self.operator.as_ref().ok_or_else(|| {
            Problem::new(StatusCode::FORBIDDEN, "this needs a token of role operator")
        })
    }

    /// Leave to read the ledger itself, or why not.
    pub fn steward(&self) -> Result<Steward, Problem> {
        self.reader.steward().ok_or_else(|| {
            Problem::new(StatusCode::FORBIDDEN, "only the steward may see the ledger")
        })
    }
}

/// Who a token is of. Tokens are looked up on disk, so not on the async threads.
pub(crate) async fn by_token(
    desk: &Desk,
    secret: String,
) -> Result<Result<Known, GateError>, Problem> {
    let desk = desk.clone();
    blocking(move || desk.base.gate().enter(Credential::Token(&secret))).await
}

impl FromRequestParts<Desk> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let gate = desk.base.gate();
        let local = parts.extensions.get::<LocalCaller>().is_some();
        let token = parts.headers.get(AUTHORIZATION).map(|value| {
            value
                .to_str()
                .ok()
                .and_then(|text| text.split_once(' '))
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map(|(_, secret)| secret.trim().to_owned())
        });
        // What somebody shows now goes before what they showed once.
        let mut by_session = false;
        let token = match token {
            None if !local => match desk.settings.sessions.token(&parts.headers) {
                Ok(None) => None,
                Ok(Some(token)) => {
                    by_session = true;
                    Some(Some(token))
                }
                Err(Ended) => {
                    return Err(Problem::new(
                        StatusCode::UNAUTHORIZED,
                        "your session has ended; sign in again at /sign-in",
                    ));
                }
            },
            token => token,
        };
        if by_session && !is_from_here(&parts.method, &parts.headers) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "a page elsewhere asked for this in your name; do it from a page here, or with a token in Authorization",
            ));
        }
        let with_token = token.is_some();
        let known = match token {
            // A header that is there but says nothing usable is a bad token, never nobody.
            Some(None) => Err(GateError::BadToken),
            Some(Some(secret)) => by_token(desk, secret).await?,
            None if local => gate.enter(Credential::Local),
            None if desk.settings.anonymous_is_steward => {
                gate.enter(Credential::Local).map(|known| Known {
                    name: "demo".into(),
                    writer: None,
                    operator: None,
                    ..known
                })
            }
            None => gate.enter(Credential::Anonymous),
        }?;
        // Strangers share what all callers share by where they come from.
        let reader = match parts.extensions.get::<Peer>() {
            Some(Peer(address)) if !with_token && !local => {
                known.reader.told_apart(&address.to_string())
            }
            _ => known.reader,
        };
        let may_look = reader.steward().is_some();
        let reader = match seen_as(parts) {
            None => reader,
            Some(audience) => gate.step_down(&reader, &audience)?,
        };
        Ok(Self {
            name: known.name,
            reader,
            with_token,
            by_session,
            may_look,
            writer: known.writer,
            operator: known.operator,
        })
    }
}

/// The audience through whose eyes a request asks to read.
fn seen_as(parts: &Parts) -> Option<String> {
    if let Some(audience) = parts.headers.get(AS_HEADER) {
        return Some(audience.to_str().unwrap_or_default().to_owned());
    }
    let query = parts.uri.query().unwrap_or_default();
    let said = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == AS);
    let said = said.map(|(_, audience)| audience.trim().to_owned());
    said.filter(|audience| !audience.is_empty())
}

impl From<GateError> for Problem {
    fn from(error: GateError) -> Self {
        let status = match &error {
            GateError::BadToken => StatusCode::UNAUTHORIZED,
            GateError::NotSteward | GateError::BeyondReach(_) => StatusCode::FORBIDDEN,
            GateError::NoAudience(_) | GateError::NoToken(_) => StatusCode::NOT_FOUND,
            GateError::Taken(_) => StatusCode::CONFLICT,
            GateError::Expiry(_) | GateError::Name => StatusCode::BAD_REQUEST,
            GateError::Store(_) => return Problem::internal(&error),
        };
        Problem::new(status, error.to_string())
    }
}
