//! Who judges what, in the objects that OpenCTI does not merge: a note for each attribution, an
//! opinion where a claim concurs with another's or disputes it, a grouping of rival attributions.

use super::survey::Survey;
use crate::profile::{Names, Objects, carried, ends, id, markings, text, texts};
use fieldmark_model::RecordId;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

/// What a note says of a claim that came without words.
const NO_WORDS: &str = "The claim came without words.";

/// The judgements met so far.
pub(super) struct Judges<'o> {
    names: Names<'o>,
    /// From what to what something was attributed already.
    pairs: HashSet<[String; 2]>,
    rivals: BTreeMap<String, Rivals>,
    times: Times,
    /// What was made of an object that a report lists, and the ends of a relationship that one does.
    beside: HashMap<String, BTreeSet<String>>,
}

/// The attributions of one subject.
#[derive(Default)]
struct Rivals {
    targets: BTreeSet<String>,
    claims: BTreeSet<String>,
    markings: BTreeSet<String>,
    created: Option<String>,
    modified: Option<String>,
}

impl<'o> Judges<'o> {
    /// None yet, of some objects.
    pub fn new(objects: &'o dyn Objects) -> Self {
        Self {
            names: Names::of(objects),
            pairs: HashSet::new(),
            rivals: BTreeMap::new(),
            times: Times::default(),
            beside: HashMap::new(),
        }
    }

    /// The note of an attribution, and whether OpenCTI merges it with an earlier one. As it is `given`
    /// out, its target may be a stand-in.
    pub fn attribution(
        &mut self,
        claim: &Value,
        given: &Value,
        survey: &Survey<'_>,
    ) -> io::Result<(Value, bool)> {
        let [from, to] = ends(given).map(str::to_owned);
        let note = self.note(claim, given)?;
        self.made(&note, survey);
        let rivals = self.rivals.entry(from.clone()).or_default();
        rivals.targets.insert(to.clone());
        rivals.claims.insert(id(given).to_owned());
        let markings = markings(given).into_iter().map(str::to_owned);
        rivals.markings.extend(markings);
        let created = text(given, "created").map(str::to_owned);
        rivals.created = rivals.created.take().into_iter().chain(created).min();
        let modified = text(given, "modified").map(str::to_owned);
        rivals.modified = rivals.modified.take().into_iter().chain(modified).max();
        Ok((note, !self.pairs.insert([from, to])))
    }

    /// What a claim says of other assessors' claims (STIX 2.1, 4.14: an opinion is of a different
    /// entity).
    pub fn opinions(&mut self, claim: &Value, survey: &Survey<'_>) -> io::Result<Vec<Value>> {
        let mut made = Vec::new();
        for (property, opinion) in [("fm:concursWith", "agree"), ("fm:disputes", "disagree")] {
            for other in carried::records(claim, property) {
                let Some(other) = survey.judged.get(other) else {
                    continue;
                };
                let author = text(claim, "created_by_ref");
                if author.is_some() && author != other.author.as_deref() {
                    let mut one = self.opine(claim, opinion, &other.id)?;
                    self.times.set(&mut one, opinion);
                    self.made(&one, survey);
                    made.push(one);
                }
            }
        }
        Ok(made)
    }

    /// Gives a grouping for each subject whose attributions lead to different ends.
    pub fn groupings(
        &self,
        survey: &Survey<'_>,
        give: &mut dyn FnMut(Value) -> io::Result<()>,
    ) -> io::Result<()> {
        for (subject, rivals) in &self.rivals {
            if rivals.targets.len() > 1 {
                let known = survey.one(subject)?;
                let name = known.as_ref().and_then(|known| text(known, "name"));
                give(grouping(subject, name.unwrap_or(subject), rivals))?;
            }
        }
        Ok(())
    }

    fn made(&mut self, made: &Value, survey: &Survey<'_>) {
        let of = texts(made, "object_refs").next();
        if let Some(of) = of.filter(|of| survey.listed.contains(*of)) {
            self.beside(of, [id(made)]);
        }
    }

    /// Takes in what a report that lists an object is to list as well, since OpenCTI shows of a report
    /// what it lists.
    pub fn beside<'a>(&mut self, of: &str, more: impl IntoIterator<Item = &'a str>) {
        let beside = self.beside.entry(of.to_owned()).or_default();
        beside.extend(more.into_iter().map(str::to_owned));
    }

    /// What a report that lists an object is to list as well.
    pub fn made_beside(&self, of: &str) -> impl Iterator<Item = &String> {
        self.beside.get(of).into_iter().flatten()
    }

    /// What an object made of another takes over from it: its times, its author and its markings.
    fn after(&mut self, source: &Value, out: &mut Value) -> io::Result<()> {
        for key in ["created", "modified", "created_by_ref"] {
            if let Some(value) = source.get(key) {
                out[key] = value.clone();
            }
        }
        let markings = markings(source);
        if !markings.is_empty() {
            out["object_marking_refs"] = json!(markings);
        }
        if let Some(author) = text(source, "created_by_ref")
            && let Some(author) = self.names.name(author)?
        {
            out["authors"] = json!([author]);
        }
        Ok(())
    }

    /// The words of an attribution to the letter, with its author.
    fn note(&mut self, claim: &Value, given: &Value) -> io::Result<Value> {
        let own = RecordId::derived("note", id(claim));
        let mut out = json!({
            "type": "note", "spec_version": "2.1", "id": own.as_str(),
            "abstract": "Attribution",
            "content": text(claim, "description").unwrap_or(NO_WORDS),
            "object_refs": [id(claim), given["source_ref"], given["target_ref"]],
            "note_types": ["assessment"],
        });
        self.after(claim, &mut out)?;
        if let Some(confidence) = claim.get("confidence") {
            out["confidence"] = confidence.clone();
        }
        if let Some(likelihood) = carried::likelihood(claim) {
            out["likelihood"] = likelihood.into();
        }
        Ok(out)
    }

    /// What a claim says of an object that carries another.
    fn opine(&mut self, claim: &Value, opinion: &str, of: &str) -> io::Result<Value> {
        let own = RecordId::derived("opinion", &format!("{} {of}", id(claim)));
        let mut one = json!({
            "type": "opinion", "spec_version": "2.1", "id": own.as_str(),
            "opinion": opinion, "object_refs": [of],
        });
        self.after(claim, &mut one)?;
        let words = text(claim, "description").or_else(|| text(claim, "content"));
        if let Some(words) = words {
            one["explanation"] = words.into();
        }
        Ok(one)
    }
}

/// The attributions of one subject that lead to different ends.
fn grouping(subject: &str, name: &str, rivals: &Rivals) -> Value {
    let members: BTreeSet<&str> = rivals
        .claims
        .iter()
        .chain(&rivals.targets)
        .map(String::as_str)
        .chain([subject])
        .collect();
    let own = RecordId::derived("grouping", subject);
    let mut out = json!({
        "type": "grouping", "spec_version": "2.1", "id": own.as_str(),
        "created": rivals.created, "modified": rivals.modified,
        "name": format!("Attributions of {name}"), "context": "unspecified",
        "object_refs": members,
    });
    if !rivals.markings.is_empty() {
        out["object_marking_refs"] = json!(rivals.markings);
    }
    out
}

/// Gives opinions different moments: OpenCTI knows one by what it says and when it was created, and by
/// nothing else.
#[derive(Default)]
struct Times {
    taken: HashSet<(&'static str, String)>,
    /// How many thousandths of a second after a moment are known to be taken.
    after: HashMap<(&'static str, String), i64>,
}

impl Times {
    fn set(&mut self, one: &mut Value, opinion: &'static str) {
        let created = text(one, "created").unwrap_or_default().to_owned();
        let later = self.after.entry((opinion, created.clone())).or_default();
        while let Some(moment) = plus(&created, *later) {
            *later += 1;
            if self.taken.insert((opinion, moment.clone())) {
                if text(one, "modified").is_some_and(|modified| modified < moment.as_str()) {
                    one["modified"] = moment.as_str().into();
                }
                one["created"] = moment.into();
                return;
            }
        }
    }
}

/// A timestamp some thousandths of a second later.
fn plus(time: &str, thousandths: i64) -> Option<String> {
    let later = OffsetDateTime::parse(time, &Rfc3339).ok()? + Duration::milliseconds(thousandths);
    later
        .format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
        ))
        .ok()
}
