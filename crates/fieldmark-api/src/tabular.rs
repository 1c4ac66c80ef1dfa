//! What JSON tells of rows as a table, for a spreadsheet (CSV, RFC 4180).

use crate::problem::Problem;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LINK, VARY};
use axum::response::{IntoResponse, Response};
use fieldmark_stix::spreadsheet;
use serde_json::Value;

/// What stands between several values in one cell.
const BETWEEN: &str = " | ";

/// How many cells were guarded.
const GUARDED: HeaderName = HeaderName::from_static("fieldmark-guarded");

/// The columns of a table, in the order in which its rows first have them.
#[derive(Default)]
pub(crate) struct Columns(pub Vec<String>);

impl Columns {
    /// The cells of the next row, which has as many as there are columns up to then.
    pub fn line(&mut self, row: &Value) -> Vec<String> {
        let mut line = vec![String::new(); self.0.len()];
        for (name, text) in flat(row) {
            let at = self.0.iter().position(|column| *column == name);
            let at = at.unwrap_or_else(|| {
                self.0.push(name);
                line.push(String::new());
                self.0.len() - 1
            });
            line[at] = text;
        }
        line
    }
}

/// Whether a table is asked for that a spreadsheet is to read.
///
/// # Errors
/// When what is said is neither `true` nor `false`.
pub(crate) fn for_spreadsheet(said: Option<&str>) -> Result<bool, Problem> {
    match said {
        None | Some("false" | "") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::bad_request("spreadsheet=…: true or false")),
    }
}

/// The values of a row by column. What is within another value has a column of its own; several
/// values of a column are put together.
fn flat(value: &Value) -> Vec<(String, String)> {
    let within = |name: &str, (inner, text): (String, String)| match inner.is_empty() {
        true => (name.to_owned(), text),
        false => (format!("{name}.{inner}"), text),
    };
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![(String::new(), text.clone())],
        Value::Bool(_) | Value::Number(_) => vec![(String::new(), value.to_string())],
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| flat(value).into_iter().map(|cell| within(name, cell)))
            .collect(),
        Value::Array(items) => {
            let items: Vec<Vec<(String, String)>> = items.iter().map(flat).collect();
            let mut names: Vec<&str> = Vec::new();
            for (name, _) in items.iter().flatten() {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
            // What one of them lacks stays empty, so that the first of each column belong together.
            let one = |item: &Vec<(String, String)>, name: &str| {
                let found = item.iter().find(|(one, _)| one == name);
                found.map(|(_, text)| text.clone()).unwrap_or_default()
            };
            let all = |name: &str| items.iter().map(|item| one(item, name)).collect::<Vec<_>>();
            let cell = |name: &str| (name.to_owned(), all(name).join(BETWEEN));
            names.into_iter().map(cell).collect()
        }
    }
}

/// A table as CSV. What was cut off stands in a last row, since nothing else of a file survives being
/// saved. A row may be shorter than the columns.
pub(crate) fn written(
    columns: &[String],
    rows: impl IntoIterator<Item = Vec<String>>,
    cut: Option<&str>,
) -> Result<Vec<u8>, Problem> {
    let mut lines = csv::WriterBuilder::new();
    let mut out = lines
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let cut = cut.map(|cut| vec![format!("# {cut}")]);
    let head = std::iter::once(columns.to_vec());
    for mut line in head.chain(rows).chain(cut) {
        line.resize(columns.len().max(1), String::new());
        let written = out.write_record(line);
        written.map_err(|error| Problem::internal(&error))?;
    }
    out.into_inner().map_err(|error| Problem::internal(&error))
}

/// CSV as an answer, guarded where a spreadsheet reads it; the next page's address is in the `Link`
/// header (RFC 8288).
pub(crate) fn as_csv(
    written: Vec<u8>,
    spreadsheet: bool,
    next: Option<&str>,
) -> Result<Response, Problem> {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (VARY, "accept-language, authorization"),
    ];
    let out = match spreadsheet {
        true => guarded_table(&written)?,
        false => written.into_response(),
    };
    let mut response = (headers, out).into_response();
    if let Some(next) = next {
        let link = HeaderValue::from_str(&format!("<{next}>; rel=\"next\""));
        let link = link.map_err(|error| Problem::internal(&error))?;
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

/// A table for a spreadsheet, with how many of its cells had to be guarded.
pub(crate) fn guarded_table(table: &[u8]) -> Result<Response, Problem> {
    let guarded = spreadsheet::guarded(&String::from_utf8_lossy(table));
    let (table, found) = guarded.map_err(|error| Problem::internal(&error))?;
    Ok(([(GUARDED, found.to_string())], table).into_response())
}

#[cfg(test)]
mod tests {
    use super::{flat, written};
    use serde_json::json;

    #[test]
    fn every_value_of_a_row_has_a_column() {
        let row = json!({
            "id": "a", "count": 2, "whole": true, "none": null, "empty": [],
            "subject": {"id": "b", "label": "B, the \"second\""},
            "assessors": [{"id": "c", "label": "C"}, {"id": "d", "label": "D", "note": "x"}],
            "words": ["one", "two"],
        });
        let cells = flat(&row);
        let cells: Vec<(&str, &str)> = cells.iter().map(|(a, b)| (&**a, &**b)).collect();
        assert_eq!(
            cells,
            [
                ("id", "a"),
                ("count", "2"),
                ("whole", "true"),
                ("subject.id", "b"),
                ("subject.label", "B, the \"second\""),
                ("assessors.id", "c | d"),
                ("assessors.label", "C | D"),
                ("assessors.note", " | x"),
                ("words", "one | two"),
            ]
        );
    }

    #[test]
    fn a_table_is_as_wide_in_every_row_and_says_where_it_was_cut() {
        let columns = ["a", "b"].map(str::to_owned);
        let rows = vec![
            vec!["1".to_owned()],
            vec!["2".to_owned(), "x\"y".to_owned()],
        ];
        let out = written(&columns, rows, Some("more")).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "a,b\r\n1,\r\n2,\"x\"\"y\"\r\n# more,\r\n"
        );
    }
}
