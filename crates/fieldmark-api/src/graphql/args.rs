//! Arguments: how they are declared, and how a resolver reads them.

use super::choices::language_tag;
use super::fault::Fault;
use async_graphql::dynamic::{InputValue, ObjectAccessor, TypeRef};
use async_graphql::{Name, Value};
use fieldmark_model::Edtf;

/// Arguments, with null read as absent.
#[derive(Clone, Copy)]
pub(super) struct Args<'a>(pub(super) &'a ObjectAccessor<'a>);

impl<'a> Args<'a> {
    fn value(self, name: &str) -> Option<&'a Value> {
        let accessor: &'a ObjectAccessor<'a> = self.0;
        accessor
            .get(name)
            .map(|value| value.as_value())
            .filter(|value| **value != Value::Null)
    }

    /// A string, an id or an enum's name.
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        match self.value(name)? {
            Value::String(text) => Some(text),
            Value::Enum(name) => Some(name),
            _ => None,
        }
    }

    /// A string that must be there; the schema has already said so.
    pub(super) fn needed(self, name: &str) -> Result<&'a str, Fault> {
        self.text(name)
            .ok_or_else(|| Fault::BadInput(format!("{name} is missing")))
    }

    /// Strings; a single one counts as a list of one, as GraphQL coerces it.
    pub(super) fn texts(self, name: &str) -> Option<Vec<&'a str>> {
        let text = |value: &'a Value| match value {
            Value::String(text) => Some(text.as_str()),
            Value::Enum(name) => Some(name.as_str()),
            _ => None,
        };
        match self.value(name)? {
            Value::List(values) => Some(values.iter().filter_map(text).collect()),
            one => Some(text(one).into_iter().collect()),
        }
    }

    /// A count of zero or more.
    pub(super) fn count(self, name: &str) -> Result<Option<usize>, Fault> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let Value::Number(number) = value else {
            return Err(Fault::BadInput(format!("{name} must be a whole number")));
        };
        let count = number
            .as_u64()
            .and_then(|count| usize::try_from(count).ok());
        count
            .map(Some)
            .ok_or_else(|| Fault::BadInput(format!("{name} must not be negative")))
    }

    /// A yes or no; no unless said.
    pub(super) fn flag(self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Boolean(true)))
    }

    /// The fields of an input object.
    pub(super) fn object(self, name: &str) -> Option<Fields<'a>> {
        match self.value(name)? {
            Value::Object(fields) => Some(Fields(fields)),
            _ => None,
        }
    }

    /// The input objects of a list.
    pub(super) fn objects(self, name: &str) -> Vec<Fields<'a>> {
        let fields = |value: &'a Value| match value {
            Value::Object(fields) => Some(Fields(fields)),
            _ => None,
        };
        match self.value(name) {
            Some(Value::List(values)) => values.iter().filter_map(fields).collect(),
            Some(one) => fields(one).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The language asked for, English unless said.
    pub(super) fn language(self) -> String {
        language_tag(self.text("lang").unwrap_or("EN"))
    }
}

/// The fields of an input object, with null read as absent.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(&'a async_graphql::indexmap::IndexMap<Name, Value>);

impl<'a> Fields<'a> {
    /// A string, an id or an enum's name.
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        match self.0.get(name)? {
            Value::String(text) => Some(text),
            Value::Enum(name) => Some(name),
            _ => None,
        }
    }

    /// A date.
    /// A number, where it is given.
    pub(super) fn number(self, name: &str) -> Option<f64> {
        match self.0.get(name)? {
            Value::Number(number) => number.as_f64(),
            _ => None,
        }
    }

    pub(super) fn date(self, name: &str) -> Result<Option<Edtf>, Fault> {
        self.text(name)
            .map(|text| Edtf::parse(text).map_err(|error| Fault::BadInput(error.to_string())))
            .transpose()
    }

    /// An input object within.
    pub(super) fn object(self, name: &str) -> Option<Fields<'a>> {
        match self.0.get(name)? {
            Value::Object(fields) => Some(Fields(fields)),
            _ => None,
        }
    }
}

/// An argument that may be left out.
pub(super) fn may(name: &str, ty: &str, about: &str) -> InputValue {
    InputValue::new(name, TypeRef::named(ty)).description(about)
}

/// An argument that must be given.
pub(super) fn must(name: &str, ty: &str, about: &str) -> InputValue {
    InputValue::new(name, TypeRef::named_nn(ty)).description(about)
}

/// The language argument of texts.
pub(super) fn in_language() -> InputValue {
    InputValue::new("lang", TypeRef::named("Language"))
        .description("The language to answer in; English, then any, when there is none in it.")
        .default_value(Value::Enum(Name::new("EN")))
}
