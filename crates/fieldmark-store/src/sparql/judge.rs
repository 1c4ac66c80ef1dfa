//! What is refused before it runs: SERVICE, products that nothing holds together, and more
//! patterns than the planner can order in time.

use super::expression::children;
use super::{Limits, READ_ONLY, SparqlError};
use oxrdf::Variable;
use spargebra::Query;
use spargebra::algebra::{
    AggregateExpression, Expression, GraphPattern, OrderExpression, PropertyPathExpression,
};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;

/// How many combinations of lists are let through.
const SMALL_PRODUCT: u64 = 100_000;
/// With how many rows of lists every row of a pattern may be combined.
const SMALL_LIST: u64 = 1_000;

/// Refuses what must not run.
pub fn judge(query: &Query, limits: &Limits) -> Result<(), SparqlError> {
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = query;
    let (mut calls, mut patterns) = (false, 0);
    walk(pattern, &mut |pattern| match pattern {
        GraphPattern::Service { .. } => calls = true,
        GraphPattern::Bgp { patterns: triples } => patterns += triples.len(),
        GraphPattern::Path { path, .. } => patterns += steps(path),
        GraphPattern::LeftJoin { .. } => patterns += 1,
        _ => {}
    });
    if calls {
        return Err(SparqlError::Refused { message: READ_ONLY });
    }
    if patterns > limits.patterns {
        let what = format!("{patterns} triple patterns");
        return Err(SparqlError::TooBig {
            what,
            limit: limits.patterns as u64,
        });
    }
    products(pattern, &Vec::new())
}

/// How many patterns the planner makes of a path.
fn steps(path: &PropertyPathExpression) -> usize {
    use PropertyPathExpression as Path;
    match path {
        Path::NamedNode(_) | Path::NegatedPropertySet(_) => 1,
        Path::Reverse(inner)
        | Path::ZeroOrMore(inner)
        | Path::OneOrMore(inner)
        | Path::ZeroOrOne(inner) => steps(inner),
        Path::Sequence(a, b) | Path::Alternative(a, b) => steps(a) + steps(b),
    }
}

/// The variables of each condition that must hold above a pattern. One that is about both parts of
/// a join is a join that SPARQL has no other way to say.
type Compared = Vec<BTreeSet<Variable>>;

/// Looks for joins without a shared variable.
fn products(pattern: &GraphPattern, compared: &Compared) -> Result<(), SparqlError> {
    let none = Vec::new();
    match pattern {
        GraphPattern::Filter { expr, inner } => {
            let mut compared = compared.clone();
            conditions(expr, &mut compared);
            products(inner, &compared)
        }
        GraphPattern::Bgp { .. } | GraphPattern::Join { .. } | GraphPattern::Path { .. } => {
            let mut parts = Vec::new();
            flatten(pattern, &mut parts)?;
            unconnected(parts, compared)
        }
        GraphPattern::LeftJoin {
            left,
            right,
            expression,
        } => {
            products(left, &none)?;
            let mut compared = compared.clone();
            if let Some(expression) = expression {
                conditions(expression, &mut compared);
            }
            products(right, &compared)?;
            unconnected(vec![part(left), part(right)], &compared)
        }
        GraphPattern::Lateral { left, right } => {
            products(left, &none)?;
            products(right, compared)?;
            unconnected(vec![part(left), part(right)], compared)
        }
        GraphPattern::Minus { left, right } => {
            products(left, &none)?;
            products(right, &none)
        }
        GraphPattern::Union { left, right } => {
            products(left, compared)?;
            products(right, compared)
        }
        // BIND and ORDER BY read the same rows that a filter above them does.
        GraphPattern::Extend { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Graph { inner, .. } => products(inner, compared),
        GraphPattern::Slice { inner, .. }
        | GraphPattern::Group { inner, .. }
        | GraphPattern::Service { inner, .. } => products(inner, &none),
        GraphPattern::Values { .. } => Ok(()),
    }
}

/// One side of a join: its variables, and how many rows it can have when that is known.
struct Part {
    variables: BTreeSet<Variable>,
    rows: Option<u64>,
    about: String,
}

fn part(pattern: &GraphPattern) -> Part {
    let mut variables = BTreeSet::new();
    pattern.on_in_scope_variable(|variable| {
        variables.insert(variable.clone());
    });
    let about = match pattern {
        GraphPattern::Values { .. } => "row of VALUES".into(),
        GraphPattern::Path { .. } => format!("match of {{ {pattern} }}"),
        _ => "row of a group".into(),
    };
    Part {
        variables,
        rows: rows(pattern),
        about,
    }
}

fn unconnected(parts: Vec<Part>, compared: &Compared) -> Result<(), SparqlError> {
    let mut islands: Vec<Part> = Vec::new();
    for part in parts {
        // Without variables a part is a yes or a no.
        if part.variables.is_empty() {
            continue;
        }
        let touches = |island: &Part| {
            let (here, there) = (&part.variables, &island.variables);
            let both = |set: &BTreeSet<_>| !set.is_disjoint(here) && !set.is_disjoint(there);
            !here.is_disjoint(there) || compared.iter().any(both)
        };
        let (near, far): (Vec<_>, Vec<_>) = islands.into_iter().partition(touches);
        islands = far;
        islands.push(near.into_iter().fold(part, |mut merged, island| {
            merged.variables.extend(island.variables);
            // A list joined with a pattern is no longer a list.
            merged.rows = merged
                .rows
                .zip(island.rows)
                .map(|(a, b)| a.saturating_mul(b));
            merged
        }));
    }
    let lists = islands
        .iter()
        .filter_map(|island| island.rows)
        .fold(1_u64, u64::saturating_mul);
    let open = islands
        .iter()
        .filter(|island| island.rows.is_none())
        .count();
    let most = if open == 0 { SMALL_PRODUCT } else { SMALL_LIST };
    if open > 1 || (islands.len() > 1 && lists > most) {
        let largest = islands
            .into_iter()
            .max_by_key(|i| i.rows.unwrap_or(u64::MAX));
        let part = largest.map(|island| island.about).unwrap_or_default();
        return Err(SparqlError::Product { part });
    }
    Ok(())
}

fn flatten(pattern: &GraphPattern, parts: &mut Vec<Part>) -> Result<(), SparqlError> {
    match pattern {
        GraphPattern::Join { left, right } => {
            flatten(left, parts)?;
            flatten(right, parts)
        }
        GraphPattern::Bgp { patterns } => {
            parts.extend(patterns.iter().map(|triple| Part {
                variables: variables(triple),
                rows: None,
                about: format!("match of {{ {triple} }}"),
            }));
            Ok(())
        }
        GraphPattern::Path {
            subject, object, ..
        } => {
            let mut named = part(pattern);
            term(subject, &mut named.variables);
            term(object, &mut named.variables);
            parts.push(named);
            Ok(())
        }
        other => {
            products(other, &Vec::new())?;
            parts.push(part(other));
            Ok(())
        }
    }
}

/// How many rows a pattern can have, when its form says so.
fn rows(pattern: &GraphPattern) -> Option<u64> {
    match pattern {
        GraphPattern::Slice { length, inner, .. } => {
            let length = length.map(|length| length as u64);
            [length, rows(inner)].into_iter().flatten().min()
        }
        GraphPattern::Group { variables, .. } if variables.is_empty() => Some(1),
        GraphPattern::Values { bindings, .. } => Some(bindings.len() as u64),
        GraphPattern::Bgp { patterns } if patterns.is_empty() => Some(1),
        GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::Group { inner, .. }
        | GraphPattern::Filter { inner, .. } => rows(inner),
        GraphPattern::Union { left, right } => Some(rows(left)?.saturating_add(rows(right)?)),
        GraphPattern::Join { left, right } => Some(rows(left)?.saturating_mul(rows(right)?)),
        GraphPattern::Minus { left, .. } => rows(left),
        _ => None,
    }
}

/// The variables of a triple. A blank node in a pattern is a variable without a name.
pub fn variables(triple: &TriplePattern) -> BTreeSet<Variable> {
    let mut variables = BTreeSet::new();
    term(&triple.subject, &mut variables);
    if let NamedNodePattern::Variable(variable) = &triple.predicate {
        variables.insert(variable.clone());
    }
    term(&triple.object, &mut variables);
    variables
}

/// The variables of a term.
pub fn term(pattern: &TermPattern, into: &mut BTreeSet<Variable>) {
    match pattern {
        TermPattern::Variable(variable) => {
            into.insert(variable.clone());
        }
        TermPattern::BlankNode(node) => {
            into.insert(Variable::new_unchecked(format!("_:{}", node.as_str())));
        }
        TermPattern::Triple(triple) => into.extend(variables(triple)),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) => {}
    }
}

/// What each of the conditions joined by `&&` is about.
fn conditions(expression: &Expression, into: &mut Compared) {
    if let Expression::And(a, b) = expression {
        conditions(a, into);
        conditions(b, into);
        return;
    }
    let mut about = BTreeSet::new();
    let mut todo = vec![expression];
    while let Some(expression) = todo.pop() {
        match expression {
            Expression::Variable(variable) | Expression::Bound(variable) => {
                about.insert(variable.clone());
            }
            Expression::Exists(pattern) => pattern.on_in_scope_variable(|variable| {
                about.insert(variable.clone());
            }),
            _ => todo.extend(children(expression)),
        }
    }
    into.push(about);
}

/// Every pattern, those inside EXISTS too.
pub fn walk<'a>(pattern: &'a GraphPattern, each: &mut impl FnMut(&'a GraphPattern)) {
    let mut todo = vec![pattern];
    while let Some(pattern) = todo.pop() {
        each(pattern);
        let mut expressions: Vec<&Expression> = Vec::new();
        match pattern {
            GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => {}
            GraphPattern::Join { left, right }
            | GraphPattern::Union { left, right }
            | GraphPattern::Minus { left, right }
            | GraphPattern::Lateral { left, right } => todo.extend([&**left, &**right]),
            GraphPattern::LeftJoin {
                left,
                right,
                expression,
            } => {
                todo.extend([&**left, &**right]);
                expressions.extend(expression);
            }
            GraphPattern::Filter { expr, inner } => {
                todo.push(inner);
                expressions.push(expr);
            }
            GraphPattern::Extend {
                inner, expression, ..
            } => {
                todo.push(inner);
                expressions.push(expression);
            }
            GraphPattern::OrderBy { inner, expression } => {
                todo.push(inner);
                expressions.extend(expression.iter().map(|order| match order {
                    OrderExpression::Asc(expression) | OrderExpression::Desc(expression) => {
                        expression
                    }
                }));
            }
            GraphPattern::Group {
                inner, aggregates, ..
            } => {
                todo.push(inner);
                expressions.extend(aggregates.iter().filter_map(
                    |(_, aggregate)| match aggregate {
                        AggregateExpression::FunctionCall { expr, .. } => Some(expr),
                        AggregateExpression::CountSolutions { .. } => None,
                    },
                ));
            }
            GraphPattern::Project { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. }
            | GraphPattern::Graph { inner, .. }
            | GraphPattern::Service { inner, .. } => todo.push(inner),
        }
        while let Some(expression) = expressions.pop() {
            match expression {
                Expression::Exists(pattern) => todo.push(pattern),
                _ => expressions.extend(children(expression)),
            }
        }
    }
}
