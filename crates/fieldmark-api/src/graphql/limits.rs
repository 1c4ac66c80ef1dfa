//! What one request may ask for, decided before anything is read.
//!
//! The library counts selected fields and knows nothing of list sizes or aliases; it also expands
//! fragments while it counts, so that thirty fragments that each spread the next one twice keep it
//! busy for minutes. Everything here is therefore checked first, in time linear in the document.

use super::fault::Fault;
use super::size::{Weight, Weights};
use async_graphql::Variables;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Value};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// The bounds of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's body, or of a query string.
    pub body_bytes: usize,
    /// Bytes of the body of a request by somebody who may write.
    pub written_bytes: usize,
    /// Bytes of the GraphQL document.
    pub query_bytes: usize,
    /// Brackets within brackets in the document; what the parser's stack can bear is far more.
    pub nesting: usize,
    /// Fields within fields.
    pub depth: u32,
    /// Fields selected, fragments counted wherever they are spread.
    pub fields: u64,
    /// Values the answer may come to, every list counted at the size asked for.
    pub values: u64,
    /// Fields renamed with an alias, fragments counted wherever they are spread.
    pub aliases: u64,
    /// Directives on one field.
    pub directives: usize,
    /// Time from the first byte read to the last value known.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 256 * 1024,
            written_bytes: 16 * 1024 * 1024,
            query_bytes: 64 * 1024,
            nesting: 64,
            depth: 20,
            fields: 2_000,
            values: 1_000_000,
            aliases: 64,
            directives: 8,
            time: Duration::from_secs(30),
        }
    }
}

/// Refuses a document too long or too deep to be parsed.
pub(super) fn before_parsing(query: &str, limits: &Limits) -> Result<(), Fault> {
    if query.len() > limits.query_bytes {
        return Err(Fault::Limit(format!(
            "the query has {} bytes, at most {} are read: pass long values as variables",
            query.len(),
            limits.query_bytes
        )));
    }
    if nesting(query) > limits.nesting {
        return Err(Fault::Limit(format!(
            "brackets are nested more than {} deep",
            limits.nesting
        )));
    }
    Ok(())
}

/// How deep brackets nest, strings and comments apart.
fn nesting(query: &str) -> usize {
    let (mut deepest, mut depth) = (0, 0_usize);
    let mut rest = query.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'#' => {
                let line = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                rest = &rest[line.unwrap_or(rest.len())..];
            }
            b'"' if rest.starts_with(b"\"\"") => rest = after_block(&rest[2..]),
            b'"' => rest = after_string(rest),
            _ => {}
        }
    }
    deepest
}

fn after_string(mut rest: &[u8]) -> &[u8] {
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\\' => rest = rest.get(1..).unwrap_or_default(),
            b'"' | b'\n' => break,
            _ => {}
        }
    }
    rest
}

fn after_block(mut rest: &[u8]) -> &[u8] {
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(b"\\\"\"\"") {
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b"\"\"\"") {
            return after;
        } else {
            rest = &rest[1..];
        }
    }
    rest
}

/// Refuses a parsed document that asks for too much. All its operations are counted: the library
/// validates them all, whichever is run.
pub(super) fn before_running(
    document: &ExecutableDocument,
    variables: &Variables,
    weights: &Weights,
    limits: &Limits,
) -> Result<(), Fault> {
    let mut count = Count {
        document,
        variables,
        weights,
        defaults: HashMap::new(),
        known: HashMap::new(),
        open: HashSet::new(),
    };
    let mut cost = Cost::default();
    match &document.operations {
        DocumentOperations::Single(operation) => {
            cost.beside(count.operation(&operation.node)?);
        }
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values() {
                cost.beside(count.operation(&operation.node)?);
            }
        }
    }
    let bounds = [
        (
            cost.depth.into(),
            limits.depth.into(),
            "levels of fields",
            "ask in two requests",
        ),
        (cost.fields, limits.fields, "fields", "select fewer"),
        (
            cost.aliases,
            limits.aliases,
            "aliases",
            "ask in several requests",
        ),
        (
            cost.values,
            limits.values,
            "values",
            "ask for shorter pages with first",
        ),
    ];
    for (found, bound, what, remedy) in bounds {
        if found > bound {
            return Err(Fault::Limit(format!(
                "this query may come to {found} {what}, at most {bound} are answered: {remedy}"
            )));
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Cost {
    depth: u32,
    fields: u64,
    aliases: u64,
    values: u64,
}

impl Cost {
    fn beside(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.fields = self.fields.saturating_add(other.fields);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.values = self.values.saturating_add(other.values);
    }
}

struct Count<'d> {
    document: &'d ExecutableDocument,
    variables: &'d Variables,
    weights: &'d Weights,
    /// What variables that were not given stand for in the operation that is counted.
    defaults: HashMap<&'d Name, &'d Value>,
    /// Fragments already counted: each is walked once, however often it is spread.
    known: HashMap<&'d Name, Cost>,
    open: HashSet<&'d Name>,
}

impl<'d> Count<'d> {
    fn operation(&mut self, operation: &'d OperationDefinition) -> Result<Cost, Fault> {
        self.defaults = operation
            .variable_definitions
            .iter()
            .filter_map(|defined| {
                let default = defined.node.default_value.as_ref()?;
                Some((&defined.node.name.node, &default.node))
            })
            .collect();
        // A fragment may cost another operation something else.
        self.known.clear();
        self.selection(&operation.selection_set.node)
    }

    fn selection(&mut self, set: &'d SelectionSet) -> Result<Cost, Fault> {
        let mut total = Cost::default();
        for selection in &set.items {
            let cost = match &selection.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(fragment) => {
                    self.selection(&fragment.node.selection_set.node)?
                }
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node)?
                }
            };
            total.beside(cost);
        }
        Ok(total)
    }

    fn fragment(&mut self, name: &'d Name) -> Result<Cost, Fault> {
        if let Some(cost) = self.known.get(name) {
            return Ok(*cost);
        }
        // An unknown fragment is for validation to name.
        let Some((name, fragment)) = self.document.fragments.get_key_value(name) else {
            return Ok(Cost::default());
        };
        if !self.open.insert(name) {
            return Err(Fault::BadInput(format!("fragment {name} spreads itself")));
        }
        let cost = self.selection(&fragment.node.selection_set.node)?;
        self.open.remove(name);
        self.known.insert(name, cost);
        Ok(cost)
    }

    fn field(&mut self, field: &'d Field) -> Result<Cost, Fault> {
        let below = self.selection(&field.selection_set.node)?;
        let weight = self.weights.get(&field.name.node);
        let size = weight.map_or(1, |weight| self.size(field, weight));
        let one = 1_u64.saturating_add(below.values);
        Ok(Cost {
            depth: below.depth.saturating_add(1),
            fields: below.fields.saturating_add(1),
            aliases: below
                .aliases
                .saturating_add(u64::from(field.alias.is_some())),
            values: size
                .saturating_mul(one)
                .saturating_add(weight.map_or(0, |weight| weight.effort)),
        })
    }

    /// How many times what is selected within may be answered.
    fn size(&self, field: &Field, weight: &Weight) -> u64 {
        let argument = |name: &str| {
            let value = field.get_argument(name)?;
            let value = value.node.clone().into_const_with(|variable| {
                let given = self.variables.get(&variable);
                let value = given.or_else(|| self.defaults.get(&variable).copied());
                value.cloned().ok_or(())
            });
            value.ok()
        };
        let asked = weight
            .slicing
            .iter()
            .find_map(|name| match argument(name)? {
                Value::Number(number) => number.as_u64(),
                Value::List(values) => Some(values.len() as u64),
                _ => None,
            });
        asked.unwrap_or(weight.assumed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn check(query: &str) -> Result<(), Fault> {
        let limits = Limits::default();
        before_parsing(query, &limits)?;
        let document = parse_query(query).expect("the test's own query");
        let weights = Weights::of(include_str!("../../schema.graphql")).expect("our own schema");
        before_running(&document, &Variables::default(), &weights, &limits)
    }

    fn refused(query: &str, why: &str) {
        let fault = check(query).expect_err(query).to_string();
        assert!(fault.contains(why), "{query:.60}: {fault}");
    }

    #[test]
    fn brackets_are_counted_outside_strings_and_comments() {
        for (query, depth) in [
            ("{ a { b } }", 2),
            ("{ a(x: \"{{{{\") }", 2),
            ("{ a(x: \"\\\"{{{\") }", 2),
            ("{ a(x: \"\"\"{{ \\\"\"\" {{\"\"\") { b } } # {{{{{", 2),
            ("{ a(x: [[[1]]]) }", 5),
            ("}}}{", 1),
        ] {
            assert_eq!(nesting(query), depth, "{query}");
        }
    }

    #[test]
    fn what_would_overflow_the_parser_is_refused_unparsed() {
        refused(&"{a".repeat(30_000), "nested more than 64");
        refused(
            &format!("{{ a(x: {}) }}", "[".repeat(30_000)),
            "nested more than 64",
        );
        refused(
            &format!("{{ a }} # {}", "x".repeat(70_000)),
            "at most 65536",
        );
    }

    #[test]
    fn fragments_that_double_are_counted_without_being_expanded() {
        let mut query = String::from("{ ...f0 }");
        for level in 0..60 {
            let next = level + 1;
            query.push_str(&format!(
                " fragment f{level} on Query {{ ...f{next} ...f{next} }}"
            ));
        }
        query.push_str(" fragment f60 on Query { viewer { audience } }");
        refused(&query, "fields");
        refused(
            "{ ...f } fragment f on Query { ...g } fragment g on Query { ...f }",
            "itself",
        );
    }

    #[test]
    fn lists_within_lists_multiply() {
        let page = "{ incidents(first: 100) { nodes { label platforms { nodes { label } } \
            techniques { nodes { label } } networks { nodes { label } } \
            narratives { nodes { label } } claims { nodes { term } } } } }";
        assert_eq!(check(page), Ok(()));
        refused(
            "{ incidents(first: 500) { nodes { platforms(first: 500) { nodes { \
             incidents(first: 500) { nodes { label } } } } } } }",
            "values",
        );
        refused(
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
            "values",
        );
    }

    #[test]
    fn a_variables_default_counts_as_its_value() {
        let nested = |n: &str| {
            format!(
                "query($n: Int{n}) {{ incidents(first: $n) {{ nodes {{ platforms(first: $n) {{ nodes {{ \
                 incidents(first: $n) {{ nodes {{ label }} }} }} }} }} }} }}"
            )
        };
        refused(&nested(" = 500"), "values");
        assert_eq!(check(&nested(" = 5")), Ok(()));
        // Of several operations each has its own.
        refused(
            &format!(
                "{} query B($n: Int = 500) {{ ...F }} query C($n: Int = 1) {{ ...F }} fragment F on Query {{ \
                 incidents(first: $n) {{ nodes {{ platforms(first: $n) {{ nodes {{ incidents(first: $n) {{ nodes {{ label }} }} }} }} }} }} }}",
                "query A { viewer { audience } }"
            ),
            "values",
        );
    }

    #[test]
    fn aliases_are_capped_however_they_are_multiplied() {
        let many = (0..65)
            .map(|n| format!("a{n}: viewer {{ audience }}"))
            .collect::<String>();
        refused(&format!("{{ {many} }}"), "aliases");
        let spread = "...f ".repeat(40);
        refused(
            &format!(
                "{{ {spread} }} fragment f on Query {{ a: viewer {{ audience }} b: viewer {{ audience }} }}"
            ),
            "aliases",
        );
    }

    #[test]
    fn the_query_tools_introspect_with_fits() {
        let mut of_type = String::from("name kind");
        for _ in 0..9 {
            of_type = format!("name kind ofType {{ {of_type} }}");
        }
        let query = format!(
            "{{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ kind name description \
             specifiedByURL fields(includeDeprecated: true) {{ name description args {{ ...I }} type {{ ...T }} \
             isDeprecated deprecationReason }} inputFields {{ ...I }} interfaces {{ ...T }} enumValues {{ name \
             description }} possibleTypes {{ ...T }} }} directives {{ name description locations args {{ ...I }} }} \
             }} }} fragment I on __InputValue {{ name description type {{ ...T }} defaultValue }} \
             fragment T on __Type {{ {of_type} }}"
        );
        assert_eq!(check(&query), Ok(()));
    }
}
