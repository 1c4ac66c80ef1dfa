//! What passes for the same under a lens, and why.

use super::claim::mentioned;
use super::lang::Lang;
use super::names::{Labels, Named, Object, find};
use crate::problem::Problem;
use fieldmark_model::{Claim, RecordId};
use fieldmark_rdf::ontology;
use fieldmark_store::View;
use fieldmark_store::read::{Lens, Same, Sames, Step, Thing};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What an answer takes for its subject, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LensRow {
    /// Its name: `own`, `strict`, `near` or `wide`.
    pub name: String,
    /// What that is called, in the language asked for.
    pub label: String,
    /// What it takes for the same.
    pub definition: String,
    /// Whether it takes nothing else for the subject.
    pub alone: bool,
    /// Whose claims it follows; everybody's when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Named>,
    /// What passes for the same, nearest first.
    pub same: Vec<SameRow>,
    /// Whether there is more than is told.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// Something that passes for the same.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SameRow {
    /// What does.
    #[serde(flatten)]
    pub thing: ThingRow,
    /// The shortest way there, from the subject.
    pub way: Vec<StepRow>,
}

/// A record, or a name that is no one record's here.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ThingRow {
    /// Its id, when it is a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub label: String,
}

/// One step of the way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepRow {
    /// Where it begins.
    pub from: ThingRow,
    /// Where it leads.
    pub to: ThingRow,
    /// How they are said to relate.
    pub relation: Object,
    /// Whether the relation chains: of those that do not, a way has one at most.
    pub chains: bool,
    /// Whether the claims say it of `to` in relation to `from`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub backwards: bool,
    /// The claims that say so.
    pub claims: Vec<SayingRow>,
    /// The claims that deny it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<SayingRow>,
}

/// A claim by id, and who makes it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SayingRow {
    /// The claim's id.
    pub claim: String,
    /// Who makes it.
    pub assessors: Vec<Named>,
    /// When it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asserted_at: Option<String>,
    /// The strictest marking of what is shown of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marking: Option<String>,
}

/// The lens of a name, that follows the claims of these assessors alone, by id or name between
/// semicolons.
pub(crate) fn lens(view: &View, name: Option<&str>, by: Option<&str>) -> Result<Lens, Problem> {
    let lens = name.map_or_else(|| Some(Lens::default()), Lens::named);
    let lens = lens.ok_or_else(|| {
        let name: String = name.unwrap_or_default().chars().take(60).collect();
        let names = ontology::lenses().iter().map(|of| of.name.as_str());
        let names: Vec<&str> = names.collect();
        Problem::bad_request(format!(
            "no lens is named \"{name}\": there are {}",
            names.join(", ")
        ))
    })?;
    let by = by.unwrap_or_default().split(';').map(str::trim);
    let by = by.filter(|who| !who.is_empty());
    let by = by.map(|who| find(view, who)).collect::<Result<_, _>>()?;
    Ok(Lens { by, ..lens })
}

/// The claims on the ways to what passes for the same.
pub(crate) fn claims(sames: &Sames) -> impl Iterator<Item = &Arc<Claim>> {
    let steps = sames.all.iter().flat_map(|same| &same.way);
    steps.flat_map(|step| step.claims.iter().chain(&step.denied))
}

/// Every record that stands on the ways.
pub(crate) fn records(lens: &Lens, sames: &Sames) -> impl Iterator<Item = RecordId> {
    let found = sames.records().cloned();
    found
        .chain(claims(sames).flat_map(mentioned))
        .chain(lens.by.iter().cloned())
}

/// As an answer tells it.
pub(crate) fn row(lens: &Lens, sames: &Sames, labels: &Labels, lang: Lang) -> LensRow {
    let word =
        |of: fn(&str, &str) -> Option<String>| of(&lens.of.iri, lang.tag).unwrap_or_default();
    LensRow {
        name: lens.of.name.clone(),
        alone: lens.of.follows.is_empty(),
        label: word(ontology::label),
        definition: word(ontology::definition),
        by: lens.by.iter().map(|id| labels.named(id)).collect(),
        same: sames
            .all
            .iter()
            .map(|same| same_row(same, labels))
            .collect(),
        cut: sames.cut,
    }
}

fn same_row(same: &Same, labels: &Labels) -> SameRow {
    let saying = |claim: &Arc<Claim>| SayingRow {
        claim: claim.id.to_string(),
        assessors: claim.assessors.iter().map(|id| labels.named(id)).collect(),
        asserted_at: claim.dated().map(ToString::to_string),
        marking: labels.marked.name(&claim.id),
    };
    let step = |step: &Step| StepRow {
        from: thing(&step.from, labels),
        to: thing(&step.to, labels),
        relation: labels.object(&step.relation),
        chains: step.chains,
        backwards: step.backwards,
        claims: step.claims.iter().map(saying).collect(),
        denied: step.denied.iter().map(saying).collect(),
    };
    SameRow {
        thing: thing(&same.thing, labels),
        way: same.way.iter().map(step).collect(),
    }
}

fn thing(thing: &Thing, labels: &Labels) -> ThingRow {
    match thing {
        Thing::Record(id) => {
            let Named { id, label } = labels.named(id);
            ThingRow {
                id: Some(id),
                label,
            }
        }
        Thing::Words(words) => ThingRow {
            id: None,
            label: words.clone(),
        },
    }
}
