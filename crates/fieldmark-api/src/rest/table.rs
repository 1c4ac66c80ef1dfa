//! Rows as a table: what JSON tells of them, for a spreadsheet (CSV, RFC 4180).

use super::export::guarded_table;
use crate::input::{Json, Query};
use crate::problem::Problem;
use crate::state::Desk;
use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::header::{CONTENT_TYPE, HeaderValue, LINK, VARY};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

/// What stands between several values in one cell.
const BETWEEN: &str = " | ";

/// In which form rows are answered.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FormatQuery {
    /// `json` (the default), or `csv`: the rows alone, with a column for each value of theirs, such as
    /// `subject.label`; several values of one cell have ` | ` between them. What was cut off stands in
    /// a last row that begins with `#`, and the header `Link` leads to the next page.
    format: Option<String>,
    /// Of `csv`: whether an apostrophe stands in front of every cell that a spreadsheet would run as
    /// a formula. The header `Fieldmark-Guarded` says how many those are.
    spreadsheet: Option<bool>,
}

/// The form that a request asks for, and its address.
pub struct Tabled {
    csv: bool,
    spreadsheet: bool,
    uri: Uri,
}

impl FromRequestParts<Desk> for Tabled {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let uri = parts.uri.clone();
        let Query(asked) = Query::<FormatQuery>::from_request_parts(parts, desk).await?;
        let csv = match asked.format.as_deref() {
            None | Some("json" | "") => false,
            Some("csv") => true,
            Some(_) => return Err(Problem::bad_request("format is json or csv")),
        };
        Ok(Self {
            csv,
            spreadsheet: asked.spreadsheet.unwrap_or(false),
            uri,
        })
    }
}

/// The rows of an answer, where they end, and where they go on.
pub(super) struct Rows<'a, R> {
    /// The rows.
    pub rows: &'a [R],
    /// What was left out for length.
    pub cut: Option<&'a str>,
    /// The cursor of the next page.
    pub next: Option<&'a str>,
}

impl<'a, R> Rows<'a, R> {
    /// All there are.
    pub const fn all(rows: &'a [R]) -> Self {
        Self {
            rows,
            cut: None,
            next: None,
        }
    }

    /// Those of one page.
    pub const fn paged(rows: &'a [R], next: Option<&'a str>) -> Self {
        Self {
            rows,
            cut: None,
            next,
        }
    }
}

impl Tabled {
    /// An answer as JSON, or its rows as a table.
    pub(super) fn answer<R: Serialize>(
        &self,
        answer: &impl Serialize,
        rows: &Rows<'_, R>,
    ) -> Result<Response, Problem> {
        if !self.csv {
            let vary = [(VARY, "accept-language, authorization")];
            return Ok((vary, Json(answer)).into_response());
        }
        let mut columns: Vec<String> = Vec::new();
        let mut cells = Vec::with_capacity(rows.rows.len());
        for row in rows.rows {
            let row = serde_json::to_value(row).map_err(|error| Problem::internal(&error))?;
            let mut line = vec![String::new(); columns.len()];
            for (name, text) in flat(&row) {
                let at = columns.iter().position(|column| *column == name);
                let at = at.unwrap_or_else(|| {
                    columns.push(name);
                    line.push(String::new());
                    columns.len() - 1
                });
                line[at] = text;
            }
            cells.push(line);
        }
        let cut = rows.cut.map(str::to_owned);
        let more = || rows.next.map(|next| format!("further rows: after={next}"));
        let written = written(&columns, cells, cut.or_else(more).as_deref())?;
        let next = rows.next.map(|next| self.after(next));
        as_csv(written, self.spreadsheet, next.as_deref())
    }

    /// The address of the page after a cursor.
    fn after(&self, next: &str) -> String {
        let said = form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes());
        let said = said.filter(|(name, _)| name != "after");
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(said).append_pair("after", next);
        format!("{}?{}", self.uri.path(), query.finish())
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
pub(super) fn written(
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
pub(super) fn as_csv(
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
