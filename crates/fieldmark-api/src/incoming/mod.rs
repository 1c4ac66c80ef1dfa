//! What comes in, by whatever desk and in whatever form: how it is to be read, and its taking.

pub(crate) mod objects;
pub(crate) mod report;
mod unwrap;
pub(crate) mod upload;

use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::http::StatusCode;
use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::format::Format;
use fieldmark_rdf::read::Bounds;
use fieldmark_stix::event;
use fieldmark_stix::galaxy;
use fieldmark_stix::table::{self, Mapping};
use fieldmark_store::gate::Writer;
use fieldmark_store::import::{Foreign, Give, ImportError, ImportOptions, ImportReport, Told};
use objects::{Form, How, Source};
use oxrdf::NamedNode;
use std::fs::File;
use std::io::{BufReader, Read, Seek, Write};
use unwrap::{as_utf8, unwrapped};
use upload::spoiled;

/// The names of what is read.
const KNOWN: &str =
    "stix, turtle, trig, ntriples, nquads, jsonld, rdfxml, csv, misp (events) or misp-galaxy";

/// How an input is to be read, as its sender says.
#[derive(Debug, Default)]
pub(crate) struct Wish {
    /// The format; else the name or the media type tells it, and STIX and events their beginning.
    pub format: Option<String>,
    /// For a table: which columns are what, as JSON.
    pub mapping: Option<String>,
    /// The file's name.
    pub name: Option<String>,
    /// Its media type.
    pub media: Option<String>,
    /// The release policy of what says none.
    pub marking: Option<String>,
    /// Whether it is judged and reported only.
    pub dry_run: bool,
    /// Why more people may see statements than now.
    pub loosen: Option<String>,
    /// Why it is written.
    pub reason: Option<String>,
}

impl Wish {
    /// The same, its words understood.
    ///
    /// # Errors
    /// When the marking, the mapping or a reason cannot be used, or the writer may not loosen.
    pub fn understood(self, writer: &Writer) -> Result<Manner, Problem> {
        Ok(Manner {
            foreign: self.foreign()?,
            policy: self.marking.as_deref().map(marking).transpose()?,
            loosen: loosening(self.loosen.as_deref(), writer)?,
            reason: one_line("reason", self.reason.as_deref())?,
            wish: self,
        })
    }

    fn foreign(&self) -> Result<Option<ForeignFormat>, Problem> {
        let name = self.name.as_deref().unwrap_or_default();
        let media = self.media.as_deref().unwrap_or_default();
        let format = self.format.as_deref();
        let is_table = format.map_or(
            name.to_ascii_lowercase().ends_with(".csv") || media.starts_with("text/csv"),
            |format| format.eq_ignore_ascii_case("csv"),
        );
        if is_table {
            let text = self.mapping.as_deref().ok_or_else(|| {
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

    /// The format of RDF.
    fn rdf(&self) -> Result<Format, Problem> {
        if let Some(name) = &self.format {
            return Format::from_name(name).ok_or_else(|| {
                Problem::bad_request(format!("no format is named \"{name}\": {KNOWN}"))
            });
        }
        let ending = self
            .name
            .as_deref()
            .and_then(|name| name.rsplit_once('.'))
            .map(|(_, ending)| ending);
        ending
            .and_then(Format::from_extension)
            .or_else(|| self.media.as_deref().and_then(Format::from_media_type))
            .ok_or_else(|| Problem::bad_request(format!("say the format: {KNOWN}")))
    }
}

/// How an input is to be read, understood.
pub(crate) struct Manner {
    wish: Wish,
    foreign: Option<ForeignFormat>,
    policy: Option<NamedNode>,
    loosen: Option<String>,
    reason: Option<String>,
}

impl Manner {
    /// A file that came so, unpacked and ready to be taken.
    ///
    /// # Errors
    /// When it cannot be unpacked, or nothing tells its format.
    pub async fn input(self, desk: &Desk, writer: &Writer, file: File) -> Result<Input, Problem> {
        let most = desk.settings.import_bytes as u64;
        let (base, scribe) = (desk.base.clone(), writer.clone());
        let said = self.wish.format.as_deref().map(str::to_ascii_lowercase);
        let is_table = matches!(self.foreign, Some(ForeignFormat::Table(_)));
        let mut notes = Vec::new();
        let (file, objects, notes) = blocking(move || {
            let scratch = || base.scratch(&scribe).map_err(Problem::from);
            let mut file = unwrapped(file, &scratch, most, &mut notes)?;
            let objects = match is_table {
                true => None,
                false => form(&mut file, said.as_deref(), &mut notes)?,
            };
            if objects.is_some() {
                file = as_utf8(file, &scratch, &mut notes)?;
            }
            Ok::<_, Problem>((file, objects, notes))
        })
        .await??;
        let options = ImportOptions {
            format: match objects.is_some() || self.foreign.is_some() {
                true => Format::NQuads,
                false => self.wish.rdf()?,
            },
            base: None,
            policy: self.policy,
            dry_run: self.wish.dry_run,
            loosen: self.loosen,
            reason: self.reason,
            bounds: Bounds::default(),
        };
        Ok(Input {
            file,
            objects,
            foreign: self.foreign,
            options,
            notes,
        })
    }
}

/// What is to be taken in, and how.
pub(crate) struct Input {
    file: File,
    objects: Option<Form>,
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

    /// How many bytes it has, unpacked.
    ///
    /// # Errors
    /// When the file does not say so.
    pub fn bytes(&self) -> Result<u64, Problem> {
        Ok(self.file.metadata().map_err(spoiled)?.len())
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
        let mut report = match (self.objects, self.foreign) {
            (Some(form), _) => objects(desk, writer, (self.file, form), options, tell)?,
            (None, Some(kind)) => {
                let make = |give: Give<'_>| kind.read(self.file, give);
                desk.base.import_made(writer, options, make, tell)?
            }
            (None, None) => {
                let adopt = Some(&fieldmark_stix::owl::adopt as _);
                let input = BufReader::new(self.file);
                desk.base
                    .import_telling(writer, input, options, adopt, tell)?
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
    (file, form): (File, Form),
    options: &ImportOptions,
    tell: &mut dyn FnMut(Told),
) -> Result<ImportReport, ImportError> {
    let how = How {
        unmarked: options
            .policy
            .as_ref()
            .and_then(|policy| RecordId::from_iri(policy.as_str())),
        withhold: writer.steward(),
        ..How::default()
    };
    let source = Source::File(file, form);
    match objects::take(&desk.base, writer, source, &how, options, tell)? {
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

/// A text as a file, from its beginning.
pub(crate) async fn scratch(desk: &Desk, writer: &Writer, text: String) -> Result<File, Problem> {
    let mut file = desk.base.scratch(writer)?;
    blocking(move || {
        file.write_all(text.as_bytes())?;
        file.rewind()?;
        Ok(file)
    })
    .await?
    .map_err(spoiled)
}

/// What a file of objects is, as its sender says or as it looks by its beginning; none for any other.
/// It is then read from its beginning again.
fn form(
    file: &mut File,
    said: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<Option<Form>, Problem> {
    let mut head = Vec::new();
    let looked = file.take(1 << 16).read_to_end(&mut head);
    let again = looked.and_then(|_| file.seek(std::io::SeekFrom::Start(0)));
    again.map_err(|error| Problem::internal(&error))?;
    let looks = if fieldmark_stix::object::is_stix(&head) {
        Some((Form::Stix, "it is a STIX file, and was read as one"))
    } else {
        let note = "it holds events of MISP, and was read so";
        event::is_event(&head).then_some((Form::Events, note))
    };
    let told = match said {
        Some("stix") => Some(Form::Stix),
        Some("misp") => Some(Form::Events),
        _ => None,
    };
    Ok(match (looks, told) {
        (Some((form, note)), told) => {
            if said.is_some() && told != Some(form) {
                notes.push(note.to_owned());
            }
            Some(form)
        }
        (None, told) => told,
    })
}

/// The longest reason that is taken, in characters.
const REASON: usize = 500;

/// The reason for a loosening, when a steward gives one.
pub(crate) fn loosening(reason: Option<&str>, writer: &Writer) -> Result<Option<String>, Problem> {
    if reason.is_some() && !writer.steward() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "only a steward may show to more people what fewer see",
        ));
    }
    one_line("loosen", reason)
}

/// A reason as it may stand in the ledger.
pub(crate) fn one_line(name: &str, reason: Option<&str>) -> Result<Option<String>, Problem> {
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

/// A format that is not RDF.
enum ForeignFormat {
    Table(Box<Mapping>),
    Galaxy,
}

impl ForeignFormat {
    fn read(&self, input: File, give: Give<'_>) -> Result<Foreign, ImportError> {
        let taken = match self {
            Self::Table(mapping) => table::adopt(input, mapping, give),
            Self::Galaxy => galaxy::adopt(input, give),
        };
        let taken = taken.map_err(ImportError::Input)?;
        Ok(Foreign {
            strays: taken.strays,
            problems: taken.problems,
            notes: taken.notes,
            ..Foreign::default()
        })
    }
}

/// How a marking is named.
pub(crate) const MARKINGS: &str =
    "tlp:clear, tlp:green, tlp:amber, tlp:amber+strict, tlp:red, or a marking definition's id";

fn marking(text: &str) -> Result<NamedNode, Problem> {
    let id = match Tlp::parse(text) {
        Some(level) => RecordId::parse(level.marking_id()),
        None => RecordId::from_iri(text).map_or_else(|| RecordId::parse(text), Ok),
    };
    id.map(|id| NamedNode::new_unchecked(id.iri()))
        .map_err(|_| Problem::bad_request(format!("\"{text}\" is no marking: {MARKINGS}")))
}
