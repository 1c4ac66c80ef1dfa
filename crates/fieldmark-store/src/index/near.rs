//! The names nearest to a text that means nothing here, for whoever slipped at the keyboard.

use super::names::{Asked, Names};
use fieldmark_model::{Noun, RecordId};
use std::collections::BTreeMap;
use strsim::normalized_damerau_levenshtein as likeness;

/// How many are offered.
const MOST: usize = 3;
/// From what likeness on: one letter in four may be another.
const LIKE: f64 = 0.75;
/// Longer texts are no names that somebody mistyped.
const LONGEST: usize = 100;

/// The records whose names are nearest to a text: id, noun and name, the nearest first. Costs the
/// product of both lengths for each name of the view that is about as long.
pub fn nearest(names: &Names, asked: &Asked) -> Vec<(RecordId, Noun, String)> {
    let text = asked.folded();
    let long = text.chars().count();
    if !(3..=LONGEST).contains(&long) {
        return Vec::new();
    }
    let one_word = !text.contains(' ');
    let mut best: BTreeMap<u32, (f64, &str)> = BTreeMap::new();
    for (record, name) in names.all().filter(|(_, name)| name.names()) {
        let about = |other: &str| {
            let other = other.chars().count();
            other * 2 > long && other < long * 2
        };
        let whole = about(&name.folded).then(|| likeness(text, &name.folded));
        // A word of a longer name, a little behind a name as a whole.
        let word = one_word.then(|| {
            let words = name.folded.split(|c: char| !c.is_alphanumeric());
            words
                .filter(|word| about(word))
                .map(|word| likeness(text, word) * 0.98)
                .fold(0.0, f64::max)
        });
        let like = whole.unwrap_or(0.0).max(word.unwrap_or(0.0));
        if like >= LIKE && best.get(&record).is_none_or(|(held, _)| like > *held) {
            best.insert(record, (like, &name.text));
        }
    }
    let mut found: Vec<(u32, f64, &str)> = best
        .into_iter()
        .map(|(record, (like, text))| (record, like, text))
        .collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.2.cmp(b.2)).then(a.0.cmp(&b.0)));
    let rows = found.into_iter().filter_map(|(record, _, text)| {
        let row = names.rows.get(record as usize)?;
        Some((row.id.clone(), row.noun, text.to_owned()))
    });
    rows.take(MOST).collect()
}
