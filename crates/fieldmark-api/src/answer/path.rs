//! A shortest path, each hop with what says so.

use super::claim::Words;
use super::lang::Lang;
use super::made::Shown;
use super::names::{Labels, Named};
use super::words;
use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_store::View;
use serde::Serialize;
use utoipa::ToSchema;

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

/// A shortest path over relationships and affirmed claims, of so many hops at most.
pub(crate) fn path(
    view: &View,
    lang: Lang,
    from: &RecordId,
    to: &RecordId,
    most: usize,
) -> Result<PathRow, Problem> {
    let hops = view.path(from, to, most)?;
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
    let labels = Labels::read(view, lang, &ids)?;
    let via: Vec<RecordId> = hops.iter().flatten().map(|hop| hop.via.clone()).collect();
    let markings = view.markings(ids.into_iter().chain(via.iter().cloned()))?;
    let quoted = view.quotations(&via)?;
    Ok(PathRow {
        shown: Shown::under(view, &markings.together()),
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
                    verbatim: labels.words(&hop.via, quoted.of(&hop.via), markings.get(&hop.via)),
                    source: hop.source.as_ref().map(|id| labels.named(id)),
                    locator: hop.locator,
                    marking: markings.name(&hop.via),
                })
                .collect()
        }),
    })
}
