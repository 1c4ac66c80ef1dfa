//! An answer that is a tree, as GraphQL gives one: the lists in it, and what stands in none.

use fieldmark_model::RecordId;
use serde_json::Value;
use std::collections::BTreeSet;

/// A list that stands within no other.
pub(crate) struct List<'a> {
    /// Where it stands in the answer, such as `campaigns.nodes`.
    pub path: String,
    /// Its rows.
    pub rows: &'a [Value],
    /// How many there are on all pages, where the answer says.
    pub total: Option<u64>,
    /// The cursor after which it goes on, where the answer says that it does.
    pub after: Option<&'a str>,
}

/// What an answer is made of.
#[derive(Default)]
pub(crate) struct Tree<'a> {
    /// What stands in no list, by where it stands.
    pub single: Vec<(String, &'a Value)>,
    /// The lists.
    pub lists: Vec<List<'a>>,
}

impl<'a> Tree<'a> {
    /// Takes an answer apart.
    pub fn of(data: &'a Value) -> Self {
        let mut tree = Self::default();
        tree.take(data, "", &Value::Null);
        tree
    }

    fn take(&mut self, around: &'a Value, path: &str, of: &'a Value) {
        match around {
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.take(value, &below(path, name), around);
                }
            }
            Value::Array(rows) => {
                // Cursor Connections Specification: what a page says of itself stands beside it.
                let page = &of["pageInfo"];
                let goes_on = page["hasNextPage"] == Value::Bool(true);
                self.lists.push(List {
                    path: path.to_owned(),
                    rows,
                    total: of["totalCount"].as_u64(),
                    after: page["endCursor"].as_str().filter(|_| goes_on),
                });
            }
            Value::Null => {}
            value => self.single.push((path.to_owned(), value)),
        }
    }
}

/// What a row has, by where it stands in it: single values and lists.
pub(crate) fn cells(row: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    within(row, "", &mut found);
    found
}

fn within<'a>(value: &'a Value, path: &str, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                within(value, &below(path, name), found);
            }
        }
        value => found.push((path.to_owned(), value)),
    }
}

fn below(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}

/// The records that an answer names, the first `most` of them.
pub(crate) fn ids(data: &Value, most: usize) -> BTreeSet<RecordId> {
    let mut found = BTreeSet::new();
    gather(data, most, &mut found);
    found
}

fn gather(value: &Value, most: usize, found: &mut BTreeSet<RecordId>) {
    match value {
        Value::Object(fields) => fields.values().for_each(|value| gather(value, most, found)),
        Value::Array(items) => items.iter().for_each(|item| gather(item, most, found)),
        Value::String(text) if found.len() < most => found.extend(RecordId::parse(text)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{Tree, cells};
    use serde_json::json;

    #[test]
    fn an_answer_is_its_lists_and_what_stands_in_none() {
        let data = json!({
            "campaigns": {
                "totalCount": 7,
                "nodes": [{"id": "a"}, {"id": "b"}],
                "pageInfo": {"hasNextPage": true, "endCursor": "c"},
            },
            "other": {"label": "O", "aliases": ["p", "q"], "none": null, "last": []},
        });
        let tree = Tree::of(&data);
        let single: Vec<_> = tree.single.iter().map(|(path, _)| &**path).collect();
        assert_eq!(
            single,
            [
                "campaigns.totalCount",
                "campaigns.pageInfo.hasNextPage",
                "campaigns.pageInfo.endCursor",
                "other.label",
            ]
        );
        let lists = tree.lists.iter();
        let lists = lists.map(|one| (&*one.path, one.rows.len(), one.total, one.after));
        assert_eq!(
            lists.collect::<Vec<_>>(),
            [
                ("campaigns.nodes", 2, Some(7), Some("c")),
                ("other.aliases", 2, None, None),
                ("other.last", 0, None, None),
            ]
        );
    }

    #[test]
    fn a_row_has_its_values_by_where_they_stand() {
        let row =
            json!({"id": "a", "by": {"label": "B", "at": {"day": 1}}, "nodes": [{"id": "c"}]});
        let found = cells(&row);
        let found: Vec<_> = found.iter().map(|(path, _)| &**path).collect();
        assert_eq!(found, ["id", "by.label", "by.at.day", "nodes"]);
    }
}
