//! Reading a view's engine statement by statement, where a query would only be in the way.

use fieldmark_model::RecordId;
use fieldmark_rdf::vocab::properties::RDF_TYPE;
use fieldmark_rdf::vocab::{NOUNS, STIX};
use oxigraph::model::{
    GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, QuadRef, Term, TermRef,
};
use oxigraph::store::{BulkLoader, StorageError, Store};

/// Loads many statements at once. The engine makes sorted files of each `batch` of them, on that many
/// threads, each of which holds one in memory, some 400 bytes a statement. Told nothing, it would make
/// room for a million at each call.
pub(crate) fn bulk(store: &Store, batch: usize, threads: usize) -> BulkLoader<'_> {
    store
        .bulk_loader()
        .with_num_threads(threads)
        // It takes a thousand statements for a megabyte.
        .with_max_memory_size_in_megabytes((batch * threads).div_ceil(1000))
}

/// Whether a store states the type of a record.
///
/// The classes that its id leads to expect are looked up first: to look for any, the engine reads the
/// text of whichever it finds, and fills its cache with texts that nobody asked for.
pub(crate) fn states_type(store: &Store, id: &RecordId) -> Result<bool, String> {
    let node = NamedNode::new_unchecked(id.iri());
    for class in expected(id.stix_type()) {
        if states(store, node.as_ref(), RDF_TYPE, class.as_ref().into())
            .map_err(|error| error.to_string())?
        {
            return Ok(true);
        }
    }
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

/// The classes that a record with an id of this type is likely to have: STIX's own, and those of the
/// nouns whose ids have it.
fn expected(stix_type: &str) -> impl Iterator<Item = NamedNode> {
    let mut own = STIX.to_owned();
    for word in stix_type.split('-') {
        let mut letters = word.chars();
        own.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        own.push_str(letters.as_str());
    }
    let nouns = NOUNS
        .iter()
        .filter(move |(.., types)| types.contains(&stix_type));
    let nouns = nouns.map(|(_, class, _)| class.into_owned());
    std::iter::once(NamedNode::new_unchecked(own)).chain(nouns)
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
