//! A claim, with its words and where they stand.

use super::names::{Labels, Named, Object};
use super::words::called;
use fieldmark_model::{Claim, Polarity, Quotation, RecordId};
use fieldmark_rdf::vocab::properties;
use fieldmark_store::read::Marked;
use oxrdf::Literal;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

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
    /// How it says two names to relate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Object>,
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

impl Labels {
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
            relation: claim.relation.as_deref().map(|iri| self.object(iri)),
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
            derivation: self.derived(claim),
            withheld: claim.withheld.iter().map(|one| one.name()).collect(),
            sources: claim.sources.iter().map(|id| self.named(id)).collect(),
            locator: claim.locator.clone(),
            marking: self.marked.name(&claim.id),
        }
    }

    /// What a claim rests on, relation by relation, in the order of their numbers.
    fn derived(&self, claim: &Claim) -> Vec<Derived> {
        let each = claim.derivation.iter().map(|(relation, id)| Derived {
            relation: relation.name(),
            relation_label: called(relation.name(), self.lang),
            claim: id.to_string(),
            label: self.named(id).label,
        });
        let mut all: Vec<Derived> = each.collect();
        for of_one in all.chunk_by_mut(|one, next| one.relation == next.relation) {
            // C9 comes before C10.
            of_one.sort_by_cached_key(|one| (one.label.len(), one.label.clone()));
        }
        all
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
}

/// Every record a claim mentions.
pub fn mentioned(claim: &Arc<Claim>) -> impl Iterator<Item = RecordId> {
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
