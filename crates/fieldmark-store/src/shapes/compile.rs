//! From SHACL in Turtle to what can be checked. What is not known is refused by its name: a rule
//! that nobody checks would look like one that everybody keeps.

use super::{Constraint, Kind, Localised, Shape, Shapes, ShapesError};
use fieldmark_rdf::vocab::SH;
use fieldmark_rdf::vocab::properties::RDF_TYPE;
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, NamedOrBlankNode, Term, Triple};
use oxttl::TurtleParser;
use regex::RegexBuilder;
use std::collections::HashMap;

type Stated = HashMap<NamedOrBlankNode, Vec<(NamedNode, Term)>>;

/// Compiles every shape of a file.
pub(super) fn compile(text: &str) -> Result<Shapes, ShapesError> {
    let mut stated = Stated::new();
    let mut names: Vec<NamedNode> = Vec::new();
    for triple in TurtleParser::new().for_slice(text.as_bytes()) {
        let Triple {
            subject,
            predicate,
            object,
        } = triple.map_err(|error| ShapesError(error.to_string()))?;
        if let (NamedOrBlankNode::NamedNode(name), true, Term::NamedNode(class)) =
            (&subject, predicate.as_ref() == RDF_TYPE, &object)
            && matches!(local(class), Some("NodeShape" | "PropertyShape"))
        {
            names.push(name.clone());
        }
        stated.entry(subject).or_default().push((predicate, object));
    }
    let places = names.iter().enumerate().map(|(at, name)| (name, at));
    let compiling = Compiling {
        stated: &stated,
        places: places.collect(),
    };
    let mut shapes = Shapes {
        shapes: Vec::new(),
        by_class: HashMap::new(),
        by_property: Vec::new(),
    };
    for (at, name) in names.iter().enumerate() {
        compiling.shape(at, name, &mut shapes)?;
    }
    Ok(shapes)
}

struct Compiling<'a> {
    stated: &'a Stated,
    /// The place of each shape.
    places: HashMap<&'a NamedNode, usize>,
}

impl Compiling<'_> {
    fn shape(&self, at: usize, name: &NamedNode, out: &mut Shapes) -> Result<(), ShapesError> {
        let fault = |why: String| ShapesError(format!("{name}: {why}"));
        let said = &self.stated[&NamedOrBlankNode::NamedNode(name.clone())];
        let one = |key: &str| {
            said.iter()
                .find(|(p, _)| local(p) == Some(key))
                .map(|(_, o)| o)
        };
        let message = |tag: &str| {
            let mut texts = said.iter().filter(|(p, _)| local(p) == Some("message"));
            texts.find_map(|(_, object)| match object {
                Term::Literal(text) if text.language() == Some(tag) => {
                    Some(text.value().to_owned())
                }
                _ => None,
            })
        };
        let shape = |term: &Term| match term {
            Term::NamedNode(node) => self.places.get(node).copied(),
            _ => None,
        };
        let mut constraints = Vec::new();
        for (predicate, object) in said {
            let Some(key) = local(predicate) else {
                continue;
            };
            let amiss = || fault(format!("sh:{key} {object} is not understood"));
            let number = || count(object).ok_or_else(amiss);
            let node = || match object {
                Term::NamedNode(node) => Ok(node.clone()),
                _ => Err(amiss()),
            };
            constraints.push(match key {
                "message" | "path" | "flags" | "qualifiedMinCount" | "qualifiedMaxCount" => {
                    continue;
                }
                "targetClass" => {
                    out.by_class.entry(node()?).or_default().push(at);
                    continue;
                }
                "targetSubjectsOf" => {
                    out.by_property.push((node()?, at));
                    continue;
                }
                "minCount" => Constraint::MinCount(number()?),
                "maxCount" => Constraint::MaxCount(number()?),
                "maxLength" => Constraint::MaxLength(number()?),
                "datatype" => Constraint::Datatype(node()?),
                "nodeKind" => Constraint::NodeKind(match local(&node()?) {
                    Some("IRI") => Kind::Iri,
                    Some("Literal") => Kind::Literal,
                    _ => return Err(amiss()),
                }),
                "pattern" => {
                    let flags = one("flags").map(text).transpose().map_err(|()| amiss())?;
                    let case = match flags {
                        None => false,
                        Some("i") => true,
                        Some(_) => return Err(fault("sh:flags may be \"i\"".to_owned())),
                    };
                    let pattern = RegexBuilder::new(text(object).map_err(|()| amiss())?)
                        .case_insensitive(case)
                        .build();
                    Constraint::Pattern(pattern.map_err(|error| fault(error.to_string()))?)
                }
                "in" => Constraint::In(self.list(object)),
                "minInclusive" => Constraint::MinInclusive(object.clone()),
                "maxInclusive" => Constraint::MaxInclusive(object.clone()),
                "hasValue" => Constraint::HasValue(object.clone()),
                "uniqueLang" if text(object) == Ok("true") => Constraint::UniqueLang,
                "lessThanOrEquals" => Constraint::LessThanOrEquals(node()?),
                "not" => Constraint::Not(shape(object).ok_or_else(amiss)?),
                "or" => {
                    let either = self.list(object);
                    let either: Option<Vec<usize>> = either.iter().map(shape).collect();
                    Constraint::Or(either.ok_or_else(amiss)?)
                }
                "property" => Constraint::Property(shape(object).ok_or_else(amiss)?),
                "qualifiedValueShape" => Constraint::Qualified {
                    shape: shape(object).ok_or_else(amiss)?,
                    min: one("qualifiedMinCount").and_then(count),
                    max: one("qualifiedMaxCount").and_then(count),
                },
                other => return Err(fault(format!("sh:{other} is not checked here"))),
            });
        }
        let path = match one("path") {
            None => None,
            Some(Term::NamedNode(path)) => Some(path.clone()),
            Some(_) => return Err(fault("sh:path may be one property".to_owned())),
        };
        // A shape that only others refer to, or whose properties speak for it, has no message.
        let message = Localised {
            en: message("en").unwrap_or_default(),
            fr: message("fr").unwrap_or_default(),
        };
        out.shapes.push(Shape {
            path,
            constraints,
            message,
        });
        Ok(())
    }

    /// The members of an RDF list.
    fn list(&self, head: &Term) -> Vec<Term> {
        let mut members = Vec::new();
        let mut at = match head {
            Term::BlankNode(node) => Some(NamedOrBlankNode::BlankNode(node.clone())),
            _ => None,
        };
        while let Some(said) = at.take().and_then(|node| self.stated.get(&node)) {
            for (predicate, object) in said {
                if predicate.as_ref() == rdf::FIRST {
                    members.push(object.clone());
                } else if let (true, Term::BlankNode(node)) =
                    (predicate.as_ref() == rdf::REST, object)
                {
                    at = Some(NamedOrBlankNode::BlankNode(node.clone()));
                }
            }
        }
        members
    }
}

/// SHACL's own name for a term, where it is SHACL's.
fn local(node: &NamedNode) -> Option<&str> {
    node.as_str().strip_prefix(SH)
}

fn text(term: &Term) -> Result<&str, ()> {
    match term {
        Term::Literal(literal) => Ok(literal.value()),
        _ => Err(()),
    }
}

fn count(term: &Term) -> Option<usize> {
    text(term).ok()?.parse().ok()
}
