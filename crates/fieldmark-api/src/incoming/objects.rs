//! STIX objects that come in, by whatever desk: looked through for what they say of one another,
//! then read, judged and written batch by batch, so that memory does not grow with the file.

use fieldmark_model::{RecordId, Tlp};
use fieldmark_rdf::format::Format;
use fieldmark_rdf::read::Problem;
use fieldmark_stix::adopt::{self, Adoption, Among, Outcome, Terms};
use fieldmark_stix::bundle::{self, Raw};
use fieldmark_stix::event;
use fieldmark_stix::object::Meaning;
use fieldmark_store::Base;
use fieldmark_store::error::StoreError;
use fieldmark_store::gate::Writer;
use fieldmark_store::import::{Entry, Finding, ImportOptions, ImportReport, Told, Verdict};
use fieldmark_store::receive::{self, CameIn, Intake, Received};
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::Seek;

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

/// Objects that can be gone through twice.
pub(crate) enum Source {
    /// Those of a file, which are never held together.
    File(File, Form),
    /// Those of a message.
    Held(Vec<Raw>),
}

/// What a file of objects is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// STIX: a bundle, a list or one object.
    Stix,
    /// Events of MISP, which become objects of STIX.
    Events,
}

/// Whether a record is kept already.
type Here<'a> = &'a dyn Fn(&RecordId) -> bool;

impl Source {
    /// Looks at every object; says what the reader should know.
    fn look(&mut self, here: Here<'_>, mut at: impl FnMut(&Raw)) -> Result<Vec<String>, Problem> {
        match self {
            Self::File(file, form) => through((file, *form), here, |raw| at(&raw)),
            Self::Held(objects) => {
                objects.iter().for_each(at);
                Ok(Vec::new())
            }
        }
    }

    /// Hands on every object.
    fn each(self, here: Here<'_>, each: impl FnMut(Raw)) -> Result<(), Problem> {
        match self {
            Self::File(mut file, form) => through((&mut file, form), here, each).map(drop),
            Self::Held(objects) => {
                objects.into_iter().for_each(each);
                Ok(())
            }
        }
    }
}

/// Goes through the objects of a file from its beginning.
fn through(
    (file, form): (&mut File, Form),
    here: Here<'_>,
    each: impl FnMut(Raw),
) -> Result<Vec<String>, Problem> {
    file.rewind().map_err(|error| problem(&error.to_string()))?;
    let read = match form {
        Form::Stix => bundle::read(file, each).map(|_| Vec::new()),
        Form::Events => event::read(file, here, each).map(|events| events.notes),
    };
    read.map_err(|error| Problem {
        line: Some(error.line() as u64).filter(|line| *line > 0),
        column: Some(error.column() as u64).filter(|column| *column > 0),
        ..problem(&format!("the file cannot be read to its end: {error}"))
    })
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

/// How many objects are read, judged and written together. Whoever else writes waits for one batch
/// at most.
const BATCH: usize = 1_024;

/// Takes objects in, and tells what becomes of each as soon as it is settled. A source that cannot
/// be read to its end, or holds nothing, changes nothing.
pub(crate) fn take(
    base: &Base,
    writer: &Writer,
    source: Source,
    how: &How,
    options: &ImportOptions,
    tell: &mut dyn FnMut(Told),
) -> Result<Result<ImportReport, Problem>, StoreError> {
    take_beside(base, writer, (source, &[]), (how, options), tell)
}

/// Reads again what was said of attributions by notes and opinions that stand here since a steward
/// took them in, one of which these records may be.
pub(crate) fn settle(base: &Base, writer: &Writer, taken: &[&RecordId]) -> Result<(), StoreError> {
    let mut among = Among::default();
    for id in taken.iter().filter(|id| SETTLED.contains(&id.stix_type())) {
        if let Some((raw, ..)) = base.came_in(writer, id)?.and_then(read_again) {
            among.note(&raw);
        }
    }
    let about = among.about().chain(among.attributions());
    let about: Vec<RecordId> = about.cloned().collect();
    if about.is_empty() {
        return Ok(());
    }
    let (how, options) = (How::default(), ImportOptions::of(Format::NQuads));
    let nothing = (Source::Held(Vec::new()), about.as_slice());
    let taken = take_beside(base, writer, nothing, (&how, &options), &mut |_| ())?;
    // What is held was read before, so nothing of it can be a problem of reading.
    debug_assert!(taken.is_ok(), "{taken:?}");
    Ok(())
}

/// What bears on how another object is read.
const SETTLED: [&str; 3] = ["note", "opinion", "relationship"];

/// Takes objects in, and reads attributions again that stand here.
fn take_beside(
    base: &Base,
    writer: &Writer,
    (mut source, attributions): (Source, &[RecordId]),
    (how, options): (&How, &ImportOptions),
    tell: &mut dyn FnMut(Told),
) -> Result<Result<ImportReport, Problem>, StoreError> {
    let mut among = Among::default();
    // What defines markings goes first: by these the others are judged.
    let mut definitions: Vec<(usize, Raw)> = Vec::new();
    // What the store says when it is asked while objects are read; the first trouble is told.
    let trouble: RefCell<Option<StoreError>> = RefCell::default();
    // As it was at first, whatever is written meanwhile.
    let answered: RefCell<HashMap<RecordId, bool>> = RefCell::default();
    let here = |id: &RecordId| {
        let mut answered = answered.borrow_mut();
        *answered
            .entry(id.clone())
            .or_insert_with(|| asked(base.standing(writer, id), &trouble).is_some())
    };
    let looked = source.look(&here, |raw| {
        if among.note(raw) {
            definitions.push((among.objects() - 1, raw.clone()));
        }
    });
    let of = among.objects();
    let notes = match looked {
        Err(problem) => return Ok(Err(problem)),
        Ok(_) if of == 0 && attributions.is_empty() => {
            return Ok(Err(problem("it holds no object")));
        }
        Ok(notes) => notes,
    };
    let late = Late::of(base, writer, (&among, attributions), options)?;
    for (raw, id, marking) in late.beside.iter().chain(&late.again) {
        among.note_again(raw, id, marking.clone());
    }
    let kept = |id: &RecordId| {
        // What the file says of it holds.
        if late.markings.contains(id) {
            return None;
        }
        let known = asked(base.marking(writer, id), &trouble)?;
        Some(known.map_or(Meaning::Says, Meaning::Restricts))
    };
    let attributed = |id: &RecordId| asked(base.attributed(writer, id), &trouble);
    let adoption = Adoption::new(
        among,
        &Terms {
            floor: how.floor.unwrap_or(Tlp::Clear),
            unmarked: how.unmarked.as_ref(),
            kept: &kept,
            attributed: &attributed,
            withhold: how.withhold,
        },
    );
    if let Some(error) = trouble.take() {
        return Err(error);
    }
    let tell = RefCell::new(tell);
    let mut told = |at, entry| tell.borrow_mut()(Told::Entry(at, entry));
    let is_small = of + late.again.len() <= BATCH;
    let mut taking = Taking {
        adoption: &adoption,
        types: &how.types,
        intake: Intake::new(base, writer, options, is_small, &mut told),
        made: Some(adoption.made()),
        late: &late.markings,
        of,
    };
    let ahead: HashSet<usize> = definitions.iter().map(|(at, _)| *at).collect();
    let mut batch = definitions;
    // What bears a marking goes with its definition, so that nobody sees meanwhile what another
    // marking of it keeps from them.
    let is_late = !late.again.is_empty();
    batch.extend((of..).zip(late.again.into_iter().map(|(raw, ..)| raw)));
    if !batch.is_empty() && (of > BATCH || is_late) {
        taking.put(std::mem::take(&mut batch))?;
        taking.intake.finish_batch()?;
    }
    let mut at = 0;
    let mut taken = Ok(());
    let mut next = |raw: Option<Raw>, at: usize| {
        let is_last = raw.is_none();
        batch.extend(raw.map(|raw| (at, raw)));
        if taken.is_ok() && (is_last || batch.len() >= BATCH) {
            taken = taking.put(std::mem::take(&mut batch));
            tell.borrow_mut()(Told::Progress(at, of));
        }
    };
    let read = source.each(&here, |raw| {
        if !ahead.contains(&at) {
            next(Some(raw), at);
        }
        at += 1;
    });
    next(None, of);
    taken?;
    taking.intake.finish_batch()?;
    if !options.dry_run {
        tell.borrow_mut()(Told::Durable);
    }
    let mut report = taking.intake.finish()?;
    report.notes.extend(notes);
    report.notes.extend(adoption.notes());
    // It was read to its end before; now nothing but the disk can be in the way.
    Ok(read.map(|()| report))
}

/// Objects being taken.
struct Taking<'a, 'b> {
    adoption: &'a Adoption,
    types: &'a [String],
    intake: Intake<'b>,
    /// Records made for the objects' sake, until they are put in.
    made: Option<Vec<fieldmark_rdf::read::Placed>>,
    /// The markings whose definitions come after what bears them.
    late: &'a BTreeSet<RecordId>,
    /// How many objects came; those with higher numbers were here, and are read again.
    of: usize,
}

/// What came in before and is read again, since what bears on it came only now.
struct Late {
    /// Markings that came in before as nobody's, and are defined now.
    markings: BTreeSet<RecordId>,
    /// What is read again: what bears such a marking, where a steward says that more may be seen;
    /// attributions, where a steward sends notes about them, and notes and opinions about
    /// attributions that a steward sends.
    again: Vec<Again>,
    /// What tells how attributions are to be read, and is not read itself: the reports that list them.
    beside: Vec<Again>,
}

/// An object that came in before, its id, and the marking it stands under.
type Again = (Raw, RecordId, Option<RecordId>);

/// What speaks of attributions.
const SPEAKERS: [&str; 3] = ["note", "opinion", "report"];

impl Late {
    fn of(
        base: &Base,
        writer: &Writer,
        (among, attributions): (&Among, &[RecordId]),
        options: &ImportOptions,
    ) -> Result<Self, StoreError> {
        let mut markings = BTreeSet::new();
        for id in among.defined() {
            let standing = base.standing(writer, id)?;
            if standing.is_some_and(|standing| adopt::is_undefined(&standing)) {
                markings.insert(id.clone());
            }
        }
        let (mut again, mut beside) = (BTreeMap::new(), BTreeMap::new());
        if options.loosen.is_some() {
            let bearing = base.bearing(writer, &markings)?.into_iter();
            again.extend(bearing.map(|one| (one.id.clone(), one)));
        }
        if writer.steward() {
            let come: BTreeSet<&RecordId> = among.attributions().collect();
            let here = among.about().chain(attributions);
            let here: BTreeSet<&RecordId> = here.filter(|id| !come.contains(id)).collect();
            for id in &here {
                if base.attributed(writer, id)?.is_some()
                    && let Some(one) = base.came_in(writer, id)?
                {
                    again.insert((*id).clone(), one);
                }
            }
            for id in come.union(&here) {
                for one in base.mentioning(writer, id, &SPEAKERS)? {
                    let read = match one.id.stix_type() {
                        _ if among.speaks(&one.id) => continue,
                        "report" => &mut beside,
                        _ => &mut again,
                    };
                    read.insert(one.id.clone(), one);
                }
            }
        }
        let raw =
            |came: BTreeMap<RecordId, CameIn>| came.into_values().filter_map(read_again).collect();
        Ok(Self {
            again: raw(again),
            beside: raw(beside),
            markings,
        })
    }
}

/// What came in before, to be read again: it stands in the ledger, and was read as JSON once.
fn read_again(one: CameIn) -> Option<Again> {
    let text = serde_json::from_slice(&one.bytes).ok()?;
    let place = "here".to_owned();
    let raw = Raw {
        place,
        text,
        fault: None,
    };
    Some((raw, one.id, one.marking))
}

impl Taking<'_, '_> {
    fn put(&mut self, batch: Vec<(usize, Raw)>) -> Result<(), StoreError> {
        let adoption = self.adoption;
        let read: Vec<(usize, Outcome)> = batch
            .into_par_iter()
            .map(|(at, raw)| (at, adoption.read(raw)))
            .collect();
        let mut received = Vec::new();
        for (at, outcome) in read {
            let entry = match outcome {
                Outcome::Object(object)
                    if at < self.of
                        && !self.types.is_empty()
                        && !self.types.iter().any(|kind| kind == object.id.stix_type()) =>
                {
                    Entry {
                        place: Some(object.place),
                        ..Entry::refused(object.id.as_str(), NOT_HELD)
                    }
                }
                Outcome::Object(object) => {
                    received.push(Received {
                        goes_over: at >= self.of || self.late.contains(&object.id),
                        is_noted: adoption.is_noted(&object.id),
                        place: object.place,
                        at,
                        id: object.id,
                        bytes: object.bytes,
                        json: object.json,
                        statements: object.statements,
                    });
                    continue;
                }
                Outcome::Refused(refused) => Entry {
                    place: Some(refused.place),
                    ..Entry::refused(refused.id.unwrap_or_default(), refused.why)
                },
                Outcome::BuiltIn(id) => Entry {
                    verdict: Verdict::Unchanged,
                    findings: vec![Finding::saying("it is built in".into())],
                    ..Entry::refused(id.as_str(), "")
                },
            };
            self.intake.settle(at, entry);
        }
        self.intake
            .put(received, self.made.take().unwrap_or_default())
    }
}

/// The entries of objects in their order, then those of records that were made for their sake.
pub(crate) fn in_order(mut told: Vec<(Option<usize>, Entry)>) -> Vec<Entry> {
    receive::in_order(&mut told);
    told.into_iter().map(|(_, entry)| entry).collect()
}
