//! Versions that are made of what is shown of a record: what was written here, and what is withheld
//! in part.

use super::{Position, Seeing, Standing, State, Told, moment, told};
use crate::error::StoreError;
use crate::ledger::{Op, Revision, Stored};
use fieldmark_analysis::release::is_pseudonym;
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::Record;
use fieldmark_rdf::vocab::properties;
use oxigraph::model::{NamedOrBlankNode, Term, Triple};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashMap};

/// How records go out, told by who knows the format they go out in.
pub trait Faces {
    /// The face of a record of which these triples are shown; none when they make no object. Nothing
    /// is told of a pseudonym.
    fn face(&self, id: &RecordId, shown: &[Triple], told: Option<&Told>) -> Option<Face>;

    /// The records that an object refers to.
    fn refers(&self, object: &Value) -> Vec<RecordId>;

    /// An object that is the same everywhere, such as the definition of an extension: it is no record,
    /// and goes out where another refers to it.
    fn built_in(&self, id: &RecordId) -> Option<Face>;

    /// Whether a record ships with the program, so that it goes out only where another refers to it.
    fn ships(&self, id: &RecordId) -> bool;
}

/// What an object is known by outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// The id it goes out under.
    pub id: RecordId,
    /// Its version, as it states it.
    pub version: Option<String>,
    /// Its labels.
    pub labels: Vec<String>,
    /// The records it refers to.
    pub refers: Vec<RecordId>,
}

impl State {
    /// The version that is made of what is shown of a record as it stands.
    pub(super) fn made(
        &mut self,
        id: &RecordId,
        revisions: &[(Revision, Stored)],
        seeing: &Seeing<'_>,
    ) -> Result<Option<Standing>, StoreError> {
        if let Some(face) = seeing.faces.built_in(id) {
            return match self.is_needed(id) {
                true => built_in(face).map(Some),
                false => Ok(None),
            };
        }
        if is_pseudonym(id) {
            let shown = self.pseudonyms.get(id).cloned().unwrap_or_default();
            let needed = self.is_needed(id) && !shown.is_empty();
            return Ok(needed.then(|| standing(id, &shown, None, seeing)).flatten());
        }
        let last = revisions.last();
        let standing_now = last.filter(|(entry, _)| entry.op != Op::Retract);
        let Some((_, (dataset, _))) = standing_now else {
            return Ok(None);
        };
        // TLP's levels are known to every reader of the format.
        if Tlp::of_marking(id.as_str()).is_some()
            || (stands_for_others(id, seeing.faces) && !self.is_needed(id))
            || !seeing.sight.shows(id)?
        {
            return Ok(None);
        }
        let record = Record::from_canonical(id.clone(), dataset)?;
        let mut visible = HashMap::new();
        for target in record.references() {
            let shown = seeing.sight.shows(&target)?;
            visible.insert(target, shown);
        }
        let visible = |id: &RecordId| visible.get(id).copied().unwrap_or(false);
        let triples = seeing.sight.eyes.render(&record, visible);
        let (shown, others): (Vec<Triple>, Vec<Triple>) = triples
            .into_iter()
            .partition(|triple| owner(triple).as_ref() == Some(id));
        for triple in others {
            let pseudonym = owner(&triple).filter(is_pseudonym);
            if let Some(pseudonym) = pseudonym {
                let said = self.pseudonyms.entry(pseudonym).or_default();
                if !said.contains(&triple) {
                    said.push(triple);
                }
            }
        }
        // The object that a claim was taken from says it itself.
        let from = shown.iter().find_map(|triple| {
            let from = triple.predicate == properties::PROV_WAS_DERIVED_FROM;
            object(triple).filter(|_| from)
        });
        if let Some(from) = from
            && seeing.sight.shows(&from)?
        {
            return Ok(None);
        }
        let told = told(&seeing.sight.eyes, id, revisions, visible)?;
        Ok(standing(id, &shown, told.as_ref(), seeing))
    }

    /// Notes what the versions of a record that stand refer to, and says which of what stands for
    /// others' sake alone came to be needed by it, or ceased to be.
    pub(super) fn needs(
        &mut self,
        id: &RecordId,
        standing: &[Standing],
        faces: &dyn Faces,
    ) -> Vec<RecordId> {
        let now: BTreeSet<&RecordId> = standing.iter().flat_map(|one| &one.refers).collect();
        let before: BTreeSet<RecordId> = self
            .places
            .get(id)
            .into_iter()
            .flatten()
            .filter_map(|(_, place)| self.rows.get(place))
            .flat_map(|row| row.refers.iter().cloned())
            .collect();
        let mut turned = Vec::new();
        for gone in before.iter().filter(|target| !now.contains(target)) {
            if let Some(by) = self.needed_by.get_mut(gone)
                && by.remove(id)
                && by.is_empty()
            {
                turned.push(gone.clone());
            }
        }
        for target in now {
            if before.contains(target) || !stands_for_others(target, faces) {
                continue;
            }
            let by = self.needed_by.entry(target.clone()).or_default();
            if by.is_empty() {
                turned.push(target.clone());
            }
            by.insert(id.clone());
        }
        turned
    }

    fn is_needed(&self, id: &RecordId) -> bool {
        self.needed_by.get(id).is_some_and(|by| !by.is_empty())
    }
}

/// Whether a record stands there only as long as something refers to it.
fn stands_for_others(id: &RecordId, faces: &dyn Faces) -> bool {
    is_pseudonym(id)
        || id.stix_type() == "marking-definition"
        || faces.ships(id)
        || faces.built_in(id).is_some()
}

fn built_in(face: Face) -> Result<Standing, StoreError> {
    let version = face.version.clone();
    let recorded = version.as_deref().map(|version| moment(0, version));
    let mut hasher = Sha256::new();
    hasher.update(version.unwrap_or_default());
    Ok(of_face(
        face,
        below_zero(hasher),
        (0, recorded.transpose()?.unwrap_or_default()),
    ))
}

fn standing(
    id: &RecordId,
    shown: &[Triple],
    told: Option<&Told>,
    seeing: &Seeing<'_>,
) -> Option<Standing> {
    let face = seeing.faces.face(id, shown, told)?;
    // Not the last entry of the record, which may have changed what is not seen.
    let last = told.map_or((0, 0), |told| told.last);
    Some(of_face(face, digest(shown, told), last))
}

fn of_face(face: Face, key: i64, (entry, recorded): (u64, Position)) -> Standing {
    Standing {
        key,
        entry,
        id: face.id,
        recorded,
        version: face.version,
        labels: face.labels,
        refers: face.refers,
    }
}

/// What is shown of a record, as a number below zero.
fn digest(shown: &[Triple], told: Option<&Told>) -> i64 {
    let mut said: Vec<String> = shown.iter().map(ToString::to_string).collect();
    said.sort_unstable();
    let mut hasher = Sha256::new();
    for line in said {
        hasher.update(line);
        hasher.update([0]);
    }
    for marking in told.iter().flat_map(|told| &told.markings) {
        hasher.update(marking.as_str());
        hasher.update([0]);
    }
    below_zero(hasher)
}

fn below_zero(hasher: Sha256) -> i64 {
    let hash: [u8; 32] = hasher.finalize().into();
    let number = hash
        .first_chunk()
        .map_or(0, |bytes| i64::from_be_bytes(*bytes));
    number | i64::MIN
}

fn owner(triple: &Triple) -> Option<RecordId> {
    match &triple.subject {
        NamedOrBlankNode::NamedNode(node) => RecordId::owner_of(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}

fn object(triple: &Triple) -> Option<RecordId> {
    match &triple.object {
        Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
        _ => None,
    }
}
