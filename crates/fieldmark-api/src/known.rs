//! As known when: `?knownAt=`, on every address that reads records and claims.

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::Desk;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use fieldmark_store::moment::{Moment, MomentError};
use fieldmark_store::{StoreError, View};
use serde::Deserialize;
use utoipa::IntoParams;

/// The name of the parameter.
pub(crate) const KNOWN_AT: &str = "knownAt";

/// The moment of the ledger a request asks about; none for now.
#[derive(Clone, Debug, Default)]
pub struct KnownAt(pub Option<Moment>);

/// As known when, as every address that reads takes it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "it describes the parameter, which `KnownAt` reads"
)]
pub struct KnownAtQuery {
    /// As the ledger had it then: a date (2026-11 or 2026-11-24, to its end in UTC), a time with
    /// its zone (2026-11-24T09:30:00Z) or, for the steward, entry:123. What may be seen of it is
    /// today's matter.
    known_at: Option<String>,
}

impl KnownAt {
    /// Reads it as it was written; empty is now.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, MomentError> {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        text.map(Moment::parse).transpose().map(Self)
    }

    /// The view it is about. Blocks, and long when the moment is asked about for the first time.
    pub(crate) fn view(&self, desk: &Desk, caller: &Caller) -> Result<View, StoreError> {
        desk.base.view_at(&caller.reader, self.0.as_ref())
    }
}

impl<S: Sync> FromRequestParts<S> for KnownAt {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let mut said = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == KNOWN_AT);
        let text = said.next().map(|(_, value)| value);
        Self::parse(text.as_deref()).map_err(|error| Problem::bad_request(error.to_string()))
    }
}
