//! Which records are meant: by words that occur in them, by a name, an id or an address.

use super::table::{FormatQuery, Rows, Tabled};
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::names::noun_named;
use crate::answer::record::shorten;
use crate::answer::search::{Hit, Hits, found};
use crate::answer::titles::Titles;
use crate::caller::Caller;
use crate::input::{Json, Query};
use crate::known::{AsOf, AssertedByQuery, KnownAtQuery};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::response::Response;
use fieldmark_model::Noun;
use fieldmark_store::read::{Cursor, Resolved};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words that occur in a name or in quoted words, in any script.
    text: String,
    /// Only this noun.
    noun: Option<String>,
    /// How many at most; 25 when not said, 200 at most.
    first: Option<usize>,
    /// The cursor `next` of the page before.
    after: Option<String>,
}

/// Records in whose names or quoted words the text occurs.
#[utoipa::path(get, path = "/api/v1/search", tag = "records", params(SearchQuery, FormatQuery, KnownAtQuery, AssertedByQuery, LangQuery),
    responses((status = 200, content((Hits = "application/json"), (String = "text/csv"))), (status = 400, body = Problem)))]
pub async fn search(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    as_of: AsOf,
    tabled: Tabled,
    Query(query): Query<SearchQuery>,
) -> Result<Response, Problem> {
    let noun = query.noun.as_deref().map(noun_named).transpose()?;
    let nouns: Vec<Noun> = noun.into_iter().collect();
    blocking(move || {
        let view = as_of.view(&desk, &caller)?;
        let first = query.first.unwrap_or(25).clamp(1, 200);
        let after = query.after.map(Cursor);
        let page = found(&view, lang, &query.text, &nouns, (first, after.as_ref()))?;
        tabled.answer(&page, &Rows::paged(&page.items, page.next.as_deref()))
    })
    .await?
}

/// What is to be resolved.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResolveQuery {
    /// An id, an IRI, a number or a name.
    text: String,
}

/// The records that a text means: none, one, or several of one name.
#[derive(Serialize, ToSchema)]
pub struct Resolution {
    /// How many there are.
    pub total: usize,
    /// The records, by id; at most 500.
    pub items: Vec<Hit>,
    /// What was left out for length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// The records a text means: none, one, or several of one name.
#[utoipa::path(get, path = "/api/v1/resolve", tag = "records", params(ResolveQuery, KnownAtQuery, AssertedByQuery, LangQuery),
    responses((status = 200, body = Resolution), (status = 400, body = Problem)))]
pub async fn resolve(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    as_of: AsOf,
    Query(query): Query<ResolveQuery>,
) -> Result<Json<Resolution>, Problem> {
    blocking(move || {
        let view = as_of.view(&desk, &caller)?;
        let mut found = match view.resolve(&query.text)? {
            Resolved::None(_) => Vec::new(),
            Resolved::One(id) => {
                let node = view.node(&id)?;
                vec![(id, node.noun, node.label("en"))]
            }
            Resolved::Many(found) => found,
        };
        let mut cut = Vec::new();
        let total = shorten(&mut found, ("records", "fiches"), lang, &mut cut);
        let titles = Titles::read(&view, lang, found.iter().map(|(id, ..)| id))?;
        let markings = view.markings(found.iter().map(|(id, ..)| id.clone()))?;
        let hit = |(id, noun, matched)| Hit::of(&id, noun, matched, &titles, &markings);
        Ok(Json(Resolution {
            total,
            items: found.into_iter().map(hit).collect(),
            cut: cut.pop().map(|cut| match lang.tag {
                "fr" => format!("sont données {cut} ; dites-en plus du nom"),
                _ => format!("given are {cut}; say more of the name"),
            }),
        }))
    })
    .await?
}
