//! Bringing the names of a view up to a change: what was renamed is read again, and the rest stays.

use super::moved::Moved;
use super::names::{BEARERS, CLAIMED, DATES, Draft, Names, Row, called_so};
use crate::engine::{objects, subjects};
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::properties;
use oxigraph::store::{StorageError, Store};
use oxrdf::{NamedNode, NamedNodeRef, Term};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What decides, beside names and dates, who is listed, and whose a claimed name is.
const OTHERS: [NamedNodeRef<'static>; 5] = [
    properties::RDF_TYPE,
    properties::FM_STANDS_FOR,
    properties::FM_SUBJECT,
    properties::FM_POLARITY,
    properties::FM_STATUS,
];

/// Whether a statement of this property may give another name or date to something.
pub(crate) fn renames(property: NamedNodeRef<'_>) -> bool {
    let watched = [&BEARERS[..], &DATES[..], &OTHERS[..]];
    watched.iter().any(|all| all.contains(&property))
}

impl Names {
    /// The names of a store that changed since these were read: the same as [`read`](Self::read)
    /// would give. Costs a walk over all of them in memory, and a look at what was renamed.
    pub fn after(&self, moved: &Moved, store: &Store) -> Result<Self, StorageError> {
        let Some(moved) = moved.nodes() else {
            return Self::read(store);
        };
        let mut again: BTreeMap<RecordId, BTreeSet<Box<str>>> = BTreeMap::new();
        for node in moved {
            let Some(id) = RecordId::owner_of(node.as_str()) else {
                continue;
            };
            let parts = again.entry(id).or_default();
            if node.as_str().contains('#') {
                parts.insert(node.as_str().into());
            }
        }
        // Whom a claim named before it changed, and whom it names now.
        let claims: BTreeSet<RecordId> = again.keys().cloned().collect();
        let changed = |id: &RecordId| claims.contains(id);
        for row in &self.rows {
            if row
                .names
                .iter()
                .any(|name| name.claim.as_ref().is_some_and(changed))
            {
                again.entry(row.id.clone()).or_default();
            }
        }
        for claim in &claims {
            let claim = NamedNode::new_unchecked(claim.iri());
            for subject in called_so(store, claim.as_ref())? {
                again.entry(subject).or_default();
            }
        }
        let mut rows = Vec::with_capacity(self.rows.len() + again.len());
        for row in &self.rows {
            match again.get_mut(&row.id) {
                None => rows.push(row.clone()),
                Some(parts) => parts.extend(row.names.iter().filter_map(|name| name.part.clone())),
            }
        }
        for (id, parts) in again {
            rows.extend(read(store, id, parts)?);
        }
        // Two runs in order: next to no work for a sort that looks for runs.
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self::of_rows(rows))
    }
}

/// A record by itself, whose quoted words may stand at these parts and at those that it names; none
/// where it is not there, or only stands for another.
fn read(
    store: &Store,
    id: RecordId,
    mut parts: BTreeSet<Box<str>>,
) -> Result<Option<Arc<Row>>, StorageError> {
    let node = NamedNode::new_unchecked(id.iri());
    let values = |of: NamedNodeRef<'_>, property| objects(store, of, property);
    let types = values(node.as_ref(), properties::RDF_TYPE)?;
    let mut types = types.iter().filter_map(|class| match class {
        Term::NamedNode(class) => Some(class.as_ref()),
        _ => None,
    });
    let stands_for = values(node.as_ref(), properties::FM_STANDS_FOR)?;
    let Some(first) = types.next().filter(|_| stands_for.is_empty()) else {
        return Ok(None);
    };
    let quoted = values(node.as_ref(), properties::FM_QUOTATION)?.into_iter();
    parts.extend(quoted.filter_map(|part| match part {
        Term::NamedNode(part) if RecordId::owner_of(part.as_str()).as_ref() == Some(&id) => {
            Some(part.into_string().into())
        }
        _ => None,
    }));
    let mut draft = Draft::of(id.clone(), std::iter::once(first).chain(types));
    for (bearer, property) in (0..).zip(BEARERS) {
        if property == CLAIMED {
            for claim in subjects(store, properties::FM_SUBJECT, node.as_ref().into())? {
                let Some(by) = RecordId::from_iri(claim.as_str()) else {
                    continue;
                };
                if called_so(store, claim.as_ref())?.contains(&id) {
                    for name in values(claim.as_ref(), CLAIMED)? {
                        draft.name(bearer, &name, Some(by.clone()), None);
                    }
                }
            }
            continue;
        }
        for name in values(node.as_ref(), property)? {
            draft.name(bearer, &name, None, None);
        }
        if property == properties::FM_VERBATIM {
            for part in &parts {
                let at = NamedNode::new_unchecked(&**part);
                for words in values(at.as_ref(), property)? {
                    draft.name(bearer, &words, None, Some(part.clone()));
                }
            }
        }
    }
    for property in DATES {
        for date in values(node.as_ref(), property)? {
            draft.date(property, &date);
        }
    }
    Ok(Some(draft.done()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fieldmark_rdf::vocab::{classes, values};
    use oxrdf::{GraphName, Literal, NamedOrBlankNode, Triple};
    use proptest::prelude::*;

    /// Few nodes, so that changes meet: two things, two claims, and two parts of the first of these.
    fn node(n: usize) -> NamedNode {
        let of = |kind, n: usize| crate::testing::id(kind, n as u8).iri();
        NamedNode::new_unchecked(match n % 6 {
            n @ (0 | 1) => of("campaign", n),
            n @ (2 | 3) => of("note", n),
            n => format!("{}#words-{n}", of("note", 2)),
        })
    }

    fn statement((of, which, value): (usize, usize, usize)) -> Triple {
        let text = |texts: [&str; 3]| {
            let text = texts[value % 3];
            let tag = ["en", "fr"][value % 2];
            Term::from(Literal::new_language_tagged_literal_unchecked(text, tag))
        };
        let one_of = |nodes: [NamedNodeRef<'_>; 3]| Term::from(nodes[value % 3].into_owned());
        let said = BEARERS.map(|property| (property, text(["APT-31", "apt 31", "Spamouflage"])));
        let dated = DATES.map(|property| (property, text(["2022", "2023-09-06", "2023-08"])));
        let [typed, stands_for, subject, polarity, status] = OTHERS;
        let alias = classes::FM_ALIAS;
        let others = [
            (
                typed,
                one_of([alias, classes::FM_CLAIM, classes::STIX_CAMPAIGN]),
            ),
            (typed, Term::from(alias.into_owned())),
            (stands_for, node(value).into()),
            (subject, node(value % 2).into()),
            (
                polarity,
                one_of([values::FM_AFFIRMS, values::FM_AFFIRMS, values::FM_DENIES]),
            ),
            (status, Term::from(values::FM_WITHDRAWN.into_owned())),
        ];
        let all: Vec<_> = said.into_iter().chain(dated).chain(others).collect();
        let (property, value) = all[which % all.len()].clone();
        Triple::new(node(of), property, value)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Each change flips a few statements: those that stand go, the others come.
        #[test]
        fn names_brought_up_to_a_change_are_those_read_anew(
            changes in prop::collection::vec(prop::collection::vec((0_usize..6, 0_usize..18, 0_usize..6), 1..12), 1..8),
        ) {
            let store = Store::new().unwrap();
            // Whoever is listed again names its parts; what it does not name was never let go of.
            for part in [4, 5] {
                let quotes = Triple::new(node(2), properties::FM_QUOTATION, node(part));
                store.insert(&quotes.in_graph(GraphName::DefaultGraph)).unwrap();
            }
            let mut known = Names::read(&store).unwrap();
            for change in changes {
                let mut moved = Moved::default();
                for triple in change.into_iter().map(statement) {
                    if let NamedOrBlankNode::NamedNode(node) = &triple.subject {
                        moved.note(node, || renames(triple.predicate.as_ref()));
                    }
                    let quad = triple.in_graph(GraphName::DefaultGraph);
                    if store.contains(&quad).unwrap() {
                        store.remove(&quad).unwrap();
                    } else {
                        store.insert(&quad).unwrap();
                    }
                }
                known = known.after(&moved, &store).unwrap();
                prop_assert_eq!(&known, &Names::read(&store).unwrap());
            }
        }
    }
}
