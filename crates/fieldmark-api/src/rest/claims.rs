//! What claims answer: overlap, dossier, path.

use super::input::{Json, Path, Query};
use super::likeness::{self, LikenessRow};
use super::weighing::{WeighingRow, roots};
use super::wire::{
    ClaimRow, Labels, Lang, LangQuery, Named, Object, Words, find, find_compared, mentioned,
    words as quotations,
};
use crate::caller::Caller;
use crate::known::{KnownAt, KnownAtQuery};
use crate::paper;
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use crate::verdict;
use crate::words;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use fieldmark_analysis::overlap::Shuffles;
use fieldmark_model::{Claim, Edtf, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::{Node, Overlap, Proposition, Reading, Shared, Support};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// The STIX types that are ranked unless others are asked for.
pub(crate) const RANKED: &str = "campaign,incident";

/// With what to compare.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverlapQuery {
    /// The other record: id, IRI or name. Left out, the records that share most are ranked.
    with: Option<String>,
    /// How many ranked at most; 10 when not said, 100 at most.
    top: Option<usize>,
    /// Of what STIX types, between commas; `campaign,incident` when not said.
    types: Option<String>,
    /// How often to shuffle the population to see what chance gives; 999 when not said, 0 for not
    /// at all, 99,999 at most.
    shuffles: Option<usize>,
}

/// What says that one side has a feature.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SupportRow {
    /// The relationship's or claim's id.
    pub link: String,
    /// Whether it is a claim.
    pub is_claim: bool,
    /// A claim's words, as one line: an ellipsis of ours between quotations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbatim: Option<String>,
    /// The same, quotation by quotation, to the letter.
    pub words: Vec<Words>,
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
    pub note: Option<String>,
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
    pub weighing: LikenessRow,
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
    pub weighing: LikenessRow,
}

/// The records that share most with one.
#[derive(Serialize, ToSchema)]
pub struct Ranking {
    /// The one.
    pub of: Named,
    /// Those claimed to be one network with it come first, then by hard features, then by score.
    pub ranking: Vec<RankedRow>,
}

/// The answer to `overlap`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum OverlapAnswer {
    /// With another record.
    Itemised(Box<Comparison>),
    /// With none named.
    Ranked(Ranking),
}

/// What two records share, itemised (`with`), or which records share most.
#[utoipa::path(get, path = "/api/v1/overlap/{id}", tag = "claims",
    params(("id" = String, Path, description = "An id, an IRI or a name"), OverlapQuery, KnownAtQuery, LangQuery),
    responses((status = 200, body = OverlapAnswer), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn overlap(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    known: KnownAt,
    Path(name): Path<String>,
    Query(query): Query<OverlapQuery>,
) -> Result<Json<OverlapAnswer>, Problem> {
    blocking(move || {
        let view = known.view(&desk, &caller)?;
        let id = find_compared(&view, &name)?;
        let how = verdict::shuffles(query.shuffles).map_err(Problem::bad_request)?;
        match &query.with {
            Some(with) => {
                let other = find_compared(&view, with)?;
                Ok(Json(OverlapAnswer::Itemised(Box::new(compare(
                    &view, lang, &id, &other, how,
                )?))))
            }
            None => {
                let top = query.top.unwrap_or(10).clamp(1, 100);
                let types = query.types.as_deref().unwrap_or(RANKED);
                let types: Vec<&str> = types.split(',').map(str::trim).collect();
                let ranked = view.overlaps(&id, &types, top, how)?;
                let ids: Vec<RecordId> = ranked
                    .iter()
                    .flat_map(|row| likeness::mentioned(&row.weighing).chain([row.other.clone()]))
                    .chain([id.clone()])
                    .collect();
                let labels = Labels::read(&view, lang, &ids)?;
                let ranking = ranked
                    .into_iter()
                    .map(|row| RankedRow {
                        other: labels.named(&row.other),
                        features: row.features,
                        hard: row.weighing.hard,
                        score: row.score,
                        weighing: LikenessRow::of(&row.weighing, &labels, lang.tag),
                        families: counts(row.families),
                    })
                    .collect();
                Ok(Json(OverlapAnswer::Ranked(Ranking {
                    of: labels.named(&id),
                    ranking,
                })))
            }
        }
    })
    .await?
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
        weighing,
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
    let claims: HashMap<RecordId, Claim> = view
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
        .chain(likeness::mentioned(&weighing))
        .collect();
    let labels = Labels::read(view, lang, &ids)?;
    let support = |support: &Support| {
        let claim = claims.get(&support.link);
        SupportRow {
            link: support.link.to_string(),
            is_claim: support.is_claim,
            verbatim: claim.map(|claim| {
                claim
                    .verbatim
                    .iter()
                    .map(|(text, _)| text.as_str())
                    .collect::<Vec<_>>()
                    .join(" … ")
            }),
            words: claim.map_or_else(Vec::new, quotations),
            assessors: claim.map_or_else(Vec::new, |claim| {
                claim.assessors.iter().map(|id| labels.named(id)).collect()
            }),
            source: support.source.as_ref().map(|id| labels.named(id)),
            locator: support.locator.clone(),
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
                .map_or_else(|| one.label.clone(), |id| labels.named(id).label),
        },
        hard: one.hard,
        note: one.note.clone(),
        left: one.left.iter().map(support).collect(),
        right: one.right.iter().map(support).collect(),
    };
    let shared = shared.iter().map(row).collect();
    let named = |node: &Node| Named {
        id: node.id.to_string(),
        label: node.label(lang.tag),
    };
    Ok(Comparison {
        left: named(&left),
        right: named(&right),
        shared,
        only_left: counts(only_left),
        only_right: counts(only_right),
        not_shared,
        weighing: LikenessRow::of(&weighing, &labels, lang.tag),
    })
}

fn counts(families: Vec<(String, u64)>) -> Vec<FamilyCount> {
    families
        .into_iter()
        .map(|(family, count)| FamilyCount { family, count })
        .collect()
}

/// Who or what a dossier is about.
#[derive(Serialize, ToSchema)]
pub struct Subject {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: String,
    /// What it is.
    pub noun: &'static str,
}

impl Subject {
    /// By its name in a language.
    pub(crate) fn of(node: &Node, lang: &str) -> Self {
        Self {
            id: node.id.to_string(),
            label: node.label(lang),
            noun: node.noun.name(),
        }
    }
}

/// One thing that is claimed, with everyone who affirms or denies it.
#[derive(Serialize, ToSchema)]
pub struct PropositionRow {
    /// What it is about.
    pub kind: &'static str,
    /// The record it speaks of.
    pub subject: Named,
    /// What it says of it.
    pub object: Option<Object>,
    /// How many affirm it.
    pub affirmed: usize,
    /// How many deny it.
    pub denied: usize,
    /// How many documents they stand in.
    pub sources: usize,
    /// What they come to, over all of them wherever the list is cut.
    pub weighing: WeighingRow,
    /// The claims, by date.
    pub claims: Vec<ClaimRow>,
}

/// How a dossier is to be read.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct DossierQuery {
    /// How lines of evidence are combined: `ledger` (the default), `single-best` or
    /// `full-independence`.
    rule: Option<String>,
    /// The scale whose words the headlines use; `icd203` when not said.
    scale: Option<String>,
    /// Only what had certainly been asserted by the end of this date: 2023, 2023-08 or 2023-08-29.
    asserted_by: Option<String>,
}

impl DossierQuery {
    /// The reading asked for.
    pub(crate) fn reading(self) -> Result<Reading, Problem> {
        let default = Reading::default();
        let date = |text: String| {
            Edtf::parse(&text).map_err(|error| Problem::bad_request(format!("assertedBy: {error}")))
        };
        Ok(Reading {
            rule: self
                .rule
                .map(|name| words::rule(&name).map_err(Problem::bad_request))
                .transpose()?
                .unwrap_or(default.rule),
            scale: self.scale.unwrap_or(default.scale),
            asserted_by: self.asserted_by.map(date).transpose()?,
        })
    }
}

/// Every claim about a subject, by what is claimed, and what they come to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DossierRow {
    /// The subject.
    pub subject: Subject,
    /// The scale whose words the headlines use.
    pub scale: String,
    /// The date asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asserted_by: Option<String>,
    /// How many claims came after that date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub later: Option<usize>,
    /// How many claims were left out because their date does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undated: Option<usize>,
    /// What is claimed of it.
    pub propositions: Vec<PropositionRow>,
    /// What was left out for length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// The most claims in one answer.
const MOST_CLAIMS: usize = 1000;

/// Every claim about a subject, and what they come to line by line. The name may end in `.json`,
/// `.md` (Markdown) or `.html` (one file that needs no other, with the evidence drawn).
#[utoipa::path(get, path = "/api/v1/dossier/{id}", tag = "claims",
    params(("id" = String, Path, description = "An id, an IRI or a name, with .md, .html, .json or none of them"), DossierQuery, KnownAtQuery, LangQuery),
    responses((status = 200, content((DossierRow = "application/json"), (String = "text/markdown"), (String = "text/html"))),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn dossier(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    known: KnownAt,
    Path(name): Path<String>,
    Query(query): Query<DossierQuery>,
) -> Result<Response, Problem> {
    let reading = query.reading()?;
    blocking(move || {
        let view = known.view(&desk, &caller)?;
        let (name, form) = match name.rsplit_once('.') {
            Some((name, form @ ("md" | "html" | "json"))) => (name, form),
            _ => (name.as_str(), "json"),
        };
        let row = weighed(&view, lang, &find(&view, name)?, &reading)?;
        let vary = (VARY, "accept-language, authorization");
        Ok(match form {
            "md" => {
                let media = (CONTENT_TYPE, "text/markdown; charset=utf-8");
                ([media, vary], paper::markdown(&row, lang.tag)).into_response()
            }
            "html" => {
                let media = (CONTENT_TYPE, "text/html; charset=utf-8");
                let policy = (CONTENT_SECURITY_POLICY, PAPER_POLICY);
                ([media, vary, policy], paper::page(&row, lang.tag)).into_response()
            }
            _ => ([vary], Json(row)).into_response(),
        })
    })
    .await?
}

/// A dossier on paper runs nothing and loads nothing.
const PAPER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

fn weighed(
    view: &View,
    lang: Lang,
    id: &RecordId,
    reading: &Reading,
) -> Result<DossierRow, Problem> {
    let mut dossier = view.dossier(id, reading)?;
    let (mut total, mut given) = (0, 0);
    for proposition in &mut dossier.propositions {
        total += proposition.claims.len();
        proposition.claims.truncate(MOST_CLAIMS - given);
        given += proposition.claims.len();
    }
    let ids: Vec<RecordId> = dossier
        .propositions
        .iter()
        .flat_map(|p| {
            let claims = p.claims.iter().flat_map(mentioned);
            claims.chain(of(p)).chain(roots(&p.weighing))
        })
        .collect();
    let labels = Labels::read(view, lang, &ids)?;
    Ok(DossierRow {
        subject: Subject::of(&dossier.subject, lang.tag),
        scale: dossier.scale.iri.clone(),
        asserted_by: reading.asserted_by.as_ref().map(ToString::to_string),
        later: reading.asserted_by.is_some().then_some(dossier.later),
        undated: reading.asserted_by.is_some().then_some(dossier.undated),
        propositions: dossier
            .propositions
            .iter()
            .map(|proposition| PropositionRow {
                kind: proposition.kind.name(),
                subject: labels.named(&proposition.subject),
                object: proposition
                    .object
                    .as_deref()
                    .map(|object| labels.object(object)),
                affirmed: proposition.affirmed,
                denied: proposition.denied,
                sources: proposition.sources,
                weighing: WeighingRow::new(
                    &proposition.weighing,
                    &dossier.scale,
                    &labels,
                    lang.tag,
                ),
                claims: proposition
                    .claims
                    .iter()
                    .map(|claim| labels.claim(claim))
                    .collect(),
            })
            .collect(),
        cut: (given < total).then(|| {
            format!("given are {given} of {total} claims; /graphql pages through all of them")
        }),
    })
}

/// The records of a proposition, whose claims may all be left out.
fn of(proposition: &Proposition) -> impl Iterator<Item = RecordId> {
    let object = proposition.object.as_deref().and_then(RecordId::from_iri);
    object.into_iter().chain([proposition.subject.clone()])
}

/// From where to where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PathQuery {
    /// Where it begins: id, IRI or name.
    from: String,
    /// Where it leads.
    to: String,
    /// How many hops at most; 6 when not said, 12 at most.
    hops: Option<usize>,
}

/// One hop.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HopRow {
    /// Where it begins.
    pub from: Named,
    /// Where it leads.
    pub to: Named,
    /// The relationship's type or the claim's kind.
    pub kind: String,
    /// Whether it is said the other way round.
    pub reversed: bool,
    /// The relationship or claim that says so.
    pub via: String,
    /// Whether that is a claim.
    pub is_claim: bool,
    /// Its words.
    pub verbatim: Option<String>,
    /// The document it stands in.
    pub source: Option<Named>,
    /// The place there.
    pub locator: Option<String>,
}

/// A shortest path.
#[derive(Serialize, ToSchema)]
pub struct PathRow {
    /// Its hops; none when there is no path of that length.
    pub hops: Option<Vec<HopRow>>,
}

/// A shortest path over relationships and affirmed claims, each hop with what says so.
#[utoipa::path(get, path = "/api/v1/path", tag = "claims", params(PathQuery, KnownAtQuery, LangQuery),
    responses((status = 200, body = PathRow), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn path(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    known: KnownAt,
    Query(query): Query<PathQuery>,
) -> Result<Json<PathRow>, Problem> {
    blocking(move || {
        let view = known.view(&desk, &caller)?;
        let (from, to) = (find(&view, &query.from)?, find(&view, &query.to)?);
        let hops = view.path(&from, &to, query.hops.unwrap_or(6).clamp(1, 12))?;
        let ids: Vec<RecordId> = hops
            .iter()
            .flatten()
            .flat_map(|hop| {
                [
                    Some(hop.from.clone()),
                    Some(hop.to.clone()),
                    hop.source.clone(),
                ]
            })
            .flatten()
            .collect();
        let labels = Labels::read(&view, lang, &ids)?;
        Ok(Json(PathRow {
            hops: hops.map(|hops| {
                hops.into_iter()
                    .map(|hop| HopRow {
                        from: labels.named(&hop.from),
                        to: labels.named(&hop.to),
                        kind: hop.kind,
                        reversed: hop.reversed,
                        via: hop.via.to_string(),
                        is_claim: hop.is_claim,
                        verbatim: hop.verbatim,
                        source: hop.source.as_ref().map(|id| labels.named(id)),
                        locator: hop.locator,
                    })
                    .collect()
            }),
        }))
    })
    .await?
}
