//! The features of a view, and an index of who has them.
//!
//! The index is made on the first question and brought up to each change on the first question
//! after it. Numbers in it follow the order of names, so that it depends on what is in the view and
//! not on how it came there.

use super::families::{Key, family, feature_families};
use super::holdings::{Broader, Changed, Holdings, Touched};
use fieldmark_analysis::overlap::{self, Cycle, FamilyId, Feature, Holder, Index, SURE, Terms};
use fieldmark_model::RecordId;
use oxigraph::store::{StorageError, Store};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// The features of a view at one moment.
#[derive(Clone)]
pub struct Features {
    pub index: Index,
    /// Who has any, in order.
    pub holders: Arc<[RecordId]>,
    /// What they have, with all that is broader, in order.
    pub features: Arc<[Key]>,
    /// What anybody may share, by IRI: soft features, and what is broader than another thing.
    commonplaces: Arc<HashSet<String>>,
    /// Features that are broader than themselves; what is broader than these is left out.
    pub rings: Arc<[String]>,
    broader: Arc<Broader>,
}

impl Features {
    /// Reads the features of a store. Costs what is stated of features in all of it.
    pub fn read(store: &Store) -> Result<Self, StorageError> {
        Holdings::read(store).map(Self::of)
    }

    /// The features of a store that was touched since these were read: the same as
    /// [`read`](Self::read) would give. Reads what the touched have. Where features or those who
    /// have any come or go, the index is made again in memory; else it costs what has changed.
    pub fn after(&self, touched: &Touched, store: &Store) -> Result<Self, StorageError> {
        let Some(changed) = touched.changed(store)? else {
            return Self::read(store);
        };
        if let Some(index) = self.with(&changed) {
            return Ok(Self {
                index,
                ..self.clone()
            });
        }
        Ok(Self::of(self.holdings().with(changed)))
    }

    /// The index after a change by which no feature comes or goes, and nobody who has any: then
    /// every number stays.
    fn with(&self, changed: &Changed) -> Option<Index> {
        if changed.broader.is_some() {
            return None;
        }
        let mut index = self.index.clone();
        let mut perhaps_gone = Vec::new();
        for (of, has) in &changed.held {
            let holder = self.holder(of).filter(|_| !has.is_empty())?;
            let number = |key| self.features.binary_search(key).ok();
            let numbers: Option<Vec<(Feature, u8)>> = has
                .iter()
                .map(|key| Some((number(key)? as Feature, SURE)))
                .collect();
            perhaps_gone.extend(index.profile(holder).features().to_vec());
            index.set(holder, &numbers?);
        }
        let stays = |(feature, _): &(Feature, u8)| index.df(*feature) > 0;
        perhaps_gone.iter().all(stays).then_some(index)
    }

    fn of(holdings: Holdings) -> Self {
        let Holdings {
            keys,
            held,
            broader,
        } = holdings;
        let mut known: BTreeSet<Key> = keys.iter().cloned().collect();
        let mut open = keys.clone();
        while let Some((id, feature)) = open.pop() {
            if !family(id).nested {
                continue;
            }
            for more in broader.get(&feature).into_iter().flatten() {
                let more = (id, more.clone());
                if known.insert(more.clone()) {
                    open.push(more);
                }
            }
        }
        let features: Vec<Key> = known.into_iter().collect();
        let number = |key: &Key| features.binary_search(key).ok().map(|at| at as Feature);
        let mut parents: Vec<(FamilyId, Vec<Feature>)> = features
            .iter()
            .map(|(of, feature)| {
                let nested = Some(feature).filter(|_| family(*of).nested);
                let more = nested.and_then(|feature| broader.get(feature));
                let more = more.into_iter().flatten();
                let parents = more.filter_map(|more| number(&(*of, more.clone())));
                (*of, parents.collect())
            })
            .collect();
        let mut rings = Vec::new();
        let terms = loop {
            let families = feature_families().iter().map(|family| overlap::Family {
                name: family.name.clone(),
                hard: family.hard,
                // λ = 1 for every family, in hundredths.
                lambda: 100,
            });
            match Terms::new(families.collect(), &parents) {
                Ok(terms) => break terms,
                Err(Cycle(ring)) => {
                    for feature in ring {
                        parents[feature as usize].1.clear();
                        rings.push(features[feature as usize].1.clone());
                    }
                }
            }
        };
        let numbers: Vec<Option<Feature>> = keys.iter().map(number).collect();
        let index = Index::build(terms, held.len() as Holder, |holder| {
            let (_, has) = &held[holder as usize];
            let numbered = has
                .iter()
                .filter_map(|place| Some((numbers[*place]?, SURE)));
            numbered.collect()
        });
        let soft = features
            .iter()
            .filter(|(id, _)| !family(*id).hard)
            .map(|(_, feature)| feature);
        let commonplaces = soft.chain(broader.values().flatten()).cloned().collect();
        Self {
            commonplaces: Arc::new(commonplaces),
            index,
            holders: held.into_iter().map(|(of, _)| of).collect(),
            features: features.into(),
            rings: rings.into(),
            broader,
        }
    }

    /// Who has what directly, out of the index.
    fn holdings(&self) -> Holdings {
        let has = |holder: Holder| {
            let profile = self.index.profile(holder);
            profile.direct().map(|(one, _)| one as usize).collect()
        };
        Holdings {
            keys: self.features.to_vec(),
            held: (0..)
                .zip(&*self.holders)
                .map(|(holder, of)| (of.clone(), has(holder)))
                .collect(),
            broader: self.broader.clone(),
        }
    }

    /// Whether anybody may share it; a technique is anybody's to use, whether or not one is seen to.
    pub fn is_commonplace(&self, id: &RecordId) -> bool {
        id.stix_type() == "attack-pattern" || self.commonplaces.contains(&id.iri())
    }

    /// By what number a record is known among those that are compared.
    pub fn holder(&self, id: &RecordId) -> Option<Holder> {
        self.holders.binary_search(id).ok().map(|at| at as Holder)
    }
}
