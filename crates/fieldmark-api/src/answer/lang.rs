//! In which language an answer's names and words are.

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use serde::Deserialize;
use std::convert::Infallible;
use utoipa::IntoParams;

/// The language of labels: `?lang=`, else `Accept-Language`, else English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lang {
    /// `en` or `fr`.
    pub tag: &'static str,
    /// Whether the address itself says so; links from there say it too.
    pub asked: bool,
}

const EN: &str = "en";
const FR: &str = "fr";

impl Lang {
    /// The language asked for.
    pub fn of(parts: &Parts) -> Self {
        let query = parts.uri.query().unwrap_or_default();
        let asked = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "lang")
            .and_then(|(_, value)| spoken(&value));
        let header = || {
            let values = parts.headers.get_all(ACCEPT_LANGUAGE).iter();
            values
                .filter_map(|value| value.to_str().ok())
                .collect::<Vec<_>>()
                .join(",")
        };
        let tag = asked.unwrap_or_else(|| preferred(&header()));
        Self {
            tag,
            asked: asked.is_some(),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

/// The language of labels, as every address takes it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes the parameter, which `Lang` reads")]
pub struct LangQuery {
    /// `en` or `fr`; by `Accept-Language` when not said.
    lang: Option<String>,
}

/// A language we speak, by its tag.
fn spoken(tag: &str) -> Option<&'static str> {
    let primary = tag.split('-').next().unwrap_or_default().trim();
    [EN, FR]
        .into_iter()
        .find(|known| primary.eq_ignore_ascii_case(known))
}

/// The language of ours that an `Accept-Language` (RFC 9110, 12.5.4) would rather have.
fn preferred(accept: &str) -> &'static str {
    let mut best = (0, EN);
    for range in accept.split(',') {
        let (tag, weight) = quality(range);
        if let Some(tag) = spoken(tag)
            && weight > best.0
        {
            best = (weight, tag);
        }
    }
    best.1
}

/// One language with its weight, in thousandths; a weight that cannot be read
/// is none.
fn quality(range: &str) -> (&str, u16) {
    let mut parts = range.split(';').map(str::trim);
    let wanted = parts.next().unwrap_or_default();
    let weight = parts
        .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
    (wanted, (weight.clamp(0.0, 1.0) * 1000.0).round() as u16)
}
