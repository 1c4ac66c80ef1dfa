//! The algebra: what is refused before it runs, and the armour put around the rest.
//!
//! The engine looks at its cancellation only while it reads the dataset; a join of two lists it
//! already holds, an ORDER BY over it or a GROUP_CONCAT can go on for minutes and gigabytes. So a
//! filter that counts is put above every join and below everything that holds rows. It mentions
//! the join's variables, or the optimiser would move it below the join.

use super::SparqlError;
use super::budget::{Budget, Excess};
use oxigraph::sparql::SparqlEvaluator;
use oxrdf::{Literal, NamedNode, Term, Variable};
use spargebra::Query;
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression,
};
use spargebra::term::{NamedNodePattern, TermPattern};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Counts a row: `tick(bytes, …)`.
const TICK: &str = "urn:fieldmark:tick";
/// Passes a text on unless it is long: `short(text, limit)`.
const SHORT: &str = "urn:fieldmark:short";
/// Passes a text on and counts what it takes: `held(text)`.
const HELD: &str = "urn:fieldmark:held";

/// The longest text that CONCAT puts together from, and that REPLACE works on.
const LONG: i64 = 64 << 10;
/// The longest replacement.
const BRIEF: i64 = 1 << 10;
/// What one value of a held row takes in the engine, in bytes, measured.
const VALUE_BYTES: u64 = 48;

/// Refuses SERVICE and products that nothing holds together.
pub fn judge(query: &Query) -> Result<(), SparqlError> {
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = query;
    let mut verdict = Ok(());
    visit(pattern, &mut |pattern| {
        if verdict.is_ok() {
            verdict = match pattern {
                GraphPattern::Service { .. } => Err(SparqlError::ReadOnly),
                _ => Ok(()),
            };
        }
    });
    verdict?;
    products(pattern, &BTreeSet::new())
}

/// Looks for joins without a shared variable. `compared` are the variables that a FILTER above
/// mentions: a filter over both sides is a join that SPARQL has no other way to say.
fn products(pattern: &GraphPattern, compared: &BTreeSet<Variable>) -> Result<(), SparqlError> {
    match pattern {
        GraphPattern::Filter { expr, inner } => {
            let mut compared = compared.clone();
            mentioned(expr, &mut compared);
            products(inner, &compared)
        }
        GraphPattern::Bgp { .. } | GraphPattern::Join { .. } | GraphPattern::Path { .. } => {
            let mut parts = Vec::new();
            flatten(pattern, &mut parts)?;
            unconnected(parts, compared)
        }
        GraphPattern::LeftJoin { left, right, .. } | GraphPattern::Minus { left, right } => {
            products(left, &BTreeSet::new())?;
            products(right, &BTreeSet::new())
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
        | GraphPattern::Service { inner, .. } => products(inner, &BTreeSet::new()),
        GraphPattern::Values { .. } => Ok(()),
        _ => Ok(()),
    }
}

/// One side of a join: its variables, and how many rows it can have when that is known.
struct Part {
    variables: BTreeSet<Variable>,
    rows: Option<u64>,
    about: String,
}

/// How many combinations of small parts are let through.
const SMALL_PRODUCT: u64 = 10_000;

fn unconnected(parts: Vec<Part>, compared: &BTreeSet<Variable>) -> Result<(), SparqlError> {
    let mut islands: Vec<Part> = Vec::new();
    for part in parts {
        // Without variables a part is a yes or a no.
        if part.variables.is_empty() {
            continue;
        }
        let touches = |island: &Part| {
            !island.variables.is_disjoint(&part.variables)
                || (!island.variables.is_disjoint(compared) && !part.variables.is_disjoint(compared))
        };
        let (near, far): (Vec<_>, Vec<_>) = islands.into_iter().partition(touches);
        islands = far;
        islands.push(near.into_iter().fold(part, |mut merged, island| {
            merged.variables.extend(island.variables);
            // Joined on a variable, the smaller bound does not hold for both; the larger does not
            // either, but what is connected is not a product.
            merged.rows = merged.rows.zip(island.rows).map(|(a, b)| a.max(b));
            merged
        }));
    }
    let known = islands.iter().filter_map(|island| island.rows).fold(1_u64, u64::saturating_mul);
    let open: Vec<&Part> = islands.iter().filter(|island| island.rows.is_none()).collect();
    if open.len() > 1 || known > SMALL_PRODUCT {
        let about = islands.iter().max_by_key(|i| i.rows.is_none()).map(|island| island.about.clone());
        return Err(SparqlError::Product(about.unwrap_or_default()));
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
            for triple in patterns {
                let mut variables = BTreeSet::new();
                term(&triple.subject, &mut variables);
                if let NamedNodePattern::Variable(variable) = &triple.predicate {
                    variables.insert(variable.clone());
                }
                term(&triple.object, &mut variables);
                // What one thing says by one property is little; should it not be, the clock is there.
                let little = matches!(
                    (&triple.subject, &triple.predicate),
                    (TermPattern::NamedNode(_), NamedNodePattern::NamedNode(_))
                );
                let rows = little.then_some(1);
                parts.push(Part { variables, rows, about: format!("match of {{ {triple} }}") });
            }
            Ok(())
        }
        GraphPattern::Path { subject, object, .. } => {
            let mut variables = BTreeSet::new();
            term(subject, &mut variables);
            term(object, &mut variables);
            parts.push(Part { variables, rows: None, about: "match of a property path".into() });
            Ok(())
        }
        GraphPattern::Values { variables, bindings } => {
            parts.push(Part {
                variables: variables.iter().cloned().collect(),
                rows: Some(bindings.len() as u64),
                about: "row of VALUES".into(),
            });
            Ok(())
        }
        other => {
            products(other, &BTreeSet::new())?;
            let mut variables = BTreeSet::new();
            other.on_in_scope_variable(|variable| {
                variables.insert(variable.clone());
            });
            parts.push(Part { variables, rows: rows(other), about: "row of a group".into() });
            Ok(())
        }
    }
}

/// How many rows a pattern can have, when its form says so.
fn rows(pattern: &GraphPattern) -> Option<u64> {
    match pattern {
        GraphPattern::Slice { length, inner, .. } => {
            length.map(|length| length as u64).or_else(|| rows(inner))
        }
        GraphPattern::Group { variables, .. } if variables.is_empty() => Some(1),
        GraphPattern::Values { bindings, .. } => Some(bindings.len() as u64),
        GraphPattern::Bgp { patterns } if patterns.is_empty() => Some(1),
        GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::Filter { inner, .. } => rows(inner),
        GraphPattern::Union { left, right } => Some(rows(left)?.saturating_add(rows(right)?)),
        _ => None,
    }
}

/// Blank nodes in a pattern are variables without a name.
fn term(pattern: &TermPattern, variables: &mut BTreeSet<Variable>) {
    match pattern {
        TermPattern::Variable(variable) => {
            variables.insert(variable.clone());
        }
        TermPattern::BlankNode(node) => {
            variables.insert(Variable::new_unchecked(format!("_:{}", node.as_str())));
        }
        TermPattern::Triple(triple) => {
            term(&triple.subject, variables);
            if let NamedNodePattern::Variable(variable) = &triple.predicate {
                variables.insert(variable.clone());
            }
            term(&triple.object, variables);
        }
        TermPattern::NamedNode(_) | TermPattern::Literal(_) => {}
    }
}

fn mentioned(expression: &Expression, variables: &mut BTreeSet<Variable>) {
    walk_expression(expression, &mut |expression| {
        if let Expression::Variable(variable) | Expression::Bound(variable) = expression {
            variables.insert(variable.clone());
        }
    });
}

/// Puts counting filters and bounded text functions into a query.
pub fn armour(mut query: Query) -> Query {
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = &mut query;
    plate(pattern);
    query
}

fn plate(pattern: &mut GraphPattern) {
    match pattern {
        GraphPattern::Join { left, right } => {
            let side = |side: &GraphPattern| match side {
                GraphPattern::Values { .. } => true,
                GraphPattern::Bgp { patterns } => patterns.len() < 2,
                _ => false,
            };
            // A list joined with one pattern is read from the dataset, which looks at the clock.
            let read = side(left) && side(right);
            plate(left);
            plate(right);
            if !read {
                count(pattern, 0);
            }
        }
        GraphPattern::LeftJoin { left, right, expression } => {
            plate(left);
            plate(right);
            if let Some(expression) = expression {
                plate_expression(expression);
            }
            count(pattern, 0);
        }
        GraphPattern::Minus { left, right } => {
            plate(left);
            plate(right);
            count(right, VALUE_BYTES);
        }
        GraphPattern::Union { left, right } => {
            plate(left);
            plate(right);
        }
        GraphPattern::Filter { expr, inner } => {
            plate(inner);
            plate_expression(expr);
        }
        GraphPattern::Extend { inner, expression, .. } => {
            plate(inner);
            plate_expression(expression);
        }
        GraphPattern::OrderBy { inner, expression } => {
            plate(inner);
            count(inner, VALUE_BYTES);
            for order in expression {
                let (OrderExpression::Asc(expression) | OrderExpression::Desc(expression)) = order;
                plate_expression(expression);
            }
        }
        GraphPattern::Group { inner, aggregates, .. } => {
            plate(inner);
            count(inner, 0);
            for (_, aggregate) in aggregates {
                if let AggregateExpression::FunctionCall { name, expr, distinct } = aggregate {
                    plate_expression(expr);
                    if *distinct || matches!(name, AggregateFunction::GroupConcat { .. }) {
                        let inner = std::mem::replace(expr, Expression::from(Literal::from(true)));
                        *expr = call(HELD, vec![inner]);
                    }
                }
            }
        }
        GraphPattern::Distinct { inner } => {
            plate(inner);
            count(inner, VALUE_BYTES);
        }
        GraphPattern::Reduced { inner }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Graph { inner, .. }
        | GraphPattern::Service { inner, .. } => plate(inner),
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => {}
        _ => {}
    }
}

/// Wraps a pattern in a filter that counts its rows, at so many bytes a value.
fn count(pattern: &mut GraphPattern, bytes: u64) {
    let mut variables = BTreeSet::new();
    pattern.on_in_scope_variable(|variable| {
        variables.insert(variable.clone());
    });
    let width = i64::try_from(bytes * variables.len() as u64).unwrap_or(i64::MAX);
    // A sameTerm looks up no value and cannot be worked out beforehand, so the variables stay in
    // the filter and the filter where they meet. The last word serves rows that bind none.
    let nothing = || Box::new(Expression::from(NamedNode::new_unchecked(TICK)));
    let here = variables
        .into_iter()
        .map(|variable| Expression::SameTerm(Box::new(variable.into()), nothing()))
        .chain([Expression::from(Literal::from(true))])
        .collect();
    let arguments = vec![Expression::from(Literal::from(width)), Expression::Coalesce(here)];
    let inner = std::mem::replace(pattern, GraphPattern::Bgp { patterns: Vec::new() });
    *pattern = GraphPattern::Filter { expr: call(TICK, arguments), inner: Box::new(inner) };
}

fn call(name: &str, arguments: Vec<Expression>) -> Expression {
    Expression::FunctionCall(Function::Custom(NamedNode::new_unchecked(name)), arguments)
}

fn short(expression: &mut Expression, most: i64) {
    let inner = std::mem::replace(expression, Expression::from(Literal::from(true)));
    *expression = call(SHORT, vec![inner, Expression::from(Literal::from(most))]);
}

fn plate_expression(expression: &mut Expression) {
    match expression {
        Expression::Exists(pattern) => plate(pattern),
        Expression::FunctionCall(function, arguments) => {
            arguments.iter_mut().for_each(plate_expression);
            match function {
                Function::Concat => arguments.iter_mut().for_each(|argument| short(argument, LONG)),
                Function::Replace => {
                    for (argument, most) in arguments.iter_mut().zip([LONG, LONG, BRIEF]) {
                        short(argument, most);
                    }
                }
                _ => {}
            }
        }
        _ => children(expression).into_iter().for_each(plate_expression),
    }
}

fn children(expression: &mut Expression) -> Vec<&mut Expression> {
    match expression {
        Expression::Or(a, b)
        | Expression::And(a, b)
        | Expression::Equal(a, b)
        | Expression::SameTerm(a, b)
        | Expression::Greater(a, b)
        | Expression::GreaterOrEqual(a, b)
        | Expression::Less(a, b)
        | Expression::LessOrEqual(a, b)
        | Expression::Add(a, b)
        | Expression::Subtract(a, b)
        | Expression::Multiply(a, b)
        | Expression::Divide(a, b) => vec![a, b],
        Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => vec![a],
        Expression::In(a, list) => std::iter::once(&mut **a).chain(list).collect(),
        Expression::If(a, b, c) => vec![a, b, c],
        Expression::Coalesce(list) | Expression::FunctionCall(_, list) => list.iter_mut().collect(),
        _ => Vec::new(),
    }
}

fn walk_expression(expression: &Expression, visit: &mut impl FnMut(&Expression)) {
    let mut copy = expression.clone();
    fn walk(expression: &mut Expression, visit: &mut impl FnMut(&Expression)) {
        visit(expression);
        for child in children(expression) {
            walk(child, visit);
        }
    }
    walk(&mut copy, visit);
}

/// Every pattern, those inside EXISTS too.
fn visit(pattern: &GraphPattern, each: &mut impl FnMut(&GraphPattern)) {
    each(pattern);
    let mut expressions: Vec<&Expression> = Vec::new();
    match pattern {
        GraphPattern::Join { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right } => {
            visit(left, each);
            visit(right, each);
        }
        GraphPattern::LeftJoin { left, right, expression } => {
            visit(left, each);
            visit(right, each);
            expressions.extend(expression);
        }
        GraphPattern::Filter { expr, inner } => {
            visit(inner, each);
            expressions.push(expr);
        }
        GraphPattern::Extend { inner, expression, .. } => {
            visit(inner, each);
            expressions.push(expression);
        }
        GraphPattern::OrderBy { inner, expression } => {
            visit(inner, each);
            expressions.extend(expression.iter().map(|order| match order {
                OrderExpression::Asc(expression) | OrderExpression::Desc(expression) => expression,
            }));
        }
        GraphPattern::Group { inner, aggregates, .. } => {
            visit(inner, each);
            expressions.extend(aggregates.iter().filter_map(|(_, aggregate)| match aggregate {
                AggregateExpression::FunctionCall { expr, .. } => Some(expr),
                AggregateExpression::CountSolutions { .. } => None,
            }));
        }
        GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. }
        | GraphPattern::Graph { inner, .. }
        | GraphPattern::Service { inner, .. } => visit(inner, each),
        _ => {}
    }
    for expression in expressions {
        let mut inside = Vec::new();
        walk_expression(expression, &mut |expression| {
            if let Expression::Exists(pattern) = expression {
                inside.push((**pattern).clone());
            }
        });
        for pattern in &inside {
            visit(pattern, each);
        }
    }
}

/// The functions the armour calls, charged to one query's budget.
pub fn functions(evaluator: SparqlEvaluator, budget: &Arc<Budget>) -> SparqlEvaluator {
    let (ticking, shortening, holding) = (budget.clone(), budget.clone(), budget.clone());
    evaluator
        .with_custom_function(NamedNode::new_unchecked(TICK), move |arguments| {
            ticking.pass(number(arguments.first()).unwrap_or(0));
            Some(Literal::from(true).into())
        })
        .with_custom_function(NamedNode::new_unchecked(SHORT), move |arguments| {
            let most = number(arguments.get(1)).unwrap_or(0);
            let value = arguments.first()?;
            if length(value) > most {
                let over = SparqlError::OverBudget { what: "bytes in one text", limit: most };
                std::panic::resume_unwind(Box::new(Excess(over)));
            }
            // A chain of text functions over many rows reads no dataset: it is stopped here.
            shortening.pass(0);
            Some(value.clone())
        })
        .with_custom_function(NamedNode::new_unchecked(HELD), move |arguments| {
            let value = arguments.first()?;
            holding.pass(length(value) + VALUE_BYTES);
            Some(value.clone())
        })
}

fn number(term: Option<&Term>) -> Option<u64> {
    match term {
        Some(Term::Literal(literal)) => literal.value().parse().ok(),
        _ => None,
    }
}

fn length(term: &Term) -> u64 {
    match term {
        Term::Literal(literal) => literal.value().len() as u64,
        Term::NamedNode(node) => node.as_str().len() as u64,
        _ => 0,
    }
}
