//! Bringing a view forward by a large input, step after step, in one load.
//!
//! The engine merges what it has of an index with every second load, however small the load is: a
//! view that takes in a million records eight thousand at a time is written anew sixty times over.
//! So what steps add is kept apart, as the engine's sorted files, until there is enough of it or
//! somebody waits to see it. Until then the view answers as it stood.

use super::apply::{BATCH, Difference, Step};
use super::changes::Changes;
use super::reach::{ApplyError, Shown, engine};
use crate::engine::bulk;
use crate::error::StoreError;
use crate::index::holdings::Touched;
use crate::index::recent::Stale;
use crate::mark::Mark;
use fieldmark_analysis::release::Eyes;
use oxigraph::model::Quad;
use oxigraph::store::{BulkLoader, Store};
use std::sync::Arc;

/// The lots that a load takes in one after another, and who waits for each.
pub(crate) trait Lots {
    /// Tells that the ledger may go on, for the lot under way asks it nothing more, or why that lot was
    /// not taken in. It may be told so twice.
    fn settle(&mut self, what: Result<(), StoreError>);

    /// The next lot; none ends the load.
    fn next(&mut self) -> Option<Arc<Changes>>;
}

/// How many batches are kept apart. Each is a file of every index, and every look-up goes through all
/// that are not merged.
#[cfg(not(test))]
const MOST: usize = 30;
#[cfg(test)]
const MOST: usize = 3;

/// Of how many records it is remembered whether they are visible.
#[cfg(not(test))]
const REMEMBERED: usize = 16_384;
#[cfg(test)]
const REMEMBERED: usize = 3;

/// A load that is under way.
pub(super) struct Load<'s> {
    store: &'s Store,
    loader: Option<BulkLoader<'s>>,
    /// What does not fill a batch yet.
    begun: Vec<Quad>,
    batches: usize,
    /// Who is visible once it is written, of those it reached; kept after that, so that the store is
    /// not asked for what an object refers to that came just before it.
    shown: Shown,
    /// What the view holds once it is written; none when there is nothing to write.
    mark: Option<Mark>,
    noted: Touched,
    stale: Stale,
    written: bool,
}

impl<'s> Load<'s> {
    /// Nothing yet.
    pub fn into(store: &'s Store) -> Self {
        Self {
            store,
            loader: None,
            begun: Vec::new(),
            batches: 0,
            shown: Shown::new(),
            mark: None,
            noted: Touched::default(),
            stale: Stale::default(),
            written: false,
        }
    }

    /// Takes in one step. One that takes something away is written at once, after all that came
    /// before it. `settled` is called where the step's ledger is asked nothing more before the end.
    pub fn take(
        &mut self,
        eyes: &Eyes<'_>,
        step: &Step<'_>,
        settled: &mut dyn FnMut(),
    ) -> Result<(), ApplyError> {
        let shown = std::mem::take(&mut self.shown);
        let difference = Difference::of(self.store, eyes, step, &shown)?;
        let adds = difference.only_adds();
        let (turned, noted, stale) = if adds {
            if difference.has_read_all() {
                settled();
            }
            difference.added(&mut |quad| self.add(quad))?
        } else {
            self.write()?;
            self.written = true;
            difference.write(step)?
        };
        self.noted.and(noted);
        self.stale.and(stale);
        self.shown = shown;
        self.shown.extend(turned);
        if adds {
            self.mark = Some(step.mark.clone());
        }
        match self.batches >= MOST {
            true => self.write(),
            false => Ok(()),
        }
    }

    fn add(&mut self, quad: Quad) -> Result<(), ApplyError> {
        self.begun.push(quad);
        match self.begun.len() >= BATCH {
            true => self.batch(),
            false => Ok(()),
        }
    }

    /// Hands what was begun to the engine.
    fn batch(&mut self) -> Result<(), ApplyError> {
        let batch = std::mem::take(&mut self.begun);
        let store = self.store;
        self.loader
            .get_or_insert_with(|| bulk(store, BATCH, 1))
            .load_quads(batch)
            .map_err(engine)?;
        self.batches += 1;
        Ok(())
    }

    /// Writes what was taken in.
    pub fn write(&mut self) -> Result<(), ApplyError> {
        let Some(mark) = self.mark.take() else {
            return Ok(());
        };
        self.begun.push(mark.quad());
        self.batch()?;
        if let Some(loader) = self.loader.take() {
            // The mark comes in with all else: nothing is there half, whenever it ends. The one before
            // stays until something is written in a transaction, for that would have to wait now: the
            // engine lets none begin while more than thirty-five files of an index are not merged.
            loader.commit().map_err(engine)?;
        }
        self.batches = 0;
        if self.shown.len() > REMEMBERED {
            self.shown = Shown::new();
        }
        self.written = true;
        Ok(())
    }

    /// Where what was written since this was asked last may have changed who has which features, and
    /// what is not as it was; none when nothing was written.
    pub fn told(&mut self) -> Option<(Touched, Stale)> {
        let written = std::mem::take(&mut self.written);
        written.then(|| {
            (
                std::mem::take(&mut self.noted),
                std::mem::take(&mut self.stale),
            )
        })
    }
}
