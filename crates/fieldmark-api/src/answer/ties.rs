//! What the rows of an answer tie: the records that one row names, or that stand within another.

use super::question::{Answer, Cell};
use super::titles::Titles;
use fieldmark_model::RecordId;
use serde_json::Value;

/// A record by its id, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// Its id.
    pub id: RecordId,
    /// What it is called.
    pub name: String,
}

/// Two records, and what ties them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tied {
    /// From which.
    pub from: End,
    /// To which.
    pub to: End,
    /// By what.
    pub kind: String,
}

/// What each row ties. The first record in it is tied to the others by what their columns are called;
/// where three columns are a record, a property and a record, by the property.
pub(crate) fn of_rows(answer: &Answer) -> Vec<Vec<Tied>> {
    let rows = answer.rows.iter().map(|row| {
        let mut found = ends(row);
        let Some((first, from)) = found.next() else {
            return Vec::new();
        };
        let others = found.filter(|(_, to)| to.id != from.id);
        let tied = others.map(|(at, to)| {
            let between = (first, at, row.len()) == (0, 2, 3);
            let property = row.get(1).and_then(Option::as_ref).filter(|_| between);
            let property = property.filter(|cell| cell.iri).map(label);
            Tied {
                from: from.clone(),
                to,
                kind: property.unwrap_or_else(|| answer.columns[at].clone()),
            }
        });
        tied.collect()
    });
    rows.collect()
}

/// The records of a row, by column.
fn ends(row: &[Option<Cell>]) -> impl Iterator<Item = (usize, End)> {
    let cells = row.iter().enumerate();
    let iris = cells.filter_map(|(at, cell)| Some((at, cell.as_ref().filter(|cell| cell.iri)?)));
    iris.filter_map(|(at, cell)| {
        let id = RecordId::from_iri(&cell.value)?;
        Some((
            at,
            End {
                id,
                name: label(cell),
            },
        ))
    })
}

fn label(cell: &Cell) -> String {
    cell.label.clone().unwrap_or_else(|| cell.value.clone())
}

/// What puts records into pages and ties nothing (GraphQL Cursor Connections Specification).
const PAGING: [&str; 3] = ["edges", "node", "nodes"];

/// What a tree of JSON ties: each record in it, told by its `id`, is tied to those within it by the
/// field that they stand in. Where it does not say what they are called, `titles` does.
pub(crate) fn of_tree(data: &Value, titles: &Titles) -> Vec<Vec<Tied>> {
    let mut found = Vec::new();
    within(data, None, "", titles, &mut found);
    found.into_iter().map(|tied| vec![tied]).collect()
}

fn within(value: &Value, above: Option<&End>, kind: &str, titles: &Titles, found: &mut Vec<Tied>) {
    match value {
        Value::Array(items) => {
            for item in items {
                within(item, above, kind, titles, found);
            }
        }
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            let here = text("id")
                .and_then(|id| RecordId::parse(id).ok())
                .map(|id| {
                    let name = ["label", "title", "name"].into_iter().find_map(text);
                    let name = name.map_or_else(|| titles.named(&id).label, str::to_owned);
                    End { id, name }
                });
            if let (Some(from), Some(to)) = (above, &here)
                && from.id != to.id
            {
                found.push(Tied {
                    from: from.clone(),
                    to: to.clone(),
                    kind: kind.to_owned(),
                });
            }
            for (name, value) in fields {
                let kind = if PAGING.contains(&name.as_str()) {
                    kind
                } else {
                    name
                };
                within(value, here.as_ref().or(above), kind, titles, found);
            }
        }
        _ => {}
    }
}
