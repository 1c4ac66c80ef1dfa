//! What a record of some classes may say, and how each value is written: read from the shapes, so that
//! a form to fill in and the check of what was filled in are one thing.

use super::{Constraint, Kind, Localised, Shape, Shapes};
use fieldmark_rdf::ontology::local;
use fieldmark_rdf::vocab::properties;
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedNodeRef, Term};

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
    /// Whether there has to be one of this or of some others.
    pub either: bool,
    /// Whether there may be several.
    pub many: bool,
    /// What is asked for, as the shape says it when it is not met.
    pub says: Localised,
    /// Whether no shape says what its values are.
    is_only_another: bool,
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
    /// A scale, or a band of one; but none of these.
    Scale(Vec<NamedNode>),
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
    /// What records that are all of these may say: the special before the general, else as the shapes
    /// list it.
    ///
    /// ```
    /// use fieldmark_store::shapes::{Holds, Shapes};
    /// use fieldmark_rdf::vocab::classes::{FM_ATTRIBUTION, FM_CLAIM};
    /// let slots = Shapes::embedded().form(&[FM_ATTRIBUTION, FM_CLAIM]);
    /// let of = |name| slots.iter().find(|slot| slot.name == name).unwrap();
    /// assert!(of("assessor").needed && of("assessor").many);
    /// assert_eq!(of("assertedAt").holds, Holds::Date);
    /// assert!(!of("polarity").many);
    /// // A claim is in words, or says that it came without.
    /// assert!(of("verbatim").either && !of("verbatim").needed);
    /// ```
    pub fn form(&self, classes: &[NamedNodeRef<'_>]) -> Vec<Slot> {
        let mut slots: Vec<Slot> = Vec::new();
        let targets = classes
            .iter()
            .filter_map(|class| self.by_class.get(&class.into_owned()));
        let mut targets: Vec<usize> = targets.flatten().copied().collect();
        targets.sort_unstable();
        targets.dedup();
        // What is asked of every noun comes first in the file, and of one noun after it.
        targets.reverse();
        let targets = || targets.iter().map(|target| &self.shapes[*target]);
        for target in targets() {
            if target.path.is_some() {
                self.note(target, false, &mut slots);
            }
            for constraint in &target.constraints {
                if let Constraint::Property(at) = constraint {
                    self.note(&self.shapes[*at], false, &mut slots);
                }
            }
        }
        for constraint in targets().flat_map(|target| &target.constraints) {
            if let Constraint::Or(either) = constraint {
                for at in either {
                    self.note(&self.shapes[*at], true, &mut slots);
                }
            }
        }
        slots.retain(|slot| {
            !slot.is_only_another || slot.property.as_ref() == properties::FM_QUOTATION
        });
        slots
    }

    /// Notes what a shape says of its property; where it is one of several of which one is to be met,
    /// that it is one of those.
    fn note(&self, shape: &Shape, either: bool, slots: &mut Vec<Slot>) {
        let Some(path) = &shape.path else { return };
        // What a record is, is said by what form it has.
        if path.as_ref() == properties::RDF_TYPE {
            return;
        }
        let is_wanted = shape
            .constraints
            .iter()
            .any(|constraint| matches!(constraint, Constraint::MinCount(count) if *count > 0));
        if either && !is_wanted {
            return;
        }
        let place = slots.iter().position(|slot| slot.property == *path);
        let place = place.unwrap_or_else(|| {
            slots.push(Slot {
                name: local(path.as_str()).to_owned(),
                property: path.clone(),
                holds: Holds::Iri,
                needed: false,
                either: false,
                many: true,
                says: Localised::default(),
                is_only_another: true,
            });
            slots.len() - 1
        });
        let slot = &mut slots[place];
        if either {
            slot.either = true;
            return;
        }
        slot.is_only_another = false;
        slot.needed |= is_wanted;
        for constraint in &shape.constraints {
            if let Constraint::MaxCount(count) = constraint {
                slot.many &= *count > 1;
            }
        }
        if let Some(holds) = self.holds(&shape.constraints) {
            slot.holds = holds;
        }
        if slot.says == Localised::default() {
            slot.says = shape.message.clone();
        }
    }

    fn holds(&self, constraints: &[Constraint]) -> Option<Holds> {
        let mut is_iri = false;
        for constraint in constraints {
            match constraint {
                Constraint::In(values) => {
                    if let Some(Term::Literal(literal)) = values.first() {
                        return Some(of_datatype(literal.datatype()));
                    }
                    return Some(Holds::OneOf(nodes(values)));
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
                        return Some(Holds::Scale(self.excepted(constraints)));
                    }
                }
                _ => {}
            }
        }
        is_iri.then_some(Holds::Iri)
    }

    /// The terms that a shape refuses by name.
    fn excepted(&self, constraints: &[Constraint]) -> Vec<NamedNode> {
        let refused = constraints
            .iter()
            .filter_map(|constraint| match constraint {
                Constraint::Not(at) => Some(&self.shapes[*at].constraints),
                _ => None,
            });
        let terms = refused.flatten().filter_map(|constraint| match constraint {
            Constraint::In(terms) => Some(nodes(terms)),
            _ => None,
        });
        terms.flatten().collect()
    }
}

fn nodes(terms: &[Term]) -> Vec<NamedNode> {
    let nodes = terms.iter().filter_map(|term| match term {
        Term::NamedNode(node) => Some(node.clone()),
        _ => None,
    });
    nodes.collect()
}

fn of_datatype(datatype: NamedNodeRef<'_>) -> Holds {
    match datatype {
        rdf::LANG_STRING => Holds::Words,
        _ if local(datatype.as_str()) == "EDTF" => Holds::Date,
        other => Holds::Literal(other.into_owned()),
    }
}
