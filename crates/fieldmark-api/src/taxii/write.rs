//! Objects in, their status, and withdrawal.

use super::MOST_BYTES;
use super::ask::Ask;
use super::speak::{Fault, accepts, answer, is_ours};
use super::visitor::Visitor;
use crate::collection::Collection;
use crate::state::{Desk, blocking};
use axum::body::Body;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use fieldmark_model::RecordId;
use fieldmark_rdf::format::Format;
use fieldmark_stix::object::statements;
use fieldmark_stix::strict;
use fieldmark_store::collection::{instant, version_of};
use fieldmark_store::gate::Writer;
use fieldmark_store::import::{ImportOptions, Verdict};
use fieldmark_store::receive::Received;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use uuid::Uuid;

/// How many statuses are remembered, the oldest forgotten first. They are receipts, not facts:
/// what was taken stands in the ledger.
const REMEMBERED: usize = 10_000;

/// The receipts of what was posted, each for the eyes of who posted it.
#[derive(Debug, Default)]
pub struct Statuses(Mutex<VecDeque<(String, String, Value)>>);

impl Statuses {
    fn keep(&self, id: &str, owner: &str, status: &Value) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() == REMEMBERED {
            all.pop_front();
        }
        all.push_back((id.to_owned(), owner.to_owned(), status.clone()));
    }

    fn find(&self, id: &str, owner: &str) -> Option<Value> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .find(|(known, theirs, _)| known == id && theirs == owner)
            .map(|(.., status)| status.clone())
    }
}

pub async fn status(
    State(desk): State<Desk>,
    Extension(statuses): Extension<Arc<Statuses>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let visitor = Visitor::enter(&desk, &headers).await?;
    let status = statuses.find(&id, visitor.name());
    let status = status.ok_or_else(Fault::absent)?;
    accepts(&headers)?;
    Ok(answer(&status))
}

pub async fn add(
    State(desk): State<Desk>,
    Extension(statuses): Extension<Arc<Statuses>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fault> {
    let visitor = Visitor::enter(&desk, &headers).await?;
    let collection = visitor.find(&desk, &name)?;
    let writer = visitor.writer(&collection)?;
    accepts(&headers)?;
    if !is_ours(&headers) {
        return Err(Fault::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Unsupported media type",
            "send Content-Type: application/taxii+json;version=2.1",
        ));
    }
    let objects = envelope(&headers, body).await?;
    let owner = visitor.name().to_owned();
    let status = blocking(move || {
        let status = take(&desk, &collection, &writer, objects)?;
        let id = status["id"].as_str().unwrap_or_default();
        statuses.keep(id, &owner, &status);
        Ok::<_, Fault>(status)
    })
    .await??;
    Ok((StatusCode::ACCEPTED, answer(&status)).into_response())
}

/// What is posted. Each object stays as it was written: it is kept to the letter, and what is
/// wrong with one is said of that one.
#[derive(Deserialize)]
struct Envelope {
    objects: Vec<Box<RawValue>>,
    /// A bundle has one, an envelope has none.
    #[serde(rename = "type")]
    kind: Option<IgnoredAny>,
}

async fn envelope(headers: &HeaderMap, body: Body) -> Result<Vec<Box<RawValue>>, Fault> {
    let too_large = || {
        Fault::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Request entity too large",
            format!("an envelope may have {MOST_BYTES} bytes; send several"),
        )
    };
    let said = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if said.is_some_and(|said| said > MOST_BYTES) {
        return Err(too_large());
    }
    let bytes = axum::body::to_bytes(body, MOST_BYTES)
        .await
        .map_err(|_| too_large())?;
    let bad = |error: &dyn Display| {
        Fault::bad(format!(
            "the envelope: {error}; {{\"objects\": [ … ]}} is wanted"
        ))
    };
    let envelope: Envelope = serde_json::from_slice(&bytes).map_err(|error| bad(&error))?;
    if envelope.kind.is_some() {
        return Err(bad(&"it has a type, as a bundle does"));
    }
    Ok(envelope.objects)
}

/// Takes objects into a collection that trusts who sent them.
fn take(
    desk: &Desk,
    collection: &Collection,
    writer: &Writer,
    objects: Vec<Box<RawValue>>,
) -> Result<Value, Fault> {
    let now = time::OffsetDateTime::from(SystemTime::now());
    let asked = now
        .format(&time::format_description::well_known::Rfc3339)
        .ok()
        .and_then(|now| instant(&now));
    let total = objects.len();
    let (mut successes, mut failures) = (Vec::new(), Vec::new());
    let mut told = Vec::new();
    let mut received = Vec::new();
    for (at, raw) in objects.iter().enumerate() {
        let json = match strict::parse(raw.get().as_bytes()) {
            Ok(json) => json,
            Err(error) => {
                let asked = asked.as_deref().unwrap_or_default();
                failures.push(detail("", asked, Some(&format!("objects[{at}]: {error}"))));
                continue;
            }
        };
        let id = json["id"].as_str().unwrap_or_default().to_owned();
        let version = version_of(&json)
            .or_else(|| asked.clone())
            .unwrap_or_default();
        let fits = |id: &RecordId| {
            collection.types.is_empty()
                || collection.types.iter().any(|kind| kind == id.stix_type())
        };
        match statements(&json, collection.floor) {
            Ok((id, _)) if !fits(&id) => failures.push(detail(
                id.as_str(),
                &version,
                Some("$.type: this collection does not hold objects of this type"),
            )),
            Ok((id, statements)) => {
                told.push(version);
                received.push(Received {
                    id,
                    bytes: raw.get().as_bytes().to_vec(),
                    json,
                    statements,
                });
            }
            // Without an id of its own, its place in the envelope has to tell which it is.
            Err(why) if id.is_empty() => {
                failures.push(detail("", &version, Some(&format!("objects[{at}]: {why}"))));
            }
            Err(why) => failures.push(detail(&id, &version, Some(&why))),
        }
    }
    let options = ImportOptions::of(Format::NQuads);
    let verdicts = desk.base.receive(writer, received, &options)?;
    for ((id, verdict), version) in verdicts.into_iter().zip(told) {
        match verdict {
            Ok(Verdict::Unchanged) => {
                successes.push(detail(
                    id.as_str(),
                    &version,
                    Some("this version was here already"),
                ));
            }
            Ok(_) => successes.push(detail(id.as_str(), &version, None)),
            Err(why) => failures.push(detail(id.as_str(), &version, Some(&why))),
        }
    }
    let mut status = json!({
        "id": Uuid::new_v4().to_string(),
        "status": "complete",
        "total_count": total,
        "success_count": successes.len(),
        "failure_count": failures.len(),
        "pending_count": 0,
    });
    if let Some(asked) = asked {
        status["request_timestamp"] = asked.into();
    }
    for (key, list) in [("successes", successes), ("failures", failures)] {
        if !list.is_empty() {
            status[key] = list.into();
        }
    }
    Ok(status)
}

fn detail(id: &str, version: &str, message: Option<&str>) -> Value {
    let mut out = json!({ "id": id, "version": version });
    if let Some(message) = message {
        out["message"] = message.into();
    }
    out
}

/// Withdraws an object, or some of its versions. The ledger keeps what was withdrawn.
pub async fn delete(
    State(desk): State<Desk>,
    Path((name, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let visitor = Visitor::enter(&desk, &headers).await?;
    let collection = visitor.find(&desk, &name)?;
    let writer = visitor.writer(&collection)?;
    accepts(&headers)?;
    let ask = Ask::read(query.as_deref())?.of(&object).or_all();
    let view = visitor.view(&desk, &collection)?;
    blocking(move || {
        let id = RecordId::parse(&object).map_err(|_| Fault::absent())?;
        let versions: Vec<String> = view
            .versions(&id)?
            .into_iter()
            .filter(|(version, first, last)| {
                collection.holds(version) && ask.takes(version, *first, *last)
            })
            .map(|(version, ..)| version.version)
            .collect();
        match desk.base.withdraw(&writer, &view, &id, &versions)? {
            true => Ok(answer(&json!({}))),
            false => Err(Fault::absent()),
        }
    })
    .await?
}
