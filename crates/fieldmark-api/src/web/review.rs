//! The review queue.

use super::write::{as_text, said, sent, typed};
use crate::caller::Caller;
use crate::page::{self, Page, visited};
use crate::problem::Problem;
use crate::sessions::is_from_here;
use crate::state::Desk;
use crate::viewing::{Here, Visit};
use crate::writing::review::{Decided, Decision, ProposalRow};
use crate::writing::{FormRow, Said, review as queue};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::HeaderMap;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use fieldmark_store::View;
use std::collections::BTreeMap;

/// How many on a page: each is looked at.
const LIMIT: u64 = 20;

/// `GET /review`.
pub(super) async fn review(State(desk): State<Desk>, visit: Visit) -> Response {
    let of = desk.clone();
    visited(desk, visit.of_now(), move |view, here, caller| {
        here.takes(&["standing", "after", "edit"])?;
        match here.asked("edit") {
            None => shown(&of, view, here, caller, None),
            Some(number) => Ok(opened(&of, view, here, caller, number)?.page(here)),
        }
    })
    .await
}

fn shown(
    desk: &Desk,
    view: &View,
    here: &Here,
    caller: &Caller,
    told: Option<Result<Decided, String>>,
) -> Result<Page, Problem> {
    let steward = caller.steward()?;
    let standing = queue::standing(here.asked("standing"))?;
    let after = here.asked("after").map_or(Ok(0), str::parse);
    let after = after.map_err(|_| Problem::bad_request("after: the number of a proposal"))?;
    let found = queue::page(desk, &steward, view, (standing, after, LIMIT), here.lang)?;
    let may = caller
        .writer()
        .is_ok_and(|writer| writer.steward() && !writer.proposes());
    Ok(page::review::page(&found, told, may, here))
}

/// One that is to be accepted changed.
struct Opened {
    row: ProposalRow,
    form: FormRow,
    /// What it says.
    filled: BTreeMap<String, String>,
    /// What was typed, with the reason, and why nothing came of it.
    sent: Option<(BTreeMap<String, String>, String, String)>,
}

fn opened(
    desk: &Desk,
    view: &View,
    here: &Here,
    caller: &Caller,
    number: &str,
) -> Result<Opened, Problem> {
    let number = number.parse();
    let number = number.map_err(|_| Problem::bad_request("edit: the number of a proposal"))?;
    let (row, said, form) = queue::opened(desk, &caller.steward()?, view, number, here.lang)?;
    let said = said.iter();
    Ok(Opened {
        row,
        form,
        filled: said
            .map(|(name, value)| (name.clone(), as_text(value)))
            .collect(),
        sent: None,
    })
}

impl Opened {
    fn page(&self, here: &Here) -> Page {
        let (filled, reason, trouble) = match &self.sent {
            None => (&self.filled, "", None),
            Some((typed, reason, why)) => (typed, reason.as_str(), Some(why.as_str())),
        };
        let form = (&self.form, filled);
        page::review::edit(&self.row, form, (reason, trouble), here)
    }

    /// What was typed that it does not say already.
    fn changed(&self, fields: &BTreeMap<String, String>, lang: &str) -> Said {
        let typed = typed(fields);
        let mut all = said(&self.form, fields, &self.filled, lang);
        let was = |name: &str| self.filled.get(name).map_or("", |text| text.trim());
        all.retain(|name, _| typed.get(name).map_or("", |text| text.trim()) != was(name));
        all
    }
}

/// `POST /review`: decides, and shows the queue with what became of it; what was to be changed and could
/// not be is given back as it was typed.
pub(super) async fn decide(
    State(desk): State<Desk>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_from_here(&Method::POST, &headers) {
        let problem = Problem::new(StatusCode::FORBIDDEN, "decide on the page /review itself");
        return page::trouble(&problem, &visit.here);
    }
    let of = desk.clone();
    visited(desk, visit.of_now(), move |view, here, caller| {
        let fields = sent(&body);
        let asked = |name: &str| fields.get(name).map(|text| text.trim());
        let lacking = || Problem::bad_request("the form has number, decision and reason");
        let (number, decision) = asked("number").zip(asked("decision")).ok_or_else(lacking)?;
        let (steward, writer) = (caller.steward()?, caller.writer()?);
        let mut edited = match decision {
            "edit" => Some(opened(&of, view, here, caller, number)?),
            _ => None,
        };
        let lang = asked("lang-of-words").filter(|lang| !lang.is_empty());
        let lang = lang.unwrap_or(here.tag());
        let decision = Decision {
            decision: decision.to_owned(),
            reason: asked("reason")
                .filter(|reason| !reason.is_empty())
                .map(str::to_owned),
            loosen: None,
            anyway: asked("anyway").map(|_| true),
            said: edited
                .as_ref()
                .map(|opened| opened.changed(&fields, lang))
                .unwrap_or_default(),
        };
        let number = number.parse().map_err(|_| lacking())?;
        let by = (&steward, writer);
        match (
            queue::decide(&of, by, view, number, decision, here.lang),
            &mut edited,
        ) {
            (Ok(decided), _) => shown(&of, view, here, caller, Some(Ok(decided))),
            (Err(problem), _) if !problem.status().is_client_error() => Err(problem),
            (Err(problem), Some(opened)) => {
                let reason = asked("reason").unwrap_or_default().to_owned();
                opened.sent = Some((typed(&fields), reason, problem.detail().to_owned()));
                Ok(opened.page(here))
            }
            (Err(problem), None) => {
                let why = problem.detail().to_owned();
                shown(&of, view, here, caller, Some(Err(why)))
            }
        }
    })
    .await
}
