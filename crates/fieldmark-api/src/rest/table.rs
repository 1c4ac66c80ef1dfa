//! Rows as JSON, or as a table where a request wants one.

use crate::input::{Json, Query};
use crate::problem::Problem;
use crate::state::Desk;
use crate::tabular::{Columns, as_csv, written};
use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::header::VARY;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

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
        let mut columns = Columns::default();
        let mut cells = Vec::with_capacity(rows.rows.len());
        for row in rows.rows {
            let row = serde_json::to_value(row).map_err(|error| Problem::internal(&error))?;
            cells.push(columns.line(&row));
        }
        let cut = rows.cut.map(str::to_owned);
        let more = || rows.next.map(|next| format!("further rows: after={next}"));
        let written = written(&columns.0, cells, cut.or_else(more).as_deref())?;
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
