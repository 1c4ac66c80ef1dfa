//! Putting collections together before anybody asks.

use crate::outgoing::Faces;
use crate::problem::Problem;
use crate::state::Desk;
use fieldmark_store::gate::Credential;
use std::collections::BTreeSet;
use std::time::Instant;

/// Puts the collections together that somebody took from before, and says of which audiences. Blocks:
/// some four seconds for 100,000 objects, which the first to ask after a start would wait for. Nobody
/// else's are put together, since what is known of them is held in memory.
///
/// # Errors
/// When the store or the gate fails.
pub fn prepare(desk: &Desk) -> Result<BTreeSet<String>, Problem> {
    let gate = desk.base.gate();
    let operator = gate.enter(Credential::Local)?.reader;
    let Some(steward) = operator.steward() else {
        return Ok(BTreeSet::new());
    };
    let taken = desk.base.takers(&steward)?;
    let taken: BTreeSet<String> = taken.into_iter().map(|one| one.taker.collection).collect();
    let collections = desk.settings.collections.iter();
    let audiences: BTreeSet<String> = collections
        .filter(|collection| taken.contains(&collection.id))
        .map(|collection| collection.audience.clone())
        .collect();
    for audience in &audiences {
        let begun = Instant::now();
        let reader = gate.step_down(&operator, audience)?;
        let view = desk.base.view(&reader)?;
        view.collection(&Faces, None, |_, _, _| false)?;
        tracing::info!(%audience, took_ms = begun.elapsed().as_millis(), "what partners take is put together");
    }
    Ok(audiences)
}
