//! As of when: `?knownAt=`, as the ledger had it, and `?assertedBy=`, as it had been asserted, on every
//! address that reads records and claims.

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::Desk;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use fieldmark_model::Edtf;
use fieldmark_store::moment::{Moment, MomentError};
use fieldmark_store::{StoreError, View};
use serde::Deserialize;
use utoipa::IntoParams;

/// The name of the parameter.
pub(crate) const KNOWN_AT: &str = "knownAt";

/// The name of the other.
pub(crate) const ASSERTED_BY: &str = "assertedBy";

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
        Self::parse(said(parts, KNOWN_AT).as_deref())
            .map_err(|error| Problem::bad_request(error.to_string()))
    }
}

/// What the address says of a parameter.
fn said(parts: &Parts, name: &str) -> Option<String> {
    let query = parts.uri.query().unwrap_or_default();
    let mut said = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    said.next().map(|(_, value)| value.into_owned())
}

/// As of when, by both clocks.
#[derive(Clone, Debug, Default)]
pub struct AsOf {
    /// By the ledger's.
    pub known: KnownAt,
    /// By the assessors': only the claims that had certainly been made by the end of this date. A
    /// dossier reads this clock by itself, since it also tells what came later.
    pub asserted: Option<Edtf>,
}

/// As asserted by when, as every address takes it beside [`KnownAtQuery`] that reads by both clocks.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes the parameter, which `AsOf` reads")]
pub struct AssertedByQuery {
    /// As if no claims were there but those that had certainly been made by the end of this date:
    /// 2023, 2023-08 or 2023-08-29. A claim counts from when it was said, else from when it was made
    /// public; one with neither date is not among them.
    asserted_by: Option<String>,
}

impl AsOf {
    /// The date by which claims had been made, as it was written; empty is any.
    pub(crate) fn asserted(text: Option<&str>) -> Result<Option<Edtf>, Problem> {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        let date = text.map(Edtf::parse).transpose();
        date.map_err(|error| Problem::bad_request(format!("{ASSERTED_BY}: {error}")))
    }

    /// Whether it is now, by both clocks.
    pub(crate) fn is_now(&self) -> bool {
        self.known.0.is_none() && self.asserted.is_none()
    }

    /// The view it is about. Blocks, and long when it is asked about for the first time.
    pub(crate) fn view(&self, desk: &Desk, caller: &Caller) -> Result<View, StoreError> {
        let known = self.known.0.as_ref();
        desk.base
            .view_as_of(&caller.reader, known, self.asserted.as_ref())
    }
}

impl<S: Sync> FromRequestParts<S> for AsOf {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Self {
            known: KnownAt::from_request_parts(parts, state).await?,
            asserted: Self::asserted(said(parts, ASSERTED_BY).as_deref())?,
        })
    }
}
