//! Which page of a list is asked for, and cutting it out.

use super::args::{Args, may};
use super::fault::Fault;
use async_graphql::dynamic::InputValue;

/// How many rows a page holds unless asked otherwise.
pub(super) const PAGE: usize = 50;
/// How many rows a page may hold.
pub(super) const MAX_PAGE: usize = 500;

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
