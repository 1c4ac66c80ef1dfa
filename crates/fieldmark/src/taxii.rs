//! A client of TAXII 2.1 (OASIS, 2021): what another server's collection holds, page by page.
//!
//! Together with `commands/pull.rs` the only part of the program that opens a connection to another
//! machine, and only when that command names it.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::thread;
use std::time::Duration;
use ureq::http::{HeaderMap, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Error};

/// The media type (clause 1.6.8).
const TAXII: &str = "application/taxii+json;version=2.1";
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a request is made before it is given up.
const TRIES: u32 = 5;
/// The longest that a server may ask to be waited for.
const LONGEST_WAIT: u64 = 120;
/// The most bytes a page may have.
const PAGE: u64 = 256 << 20;

/// How a server is asked.
pub struct Client {
    agent: Agent,
    /// The `Authorization` header.
    login: Option<String>,
}

/// One collection of a server (clause 5.2).
#[derive(Clone, Debug, Deserialize)]
pub struct Collection {
    /// Its id.
    pub id: String,
    /// Its name for people.
    #[serde(default)]
    pub title: String,
    /// Its name for addresses.
    pub alias: Option<String>,
    /// Whether whoever asks may read it.
    #[serde(default)]
    pub can_read: bool,
    /// Where it is.
    #[serde(skip)]
    pub url: String,
}

/// One page of objects (an envelope, clause 3.7).
pub struct Page {
    /// The envelope as it came.
    pub body: Vec<u8>,
    /// How many objects it holds.
    pub objects: usize,
    /// Whether there is more after it.
    pub more: bool,
    /// What asks for that, where the server says it.
    pub next: Option<String>,
    /// When the last of its objects was added (`X-TAXII-Date-Added-Last`).
    pub last: Option<String>,
}

/// What is read of an envelope here; the desk reads the objects.
#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    more: bool,
    next: Option<String>,
    #[serde(default)]
    objects: Vec<IgnoredAny>,
}

impl Client {
    /// A client with this login (name and password, or a bearer's token), if any.
    pub fn new(login: Option<String>) -> Self {
        let tls = TlsConfig::builder()
            // What the machine trusts, so that an authority of one's own is trusted as well.
            .root_certs(RootCerts::PlatformVerifier)
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .user_agent(concat!("fieldmark/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        Self { agent, login }
    }

    /// The collections of a server, by the address of its discovery, of one of its API roots, or of a
    /// collection's list.
    ///
    /// # Errors
    /// A sentence with the address, and what to do about it.
    pub fn collections(&self, address: &str) -> Result<Vec<Collection>> {
        self.may_be_asked(address)?;
        let address = &with_slash(address);
        let found = self.json(address)?;
        let roots = match (
            &found["api_roots"],
            &found["versions"],
            &found["collections"],
        ) {
            (Value::Array(roots), ..) => roots
                .iter()
                .filter_map(Value::as_str)
                // A root may be said by its path alone (clause 4.1.1).
                .map(|root| with_slash(&absolute(address, root)))
                .collect(),
            (_, Value::Array(_), _) => vec![address.clone()],
            (_, _, Value::Array(_)) => {
                let root = address.strip_suffix("collections/").unwrap_or(address);
                vec![root.to_owned()]
            }
            _ => bail!("{address} answers, but neither as TAXII's discovery nor as an API root"),
        };
        let (roots, elsewhere): (Vec<String>, Vec<String>) = roots
            .into_iter()
            .partition(|root| host(root) == host(address));
        if roots.is_empty() && !elsewhere.is_empty() {
            // A login goes to the machine it was given for, and to no other that this one names.
            bail!(
                "{address} has its API roots on another host: {}; name the one that is meant",
                elsewhere.join(", ")
            );
        }
        let mut collections = Vec::new();
        for root in roots {
            let at = format!("{root}collections/");
            let listed = self.json(&at)?;
            let Value::Array(listed) = &listed["collections"] else {
                continue;
            };
            for one in listed {
                let mut one: Collection = serde_json::from_value(one.clone())
                    .with_context(|| format!("{at}: a collection without an id"))?;
                one.url = format!("{at}{}/", one.id);
                collections.push(one);
            }
        }
        Ok(collections)
    }

    /// One page of a collection: those of its objects added after a moment, of one type if one is
    /// said, from where `next` leads.
    ///
    /// # Errors
    /// A sentence with the address, and what to do about it.
    pub fn page(
        &self,
        collection: &Collection,
        kind: Option<&str>,
        added_after: Option<&str>,
        next: Option<&str>,
        limit: u32,
    ) -> Result<Page> {
        let limit = limit.to_string();
        let mut query = vec![("limit", limit.as_str())];
        query.extend(kind.map(|kind| ("match[type]", kind)));
        query.extend(added_after.map(|moment| ("added_after", moment)));
        query.extend(next.map(|next| ("next", next)));
        let url = format!("{}objects/", collection.url);
        let (headers, body) = self.get(&url, &query)?;
        // An empty collection may answer with nothing at all.
        let envelope: Envelope = match body.iter().all(u8::is_ascii_whitespace) {
            true => Envelope {
                more: false,
                next: None,
                objects: Vec::new(),
            },
            false => serde_json::from_slice(&body)
                .with_context(|| format!("{url}: the answer is no envelope of TAXII"))?,
        };
        let last = headers.get("x-taxii-date-added-last");
        let last = last.and_then(|last| last.to_str().ok()).map(str::to_owned);
        let next = envelope.next.filter(|_| envelope.more);
        if envelope.more && next.is_none() && last.is_none() {
            bail!(
                "{url}: there is more, but the server says neither `next` nor when the last object was added"
            );
        }
        Ok(Page {
            objects: envelope.objects.len(),
            more: envelope.more,
            next,
            last,
            body,
        })
    }

    /// Whether a password may go to an address: over TLS, or not out of this machine.
    fn may_be_asked(&self, address: &str) -> Result<()> {
        let uri: Uri = address
            .parse()
            .with_context(|| format!("{address} is no address: https://host/taxii2/ is wanted"))?;
        let host = uri.host().unwrap_or_default();
        let stays = ["localhost", "127.0.0.1", "[::1]"].contains(&host);
        match uri.scheme_str() {
            Some("https") => Ok(()),
            Some("http") if stays || self.login.is_none() => Ok(()),
            Some("http") => bail!("{address}: a password goes over https only"),
            _ => bail!("{address} is no address: https://host/taxii2/ is wanted"),
        }
    }

    fn json(&self, url: &str) -> Result<Value> {
        let (_, body) = self.get(url, &[])?;
        serde_json::from_slice(&body).with_context(|| format!("{url}: the answer is not JSON"))
    }

    /// Asks until there is an answer, later and later.
    fn get(&self, url: &str, query: &[(&str, &str)]) -> Result<(HeaderMap, Vec<u8>)> {
        let mut wait = 1;
        for tried in 1.. {
            let mut request = self.agent.get(url).header("Accept", TAXII);
            for (key, value) in query {
                request = request.query(*key, *value);
            }
            if let Some(login) = &self.login {
                request = request.header("Authorization", login);
            }
            let failed = match request.call() {
                Ok(mut answer) => {
                    let status = answer.status();
                    let body = answer.body_mut().with_config().limit(PAGE).read_to_vec();
                    match (status.as_u16(), body) {
                        (200..=299, Ok(body)) => return Ok((answer.headers().clone(), body)),
                        (200..=299, Err(Error::BodyExceedsLimit(limit))) => {
                            bail!(
                                "{url}: a page of more than {limit} bytes; ask for less with --page"
                            )
                        }
                        (200..=299, Err(error)) => error.to_string(),
                        (429 | 500..=599, body) => {
                            let asked = answer.headers().get("retry-after");
                            let asked = asked.and_then(|wait| wait.to_str().ok()?.parse().ok());
                            wait = asked.unwrap_or(wait).min(LONGEST_WAIT);
                            format!("{status}{}", said(&body.unwrap_or_default()))
                        }
                        (401 | 403, body) => bail!(
                            "{url}: {status}{}; say who asks with --user, and the password in \
                             FIELDMARK_TAXII_PASSWORD",
                            said(&body.unwrap_or_default())
                        ),
                        (_, body) => bail!("{url}: {status}{}", said(&body.unwrap_or_default())),
                    }
                }
                Err(error) => error.to_string(),
            };
            if tried >= TRIES {
                bail!(
                    "{url}: {failed}, {TRIES} times; what was taken in stays, and the same command goes on from there"
                );
            }
            tracing::warn!(url, failed, wait, "asked again");
            thread::sleep(Duration::from_secs(wait));
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        unreachable!("the last try returns")
    }
}

/// What an error of TAXII says (clause 3.6.1).
fn said(body: &[u8]) -> String {
    let error: Value = serde_json::from_slice(body).unwrap_or_default();
    let parts = ["title", "description"].map(|key| error[key].as_str().map(str::to_owned));
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!(" ({})", parts.join(": ")),
    }
}

fn with_slash(address: &str) -> String {
    format!("{}/", address.trim_end_matches('/'))
}

/// An address that may be said from the root of another.
fn absolute(base: &str, address: &str) -> String {
    match address.strip_prefix('/') {
        Some(path) => format!("{}/{path}", host(base)),
        None => address.to_owned(),
    }
}

/// The scheme, host and port of an address.
fn host(address: &str) -> String {
    address.split('/').take(3).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_stays_here_or_goes_over_tls() {
        let with = Client::new(Some("Basic eA==".to_owned()));
        let without = Client::new(None);
        for (address, may, may_without) in [
            ("https://partner.example/taxii2/", true, true),
            ("http://partner.example/taxii2/", false, true),
            ("http://127.0.0.1:5000/taxii2/", true, true),
            ("http://localhost/taxii2/", true, true),
            ("ftp://partner.example/", false, false),
            ("partner.example", false, false),
        ] {
            assert_eq!(with.may_be_asked(address).is_ok(), may, "{address}");
            assert_eq!(
                without.may_be_asked(address).is_ok(),
                may_without,
                "{address}"
            );
        }
    }

    #[test]
    fn a_root_is_found_by_its_path_as_well() {
        let base = "https://partner.example:8443/taxii2/";
        assert_eq!(
            absolute(base, "/api1/"),
            "https://partner.example:8443/api1/"
        );
        assert_eq!(
            absolute(base, "https://other.example/x/"),
            "https://other.example/x/"
        );
    }
}
