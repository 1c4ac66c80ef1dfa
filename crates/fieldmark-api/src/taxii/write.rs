//! Objects in, their status, and withdrawal.

use super::MOST_BYTES;
use super::ask::Ask;
use super::speak::{Fault, accepts, answer, is_ours};
use super::visitor::Visitor;
use crate::collection::Collection;
use crate::incoming::objects::{self, How, Source, Told};
use crate::outgoing::Faces;
use crate::state::{Desk, blocking};
use axum::body::Body;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use fieldmark_model::RecordId;
use fieldmark_rdf::format::Format;
use fieldmark_stix::bundle::Raw;
use fieldmark_store::collection::{Version, instant, version_of};
use fieldmark_store::gate::Writer;
use fieldmark_store::import::{ImportOptions, Verdict};
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

/// `GET …/status/{id}/` (TAXII 2.1, 4.3).
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

/// `POST …/objects/` (TAXII 2.1, 5.5).
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

async fn envelope(headers: &HeaderMap, body: Body) -> Result<Vec<Raw>, Fault> {
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
    let objects = envelope.objects.into_iter().enumerate();
    Ok(objects
        .map(|(at, text)| Raw {
            place: format!("objects[{at}]"),
            text,
        })
        .collect())
}

/// Takes objects into a collection that trusts who sent them.
fn take(
    desk: &Desk,
    collection: &Collection,
    writer: &Writer,
    objects: Vec<Raw>,
) -> Result<Value, Fault> {
    let now = time::OffsetDateTime::from(SystemTime::now());
    let asked = now
        .format(&time::format_description::well_known::Rfc3339)
        .ok()
        .and_then(|now| instant(&now));
    let total = objects.len();
    let versions: Vec<Option<String>> = objects
        .iter()
        .map(|raw| version_of(&serde_json::from_str(raw.text.get()).ok()?))
        .collect();
    let how = How {
        floor: Some(collection.floor),
        unmarked: RecordId::parse(collection.floor.marking_id()).ok(),
        types: collection.types.clone(),
        withhold: false,
    };
    let options = ImportOptions::of(Format::NQuads);
    let mut told = Vec::new();
    let mut tell = |one| {
        if let Told::Entry(at, entry) = one {
            told.push((at, entry));
        }
    };
    let source = Source::Held(objects);
    if total > 0 {
        let taken = objects::take(&desk.base, writer, source, &how, &options, &mut tell)?;
        taken.map_err(|problem| Fault::bad(problem.message))?;
    }
    let entries = objects::in_order(told);
    let (mut successes, mut failures) = (Vec::new(), Vec::new());
    for (entry, version) in entries.into_iter().zip(versions) {
        let version = version.or_else(|| asked.clone()).unwrap_or_default();
        let why: Vec<String> = entry.findings.into_iter().map(|f| f.message).collect();
        let why = (!why.is_empty()).then(|| why.join("; "));
        match entry.verdict {
            Verdict::Unchanged => {
                let why = why.as_deref().unwrap_or("this version was here already");
                successes.push(detail(&entry.name, &version, Some(why)));
            }
            Verdict::Refused | Verdict::Conflict => {
                // Without an id of its own, its place in the envelope has to tell which it is.
                let place = entry.place.filter(|_| entry.name.is_empty());
                let why = match (place, why) {
                    (Some(place), Some(why)) => Some(format!("{place}: {why}")),
                    (_, why) => why,
                };
                failures.push(detail(&entry.name, &version, why.as_deref()));
            }
            _ => successes.push(detail(&entry.name, &version, None)),
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
        let standing = view.versions(&Faces, &id)?.into_iter();
        let asked = standing.filter(|(version, first, last)| {
            collection.holds(version) && ask.takes(version, *first, *last)
        });
        let asked: Vec<Version> = asked.map(|(version, ..)| version).collect();
        if !asked.is_empty() && asked.iter().all(Version::is_made) {
            return Err(Fault::new(
                StatusCode::FORBIDDEN,
                "Forbidden",
                "it did not come in as it stands here, and is withdrawn where it was written",
            ));
        }
        let versions: Vec<String> = asked.into_iter().map(|version| version.version).collect();
        match desk.base.withdraw(&writer, &view, &Faces, &id, &versions)? {
            true => Ok(answer(&json!({}))),
            false => Err(Fault::absent()),
        }
    })
    .await?
}
