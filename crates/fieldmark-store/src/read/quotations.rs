//! The words that records quote, in the order of their source.

use super::fixed::Fixed;
use super::{ReadError, record, terms, text};
use crate::view::View;
use fieldmark_model::{Quotation, RecordId};
use oxrdf::Term;
use std::collections::HashMap;

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

impl View {
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
