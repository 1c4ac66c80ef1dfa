//! Overlap: what two records share, itemised and weighed, or who shares most with one.

use super::claim::{Words, mentioned};
use super::lang::Lang;
use super::made::Shown;
use super::names::{Labels, Named};
use super::tally::{self, TallyRow};
use super::words;
use crate::problem::Problem;
use fieldmark_analysis::overlap::Shuffles;
use fieldmark_model::{Claim, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::{Marking, Node, Overlap, Shared, Support};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// The STIX types that are ranked unless others are asked for.
pub(crate) const RANKED: &str = "campaign,incident";

/// What says that one side has a feature.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SupportRow {
    /// The relationship's or claim's id.
    pub link: String,
    /// Whether it is a claim.
    pub is_claim: bool,
    /// Its words, quotation by quotation, to the letter.
    pub verbatim: Vec<Words>,
    /// The strictest marking of what is shown of it, such as `TLP:AMBER`.
    pub marking: Option<String>,
    /// A claim's assessors.
    pub assessors: Vec<Named>,
    /// The document it stands in.
    pub source: Option<Named>,
    /// The place there.
    pub locator: Option<String>,
}

/// A feature by name.
#[derive(Serialize, ToSchema)]
pub struct Feature {
    /// Its record, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its IRI, or its value.
    pub key: String,
    /// Its name.
    pub label: String,
}

/// One shared feature.
#[derive(Serialize, ToSchema)]
pub struct SharedRow {
    /// What sort of feature.
    pub family: String,
    /// The feature.
    pub feature: Feature,
    /// Whether it is hard to share by chance.
    pub hard: bool,
    /// What a reader must know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
    /// What says that the left one has it.
    pub left: Vec<SupportRow>,
    /// What says that the right one has it.
    pub right: Vec<SupportRow>,
}

/// How many features of a family.
#[derive(Serialize, ToSchema)]
pub struct FamilyCount {
    /// The family.
    pub family: String,
    /// How many.
    pub count: u64,
}

/// What two records share, itemised and weighed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// One.
    pub left: Named,
    /// The other.
    pub right: Named,
    /// Every shared feature, hard ones first.
    pub shared: Vec<SharedRow>,
    /// What only the left one has.
    pub only_left: Vec<FamilyCount>,
    /// What only the right one has.
    pub only_right: Vec<FamilyCount>,
    /// Families in which both have features and share none.
    pub not_shared: Vec<String>,
    /// What it comes to.
    #[serde(rename = "weighing")]
    pub tally: TallyRow,
    /// Its marking and its audience.
    #[serde(flatten)]
    pub shown: Shown,
    /// The marking, for a page that shows more than this.
    #[serde(skip)]
    pub marking: Marking,
}

/// Another record and how much it shares.
#[derive(Serialize, ToSchema)]
pub struct RankedRow {
    /// The other one.
    pub other: Named,
    /// How many shared features.
    pub features: u64,
    /// How many of them are hard.
    pub hard: u64,
    /// How many by family.
    pub families: Vec<FamilyCount>,
    /// What the order goes by among those with as many hard features: directly shared features by
    /// Dirichlet-smoothed likelihood, a little less for who has many.
    pub score: f64,
    /// What it comes to.
    #[serde(rename = "weighing")]
    pub tally: TallyRow,
}

/// The records that share most with one.
#[derive(Serialize, ToSchema)]
pub struct Ranking {
    /// The one.
    pub of: Named,
    /// Those claimed to be one network with it come first, then by hard features, then by score.
    pub ranking: Vec<RankedRow>,
    /// Its marking and its audience.
    #[serde(flatten)]
    pub shown: Shown,
}

/// The comparison of two records, with the words of the claims that tie them.
pub(crate) fn compare(
    view: &View,
    lang: Lang,
    left: &RecordId,
    right: &RecordId,
    how: Shuffles,
) -> Result<Comparison, Problem> {
    if left == right {
        // It would share everything it has, and look like a finding.
        return Err(Problem::bad_request(format!(
            "{left} is compared with itself; name two records"
        )));
    }
    let Overlap {
        left,
        right,
        shared,
        only_left,
        only_right,
        not_shared,
        tally,
    } = view.overlap(left, right, how)?;
    let supports = || {
        shared
            .iter()
            .flat_map(|one| one.left.iter().chain(&one.right))
    };
    let linked: Vec<RecordId> = supports()
        .filter(|support| support.is_claim)
        .map(|support| support.link.clone())
        .collect();
    let claims: HashMap<RecordId, Arc<Claim>> = view
        .claims(&linked)?
        .into_iter()
        .flatten()
        .map(|claim| (claim.id.clone(), claim))
        .collect();
    let ids: Vec<RecordId> = claims
        .values()
        .flat_map(mentioned)
        .chain(supports().filter_map(|support| support.source.clone()))
        .chain(shared.iter().filter_map(|one| one.feature.clone()))
        .chain(tally::mentioned(&tally))
        .collect();
    let labels = Labels::read(view, lang, &ids)?;
    let links: Vec<RecordId> = supports().map(|support| support.link.clone()).collect();
    let quoted = view.quotations(&links)?;
    let ends = [left.id.clone(), right.id.clone()];
    let markings = view.markings(links.into_iter().chain(ids).chain(ends))?;
    let support = |support: &Support| {
        let claim = claims.get(&support.link);
        SupportRow {
            link: support.link.to_string(),
            is_claim: support.is_claim,
            verbatim: labels.words(
                &support.link,
                quoted.of(&support.link),
                markings.get(&support.link),
            ),
            assessors: claim.map_or_else(Vec::new, |claim| {
                claim.assessors.iter().map(|id| labels.named(id)).collect()
            }),
            source: support.source.as_ref().map(|id| labels.named(id)),
            locator: support.locator.clone(),
            marking: markings.name(&support.link),
        }
    };
    let row = |one: &Shared| SharedRow {
        family: one.family.clone(),
        feature: Feature {
            id: one.feature.as_ref().map(ToString::to_string),
            key: one.key.clone(),
            label: one
                .feature
                .as_ref()
                .map_or_else(|| term(&one.key, lang), |id| labels.named(id).label),
        },
        hard: one.hard,
        note: one.note.map(|note| words::note(note, lang.tag)),
        left: one.left.iter().map(support).collect(),
        right: one.right.iter().map(support).collect(),
    };
    let shared = shared.iter().map(row).collect();
    let named = |node: &Node| Named {
        id: node.id.to_string(),
        label: node.label(lang.tag),
    };
    let marking = markings.together();
    Ok(Comparison {
        shown: Shown::under(view, &marking),
        marking,
        left: named(&left),
        right: named(&right),
        shared,
        only_left: counts(only_left),
        only_right: counts(only_right),
        not_shared,
        tally: TallyRow::of(&tally, &labels, lang.tag),
    })
}

/// The records of some STIX types that share most with one.
pub(crate) fn rank(
    view: &View,
    lang: Lang,
    of: &RecordId,
    types: &[&str],
    top: usize,
    how: Shuffles,
) -> Result<Ranking, Problem> {
    let ranked = view.overlaps(of, types, top, how)?;
    let ids: Vec<RecordId> = ranked
        .iter()
        .flat_map(|row| tally::mentioned(&row.tally).chain([row.other.clone()]))
        .chain([of.clone()])
        .collect();
    let labels = Labels::read(view, lang, &ids)?;
    let ranking = ranked
        .into_iter()
        .map(|row| RankedRow {
            other: labels.named(&row.other),
            features: row.features,
            hard: row.tally.hard,
            score: row.score,
            tally: TallyRow::of(&row.tally, &labels, lang.tag),
            families: counts(row.families),
        })
        .collect();
    Ok(Ranking {
        of: labels.named(of),
        ranking,
        shown: Shown::of(view, ids)?,
    })
}

/// What a feature that is no record is called: a term, or its value.
fn term(key: &str, lang: Lang) -> String {
    fieldmark_rdf::ontology::label(key, lang.tag).unwrap_or_else(|| key.to_owned())
}

fn counts(families: Vec<(String, u64)>) -> Vec<FamilyCount> {
    families
        .into_iter()
        .map(|(family, count)| FamilyCount { family, count })
        .collect()
}
