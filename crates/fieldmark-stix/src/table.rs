//! Tables of incidents and attributions, as records: CSV with a mapping file.
//!
//! A row gives records, relationships and claims, or none of them: a row that cannot be used is
//! listed with its line and the others go on. Each attribution is a claim of its own, so rows that
//! contradict each other become competing claims; an actor the mapping does not know stays in the
//! table's words, and an empty date stays empty.

mod cell;
mod head;
mod lined;
mod mapping;
mod row;
mod text;

pub use mapping::{Mapping, MappingError};

use crate::Taken;
use crate::make::Maker;
use fieldmark_model::RecordId;
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::{classes, properties};
use head::Head;
use lined::Lined;
use row::{Row, Told};
use std::io::{self, Read, Seek};

/// Reads a table and hands on what its rows state, row by row.
///
/// # Errors
/// When it cannot be read to its end.
pub fn adopt(
    mut input: impl Read + Seek,
    mapping: &Mapping,
    each: &mut dyn FnMut(Placed),
) -> io::Result<Taken> {
    let mut taken = Taken::default();
    let encoding = match text::encoding(&mut input, mapping.encoding.as_deref())? {
        Ok(encoding) => encoding,
        Err(why) => {
            taken.problem(None, why);
            return Ok(taken);
        }
    };
    taken.notes.push(format!("read as {}", encoding.name()));
    // Excel writes, and reads, what separates the cells on a line of its own.
    let (said, table) = text::separator(text::decoded(input, encoding))?;
    let mapping = &said.map_or_else(|| mapping.clone(), |by| mapping.delimited(by));
    let first_line = 1 + u64::from(said.is_some());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mapping.delimiter())
        .flexible(true)
        .from_reader(Lined::new(table, first_line));
    let head = match reader.headers() {
        Ok(names) => Head::read(names, mapping),
        Err(error) => Err(unread(error)?),
    };
    let head = match head {
        Ok(head) => head,
        Err(why) => {
            taken.problem(Some(first_line), why);
            return Ok(taken);
        }
    };
    let source = source(mapping, each);
    let mut told = Told::default();
    let mut cells = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut cells) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let at = error.position().map(csv::Position::byte);
                let line = at.map(|byte| reader.get_mut().at(byte));
                taken.stray("a row", line, unread(error)?);
                continue;
            }
        }
        let at = cells.position().map_or(0, csv::Position::byte);
        let line = reader.get_mut().at(at);
        let row = Row {
            line,
            cells: &cells,
            head: &head,
            mapping,
            source: source.as_ref(),
        };
        let mut maker = Maker::at(Some(line));
        let made = head
            .fits(&cells)
            .and_then(|()| row.make(&mut maker, &mut told));
        told.settle(made.is_ok());
        match made {
            Ok(()) => maker.finish().into_iter().for_each(&mut *each),
            Err(why) => taken.stray(&format!("row on line {line}"), Some(line), why),
        }
    }
    tell(told, &mut taken);
    Ok(taken)
}

/// Why a row is none; what kept the file from being read is an error.
fn unread(error: csv::Error) -> io::Result<String> {
    match error.is_io_error() {
        true => Err(error.into()),
        false => Ok(error.to_string()),
    }
}

/// What a reader must know beside what went in: numbers that name nothing, and words that look as
/// if they named nobody.
fn tell(told: Told, taken: &mut Taken) {
    for (line, number) in told.unknown {
        let why = format!(
            "DISARM has nothing numbered {number} here, and no technique is made of a number; the rest of the row is taken"
        );
        taken.stray(&number, Some(line), why);
    }
    for ((word, column), (line, times)) in told.placeholders {
        let times = match times {
            1 => "once".to_owned(),
            times => format!("{times} times"),
        };
        taken.notes.push(format!(
            "\"{word}\" is taken for a name {times} (column \"{column}\", first on line {line}): if it means nobody, say empty = [\"{word}\"] in the mapping"
        ));
    }
}

/// How many links one row may make: two long lists in it multiply.
const MOST_LINKS: usize = 10_000;

/// The document the table is, which every claim must stand in.
fn source(mapping: &Mapping, each: &mut dyn FnMut(Placed)) -> Option<RecordId> {
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
    maker.finish().into_iter().for_each(each);
    Some(id)
}

#[cfg(test)]
mod tests;
