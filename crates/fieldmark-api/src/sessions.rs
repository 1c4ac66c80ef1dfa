//! Who signed in on a page: a cookie that names a session, which holds the token. The token is shown
//! at the gate again with every request, so that a revoked one ends its sessions.

use axum::http::header::{COOKIE, HOST, HeaderMap, HeaderName, ORIGIN};
use axum::http::{Method, Uri};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The cookie's name.
const COOKIE_NAME: &str = "fieldmark-session";
/// How long a session lives that nobody uses.
const IDLE: Duration = Duration::from_secs(12 * 60 * 60);
/// How many there are at most; a new one takes the place of the one longest unused.
const MOST: usize = 4_096;

struct Session {
    token: String,
    used: Instant,
}

/// The sessions of this process. They end with it.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<[u8; 32], Session>>);

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sessions({})", self.lock().len())
    }
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one for whoever showed a token that is valid; the cookie that names it.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(crate) fn begin(&self, token: String) -> Result<String, getrandom::Error> {
        let mut name = [0; 32];
        getrandom::fill(&mut name)?;
        let name = hex::encode(name);
        let used = Instant::now();
        let mut all = self.lock();
        all.retain(|_, session| session.used.elapsed() < IDLE);
        if all.len() >= MOST
            && let Some(oldest) = all.iter().min_by_key(|(_, one)| one.used)
        {
            let oldest = *oldest.0;
            all.remove(&oldest);
        }
        all.insert(digest(&name), Session { token, used });
        Ok(cookie(&name, IDLE.as_secs()))
    }

    /// Ends the one that a request names; the cookie that takes its cookie away.
    pub(crate) fn end(&self, headers: &HeaderMap) -> String {
        if let Some(name) = named(headers) {
            self.lock().remove(&digest(name));
        }
        gone()
    }

    /// The token of the session that a request names: none when it names none, an error when it
    /// names one that has ended.
    pub(crate) fn token(&self, headers: &HeaderMap) -> Result<Option<String>, Ended> {
        let Some(name) = named(headers) else {
            return Ok(None);
        };
        let mut all = self.lock();
        let session = all.get_mut(&digest(name));
        let session = session
            .filter(|one| one.used.elapsed() < IDLE)
            .ok_or(Ended)?;
        session.used = Instant::now();
        Ok(Some(session.token.clone()))
    }
}

/// A session that has ended.
#[derive(Debug)]
pub(crate) struct Ended;

/// What takes the cookie of a session away.
pub(crate) fn gone() -> String {
    cookie("", 0)
}

/// Only what the page itself sends: no script reads it, and no other site's request carries it.
fn cookie(name: &str, seconds: u64) -> String {
    set(COOKIE_NAME, name, seconds)
}

fn set(cookie: &str, value: &str, seconds: u64) -> String {
    format!("{cookie}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}")
}

/// The colours of pages that somebody may choose against those of their system.
pub(crate) const SCHEMES: [&str; 2] = ["light", "dark"];

/// The cookie that keeps which they chose. It stands in no address: who is sent a link has eyes of
/// their own.
const SCHEME: &str = "fieldmark-scheme";

/// The colours that a request's sender chose.
pub(crate) fn scheme(headers: &HeaderMap) -> Option<&'static str> {
    let said = sent(headers, SCHEME)?;
    SCHEMES.into_iter().find(|one| *one == said)
}

/// The cookie that keeps a choice of colours for a year; anything else than a scheme takes it away.
pub(crate) fn choose(said: &str) -> String {
    match SCHEMES.contains(&said) {
        true => set(SCHEME, said, 365 * 86_400),
        false => set(SCHEME, "", 0),
    }
}

fn named(headers: &HeaderMap) -> Option<&str> {
    sent(headers, COOKIE_NAME)
}

/// What a cookie of ours says.
fn sent<'h>(headers: &'h HeaderMap, cookie: &str) -> Option<&'h str> {
    let all = headers.get_all(COOKIE).into_iter();
    let pairs = all.filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|text| text.split(';'));
    pairs.find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == cookie && !value.is_empty()).then_some(value)
    })
}

/// Only a digest is kept, so that how long a comparison takes tells nothing of the name.
fn digest(name: &str) -> [u8; 32] {
    Sha256::digest(name.as_bytes()).into()
}

/// Whether a request that changes something, and shows a session's cookie, comes from a page of
/// ours: a browser says where from (`Sec-Fetch-Site`, or else `Origin`), and whoever does not say
/// is no browser with a cookie.
pub(crate) fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(SITE) {
        return site == "same-origin";
    }
    let origin = text(ORIGIN).and_then(|origin| origin.parse::<Uri>().ok());
    let origin = origin.and_then(|origin| origin.authority().map(ToString::to_string));
    origin.is_some() && origin.as_deref() == text(HOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_session_is_named_by_its_cookie_until_it_ends() {
        let sessions = Sessions::default();
        let set = sessions.begin("fm_secret".to_owned()).unwrap();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict"));
        assert!(!set.contains("fm_secret"));
        let pair = set.split(';').next().unwrap().to_owned();
        let with = headers(&[("cookie", &format!("other=1; {pair}"))]);
        let token = |headers: &HeaderMap| sessions.token(headers).map_err(|Ended| "ended");
        assert_eq!(token(&with), Ok(Some("fm_secret".to_owned())));
        assert_eq!(token(&headers(&[])), Ok(None));
        assert_eq!(
            token(&headers(&[("cookie", "fieldmark-session=made-up")])),
            Err("ended")
        );
        sessions.end(&with);
        assert_eq!(token(&with), Err("ended"));
    }

    #[test]
    fn a_change_with_a_cookie_comes_from_a_page_of_ours() {
        let from = |pairs: &[(&'static str, &str)]| is_from_here(&Method::POST, &headers(pairs));
        assert!(from(&[("sec-fetch-site", "same-origin")]));
        assert!(!from(&[("sec-fetch-site", "cross-site")]));
        assert!(!from(&[("sec-fetch-site", "none")]));
        assert!(from(&[
            ("host", "localhost:8420"),
            ("origin", "http://localhost:8420")
        ]));
        assert!(!from(&[
            ("host", "localhost:8420"),
            ("origin", "http://evil.example")
        ]));
        assert!(!from(&[("host", "localhost:8420"), ("origin", "null")]));
        assert!(!from(&[]));
        assert!(is_from_here(&Method::GET, &headers(&[])));
    }
}
