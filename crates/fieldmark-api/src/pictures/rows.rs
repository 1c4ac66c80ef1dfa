//! The rows of an answer as graphs: what ties the records that stand in one row.

use crate::answer::around::{Around, MOST, Tie};
use crate::answer::ties::Tied;
use std::collections::{BTreeMap, BTreeSet};

/// What hangs together in some rows, the largest first, each with the record in its middle that is
/// tied to most; and how many rows were left out, since a picture holds only so many records.
pub(crate) fn graphs(rows: &[Vec<Tied>]) -> (Vec<Around>, usize) {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut ties: BTreeSet<Tie> = BTreeSet::new();
    let mut left_out = 0;
    for row in rows {
        for Tied { from, to, kind } in row {
            let ends = [from, to].map(|end| (end.id.to_string(), end.name.clone()));
            let new = ends.iter().filter(|(id, _)| !names.contains_key(id));
            if names.len() + new.count() > MOST {
                left_out += 1;
                break;
            }
            let [(from, _), (to, _)] = ends.clone();
            names.extend(ends);
            let claimed = None;
            let kind = kind.clone();
            ties.insert(Tie {
                from,
                to,
                kind,
                claimed,
            });
        }
    }
    (apart(&names, ties), left_out)
}

/// The ties by what hangs together.
fn apart(names: &BTreeMap<String, String>, ties: BTreeSet<Tie>) -> Vec<Around> {
    let mut near: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for tie in &ties {
        near.entry(&tie.from).or_default().insert(&tie.to);
        near.entry(&tie.to).or_default().insert(&tie.from);
    }
    let mut of: BTreeMap<&str, usize> = BTreeMap::new();
    let mut parts: Vec<Vec<&str>> = Vec::new();
    for start in near.keys() {
        if of.contains_key(start) {
            continue;
        }
        of.insert(start, parts.len());
        let mut part = vec![*start];
        let mut next = 0;
        while let Some(one) = part.get(next).copied() {
            for other in &near[one] {
                if of.insert(other, parts.len()).is_none() {
                    part.push(other);
                }
            }
            next += 1;
        }
        parts.push(part);
    }
    let mut graphs: Vec<Around> = parts
        .iter()
        .filter_map(|part| {
            // Of those tied to as many, the first by id.
            let mut part: Vec<&str> = part.clone();
            part.sort_unstable_by_key(|id| (std::cmp::Reverse(near[id].len()), *id));
            let named = part.iter().map(|id| ((*id).to_owned(), names[*id].clone()));
            Some(Around {
                centre: (*part.first()?).to_owned(),
                names: named.collect(),
                ties: BTreeSet::new(),
                left_out: BTreeMap::new(),
                opened: BTreeSet::new(),
            })
        })
        .collect();
    let of: BTreeMap<String, usize> = of.into_iter().map(|(id, at)| (id.to_owned(), at)).collect();
    for tie in ties {
        graphs[of[&tie.from]].ties.insert(tie);
    }
    graphs.sort_by(|a, b| {
        let size = b.names.len().cmp(&a.names.len());
        size.then_with(|| a.centre.cmp(&b.centre))
    });
    graphs
}

#[cfg(test)]
mod tests {
    use super::Around;
    use crate::answer::made::Shown;
    use crate::answer::question::{Answer, Cell};
    use crate::answer::ties::of_rows;

    fn graphs(answer: &Answer) -> (Vec<Around>, usize) {
        super::graphs(&of_rows(answer))
    }

    fn cell(text: &str) -> Option<Cell> {
        let short = text.strip_prefix("c:");
        let value = match short {
            Some(n) => {
                format!("https://w3id.org/fieldmark/id/campaign--00000000-0000-4000-8000-{n:0>12}")
            }
            None => text.to_owned(),
        };
        Some(Cell {
            iri: value.starts_with("https:"),
            label: short.map(|n| format!("Campaign {n}")),
            value,
            lang: None,
        })
    }

    fn answer(columns: &[&str], rows: &[&[&str]]) -> Answer {
        let columns: Vec<String> = columns.iter().map(|one| (*one).to_owned()).collect();
        Answer {
            question: String::new(),
            variables: columns.clone(),
            columns,
            rows: rows
                .iter()
                .map(|row| row.iter().map(|one| cell(one)).collect())
                .collect(),
            markings: Vec::new(),
            shown: Shown {
                marking: None,
                audience: "public".to_owned(),
            },
            total: rows.len() as u64,
            next: None,
            cut: None,
        }
    }

    #[test]
    fn records_of_one_row_are_tied_and_what_is_apart_is_drawn_apart() {
        let found = answer(
            &["campaign", "words", "other"],
            &[
                &["c:1", "said", "c:2"],
                &["c:1", "said", "c:3"],
                &["c:4", "said", "c:5"],
                &["c:6", "alone", "no record"],
                &["c:6", "itself", "c:6"],
            ],
        );
        let (found, left_out) = graphs(&found);
        assert_eq!(left_out, 0);
        let told: Vec<(&str, usize, usize)> = found
            .iter()
            .map(|one| {
                let names = &one.names;
                (names[&one.centre].as_str(), names.len(), one.ties.len())
            })
            .collect();
        assert_eq!(told, [("Campaign 1", 3, 2), ("Campaign 4", 2, 1)]);
        let kinds = found[0].ties.iter().map(|tie| tie.kind.as_str());
        assert_eq!(kinds.collect::<Vec<_>>(), ["other", "other"]);
    }

    #[test]
    fn what_a_picture_has_no_room_for_is_counted() {
        let all: Vec<String> = (0..600).map(|n| format!("c:{n}")).collect();
        let rows: Vec<Vec<&str>> = all.iter().map(|one| vec!["c:0", one]).collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let (found, left_out) = graphs(&answer(&["one", "other"], &rows));
        assert_eq!(found[0].names.len(), 300);
        assert_eq!(left_out, 300);
    }

    #[test]
    fn a_property_between_two_records_ties_them() {
        let property = "https://w3id.org/fieldmark/ns#subject";
        let (found, _) = graphs(&answer(&["s", "p", "o"], &[&["c:1", property, "c:2"]]));
        let kinds = found[0].ties.iter().map(|tie| tie.kind.as_str());
        assert_eq!(kinds.collect::<Vec<_>>(), [property]);
    }
}
