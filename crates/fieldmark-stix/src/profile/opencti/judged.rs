//! Who judges what, in the objects that OpenCTI does not merge: a note for each attribution, an
//! opinion where a claim concurs with another's or disputes it, a grouping of rival attributions.

use crate::profile::carried;
use crate::profile::loss::{Change, Losses};
use crate::profile::{ends, id, kind, markings, text, texts};
use fieldmark_model::RecordId;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

/// What a note says of a claim that came without words.
const NO_WORDS: &str = "The claim came without words.";

/// Adds them to the objects that go out. `renamed` leads from the ids of `objects` to those they go
/// out under, where they differ.
pub(super) fn add(
    out: &mut BTreeMap<String, Value>,
    objects: &[Value],
    renamed: &HashMap<&str, String>,
    losses: &mut Losses,
) {
    let names: HashMap<&str, &str> = objects
        .iter()
        .filter(|object| kind(object) == "identity")
        .filter_map(|object| Some((id(object), text(object, "name")?)))
        .collect();
    let mut made = Vec::new();
    let mut pairs: HashSet<[String; 2]> = HashSet::new();
    let mut rivals: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for claim in objects.iter().filter(|one| is_attribution(one)) {
        // As it goes out, its target may be a stand-in.
        let Some(given) = out.get(id(claim)) else {
            continue;
        };
        let [from, to] = ends(given).map(str::to_owned);
        if !pairs.insert([from.clone(), to]) {
            losses.add(Change::Merged, id(claim));
        }
        made.push(note(claim, given, &names));
        rivals.entry(from).or_default().push(given);
    }
    for (subject, claims) in &rivals {
        let targets: BTreeSet<&str> = claims
            .iter()
            .filter_map(|claim| text(claim, "target_ref"))
            .collect();
        if targets.len() > 1 {
            let name = out.get(subject).and_then(|subject| text(subject, "name"));
            made.push(grouping(subject, name.unwrap_or(subject), claims));
        }
    }
    made.extend(opinions(out, objects, renamed, &names));
    list(out, &made);
    out.extend(made.into_iter().map(|one| (id(&one).to_owned(), one)));
}

fn is_attribution(object: &Value) -> bool {
    kind(object) == "relationship" && object["relationship_type"] == "attributed-to"
}

/// What an object made of another takes over from it: its times, its author and its markings.
fn after(source: &Value, out: &mut Value, names: &HashMap<&str, &str>) {
    for key in ["created", "modified", "created_by_ref"] {
        if let Some(value) = source.get(key) {
            out[key] = value.clone();
        }
    }
    let markings = markings(source);
    if !markings.is_empty() {
        out["object_marking_refs"] = json!(markings);
    }
    let author = text(source, "created_by_ref").and_then(|author| names.get(author));
    if let Some(author) = author {
        out["authors"] = json!([author]);
    }
}

/// The words of an attribution to the letter, with its author.
fn note(claim: &Value, given: &Value, names: &HashMap<&str, &str>) -> Value {
    let own = RecordId::derived("note", id(claim));
    let mut out = json!({
        "type": "note", "spec_version": "2.1", "id": own.as_str(),
        "abstract": "Attribution",
        "content": text(claim, "description").unwrap_or(NO_WORDS),
        "object_refs": [id(claim), given["source_ref"], given["target_ref"]],
        "note_types": ["assessment"],
    });
    after(claim, &mut out, names);
    if let Some(confidence) = claim.get("confidence") {
        out["confidence"] = confidence.clone();
    }
    if let Some(likelihood) = carried::likelihood(claim) {
        out["likelihood"] = likelihood.into();
    }
    out
}

/// The attributions of one subject that lead to different ends.
fn grouping(subject: &str, name: &str, claims: &[&Value]) -> Value {
    let times = |key: &str| claims.iter().filter_map(|claim| text(claim, key)).collect();
    let (created, modified): (BTreeSet<&str>, BTreeSet<&str>) =
        (times("created"), times("modified"));
    let members: BTreeSet<&str> = claims
        .iter()
        .flat_map(|claim| [text(claim, "id"), text(claim, "target_ref")])
        .flatten()
        .chain([subject])
        .collect();
    let markings: BTreeSet<&str> = claims.iter().flat_map(|claim| markings(claim)).collect();
    let own = RecordId::derived("grouping", subject);
    let mut out = json!({
        "type": "grouping", "spec_version": "2.1", "id": own.as_str(),
        "created": created.first(), "modified": modified.last(),
        "name": format!("Attributions of {name}"), "context": "unspecified",
        "object_refs": members,
    });
    if !markings.is_empty() {
        out["object_marking_refs"] = json!(markings);
    }
    out
}

/// What claims say of other assessors' claims (STIX 2.1, 4.14: an opinion is of a different entity).
fn opinions(
    out: &BTreeMap<String, Value>,
    objects: &[Value],
    renamed: &HashMap<&str, String>,
    names: &HashMap<&str, &str>,
) -> Vec<Value> {
    // Claims are known by their record, which a note may carry.
    let by_record: HashMap<&str, &Value> = objects
        .iter()
        .filter_map(|object| Some((carried::record(object)?, object)))
        .collect();
    let mut made = Vec::new();
    let mut times = Times::default();
    for claim in objects {
        for (property, opinion) in [("fm:concursWith", "agree"), ("fm:disputes", "disagree")] {
            for other in carried::records(claim, property) {
                let Some(other) = by_record.get(other) else {
                    continue;
                };
                let of = renamed.get(id(other)).map_or(id(other), String::as_str);
                let author = claim.get("created_by_ref");
                let is_anothers = author.is_some() && author != other.get("created_by_ref");
                if is_anothers && out.contains_key(of) {
                    let mut one = opine(claim, opinion, of, names);
                    times.set(&mut one, opinion);
                    made.push(one);
                }
            }
        }
    }
    made
}

/// What a claim says of an object that carries another.
fn opine(claim: &Value, opinion: &str, of: &str, names: &HashMap<&str, &str>) -> Value {
    let own = RecordId::derived("opinion", &format!("{} {of}", id(claim)));
    let mut one = json!({
        "type": "opinion", "spec_version": "2.1", "id": own.as_str(),
        "opinion": opinion, "object_refs": [of],
    });
    after(claim, &mut one, names);
    let words = text(claim, "description").or_else(|| text(claim, "content"));
    if let Some(words) = words {
        one["explanation"] = words.into();
    }
    one
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

/// Lists in each report what was made of what it lists, with the ends of its relationships, since
/// OpenCTI shows of a report what it lists.
fn list(out: &mut BTreeMap<String, Value>, made: &[Value]) {
    let mut beside: HashMap<String, BTreeSet<String>> = HashMap::new();
    for one in made.iter().filter(|one| kind(one) != "grouping") {
        if let Some(of) = texts(one, "object_refs").next() {
            beside
                .entry(of.to_owned())
                .or_default()
                .insert(id(one).to_owned());
        }
    }
    for one in out.values().filter(|one| kind(one) == "relationship") {
        let ends = ends(one).into_iter().filter(|end| out.contains_key(*end));
        beside
            .entry(id(one).to_owned())
            .or_default()
            .extend(ends.map(str::to_owned));
    }
    for report in out.values_mut().filter(|one| kind(one) == "report") {
        let mut listed: BTreeSet<String> =
            texts(report, "object_refs").map(str::to_owned).collect();
        let more: Vec<String> = listed
            .iter()
            .filter_map(|one| beside.get(one))
            .flatten()
            .cloned()
            .collect();
        listed.extend(more);
        report["object_refs"] = json!(listed);
    }
}
