//! The objects of STIX that an event and its things become.

use super::head::{
    Creator, Stand, clusters, is_deleted, is_tlp, marking_of, moment, says_something, tags,
};
use super::known::Known;
use super::shapes::Said;
use super::thing::{Thing, as_in_misp, fields, thing, words};
use super::walk::Item;
use crate::strict;
use fieldmark_model::{Instant, RecordId, Tlp};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Where objects are given out.
pub(super) struct Given<'a> {
    /// Whether a record is kept already.
    pub here: &'a dyn Fn(&RecordId) -> bool,
    /// Takes an object, or why there is none, with its place in the file.
    pub give: &'a mut dyn FnMut(&str, Result<Value, String>),
    /// What many events or things name, and was given out.
    pub once: HashSet<RecordId>,
}

impl Given<'_> {
    /// Gives what many name, once, unless it is kept already.
    fn shared(&mut self, id: &RecordId, place: &str, made: impl FnOnce() -> Option<Value>) {
        if !(self.here)(id)
            && self.once.insert(id.clone())
            && let Some(made) = made()
        {
            (self.give)(place, Ok(made));
        }
    }
}

/// What is not taken of events.
#[derive(Default)]
pub(super) struct Tally {
    /// References to what the event does not hold.
    loose: usize,
    deleted: usize,
    left_out: BTreeMap<String, usize>,
}

/// What of things is not taken: attached files, sightings, and what others propose.
const UNREAD: [&str; 3] = ["data", "Sighting", "ShadowAttribute"];

/// How many of the properties that are left out are told by name.
const TOLD: usize = 50;

impl Tally {
    /// Takes in what is not taken of another event.
    pub fn and(&mut self, more: Self) {
        self.loose += more.loose;
        self.deleted += more.deleted;
        for (key, count) in more.left_out {
            if self.left_out.len() < TOLD || self.left_out.contains_key(&key) {
                *self.left_out.entry(key).or_default() += count;
            }
        }
    }

    /// Counts what is not taken of a thing and its parts.
    fn unread(&mut self, of: &Value) {
        let parts = of["Attribute"].as_array().into_iter().flatten();
        for one in parts.chain([of]) {
            for key in UNREAD.iter().filter(|key| says_something(&one[**key])) {
                *self.left_out.entry((*key).to_owned()).or_default() += 1;
            }
        }
    }

    /// What the reader should know.
    pub fn notes(self) -> Vec<String> {
        let counted = [
            (
                self.deleted,
                "things were deleted in MISP and are not taken",
            ),
            (
                self.loose,
                "references lead to what their event does not hold and were left out",
            ),
        ];
        let counted = counted.into_iter().filter(|(count, _)| *count > 0);
        let mut notes: Vec<String> = counted
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let left_out: Vec<String> = self
            .left_out
            .iter()
            .map(|(key, count)| format!("{key} ({count})"))
            .collect();
        if !left_out.is_empty() {
            notes.push(format!("left out of events: {}", left_out.join(", ")));
        }
        notes
    }
}

/// An event being made into objects.
pub(super) struct Making<'a> {
    known: &'a Known,
    creator: Option<Creator>,
    marking: Result<Option<Tlp>, String>,
    created: String,
    changed: String,
    /// What the report lists.
    listed: BTreeSet<RecordId>,
    tally: Tally,
}

impl<'a> Making<'a> {
    /// Nothing of it yet.
    pub fn of(known: &'a Known) -> Self {
        let (created, changed) = known.times();
        Self {
            creator: known.creator(),
            marking: known.marking(),
            created,
            changed,
            listed: BTreeSet::new(),
            tally: Tally::default(),
            known,
        }
    }

    /// Gives its creator and the clusters it is tagged with.
    pub fn begin(&mut self, given: &mut Given<'_>) {
        let Ok(marking) = self.marking else {
            // It is said of the report, and of each thing.
            return;
        };
        let stand = Stand {
            created: &self.created,
            modified: &self.created,
            marking,
        };
        if let Some(creator) = &self.creator {
            given.shared(&creator.id, &self.known.place, || Some(creator.made(stand)));
        }
        for one in clusters(self.known.said()) {
            given.shared(&one.id, &self.known.place, || one.made(stand));
            self.listed.insert(one.id);
        }
    }

    /// Gives what a thing of it becomes.
    pub fn item(&mut self, item: &Item, given: &mut Given<'_>) {
        let read = strict::parse(item.text.get().as_bytes());
        let read = read.map_err(|error| strict::says(&error));
        if let Err(why) = read.and_then(|json| self.made(item, &json, given)) {
            (given.give)(&item.place, Err(why));
        }
    }

    /// Gives the report, which lists all that was given.
    pub fn end(mut self, given: &mut Given<'_>) -> Tally {
        let made = self.report();
        if made.is_ok() {
            self.tally.and(Tally {
                left_out: self.known.left_out.clone(),
                ..Tally::default()
            });
        }
        (given.give)(&self.known.place, made);
        self.tally
    }

    fn report(&self) -> Result<Value, String> {
        let said = self.known.said();
        let name = words(said, "info")
            .ok_or("this is no event of MISP: it has no info, which is an event's name")?;
        let id = self.known.report()?;
        let marking = self.marking.clone()?;
        let clusters = clusters(said);
        let told: HashSet<&str> = clusters
            .iter()
            .filter_map(|one| one.tag.as_deref())
            .collect();
        let labels: BTreeSet<&str> = tags(said)
            .filter(|tag| !is_tlp(tag) && !told.contains(tag))
            .collect();
        let published = moment(&said["publish_timestamp"]);
        let listed: Vec<&str> = self.listed.iter().map(RecordId::as_str).collect();
        let mut json = fields(json!({
            "type": "report", "id": id.as_str(), "name": name,
            "published": published.as_ref().unwrap_or(&self.created), "object_refs": listed,
        }));
        if !labels.is_empty() {
            json.insert("labels".to_owned(), json!(labels));
        }
        let stand = Stand {
            created: &self.created,
            modified: &self.changed,
            marking,
        };
        Ok(self.signed(json, stand))
    }

    /// An object with who says it, when, and who may see it.
    fn signed(&self, mut json: Map<String, Value>, stand: Stand<'_>) -> Value {
        json.insert("spec_version".to_owned(), "2.1".into());
        json.insert("created".to_owned(), stand.created.into());
        json.insert("modified".to_owned(), stand.modified.into());
        if let Some(creator) = &self.creator
            && !json.contains_key("created_by_ref")
        {
            json.insert("created_by_ref".to_owned(), creator.id.as_str().into());
        }
        stand.mark(&mut json);
        Value::Object(json)
    }

    fn made(&mut self, item: &Item, of: &Value, given: &mut Given<'_>) -> Result<(), String> {
        if is_deleted(of) {
            self.tally.deleted += 1;
            return Ok(());
        }
        let Thing {
            id,
            mut json,
            rest,
            observable,
            built_in,
        } = thing(item.list, of)?;
        let marking = marking_of(of, self.marking.clone()?)?;
        let (created, changed) = self.times(of);
        let stand = Stand {
            created: &created,
            modified: &changed,
            marking,
        };
        self.tally.unread(of);
        if !observable {
            for (key, own) in SEEN {
                let named = match has_been_seen(id.stix_type()) {
                    true => key,
                    false => own,
                };
                if let Some(seen) = moment(&of[key]) {
                    json.entry(named).or_insert(seen.into());
                }
            }
        }
        let speaks = ["note", "opinion", "report"].contains(&id.stix_type());
        let references = self.references(&id, of, speaks, &mut json);
        if speaks && !json.contains_key("object_refs") {
            let about = self.about(of)?;
            json.insert("object_refs".to_owned(), json!([about]));
        }
        let since = match id.stix_type() {
            "indicator" => Some("valid_from"),
            "report" => Some("published"),
            _ => None,
        };
        if let Some(since) = since {
            json.insert(since.to_owned(), created.as_str().into());
        }
        let remark = match (observable, built_in) {
            (true, _) => remark(of, &rest),
            // What it is is known here.
            (_, true) => remark(of, &Said::new()),
            _ => {
                further(&mut json, of, &rest);
                None
            }
        };
        if observable {
            stand.mark(&mut json);
            given.shared(&id, &item.place, || Some(Value::Object(json)));
        } else if !built_in {
            let json = self.signed(json, stand);
            (given.give)(&item.place, Ok(json));
        }
        for json in references {
            self.beside(json, stand, &item.place, given);
        }
        if let Some(words) = remark {
            let own = RecordId::derived("note", &format!("misp {}", of["uuid"]));
            let json = json!({
                "type": "note", "id": own.as_str(), "content": words, "object_refs": [id.as_str()],
            });
            self.beside(fields(json), stand, &item.place, given);
        }
        for cluster in clusters(of) {
            given.shared(&cluster.id, &item.place, || cluster.made(stand));
            let own = format!("misp {id} {}", cluster.id);
            let own = RecordId::derived("relationship", &own);
            let json = relationship(&own, (&id, "related-to", &cluster.id), None);
            self.beside(json, stand, &item.place, given);
            self.listed.insert(cluster.id);
        }
        self.said_of(of, &id, stand, (&item.place, given))?;
        self.listed.insert(id);
        Ok(())
    }

    /// Gives an object that is made for the sake of another.
    fn beside(
        &mut self,
        json: Map<String, Value>,
        stand: Stand<'_>,
        place: &str,
        given: &mut Given<'_>,
    ) {
        self.listed
            .extend(json["id"].as_str().and_then(|id| RecordId::parse(id).ok()));
        let json = self.signed(json, stand);
        (given.give)(place, Ok(json));
    }

    /// Gives the notes and opinions that analysts added to a thing.
    fn said_of(
        &mut self,
        of: &Value,
        about: &RecordId,
        stand: Stand<'_>,
        (place, given): (&str, &mut Given<'_>),
    ) -> Result<(), String> {
        for list in ["Note", "Opinion"] {
            for one in of[list].as_array().into_iter().flatten() {
                let Thing { mut json, .. } = thing(list, one)?;
                json.insert("object_refs".to_owned(), json!([about.as_str()]));
                let (created, modified) = self.times(one);
                let stand = Stand {
                    created: &created,
                    modified: &modified,
                    ..stand
                };
                self.beside(json, stand, place, given);
            }
        }
        Ok(())
    }

    /// When something of the event was made and changed last; the event, where it does not say.
    fn times(&self, of: &Value) -> (String, String) {
        let changed = moment(&of["modified"]).or_else(|| moment(&of["timestamp"]));
        let changed = changed.unwrap_or_else(|| self.changed.clone());
        let created = moment(&of["created"]).unwrap_or_else(|| self.created.clone());
        match Instant::parse(&created) <= Instant::parse(&changed) {
            true => (created, changed),
            false => (changed.clone(), changed),
        }
    }

    /// What a note or an opinion is about: what it names, else the event.
    fn about(&self, of: &Value) -> Result<String, String> {
        match self.known.record(&of["object_uuid"]) {
            Some(id) => Ok(id.to_string()),
            None => self.known.report().map(|id| id.to_string()),
        }
    }

    /// The relationships that a thing's references become; what one that speaks refers to it is about,
    /// and who is said to be its author wrote it.
    fn references(
        &mut self,
        id: &RecordId,
        of: &Value,
        speaks: bool,
        json: &mut Map<String, Value>,
    ) -> Vec<Map<String, Value>> {
        let mut made = Vec::new();
        let mut about = BTreeSet::new();
        for one in of["ObjectReference"].as_array().into_iter().flatten() {
            if is_deleted(one) {
                self.tally.deleted += 1;
                continue;
            }
            let Some(to) = self.known.record(&one["referenced_uuid"]) else {
                self.tally.loose += 1;
                continue;
            };
            let said = one["relationship_type"].as_str().unwrap_or("related-to");
            match (speaks, said) {
                (true, "authored-by") if to.stix_type() == "identity" => {
                    json.insert("created_by_ref".to_owned(), to.as_str().into());
                }
                (true, _) => {
                    about.insert(to.as_str());
                }
                (false, _) => {
                    let uuid = one["uuid"].as_str().unwrap_or_default();
                    let own = RecordId::parse(&format!("relationship--{uuid}"));
                    let own = own.unwrap_or_else(|_| {
                        RecordId::derived("relationship", &format!("misp {id} {said} {to}"))
                    });
                    made.push(relationship(&own, (id, said, to), words(one, "comment")));
                }
            }
        }
        if !about.is_empty() {
            json.insert("object_refs".to_owned(), json!(about));
        }
        made
    }
}

fn relationship(
    own: &RecordId,
    (from, said, to): (&RecordId, &str, &RecordId),
    comment: Option<&str>,
) -> Map<String, Value> {
    fields(json!({
        "type": "relationship", "id": own.as_str(), "relationship_type": said,
        "source_ref": from.as_str(), "target_ref": to.as_str(), "description": comment,
    }))
}

/// When something was seen first and last, as STIX and as we name it where STIX does not.
const SEEN: [(&str, &str); 2] = [
    ("first_seen", "x_misp_first_seen"),
    ("last_seen", "x_misp_last_seen"),
];

/// Whether STIX says of a type when it was seen first and last.
fn has_been_seen(kind: &str) -> bool {
    [
        "campaign",
        "infrastructure",
        "intrusion-set",
        "threat-actor",
        "malware",
    ]
    .contains(&kind)
}

/// What is said of an observable beyond what it is, as words.
fn remark(of: &Value, rest: &Said) -> Option<String> {
    let comment = words(of, "comment").map(str::to_owned);
    let rest = rest.iter().map(|(name, value)| format!("{name}: {value}"));
    let all: Vec<String> = comment.into_iter().chain(rest).collect();
    (!all.is_empty()).then(|| all.join("\n"))
}

/// Puts what is said of a thing and STIX has no property for beside what it has.
fn further(json: &mut Map<String, Value>, of: &Value, rest: &Said) {
    if let Some(comment) = words(of, "comment") {
        json.insert("x_misp_comment".to_owned(), comment.into());
    }
    if !rest.is_empty() {
        json.insert("x_misp_attributes".to_owned(), as_in_misp(rest).into());
    }
    let labels: BTreeSet<&str> = tags(of).filter(|tag| !is_tlp(tag)).collect();
    if !labels.is_empty() {
        json.insert("labels".to_owned(), json!(labels));
    }
}
