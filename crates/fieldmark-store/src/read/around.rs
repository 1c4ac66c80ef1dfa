//! What stands around the subject of a dossier: its names, its parts, and one hop on.

use super::dossier::Place;
use super::fixed::Fixed;
use super::{ReadError, record, terms};
use crate::index::recent::Beside;
use crate::view::View;
use fieldmark_model::{Claim, ClaimKind, Polarity, RecordId};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

static LABELS: Fixed =
    Fixed::new("SELECT DISTINCT ?label WHERE { VALUES ?of { UNDEF } ?label fm:sense ?of }");

// What else goes by the name of something.
static SENSES: Fixed = Fixed::new(
    "SELECT DISTINCT ?sense WHERE { VALUES ?of { UNDEF } ?label fm:sense ?of , ?sense }",
);

static USED: Fixed =
    Fixed::new("SELECT DISTINCT ?sense WHERE { VALUES ?of { UNDEF } ?of fm:sense ?sense }");

static MEASURED: Fixed =
    Fixed::new("SELECT ?of ?metric WHERE { VALUES ?of { UNDEF } ?metric fm:measures ?of }");

/// How many removes a part may be away: a campaign, its network, the network's accounts.
const REMOVES: usize = 3;
/// How many parts are looked at.
const MOST_PARTS: usize = 500;

impl View {
    /// The metrics of each of these records, aligned, in the order of ids.
    pub fn measured(&self, of: &[RecordId]) -> Result<Vec<Vec<RecordId>>, ReadError> {
        let found = MEASURED.beside(self, of)?;
        let each = of
            .iter()
            .map(|id| found.get(id).cloned().unwrap_or_default());
        Ok(each.map(|metrics| metrics.into_iter().collect()).collect())
    }

    /// The claims of a dossier that are to be told, each once, with the heading it stands under and
    /// the record it stands there for. `whole` is the subject and what passes for the same. As many queries whatever there is to tell.
    pub(super) fn around(
        &self,
        whole: &[RecordId],
        parts: &[RecordId],
        mut told: impl FnMut(&Arc<Claim>) -> bool,
    ) -> Result<Vec<(Place, RecordId, Arc<Claim>)>, ReadError> {
        let labels = self.reached(&LABELS, whole)?;
        let places = std::iter::once(Place::Own).chain(std::iter::repeat(Place::Same));
        let own = places.zip(whole.iter().cloned());
        let of: Vec<(Place, RecordId)> = own
            .chain(labels.into_iter().map(|id| (Place::Label, id)))
            .chain(parts.iter().cloned().map(|id| (Place::Part, id)))
            .collect();
        let mut out = Vec::new();
        let mut seen = HashSet::new();
        let around: Vec<RecordId> = of.iter().map(|(_, id)| id.clone()).collect();
        let all = of.iter().zip(self.claims_of(&around)?);
        tell(all, &mut told, &mut seen, &mut out);
        // Who is behind it, by name: the hop leads on from what it is affirmed to be.
        let behind: BTreeSet<RecordId> = out
            .iter()
            .filter(|(_, _, claim)| claim.polarity == Polarity::Affirms && names_somebody(claim))
            .filter_map(|(_, _, claim)| RecordId::from_iri(claim.object.as_deref()?))
            .filter(|id| !of.iter().any(|(_, known)| known == id))
            .collect();
        let behind: Vec<RecordId> = behind.into_iter().collect();
        let called = self.reached(&SENSES, &behind)?;
        let next: BTreeSet<RecordId> = behind.into_iter().chain(called).collect();
        let next: Vec<RecordId> = next.into_iter().collect();
        let behind = |claim: &Arc<Claim>| names_somebody(claim) && told(claim);
        // Not all that is said of them: thousands may be attributed to one of these.
        let on = self.claims_on(&next)?;
        let next: Vec<(Place, RecordId)> = next.into_iter().map(|id| (Place::Hop, id)).collect();
        tell(next.iter().zip(on), behind, &mut seen, &mut out);
        Ok(out)
    }

    /// What records consist of, nearest first, without themselves.
    pub(super) fn parts(&self, whole: &[RecordId]) -> Result<Vec<RecordId>, ReadError> {
        let mut seen: BTreeSet<RecordId> = whole.iter().cloned().collect();
        let mut parts = Vec::new();
        let mut front = whole.to_vec();
        for _ in 0..REMOVES {
            let next = self.beside(Beside::Part, &front)?;
            let next: BTreeSet<&RecordId> = next.iter().flat_map(|parts| parts.iter()).collect();
            let new = next.into_iter().filter(|id| seen.insert((*id).clone()));
            front = new.cloned().collect();
            parts.extend(front.iter().cloned());
            if front.is_empty() || parts.len() > MOST_PARTS {
                break;
            }
        }
        parts.truncate(MOST_PARTS);
        Ok(parts)
    }

    /// What a label is used for.
    pub(super) fn used_for(&self, label: &RecordId) -> Result<Vec<RecordId>, ReadError> {
        self.reached(&USED, std::slice::from_ref(label))
    }

    fn reached(&self, query: &Fixed, of: &[RecordId]) -> Result<Vec<RecordId>, ReadError> {
        let mut found = BTreeSet::new();
        query.run(self, &[("of", terms(of))], |row| {
            if let [one] = row {
                found.extend(record(one.as_ref()));
            }
        })?;
        Ok(found.into_iter().collect())
    }
}

/// Adds the claims that are wanted and were not told before, under their headings.
fn tell<'a>(
    of: impl Iterator<Item = (&'a (Place, RecordId), Vec<Arc<Claim>>)>,
    mut wanted: impl FnMut(&Arc<Claim>) -> bool,
    seen: &mut HashSet<RecordId>,
    out: &mut Vec<(Place, RecordId, Arc<Claim>)>,
) {
    for ((place, about), claims) in of {
        for claim in claims {
            if !seen.contains(&claim.id) && wanted(&claim) {
                seen.insert(claim.id.clone());
                out.push((*place, about.clone(), claim));
            }
        }
    }
}

/// Whether a claim says who or what is behind its subject.
fn names_somebody(claim: &Claim) -> bool {
    matches!(claim.kind, ClaimKind::Attribution | ClaimKind::Control)
}
