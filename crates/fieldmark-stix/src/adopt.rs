//! Objects of a file, as statements: read together, since a marking or a report among them tells
//! how others are to be read.

use crate::bundle::Raw;
use crate::object::{self, Listing, Meaning, Setting, id_in};
use crate::{extension, strict, tlp, upgrade};
use fieldmark_model::{Policy, RecordId, Tlp};
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::{classes, properties};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Quad, Term};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    let mut adopted = Adopted::default();
    let parsed: Vec<(Raw, Result<Value, String>, bool)> = file
        .into_iter()
        .map(|raw| {
            let (json, upgraded) = parse(&raw);
            (raw, json, upgraded)
        })
        .collect();
    let upgraded = parsed.iter().filter(|(.., upgraded)| *upgraded).count();
    if upgraded > 0 {
        adopted.notes.push(format!(
            "{upgraded} objects are STIX 2.0: they are kept as they came in, and read as 2.1"
        ));
    }
    let among: Vec<&Value> = parsed
        .iter()
        .filter_map(|(_, j, _)| j.as_ref().ok())
        .collect();
    let defined = defined(&among);
    let listed = listed(&among);
    let attributed = attributed(&among);
    let notes = notes(&among, &attributed);
    let carried = carried(&among);
    let unknown: RefCell<BTreeMap<RecordId, usize>> = RefCell::default();
    let asked: RefCell<HashMap<RecordId, Option<Meaning>>> = RefCell::default();
    let meaning = |id: &RecordId| {
        let mut asked = asked.borrow_mut();
        let look = || (terms.kept)(id).or_else(|| defined.get(id).cloned());
        let known = asked.entry(id.clone()).or_insert_with(look).clone();
        if known.is_none() && terms.withhold {
            *unknown.borrow_mut().entry(id.clone()).or_default() += 1;
            return Some(Meaning::Restricts(members_of(id)));
        }
        known
    };
    let setting = Setting {
        floor: terms.floor,
        unmarked: terms.unmarked,
        meaning: &meaning,
        listed: &|id| listed.get(id).cloned().unwrap_or_default(),
        attributed: &|id| {
            attributed
                .get(id)
                .cloned()
                .or_else(|| (terms.attributed)(id))
        },
        notes: &|id| notes.get(id).cloned().unwrap_or_default(),
    };
    let (mut nobody, mut by_report) = (0, 0);
    let objects: Vec<Outcome> = parsed
        .into_iter()
        .map(|(raw, json, _)| {
            // A definition without a marking is shown to those who are shown what carries it.
            let carriers = json.as_ref().ok().and_then(|json| carried.get(json["id"].as_str()?));
            let setting = Setting {
                unmarked: setting.unmarked.or(carriers),
                ..setting
            };
            let taken = one(raw, json, &setting);
            if let Outcome::Object(object) = &taken {
                let says = |property: NamedNodeRef<'_>, of: Option<&str>| {
                    object.statements.iter().any(|placed| {
                        placed.quad.predicate.as_ref() == property
                            && of.is_none_or(|iri| {
                                matches!(&placed.quad.object, Term::NamedNode(node) if node.as_str() == iri)
                            })
                    })
                };
                by_report += usize::from(says(properties::FM_ASSESSOR_TAKEN_FROM, None));
                let unnamed = object::unnamed().0.iri();
                nobody += usize::from(says(properties::FM_ASSESSOR, Some(&unnamed)));
            }
            taken
        })
        .collect();
    adopted.objects = objects;
    if by_report > 0 {
        adopted.notes.push(format!(
            "{by_report} attributed-to name no creator: the author of the report that lists each is taken for its assessor"
        ));
    }
    if nobody > 0 {
        adopted.notes.push(format!(
            "{nobody} attributed-to name no creator, and no report that lists them has an author: they stand as by an author who is not stated"
        ));
    }
    for (id, objects) in unknown.into_inner() {
        adopted.notes.push(format!(
            "{objects} objects are marked {id}, which nobody defines here: none but the steward sees them until its definition comes"
        ));
        adopted.made.extend(placeholder(&id));
    }
    adopted
}

/// An object as JSON that every program reads alike, made 2.1 where it is 2.0.
fn parse(raw: &Raw) -> (Result<Value, String>, bool) {
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
            Some(object) if upgrade::is_2_0(object) && object.get("type").is_some() => {
                upgrade::upgrade(object);
                (Ok(json), true)
            }
            Some(_) => (Ok(json), false),
            None => (Err("an object is wanted".to_owned()), false),
        },
        Err(error) => (Err(error.to_string()), false),
    }
}

fn one(raw: Raw, json: Result<Value, String>, setting: &Setting<'_>) -> Outcome {
    let id = json
        .as_ref()
        .ok()
        .and_then(|json| json["id"].as_str().map(str::to_owned));
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

/// The markings that objects define.
fn defined(objects: &[&Value]) -> HashMap<RecordId, Meaning> {
    objects.iter().filter_map(|json| meaning(json)).collect()
}

type Listed = HashMap<RecordId, Vec<Listing>>;

/// The reports that list an object, with their authors.
fn listed(objects: &[&Value]) -> Listed {
    let mut listed = Listed::new();
    for json in objects.iter().filter(|json| json["type"] == "report") {
        let Some(report) = id_in(&json["id"]) else {
            continue;
        };
        for object in json["object_refs"].as_array().into_iter().flatten() {
            if let Some(object) = id_in(object) {
                let by = listed.entry(object).or_default();
                by.push((report.clone(), id_in(&json["created_by_ref"])));
            }
        }
    }
    for by in listed.values_mut() {
        by.sort();
        by.dedup();
    }
    listed
}

/// The least strict level of TLP among the objects that carry a marking, as a marking, by its id.
fn carried(objects: &[&Value]) -> HashMap<String, RecordId> {
    let mut levels: HashMap<String, Tlp> = HashMap::new();
    for json in objects {
        let markings = json["object_marking_refs"].as_array().into_iter().flatten();
        let markings: Vec<&str> = markings.filter_map(Value::as_str).collect();
        let level = |id: &&str| tlp::level(&RecordId::parse(id).ok()?);
        let Some(strictest) = markings.iter().filter_map(level).max() else {
            continue;
        };
        for marking in markings.iter().filter(|id| level(id).is_none()) {
            let least = levels.entry((*marking).to_owned()).or_insert(strictest);
            *least = strictest.min(*least);
        }
    }
    levels
        .into_iter()
        .map(|(id, level)| (id, tlp::marking(level)))
        .collect()
}

/// What the attributions among objects attribute, and to whom.
fn attributed(objects: &[&Value]) -> HashMap<RecordId, (RecordId, RecordId)> {
    let attributions = objects.iter().filter(|json| object::attributes(json));
    attributions
        .filter_map(|json| {
            let ends = (id_in(&json["source_ref"])?, id_in(&json["target_ref"])?);
            Some((id_in(&json["id"])?, ends))
        })
        .collect()
}

/// The notes about the attributions that came with them.
fn notes(
    objects: &[&Value],
    attributed: &HashMap<RecordId, (RecordId, RecordId)>,
) -> HashMap<RecordId, Vec<RecordId>> {
    let mut notes: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    for json in objects.iter().filter(|json| json["type"] == "note") {
        for about in json["object_refs"].as_array().into_iter().flatten() {
            if let (Some(about), Some(note)) = (id_in(about), id_in(&json["id"]))
                && attributed.contains_key(&about)
            {
                notes.entry(about).or_default().push(note);
            }
        }
    }
    notes
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
