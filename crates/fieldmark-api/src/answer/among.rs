//! Several records that somebody picks, and how much each two of them share.

use super::lang::Lang;
use super::made::Shown;
use super::names::{Labels, Named, find_compared};
use super::words;
use crate::problem::Problem;
use fieldmark_model::{Noun, RecordId};
use fieldmark_store::View;
use fieldmark_store::read::{Filter, Order, Pair};
use serde::Serialize;
use utoipa::ToSchema;

/// More than this are not counted or compared with one another.
const MOST: usize = 20;

/// How many campaigns there are to pick from.
const OFFERED: usize = 100;

/// The names in a parameter `among`, which stand between commas.
///
/// # Errors
/// When there are too many.
pub(crate) fn among(text: Option<&str>) -> Result<Vec<&str>, Problem> {
    let names = text.unwrap_or_default().split(',').map(str::trim);
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    match names.len() > MOST {
        true => Err(Problem::bad_request(format!(
            "among has {} ids; {MOST} can be taken together",
            names.len()
        ))),
        false => Ok(names),
    }
}

/// The records of these names, each once.
///
/// # Errors
/// When one is of none or of several.
pub(crate) fn each_once<'a>(
    view: &View,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<RecordId>, Problem> {
    let mut of = Vec::new();
    for name in names {
        let id = find_compared(view, name)?;
        if !of.contains(&id) {
            of.push(id);
        }
    }
    Ok(of)
}

/// The campaigns that may be picked, the latest first.
pub(crate) fn campaigns(view: &View, lang: Lang) -> Result<Vec<Named>, Problem> {
    let filter = Filter {
        noun: Some(Noun::Campaign),
        ..Filter::default()
    };
    let page = view.list(&filter, Order::FirstSeen, true, OFFERED, None, false)?;
    let ids: Vec<RecordId> = page.items.into_iter().map(|listed| listed.id).collect();
    let labels = Labels::read(view, lang, &ids)?;
    Ok(ids.iter().map(|id| labels.named(id)).collect())
}

/// How much two share.
#[derive(Serialize, ToSchema)]
pub(crate) struct PairRow {
    /// One.
    pub left: Named,
    /// The other.
    pub right: Named,
    /// How many features they share, the most specific ones only.
    pub features: u64,
    /// How many of those are hard: of the sort that two operators do not have by chance.
    pub hard: u64,
}

/// How much each two of several share.
#[derive(Serialize, ToSchema)]
pub(crate) struct Pairs {
    /// Those that are compared.
    pub of: Vec<Named>,
    /// Each two of them, in that order.
    pub pairs: Vec<PairRow>,
    /// What was left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
    /// Its marking and its audience.
    #[serde(flatten)]
    pub shown: Shown,
}

/// How much each two of these share; of the latest campaigns where none are named.
pub(crate) fn pairs(view: &View, lang: Lang, named: Option<&str>) -> Result<Pairs, Problem> {
    let mut of = each_once(view, among(named)?)?;
    let mut cut = None;
    if of.is_empty() {
        let all = campaigns(view, lang)?;
        cut = (all.len() > MOST).then(|| words::latest(MOST, lang.tag));
        let latest = all.iter().take(MOST);
        of.extend(latest.filter_map(|one| RecordId::parse(&one.id).ok()));
    }
    let labels = Labels::read(view, lang, &of)?;
    let pairs = view.overlaps_among(&of)?;
    let row = |pair: &Pair| PairRow {
        left: labels.named(&pair.left),
        right: labels.named(&pair.right),
        features: pair.features,
        hard: pair.hard,
    };
    Ok(Pairs {
        pairs: pairs.iter().map(row).collect(),
        of: of.iter().map(|id| labels.named(id)).collect(),
        cut,
        shown: Shown::of(view, of)?,
    })
}
