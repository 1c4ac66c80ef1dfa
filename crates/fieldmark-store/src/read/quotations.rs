//! The words that records quote, in the order of their source.

use super::fixed::Fixed;
use super::{ReadError, record, terms, text};
use crate::view::View;
use fieldmark_model::{Quotation, RecordId};
use oxrdf::Term;
use std::collections::{BTreeMap, HashMap};

// A record's own words, and those of its quotations.
static QUOTED: Fixed = Fixed::new(
    "SELECT ?r ?part ?words ?position ?source ?locator WHERE {
       { VALUES ?r { UNDEF } ?r fm:verbatim ?words . BIND(?r AS ?part) }
       UNION {
         VALUES ?r { UNDEF }
         ?r fm:quotation ?part . ?part fm:verbatim ?words .
         OPTIONAL { ?part fm:position ?position }
         OPTIONAL { ?part dcterms:source ?source }
         OPTIONAL { ?part fm:locator ?locator } } }",
);

// What quotes a source; as a whole, where the source is that of all its words that have no other.
static QUOTING: Fixed = Fixed::new(
    "SELECT ?r ?whole ?locator WHERE {
       { VALUES ?of { UNDEF } ?r dcterms:source ?of . BIND(true AS ?whole) OPTIONAL { ?r fm:locator ?locator } }
       UNION { VALUES ?of { UNDEF } ?part dcterms:source ?of . ?r fm:quotation ?part } }",
);

impl View {
    /// What is quoted of a source, with the records that quote it, by their ids; each with the place
    /// that is stated of it or else of its record. Two queries.
    pub fn quoted_of(&self, source: &RecordId) -> Result<Vec<(RecordId, Quotation)>, ReadError> {
        let mut whole: BTreeMap<RecordId, Option<Option<String>>> = BTreeMap::new();
        QUOTING.run(
            self,
            &[("of", terms(std::slice::from_ref(source)))],
            |row| {
                if let [by, all, locator] = row
                    && let Some(by) = record(by.as_ref())
                {
                    let all = all.is_some().then(|| text(locator.as_ref()));
                    let known = whole.entry(by).or_default();
                    *known = known.take().or(all);
                }
            },
        )?;
        let ids: Vec<RecordId> = whole.keys().cloned().collect();
        let quoted = self.quotations(&ids)?;
        let of = |(by, whole): (RecordId, Option<Option<String>>)| {
            let own = quoted.of(&by).iter().filter_map(|one| {
                let mut one = one.clone();
                match (&one.source, &whole) {
                    (Some(of), _) if of != source => return None,
                    (None, None) => return None,
                    (_, whole) => {
                        let place = whole.clone().flatten();
                        one.locator = one.locator.or(place);
                    }
                }
                Some((by.clone(), one))
            });
            own.collect::<Vec<_>>()
        };
        Ok(whole.into_iter().flat_map(of).collect())
    }

    /// What each record quotes, one by one, by the positions stated; words without a position come
    /// first, by their letters. One query, however many ids.
    pub fn quotations(&self, of: &[RecordId]) -> Result<Quotations, ReadError> {
        let mut found: HashMap<RecordId, Vec<(u64, Quotation)>> = HashMap::new();
        QUOTED.run(self, &[("r", terms(of))], |row| {
            let [
                Some(of),
                Some(Term::NamedNode(part)),
                Some(Term::Literal(words)),
                position,
                source,
                locator,
            ] = row
            else {
                return;
            };
            let Some(of) = record(Some(of)) else { return };
            let position = text(position.as_ref()).and_then(|number| number.parse().ok());
            let own = part.as_str() == of.iri();
            let quotation = Quotation {
                text: words.value().to_owned(),
                lang: words.language().unwrap_or_default().to_owned(),
                source: record(source.as_ref()),
                locator: text(locator.as_ref()),
                part: (!own).then(|| part.as_str().to_owned()),
            };
            found
                .entry(of)
                .or_default()
                .push((position.unwrap_or(0), quotation));
        })?;
        Ok(Quotations(
            found
                .into_iter()
                .map(|(of, mut all)| {
                    all.sort();
                    // Two sources of one quotation are one quotation.
                    all.dedup_by(|a, b| {
                        a.1.part == b.1.part && a.1.text == b.1.text && a.1.lang == b.1.lang
                    });
                    (
                        of,
                        all.into_iter().map(|(_, quotation)| quotation).collect(),
                    )
                })
                .collect(),
        ))
    }
}

/// What records quote.
#[derive(Default)]
pub struct Quotations(HashMap<RecordId, Vec<Quotation>>);

impl Quotations {
    /// What one of them quotes; nothing when it quotes nothing.
    pub fn of(&self, id: &RecordId) -> &[Quotation] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }
}
