//! What a record of some classes may say, and how each value is written: read from the shapes, so that
//! a form to fill in and the check of what was filled in are one thing.

use super::{Constraint, Kind, Localised, Shapes};
use fieldmark_rdf::ontology::local;
use fieldmark_rdf::vocab::properties;
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef, Term};
use std::collections::BTreeMap;

/// One property that a record may state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The property's own name, such as `assertedAt`.
    pub name: String,
    /// The property.
    pub property: NamedNode,
    /// What its values are.
    pub holds: Holds,
    /// Whether there has to be one.
    pub needed: bool,
    /// Whether there may be several.
    pub many: bool,
    /// What is asked for, as the shape says it when it is not met.
    pub says: Localised,
}

/// What the values of a property are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// One of these terms.
    OneOf(Vec<NamedNode>),
    /// A record; where `or_term`, a term of the ontology will do.
    Record {
        /// Whether it may be a term.
        or_term: bool,
    },
    /// A scale, or a band of one.
    Scale,
    /// Another IRI, such as a web address.
    Iri,
    /// Words in a language.
    Words,
    /// A date that keeps its precision (EDTF).
    Date,
    /// A value of some other datatype.
    Literal(NamedNode),
}

impl Shapes {
    /// What records that are all of these may say, by name.
    ///
    /// ```
    /// use fieldmark_store::shapes::{Holds, Shapes};
    /// use fieldmark_rdf::vocab::classes::{FM_ATTRIBUTION, FM_CLAIM};
    /// let slots = Shapes::embedded().form(&[FM_ATTRIBUTION, FM_CLAIM]);
    /// let of = |name| slots.iter().find(|slot| slot.name == name).unwrap();
    /// assert!(of("assessor").needed && of("assessor").many);
    /// assert_eq!(of("assertedAt").holds, Holds::Date);
    /// assert!(!of("polarity").many);
    /// ```
    pub fn form(&self, classes: &[NamedNodeRef<'_>]) -> Vec<Slot> {
        let mut slots: BTreeMap<NamedNode, Slot> = BTreeMap::new();
        let targets = classes
            .iter()
            .filter_map(|class| self.by_class.get(&class.into_owned()))
            .flatten();
        for target in targets {
            let target = &self.shapes[*target];
            let own = target.path.is_some().then_some(target);
            let quotes = |path: &NamedNode| path.as_ref() == properties::FM_QUOTATION;
            let is_quoting = |at: &usize| self.shapes[*at].path.as_ref().is_some_and(quotes);
            let properties = target
                .constraints
                .iter()
                .flat_map(|constraint| match constraint {
                    Constraint::Property(at) => vec![*at],
                    // Words are quoted one way or another.
                    Constraint::Or(either) => either.iter().copied().filter(is_quoting).collect(),
                    _ => Vec::new(),
                })
                .map(|at| &self.shapes[at]);
            for shape in own.into_iter().chain(properties) {
                let Some(path) = shape.path.clone() else {
                    continue;
                };
                // What a record is, is said by what form it has.
                if path.as_ref() == properties::RDF_TYPE {
                    continue;
                }
                let slot = slots.entry(path).or_insert_with_key(|property| Slot {
                    name: local(property.as_str()).to_owned(),
                    property: property.clone(),
                    holds: Holds::Iri,
                    needed: false,
                    many: true,
                    says: shape.message.clone(),
                });
                for constraint in &shape.constraints {
                    match constraint {
                        Constraint::MinCount(count) => {
                            slot.needed |= *count > 0 && !quotes(&slot.property);
                        }
                        Constraint::MaxCount(count) => slot.many &= *count > 1,
                        _ => {}
                    }
                }
                if let Some(holds) = self.holds(&shape.constraints) {
                    slot.holds = holds;
                }
            }
        }
        let mut slots: Vec<Slot> = slots.into_values().collect();
        slots.sort_by(|a, b| a.name.cmp(&b.name));
        slots
    }

    fn holds(&self, constraints: &[Constraint]) -> Option<Holds> {
        let mut is_iri = false;
        for constraint in constraints {
            match constraint {
                Constraint::In(values) => {
                    let nodes = values.iter().filter_map(|value| match value {
                        Term::NamedNode(node) => Some(node.clone()),
                        _ => None,
                    });
                    let nodes: Vec<NamedNode> = nodes.collect();
                    if let Some(Term::Literal(literal)) = values.first() {
                        return Some(of_datatype(literal.datatype()));
                    }
                    return Some(Holds::OneOf(nodes));
                }
                Constraint::Datatype(datatype) => return Some(of_datatype(datatype.as_ref())),
                // A text with or without a language is words.
                Constraint::Or(either) => {
                    let mut either = either.iter().map(|at| &self.shapes[*at].constraints);
                    if either.all(|one| {
                        matches!(self.holds(one), Some(Holds::Words | Holds::Literal(_)))
                    }) {
                        return Some(Holds::Words);
                    }
                }
                Constraint::NodeKind(Kind::Iri) => is_iri = true,
                Constraint::Pattern(pattern) => {
                    let pattern = pattern.as_str();
                    let record =
                        pattern.contains("fieldmark/id/") || pattern.contains("fieldmark/(id/");
                    if record {
                        return Some(Holds::Record {
                            or_term: pattern.contains("ns#"),
                        });
                    }
                    if pattern.contains("scale/") {
                        return Some(Holds::Scale);
                    }
                }
                _ => {}
            }
        }
        is_iri.then_some(Holds::Iri)
    }
}

fn of_datatype(datatype: NamedNodeRef<'_>) -> Holds {
    match datatype {
        rdf::LANG_STRING => Holds::Words,
        _ if local(datatype.as_str()) == "EDTF" => Holds::Date,
        other => Holds::Literal(other.into_owned()),
    }
}
