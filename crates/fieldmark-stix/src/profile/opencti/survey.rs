//! What has to be known of all objects before the first goes out: what each goes out as, which are left
//! out, who bears which name, and which claims others judge.

use super::one::{is_known, of_its_own, own_kind};
use super::ties::CONTAINERS;
use crate::extension;
use crate::profile::{Objects, carried, ends, id, kind, kind_of, refer, text, texts, uuid};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;

/// Who bears a name, among the objects of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Bearers {
    Nobody,
    One(String),
    Several,
}

/// A claim that others concur with or dispute.
pub(super) struct Judged {
    /// The id its object goes out under.
    pub id: String,
    /// Who makes it.
    pub author: Option<String>,
}

/// What is known of all objects.
pub(super) struct Survey<'o> {
    objects: &'o dyn Objects,
    /// The types of OpenCTI's own in which notes go out, by id.
    own: HashMap<String, &'static str>,
    /// The relationships that start from or lead to a container, and so are left out, with their ends.
    gone: BTreeMap<String, [String; 2]>,
    /// What reports list beside what they list in STIX, since a relationship to it was left out.
    beside: HashMap<String, BTreeSet<String>>,
    /// What some report lists.
    pub listed: HashSet<String>,
    /// Who bears what is somebody's alias, by type and name.
    bearers: HashMap<(String, String), Bearers>,
    /// The claims that others judge, by their record, which another object may carry.
    pub judged: HashMap<String, Judged>,
}

impl<'o> Survey<'o> {
    /// Looks at all objects, twice.
    pub fn of(objects: &'o dyn Objects) -> io::Result<Self> {
        let mut survey = Self {
            objects,
            own: HashMap::new(),
            gone: BTreeMap::new(),
            beside: HashMap::new(),
            listed: HashSet::new(),
            bearers: HashMap::new(),
            judged: HashMap::new(),
        };
        let mut judged = HashSet::new();
        objects.each(&mut |object| {
            survey.first(&object, &mut judged);
            Ok(())
        })?;
        survey.settle();
        objects.each(&mut |object| {
            survey.second(&object, &judged);
            Ok(())
        })?;
        Ok(survey)
    }

    fn first(&mut self, object: &Value, judged: &mut HashSet<String>) {
        if let Some(own) = own_kind(object) {
            self.own.insert(id(object).to_owned(), own);
        }
        for property in ["fm:concursWith", "fm:disputes"] {
            judged.extend(carried::records(object, property).map(str::to_owned));
        }
        for alias in texts(object, "aliases") {
            self.bearers.insert(key(object, alias), Bearers::Nobody);
        }
        match kind(object) {
            "relationship" if ends(object).into_iter().any(is_container) => {
                let ends = ends(object).map(str::to_owned);
                self.gone.insert(id(object).to_owned(), ends);
            }
            "report" => {
                let listed = texts(object, "object_refs").map(str::to_owned);
                self.listed.extend(listed);
            }
            _ => {}
        }
    }

    /// Works out what is left out and what reports list then.
    fn settle(&mut self) {
        for ends in self.gone.values_mut() {
            for end in ends {
                *end = renamed(&self.own, end).unwrap_or_else(|| end.clone());
            }
        }
        self.gone
            .retain(|_, ends| ends.iter().any(|end| is_container(end)));
        for [from, to] in self.gone.values() {
            for (holder, held) in [(from, to), (to, from)] {
                if holder.starts_with("report--") && !is_container(held) {
                    let beside = self.beside.entry(holder.clone()).or_default();
                    beside.insert(held.clone());
                    self.listed.insert(held.clone());
                }
            }
        }
        for listed in std::mem::take(&mut self.listed) {
            match self.gone.get(&listed) {
                Some(ends) => self.listed.extend(ends.iter().cloned()),
                None => {
                    let listed = renamed(&self.own, &listed).unwrap_or(listed);
                    self.listed.insert(listed);
                }
            }
        }
    }

    fn second(&mut self, object: &Value, judged: &HashSet<String>) {
        let given = self.given(object);
        if let Some(given) = &given {
            for name in text(given, "name")
                .into_iter()
                .chain(texts(given, "aliases"))
            {
                if let Some(bearers) = self.bearers.get_mut(&key(given, name)) {
                    let own = id(given);
                    *bearers = match bearers {
                        Bearers::Nobody => Bearers::One(own.to_owned()),
                        Bearers::One(other) if other == own => continue,
                        _ => Bearers::Several,
                    };
                }
            }
        }
        if let Some(record) = carried::record(object).filter(|record| judged.contains(*record))
            && let Some(given) = given.filter(|given| !self.gone.contains_key(id(given)))
        {
            let judged = Judged {
                id: id(&given).to_owned(),
                author: text(object, "created_by_ref").map(str::to_owned),
            };
            self.judged.insert(record.to_owned(), judged);
        }
    }

    /// An object in the type in which it goes out; none where OpenCTI has none for it, or where it
    /// defines our extension.
    pub fn given(&self, object: &Value) -> Option<Value> {
        if is_ours(id(object)) {
            return None;
        }
        let mut given = match own_kind(object) {
            Some(own) => of_its_own(object, own),
            None => object.clone(),
        };
        if !is_known(kind(&given)) {
            return None;
        }
        refer(&mut given, &|reference| {
            if let Some(new) = reference.as_str().and_then(|old| renamed(&self.own, old)) {
                *reference = new.into();
            }
        });
        if let Some(listed) = given.get_mut("object_refs").and_then(Value::as_array_mut) {
            // What is about one that is gone is about its ends.
            let kept = listed.drain(..).flat_map(|one| {
                match one.as_str().and_then(|one| self.gone.get(one)) {
                    Some(ends) => ends.iter().map(|end| end.as_str().into()).collect(),
                    None => vec![one],
                }
            });
            *listed = kept.collect();
        }
        Some(given)
    }

    /// Whether a relationship is left out, since a container is an end of it.
    pub fn is_gone(&self, id: &str) -> bool {
        self.gone.contains_key(id)
    }

    /// Whether something goes out under an id, of the objects themselves.
    pub fn goes_out(&self, id: &str) -> bool {
        match self.came_as(id) {
            Some(_) => true,
            None => {
                self.objects.holds(id)
                    && is_known(kind_of(id))
                    && !self.own.contains_key(id)
                    && !self.gone.contains_key(id)
                    && !is_ours(id)
            }
        }
    }

    /// The object that goes out under an id.
    pub fn one(&self, id: &str) -> io::Result<Option<Value>> {
        let came_as = self.came_as(id);
        let object = self.objects.one(came_as.as_deref().unwrap_or(id))?;
        Ok(object.and_then(|object| self.given(&object)))
    }

    /// The note that goes out under an id of OpenCTI's own types.
    fn came_as(&self, out: &str) -> Option<String> {
        let (kind, uuid) = out.split_once("--")?;
        let note = format!("note--{uuid}");
        (*self.own.get(&note)? == kind).then_some(note)
    }

    /// OpenCTI merges what shares a name or an alias: an alias stays with the one whose name it is,
    /// else with nobody who is not alone in bearing it. Says whether one was taken away.
    pub fn part(&self, given: &mut Value) -> bool {
        let kind = kind(given).to_owned();
        let Some(held) = given.get_mut("aliases").and_then(Value::as_array_mut) else {
            return false;
        };
        let before = held.len();
        held.retain(|alias| {
            let alias = alias.as_str().unwrap_or_default().to_lowercase();
            self.bearers.get(&(kind.clone(), alias)) != Some(&Bearers::Several)
        });
        let (after, none) = (held.len(), held.is_empty());
        if none && let Some(fields) = given.as_object_mut() {
            fields.shift_remove("aliases");
        }
        after < before
    }

    /// What a report lists beside what it lists in STIX.
    pub fn beside(&self, report: &str) -> impl Iterator<Item = &String> {
        self.beside.get(report).into_iter().flatten()
    }
}

/// Whether an object is of those that define our extension.
pub(super) fn is_ours(id: &str) -> bool {
    [extension::ID, extension::AUTHOR].contains(&id)
}

fn is_container(id: &str) -> bool {
    CONTAINERS.contains(&kind_of(id))
}

/// The id in OpenCTI's own types under which a note goes out.
fn renamed(own: &HashMap<String, &'static str>, note: &str) -> Option<String> {
    let own = own.get(note)?;
    Some(format!("{own}--{}", uuid(note)))
}

/// What is known as one name: OpenCTI looks at no case.
fn key(object: &Value, name: &str) -> (String, String) {
    (kind(object).to_owned(), name.to_lowercase())
}
