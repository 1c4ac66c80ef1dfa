//! What a record says once an order is carried out: the statements that its writer sees now, and those
//! they are to become.

use super::fill::{Amiss, Filled, Reading, fill};
use super::kinds::{class_of_kind, kinds, nouns, one_of};
use super::marked::{Marked, take};
use super::{Order, Said, Stance, Terms, expected, opened, unfit};
use crate::answer::names::find;
use crate::caller::Caller;
use crate::incoming::MARKINGS;
use crate::problem::Problem;
use crate::state::Desk;
use fieldmark_model::{ClaimKind, Noun, RecordId, Tlp};
use fieldmark_rdf::record::stated_by;
use fieldmark_rdf::vocab::{DERIVATIONS, classes, properties, values};
use fieldmark_store::View;
use fieldmark_store::author::{Expected, Opened};
use fieldmark_store::gate::Writer;
use fieldmark_store::shapes::Shapes;
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use serde_json::Value;
use std::collections::HashSet;
use uuid::Uuid;

/// A record before and after.
pub(super) struct Composed {
    pub id: RecordId,
    /// What its writer sees of it; nothing of a new one.
    pub before: Vec<Quad>,
    pub after: Vec<Quad>,
    pub expected: Expected,
    /// The bytes it came in, where it says again what came from outside.
    pub received: Option<Vec<u8>>,
}

/// What a new record is made with.
#[derive(Clone, Copy)]
struct With<'a> {
    view: &'a View,
    author: &'a str,
    terms: &'a Terms,
}

impl With<'_> {
    /// An id of its own; of a request that may be sent again, one that follows from its key, so that
    /// it proposes the same record again.
    fn id(self, kind: &str) -> Result<RecordId, Problem> {
        if let Some(word) = &self.terms.key {
            return Ok(RecordId::derived(kind, &format!("{}\n{word}", self.author)));
        }
        let id = format!("{kind}--{}", Uuid::new_v4());
        RecordId::parse(&id).map_err(|error| Problem::internal(&error))
    }
}

pub(super) fn compose(
    desk: &Desk,
    caller: &Caller,
    writer: &Writer,
    view: &View,
    order: &Order,
    terms: &Terms,
) -> Result<Composed, Problem> {
    let with = With {
        view,
        author: writer.author(),
        terms,
    };
    match order {
        Order::Assert(said) => claim(with, said.clone(), Vec::new()),
        Order::Create(said) => record(with, said.clone()),
        Order::Same(one, other, said) => {
            let mut said = said.clone();
            same(view, one, other, &mut said)?;
            claim(with, said, Vec::new())
        }
        Order::Answer(of, stance, said) => {
            let (target, opened) = opened(desk, writer, view, of)?;
            answer(with, &target, &opened.seen, *stance, said.clone())
        }
        Order::Revise(of, said) => {
            let (id, opened) = opened(desk, writer, view, of)?;
            revision(view, id, opened, said.clone(), terms)
        }
        Order::Withdraw(of) => {
            let (id, opened) = opened(desk, writer, view, of)?;
            is_claim(&id, &opened.seen)?;
            let withdrawn = Term::from(values::FM_WITHDRAWN.into_owned());
            if of_property(&opened.seen, &id, properties::FM_STATUS)
                .any(|quad| quad.object == withdrawn)
            {
                return Err(unfit(
                    "this claim was withdrawn already; nothing was changed. Where its assessor says it again, assert a new claim",
                ));
            }
            revision(view, id, opened, said("status", "withdrawn".into()), terms)
        }
        Order::Revert(of) => {
            let steward = caller.steward()?;
            let (id, opened) = opened(desk, writer, view, of)?;
            let earlier = desk.base.before_last(&steward, &id)?;
            let (earlier, received) = earlier.ok_or_else(|| {
                unfit("there is nothing to go back to: its last revision added it. Withdraw the claim, or revise what is wrong")
            })?;
            Ok(Composed {
                after: earlier.quads().to_vec(),
                expected: expected(terms, &opened)?,
                before: opened.seen,
                id,
                received,
            })
        }
        Order::Attach(of, evidence) => {
            let (id, opened) = opened(desk, writer, view, of)?;
            is_claim(&id, &opened.seen)?;
            let mut all: Vec<Value> = of_property(&opened.seen, &id, properties::FM_EVIDENCE)
                .filter_map(|quad| match &quad.object {
                    Term::NamedNode(node) => Some(Value::from(node.as_str())),
                    _ => None,
                })
                .collect();
            match evidence {
                Value::Array(more) => all.extend(more.iter().cloned()),
                one => all.push(one.clone()),
            }
            revision(view, id, opened, said("evidence", all.into()), terms)
        }
    }
}

fn said(name: &str, value: Value) -> Said {
    [(name.to_owned(), value)].into_iter().collect()
}

fn revision(
    view: &View,
    id: RecordId,
    opened: Opened,
    said: Said,
    terms: &Terms,
) -> Result<Composed, Problem> {
    Ok(Composed {
        after: revised(view, &id, &opened.seen, said, terms)?,
        expected: expected(terms, &opened)?,
        before: opened.seen,
        id,
        received: None,
    })
}

fn amiss(amiss: Vec<Amiss>) -> Problem {
    let amiss = amiss.into_iter();
    let amiss: Vec<String> = amiss
        .map(|one| format!("{}: {}", one.name, one.why))
        .collect();
    unfit(format!("nothing was written. {}", amiss.join("; ")))
}

fn is_claim(id: &RecordId, seen: &[Quad]) -> Result<(), Problem> {
    match types(seen, id).contains(&classes::FM_CLAIM) {
        true => Ok(()),
        false => Err(unfit(format!("{id} is no claim"))),
    }
}

/// The statements of one property of the record itself.
pub(super) fn of_property<'q>(
    quads: &'q [Quad],
    id: &RecordId,
    property: NamedNodeRef<'q>,
) -> impl Iterator<Item = &'q Quad> {
    let iri = id.iri();
    quads
        .iter()
        .filter(move |quad| quad.predicate.as_ref() == property && is_of(quad, &iri))
}

pub(super) fn is_of(quad: &Quad, iri: &str) -> bool {
    matches!(&quad.subject, NamedOrBlankNode::NamedNode(node) if node.as_str() == iri)
}

/// The classes that a record states.
pub(super) fn types<'q>(quads: &'q [Quad], id: &RecordId) -> Vec<NamedNodeRef<'q>> {
    let iri = id.iri();
    let own = quads
        .iter()
        .filter(|quad| quad.predicate.as_ref() == properties::RDF_TYPE && is_of(quad, &iri));
    own.filter_map(|quad| match &quad.object {
        Term::NamedNode(class) => Some(class.as_ref()),
        _ => None,
    })
    .collect()
}

fn quads(
    id: &RecordId,
    filled: Vec<Filled>,
    policy: impl Fn(&NamedNode) -> NamedNode,
) -> Vec<Quad> {
    let subject = NamedOrBlankNode::from(NamedNode::new_unchecked(id.iri()));
    let mut quads = Vec::new();
    for one in filled {
        let graph = GraphName::from(policy(&one.property));
        let own = one
            .values
            .into_iter()
            .map(|value| Quad::new(subject.clone(), one.property.clone(), value, graph.clone()));
        quads.extend(own);
        let parts = one.parts.into_iter();
        quads.extend(parts.map(|triple| triple.in_graph(graph.clone())));
    }
    quads
}

fn new(
    with: With<'_>,
    kind: &str,
    classes: &[NamedNode],
    mut said: Said,
) -> Result<Composed, Problem> {
    let id = with.id(kind)?;
    let marked = Marked::take(&mut said, with.view)?;
    let Some(whole) = marked.whole.clone() else {
        return Err(unfit(format!("marking: say who may see it: {MARKINGS}")));
    };
    let refs: Vec<NamedNodeRef<'_>> = classes.iter().map(NamedNode::as_ref).collect();
    let form = Shapes::embedded().form(&refs);
    let reading = Reading {
        view: with.view,
        lang: with.terms.lang,
        scales: [None, None],
    };
    let filled = fill(&form, &said, &reading).map_err(amiss)?;
    let mut after = quads(&id, filled, |property| {
        marked.of(property).unwrap_or(&whole).clone()
    });
    let subject = NamedNode::new_unchecked(id.iri());
    after.extend(classes.iter().map(|class| {
        Quad::new(
            subject.clone(),
            properties::RDF_TYPE,
            class.clone(),
            whole.clone(),
        )
    }));
    Ok(Composed {
        id,
        before: Vec::new(),
        after,
        expected: Expected::Absent,
        received: None,
    })
}

/// A claim. Unless said, it affirms, on no stated scale.
fn claim(with: With<'_>, mut said: Said, mut more: Vec<NamedNode>) -> Result<Composed, Problem> {
    let kinds = kinds();
    if let Some(kind) = take(&mut said, "kind")? {
        match one_of("kind", &kind, &kinds)? {
            Some(kind) => more.push(class_of_kind(kind)),
            // A denial is of an attribution unless it answers something else.
            None => {
                more.push(class_of_kind(ClaimKind::Attribution));
                said.entry("polarity").or_insert("denies".into());
            }
        }
    }
    if more.is_empty() {
        let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
        return Err(unfit(format!(
            "kind: say what the claim is about: {}",
            names.join(", ")
        )));
    }
    more.push(classes::FM_CLAIM.into_owned());
    said.entry("polarity").or_insert("affirms".into());
    said.entry("scale").or_insert("unstated".into());
    if said.contains_key("assertedAt") {
        said.entry("dateBasis").or_insert("stated".into());
    }
    let object = said.get("object").and_then(Value::as_str);
    let about_record = match object {
        Some(text) => find(with.view, text).is_ok(),
        None => false,
    };
    let kind = match about_record {
        true => "relationship",
        false => "note",
    };
    let mut composed = new(with, kind, &more, said)?;
    composed.after.extend(denial(&composed.after, &composed.id));
    Ok(composed)
}

/// That a claim is a denial beside its kind, where it denies; told to whom it is told that it denies.
fn denial(quads: &[Quad], id: &RecordId) -> Option<Quad> {
    let denies = Term::from(values::FM_DENIES.into_owned());
    of_property(quads, id, properties::FM_POLARITY)
        .find(|quad| quad.object == denies)
        .map(|quad| Quad {
            predicate: properties::RDF_TYPE.into_owned(),
            object: classes::FM_DENIAL.into_owned().into(),
            ..quad.clone()
        })
}

/// A record of another noun.
fn record(with: With<'_>, mut said: Said) -> Result<Composed, Problem> {
    let noun = take(&mut said, "noun")?.unwrap_or_default();
    let noun = one_of("noun", &noun, &nouns())?;
    let (classes, kind) = stated_by(noun);
    let classes: Vec<NamedNode> = classes.into_iter().map(NamedNodeRef::into_owned).collect();
    new(with, kind, &classes, said)
}

/// What follows from the claim that is answered.
const FOLLOWS: [&str; 7] = [
    "kind",
    "polarity",
    "subject",
    "object",
    "objectText",
    "level",
    "aliasRelation",
];

/// What one says on what another's claim says.
fn answer(
    with: With<'_>,
    target: &RecordId,
    seen: &[Quad],
    stance: Stance,
    mut said: Said,
) -> Result<Composed, Problem> {
    is_claim(target, seen)?;
    let denies = of_property(seen, target, properties::FM_POLARITY)
        .any(|quad| quad.object == Term::from(values::FM_DENIES.into_owned()));
    let polarity = match (stance, denies) {
        (Stance::Concurs, true) | (Stance::Disputes, false) => "denies",
        (Stance::Concurs, false) | (Stance::Disputes, true) => "affirms",
    };
    let relation = match stance {
        Stance::Concurs => "concursWith",
        Stance::Disputes => "disputes",
    };
    let same = |term: &Term| match term {
        Term::NamedNode(node) => Value::from(node.as_str()),
        Term::Literal(literal) => match literal.language() {
            Some(lang) => [(lang.to_owned(), literal.value().into())]
                .into_iter()
                .collect::<Said>()
                .into(),
            None => literal.value().into(),
        },
        _ => Value::Null,
    };
    for key in FOLLOWS {
        if said.contains_key(key) {
            return Err(unfit(format!(
                "{key}: it is that of the claim that is answered; assert a claim of your own to say something else"
            )));
        }
    }
    // It is about the same.
    for property in [
        properties::FM_SUBJECT,
        properties::FM_OBJECT,
        properties::FM_OBJECT_TEXT,
        properties::FM_LEVEL,
        properties::FM_ALIAS_RELATION,
    ] {
        let name = fieldmark_rdf::ontology::local(property.as_str());
        let all: Vec<Value> = of_property(seen, target, property)
            .map(|quad| same(&quad.object))
            .collect();
        if !all.is_empty() {
            said.insert(name.to_owned(), all.into());
        }
    }
    said.insert("polarity".to_owned(), polarity.into());
    let mut answered = match said.remove(relation) {
        Some(Value::Array(all)) => all,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    answered.push(target.as_str().into());
    said.insert(relation.to_owned(), answered.into());
    if !said.contains_key("marking") {
        let policy = of_property(seen, target, properties::RDF_TYPE).next();
        if let Some(GraphName::NamedNode(policy)) = policy.map(|quad| &quad.graph_name)
            && let Some(id) = RecordId::from_iri(policy.as_str())
        {
            let level = Tlp::of_marking(id.as_str()).map(|level| level.to_string());
            said.insert("marking".to_owned(), level.unwrap_or(id.to_string()).into());
        }
    }
    let stated = types(seen, target);
    let kinds = ClaimKind::ALL.into_iter().map(class_of_kind);
    let more: Vec<NamedNode> = kinds
        .filter(|class| stated.contains(&class.as_ref()))
        .collect();
    // What is one is given as one, as where it is filled in by hand.
    for name in ["subject", "object", "level", "aliasRelation"] {
        if let Some(Value::Array(all)) = said.get(name)
            && let [one] = all.as_slice()
        {
            let one = one.clone();
            said.insert(name.to_owned(), one);
        }
    }
    claim(with, said, more)
}

/// That two are one, as the kind of claim that says so of what they are.
fn same(view: &View, one: &str, other: &str, said: &mut Said) -> Result<(), Problem> {
    let (one, other) = (find(view, one)?, find(view, other)?);
    if one == other {
        return Err(unfit(
            "both names mean the same record already; nothing was changed",
        ));
    }
    let nodes = view.nodes(&[one.clone(), other.clone()])?;
    let networks = nodes
        .iter()
        .flatten()
        .filter(|node| node.noun == Noun::BotNetwork)
        .count();
    match networks {
        2 => said.insert("kind".to_owned(), ClaimKind::SameNetwork.name().into()),
        _ => {
            said.entry("aliasRelation").or_insert("closeMatch".into());
            said.insert("kind".to_owned(), ClaimKind::Alias.name().into())
        }
    };
    said.insert("subject".to_owned(), one.as_str().into());
    said.insert("object".to_owned(), other.as_str().into());
    Ok(())
}

/// The statements of a record with some properties said anew.
pub(super) fn revised(
    view: &View,
    id: &RecordId,
    before: &[Quad],
    mut said: Said,
    terms: &Terms,
) -> Result<Vec<Quad>, Problem> {
    let iri = id.iri();
    let marked = Marked::take(&mut said, view)?;
    let classes = types(before, id);
    let form = Shapes::embedded().form(&classes);
    let scale_of = |property| {
        let scale = of_property(before, id, property).next()?;
        match &scale.object {
            Term::NamedNode(node) => Some(node.as_str().to_owned()),
            _ => None,
        }
    };
    let reading = Reading {
        view,
        lang: terms.lang,
        scales: [
            scale_of(properties::FM_SCALE),
            scale_of(properties::FM_ASSUMED_SCALE),
        ],
    };
    let filled = fill(&form, &said, &reading).map_err(amiss)?;
    let anew: HashSet<&NamedNode> = filled.iter().map(|one| &one.property).collect();
    // What goes takes its parts with it.
    let gone = before
        .iter()
        .filter(|quad| anew.contains(&quad.predicate) && is_of(quad, &iri));
    let parts: HashSet<String> = gone
        .filter_map(|quad| match &quad.object {
            Term::NamedNode(node) if node.as_str().starts_with(&format!("{iri}#")) => {
                Some(node.as_str().to_owned())
            }
            _ => None,
        })
        .collect();
    let stays = |quad: &&Quad| {
        let part = match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => parts.contains(node.as_str()),
            NamedOrBlankNode::BlankNode(_) => false,
        };
        !(part || anew.contains(&quad.predicate) && is_of(quad, &iri))
    };
    let mut after: Vec<Quad> = before.iter().filter(stays).cloned().collect();
    // A value stands under what the property's values stood under, or what the record does.
    let stood = |property: NamedNodeRef<'_>| {
        let quad = before
            .iter()
            .find(|quad| quad.predicate.as_ref() == property && is_of(quad, &iri))?;
        match &quad.graph_name {
            GraphName::NamedNode(policy) => Some(policy.clone()),
            _ => None,
        }
    };
    let usual = stood(properties::RDF_TYPE);
    let policy = |property: &NamedNode| {
        marked
            .of(property)
            .cloned()
            .or_else(|| stood(property.as_ref()))
            .or_else(|| usual.clone())
            .unwrap_or_else(|| NamedNode::new_unchecked(iri.clone()))
    };
    let says_whether = anew.contains(&properties::FM_POLARITY.into_owned());
    after.extend(quads(id, filled, policy));
    for quad in &mut after {
        if let Some(policy) = marked.of(&quad.predicate).filter(|_| is_of(quad, &iri)) {
            quad.graph_name = policy.clone().into();
        } else if let Some(whole) = &marked.whole {
            quad.graph_name = whole.clone().into();
        }
    }
    if says_whether {
        let class = Term::from(classes::FM_DENIAL.into_owned());
        after
            .retain(|quad| quad.predicate.as_ref() != properties::RDF_TYPE || quad.object != class);
        after.extend(denial(&after, id));
    }
    Ok(after)
}

/// The relations by which a claim leads to others.
pub(super) fn derives(quad: &Quad) -> bool {
    DERIVATIONS.contains(&quad.predicate.as_ref())
}
