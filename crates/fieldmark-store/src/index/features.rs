//! Which features there are in a view, and who has them: the families that the ontology defines,
//! looked up in the view, and an index of what is found.
//!
//! The index is made on the first question after a change and kept until the next. Numbers in it
//! follow the order of names, so that it depends on what is in the view and not on how it came
//! there.

use crate::engine::each;
use fieldmark_analysis::overlap::{
    self, Bits, Cycle, FamilyId, Feature, Holder, Index, SURE, Terms, Thresholds,
};
use fieldmark_model::RecordId;
use fieldmark_rdf::ontology::{self, Family};
use fieldmark_rdf::vocab::properties::RDF_TYPE;
use oxigraph::store::{StorageError, Store};
use oxrdf::{NamedNode, Term};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;

/// What has features: the STIX types of campaigns, incidents, activity sets, actors and networks.
pub const HOLDERS: [&str; 5] = [
    "campaign",
    "incident",
    "infrastructure",
    "intrusion-set",
    "threat-actor",
];

/// What the ontology defines.
struct Definitions {
    families: Vec<Family>,
    broadening: Vec<NamedNode>,
    thresholds: Thresholds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThresholdsFile {
    population: u32,
    features: u32,
    excess: f64,
    rate: f64,
    families: u32,
}

/// Every family of features, by name.
pub fn feature_families() -> &'static [Family] {
    &definitions().families
}

/// What a verdict needs.
pub fn thresholds() -> &'static Thresholds {
    &definitions().thresholds
}

/// # Panics
/// When the embedded thresholds are incomplete, which a test rules out.
fn definitions() -> &'static Definitions {
    static DEFINITIONS: OnceLock<Definitions> = OnceLock::new();
    DEFINITIONS.get_or_init(|| {
        let file: ThresholdsFile =
            serde_json::from_str(ontology::THRESHOLDS).expect("the thresholds are complete");
        Definitions {
            families: ontology::families(),
            broadening: ontology::broadening(),
            thresholds: Thresholds {
                population: file.population,
                features: file.features,
                excess: Bits::of(file.excess),
                rate: file.rate,
                families: file.families,
            },
        }
    })
}

/// A feature by name: its family, and its IRI or value.
pub type Key = (FamilyId, String);

/// The features of a view at one moment.
pub struct Features {
    pub index: Index,
    /// Who has any, in order.
    pub holders: Vec<RecordId>,
    /// What they have, with all that is broader, in order.
    pub features: Vec<Key>,
    /// What anybody may share, by IRI: soft features, and what is broader than another thing.
    commonplaces: HashSet<String>,
    /// Features that are broader than themselves; what is broader than these is left out.
    pub rings: Vec<String>,
}

impl Features {
    /// Reads who has what in a store. Costs what is stated of features.
    pub fn read(store: &Store) -> Result<Self, StorageError> {
        let mut edges: BTreeMap<RecordId, BTreeSet<Key>> = BTreeMap::new();
        let mut give = |of: &NamedNode, key: Key| {
            let holder = RecordId::from_iri(of.as_str());
            if let Some(of) = holder.filter(|of| HOLDERS.contains(&of.stix_type())) {
                edges.entry(of).or_default().insert(key);
            }
        };
        for (id, family) in (0..).zip(&definitions().families) {
            let mut sorts: HashSet<NamedNode> = HashSet::new();
            for class in &family.classes {
                each(store, RDF_TYPE, Some(class.as_ref().into()), |of, _| {
                    sorts.insert(of);
                })?;
            }
            let is = |term: &Term| match term {
                _ if family.classes.is_empty() => true,
                Term::NamedNode(node) => sorts.contains(node),
                _ => false,
            };
            let mut carried: HashMap<NamedNode, Vec<String>> = HashMap::new();
            for edge in &family.edges {
                each(store, edge.as_ref(), None, |of, feature| {
                    if is(&feature) {
                        give(&of, (id, key(&feature)));
                        if !family.through.is_empty() {
                            carried.entry(of).or_default().push(key(&feature));
                        }
                    }
                })?;
            }
            for edge in &family.through {
                each(store, edge.as_ref(), None, |of, through| {
                    let Term::NamedNode(through) = through else {
                        return;
                    };
                    for feature in carried.get(&through).into_iter().flatten() {
                        give(&of, (id, feature.clone()));
                    }
                })?;
            }
        }
        let mut broader: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for property in &definitions().broadening {
            each(store, property.as_ref(), None, |feature, more| {
                let feature = feature.into_string();
                broader.entry(feature).or_default().insert(key(&more));
            })?;
        }
        Ok(Self::build(&edges, &broader))
    }

    fn build(
        edges: &BTreeMap<RecordId, BTreeSet<Key>>,
        broader: &BTreeMap<String, BTreeSet<String>>,
    ) -> Self {
        let mut known: BTreeSet<Key> = edges.values().flatten().cloned().collect();
        let mut open: Vec<Key> = known.iter().cloned().collect();
        while let Some((family, feature)) = open.pop() {
            if !definitions().families[usize::from(family)].nested {
                continue;
            }
            for more in broader.get(&feature).into_iter().flatten() {
                let more = (family, more.clone());
                if known.insert(more.clone()) {
                    open.push(more);
                }
            }
        }
        let features: Vec<Key> = known.into_iter().collect();
        let number = |key: &Key| features.binary_search(key).ok().map(|at| at as Feature);
        let mut parents: Vec<(FamilyId, Vec<Feature>)> = features
            .iter()
            .map(|(family, feature)| {
                let more = broader.get(feature).into_iter().flatten();
                let parents = more.filter_map(|more| number(&(*family, more.clone())));
                (*family, parents.collect())
            })
            .collect();
        let mut rings = Vec::new();
        let terms = loop {
            let families = definitions().families.iter().map(|family| overlap::Family {
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
        let lists: Vec<Vec<(Feature, u8)>> = edges
            .values()
            .map(|of| {
                of.iter()
                    .filter_map(|key| Some((number(key)?, SURE)))
                    .collect()
            })
            .collect();
        let soft = features
            .iter()
            .filter(|(family, _)| !definitions().families[usize::from(*family)].hard)
            .map(|(_, feature)| feature);
        let commonplaces = soft.chain(broader.values().flatten()).cloned().collect();
        Self {
            commonplaces,
            index: Index::build(terms, lists.len() as Holder, |holder| {
                lists[holder as usize].clone()
            }),
            holders: edges.keys().cloned().collect(),
            features,
            rings,
        }
    }

    /// Whether anybody may share it; a technique is anybody's to use, whether or not one is seen to.
    pub fn is_commonplace(&self, id: &RecordId) -> bool {
        id.stix_type() == "attack-pattern" || self.commonplaces.contains(&id.iri())
    }

    pub fn holder(&self, id: &RecordId) -> Option<Holder> {
        self.holders.binary_search(id).ok().map(|at| at as Holder)
    }
}

/// The IRI or the value, with a literal's language left aside.
pub fn key(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
        other => other.to_string(),
    }
}
