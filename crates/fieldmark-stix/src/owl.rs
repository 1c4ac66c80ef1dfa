//! Cases written in OASIS's STIX ontology, as records.
//!
//! A subject with a `stix:id` becomes the record of that id: it gets the classes its type calls
//! for, a name in its language, dates that keep their precision, and references to other records.
//! What it leads to that has no id of its own (an external reference, a kill chain phase) becomes
//! a part of it. Who ran what is a claim here, so `attributed-to` is left out and reported.
//!
//! Everything is done in one pass over the subjects; memory grows with the statements held.

mod marking;
mod terms;

use fieldmark_model::RecordId;
use fieldmark_rdf::gather::Stray;
use fieldmark_rdf::read::Placed;
use fieldmark_rdf::vocab::properties;
use marking::Marks;
use oxrdf::{BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use terms::{Role, leads, stix};

/// A part that several records lead to is repeated in each, up to this many statements.
const MOST_REPEATED: usize = 32;

const TOO_LARGE: &str = "several records share it and it is too large to be repeated in each: give it a stix:id \"type--uuid\" of its own, or name a smaller part in each record";
const LOOSE: &str = "it has no stix:id and no record leads to it: give it a stix:id \"type--uuid\" to make it a record, or name it in one";

/// Turns statements that use OASIS's STIX ontology into statements about records, and lists the
/// subjects that are none.
///
/// Statements about Fieldmark records, and those that have nothing to do with STIX, come back as
/// they were.
pub fn adopt(statements: Vec<Placed>) -> (Vec<Placed>, Vec<Stray>) {
    let (subjects, mut out) = Subjects::gather(statements);
    let owners = subjects.owners();
    let (mut strays, taken) = subjects.set_aside(&owners);
    let mut by_id: BTreeMap<RecordId, Vec<usize>> = BTreeMap::new();
    for (at, subject) in subjects.all.iter().enumerate() {
        if let Role::Record(id) = &subject.role {
            by_id.entry(id.clone()).or_default().push(at);
        }
    }
    for (id, members) in by_id {
        let mut adoption = Adoption::new(&subjects, &owners, &id);
        members.iter().for_each(|at| adoption.take(*at));
        let first = &subjects.all[members[0]];
        match adoption.finish() {
            Ok(Adopted {
                placed,
                attributions,
            }) => {
                out.extend(placed);
                if let Some(line) = attributions.first() {
                    strays.push(first.stray(*line, attributions.len(), terms::ATTRIBUTION));
                }
            }
            Err((statements, why)) => strays.push(first.stray(first.line, statements, why)),
        }
    }
    for (at, subject) in subjects.all.into_iter().enumerate() {
        // What nobody here can place is left to the gatherer, which knows the other records.
        let passes = match subject.role {
            Role::Foreign => true,
            Role::Part => {
                subject.name.is_blank_node()
                    && !taken[at]
                    && (subject.ours || owners[at] == Owner::Nobody)
            }
            Role::Record(_) | Role::Aside { .. } => false,
        };
        if passes {
            out.extend(subject.statements);
        }
    }
    strays.sort_by(|a, b| (a.line, &a.subject).cmp(&(b.line, &b.subject)));
    (out, strays)
}

/// Everything said about one subject that is not a Fieldmark record yet.
struct Subject {
    name: NamedOrBlankNode,
    line: Option<u64>,
    statements: Vec<Placed>,
    role: Role,
    /// Whether a Fieldmark record leads to it.
    ours: bool,
}

impl Subject {
    fn stray(&self, line: Option<u64>, statements: usize, why: impl Into<String>) -> Stray {
        Stray {
            subject: self.name.to_string(),
            line,
            statements,
            why: why.into(),
        }
    }
}

struct Subjects {
    all: Vec<Subject>,
    places: HashMap<NamedOrBlankNode, usize>,
    /// The marking definitions that state terms of use and leave the circle of readers open.
    open: HashSet<RecordId>,
}

/// Whose part a subject is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Owner {
    Nobody,
    One(RecordId),
    Several,
}

impl Subjects {
    /// Sorts statements by subject; those about Fieldmark records are handed back untouched.
    fn gather(statements: Vec<Placed>) -> (Self, Vec<Placed>) {
        let mut ours = Vec::new();
        let mut all: Vec<Subject> = Vec::new();
        let mut places = HashMap::new();
        for placed in statements {
            if let NamedOrBlankNode::NamedNode(node) = &placed.quad.subject
                && RecordId::owner_of(node.as_str()).is_some()
            {
                ours.push(placed);
                continue;
            }
            let at = *places
                .entry(placed.quad.subject.clone())
                .or_insert_with(|| {
                    all.push(Subject {
                        name: placed.quad.subject.clone(),
                        line: placed.line,
                        statements: Vec::new(),
                        role: Role::Part,
                        ours: false,
                    });
                    all.len() - 1
                });
            all[at].statements.push(placed);
        }
        for subject in &mut all {
            subject.role = terms::role(&subject.name, &subject.statements);
        }
        let mut subjects = Self {
            all,
            places,
            open: HashSet::new(),
        };
        subjects.follow_ours(&ours);
        subjects.open = subjects
            .all
            .iter()
            .enumerate()
            .filter_map(|(at, subject)| match &subject.role {
                Role::Record(id)
                    if id.stix_type() == "marking-definition" && subjects.is_terms_of_use(at) =>
                {
                    Some(id.clone())
                }
                _ => None,
            })
            .collect();
        (subjects, ours)
    }

    fn place(&self, term: &Term) -> Option<usize> {
        let name = match term {
            Term::NamedNode(node) => NamedOrBlankNode::NamedNode(node.clone()),
            Term::BlankNode(node) => NamedOrBlankNode::BlankNode(node.clone()),
            _ => return None,
        };
        self.places.get(&name).copied()
    }

    /// The subjects that a subject's statements lead to.
    fn next(&self, at: usize) -> impl Iterator<Item = usize> {
        self.all[at]
            .statements
            .iter()
            .filter(|placed| leads(&placed.quad.predicate))
            .filter_map(|placed| self.place(&placed.quad.object))
    }

    fn follow_ours(&mut self, ours: &[Placed]) {
        let is_blank_part = |subjects: &Self, at: usize| {
            subjects.all[at].name.is_blank_node()
                && !matches!(subjects.all[at].role, Role::Record(_))
        };
        let mut open: Vec<usize> = ours
            .iter()
            .filter(|placed| placed.quad.object.is_blank_node())
            .filter_map(|placed| self.place(&placed.quad.object))
            .collect();
        while let Some(at) = open.pop() {
            if is_blank_part(self, at) && !self.all[at].ours {
                self.all[at].ours = true;
                // A Fieldmark record's own blank node is no stray, whatever it speaks of.
                self.all[at].role = Role::Part;
                open.extend(self.next(at).collect::<Vec<_>>());
            }
        }
    }

    /// Whether a marking definition, with what it leads to, states terms of use and no level.
    fn is_terms_of_use(&self, at: usize) -> bool {
        let parts = self
            .next(at)
            .filter(|at| matches!(self.all[*at].role, Role::Part));
        let said: Vec<&Quad> = std::iter::once(at)
            .chain(parts)
            .flat_map(|at| self.all[at].statements.iter().map(|placed| &placed.quad))
            .collect();
        said.iter().any(|quad| marking::states_terms(quad))
            && !said.iter().any(|quad| marking::states_level(quad))
    }

    /// Whose part every subject is. A subject is looked at when a first record leads to it and
    /// once more when a second does, so the walk is linear.
    fn owners(&self) -> Vec<Owner> {
        let mut owners = vec![Owner::Nobody; self.all.len()];
        for (at, subject) in self.all.iter().enumerate() {
            let Role::Record(id) = &subject.role else {
                continue;
            };
            let mut open: Vec<usize> = self.next(at).collect();
            while let Some(at) = open.pop() {
                if !matches!(self.all[at].role, Role::Part) {
                    continue;
                }
                owners[at] = match &owners[at] {
                    Owner::Nobody if self.all[at].ours => Owner::Several,
                    Owner::Nobody => Owner::One(id.clone()),
                    Owner::One(owner) if owner != id => Owner::Several,
                    Owner::One(_) | Owner::Several => continue,
                };
                open.extend(self.next(at));
            }
        }
        owners
    }

    /// The subjects that are no record and no part of one, each with what only it leads to; and
    /// which subjects are accounted for by that.
    fn set_aside(&self, owners: &[Owner]) -> (Vec<Stray>, Vec<bool>) {
        let mut led = vec![false; self.all.len()];
        for at in (0..self.all.len()).flat_map(|at| self.next(at)) {
            led[at] = true;
        }
        // Names first, then blank nodes that nothing leads to: the rest belongs to one of these.
        let is_aside = |at: &usize| matches!(self.all[*at].role, Role::Aside { .. });
        let mut roots: Vec<usize> = (0..self.all.len()).filter(is_aside).collect();
        roots.sort_by_key(|at| (self.all[*at].name.is_blank_node(), led[*at]));
        let mut taken = vec![false; self.all.len()];
        let mut strays = Vec::new();
        for root in roots {
            let Role::Aside { why, .. } = &self.all[root].role else {
                continue;
            };
            if std::mem::replace(&mut taken[root], true) {
                continue;
            }
            let mut statements = self.all[root].statements.len();
            let mut open: Vec<usize> = self.next(root).collect();
            while let Some(at) = open.pop() {
                let part = &self.all[at];
                let belongs = match &part.role {
                    Role::Part => owners[at] == Owner::Nobody && !part.ours,
                    Role::Aside { id: None, .. } => part.name.is_blank_node(),
                    _ => false,
                };
                if belongs && !std::mem::replace(&mut taken[at], true) {
                    statements += part.statements.len();
                    open.extend(self.next(at));
                }
            }
            strays.push(self.all[root].stray(self.all[root].line, statements, why.clone()));
        }
        for (at, part) in self.all.iter().enumerate() {
            let why = match &owners[at] {
                _ if taken[at] || !matches!(part.role, Role::Part) => continue,
                Owner::Nobody if part.name.is_named_node() => LOOSE,
                Owner::Several if !part.ours && self.repeated(at).is_none() => TOO_LARGE,
                _ => continue,
            };
            strays.push(part.stray(part.line, part.statements.len(), why));
        }
        (strays, taken)
    }

    /// A part and what it leads to, if it is small enough to be repeated in several records.
    fn repeated(&self, at: usize) -> Option<Vec<usize>> {
        let mut parts = vec![at];
        let mut statements = 0;
        let mut looked = 0;
        while let Some(at) = parts.get(looked).copied() {
            looked += 1;
            statements += self.all[at].statements.len();
            if statements > MOST_REPEATED {
                return None;
            }
            for next in self.next(at) {
                if matches!(self.all[next].role, Role::Part) && !parts.contains(&next) {
                    parts.push(next);
                }
            }
        }
        Some(parts)
    }
}

/// What became of one record.
struct Adopted {
    placed: Vec<Placed>,
    /// The lines of the attributions that were stated as plain facts of it.
    attributions: Vec<Option<u64>>,
}

/// One record in the making.
struct Adoption<'a> {
    subjects: &'a Subjects,
    owners: &'a [Owner],
    id: &'a RecordId,
    iri: NamedNode,
    placed: Vec<Placed>,
    attributions: Vec<Option<u64>>,
    markings: BTreeSet<RecordId>,
    /// Whether it bears a marking that cannot be read.
    unclear: bool,
    names: HashMap<usize, BlankNode>,
    waiting: Vec<usize>,
}

impl<'a> Adoption<'a> {
    fn new(subjects: &'a Subjects, owners: &'a [Owner], id: &'a RecordId) -> Self {
        Self {
            subjects,
            owners,
            id,
            iri: marking::iri(id),
            placed: Vec::new(),
            attributions: Vec::new(),
            markings: BTreeSet::new(),
            unclear: false,
            names: HashMap::new(),
            waiting: Vec::new(),
        }
    }

    /// Takes in a subject that has the record's id, with the parts it leads to.
    fn take(&mut self, at: usize) {
        self.state_all(&self.iri.clone().into(), at);
        while let Some(part) = self.waiting.pop() {
            if let Some(name) = self.names.get(&part) {
                self.state_all(&name.clone().into(), part);
            }
        }
    }

    fn state_all(&mut self, subject: &NamedOrBlankNode, at: usize) {
        let subjects = self.subjects;
        for placed in &subjects.all[at].statements {
            self.state(subject, placed);
        }
    }

    fn state(&mut self, subject: &NamedOrBlankNode, Placed { quad, line }: &Placed) {
        let term = stix(&quad.predicate).unwrap_or_default();
        if terms::attributes(term) {
            self.attributions.push(*line);
            return;
        }
        if quad.predicate.as_ref() == properties::RDF_TYPE && terms::says_nothing(&quad.object) {
            return;
        }
        let mut predicate = quad.predicate.clone();
        let object = match &quad.object {
            Term::Literal(literal) => self.literal(term, literal, &mut predicate),
            other => self.reference(Some(&quad.predicate), other),
        };
        if let Some(marks) = stix(&predicate).and_then(marking::marks) {
            self.mark(marks, &quad.object, object.as_ref());
        }
        let Some(object) = object else { return };
        let graph_name = match &quad.graph_name {
            GraphName::NamedNode(node) => match self.reference(None, &node.clone().into()) {
                Some(Term::NamedNode(node)) => node.into(),
                _ => quad.graph_name.clone(),
            },
            other => other.clone(),
        };
        let quad = Quad {
            subject: subject.clone(),
            predicate,
            object,
            graph_name,
        };
        self.placed.push(Placed { quad, line: *line });
    }

    /// Heeds a marking, or remembers that it cannot be read.
    fn mark(&mut self, marks: Marks, written: &Term, object: Option<&Term>) {
        if self.id.stix_type() == "marking-definition" && marks == Marks::Unclear {
            // A definition describes a marking without bearing it.
            return;
        }
        let id = object.and_then(|object| marking::named(marks, object));
        let part = self.subjects.place(written);
        let heeded = part.filter(|_| marks == Marks::Part).is_some_and(|part| {
            let said = self.subjects.all[part].statements.iter();
            self.names.contains_key(&part) && marking::is_granular(said.map(|placed| &placed.quad))
        });
        self.unclear |= id.is_none() && !heeded;
        self.markings.extend(id);
    }

    /// A literal as Fieldmark writes it. An id in a text property becomes the reference it means,
    /// under the property for references.
    fn literal(&self, term: &str, literal: &Literal, predicate: &mut NamedNode) -> Option<Term> {
        let refers = term.strip_suffix("_string").unwrap_or(term);
        if (refers.ends_with("_ref") || refers.ends_with("_refs"))
            && let Ok(id) = RecordId::parse(literal.value())
        {
            let space = fieldmark_rdf::vocab::STIX;
            *predicate = NamedNode::new_unchecked(format!("{space}{refers}"));
            return Some(marking::iri(&id).into());
        }
        let written = match term {
            "first_seen" | "last_seen" => terms::edtf(literal),
            "url" => Some(Literal::new_typed_literal(
                literal.value(),
                oxrdf::vocab::xsd::ANY_URI,
            )),
            _ => None,
        };
        Some(written.unwrap_or_else(|| literal.clone()).into())
    }

    /// What a reference leads to from now on; none when that is a blank node left aside. `by` is
    /// the property, if it is one and not the name of a graph.
    fn reference(&mut self, by: Option<&NamedNode>, object: &Term) -> Option<Term> {
        let left = (!object.is_blank_node()).then(|| object.clone());
        let Some(at) = self.subjects.place(object) else {
            let Term::NamedNode(node) = object else {
                return Some(object.clone());
            };
            let refers =
                by.is_none_or(|by| leads(by) && stix(by).is_some_and(|term| term != "url"));
            let id = terms::named_record(node.as_str()).filter(|_| refers);
            return Some(id.map_or_else(|| object.clone(), |id| marking::iri(&id).into()));
        };
        match &self.subjects.all[at].role {
            Role::Record(id) | Role::Aside { id: Some(id), .. } => Some(marking::iri(id).into()),
            Role::Foreign | Role::Aside { id: None, .. } => left,
            // A class or a graph is no part, even when the input says something about it.
            Role::Part if !by.is_some_and(leads) => left,
            Role::Part => {
                let alone = matches!(&self.owners[at], Owner::One(owner) if owner == self.id);
                if !alone && !self.names.contains_key(&at) && self.subjects.repeated(at).is_none() {
                    return left;
                }
                let name = self.names.entry(at).or_insert_with(|| {
                    self.waiting.push(at);
                    match &self.subjects.all[at].name {
                        NamedOrBlankNode::BlankNode(node) if alone => node.clone(),
                        _ => BlankNode::default(),
                    }
                });
                Some(name.clone().into())
            }
        }
    }

    /// The record's statements, under the policy its markings call for.
    ///
    /// # Errors
    /// How many statements there are and why they cannot be adopted.
    fn finish(mut self) -> Result<Adopted, (usize, &'static str)> {
        let count = self.placed.len() + self.attributions.len();
        if self.unclear {
            return Err((count, marking::UNCLEAR));
        }
        let added = self.added();
        self.placed.extend(added);
        let governing = marking::governing(&self.markings, &self.subjects.open);
        let governing = governing.map_err(|why| (count, why))?;
        for placed in &mut self.placed {
            marking::place(&mut placed.quad, governing.as_ref()).map_err(|why| (count, why))?;
        }
        Ok(Adopted {
            placed: self.placed,
            attributions: self.attributions,
        })
    }

    /// What the record's own statements call for besides: classes, names and a description.
    fn added(&self) -> Vec<Placed> {
        let iri = NamedOrBlankNode::from(self.iri.clone());
        let own: Vec<&Placed> = self
            .placed
            .iter()
            .filter(|p| p.quad.subject == iri)
            .collect();
        let of = |name: &'static str| {
            own.iter()
                .filter_map(move |placed| match &placed.quad.object {
                    Term::Literal(literal) if stix(&placed.quad.predicate) == Some(name) => {
                        Some((*placed, literal))
                            .filter(|(_, literal)| !literal.value().trim().is_empty())
                    }
                    _ => None,
                })
        };
        let add = |beside: &Placed, predicate: NamedNode, object: Term| Placed {
            quad: Quad {
                subject: iri.clone(),
                predicate,
                object,
                graph_name: beside.quad.graph_name.clone(),
            },
            line: beside.line,
        };
        let mut added = Vec::new();
        let stated: BTreeSet<&str> = own
            .iter()
            .filter(|placed| placed.quad.predicate.as_ref() == properties::RDF_TYPE)
            .filter_map(|placed| match &placed.quad.object {
                Term::NamedNode(node) => Some(node.as_str()),
                _ => None,
            })
            .collect();
        let identity_class = of("identity_class")
            .map(|(_, literal)| literal.value())
            .next();
        let beside = of("type").chain(of("id")).map(|(placed, _)| placed).next();
        for class in terms::missing_classes(self.id, &stated, identity_class) {
            added.extend(beside.map(|b| add(b, properties::RDF_TYPE.into_owned(), class.into())));
        }
        let tag = of("lang")
            .map(|(_, literal)| literal.value())
            .next()
            .unwrap_or("en");
        let tagged = |literal: &Literal| {
            let tag = literal.language().unwrap_or(tag);
            Literal::new_language_tagged_literal(literal.value().trim(), tag).unwrap_or_else(|_| {
                Literal::new_language_tagged_literal_unchecked(literal.value().trim(), "en")
            })
        };
        let mut called: BTreeMap<String, String> = own
            .iter()
            .filter(|placed| placed.quad.predicate.as_ref() == properties::SKOS_PREF_LABEL)
            .filter_map(|placed| match &placed.quad.object {
                Term::Literal(l) => Some((l.language()?.to_owned(), l.value().to_owned())),
                _ => None,
            })
            .collect();
        // Accounts and places need no name in STIX; what identifies them serves as one.
        let substitutes: &[&'static str] = match self.id.stix_type() {
            "user-account" => &["display_name", "account_login", "user_id"],
            "location" => &["region", "country"],
            _ => &[],
        };
        let names: Vec<_> = of("name").collect();
        let substitute = substitutes.iter().flat_map(|name| of(name)).take(1);
        let substitute = substitute
            .filter(|_| names.is_empty() && called.is_empty())
            .collect::<Vec<_>>();
        let aliases = of("alias").chain(of("aliases"));
        for (beside, literal, is_name) in names
            .into_iter()
            .chain(substitute)
            .map(|(beside, literal)| (beside, literal, true))
            .chain(aliases.map(|(beside, literal)| (beside, literal, false)))
        {
            let literal = tagged(literal);
            let language = literal.language().unwrap_or("en").to_owned();
            let known = called.get(&language);
            if known.is_some_and(|known| known == literal.value()) {
                continue;
            }
            // One name a language; what else it is called stands beside it.
            let predicate = if is_name && known.is_none() {
                called.insert(language, literal.value().to_owned());
                properties::SKOS_PREF_LABEL
            } else {
                properties::SKOS_ALT_LABEL
            };
            added.push(add(beside, predicate.into_owned(), literal.into()));
        }
        for (beside, literal) in of("description") {
            let predicate = properties::DCTERMS_DESCRIPTION.into_owned();
            added.push(add(beside, predicate, tagged(literal).into()));
        }
        added
    }
}

#[cfg(test)]
mod tests;
