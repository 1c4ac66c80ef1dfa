//! A dossier: every claim about a subject, and what they come to.

use super::claim::{ClaimRow, mentioned};
use super::evidence::{WeighingRow, roots};
use super::facts::{CountRow, Facts, RelationshipRow};
use super::lang::Lang;
use super::lens::{self, LensRow, lens as lens_of};
use super::made::{Made, Shown};
use super::names::{Labels, Named, Object, find};
use super::words::{self, Degree};
use crate::problem::Problem;
use fieldmark_model::{Claim, Edtf, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::{Dossier, Marking, Node, Place, Proposition, Reading, Scale};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

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
    /// What else is taken for the subject: `own` (nothing, the default), `strict` (what is claimed
    /// to be exactly the same, or the same network), `near` (also what is nearly the same) or `wide`
    /// (also what is broader, narrower, related or attributed). Each says by whose claims.
    lens: Option<String>,
    /// Whose claims the lens follows, by id or name, several between semicolons; everybody's when
    /// not said.
    lens_by: Option<String>,
}

impl DossierQuery {
    /// The reading asked for.
    pub(crate) fn reading(self, view: &View) -> Result<Reading, Problem> {
        // A form sends the fields that were not filled in as well.
        let said = |field: Option<String>| field.filter(|text| !text.trim().is_empty());
        let default = Reading::default();
        let date = |text: String| {
            Edtf::parse(&text).map_err(|error| Problem::bad_request(format!("assertedBy: {error}")))
        };
        Ok(Reading {
            rule: said(self.rule)
                .map(|name| words::rule(&name).map_err(Problem::bad_request))
                .transpose()?
                .unwrap_or(default.rule),
            scale: said(self.scale).unwrap_or(default.scale),
            asserted_by: said(self.asserted_by).map(date).transpose()?,
            lens: lens_of(
                view,
                said(self.lens).as_deref(),
                said(self.lens_by).as_deref(),
            )?,
        })
    }
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
#[serde(rename_all = "camelCase")]
pub struct PropositionRow {
    /// Under which heading it stands: `own` (about the subject itself), `label` (about a name it
    /// goes by), `same` (about what passes for the same under the lens), `part` (about what it
    /// consists of) or `hop` (one hop on: who is behind what it is claimed to be).
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
    /// How it says two names to relate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<Object>,
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
    /// What else is taken for the subject, and why.
    pub lens: LensRow,
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
    /// The marking, for a page that shows more than this.
    #[serde(skip)]
    pub marking: Marking,
    /// What was left out for length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// What a name that several things bear stands for: every claim about each.
#[derive(Serialize, ToSchema)]
pub struct SensesRow {
    /// The name asked about.
    pub name: String,
    /// The dossier of each thing that goes by it.
    pub senses: Vec<DossierRow>,
}

/// The dossier of one thing, or of each that bears a name.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Dossiers {
    /// Of one.
    One(Box<DossierRow>),
    /// Of each.
    Senses(SensesRow),
}

impl Dossiers {
    /// The dossiers, one or several.
    pub fn each(&self) -> &[DossierRow] {
        match self {
            Self::One(row) => std::slice::from_ref(row),
            Self::Senses(row) => &row.senses,
        }
    }

    /// The marking of all of them.
    pub(crate) fn marking(&self) -> Marking {
        let mut marking = Marking::default();
        self.each().iter().for_each(|row| marking.and(&row.marking));
        marking
    }
}

/// Every claim about what an id, an IRI or a name means; of a name that several bear, about each.
pub(crate) fn dossiers(
    view: &View,
    lang: Lang,
    name: &str,
    reading: &Reading,
) -> Result<Dossiers, Problem> {
    let senses = view.senses(name)?;
    if senses.is_empty() {
        let one = dossier(view, lang, &find(view, name)?, reading)?;
        return Ok(Dossiers::One(Box::new(one)));
    }
    let rows = senses.iter().map(|id| dossier(view, lang, id, reading));
    Ok(Dossiers::Senses(SensesRow {
        name: name.to_owned(),
        senses: rows.collect::<Result<_, _>>()?,
    }))
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
        .chain(lens::records(&reading.lens, &dossier.same))
        .collect();
    let labels = Labels::read(view, lang, &ids)?;
    let mut marking = labels.marking(
        dossier
            .propositions
            .iter()
            .flat_map(|one| &one.claims)
            .chain(untold(&dossier))
            .chain(&dossier.made)
            .chain(lens::claims(&dossier.same))
            .map(|claim| &claim.id),
    );
    marking.and(&view.marking([id.clone()])?);
    let facts = match reading.asserted_by {
        None => {
            let whole = std::iter::once(id).chain(dossier.same.records());
            Facts::read(
                view,
                lang,
                &whole.cloned().collect::<Vec<_>>(),
                &dossier.parts,
            )?
        }
        Some(_) => Facts::default(),
    };
    marking.and(&facts.marking);
    let as_of = |claims: &[Arc<Claim>]| -> Option<Vec<ClaimRow>> {
        let rows = || claims.iter().map(|claim| labels.claim(claim)).collect();
        reading.asserted_by.is_some().then(rows)
    };
    Ok(DossierRow {
        made: Shown::under(view, &marking).now(),
        marking,
        subject: Subject::of(&dossier.subject, lang.tag),
        claims_made: dossier
            .made
            .iter()
            .map(|claim| labels.claim(claim))
            .collect(),
        relationships: facts.ties,
        metrics: facts.counts,
        lens: lens::row(&reading.lens, &dossier.same, &labels, lang),
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
            match lang.tag {
                "fr" => format!(
                    "sont données {given} affirmations sur {total} ; /graphql les donne toutes, page par page"
                ),
                _ => format!("given are {given} of {total} claims; /graphql pages through all of them"),
            }
        }),
    })
}

/// The claims whose date does not tell whether they were there.
fn untold(dossier: &Dossier) -> impl Iterator<Item = &Arc<Claim>> {
    dossier.possible.iter().chain(&dossier.undated)
}

/// A heading's name in answers.
pub(crate) fn place(place: Place) -> &'static str {
    match place {
        Place::Own => "own",
        Place::Label => "label",
        Place::Same => "same",
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
        relation: proposition
            .relation
            .as_deref()
            .map(|iri| labels.object(iri)),
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
