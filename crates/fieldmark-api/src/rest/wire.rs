//! What REST answers are made of: records by id and name, claims with their words, and where it
//! is all said.

use crate::problem::{Problem, listed};
use crate::words::called;
use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use fieldmark_model::{Claim, Noun, Polarity, Quotation, RecordId};
use fieldmark_rdf::vocab::{PREFIXES, properties};
use fieldmark_store::View;
use fieldmark_store::read::{Marked, Marking, Markings, Node, ReadError, Resolved};
use oxrdf::Literal;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use utoipa::{IntoParams, ToSchema};

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
        let (tag, weight) = weighed(range);
        if let Some(tag) = spoken(tag)
            && weight > best.0
        {
            best = (weight, tag);
        }
    }
    best.1
}

/// One range of an `Accept…` header with its weight, in thousandths; a weight that cannot be read
/// is none.
pub(crate) fn weighed(range: &str) -> (&str, u16) {
    let mut parts = range.split(';').map(str::trim);
    let wanted = parts.next().unwrap_or_default();
    let weight = parts
        .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
    (wanted, (weight.clamp(0.0, 1.0) * 1000.0).round() as u16)
}

/// A record by id and name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Named {
    /// Its STIX id.
    pub id: String,
    /// Its name, in the language asked for where there is one.
    pub label: String,
}

/// What a claim says of its subject: a record, a term of the ontology, or words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Object {
    /// The record's id, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its IRI, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iri: Option<String>,
    /// Its name, or the words.
    pub label: String,
}

/// Words to the letter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Words {
    /// The words.
    pub text: String,
    /// Their language tag.
    pub lang: String,
    /// The document they stand in, where it is said of these words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Named>,
    /// The place there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
    /// Under which marking they stand, such as `TLP:AMBER`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<String>,
}

impl Words {
    /// In the quotation marks of a language, with the place when it is said of these words.
    pub fn quoted(&self, lang: &str) -> String {
        let words = quote(&self.text, lang);
        match self.place() {
            None => words,
            Some(place) => format!("{words} ({place})"),
        }
    }

    /// Where they stand, when it is said of these words apart from others.
    pub fn place(&self) -> Option<String> {
        let source = self.source.as_ref().map(|source| source.label.as_str());
        let place: Vec<&str> = source.into_iter().chain(self.locator.as_deref()).collect();
        (!place.is_empty()).then(|| place.join(", "))
    }
}

/// Words in the quotation marks of a language.
pub fn quote(words: &str, lang: &str) -> String {
    match lang {
        "fr" => format!("« {words} »"),
        _ => format!("“{words}”"),
    }
}

/// How likely, on which scale.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Likely {
    /// The scale's IRI.
    pub iri: Option<String>,
    /// The band.
    pub term: Option<String>,
    /// The band's lower end, 0 to 1.
    pub low: Option<f64>,
    /// The band's upper end, 0 to 1.
    pub high: Option<f64>,
    /// Whether scale and band are our reading: the assessor stated none.
    pub assumed: bool,
}

/// How a claim rests on another.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Derived {
    /// Such as `concursWith`.
    pub relation: &'static str,
    /// What that is called, in the language asked for.
    pub relation_label: String,
    /// The other claim's id.
    pub claim: String,
    /// Its number in its case, such as `C11`, or its id where it has none.
    pub label: String,
}

/// One claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimRow {
    /// Its id.
    pub id: String,
    /// The number it goes by in its case, such as `C27`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What it is about.
    pub kind: &'static str,
    /// What that is called, in the language asked for.
    pub kind_label: String,
    /// The record it speaks of.
    pub subject: Named,
    /// What it says of it.
    pub object: Option<Object>,
    /// How great an impact it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Object>,
    /// Who says so; never empty.
    pub assessors: Vec<Named>,
    /// Their words.
    pub verbatim: Vec<Words>,
    /// `affirms` or `denies`.
    pub polarity: &'static str,
    /// How likely; none when no scale is stated and none is assumed.
    pub scale: Option<Likely>,
    /// Analytic confidence, only when stated.
    pub confidence: Option<String>,
    /// When it was said.
    pub asserted_at: Option<String>,
    /// When it was made public, where that is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<String>,
    /// What it rests on.
    pub derivation: Vec<Derived>,
    /// The relations by which it leads to claims that you may not see.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<&'static str>,
    /// The documents it stands in.
    pub sources: Vec<Named>,
    /// The place there.
    pub locator: Option<String>,
    /// The strictest marking of what is shown of it, such as `TLP:AMBER`.
    pub marking: Option<String>,
}

impl ClaimRow {
    /// The date it counts from, as [`Claim::dated`] has it.
    pub(crate) fn dated(&self) -> Option<&str> {
        self.asserted_at.as_deref().or(self.published_at.as_deref())
    }
}

/// The names of the records that an answer mentions, read in one go.
pub struct Labels {
    lang: &'static str,
    known: HashMap<String, String>,
    /// The markings of the claims among them.
    marked: Markings,
}

impl Labels {
    /// Reads the names of these records.
    pub fn read<'a>(
        view: &View,
        lang: Lang,
        ids: impl IntoIterator<Item = &'a RecordId>,
    ) -> Result<Self, ReadError> {
        let ids: Vec<RecordId> = ids
            .into_iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .cloned()
            .collect();
        let nodes = view.nodes(&ids)?;
        let name = |node: &Node| (node.id.to_string(), node.label(lang.tag));
        let claims = nodes.iter().flatten().filter(|n| n.noun == Noun::Claim);
        let marked = view.markings(claims.map(|claim| claim.id.clone()))?;
        Ok(Self {
            marked,
            lang: lang.tag,
            known: nodes.iter().flatten().map(name).collect(),
        })
    }

    /// A record by id and name.
    pub fn named(&self, id: &RecordId) -> Named {
        let label = self
            .known
            .get(id.as_str())
            .cloned()
            .unwrap_or_else(|| id.to_string());
        Named {
            id: id.to_string(),
            label,
        }
    }

    /// A claim's object.
    pub fn object(&self, object: &str) -> Object {
        if let Some(id) = RecordId::from_iri(object) {
            let Named { id, label } = self.named(&id);
            return Object {
                id: Some(id),
                iri: Some(object.to_owned()),
                label,
            };
        }
        let iri = object.contains("://").then(|| object.to_owned());
        let term = fieldmark_rdf::ontology::label(object, self.lang);
        Object {
            id: None,
            iri,
            label: term.unwrap_or_else(|| object.to_owned()),
        }
    }

    /// What a claim says of its subject; of words those in the language asked for, when given.
    pub fn said(&self, claim: &Claim) -> Option<Object> {
        let mut object = self.object(claim.object.as_deref()?);
        if object.iri.is_none()
            && let Some((_, words)) = claim.object_words.iter().find(|(tag, _)| tag == self.lang)
        {
            object.label.clone_from(words);
        }
        Some(object)
    }

    /// A claim.
    pub fn claim(&self, claim: &Claim) -> ClaimRow {
        let likelihood = &claim.likelihood;
        ClaimRow {
            id: claim.id.to_string(),
            number: claim.number.clone(),
            kind: claim.kind.name(),
            kind_label: called(claim.kind.name(), self.lang),
            subject: self.named(&claim.subject),
            object: self.said(claim),
            level: claim.level.as_deref().map(|level| self.object(level)),
            assessors: claim.assessors.iter().map(|id| self.named(id)).collect(),
            verbatim: self.words(&claim.id, &claim.verbatim, self.marked.get(&claim.id)),
            polarity: match claim.polarity {
                Polarity::Affirms => "affirms",
                Polarity::Denies => "denies",
            },
            scale: (likelihood.scale.is_some() || likelihood.term.is_some()).then(|| Likely {
                iri: likelihood.scale.clone(),
                term: (likelihood.band.as_deref())
                    .and_then(|band| fieldmark_rdf::ontology::label(band, self.lang))
                    .or_else(|| likelihood.term.clone()),
                low: likelihood.range.map(|(low, _)| low),
                high: likelihood.range.map(|(_, high)| high),
                assumed: likelihood.assumed,
            }),
            confidence: claim.confidence.clone(),
            asserted_at: claim.asserted_at.as_ref().map(ToString::to_string),
            published_at: claim.published_at.as_ref().map(ToString::to_string),
            derivation: claim
                .derivation
                .iter()
                .map(|(relation, id)| Derived {
                    relation: relation.name(),
                    relation_label: called(relation.name(), self.lang),
                    claim: id.to_string(),
                    label: self.named(id).label,
                })
                .collect(),
            withheld: claim.withheld.iter().map(|one| one.name()).collect(),
            sources: claim.sources.iter().map(|id| self.named(id)).collect(),
            locator: claim.locator.clone(),
            marking: self.marked.name(&claim.id),
        }
    }

    /// What a record quotes, one by one, each with its place and its marking.
    pub fn words(
        &self,
        of: &RecordId,
        quoted: &[Quotation],
        marked: Option<&Marked>,
    ) -> Vec<Words> {
        let marking = |one: &Quotation| {
            let words = Literal::new_language_tagged_literal(&one.text, &one.lang).ok()?;
            let on = one.part.clone().unwrap_or_else(|| of.iri());
            let said = marked?.of(&on, properties::FM_VERBATIM, &words.into());
            said.name()
        };
        quoted
            .iter()
            .map(|one| Words {
                text: one.text.clone(),
                lang: one.lang.clone(),
                source: one.source.as_ref().map(|id| self.named(id)),
                locator: one.locator.clone(),
                marking: marking(one),
            })
            .collect()
    }

    /// The marking of all these claims together.
    pub fn marking<'a>(&self, claims: impl IntoIterator<Item = &'a RecordId>) -> Marking {
        let mut all = Marking::default();
        for id in claims {
            if let Some(marked) = self.marked.get(id) {
                all.and(marked.all());
            }
        }
        all
    }
}

/// Every record a claim mentions.
pub fn mentioned(claim: &Claim) -> impl Iterator<Item = RecordId> {
    let object = claim.object.as_deref().and_then(RecordId::from_iri);
    let sources = claim.sources.iter().chain(&claim.assessors).cloned();
    let quoted = claim.verbatim.iter().filter_map(|one| one.source.clone());
    let others = claim.derivation.iter().map(|(_, other)| other.clone());
    object
        .into_iter()
        .chain(sources)
        .chain(quoted)
        .chain(others)
        .chain([claim.subject.clone(), claim.id.clone()])
}

/// The record that an id, an IRI or a name in an address means.
pub fn find(view: &View, name: &str) -> Result<RecordId, Problem> {
    match view.resolve(name)? {
        Resolved::One(id) => Ok(id),
        other => Err(unresolved(name, other)),
    }
}

/// The same, where something that has features is wanted.
pub fn find_compared(view: &View, name: &str) -> Result<RecordId, Problem> {
    match view.resolve_compared(name)? {
        Resolved::One(id) => Ok(id),
        other => Err(unresolved(name, other)),
    }
}

/// Why a name means no one record.
pub fn unresolved(name: &str, found: Resolved) -> Problem {
    let name: String = name.chars().take(120).collect();
    match found {
        Resolved::Many(candidates) => Problem::bad_request(format!(
            "several records bear the name \"{name}\"; give one of these ids: {}",
            listed(&candidates)
        )),
        // The same words whether it is hidden or absent: what is near is near in this view.
        Resolved::None(near) if !near.is_empty() => Problem::not_found_but(&near),
        Resolved::One(_) | Resolved::None(_) => Problem::not_found(),
    }
}

/// An IRI by the prefixes everyone here uses.
pub fn compact(iri: &str) -> String {
    PREFIXES
        .iter()
        .filter_map(|(name, base)| {
            iri.strip_prefix(base)
                .map(|local| format!("{name}:{local}"))
        })
        .next()
        .unwrap_or_else(|| iri.to_owned())
}
