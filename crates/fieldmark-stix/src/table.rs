//! Tables of incidents and attributions, as records: CSV with a mapping file.
//!
//! A row gives records, relationships and claims, or none of them: a row that cannot be used is
//! listed with its line and the others go on. Each attribution is a claim of its own, so rows that
//! contradict each other become competing claims; an actor the mapping does not know stays in the
//! table's words, and an empty date stays empty.

mod mapping;
mod text;

pub use mapping::{Mapping, MappingError};

use crate::Taken;
use crate::make::{Maker, words};
use fieldmark_model::{Edtf, RecordId};
use fieldmark_rdf::read::Bounds;
use fieldmark_rdf::record::class_of;
use fieldmark_rdf::vocab::{NOUNS, classes, properties, values};
use mapping::{Claim, Order, Rows};
use oxrdf::NamedNodeRef;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Reads a table. Memory grows with the table.
pub fn adopt(bytes: &[u8], mapping: &Mapping) -> Taken {
    let mut taken = Taken::default();
    let text = match text::decode(bytes, mapping.encoding.as_deref()) {
        Ok((text, encoding)) => {
            taken.notes.push(format!("read as {encoding}"));
            text
        }
        Err(why) => {
            taken.problem(None, why);
            return taken;
        }
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mapping.delimiter())
        .flexible(true)
        .from_reader(text.as_bytes());
    let columns: HashMap<String, usize> = match reader.headers() {
        Ok(headers) => headers
            .iter()
            .enumerate()
            .map(|(at, name)| (name.trim().to_owned(), at))
            .collect(),
        Err(error) => {
            taken.problem(Some(1), error.to_string());
            return taken;
        }
    };
    let width = columns.len();
    let missing: Vec<&str> = mapping
        .columns()
        .filter(|name| !columns.contains_key(*name))
        .collect();
    if !missing.is_empty() {
        let there: Vec<&String> = columns
            .keys()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        taken.problem(
            Some(1),
            format!("the mapping names columns the table lacks: {missing:?}; it has {there:?}"),
        );
        return taken;
    }
    let source = source(mapping, &mut taken);
    let mut seen = HashSet::new();
    let mut lines = Lines {
        text: text.as_bytes(),
        at: 0,
        line: 1,
    };
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let line = error.position().map(|place| lines.at(place.byte()));
                taken.stray("a row", line, error.to_string());
                continue;
            }
        };
        let line = lines.at(row.position().map_or(0, csv::Position::byte));
        let row = Row {
            line,
            cells: &row,
            columns: &columns,
            mapping,
            source: source.as_ref(),
        };
        let mut maker = Maker::at(Some(line));
        let made = match row.cells.len() == width {
            true => row.make(&mut maker, &mut seen),
            false => Err(format!(
                "it has {} cells and the first line has {width}: quote cells that hold the delimiter",
                row.cells.len()
            )),
        };
        match made {
            Ok(()) => taken.statements.extend(maker.finish()),
            Err(why) => taken.stray(&format!("row on line {line}"), Some(line), why),
        }
        let most = Bounds::default().statements;
        if taken.statements.len() > most {
            let why = format!("the table makes more than {most} statements: split it");
            taken.problem(Some(line), why);
            break;
        }
    }
    taken
}

/// How many links one row may make: two long lists in it multiply.
const MOST_LINKS: usize = 10_000;

/// The document the table is, which every claim must stand in.
fn source(mapping: &Mapping, taken: &mut Taken) -> Option<RecordId> {
    let named = mapping.source.as_ref()?;
    if let Ok(id) = RecordId::parse(named) {
        return Some(id);
    }
    let id = RecordId::derived("report", named);
    let mut maker = Maker::at(None);
    maker.thing(&id, &[classes::STIX_REPORT], named, mapping.language());
    if let Some(issued) = &mapping.issued {
        maker.date(&id, properties::DCTERMS_ISSUED, issued);
    }
    taken.statements.extend(maker.finish());
    Some(id)
}

/// Counts lines up to a byte. The reader's own count is one short after `\r\n`, whose second half
/// it takes for the next row's.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    fn at(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(c) = self.text.get(self.at) {
            // Blank lines before a row are not the row's.
            if self.at >= byte && !matches!(c, b'\r' | b'\n') {
                break;
            }
            let ends = match c {
                b'\n' => true,
                b'\r' => self.text.get(self.at + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(ends);
            self.at += 1;
        }
        self.line
    }
}

struct Row<'a> {
    line: u64,
    cells: &'a csv::StringRecord,
    columns: &'a HashMap<String, usize>,
    mapping: &'a Mapping,
    source: Option<&'a RecordId>,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> &str {
        self.columns
            .get(column)
            .and_then(|at| self.cells.get(*at))
            .unwrap_or_default()
            .trim()
    }

    fn make(&self, maker: &mut Maker, seen: &mut HashSet<RecordId>) -> Result<(), String> {
        if let Some(bad) = self.cells.iter().position(|cell| cell.contains('\u{fffd}')) {
            return Err(format!(
                "cell {} holds bytes that are not of the table’s encoding: say it in the mapping, such as encoding = \"windows-1252\"",
                bad + 1
            ));
        }
        let mut named: BTreeMap<&str, Vec<RecordId>> = BTreeMap::new();
        for rows in &self.mapping.record {
            named.insert(&rows.name, self.records(rows, maker)?);
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
                    self.stands(maker, &id, seen);
                }
            }
        }
        for claim in &self.mapping.claim {
            for subject in ids(&claim.subject) {
                self.claims(claim, &subject, maker, seen)?;
            }
        }
        Ok(())
    }

    fn records(&self, rows: &Rows, maker: &mut Maker) -> Result<Vec<RecordId>, String> {
        let lang = self.mapping.language();
        let labels = split(self.cell(&rows.label), &rows.split);
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
            if let Some(known) = rows.known.get(&key).or_else(|| rows.known.get(label)) {
                ids.push(RecordId::parse(known).map_err(|error| error.to_string())?);
                continue;
            }
            let (types, kind) = kinds(rows.noun());
            let scope = rows.scope.as_deref().unwrap_or(&rows.name);
            let id = RecordId::derived(kind, &format!("{scope}:{key}"));
            maker.thing(&id, &types, label, lang);
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
        seen: &mut HashSet<RecordId>,
    ) -> Result<(), String> {
        let lang = self.mapping.language();
        let objects = split(self.cell(&claim.object), &claim.split);
        if objects.is_empty() {
            return Ok(());
        }
        let assessors = self.assessors(claim, maker)?;
        let asserted = match &claim.asserted {
            Some(column) => self.date(column)?,
            None => None,
        };
        let quoted = match &claim.verbatim {
            Some(column) if !self.cell(column).is_empty() => self.cell(column),
            _ => self.cell(&claim.object),
        };
        for object in objects {
            let known = claim
                .known
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(&object))
                .map(|(_, id)| RecordId::parse(id).map_err(|error| error.to_string()))
                .transpose()?;
            let kind = claim.kind();
            let who: Vec<&str> = assessors.iter().map(RecordId::as_str).collect();
            let when = asserted.as_deref().unwrap_or_default();
            let named = known.as_ref().map_or(object.as_str(), RecordId::as_str);
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
            self.stands(maker, &id, seen);
        }
        Ok(())
    }

    fn assessors(&self, claim: &Claim, maker: &mut Maker) -> Result<Vec<RecordId>, String> {
        let column = match (&claim.assessor, &claim.assessor_column) {
            (Some(id), _) => {
                return Ok(vec![
                    RecordId::parse(id).map_err(|error| error.to_string())?,
                ]);
            }
            (None, Some(column)) => column,
            (None, None) => {
                return Err("the mapping says neither assessor nor assessor_column".into());
            }
        };
        let names = split(self.cell(column), &claim.split);
        if names.is_empty() {
            return Err(format!(
                "column \"{column}\" is empty: nobody makes this claim"
            ));
        }
        names
            .iter()
            .map(|name| match claim.known.get(name) {
                Some(id) => RecordId::parse(id).map_err(|error| error.to_string()),
                None => {
                    let id = RecordId::derived("identity", name);
                    let types = [classes::PROV_ORGANIZATION, classes::STIX_IDENTITY];
                    maker.thing(&id, &types, name, self.mapping.language());
                    Ok(id)
                }
            })
            .collect()
    }

    /// Where a statement stands: in the table, on this line. A second row that says the same adds
    /// nothing.
    fn stands(&self, maker: &mut Maker, id: &RecordId, seen: &mut HashSet<RecordId>) {
        if !seen.insert(id.clone()) {
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
        let ordered = match self.mapping.dates {
            Order::Ymd => None,
            order => order.read(cell),
        };
        let date = ordered.unwrap_or_else(|| cell.to_owned());
        match Edtf::parse(&date) {
            Ok(_) => Ok(Some(date)),
            Err(error) => Err(format!(
                "column \"{column}\": {error}; for 31/12/2023 say dates = \"dmy\" in the mapping"
            )),
        }
    }
}

/// The parts of a cell, each once.
fn split(cell: &str, separators: &[String]) -> Vec<String> {
    let mut parts = vec![cell.to_owned()];
    for separator in separators.iter().filter(|separator| !separator.is_empty()) {
        parts = parts
            .iter()
            .flat_map(|part| part.split(separator.as_str()).map(str::to_owned))
            .collect();
    }
    let mut seen = HashSet::new();
    parts
        .iter()
        .map(|part| words(part))
        .filter(|part| !part.is_empty() && seen.insert(part.clone()))
        .collect()
}

/// The classes a noun is stated by, and the type its ids begin with.
fn kinds(noun: fieldmark_model::Noun) -> (Vec<NamedNodeRef<'static>>, &'static str) {
    let kind = NOUNS
        .iter()
        .find(|(name, ..)| *name == noun.name())
        .and_then(|(.., types)| types.first())
        .copied()
        .unwrap_or("x-record");
    let mut types: Vec<NamedNodeRef<'static>> = class_of(noun).into_iter().collect();
    // Classes are never inferred, so the wider one is stated too.
    let wider = match kind {
        "identity" => Some(classes::STIX_IDENTITY),
        "infrastructure" => Some(classes::STIX_INFRASTRUCTURE),
        "user-account" => Some(classes::STIX_USER_ACCOUNT),
        _ => None,
    };
    types.extend(wider.filter(|class| !types.contains(class)));
    (types, kind)
}

#[cfg(test)]
mod tests;
