//! How much of an answer a field may come to.
//!
//! A list says so where it is made, by the directives of GraphQL's cost specification
//! (<https://ibm.github.io/graphql-specs/cost-spec.html>), so that a client reads in the schema
//! what [`super::limits`] counts by.

use super::paging::PAGE;
use async_graphql::Value;
use async_graphql::dynamic::{Directive, Field, InterfaceField, TypeRef};
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    ConstDirective, FieldDefinition, TypeKind, TypeSystemDefinition,
};
use std::collections::{BTreeSet, HashMap};

/// What the two directives mean, for the schema's clients.
pub(super) const DIRECTIVES: &str = "\
\"How long a list is taken to be when a request is weighed: what the slicing argument says, else \
the assumed size. With sized fields the list is one of theirs.\"
directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], \
requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
\"What a field weighs whatever it answers, in values.\"
directive @cost(weight: String!) on FIELD_DEFINITION
";

/// A field's type and, of a list, its size.
#[derive(Clone)]
pub(super) struct Shape {
    ty: TypeRef,
    size: Option<Size>,
}

#[derive(Clone, Copy)]
struct Size {
    assumed: u64,
    slicing: &'static [&'static str],
    sized: &'static [&'static str],
}

impl From<TypeRef> for Shape {
    fn from(ty: TypeRef) -> Self {
        Self { ty, size: None }
    }
}

impl Shape {
    fn of(ty: TypeRef, assumed: usize) -> Self {
        let size = Some(Size {
            assumed: assumed as u64,
            slicing: &[],
            sized: &[],
        });
        Self { ty, size }
    }

    /// With arguments that say how long the list is, or list what is asked for.
    pub(super) fn sliced(mut self, arguments: &'static [&'static str]) -> Self {
        if let Some(size) = &mut self.size {
            size.slicing = arguments;
        }
        self
    }

    fn within(mut self, fields: &'static [&'static str]) -> Self {
        if let Some(size) = &mut self.size {
            size.sized = fields;
        }
        self
    }

    /// The type, and the size as a directive.
    pub(super) fn parts(self) -> (TypeRef, Option<Directive>) {
        let words = |words: &[&str]| Value::List(words.iter().copied().map(Value::from).collect());
        let directive = self.size.map(|size| {
            let mut directive =
                Directive::new("listSize").argument("assumedSize", Value::from(size.assumed));
            if !size.slicing.is_empty() {
                directive = directive
                    .argument("slicingArguments", words(size.slicing))
                    .argument("requireOneSlicingArgument", Value::from(false));
            }
            if !size.sized.is_empty() {
                directive = directive.argument("sizedFields", words(size.sized));
            }
            directive
        });
        (self.ty, directive)
    }

    /// As a field of an interface.
    pub(super) fn of_interface(self, name: &str) -> InterfaceField {
        let (ty, size) = self.parts();
        size.into_iter()
            .fold(InterfaceField::new(name, ty), InterfaceField::directive)
    }
}

/// A list of what is not null, itself null only when it could not be read.
pub(super) fn list(ty: &str, assumed: usize) -> Shape {
    Shape::of(TypeRef::named_nn_list(ty), assumed)
}

/// A list that is always there.
pub(super) fn full_list(ty: &str, assumed: usize) -> Shape {
    Shape::of(TypeRef::named_nn_list_nn(ty), assumed)
}

/// A list of what may be null, as long as the list of ids it is asked with.
pub(super) fn by_ids(ty: &str) -> Shape {
    Shape::of(TypeRef::List(Box::new(TypeRef::named(ty))), 1).sliced(&["ids"])
}

/// A page of a connection.
pub(super) fn page(ty: impl Into<String>) -> Shape {
    Shape::of(TypeRef::named(ty), PAGE)
        .sliced(&["first", "last"])
        .within(&["edges", "nodes"])
}

/// The rows of a saved question.
pub(super) fn rows(ty: &str) -> Shape {
    Shape::of(TypeRef::named(ty), PAGE)
        .sliced(&["first"])
        .within(&["rows"])
}

/// Says that a field takes long, whatever it answers.
pub(super) fn heavy(field: Field, values: u64) -> Field {
    field.directive(Directive::new("cost").argument("weight", Value::from(values.to_string())))
}

/// What the fields of one name weigh; of several types' the heaviest.
#[derive(Clone, Debug)]
pub(super) struct Weight {
    /// The length of the list when no argument says it.
    pub(super) assumed: u64,
    /// The arguments that say it.
    pub(super) slicing: BTreeSet<String>,
    /// What is added whatever the answer.
    pub(super) effort: u64,
}

impl Default for Weight {
    fn default() -> Self {
        Self {
            assumed: 1,
            slicing: BTreeSet::new(),
            effort: 0,
        }
    }
}

/// The weights of a schema's fields, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights(HashMap<String, Weight>);

impl Weights {
    /// Reads the directives of a schema.
    ///
    /// # Errors
    ///
    /// When it does not parse: a mistake in this crate, which its tests would show.
    pub(super) fn of(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut weights = Self::introspection();
        for definition in parse_schema(sdl)?.definitions {
            for field in fields(definition) {
                weights.add(&field);
            }
        }
        Ok(weights)
    }

    /// The library's own lists, at about this schema's size.
    fn introspection() -> Self {
        let lists = [
            ("types", 150),
            ("fields", 25),
            ("args", 5),
            ("possibleTypes", 30),
            ("interfaces", 2),
            ("enumValues", 8),
            ("inputFields", 8),
            ("directives", 5),
        ];
        let weight = |assumed| Weight {
            assumed,
            ..Weight::default()
        };
        let weights = lists.map(|(name, assumed)| (name.to_owned(), weight(assumed)));
        Self(weights.into())
    }

    fn add(&mut self, field: &FieldDefinition) {
        let name = field.name.node.as_str();
        for directive in &field.directives {
            let directive = &directive.node;
            let weight = self.0.entry(name.to_owned()).or_default();
            match directive.name.node.as_str() {
                "listSize" => {
                    weight.assumed = weight.assumed.max(whole(directive, "assumedSize"));
                    weight
                        .slicing
                        .extend(strings(directive, "slicingArguments"));
                }
                "cost" => weight.effort = weight.effort.max(whole(directive, "weight")),
                _ => {}
            }
        }
    }

    /// What a field of this name weighs; `None` for one that answers one value at no effort.
    pub(super) fn get(&self, name: &str) -> Option<&Weight> {
        self.0.get(name)
    }
}

fn fields(definition: TypeSystemDefinition) -> Vec<FieldDefinition> {
    let TypeSystemDefinition::Type(definition) = definition else {
        return Vec::new();
    };
    let fields = match definition.node.kind {
        TypeKind::Object(object) => object.fields,
        TypeKind::Interface(interface) => interface.fields,
        _ => Vec::new(),
    };
    fields.into_iter().map(|field| field.node).collect()
}

fn whole(directive: &ConstDirective, argument: &str) -> u64 {
    let value = directive.get_argument(argument).map(|value| &value.node);
    match value {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        _ => None,
    }
    .unwrap_or_default()
}

fn strings(directive: &ConstDirective, argument: &str) -> Vec<String> {
    match directive.get_argument(argument).map(|value| &value.node) {
        Some(Value::List(values)) => values
            .iter()
            .filter_map(|value| match value {
                Value::String(text) => Some(text.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::types::BaseType;

    /// What a field answers, list or not.
    fn named(base: &BaseType) -> &str {
        match base {
            BaseType::Named(name) => name,
            BaseType::List(inner) => named(&inner.base),
        }
    }

    #[test]
    fn every_list_of_the_schema_has_a_size() {
        let document = parse_schema(include_str!("../../schema.graphql")).expect("our own schema");
        let all: Vec<(String, FieldDefinition)> = document
            .definitions
            .into_iter()
            .flat_map(|definition| {
                let owner = match &definition {
                    TypeSystemDefinition::Type(ty) => ty.node.name.node.to_string(),
                    _ => String::new(),
                };
                fields(definition)
                    .into_iter()
                    .map(move |field| (owner.clone(), field))
            })
            .collect();
        let list_size = |field: &FieldDefinition| {
            let mut directives = field.directives.iter();
            directives
                .find(|directive| directive.node.name.node == "listSize")
                .map(|directive| directive.node.clone())
        };
        // A page's rows are counted where the page is asked for.
        let paged: BTreeSet<(String, String)> = all
            .iter()
            .flat_map(|(_, field)| {
                let of = named(&field.ty.node.base).to_owned();
                let sized = list_size(field).map(|size| strings(&size, "sizedFields"));
                let sized = sized.unwrap_or_default().into_iter();
                sized.map(move |inner| (of.clone(), inner))
            })
            .collect();
        let mut lists = 0;
        for (owner, field) in &all {
            let name = field.name.node.to_string();
            let is_list = matches!(field.ty.node.base, BaseType::List(_));
            let is_page = named(&field.ty.node.base).ends_with("Connection");
            if !is_list && !is_page {
                continue;
            }
            lists += 1;
            let size = list_size(field).map_or(0, |size| whole(&size, "assumedSize"));
            assert!(
                size > 0 || paged.contains(&(owner.clone(), name.clone())),
                "{owner}.{name} is a list that the cost guard takes for one value: make it with a size"
            );
        }
        assert!(lists > 500, "{lists}");
    }

    #[test]
    fn what_a_directive_says_is_what_is_counted() {
        let sdl = r#"
            type Query {
              few: [Int!] @listSize(assumedSize: 3)
              some: Page @listSize(assumedSize: 50, slicingArguments: ["first"], sizedFields: ["rows"])
              slow: Int @cost(weight: "700")
              one: Int
            }
            type Page { rows: [Int!] few: [Int!] @listSize(assumedSize: 7) }
        "#;
        let weights = Weights::of(sdl).unwrap();
        assert_eq!(weights.get("few").unwrap().assumed, 7);
        assert_eq!(weights.get("some").unwrap().assumed, 50);
        assert!(weights.get("some").unwrap().slicing.contains("first"));
        assert_eq!(weights.get("slow").unwrap().effort, 700);
        assert!(weights.get("one").is_none());
    }
}
