//! What has a date in a view, in order of time.
//!
//! Read on the first question and brought up to each change on the first question after it; some 100
//! bytes a date. A query would have to sort all of them each time.

use super::moved::Moved;
use crate::engine::{each, objects};
use crate::shapes::Shapes;
use fieldmark_model::{Edtf, RecordId};
use fieldmark_rdf::vocab::EDTF;
use oxigraph::store::{StorageError, Store};
use oxrdf::{NamedNode, NamedNodeRef, Term};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// A year, a month and a day.
pub(crate) type Day = (i32, u8, u8);

/// The properties whose values are dates, as the shapes say.
pub(crate) fn dating() -> &'static [NamedNode] {
    static DATING: OnceLock<Vec<NamedNode>> = OnceLock::new();
    DATING.get_or_init(|| {
        let edtf = NamedNode::new_unchecked(format!("{EDTF}EDTF"));
        Shapes::embedded().of_datatype(edtf.as_ref())
    })
}

/// A date of a record: by the days it may mean, the earliest first and of those the longest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Dated {
    pub earliest: Day,
    pub latest: Reverse<Day>,
    /// What it is the date of, by its place in [`dating`].
    pub property: usize,
    pub record: RecordId,
}

/// The dates of a view at one moment, in order.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Dates(pub Vec<Dated>);

impl Dates {
    /// Reads every date in a store.
    pub fn read(store: &Store) -> Result<Self, StorageError> {
        let mut all = Vec::new();
        for (place, property) in dating().iter().enumerate() {
            each(store, property.as_ref(), None, |of, value| {
                all.extend(dated(of.as_ref(), place, &value));
            })?;
        }
        all.sort_unstable();
        Ok(Self(all))
    }

    /// The dates of a store that changed since these were read: the same as [`read`](Self::read)
    /// would give. Costs a walk over all of them in memory, and a look at what has other dates now.
    pub fn after(&self, moved: &Moved, store: &Store) -> Result<Self, StorageError> {
        let Some(moved) = moved.nodes() else {
            return Self::read(store);
        };
        let ids: BTreeSet<RecordId> = moved
            .iter()
            .filter_map(|node| RecordId::from_iri(node.as_str()))
            .collect();
        let stay = self.0.iter().filter(|one| !ids.contains(&one.record));
        let mut all: Vec<Dated> = stay.cloned().collect();
        for of in moved {
            for (place, property) in dating().iter().enumerate() {
                let values = objects(store, of.as_ref(), property.as_ref())?;
                all.extend(values.iter().filter_map(|v| dated(of.as_ref(), place, v)));
            }
        }
        // Two runs, of which one is in order: next to no work for a sort that looks for runs.
        all.sort();
        Ok(Self(all))
    }
}

/// A date, where it is one of a record.
fn dated(of: NamedNodeRef<'_>, property: usize, value: &Term) -> Option<Dated> {
    let Term::Literal(value) = value else {
        return None;
    };
    let date = Edtf::parse(value.value()).ok()?;
    Some(Dated {
        earliest: date.earliest(),
        latest: Reverse(date.latest()),
        property,
        record: RecordId::from_iri(of.as_str())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{GraphName, Literal, Triple};
    use proptest::prelude::*;

    /// Dates of several precisions, one of them none.
    const WRITTEN: [&str; 6] = [
        "2023",
        "2023-08",
        "2023-08-01",
        "2023-08-29T10:00:00Z",
        "1999~",
        "soon",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// Each change flips a few statements: those that stand go, the others come.
        #[test]
        fn dates_brought_up_to_a_change_are_those_read_anew(
            changes in prop::collection::vec(prop::collection::vec((0_u8..4, 0_usize..8, 0_usize..6), 1..8), 1..6),
        ) {
            let store = Store::new().unwrap();
            let mut known = Dates::read(&store).unwrap();
            for change in changes {
                let mut moved = Moved::default();
                for (of, property, value) in change {
                    let node = NamedNode::new_unchecked(crate::testing::id("campaign", of).iri());
                    moved.note(&node, || true);
                    let triple = Triple::new(
                        node,
                        dating()[property % dating().len()].clone(),
                        Literal::new_simple_literal(WRITTEN[value]),
                    );
                    let quad = triple.in_graph(GraphName::DefaultGraph);
                    if store.contains(&quad).unwrap() {
                        store.remove(&quad).unwrap();
                    } else {
                        store.insert(&quad).unwrap();
                    }
                }
                known = known.after(&moved, &store).unwrap();
                prop_assert_eq!(&known, &Dates::read(&store).unwrap());
            }
        }
    }

    #[test]
    fn the_longest_of_what_begins_together_comes_first_and_what_is_no_date_is_left_out() {
        let store = Store::new().unwrap();
        for (n, written) in (0_u8..).zip(WRITTEN) {
            let of = NamedNode::new_unchecked(crate::testing::id("campaign", n).iri());
            let value = Literal::new_simple_literal(written);
            let triple = Triple::new(of, dating()[0].clone(), value);
            store
                .insert(&triple.in_graph(GraphName::DefaultGraph))
                .unwrap();
        }
        let read = Dates::read(&store).unwrap();
        let order: Vec<RecordId> = read.0.into_iter().map(|one| one.record).collect();
        let wanted = [4, 0, 1, 2, 3].map(|n| crate::testing::id("campaign", n));
        assert_eq!(order, wanted);
    }

    /// The question `timeline` asks for the same properties.
    #[test]
    fn a_timeline_knows_every_property_that_dates() {
        let question = crate::question::find("timeline").unwrap();
        for property in dating() {
            let iri = property.as_str();
            let name = iri.rsplit(['#', '/']).next().unwrap();
            assert!(question.text.contains(&format!(":{name} ")), "{iri}");
        }
        assert!(dating().len() >= 8);
    }
}
