//! What a picture shows, read from a view.

use super::{Picture, Show};
use crate::answer::lang::Lang;
use crate::answer::names::{Labels, find_compared};
use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_store::View;
use std::collections::BTreeSet;

/// The matrix of DISARM for none, one or two records by name: which techniques they use, or how often
/// and since when any is used.
pub(crate) fn matrix(
    view: &View,
    lang: Lang,
    of: &[&str],
    show: Option<&str>,
    shown: &mut BTreeSet<RecordId>,
) -> Result<Picture, Problem> {
    let of = of.iter().map(|name| find_compared(view, name));
    let of: Vec<RecordId> = of.collect::<Result<_, _>>()?;
    let usual = match of.len() {
        0 => "frequency",
        1 => "one",
        _ => "intersection",
    };
    let show = show.unwrap_or(usual);
    let show = Show::from_name(show).ok_or_else(|| {
        Problem::bad_request(format!(
            "show is one of {}",
            Show::NAMED.map(|(name, _)| name).join(", ")
        ))
    })?;
    let wanted = match show {
        Show::One => 1,
        Show::Intersection | Show::Difference => 2,
        Show::Frequency | Show::FirstSeen => 0,
    };
    if of.len() < wanted {
        return Err(Problem::bad_request(
            "name a record with of=, and for intersection and difference another with with="
                .to_owned(),
        ));
    }
    // Who else uses what is asked about only where all are counted.
    let uses = view.technique_uses(if wanted == 0 { &[] } else { &of })?;
    let labels = Labels::read(view, lang, &of)?;
    let named: Vec<(RecordId, String)> = of
        .into_iter()
        .map(|id| {
            let label = labels.named(&id).label;
            (id, label)
        })
        .collect();
    let tactics = view.matrix()?;
    let is_shown = |by: &RecordId| named.is_empty() || named.iter().any(|(id, _)| id == by);
    shown.extend(uses.iter().map(|one| one.by.clone()).filter(is_shown));
    Ok(super::matrix(&tactics, &uses, &named, show, lang.tag))
}
