//! The first line of a table: which column stands where.

use super::mapping::Mapping;
use std::collections::{BTreeMap, HashMap};

/// The columns of a table by name, and how many cells a row has.
pub struct Head {
    columns: HashMap<String, usize>,
    /// Where columns without a name stand; what is in them belongs to nothing.
    nameless: Vec<usize>,
    width: usize,
}

impl Head {
    /// Reads the first line. Columns without a name, and several of one name, matter only to a
    /// mapping that names them.
    pub fn read(names: &csv::StringRecord, mapping: &Mapping) -> Result<Self, String> {
        let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, name) in names.iter().enumerate() {
            places.entry(name.trim()).or_default().push(at);
        }
        let nameless = places.remove("").unwrap_or_default();
        let missing: Vec<&str> = mapping
            .columns()
            .filter(|name| !places.contains_key(name))
            .collect();
        if !missing.is_empty() {
            let there: Vec<&&str> = places.keys().collect();
            let mut why =
                format!("the mapping names columns the table lacks: {missing:?}; it has {there:?}");
            if let ([only], Some(sign)) = (&there[..], other_delimiter(names, mapping)) {
                let sign = sign.escape_default();
                why.push_str(&format!(
                    "; \"{only}\" looks like several with \"{sign}\" between them: say delimiter = \"{sign}\""
                ));
            }
            return Err(why);
        }
        if let Some(twice) = mapping.columns().find(|name| places[name].len() > 1) {
            let at: Vec<String> = places[twice]
                .iter()
                .map(|at| (at + 1).to_string())
                .collect();
            return Err(format!(
                "{} columns are called \"{twice}\" (number {}): give them names of their own",
                at.len(),
                at.join(" and ")
            ));
        }
        Ok(Self {
            columns: places
                .into_iter()
                .map(|(name, at)| (name.to_owned(), at[0]))
                .collect(),
            nameless,
            width: names.len(),
        })
    }

    /// Where a column stands.
    pub fn place(&self, column: &str) -> Option<usize> {
        self.columns.get(column).copied()
    }

    /// Whether a row has a cell for each column that has a name; empty cells behind the last one
    /// are no cells.
    pub fn fits(&self, cells: &csv::StringRecord) -> Result<(), String> {
        let behind = cells.iter().skip(self.width);
        let few = (cells.len()..self.width).any(|at| !self.nameless.contains(&at));
        if few || behind.into_iter().any(|cell| !cell.trim().is_empty()) {
            return Err(format!(
                "it has {} cells and the first line has {}: quote cells that hold the delimiter",
                cells.len(),
                self.width
            ));
        }
        Ok(())
    }
}

/// What seems to stand between the names of a first line that was not taken apart.
fn other_delimiter(names: &csv::StringRecord, mapping: &Mapping) -> Option<char> {
    let line = names.get(0)?;
    [';', '\t', '|', ',']
        .into_iter()
        .find(|sign| *sign as u8 != mapping.delimiter() && line.contains(*sign))
}
