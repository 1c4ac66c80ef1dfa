//! Somebody with a token, and what they may do with a collection.

use super::speak::Fault;
use crate::caller::by_token;
use crate::collection::Collection;
use crate::state::Desk;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use fieldmark_store::View;
use fieldmark_store::deliveries::Taker;
use fieldmark_store::gate::{Caller, GateError, Writer};
use serde_json::{Value, json};
use std::sync::Arc;

/// Somebody with a token.
pub struct Visitor(Caller);

impl Visitor {
    /// Lets somebody in by Bearer or Basic.
    pub async fn enter(desk: &Desk, headers: &HeaderMap) -> Result<Self, Fault> {
        let shown = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let (scheme, secret) = shown
            .and_then(|shown| shown.split_once(' '))
            .ok_or_else(Fault::unknown_caller)?;
        let secret = match scheme.to_ascii_lowercase().as_str() {
            "bearer" => secret.trim().to_owned(),
            "basic" => password(secret.trim()).ok_or_else(Fault::unknown_caller)?,
            _ => return Err(Fault::unknown_caller()),
        };
        match by_token(desk, secret).await? {
            Ok(caller) => Ok(Self(caller)),
            Err(GateError::BadToken) => Err(Fault::unknown_caller()),
            Err(error) => Err(Fault::internal(&error)),
        }
    }

    /// Whether they know of a collection: those of its audience do, and the steward.
    pub fn sees(&self, collection: &Collection) -> bool {
        self.0.reader.audience() == collection.audience || self.0.reader.steward().is_some()
    }

    /// The collection of that id or alias, if they know of it.
    pub fn find(&self, desk: &Desk, name: &str) -> Result<Arc<Collection>, Fault> {
        desk.settings
            .collections
            .iter()
            .find(|collection| {
                collection.id.eq_ignore_ascii_case(name)
                    || collection.alias.as_deref() == Some(name)
            })
            .filter(|collection| self.sees(collection))
            .cloned()
            .ok_or_else(Fault::absent)
    }

    /// The view the collection is filled from.
    pub fn view(&self, desk: &Desk, collection: &Collection) -> Result<View, Fault> {
        let reader = desk
            .base
            .gate()
            .step_down(&self.0.reader, &collection.audience);
        let reader = reader.map_err(|error| Fault::internal(&error))?;
        Ok(desk.base.view(&reader)?)
    }

    /// Them, as somebody who takes from a collection.
    pub fn taker(&self, collection: &Collection) -> Taker {
        Taker {
            name: self.0.name.clone(),
            collection: collection.id.clone(),
        }
    }

    /// Leave to write at all.
    pub fn leave(&self) -> Option<Writer> {
        self.0.writer.clone()
    }

    /// Leave to write into it: at once where it trusts them, else to propose; or why not.
    pub fn writer(&self, collection: &Collection) -> Result<Writer, Fault> {
        match (self.trusted(collection), self.leave()) {
            (Ok(writer), _) => Ok(writer),
            (Err(_), Some(writer)) => Ok(writer.proposing(None)),
            (Err(fault), None) => Err(fault),
        }
    }

    /// Leave to write into it at once, or why not. Whether an id is taken shows in what becomes of
    /// what is written at once, so only who sees everything may.
    pub fn trusted(&self, collection: &Collection) -> Result<Writer, Fault> {
        let trusted =
            self.0.reader.steward().is_some() && collection.trusted.contains(&self.0.name);
        self.leave().filter(|_| trusted).ok_or_else(|| {
            Fault::new(
                axum::http::StatusCode::FORBIDDEN,
                "Forbidden",
                "this token may not write into this collection",
            )
        })
    }

    /// The collection as it is told to them.
    pub fn describe(&self, collection: &Collection) -> Value {
        let mut out = json!({
            "id": collection.id,
            "title": collection.title,
            "can_read": true,
            "can_write": self.writer(collection).is_ok(),
            "media_types": ["application/stix+json;version=2.1"],
        });
        for (key, value) in [
            ("description", &collection.description),
            ("alias", &collection.alias),
        ] {
            if let Some(value) = value {
                out[key] = value.as_str().into();
            }
        }
        out
    }
}

/// The password in Basic credentials (RFC 7617); the user name says nothing here.
fn password(encoded: &str) -> Option<String> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(encoded)
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.split_once(':')
        .map(|(_, password)| password.to_owned())
}
