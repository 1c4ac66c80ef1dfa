//! RDF in and out.

use super::told::{self, Line, Report};
use super::unwrap::{as_utf8, unwrapped};
use super::upload::written_down;
use crate::caller::Caller;
use crate::incoming::{self as stix, Source, Told};
use crate::input::Query;
use crate::peer::LocalCaller;
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::Response;
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::format::Format;
use fieldmark_rdf::read::Bounds;
use fieldmark_stix::galaxy;
use fieldmark_stix::table::{self, Mapping};
use fieldmark_store::gate::Writer;
use fieldmark_store::import::{Foreign, ImportError, ImportOptions, ImportReport};
use oxrdf::NamedNode;
use serde::Deserialize;
use std::io::{BufReader, Read, Seek};
use utoipa::IntoParams;

/// How an import is read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// `stix`, `turtle`, `trig`, `ntriples`, `nquads`, `jsonld`, `rdfxml`, `csv` or `misp-galaxy`; else
    /// by `name` or Content-Type, and STIX by its beginning.
    format: Option<String>,
    /// For CSV: which columns are what, as JSON of the shape docs/tables.md gives.
    mapping: Option<String>,
    /// The file's name: its ending tells the format.
    name: Option<String>,
    /// The release policy of statements in no graph, and of STIX objects without a marking: `tlp:clear`
    /// to `tlp:red`, or a marking definition's id.
    marking: Option<String>,
    /// `true` to judge and report only.
    dry_run: Option<bool>,
    /// Why statements may be seen by more people than now, in one line. Without it a record that
    /// would show more than it does is refused; only a steward may say it.
    loosen: Option<String>,
    /// Why this is written, in one line: it stands in the ledger beside each record that changes.
    reason: Option<String>,
}

/// Imports STIX, RDF, a table or a MISP galaxy: each record is judged, those that hold are committed together.
#[utoipa::path(post, path = "/api/v1/import", tag = "exchange", params(ImportQuery),
    request_body(content = String, description = "STIX 2.1 or 2.0, Turtle, TriG, N-Triples, N-Quads, JSON-LD, RDF/XML, CSV or a MISP galaxy; any of them as gzip"),
    responses((status = 200, content((Report = "application/json"), (Line = "application/x-ndjson"))), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn import(
    State(desk): State<Desk>,
    caller: Caller,
    Query(query): Query<ImportQuery>,
    local: Option<Extension<LocalCaller>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let writer = caller.writer()?.clone();
    let foreign = foreign(&query, &headers)?;
    let most = desk.settings.import_bytes as u64;
    let file = desk.base.scratch(&writer)?;
    let file = written_down(body, file, most, local.is_some()).await?;
    let mut notes = Vec::new();
    let (base, scribe) = (desk.base.clone(), writer.clone());
    let said = query.format.as_deref().map(str::to_ascii_lowercase);
    let is_table = matches!(foreign, Some(ForeignFormat::Table(_)));
    let (file, stix, notes) = blocking(move || {
        let scratch = || base.scratch(&scribe).map_err(Problem::from);
        let mut file = unwrapped(file, &scratch, most, &mut notes)?;
        let stix = !is_table && (said.as_deref() == Some("stix") || is_stix(&mut file)?);
        if stix && said.as_deref().is_some_and(|said| said != "stix") {
            notes.push("it is a STIX file, and was read as one".to_owned());
        }
        if stix {
            file = as_utf8(file, &scratch, &mut notes)?;
        }
        Ok::<_, Problem>((file, stix, notes))
    })
    .await??;
    let options = ImportOptions {
        format: match stix || foreign.is_some() {
            true => Format::NQuads,
            false => incoming(&query, &headers)?,
        },
        base: None,
        policy: query.marking.as_deref().map(marking).transpose()?,
        dry_run: query.dry_run.unwrap_or(false),
        loosen: loosening(query.loosen.as_deref(), &writer)?,
        reason: one_line("reason", query.reason.as_deref())?,
        bounds: Bounds::default(),
    };
    let input = Input {
        file,
        stix,
        foreign,
        options,
        notes,
    };
    told::answer(desk, writer, input, told::is_streamed(&headers)).await
}

/// What is to be taken in, and how.
pub(super) struct Input {
    file: std::fs::File,
    stix: bool,
    foreign: Option<ForeignFormat>,
    options: ImportOptions,
    /// How it was read so far.
    notes: Vec<String>,
}

impl Input {
    /// Whether what can be taken is only looked at.
    pub fn is_dry(&self) -> bool {
        self.options.dry_run
    }

    /// Takes it in, and tells what becomes of each entry; one that cannot be read to its end changes
    /// nothing.
    pub fn take(
        self,
        desk: &Desk,
        writer: &Writer,
        tell: &mut dyn FnMut(Told),
    ) -> Result<ImportReport, ImportError> {
        let options = &self.options;
        let mut report = match self.foreign {
            _ if self.stix => objects(desk, writer, self.file, options, tell)?,
            Some(kind) => desk.base.take(writer, kind.read(self.file)?, options)?,
            None => {
                let adopt = Some(&fieldmark_stix::owl::adopt as _);
                let input = BufReader::new(self.file);
                desk.base.import(writer, input, options, adopt)?
            }
        };
        let mut notes = self.notes;
        notes.append(&mut report.notes);
        report.notes = notes;
        for entry in std::mem::take(&mut report.entries) {
            tell(Told::Entry(None, entry));
        }
        Ok(report)
    }
}

fn objects(
    desk: &Desk,
    writer: &Writer,
    file: std::fs::File,
    options: &ImportOptions,
    tell: &mut dyn FnMut(Told),
) -> Result<ImportReport, ImportError> {
    let how = stix::How {
        unmarked: options
            .policy
            .as_ref()
            .and_then(|policy| RecordId::from_iri(policy.as_str())),
        withhold: writer.steward(),
        ..stix::How::default()
    };
    let source = Source::File(file);
    match stix::take(&desk.base, writer, source, &how, options, tell)? {
        Ok(report) => Ok(report),
        Err(problem) => {
            let foreign = Foreign {
                problems: vec![problem],
                ..Foreign::default()
            };
            Ok(desk.base.take(writer, foreign, options)?)
        }
    }
}

/// Whether a file looks like STIX by its beginning. It is then read from its beginning again.
fn is_stix(file: &mut std::fs::File) -> Result<bool, Problem> {
    let mut head = Vec::new();
    let looked = file.take(1 << 16).read_to_end(&mut head);
    let again = looked.and_then(|_| file.seek(std::io::SeekFrom::Start(0)));
    again.map_err(|error| Problem::internal(&error))?;
    Ok(fieldmark_stix::object::is_stix(&head))
}

/// The longest reason that is taken, in characters.
const REASON: usize = 500;

/// The reason for a loosening, when a steward gives one.
pub(super) fn loosening(reason: Option<&str>, writer: &Writer) -> Result<Option<String>, Problem> {
    if reason.is_some() && !writer.steward() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "only a steward may show to more people what fewer see",
        ));
    }
    one_line("loosen", reason)
}

/// A reason as it may stand in the ledger.
fn one_line(name: &str, reason: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(reason) = reason.map(str::trim) else {
        return Ok(None);
    };
    if reason.is_empty() || reason.chars().count() > REASON || reason.chars().any(char::is_control)
    {
        return Err(Problem::bad_request(format!(
            "{name}: say why in one line of 1 to {REASON} characters; it stands in the ledger"
        )));
    }
    Ok(Some(reason.to_owned()))
}

/// A format that is not RDF and is held whole while it is read.
enum ForeignFormat {
    Table(Box<Mapping>),
    Galaxy,
}

/// The longest table or galaxy that is taken, in bytes.
const MOST_HELD: u64 = 256 << 20;

impl ForeignFormat {
    fn read(&self, mut input: impl Read) -> Result<Foreign, ImportError> {
        let mut bytes = Vec::new();
        let read = input.by_ref().take(MOST_HELD + 1).read_to_end(&mut bytes);
        if read.map_err(ImportError::Input)? as u64 > MOST_HELD {
            let why = "a table or galaxy may have 256 MiB; split the file";
            return Err(ImportError::Input(std::io::Error::other(why)));
        }
        let taken = match self {
            Self::Table(mapping) => table::adopt(&bytes, mapping),
            Self::Galaxy => galaxy::adopt(&bytes),
        };
        Ok(Foreign {
            statements: taken.statements,
            strays: taken.strays,
            problems: taken.problems,
            notes: taken.notes,
            ..Foreign::default()
        })
    }
}

fn foreign(query: &ImportQuery, headers: &HeaderMap) -> Result<Option<ForeignFormat>, Problem> {
    let name = query.name.as_deref().unwrap_or_default();
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let format = query.format.as_deref();
    let is_table = format.map_or(
        name.to_ascii_lowercase().ends_with(".csv") || media.starts_with("text/csv"),
        |format| format.eq_ignore_ascii_case("csv"),
    );
    if is_table {
        let text = query.mapping.as_deref().ok_or_else(|| {
            Problem::bad_request(
                "a table needs a mapping that says which columns are what: --mapping FILE.toml, or mapping=… as JSON",
            )
        })?;
        let mapping = Mapping::parse(text).map_err(|e| Problem::bad_request(e.to_string()))?;
        return Ok(Some(ForeignFormat::Table(Box::new(mapping))));
    }
    Ok(format
        .is_some_and(|format| format.eq_ignore_ascii_case("misp-galaxy"))
        .then_some(ForeignFormat::Galaxy))
}

fn incoming(query: &ImportQuery, headers: &HeaderMap) -> Result<Format, Problem> {
    const KNOWN: &str = "stix, turtle, trig, ntriples, nquads, jsonld, rdfxml, csv or misp-galaxy";
    if let Some(name) = &query.format {
        return Format::from_name(name).ok_or_else(|| {
            Problem::bad_request(format!("no format is named \"{name}\": {KNOWN}"))
        });
    }
    let ending = query
        .name
        .as_deref()
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, ending)| ending);
    let media = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    ending
        .and_then(Format::from_extension)
        .or_else(|| media.and_then(Format::from_media_type))
        .ok_or_else(|| Problem::bad_request(format!("say the format: {KNOWN}")))
}

fn marking(text: &str) -> Result<NamedNode, Problem> {
    let id = match Tlp::parse(text) {
        Some(level) => RecordId::parse(level.marking_id()),
        None => RecordId::from_iri(text).map_or_else(|| RecordId::parse(text), Ok),
    };
    id.map(|id| NamedNode::new_unchecked(id.iri())).map_err(|_| {
        Problem::bad_request(format!(
            "\"{text}\" is no marking: tlp:clear, tlp:green, tlp:amber, tlp:amber+strict, tlp:red, or a marking definition's id"
        ))
    })
}
