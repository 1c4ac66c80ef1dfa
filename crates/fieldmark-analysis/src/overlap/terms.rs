//! Features: their families, and what is broader than what.

use super::{FamilyId, Feature};

/// A sort of feature, such as techniques.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// Whether it is hard to share by chance, as an account or a domain is. Hard features are
    /// counted and never weighed.
    pub hard: bool,
    /// λ: what a soft feature of this family counts for, in hundredths.
    pub lambda: u32,
}

/// Every feature there is, each with its family and all that is broader than it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    families: Vec<Family>,
    family: Vec<FamilyId>,
    /// Parents one after the other; those of feature `f` stand at `parent_at[f]..parent_at[f + 1]`.
    parents: Vec<Feature>,
    parent_at: Vec<u32>,
}

/// A hierarchy that comes back to where it began.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a feature is broader than itself, by way of {} features", .0.len())]
pub struct Cycle(
    /// The features of the ring, each followed by one that is broader.
    pub Vec<Feature>,
);

impl Terms {
    /// Takes features by family and direct parents, both by place in the lists given.
    ///
    /// # Errors
    /// When the parents make a ring: nobody could say which of its members tells more.
    pub fn new(
        families: Vec<Family>,
        features: &[(FamilyId, Vec<Feature>)],
    ) -> Result<Self, Cycle> {
        let mut terms = Self {
            families,
            family: Vec::with_capacity(features.len()),
            parents: Vec::new(),
            parent_at: vec![0],
        };
        for (family, parents) in features {
            terms.family.push(*family);
            terms.parents.extend(parents);
            terms.parent_at.push(terms.parents.len() as u32);
        }
        terms.ring().map_or(Ok(terms), |ring| Err(Cycle(ring)))
    }

    /// How many features there are.
    pub fn len(&self) -> usize {
        self.family.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.family.is_empty()
    }

    /// The families.
    pub fn families(&self) -> &[Family] {
        &self.families
    }

    /// The family of a feature.
    pub fn family(&self, feature: Feature) -> FamilyId {
        self.family[feature as usize]
    }

    pub(super) fn is_hard(&self, feature: Feature) -> bool {
        self.families[usize::from(self.family(feature))].hard
    }

    /// What is directly broader.
    pub fn parents(&self, feature: Feature) -> &[Feature] {
        let at = feature as usize;
        &self.parents[self.parent_at[at] as usize..self.parent_at[at + 1] as usize]
    }

    /// The broadest feature over this one: the first root met.
    pub(super) fn root(&self, feature: Feature) -> Feature {
        let mut at = feature;
        while let Some(parent) = self.parents(at).first() {
            at = *parent;
        }
        at
    }

    /// Every feature that these imply, in order, each with the most that any of them gives it.
    pub fn close(&self, leaves: &[(Feature, u8)]) -> Vec<(Feature, u8)> {
        let tidy = |some: &mut Vec<(Feature, u8)>| {
            some.sort_unstable_by_key(|(feature, sure)| (*feature, std::cmp::Reverse(*sure)));
            some.dedup_by_key(|(feature, _)| *feature);
        };
        let mut all = leaves.to_vec();
        let mut level = leaves.to_vec();
        // Level by level, each made tidy: many ways up to one feature must not multiply.
        while !level.is_empty() {
            let mut next: Vec<(Feature, u8)> = Vec::new();
            for (feature, sure) in level {
                next.extend(self.parents(feature).iter().map(|parent| (*parent, sure)));
            }
            tidy(&mut next);
            all.extend(&next);
            level = next;
        }
        tidy(&mut all);
        all
    }

    fn ring(&self) -> Option<Vec<Feature>> {
        // 0 not seen, 1 on the way, 2 done. The way is a list, since a chain may be long.
        let mut state = vec![0_u8; self.len()];
        for start in 0..self.len() as Feature {
            let mut way: Vec<(Feature, usize)> = Vec::new();
            if state[start as usize] == 0 {
                state[start as usize] = 1;
                way.push((start, 0));
            }
            while let Some((feature, next)) = way.last_mut() {
                let Some(parent) = self.parents(*feature).get(*next).copied() else {
                    state[*feature as usize] = 2;
                    way.pop();
                    continue;
                };
                *next += 1;
                match state[parent as usize] {
                    0 => {
                        state[parent as usize] = 1;
                        way.push((parent, 0));
                    }
                    1 => {
                        let ring = way.iter().map(|(feature, _)| *feature);
                        return Some(ring.skip_while(|feature| *feature != parent).collect());
                    }
                    _ => {}
                }
            }
        }
        None
    }
}
