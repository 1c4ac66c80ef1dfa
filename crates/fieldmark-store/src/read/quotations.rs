//! The words that records quote, in the order of their source.

use super::fixed::Fixed;
use super::{Node, ReadError, record, terms, text};
use crate::index::recent::Beside;
use crate::view::View;
use fieldmark_model::{Quotation, RecordId};
use fieldmark_rdf::vocab::properties;
use oxrdf::Term;
use std::collections::HashMap;
use std::sync::Arc;

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
    /// What is quoted of a source, with the records that quote it, by their ids; each with the place
    /// that is stated of it or else of its record.
    pub fn quoted_of(&self, source: &RecordId) -> Result<Vec<(RecordId, Quotation)>, ReadError> {
        let citing = self.beside(Beside::Citing, std::slice::from_ref(source))?;
        let Some(ids) = citing.first() else {
            return Ok(Vec::new());
        };
        let nodes = self.nodes(ids)?;
        let quoted = self.quotations(ids)?;
        let of = |(by, node): (&RecordId, Option<Arc<Node>>)| {
            // The source of a record is that of all its words that have no other.
            let whole =
                node.filter(|node| node.records(properties::DCTERMS_SOURCE).contains(source));
            let own = quoted.of(by).iter().filter_map(|one| {
                let stated = one.source.as_ref() == Some(source);
                let meant = stated || (one.source.is_none() && whole.is_some());
                let place = || Some(whole.as_ref()?.word(properties::FM_LOCATOR)?.to_owned());
                meant.then(|| {
                    let mut one = one.clone();
                    one.locator = one.locator.or_else(place);
                    (by.clone(), one)
                })
            });
            own.collect::<Vec<_>>()
        };
        Ok(ids.iter().zip(nodes).flat_map(of).collect())
    }

    /// What each record quotes, one by one, by the positions stated; words without a position come
    /// first, by their letters. One query of those of which it was not lately asked.
    pub fn quotations(&self, of: &[RecordId]) -> Result<Quotations, ReadError> {
        let read = |of: &[RecordId]| self.quotations_read(of);
        let found = self.recent().read(|kept| &mut kept.quoted, of, read)?;
        let found = of.iter().cloned().zip(found);
        Ok(Quotations(
            found.filter_map(|(id, all)| Some((id, all?))).collect(),
        ))
    }

    /// The same, of the engine: of each record, which may quote nothing.
    pub(super) fn quotations_read(
        &self,
        of: &[RecordId],
    ) -> Result<HashMap<RecordId, Arc<[Quotation]>>, ReadError> {
        let mut found: HashMap<RecordId, Vec<(u64, Quotation)>> =
            of.iter().map(|id| (id.clone(), Vec::new())).collect();
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
        let in_order = |(of, mut all): (RecordId, Vec<(u64, Quotation)>)| {
            all.sort();
            // Two sources of one quotation are one quotation.
            all.dedup_by(|a, b| {
                a.1.part == b.1.part && a.1.text == b.1.text && a.1.lang == b.1.lang
            });
            (
                of,
                all.into_iter().map(|(_, quotation)| quotation).collect(),
            )
        };
        Ok(found.into_iter().map(in_order).collect())
    }
}

/// What records quote.
#[derive(Default)]
pub struct Quotations(HashMap<RecordId, Arc<[Quotation]>>);

impl Quotations {
    /// What one of them quotes; nothing when it quotes nothing.
    pub fn of(&self, id: &RecordId) -> &[Quotation] {
        self.0.get(id).map_or(&[], AsRef::as_ref)
    }
}
