//! Pictures of overlaps, of DISARM's matrix and of what stands around a record.

use crate::answer::around::{Reach, around};
use crate::answer::deliveries::given;
use crate::answer::dossier::{DossierQuery, dossiers};
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::made::Shown;
use crate::answer::matrix::{MatrixQuery, matrix};
use crate::answer::names::find_compared;
use crate::answer::overlap::compare;
use crate::answer::verdict;
use crate::caller::Caller;
use crate::input::{Path, Query};
use crate::known::{AsOf, KnownAtQuery};
use crate::pictures::read::Span;
use crate::pictures::{self, Axis, Picture, Pins, read};
use crate::problem::Problem;
use crate::report;
use crate::state::{Desk, blocking};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use fieldmark_model::RecordId;
use maud::{DOCTYPE, html};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::IntoParams;

/// The pictures there are.
const PICTURES: [&str; 6] = [
    "waterfall",
    "sides",
    "matrix",
    "neighbourhood",
    "timeline",
    "argument",
];

/// What is drawn.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PictureQuery {
    /// A record: id, IRI or name. Every picture but a matrix or a timeline of all needs it.
    of: Option<String>,
    /// The other record, for pictures of two.
    with: Option<String>,
    /// For a matrix: ids between commas of those that are counted beside these.
    among: Option<String>,
    /// For a matrix: `one`, `intersection`, `difference`, `frequency` or `first-seen`.
    show: Option<String>,
    /// For a neighbourhood: how many steps; 2 when not said, 3 at most.
    depth: Option<usize>,
    /// For a neighbourhood: ids between commas from which it goes on although they are further away.
    open: Option<String>,
    /// For a neighbourhood: ids between commas from which it does not go on.
    folded: Option<String>,
    /// For a neighbourhood: `id:right:below` between commas, where a record stands, in pixels from the
    /// middle.
    pin: Option<String>,
    /// For a timeline: the first day, month or year.
    from: Option<String>,
    /// For a timeline: the last day, month or year.
    to: Option<String>,
    /// For a timeline: `happened` (when it happened, the default) or `known` (when it came to be known
    /// here, was revised and, for a steward, given out).
    axis: Option<String>,
    /// For an argument: the number of the position in the dossier; 1 when not said.
    position: Option<usize>,
    /// `svg`, or `html` for a page of its own with the table that says the same.
    format: Option<String>,
}

/// A picture: `waterfall` and `sides` of two, `matrix` of one, two or all, `neighbourhood`
/// of one, `timeline` of one or all, `argument` of one position in a dossier: what it rests on.
#[utoipa::path(get, path = "/api/v1/pictures/{picture}", tag = "claims",
    params(("picture" = String, Path, description = "waterfall, sides, matrix, neighbourhood, timeline or argument"), PictureQuery, DossierQuery, KnownAtQuery, LangQuery),
    responses((status = 200, content_type = "image/svg+xml", body = String), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn picture(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    as_of: AsOf,
    Path(name): Path<String>,
    Query(query): Query<PictureQuery>,
    Query(reading): Query<DossierQuery>,
) -> Result<Response, Problem> {
    blocking(move || {
        let view = match name.as_str() {
            // A dossier reads the other clock by itself.
            "argument" => as_of.known.view(&desk, &caller)?,
            _ => as_of.view(&desk, &caller)?,
        };
        let page = match query.format.as_deref() {
            None | Some("svg") => false,
            Some("html") => true,
            Some(_) => return Err(Problem::bad_request("format is svg or html".to_owned())),
        };
        let mut shown: BTreeSet<RecordId> = BTreeSet::new();
        let drawn = match name.as_str() {
            "waterfall" | "sides" => {
                let (left, right) = (needed(&query.of, "of")?, needed(&query.with, "with")?);
                let how = verdict::shuffles(None).map_err(Problem::bad_request)?;
                let (left, right) = (find_compared(&view, left)?, find_compared(&view, right)?);
                let found = compare(&view, lang, &left, &right, how)?;
                let supports = found
                    .shared
                    .iter()
                    .flat_map(|row| row.left.iter().chain(&row.right));
                shown.extend(supports.filter_map(|support| RecordId::parse(&support.link).ok()));
                shown.extend([left, right]);
                if name == "sides" {
                    pictures::sides(&found, lang.tag, None)
                } else {
                    pictures::waterfall(&found, lang.tag, None)
                }
            }
            "matrix" => {
                let wanted = MatrixQuery {
                    of: query.of,
                    with: query.with,
                    among: query.among,
                    show: query.show,
                };
                let found = matrix(&view, lang, &wanted)?;
                let banner = found.shown.clone().now().line(lang.tag);
                let drawn = pictures::matrix(&found, lang.tag, None);
                return Ok(answer(&drawn, &banner, page, lang));
            }
            "neighbourhood" => {
                let of = find_compared(&view, needed(&query.of, "of")?)?;
                let (open, folded) = (query.open.as_deref(), query.folded.as_deref());
                let reach = Reach::asked(query.depth.unwrap_or(2), open, folded)?;
                pictures::neighbourhood(
                    &around(&view, lang, &of, &reach, &mut shown)?,
                    lang.tag,
                    &Pins::asked(query.pin.as_deref())?,
                    None,
                )
            }
            "timeline" => {
                let of = query.of.as_deref().map(|of| find_compared(&view, of));
                let of = of.transpose()?;
                let steward = caller.steward().ok();
                let tell = steward.map(|steward| given(&desk, steward));
                let span = Span {
                    of: of.as_ref(),
                    from: query.from.as_deref(),
                    to: query.to.as_deref(),
                    axis: Axis::asked(query.axis.as_deref()).map_err(Problem::bad_request)?,
                    given: tell.as_ref().map(|tell| tell as &read::Given<'_>),
                    after: None,
                    period: None,
                    record: None,
                };
                let found = read::timeline(&view, lang, &span)?;
                let marking = found.answer.shown;
                let nothing = "nothing of that has a date; leave from and to out, or name another";
                let drawn = found.picture.ok_or_else(|| Problem::bad_request(nothing))?;
                return Ok(answer(&drawn, &marking.now().line(lang.tag), page, lang));
            }
            "argument" => {
                let of = needed(&query.of, "of")?;
                let found = dossiers(&view, lang, of, &reading.reading(&view)?)?;
                let [row] = found.each() else {
                    return Err(Problem::bad_request(
                        "of: several things go by this name; give an id",
                    ));
                };
                let number = query.position.unwrap_or(1);
                let all = row.propositions.len();
                let one = number
                    .checked_sub(1)
                    .and_then(|at| row.propositions.get(at));
                let one = one.ok_or_else(|| {
                    Problem::bad_request(format!("position: its dossier has {all}, from 1"))
                })?;
                let banner = row.made.line(lang.tag);
                let drawn = report::graph::picture(lang.tag, one);
                return Ok(answer(&drawn, &banner, page, lang));
            }
            _ => {
                return Err(Problem::bad_request(format!(
                    "the pictures there are: {}",
                    PICTURES.join(", ")
                )));
            }
        };
        let banner = Shown::of(&view, shown)?.now().line(lang.tag);
        Ok(answer(&drawn, &banner, page, lang))
    })
    .await?
}

fn needed<'a>(value: &'a Option<String>, name: &str) -> Result<&'a str, Problem> {
    value
        .as_deref()
        .ok_or_else(|| Problem::bad_request(format!("{name}= names a record: id, IRI or name")))
}

fn answer(drawn: &Picture, banner: &str, page: bool, lang: Lang) -> Response {
    let svg = drawn.svg.under(banner);
    if !page {
        let headers = [(CONTENT_TYPE, "image/svg+xml")];
        return (headers, svg.into_string()).into_response();
    }
    let page = html! {
        (DOCTYPE)
        html lang=(lang.tag) {
            head { meta charset="utf-8"; title { (drawn.title) } style { (PAGE_STYLE) } }
            body { (svg) (drawn.table) p { (banner) } }
        }
    };
    axum::response::Html(page.into_string()).into_response()
}

const PAGE_STYLE: &str =
    "body { font: 15px system-ui, sans-serif; color-scheme: light dark; margin: 1.5rem }
td, th { text-align: left; padding: .15rem .8rem .15rem 0; vertical-align: top }
svg { max-width: 100%; height: auto }";
