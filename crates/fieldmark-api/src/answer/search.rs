//! Records that were found by words.

use super::lang::Lang;
use super::titles::Titles;
use crate::problem::Problem;
use fieldmark_model::{Noun, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::{Cursor, Marking, Markings};
use serde::Serialize;
use utoipa::ToSchema;

/// One record that was found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// Its id.
    pub id: String,
    /// What it is.
    pub noun: &'static str,
    /// Its name.
    pub label: String,
    /// Where the words were found.
    pub matched: String,
    /// The id of the claim that says it bears that name, where the name is none of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The strictest marking of what is shown of it, such as `TLP:AMBER`.
    pub marking: Option<String>,
}

impl Hit {
    pub(crate) fn of(
        id: &RecordId,
        noun: Noun,
        matched: String,
        titles: &Titles,
        markings: &Markings,
    ) -> Self {
        Self {
            id: id.to_string(),
            noun: noun.name(),
            label: titles.named(id).label,
            matched,
            claim: None,
            marking: markings.name(id),
        }
    }

    /// The same, found by a name that a claim gives it: shown is what the claim says as well.
    fn said_by(mut self, claim: Option<&RecordId>, markings: &Markings) -> Self {
        if let Some(claim) = claim {
            let ids = [RecordId::parse(&self.id).ok(), Some(claim.clone())];
            let marked = ids.iter().flatten().filter_map(|id| markings.get(id));
            let mut all = Marking::default();
            marked.for_each(|one| all.and(one.all()));
            self.marking = all.name();
            self.claim = Some(claim.to_string());
        }
        self
    }
}

/// One page of what was found.
#[derive(Serialize, ToSchema)]
pub struct Hits {
    /// How many there are in all.
    pub total: u64,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Better fits first.
    pub items: Vec<Hit>,
    /// Where nothing was found: what bears the nearest names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<Hit>,
}

/// One page of the records in whose names or quoted words a text occurs, of these nouns or of any:
/// `first` of them after a cursor.
pub(crate) fn found(
    view: &View,
    lang: Lang,
    text: &str,
    nouns: &[Noun],
    (first, after): (usize, Option<&Cursor>),
) -> Result<Hits, Problem> {
    let page = view.search(text, nouns, first, after)?;
    let mut near = match page.total {
        0 => view.nearest(text)?,
        _ => Vec::new(),
    };
    near.retain(|(_, noun, _)| nouns.is_empty() || nouns.contains(noun));
    let shown: Vec<RecordId> = page
        .items
        .iter()
        .flat_map(|found| [Some(&found.id), found.claim.as_ref()])
        .flatten()
        .chain(near.iter().map(|(id, ..)| id))
        .cloned()
        .collect();
    let titles = Titles::read(view, lang, &shown)?;
    let markings = view.markings(shown)?;
    Ok(Hits {
        total: page.total,
        next: page.next().map(|cursor| cursor.0.clone()),
        items: page
            .items
            .into_iter()
            .map(|found| {
                let says = found.claim.as_ref();
                let hit = Hit::of(&found.id, found.noun, found.matched, &titles, &markings);
                hit.said_by(says, &markings)
            })
            .collect(),
        nearest: near
            .into_iter()
            .map(|(id, noun, name)| Hit::of(&id, noun, name, &titles, &markings))
            .collect(),
    })
}
