//! A record on its way out of a resolver, and the fields that only look into it.

use super::args::Args;
use super::fault::Fault;
use super::field::{Answer, Request, field};
use super::load::Loader;
use super::nouns::type_name;
use super::size::Shape;
use super::terms;
use async_graphql::Value;
use async_graphql::dynamic::{Field, FieldFuture, FieldValue};
use fieldmark_model::{Claim, Noun, RecordId};
use fieldmark_store::read::{Edge, Node};
use std::sync::Arc;

/// A record on its way out: its id, and whatever of it is already in hand. What a selected field
/// needs and is not here is read with the rest of its level.
#[derive(Clone)]
pub(super) struct Item {
    /// The record.
    pub(super) id: RecordId,
    /// What it is, where known.
    pub(super) noun: Noun,
    /// Its properties.
    pub(super) node: Option<Arc<Node>>,
    /// What it says, when it is a claim.
    pub(super) claim: Option<Arc<Claim>>,
    /// What it ties, when it is a relationship.
    pub(super) edge: Option<Arc<Edge>>,
}

impl Item {
    /// A record of known noun.
    pub(super) fn of(id: RecordId, noun: Noun) -> Self {
        Self {
            id,
            noun,
            node: None,
            claim: None,
            edge: None,
        }
    }

    /// A record whose properties are in hand.
    pub(super) fn with_node(node: Arc<Node>) -> Self {
        Self {
            node: Some(Arc::clone(&node)),
            ..Self::of(node.id.clone(), node.noun)
        }
    }

    /// A claim.
    pub(super) fn with_claim(claim: Arc<Claim>) -> Self {
        Self {
            claim: Some(Arc::clone(&claim)),
            ..Self::of(claim.id.clone(), Noun::Claim)
        }
    }

    /// A relationship.
    pub(super) fn with_edge(edge: Arc<Edge>) -> Self {
        let id = edge.relationship.clone();
        Self {
            edge: Some(edge),
            ..Self::of(id, Noun::Relationship)
        }
    }

    /// As the value of a field; an interface needs to be told the type.
    pub(super) fn value(&self, interface: bool) -> FieldValue<'_> {
        let value = FieldValue::borrowed_any(self);
        if interface {
            value.with_type(type_name(self.noun))
        } else {
            value
        }
    }

    /// As a value that outlives its parent.
    pub(super) fn owned(self, interface: bool) -> FieldValue<'static> {
        let noun = self.noun;
        let value = FieldValue::owned_any(self);
        if interface {
            value.with_type(type_name(noun))
        } else {
            value
        }
    }

    /// Its properties, read if they are not in hand.
    pub(super) async fn node(&self, loader: &Loader) -> Result<Option<Arc<Node>>, Fault> {
        match &self.node {
            Some(node) => Ok(Some(Arc::clone(node))),
            None => Ok(loader
                .nodes(std::slice::from_ref(&self.id))
                .await?
                .pop()
                .flatten()),
        }
    }
}

/// The records of `ids` that are there, and are `noun` when one is named.
pub(super) async fn items(
    loader: &Loader,
    ids: &[RecordId],
    noun: Option<Noun>,
) -> Result<Vec<Item>, Fault> {
    let nodes = loader.nodes(ids).await?;
    let fits = |node: &Arc<Node>| noun.is_none_or(|noun| node.noun == noun);
    Ok(nodes
        .into_iter()
        .flatten()
        .filter(fits)
        .map(Item::with_node)
        .collect())
}

/// Records as the value of a list field.
pub(super) fn listed(items: Vec<Item>, interface: bool) -> FieldValue<'static> {
    FieldValue::list(items.into_iter().map(|item| item.owned(interface)))
}

/// A field computed from the record's properties, at once when they are in hand.
pub(super) fn of_node<F>(name: &str, ty: impl Into<Shape>, about: &str, read: F) -> Field
where
    F: Fn(&Node, Args<'_>) -> Option<FieldValue<'static>> + Send + Sync + Copy + 'static,
{
    field(name, ty, move |ctx| {
        let Some(item) = ctx.parent_value.downcast_ref::<Item>() else {
            return FieldFuture::new(async {
                Err::<Option<Value>, _>("a field stands on an object of another type".into())
            });
        };
        if let Some(node) = &item.node {
            return FieldFuture::Value(read(node, Args(&ctx.args)));
        }
        FieldFuture::new(async move {
            let (query, place) = (ctx.ctx, ctx.ctx.item.pos);
            let request = Request { ctx };
            match item.node(request.loader()).await {
                Ok(node) => Ok(node.and_then(|node| read(&node, request.args()))),
                Err(fault) => {
                    query.add_error(query.set_error_path(fault.at(Some(place))));
                    Ok(None)
                }
            }
        })
    })
    .description(about)
}

/// What a record quotes.
pub(super) async fn quotations<'a>(loader: &Loader, id: &RecordId) -> Answer<'a> {
    let found = loader.quoted(id).await?;
    let quoted = found.iter().map(|one| terms::Quoted::new(id, one));
    Ok(Some(terms::parents(quoted.collect::<Vec<_>>())))
}
