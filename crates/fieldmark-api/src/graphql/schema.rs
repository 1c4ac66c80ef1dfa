//! The schema, put together from the table of nouns.

use super::absent::Absent;
use super::limits::Limits;
use super::nouns::{Kind, nouns, rows, type_name};
use super::{answer_types, answers, choices, claim, connection, import, lists, record, writing};
use async_graphql::dynamic::{Object, Schema, SchemaError};
use fieldmark_model::Noun;
use std::collections::BTreeSet;

/// Builds the schema. Cheap to clone, the same for every caller: what a caller may see is decided
/// by the view, never by the schema.
///
/// # Errors
///
/// When two types or fields of the table clash, which the crate's tests would show.
pub fn schema(limits: &Limits) -> Result<Schema, SchemaError> {
    let query = answers::add(lists::add(Object::new("Query").description(
        "Every question there is; each is answered within the caller's view (requête).",
    )));
    let mutation = Object::new("Mutation")
        .description("Everything that changes what is here, one after the other (modification).")
        .field(import::field());
    let mutation = writing::fields().into_iter().fold(mutation, Object::field);
    let mut builder = Schema::build("Query", Some("Mutation"), None)
        .limit_directives(limits.directives)
        .limit_depth(limits.depth as usize)
        .limit_complexity(usize::try_from(limits.fields).unwrap_or(usize::MAX))
        .limit_recursive_depth(limits.nesting)
        .extension(Absent)
        .register(query)
        .register(mutation)
        .register(record::node_interface())
        .register(record::record_interface())
        .register(claim::claim())
        .register(claim::relationship())
        .register(connection::page_info());
    for noun in nouns() {
        builder = builder.register(record::object(noun));
    }
    for object in claim::parts() {
        builder = builder.register(object);
    }
    for object in answer_types::types()
        .into_iter()
        .chain(import::types())
        .chain(writing::types())
    {
        builder = builder.register(object);
    }
    for object in connection::types("Search", "Node", true, false) {
        builder = builder.register(object);
    }
    for scalar in choices::scalars() {
        builder = builder.register(scalar);
    }
    for choice in choices::enums() {
        builder = builder.register(choice);
    }
    for input in lists::inputs()
        .into_iter()
        .chain(answers::inputs())
        .chain(writing::inputs())
    {
        builder = builder.register(input);
    }
    for noun in nouns().chain([Noun::Claim, Noun::Relationship]) {
        let name = type_name(noun);
        for object in connection::types(name, name, false, false) {
            builder = builder.register(object);
        }
    }
    for far in far_nouns() {
        let name = far.map_or("Record", type_name);
        for object in connection::types(&record::related(far), name, far.is_none(), true) {
            builder = builder.register(object);
        }
    }
    builder.finish()
}

/// What stands at the far ends of the table's relationships.
fn far_nouns() -> BTreeSet<Option<Noun>> {
    nouns()
        .flat_map(rows)
        .filter_map(|row| match row.kind {
            Kind::Edges(_, _, far) => Some(far),
            _ => None,
        })
        .collect()
}
