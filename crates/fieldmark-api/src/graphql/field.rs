//! How a field is made: what a resolver is given, and what becomes of its faults.

use super::choices::language_tag;
use super::fault::Fault;
use super::load::Loader;
use super::size::Shape;
use crate::known::KNOWN_AT;
use async_graphql::dynamic::{
    Field, FieldFuture, FieldValue, InputValue, ObjectAccessor, ResolverContext, TypeRef,
};
use async_graphql::{Name, Value};
use fieldmark_model::Edtf;
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// What a resolver answers.
pub(super) type Answer<'a> = Result<Option<FieldValue<'a>>, Fault>;

/// A field of a type; of a list, with its size.
pub(super) fn field<F>(name: &str, ty: impl Into<Shape>, resolve: F) -> Field
where
    F: for<'a> Fn(ResolverContext<'a>) -> FieldFuture<'a> + Send + Sync + 'static,
{
    let (ty, size) = ty.into().parts();
    size.into_iter()
        .fold(Field::new(name, ty, resolve), Field::directive)
}

/// A field computed from its parent alone.
///
/// `read` returns `None` for null.
pub(super) fn plain<P, F>(name: &str, ty: impl Into<Shape>, about: &str, read: F) -> Field
where
    P: Send + Sync + 'static,
    F: for<'a> Fn(&'a P) -> Option<FieldValue<'a>> + Send + Sync + 'static,
{
    field(name, ty, move |ctx| {
        match ctx.parent_value.try_downcast_ref::<P>() {
            Ok(parent) => FieldFuture::Value(read(parent)),
            Err(error) => FieldFuture::new(async move { Err::<Option<Value>, _>(error) }),
        }
    })
    .description(about)
}

/// A field that may have to read. Its type should be nullable: a fault is reported beside the
/// answer and leaves null here, so that the rest of the answer stands.
pub(super) fn reading<F>(name: &str, ty: impl Into<Shape>, about: &str, resolve: F) -> Field
where
    F: for<'a> Fn(Request<'a>) -> BoxFuture<'a, Answer<'a>> + Send + Sync + Copy + 'static,
{
    field(name, ty, move |ctx| {
        FieldFuture::new(async move {
            let (query, place) = (ctx.ctx, ctx.ctx.item.pos);
            match resolve(Request { ctx }).await {
                Ok(value) => Ok(value),
                Err(fault) => {
                    query.add_error(query.set_error_path(fault.at(Some(place))));
                    Ok(None)
                }
            }
        })
    })
    .description(about)
}

/// A reading field at the root, which can be asked as known at an earlier moment. The whole request
/// is answered in the view of that moment, so the resolver never sees the argument.
pub(super) fn root<F>(name: &str, ty: impl Into<Shape>, about: &str, resolve: F) -> Field
where
    F: for<'a> Fn(Request<'a>) -> BoxFuture<'a, Answer<'a>> + Send + Sync + Copy + 'static,
{
    reading(name, ty, about, resolve).argument(may(
        KNOWN_AT,
        "String",
        "As the ledger had it then: a date (to its end in UTC), a time with its zone or, for the \
         steward, entry:123; now unless said. The same on every field at the root.",
    ))
}

/// A resolver's surroundings: the parent, the arguments, the request's loader.
pub(super) struct Request<'a> {
    pub(super) ctx: ResolverContext<'a>,
}

impl<'a> Request<'a> {
    /// The request's reads.
    pub(super) fn loader(&self) -> &'a Arc<Loader> {
        self.ctx.ctx.data_unchecked::<Arc<Loader>>()
    }

    /// The object the field stands on.
    pub(super) fn parent<P: Send + Sync + 'static>(&self) -> Result<&'a P, Fault> {
        self.ctx
            .parent_value
            .downcast_ref::<P>()
            .ok_or_else(|| Fault::internal("a field stands on an object of another type"))
    }

    /// The arguments.
    pub(super) fn args(&self) -> Args<'_> {
        Args(&self.ctx.args)
    }
}

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
