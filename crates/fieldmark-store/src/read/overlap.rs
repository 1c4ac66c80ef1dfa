//! What two campaigns share, feature by feature, each with what says so: `queries/overlap.rq` with
//! types. What they weigh is worked out in `weighing.rs`.

use super::weighing::Weighing;
use super::{Node, ReadError, record, text};
use crate::question::{self, Question};
use crate::sparql::Rows;
use crate::view::View;
use fieldmark_analysis::overlap::Shuffles;
use fieldmark_model::RecordId;
use oxrdf::Term;
use std::collections::{BTreeMap, BTreeSet};

/// What two records share.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlap {
    /// One.
    pub left: Node,
    /// The other.
    pub right: Node,
    /// Every shared feature: hard ones first, then by family and name.
    pub shared: Vec<Shared>,
    /// How many features of each family only the left one has.
    pub only_left: Vec<(String, u64)>,
    /// How many features of each family only the right one has.
    pub only_right: Vec<(String, u64)>,
    /// Families in which each has features and they share none.
    pub not_shared: Vec<String>,
    /// What it comes to.
    pub weighing: Weighing,
}

/// One shared feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// What sort of feature: `technique`, `network`, …
    pub family: String,
    /// Its IRI, or its value.
    pub key: String,
    /// Its record, when it is one.
    pub feature: Option<RecordId>,
    /// Its name.
    pub label: String,
    /// Whether it is hard to share by chance: a network, an account, a domain, a medium.
    pub hard: bool,
    /// What a reader must know of it.
    pub note: Option<String>,
    /// What says that the left one has it.
    pub left: Vec<Support>,
    /// What says that the right one has it.
    pub right: Vec<Support>,
}

/// A relationship or claim that says so, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Support {
    /// The relationship or claim.
    pub link: RecordId,
    /// Whether it is a claim.
    pub is_claim: bool,
    /// The document it stands in.
    pub source: Option<RecordId>,
    /// The place in that document.
    pub locator: Option<String>,
}

/// The values of a row by column name.
struct Columns<'a>(&'a Rows, &'a [Option<Term>]);

impl Columns<'_> {
    fn get(&self, name: &str) -> Option<&Term> {
        let at = self
            .0
            .variables
            .iter()
            .position(|variable| variable == name)?;
        self.1.get(at)?.as_ref()
    }

    fn text(&self, name: &str) -> Option<String> {
        text(self.get(name))
    }

    fn support(&self, side: &str) -> Option<Support> {
        Some(Support {
            link: record(self.get(&format!("{side}Link")))?,
            is_claim: self.text(&format!("{side}Kind")).as_deref() == Some("claim"),
            source: record(self.get(&format!("{side}Source"))),
            locator: self.text(&format!("{side}Locator")),
        })
    }
}

impl View {
    /// What two records share, itemised.
    pub fn overlap(
        &self,
        left: &RecordId,
        right: &RecordId,
        how: Shuffles,
    ) -> Result<Overlap, ReadError> {
        let (of_left, of_right) = (self.node(left)?, self.node(right)?);
        let rows = self.named("overlap", &[("left", left), ("right", right)])?;
        let mut shared: BTreeMap<(String, String), Shared> = BTreeMap::new();
        for row in &rows.rows {
            let row = Columns(&rows, row);
            let (Some(family), Some(key)) = (row.text("family"), row.text("feature")) else {
                continue;
            };
            let feature = record(row.get("feature"));
            let entry = shared
                .entry((family.clone(), key.clone()))
                .or_insert_with(|| Shared {
                    label: row.text("featureLabel").unwrap_or_else(|| key.clone()),
                    hard: row.text("hard").as_deref() == Some("true"),
                    note: row.text("note"),
                    left: Vec::new(),
                    right: Vec::new(),
                    feature,
                    family,
                    key,
                });
            entry.left.extend(row.support("left"));
            entry.right.extend(row.support("right"));
        }
        let mut shared: Vec<Shared> = shared.into_values().collect();
        for one in &mut shared {
            for side in [&mut one.left, &mut one.right] {
                side.sort();
                side.dedup_by(|a, b| a.link == b.link);
            }
        }
        shared.sort_by(|a, b| (!a.hard, &a.family, &a.label).cmp(&(!b.hard, &b.family, &b.label)));
        let keys: BTreeSet<(&str, &str)> = shared
            .iter()
            .map(|one| (one.family.as_str(), one.key.as_str()))
            .collect();
        let (had_left, had_right) = (self.features(left)?, self.features(right)?);
        let only = |had: &BTreeSet<(String, String)>| {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for (family, key) in had {
                if !keys.contains(&(family.as_str(), key.as_str())) {
                    *counts.entry(family.clone()).or_default() += 1;
                }
            }
            counts.into_iter().collect::<Vec<_>>()
        };
        let families = |had: &BTreeSet<(String, String)>| -> BTreeSet<String> {
            had.iter().map(|(family, _)| family.clone()).collect()
        };
        let both: Vec<String> = families(&had_left)
            .intersection(&families(&had_right))
            .cloned()
            .collect();
        let weighing = self.weigh_pair(left, right, &shared, how)?;
        Ok(Overlap {
            weighing,
            not_shared: both
                .into_iter()
                .filter(|family| !keys.iter().any(|(shared, _)| shared == family))
                .collect(),
            only_left: only(&had_left),
            only_right: only(&had_right),
            shared,
            left: of_left,
            right: of_right,
        })
    }

    fn features(&self, of: &RecordId) -> Result<BTreeSet<(String, String)>, ReadError> {
        let rows = self.named("features-of", &[("of", of)])?;
        Ok(rows
            .rows
            .iter()
            .filter_map(|row| {
                let row = Columns(&rows, row);
                Some((row.text("family")?, row.text("feature")?))
            })
            .collect())
    }

    /// One of the questions this crate gives types to.
    fn named(&self, name: &str, args: &[(&str, &RecordId)]) -> Result<Rows, ReadError> {
        let question: &Question = question::find(name).ok_or_else(|| {
            ReadError::engine(format!("the question {name} is not among those shipped"))
        })?;
        let args = args
            .iter()
            .map(|(name, id)| ((*name).to_owned(), id.to_string()))
            .collect();
        Ok(self.ask(question, &args)?)
    }
}
