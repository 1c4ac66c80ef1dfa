//! What an audience sees as objects, in the order in which it came to see them.

use crate::collection::{Faces, Position, Sight, State, Version};
use crate::error::StoreError;
use crate::ledger::LedgerReader;
use crate::moment::MomentError;
use crate::private::scratch;
use crate::view::View;
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::RwLockReadGuard;

impl View {
    /// Objects are listed as of now alone.
    fn state_of_versions(
        &self,
        faces: &dyn Faces,
    ) -> Result<RwLockReadGuard<'_, State>, StoreError> {
        let collected = self.collected().ok_or(MomentError::NotCollected)?;
        collected.follow(faces)?;
        Ok(collected.read())
    }

    /// Walks the versions after `after` in order, until `each` says no. What `each` gets of an
    /// object beside the version is whether it is the first and whether it is the last of its
    /// object. The cost does not depend on where the walk begins.
    ///
    /// # Errors
    /// [`MomentError::NotCollected`] for a view of the past; the store's own.
    pub fn collection(
        &self,
        faces: &dyn Faces,
        after: Option<Position>,
        mut each: impl FnMut(&Version, bool, bool) -> bool,
    ) -> Result<(), StoreError> {
        let state = self.state_of_versions(faces)?;
        let from = after.map_or(Position::MIN, |place| place.saturating_add(1));
        for (_, row) in state.rows.range(from..) {
            let (first, last) = state.ends(&row.id);
            if !each(row, first == Some(&row.version), last == Some(&row.version)) {
                break;
            }
        }
        Ok(())
    }

    /// The versions of one object, in order, each with whether it is the first and the last.
    ///
    /// # Errors
    /// As [`collection`](Self::collection).
    pub fn versions(
        &self,
        faces: &dyn Faces,
        id: &RecordId,
    ) -> Result<Vec<(Version, bool, bool)>, StoreError> {
        let state = self.state_of_versions(faces)?;
        let (first, last) = state.ends(id);
        let mut rows: Vec<&Version> = state.versions(id).collect();
        rows.sort_by_key(|row| row.place);
        Ok(rows
            .into_iter()
            .map(|row| {
                (
                    row.clone(),
                    first == Some(&row.version),
                    last == Some(&row.version),
                )
            })
            .collect())
    }

    /// The bytes of versions that stand in the collection, as they came in, in the order asked for;
    /// nothing for those that are made of what is shown.
    ///
    /// # Errors
    /// As [`collection`](Self::collection).
    pub fn received(&self, versions: &[Version]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let collected = self.collected().ok_or(MomentError::NotCollected)?;
        let ledger = LedgerReader::open(&collected.ledger)?;
        let state = collected.read();
        versions
            .iter()
            // Only what this audience's collection holds: a place alone opens nothing.
            .filter(|version| state.rows.get(&version.place) == Some(version))
            .map(|version| match version.entry() {
                Some(entry) => ledger.received(entry),
                None => Ok(None),
            })
            .collect()
    }

    /// Gives each object that came in as STIX and that this audience sees whole as it now stands, with
    /// the bytes it came in, one after another. Who sees everything sees an object whole whose
    /// references lead to what is not here; to others that is as what is withheld.
    ///
    /// # Errors
    /// As [`collection`](Self::collection).
    pub fn each_whole(
        &self,
        mut each: impl FnMut(RecordId, Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let collected = self.collected().ok_or(MomentError::NotCollected)?;
        let ledger = LedgerReader::open(&collected.ledger)?;
        let policies = ledger.policies()?;
        let sight = Sight {
            eyes: self.eyes(&policies),
            engine: self.engine(),
        };
        let sees_all = sight.eyes.audience.sees_all;
        ledger.each_received(|id, dataset, bytes| {
            match sees_all || sight.whole(&Record::from_canonical(id.clone(), dataset)?)? {
                true => each(id, bytes),
                false => Ok(()),
            }
        })
    }

    /// A file on the disk of the knowledge base that nobody else sees, and that is gone once it is
    /// closed: for an answer that is too large to be held.
    ///
    /// # Errors
    /// [`StoreError::Full`] and [`StoreError::Io`].
    pub fn scratch(&self) -> Result<std::fs::File, StoreError> {
        scratch(self.ledger().parent().unwrap_or(self.ledger()))
    }

    /// A signature over text that only this installation can make, for this audience
    /// (HMAC-SHA-256).
    pub fn sign(&self, text: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of every length"));
        mac.update(b"fieldmark cursor 1");
        mac.update(text);
        mac.finalize().into_bytes().into()
    }
}
