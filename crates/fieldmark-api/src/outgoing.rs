//! A view as a bundle of STIX 2.1: what came in as STIX goes out as it came in, what was written
//! here in the nearest types of STIX, and what is shown of an object in part is put together again
//! from that part. For OpenCTI and MISP the same objects are written as those keep most of them.

use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::properties;
use fieldmark_stix::emit::{self, Others, Statements, Told, by_record};
use fieldmark_stix::profile::{self, Loss, Losses as Lost};
use fieldmark_stix::{extension, ships, tlp, upgrade};
use fieldmark_store::View;
use fieldmark_store::collection::{self, Face};
use oxrdf::{Term, Triple};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// What a view shows: of records that do not go out as they came in, their statements, those of what
/// they lead to, and what leads to them.
struct Shown<'a> {
    view: &'a View,
    /// The records it states something of, where all of them are gone through.
    ids: Option<BTreeSet<RecordId>>,
    records: HashMap<RecordId, Statements>,
    /// The records that go out under another id, by that.
    renamed: HashMap<RecordId, RecordId>,
    leading: HashMap<RecordId, Vec<RecordId>>,
}

impl Others for Shown<'_> {
    fn statements(&self, id: &RecordId) -> Option<&Statements> {
        self.records.get(id)
    }

    fn leading_to(&self, id: &RecordId) -> Vec<RecordId> {
        self.leading.get(id).cloned().unwrap_or_default()
    }
}

impl<'a> Shown<'a> {
    fn of(view: &'a View, ids: Option<BTreeSet<RecordId>>) -> Self {
        Self {
            view,
            ids,
            records: HashMap::new(),
            renamed: HashMap::new(),
            leading: HashMap::new(),
        }
    }

    fn states(&self, id: &RecordId) -> Result<bool, Problem> {
        match &self.ids {
            Some(ids) => Ok(ids.contains(id)),
            None => Ok(self.records.contains_key(id) || self.view.states(id)?),
        }
    }

    /// Looks up what records state and what stands around them.
    fn load<'i>(&mut self, ids: impl Iterator<Item = &'i RecordId>) -> Result<(), Problem> {
        let mut wanted: BTreeSet<RecordId> = BTreeSet::new();
        for id in ids {
            if !self.leading.contains_key(id) && self.states(id)? {
                wanted.insert(id.clone());
            }
        }
        self.read(&wanted)?;
        let mut around = BTreeSet::new();
        for id in wanted {
            let leading = self.view.leading_to(&id)?;
            around.extend(leading.iter().cloned());
            around.extend(self.records.get(&id).into_iter().flat_map(leads_to));
            self.leading.insert(id, leading.into_iter().collect());
        }
        self.read(&around)
    }

    fn read(&mut self, ids: &BTreeSet<RecordId>) -> Result<(), Problem> {
        let mut open: BTreeSet<RecordId> = BTreeSet::new();
        for id in ids {
            if !self.records.contains_key(id) && self.states(id)? {
                open.insert(id.clone());
            }
        }
        let ids = open;
        if ids.is_empty() {
            return Ok(());
        }
        for (id, said) in by_record(self.view.statements(Some(&ids))?) {
            let out = emit::id_of(&id, Some(&said));
            if out != id {
                self.renamed.insert(out, id.clone());
            }
            self.records.insert(id, said);
        }
        Ok(())
    }

    /// The object that a claim was taken from, which says it itself.
    fn taken_from(&self, id: &RecordId) -> Option<RecordId> {
        let said = self.records.get(id)?;
        said.records(properties::PROV_WAS_DERIVED_FROM.as_str())
            .next()
    }

    /// The record that goes out under an id, where it is shown.
    fn behind(&self, id: &RecordId) -> Result<Option<RecordId>, Problem> {
        let own = self.states(id)?.then_some(id);
        Ok(own.or_else(|| self.renamed.get(id)).cloned())
    }
}

/// The records that one's statements, and those of its parts, lead to.
fn leads_to(said: &Statements) -> Vec<RecordId> {
    let parts = said.parts().values().flat_map(|part| part.values());
    let stated = said.own().values().chain(parts).flatten();
    stated
        .filter_map(|term| match term {
            Term::NamedNode(node) => RecordId::from_iri(node.as_str()),
            _ => None,
        })
        .collect()
}

/// The records `of`, or all that was added to what ships, `closed` also what they refer to, at any
/// remove; written for a receiver, with what is lost, told in `lang`.
pub(crate) fn export(
    view: &View,
    of: Option<&BTreeSet<RecordId>>,
    closed: bool,
    profile: Profile,
    lang: &str,
) -> Result<(Vec<u8>, Losses), Problem> {
    let (texts, mut losses) = objects(view, of, closed)?;
    let parsed = || -> Result<Vec<Value>, Problem> {
        let parsed = texts.par_iter().map(|text| serde_json::from_str(text));
        let parsed: Result<_, _> = parsed.collect();
        parsed.map_err(|error| Problem::internal(&error))
    };
    let (bytes, lost) = match profile {
        Profile::Stix => (bundle(&texts), Lost::default()),
        Profile::Misp => {
            let (event, lost) = profile::misp::write(&parsed()?);
            (format!("{event:#}\n").into_bytes(), lost)
        }
        Profile::OpenCti => {
            let (objects, lost) = profile::opencti::write(&parsed()?);
            let texts: Vec<String> = objects.iter().map(Value::to_string).collect();
            (bundle(&texts), lost)
        }
    };
    losses.receiver = lost.listed(lang);
    Ok((bytes, losses))
}

/// A bundle of objects, whose id follows from what it holds.
fn bundle(texts: &[String]) -> Vec<u8> {
    let texts = texts.join(",\n");
    let id = RecordId::derived("bundle", &texts);
    format!("{{\"type\":\"bundle\",\"id\":\"{id}\",\"objects\":[\n{texts}\n]}}\n").into_bytes()
}

/// The objects of an export, in order of their ids.
fn objects(
    view: &View,
    of: Option<&BTreeSet<RecordId>>,
    closed: bool,
) -> Result<(Vec<String>, Losses), Problem> {
    let ids = view.stated()?;
    let mut shown = Shown::of(view, Some(ids.clone()));
    let whole = view.whole()?;
    for (id, bytes) in &whole {
        if let Some(out) = came_as_anothers(bytes).filter(|out| out != id) {
            shown.renamed.insert(out, id.clone());
        }
    }
    let mut losses = Losses::default();
    let mut open: BTreeSet<RecordId> = match of {
        Some(of) => of.clone(),
        None => {
            let made = ids.iter().filter(|id| {
                !whole.contains_key(*id) && !ships(id) && id.stix_type() != "marking-definition"
            });
            let made: Vec<&RecordId> = made.collect();
            shown.load(made.iter().copied())?;
            let said_already = |id: &RecordId| {
                let from = shown.taken_from(id);
                from.is_some_and(|from| ids.contains(&from))
            };
            let made = made.into_iter().filter(|id| !said_already(id));
            let came = whole.keys().filter(|id| ids.contains(*id));
            came.chain(made).cloned().collect()
        }
    };
    let mut done: BTreeSet<RecordId> = BTreeSet::new();
    // By the id they go out under: a record may go out as a note.
    let mut objects: BTreeMap<RecordId, String> = BTreeMap::new();
    let mut referred: BTreeSet<RecordId> = BTreeSet::new();
    while !open.is_empty() {
        let round: Vec<RecordId> = std::mem::take(&mut open).into_iter().collect();
        done.extend(round.iter().cloned());
        // What goes out as it came in tells all that itself.
        let came: Vec<(&RecordId, Given)> = round
            .par_iter()
            .filter_map(|id| Some((id, Given::of(as_it_came(whole.get(id)?)))))
            .collect();
        let rest = || round.iter().filter(|id| !whole.contains_key(*id));
        shown.load(rest())?;
        let told = told(view, rest())?;
        let made = rest().filter_map(|id| {
            let made = made(id, &shown, &told, &mut losses)?;
            Some((id, Given::of(made)))
        });
        let made: Vec<(&RecordId, Given)> = made.collect();
        for (id, given) in came.into_iter().chain(made) {
            referred.extend(given.refers);
            // A record that came in as another's note goes out as that note.
            objects.insert(given.id.unwrap_or_else(|| id.clone()), given.text);
        }
        // What ships goes along with what needs it, and with `closed` whatever is seen.
        let behind = referred
            .iter()
            .filter(|id| !objects.contains_key(*id))
            .filter_map(|id| shown.behind(id).transpose());
        let behind: BTreeSet<RecordId> = behind.collect::<Result<_, Problem>>()?;
        open = behind
            .into_iter()
            .filter(|id| !done.contains(id))
            .filter(|id| tlp::level(id).is_none())
            .filter(|id| closed || ships(id) || id.stix_type() == "marking-definition")
            .collect();
    }
    if objects.values().any(|text| text.contains(extension::ID)) {
        for definition in extension::definition() {
            refers(&definition, &mut referred);
            let id = definition["id"]
                .as_str()
                .and_then(|id| RecordId::parse(id).ok());
            objects.extend(id.map(|id| (id, definition.to_string())));
        }
    }
    for id in &referred {
        if let Some(definition) = tlp::definition(id).filter(|_| !objects.contains_key(id)) {
            objects.insert(id.clone(), definition.to_string());
        }
    }
    let missing: Vec<&RecordId> = referred
        .iter()
        .filter(|id| !objects.contains_key(*id))
        .collect();
    losses.leads_out = missing.len();
    losses.leads_to = missing
        .iter()
        .take(NAMED)
        .map(ToString::to_string)
        .collect();
    losses.objects = objects.len();
    Ok((objects.into_values().collect(), losses))
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
        let labels = json["labels"].as_array().into_iter().flatten();
        let refers = self.refers(&json);
        Some(Face {
            refers,
            id: RecordId::parse(json["id"].as_str()?).ok()?,
            version: collection::version_of(&json),
            labels: labels
                .filter_map(|label| label.as_str().map(str::to_owned))
                .collect(),
        })
    }

    fn refers(&self, object: &Value) -> Vec<RecordId> {
        let mut ids = BTreeSet::new();
        refers(object, &mut ids);
        ids.into_iter().collect()
    }

    fn ships(&self, id: &RecordId) -> bool {
        ships(id)
    }
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

/// The objects that are made of what is shown of some records, by record: none where nothing is
/// shown any more.
pub(crate) fn made_of(view: &View, ids: &[RecordId]) -> Result<HashMap<RecordId, String>, Problem> {
    let mut shown = Shown::of(view, None);
    shown.load(ids.iter())?;
    let told = told(view, ids.iter())?;
    let mut losses = Losses::default();
    let made = ids.iter().filter_map(|id| {
        let (text, _) = made(id, &shown, &told, &mut losses)?;
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
    text: String,
    id: Option<RecordId>,
    refers: BTreeSet<RecordId>,
}

impl Given {
    fn of((text, json): (String, Value)) -> Self {
        let mut referred = BTreeSet::new();
        refers(&json, &mut referred);
        Self {
            text,
            id: json["id"].as_str().and_then(|id| RecordId::parse(id).ok()),
            refers: referred,
        }
    }
}

/// The id of an object that carries a record in our extension, which may be another record's.
fn came_as_anothers(bytes: &[u8]) -> Option<RecordId> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.contains(extension::ID).then_some(())?;
    let json: Value = serde_json::from_str(text).ok()?;
    RecordId::parse(json["id"].as_str()?).ok()
}

/// An object as it came in; one of STIX 2.0 as 2.1.
pub(crate) fn as_it_came(bytes: &[u8]) -> (String, Value) {
    let mut json: Value = serde_json::from_slice(bytes).unwrap_or_default();
    if let Some(object) = json.as_object_mut()
        && upgrade::why(object).is_some()
    {
        upgrade::upgrade(object);
        return (json.to_string(), json);
    }
    (String::from_utf8_lossy(bytes).into_owned(), json)
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
