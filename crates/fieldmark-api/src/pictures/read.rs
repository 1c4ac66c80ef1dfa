//! What a picture shows, read from a view.

use super::timeline::Known;
use super::{Axis, Picture, To};
use crate::answer::lang::Lang;
use crate::answer::made::Shown;
use crate::answer::names::Labels;
use crate::answer::question::{Answer, Asking, answer};
use crate::problem::Problem;
use fieldmark_model::{Edtf, RecordId};
use fieldmark_store::View;
use fieldmark_store::question::{self, Question};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The question that a timeline draws the answer of.
const TIMELINE: &str = "timeline";
/// More rows than this are not drawn.
const FIRST: usize = 500;

/// What a timeline is asked for.
pub(crate) struct Span<'a> {
    /// Of one thing; of everything when none is said.
    pub of: Option<&'a RecordId>,
    /// The first day, month or year.
    pub from: Option<&'a str>,
    /// The last.
    pub to: Option<&'a str>,
    /// By which time things are placed.
    pub axis: Axis,
    /// Tells when records were given out and to whom, where the reader may know.
    pub given: Option<&'a Given<'a>>,
    /// The cursor of the page before.
    pub after: Option<&'a str>,
    /// Where a period of what is too much to be drawn one by one leads to.
    pub period: Option<&'a dyn Fn(&Edtf) -> String>,
    /// Where a record leads to.
    pub record: Option<To<'a>>,
}

/// Tells when records were given out and to whom.
pub(crate) type Given<'a> =
    dyn Fn(&BTreeSet<RecordId>) -> Result<HashMap<RecordId, Vec<(String, String)>>, Problem> + 'a;

/// A timeline.
pub(crate) struct Timeline {
    /// What it shows, in one line.
    pub title: String,
    /// The question behind it.
    pub question: &'static Question,
    /// What that was asked with.
    pub args: BTreeMap<String, String>,
    /// Its answer.
    pub answer: Answer,
    /// The picture; none where nothing has a date.
    pub picture: Option<Picture>,
    /// How many dates there are where they are too many to be drawn one by one: the picture counts
    /// them then, and the answer has those that come first.
    pub much: Option<u64>,
}

/// What happened, was said and was published, and when; or when it came to be known here.
pub(crate) fn timeline(view: &View, lang: Lang, span: &Span<'_>) -> Result<Timeline, Problem> {
    let question = question::find(TIMELINE).ok_or_else(|| Problem::no_question(TIMELINE))?;
    let of = span.of.map(ToString::to_string);
    let given = [
        ("subject", of.as_deref()),
        ("from", span.from),
        ("to", span.to),
    ];
    let given = given
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())));
    let args: BTreeMap<String, String> = given.collect();
    let asking = Asking {
        question,
        args: &args,
        first: Some(FIRST),
        after: span.after,
    };
    let mut answer = answer(view, lang, &asking)?;
    let known = match span.axis {
        Axis::Happened => None,
        Axis::Known => Some(known(view, &answer, span.given)?),
    };
    let say = |en: &'static str, fr: &'static str| if lang.tag == "fr" { fr } else { en };
    let what = match (span.of, span.axis) {
        (Some(id), _) => Labels::read(view, lang, [id])?.named(id).label,
        (None, Axis::Happened) => {
            say("Everything in order of time", "Tout dans l’ordre du temps").to_owned()
        }
        (None, Axis::Known) => say("Everything", "Tout").to_owned(),
    };
    let title = match (span.of, span.axis) {
        (None, Axis::Happened) => what,
        (_, Axis::Happened) => format!("{what} · {}", say("timeline", "chronologie")),
        (_, Axis::Known) => format!(
            "{what} · {}",
            say("when it came to be known here", "quand on l’a su ici")
        ),
    };
    let day = |date: Option<&str>| date.and_then(|date| Edtf::parse(date).ok());
    let (from, to) = (day(span.from), day(span.to));
    let between = [from.as_ref(), to.as_ref()];
    let much = match (span.of, span.axis) {
        (None, Axis::Happened) => Some(view.calendar(between[0], between[1], 0)?),
        _ => None,
    };
    let much = much.filter(|calendar| calendar.total > FIRST as u64);
    if much.is_some() {
        // What is counted is shown as well.
        answer.shown = Shown::under(view, &view.marking_between(between[0], between[1])?);
    }
    Ok(Timeline {
        picture: match &much {
            Some(calendar) => super::calendar(calendar, between, &title, lang.tag, span.period),
            None => super::timeline(&answer, known.as_ref(), &title, lang.tag, span.record),
        },
        much: much.map(|calendar| calendar.total),
        title,
        question,
        args,
        answer,
    })
}

/// When each record of an answer came to be known to the view's audience, and last changed for it.
fn known(
    view: &View,
    answer: &Answer,
    given: Option<&Given<'_>>,
) -> Result<HashMap<RecordId, Known>, Problem> {
    if view.is_past() {
        return Err(Problem::bad_request(
            "axis=known is told as of now alone: leave knownAt out",
        ));
    }
    let at = answer.variables.iter().position(|one| one == "record");
    let ids = answer
        .rows
        .iter()
        .filter_map(|row| RecordId::from_iri(&row.get(at?)?.as_ref()?.value));
    let ids: BTreeSet<RecordId> = ids.collect();
    let mut given = given.map_or_else(|| Ok(HashMap::new()), |given| given(&ids))?;
    let told = view.told(ids)?.into_iter().filter_map(|(id, told)| {
        let told = told?;
        let known = Known {
            came: told.created,
            changed: told.modified,
            given: given.remove(&id).unwrap_or_default(),
        };
        Some((id, known))
    });
    Ok(told.collect())
}
