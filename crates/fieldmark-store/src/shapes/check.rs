//! Shapes held against statements.

use super::{Constraint, Kind, Shape, Shapes, Violation};
use fieldmark_rdf::vocab::properties::RDF_TYPE;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use oxsdatatypes::{Boolean, Date, DateTime, Decimal, Double, Integer};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::str::FromStr;

/// What stands about each node, each statement once.
struct Graph<'a>(HashMap<&'a NamedOrBlankNode, Vec<(&'a NamedNode, &'a Term)>>);

impl<'a> Graph<'a> {
    fn of(quads: impl IntoIterator<Item = &'a Quad>) -> Self {
        let mut nodes: HashMap<_, Vec<(&NamedNode, &Term)>> = HashMap::new();
        for quad in quads {
            let said = nodes.entry(&quad.subject).or_default();
            said.push((&quad.predicate, &quad.object));
        }
        // What stands under two markings came twice.
        nodes.values_mut().for_each(each_once);
        Self(nodes)
    }

    fn values(&self, node: &Term, path: NamedNodeRef<'_>) -> Vec<&'a Term> {
        let said = match node {
            Term::NamedNode(node) => self.0.get(&NamedOrBlankNode::NamedNode(node.clone())),
            Term::BlankNode(node) => self.0.get(&NamedOrBlankNode::BlankNode(node.clone())),
            _ => None,
        };
        let said = said.into_iter().flatten();
        said.filter(|(property, _)| property.as_ref() == path)
            .map(|(_, value)| *value)
            .collect()
    }
}

/// As many are sooner compared with each other than looked up.
const FEW: usize = 24;

fn each_once<T: Copy + Eq + Hash>(list: &mut Vec<T>) {
    if list.len() > FEW {
        let mut seen = HashSet::with_capacity(list.len());
        list.retain(|one| seen.insert(*one));
        return;
    }
    let mut at = 1;
    while at < list.len() {
        match list[..at].contains(&list[at]) {
            true => drop(list.remove(at)),
            false => at += 1,
        }
    }
}

/// Every violation, sorted, each once.
pub(super) fn check<'a>(
    shapes: &Shapes,
    quads: impl IntoIterator<Item = &'a Quad>,
) -> Vec<Violation> {
    let graph = Graph::of(quads);
    let checking = Checking {
        shapes,
        graph: &graph,
    };
    let mut found = Vec::new();
    for (node, said) in &graph.0 {
        let mut targeting: BTreeSet<usize> = BTreeSet::new();
        for (property, value) in said {
            if let (true, Term::NamedNode(class)) = (property.as_ref() == RDF_TYPE, value) {
                targeting.extend(shapes.by_class.get(class).into_iter().flatten());
            }
            let by = shapes.by_property.iter().filter(|(by, _)| by == *property);
            targeting.extend(by.map(|(_, shape)| shape));
        }
        let focus = Term::from((*node).clone());
        for shape in targeting {
            checking.shape(&shapes.shapes[shape], &focus, &mut found);
        }
    }
    found.sort_by_cached_key(|v| {
        (
            v.focus.to_string(),
            v.path.clone(),
            v.rule,
            v.message.clone(),
            v.value.clone(),
        )
    });
    found.dedup();
    found
}

struct Checking<'a> {
    shapes: &'a Shapes,
    graph: &'a Graph<'a>,
}

impl Checking<'_> {
    fn conforms(&self, shape: usize, focus: &Term) -> bool {
        let mut found = Vec::new();
        self.shape(&self.shapes.shapes[shape], focus, &mut found);
        found.is_empty()
    }

    /// Holds a shape against a node: against its values of the shape's property, or itself.
    fn shape(&self, shape: &Shape, focus: &Term, out: &mut Vec<Violation>) {
        let values = match &shape.path {
            Some(path) => self.graph.values(focus, path.as_ref()),
            None => vec![focus],
        };
        let violation = |rule: &'static str, value: Option<&Term>| Violation {
            focus: focus.clone(),
            path: shape.path.clone(),
            rule,
            value: value.map(ToString::to_string),
            message: shape.message.clone(),
        };
        for constraint in &shape.constraints {
            if let Constraint::Property(property) = constraint {
                for value in &values {
                    self.shape(&self.shapes.shapes[*property], value, out);
                }
                continue;
            }
            if let Some(rule) = self.counts(constraint, &values) {
                out.push(violation(rule, None));
            }
            let above = match constraint {
                Constraint::LessThanOrEquals(path) => {
                    Some(Least::of(self.graph.values(focus, path.as_ref())))
                }
                _ => None,
            };
            for value in &values {
                let broken = match &above {
                    Some(least) => !least.holds(value),
                    None => self.breaks(constraint, value),
                };
                if broken {
                    out.push(violation(rule(constraint), Some(value)));
                }
            }
        }
    }

    /// The rule that a set of values breaks as a whole.
    fn counts(&self, constraint: &Constraint, values: &[&Term]) -> Option<&'static str> {
        let broken = match constraint {
            Constraint::MinCount(least) => values.len() < *least,
            Constraint::MaxCount(most) => values.len() > *most,
            Constraint::HasValue(wanted) => !values.contains(&wanted),
            Constraint::UniqueLang => {
                let mut seen = HashSet::new();
                let tags = values.iter().filter_map(|value| match value {
                    Term::Literal(text) => Some(text.language()?.to_ascii_lowercase()),
                    _ => None,
                });
                tags.into_iter().any(|tag| !seen.insert(tag))
            }
            Constraint::Qualified { shape, min, max } => {
                let met = values
                    .iter()
                    .filter(|value| self.conforms(*shape, value))
                    .count();
                if min.is_some_and(|min| met < min) {
                    return Some("sh:qualifiedMinCount");
                }
                if max.is_some_and(|max| met > max) {
                    return Some("sh:qualifiedMaxCount");
                }
                false
            }
            _ => false,
        };
        broken.then(|| rule(constraint))
    }

    /// Whether one value breaks a rule.
    fn breaks(&self, constraint: &Constraint, value: &Term) -> bool {
        match constraint {
            Constraint::Datatype(wanted) => !is_of(value, wanted.as_ref()),
            Constraint::NodeKind(kind) => match value {
                Term::NamedNode(_) => *kind != Kind::Iri,
                Term::Literal(_) => *kind != Kind::Literal,
                _ => true,
            },
            Constraint::Pattern(pattern) => text(value).is_none_or(|text| !pattern.is_match(text)),
            Constraint::MaxLength(most) => {
                text(value).is_none_or(|text| text.chars().count() > *most)
            }
            Constraint::In(list) => !list.contains(value),
            Constraint::MinInclusive(least) => !matches!(
                order(value, least),
                Some(Ordering::Greater | Ordering::Equal)
            ),
            Constraint::MaxInclusive(most) => {
                !matches!(order(value, most), Some(Ordering::Less | Ordering::Equal))
            }
            Constraint::Not(shape) => self.conforms(*shape, value),
            Constraint::Or(either) => !either.iter().any(|shape| self.conforms(*shape, value)),
            Constraint::MinCount(_)
            | Constraint::MaxCount(_)
            | Constraint::HasValue(_)
            | Constraint::UniqueLang
            | Constraint::LessThanOrEquals(_)
            | Constraint::Property(_)
            | Constraint::Qualified { .. } => false,
        }
    }
}

/// What values may not be above.
enum Least<'a> {
    /// There is nothing.
    Nothing,
    /// The least of values that stand in order.
    One(&'a Term),
    /// Times of which some have a zone and others none, so that each has to be looked at.
    Each(Vec<&'a Term>),
    /// Values of several sorts, or of one that has no order: nothing is below all of them.
    Never,
}

impl<'a> Least<'a> {
    fn of(others: Vec<&'a Term>) -> Self {
        let Some(first) = others.first() else {
            return Self::Nothing;
        };
        if sort(first).is_none() || others.iter().any(|other| sort(other) != sort(first)) {
            return Self::Never;
        }
        let least = others.iter().try_fold(*first, |least, other| {
            Some(match order(least, other)? {
                Ordering::Greater => *other,
                _ => least,
            })
        });
        least.map_or(Self::Each(others), Self::One)
    }

    fn holds(&self, value: &Term) -> bool {
        let below =
            |other: &Term| matches!(order(value, other), Some(Ordering::Less | Ordering::Equal));
        match self {
            Self::Nothing => true,
            Self::One(least) => below(least),
            Self::Each(others) => others.iter().all(|other| below(other)),
            Self::Never => false,
        }
    }
}

/// SHACL's name for a constraint.
pub(super) fn rule(constraint: &Constraint) -> &'static str {
    match constraint {
        Constraint::MinCount(_) => "sh:minCount",
        Constraint::MaxCount(_) => "sh:maxCount",
        Constraint::Datatype(_) => "sh:datatype",
        Constraint::NodeKind(_) => "sh:nodeKind",
        Constraint::Pattern(_) => "sh:pattern",
        Constraint::MaxLength(_) => "sh:maxLength",
        Constraint::In(_) => "sh:in",
        Constraint::MinInclusive(_) => "sh:minInclusive",
        Constraint::MaxInclusive(_) => "sh:maxInclusive",
        Constraint::HasValue(_) => "sh:hasValue",
        Constraint::UniqueLang => "sh:uniqueLang",
        Constraint::LessThanOrEquals(_) => "sh:lessThanOrEquals",
        Constraint::Not(_) => "sh:not",
        Constraint::Or(_) => "sh:or",
        Constraint::Property(_) => "sh:property",
        Constraint::Qualified { .. } => "sh:qualifiedValueShape",
    }
}

/// A node's text: an IRI or a literal's, and none of a blank node's.
fn text(term: &Term) -> Option<&str> {
    match term {
        Term::NamedNode(node) => Some(node.as_str()),
        Term::Literal(literal) => Some(literal.value()),
        _ => None,
    }
}

/// Whether a value is a literal of a datatype, and written as that allows where it is one of XSD's.
fn is_of(value: &Term, wanted: NamedNodeRef<'_>) -> bool {
    let Term::Literal(literal) = value else {
        return false;
    };
    literal.datatype() == wanted && is_well_formed(literal)
}

fn is_well_formed(literal: &Literal) -> bool {
    let text = literal.value();
    match literal.datatype() {
        xsd::INTEGER => Integer::from_str(text).is_ok() || is_digits(text),
        xsd::DECIMAL => Decimal::from_str(text).is_ok(),
        xsd::BOOLEAN => Boolean::from_str(text).is_ok(),
        xsd::DOUBLE => Double::from_str(text).is_ok(),
        xsd::DATE_TIME => DateTime::from_str(text).is_ok(),
        xsd::DATE => Date::from_str(text).is_ok(),
        rdf::LANG_STRING => literal.language().is_some(),
        _ => true,
    }
}

/// A whole number may be longer than what is reckoned with here.
fn is_digits(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a value is compared as: a number, or what its datatype says; none where it has no order.
fn sort(value: &Term) -> Option<NamedNodeRef<'_>> {
    let Term::Literal(literal) = value else {
        return None;
    };
    match literal.datatype() {
        xsd::INTEGER | xsd::DECIMAL => number(literal).map(|_| xsd::DECIMAL),
        other @ (xsd::DATE_TIME | xsd::DATE | xsd::STRING) => Some(other),
        _ => None,
    }
}

/// How two values stand in order, where they have one: numbers among each other, and times.
fn order(one: &Term, other: &Term) -> Option<Ordering> {
    let sort = sort(one).filter(|sort| Some(*sort) == self::sort(other))?;
    let (Term::Literal(one), Term::Literal(other)) = (one, other) else {
        return None;
    };
    let (a, b) = (one.value(), other.value());
    match sort {
        xsd::DATE_TIME => DateTime::from_str(a)
            .ok()?
            .partial_cmp(&DateTime::from_str(b).ok()?),
        xsd::DATE => Date::from_str(a)
            .ok()?
            .partial_cmp(&Date::from_str(b).ok()?),
        xsd::STRING => Some(a.cmp(b)),
        _ => number(one)?.partial_cmp(&number(other)?),
    }
}

fn number(literal: &Literal) -> Option<Decimal> {
    match literal.datatype() {
        xsd::INTEGER | xsd::DECIMAL => Decimal::from_str(literal.value()).ok(),
        _ => None,
    }
}
