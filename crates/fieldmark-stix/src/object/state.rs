//! What STIX 2.1 names, stated; what it does not name, as JSON.
//!
//! A property's term is its name in OASIS's STIX ontology. Objects within an object become parts
//! of the record, named by their path.

use super::claim;
use super::concept::Concept;
use super::marking::Sight;
use super::{NAMES, Setting, id_in, text};
use crate::spec::{self, Form, Kind};
use fieldmark_model::{Edtf, Instant, RecordId};
use fieldmark_rdf::name::{key, shown};
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::record::class_of;
use fieldmark_rdf::vocab::{EDTF, NOUNS, STIX, classes, properties};
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What the record's IRI, its class and the graphs say already.
const SAID_OTHERWISE: [&str; 4] = ["type", "id", "object_marking_refs", "granular_markings"];

/// The ends and the kind of a relationship, which a claim states in terms of its own.
const ENDS: [&str; 3] = ["relationship_type", "source_ref", "target_ref"];

/// The times that records of ours have as dates.
const DATES: [&str; 2] = ["first_seen", "last_seen"];

/// The statements of one object, as they are made.
pub(super) struct Making<'a> {
    pub id: &'a RecordId,
    sight: &'a Sight,
    placed: Vec<Placed>,
    /// What has no statement of its own, by the property at the top that it belongs to.
    rest: BTreeMap<String, Map<String, Value>>,
    fault: Option<String>,
}

impl<'a> Making<'a> {
    /// Nothing stated yet of a record.
    pub fn of(id: &'a RecordId, sight: &'a Sight) -> Self {
        Self {
            id,
            sight,
            placed: Vec::new(),
            rest: BTreeMap::new(),
            fault: None,
        }
    }

    /// The statements.
    ///
    /// # Errors
    /// What is wrong with a marking of a part, by its path.
    pub fn finish(mut self) -> Result<Vec<Placed>, String> {
        for (at, fields) in std::mem::take(&mut self.rest) {
            let mut named = BTreeSet::new();
            let value = Value::Object(fields);
            mentioned(&value, &mut named);
            for id in named {
                if id != *self.id {
                    self.say(&at, properties::FM_REFERS_TO, node(&id));
                }
            }
            let json = Literal::new_typed_literal(value.to_string(), rdf::JSON);
            self.say(&at, properties::FM_OTHER_PROPERTIES, json);
        }
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.placed),
        }
    }

    /// States something of the record, read from `path`.
    pub fn say(&mut self, path: &str, property: NamedNodeRef<'_>, object: impl Into<Term>) {
        self.say_of(&self.id.iri(), path, property, object);
    }

    /// States something of a part of the record, or of another record.
    pub fn say_of(
        &mut self,
        subject: &str,
        path: &str,
        property: NamedNodeRef<'_>,
        object: impl Into<Term>,
    ) {
        let policy = self.sight.policy(path);
        self.under(policy, subject, property, object.into());
    }

    /// States that there is something at `path`, whose parts are stated each for itself.
    fn hold(
        &mut self,
        subject: &str,
        path: &str,
        property: NamedNodeRef<'_>,
        object: impl Into<Term>,
    ) {
        let policy = self.sight.policy_of_holder(path);
        self.under(policy, subject, property, object.into());
    }

    fn under(
        &mut self,
        policy: Result<NamedNode, String>,
        subject: &str,
        property: NamedNodeRef<'_>,
        object: Term,
    ) {
        match policy {
            Ok(policy) => self.place(subject, property.into_owned(), object, policy),
            Err(fault) => self.fault = self.fault.take().or(Some(fault)),
        }
    }

    /// States something under a policy of its own.
    pub fn place(&mut self, subject: &str, property: NamedNode, object: Term, policy: NamedNode) {
        let subject = NamedNode::new_unchecked(subject);
        let quad = Quad::new(subject, property, object, GraphName::NamedNode(policy));
        self.placed.push(Placed { quad, line: None });
    }

    /// Words in a language, read from `path`; what is no tag of a language is "und".
    pub fn words(&mut self, path: &str, property: NamedNodeRef<'_>, words: &str, lang: &str) {
        self.say(path, property, tagged(words, lang));
    }

    /// A date of Fieldmark's: the day, or the moment where one is told.
    pub fn date(&mut self, path: &str, property: NamedNodeRef<'_>, time: &str) {
        self.date_of(&self.id.iri(), path, property, time);
    }

    /// The same of another record.
    pub fn date_of(&mut self, subject: &str, path: &str, property: NamedNodeRef<'_>, time: &str) {
        let day = time.split('T').next().unwrap_or(time);
        let midnight = Instant::parse(&format!("{day}T00:00:00Z"));
        let date = match Instant::parse(time) == midnight || Edtf::parse(time).is_err() {
            true => day,
            false => time,
        };
        let datatype = NamedNode::new_unchecked(format!("{EDTF}EDTF"));
        let date = Literal::new_typed_literal(date, datatype);
        self.say_of(subject, path, property, date);
    }

    /// Everything an object states.
    ///
    /// # Errors
    /// A sentence with the path of what cannot be taken.
    pub fn object(
        &mut self,
        object: &Map<String, Value>,
        kind: &str,
        setting: &Setting<'_>,
    ) -> Result<(), String> {
        let json = Value::Object(object.clone());
        let lang = text(&json, "lang").unwrap_or("en").to_owned();
        let concept = Concept::of(&json, kind);
        let is_claim = claim::attributes(&json);
        let spec = spec::kind(kind).unwrap_or_else(spec::other);
        if let Some(known) = concept.stands_for(self.id) {
            // It is here under its own id: what a partner calls it makes no second technique.
            self.say(
                "type",
                properties::RDF_TYPE,
                classes::SKOS_CONCEPT.into_owned(),
            );
            self.say("id", properties::FM_STANDS_FOR, node(known));
        } else if is_claim {
            claim::attribution(self, &json, &lang, setting)?;
        } else {
            for class in types(&json, kind) {
                self.say("type", properties::RDF_TYPE, class);
            }
            self.called(&json, kind, &lang)?;
            concept.state(self);
            if kind == "report" {
                self.document(&json);
            }
            claim::comment(self, &json, kind, &lang, setting);
        }
        if spec::kind(kind).is_none() {
            let own = NamedNode::new_unchecked(format!("{STIX}type"));
            self.say("type", own.as_ref(), Literal::new_simple_literal(kind));
        }
        for named in self.sight.named.clone() {
            let property = NamedNode::new_unchecked(format!("{STIX}object_marking_refs"));
            self.say("object_marking_refs", property.as_ref(), node(&named));
        }
        for (key, value) in object {
            if SAID_OTHERWISE.contains(&key.as_str()) || (is_claim && ENDS.contains(&key.as_str()))
            {
                continue;
            }
            self.property(&self.id.iri(), spec, key, value, key)?;
        }
        Ok(())
    }

    /// Its names and what is said of it, in Fieldmark's terms.
    fn called(&mut self, json: &Value, kind: &str, lang: &str) -> Result<(), String> {
        let name = name(json, kind);
        if let Some((path, name)) = &name {
            self.words(path, properties::SKOS_PREF_LABEL, &shown(name), lang);
        }
        let claims = claim::names_by_claim(json, kind);
        for (at, alias) in json["aliases"].as_array().into_iter().flatten().enumerate() {
            let alias = alias.as_str().filter(|alias| !alias.trim().is_empty());
            let alias = alias.ok_or_else(|| format!("$.aliases[{at}]: a name is wanted"))?;
            if Some(key(alias)) == name.as_ref().map(|(_, name)| key(name)) {
                continue;
            }
            let path = format!("aliases.[{at}]");
            match &claims {
                Some(creator) => claim::alias(self, &path, alias, lang, creator, json),
                None => self.words(&path, properties::SKOS_ALT_LABEL, &shown(alias), lang),
            }
        }
        if let Some(description) = text(json, "description").filter(|d| !d.trim().is_empty()) {
            self.words(
                "description",
                properties::DCTERMS_DESCRIPTION,
                description,
                lang,
            );
        }
        Ok(())
    }

    /// A report as a document: who wrote it, when it came out, and which reports it cites.
    fn document(&mut self, json: &Value) {
        if let Some(author) = id_in(&json["created_by_ref"])
            .filter(|id| matches!(id.stix_type(), "identity" | "threat-actor"))
        {
            self.say("created_by_ref", properties::DCTERMS_CREATOR, node(&author));
        }
        if let Some(time) = text(json, "published") {
            self.date("published", properties::DCTERMS_ISSUED, time);
        }
        let listed = json["object_refs"].as_array().into_iter().flatten();
        for (at, cited) in listed.enumerate() {
            if let Some(cited) = id_in(cited).filter(|id| id.stix_type() == "report") {
                let path = format!("object_refs.[{at}]");
                self.say(&path, properties::DCTERMS_REFERENCES, node(&cited));
            }
        }
    }

    /// One property of the object or of a part of it.
    fn property(
        &mut self,
        subject: &str,
        spec: &Kind,
        key: &str,
        value: &Value,
        path: &str,
    ) -> Result<(), String> {
        let Some(property) = spec.properties.get(key) else {
            self.keep(path, value);
            return Ok(());
        };
        let form = property.form;
        match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.value(subject, key, form, item, &format!("{path}.[{at}]"))?;
                }
                if items.is_empty() {
                    self.keep(path, value);
                }
                Ok(())
            }
            one => self.value(subject, key, form, one, path),
        }
    }

    fn value(
        &mut self,
        subject: &str,
        key: &str,
        form: Form,
        value: &Value,
        path: &str,
    ) -> Result<(), String> {
        let property = NamedNode::new_unchecked(format!("{STIX}{key}"));
        let typed = |text: &str, datatype: NamedNodeRef<'_>| {
            Term::from(Literal::new_typed_literal(text, datatype))
        };
        let object = match (form, value) {
            (Form::Timestamp, Value::String(time)) if DATES.contains(&key) && key == path => {
                self.seen(path, property.as_ref(), time);
                return Ok(());
            }
            (Form::Timestamp, Value::String(time)) if Instant::parse(time).is_some() => {
                typed(time, xsd::DATE_TIME)
            }
            (Form::Text, Value::String(text)) => match key {
                "url" => typed(text, xsd::ANY_URI),
                // The code of a country, which some write in small letters.
                "country" => {
                    let code = text.to_ascii_uppercase();
                    match code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
                        true => typed(&code, xsd::STRING),
                        false => return self.kept(path, value),
                    }
                }
                "region" if text.trim().is_empty() => return self.kept(path, value),
                _ => typed(text, xsd::STRING),
            },
            (Form::Integer, Value::Number(number)) if !number.is_f64() => {
                typed(&number.to_string(), xsd::INTEGER)
            }
            (Form::Float | Form::Integer, Value::Number(number)) => {
                typed(&number.to_string(), xsd::DOUBLE)
            }
            (Form::Boolean, Value::Bool(yes)) => typed(&yes.to_string(), xsd::BOOLEAN),
            (Form::Reference, Value::String(id)) => {
                let path = dollar(path);
                let id = RecordId::parse(id).map_err(|error| format!("{path}: {error}"))?;
                node(&id)
            }
            (Form::Reference, other) => {
                return Err(format!("{}: {other} is no id of an object", dollar(path)));
            }
            (Form::Hashes | Form::Dictionary, Value::Object(fields)) => {
                for (name, held) in fields {
                    self.entry(subject, key, form, name, held, path);
                }
                return Ok(());
            }
            (Form::Extensions, Value::Object(fields)) => {
                for (name, held) in fields {
                    let path = format!("{path}.{name}");
                    match (spec::kind(name).filter(|_| name.ends_with("-ext")), held) {
                        (Some(spec), Value::Object(held)) => {
                            self.part(subject, key, spec, held, &path)?;
                        }
                        _ => self.keep(&path, held),
                    }
                }
                return Ok(());
            }
            (Form::Object(kind), Value::Object(fields)) => {
                let spec = spec::kind(kind).unwrap_or_else(spec::other);
                return self.part(subject, key, spec, fields, path);
            }
            _ => return self.kept(path, value),
        };
        self.say_of(subject, path, property.as_ref(), object);
        Ok(())
    }

    /// When it was first or last seen, as the date it is among Fieldmark's.
    fn seen(&mut self, path: &str, property: NamedNodeRef<'_>, time: &str) {
        let day = time.split('T').next().unwrap_or(time);
        if is_unknown(day) {
            let said = format!("{path} {time}, which tools write for unknown");
            self.words(path, properties::FM_DATE_TEXT, &said, "en");
        } else {
            self.date(path, property, time);
        }
    }

    /// An object within the object, as a part of the record.
    fn part(
        &mut self,
        subject: &str,
        key: &str,
        spec: &Kind,
        fields: &Map<String, Value>,
        path: &str,
    ) -> Result<(), String> {
        let part = self.joined(subject, key, path);
        let class = NamedNode::new_unchecked(format!("{STIX}{}", spec.class));
        self.hold(&part, path, properties::RDF_TYPE, class);
        for (name, value) in fields {
            self.property(&part, spec, name, value, &format!("{path}.{name}"))?;
        }
        Ok(())
    }

    /// One entry of a dictionary or of a list of hashes, as a part of the record.
    fn entry(
        &mut self,
        subject: &str,
        key: &str,
        form: Form,
        name: &str,
        held: &Value,
        path: &str,
    ) {
        let path = format!("{path}.{name}");
        let part = self.joined(subject, key, &path);
        let [of, is] = match form {
            Form::Hashes => ["hash_algorithm", "hash_value"],
            _ => ["dictionary_key", "dictionary_value"],
        }
        .map(|name| NamedNode::new_unchecked(format!("{STIX}{name}")));
        self.say_of(&part, &path, of.as_ref(), Literal::new_simple_literal(name));
        match held {
            Value::String(text) => {
                self.say_of(&part, &path, is.as_ref(), Literal::new_simple_literal(text));
            }
            other => self.keep(&path, other),
        }
    }

    /// The IRI of a part, which is joined to what holds it.
    fn joined(&mut self, subject: &str, key: &str, path: &str) -> String {
        let name: String = path
            .chars()
            .map(|c| match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => c,
                _ => '.',
            })
            .collect();
        // Two names may look alike when only such letters are left of them.
        let told_apart = match name.len() == path.len() && !path.contains(|c: char| !c.is_ascii()) {
            true => String::new(),
            false => format!(
                ".{}",
                RecordId::derived("part", path).as_str().split_at(6).1
            ),
        };
        let part = format!("{}#{name}{told_apart}", self.id.iri());
        let property = NamedNode::new_unchecked(format!("{STIX}{key}"));
        let to = NamedNode::new_unchecked(&part);
        self.hold(subject, path, property.as_ref(), to);
        part
    }

    fn kept(&mut self, path: &str, value: &Value) -> Result<(), String> {
        self.keep(path, value);
        Ok(())
    }

    /// Keeps what has no statement of its own.
    fn keep(&mut self, path: &str, value: &Value) {
        let fields = self.rest.entry(path.to_owned()).or_default();
        fields.insert(path.to_owned(), value.clone());
    }
}

pub(super) fn node(id: &RecordId) -> Term {
    NamedNode::new_unchecked(id.iri()).into()
}

pub(super) fn tagged(words: &str, lang: &str) -> Literal {
    Literal::new_language_tagged_literal(words, lang)
        .unwrap_or_else(|_| Literal::new_language_tagged_literal_unchecked(words, "und"))
}

/// A selector as a JSON path.
fn dollar(path: &str) -> String {
    format!("$.{}", path.replace(".[", "["))
}

/// Every id of an object that a value holds, at any depth.
fn mentioned(value: &Value, out: &mut BTreeSet<RecordId>) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => out.extend(RecordId::parse(text)),
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                out.extend(fields.keys().filter_map(|key| RecordId::parse(key).ok()));
                open.extend(fields.values());
            }
            _ => {}
        }
    }
}

/// What to call an object, and where that stands; what STIX gives no name may be called by what
/// identifies it.
fn name(json: &Value, kind: &str) -> Option<(String, String)> {
    let of = |key: &&str| {
        let value = text(json, key).filter(|name| !name.trim().is_empty())?;
        Some(((*key).to_owned(), value.to_owned()))
    };
    NAMES.iter().find_map(of).or_else(|| match kind {
        "location" => ["city", "administrative_area", "country", "region"]
            .iter()
            .find_map(of)
            .or_else(|| {
                let [north, east] = ["latitude", "longitude"].map(|key| json[key].as_f64());
                Some(("latitude".to_owned(), format!("{}, {}", north?, east?)))
            }),
        "user-account" => ["account_type"].iter().find_map(of),
        _ => None,
    })
}

/// The classes of an object.
pub(super) fn types(json: &Value, kind: &str) -> Vec<NamedNode> {
    let oasis = spec::kind(kind).map(|spec| format!("{STIX}{}", spec.class));
    let noun = NOUNS
        .iter()
        .find(|(name, _, types)| types.contains(&kind) && !matches!(*name, "Claim" | "Persona"))
        .and_then(|(name, ..)| fieldmark_model::Noun::from_name(name))
        .and_then(class_of);
    let is_botnet = || {
        let kinds = json["infrastructure_types"].as_array();
        kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind == "botnet"))
    };
    let narrow = match (kind, text(json, "identity_class")) {
        ("identity", Some("organization")) => Some(classes::PROV_ORGANIZATION),
        ("identity", Some("individual")) => Some(classes::PROV_PERSON),
        ("identity", Some("group" | "class")) => Some(classes::FM_GROUP),
        ("identity", _) => None,
        ("infrastructure", _) => Some(classes::FM_BOT_NETWORK).filter(|_| is_botnet()),
        _ => noun,
    };
    let mut out: Vec<NamedNode> = narrow.map(NamedNodeRef::into_owned).into_iter().collect();
    match oasis {
        Some(class) => out.push(NamedNode::new_unchecked(class)),
        None if out.is_empty() => out.push(NamedNode::new_unchecked(format!("{STIX}StixObject"))),
        None => {}
    }
    let mut seen = BTreeSet::new();
    out.retain(|class| seen.insert(class.as_str().to_owned()));
    out
}

/// Whether a day is what tools write when they know none: the epoch, and the far future.
fn is_unknown(day: &str) -> bool {
    day == "1970-01-01" || day.split('-').next().is_some_and(|year| year >= "5000")
}
