//! As known when: one request is answered in one view, so all its root fields name one moment.

use super::fault::Fault;
use crate::known::{KNOWN_AT, KnownAt};
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Value, Variables};

/// The moment that an operation asks about. The document has passed its limits, so expanding the
/// fragments at its root is bounded.
pub(super) fn of(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<KnownAt, Fault> {
    let mut roots = Roots {
        document,
        operation,
        variables,
        said: None,
    };
    roots.selection(&operation.selection_set.node)?;
    KnownAt::parse(roots.said.flatten().as_deref())
        .map_err(|error| Fault::BadInput(error.to_string()))
}

struct Roots<'d> {
    document: &'d ExecutableDocument,
    operation: &'d OperationDefinition,
    variables: &'d Variables,
    /// What the fields so far say, once there was one.
    said: Option<Option<String>>,
}

impl Roots<'_> {
    fn selection(&mut self, set: &SelectionSet) -> Result<(), Fault> {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(fragment) => {
                    self.selection(&fragment.node.selection_set.node)?;
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name) {
                        self.selection(&fragment.node.selection_set.node)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &Field) -> Result<(), Fault> {
        // These are about the schema and about no moment.
        if field.name.node.starts_with("__") || field.name.node == "questions" {
            return Ok(());
        }
        let said = match field.get_argument(KNOWN_AT).map(|argument| &argument.node) {
            None => None,
            Some(value) => {
                let value = value.clone().into_const_with(|name| {
                    let given = self.variables.get(&name).cloned();
                    let defaults = &self.operation.variable_definitions;
                    let default = || {
                        let of = defaults.iter().find(|one| one.node.name.node == name);
                        of.and_then(|one| one.node.default_value.as_ref())
                            .map(|value| value.node.clone())
                    };
                    Ok::<_, Fault>(given.or_else(default).unwrap_or(Value::Null))
                })?;
                match value {
                    Value::String(text) => Some(text),
                    // The library refuses what is no text; null is now.
                    _ => None,
                }
            }
        };
        match &self.said {
            None => self.said = Some(said),
            Some(before) if *before == said => {}
            Some(_) => {
                return Err(Fault::BadInput(format!(
                    "one request is answered as known at one moment: give every field at its root the same {KNOWN_AT}, or send two requests"
                )));
            }
        }
        Ok(())
    }
}
