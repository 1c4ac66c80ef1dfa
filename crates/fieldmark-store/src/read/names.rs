//! Which record an id, a number or a name means.

use super::ReadError;
use crate::index::families::HOLDERS;
use crate::index::names::{Asked, Names, Row};
use crate::index::near::nearest;
use crate::view::View;
use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::vocab::properties;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What an id, an IRI or a name means in a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// One record.
    One(RecordId),
    /// A name that several records bear: id, noun and label of each.
    Many(Vec<(RecordId, Noun, String)>),
    /// Nothing here; the records whose names are nearest to it, so that a slip can be mended.
    None(Vec<(RecordId, Noun, String)>),
}

impl View {
    /// The names of this view, read or brought up to it now if they are not in hand.
    pub(crate) fn names(&self) -> Result<Arc<Names>, ReadError> {
        let names = self.cached_names();
        let names = names.get(|before| match before {
            Some((before, moved)) => before.after(moved, self.engine()),
            None => Names::read(self.engine()),
        });
        names.map_err(ReadError::engine)
    }

    /// The same, where something that has features is wanted: of the records that a name may mean,
    /// campaigns and the like come before a place or a report of that name.
    pub fn resolve_compared(&self, text: &str) -> Result<Resolved, ReadError> {
        if as_id(text).is_some() {
            return self.resolve(text);
        }
        let names = self.names()?;
        let asked = Asked::new(text);
        // A name in full before words in names, and an operation before who may be behind it.
        for (in_full, types) in [
            (true, &HOLDERS[..]),
            (false, &HOLDERS[..2]),
            (false, &HOLDERS[..]),
        ] {
            let records = match in_full {
                true => names.exact.get(asked.folded()).cloned().unwrap_or_default(),
                false => names.best(&asked, |row| types.contains(&row.id.stix_type())),
            };
            let rows = records
                .iter()
                .filter_map(|record| names.rows.get(*record as usize))
                .filter(|row| types.contains(&row.id.stix_type()));
            match rows.collect::<Vec<_>>().as_slice() {
                [] => {}
                [one] => return Ok(Resolved::One(one.id.clone())),
                many => {
                    return Ok(Resolved::Many(
                        many.iter().map(|row| candidate(row)).collect(),
                    ));
                }
            }
        }
        self.resolve(text)
    }

    /// The record that an id, an IRI, a number or a name means, in any script and whatever its
    /// case and accents. A name in full goes before words that occur in names.
    pub fn resolve(&self, text: &str) -> Result<Resolved, ReadError> {
        if let Some(id) = as_id(text) {
            let found = self.nodes(std::slice::from_ref(&id))?.pop().flatten();
            return Ok(found.map_or(Resolved::None(Vec::new()), |node| {
                let stands_for = node.records(properties::FM_STANDS_FOR).into_iter().next();
                Resolved::One(stands_for.unwrap_or_else(|| node.id.clone()))
            }));
        }
        let text = text.trim();
        let names = self.names()?;
        let row = |record: &u32| names.rows.get(*record as usize);
        Ok(match names.meaning(text).as_slice() {
            [] => Resolved::None(nearest(&names, &Asked::new(text))),
            [one] => row(one).map_or(Resolved::None(Vec::new()), |row| {
                Resolved::One(row.id.clone())
            }),
            many => Resolved::Many(
                many.iter()
                    .filter_map(row)
                    .map(|row| candidate(row))
                    .collect(),
            ),
        })
    }
}

impl View {
    /// How many records there are, by the type of their ids.
    pub fn counts(&self) -> Result<BTreeMap<String, u64>, ReadError> {
        let mut counts = BTreeMap::new();
        for row in &self.names()?.rows {
            *counts.entry(row.id.stix_type().to_owned()).or_default() += 1;
        }
        Ok(counts)
    }

    /// How many records of each noun there are; of those that there are none of, nothing.
    pub fn nouns(&self) -> Result<BTreeMap<Noun, u64>, ReadError> {
        let mut counts = BTreeMap::new();
        for row in &self.names()?.rows {
            *counts.entry(row.noun).or_default() += 1;
        }
        Ok(counts)
    }

    /// The things that a name in full stands for, where several records bear it: each of them, and
    /// of a label every sense that it is used in. None where the name means one record, where it is
    /// only words of names, or where it stands for more than are told of at once.
    pub fn senses(&self, name: &str) -> Result<Vec<RecordId>, ReadError> {
        let Resolved::Many(bearers) = self.resolve(name)? else {
            return Ok(Vec::new());
        };
        if !self.names()?.exact.contains_key(Asked::new(name).folded()) {
            return Ok(Vec::new());
        }
        let mut senses = Vec::new();
        for (id, noun, _) in bearers {
            let used = match noun {
                Noun::Label => self.used_for(&id)?,
                _ => Vec::new(),
            };
            // A label that nothing here is called by stands for itself.
            senses.extend(if used.is_empty() { vec![id] } else { used });
        }
        let mut seen = BTreeSet::new();
        senses.retain(|id| seen.insert(id.clone()));
        if senses.len() > MOST_SENSES {
            senses.clear();
        }
        Ok(senses)
    }
}

/// The most things of one name that are told of at once.
const MOST_SENSES: usize = 12;

fn as_id(text: &str) -> Option<RecordId> {
    let text = text.trim();
    RecordId::from_iri(text).or_else(|| RecordId::parse(text).ok())
}

fn candidate(row: &Row) -> (RecordId, Noun, String) {
    (row.id.clone(), row.noun, row.label.clone())
}
