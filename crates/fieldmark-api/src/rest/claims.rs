//! What claims answer: dossier, path.

use super::facts::{CountRow, Facts, TieRow};
use super::input::{Json, Path, Query};
use super::made::{Made, Shown};
use super::weighing::{WeighingRow, roots};
use super::wire::{ClaimRow, Labels, Lang, LangQuery, Named, Object, Words, find, mentioned};
use crate::caller::Caller;
use crate::known::{KnownAt, KnownAtQuery};
use crate::paper;
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use crate::words::{self, Degree};
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use fieldmark_model::{Claim, Edtf, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::{Dossier, Node, Place, Proposition, Reading, Scale};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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
#[serde(rename_all = "camelCase")]
pub struct PropositionRow {
    /// Under which heading it stands: `own` (about the subject itself), `label` (about a name it
    /// goes by), `part` (about what it consists of) or `hop` (one hop on: who is behind what it is
    /// claimed to be).
    pub place: &'static str,
    /// The record it stands there for.
    pub about: Named,
    /// What it is about.
    pub kind: &'static str,
    /// What that is called, in the language asked for.
    pub kind_label: String,
    /// The record it speaks of.
    pub subject: Named,
    /// What it says of it.
    pub object: Option<Object>,
    /// How great an impact it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Object>,
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
    /// The claims left out because their date is too coarse to tell whether they came by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possible: Option<Vec<ClaimRow>>,
    /// The claims left out because they have no date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undated: Option<Vec<ClaimRow>>,
    /// What is claimed of it.
    pub propositions: Vec<PropositionRow>,
    /// What it claims itself, as an assessor, at most 200; by date.
    pub claims_made: Vec<ClaimRow>,
    /// Its relationships, at most 200; none when a date is asked about, which they do not have.
    pub relationships: Vec<TieRow>,
    /// What was counted of it and of what it consists of, at most 200; as the relationships.
    pub metrics: Vec<CountRow>,
    /// Its marking, its audience, its time.
    #[serde(flatten)]
    pub made: Made,
    /// What was left out for length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// The most claims in one answer.
const MOST_CLAIMS: usize = 1000;
/// And of those the subject makes itself.
const MOST_MADE: usize = 200;

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
                ([media, vary], paper::page(&row, lang.tag)).into_response()
            }
            _ => ([vary], Json(row)).into_response(),
        })
    })
    .await?
}

fn weighed(
    view: &View,
    lang: Lang,
    id: &RecordId,
    reading: &Reading,
) -> Result<DossierRow, Problem> {
    let mut dossier = view.dossier(id, reading)?;
    let (mut total, mut given) = (0, 0);
    let made = dossier.made.len();
    dossier.made.truncate(MOST_MADE);
    for untold in [&mut dossier.possible, &mut dossier.undated] {
        total += untold.len();
        untold.truncate(MOST_CLAIMS - given);
        given += untold.len();
    }
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
        .chain(untold(&dossier).chain(&dossier.made).flat_map(mentioned))
        .collect();
    let labels = Labels::read(view, lang, &ids)?;
    let mut marking = labels.marking(
        dossier
            .propositions
            .iter()
            .flat_map(|one| &one.claims)
            .chain(untold(&dossier))
            .chain(&dossier.made)
            .map(|claim| &claim.id),
    );
    marking.and(&view.marking([id.clone()])?);
    let facts = match reading.asserted_by {
        None => Facts::read(view, lang, id, &dossier.parts)?,
        Some(_) => Facts::default(),
    };
    marking.and(&facts.marking);
    let as_of = |claims: &[Claim]| -> Option<Vec<ClaimRow>> {
        let rows = || claims.iter().map(|claim| labels.claim(claim)).collect();
        reading.asserted_by.is_some().then(rows)
    };
    Ok(DossierRow {
        made: Shown::under(view, &marking).now(),
        subject: Subject::of(&dossier.subject, lang.tag),
        claims_made: dossier
            .made
            .iter()
            .map(|claim| labels.claim(claim))
            .collect(),
        relationships: facts.ties,
        metrics: facts.counts,
        scale: dossier.scale.iri.clone(),
        asserted_by: reading.asserted_by.as_ref().map(ToString::to_string),
        later: reading.asserted_by.is_some().then_some(dossier.later),
        possible: as_of(&dossier.possible),
        undated: as_of(&dossier.undated),
        propositions: dossier
            .propositions
            .iter()
            .map(|proposition| row(proposition, &dossier.scale, &labels, lang.tag))
            .collect(),
        cut: (given < total || made > MOST_MADE).then(|| {
            let total = total + made;
            let given = given + made.min(MOST_MADE);
            format!("given are {given} of {total} claims; /graphql pages through all of them")
        }),
    })
}

/// The claims whose date does not tell whether they were there.
fn untold(dossier: &Dossier) -> impl Iterator<Item = &Claim> {
    dossier.possible.iter().chain(&dossier.undated)
}

/// A heading's name in answers.
pub(crate) fn place(place: Place) -> &'static str {
    match place {
        Place::Own => "own",
        Place::Label => "label",
        Place::Part => "part",
        Place::Hop => "hop",
    }
}

fn row(
    proposition: &Proposition,
    scale: &Scale,
    labels: &Labels,
    lang: &'static str,
) -> PropositionRow {
    let claimed = proposition.claims.first();
    let object = claimed
        .and_then(|claim| labels.said(claim))
        .or_else(|| Some(labels.object(proposition.object.as_deref()?)));
    let degree = Degree::new(
        object.as_ref().map_or("", |object| &object.label),
        proposition.level.as_deref(),
    );
    PropositionRow {
        place: place(proposition.place),
        about: labels.named(&proposition.about),
        kind: proposition.kind.name(),
        kind_label: words::called(proposition.kind.name(), lang),
        subject: labels.named(&proposition.subject),
        object,
        level: proposition
            .level
            .as_deref()
            .map(|level| labels.object(level)),
        affirmed: proposition.affirmed,
        denied: proposition.denied,
        sources: proposition.sources,
        weighing: WeighingRow::new(
            &proposition.weighing,
            (scale, degree.as_ref()),
            labels,
            lang,
        ),
        claims: proposition
            .claims
            .iter()
            .map(|claim| labels.claim(claim))
            .collect(),
    }
}

/// The records of a proposition, whose claims may all be left out.
fn of(proposition: &Proposition) -> impl Iterator<Item = RecordId> {
    let object = proposition.object.as_deref().and_then(RecordId::from_iri);
    object
        .into_iter()
        .chain([proposition.subject.clone(), proposition.about.clone()])
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
    /// What that is called, in the language asked for.
    pub kind_label: String,
    /// Whether it is said the other way round.
    pub reversed: bool,
    /// The relationship or claim that says so.
    pub via: String,
    /// Whether that is a claim.
    pub is_claim: bool,
    /// Its words, one by one.
    pub verbatim: Vec<Words>,
    /// The document it stands in.
    pub source: Option<Named>,
    /// The place there.
    pub locator: Option<String>,
    /// The strictest marking of what is shown of it, such as `TLP:AMBER`.
    pub marking: Option<String>,
}

/// A shortest path.
#[derive(Serialize, ToSchema)]
pub struct PathRow {
    /// Its marking and its audience.
    #[serde(flatten)]
    pub shown: Shown,
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
        let via: Vec<RecordId> = hops.iter().flatten().map(|hop| hop.via.clone()).collect();
        let markings = view.markings(ids.into_iter().chain(via.iter().cloned()))?;
        let quoted = view.quotations(&via)?;
        Ok(Json(PathRow {
            shown: Shown::under(&view, &markings.together()),
            hops: hops.map(|hops| {
                hops.into_iter()
                    .map(|hop| HopRow {
                        from: labels.named(&hop.from),
                        to: labels.named(&hop.to),
                        kind_label: words::called(&hop.kind, lang.tag),
                        kind: hop.kind,
                        reversed: hop.reversed,
                        via: hop.via.to_string(),
                        is_claim: hop.is_claim,
                        verbatim: labels.words(
                            &hop.via,
                            quoted.of(&hop.via),
                            markings.get(&hop.via),
                        ),
                        source: hop.source.as_ref().map(|id| labels.named(id)),
                        locator: hop.locator,
                        marking: markings.name(&hop.via),
                    })
                    .collect()
            }),
        }))
    })
    .await?
}
