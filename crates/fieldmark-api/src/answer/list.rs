//! Lists of records: what they are called, narrowed down to and put in order by, and their rows.

use super::lang::Lang;
use super::names::{find, noun_named};
use super::titles::Titles;
use crate::problem::Problem;
use fieldmark_model::{Certainty, Edtf, Noun, RecordId, Tlp};
use fieldmark_store::View;
use fieldmark_store::read::{Cursor, Filter, Marking, Order};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a list is narrowed down to, all of it together. What is left empty means all.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only this noun, such as `Campaign`.
    pub(crate) noun: Option<String>,
    /// Only what operates on this platform: id, IRI or name.
    pub(crate) platform: Option<String>,
    /// Only what uses this technique or one of its kinds: number, id, IRI or name.
    pub(crate) technique: Option<String>,
    /// Only what targets this: id, IRI or name.
    pub(crate) target: Option<String>,
    /// Of claims, only those that speak of this record: id, IRI or name.
    pub(crate) subject: Option<String>,
    /// Only where a claim names this actor (or body, or network): id, IRI or name.
    pub(crate) actor: Option<String>,
    /// Only where a claim of this assessor speaks of it; of claims, this assessor's: id, IRI or name.
    pub(crate) assessor: Option<String>,
    /// Only where a claim affirms of it that something is at least this likely, by the lower end of its
    /// range: 0 to 1.
    pub(crate) likely: Option<f64>,
    /// Only where the strictest marking of what you see of it is this, such as `TLP:GREEN`.
    pub(crate) tlp: Option<String>,
    /// Only what may fall on or after this day, month or year.
    pub(crate) from: Option<String>,
    /// Only what may fall on or before it.
    pub(crate) to: Option<String>,
    /// Only where these words occur in a name.
    pub(crate) text: Option<String>,
}

impl ListQuery {
    /// As the store takes it, every name resolved in a view.
    ///
    /// # Errors
    /// When a name is of none or several, or a date, a level or a number is none.
    pub(crate) fn filter(&self, view: &View) -> Result<Filter, Problem> {
        fn said(field: &Option<String>) -> Option<&str> {
            let text = field.as_deref()?.trim();
            (!text.is_empty()).then_some(text)
        }
        let record = |field| said(field).map(|text| find(view, text)).transpose();
        let date = |name: &str, field| {
            let date = said(field).map(Edtf::parse).transpose();
            date.map_err(|error| Problem::bad_request(format!("{name}: {error}")))
        };
        let (from, to) = (date("from", &self.from)?, date("to", &self.to)?);
        let likely = self.likely.map(likely).transpose();
        let tlp = said(&self.tlp).map(tlp).transpose();
        Ok(Filter {
            noun: said(&self.noun).map(noun_named).transpose()?,
            platform: record(&self.platform)?,
            technique: record(&self.technique)?,
            target: record(&self.target)?,
            subject: record(&self.subject)?,
            actor: record(&self.actor)?,
            assessor: record(&self.assessor)?,
            likely: likely.map_err(Problem::bad_request)?,
            tlp: tlp.map_err(Problem::bad_request)?,
            date: (from.is_some() || to.is_some()).then_some((from, to)),
            text: said(&self.text).map(str::to_owned),
            ..Filter::default()
        })
    }
}

/// A record of a list.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedRow {
    /// Its id.
    pub id: String,
    /// What it is.
    pub noun: &'static str,
    /// Its name.
    pub label: String,
    /// How surely it falls within the dates asked about: `certain` or `possible`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certainty: Option<&'static str>,
    /// The strictest marking of what is shown of it, such as `TLP:AMBER`.
    pub marking: Option<String>,
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub struct Listing {
    /// How many there are in all.
    pub total: u64,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The records.
    pub items: Vec<ListedRow>,
    /// The marking of all that is shown here.
    #[serde(skip)]
    pub shown: Marking,
}

/// One page of the records that meet a filter: `first` of them after a cursor.
pub(crate) fn listed(
    view: &View,
    lang: Lang,
    filter: &Filter,
    (order, descending): (Order, bool),
    (first, after): (usize, Option<&Cursor>),
) -> Result<Listing, Problem> {
    let page = view.list(filter, order, descending, first, after, false)?;
    let ids: Vec<RecordId> = page.items.iter().map(|one| one.id.clone()).collect();
    let titles = Titles::read(view, lang, &ids)?;
    let markings = view.markings(ids)?;
    let items = page.items.iter().filter_map(|one| {
        Some(ListedRow {
            id: one.id.to_string(),
            // None where it went since it was listed.
            noun: titles.noun(&one.id)?.name(),
            label: titles.named(&one.id).label,
            certainty: one.certainty.map(|certainty| match certainty {
                Certainty::Certain => "certain",
                Certainty::Possible => "possible",
            }),
            marking: markings.name(&one.id),
        })
    });
    Ok(Listing {
        total: page.total,
        next: page.next().map(|cursor| cursor.0.clone()),
        items: items.collect(),
        shown: markings.together(),
    })
}

/// An order of a list: its name, what that means, by what it is, and whether the last comes first.
type Ordered = (&'static str, &'static str, Order, bool);

/// The orders that a list may be asked in.
pub(crate) const ORDERS: [Ordered; 8] = [
    (
        "LABEL_ASC",
        "By English label, A first.",
        Order::Label,
        false,
    ),
    (
        "LABEL_DESC",
        "By English label, Z first.",
        Order::Label,
        true,
    ),
    (
        "FIRST_SEEN_ASC",
        "By the earliest date it may have begun, oldest first; undated last.",
        Order::FirstSeen,
        false,
    ),
    (
        "FIRST_SEEN_DESC",
        "By the earliest date it may have begun, newest first; undated last.",
        Order::FirstSeen,
        true,
    ),
    (
        "LAST_SEEN_ASC",
        "By the latest date it may have ended, oldest first; undated last.",
        Order::LastSeen,
        false,
    ),
    (
        "LAST_SEEN_DESC",
        "By the latest date it may have ended, newest first; undated last.",
        Order::LastSeen,
        true,
    ),
    (
        "ID_ASC",
        "By id: cheap, and the same for ever.",
        Order::Id,
        false,
    ),
    ("ID_DESC", "By id, backwards.", Order::Id, true),
];

/// An order by its name, such as `LABEL_ASC`.
///
/// # Errors
/// When there is none of that name, with those there are.
pub(crate) fn order(text: &str) -> Result<(Order, bool), String> {
    let found = ORDERS.into_iter().find(|(name, ..)| *name == text);
    let found = found.map(|(_, _, order, descending)| (order, descending));
    found.ok_or_else(|| {
        let all = ORDERS.map(|(name, ..)| name).join(", ");
        format!("orderBy: \"{text}\" is no order; there are {all}")
    })
}

/// What the look-up and the list of a noun are called at the root, where that is not the noun and
/// the noun with an s.
const NAMES: &[(Noun, &str, &str)] = &[
    (Noun::Person, "person", "people"),
    (Noun::Media, "medium", "media"),
    (Noun::Evidence, "evidence", "evidenceItems"),
    (Noun::Label, "labelRecord", "labelRecords"),
    (Noun::Record, "generalRecord", "generalRecords"),
];

/// What the look-up and the list of a noun are called.
pub(crate) fn names(noun: Noun) -> (String, String) {
    if let Some((_, single, plural)) = NAMES.iter().find(|(listed, ..)| *listed == noun) {
        return ((*single).to_owned(), (*plural).to_owned());
    }
    let mut letters = noun.name().chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    let single: String = first.into_iter().chain(letters).collect();
    let plural = format!("{single}s");
    (single, plural)
}

/// How likely at least: 0 to 1.
///
/// # Errors
/// When it is no such number, with what to do.
pub(crate) fn likely(least: f64) -> Result<f64, String> {
    match (0.0..=1.0).contains(&least) {
        true => Ok(least),
        false => Err(format!("likely: {least} is not between 0 and 1")),
    }
}

/// A level of TLP, such as `TLP:AMBER` or `amber`.
///
/// # Errors
/// When it is none, with those there are.
pub(crate) fn tlp(text: &str) -> Result<Tlp, String> {
    Tlp::parse(text).ok_or_else(|| {
        let all = Tlp::ALL.map(|level| level.to_string()).join(", ");
        format!("tlp: \"{text}\" is no level; there are {all}")
    })
}
