//! Saved questions: listed, and asked.

use crate::accept;
use crate::answer::lang::{Lang, LangQuery};
use crate::answer::question::{self as question_answer, Answer, Asked, Asking};
use crate::answer::record::Both;
use crate::answer::words;
use crate::caller::{AS, Caller};
use crate::input::{Json, Path, pairs, too_long};
use crate::known::{ASSERTED_BY, AsOf, AssertedByQuery, KNOWN_AT, KnownAt, KnownAtQuery};
use crate::problem::Problem;
use crate::state::{Desk, blocking};
use crate::tabular;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, VARY};
use axum::response::{IntoResponse, Response};
use fieldmark_store::question::{self, Need, Question};
use oxrdf::Term;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// One parameter of a question.
#[derive(Serialize, ToSchema)]
pub struct ParamRow {
    /// Its name.
    pub name: String,
    /// `record`, `string`, `integer`, `date`, `language` or `technique`.
    pub kind: &'static str,
    /// `required`, `optional` or `default`.
    pub need: &'static str,
    /// Its value when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What it is for.
    pub about: Both,
}

/// One saved question.
#[derive(Serialize, ToSchema)]
pub struct QuestionRow {
    /// Its name.
    pub name: String,
    /// What it asks.
    pub summary: Both,
    /// What it takes.
    pub params: Vec<ParamRow>,
}

impl From<&Question> for QuestionRow {
    fn from(question: &Question) -> Self {
        let param = |param: &question::Param| ParamRow {
            name: param.name.clone(),
            kind: param.kind.name(),
            need: match param.need {
                Need::Required => "required",
                Need::Optional => "optional",
                Need::Default(_) => "default",
            },
            default: match &param.need {
                Need::Default(value) => Some(value.clone()),
                _ => None,
            },
            about: Both {
                en: param.en.clone(),
                fr: param.fr.clone(),
            },
        };
        Self {
            name: question.name.clone(),
            summary: Both {
                en: question.summary_en.clone(),
                fr: question.summary_fr.clone(),
            },
            params: question.params.iter().map(param).collect(),
        }
    }
}

/// Every saved question with its parameters.
#[utoipa::path(get, path = "/api/v1/queries", tag = "questions",
    responses((status = 200, body = Vec<QuestionRow>)))]
pub async fn list(_caller: Caller) -> Json<Vec<QuestionRow>> {
    Json(
        question::catalogue()
            .iter()
            .map(QuestionRow::from)
            .collect(),
    )
}

/// Which part of an answer. What else stands in the address are the question's own parameters.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "it describes the parameters; a question's own are not known here"
)]
pub struct PageQuery {
    /// How many rows at most: 10000 at most, 1000 when not said; for .csv all when not said.
    first: Option<usize>,
    /// The cursor `next` of the page before.
    after: Option<String>,
    /// Of .csv: whether an apostrophe stands in front of every cell that a spreadsheet would run as
    /// a formula. The header `Fieldmark-Guarded` says how many those are.
    spreadsheet: Option<bool>,
}

/// The names that no question may give to a parameter of its own.
pub const RESERVED: [&str; 7] = [
    "first",
    "after",
    "lang",
    KNOWN_AT,
    ASSERTED_BY,
    "spreadsheet",
    AS,
];

/// Asks a saved question. Its parameters stand in the address; one left empty is left out. The
/// name may end in `.json` or `.csv`.
#[utoipa::path(get, path = "/api/v1/queries/{name}", tag = "questions",
    params(("name" = String, Path, description = "The question, with .json or .csv or neither"),
        ("parameters" = BTreeMap<String, String>, Query, description = "The question's own parameters, each by its name", style = Form, explode), PageQuery, KnownAtQuery, AssertedByQuery, LangQuery),
    responses((status = 200, content((Answer = "application/json"), (String = "text/csv"))),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn ask(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let args = pairs(query.as_deref().unwrap_or_default())?;
    answer(&desk, &caller, lang, name, args).await
}

/// The same with parameters as a JSON object or a form, beside those in the address.
#[utoipa::path(post, path = "/api/v1/queries/{name}", tag = "questions",
    params(("name" = String, Path, description = "The question, with .json or .csv or neither"),
        ("parameters" = BTreeMap<String, String>, Query, description = "The question's own parameters, each by its name", style = Form, explode), PageQuery, KnownAtQuery, AssertedByQuery, LangQuery),
    request_body(content((BTreeMap<String, String> = "application/json"), (BTreeMap<String, String> = "application/x-www-form-urlencoded"))),
    responses((status = 200, content((Answer = "application/json"), (String = "text/csv"))),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn ask_with_body(
    State(desk): State<Desk>,
    caller: Caller,
    lang: Lang,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = body.map_err(|rejection| too_long(&rejection))?;
    let mut args = pairs(query.as_deref().unwrap_or_default())?;
    for (name, value) in sent(&headers, &body)? {
        if args.insert(name.clone(), value).is_some() {
            return Err(Problem::bad_request(format!(
                "{name} is given twice; give it once"
            )));
        }
    }
    answer(&desk, &caller, lang, name, args).await
}

/// The parameters in a body.
fn sent(headers: &HeaderMap, body: &[u8]) -> Result<BTreeMap<String, String>, Problem> {
    let media = accept::sent(headers);
    let kind = media.as_ref().map(accept::kind).unwrap_or_default();
    match kind.as_str() {
        _ if body.is_empty() => Ok(BTreeMap::new()),
        "application/x-www-form-urlencoded" => {
            pairs(std::str::from_utf8(body).map_err(|error| {
                Problem::bad_request(format!(
                    "the body is not UTF-8 at byte {}",
                    error.valid_up_to()
                ))
            })?)
        }
        "application/json" | "" => {
            let wanted = "a JSON object such as {\"before\": \"2023-09-06\"}";
            let args: BTreeMap<String, serde_json::Value> =
                serde_json::from_slice(body).map_err(|error| {
                    Problem::bad_request(format!("the body is not {wanted}: {error}"))
                })?;
            let word = |(name, value): (String, serde_json::Value)| match value {
                serde_json::Value::String(text) => Ok(Some((name, text))),
                serde_json::Value::Number(number) => Ok(Some((name, number.to_string()))),
                serde_json::Value::Null => Ok(None),
                _ => Err(Problem::bad_request(format!(
                    "the body's {name} is neither text nor a number"
                ))),
            };
            args.into_iter()
                .filter_map(|pair| word(pair).transpose())
                .collect()
        }
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "parameters come as application/json, as a form or in the address",
        )),
    }
}

/// What an answer is wanted of, and in which form.
struct Wanted {
    question: &'static Question,
    csv: bool,
    /// Whether cells are guarded against being run.
    spreadsheet: bool,
    args: BTreeMap<String, String>,
    first: Option<usize>,
    after: Option<String>,
    /// As of when: as it was written, and as it was read.
    clocks: Vec<(&'static str, String)>,
    as_of: AsOf,
}

impl Wanted {
    fn read(name: &str, mut args: BTreeMap<String, String>) -> Result<Self, Problem> {
        let (name, csv) = match name.rsplit_once('.') {
            Some((name, "csv")) => (name, true),
            Some((name, "json")) => (name, false),
            _ => (name, false),
        };
        let question = question::find(name).ok_or_else(|| Problem::no_question(name))?;
        // A form sends the fields that were not filled in as well.
        args.retain(|_, value| !value.trim().is_empty());
        let [first, after, _lang, known, asserted, spreadsheet, _seen_as] =
            RESERVED.map(|name| args.remove(name));
        let spreadsheet = tabular::for_spreadsheet(spreadsheet.as_deref())?;
        let as_of = AsOf {
            known: KnownAt::parse(known.as_deref())
                .map_err(|error| Problem::bad_request(error.to_string()))?,
            asserted: AsOf::asserted(asserted.as_deref())?,
        };
        let first = first
            .map(|text| match text.parse::<usize>() {
                Ok(first) if first > 0 => Ok(first.min(10_000)),
                _ => Err(Problem::bad_request(
                    "first=…: how many rows, a whole number from 1",
                )),
            })
            .transpose()?;
        Ok(Self {
            question,
            csv,
            spreadsheet,
            args,
            first,
            after,
            clocks: [(KNOWN_AT, known), (ASSERTED_BY, asserted)]
                .into_iter()
                .filter_map(|(name, said)| Some((name, said?)))
                .collect(),
            as_of,
        })
    }
}

async fn answer(
    desk: &Desk,
    caller: &Caller,
    lang: Lang,
    name: String,
    args: BTreeMap<String, String>,
) -> Result<Response, Problem> {
    let wanted = Wanted::read(&name, args)?;
    let (desk, caller) = (desk.clone(), caller.clone());
    blocking(move || {
        let view = wanted.as_of.view(&desk, &caller)?;
        let asking = Asking {
            question: wanted.question,
            args: &wanted.args,
            first: wanted.first.or((!wanted.csv).then_some(1000)),
            after: wanted.after.as_deref(),
        };
        if wanted.csv {
            return as_csv(&wanted, question_answer::ask(&view, &asking)?, lang);
        }
        let answer = question_answer::answer(&view, lang, &asking)?;
        Ok(([(VARY, "accept-language, authorization")], Json(answer)).into_response())
    })
    .await?
}

/// As a table, each row with its marking in a last column.
fn as_csv(wanted: &Wanted, asked: Asked, lang: Lang) -> Result<Response, Problem> {
    let Asked {
        rows,
        page,
        markings,
        next,
        ..
    } = asked;
    let columns = rows.variables.iter().cloned();
    let columns: Vec<String> = columns.chain(["marking".to_owned()]).collect();
    let lines = rows.rows[page].iter().zip(markings).map(|(row, marking)| {
        let fields = row.iter();
        let fields = fields.map(|value| value.as_ref().map_or_else(String::new, field));
        fields.chain([marking.unwrap_or_default()]).collect()
    });
    let cut = rows.cut.as_ref().map(|cut| words::cut(cut, lang.tag));
    let out = tabular::written(&columns, lines, cut.as_deref())?;
    let next = next.map(|next| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&wanted.args);
        query.extend_pairs(wanted.first.map(|first| ("first", first.to_string())));
        query.extend_pairs(wanted.spreadsheet.then_some(("spreadsheet", "true")));
        query.extend_pairs(&wanted.clocks);
        query.append_pair("after", &next);
        let query = query.finish();
        format!("/api/v1/queries/{}.csv?{query}", wanted.question.name)
    });
    tabular::as_csv(out, wanted.spreadsheet, next.as_deref())
}

/// A value as a field.
fn field(term: &Term) -> String {
    match term {
        Term::Literal(literal) => literal.value().to_owned(),
        Term::NamedNode(node) => node.as_str().to_owned(),
        other => other.to_string(),
    }
}
