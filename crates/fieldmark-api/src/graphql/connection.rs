//! Relay connections: pages of rows with cursors, counted within the view.

use super::choices::{CERTAINTY, certainty_value};
use super::fault::Fault;
use super::field::{Args, may, plain};
use super::record::Item;
use super::size::full_list;
use async_graphql::Value;
use async_graphql::dynamic::{FieldValue, InputValue, Object, TypeRef};
use fieldmark_model::Certainty;

/// How many rows a page holds unless asked otherwise.
pub(super) const PAGE: usize = 50;
/// How many rows a page may hold.
pub(super) const MAX_PAGE: usize = 500;

/// One page.
pub(super) struct Connection {
    /// Its rows, in order.
    pub(super) rows: Vec<Row>,
    /// How many there are on all pages.
    pub(super) total: u64,
    /// Whether there are rows before these.
    pub(super) previous: bool,
    /// Whether there are rows after these.
    pub(super) next: bool,
}

/// One row of a page.
pub(super) struct Row {
    /// Where the row stands; opaque to clients.
    pub(super) cursor: String,
    /// The record, claim or relationship.
    pub(super) item: Item,
    /// How surely it falls within the dates asked about, when some were.
    pub(super) certainty: Option<Certainty>,
    /// The relationships that lead to it, when the page is of far ends.
    pub(super) through: Vec<Item>,
}

/// Which page is asked for.
pub(super) struct Paging {
    /// How many rows at most.
    pub(super) size: usize,
    /// The row to start after, or to end before.
    pub(super) cursor: Option<String>,
    /// Whether the page is the last rows before the cursor.
    pub(super) backward: bool,
}

impl Paging {
    /// Reads `first`, `after`, `last` and `before`.
    pub(super) fn read(args: Args<'_>) -> Result<Self, Fault> {
        let (first, last) = (args.count("first")?, args.count("last")?);
        let (after, before) = (args.text("after"), args.text("before"));
        let backward = match (first, last, after, before) {
            (Some(_), Some(_), ..) => {
                return Err(Fault::BadInput("give first or last, not both".into()));
            }
            (.., Some(_), Some(_)) => {
                return Err(Fault::BadInput("give after or before, not both".into()));
            }
            (_, Some(_), Some(_), _) => {
                return Err(Fault::BadInput(
                    "last goes with before, first with after".into(),
                ));
            }
            (Some(_), _, _, Some(_)) => {
                return Err(Fault::BadInput(
                    "first goes with after, last with before".into(),
                ));
            }
            (_, last, _, before) => last.is_some() || before.is_some(),
        };
        let size = first.or(last).unwrap_or(PAGE);
        if size > MAX_PAGE {
            return Err(Fault::Limit(format!(
                "a page holds at most {MAX_PAGE} rows, {size} were asked for: go on with after"
            )));
        }
        let cursor = after.or(before).map(str::to_owned);
        Ok(Self {
            size,
            cursor,
            backward,
        })
    }

    /// The page of `rows`, which are sorted by `key`; the key is the cursor, so a page stays where
    /// it is when rows come and go.
    pub(super) fn cut<T>(
        &self,
        mut rows: Vec<T>,
        key: impl Fn(&T) -> &str,
    ) -> (Vec<T>, bool, bool) {
        let total = rows.len();
        let (start, end) = match (&self.cursor, self.backward) {
            (Some(cursor), false) => {
                let start = rows.partition_point(|row| key(row) <= cursor.as_str());
                (start, total.min(start.saturating_add(self.size)))
            }
            (Some(cursor), true) => {
                let end = rows.partition_point(|row| key(row) < cursor.as_str());
                (end.saturating_sub(self.size), end)
            }
            (None, false) => (0, total.min(self.size)),
            (None, true) => (total.saturating_sub(self.size), total),
        };
        rows.truncate(end);
        rows.drain(..start);
        (rows, start > 0, end < total)
    }
}

/// The four paging arguments.
pub(super) fn paging() -> [InputValue; 4] {
    [
        may(
            "first",
            "Int",
            "How many rows from the start or from after; 50 unless said, at most 500.",
        ),
        may("after", "String", "The cursor of the row before the page."),
        may(
            "last",
            "Int",
            "How many rows up to the end or up to before, instead of first.",
        ),
        may("before", "String", "The cursor of the row after the page."),
    ]
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
            |row: &Row| Some(Value::from(row.cursor.as_str()).into()),
        ))
        .field(plain(
            "node",
            TypeRef::named_nn(node),
            "What stands in the row.",
            move |row: &Row| Some(row.item.value(interface)),
        ));
    if !through {
        edge = edge.field(plain(
            "certainty",
            TypeRef::named(CERTAINTY),
            "How surely it falls within the dates asked about; null when none were.",
            |row: &Row| Some(certainty_value(row.certainty?).into()),
        ));
    }
    if through {
        edge = edge.field(plain(
            "relationships",
            full_list("Relationship", 3),
            "The relationships that lead there, each with its source.",
            |row: &Row| {
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
    let cursor = |name, about, read: fn(&Connection) -> Option<&Row>| {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_meet_without_gap_or_overlap_whichever_way_they_are_read() {
        let rows = || ["a", "b", "c", "d", "e"].map(String::from).to_vec();
        let page = |size, cursor: Option<&str>, backward| {
            Paging {
                size,
                cursor: cursor.map(str::to_owned),
                backward,
            }
            .cut(rows(), |row| row)
        };
        let cases = [
            ((2, None, false), (vec!["a", "b"], false, true)),
            ((2, Some("b"), false), (vec!["c", "d"], true, true)),
            ((2, Some("d"), false), (vec!["e"], true, false)),
            ((2, None, true), (vec!["d", "e"], true, false)),
            ((2, Some("d"), true), (vec!["b", "c"], true, true)),
            ((2, Some("b"), true), (vec!["a"], false, true)),
            // A row that has gone leaves its place behind.
            ((2, Some("bb"), false), (vec!["c", "d"], true, true)),
            ((0, None, false), (vec![], false, true)),
        ];
        for ((size, cursor, backward), (expected, previous, next)) in cases {
            let (rows, before, after) = page(size, cursor, backward);
            assert_eq!(
                (rows, before, after),
                (
                    expected.into_iter().map(String::from).collect(),
                    previous,
                    next
                )
            );
        }
    }
}
