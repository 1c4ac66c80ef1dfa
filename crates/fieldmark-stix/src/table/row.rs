//! One row: the records, relationships and claims it gives.

use super::MOST_LINKS;
use super::cell::{date, is_placeholder, split};
use super::head::Head;
use super::mapping::{Claim, Mapping, Rows, known};
use crate::disarm;
use crate::make::Maker;
use fieldmark_model::{Noun, RecordId};
use fieldmark_rdf::name;
use fieldmark_rdf::record::stated_by;
use fieldmark_rdf::vocab::{classes, properties, values};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};

/// That a record has a name.
const NAMED: &str = "named";
/// In which document something stands.
const STANDS: &str = "stands";

/// What is to be told of a table beside what it states.
#[derive(Default)]
pub struct Told {
    /// What rows that were used have stated already, as digests of sixteen bytes: a table may name more
    /// than memory holds.
    seen: HashSet<u128>,
    /// What the row in hand is the first to state.
    fresh: HashSet<u128>,
    /// Words that look as if nobody bore them, with their column: the first line, and how often.
    pub placeholders: BTreeMap<(String, String), (u64, usize)>,
    /// Numbers that no DISARM technique or tactic here has, with their line.
    pub unknown: Vec<(u64, String)>,
}

impl Told {
    /// Whether nothing that is used has stated this of a record yet; the row in hand does then.
    fn is_first(&mut self, what: &str, id: &RecordId) -> bool {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(what)
            .chain_update(id.as_str())
            .finalize()
            .into();
        let (half, _) = digest.split_at(16);
        let key = half
            .iter()
            .fold(0, |key, byte| (key << 8) | u128::from(*byte));
        !self.seen.contains(&key) && self.fresh.insert(key)
    }

    /// Keeps in mind what a row stated, or forgets it when the row cannot be used.
    pub fn settle(&mut self, used: bool) {
        match used {
            true => self.seen.extend(self.fresh.drain()),
            false => self.fresh.clear(),
        }
    }
}

/// One row.
pub struct Row<'a> {
    /// Its line.
    pub line: u64,
    /// Its cells.
    pub cells: &'a csv::StringRecord,
    /// Which column stands where.
    pub head: &'a Head,
    /// What the columns are.
    pub mapping: &'a Mapping,
    /// The document the table is.
    pub source: Option<&'a RecordId>,
}

impl Row<'_> {
    /// A cell; empty when it holds a word for nothing.
    fn cell(&self, column: &str) -> &str {
        let cell = self.head.place(column).and_then(|at| self.cells.get(at));
        let cell = cell.unwrap_or_default().trim();
        match self.mapping.is_empty(cell) {
            true => "",
            false => cell,
        }
    }

    /// The parts of a cell that say something. One that looks as if nobody bore it is told of.
    fn parts(&self, column: &str, separators: &[String], told: &mut Told) -> Vec<String> {
        let mut parts = split(self.cell(column), separators);
        parts.retain(|part| !self.mapping.is_empty(part));
        for part in parts.iter().filter(|part| is_placeholder(part)) {
            let word = (part.clone(), column.to_owned());
            let (_, times) = told.placeholders.entry(word).or_insert((self.line, 0));
            *times += 1;
        }
        parts
    }

    /// States what the row says.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn make(&self, maker: &mut Maker, told: &mut Told) -> Result<(), String> {
        if let Some(bad) = self.cells.iter().position(|cell| cell.contains('\u{fffd}')) {
            return Err(format!(
                "cell {} holds bytes that are not of the table’s encoding: say it in the mapping, such as encoding = \"windows-1252\"",
                bad + 1
            ));
        }
        let mut named: BTreeMap<&str, Vec<RecordId>> = BTreeMap::new();
        for rows in &self.mapping.record {
            named.insert(&rows.name, self.records(rows, maker, told)?);
        }
        let ids = |name: &str| named.get(name).cloned().unwrap_or_default();
        for link in &self.mapping.relationship {
            let (from, to) = (ids(&link.from).len(), ids(&link.to).len());
            if from.saturating_mul(to) > MOST_LINKS {
                return Err(format!(
                    "it links {from} records with {to}: at most {MOST_LINKS} links of a row are taken; split the row"
                ));
            }
            for from in ids(&link.from) {
                for to in ids(&link.to) {
                    let id =
                        RecordId::derived("relationship", &format!("{from} {} {to}", link.kind));
                    maker.relationship(&id, &from, &link.kind, &to);
                    self.stands(maker, &id, told);
                }
            }
        }
        for claim in &self.mapping.claim {
            for subject in ids(&claim.subject) {
                self.claims(claim, &subject, maker, told)?;
            }
        }
        Ok(())
    }

    fn records(
        &self,
        rows: &Rows,
        maker: &mut Maker,
        told: &mut Told,
    ) -> Result<Vec<RecordId>, String> {
        let lang = self.mapping.language();
        let labels = self.parts(&rows.label, &rows.split, told);
        let mut ids = Vec::new();
        for label in &labels {
            let key = match &rows.key {
                Some(column) => {
                    let key = self.cell(column);
                    if key.is_empty() {
                        return Err(format!(
                            "column \"{column}\" is empty, and it says which {} this is",
                            rows.name
                        ));
                    }
                    key.to_owned()
                }
                None => label.clone(),
            };
            if let Some(known) = known(&rows.known, &key).or_else(|| known(&rows.known, label)) {
                ids.push(RecordId::parse(known).map_err(|error| error.to_string())?);
                continue;
            }
            if matches!(rows.noun(), Noun::Technique | Noun::Tactic)
                && let Some(number) = [&key, label].into_iter().find_map(|text| number(text))
            {
                match disarm::numbered(number) {
                    Some(id) => ids.push(id.clone()),
                    None => told.unknown.push((self.line, number.to_owned())),
                }
                continue;
            }
            let (types, kind) = stated_by(rows.noun());
            let scope = rows.scope.as_deref().unwrap_or(&rows.name);
            let id = RecordId::derived(kind, &format!("{scope}:{}", name::key(&key)));
            if rows.elsewhere {
                ids.push(id);
                continue;
            }
            // Another spelling of a name that is here is no second name.
            let label = told.is_first(NAMED, &id).then_some(label.as_str());
            maker.thing(&id, &types, label.unwrap_or_default(), lang);
            for (property, column) in [
                (properties::STIX_FIRST_SEEN, &rows.first_seen),
                (properties::STIX_LAST_SEEN, &rows.last_seen),
            ] {
                if let Some(column) = column
                    && let Some(date) = self.date(column)?
                {
                    maker.date(&id, property, &date);
                }
            }
            if let Some(column) = &rows.description {
                maker.text(
                    &id,
                    properties::DCTERMS_DESCRIPTION,
                    self.cell(column),
                    lang,
                );
            }
            ids.push(id);
        }
        if ids.is_empty() && rows.required {
            return Err(format!(
                "column \"{}\" is empty: the row has no {}",
                rows.label, rows.name
            ));
        }
        Ok(ids)
    }

    /// One claim for each thing the cell names.
    fn claims(
        &self,
        claim: &Claim,
        subject: &RecordId,
        maker: &mut Maker,
        told: &mut Told,
    ) -> Result<(), String> {
        let lang = self.mapping.language();
        let objects = self.parts(&claim.object, &claim.split, told);
        if objects.is_empty() {
            return Ok(());
        }
        let assessors = self.assessors(claim, maker, told)?;
        let asserted = match &claim.asserted {
            Some(column) => self.date(column)?,
            None => None,
        };
        let quoted = match &claim.verbatim {
            Some(column) if !self.cell(column).is_empty() => self.cell(column),
            _ => self.cell(&claim.object),
        };
        for object in objects {
            let known = known(&claim.known, &object)
                .map(|id| RecordId::parse(id).map_err(|error| error.to_string()))
                .transpose()?;
            let kind = claim.kind();
            let who: Vec<&str> = assessors.iter().map(RecordId::as_str).collect();
            let when = asserted.as_deref().unwrap_or_default();
            let named = match &known {
                Some(id) => id.to_string(),
                None => name::key(&object),
            };
            let denies = claim.denies.as_deref().is_some_and(|column| {
                matches!(
                    self.cell(column).to_ascii_lowercase().as_str(),
                    "yes" | "true" | "1" | "oui" | "denied"
                )
            });
            let id = RecordId::derived(
                if known.is_some() {
                    "relationship"
                } else {
                    "note"
                },
                &format!(
                    "{} {subject} {named} {who:?} {when} {denies} {quoted}",
                    kind.name()
                ),
            );
            maker.claim(&id, kind, subject, denies);
            match &known {
                Some(object) => maker.link(&id, properties::FM_OBJECT, object),
                None => maker.text(&id, properties::FM_OBJECT_TEXT, &object, lang),
            }
            for assessor in &assessors {
                maker.link(&id, properties::FM_ASSESSOR, assessor);
            }
            maker.text(&id, properties::FM_VERBATIM, quoted, lang);
            match &asserted {
                Some(date) => {
                    maker.date(&id, properties::FM_ASSERTED_AT, date);
                    maker.state(&id, properties::FM_DATE_BASIS, values::FM_STATED);
                }
                None => maker.state(&id, properties::FM_DATE_BASIS, values::FM_UNDATED),
            }
            self.stands(maker, &id, told);
        }
        Ok(())
    }

    fn assessors(
        &self,
        claim: &Claim,
        maker: &mut Maker,
        told: &mut Told,
    ) -> Result<Vec<RecordId>, String> {
        let column = match (&claim.assessor, &claim.assessor_column) {
            (Some(who), _) => return Ok(vec![self.assessor(who, maker)]),
            (None, Some(column)) => column,
            (None, None) => {
                return Err("the mapping says neither assessor nor assessor_column".into());
            }
        };
        let names = self.parts(column, &claim.split, told);
        if names.is_empty() {
            return Err(format!(
                "column \"{column}\" is empty: nobody makes this claim"
            ));
        }
        names
            .iter()
            .map(|name| match known(&claim.known, name) {
                Some(id) => RecordId::parse(id).map_err(|error| error.to_string()),
                None => Ok(self.assessor(name, maker)),
            })
            .collect()
    }

    /// An assessor by id, or by a name, of which an identity is made.
    fn assessor(&self, who: &str, maker: &mut Maker) -> RecordId {
        RecordId::parse(who).unwrap_or_else(|_| {
            let id = RecordId::derived("identity", &name::key(who));
            let types = [classes::PROV_ORGANIZATION, classes::STIX_IDENTITY];
            maker.thing(&id, &types, who, self.mapping.language());
            id
        })
    }

    /// Where a statement stands: in the table, on this line. A second row that says the same adds
    /// nothing.
    fn stands(&self, maker: &mut Maker, id: &RecordId, told: &mut Told) {
        if !told.is_first(STANDS, id) {
            return;
        }
        if let Some(source) = self.source {
            maker.link(id, properties::DCTERMS_SOURCE, source);
            maker.plain(id, properties::FM_LOCATOR, &format!("line {}", self.line));
        }
    }

    fn date(&self, column: &str) -> Result<Option<String>, String> {
        let cell = self.cell(column);
        if cell.is_empty() {
            return Ok(None);
        }
        let found = date(cell, self.mapping.dates);
        found
            .map(Some)
            .map_err(|why| match is_placeholder(cell) {
                true => format!(
                    "column \"{column}\": \"{cell}\" is not a date; if it means none, say empty = [\"{cell}\"] in the mapping"
                ),
                false => format!("column \"{column}\": {why}"),
            })
    }
}

/// The DISARM number a text begins with: `T0049`, `T0049 Flood Information Space`.
fn number(text: &str) -> Option<&str> {
    let first = text.split([' ', ':', ',']).next()?;
    disarm::is_number(first).then_some(first)
}
