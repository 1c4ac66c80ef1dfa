//! The names in a view: what `resolve` and `search` look through, and the order of lists.
//!
//! The engine has no full-text index. The names are read once after a change of the view, on the
//! first question that needs them, and kept until the next change: about 150 bytes a name.

use super::fold::{fold, joined};
use crate::engine::{each, objects, states, subjects};
use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::record::noun_of;
use fieldmark_rdf::vocab::{classes, properties, values};
use oxigraph::store::{StorageError, Store};
use oxrdf::{NamedNodeRef, Term};
use std::collections::{BTreeMap, HashMap};

/// Where a name stands on its record; the earlier, the more it is the record's own name.
const BEARERS: [NamedNodeRef<'static>; 8] = [
    properties::SKOS_PREF_LABEL,
    properties::SKOS_NOTATION,
    properties::DCTERMS_TITLE,
    properties::SKOSXL_LITERAL_FORM,
    properties::SKOS_ALT_LABEL,
    properties::DCTERMS_IDENTIFIER,
    CLAIMED,
    properties::FM_VERBATIM,
];

/// A name that an assessor claims a record to have: the words of an alias claim.
const CLAIMED: NamedNodeRef<'static> = properties::FM_OBJECT_TEXT;

/// Quoted words are searched but name nothing.
const VERBATIM: u8 = 7;

const DATES: [NamedNodeRef<'static>; 4] = [
    properties::STIX_FIRST_SEEN,
    properties::STIX_LAST_SEEN,
    properties::DCTERMS_ISSUED,
    properties::FM_ASSERTED_AT,
];

/// A text by which a record can be found.
pub struct Name {
    pub record: u32,
    pub bearer: u8,
    pub text: String,
    pub folded: String,
    /// With hyphenated words as one, where there are any.
    pub joined: Option<String>,
    /// The claim that says so, where it is no name of the record's own.
    pub claim: Option<RecordId>,
}

/// A text that is looked for among names.
pub struct Asked {
    folded: String,
    joined: Option<String>,
    words: Vec<String>,
}

impl Asked {
    /// A text as it was typed.
    pub fn new(text: &str) -> Self {
        let folded = fold(text);
        Self {
            joined: joined(text),
            words: folded.split_whitespace().map(str::to_owned).collect(),
            folded,
        }
    }

    /// The text as it is compared.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

/// How well a name fits; the least fits best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is the name.
    Name,
    /// Every word is a word of the name.
    Words,
    /// The name begins with it.
    Beginning,
    /// Every word begins a word of the name.
    Beginnings,
    /// Every word occurs somewhere.
    Anywhere,
}

impl Name {
    /// How well the name fits what is asked, if every word of that occurs in it.
    pub fn fit(&self, asked: &Asked) -> Option<Fit> {
        let forms = [Some(&self.folded), self.joined.as_ref()];
        let fits = forms.into_iter().flatten().filter_map(|name| {
            if *name == asked.folded || asked.joined.as_ref() == Some(name) {
                return Some(Fit::Name);
            }
            if asked.is_empty() || !asked.words.iter().all(|word| name.contains(word)) {
                return None;
            }
            let all = |holds: fn(&str, &str) -> bool| {
                let of = |word: &String| {
                    let mut words = name.split(|c: char| !c.is_alphanumeric());
                    words.any(|of| holds(of, word))
                };
                asked.words.iter().all(of)
            };
            Some(if all(|of, word| of == word) {
                Fit::Words
            } else if name.starts_with(&asked.folded) {
                Fit::Beginning
            } else if all(|of, word| of.starts_with(word)) {
                Fit::Beginnings
            } else {
                Fit::Anywhere
            })
        });
        fits.min()
    }

    /// Whether the record itself says that it is called so: no number, and nobody's claim.
    pub fn is_own(&self) -> bool {
        let property = BEARERS[usize::from(self.bearer)];
        let numbers = [properties::SKOS_NOTATION, properties::DCTERMS_IDENTIFIER];
        self.names() && self.claim.is_none() && !numbers.contains(&property)
    }

    /// Whether it is what the record is called, not only words that stand in it.
    pub fn names(&self) -> bool {
        self.bearer != VERBATIM
    }
}

/// A record as lists know it.
pub struct Row {
    pub id: RecordId,
    pub noun: Noun,
    /// In English where there is one; else in any language; else its id.
    pub label: String,
    pub folded: String,
    /// The earliest and latest date it states, as written.
    pub first: Option<String>,
    pub last: Option<String>,
}

/// All names of a view at one moment.
pub struct Names {
    /// In the order of ids.
    pub rows: Vec<Row>,
    pub names: Vec<Name>,
    /// By folded name, the records that bear it.
    pub exact: HashMap<String, Vec<u32>>,
}

impl Names {
    /// Reads every name in a store. Costs what its names are.
    pub fn read(store: &Store) -> Result<Self, StorageError> {
        let mut rows = rows(store)?;
        let mut names = Vec::new();
        let mut labels: HashMap<u32, (u8, u8)> = HashMap::new();
        let aliases = aliases(store)?;
        for (bearer, property) in (0..).zip(BEARERS) {
            named(store, property, &mut |id, value| {
                // A claimed name is another record's than the claim's.
                let (id, claim) = match property == CLAIMED {
                    false => (id, None),
                    true => match aliases.get(&id) {
                        Some(subject) => (subject.clone(), Some(id)),
                        None => return,
                    },
                };
                let (Some(at), Term::Literal(literal)) = (place(&rows, &id), value) else {
                    return;
                };
                let record = u32::try_from(at).unwrap_or(u32::MAX);
                let text = literal.value().to_owned();
                let rank = (bearer, u8::from(literal.language() != Some("en")));
                if bearer < VERBATIM - 1 && labels.get(&record).is_none_or(|best| rank < *best) {
                    labels.insert(record, rank);
                    rows[at].label.clone_from(&text);
                }
                names.push(Name {
                    record,
                    bearer,
                    folded: fold(&text),
                    joined: joined(&text),
                    claim,
                    text,
                });
            })?;
        }
        date(store, &mut rows)?;
        for row in &mut rows {
            if row.label.is_empty() {
                row.label = row.id.to_string();
            }
            row.folded = fold(&row.label);
        }
        names.sort_by(|a, b| (a.record, a.bearer, &a.text).cmp(&(b.record, b.bearer, &b.text)));
        Ok(Self {
            exact: by_text(&names),
            rows,
            names,
        })
    }

    /// The records that a text means: a name in full, else those of whose names it is words, else
    /// those in whose names it occurs.
    pub fn meaning(&self, text: &str) -> Vec<u32> {
        let asked = Asked::new(text);
        let Some(records) = self.exact.get(&asked.folded) else {
            return self.best(&asked, |_| true);
        };
        let mut records = records.clone();
        // "MPs" is no slip of "MPS" where names have the word as it is written: then all of them
        // are meant, and nobody picks one in silence.
        let as_written = |name: &&Name| {
            let mut words = name.text.split(|c: char| !c.is_alphanumeric());
            name.names() && (name.text == text || words.any(|word| word == text))
        };
        let own = |name: &&Name| records.contains(&name.record) && name.folded == asked.folded;
        if !self.names.iter().filter(own).any(|name| as_written(&name)) {
            let others = self.names.iter().filter(as_written).map(|name| name.record);
            let others: Vec<u32> = others.filter(|other| !records.contains(other)).collect();
            records.extend(others);
            records.dedup();
        }
        records
    }

    /// The names of a record.
    pub fn of(&self, record: u32) -> impl Iterator<Item = &Name> {
        let at = self.names.partition_point(|name| name.record < record);
        self.names[at..]
            .iter()
            .take_while(move |name| name.record == record)
    }

    /// The records that say of themselves that they are called so, by a name as it is compared.
    pub fn bearers(&self, folded: &str) -> Vec<u32> {
        let borne = |record: &u32| {
            self.of(*record)
                .any(|name| name.is_own() && name.folded == folded)
        };
        let records = self.exact.get(folded).into_iter().flatten();
        records.copied().filter(borne).collect()
    }

    /// The alias claims that give a record this name, which is compared as it is.
    pub fn claimed(&self, folded: &str) -> Vec<RecordId> {
        let records = self.exact.get(folded).into_iter().flatten();
        let names = records.flat_map(|record| self.of(*record));
        let claims = names.filter(|name| name.folded == folded);
        claims.filter_map(|name| name.claim.clone()).collect()
    }

    /// The records whose names fit best among those that may be meant.
    pub fn best(&self, asked: &Asked, may: impl Fn(&Row) -> bool) -> Vec<u32> {
        let mut found: Vec<(Fit, u32)> = self
            .names
            .iter()
            .filter(|name| name.names() && self.rows.get(name.record as usize).is_some_and(&may))
            .filter_map(|name| {
                let part = match name.fit(asked)? {
                    Fit::Beginning => Fit::Beginnings,
                    fit => fit,
                };
                Some((part, name.record))
            })
            .collect();
        found.sort_unstable();
        let best = found.first().map(|(fit, _)| *fit);
        found.retain(|(fit, _)| Some(*fit) == best);
        found.dedup();
        found.into_iter().map(|(_, record)| record).collect()
    }
}

/// Every statement of a property of a record.
fn named(
    store: &Store,
    property: NamedNodeRef<'static>,
    take: &mut dyn FnMut(RecordId, Term),
) -> Result<(), StorageError> {
    each(store, property, None, |subject, value| {
        let id = match property == properties::FM_VERBATIM {
            // Quotations are parts of what quotes them.
            true => RecordId::owner_of(subject.as_str()),
            false => RecordId::from_iri(subject.as_str()),
        };
        if let Some(id) = id {
            take(id, value);
        }
    })
}

/// The records of a store, without names or dates yet.
fn rows(store: &Store) -> Result<Vec<Row>, StorageError> {
    let mut types: BTreeMap<RecordId, Vec<oxrdf::NamedNode>> = BTreeMap::new();
    named(store, properties::RDF_TYPE, &mut |id, class| {
        if let Term::NamedNode(class) = class {
            types.entry(id).or_default().push(class);
        }
    })?;
    // What only stands for a record here is not listed beside it.
    named(store, properties::FM_STANDS_FOR, &mut |id, _| {
        drop(types.remove(&id))
    })?;
    let row = |(id, types): (RecordId, Vec<oxrdf::NamedNode>)| Row {
        noun: noun_of(types.iter().map(oxrdf::NamedNode::as_ref)),
        label: String::new(),
        folded: String::new(),
        first: None,
        last: None,
        id,
    };
    Ok(types.into_iter().map(row).collect())
}

fn place(rows: &[Row], id: &RecordId) -> Option<usize> {
    rows.binary_search_by(|row| row.id.cmp(id)).ok()
}

/// Gives each record the earliest and the latest date that it states.
fn date(store: &Store, rows: &mut [Row]) -> Result<(), StorageError> {
    for property in DATES {
        named(store, property, &mut |id, value| {
            let (Some(at), Term::Literal(literal)) = (place(rows, &id), value) else {
                return;
            };
            let row = &mut rows[at];
            let date = literal.value();
            if property != properties::STIX_LAST_SEEN
                && row.first.as_deref().is_none_or(|first| date < first)
            {
                row.first = Some(date.to_owned());
            }
            if property != properties::STIX_FIRST_SEEN
                && row.last.as_deref().is_none_or(|last| date > last)
            {
                row.last = Some(date.to_owned());
            }
        })?;
    }
    Ok(())
}

/// The records that bear a name, by the name as it is compared.
fn by_text(names: &[Name]) -> HashMap<String, Vec<u32>> {
    let mut exact: HashMap<String, Vec<u32>> = HashMap::new();
    for name in names.iter().filter(|name| name.names()) {
        let records = exact.entry(name.folded.clone()).or_default();
        if records.last() != Some(&name.record) {
            records.push(name.record);
        }
    }
    // A name's other spelling means it too, beside whose own name that is.
    for name in names.iter().filter(|name| name.names()) {
        if let Some(joined) = &name.joined {
            let records = exact.entry(joined.clone()).or_default();
            if !records.contains(&name.record) {
                records.push(name.record);
            }
        }
    }
    exact
}

/// The alias claims whose other name is no record, each with the record it speaks of.
fn aliases(store: &Store) -> Result<HashMap<RecordId, RecordId>, StorageError> {
    let mut found = HashMap::new();
    for claim in subjects(store, properties::RDF_TYPE, classes::FM_ALIAS.into())? {
        let says = |property: NamedNodeRef<'_>, value: NamedNodeRef<'_>| {
            states(store, claim.as_ref(), property, value.into())
        };
        if !says(properties::FM_POLARITY, values::FM_AFFIRMS)?
            || says(properties::FM_STATUS, values::FM_WITHDRAWN)?
        {
            continue;
        }
        for subject in objects(store, claim.as_ref(), properties::FM_SUBJECT)? {
            if let Term::NamedNode(subject) = subject {
                let ids = RecordId::from_iri(claim.as_str());
                found.extend(ids.zip(RecordId::from_iri(subject.as_str())));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_fit_better_than_parts_of_words() {
        let fit = |name: &str, asked: &str| {
            let name = Name {
                record: 0,
                bearer: 0,
                folded: fold(name),
                joined: joined(name),
                claim: None,
                text: name.to_owned(),
            };
            name.fit(&Asked::new(asked))
        };
        for (name, asked, wanted) in [
            ("MPs campaign 2023", "MPs", Some(Fit::Words)),
            ("A glimpse of it", "MPs", Some(Fit::Anywhere)),
            ("MPs campaign 2023", "mps camp", Some(Fit::Beginning)),
            ("Campaign of the MPs", "mps camp", Some(Fit::Beginnings)),
            ("APT-31", "apt31", Some(Fit::Name)),
            ("APT-31", "apt 31", Some(Fit::Name)),
            ("APT31", "APT-31", Some(Fit::Name)),
            ("truth_now_2023", "truth now", Some(Fit::Words)),
            ("東京新聞社", "新聞", Some(Fit::Anywhere)),
            ("パリ通信", "バリ通信", None),
            ("Spamouflage", "", None),
        ] {
            assert_eq!(fit(name, asked), wanted, "{name} asked by {asked}");
        }
    }
}
