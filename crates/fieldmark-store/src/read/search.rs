//! Search in names and quoted words, in any script.

use super::{Cursor, Page, ReadError};
use crate::index::names::{Asked, Names};
use crate::index::near::nearest;
use crate::view::View;
use fieldmark_model::{Noun, RecordId};
use std::collections::BTreeMap;

/// A record that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: RecordId,
    /// What it is.
    pub noun: Noun,
    /// Its name.
    pub label: String,
    /// The name or words in which the text was found.
    pub matched: String,
    /// The claim that says it bears that name, where the name is none of its own.
    pub claim: Option<RecordId>,
}

impl View {
    /// Records in whose names or quoted words every word of `text` occurs; of these nouns, or of
    /// any. Better fits first: a whole name, its beginning, beginnings of words, anywhere; names
    /// before quoted words; then by label.
    pub fn search(
        &self,
        text: &str,
        nouns: &[Noun],
        first: usize,
        after: Option<&Cursor>,
    ) -> Result<Page<Found>, ReadError> {
        let names = self.names()?;
        let best = best(&names, text, nouns);
        let mut found: Vec<(String, Found)> = best
            .into_iter()
            .map(|(record, (rank, _, matched, claim))| {
                let row = &names.rows[record as usize];
                let key = format!("{rank:02}\u{0}{}\u{0}{}", row.folded, row.id);
                let found = Found {
                    id: row.id.clone(),
                    noun: row.noun,
                    label: row.label.clone(),
                    matched: matched.to_owned(),
                    claim: claim.cloned(),
                };
                (key, found)
            })
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        super::list::cut(found, first, after, false)
    }

    /// How many records of each noun a search for `text` finds; of nouns that it finds none of, nothing.
    pub fn found_by_noun(&self, text: &str) -> Result<BTreeMap<Noun, u64>, ReadError> {
        let names = self.names()?;
        let mut counts = BTreeMap::new();
        for record in best(&names, text, &[]).into_keys() {
            *counts.entry(names.rows[record as usize].noun).or_default() += 1;
        }
        Ok(counts)
    }

    /// The records whose names are nearest to a text, at most three: id, noun and name.
    pub fn nearest(&self, text: &str) -> Result<Vec<(RecordId, Noun, String)>, ReadError> {
        Ok(nearest(&*self.names()?, &Asked::new(text)))
    }
}

/// How well a text fits a name, which name of the record's it is, and the claim that says so.
type Hit<'a> = (u8, u8, &'a str, Option<&'a RecordId>);

/// The records of these nouns, or of any, in whose names a text occurs, each with its best name.
fn best<'a>(names: &'a Names, text: &str, nouns: &[Noun]) -> BTreeMap<u32, Hit<'a>> {
    let asked = Asked::new(text);
    let mut best: BTreeMap<u32, Hit<'a>> = BTreeMap::new();
    if asked.is_empty() {
        return best;
    }
    for (record, row) in (0..).zip(&names.rows) {
        if !nouns.is_empty() && !nouns.contains(&row.noun) {
            continue;
        }
        for name in &row.names {
            let Some(fit) = name.fit(&asked) else {
                continue;
            };
            // Names before quoted words; in one digit each, since the key is text.
            let rank = u8::from(!name.names()) * 10 + fit as u8;
            let hit = (rank, name.bearer, name.text.as_str(), name.claim.as_ref());
            let held = best.entry(record).or_insert(hit);
            *held = hit.min(*held);
        }
    }
    best
}
