//! Who has which features directly: read from a view's store, or brought up to it from what was
//! known before a change.

use super::dates::dating;
use super::families::{HOLDERS, Key, broadening, feature_families, is_class, is_edge, key};
use super::moved::Moved;
use super::renamed::renames;
use crate::engine::{each, objects, states, subjects};
use fieldmark_analysis::overlap::FamilyId;
use fieldmark_model::RecordId;
use fieldmark_rdf::ontology::Family;
use fieldmark_rdf::vocab::properties::RDF_TYPE;
use oxigraph::store::{StorageError, Store};
use oxrdf::{NamedNode, NamedOrBlankNode, Term, Triple};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What is broader than a thing, by IRI.
pub(super) type Broader = BTreeMap<String, BTreeSet<String>>;

/// Who has what, itself or through what carries features for it.
pub(super) struct Holdings {
    /// The features that anybody has, in order.
    pub keys: Vec<Key>,
    /// Who has any, in order, and which: places in `keys`.
    pub held: Vec<(RecordId, Vec<usize>)>,
    /// What is broader than what.
    pub broader: Arc<Broader>,
}

/// More places than this that a change may have touched, and everything is read again.
const MOST: usize = 10_000;

/// Where changes of a view may have changed who has what, what has a date, and what is called what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
    /// What has other dates.
    pub dates: Moved,
    /// What has other names.
    pub names: Moved,
    /// Where a statement came or went that gives features or carries them.
    given: HashSet<NamedNode>,
    /// What came to be of a class by which a family knows its features, or ceased to be.
    sorted: HashSet<NamedNode>,
    /// Whether it changed what is broader than what.
    broader: bool,
    /// Whether it is too much to go through place by place.
    much: bool,
}

impl Touched {
    /// Takes in a statement that came or went.
    pub fn note(&mut self, triple: &Triple) {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            return;
        };
        let property = &triple.predicate;
        self.dates.note(subject, || dating().contains(property));
        self.names.note(subject, || renames(property.as_ref()));
        if self.much {
            return;
        }
        self.broader |= broadening().contains(property);
        if is_edge(property) {
            self.given.insert(subject.clone());
        }
        if *property == RDF_TYPE && is_class(&triple.object) {
            self.sorted.insert(subject.clone());
        }
        self.bound();
    }

    /// Takes in what came after.
    pub fn and(&mut self, later: Self) {
        self.dates.and(later.dates);
        self.names.and(later.names);
        self.given.extend(later.given);
        self.sorted.extend(later.sorted);
        self.broader |= later.broader;
        self.much |= later.much;
        self.bound();
    }

    fn bound(&mut self) {
        self.much |= self.given.len() + self.sorted.len() > MOST;
        if self.much {
            self.given.clear();
            self.sorted.clear();
        }
    }

    /// What those have now who may have other features than before; none when it is too much to go
    /// through one by one.
    pub(super) fn changed(&self, store: &Store) -> Result<Option<Changed>, StorageError> {
        if self.much {
            return Ok(None);
        }
        let mut held = BTreeMap::new();
        for of in self.holders(store)? {
            let has = read_one(store, &NamedNode::new_unchecked(of.iri()))?;
            held.insert(of, has);
        }
        let broader = self.broader.then(|| read_broader(store)).transpose()?;
        Ok(Some(Changed {
            held,
            broader: broader.map(Arc::new),
        }))
    }

    /// Those who may have other features than before: where a statement changed, who has to do with
    /// what is of another class now, and whoever has features through one of these.
    fn holders(&self, store: &Store) -> Result<BTreeSet<RecordId>, StorageError> {
        let mut nodes = self.given.clone();
        for family in feature_families().iter().filter(|f| !f.classes.is_empty()) {
            for (edge, node) in pairs(&family.edges, &self.sorted) {
                nodes.extend(subjects(store, edge.as_ref(), node.as_ref().into())?);
            }
        }
        let carriers = nodes.clone();
        for family in feature_families() {
            for (edge, node) in pairs(&family.through, &carriers) {
                nodes.extend(subjects(store, edge.as_ref(), node.as_ref().into())?);
            }
        }
        Ok(nodes.iter().filter_map(holder).collect())
    }
}

/// What a change came to.
pub(super) struct Changed {
    /// Who may have other features than before, and all that they have now.
    pub held: BTreeMap<RecordId, BTreeSet<Key>>,
    /// What is broader than what, when that changed.
    pub broader: Option<Arc<Broader>>,
}

fn pairs<'a>(
    edges: &'a [NamedNode],
    nodes: &'a HashSet<NamedNode>,
) -> impl Iterator<Item = (&'a NamedNode, &'a NamedNode)> {
    let each = edges.iter();
    each.flat_map(move |edge| nodes.iter().map(move |node| (edge, node)))
}

/// The record of a node, where it is of a type that has features.
fn holder(node: &NamedNode) -> Option<RecordId> {
    RecordId::from_iri(node.as_str()).filter(|id| HOLDERS.contains(&id.stix_type()))
}

impl Holdings {
    /// Reads who has what. Costs what is stated of features in the whole store.
    pub fn read(store: &Store) -> Result<Self, StorageError> {
        let families: Vec<(_, &Family)> = (0..).zip(feature_families()).collect();
        let given = families.into_par_iter();
        let given = given.map(|(id, family)| read_family(store, id, family));
        let mut edges: BTreeMap<RecordId, BTreeSet<Key>> = BTreeMap::new();
        for (of, key) in given.collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
            edges.entry(of).or_default().insert(key);
        }
        let keys: Vec<Key> = edges
            .values()
            .flatten()
            .cloned()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let held = edges
            .into_iter()
            .map(|(of, has)| (of, places(&keys, &has)))
            .collect();
        Ok(Self {
            keys,
            held,
            broader: Arc::new(read_broader(store)?),
        })
    }

    /// The same after a change. Costs a walk over all holdings, in memory.
    pub fn with(self, change: Changed) -> Self {
        let changed = change.held;
        let mut held = self.held;
        held.retain(|(of, _)| !changed.contains_key(of));
        let mut in_use = vec![false; self.keys.len()];
        for place in held.iter().flat_map(|(_, has)| has) {
            in_use[*place] = true;
        }
        let kept = self.keys.iter().zip(&in_use);
        let kept = kept.filter(|(_, in_use)| **in_use).map(|(key, _)| key);
        let keys: BTreeSet<Key> = kept.chain(changed.values().flatten()).cloned().collect();
        let keys: Vec<Key> = keys.into_iter().collect();
        let moved: Vec<Option<usize>> = self
            .keys
            .iter()
            .map(|key| keys.binary_search(key).ok())
            .collect();
        for (_, has) in &mut held {
            *has = has.iter().filter_map(|place| moved[*place]).collect();
        }
        let changed = changed.into_iter().filter(|(_, has)| !has.is_empty());
        held.extend(changed.map(|(of, has)| (of, places(&keys, &has))));
        held.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Self {
            keys,
            held,
            broader: change.broader.unwrap_or(self.broader),
        }
    }
}

fn places(keys: &[Key], has: &BTreeSet<Key>) -> Vec<usize> {
    let found = has.iter().filter_map(|key| keys.binary_search(key).ok());
    found.collect()
}

/// Who has what of a family, itself or through what carries features for it.
fn read_family(
    store: &Store,
    id: FamilyId,
    family: &Family,
) -> Result<Vec<(RecordId, Key)>, StorageError> {
    let mut given = Vec::new();
    let mut give = |of: &NamedNode, key: Key| given.extend(holder(of).map(|of| (of, key)));
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
    Ok(given)
}

fn read_broader(store: &Store) -> Result<Broader, StorageError> {
    let mut broader = Broader::new();
    for property in broadening() {
        each(store, property.as_ref(), None, |feature, more| {
            let feature = feature.into_string();
            broader.entry(feature).or_default().insert(key(&more));
        })?;
    }
    Ok(broader)
}

/// What one has, itself or through what carries features for it.
fn read_one(store: &Store, of: &NamedNode) -> Result<BTreeSet<Key>, StorageError> {
    let mut has = BTreeSet::new();
    for (id, family) in (0..).zip(feature_families()) {
        let mut carriers = vec![of.clone()];
        for edge in &family.through {
            let through = objects(store, of.as_ref(), edge.as_ref())?.into_iter();
            carriers.extend(through.filter_map(|term| match term {
                Term::NamedNode(node) => Some(node),
                _ => None,
            }));
        }
        for carrier in &carriers {
            for edge in &family.edges {
                for feature in objects(store, carrier.as_ref(), edge.as_ref())? {
                    if is_of(store, family, &feature)? {
                        has.insert((id, key(&feature)));
                    }
                }
            }
        }
    }
    Ok(has)
}

/// Whether a term may be a feature of a family.
fn is_of(store: &Store, family: &Family, term: &Term) -> Result<bool, StorageError> {
    if family.classes.is_empty() {
        return Ok(true);
    }
    let Term::NamedNode(node) = term else {
        return Ok(false);
    };
    for class in &family.classes {
        if states(store, node.as_ref(), RDF_TYPE, class.as_ref().into())? {
            return Ok(true);
        }
    }
    Ok(false)
}
