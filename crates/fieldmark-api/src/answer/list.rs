//! What lists are narrowed down to, as callers write it.

use fieldmark_model::Tlp;

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
