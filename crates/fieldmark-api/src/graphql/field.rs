//! How a field is made: what a resolver is given, and what becomes of its faults.

use super::args::{Args, may};
use super::fault::Fault;
use super::load::Loader;
use super::size::Shape;
use crate::caller::Caller;
use crate::known::KNOWN_AT;
use crate::state::Desk;
use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue, ResolverContext};
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

/// The base and who works on it, for what changes it.
#[derive(Clone)]
pub(super) struct Author {
    pub(super) desk: Desk,
    pub(super) caller: Caller,
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

    /// Who changes something, and where.
    pub(super) fn author(&self) -> &'a Author {
        self.ctx.ctx.data_unchecked::<Author>()
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
