//! Puts an answer's fields in the order they were asked for.
//!
//! The library inserts a field when it is ready, so one that had to read comes after those that
//! had not. GraphQL (section 6.2.2, "Serialized Maps") asks for the order of the query, and equal
//! answers must be equal bytes. It also writes an object none of whose selected fields apply as
//! null, where the specification has an empty object.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Value};

/// The response keys of one selection, in order, each with what is selected within.
#[derive(Default)]
pub(super) struct Plan(Vec<Planned>);

struct Planned {
    key: Name,
    /// Whether null, where an object is expected, can only be the library's empty object.
    never_null: bool,
    within: Plan,
}

impl Plan {
    /// The plan of an operation's selection. The document has passed its limits, so expanding its
    /// fragments is bounded.
    pub(super) fn of(document: &ExecutableDocument, selection: &SelectionSet) -> Self {
        let mut plan = Self::default();
        plan.add(document, selection, true);
        plan
    }

    fn add(&mut self, document: &ExecutableDocument, selection: &SelectionSet, root: bool) {
        for item in &selection.items {
            match &item.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let key = &field.response_key().node;
                    let place = self.0.iter().position(|planned| planned.key == *key);
                    let place = place.unwrap_or_else(|| {
                        self.0.push(Planned {
                            key: key.clone(),
                            // At the root `node` and the items of `nodes` may be null; anywhere
                            // below, list items and an edge's node may not.
                            never_null: !root && field.name.node == "node",
                            within: Self::default(),
                        });
                        self.0.len() - 1
                    });
                    self.0[place]
                        .within
                        .add(document, &field.selection_set.node, false);
                }
                Selection::InlineFragment(fragment) => {
                    self.add(document, &fragment.node.selection_set.node, root);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node)
                    {
                        self.add(document, &fragment.node.selection_set.node, root);
                    }
                }
            }
        }
    }

    /// Puts `data`, the answer to this plan's operation, in order.
    pub(super) fn apply(&self, data: &mut Value) {
        self.settle(data, true);
    }

    fn settle(&self, value: &mut Value, root: bool) {
        match value {
            Value::Object(fields) => {
                let place = |key: &Name| self.0.iter().position(|planned| planned.key == *key);
                if !self.in_order(fields.keys()) {
                    fields.sort_by(|left, _, right, _| place(left).cmp(&place(right)));
                }
                let mut planned = self.0.iter();
                for (key, value) in fields {
                    if let Some(planned) = planned.by_ref().find(|planned| planned.key == *key)
                        && !planned.within.0.is_empty()
                    {
                        planned.within.item(value, planned.never_null, root);
                    }
                }
            }
            Value::List(items) => {
                for item in items {
                    self.settle(item, false);
                }
            }
            _ => {}
        }
    }

    fn item(&self, value: &mut Value, never_null: bool, root: bool) {
        match value {
            Value::Null if never_null => *value = Value::Object(Default::default()),
            Value::List(items) if !root => {
                for item in items {
                    self.item(item, true, false);
                }
            }
            _ => self.settle(value, false),
        }
    }

    fn in_order<'v>(&self, keys: impl Iterator<Item = &'v Name>) -> bool {
        let mut planned = self.0.iter();
        for key in keys {
            if !planned.by_ref().any(|planned| planned.key == *key) {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::DocumentOperations;

    fn ordered(query: &str, answer: &str) -> String {
        let document = parse_query(query).expect("the test's own query");
        let DocumentOperations::Single(operation) = &document.operations else {
            panic!("one anonymous operation");
        };
        let plan = Plan::of(&document, &operation.node.selection_set.node);
        let mut data: Value = serde_json::from_str(answer).expect("the test's own answer");
        plan.apply(&mut data);
        serde_json::to_string(&data).expect("values are JSON")
    }

    #[test]
    fn an_answer_has_the_order_of_the_query() {
        let query = "{ b { ...F y } a } fragment F on T { x z: w }";
        assert_eq!(
            ordered(query, r#"{"a":1,"b":[{"y":1,"z":2,"x":3},{"x":4}]}"#),
            r#"{"b":[{"x":3,"z":2,"y":1},{"x":4}],"a":1}"#
        );
    }

    #[test]
    fn an_object_with_nothing_to_say_is_empty_and_not_null() {
        let query = "{ search { nodes { ... on T { x } } edges { node { ... on T { x } } } } \
                     node { ... on T { x } } nodes { ... on T { x } } }";
        let answer =
            r#"{"search":{"nodes":[null],"edges":[{"node":null}]},"node":null,"nodes":[null]}"#;
        assert_eq!(
            ordered(query, answer),
            r#"{"search":{"nodes":[{}],"edges":[{"node":{}}]},"node":null,"nodes":[null]}"#
        );
    }
}
