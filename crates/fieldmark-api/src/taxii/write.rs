//! Objects in, their status, and withdrawal.

use super::MOST_BYTES;
use super::ask::Ask;
use super::speak::{Fault, accepts, answer, is_ours};
use super::visitor::Visitor;
use crate::collection::Collection;
use crate::incoming::objects::{self, How, Source};
use crate::outgoing::Faces;
use crate::state::{Desk, blocking};
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use fieldmark_model::RecordId;
use fieldmark_rdf::format::Format;
use fieldmark_stix::bundle::Raw;
use fieldmark_store::collection::{Version, instant, version_of};
use fieldmark_store::gate::Writer;
use fieldmark_store::import::{ImportOptions, Told, Verdict};
use fieldmark_store::proposals::Standing;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::fmt::Display;
use std::time::SystemTime;
use uuid::Uuid;

/// `GET …/status/{id}/` (TAXII 2.1, 4.3): what became of a post, and of what of it waited.
pub async fn status(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let visitor = Visitor::enter(&desk, &headers).await?;
    let writer = visitor.leave().ok_or_else(Fault::absent)?;
    accepts(&headers)?;
    blocking(move || {
        let said = desk.base.told(&writer, &id)?.ok_or_else(Fault::absent)?;
        let mut status: Status =
            serde_json::from_str(&said).map_err(|error| Fault::internal(&error))?;
        status.settle(&desk, &writer)?;
        Ok(answer(&status.tell()))
    })
    .await?
}

/// `POST …/objects/` (TAXII 2.1, 5.5).
pub async fn add(
    State(desk): State<Desk>,
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
    let status = blocking(move || {
        let status = take(&desk, &collection, &writer, objects)?;
        let said = serde_json::to_string(&status).map_err(|error| Fault::internal(&error))?;
        desk.base.tell(&writer, &status.id, &said)?;
        Ok::<_, Fault>(status.tell())
    })
    .await??;
    Ok((StatusCode::ACCEPTED, answer(&status)).into_response())
}

/// What became of a post (TAXII 2.1, 4.3).
#[derive(Serialize, Deserialize)]
struct Status {
    id: String,
    request_timestamp: Option<String>,
    successes: Vec<Detail>,
    failures: Vec<Detail>,
    /// What waits for a steward.
    pendings: Vec<Detail>,
}

/// What became of one object.
#[derive(Serialize, Deserialize)]
struct Detail {
    id: String,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl Status {
    /// Looks what became of what waited.
    fn settle(&mut self, desk: &Desk, writer: &Writer) -> Result<(), Fault> {
        let waiting = std::mem::take(&mut self.pendings);
        for mut one in waiting {
            let became = match RecordId::parse(&one.id) {
                Ok(record) => desk.base.became(writer, &record)?,
                Err(_) => None,
            };
            let Some(became) = became else {
                self.pendings.push(one);
                continue;
            };
            match became.standing {
                Standing::Waiting => self.pendings.push(one),
                Standing::Accepted => {
                    one.message = became.reason;
                    self.successes.push(one);
                }
                Standing::Refused => {
                    one.message = became.reason;
                    self.failures.push(one);
                }
            }
        }
        Ok(())
    }

    /// As it is told.
    fn tell(&self) -> Value {
        let (taken, failed, waiting) = (&self.successes, &self.failures, &self.pendings);
        let mut status = json!({
            "id": self.id,
            "status": if waiting.is_empty() { "complete" } else { "pending" },
            "total_count": taken.len() + failed.len() + waiting.len(),
            "success_count": taken.len(),
            "failure_count": failed.len(),
            "pending_count": waiting.len(),
        });
        if let Some(asked) = &self.request_timestamp {
            status["request_timestamp"] = asked.as_str().into();
        }
        for (key, list) in [
            ("successes", taken),
            ("failures", failed),
            ("pendings", waiting),
        ] {
            if !list.is_empty() {
                status[key] = json!(list);
            }
        }
        status
    }
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
            fault: None,
        })
        .collect())
}

/// Takes objects into a collection, or lets them wait where it does not trust who sent them.
fn take(
    desk: &Desk,
    collection: &Collection,
    writer: &Writer,
    objects: Vec<Raw>,
) -> Result<Status, Fault> {
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
    let mut status = Status {
        id: Uuid::new_v4().to_string(),
        request_timestamp: asked.clone(),
        successes: Vec::new(),
        failures: Vec::new(),
        pendings: Vec::new(),
    };
    for (entry, version) in entries.into_iter().zip(versions) {
        let version = version.or_else(|| asked.clone()).unwrap_or_default();
        let why: Vec<String> = entry.findings.into_iter().map(|f| f.message).collect();
        let why = (!why.is_empty()).then(|| why.join("; "));
        let detail = |message: Option<String>| Detail {
            id: entry.name.clone(),
            version,
            message,
        };
        match entry.verdict {
            Verdict::Unchanged => {
                let here = || "this version was here already".to_owned();
                status
                    .successes
                    .push(detail(Some(why.unwrap_or_else(here))));
            }
            Verdict::Refused | Verdict::Conflict => {
                // Without an id of its own, its place in the envelope has to tell which it is.
                let place = entry.place.as_ref().filter(|_| entry.name.is_empty());
                let why = match (place, why) {
                    (Some(place), Some(why)) => Some(format!("{place}: {why}")),
                    (_, why) => why,
                };
                status.failures.push(detail(why));
            }
            Verdict::Waiting => {
                status
                    .pendings
                    .push(detail(Some("waits for a steward".to_owned())));
            }
            Verdict::Added | Verdict::Revised => status.successes.push(detail(None)),
        }
    }
    Ok(status)
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
    let writer = visitor.trusted(&collection)?;
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
