//! What no shape can see: whether claims come to lean on one another in a ring.

use super::compose::{Composed, derives};
use crate::problem::Problem;
use axum::http::StatusCode;
use fieldmark_model::RecordId;
use fieldmark_store::View;
use oxrdf::Term;
use std::collections::HashSet;

/// Refuses a claim that would lean on itself, over however many others. Costs a read of the claims it
/// leans on at any remove, level by level.
pub(super) fn check(view: &View, composed: &Composed) -> Result<(), Problem> {
    let leads_to = composed.after.iter().filter(|quad| derives(quad));
    let mut open: Vec<RecordId> = leads_to
        .filter_map(|quad| match &quad.object {
            Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
            _ => None,
        })
        .collect();
    let mut met: HashSet<RecordId> = HashSet::new();
    let mut far = false;
    while !open.is_empty() {
        if open.contains(&composed.id) {
            let why = match far {
                false => {
                    "a claim does not lean on itself: name another claim, or leave the relation out"
                }
                true => {
                    "the claims it would lean on lean on it, so that each would stand on itself: leave out the relation that closes the ring"
                }
            };
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                format!("{}: {why}; nothing was changed", composed.id),
            ));
        }
        open.retain(|id| met.insert(id.clone()));
        let claims = view.claims(&open)?.into_iter().flatten();
        open = claims
            .flat_map(|claim| claim.derivation.clone())
            .map(|(_, id)| id)
            .collect();
        far = true;
    }
    Ok(())
}
