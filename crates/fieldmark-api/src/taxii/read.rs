//! Objects, manifest and versions, page by page.

use super::ask::Ask;
use super::cursor;
use super::speak::{FIRST, Fault, LAST, accepts, answer, bytes};
use super::visitor::Visitor;
use crate::collection::Collection;
use crate::outgoing::{Faces, as_it_came, made_of};
use crate::state::{Desk, blocking};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use fieldmark_model::RecordId;
use fieldmark_store::View;
use fieldmark_store::collection::Version;
use fieldmark_store::deliveries::Taker;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::sync::Arc;

struct Opened {
    desk: Desk,
    taker: Taker,
    collection: Arc<Collection>,
    view: View,
    ask: Ask,
}

async fn open(
    desk: &Desk,
    name: &str,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Opened, Fault> {
    let visitor = Visitor::enter(desk, headers).await?;
    let collection = visitor.find(desk, name)?;
    accepts(headers)?;
    Ok(Opened {
        desk: desk.clone(),
        taker: visitor.taker(&collection),
        view: visitor.view(desk, &collection)?,
        collection,
        ask: Ask::read(query)?,
    })
}

struct Page {
    versions: Vec<Version>,
    next: Option<String>,
}

impl Opened {
    fn page(&self, resource: &str) -> Result<Page, Fault> {
        let asked = format!("{resource} {} {}", self.collection.id, self.ask.filters());
        let from = self.ask.next.as_deref();
        let from = from
            .map(|next| cursor::read(&self.view, next, &asked))
            .transpose()?;
        let mut versions = Vec::new();
        let mut more = false;
        self.view.collection(&Faces, from, |version, first, last| {
            if self.collection.holds(version) && self.ask.takes(version, first, last) {
                more = versions.len() == self.ask.limit;
                if !more {
                    versions.push(version.clone());
                }
            }
            !more
        })?;
        let next = versions
            .last()
            .filter(|_| more)
            .map(|version| cursor::after(&self.view, version.place, &asked));
        Ok(Page { versions, next })
    }
}

impl Page {
    fn tell(&self, key: &str, items: Vec<Value>) -> Response {
        let mut body = json!({});
        if !items.is_empty() {
            body["more"] = self.next.is_some().into();
            if let Some(next) = &self.next {
                body["next"] = next.as_str().into();
            }
            body[key] = items.into();
        }
        self.dated(answer(&body))
    }

    fn dated(&self, mut response: Response) -> Response {
        let added = |version: Option<&Version>| {
            let version = version?;
            HeaderValue::from_str(&version.added).ok()
        };
        let (first, last) = (added(self.versions.first()), added(self.versions.last()));
        if let (Some(first), Some(last)) = (first, last) {
            response.headers_mut().insert(FIRST, first);
            response.headers_mut().insert(LAST, last);
        }
        response
    }
}

impl Opened {
    /// The objects: as they came in, to the letter, or made of what is shown of them.
    fn envelope(&self, page: &Page) -> Result<Response, Fault> {
        if page.versions.is_empty() {
            self.desk.base.deliver(&self.taker, [])?;
            return Ok(page.tell("objects", Vec::new()));
        }
        let mut body = match &page.next {
            Some(next) => format!("{{\"more\":true,\"next\":\"{next}\",\"objects\":["),
            None => "{\"more\":false,\"objects\":[".to_owned(),
        }
        .into_bytes();
        let made = page.versions.iter().filter(|version| version.is_made());
        let made: Vec<RecordId> = made.map(|version| version.of.clone()).collect();
        let made = made_of(&self.view, &made)?;
        let came = self.view.received(&page.versions)?;
        let mut given = Vec::with_capacity(page.versions.len());
        for (version, came) in page.versions.iter().zip(came) {
            let object = match came {
                Some(bytes) => Cow::Owned(as_it_came(bytes).0),
                // One that changed since this page was put together comes on a later one.
                None => match made.get(&version.of) {
                    Some(object) => Cow::Borrowed(object.as_str()),
                    None => continue,
                },
            };
            if !given.is_empty() {
                body.push(b',');
            }
            given.push((&version.id, version.version.as_str()));
            body.extend_from_slice(object.as_bytes());
        }
        body.extend_from_slice(b"]}");
        self.desk.base.deliver(&self.taker, given)?;
        Ok(page.dated(bytes(body)))
    }
}

/// `GET …/objects/` (TAXII 2.1, 5.4).
pub async fn objects(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let opened = open(&desk, &name, &headers, query.as_deref()).await?;
    blocking(move || opened.envelope(&opened.page("objects")?)).await?
}

/// `GET …/manifest/` (TAXII 2.1, 5.3).
pub async fn manifest(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let opened = open(&desk, &name, &headers, query.as_deref()).await?;
    let page = blocking(move || opened.page("manifest")).await??;
    let entry = |version: &Version| {
        json!({
            "id": version.id.as_str(),
            "date_added": version.added,
            "version": version.version,
            "media_type": "application/stix+json;version=2.1",
        })
    };
    let entries = page.versions.iter().map(entry).collect();
    Ok(page.tell("objects", entries))
}

/// `GET …/objects/{id}/` (TAXII 2.1, 5.6).
pub async fn object(
    State(desk): State<Desk>,
    Path((name, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let mut opened = open(&desk, &name, &headers, query.as_deref()).await?;
    opened.ask = opened.ask.of(&object);
    blocking(move || {
        opened.there(&object)?;
        opened.envelope(&opened.page("object")?)
    })
    .await?
}

/// `GET …/objects/{id}/versions/` (TAXII 2.1, 5.8).
pub async fn versions(
    State(desk): State<Desk>,
    Path((name, object)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let mut opened = open(&desk, &name, &headers, query.as_deref()).await?;
    opened.ask = opened.ask.of(&object).or_all();
    let page = blocking(move || {
        opened.there(&object)?;
        opened.page("versions")
    })
    .await??;
    let versions = page
        .versions
        .iter()
        .map(|version| version.version.as_str().into())
        .collect();
    Ok(page.tell("versions", versions))
}

impl Opened {
    /// Whether the collection holds any version of an object.
    fn there(&self, object: &str) -> Result<(), Fault> {
        let id = RecordId::parse(object).map_err(|_| Fault::absent())?;
        let standing = self.view.versions(&Faces, &id)?;
        match standing
            .iter()
            .any(|(version, ..)| self.collection.holds(version))
        {
            true => Ok(()),
            false => Err(Fault::absent()),
        }
    }
}
