//! Media types: which of ours a caller would rather have (RFC 9110, 12.5.1), and what a body is.

use crate::problem::Problem;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use fieldmark_rdf::format::Format;
use headers_accept::Accept;
use mediatype::{MediaType, MediaTypeList, ReadParams, WriteParams, names};

/// What a caller takes; who says nothing takes what there is.
pub(crate) struct Accepted(Option<Accept>);

impl Accepted {
    /// By the `Accept` headers of a request, which are one list.
    pub fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT).iter();
        let lines: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
        Self::read(&lines.join(","))
    }

    /// By a list of media ranges. One that cannot be read is passed over, since old clients send a
    /// bare `*`; a character set is, since all is told in UTF-8.
    pub fn read(text: &str) -> Self {
        if text.trim().is_empty() {
            return Self(None);
        }
        let ranges = MediaTypeList::new(text).filter_map(Result::ok);
        let ranges = ranges.map(|mut range| {
            range.remove_params(names::CHARSET);
            range.to_string()
        });
        Self(ranges.collect::<Vec<_>>().join(", ").parse().ok())
    }

    /// The best of what is offered, the usual offer first; `None` when none will do. Of equally
    /// welcome ones the more exactly named, then the one that the caller names first.
    pub fn best<T: Copy>(&self, offers: &[(&str, T)]) -> Option<T> {
        let Some(accept) = &self.0 else {
            return offers.first().map(|(_, offer)| *offer);
        };
        let offers = offers
            .iter()
            .filter_map(|(kind, offer)| Some((MediaType::parse(kind).ok()?, *offer)));
        let offers: Vec<(MediaType<'_>, T)> = offers.collect();
        let best = accept.negotiate(offers.iter().map(|(kind, _)| kind))?;
        let mut offers = offers.iter();
        offers
            .find(|(kind, _)| std::ptr::eq(kind, best))
            .map(|(_, offer)| *offer)
    }
}

/// In which form a thing is shown that is to be had as a page and as RDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Page,
    Rdf(Format),
}

impl Wanted {
    /// What there is, by the names it is asked for; Turtle for who says nothing, since browsers say
    /// that they want a page.
    const OFFERS: [(&str, Self); 7] = [
        ("text/turtle", Self::Rdf(Format::Turtle)),
        ("application/ld+json", Self::Rdf(Format::JsonLd)),
        ("application/n-triples", Self::Rdf(Format::NTriples)),
        ("application/rdf+xml", Self::Rdf(Format::RdfXml)),
        ("text/html", Self::Page),
        ("application/xhtml+xml", Self::Page),
        ("application/json", Self::Rdf(Format::JsonLd)),
    ];

    /// As a caller would rather have it.
    pub fn to(accepted: &Accepted) -> Result<Self, Problem> {
        accepted.best(&Self::OFFERS).ok_or_else(|| {
            let offered = Self::OFFERS.map(|(name, _)| name).join(", ");
            let message = format!("this is answered as one of {offered}");
            Problem::new(StatusCode::NOT_ACCEPTABLE, message)
        })
    }
}

/// The media type of a request's body.
pub(crate) fn sent(headers: &HeaderMap) -> Option<MediaType<'_>> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    MediaType::parse(kind.trim()).ok()
}

/// A media type without its parameters, in small letters.
pub(crate) fn kind(media: &MediaType<'_>) -> String {
    media.essence().to_string().to_ascii_lowercase()
}

/// Whether a body of this type is in UTF-8, which it is where it does not say.
pub(crate) fn is_utf8(media: &MediaType<'_>) -> bool {
    let set = media.get_param(names::CHARSET);
    set.is_none_or(|set| set.unquoted_str().eq_ignore_ascii_case("utf-8"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ResultFormat::{Csv, Json, JsonLd, NTriples, RdfXml, Tsv, Turtle, Xml};
    use fieldmark_store::sparql::{Form, ResultFormat};

    #[test]
    fn the_best_of_what_is_offered_is_found() {
        let rows: &[(&str, Option<ResultFormat>, Option<ResultFormat>)] = &[
            ("", Some(Json), Some(Turtle)),
            ("*/*", Some(Json), Some(Turtle)),
            ("text/*", Some(Csv), Some(Turtle)),
            ("text/*, text/csv", Some(Csv), Some(Turtle)),
            (
                "application/sparql-results+xml, application/rdf+xml",
                Some(Xml),
                Some(RdfXml),
            ),
            (
                "text/csv;q=0.5, text/tab-separated-values; q=0.8",
                Some(Tsv),
                None,
            ),
            (
                "application/n-triples;q=0.9, application/ld+json",
                None,
                Some(JsonLd),
            ),
            ("APPLICATION/N-TRIPLES", None, Some(NTriples)),
            ("application/json", Some(Json), Some(JsonLd)),
            ("application/json; charset=utf-8", Some(Json), Some(JsonLd)),
            (
                "application/sparql-results+json;q=0, */*;q=0.1",
                Some(Xml),
                Some(Turtle),
            ),
            (
                "text/html, image/gif, *; q=.2, */*; q=0.2",
                Some(Json),
                Some(Turtle),
            ),
            ("*/*;q=0", None, None),
            ("image/png", None, None),
            ("nonsense", None, None),
        ];
        for (accept, rows, graph) in rows {
            let accepted = Accepted::read(accept);
            for (form, wanted) in [
                (Form::Select, rows),
                (Form::Ask, rows),
                (Form::Construct, graph),
                (Form::Describe, graph),
            ] {
                let best = accepted.best(&ResultFormat::offers(form));
                assert_eq!(best, *wanted, "{accept} {form:?}");
            }
        }
    }
}
