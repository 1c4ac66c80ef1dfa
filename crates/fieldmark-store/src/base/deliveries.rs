//! What was given out, as the base records and tells it.

use super::Base;
use crate::deliveries::{Copy, Export, Taken, Taker};
use crate::error::StoreError;
use crate::gate::Steward;
use fieldmark_model::RecordId;

impl Base {
    /// Records that somebody asked a collection, and was given these objects, each with its version.
    pub fn deliver<'a>(
        &self,
        taker: &Taker,
        given: impl IntoIterator<Item = (&'a RecordId, &'a str)>,
    ) -> Result<(), StoreError> {
        self.0.deliveries.record(taker, given)
    }

    /// Records that somebody exported something.
    pub fn note_export(&self, export: &Export) -> Result<(), StoreError> {
        self.0.deliveries.record_export(export)
    }

    /// The latest exports, each with when it was made, the last first; of one token name, where it is
    /// given.
    pub fn exports(
        &self,
        _steward: &Steward,
        of: Option<&str>,
        most: usize,
    ) -> Result<Vec<(String, Export)>, StoreError> {
        self.0.deliveries.exports(of, most)
    }

    /// Everybody who ever asked a collection.
    pub fn takers(&self, _steward: &Steward) -> Result<Vec<Taken>, StoreError> {
        self.0.deliveries.takers()
    }

    /// When an object, by the id it is known by outside, was given to whom last by TAXII, the first of
    /// them first.
    pub fn given(
        &self,
        _steward: &Steward,
        object: &RecordId,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.0.deliveries.given(object)
    }

    /// Goes through the copies that somebody holds of a collection, by object.
    pub fn copies(
        &self,
        _steward: &Steward,
        taker: &Taker,
        each: impl FnMut(Copy),
    ) -> Result<(), StoreError> {
        self.0.deliveries.copies(taker, each)
    }
}
