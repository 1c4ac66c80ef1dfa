//! Why an audience does not see all of a record.

use super::{ENDS, Eyes, is_own, mentioned, record_in, triple};
use fieldmark_model::RecordId;
use fieldmark_rdf::record::Record;
use fieldmark_rdf::vocab::properties;
use oxrdf::{GraphName, Quad, Triple};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Why something is not shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It stands under these policies, by IRI, and the audience may see what stands under none of them.
    Marked(BTreeSet<String>),
    /// It speaks of these records, which are not shown.
    Names(BTreeSet<RecordId>),
}

/// Why an audience does not see all of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withheld {
    /// Why it is not there at all; nothing where it is.
    pub whole: Option<Why>,
    /// Why single statements are not shown.
    pub statements: HashMap<Triple, Why>,
}

impl Eyes<'_> {
    /// Why these eyes do not see all of a record, given which others they see. It names what they do
    /// not see, and so is for those who see everything.
    pub fn withheld(&self, record: &Record, visible: impl Fn(&RecordId) -> bool) -> Withheld {
        let marked = |decides: &dyn Fn(&Quad) -> bool| {
            let quads = record.quads().iter();
            let hidden = quads.filter(|quad| decides(quad) && !self.sees(quad));
            let under: BTreeSet<String> = hidden.filter_map(policy).collect();
            (!under.is_empty()).then_some(Why::Marked(under))
        };
        let whole = match self.needs(record) {
            Some(needs) => names(needs.into_iter().filter(|id| !visible(id))),
            // Its type decides, and where that is seen, an end that is not.
            None => {
                let types =
                    |quad: &Quad| quad.predicate == properties::RDF_TYPE && is_own(record, quad);
                let mut quads = record.quads().iter();
                match quads.any(|quad| types(quad) && self.sees(quad)) {
                    true => marked(&|quad| ENDS.contains(&quad.predicate.as_ref())),
                    false => marked(&types),
                }
            }
        };
        let mut shown: HashSet<Triple> = HashSet::new();
        let mut statements: HashMap<Triple, Why> = HashMap::new();
        for quad in record.quads() {
            let hidden = spoken_of(record, quad).filter(|id| !visible(id));
            match (self.sees(quad), names(hidden)) {
                (true, None) => {
                    shown.insert(triple(quad));
                }
                (true, Some(why)) => {
                    statements.insert(triple(quad), why);
                }
                (false, _) => {
                    let why = statements.entry(triple(quad));
                    let why = why.or_insert_with(|| Why::Marked(BTreeSet::new()));
                    if let Why::Marked(under) = why {
                        under.extend(policy(quad));
                    }
                }
            }
        }
        // What is stated under two policies is shown where one of them lets it be.
        statements.retain(|statement, _| !shown.contains(statement));
        Withheld { whole, statements }
    }
}

/// The other records that a statement speaks of.
pub fn spoken_of(record: &Record, quad: &Quad) -> impl Iterator<Item = RecordId> {
    let object = record_in(&quad.object).filter(|id| id != record.id());
    object.into_iter().chain(mentioned(quad))
}

fn names(hidden: impl Iterator<Item = RecordId>) -> Option<Why> {
    let hidden: BTreeSet<RecordId> = hidden.collect();
    (!hidden.is_empty()).then_some(Why::Names(hidden))
}

fn policy(quad: &Quad) -> Option<String> {
    match &quad.graph_name {
        GraphName::NamedNode(node) => Some(node.as_str().to_owned()),
        _ => None,
    }
}
