//! What another audience would see.

use super::table::{FormatQuery, Rows, Tabled};
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::names::noun_named;
use crate::answer::release::{PreviewRow, preview as compare};
use crate::caller::Caller;
use crate::input::{Path, Query};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::response::Response;
use fieldmark_store::read::Cursor;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is told beside the counts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// The noun whose records are told one by one, with what is not shown of each and why; 100 at a time.
    noun: Option<String>,
    /// The cursor `next` of the page before.
    after: Option<String>,
}

/// What one audience may see.
#[derive(Serialize, ToSchema)]
pub struct Preview {
    /// Whose view.
    pub audience: String,
    /// How many records of each noun.
    pub records: Vec<Count>,
    /// Records of the noun that was asked for, as you see them.
    pub rows: Vec<PreviewRow>,
    /// The cursor of the next page of these, where there is one.
    pub next: Option<String>,
}

/// How many records of one noun.
#[derive(Serialize, ToSchema)]
pub struct Count {
    /// The noun.
    pub noun: String,
    /// How many.
    pub count: u64,
}

/// What an audience may see, counted in its own view, and of one noun told record by record, which are
/// the rows of a table then. For the steward.
#[utoipa::path(get, path = "/api/v1/audiences/{name}/preview", tag = "operation",
    params(("name" = String, Path, description = "The audience"), Which, FormatQuery, LangQuery),
    responses((status = 200, content((Preview = "application/json"), (String = "text/csv"))), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn preview(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    tabled: Tabled,
    Path(name): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
    let reader = desk.base.gate().step_down(&caller.reader, &name)?;
    blocking(move || {
        let theirs = desk.base.view(&reader)?;
        let records = theirs.nouns()?.into_iter().map(|(noun, count)| Count {
            noun: noun.name().to_owned(),
            count,
        });
        let records: Vec<Count> = records.collect();
        let (mut rows, mut next) = (Vec::new(), None);
        if let Some(name) = &which.noun {
            let noun = noun_named(name)?;
            let steward = caller.steward()?;
            let mine = desk.base.view(&caller.reader)?;
            let after = which.after.map(Cursor);
            let found = compare((&steward, &mine), &theirs, lang, noun, after.as_ref())?;
            (rows, next) = (found.rows, found.next);
        }
        let found = Preview {
            audience: name,
            records,
            rows,
            next,
        };
        match which.noun {
            Some(_) => tabled.answer(&found, &Rows::paged(&found.rows, found.next.as_deref())),
            None => tabled.answer(&found, &Rows::all(&found.records)),
        }
    })
    .await?
}
