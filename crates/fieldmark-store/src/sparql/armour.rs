//! The armour put around an algebra before it runs.
//!
//! The engine looks at its cancellation only when it reads a row from the dataset. A join of lists
//! it already holds, a sort, or rows that find nothing in the dataset can go on for minutes and
//! gigabytes. So a call to a counting function is put where rows come out of memory, and where
//! they are held. It stands in a BIND to a variable of its own, which it never binds: the planner
//! moves a FILTER about, and a filter would change what it takes for a nested loop, but not that.

use super::budget::{Budget, Excess};
use super::expression::children_mut;
use super::{SparqlError, exists};
use oxigraph::sparql::SparqlEvaluator;
use oxrdf::{NamedNode, Term, Variable};
use spargebra::Query;
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression, Function, GraphPattern, OrderExpression,
    PropertyPathExpression,
};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The longest text that CONCAT and REPLACE may make, roughly: the bound is on what they are
/// given, because the engine makes the text before anybody can look at it.
const LONG: u64 = 1 << 20;
/// The longest text in which REPLACE replaces.
const REPLACED: u64 = 64 << 10;
/// The longest replacement.
const REPLACEMENT: u64 = 1 << 10;
/// What one value of a row takes in the engine, in bytes: its encoded term is 40, with its flag.
const VALUE: u64 = 40;
/// What a row takes besides: its vector, its place in a table, the allocator's own.
const ROW: u64 = 64;

/// A counting function, by what it does. Its name carries the number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Counter {
    /// Counts a row of which so many bytes will be held. Without arguments and without a value.
    Row(u64),
    /// Counts a row that will be sorted by so many values. Without arguments and without a value.
    Sort(u64),
    /// Passes a text on unless it is longer than this.
    Short(u64),
    /// Passes a text on and counts its length and so many bytes more.
    Keep(u64),
}

impl Counter {
    fn name(self) -> NamedNode {
        let (what, number) = match self {
            Self::Row(number) => ("row", number),
            Self::Sort(number) => ("sort", number),
            Self::Short(number) => ("short", number),
            Self::Keep(number) => ("keep", number),
        };
        NamedNode::new_unchecked(format!("urn:fieldmark:{what}:{number}"))
    }
}

/// How often, and with what already bound, a pattern is evaluated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Once, with nothing bound.
    Once,
    /// Once, or for each row of what it is joined with, as the planner likes.
    Beside,
    /// For each row outside. What it holds it holds briefly, so only time is counted.
    Each,
}

/// An armoured query and the counters in it.
pub struct Armoured {
    pub query: Query,
    counters: BTreeSet<Counter>,
}

/// Puts the counters into a query.
pub fn armour(mut query: Query) -> Armoured {
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = &mut query;
    let mut smith = Smith {
        counters: BTreeSet::new(),
        fresh: 0,
    };
    smith.plate(pattern, Turn::Once);
    Armoured {
        query,
        counters: smith.counters,
    }
}

impl Armoured {
    /// Gives the engine the functions, charged to one query's budget.
    pub fn equip(&self, evaluator: SparqlEvaluator, budget: &Arc<Budget>) -> SparqlEvaluator {
        self.counters.iter().fold(evaluator, |evaluator, counter| {
            let budget = budget.clone();
            match *counter {
                Counter::Row(bytes) => evaluator.with_custom_function(counter.name(), move |_| {
                    budget.pass(bytes);
                    None
                }),
                Counter::Sort(values) => {
                    evaluator.with_custom_function(counter.name(), move |_| {
                        budget.sort(values);
                        None
                    })
                }
                Counter::Short(most) => {
                    evaluator.with_custom_function(counter.name(), move |values| {
                        let value = values.first()?;
                        if length(value) > most {
                            let over = SparqlError::OverBudget {
                                what: "bytes in one text",
                                limit: most,
                            };
                            std::panic::resume_unwind(Box::new(Excess(over)));
                        }
                        // A chain of text functions over many rows reads no dataset: it stops here.
                        budget.pass(0);
                        Some(value.clone())
                    })
                }
                Counter::Keep(more) => {
                    evaluator.with_custom_function(counter.name(), move |values| {
                        let value = values.first()?;
                        budget.pass(length(value) + more);
                        Some(value.clone())
                    })
                }
            }
        })
    }
}

struct Smith {
    counters: BTreeSet<Counter>,
    fresh: usize,
}

impl Smith {
    fn plate(&mut self, pattern: &mut GraphPattern, turn: Turn) {
        match pattern {
            GraphPattern::Bgp { .. } | GraphPattern::Values { .. } => {}
            GraphPattern::Path { .. } => {
                if turn == Turn::Once {
                    self.each_node_in_turn(pattern);
                }
            }
            GraphPattern::Join { .. } => {
                // Plain patterns and one list are read from the dataset row by row, so a join of
                // nothing else needs no counting.
                let several = lists(pattern) > 1;
                if self.plate_sides(pattern, turn, several) {
                    self.count(pattern, Counter::Row(0));
                }
            }
            GraphPattern::LeftJoin {
                left,
                right,
                expression,
            } => {
                self.plate(left, turn);
                self.plate(
                    right,
                    if turn == Turn::Each {
                        turn
                    } else {
                        Turn::Beside
                    },
                );
                if !is_plain(right) {
                    self.hold(right, turn);
                }
                if let Some(expression) = expression {
                    let scope = scope(&[left, right]);
                    self.plate_expression(expression, &scope);
                }
                self.count(pattern, Counter::Row(0));
            }
            GraphPattern::Lateral { left, right } => {
                self.plate(left, turn);
                self.plate(right, Turn::Each);
                if !is_plain(pattern) || lists(pattern) > 1 {
                    self.count(pattern, Counter::Row(0));
                }
            }
            GraphPattern::Minus { left, right } => {
                self.plate(left, turn);
                self.plate(right, turn);
                self.hold(right, turn);
            }
            GraphPattern::Union { left, right } => {
                self.plate(left, turn);
                self.plate(right, turn);
            }
            GraphPattern::Filter { expr, inner } => {
                self.plate(inner, turn);
                let scope = scope(&[inner]);
                self.plate_expression(expr, &scope);
            }
            GraphPattern::Extend {
                inner, expression, ..
            } => {
                self.plate(inner, turn);
                let scope = scope(&[inner]);
                self.plate_expression(expression, &scope);
            }
            GraphPattern::OrderBy { inner, expression } => {
                self.plate(inner, turn);
                self.hold(inner, turn);
                // The sort itself looks at nothing until it is done, and takes its time.
                self.count(inner, Counter::Sort(expression.len() as u64));
                let scope = scope(&[inner]);
                for order in expression {
                    let (OrderExpression::Asc(key) | OrderExpression::Desc(key)) = order;
                    self.plate_expression(key, &scope);
                }
            }
            GraphPattern::Group {
                inner, aggregates, ..
            } => {
                self.plate(inner, turn);
                self.count(inner, Counter::Row(0));
                let scope = scope(&[inner]);
                for (_, aggregate) in aggregates {
                    if let AggregateExpression::FunctionCall { name, expr, .. } = aggregate {
                        self.plate_expression(expr, &scope);
                        if let AggregateFunction::GroupConcat { separator } = name {
                            let more = separator.as_ref().map_or(1, |text| text.len() as u64);
                            *expr = self.call(
                                Counter::Keep(more),
                                vec![std::mem::replace(expr, nothing())],
                            );
                        }
                    }
                }
            }
            GraphPattern::Distinct { inner } => {
                self.plate(inner, turn);
                // What comes out is what it holds; the variable of the counter must not.
                let mut variables = Vec::new();
                pattern.on_in_scope_variable(|variable| {
                    if !variables.contains(variable) {
                        variables.push(variable.clone());
                    }
                });
                self.hold(pattern, turn);
                let inner = Box::new(std::mem::replace(pattern, empty()));
                *pattern = GraphPattern::Project { inner, variables };
            }
            // The planner never makes a nested loop of a sub-query.
            GraphPattern::Project { inner, .. } => {
                self.plate(inner, if turn == Turn::Each { turn } else { Turn::Once });
            }
            GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. }
            | GraphPattern::Graph { inner, .. }
            | GraphPattern::Service { inner, .. } => self.plate(inner, turn),
        }
    }

    /// The sides of a join and of the joins it is made of. The planner orders them all together,
    /// so nothing may come between the joins. Says whether a side comes out of memory.
    fn plate_sides(&mut self, pattern: &mut GraphPattern, turn: Turn, several: bool) -> bool {
        if let GraphPattern::Join { left, right } = pattern {
            let left = self.plate_sides(left, turn, several);
            return self.plate_sides(right, turn, several) || left;
        }
        self.plate(
            pattern,
            if turn == Turn::Each {
                turn
            } else {
                Turn::Beside
            },
        );
        if !is_plain(pattern) {
            self.hold(pattern, turn);
            return true;
        }
        if several && lists(pattern) > 0 {
            self.count(pattern, Counter::Row(0));
            return true;
        }
        false
    }

    /// Counts the rows of a pattern.
    fn count(&mut self, pattern: &mut GraphPattern, counter: Counter) {
        let variable = Variable::new_unchecked(self.name());
        let inner = Box::new(std::mem::replace(pattern, empty()));
        let expression = self.call(counter, Vec::new());
        *pattern = GraphPattern::Extend {
            inner,
            variable,
            expression,
        };
    }

    /// Counts the rows of a pattern that will be held.
    fn hold(&mut self, pattern: &mut GraphPattern, turn: Turn) {
        let bytes = match turn {
            Turn::Each => 0,
            Turn::Once | Turn::Beside => ROW + VALUE * scope(&[pattern]).len() as u64,
        };
        self.count(pattern, Counter::Row(bytes));
    }

    fn call(&mut self, counter: Counter, arguments: Vec<Expression>) -> Expression {
        self.counters.insert(counter);
        Expression::FunctionCall(Function::Custom(counter.name()), arguments)
    }

    /// A name that no query can hold, because of its space.
    fn name(&mut self) -> String {
        self.fresh += 1;
        format!("counter {}", self.fresh)
    }

    /// A closure open at both ends is gathered by the engine as one table of all pairs before the
    /// first comes out. From each node in turn it needs no more than that node's own.
    fn each_node_in_turn(&mut self, pattern: &mut GraphPattern) {
        let GraphPattern::Path {
            subject,
            path,
            object,
        } = pattern
        else {
            return;
        };
        let inner = match path {
            PropertyPathExpression::OneOrMore(inner) => Some(inner),
            PropertyPathExpression::ZeroOrMore(_) => None,
            _ => return,
        };
        let (TermPattern::Variable(start), TermPattern::Variable(end)) = (&*subject, &*object)
        else {
            return;
        };
        if start == end {
            return;
        }
        let other = |smith: &mut Self| TermPattern::from(Variable::new_unchecked(smith.name()));
        let triple = |subject: &TermPattern, predicate: NamedNodePattern, object: &TermPattern| {
            let (subject, object) = (subject.clone(), object.clone());
            GraphPattern::Bgp {
                patterns: vec![TriplePattern {
                    subject,
                    predicate,
                    object,
                }],
            }
        };
        let (start, node) = (start.clone(), subject.clone());
        let nodes = match inner.map(|inner| &**inner) {
            Some(PropertyPathExpression::NamedNode(predicate)) => {
                let predicate = predicate.clone().into();
                triple(&node, predicate, &other(self))
            }
            _ => {
                let predicate = NamedNodePattern::from(Variable::new_unchecked(self.name()));
                let end = other(self);
                GraphPattern::Union {
                    left: Box::new(triple(&node, predicate.clone(), &end)),
                    right: Box::new(triple(&end, predicate, &node)),
                }
            }
        };
        let nodes = GraphPattern::Project {
            inner: Box::new(nodes),
            variables: vec![start],
        };
        let mut nodes = GraphPattern::Distinct {
            inner: Box::new(nodes),
        };
        self.plate(&mut nodes, Turn::Once);
        let right = Box::new(std::mem::replace(pattern, empty()));
        *pattern = GraphPattern::Lateral {
            left: Box::new(nodes),
            right,
        };
    }

    fn plate_expression(&mut self, expression: &mut Expression, scope: &BTreeSet<Variable>) {
        match expression {
            Expression::Exists(pattern) => {
                exists::chain(pattern, scope, &mut || self.name());
                self.plate(pattern, Turn::Each);
            }
            Expression::FunctionCall(function, arguments) => {
                for argument in arguments.iter_mut() {
                    self.plate_expression(argument, scope);
                }
                match function {
                    Function::Concat => {
                        let most = LONG / (arguments.len() as u64).max(1);
                        for argument in arguments {
                            self.shorten(argument, most);
                        }
                    }
                    Function::Replace => {
                        for (argument, most) in
                            arguments.iter_mut().zip([REPLACED, REPLACED, REPLACEMENT])
                        {
                            self.shorten(argument, most);
                        }
                    }
                    _ => {}
                }
            }
            _ => {
                for child in children_mut(expression) {
                    self.plate_expression(child, scope);
                }
            }
        }
    }

    fn shorten(&mut self, expression: &mut Expression, most: u64) {
        // What is written out in the query is as long as it is.
        if !matches!(expression, Expression::Literal(literal) if literal.value().len() as u64 <= most)
        {
            let inner = std::mem::replace(expression, nothing());
            *expression = self.call(Counter::Short(most), vec![inner]);
        }
    }
}

/// Whether the engine reads a pattern from the dataset, or from one list, as its rows are asked for.
fn is_plain(pattern: &GraphPattern) -> bool {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => true,
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::Graph { inner, .. } => is_plain(inner),
        GraphPattern::Join { left, right }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::LeftJoin { left, right, .. }
        | GraphPattern::Union { left, right } => is_plain(left) && is_plain(right),
        _ => false,
    }
}

/// How many lists of more than one row a pattern reads.
fn lists(pattern: &GraphPattern) -> usize {
    match pattern {
        GraphPattern::Values { bindings, .. } => usize::from(bindings.len() > 1),
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Extend { inner, .. }
        | GraphPattern::Graph { inner, .. } => lists(inner),
        GraphPattern::Join { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::LeftJoin { left, right, .. } => lists(left) + lists(right),
        _ => 0,
    }
}

fn scope(patterns: &[&GraphPattern]) -> BTreeSet<Variable> {
    let mut variables = BTreeSet::new();
    for pattern in patterns {
        pattern.on_in_scope_variable(|variable| {
            variables.insert(variable.clone());
        });
    }
    variables
}

fn empty() -> GraphPattern {
    GraphPattern::Bgp {
        patterns: Vec::new(),
    }
}

/// Stands in an expression's place while that is moved.
fn nothing() -> Expression {
    Expression::Coalesce(Vec::new())
}

fn length(term: &Term) -> u64 {
    match term {
        Term::Literal(literal) => literal.value().len() as u64,
        Term::NamedNode(node) => node.as_str().len() as u64,
        Term::BlankNode(_) | Term::Triple(_) => 0,
    }
}
