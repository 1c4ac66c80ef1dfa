//! What records are called where each stands by itself, as in a list: a claim has no name but its
//! number there, so it is told by who says what of whom.

use super::claim::{ClaimRow, mentioned};
use super::lang::Lang;
use super::names::{Labels, Named};
use fieldmark_model::{Noun, RecordId};
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
        let said: Vec<RecordId> = claims.iter().flat_map(mentioned).collect();
        let said = Labels::read(view, lang, &said)?;
        let titled = claims.iter().map(|claim| {
            let row = said.claim(claim);
            let title = title(&row, lang.tag);
            (row.id, title)
        });
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

    /// What a record is; none where it is not there.
    pub fn noun(&self, id: &RecordId) -> Option<Noun> {
        self.labels.noun(id)
    }
}

/// Who says what of whom, in a line: `C15 · RRM Canada: network · attribution → Spamouflage`.
fn title(row: &ClaimRow, lang: &str) -> String {
    let of = |named: &[Named]| {
        let labels: Vec<&str> = named.iter().map(|one| one.label.as_str()).collect();
        labels.join(", ")
    };
    let (between, denies) = match lang {
        "fr" => (" : ", "nie : "),
        _ => (": ", "denies: "),
    };
    let mut title = String::new();
    if let Some(number) = &row.number {
        title.push_str(number);
        title.push_str(" · ");
    }
    title.push_str(&of(&row.assessors));
    title.push_str(between);
    if row.polarity == "denies" {
        title.push_str(denies);
    }
    title.push_str(&row.subject.label);
    title.push_str(" · ");
    title.push_str(&row.kind_label);
    let said = [&row.object, &row.relation, &row.level];
    let said: Vec<&str> = said
        .into_iter()
        .flatten()
        .map(|one| one.label.as_str())
        .collect();
    if !said.is_empty() {
        title.push_str(" → ");
        title.push_str(&said.join(", "));
    }
    title
}
