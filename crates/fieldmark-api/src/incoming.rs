//! STIX objects that come in, by whatever desk: read together, held against what is here, and
//! taken with their bytes.

use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::read::Problem;
use fieldmark_stix::adopt::{self, Outcome, Terms};
use fieldmark_stix::bundle::{self, Raw};
use fieldmark_stix::object::Meaning;
use fieldmark_store::Base;
use fieldmark_store::error::StoreError;
use fieldmark_store::gate::Writer;
use fieldmark_store::import::{Entry, Finding, ImportOptions, ImportReport, Verdict};
use fieldmark_store::receive::Received;
use std::cell::RefCell;
use std::io::{Read, Seek};

/// How objects are taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct How {
    /// Nothing is shown to more people than this level lets see it.
    pub floor: Option<Tlp>,
    /// The marking of objects that have none.
    pub unmarked: Option<RecordId>,
    /// The types that are taken; empty for all.
    pub types: Vec<String>,
    /// Whether what nobody knows the marking of is kept for the steward alone, else refused.
    pub withhold: bool,
}

/// What is wrong with an object whose type a collection does not hold.
const NOT_HELD: &str = "$.type: this collection does not hold objects of this type";

/// The objects of a file, or what keeps it from being read to its end.
pub(crate) fn read(file: impl Read + Seek) -> Result<Vec<Raw>, Problem> {
    let mut objects = Vec::new();
    bundle::read(file, |raw| objects.push(raw)).map_err(|error| Problem {
        line: Some(error.line() as u64).filter(|line| *line > 0),
        column: Some(error.column() as u64).filter(|column| *column > 0),
        ..problem(&format!("the file cannot be read to its end: {error}"))
    })?;
    Ok(objects)
}

/// What keeps a file from being taken, at no line.
pub(crate) fn problem(message: &str) -> Problem {
    Problem {
        line: None,
        column: None,
        message: message.to_owned(),
        too_large: false,
        of: None,
    }
}

/// An answer of the store, whose error is put aside.
fn asked<T>(
    answer: Result<Option<T>, StoreError>,
    trouble: &RefCell<Option<StoreError>>,
) -> Option<T> {
    answer.unwrap_or_else(|error| {
        trouble.borrow_mut().get_or_insert(error);
        None
    })
}

/// Takes objects in. The first entries of the report are those of the objects, in their order.
pub(crate) fn take(
    base: &Base,
    writer: &Writer,
    objects: Vec<Raw>,
    how: &How,
    options: &ImportOptions,
) -> Result<ImportReport, StoreError> {
    // What the store says when it is asked while objects are read; the first trouble is told.
    let trouble: RefCell<Option<StoreError>> = RefCell::default();
    let meaning = |id: &RecordId| {
        let known = asked(base.marking(writer, id), &trouble)?;
        Some(known.map_or(Meaning::Says, Meaning::Restricts))
    };
    let attributed = |id: &RecordId| asked(base.attributed(writer, id), &trouble);
    let adopted = adopt::adopt(
        objects,
        &Terms {
            floor: how.floor.unwrap_or(Tlp::Clear),
            unmarked: how.unmarked.as_ref(),
            kept: &meaning,
            attributed: &attributed,
            withhold: how.withhold,
        },
    );
    if let Some(error) = trouble.into_inner() {
        return Err(error);
    }
    let mut told: Vec<Option<Entry>> = Vec::new();
    let mut received = Vec::new();
    for outcome in adopted.objects {
        told.push(match outcome {
            Outcome::Object(object)
                if !how.types.is_empty()
                    && !how.types.iter().any(|kind| kind == object.id.stix_type()) =>
            {
                Some(Entry {
                    place: Some(object.place),
                    ..Entry::refused(object.id.as_str(), NOT_HELD)
                })
            }
            Outcome::Object(object) => {
                received.push(Received {
                    place: object.place,
                    id: object.id,
                    bytes: object.bytes,
                    json: object.json,
                    statements: object.statements,
                });
                None
            }
            Outcome::Refused(refused) => Some(Entry {
                place: Some(refused.place),
                ..Entry::refused(refused.id.unwrap_or_default(), refused.why)
            }),
            Outcome::BuiltIn(id) => Some(Entry {
                verdict: Verdict::Unchanged,
                findings: vec![Finding::saying("it is built in".into())],
                ..Entry::refused(id.as_str(), "")
            }),
        });
    }
    let mut report = base.receive(writer, received, adopted.made, options)?;
    report.notes.extend(adopted.notes);
    // Back into the order in which they came.
    let mut taken = std::mem::take(&mut report.entries).into_iter();
    for entry in told {
        report.entries.extend(entry.or_else(|| taken.next()));
    }
    report.entries.extend(taken);
    Ok(report)
}
