//! What an overlap comes to, as REST says it: lines, chance, verdict.

use super::names::{Labels, Named};
use super::verdict;
use fieldmark_analysis::overlap::Bits;
use fieldmark_model::RecordId;
use fieldmark_store::read::{Lacked, Tally, Trait};
use serde::Serialize;
use utoipa::ToSchema;

/// A feature by name.
#[derive(Serialize, ToSchema)]
pub struct TraitRow {
    /// Its family.
    pub family: String,
    /// Its record, when it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its IRI, or its value.
    pub key: String,
    /// Its name.
    pub label: String,
}

/// A shared soft feature and what it counts for, in bits.
#[derive(Serialize, ToSchema)]
pub struct WeighedRow {
    /// The feature.
    pub feature: TraitRow,
    /// How many have it or one under it.
    pub df: u32,
    /// −log₂((df+½)/(N+1)): what it tells to find it.
    pub information: f64,
    /// What it tells beyond what is broader.
    pub weight: f64,
    /// The lesser of both confidences, 0 to 1.
    pub confidence: f64,
    /// What it contributes.
    pub bits: f64,
}

/// What chance gives in one family, in bits.
#[derive(Serialize, ToSchema)]
pub struct ChanceRow {
    /// The family.
    pub family: String,
    /// What holders of so many features would share by chance.
    pub bits: f64,
}

/// A feature of one that the other lacks.
#[derive(Serialize, ToSchema)]
pub struct LackedRow {
    /// The feature.
    pub feature: TraitRow,
    /// What it would have told, in bits.
    pub information: f64,
    /// Whether the other is so well observed in that family that the lack speaks against a link.
    pub contradicts: bool,
}

/// A claim that ties the two.
#[derive(Serialize, ToSchema)]
pub struct TieRow {
    /// The claim's id.
    pub claim: String,
    /// The number it goes by in its case, such as `C4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// `one-network` (it says that they are one), `linked` (it speaks of one and names the other)
    /// or `same-of-both` (it says of one what another claim says of the other).
    pub kind: &'static str,
    /// Who says so.
    pub assessors: Vec<Named>,
    /// The claims among these that it only says again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restates: Vec<String>,
}

/// How often shuffled populations share as much (Curveball; Benjamini and Hochberg).
#[derive(Serialize, ToSchema)]
pub struct SignificanceRow {
    /// How many shuffles were made.
    pub shuffles: u32,
    /// (1 + how many shared as much) / (shuffles + 1).
    pub p: f64,
    /// The false discovery rate over all pairs shown.
    pub q: f64,
}

/// What an overlap comes to. Parts add up exactly: Σ lines = sum, sum − Σ chance = excess.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TallyRow {
    /// `identity-asserted`, `hard-link`, `distinctive`, `compatible` or `insufficient`: the
    /// strongest thing that may be said. None says that two are one.
    pub verdict: &'static str,
    /// Everything that may be said, in one line.
    pub says: String,
    /// What the soft features say by themselves.
    pub soft: &'static str,
    /// How many hard features both have.
    pub hard: u64,
    /// Claims that tie them, those that say they are one network first.
    pub ties: Vec<TieRow>,
    /// How many in this view have any feature.
    pub population: u32,
    /// How many soft features each has, left then right.
    pub observed: [u32; 2],
    /// Shared soft features, most telling first.
    pub lines: Vec<WeighedRow>,
    /// What the lines add up to, in bits.
    pub sum: f64,
    /// What chance gives: what shuffled pairs shared on average, or the closed form where nothing
    /// was shuffled.
    pub chance: Vec<ChanceRow>,
    /// How that was found: `shuffles` or `closed-form`.
    pub chance_by: &'static str,
    /// The sum less chance, in bits.
    pub excess: f64,
    /// About 90 % of the excess, were the shared features met anew.
    pub interval: [f64; 2],
    /// Weighted Jaccard, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jaccard: Option<f64>,
    /// Share of the lesser of the two, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub containment: Option<f64>,
    /// What shuffling says; absent when the population is too small or too large to shuffle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub significance: Option<SignificanceRow>,
    /// What the left one has and the right one lacks, most telling first.
    pub only_left: Vec<LackedRow>,
    /// What the right one has and the left one lacks.
    pub only_right: Vec<LackedRow>,
    /// Families nothing can be said of: one of the two has no feature in them.
    pub not_judged: Vec<String>,
    /// Features that are broader than themselves in the data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rings: Vec<String>,
}

/// The records that a tally names.
pub(crate) fn mentioned(tally: &Tally) -> impl Iterator<Item = RecordId> {
    let lacked = tally.only_left.iter().chain(&tally.only_right);
    let lines = tally.lines.iter().map(|line| &line.feature);
    lines
        .chain(lacked.map(|lacked| &lacked.feature))
        .filter_map(|feature| feature.record.clone())
        .chain(tally.ties.iter().flat_map(|tie| tie.assessors.clone()))
}

impl TallyRow {
    pub(crate) fn of(tally: &Tally, labels: &Labels, lang: &str) -> Self {
        let named = |feature: &Trait| TraitRow {
            family: feature.family.clone(),
            id: feature.record.as_ref().map(ToString::to_string),
            key: feature.key.clone(),
            label: feature.record.as_ref().map_or_else(
                || feature.key.clone(),
                |id| {
                    let Named { label, .. } = labels.named(id);
                    label
                },
            ),
        };
        let lacked = |all: &[Lacked]| -> Vec<LackedRow> {
            let each = all.iter().map(|lacked| LackedRow {
                feature: named(&lacked.feature),
                information: lacked.information.get(),
                contradicts: lacked.speaks,
            });
            each.collect()
        };
        let (low, high) = tally.found.interval;
        Self {
            verdict: verdict::verdict(tally),
            says: verdict::line(tally, lang, &|id| labels.named(id).label),
            soft: verdict::soft(tally.soft),
            hard: tally.hard,
            ties: tally
                .ties
                .iter()
                .map(|tie| TieRow {
                    claim: tie.claim.to_string(),
                    number: tie.number.clone(),
                    kind: verdict::tie(tie.kind),
                    assessors: tie.assessors.iter().map(|id| labels.named(id)).collect(),
                    restates: tie.restates.iter().map(ToString::to_string).collect(),
                })
                .collect(),
            population: tally.population,
            observed: [tally.found.observed.0, tally.found.observed.1],
            lines: tally
                .lines
                .iter()
                .map(|line| WeighedRow {
                    feature: named(&line.feature),
                    df: line.df,
                    information: line.information.get(),
                    weight: line.weight.get(),
                    confidence: f64::from(line.sure) / 100.0,
                    bits: line.bits.get(),
                })
                .collect(),
            sum: tally.found.sum.get(),
            chance: tally
                .chance
                .iter()
                .map(|(family, bits)| ChanceRow {
                    family: family.clone(),
                    bits: bits.get(),
                })
                .collect(),
            chance_by: verdict::chance_by(tally),
            excess: tally.found.excess.get(),
            interval: [low, high].map(Bits::get),
            jaccard: tally.found.jaccard,
            containment: tally.found.containment,
            significance: tally.significance.as_ref().map(|found| SignificanceRow {
                shuffles: found.times,
                p: found.p,
                q: found.q,
            }),
            only_left: lacked(&tally.only_left),
            only_right: lacked(&tally.only_right),
            not_judged: tally.not_judged.clone(),
            rings: tally.rings.clone(),
        }
    }
}
