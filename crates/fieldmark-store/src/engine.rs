//! Reading a view's engine statement by statement, where a query would only be in the way.

use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::properties::RDF_TYPE;
use oxigraph::model::{
    GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, QuadRef, Term, TermRef,
};
use oxigraph::store::{BulkLoader, StorageError, Store};

/// Loads many statements at once. The loader makes room for a million at each call unless it is told
/// how much memory it may take.
pub(crate) fn bulk(store: &Store) -> BulkLoader<'_> {
    const MEGABYTES: usize = 200;
    store
        .bulk_loader()
        .with_max_memory_size_in_megabytes(MEGABYTES)
}

/// Whether a store states the type of a record.
pub(crate) fn states_type(store: &Store, id: &RecordId) -> Result<bool, String> {
    let node = NamedNode::new_unchecked(id.iri());
    store
        .quads_for_pattern(
            Some(node.as_ref().into()),
            Some(RDF_TYPE),
            None,
            Some(GraphNameRef::DefaultGraph),
        )
        .next()
        .transpose()
        .map(|found| found.is_some())
        .map_err(|error| error.to_string())
}

/// Every statement of a property, or of a property with this value.
pub(crate) fn each(
    store: &Store,
    property: NamedNodeRef<'_>,
    value: Option<TermRef<'_>>,
    mut with: impl FnMut(NamedNode, Term),
) -> Result<(), StorageError> {
    let graph = Some(GraphNameRef::DefaultGraph);
    for quad in store.quads_for_pattern(None, Some(property), value, graph) {
        let quad = quad?;
        if let NamedOrBlankNode::NamedNode(subject) = quad.subject {
            with(subject, quad.object);
        }
    }
    Ok(())
}

/// The values of a property of one node.
pub(crate) fn objects(
    store: &Store,
    subject: NamedNodeRef<'_>,
    property: NamedNodeRef<'_>,
) -> Result<Vec<Term>, StorageError> {
    let graph = Some(GraphNameRef::DefaultGraph);
    let found = store.quads_for_pattern(Some(subject.into()), Some(property), None, graph);
    found.map(|quad| quad.map(|quad| quad.object)).collect()
}

/// The nodes of which a property has this value.
pub(crate) fn subjects(
    store: &Store,
    property: NamedNodeRef<'_>,
    value: TermRef<'_>,
) -> Result<Vec<NamedNode>, StorageError> {
    let mut found = Vec::new();
    each(store, property, Some(value), |subject, _| {
        found.push(subject)
    })?;
    Ok(found)
}

/// Whether a statement stands there.
pub(crate) fn states(
    store: &Store,
    subject: NamedNodeRef<'_>,
    property: NamedNodeRef<'_>,
    value: TermRef<'_>,
) -> Result<bool, StorageError> {
    store.contains(QuadRef::new(
        subject,
        property,
        value,
        GraphNameRef::DefaultGraph,
    ))
}
