//! Objects of a file, as statements: read together, since a marking or a report among them tells
//! how others are to be read.

mod among;

pub use among::Among;

use crate::bundle::Raw;
use crate::object::{self, Meaning, Setting};
use crate::{extension, strict, tlp, upgrade};
use fieldmark_model::{Policy, RecordId, Tlp};
use fieldmark_rdf::Record;
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::{classes, properties};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Quad, Term};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The longest object that is taken, in bytes.
pub const MOST_BYTES: usize = 16 << 20;

/// Whose word it is who may see what.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// Nothing is shown to more people than this level lets see it.
    pub floor: Tlp,
    /// The marking of objects that have none; without it such an object is refused.
    pub unmarked: Option<&'a RecordId>,
    /// What a marking definition that is kept already means; none for one that is not here.
    pub kept: &'a dyn Fn(&RecordId) -> Option<Meaning>,
    /// What an attribution that is kept already attributes, and to whom.
    pub attributed: &'a dyn Fn(&RecordId) -> Option<(RecordId, RecordId)>,
    /// Whether what nobody knows the marking of is taken, and shown to nobody but the steward;
    /// else it is refused.
    pub withhold: bool,
}

/// One object with what it states.
#[derive(Debug)]
pub struct Object {
    /// Its place in the file.
    pub place: String,
    /// Its id.
    pub id: RecordId,
    /// The object as it was written.
    pub bytes: Vec<u8>,
    /// What is read of it: itself, or STIX 2.1 made of 2.0.
    pub json: Value,
    /// Its statements, each in the graph of its policy.
    pub statements: Vec<Placed>,
}

/// An object that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the file.
    pub place: String,
    /// Its id, where that can be read.
    pub id: Option<String>,
    /// What is wrong, with the path in the object, and the remedy.
    pub why: String,
}

/// What became of one object of a file.
#[derive(Debug)]
pub enum Outcome {
    /// It can be taken.
    Object(Object),
    /// It cannot.
    Refused(Refused),
    /// It defines a level of TLP or Fieldmark's extension, which are built in.
    BuiltIn(RecordId),
}

/// What became of the objects of a file, in their order.
#[derive(Debug, Default)]
pub struct Adopted {
    /// Each object.
    pub objects: Vec<Outcome>,
    /// Records that had to be made for them: markings that nobody knows.
    pub made: Vec<Placed>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// Reads the objects of a file together.
pub fn adopt(file: Vec<Raw>, terms: &Terms<'_>) -> Adopted {
    let mut among = Among::default();
    for raw in &file {
        among.note(raw);
    }
    let adoption = Adoption::new(among, terms);
    Adopted {
        objects: file.into_iter().map(|raw| adoption.read(raw)).collect(),
        made: adoption.made(),
        notes: adoption.notes(),
    }
}

/// How the objects of a file are read, once it is known what they say of one another. Each is then
/// read by itself, so that many are read at once.
pub struct Adoption {
    among: Among,
    floor: Tlp,
    unmarked: Option<RecordId>,
    meanings: HashMap<RecordId, Meaning>,
    /// The markings that nobody knows, each with the number of objects that carry it.
    unknown: Vec<(RecordId, usize)>,
    /// How many attributions took their assessor from a report, and how many have none.
    by_report: AtomicUsize,
    by_nobody: AtomicUsize,
}

impl Adoption {
    /// Looks up what the objects refer to and is kept already.
    pub fn new(mut among: Among, terms: &Terms<'_>) -> Self {
        let (mut meanings, mut unknown) = (HashMap::new(), Vec::new());
        for (id, objects) in &among.markings {
            match (terms.kept)(id).or_else(|| among.defined.get(id).cloned()) {
                Some(meaning) => {
                    meanings.insert(id.clone(), meaning);
                }
                None if terms.withhold => {
                    meanings.insert(id.clone(), Meaning::Restricts(members_of(id)));
                    unknown.push((id.clone(), *objects));
                }
                None => {}
            }
        }
        // A note about what cannot be read with it is on its own.
        let Among {
            notes, attributed, ..
        } = &mut among;
        notes.retain(|about, _| attributed.contains_key(about));
        for id in std::mem::take(&mut among.about) {
            if !among.attributed.contains_key(&id)
                && let Some(ends) = (terms.attributed)(&id)
            {
                among.attributed.insert(id, ends);
            }
        }
        Self {
            floor: terms.floor,
            unmarked: terms.unmarked.cloned(),
            among,
            meanings,
            unknown,
            by_report: AtomicUsize::default(),
            by_nobody: AtomicUsize::default(),
        }
    }

    /// Reads one object.
    pub fn read(&self, raw: Raw) -> Outcome {
        let (json, _) = parse(&raw);
        let among = &self.among;
        // A definition without a marking is shown to those who are shown what carries it.
        let id = json.as_ref().ok().and_then(|json| json["id"].as_str());
        let carriers = id.and_then(|id| among.carriers(id));
        let again = id.and_then(|id| RecordId::parse(id).ok());
        let again = again.and_then(|id| among.again.get(&id));
        let standing = again.and_then(Option::as_ref);
        let taken = one(
            raw,
            json,
            &Setting {
                // What stands here is not shown to fewer by what comes in beside it.
                floor: again.map_or(self.floor, |_| Tlp::Clear),
                unmarked: standing.or(self.unmarked.as_ref()).or(carriers.as_ref()),
                meaning: &|id| self.meanings.get(id).cloned(),
                listed: &|id| among.listed.get(id).cloned().unwrap_or_default(),
                attributed: &|id| among.attributed.get(id).cloned(),
                notes: &|id| among.notes.get(id).cloned().unwrap_or_default(),
            },
        );
        if let Outcome::Object(object) = &taken {
            self.count(object);
        }
        taken
    }

    fn count(&self, object: &Object) {
        let unnamed = object::unnamed().0.iri();
        for Placed { quad, .. } in &object.statements {
            match (quad.predicate.as_ref(), &quad.object) {
                (properties::FM_ASSESSOR_TAKEN_FROM, _) => {
                    self.by_report.fetch_add(1, Ordering::Relaxed);
                }
                (properties::FM_ASSESSOR, Term::NamedNode(node)) if node.as_str() == unnamed => {
                    self.by_nobody.fetch_add(1, Ordering::Relaxed);
                }
                _ => {}
            }
        }
    }

    /// Whether notes about an object are read with it.
    pub fn is_noted(&self, id: &RecordId) -> bool {
        self.among.notes.contains_key(id)
    }

    /// Records that have to be made for the objects: markings that nobody knows.
    pub fn made(&self) -> Vec<Placed> {
        let unknown = self.unknown.iter();
        unknown.flat_map(|(id, _)| placeholder(id)).collect()
    }

    /// What the reader should know, once all were read.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let counted = [
            (
                self.among.upgraded,
                "objects are STIX 2.0: they are kept as they came in, and read as 2.1",
            ),
            (
                self.among.misstated,
                "objects say their type for their version, as OpenTAXII gives them out: they are kept as they came in, and read as 2.1",
            ),
            (
                self.by_report.load(Ordering::Relaxed),
                "attributed-to name no creator: the author of the report that lists each is taken for its assessor",
            ),
            (
                self.by_nobody.load(Ordering::Relaxed),
                "attributed-to name no creator, and no report that lists them has an author: they stand as by an author who is not stated",
            ),
        ];
        for (count, what) in counted.into_iter().filter(|(count, _)| *count > 0) {
            notes.push(format!("{count} {what}"));
        }
        for (id, objects) in &self.unknown {
            notes.push(format!(
                "{objects} objects are marked {id}, which nobody defines here: none but the steward sees them, until a steward imports its definition"
            ));
        }
        notes
    }
}

/// An object as far as it bears on others.
fn glance<'a, T: serde::Deserialize<'a>>(raw: &'a Raw) -> Option<T> {
    let text = raw.text.get();
    (text.len() <= MOST_BYTES).then(|| serde_json::from_str(text).ok())?
}

/// An object as JSON that every program reads alike, made 2.1 where it is 2.0.
fn parse(raw: &Raw) -> (Result<Value, String>, bool) {
    if let Some(why) = &raw.fault {
        return (Err(why.clone()), false);
    }
    let bytes = raw.text.get().as_bytes();
    if bytes.len() > MOST_BYTES {
        let why = format!(
            "an object of {} bytes; at most {MOST_BYTES} are taken, so leave its largest part elsewhere and cite it",
            bytes.len()
        );
        return (Err(why), false);
    }
    match strict::parse(bytes) {
        Ok(mut json) => match json.as_object_mut() {
            Some(object) if upgrade::why(object).is_some() => {
                upgrade::upgrade(object);
                (Ok(json), true)
            }
            Some(_) => (Ok(json), false),
            None => (Err("an object is wanted".to_owned()), false),
        },
        Err(error) => (Err(strict::says(&error)), false),
    }
}

fn one(raw: Raw, json: Result<Value, String>, setting: &Setting<'_>) -> Outcome {
    // What cannot be read whole may still say which object it is.
    let id = match &json {
        Ok(json) => json["id"].as_str().map(str::to_owned),
        Err(_) => among::id(&raw),
    };
    if let Some(built_in) = id
        .as_deref()
        .and_then(|id| RecordId::parse(id).ok())
        .filter(|id| tlp::level(id).is_some() || extension::is_its_own(id))
    {
        return Outcome::BuiltIn(built_in);
    }
    let made = json.and_then(|json| {
        let mut stated = object::statements(&json, setting)?;
        if stated.0.stix_type() == "marking-definition" {
            define(&mut stated, &json);
        }
        Ok((json, stated))
    });
    match made {
        Ok((json, (id, statements))) => Outcome::Object(Object {
            place: raw.place,
            id,
            bytes: raw.text.get().as_bytes().to_vec(),
            json,
            statements,
        }),
        Err(why) => Outcome::Refused(Refused {
            place: raw.place,
            id,
            why,
        }),
    }
}

/// The policy under which a marking nobody knows keeps what it marks: only who was given that very
/// marking sees it, and nobody was.
fn members_of(id: &RecordId) -> Policy {
    Policy {
        tlp: Tlp::Red,
        releasable_to: BTreeSet::from([id.to_string()]),
    }
}

/// What a marking definition means.
fn meaning(json: &Value) -> Option<(RecordId, Meaning)> {
    let id = RecordId::parse(json["id"].as_str()?).ok()?;
    (json["type"] == "marking-definition").then_some(())?;
    let level = [
        &json["definition"]["tlp"],
        &json["extensions"][tlp::EXTENSION]["tlp_2_0"],
    ]
    .into_iter()
    .find_map(|level| Tlp::parse(level.as_str()?));
    let meaning = match (level, json["definition_type"].as_str()) {
        (Some(level), _) => Meaning::Restricts(Policy {
            tlp: level,
            releasable_to: BTreeSet::new(),
        }),
        (None, Some("statement")) if json["definition"]["statement"].is_string() => Meaning::Says,
        (None, _) => Meaning::Restricts(members_of(&id)),
    };
    Some((id, meaning))
}

/// States the policy of a marking definition beside what it says, and a name.
fn define((id, statements): &mut (RecordId, Vec<Placed>), json: &Value) {
    let named = json["name"]
        .as_str()
        .or(json["definition"]["statement"].as_str());
    let name = named.unwrap_or("marking").trim();
    let name: String = fieldmark_rdf::name::shown(name).chars().take(120).collect();
    let graph = statements
        .first()
        .map(|placed| placed.quad.graph_name.clone());
    let Some(graph) = graph else { return };
    let subject = NamedNode::new_unchecked(id.iri());
    let mut say = |property: NamedNodeRef<'_>, object: Term| {
        let quad = Quad::new(
            subject.clone(),
            property.into_owned(),
            object,
            graph.clone(),
        );
        statements.push(Placed { quad, line: None });
    };
    if json["name"]
        .as_str()
        .is_none_or(|name| name.trim().is_empty())
    {
        let name = Literal::new_language_tagged_literal_unchecked(name, "en");
        say(properties::SKOS_PREF_LABEL, name.into());
    }
    if let Some((_, Meaning::Restricts(policy))) = meaning(json) {
        for (property, object) in stated(&policy) {
            say(property, object);
        }
    }
}

/// A policy as a marking definition states it.
fn stated(policy: &Policy) -> Vec<(NamedNodeRef<'static>, Term)> {
    let rank = Tlp::ALL.iter().position(|level| *level == policy.tlp);
    let rank = Literal::from(rank.unwrap_or_default() as i64);
    let mut out: Vec<(NamedNodeRef<'static>, Term)> = vec![
        (
            properties::FM_TLP,
            Literal::new_simple_literal(policy.tlp.name()).into(),
        ),
        (properties::FM_TLP_RANK, rank.into()),
    ];
    for community in &policy.releasable_to {
        let community = Literal::new_simple_literal(community);
        out.push((properties::FM_RELEASABLE_TO, community.into()));
    }
    out
}

/// Whether a record only stands for a marking that nobody defined so far.
pub fn is_undefined(record: &Record) -> bool {
    let made = placeholder(record.id()).into_iter();
    let made = Record::new(record.id().clone(), made.map(|one| one.quad).collect());
    made.is_ok_and(|made| made.canonical() == record.canonical())
}

/// The record of a marking that nobody defines, which only the steward sees.
fn placeholder(id: &RecordId) -> Vec<Placed> {
    let subject = NamedNode::new_unchecked(id.iri());
    let named = |text: &str, lang: &str| {
        let text = format!("{text} {id}");
        Term::from(Literal::new_language_tagged_literal_unchecked(text, lang))
    };
    let class = classes::STIX_MARKING_DEFINITION.into_owned().into();
    let mut said = vec![
        (properties::RDF_TYPE, class),
        (
            properties::SKOS_PREF_LABEL,
            named("undefined marking", "en"),
        ),
        (
            properties::SKOS_PREF_LABEL,
            named("marquage non défini", "fr"),
        ),
    ];
    said.extend(stated(&members_of(id)));
    said.into_iter()
        .map(|(property, object)| Placed {
            quad: Quad::new(
                subject.clone(),
                property.into_owned(),
                object,
                subject.clone(),
            ),
            line: None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
