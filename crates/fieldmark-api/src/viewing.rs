//! Where a reader of pages stands: in which language, through whose eyes, at which moment. The
//! address says it, and every address that a page gives says it again, so that Back works and a link
//! can be sent.

use crate::answer::lang::Lang;
use crate::caller::{AS, Caller};
use crate::input::no_parameter;
use crate::known::{ASSERTED_BY, AsOf, KNOWN_AT};
use crate::problem::Problem;
use crate::sessions::scheme;
use crate::state::Desk;
use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Uri};
use fieldmark_store::View;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// The parameters that every address of a page carries on.
const CARRIED: [&str; 4] = ["lang", AS, KNOWN_AT, ASSERTED_BY];

/// The parameter by which a page is asked for in another form, which no address on it says again.
pub(crate) const FORM: &str = "form";

/// That form: one file of HTML that stands alone.
pub(crate) const FILE: &str = "html";

/// Where a reader stands.
#[derive(Clone, Debug)]
pub(crate) struct Here {
    /// The language.
    pub lang: Lang,
    /// The page's address.
    pub uri: Uri,
    /// Where this server is for whoever reads, such as `https://fieldmark.example`.
    pub origin: String,
    /// Whether they want the page as a file that stands alone.
    pub alone: bool,
    /// Whose view is shown; none where a page shows nobody's.
    pub audience: Option<String>,
    /// Who reads, where a token says so.
    pub name: Option<String>,
    /// Whether they signed in on a page, and so can sign out there.
    pub signed_in: bool,
    /// Whether they may write, or propose.
    pub writes: bool,
    /// Whether the view that is shown is the steward's.
    pub sees_all: bool,
    /// Through whose eyes they may look.
    pub audiences: Vec<String>,
    /// In which colours they read, where they chose other than their system's.
    pub scheme: Option<&'static str>,
    carried: Vec<(&'static str, String)>,
    asked: BTreeMap<String, String>,
}

impl Here {
    /// At an address, before anybody is known.
    pub fn new(lang: Lang, uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let carried = form_urlencoded::parse(query.as_bytes()).filter_map(|(name, value)| {
            let name = CARRIED.into_iter().find(|one| *one == name)?;
            let value = value.trim();
            (!value.is_empty()).then(|| (name, value.to_owned()))
        });
        let here = Self {
            lang,
            carried: carried.collect(),
            asked: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            uri: uri.clone(),
            origin: String::new(),
            alone: false,
            audience: None,
            name: None,
            signed_in: false,
            writes: false,
            sees_all: false,
            audiences: Vec::new(),
            scheme: None,
        };
        Self {
            uri: here.without(FORM),
            ..here
        }
    }

    /// The same, where a view is shown.
    pub fn showing(&self, view: &View) -> Self {
        Self {
            audience: Some(view.audience().to_owned()),
            ..self.clone()
        }
    }

    /// The language's tag.
    pub fn tag(&self) -> &'static str {
        self.lang.tag
    }

    /// A sentence in the language of the page.
    pub fn say<'a>(&self, en: &'a str, fr: &'a str) -> &'a str {
        match self.tag() {
            "fr" => fr,
            _ => en,
        }
    }

    /// What the address says of a parameter that is carried on.
    pub fn carried(&self, name: &str) -> Option<&str> {
        let found = self.carried.iter().find(|(one, _)| *one == name);
        found.map(|(_, value)| value.as_str())
    }

    /// What the address asks for by a parameter of the page's own; nothing where it was left empty.
    pub fn asked(&self, name: &str) -> Option<&str> {
        let text = self.asked.get(name)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// That the page takes these parameters of its own and no others, so that a slip of the pen is told
    /// and not passed over.
    ///
    /// # Errors
    /// Which parameter is none, and which there are.
    pub fn takes(&self, own: &[&str]) -> Result<(), Problem> {
        let known = |name: &str| own.contains(&name) || CARRIED.contains(&name) || name == FORM;
        let Some(name) = self.asked.keys().find(|name| !known(name)) else {
            return Ok(());
        };
        let all: Vec<&str> = own.iter().copied().chain(CARRIED).chain([FORM]).collect();
        Err(no_parameter(name, "this page", &all))
    }

    /// The page's address without a parameter.
    fn without(&self, name: &str) -> Uri {
        let address = self.otherwise(name, None).parse();
        address.unwrap_or_else(|_| self.uri.clone())
    }

    /// The page's path and what it was asked for.
    pub fn address(&self) -> String {
        let address = self.uri.path_and_query();
        address.map_or_else(|| "/".to_owned(), ToString::to_string)
    }

    /// Everything that is carried on.
    pub fn all_carried(&self) -> &[(&'static str, String)] {
        &self.carried
    }

    /// An address of ours, read as this page is.
    pub fn link(&self, path: &str) -> String {
        self.with(path, &[])
    }

    /// An address of ours with these parameters, read as this page is.
    pub fn with(&self, path: &str, more: &[(&str, &str)]) -> String {
        let (path, fragment) = match path.split_once('#') {
            Some((path, fragment)) => (path, Some(fragment)),
            None => (path, None),
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        more.iter().for_each(|(name, value)| {
            query.append_pair(name, value);
        });
        for (name, value) in &self.carried {
            // What is asked for by name counts more.
            if more.iter().all(|(one, _)| one != name) {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        let mut out = path.to_owned();
        if !query.is_empty() {
            out.push(if path.contains('?') { '&' } else { '?' });
            out.push_str(&query);
        }
        if let Some(fragment) = fragment {
            out.push('#');
            out.push_str(fragment);
        }
        out
    }

    /// The address of a record's page.
    pub fn to(&self, id: &str) -> String {
        self.link(&format!("/id/{id}"))
    }

    /// This page with another value of a parameter; without it where the value is none.
    pub fn otherwise(&self, name: &str, value: Option<&str>) -> String {
        self.otherwise_all(&[(name, value)])
    }

    /// The same, of several parameters.
    pub fn otherwise_all(&self, others: &[(&str, Option<&str>)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let said = self.uri.query().unwrap_or_default();
        for (one, said) in form_urlencoded::parse(said.as_bytes()) {
            if others.iter().all(|(name, _)| one != *name) {
                query.append_pair(&one, &said);
            }
        }
        for (name, value) in others {
            query.extend_pairs(value.map(|value| (name, value)));
        }
        match query.finish() {
            none if none.is_empty() => self.uri.path().to_owned(),
            query => format!("{}?{query}", self.uri.path()),
        }
    }
}

/// Somebody at a page: where they stand, and who they are, or why nobody can tell.
pub(crate) struct Visit {
    /// Where they stand.
    pub here: Here,
    /// Who they are and as of when they read.
    pub reading: Result<(Caller, AsOf), Problem>,
}

impl FromRequestParts<Desk> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Infallible> {
        let mut here = Here::new(Lang::of(parts), &parts.uri);
        here.scheme = scheme(&parts.headers);
        here.origin = origin(&parts.headers);
        let as_of = AsOf::from_request_parts(parts, desk).await;
        let caller = Caller::from_request_parts(parts, desk).await;
        let reading = caller.and_then(|caller| {
            here.name = caller.with_token.then(|| caller.name.clone());
            here.signed_in = caller.by_session;
            here.writes = caller.writer().is_ok();
            if caller.may_look {
                let all = desk.base.gate().audiences().iter();
                here.audiences = all.map(|one| one.name.clone()).collect();
            }
            match here.asked(FORM) {
                None => {}
                Some(FILE) => here.alone = true,
                Some(_) => {
                    return Err(Problem::bad_request(format!(
                        "{FORM}: the one form of a page is {FILE}; other forms of what it shows are linked at its end"
                    )));
                }
            }
            Ok((caller, as_of?))
        });
        Ok(Self { here, reading })
    }
}

/// Where a request says that this server is. A proxy in front of it tells whether it was asked over
/// TLS; who lies about that gets links of their own making.
pub(crate) fn origin(headers: &HeaderMap) -> String {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let forwarded = HeaderName::from_static("x-forwarded-proto");
    let scheme = match text(forwarded) {
        Some("https") => "https",
        _ => "http",
    };
    format!("{scheme}://{}", text(HOST).unwrap_or("localhost"))
}

impl Visit {
    /// The same at a page that tells of now alone, whatever moment the page before it was of.
    pub fn of_now(mut self) -> Self {
        for clock in [KNOWN_AT, ASSERTED_BY] {
            self.here.carried.retain(|(name, _)| *name != clock);
            self.here.uri = self.here.without(clock);
        }
        self.reading = self.reading.map(|(caller, _)| (caller, AsOf::default()));
        self
    }

    /// The same at a page that itself tells claims apart by when they were made.
    pub fn of_every_claim(mut self) -> Self {
        if let Ok((_, as_of)) = &mut self.reading {
            as_of.asserted = None;
        }
        self
    }

    /// The view they read. Blocks, and long when a moment is asked about for the first time.
    pub fn view(self, desk: &Desk) -> Result<(View, Here, Caller), Problem> {
        let (caller, as_of) = self.reading?;
        let view = as_of.view(desk, &caller)?;
        let mut here = self.here.showing(&view);
        here.sees_all = caller.steward().is_ok();
        Ok((view, here, caller))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(uri: &str) -> Here {
        let lang = Lang {
            tag: "en",
            asked: false,
        };
        Here::new(lang, &uri.parse().unwrap())
    }

    #[test]
    fn every_address_says_again_how_the_page_is_read() {
        let here = here("/overlap?of=a&lang=fr&as=partner%20x&knownAt=2026-01&with=");
        assert_eq!(
            here.link("/dossier/b#own"),
            "/dossier/b?lang=fr&as=partner+x&knownAt=2026-01#own"
        );
        assert_eq!(
            here.with("/overlap", &[("of", "a & b")]),
            "/overlap?of=a+%26+b&lang=fr&as=partner+x&knownAt=2026-01"
        );
        assert_eq!(
            here.otherwise("as", None),
            "/overlap?of=a&lang=fr&knownAt=2026-01&with="
        );
        assert_eq!(
            here.otherwise("lang", Some("en")),
            "/overlap?of=a&as=partner+x&knownAt=2026-01&with=&lang=en"
        );
    }

    #[test]
    fn an_address_that_says_nothing_stays_as_it_is() {
        assert_eq!(here("/").link("/ns#Claim"), "/ns#Claim");
        assert_eq!(here("/?text=x").otherwise("text", None), "/");
    }
}
