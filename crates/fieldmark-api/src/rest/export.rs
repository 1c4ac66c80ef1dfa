//! What one audience may see, given out: as STIX, as RDF, or to draw.

use super::drawing::Drawing;
use super::parts;
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::made::Shown;
use crate::caller::Caller;
use crate::input::Query;
use crate::known::{AsOf, AssertedByQuery, KnownAtQuery};
use crate::outgoing::{self, Profile, statements};
use crate::problem::Problem;
use crate::selection::Selection;
use crate::state::{Desk, blocking};
use crate::tabular::guarded_table;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use fieldmark_rdf::format::Format;
use serde::Deserialize;
use utoipa::IntoParams;

/// What is exported.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `stix` (2.1), `stix-opencti` and `misp` (an event in MISP's own format), which are the same
    /// objects as those two keep most of them; `turtle`, `trig`, `ntriples`, `nquads`, `jsonld` or `rdfxml`, which are the whole
    /// view; `ledger` (N-Quads) or `ledger-trig`, the steward's; to draw: `gexf`, `graphml`,
    /// `csv` (edges), `csv-nodes`, `navigator` (DISARM, layer 4.4), `navigator-attack` (layer 4.5).
    format: String,
    /// Only these records: ids, IRIs or names, separated by commas.
    of: Option<String>,
    /// Only the records that this saved question answers with.
    question: Option<String>,
    /// The question's parameters, as a JSON object of texts.
    arguments: Option<String>,
    /// How many steps around the records, at most 6: each takes the relationships and claims that
    /// speak of them, and the records at their ends. Drawings take 1 unless said, all else 0.
    depth: Option<usize>,
    /// Of `stix`, `stix-opencti` and `misp`: whether what the objects refer to goes with them, as far
    /// as it may be seen. The header `Fieldmark-Export` says in JSON what was left out, what a reader
    /// will not find and, as `receiver`, what OpenCTI or MISP drops or changes: each `change` with
    /// what it `says`, the `count` of objects and the ids of the `first`.
    closed: Option<bool>,
    /// Of `csv` and `csv-nodes`: whether an apostrophe stands in front of every cell that a
    /// spreadsheet would run as a formula. The header `Fieldmark-Guarded` says how many those are.
    spreadsheet: Option<bool>,
}

impl ExportQuery {
    fn selection(&self) -> Result<Selection, Problem> {
        let arguments = self.arguments.as_deref().map(|text| {
            serde_json::from_str(text).map_err(|error| {
                Problem::bad_request(format!(
                    "arguments: {error}; give a JSON object of texts, such as {{\"before\":\"2023-09-06\"}}"
                ))
            })
        });
        Ok(Selection {
            of: self.of.as_deref().map(Selection::names),
            question: self.question.clone(),
            arguments: arguments.transpose()?.unwrap_or_default(),
            depth: self.depth,
        })
    }
}

/// Exports the caller's view: as STIX 2.1 objects, as all the statements it makes, or to draw. The
/// steward's `ledger` is what stands behind every view: the records, each statement in the graph of
/// its release policy.
#[utoipa::path(get, path = "/api/v1/export", tag = "exchange", params(ExportQuery, KnownAtQuery, AssertedByQuery, LangQuery),
    responses((status = 200, description = "A bundle of STIX, RDF or a drawing"), (status = 400, body = Problem)))]
pub async fn export(
    State(desk): State<Desk>,
    caller: Caller,
    as_of: AsOf,
    Query(query): Query<ExportQuery>,
    lang: Lang,
) -> Result<Response, Problem> {
    let selection = query.selection()?;
    let ledger = Ledger::from_name(&query.format);
    if ledger.is_some() && !as_of.is_now() {
        return Err(Problem::bad_request(
            "the ledger's own form is given as it stands now: leave knownAt and assertedBy out",
        ));
    }
    let seen = (desk.clone(), caller.clone());
    let view = blocking(move || as_of.view(&seen.0, &seen.1)).await??;
    if let Some(drawing) = Drawing::from_name(&query.format) {
        let for_spreadsheet = query.spreadsheet.unwrap_or(false);
        let bytes = blocking(move || {
            let of = selection.exported(&desk, &caller, &view, (&query.format, 1))?;
            drawing.draw(&view, of.as_ref(), lang.tag)
        })
        .await??;
        let guarded = for_spreadsheet && drawing.media_type().starts_with("text/csv");
        let answer = match guarded {
            true => guarded_table(&bytes)?,
            false => bytes.into_response(),
        };
        return Ok(([(CONTENT_TYPE, drawing.media_type())], answer).into_response());
    }
    if let Some(profile) = Profile::from_name(&query.format) {
        let (out, losses) = blocking(move || {
            let of = selection.exported(&desk, &caller, &view, (&query.format, 0))?;
            let closed = query.closed.unwrap_or(false);
            outgoing::export(&view, of.as_ref(), closed, profile, lang.tag)
        })
        .await??;
        let losses = serde_json::to_string(&losses).map_err(|error| Problem::internal(&error))?;
        let headers = [
            (CONTENT_TYPE, profile.media_type().to_owned()),
            (LOSSES, ascii(&losses)),
        ];
        let body = parts::written(move |to| out.write(to));
        return Ok((headers, body).into_response());
    }
    let format = ledger
        .map(|ledger| ledger.format)
        .or_else(|| Format::from_name(&query.format));
    let format = format.ok_or_else(|| {
        Problem::bad_request(format!(
            "no format is named \"{}\": {}, turtle, trig, ntriples, nquads, jsonld, rdfxml, ledger, ledger-trig, {}",
            query.format,
            Profile::ALL.map(Profile::name).join(", "),
            Drawing::all()
                .map(Drawing::name)
                .collect::<Vec<_>>()
                .join(", ")
        ))
    })?;
    let steward = match ledger {
        Some(_) => Some(caller.steward()?),
        None => None,
    };
    let mut file = blocking(move || {
        let of = selection.exported(&desk, &caller, &view, (&query.format, 0))?;
        match steward {
            Some(steward) => {
                let scratch = view.scratch()?;
                statements::of_ledger(&desk.base, &steward, of.as_ref(), format, scratch)
            }
            None => {
                let is_whole = of.is_none();
                let ids = of.map_or_else(|| view.stated(), Ok)?;
                let said = Shown::of(&view, ids.iter().cloned())?.now().line("en");
                statements::of_view(&view, (&ids, is_whole), format, &said)
            }
        }
    })
    .await??;
    let body = parts::written(move |to| std::io::copy(&mut file, to).map(drop));
    Ok(([(CONTENT_TYPE, format.media_type())], body).into_response())
}

/// The ledger's own form: records as they stand, each statement in the graph of its release policy.
#[derive(Clone, Copy)]
struct Ledger {
    format: Format,
}

impl Ledger {
    fn from_name(name: &str) -> Option<Self> {
        let format = match name.to_ascii_lowercase().as_str() {
            "ledger" => Format::NQuads,
            "ledger-trig" => Format::TriG,
            _ => return None,
        };
        Some(Self { format })
    }
}

/// JSON in which every character beyond ASCII is escaped, as a header wants it.
fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for char in json.chars() {
        if char.is_ascii() {
            out.push(char);
        } else {
            let mut units = [0; 2];
            for unit in char.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// What an export leaves out, and what its reader will not find.
const LOSSES: HeaderName = HeaderName::from_static("fieldmark-export");
