//! A view as a bundle of STIX 2.1: what came in as STIX goes out as it came in, what was written
//! here in the nearest types of STIX, and what is shown of an object in part is put together again
//! from that part. For OpenCTI and MISP the same objects are written as those keep most of them.

mod shown;
mod spool;
pub(crate) mod statements;

use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_stix::emit::{self, Others, Statements, Told};
use fieldmark_stix::profile::{self, Loss, Losses as Lost};
use fieldmark_stix::{extension, ships, tlp, upgrade};
use fieldmark_store::View;
use fieldmark_store::collection::{self, Face};
use oxrdf::Triple;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;
use shown::Shown;
pub(crate) use spool::Bundle;
use spool::{Spool, Text, not_kept};
use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::panic::resume_unwind;
use std::sync::{Arc, LazyLock, mpsc};
use std::thread;

/// For whom a bundle is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Any reader of STIX 2.1.
    Stix,
    /// OpenCTI.
    OpenCti,
    /// MISP, as an event of its own format.
    Misp,
}

impl Profile {
    pub(crate) const ALL: [Self; 3] = [Self::Stix, Self::OpenCti, Self::Misp];

    /// The name of the format.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stix => "stix",
            Self::OpenCti => "stix-opencti",
            Self::Misp => "misp",
        }
    }

    /// The profile of that name, however written.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|profile| profile.name().eq_ignore_ascii_case(name))
    }

    /// The media type (STIX 2.1, clause 1.7; MISP has none of its own).
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Stix | Self::OpenCti => "application/stix+json;version=2.1",
            Self::Misp => "application/json",
        }
    }
}

/// What an export leaves out or changes, and what its reader will not find.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Losses {
    /// How many objects it holds.
    pub objects: usize,
    /// How many of them are shown in part and were put together again.
    pub rebuilt: usize,
    /// How many records have no type in STIX and went out as notes.
    pub as_notes: usize,
    /// How many are not given out, since what their type requires is not shown.
    pub left_out: usize,
    /// How many records objects refer to that are not in the bundle.
    pub leads_out: usize,
    /// The first of those.
    pub leads_to: Vec<String>,
    /// What the receiver that it is written for drops or changes.
    pub receiver: Vec<Loss>,
}

/// How many of what leads out is named.
const NAMED: usize = 20;

/// A file for a receiver, on the disk.
pub(crate) enum Out {
    /// A bundle of STIX.
    Bundle(Bundle),
    /// Any other.
    File(File),
}

impl Out {
    /// Writes it out.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Bundle(bundle) => bundle.write(out),
            Self::File(file) => {
                let mut file = file;
                file.seek(SeekFrom::Start(0))?;
                io::copy(&mut file, out).map(drop)
            }
        }
    }
}

/// The records `of`, or all that was added to what ships, `closed` also what they refer to, at any
/// remove; written for a receiver, with what is lost, told in `lang`.
///
/// What is written is held on the disk, and of it in memory where each object begins; for OpenCTI and
/// MISP, who merge objects or nest them, also who bears which name and what starts from what.
pub(crate) fn export(
    view: &View,
    of: Option<&BTreeSet<RecordId>>,
    closed: bool,
    profile: Profile,
    lang: &str,
) -> Result<(Out, Losses), Problem> {
    let mut giving = Giving::of(view, closed)?;
    giving.all(of)?;
    let (bundle, mut losses) = giving.end()?;
    let (out, lost) = match profile {
        Profile::Stix => (Out::Bundle(bundle), Lost::default()),
        Profile::Misp => {
            let mut event = BufWriter::new(view.scratch()?);
            let lost = profile::misp::write(&bundle, &mut event).map_err(not_kept)?;
            let event = event.into_inner();
            let event = event.map_err(|error| not_kept(error.into_error()))?;
            (Out::File(event), lost)
        }
        Profile::OpenCti => {
            let mut spool = Spool::beside(view)?;
            let lost = profile::opencti::write(&bundle, &mut |object| {
                let id =
                    id_of(&object).ok_or_else(|| io::Error::other("an object without an id"))?;
                spool.put(id, &object.to_string().into())
            });
            let lost = lost.map_err(not_kept)?;
            (Out::Bundle(spool.bundle()?), lost)
        }
    };
    losses.receiver = lost.listed(lang);
    Ok((out, losses))
}

/// How many records are gone through at a time.
const AT_ONCE: usize = 1_024;

/// A record that goes out as it came in, in what bytes, and whether it is to go out.
type Came = (RecordId, Vec<u8>, bool);

/// An export under way.
struct Giving<'v> {
    view: &'v View,
    /// Whether what objects refer to goes with them.
    closed: bool,
    /// The records the view states something of.
    ids: Arc<BTreeSet<RecordId>>,
    /// Those of them that go out as they came in.
    whole: BTreeSet<RecordId>,
    shown: Shown<'v>,
    spool: Spool,
    done: BTreeSet<RecordId>,
    referred: BTreeSet<RecordId>,
    losses: Losses,
}

impl<'v> Giving<'v> {
    fn of(view: &'v View, closed: bool) -> Result<Self, Problem> {
        let ids = Arc::new(view.stated()?);
        Ok(Self {
            view,
            closed,
            shown: Shown::of(view, Some(ids.clone())),
            ids,
            whole: BTreeSet::new(),
            spool: Spool::beside(view)?,
            done: BTreeSet::new(),
            referred: BTreeSet::new(),
            losses: Losses::default(),
        })
    }

    /// Gives the records `of`, or all that was added to what ships, and what goes along with them.
    fn all(&mut self, of: Option<&BTreeSet<RecordId>>) -> Result<(), Problem> {
        self.came(of)?;
        let rest: Vec<RecordId> = match of {
            Some(of) => of.difference(&self.whole).cloned().collect(),
            None => {
                let made = self.ids.difference(&self.whole);
                let made = made.filter(|id| !ships(id) && id.stix_type() != "marking-definition");
                made.cloned().collect()
            }
        };
        for some in rest.chunks(AT_ONCE) {
            self.make(some, of.is_none())?;
        }
        loop {
            let round = self.along()?;
            if round.is_empty() {
                return Ok(());
            }
            if !round.is_disjoint(&self.whole) {
                self.came(Some(&round))?;
            }
            let rest: Vec<RecordId> = round.difference(&self.whole).cloned().collect();
            for some in rest.chunks(AT_ONCE) {
                self.make(some, false)?;
            }
        }
    }

    /// What goes along with what was given and was not given yet: what ships and markings, and with
    /// `closed` whatever is seen.
    fn along(&self) -> Result<BTreeSet<RecordId>, Problem> {
        let lacking = self.referred.iter().filter(|id| !self.spool.holds(id));
        let behind = lacking.filter_map(|id| self.shown.behind(id).transpose());
        let behind: BTreeSet<RecordId> = behind.collect::<Result<_, Problem>>()?;
        let along = behind
            .into_iter()
            .filter(|id| !self.done.contains(id))
            .filter(|id| tlp::level(id).is_none())
            .filter(|id| self.closed || ships(id) || id.stix_type() == "marking-definition");
        Ok(along.collect())
    }

    /// Gives those of some records, or of all, that go out as they came in, in one go through what
    /// came in.
    fn came(&mut self, of: Option<&BTreeSet<RecordId>>) -> Result<(), Problem> {
        let (view, ids) = (self.view, self.ids.clone());
        let (hand_over, batches) = mpsc::sync_channel::<Vec<Came>>(1);
        thread::scope(|scope| {
            let reading = scope.spawn(move || -> Result<(), Problem> {
                let mut batch = Vec::with_capacity(AT_ONCE);
                view.each_whole(|id, bytes| {
                    let wanted = of.map_or_else(|| ids.contains(&id), |of| of.contains(&id));
                    batch.push((id, bytes, wanted));
                    if batch.len() == AT_ONCE {
                        // Nobody takes it any more only after trouble, which is told below.
                        hand_over.send(std::mem::take(&mut batch)).ok();
                    }
                    Ok(())
                })?;
                hand_over.send(batch).ok();
                Ok(())
            });
            let taken = batches.into_iter().try_for_each(|batch| self.take(batch));
            let read = reading.join().unwrap_or_else(|panic| resume_unwind(panic));
            taken.and(read)
        })
    }

    /// Takes in objects that came in, to be given where they are wanted.
    fn take(&mut self, batch: Vec<Came>) -> Result<(), Problem> {
        let read = |(id, bytes, wanted): Came| match wanted {
            true => {
                let given = Given::of(as_it_came(bytes));
                (id, given.id.clone(), Some(given))
            }
            false => (id, came_as_anothers(&bytes), None),
        };
        let read: Vec<_> = batch.into_par_iter().map(read).collect();
        for (id, out, given) in read {
            self.whole.insert(id.clone());
            if let Some(out) = out.filter(|out| *out != id) {
                self.shown.renamed.insert(out, id.clone());
            }
            if let Some(given) = given {
                self.give(id, given)?;
            }
        }
        Ok(())
    }

    /// Gives objects made of what is shown of some records; but for those, where that is asked, that
    /// were taken from an object which says the same itself.
    fn make(&mut self, some: &[RecordId], but_taken: bool) -> Result<(), Problem> {
        self.shown.load(some.iter())?;
        let said_already = |id: &RecordId| {
            let from = but_taken.then(|| self.shown.taken_from(id)).flatten();
            from.is_some_and(|from| self.ids.contains(&from))
        };
        let some: Vec<&RecordId> = some.iter().filter(|id| !said_already(id)).collect();
        let told = told(self.view, some.iter().copied())?;
        for id in some {
            let made = made(id, &self.shown, &told, &mut self.losses);
            match made.map(Given::of) {
                Some(given) => self.give(id.clone(), given)?,
                None => {
                    self.done.insert(id.clone());
                }
            }
        }
        self.shown.forget();
        Ok(())
    }

    fn give(&mut self, id: RecordId, given: Given) -> Result<(), Problem> {
        self.referred.extend(given.refers);
        // A record that came in as another's note goes out as that note.
        self.put(given.id.unwrap_or_else(|| id.clone()), &given.text)?;
        self.done.insert(id);
        Ok(())
    }

    fn put(&mut self, id: RecordId, text: &Text) -> Result<(), Problem> {
        self.spool.put(id, text).map_err(not_kept)
    }

    /// The bundle of what was given, with the definitions it needs.
    fn end(mut self) -> Result<(Bundle, Losses), Problem> {
        if self.spool.is_extended() {
            for definition in extension::definition() {
                refers(&definition, &mut self.referred);
                if let Some(id) = id_of(&definition) {
                    self.put(id, &definition.to_string().into())?;
                }
            }
        }
        for id in &self.referred {
            if let Some(definition) = tlp::definition(id).filter(|_| !self.spool.holds(id)) {
                let text = definition.to_string().into();
                self.spool.put(id.clone(), &text).map_err(not_kept)?;
            }
        }
        let missing = self.referred.iter().filter(|id| !self.spool.holds(id));
        let missing: Vec<&RecordId> = missing.collect();
        self.losses.leads_out = missing.len();
        let named = missing.into_iter().take(NAMED);
        self.losses.leads_to = named.map(ToString::to_string).collect();
        self.losses.objects = self.spool.len();
        Ok((self.spool.bundle()?, self.losses))
    }
}

fn id_of(object: &Value) -> Option<RecordId> {
    RecordId::parse(object["id"].as_str()?).ok()
}

/// How records go out as STIX, one by one.
pub(crate) struct Faces;

impl collection::Faces for Faces {
    fn face(
        &self,
        id: &RecordId,
        shown: &[Triple],
        told: Option<&collection::Told>,
    ) -> Option<Face> {
        let mut said = Statements::of(id.iri());
        shown.iter().cloned().for_each(|triple| said.push(triple));
        let told = told.map_or_else(untold, as_told);
        let json = Value::Object(emit::object(id, &said, &told, &Alone)?);
        face(&json)
    }

    fn refers(&self, object: &Value) -> Vec<RecordId> {
        let mut ids = BTreeSet::new();
        refers(object, &mut ids);
        if object["extensions"].get(extension::ID).is_some() {
            ids.extend(RecordId::parse(extension::ID));
        }
        ids.into_iter().collect()
    }

    fn built_in(&self, id: &RecordId) -> Option<Face> {
        // Asked for every object that has the extension.
        static BUILT_IN: LazyLock<Vec<Face>> =
            LazyLock::new(|| extension::definition().iter().filter_map(face).collect());
        BUILT_IN.iter().find(|face| face.id == *id).cloned()
    }

    fn ships(&self, id: &RecordId) -> bool {
        ships(id)
    }
}

fn face(json: &Value) -> Option<Face> {
    use collection::Faces as _;
    let labels = json["labels"].as_array().into_iter().flatten();
    Some(Face {
        refers: Faces.refers(json),
        id: id_of(json)?,
        version: collection::version_of(json),
        labels: labels
            .filter_map(|label| label.as_str().map(str::to_owned))
            .collect(),
    })
}

/// The definition of our extension, or who made it.
fn built_in(id: &RecordId) -> Option<Value> {
    let known = extension::is_its_own(id).then(extension::definition);
    let mut known = known.into_iter().flatten();
    known.find(|object| object["id"] == id.as_str())
}

/// No other record: what an object is known by depends on none.
struct Alone;

impl Others for Alone {
    fn statements(&self, _: &RecordId) -> Option<&Statements> {
        None
    }

    fn leading_to(&self, _: &RecordId) -> Vec<RecordId> {
        Vec::new()
    }
}

/// The objects that are made of what is shown of some records, by record, none where nothing is
/// shown any more; and those that are built in.
pub(crate) fn made_of(view: &View, ids: &[RecordId]) -> Result<HashMap<RecordId, String>, Problem> {
    let mut shown = Shown::of(view, None);
    shown.load(ids.iter())?;
    let told = told(view, ids.iter())?;
    let mut losses = Losses::default();
    let made = ids.iter().filter_map(|id| {
        let text = match built_in(id) {
            Some(object) => object.to_string(),
            None => made(id, &shown, &told, &mut losses)?.0,
        };
        Some((id.clone(), text))
    });
    Ok(made.collect())
}

fn as_told(told: &collection::Told) -> Told {
    Told {
        created: told.created.clone(),
        modified: told.modified.clone(),
        markings: told.markings.clone(),
    }
}

fn untold() -> Told {
    Told {
        created: UNTOLD.to_owned(),
        modified: UNTOLD.to_owned(),
        markings: Vec::new(),
    }
}

fn told<'a>(
    view: &View,
    ids: impl Iterator<Item = &'a RecordId>,
) -> Result<HashMap<RecordId, Told>, Problem> {
    let told = view.told(ids.cloned())?;
    let told = told.into_iter();
    Ok(told
        .filter_map(|(id, told)| Some((id, as_told(&told?))))
        .collect())
}

/// An object as it goes out.
struct Given {
    text: Text,
    id: Option<RecordId>,
    refers: BTreeSet<RecordId>,
}

impl Given {
    fn of((text, json): (String, Value)) -> Self {
        let mut referred = BTreeSet::new();
        refers(&json, &mut referred);
        Self {
            text: text.into(),
            id: id_of(&json),
            refers: referred,
        }
    }
}

/// The id of an object that carries a record in our extension, which may be another record's.
fn came_as_anothers(bytes: &[u8]) -> Option<RecordId> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.contains(extension::ID).then_some(())?;
    id_of(&serde_json::from_str(text).ok()?)
}

/// An object as it came in; one of STIX 2.0 as 2.1.
pub(crate) fn as_it_came(bytes: Vec<u8>) -> (String, Value) {
    let mut json: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if let Some(object) = json.as_object_mut()
        && upgrade::why(object).is_some()
    {
        upgrade::upgrade(object);
        return (json.to_string(), json);
    }
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    (text, json)
}

/// What stands for a time nobody tells, as of a record that only a view has.
const UNTOLD: &str = "1970-01-01T00:00:00.000Z";

/// An object made of what is shown of a record.
fn made(
    id: &RecordId,
    shown: &Shown<'_>,
    told: &HashMap<RecordId, Told>,
    losses: &mut Losses,
) -> Option<(String, Value)> {
    let said = shown.records.get(id)?;
    let untold = untold();
    let object = emit::object(id, said, told.get(id).unwrap_or(&untold), shown);
    let Some(object) = object else {
        losses.left_out += 1;
        return None;
    };
    let json = Value::Object(object);
    match json["extensions"].get(extension::ID) {
        None => losses.rebuilt += 1,
        Some(_) if json["id"].as_str() != Some(id.as_str()) => losses.as_notes += 1,
        Some(_) => {}
    }
    Some((json.to_string(), json))
}

/// Every id that an object refers to by one of STIX's references.
fn refers(json: &Value, out: &mut BTreeSet<RecordId>) {
    match json {
        Value::Object(fields) => {
            for (key, value) in fields {
                let ids = match value {
                    Value::String(_) if key.ends_with("_ref") => std::slice::from_ref(value),
                    Value::Array(items) if key.ends_with("_refs") => items.as_slice(),
                    other => {
                        refers(other, out);
                        continue;
                    }
                };
                let ids = ids
                    .iter()
                    .filter_map(|id| RecordId::parse(id.as_str()?).ok());
                out.extend(ids);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| refers(item, out)),
        _ => {}
    }
}
