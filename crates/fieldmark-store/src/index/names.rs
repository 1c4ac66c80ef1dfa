//! The names in a view: what `resolve` and `search` look through, and the order of lists.
//!
//! The engine has no full-text index. The names are read on the first question that needs them, and
//! brought up to each change on the first question after it (`renamed.rs`): about 150 bytes a name.

use super::dates::Day;
use super::fold::{fold, joined};
use crate::engine::{each, objects, states, subjects};
use fieldmark_model::{Edtf, Noun, RecordId};
use fieldmark_rdf::record::noun_of;
use fieldmark_rdf::vocab::{classes, properties, values};
use oxigraph::store::{StorageError, Store};
use oxrdf::{NamedNode, NamedNodeRef, Term};
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Where a name stands on its record; the earlier, the more it is the record's own name.
pub(super) const BEARERS: [NamedNodeRef<'static>; 8] = [
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
pub(super) const CLAIMED: NamedNodeRef<'static> = properties::FM_OBJECT_TEXT;

/// Quoted words are searched but name nothing.
const VERBATIM: u8 = 7;

pub(super) const DATES: [NamedNodeRef<'static>; 4] = [
    properties::STIX_FIRST_SEEN,
    properties::STIX_LAST_SEEN,
    properties::DCTERMS_ISSUED,
    properties::FM_ASSERTED_AT,
];

/// A text by which a record can be found.
#[derive(Debug, PartialEq)]
pub struct Name {
    pub bearer: u8,
    pub text: String,
    pub folded: Arc<str>,
    /// With hyphenated words as one, where there are any.
    pub joined: Option<Arc<str>>,
    /// The claim that says so, where it is no name of the record's own.
    pub claim: Option<RecordId>,
    /// The part of the record in which it stands, where it is no statement of the record itself.
    pub(super) part: Option<Box<str>>,
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
            if **name == *asked.folded || asked.joined.as_deref() == Some(&**name) {
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
#[derive(Debug, PartialEq)]
pub struct Row {
    pub id: RecordId,
    pub noun: Noun,
    /// In English where there is one; else in any language; else its id.
    pub label: String,
    pub folded: String,
    /// The earliest and latest date it states, as written.
    pub first: Option<String>,
    pub last: Option<String>,
    /// The first day of the one and the last day of the other, by which lists are put in order.
    pub days: [Option<Day>; 2],
    /// What it is called, its own names first, and what words it quotes.
    pub names: Vec<Name>,
}

/// A row of which statements are still to come.
pub(super) struct Draft {
    row: Row,
    /// How far the label is from being the best there is.
    rank: (u8, bool),
}

impl Draft {
    /// Of a record of these classes.
    pub fn of<'c>(id: RecordId, classes: impl IntoIterator<Item = NamedNodeRef<'c>>) -> Self {
        let row = Row {
            noun: noun_of(classes),
            label: String::new(),
            folded: String::new(),
            first: None,
            last: None,
            days: [None; 2],
            names: Vec::new(),
            id,
        };
        Self {
            row,
            rank: (VERBATIM - 1, false),
        }
    }

    /// Takes in a text that a property gives to the record, or a part of it.
    pub fn name(
        &mut self,
        bearer: u8,
        text: &Term,
        claim: Option<RecordId>,
        part: Option<Box<str>>,
    ) {
        let Term::Literal(literal) = text else {
            return;
        };
        let text = literal.value().to_owned();
        let rank = (bearer, literal.language() != Some("en"));
        if (rank, &text) < (self.rank, &self.row.label) {
            self.rank = rank;
            self.row.label.clone_from(&text);
        }
        self.row.names.push(Name {
            bearer,
            folded: fold(&text).into(),
            joined: joined(&text).map(Arc::from),
            claim,
            part,
            text,
        });
    }

    /// Takes in a date.
    pub fn date(&mut self, property: NamedNodeRef<'_>, date: &Term) {
        let Term::Literal(literal) = date else {
            return;
        };
        let (row, date) = (&mut self.row, literal.value());
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
    }

    /// The row, when all is in.
    pub fn done(self) -> Arc<Row> {
        let mut row = self.row;
        if row.label.is_empty() {
            row.label = row.id.to_string();
        }
        row.folded = fold(&row.label);
        let date = |text: &Option<String>| Edtf::parse(text.as_deref()?).ok();
        row.days = [
            date(&row.first).map(|date| date.earliest()),
            date(&row.last).map(|date| date.latest()),
        ];
        row.names.sort_by(|a, b| {
            (a.bearer, &a.text, &a.claim, &a.part).cmp(&(b.bearer, &b.text, &b.claim, &b.part))
        });
        row.names.shrink_to_fit();
        Arc::new(row)
    }
}

/// All names of a view at one moment.
#[derive(Debug, PartialEq)]
pub struct Names {
    /// In the order of ids.
    pub rows: Vec<Arc<Row>>,
    /// By folded name, the records that bear it, by their places among the rows.
    pub exact: HashMap<Arc<str>, Vec<u32>>,
}

impl Names {
    /// Reads every name in a store. Costs what its names are, on all cores: each property is walked on
    /// one of them. Whoever asks for names waits for this, so nothing may ask that runs on those cores
    /// itself.
    pub fn read(store: &Store) -> Result<Self, StorageError> {
        let (drafts, aliases) = rayon::join(|| drafts(store), || aliases(store));
        let (drafts, aliases) = (drafts?, aliases?);
        let ids: Vec<RecordId> = drafts.iter().map(|one| one.row.id.clone()).collect();
        let drafts: Vec<Mutex<Draft>> = drafts.into_iter().map(Mutex::new).collect();
        let draft = |id: &RecordId| {
            let at = ids.binary_search(id).ok()?;
            Some(drafts[at].lock().unwrap_or_else(PoisonError::into_inner))
        };
        let bearer = |(bearer, property): (u8, NamedNodeRef<'static>)| {
            named(store, property, &mut |id, part, value| {
                if property != CLAIMED {
                    if let Some(mut draft) = draft(&id) {
                        draft.name(bearer, &value, None, part);
                    }
                    return;
                }
                // A claimed name is another record's than the claim's.
                for subject in aliases.get(&id).into_iter().flatten() {
                    if let Some(mut draft) = draft(subject) {
                        draft.name(bearer, &value, Some(id.clone()), None);
                    }
                }
            })
        };
        let date = |property: NamedNodeRef<'static>| {
            named(store, property, &mut |id, _, value| {
                if let Some(mut draft) = draft(&id) {
                    draft.date(property, &value);
                }
            })
        };
        let bearers: Vec<(u8, NamedNodeRef<'static>)> = (0..).zip(BEARERS).collect();
        let names = || bearers.into_par_iter().try_for_each(bearer);
        let (names, dates) = rayon::join(names, || DATES.into_par_iter().try_for_each(date));
        names.and(dates)?;
        let done = |draft: Mutex<Draft>| {
            let draft = draft.into_inner().unwrap_or_else(PoisonError::into_inner);
            draft.done()
        };
        Ok(Self::of_rows(drafts.into_par_iter().map(done).collect()))
    }

    /// Of rows in the order of ids.
    pub(super) fn of_rows(rows: Vec<Arc<Row>>) -> Self {
        Self {
            exact: by_text(&rows),
            rows,
        }
    }

    /// Every name with the place of its record.
    pub fn all(&self) -> impl Iterator<Item = (u32, &Name)> {
        let rows = (0..).zip(&self.rows);
        rows.flat_map(|(record, row)| row.names.iter().map(move |name| (record, name)))
    }

    /// The records that a text means: a name in full, else those of whose names it is words, else
    /// those in whose names it occurs.
    pub fn meaning(&self, text: &str) -> Vec<u32> {
        let asked = Asked::new(text);
        let Some(records) = self.exact.get(asked.folded.as_str()) else {
            return self.best(&asked, |_| true);
        };
        let mut records = records.clone();
        // "MPs" is no slip of "MPS" where names have the word as it is written: then all of them
        // are meant, and nobody picks one in silence.
        let as_written = |name: &Name| {
            let mut words = name.text.split(|c: char| !c.is_alphanumeric());
            name.names() && (name.text == text || words.any(|word| word == text))
        };
        let mut own = records.iter().flat_map(|record| self.of(*record));
        if !own.any(|name| *name.folded == *asked.folded && as_written(name)) {
            let others = self.all().filter(|(_, name)| as_written(name));
            let others = others.map(|(record, _)| record);
            let others: Vec<u32> = others.filter(|other| !records.contains(other)).collect();
            records.extend(others);
            records.dedup();
        }
        records
    }

    /// The names of a record.
    pub fn of(&self, record: u32) -> impl Iterator<Item = &Name> {
        let row = self.rows.get(record as usize);
        row.into_iter().flat_map(|row| &row.names)
    }

    /// The records that say of themselves that they are called so, by a name as it is compared.
    pub fn bearers(&self, folded: &str) -> Vec<u32> {
        let borne = |record: &u32| {
            self.of(*record)
                .any(|name| name.is_own() && *name.folded == *folded)
        };
        let records = self.exact.get(folded).into_iter().flatten();
        records.copied().filter(borne).collect()
    }

    /// The alias claims that give a record this name, which is compared as it is.
    pub fn claimed(&self, folded: &str) -> Vec<RecordId> {
        let records = self.exact.get(folded).into_iter().flatten();
        let names = records.flat_map(|record| self.of(*record));
        let claims = names.filter(|name| *name.folded == *folded);
        claims.filter_map(|name| name.claim.clone()).collect()
    }

    /// The records whose names fit best among those that may be meant.
    pub fn best(&self, asked: &Asked, may: impl Fn(&Row) -> bool) -> Vec<u32> {
        let named = (0..).zip(&self.rows).filter(|(_, row)| may(row));
        let named = named.flat_map(|(record, row)| row.names.iter().map(move |n| (record, n)));
        let mut found: Vec<(Fit, u32)> = named
            .filter(|(_, name)| name.names())
            .filter_map(|(record, name)| {
                let part = match name.fit(asked)? {
                    Fit::Beginning => Fit::Beginnings,
                    fit => fit,
                };
                Some((part, record))
            })
            .collect();
        found.sort_unstable();
        let best = found.first().map(|(fit, _)| *fit);
        found.retain(|(fit, _)| Some(*fit) == best);
        found.dedup();
        found.into_iter().map(|(_, record)| record).collect()
    }
}

/// Every statement of a property of a record: the record, and which part of it says so.
fn named(
    store: &Store,
    property: NamedNodeRef<'static>,
    take: &mut dyn FnMut(RecordId, Option<Box<str>>, Term),
) -> Result<(), StorageError> {
    each(store, property, None, |subject, value| {
        if let Some(id) = RecordId::from_iri(subject.as_str()) {
            take(id, None, value);
        } else if property == properties::FM_VERBATIM
            && let Some(id) = RecordId::owner_of(subject.as_str())
        {
            // Quotations are parts of what quotes them.
            take(id, Some(subject.into_string().into()), value);
        }
    })
}

/// The records of a store in the order of ids, without names or dates yet.
fn drafts(store: &Store) -> Result<Vec<Draft>, StorageError> {
    let mut types: HashMap<RecordId, Vec<NamedNode>> = HashMap::new();
    named(store, properties::RDF_TYPE, &mut |id, _, class| {
        if let Term::NamedNode(class) = class {
            types.entry(id).or_default().push(class);
        }
    })?;
    // What only stands for a record here is not listed beside it.
    named(store, properties::FM_STANDS_FOR, &mut |id, _, _| {
        drop(types.remove(&id))
    })?;
    let draft = |(id, types): (RecordId, Vec<NamedNode>)| {
        Draft::of(id, types.iter().map(NamedNode::as_ref))
    };
    let mut drafts: Vec<Draft> = types.into_iter().map(draft).collect();
    drafts.par_sort_unstable_by(|a, b| a.row.id.cmp(&b.row.id));
    Ok(drafts)
}

/// The records that bear a name, by the name as it is compared.
fn by_text(rows: &[Arc<Row>]) -> HashMap<Arc<str>, Vec<u32>> {
    let named = (0..).zip(rows);
    let named = named.flat_map(|(record, row)| row.names.iter().map(move |name| (record, name)));
    let named = named.filter(|(_, name)| name.names());
    let mut exact: HashMap<Arc<str>, Vec<u32>> = HashMap::with_capacity(rows.len());
    for (record, name) in named.clone() {
        let records = exact.entry(name.folded.clone()).or_default();
        if records.last() != Some(&record) {
            records.push(record);
        }
    }
    // A name's other spelling means it too, beside whose own name that is.
    for (record, name) in named {
        if let Some(joined) = &name.joined {
            let records = exact.entry(joined.clone()).or_default();
            if !records.contains(&record) {
                records.push(record);
            }
        }
    }
    exact
}

/// The alias claims whose other name is no record, each with the records it speaks of.
fn aliases(store: &Store) -> Result<HashMap<RecordId, Vec<RecordId>>, StorageError> {
    let mut found = HashMap::new();
    for claim in subjects(store, properties::RDF_TYPE, classes::FM_ALIAS.into())? {
        if let Some(id) = RecordId::from_iri(claim.as_str()) {
            found.insert(id, called_so(store, claim.as_ref())?);
        }
    }
    Ok(found)
}

/// The records that an alias claim gives another name to, while it stands and affirms.
pub(super) fn called_so(
    store: &Store,
    claim: NamedNodeRef<'_>,
) -> Result<Vec<RecordId>, StorageError> {
    let says = |property: NamedNodeRef<'_>, value: NamedNodeRef<'_>| {
        states(store, claim, property, value.into())
    };
    if !says(properties::RDF_TYPE, classes::FM_ALIAS)?
        || !says(properties::FM_POLARITY, values::FM_AFFIRMS)?
        || says(properties::FM_STATUS, values::FM_WITHDRAWN)?
    {
        return Ok(Vec::new());
    }
    let subjects = objects(store, claim, properties::FM_SUBJECT)?;
    let record = |subject: Term| match subject {
        Term::NamedNode(subject) => RecordId::from_iri(subject.as_str()),
        _ => None,
    };
    Ok(subjects.into_iter().filter_map(record).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_fit_better_than_parts_of_words() {
        let fit = |name: &str, asked: &str| {
            let name = Name {
                bearer: 0,
                folded: fold(name).into(),
                joined: joined(name).map(Arc::from),
                claim: None,
                part: None,
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
