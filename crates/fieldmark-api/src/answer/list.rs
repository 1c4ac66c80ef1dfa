//! What lists are called and narrowed down to, as callers write it.

use fieldmark_model::{Noun, Tlp};

/// What the look-up and the list of a noun are called at the root, where that is not the noun and
/// the noun with an s.
const NAMES: &[(Noun, &str, &str)] = &[
    (Noun::Person, "person", "people"),
    (Noun::Media, "medium", "media"),
    (Noun::Evidence, "evidence", "evidenceItems"),
    (Noun::Label, "labelRecord", "labelRecords"),
    (Noun::Record, "generalRecord", "generalRecords"),
];

/// What the look-up and the list of a noun are called.
pub(crate) fn names(noun: Noun) -> (String, String) {
    if let Some((_, single, plural)) = NAMES.iter().find(|(listed, ..)| *listed == noun) {
        return ((*single).to_owned(), (*plural).to_owned());
    }
    let mut letters = noun.name().chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    let single: String = first.into_iter().chain(letters).collect();
    let plural = format!("{single}s");
    (single, plural)
}

/// How likely at least: 0 to 1.
///
/// # Errors
/// When it is no such number, with what to do.
pub(crate) fn likely(least: f64) -> Result<f64, String> {
    match (0.0..=1.0).contains(&least) {
        true => Ok(least),
        false => Err(format!("likely: {least} is not between 0 and 1")),
    }
}

/// A level of TLP, such as `TLP:AMBER` or `amber`.
///
/// # Errors
/// When it is none, with those there are.
pub(crate) fn tlp(text: &str) -> Result<Tlp, String> {
    Tlp::parse(text).ok_or_else(|| {
        let all = Tlp::ALL.map(|level| level.to_string()).join(", ");
        format!("tlp: \"{text}\" is no level; there are {all}")
    })
}
