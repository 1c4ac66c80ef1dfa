//! What can be written: the kinds of claim and the nouns, each by its name.

use super::unfit;
use crate::problem::Problem;
use fieldmark_model::{ClaimKind, Noun};
use fieldmark_rdf::record::{class_of, stated_by};
use fieldmark_rdf::vocab::{FM, classes};
use oxrdf::{NamedNode, NamedNodeRef};
use strsim::normalized_damerau_levenshtein as likeness;

/// The one of some names that a text means, however it is written.
pub(super) fn one_of<T: Copy>(
    key: &str,
    text: &str,
    all: &[(&'static str, T)],
) -> Result<T, Problem> {
    let fold = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    if let Some((_, one)) = all.iter().find(|(name, _)| fold(name) == fold(text)) {
        return Ok(*one);
    }
    let near = all
        .iter()
        .map(|(name, _)| (likeness(&fold(name), &fold(text)), *name));
    let near = near.max_by(|(a, _), (b, _)| a.total_cmp(b));
    let meant = near.filter(|(how, _)| *how >= 0.5);
    let meant = meant.map_or_else(String::new, |(_, near)| format!("; is \"{near}\" meant?"));
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let text: String = text.chars().take(120).collect();
    Err(unfit(format!(
        "{key}: \"{text}\" is none of {}{meant}",
        names.join(", ")
    )))
}

/// The class of a kind of claim.
pub(super) fn class_of_kind(kind: ClaimKind) -> NamedNode {
    NamedNode::new_unchecked(format!("{FM}{}", kind.name()))
}

/// The kinds of claim by name; a denial is none, but what a claim is beside its kind.
pub(super) fn kinds() -> Vec<(&'static str, Option<ClaimKind>)> {
    let kinds = ClaimKind::ALL.into_iter();
    kinds
        .map(|kind| (kind.name(), Some(kind)))
        .chain([("Denial", None)])
        .collect()
}

/// The nouns that records are made of by hand.
pub(super) fn nouns() -> Vec<(&'static str, Noun)> {
    let not_made = [Noun::Claim, Noun::WithheldAssessor, Noun::Marking];
    Noun::ALL
        .into_iter()
        .filter(|noun| class_of(*noun).is_some() && !not_made.contains(noun))
        .map(|noun| (noun.name(), noun))
        .collect()
}

/// The classes of a claim of a kind, or of a record of a noun.
pub(super) fn classes_of(name: &str) -> Result<Vec<NamedNode>, Problem> {
    let claims = kinds().into_iter().map(|(name, kind)| {
        let mut classes = vec![class_of_kind(kind.unwrap_or(ClaimKind::Attribution))];
        classes.push(classes::FM_CLAIM.into_owned());
        if kind.is_none() {
            classes.push(classes::FM_DENIAL.into_owned());
        }
        (name, classes)
    });
    let records = nouns().into_iter().map(|(name, noun)| {
        let (classes, _) = stated_by(noun);
        (
            name,
            classes.into_iter().map(NamedNodeRef::into_owned).collect(),
        )
    });
    let all: Vec<(&str, Vec<NamedNode>)> = claims.chain(records).collect();
    let places: Vec<(&'static str, usize)> = kinds()
        .into_iter()
        .map(|(name, _)| name)
        .chain(nouns().into_iter().map(|(name, _)| name))
        .enumerate()
        .map(|(at, name)| (name, at))
        .collect();
    let at = one_of("form", name, &places)?;
    Ok(all
        .into_iter()
        .nth(at)
        .map(|(_, classes)| classes)
        .unwrap_or_default())
}
