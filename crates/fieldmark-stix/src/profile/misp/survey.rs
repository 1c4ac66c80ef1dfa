//! What has to be known of all objects before the event begins: what it is called, how it is marked,
//! which UUIDs are taken, and which relationships start from what.

use super::template::Template;
use super::{EPOCH, has_a_place, is_held, level, levels, seconds, technique_tag, tlp_tag};
use crate::extension;
use crate::profile::carried;
use crate::profile::loss::{Change, Losses};
use crate::profile::{Names, Objects, ends, id, kind, kind_of, text, texts, uuid};
use fieldmark_model::{RecordId, Tlp};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use uuid::Uuid;

/// How many subjects a title names.
const NAMED: usize = 3;

/// What is known of all objects.
pub(super) struct Survey<'o> {
    objects: &'o dyn Objects,
    names: Names<'o>,
    taken: HashSet<Uuid>,
    /// The UUIDs of objects whose own an object of another type has taken.
    others: HashMap<String, String>,
    /// The UUIDs of the relationships that start from an object, in their order.
    from: HashMap<String, Vec<Uuid>>,
    tags: BTreeSet<String>,
    strictest: Option<Tlp>,
    last: Option<String>,
    reports: Vec<String>,
    subjects: Vec<String>,
}

impl<'o> Survey<'o> {
    /// Looks at all objects once.
    pub fn of(objects: &'o dyn Objects, losses: &mut Losses) -> io::Result<Self> {
        let mut survey = Self {
            objects,
            names: Names::of(objects),
            taken: HashSet::new(),
            others: HashMap::new(),
            from: HashMap::new(),
            tags: BTreeSet::new(),
            strictest: None,
            last: None,
            reports: Vec::new(),
            subjects: Vec::new(),
        };
        objects.each(&mut |object| survey.take(&object, losses))?;
        Ok(survey)
    }

    fn take(&mut self, object: &Value, losses: &mut Losses) -> io::Result<()> {
        let own = id(object);
        self.strictest = self.strictest.max(level(object));
        if is_held(object) {
            self.held(object)?;
        } else if kind(object) == "relationship" {
            let [from, to] = ends(object);
            match self.holds(from) && self.holds(&self.start(to)?) {
                true => {
                    let starting = self.from.entry(from.to_owned()).or_default();
                    starting.push(number(own)?);
                }
                false => losses.add(Change::Loose, own),
            }
        } else if kind(object) != "marking-definition"
            && ![extension::ID, extension::AUTHOR].contains(&own)
        {
            losses.add(Change::Unknown, own);
        }
        Ok(())
    }

    fn held(&mut self, object: &Value) -> io::Result<()> {
        let own = id(object);
        if !self.taken.insert(number(own)?) {
            let other = RecordId::derived("misp-object", own);
            self.taken.insert(number(other.as_str())?);
            let other = uuid(other.as_str()).to_owned();
            self.others.insert(own.to_owned(), other);
        }
        if let Some(time) = text(object, "modified")
            && self.last.as_deref().is_none_or(|last| last < time)
        {
            self.last = Some(time.to_owned());
        }
        self.tags.extend(technique_tag(object));
        let named = match kind(object) {
            "report" => {
                self.tags.extend(texts(object, "labels").map(str::to_owned));
                &mut self.reports
            }
            "campaign" | "incident" | "intrusion-set" | "threat-actor" => &mut self.subjects,
            _ => return Ok(()),
        };
        if named.len() <= NAMED {
            named.extend(text(object, "name").map(str::to_owned));
        }
        Ok(())
    }

    /// Whether the object of an id has a place of its own in the event.
    fn holds(&self, id: &str) -> bool {
        has_a_place(id, kind_of(id)) && self.objects.holds(id)
    }

    /// What is about a relationship is about that which it starts from.
    fn start(&self, id: &str) -> io::Result<String> {
        let start = match id.starts_with("relationship--") {
            true => self.objects.one(id)?,
            false => None,
        };
        let start = start.as_ref().and_then(|one| text(one, "source_ref"));
        Ok(start.unwrap_or(id).to_owned())
    }

    /// The UUID under which the event holds an object.
    fn uuid<'a>(&'a self, id: &'a str) -> &'a str {
        self.others.get(id).map_or(uuid(id), String::as_str)
    }

    /// The event without its objects and its UUID.
    pub fn head(&self) -> String {
        let tags = self.strictest.map(tlp_tag).into_iter();
        let tags: BTreeSet<String> = tags.chain(self.tags.iter().cloned()).collect();
        let tags: Vec<Value> = tags.iter().map(|name| json!({ "name": name })).collect();
        let last = self.last.as_deref().unwrap_or(EPOCH);
        json!({
            "info": self.title(),
            "date": last.get(..10),
            "timestamp": seconds(last),
            // Undefined; completed. Who gets it further, those decide who take it in.
            "threat_level_id": "4", "analysis": "2", "distribution": "0", "published": false,
            "Tag": tags, "Attribute": [],
        })
        .to_string()
    }

    /// What the event is called by: its report, else the campaigns and sets it is about.
    fn title(&self) -> String {
        match (self.reports.as_slice(), self.subjects.as_slice()) {
            ([report], _) => report.clone(),
            (_, []) => "Fieldmark".to_owned(),
            (_, [only]) => only.clone(),
            (_, [some @ .., last]) if self.subjects.len() <= NAMED => {
                format!("{} & {last}", some.join(", "))
            }
            (_, more) => format!("{}, …", more[..NAMED].join(", ")),
        }
    }

    /// An object of the event, with what it refers to, and what MISP will not keep of it.
    pub fn object(&mut self, object: &Value, losses: &mut Losses) -> io::Result<Value> {
        let template = Template::of(object);
        let changes = [
            (template.is_a_mere_name(), Change::Named),
            (carried::record(object).is_some(), Change::Extension),
            (object.get("granular_markings").is_some(), Change::Whole),
            (levels(object).any(|level| level.is_none()), Change::Terms),
        ];
        for (_, change) in changes.into_iter().filter(|(happens, _)| *happens) {
            losses.add(change, id(object));
        }
        // Objects bear no tags: what stands under less than the event says it on each value. Nor do
        // references.
        let tags = match level(object).filter(|level| Some(*level) != self.strictest) {
            Some(level) => vec![tlp_tag(level)],
            None => Vec::new(),
        };
        let mut out = template.fill(object, self.uuid(id(object)), &tags);
        let references = self.references(object)?;
        if !references.is_empty() {
            out["ObjectReference"] = references.into();
        }
        Ok(out)
    }

    /// What an object refers to, in the order of the ids of what says so: by the relationships that
    /// start from it, and by what it holds, is about and was written by itself.
    fn references(&mut self, object: &Value) -> io::Result<Vec<Value>> {
        let own = id(object);
        let mut out = Vec::new();
        for said in self.from.remove(own).unwrap_or_default() {
            let said = format!("relationship--{said}");
            if let Some(relationship) = self.objects.one(&said)? {
                out.extend(self.related(&relationship)?);
            }
        }
        let held = self.held_by(object)?;
        match own < "relationship--" {
            true => out.splice(..0, held).for_each(drop),
            false => out.extend(held),
        }
        Ok(out)
    }

    fn related(&mut self, relationship: &Value) -> io::Result<Option<Value>> {
        let [from, to] = ends(relationship);
        let said = text(relationship, "relationship_type").unwrap_or("related-to");
        let author = match text(relationship, "created_by_ref") {
            Some(author) => self.names.name(author)?,
            None => None,
        };
        let words = text(relationship, "description");
        let comment: Vec<&str> = author.into_iter().chain(words).collect();
        let comment = (!comment.is_empty()).then(|| comment.join(": "));
        let to = self.start(to)?;
        Ok(self.reference((from, said, &to), comment, id(relationship)))
    }

    fn held_by(&self, object: &Value) -> io::Result<Vec<Value>> {
        let own = id(object);
        let said = match kind(object) {
            "note" | "opinion" => "annotates",
            "report" => "mentions",
            _ => "contains",
        };
        let mut referred = Vec::new();
        for to in texts(object, "object_refs") {
            referred.push((said, self.start(to)?));
        }
        let authored = ["note", "opinion", "report"].contains(&kind(object));
        if let Some(author) = text(object, "created_by_ref").filter(|_| authored) {
            referred.push(("authored-by", author.to_owned()));
        }
        // What is listed twice, or starts from the same, is referred to once.
        let mut known = HashSet::new();
        referred.retain(|one| known.insert(one.clone()));
        let made = referred
            .iter()
            .filter_map(|(said, to)| self.reference((own, said, to), None, ""));
        Ok(made.collect())
    }

    /// A reference of MISP's; none from an object to itself or to what the event lacks.
    fn reference(
        &self,
        (from, said, to): (&str, &str, &str),
        comment: Option<String>,
        key: &str,
    ) -> Option<Value> {
        if from == to || !self.holds(to) {
            return None;
        }
        let own = RecordId::derived("misp-reference", &format!("{key} {from} {said} {to}"));
        let mut one = json!({
            "uuid": uuid(own.as_str()), "object_uuid": self.uuid(from), "referenced_uuid": self.uuid(to),
            "relationship_type": said,
        });
        if let Some(comment) = comment {
            one["comment"] = comment.into();
        }
        Some(one)
    }
}

/// The UUID of an id, in sixteen bytes.
fn number(id: &str) -> io::Result<Uuid> {
    Uuid::try_parse(uuid(id)).map_err(|_| io::Error::other(format!("\"{id}\" is not a STIX id")))
}
