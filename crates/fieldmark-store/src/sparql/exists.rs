//! The order of the patterns inside EXISTS, which the engine does not plan: there it reads each
//! pattern whole and compares every pair of rows, for every row outside.

use super::judge::{term, variables};
use oxrdf::Variable;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{BlankNode, NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// Chains the patterns so that each is read with what those before it have bound. `bound` is what
/// the row outside binds, `fresh` makes the names of path steps' ends.
pub fn chain(
    pattern: &mut GraphPattern,
    bound: &BTreeSet<Variable>,
    fresh: &mut impl FnMut() -> String,
) {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Join { .. } => {
            let mut steps = Vec::new();
            if gather(pattern, &mut steps, fresh) {
                *pattern = ordered(steps, bound.clone());
            } else if let GraphPattern::Join { left, right } = pattern {
                chain(left, bound, fresh);
                chain(right, bound, fresh);
            }
        }
        GraphPattern::LeftJoin { left, right, .. }
        | GraphPattern::Union { left, right }
        | GraphPattern::Lateral { left, right } => {
            chain(left, bound, fresh);
            chain(right, bound, fresh);
        }
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::Graph { inner, .. }
        | GraphPattern::Minus { left: inner, .. } => chain(inner, bound, fresh),
        // A sub-query sees of the row outside only what it projects.
        GraphPattern::Project { .. }
        | GraphPattern::Distinct { .. }
        | GraphPattern::Reduced { .. }
        | GraphPattern::Slice { .. }
        | GraphPattern::OrderBy { .. }
        | GraphPattern::Group { .. }
        | GraphPattern::Service { .. }
        | GraphPattern::Values { .. } => {}
    }
}

/// The steps of a join of plain patterns; false when something else is in it.
fn gather(
    pattern: &GraphPattern,
    steps: &mut Vec<GraphPattern>,
    fresh: &mut impl FnMut() -> String,
) -> bool {
    match pattern {
        GraphPattern::Join { left, right } => {
            gather(left, steps, fresh) && gather(right, steps, fresh)
        }
        GraphPattern::Bgp { patterns } => {
            steps.extend(patterns.iter().map(|triple| GraphPattern::Bgp {
                patterns: vec![triple.clone()],
            }));
            true
        }
        GraphPattern::Path {
            subject,
            path,
            object,
        } => {
            split(subject, path, object, steps, fresh);
            true
        }
        GraphPattern::Values { .. } => {
            steps.push(pattern.clone());
            true
        }
        _ => false,
    }
}

fn split(
    subject: &TermPattern,
    path: &PropertyPathExpression,
    object: &TermPattern,
    steps: &mut Vec<GraphPattern>,
    fresh: &mut impl FnMut() -> String,
) {
    match path {
        PropertyPathExpression::Sequence(a, b) => {
            let between = TermPattern::from(BlankNode::new_unchecked(fresh()));
            split(subject, a, &between, steps, fresh);
            split(&between, b, object, steps, fresh);
        }
        PropertyPathExpression::Reverse(path) => split(object, path, subject, steps, fresh),
        PropertyPathExpression::NamedNode(predicate) => {
            let predicate = NamedNodePattern::from(predicate.clone());
            let triple = TriplePattern {
                subject: subject.clone(),
                predicate,
                object: object.clone(),
            };
            steps.push(GraphPattern::Bgp {
                patterns: vec![triple],
            });
        }
        _ => steps.push(GraphPattern::Path {
            subject: subject.clone(),
            path: path.clone(),
            object: object.clone(),
        }),
    }
}

fn ordered(mut steps: Vec<GraphPattern>, mut bound: BTreeSet<Variable>) -> GraphPattern {
    let mut chain: Option<GraphPattern> = None;
    while !steps.is_empty() {
        let cost = |step: &GraphPattern| cost(step, &bound);
        // Among equals the first one as written.
        let next = (0..steps.len())
            .min_by_key(|at| cost(&steps[*at]))
            .unwrap_or_default();
        let step = steps.remove(next);
        names(&step, &mut bound);
        chain = Some(match chain {
            None => step,
            Some(left) => GraphPattern::Lateral {
                left: Box::new(left),
                right: Box::new(step),
            },
        });
    }
    chain.unwrap_or_else(|| GraphPattern::Bgp {
        patterns: Vec::new(),
    })
}

fn names(step: &GraphPattern, into: &mut BTreeSet<Variable>) {
    match step {
        GraphPattern::Bgp { patterns } => into.extend(patterns.iter().flat_map(variables)),
        GraphPattern::Path {
            subject, object, ..
        } => {
            term(subject, into);
            term(object, into);
        }
        GraphPattern::Values { variables, .. } => into.extend(variables.iter().cloned()),
        _ => {}
    }
}

/// How many rows a step may give, as the engine's planner guesses.
fn cost(step: &GraphPattern, bound: &BTreeSet<Variable>) -> u64 {
    let known = |pattern: &TermPattern| {
        let mut variables = BTreeSet::new();
        term(pattern, &mut variables);
        variables.is_subset(bound)
    };
    let guess = |subject: bool, predicate: bool, object: bool| match (subject, predicate, object) {
        (true, true, true) => 1,
        (true, false, true) => 2,
        (true, true, false) => 10,
        (true, false, false) => 100,
        (false, true, true) => 1_000,
        (false, false, true) => 10_000,
        (false, true, false) => 1_000_000,
        (false, false, false) => 1_000_000_000,
    };
    match step {
        GraphPattern::Bgp { patterns } => patterns.first().map_or(1, |triple| {
            let predicate = match &triple.predicate {
                NamedNodePattern::NamedNode(_) => true,
                NamedNodePattern::Variable(variable) => bound.contains(variable),
            };
            guess(known(&triple.subject), predicate, known(&triple.object))
        }),
        GraphPattern::Path {
            subject, object, ..
        } => 1_000 * guess(known(subject), true, known(object)),
        GraphPattern::Values { bindings, .. } => bindings.len() as u64,
        _ => u64::MAX,
    }
}
