//! What records are called where each stands by itself, as in a list: a claim has no name but its
//! number there, so it is told by who says what of whom.

use super::lang::Lang;
use super::names::{Labels, Named, Object};
use super::words::called;
use fieldmark_model::{Claim, Noun, Polarity, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::ReadError;
use std::collections::HashMap;

/// The titles of some records, read in one go.
pub(crate) struct Titles {
    labels: Labels,
    claims: HashMap<String, String>,
}

impl Titles {
    /// Reads them.
    pub fn read<'a>(
        view: &View,
        lang: Lang,
        ids: impl IntoIterator<Item = &'a RecordId> + Clone,
    ) -> Result<Self, ReadError> {
        let labels = Labels::read(view, lang, ids.clone())?;
        let is_claim = |id: &&RecordId| labels.noun(id) == Some(Noun::Claim);
        let claims: Vec<RecordId> = ids.into_iter().filter(is_claim).cloned().collect();
        let claims: Vec<_> = view.claims(&claims)?.into_iter().flatten().collect();
        let said: Vec<RecordId> = claims.iter().flat_map(|claim| ends(claim)).collect();
        let said = Labels::read(view, lang, &said)?;
        let titled = claims
            .iter()
            .map(|claim| (claim.id.to_string(), title(claim, &said)));
        Ok(Self {
            claims: titled.collect(),
            labels,
        })
    }

    /// A record by id and title.
    pub fn named(&self, id: &RecordId) -> Named {
        let mut named = self.labels.named(id);
        if let Some(title) = self.claims.get(id.as_str()) {
            named.label.clone_from(title);
        }
        named
    }

    /// A record, or a term of the ontology, by its IRI.
    pub fn object(&self, iri: &str) -> Object {
        let object = self.labels.object(iri);
        let title = object.id.as_ref().and_then(|id| self.claims.get(id));
        match title {
            Some(title) => Object {
                label: title.clone(),
                ..object
            },
            None => object,
        }
    }

    /// What a record is; none where it is not there.
    pub fn noun(&self, id: &RecordId) -> Option<Noun> {
        self.labels.noun(id)
    }
}

/// Who says something, of whom, and what, where that is a record.
fn ends(claim: &Claim) -> impl Iterator<Item = RecordId> {
    let object = claim.object.as_deref().and_then(RecordId::from_iri);
    let assessors = claim.assessors.iter().cloned();
    assessors.chain([claim.subject.clone()]).chain(object)
}

/// Who says what of whom, in a line: `C15 · RRM Canada: network · attribution → Spamouflage`.
fn title(claim: &Claim, labels: &Labels) -> String {
    let assessors = claim.assessors.iter().map(|id| labels.named(id).label);
    let assessors: Vec<String> = assessors.collect();
    let (between, denies) = match labels.lang {
        "fr" => (" : ", "nie : "),
        _ => (": ", "denies: "),
    };
    let mut title = String::new();
    if let Some(number) = &claim.number {
        title.push_str(number);
        title.push_str(" · ");
    }
    title.push_str(&assessors.join(", "));
    title.push_str(between);
    if claim.polarity == Polarity::Denies {
        title.push_str(denies);
    }
    title.push_str(&labels.named(&claim.subject).label);
    title.push_str(" · ");
    title.push_str(&called(claim.kind.name(), labels.lang));
    let term = |iri: &Option<String>| iri.as_deref().map(|iri| labels.object(iri));
    let said = [
        labels.said(claim),
        term(&claim.relation),
        term(&claim.level),
    ];
    let said: Vec<String> = said.into_iter().flatten().map(|one| one.label).collect();
    if !said.is_empty() {
        title.push_str(" → ");
        title.push_str(&said.join(", "));
    }
    title
}
