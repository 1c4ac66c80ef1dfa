//! What was lately read of a view, so that the next answer need not read it again: records, claims,
//! the words they quote, and which records have to do with one another.
//!
//! A record costs the engine one look-up for each term it states; a dossier over 10,000 claims is
//! some 300,000 of them. What a change touches is let go of, and the rest stays.

use crate::marked::{Marked, Marking};
use crate::node::Node;
use fieldmark_model::{Claim, Quotation, RecordId};
use fieldmark_rdf::ontology;
use fieldmark_rdf::vocab::properties;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use quick_cache::Weighter;
use quick_cache::unsync::Cache;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// How much is kept of each sort, in bytes, roughly.
const BYTES: u64 = 24 << 20;
/// How many things of a sort that many bytes are likely to be.
const LIKELY: usize = 16_384;
/// More changed records than this, and all is let go of.
const MOST: usize = 100_000;

/// How some records have to do with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Beside {
    /// Claims that speak of it, as subject, object or whom they concern.
    Of,
    /// Claims whose subject it is; of what thousands are attributed to, few are.
    On,
    /// Claims that it makes, as an assessor.
    By,
    /// What it consists of.
    Part,
    /// What names it as the source of its words, or of some of them.
    Citing,
}

/// The properties by which a statement has to do with the record it leads to, and how.
const LEADING: [(NamedNodeRef<'static>, Beside); 6] = [
    (properties::FM_SUBJECT, Beside::Of),
    (properties::FM_SUBJECT, Beside::On),
    (properties::FM_OBJECT, Beside::Of),
    (properties::FM_CONCERNS, Beside::Of),
    (properties::FM_ASSESSOR, Beside::By),
    (properties::DCTERMS_SOURCE, Beside::Citing),
];

/// The properties that stand between a whole and its parts, the whole at their source or target.
fn wholes() -> &'static [Vec<NamedNode>; 2] {
    static WHOLES: OnceLock<[Vec<NamedNode>; 2]> = OnceLock::new();
    WHOLES.get_or_init(|| ["source", "target"].map(ontology::wholes))
}

type Lately<K, V> = Cache<K, V, Bytes>;

/// What is kept, by sort.
pub(crate) struct Kept {
    /// Records.
    pub nodes: Lately<RecordId, Arc<Node>>,
    /// Claims.
    pub claims: Lately<RecordId, Arc<Claim>>,
    /// What records quote; claims have their words with them.
    pub quoted: Lately<RecordId, Arc<[Quotation]>>,
    /// Markings; of the present alone.
    pub marked: Lately<RecordId, Arc<Marked>>,
    /// The marking of all that is shown of a record, where many are asked for: small, so that it is kept
    /// of some 190,000.
    pub whole: Lately<RecordId, Arc<Marking>>,
    /// What has to do with a record, in the order of ids.
    pub beside: Lately<(Beside, RecordId), Arc<[RecordId]>>,
}

/// What was lately read of one view.
pub(crate) struct Recent(Mutex<(u64, Kept)>);

impl Default for Recent {
    fn default() -> Self {
        Self(Mutex::new((0, Kept::new())))
    }
}

impl Kept {
    fn new() -> Self {
        Self {
            nodes: Cache::with_weighter(LIKELY, BYTES, Bytes),
            claims: Cache::with_weighter(LIKELY, BYTES, Bytes),
            quoted: Cache::with_weighter(LIKELY, BYTES, Bytes),
            marked: Cache::with_weighter(LIKELY, BYTES, Bytes),
            whole: Cache::with_weighter(LIKELY, BYTES, Bytes),
            beside: Cache::with_weighter(LIKELY, BYTES, Bytes),
        }
    }
}

impl Recent {
    fn lock(&self) -> MutexGuard<'_, (u64, Kept)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of each key, aligned: what is kept, and what `read` finds of the rest.
    pub fn read<K, V, E>(
        &self,
        sort: fn(&mut Kept) -> &mut Lately<K, V>,
        keys: &[K],
        read: impl FnOnce(&[K]) -> Result<HashMap<K, V>, E>,
    ) -> Result<Vec<Option<V>>, E>
    where
        K: Clone + Eq + Hash,
        V: Clone,
        Bytes: Weighter<K, V>,
    {
        let mut kept = self.lock();
        let begun = kept.0;
        let sorted = sort(&mut kept.1);
        let mut found: Vec<Option<V>> = keys.iter().map(|key| sorted.get(key).cloned()).collect();
        drop(kept);
        let lacking = keys.iter().zip(&found).filter(|(_, found)| found.is_none());
        let lacking: HashSet<&K> = lacking.map(|(key, _)| key).collect();
        if lacking.is_empty() {
            return Ok(found);
        }
        let lacking: Vec<K> = lacking.into_iter().cloned().collect();
        let new = read(&lacking)?;
        for (found, key) in found.iter_mut().zip(keys) {
            if found.is_none() {
                *found = new.get(key).cloned();
            }
        }
        let mut kept = self.lock();
        // What was read while a change came in may be from before it.
        if kept.0 == begun {
            let sorted = sort(&mut kept.1);
            new.into_iter()
                .for_each(|(key, value)| sorted.insert(key, value));
        }
        Ok(found)
    }

    /// Lets go of what is not as it was.
    pub fn forget(&self, stale: &Stale) {
        let mut kept = self.lock();
        kept.0 += 1;
        if stale.all {
            kept.1 = Kept::new();
            return;
        }
        for id in &stale.records {
            kept.1.nodes.remove(id);
            kept.1.claims.remove(id);
            kept.1.quoted.remove(id);
            kept.1.marked.remove(id);
            kept.1.whole.remove(id);
        }
        for key in &stale.beside {
            kept.1.beside.remove(key);
        }
    }
}

/// What is not as it was after a change of a view.
#[derive(Default)]
pub(crate) struct Stale {
    records: HashSet<RecordId>,
    beside: HashSet<(Beside, RecordId)>,
    all: bool,
    /// Whether any statement came or went. What the view does not show moves none.
    moved: bool,
    /// What was spoken of last: statements come record by record.
    last: Option<NamedNode>,
}

impl Stale {
    /// Everything: nobody knows what has changed.
    pub fn all() -> Self {
        Self {
            all: true,
            moved: true,
            ..Self::default()
        }
    }

    /// Whether any statement of the view came or went.
    pub fn has_moved(&self) -> bool {
        self.moved
    }

    /// Takes in a record that may not be as it was.
    pub fn record(&mut self, id: RecordId) {
        if self.all {
            return;
        }
        self.records.insert(id);
        if self.records.len() > MOST {
            *self = Self {
                moved: self.moved,
                ..Self::all()
            };
        }
    }

    /// Takes in what is not as it was after that.
    pub fn and(&mut self, later: Self) {
        let moved = self.moved || later.moved;
        if self.all || later.all {
            *self = Self {
                moved,
                ..Self::all()
            };
            return;
        }
        self.moved = moved;
        self.beside.extend(later.beside);
        later.records.into_iter().for_each(|id| self.record(id));
    }

    /// Takes in a statement that came or went.
    pub fn note(&mut self, triple: &Triple) {
        self.moved = true;
        if self.all {
            return;
        }
        let subject = match &triple.subject {
            NamedOrBlankNode::NamedNode(node) => Some(node),
            NamedOrBlankNode::BlankNode(_) => None,
        };
        if subject.is_none() || self.last.as_ref() != subject {
            let Some(owner) = subject.and_then(|node| RecordId::owner_of(node.as_str())) else {
                // A term of a vocabulary, such as the word of a band, is part of many claims.
                *self = Self::all();
                return;
            };
            self.record(owner);
            self.last = subject.cloned();
        }
        let source = || RecordId::from_iri(subject?.as_str());
        let target = || match &triple.object {
            Term::NamedNode(object) => RecordId::from_iri(object.as_str()),
            _ => None,
        };
        let [at_source, at_target] = wholes();
        if at_source.contains(&triple.predicate) {
            self.beside.extend(source().map(|of| (Beside::Part, of)));
        }
        if at_target.contains(&triple.predicate) {
            self.beside.extend(target().map(|of| (Beside::Part, of)));
        }
        for (property, how) in LEADING {
            if property == triple.predicate {
                self.beside.extend(target().map(|of| (how, of)));
            }
        }
    }
}

/// How many bytes something takes, roughly.
#[derive(Clone)]
pub(crate) struct Bytes;

/// What a value takes beside its letters.
const EACH: usize = 64;

/// How many bytes of text a value has.
pub(super) fn letters(value: &Term) -> usize {
    match value {
        Term::Literal(literal) => literal.value().len(),
        Term::NamedNode(node) => node.as_str().len(),
        _ => EACH,
    }
}

impl Weighter<RecordId, Arc<Node>> for Bytes {
    fn weight(&self, _: &RecordId, node: &Arc<Node>) -> u64 {
        let values = |values: &Vec<Term>| -> usize {
            values.iter().map(|value| letters(value) + EACH).sum()
        };
        let properties = node.properties.iter();
        let all = properties.map(|(name, all)| name.as_str().len() + EACH + values(all));
        (all.sum::<usize>() + 2 * EACH) as u64
    }
}

/// How many bytes quotations take.
fn words(quoted: &[Quotation]) -> usize {
    quoted.iter().map(|one| one.text.len() + 2 * EACH).sum()
}

impl Weighter<RecordId, Arc<[Quotation]>> for Bytes {
    fn weight(&self, _: &RecordId, quoted: &Arc<[Quotation]>) -> u64 {
        (words(quoted) + 2 * EACH) as u64
    }
}

impl Weighter<RecordId, Arc<Claim>> for Bytes {
    fn weight(&self, _: &RecordId, claim: &Arc<Claim>) -> u64 {
        let named = claim
            .object_words
            .iter()
            .map(|(_, words)| words.len() + EACH);
        let others = claim.assessors.len()
            + claim.evidence.len()
            + claim.derivation.len()
            + claim.sources.len()
            + claim.basis.len();
        let fixed = size_of::<Claim>() + 8 * EACH;
        (fixed + words(&claim.verbatim) + named.sum::<usize>() + others * 2 * EACH) as u64
    }
}

impl Weighter<RecordId, Arc<Marked>> for Bytes {
    fn weight(&self, _: &RecordId, marked: &Arc<Marked>) -> u64 {
        ((marked.apart() * 8 + 4) * EACH) as u64
    }
}

impl Weighter<RecordId, Arc<Marking>> for Bytes {
    /// The marking itself is shared by all that are marked so.
    fn weight(&self, _: &RecordId, _: &Arc<Marking>) -> u64 {
        2 * EACH as u64
    }
}

impl Weighter<(Beside, RecordId), Arc<[RecordId]>> for Bytes {
    fn weight(&self, _: &(Beside, RecordId), claims: &Arc<[RecordId]>) -> u64 {
        ((claims.len() + 2) * 2 * EACH) as u64
    }
}
