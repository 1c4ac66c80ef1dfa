//! What can be written: the kinds of claim and the nouns, each by its name.

use super::slip::{folded, nearest, none_of};
use super::unfit;
use crate::problem::Problem;
use fieldmark_model::{ClaimKind, Noun};
use fieldmark_rdf::record::{class_of, stated_by};
use fieldmark_rdf::vocab::{FM, classes};
use oxrdf::{NamedNode, NamedNodeRef};

/// The one of some names that a text means, however it is written.
pub(super) fn one_of<T: Copy>(key: &str, text: &str, all: &[(&str, T)]) -> Result<T, Problem> {
    let text_folded = folded(text);
    if let Some((_, one)) = all.iter().find(|(name, _)| folded(name) == text_folded) {
        return Ok(*one);
    }
    let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let meant = nearest(&text_folded, names.iter().map(|name| (*name, folded(name))));
    Err(unfit(format!("{key}: {}", none_of(text, &names, meant))))
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
    let named: Vec<(&str, &Vec<NamedNode>)> =
        all.iter().map(|(name, classes)| (*name, classes)).collect();
    one_of("form", name, &named).cloned()
}
