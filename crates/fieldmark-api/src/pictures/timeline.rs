//! What happened, was said and was published, on one line of time: a lane for each sort, a day as a
//! mark, a month or a year as the stretch it may fall in. It is the line of when it happened, or of
//! when it came to be known here.

use super::Picture;
use super::days::{self, Lane, Place, Stretch, shade};
use super::frame::{To, led, px};
use crate::answer::question::{Answer, Cell};
use fieldmark_model::{Edtf, RecordId};
use maud::{Markup, html};
use std::collections::{BTreeMap, HashMap};

/// By which time things are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Axis {
    /// When it happened, was said or was published.
    Happened,
    /// When it came to be known here, and when what is shown of it changed.
    Known,
}

impl Axis {
    /// Every axis, by its name in addresses.
    pub(crate) const ALL: [(&str, Self); 2] =
        [("happened", Self::Happened), ("known", Self::Known)];

    /// The axis of that name; `happened` when none is said.
    ///
    /// # Errors
    /// When there is none, with those there are.
    pub(crate) fn asked(name: Option<&str>) -> Result<Self, String> {
        let name = name.unwrap_or("happened");
        let found = Self::ALL.into_iter().find(|(one, _)| *one == name);
        found.map(|(_, axis)| axis).ok_or_else(|| {
            format!(
                "axis is one of {}",
                Self::ALL.map(|(name, _)| name).join(", ")
            )
        })
    }
}

/// When a record came to be known to an audience, and when what it sees of it last changed (RFC 3339).
pub(crate) struct Known {
    /// When it first saw something of it.
    pub came: String,
    /// When that changed last.
    pub changed: String,
    /// When it was given out last, and to whom.
    pub given: Vec<(String, String)>,
}

/// The lane of what changed, on the line of when things came to be known.
const REVISED: usize = 5;
/// The lane of what was given out, on the same line.
const GIVEN: usize = 6;

/// A name in English, as the question has it, and in French.
type Name = (&'static str, &'static str);

/// The lanes in order, each with what belongs there.
const LANES: [(Name, &[Name]); 7] = [
    (
        ("Activity and events", "Activité et événements"),
        &[
            ("first seen", "vu d’abord"),
            ("last seen", "vu en dernier"),
            ("event", "événement"),
            ("related from", "lié depuis"),
            ("related until", "lié jusqu’à"),
            ("related, first seen", "lié, vu d’abord"),
            ("related, last seen", "lié, vu en dernier"),
        ],
    ),
    (
        ("Takedowns and charges", "Suppressions et inculpations"),
        &[("response", "riposte")],
    ),
    (("Claimed", "Affirmé"), &[("claimed", "affirmé")]),
    (
        ("Published", "Publié"),
        &[
            ("claim published", "affirmation publiée"),
            ("issued", "paru"),
        ],
    ),
    (("Counted", "Mesuré"), &[("measured", "mesuré")]),
    (("Revised here", "Révisé ici"), &[]),
    (("Given out", "Transmis"), &[]),
];

/// The lane of what the question calls something, and its name.
fn lane_of(what: &str) -> Option<(usize, Name)> {
    let mut lanes = LANES.iter().enumerate();
    lanes.find_map(|(lane, (_, all))| {
        let name = all.iter().find(|(en, _)| *en == what)?;
        Some((lane, *name))
    })
}

/// Lets an answer say in a language what each row is; what somebody else's form of the question calls
/// otherwise stays as it is.
pub(crate) fn named(answer: &mut Answer, lang: &str) {
    let at = answer.variables.iter().position(|one| one == "what");
    let cells = answer
        .rows
        .iter_mut()
        .filter_map(|row| row.get_mut(at?)?.as_mut());
    for cell in cells {
        if let Some((_, (_, fr))) = lane_of(&cell.value)
            && lang == "fr"
        {
            cell.label = Some(fr.to_owned());
        }
    }
}

/// One thing at its time.
struct Mark<'a> {
    when: Stretch,
    says: String,
    date: &'a str,
    /// The record that has that date.
    of: Option<RecordId>,
}

fn text<'a>(answer: &'a Answer, row: &'a [Option<Cell>], name: &str) -> Option<&'a str> {
    let at = answer.variables.iter().position(|one| one == name)?;
    let cell = row.get(at)?.as_ref()?;
    Some(cell.label.as_deref().unwrap_or(&cell.value))
}

/// What a row of the answer puts where; `known` says when its record came to be known, if that is the
/// line they stand on.
fn marks<'a>(
    answer: &'a Answer,
    known: Option<&'a HashMap<RecordId, Known>>,
    lang: &str,
) -> BTreeMap<usize, Vec<Mark<'a>>> {
    let mut lanes: BTreeMap<usize, Vec<Mark<'a>>> = BTreeMap::new();
    let mut put = |lane: usize, date: &'a str, says: &str, of: Option<&RecordId>| {
        // Of a moment, its day.
        let Ok(when) = Edtf::parse(date.split('T').next().unwrap_or(date)) else {
            return;
        };
        let Some(when) = Stretch::of(&when) else {
            return;
        };
        let marks = lanes.entry(lane).or_default();
        if !marks.iter().any(|one| one.says == says && one.date == date) {
            marks.push(Mark {
                when,
                says: says.to_owned(),
                date,
                of: of.cloned(),
            });
        }
    };
    for row in &answer.rows {
        let get = |name| text(answer, row, name);
        let (Some(date), Some(what)) = (get("date"), get("what")) else {
            continue;
        };
        // What somebody else's form of the question calls otherwise stands with what happened.
        let (lane, name) = lane_of(what).unzip();
        let lane = lane.unwrap_or(0);
        let what = name.map_or(what, |(en, fr)| if lang == "fr" { fr } else { en });
        let who = get("whoLabel").or_else(|| get("who"));
        let record = get("recordLabel").or_else(|| get("record"));
        let said = [who, get("words"), record].into_iter().flatten().take(2);
        let said = said.collect::<Vec<_>>().join(": ");
        let at = answer.variables.iter().position(|one| one == "record");
        let id = at.and_then(|at| RecordId::from_iri(&row.get(at)?.as_ref()?.value));
        let id = id.as_ref();
        let Some(known) = known else {
            put(lane, date, &format!("{what}: {said}"), id);
            continue;
        };
        if let Some(times) = id.and_then(|id| known.get(id)) {
            put(lane, &times.came, &said, id);
            if times.changed != times.came {
                put(REVISED, &times.changed, &said, id);
            }
            for (at, whom) in &times.given {
                put(GIVEN, at, &format!("{whom}: {said}"), id);
            }
        }
    }
    lanes
}

/// Draws the answer to the question `timeline`, by when things happened or, with `known`, by when they
/// came to be known; nothing where no row of it has a date.
pub(crate) fn timeline(
    answer: &Answer,
    known: Option<&HashMap<RecordId, Known>>,
    title: &str,
    lang: &str,
    to: Option<To<'_>>,
) -> Option<Picture> {
    let say = |en: &'static str, fr: &'static str| if lang == "fr" { fr } else { en };
    let marks: Vec<(usize, Vec<Mark<'_>>)> = marks(answer, known, lang).into_iter().collect();
    let all = || marks.iter().flat_map(|(_, marks)| marks);
    let lane = |(number, marks): &(usize, Vec<Mark<'_>>)| Lane {
        name: say(LANES[*number].0.0, LANES[*number].0.1).to_owned(),
        all: marks.iter().map(|mark| mark.when).collect(),
    };
    let lanes: Vec<Lane> = marks.iter().map(lane).collect();
    let about = format!(
        "{} {}; {}",
        all().count(),
        say("things in time", "choses dans le temps"),
        match known {
            None => say(
                "a bar is a date known to the month or year alone",
                "une barre est une date connue au mois ou à l’année près",
            ),
            Some(_) => say(
                "each where it came to be known here, and again where it was revised and given out",
                "chacune là où elle a été connue ici, et de nouveau là où elle a été révisée et transmise",
            ),
        }
    );
    let svg = days::lanes(title, &about, &lanes, |lane, n, place| {
        let (number, marks) = &marks[lane];
        drawn(&marks[n], *number, place, to)
    })?;
    let table = html! {
        table {
            caption { (title) }
            thead { tr { th scope="col" { "date" } th scope="col" { (say("what", "quoi")) } } }
            tbody { @for mark in all() { tr { th scope="row" { (mark.date) } td { (mark.says) } } } }
        }
    };
    Some(Picture {
        title: title.to_owned(),
        svg,
        table,
    })
}

/// A day as a dot, a month or a year as a bar.
fn drawn(mark: &Mark<'_>, lane: usize, place: &Place, to: Option<To<'_>>) -> Markup {
    let says = format!("{} · {}", mark.date, mark.says);
    let part = html! {
        @if place.wide > 0.0 {
            rect class=(shade(lane)) fill-opacity="0.45" x=(px(place.left)) y=(px(place.middle - 5.0)) width=(px(place.wide.max(6.0))) height="10" rx="3" {}
        } @else {
            circle class=(shade(lane)) cx=(px(place.left + 3.0)) cy=(px(place.middle)) r="4.5" {}
        }
    };
    led(to, mark.of.as_ref().map(RecordId::as_str), &says, part)
}
