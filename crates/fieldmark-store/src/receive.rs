//! Objects that came in as STIX: judged one by one, versions held against what is here, and kept
//! with their bytes.

mod intake;

pub use intake::{Intake, Tell, in_order};

use crate::allow::Rules;
use crate::base::BUILT_IN;
use crate::collection::{Faces, in_time, moment, version_of, written};
use crate::error::StoreError;
use crate::gate::Writer;
use crate::import::{Entry, Finding, Verdict};
use crate::ledger::{Change, LedgerReader, Op, Stored};
use crate::{Base, View};
use fieldmark_model::{Policy, RecordId};
use fieldmark_rdf::Record;
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::{classes, properties};
use oxrdf::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use serde_json::Value;
use std::collections::BTreeSet;

/// One object with the statements made of it.
#[derive(Debug)]
pub struct Received {
    /// Its place in what was sent, as a JSON path.
    pub place: String,
    /// Which object of what was sent it is, from 0.
    pub at: usize,
    /// Its id.
    pub id: RecordId,
    /// The object as it came in, to the letter.
    pub bytes: Vec<u8>,
    /// What the bytes say.
    pub json: Value,
    /// What it states, each in the graph of its policy; claims it makes are records beside it.
    pub statements: Vec<Placed>,
    /// Whether it goes over what stands there whatever that is, since it is what it waited for: the
    /// definition of a marking, or what bears that and is read again by it.
    pub goes_over: bool,
    /// Whether notes about it were read with it: it may state more than it did, in the same words.
    pub is_noted: bool,
}

/// An object that came in before.
#[derive(Debug)]
pub struct CameIn {
    /// Its id.
    pub id: RecordId,
    /// As it came in, to the letter.
    pub bytes: Vec<u8>,
    /// The marking under which it says what it is, where that stays.
    pub marking: Option<RecordId>,
}

impl Base {
    /// What came in from outside under an id and stands; for a steward.
    pub fn came_in(&self, writer: &Writer, id: &RecordId) -> Result<Option<CameIn>, StoreError> {
        if !writer.steward() {
            return Ok(None);
        }
        let Some((_, (dataset, Some(bytes)))) = self.ledger_reader()?.current_entry(id)? else {
            return Ok(None);
        };
        let record = Record::from_canonical(id.clone(), &dataset)?;
        Ok(Some(CameIn {
            id: id.clone(),
            bytes,
            marking: stands_under(&record).and_then(|policy| match policy {
                GraphName::NamedNode(node) => RecordId::from_iri(node.as_str()),
                _ => None,
            }),
        }))
    }

    /// What came in from outside, is of one of these types and mentions a record; for a steward.
    pub fn mentioning(
        &self,
        writer: &Writer,
        id: &RecordId,
        types: &[&str],
    ) -> Result<Vec<CameIn>, StoreError> {
        if !writer.steward() {
            return Ok(Vec::new());
        }
        let referrers = self.ledger_reader()?.referrers(id)?.into_iter();
        let some = referrers.filter(|id| types.contains(&id.stix_type()));
        let each = some.map(|id| self.came_in(writer, &id));
        each.filter_map(Result::transpose).collect()
    }

    /// A record as it stands, for a steward; for others none.
    pub fn standing(&self, writer: &Writer, id: &RecordId) -> Result<Option<Record>, StoreError> {
        match writer.steward() {
            true => self.ledger_reader()?.current(id),
            false => Ok(None),
        }
    }

    /// What came in from outside and states something of one of these markings or under it; for a
    /// steward. Goes over every record that stands, once.
    pub fn bearing(
        &self,
        writer: &Writer,
        markings: &BTreeSet<RecordId>,
    ) -> Result<Vec<CameIn>, StoreError> {
        let mut bearing = Vec::new();
        if markings.is_empty() || !writer.steward() {
            return Ok(bearing);
        }
        let named = markings.iter().map(|id| format!("<{}>", id.iri()));
        let named: Vec<String> = named.collect();
        self.ledger_reader()?.each_received(|id, dataset, bytes| {
            if !markings.contains(&id) && named.iter().any(|iri| dataset.contains(iri)) {
                let marking = None;
                bearing.push(CameIn { id, bytes, marking });
            }
            Ok(())
        })?;
        Ok(bearing)
    }

    /// What a marking definition that is kept here keeps from whom: nothing for one that only says
    /// something, and no answer for one that is not here, or not for this writer to know of.
    pub fn marking(
        &self,
        writer: &Writer,
        id: &RecordId,
    ) -> Result<Option<Option<Policy>>, StoreError> {
        if !writer.steward() && !self.shows(writer, id)? {
            return Ok(None);
        }
        let reader = self.ledger_reader()?;
        if reader.current(id)?.is_none() {
            return Ok(None);
        }
        Ok(Some(reader.policies()?.get(&id.iri()).cloned()))
    }

    /// What an attribution that is kept here attributes, and to whom; none of what is no
    /// attribution, or not for this writer to know of.
    pub fn attributed(
        &self,
        writer: &Writer,
        id: &RecordId,
    ) -> Result<Option<(RecordId, RecordId)>, StoreError> {
        if !writer.steward() && !self.shows(writer, id)? {
            return Ok(None);
        }
        let Some(record) = self.ledger_reader()?.current(id)? else {
            return Ok(None);
        };
        let is_one = record
            .types()
            .any(|class| class.as_ref() == classes::FM_ATTRIBUTION);
        let end = |property| record.records(property).next();
        Ok(end(properties::FM_SUBJECT)
            .zip(end(properties::FM_OBJECT))
            .filter(|_| is_one))
    }

    /// Withdraws versions of an object that came in, of those that stand in an audience's collection;
    /// the ledger keeps them. What stands after it is the newest version that is not withdrawn,
    /// whether that audience sees it or not. Says whether there was anything to withdraw.
    pub fn withdraw(
        &self,
        writer: &Writer,
        view: &View,
        faces: &dyn Faces,
        id: &RecordId,
        versions: &[String],
    ) -> Result<bool, StoreError> {
        let standing = view.versions(faces, id)?.into_iter();
        let gone: BTreeSet<String> = standing
            .map(|(version, ..)| version)
            .filter(|version| !version.is_made() && versions.contains(&version.version))
            .map(|version| version.version)
            .collect();
        if gone.is_empty() {
            return Ok(false);
        }
        let reader = self.ledger_reader()?;
        let Some((dataset, received)) = left(&reader, id, &gone)? else {
            self.write(writer, vec![Change::Retract(id.clone())])?;
            return Ok(true);
        };
        let record = Record::from_canonical(id.clone(), &dataset)?;
        let mut quads = record.quads().to_vec();
        let policy = stands_under(&record).unwrap_or(GraphName::DefaultGraph);
        for version in &gone {
            quads.push(Quad::new(
                NamedNode::new_unchecked(id.iri()),
                properties::FM_WITHDRAWN_VERSION.into_owned(),
                Literal::new_simple_literal(version),
                policy.clone(),
            ));
        }
        let record = Record::new(id.clone(), quads)?;
        self.write(writer, vec![Change::Put { record, received }])?;
        Ok(true)
    }
}

/// The policy under which a record says what it is.
fn stands_under(record: &Record) -> Option<GraphName> {
    let mut quads = record.quads().iter();
    let types = quads.find(|quad| quad.predicate.as_ref() == properties::RDF_TYPE)?;
    Some(types.graph_name.clone())
}

/// What a record says once some versions are gone: what it says now, unless that is one of them; else
/// what its newest other version said. Nothing when there is none.
fn left(
    ledger: &LedgerReader,
    id: &RecordId,
    gone: &BTreeSet<String>,
) -> Result<Option<Stored>, StoreError> {
    let version = |bytes: &Option<Vec<u8>>, seq: u64, recorded: &str| -> Result<_, StoreError> {
        let json = bytes
            .as_deref()
            .and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
        let stated = json.as_ref().map(version_of);
        Ok(match stated {
            Some(Some(version)) => Some(version),
            // One that states none goes by when it was added.
            Some(None) => Some(written(moment(seq, recorded)?)),
            None => None,
        })
    };
    let mut others = Vec::new();
    let mut withdrawn: BTreeSet<String> = BTreeSet::new();
    let mut now = None;
    for (entry, (dataset, received)) in ledger.received_of(id)? {
        if entry.op == Op::Retract {
            others.clear();
            withdrawn.clear();
            now = None;
            continue;
        }
        let record = Record::from_canonical(id.clone(), &dataset)?;
        let terms = record.objects(properties::FM_WITHDRAWN_VERSION);
        withdrawn.extend(terms.filter_map(|term| match term {
            Term::Literal(version) => Some(version.value().to_owned()),
            _ => None,
        }));
        let version = version(&received, entry.seq, &entry.recorded)?;
        if let Some(version) = version.clone() {
            others.push((version, (dataset.clone(), received.clone())));
        }
        now = Some((version, (dataset, received)));
    }
    let Some((version, says)) = now else {
        return Ok(None);
    };
    if version.is_none_or(|version| !gone.contains(&version)) {
        return Ok(Some(says));
    }
    let others = others
        .into_iter()
        .filter(|(version, _)| !gone.contains(version) && !withdrawn.contains(version));
    let newest = others.max_by(|(a, _), (b, _)| in_time(a).cmp(&in_time(b)));
    Ok(newest.map(|(_, says)| says))
}

fn entry(object: &Received, verdict: Verdict, why: Option<String>) -> Entry {
    Entry {
        verdict,
        place: Some(object.place.clone()),
        findings: why.map(Finding::saying).into_iter().collect(),
        ..Entry::refused(object.id.to_string(), String::new())
    }
}

/// What stands under the id of an object that comes in.
enum Standing {
    /// Nothing.
    Nothing,
    /// What it goes over.
    Earlier,
    /// What stays as it is; what becomes of the object, and why.
    Holds(Verdict, Option<String>),
}

/// How an object that comes in stands to what is here.
fn supersedes(
    ledger: &LedgerReader,
    writer: &Writer,
    rules: Option<&Rules<'_>>,
    object: &Received,
) -> Result<Standing, StoreError> {
    let Some((author, (dataset, received))) = ledger.current_entry(&object.id)? else {
        return Ok(Standing::Nothing);
    };
    // Who does not see all of a record is not told how another version of it stands to that: it is
    // judged by what they see, and waits where they see nothing.
    let hides = |rules| hides(rules, writer, &object.id, &dataset);
    if object.goes_over || rules.map(hides).transpose()?.unwrap_or(false) {
        return Ok(Standing::Earlier);
    }
    let unchanged = || Ok(Standing::Holds(Verdict::Unchanged, None));
    let conflict = |why: &str| Ok(Standing::Holds(Verdict::Conflict, Some(why.to_owned())));
    let Some(here) = received.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok()) else {
        // What ships with the program is others' work, and comes in as theirs.
        if author == BUILT_IN && writer.steward() {
            return Ok(Standing::Earlier);
        }
        if states(object).is_some_and(|record| record.canonical() == dataset) {
            return unchanged();
        }
        return conflict("a record of this id is kept here itself and is not written over");
    };
    let sent = serde_json::from_slice::<Value>(&object.bytes).unwrap_or_default();
    if here == sent {
        let states_more = object.is_noted
            && writer.steward()
            && states(object).is_some_and(|record| record.canonical() != dataset);
        return match states_more {
            true => Ok(Standing::Earlier),
            false => unchanged(),
        };
    }
    if here["created_by_ref"] != object.json["created_by_ref"] {
        return conflict("only its creator may change it (created_by_ref differs)");
    }
    let moment = |json| version_of(json).map(|version| in_time(&version));
    match moment(&object.json).cmp(&moment(&here)) {
        std::cmp::Ordering::Greater => Ok(Standing::Earlier),
        std::cmp::Ordering::Equal => {
            conflict("this version is here with other content: give the change a newer modified")
        }
        std::cmp::Ordering::Less => {
            conflict("a newer version is here; an older one changes nothing")
        }
    }
}

/// Whether a writer does not see all of a record.
fn hides(
    rules: &Rules<'_>,
    writer: &Writer,
    id: &RecordId,
    dataset: &str,
) -> Result<bool, StoreError> {
    let record = Record::from_canonical(id.clone(), dataset)?;
    let seen = rules.seen(&record, writer)?;
    Ok(seen.is_none_or(|seen| seen.len() != record.quads().len()))
}

/// The record that an object states, beside whatever else it does.
fn states(object: &Received) -> Option<Record> {
    let own = |quad: &&Quad| match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => {
            RecordId::owner_of(node.as_str()).as_ref() == Some(&object.id)
        }
        NamedOrBlankNode::BlankNode(_) => false,
    };
    let quads = object.statements.iter().map(|placed| &placed.quad);
    Record::new(object.id.clone(), quads.filter(own).cloned().collect()).ok()
}
