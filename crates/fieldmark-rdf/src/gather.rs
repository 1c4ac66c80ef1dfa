//! From a stream of statements to drafts of records, each with the line it began on.

use crate::read::Placed;
use fieldmark_model::RecordId;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The statements of one record-to-be, as they were read.
#[derive(Debug, Default)]
pub struct Draft {
    /// Its statements, blank nodes and all.
    pub quads: Vec<Quad>,
    /// The line of its first statement, where the format has lines.
    pub line: Option<u64>,
    /// The line on which each property was first stated.
    pub property_lines: HashMap<NamedNode, u64>,
}

/// Puts a statement that stands in no graph under a release policy, if there is one for it.
pub fn under(quad: &mut Quad, policy: Option<&NamedNode>) {
    if quad.graph_name.is_default_graph()
        && let Some(policy) = policy
    {
        quad.graph_name = GraphName::NamedNode(policy.clone());
    }
}

impl Draft {
    /// Takes one statement that was read on that line.
    pub fn push(&mut self, quad: Quad, line: Option<u64>) {
        self.line = self.line.or(line);
        if let Some(line) = line {
            self.property_lines
                .entry(quad.predicate.clone())
                .or_insert(line);
        }
        self.quads.push(quad);
    }
}

/// A subject whose statements belong to no record.
#[derive(Debug, PartialEq, Eq)]
pub struct Stray {
    /// The subject as written.
    pub subject: String,
    /// The line of its first statement.
    pub line: Option<u64>,
    /// How many statements it has.
    pub statements: usize,
    /// Why it is not a record, and what would make it one.
    pub why: String,
}

/// Collects statements by record. Memory grows with the distinct statements of one input.
#[derive(Debug, Default)]
pub struct Gatherer {
    policy: Option<NamedNode>,
    drafts: BTreeMap<RecordId, Draft>,
    others: BTreeMap<String, (Option<u64>, usize)>,
    blanks: BTreeMap<String, Draft>,
}

impl Gatherer {
    /// `policy` is the release policy of statements that stand in no graph.
    pub fn new(policy: Option<NamedNode>) -> Self {
        Self {
            policy,
            ..Self::default()
        }
    }

    /// Takes one statement.
    pub fn push(&mut self, placed: Placed) {
        let Placed { mut quad, line } = placed;
        under(&mut quad, self.policy.as_ref());
        let draft = match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => match RecordId::owner_of(node.as_str()) {
                Some(id) => self.drafts.entry(id).or_default(),
                None => {
                    let entry = self.others.entry(node.to_string()).or_insert((line, 0));
                    entry.1 += 1;
                    return;
                }
            },
            NamedOrBlankNode::BlankNode(node) => self.blanks.entry(node.to_string()).or_default(),
        };
        draft.push(quad, line);
    }

    /// Hands every blank node's statements to the one record that leads to it, and returns the
    /// drafts with what was left over.
    pub fn finish(mut self) -> (BTreeMap<RecordId, Draft>, Vec<Stray>) {
        let mut owners: BTreeMap<String, BTreeSet<RecordId>> = BTreeMap::new();
        for (id, draft) in &self.drafts {
            let mut open = blanks_of(&draft.quads);
            let mut seen = BTreeSet::new();
            while let Some(blank) = open.pop() {
                if seen.insert(blank.clone()) {
                    open.extend(
                        self.blanks
                            .get(&blank)
                            .map_or_else(Vec::new, |d| blanks_of(&d.quads)),
                    );
                    owners.entry(blank).or_default().insert(id.clone());
                }
            }
        }
        let mut strays: Vec<Stray> = self
            .others
            .into_iter()
            .map(|(subject, (line, statements))| Stray {
                why: format!(
                    "{subject} is not a record: a record's IRI is {}type--uuid",
                    fieldmark_model::id::ID_BASE
                ),
                subject,
                line,
                statements,
            })
            .collect();
        for (blank, part) in self.blanks {
            let owner = owners
                .get(&blank)
                .filter(|ids| ids.len() == 1)
                .and_then(BTreeSet::first);
            match owner.and_then(|id| self.drafts.get_mut(id)) {
                Some(draft) => draft.quads.extend(part.quads),
                None => strays.push(Stray {
                    subject: blank.clone(),
                    line: part.line,
                    statements: part.quads.len(),
                    why: format!(
                        "{blank} is tied to {} records; give it an IRI under one of them",
                        owners.get(&blank).map_or(0, BTreeSet::len)
                    ),
                }),
            }
        }
        (self.drafts, strays)
    }
}

fn blanks_of(quads: &[Quad]) -> Vec<String> {
    quads
        .iter()
        .filter_map(|quad| match &quad.object {
            Term::BlankNode(node) => Some(node.to_string()),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxttl::TriGParser;

    const ID: &str = "https://w3id.org/fieldmark/id/campaign--3f2b1c9e-0d5a-4b7e-9c1d-2a6f8e4b7c1";

    #[test]
    fn statements_go_to_their_record_and_the_rest_is_listed() {
        let text = format!(
            "<{ID}0> <x:a> 1 ; <x:part> [ <x:deep> [ <x:n> 2 ] ] .
             <{ID}0#child> <x:a> 3 .
             <{ID}1> <x:shares> _:both . <{ID}2> <x:shares> _:both . _:both <x:n> 4 .
             <x:thing> <x:a> 5 , 6 ."
        );
        let mut gatherer = Gatherer::new(Some(NamedNode::new_unchecked("x:policy")));
        for quad in TriGParser::new().for_slice(text.as_bytes()) {
            gatherer.push(Placed {
                quad: quad.unwrap(),
                line: Some(1),
            });
        }
        let (drafts, strays) = gatherer.finish();
        let sizes: Vec<_> = drafts.values().map(|draft| draft.quads.len()).collect();
        assert_eq!(sizes, [5, 1, 1]);
        assert!(
            drafts
                .values()
                .flat_map(|d| &d.quads)
                .all(|q| q.graph_name.to_string() == "<x:policy>")
        );
        let strays: Vec<_> = strays
            .iter()
            .map(|s| (s.statements, s.why.as_str()))
            .collect();
        assert_eq!(strays.len(), 2);
        assert!(
            strays
                .iter()
                .any(|(n, why)| *n == 2 && why.contains("<x:thing> is not a record"))
        );
        assert!(
            strays
                .iter()
                .any(|(n, why)| *n == 1 && why.contains("tied to 2 records"))
        );
    }
}
