//! Filling `VALUES ?x { UNDEF }` in parsed algebra. Text is never assembled from input, and the
//! binding reaches every place where the file says it matters, which an appended VALUES would not
//! (it miscounts aggregates).

use super::expression::children_mut;
use oxrdf::{Term, Variable};
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};
use spargebra::term::GroundTerm;

/// Puts `values` into every placeholder of `name`; returns how many there were.
pub fn fill(query: &mut Query, name: &str, values: &[Term]) -> usize {
    let rows: Vec<Vec<Option<GroundTerm>>> = values
        .iter()
        .filter_map(ground)
        .map(|term| vec![Some(term)])
        .collect();
    let pattern = match query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => pattern,
    };
    let mut filled = 0;
    walk(pattern, &mut |variables, bindings| {
        let ours = matches!(variables, [variable] if variable.as_str() == name);
        if ours && matches!(bindings.as_slice(), [row] if matches!(row.as_slice(), [None])) {
            bindings.clone_from(&rows);
            filled += 1;
        }
    });
    filled
}

fn ground(term: &Term) -> Option<GroundTerm> {
    match term {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::Literal(literal) => Some(literal.clone().into()),
        _ => None,
    }
}

type Visit<'v> = &'v mut dyn FnMut(&[Variable], &mut Vec<Vec<Option<GroundTerm>>>);

fn walk(pattern: &mut GraphPattern, visit: Visit<'_>) {
    match pattern {
        GraphPattern::Values {
            variables,
            bindings,
        } => visit(variables, bindings),
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } => {}
        GraphPattern::Join { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right }
        | GraphPattern::Lateral { left, right } => {
            walk(left, visit);
            walk(right, visit);
        }
        GraphPattern::LeftJoin {
            left,
            right,
            expression,
        } => {
            walk(left, visit);
            walk(right, visit);
            if let Some(expression) = expression {
                look(expression, visit);
            }
        }
        GraphPattern::Filter { expr, inner } => {
            look(expr, visit);
            walk(inner, visit);
        }
        GraphPattern::Extend {
            inner, expression, ..
        } => {
            look(expression, visit);
            walk(inner, visit);
        }
        GraphPattern::OrderBy { inner, expression } => {
            for order in expression {
                let (OrderExpression::Asc(expression) | OrderExpression::Desc(expression)) = order;
                look(expression, visit);
            }
            walk(inner, visit);
        }
        GraphPattern::Group {
            inner, aggregates, ..
        } => {
            for (_, aggregate) in aggregates {
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                    look(expr, visit);
                }
            }
            walk(inner, visit);
        }
        GraphPattern::Graph { inner, .. }
        | GraphPattern::Service { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => walk(inner, visit),
    }
}

/// Placeholders also stand inside EXISTS.
fn look(expression: &mut Expression, visit: Visit<'_>) {
    match expression {
        Expression::Exists(pattern) => walk(pattern, visit),
        other => {
            for child in children_mut(other) {
                look(child, visit);
            }
        }
    }
}
