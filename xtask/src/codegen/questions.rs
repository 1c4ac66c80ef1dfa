//! The lists in saved questions that the ontology holds: which family of features lies over which
//! edge, and of what classes. The engine's planner does not see through a variable that stands for
//! an edge (a record's features took 60 times as long), so the lists are written out.
//!
//! A list stands between `#= LIST FAMILIES` and `#= end`. LIST is `own` (family, edge, relationship
//! type), `through` (family, edge to the carrier, edge, type), `classes` (family, class), `classed` or
//! `hard` (the families that have classes, or are hard to share, between commas); FAMILIES is `all`,
//! `flat`, `nested`, `nested-own` (those that nothing carries for another), `nested-through` or names.

use super::{FM, Ontology, SKOS};
use anyhow::{Context, Result, bail};
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNodeRef, TermRef};

const BEGIN: &str = "#= ";
const END: &str = "#= end";

/// One family, as a list needs it.
struct Family {
    name: String,
    nested: bool,
    hard: bool,
    /// Edges that are relationships, with their types.
    edges: Vec<(String, String)>,
    through: Vec<String>,
    classes: Vec<String>,
}

/// Every family.
pub(super) struct Families(Vec<Family>);

impl Families {
    /// As the ontology has them, by name.
    pub(super) fn of(ontology: &Ontology) -> Result<Self> {
        let class = NamedNode::new_unchecked(format!("{FM}FeatureFamily"));
        let found = ontology
            .graph
            .subjects_for_predicate_object(oxrdf::vocab::rdf::TYPE, &class);
        let mut families = Vec::new();
        for term in found {
            let NamedOrBlankNodeRef::NamedNode(term) = term else {
                continue;
            };
            families.push(family(ontology, term)?);
        }
        families.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self(families))
    }

    /// A question with its lists written anew.
    pub(super) fn fill(&self, question: &str) -> Result<String> {
        let mut out = String::new();
        let mut lines = question.lines();
        while let Some(line) = lines.next() {
            out.push_str(line);
            out.push('\n');
            let Some(asked) = line.trim().strip_prefix(BEGIN) else {
                continue;
            };
            let indent = &line[..line.len() - line.trim_start().len()];
            for row in self.list(asked)? {
                out.push_str(&format!("{indent}{row}\n"));
            }
            let end = lines.find(|line| line.trim() == END);
            out.push_str(end.with_context(|| format!("\"{line}\" has no \"{END}\""))?);
            out.push('\n');
        }
        Ok(out)
    }

    /// A row for each family that has any.
    fn list(&self, asked: &str) -> Result<Vec<String>> {
        let (list, which) = asked.split_once(' ').unwrap_or((asked, "all"));
        let names: Vec<&str> = which.split_whitespace().collect();
        let wanted = |family: &&Family| match which {
            "all" => true,
            "flat" => !family.nested,
            "nested" => family.nested,
            "nested-own" => family.nested && family.through.is_empty(),
            "nested-through" => family.nested && !family.through.is_empty(),
            _ => names.contains(&family.name.as_str()),
        };
        let families: Vec<&Family> = self.0.iter().filter(wanted).collect();
        let names = |is: &dyn Fn(&Family) -> bool| {
            let some = families.iter().filter(|family| is(family));
            let names: Vec<String> = some.map(|one| format!("{:?}", one.name)).collect();
            vec![names.join(", ")]
        };
        match list {
            "classed" => return Ok(names(&|family| !family.classes.is_empty())),
            "hard" => return Ok(names(&|family| family.hard)),
            _ => {}
        }
        let rows = families.iter().map(|family| {
            let name = &family.name;
            let rows: Vec<String> = match list {
                "own" => {
                    let each = family.edges.iter();
                    each.map(|(edge, kind)| format!("({name:?} {edge} {kind:?})"))
                        .collect()
                }
                "through" => {
                    let each = family.through.iter().flat_map(|via| {
                        let edges = family.edges.iter();
                        edges.map(move |(edge, kind)| format!("({name:?} {via} {edge} {kind:?})"))
                    });
                    each.collect()
                }
                "classes" => {
                    let each = family.classes.iter();
                    each.map(|class| format!("({name:?} {class})")).collect()
                }
                _ => bail!("\"{asked}\": own, through, classes, classed or hard is wanted"),
            };
            Ok(rows.join(" "))
        });
        let rows: Vec<String> = rows.collect::<Result<_>>()?;
        Ok(rows.into_iter().filter(|row| !row.is_empty()).collect())
    }
}

fn family(ontology: &Ontology, term: NamedNodeRef<'_>) -> Result<Family> {
    let values = |property: NamedNode| -> Vec<TermRef<'_>> {
        ontology
            .graph
            .objects_for_subject_predicate(term, &property)
            .collect()
    };
    let ours = |local: &str| values(NamedNode::new_unchecked(format!("{FM}{local}")));
    let compacts = |local: &str| -> Result<Vec<(NamedNode, String)>> {
        let mut all = Vec::new();
        for value in ours(local) {
            let TermRef::NamedNode(node) = value else {
                bail!("{term}: fm:{local} names a term");
            };
            let (prefix, rest) = super::compact(&ontology.prefixes, node.as_str())
                .with_context(|| format!("{node} is under no prefix"))?;
            all.push((node.into_owned(), format!("{prefix}:{rest}")));
        }
        all.sort();
        Ok(all)
    };
    let names = |all: Vec<(NamedNode, String)>| all.into_iter().map(|(_, name)| name).collect();
    let types = super::edges(&ontology.graph)?;
    let edges = compacts("overEdge")?
        .into_iter()
        .filter_map(|(edge, name)| {
            let kind = types.iter().find(|(_, property)| **property == edge);
            kind.map(|(kind, _)| (name, kind.clone()))
        });
    let notation = NamedNode::new_unchecked(format!("{SKOS}notation"));
    let is = |local: &str| {
        let mut stated = ours(local).into_iter().filter_map(super::plain);
        stated.any(|value| value == "true")
    };
    Ok(Family {
        name: values(notation)
            .into_iter()
            .find_map(super::plain)
            .with_context(|| format!("{term} has no skos:notation"))?,
        nested: is("nested"),
        hard: is("hardToShare"),
        edges: edges.collect(),
        through: names(compacts("throughEdge")?),
        classes: names(compacts("ofClass")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_written_anew_and_what_stands_around_it_is_kept() {
        let families = Families(vec![
            Family {
                name: "account".to_owned(),
                nested: false,
                hard: true,
                edges: vec![("stix:owns".to_owned(), "owns".to_owned())],
                through: vec!["fm:carriedOutBy".to_owned()],
                classes: vec!["stix:UserAccount".to_owned()],
            },
            Family {
                name: "target".to_owned(),
                nested: true,
                hard: false,
                edges: vec![("stix:targets".to_owned(), "targets".to_owned())],
                through: Vec::new(),
                classes: Vec::new(),
            },
        ]);
        let question = "SELECT * {\n  #= own nested\n  old\n  #= end\n}\n";
        let filled = families.fill(question).unwrap();
        assert_eq!(
            filled,
            "SELECT * {\n  #= own nested\n  (\"target\" stix:targets \"targets\")\n  #= end\n}\n"
        );
        assert_eq!(families.fill(&filled).unwrap(), filled, "once is enough");
        for (asked, row) in [
            (
                "through all",
                "(\"account\" fm:carriedOutBy stix:owns \"owns\")",
            ),
            ("classes all", "(\"account\" stix:UserAccount)"),
            ("classed all", "\"account\""),
            ("hard all", "\"account\""),
            ("own account", "(\"account\" stix:owns \"owns\")"),
        ] {
            assert_eq!(families.list(asked).unwrap(), [row], "{asked}");
        }
        assert!(families.list("nothing all").is_err());
        assert!(families.fill("#= own all\n").is_err());
    }
}
