//! Tables of incidents and attributions, as records: CSV with a mapping file.
//!
//! A row gives records, relationships and claims, or none of them: a row that cannot be used is
//! listed with its line and the others go on. Each attribution is a claim of its own, so rows that
//! contradict each other become competing claims; an actor the mapping does not know stays in the
//! table's words, and an empty date stays empty.

mod cell;
mod head;
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
use row::{Row, Told};

/// Reads a table and hands on what its rows state.
pub fn adopt(bytes: &[u8], mapping: &Mapping, each: &mut dyn FnMut(Placed)) -> Taken {
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
    // Excel writes, and reads, what separates the cells on a line of its own.
    let (said, table) = text::separator(&text);
    let mapping = &said.map_or_else(|| mapping.clone(), |by| mapping.delimited(by));
    let first_line = 1 + u64::from(said.is_some());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mapping.delimiter())
        .flexible(true)
        .from_reader(table.as_bytes());
    let head = reader.headers().map_err(|error| error.to_string());
    let head = match head.and_then(|names| Head::read(names, mapping)) {
        Ok(head) => head,
        Err(why) => {
            taken.problem(Some(first_line), why);
            return taken;
        }
    };
    let source = source(mapping, each);
    let mut told = Told::default();
    let mut lines = Lines {
        text: table.as_bytes(),
        at: 0,
        line: first_line,
    };
    for cells in reader.records() {
        let cells = match cells {
            Ok(cells) => cells,
            Err(error) => {
                let line = error.position().map(|place| lines.at(place.byte()));
                taken.stray("a row", line, error.to_string());
                continue;
            }
        };
        let line = lines.at(cells.position().map_or(0, csv::Position::byte));
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
    taken
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

#[cfg(test)]
mod tests;
