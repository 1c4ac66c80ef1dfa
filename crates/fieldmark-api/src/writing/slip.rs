//! Slips at the keyboard: how words are held against one another, and what was probably meant.

use strsim::normalized_damerau_levenshtein as likeness;

/// How alike two words are, of 1, for one to be taken for a slip for the other.
const NEAR: f64 = 0.5;

/// How much of a text is said again.
const SHOWN: usize = 120;

/// A word as it is compared: whatever its case, and however its parts are joined.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase().replace(['-', '_', ' '], "")
}

/// The one that a text was probably meant for, if it is near to any: each by itself and as it is
/// compared.
pub(super) fn nearest<T>(text: &str, all: impl Iterator<Item = (T, impl AsRef<str>)>) -> Option<T> {
    let near = all.map(|(one, compared)| (likeness(compared.as_ref(), text), one));
    let near = near.max_by(|(a, _), (b, _)| a.total_cmp(b));
    near.filter(|(how, _)| *how >= NEAR).map(|(_, one)| one)
}

/// That a text is none of some names, and which was probably meant.
pub(super) fn none_of(text: &str, names: &[&str], meant: Option<&str>) -> String {
    let text: String = text.chars().take(SHOWN).collect();
    let meant = meant.map_or_else(String::new, |meant| format!("; is \"{meant}\" meant?"));
    format!("\"{text}\" is none of {}{meant}", names.join(", "))
}
