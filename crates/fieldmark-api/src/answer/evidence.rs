//! What claims come to, as REST says it: lines, sides, headline.

use super::names::{Labels, Named};
use super::words::{self, Degree};
use fieldmark_analysis::lines::{Category, Headline, Line, Side, UNDISCLOSED, Voice, Weighing};
use fieldmark_model::RecordId;
use fieldmark_store::read::{JOINT, Scale};
use serde::Serialize;
use utoipa::ToSchema;

/// What one line says, once.
#[derive(Serialize, ToSchema)]
pub struct VoiceRow {
    /// The claim that is counted.
    pub claim: String,
    /// Log-odds in favour of its side, in nats.
    pub weight: f64,
}

/// Claims that stand on one ground.
#[derive(Serialize, ToSchema)]
pub struct LineRow {
    /// What they stand on: evidence, an assessor's own collection, `undisclosed`, a joint look.
    pub roots: Vec<Named>,
    /// The claims that found it.
    pub primaries: Vec<String>,
    /// The claims that lean on it; they may lean on others too.
    pub derivatives: Vec<String>,
    /// Those in favour without a likelihood: counted, never given a number.
    pub unscaled: Vec<String>,
    /// What counts in favour.
    pub support: Option<VoiceRow>,
    /// What counts against.
    pub dissent: Option<VoiceRow>,
}

/// One side.
#[derive(Serialize, ToSchema)]
pub struct SideRow {
    /// Its claims.
    pub claims: Vec<String>,
    /// On how many lines they stand.
    pub lines: usize,
    /// Combined log-odds in nats: from lower ends, middles and upper ends; never negative.
    pub odds: [f64; 3],
}

/// What the claims about one proposition come to, and the working.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WeighingRow {
    /// In one line.
    pub headline: String,
    /// `silent`, `unscaled`, `likelihood` or `contested`.
    pub finding: &'static str,
    /// The scale's band for the middle, by IRI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band: Option<String>,
    /// The middle, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// The lower end, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// The upper end, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// The rule in force: `ledger`, `single-best` or `full-independence`.
    pub rule: &'static str,
    /// Its γ: support is (1−γ)·best line + γ·sum of lines.
    pub gamma: f64,
    /// The lines.
    pub lines: Vec<LineRow>,
    /// Everything in favour.
    pub support: SideRow,
    /// Everything against.
    pub dissent: SideRow,
    /// Claims whose range is exactly even.
    pub even: Vec<String>,
    /// Claims in favour without a likelihood.
    pub unscaled: Vec<String>,
    /// Claims that lean on several lines and are counted at most once.
    pub counted_once: Vec<String>,
    /// Claims none of whose sources is to be seen.
    pub source_hidden: Vec<String>,
    /// The kinds of evidence cited in favour.
    pub categories: Vec<&'static str>,
    /// Whether "very likely" or more stands on fewer than two kinds of evidence.
    pub wants_second_category: bool,
}

impl WeighingRow {
    /// In the words of a scale and the names of records.
    pub(crate) fn new(
        weighing: &Weighing,
        (scale, degree): (&Scale, Option<&Degree>),
        labels: &Labels,
        lang: &'static str,
    ) -> Self {
        let likelihood = match &weighing.headline {
            Headline::Likelihood {
                range,
                probability,
                term,
                ..
            } => Some((*range, *probability, term.clone())),
            _ => None,
        };
        Self {
            headline: words::headline(weighing, scale, lang, degree),
            finding: finding(&weighing.headline),
            band: likelihood.as_ref().and_then(|(_, _, term)| term.clone()),
            probability: likelihood.as_ref().map(|(_, middle, _)| *middle),
            low: likelihood.as_ref().map(|(range, ..)| range.low()),
            high: likelihood.as_ref().map(|(range, ..)| range.high()),
            rule: words::rule_name(weighing.rule),
            gamma: weighing.rule.gamma(),
            lines: weighing
                .lines
                .iter()
                .map(|line| LineRow::new(line, labels, lang))
                .collect(),
            support: SideRow::from(&weighing.support),
            dissent: SideRow::from(&weighing.dissent),
            even: weighing.even.clone(),
            unscaled: weighing.unscaled.clone(),
            counted_once: weighing.counted_once.clone(),
            source_hidden: weighing.source_hidden.clone(),
            categories: weighing.categories.iter().copied().map(kind).collect(),
            wants_second_category: weighing.wants_second_category,
        }
    }
}

impl LineRow {
    fn new(line: &Line, labels: &Labels, lang: &'static str) -> Self {
        let voice = |voice: &Voice| VoiceRow {
            claim: voice.claim.clone(),
            weight: voice.weight,
        };
        Self {
            roots: line
                .roots
                .iter()
                .map(|root| root_named(root, labels, lang))
                .collect(),
            primaries: line.primaries.clone(),
            derivatives: line.derivatives.clone(),
            unscaled: line.unscaled.clone(),
            support: line.support.as_ref().map(voice),
            dissent: line.dissent.as_ref().map(voice),
        }
    }
}

impl From<&Side> for SideRow {
    fn from(side: &Side) -> Self {
        Self {
            claims: side.claims.clone(),
            lines: side.lines,
            odds: [side.odds.low, side.odds.middle, side.odds.high],
        }
    }
}

/// The records among the roots of a weighing, whose names an answer needs.
pub fn roots(weighing: &Weighing) -> impl Iterator<Item = RecordId> {
    weighing
        .lines
        .iter()
        .flat_map(|line| &line.roots)
        .filter_map(|root| RecordId::parse(root).ok())
}

fn root_named(root: &str, labels: &Labels, lang: &'static str) -> Named {
    let french = lang == "fr";
    match RecordId::parse(root) {
        Ok(id) => labels.named(&id),
        Err(_) => Named {
            id: root.to_owned(),
            label: if root == UNDISCLOSED {
                if french {
                    "fondement non divulgué"
                } else {
                    "ground not disclosed"
                }
                .to_owned()
            } else if root.starts_with(JOINT) {
                if french {
                    "examen conjoint"
                } else {
                    "a joint look"
                }
                .to_owned()
            } else {
                root.to_owned()
            },
        },
    }
}

/// What sort of headline it is.
pub(crate) fn finding(headline: &Headline) -> &'static str {
    match headline {
        Headline::Silent => "silent",
        Headline::Unscaled { .. } => "unscaled",
        Headline::Likelihood { .. } => "likelihood",
        Headline::Contested { .. } => "contested",
    }
}

/// A kind of evidence, as the ontology names it.
pub(crate) fn kind(category: Category) -> &'static str {
    match category {
        Category::Technical => "technical",
        Category::Behavioural => "behavioural",
        Category::Contextual => "contextual",
    }
}
