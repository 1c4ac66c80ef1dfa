//! What a reader asks for: filters, and how much at once.

use super::speak::Fault;
use fieldmark_store::collection::{Version, instant};

/// The most one answer holds.
const MOST: usize = 1000;

/// Filters and paging, read from the query of an address. Unknown parameters mean nothing, as
/// TAXII has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    ids: Vec<String>,
    types: Vec<String>,
    spec_versions: Vec<String>,
    versions: Vec<String>,
    added_after: Option<String>,
    /// How many at most.
    pub limit: usize,
    /// Where to go on.
    pub next: Option<String>,
}

impl Ask {
    /// Reads a query.
    pub fn read(query: Option<&str>) -> Result<Self, Fault> {
        let mut ask = Self {
            limit: MOST,
            ..Self::default()
        };
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let list = || {
                value
                    .split(',')
                    .map(|part| part.trim().to_owned())
                    .collect()
            };
            match &*name {
                "match[id]" => ask.ids = list(),
                "match[type]" => ask.types = list(),
                "match[spec_version]" => ask.spec_versions = list(),
                "match[version]" => ask.versions = list(),
                "added_after" => {
                    ask.added_after = Some(instant(&value).ok_or_else(|| {
                        Fault::bad(
                            "added_after: write a timestamp such as 2024-01-01T00:00:00.000Z",
                        )
                    })?);
                }
                "limit" => match value.parse::<usize>() {
                    Ok(limit) if limit > 0 => ask.limit = limit.min(MOST),
                    _ => return Err(Fault::bad("limit: write a whole number above 0")),
                },
                "next" => ask.next = Some(value.into_owned()),
                _ => {}
            }
        }
        for version in &ask.versions {
            let word = matches!(version.as_str(), "all" | "first" | "last");
            if !word && instant(version).is_none() {
                return Err(Fault::bad(
                    "match[version]: all, first, last or a timestamp",
                ));
            }
        }
        Ok(ask)
    }

    /// Only this object.
    pub fn of(mut self, id: &str) -> Self {
        self.ids = vec![id.to_owned()];
        self
    }

    /// All versions, where nothing else was asked for.
    pub fn or_all(mut self) -> Self {
        if self.versions.is_empty() {
            self.versions = vec!["all".to_owned()];
        }
        self
    }

    /// The filters in words: what a cursor is good for.
    pub fn filters(&self) -> String {
        let Self {
            ids,
            types,
            spec_versions,
            versions,
            added_after,
            ..
        } = self;
        format!("{ids:?} {types:?} {spec_versions:?} {versions:?} {added_after:?}")
    }

    /// Whether a version is asked for.
    pub fn takes(&self, version: &Version, first: bool, last: bool) -> bool {
        let any = |wanted: &[String], found: &str| {
            wanted.is_empty() || wanted.iter().any(|wanted| wanted == found)
        };
        any(&self.ids, version.id.as_str())
            && any(&self.types, version.id.stix_type())
            && any(&self.spec_versions, "2.1")
            && self.takes_version(&version.version, first, last)
            && self
                .added_after
                .as_ref()
                .is_none_or(|after| version.added > *after)
    }

    fn takes_version(&self, version: &str, first: bool, last: bool) -> bool {
        if self.versions.is_empty() {
            return last;
        }
        self.versions.iter().any(|wanted| match wanted.as_str() {
            "all" => true,
            "first" => first,
            "last" => last,
            time => time == version || instant(time) == instant(version),
        })
    }
}
