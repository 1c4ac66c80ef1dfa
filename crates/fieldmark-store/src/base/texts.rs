//! The texts of sources, as the base keeps and tells them: all of it is a steward's.

use super::Base;
use crate::error::StoreError;
use crate::gate::{Steward, Writer};
use crate::texts::SourceText;
use fieldmark_model::RecordId;

impl Base {
    /// Keeps the text of a source, in the place of one that was kept before.
    pub fn keep_text(
        &self,
        (_steward, writer): (&Steward, &Writer),
        source: &RecordId,
        text: &str,
    ) -> Result<(), StoreError> {
        self.0.texts.keep(source, text, writer.author())
    }

    /// The text of a source, where one is kept.
    pub fn text_of(
        &self,
        _steward: &Steward,
        source: &RecordId,
    ) -> Result<Option<SourceText>, StoreError> {
        self.0.texts.of(source)
    }

    /// Keeps the text of a source no longer; says whether one was kept.
    pub fn forget_text(
        &self,
        (_steward, _writer): (&Steward, &Writer),
        source: &RecordId,
    ) -> Result<bool, StoreError> {
        self.0.texts.forget(source)
    }
}
