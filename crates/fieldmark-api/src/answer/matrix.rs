//! DISARM's matrix: which techniques one uses, two share or lack, and how many use each since when.

use super::among::{among, each_once};
use super::lang::Lang;
use super::made::Shown;
use super::names::{Labels, Named};
use crate::problem::Problem;
use fieldmark_model::RecordId;
use fieldmark_store::View;
use fieldmark_store::read::{Direction, Edge, Tactic, TechniqueUse};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::{IntoParams, ToSchema};

/// The relationship that says that somebody uses a technique.
const USES: &str = "uses";

/// What is shown of whom.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MatrixQuery {
    /// A record that uses techniques: id, IRI or name.
    pub(crate) of: Option<String>,
    /// Another one: id, IRI or name.
    pub(crate) with: Option<String>,
    /// For `frequency` and `first-seen`: ids between commas, 20 at most, of those that are counted
    /// beside `of` and `with`; of all that there are when nobody is named.
    pub(crate) among: Option<String>,
    /// `one` (the default when one is named), `intersection` (of two), `difference`, `frequency` (when
    /// none or several are named) or `first-seen`.
    pub(crate) show: Option<String>,
}

/// What the matrix shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Show {
    /// What one uses.
    One,
    /// What both use.
    Intersection,
    /// What either uses and the other does not.
    Difference,
    /// How many use it.
    Frequency,
    /// When it was first seen.
    FirstSeen,
}

impl Show {
    /// The mode that counts.
    pub const FREQUENCY: &str = "frequency";

    /// Every mode by the name it has in addresses.
    pub const NAMED: [(&'static str, Self); 5] = [
        ("one", Self::One),
        ("intersection", Self::Intersection),
        ("difference", Self::Difference),
        (Self::FREQUENCY, Self::Frequency),
        ("first-seen", Self::FirstSeen),
    ];

    /// The mode of a name; without one, what is usual for so many.
    fn asked(name: Option<&str>, of: usize) -> Result<Self, Problem> {
        let Some(name) = name else {
            return Ok(match of {
                1 => Self::One,
                2 => Self::Intersection,
                _ => Self::Frequency,
            });
        };
        let found = Self::NAMED.iter().find(|(known, _)| *known == name);
        found.map(|(_, show)| *show).ok_or_else(|| {
            let names = Self::NAMED.map(|(name, _)| name).join(", ");
            Problem::bad_request(format!("show is one of {names}"))
        })
    }

    /// Of how many it tells by place; none where any number is counted.
    const fn wants(self) -> Option<usize> {
        match self {
            Self::One => Some(1),
            Self::Intersection | Self::Difference => Some(2),
            Self::Frequency | Self::FirstSeen => None,
        }
    }

    /// Whether any number is counted together.
    pub const fn counts(self) -> bool {
        self.wants().is_none()
    }

    /// Whether a technique is marked that these use.
    fn marks(self, of: &[RecordId], by: &BTreeSet<&RecordId>) -> bool {
        let has = |at: usize| of.get(at).is_some_and(|one| by.contains(one));
        match self {
            Self::One => has(0),
            Self::Intersection => has(0) && has(1),
            Self::Difference => has(0) != has(1),
            Self::Frequency | Self::FirstSeen => !by.is_empty(),
        }
    }
}

/// DISARM's matrix, marked.
#[derive(Serialize, ToSchema)]
pub(crate) struct Matrix {
    /// What it shows.
    pub show: Show,
    /// Of whom; empty where all that there are were counted.
    pub of: Vec<Named>,
    /// The techniques that are marked, in the order of the matrix; one that serves two tactics stands
    /// under both.
    pub techniques: Vec<MarkedRow>,
    /// Its marking and its audience.
    #[serde(flatten)]
    pub shown: Shown,
    /// The whole matrix.
    #[serde(skip)]
    pub tactics: Vec<Tactic>,
}

/// A technique that is marked.
#[derive(Serialize, ToSchema)]
pub(crate) struct MarkedRow {
    /// The tactic it stands under.
    pub tactic: Numbered,
    /// The technique's id.
    pub id: String,
    /// The technique.
    #[serde(flatten)]
    pub technique: Numbered,
    /// How many use it, of those that are counted.
    pub users: usize,
    /// The first day, month or year since which one of them is active.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Which of those that were named; none where all were counted.
    pub by: Vec<UserRow>,
}

/// A tactic or a technique by DISARM's number and name.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Numbered {
    /// Its number: `T0146.007`.
    pub number: String,
    /// Its name, in English as DISARM has it.
    pub label: String,
}

/// Who uses a technique, and where that is said.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct UserRow {
    /// Who.
    #[serde(flatten)]
    pub who: Named,
    /// Since when they are active, where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The relationships that say so.
    pub said: Vec<SaidRow>,
}

/// Where it is said that somebody uses a technique.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct SaidRow {
    /// The relationship's id.
    pub id: String,
    /// The document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Named>,
    /// The place there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
}

/// The matrix as somebody asks for it.
///
/// # Errors
/// When a name is of none or of several, the mode is none, or it wants more or fewer than were named.
pub(crate) fn matrix(view: &View, lang: Lang, query: &MatrixQuery) -> Result<Matrix, Problem> {
    let named = [query.of.as_deref(), query.with.as_deref()];
    let named = named.into_iter().flatten();
    let mut of = each_once(view, named.chain(among(query.among.as_deref())?))?;
    let show = Show::asked(query.show.as_deref(), of.len())?;
    if let Some(wanted) = show.wants() {
        if of.len() < wanted {
            return Err(Problem::bad_request(
                "name a record with of=, and for intersection and difference another with with=",
            ));
        }
        of.truncate(wanted);
    }
    let uses = view.technique_uses(&of)?;
    let mut edges = Vec::new();
    if !of.is_empty() {
        let said = view.edges(&of, Direction::Out, &[USES], None)?;
        edges.extend(said.into_iter().flatten());
    }
    let sources = edges.iter().filter_map(|edge| edge.source.as_ref());
    let mut said: HashMap<(&RecordId, &RecordId), Vec<&Edge>> = HashMap::new();
    for edge in &edges {
        said.entry((&edge.from, &edge.to)).or_default().push(edge);
    }
    let labels = Labels::read(view, lang, of.iter().chain(sources))?;
    let mut by: BTreeMap<&RecordId, Vec<&TechniqueUse>> = BTreeMap::new();
    for one in &uses {
        by.entry(&one.technique).or_default().push(one);
    }
    by.retain(|_, users| show.marks(&of, &users.iter().map(|user| &user.by).collect()));
    let tactics = view.matrix()?;
    let mut rows = Vec::new();
    let mut shown: BTreeSet<RecordId> = of.iter().cloned().collect();
    for tactic in &tactics {
        for technique in &tactic.techniques {
            let Some(users) = by.get(&technique.id) else {
                continue;
            };
            shown.extend(users.iter().map(|user| user.by.clone()));
            let named = users.iter().filter(|_| !of.is_empty());
            let named = named.map(|user| {
                let said = said.get(&(&user.by, &user.technique));
                user_row(user, said.map_or(&[], Vec::as_slice), &labels, &mut shown)
            });
            let named = named.collect();
            rows.push(MarkedRow {
                tactic: Numbered {
                    number: tactic.number.clone(),
                    label: tactic.label.clone(),
                },
                id: technique.id.to_string(),
                technique: Numbered {
                    number: technique.number.clone(),
                    label: technique.label.clone(),
                },
                users: users.len(),
                since: users.iter().filter_map(|user| user.since.clone()).min(),
                by: named,
            });
        }
    }
    if show == Show::FirstSeen {
        rows.retain(|row| row.since.is_some());
    }
    Ok(Matrix {
        show,
        of: of.iter().map(|id| labels.named(id)).collect(),
        techniques: rows,
        shown: Shown::of(view, shown)?,
        tactics,
    })
}

fn user_row(
    user: &TechniqueUse,
    said: &[&Edge],
    labels: &Labels,
    shown: &mut BTreeSet<RecordId>,
) -> UserRow {
    let row = |edge: &&Edge| {
        shown.insert(edge.relationship.clone());
        shown.extend(edge.source.clone());
        SaidRow {
            id: edge.relationship.to_string(),
            source: edge.source.as_ref().map(|source| labels.named(source)),
            locator: edge.locator.clone(),
        }
    };
    UserRow {
        who: labels.named(&user.by),
        since: user.since.clone(),
        said: said.iter().map(row).collect(),
    }
}
