//! Objects that came in as STIX: judged one by one, versions held against what is here, and kept
//! with their bytes.

use crate::collection::{in_time, version_of};
use crate::error::StoreError;
use crate::gate::Writer;
use crate::import::{Foreign, ImportError, ImportOptions, Verdict};
use crate::ledger::{Change, LedgerReader};
use crate::{Base, View};
use fieldmark_model::RecordId;
use fieldmark_rdf::Record;
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::properties;
use oxrdf::{GraphName, Literal, NamedNode, Quad, Term};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// One object with the statements made of it.
#[derive(Debug)]
pub struct Received {
    /// Its id.
    pub id: RecordId,
    /// The object as it came in, to the letter.
    pub bytes: Vec<u8>,
    /// What the bytes say.
    pub json: Value,
    /// What it states, each in the graph of its policy.
    pub statements: Vec<Placed>,
}

/// An object's id with what became of it, or why it was refused.
pub type Taken = (RecordId, Result<Verdict, String>);

impl Base {
    /// Takes objects in, in order. Each comes out with what became of it, or why it was refused.
    /// An equal version changes nothing; an older one, another creator's, or one that would write
    /// over a record that is kept here, is refused.
    pub fn receive(
        &self,
        writer: &Writer,
        objects: Vec<Received>,
        options: &ImportOptions,
    ) -> Result<Vec<Taken>, StoreError> {
        let mut out: Vec<(RecordId, Option<Result<Verdict, String>>)> = objects
            .iter()
            .map(|object| (object.id.clone(), None))
            .collect();
        let mut objects = objects;
        self.under_their_own_ids(&mut objects)?;
        let mut open: VecDeque<(usize, Received)> = objects.into_iter().enumerate().collect();
        // Several versions of one object are taken one after the other.
        while !open.is_empty() {
            let mut round: BTreeMap<RecordId, (usize, Received)> = BTreeMap::new();
            let mut later = VecDeque::new();
            let reader = self.ledger_reader()?;
            for (at, object) in open {
                if round.contains_key(&object.id) {
                    later.push_back((at, object));
                    continue;
                }
                match supersedes(&reader, &object)? {
                    Some(verdict) => out[at].1 = Some(verdict),
                    None => {
                        round.insert(object.id.clone(), (at, object));
                    }
                }
            }
            let mut foreign = Foreign::default();
            let mut places = HashMap::new();
            for (id, (at, object)) in round {
                foreign.received.insert(id.clone(), object.bytes);
                foreign.statements.extend(object.statements);
                places.insert(id.to_string(), at);
            }
            let report = self
                .take(writer, foreign, options)
                .map_err(|error| match error {
                    ImportError::Store(error) => error,
                    // What was received is held in memory, and nothing is left to read.
                    ImportError::Input(error) => StoreError::Program(error.to_string()),
                })?;
            for entry in report.entries {
                let Some(at) = places.get(&entry.name) else {
                    continue;
                };
                let why: Vec<String> = entry.findings.into_iter().map(|f| f.message).collect();
                out[*at].1 = Some(match entry.verdict {
                    Verdict::Refused => Err(why.join("; ")),
                    verdict => Ok(verdict),
                });
            }
            open = later;
        }
        Ok(out
            .into_iter()
            .map(|(id, verdict)| {
                let lost = || Err("it gave no record: its type or id is not usable".to_owned());
                (id, verdict.unwrap_or_else(lost))
            })
            .collect())
    }

    /// Lets what refers to an object that only stands for a record here refer to that record,
    /// whether the object comes with it or came before. The bytes stay as they came in.
    fn under_their_own_ids(&self, objects: &mut [Received]) -> Result<(), StoreError> {
        let stands = |quad: &Quad| match (&quad.object, quad.predicate.as_ref()) {
            (Term::NamedNode(known), properties::FM_STANDS_FOR) => Some(known.clone()),
            _ => None,
        };
        let mut known: HashMap<String, Option<NamedNode>> = HashMap::new();
        for object in &*objects {
            let said = object.statements.iter();
            let stands_for = said.filter_map(|placed| stands(&placed.quad)).next();
            known.insert(object.id.iri(), stands_for);
        }
        let reader = self.ledger_reader()?;
        for object in objects {
            for placed in &mut object.statements {
                let Term::NamedNode(target) = &placed.quad.object else {
                    continue;
                };
                // Only what has a number of its own comes under another's id.
                let Some(id) = RecordId::from_iri(target.as_str())
                    .filter(|id| matches!(id.stix_type(), "attack-pattern" | "x-mitre-tactic"))
                    .filter(|_| stands(&placed.quad).is_none())
                else {
                    continue;
                };
                let stands_for = match known.get(target.as_str()) {
                    Some(found) => found.clone(),
                    None => {
                        let here = reader.current(&id)?;
                        let found = here.and_then(|here| here.quads().iter().find_map(stands));
                        known.insert(target.as_str().to_owned(), found.clone());
                        found
                    }
                };
                if let Some(stands_for) = stands_for {
                    placed.quad.object = stands_for.into();
                }
            }
        }
        Ok(())
    }

    /// Withdraws versions of an object from an audience's collection, or all of it; the ledger keeps
    /// them. Says whether there was anything to withdraw.
    pub fn withdraw(
        &self,
        writer: &Writer,
        view: &View,
        id: &RecordId,
        versions: &[String],
    ) -> Result<bool, StoreError> {
        let standing = view.versions(id)?;
        let (gone, left): (Vec<_>, Vec<_>) = standing
            .into_iter()
            .map(|(version, ..)| version)
            .partition(|version| versions.contains(&version.version));
        if gone.is_empty() {
            return Ok(false);
        }
        let Some(newest) = left.iter().max_by_key(|version| in_time(&version.version)) else {
            self.write(writer, vec![Change::Retract(id.clone())])?;
            return Ok(true);
        };
        let reader = self.ledger_reader()?;
        let Some((dataset, received)) = reader.entry(newest.entry)? else {
            return Ok(false);
        };
        let record = Record::from_canonical(id.clone(), &dataset)?;
        let mut quads = record.quads().to_vec();
        let policy = quads
            .iter()
            .find(|quad| quad.predicate.as_ref() == properties::RDF_TYPE)
            .map_or(GraphName::DefaultGraph, |quad| quad.graph_name.clone());
        for version in &gone {
            quads.push(Quad::new(
                NamedNode::new_unchecked(id.iri()),
                properties::FM_WITHDRAWN_VERSION.into_owned(),
                Literal::new_simple_literal(&version.version),
                policy.clone(),
            ));
        }
        let record = Record::new(id.clone(), quads)?;
        self.write(writer, vec![Change::Put { record, received }])?;
        Ok(true)
    }
}

/// What is to become of an object because of what is here; `None` when it may be taken.
fn supersedes(
    ledger: &LedgerReader,
    object: &Received,
) -> Result<Option<Result<Verdict, String>>, StoreError> {
    let Some((_, received)) = ledger.current_entry(&object.id)? else {
        return Ok(None);
    };
    let refused = |why: &str| Ok(Some(Err(why.to_owned())));
    let Some(here) = received.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()) else {
        return refused("a record of this id is kept here itself and is not written over");
    };
    if here == object.json {
        return Ok(Some(Ok(Verdict::Unchanged)));
    }
    if here["created_by_ref"] != object.json["created_by_ref"] {
        return refused("only its creator may change it (created_by_ref differs)");
    }
    let moment = |json| version_of(json).map(|version| in_time(&version));
    match moment(&object.json).cmp(&moment(&here)) {
        std::cmp::Ordering::Greater => Ok(None),
        std::cmp::Ordering::Equal => {
            refused("this version is here with other content: give the change a newer modified")
        }
        std::cmp::Ordering::Less => {
            refused("a newer version is here; an older one changes nothing")
        }
    }
}
