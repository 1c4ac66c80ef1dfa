//! Null in a list of an interface's objects.
//!
//! The library takes `null` for a value of an object type, and for one of an interface it answers
//! with a fault of its own that empties the whole answer. What is not there is to be null there
//! as well, so that fault becomes one.

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo,
};
use async_graphql::{ServerResult, Value};
use std::sync::Arc;

/// Lets null stand where an object of an interface would.
pub(super) struct Absent;

impl ExtensionFactory for Absent {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Absent {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        // An item of a list has the list's type for its parent's.
        let in_a_list = info.parent_type.starts_with('[');
        match next.run(ctx, info).await {
            Err(fault)
                if in_a_list
                    && fault
                        .message
                        .starts_with("internal: invalid value for interface") =>
            {
                Ok(None)
            }
            other => other,
        }
    }
}
