//! A dossier: every claim about a subject, and what they come to.

use super::claim::{ClaimRow, mentioned};
use super::evidence::{WeighingRow, roots};
use super::facts::{CountRow, Facts, RelationshipRow};
use super::lang::Lang;
use super::made::{Made, Shown};
use super::names::{Labels, Named, Object};
use super::words::{self, Degree};
use crate::problem::Problem;
use fieldmark_model::{Claim, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::{Dossier, Node, Place, Proposition, Reading, Scale};
use serde::Serialize;
use utoipa::ToSchema;

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
    pub relationships: Vec<RelationshipRow>,
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

/// Every claim about a record, and what they come to line by line.
pub(crate) fn dossier(
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
