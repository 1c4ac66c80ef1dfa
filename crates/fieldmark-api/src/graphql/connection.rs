//! Relay connections: pages of rows with cursors, counted within the view.

use super::choices::{CERTAINTY, certainty_value};
use super::field::plain;
use super::item::Item;
use super::size::full_list;
use async_graphql::Value;
use async_graphql::dynamic::{FieldValue, Object, TypeRef};
use fieldmark_model::Certainty;

/// One page.
pub(super) struct Connection {
    /// Its rows, in order.
    pub(super) rows: Vec<Entry>,
    /// How many there are on all pages.
    pub(super) total: u64,
    /// Whether there are rows before these.
    pub(super) previous: bool,
    /// Whether there are rows after these.
    pub(super) next: bool,
}

/// One row of a page.
pub(super) struct Entry {
    /// Where the row stands; opaque to clients.
    pub(super) cursor: String,
    /// The record, claim or relationship.
    pub(super) item: Item,
    /// How surely it falls within the dates asked about, when some were.
    pub(super) certainty: Option<Certainty>,
    /// The relationships that lead to it, when the page is of far ends.
    pub(super) through: Vec<Item>,
}

/// The connection and edge types over `node` (a type name), named `{prefix}Connection` and
/// `{prefix}Edge`; with `through` the edges carry the relationships that lead to the node.
pub(super) fn types(
    prefix: &str,
    node: &'static str,
    interface: bool,
    through: bool,
) -> [Object; 2] {
    let edge_name = format!("{prefix}Edge");
    let connection = Object::new(format!("{prefix}Connection"))
        .description(format!("A page of {prefix} rows (page de résultats)."))
        .field(plain(
            "edges",
            TypeRef::named_nn_list_nn(&edge_name),
            "The rows with their cursors.",
            |page: &Connection| {
                Some(FieldValue::list(
                    page.rows.iter().map(|row| FieldValue::borrowed_any(row)),
                ))
            },
        ))
        .field(plain(
            "nodes",
            TypeRef::named_nn_list_nn(node),
            "The rows alone.",
            move |page: &Connection| {
                Some(FieldValue::list(
                    page.rows.iter().map(|row| row.item.value(interface)),
                ))
            },
        ))
        .field(plain(
            "pageInfo",
            TypeRef::named_nn("PageInfo"),
            "Where the page stands.",
            |page: &Connection| Some(FieldValue::borrowed_any(page)),
        ))
        .field(plain(
            "totalCount",
            TypeRef::named_nn("Int"),
            "How many rows there are on all pages, counted among what the caller may see.",
            |page: &Connection| Some(Value::from(page.total).into()),
        ));
    let mut edge = Object::new(edge_name)
        .description(format!("A row of {prefix}Connection (ligne)."))
        .field(plain(
            "cursor",
            TypeRef::named_nn("String"),
            "Where the row stands.",
            |row: &Entry| Some(Value::from(row.cursor.as_str()).into()),
        ))
        .field(plain(
            "node",
            TypeRef::named_nn(node),
            "What stands in the row.",
            move |row: &Entry| Some(row.item.value(interface)),
        ));
    if !through {
        edge = edge.field(plain(
            "certainty",
            TypeRef::named(CERTAINTY),
            "How surely it falls within the dates asked about; null when none were.",
            |row: &Entry| Some(certainty_value(row.certainty?).into()),
        ));
    }
    if through {
        edge = edge.field(plain(
            "relationships",
            full_list("Relationship", 3),
            "The relationships that lead there, each with its source.",
            |row: &Entry| {
                Some(FieldValue::list(
                    row.through.iter().map(|item| item.value(false)),
                ))
            },
        ));
    }
    [connection, edge]
}

/// Relay's `PageInfo`.
pub(super) fn page_info() -> Object {
    let flag = |name, about, read: fn(&Connection) -> bool| {
        plain(
            name,
            TypeRef::named_nn("Boolean"),
            about,
            move |page: &Connection| Some(Value::from(read(page)).into()),
        )
    };
    let cursor = |name, about, read: fn(&Connection) -> Option<&Entry>| {
        plain(
            name,
            TypeRef::named("String"),
            about,
            move |page: &Connection| read(page).map(|row| Value::from(row.cursor.as_str()).into()),
        )
    };
    Object::new("PageInfo")
        .description("Where a page stands among all rows (position de la page).")
        .field(flag("hasNextPage", "Whether rows follow.", |page| {
            page.next
        }))
        .field(flag("hasPreviousPage", "Whether rows precede.", |page| {
            page.previous
        }))
        .field(cursor("startCursor", "The first row's cursor.", |page| {
            page.rows.first()
        }))
        .field(cursor("endCursor", "The last row's cursor.", |page| {
            page.rows.last()
        }))
}
