//! What happened, was said and was published, on one line of time: a lane for each sort, a day as a
//! mark, a month or a year as the stretch it may fall in. It is the line of when it happened, or of
//! when it came to be known here.

use super::Picture;
use super::frame::{frame, label, px};
use crate::answer::question::{Answer, Cell};
use fieldmark_model::{Edtf, RecordId};
use maud::{Markup, html};
use std::collections::{BTreeMap, HashMap};
use time::{Date, Month};

/// Width of the lanes and what stands left of them.
const WIDE: f64 = 900.0;
const LEFT: f64 = 170.0;
const ROW: f64 = 16.0;
/// More rows than this in a lane are one on top of the other; the table has all of them.
const DEEP: usize = 12;

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
    from: f64,
    to: f64,
    says: String,
    date: &'a str,
}

fn day((year, month, day): (i32, u8, u8)) -> Option<f64> {
    let month = Month::try_from(month).ok()?;
    let date = Date::from_calendar_date(year, month, day).ok()?;
    Some(f64::from(date.to_julian_day()))
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
    let mut put = |lane: usize, date: &'a str, says: &str| {
        // Of a moment, its day.
        let Ok(when) = Edtf::parse(date.split('T').next().unwrap_or(date)) else {
            return;
        };
        let (Some(from), Some(to)) = (day(when.earliest()), day(when.latest())) else {
            return;
        };
        let marks = lanes.entry(lane).or_default();
        if !marks.iter().any(|one| one.says == says && one.date == date) {
            marks.push(Mark {
                from,
                to,
                says: says.to_owned(),
                date,
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
        let Some(known) = known else {
            put(lane, date, &format!("{what}: {said}"));
            continue;
        };
        let at = answer.variables.iter().position(|one| one == "record");
        let id = at.and_then(|at| RecordId::from_iri(&row.get(at)?.as_ref()?.value));
        if let Some(times) = id.and_then(|id| known.get(&id)) {
            put(lane, &times.came, &said);
            if times.changed != times.came {
                put(REVISED, &times.changed, &said);
            }
            for (at, whom) in &times.given {
                put(GIVEN, at, &format!("{whom}: {said}"));
            }
        }
    }
    lanes
}

/// Which days are shown, and where.
struct Days {
    begins: f64,
    span: f64,
}

impl Days {
    /// One thing long before all others would press them together; it stands at the edge then.
    fn of<'a>(marks: impl Iterator<Item = &'a Mark<'a>> + Clone) -> Option<Self> {
        let last = marks.clone().map(|mark| mark.to).max_by(f64::total_cmp)?;
        let mut starts: Vec<f64> = marks.map(|mark| mark.from).collect();
        starts.sort_by(f64::total_cmp);
        let (first, usual) = (*starts.first()?, starts[starts.len() / 10]);
        let far = last - first > 4.0 * (last - usual).max(365.0);
        let begins = if far { usual - 30.0 } else { first - 5.0 };
        Some(Self {
            begins,
            span: (last + 5.0 - begins).max(1.0),
        })
    }

    fn at(&self, day: f64) -> f64 {
        LEFT + ((day - self.begins) / self.span).clamp(0.0, 1.0) * WIDE
    }
}

/// A lane: its place among them, each mark on a row, and how many rows.
struct Lane<'a> {
    number: usize,
    marks: Vec<(usize, &'a Mark<'a>)>,
    rows: usize,
}

impl<'a> Lane<'a> {
    /// Each mark on the first row where it has room.
    fn of(number: usize, marks: &'a [Mark<'a>], axis: &Days) -> Self {
        let mut ends: Vec<f64> = Vec::new();
        let placed = marks.iter().map(|mark| {
            let from = axis.at(mark.from);
            let to = axis.at(mark.to).max(from + 7.0);
            let row = ends.iter().position(|end| *end < from);
            let row = row.unwrap_or_else(|| {
                ends.push(0.0);
                ends.len() - 1
            });
            ends[row] = to + 2.0;
            (row.min(DEEP - 1), mark)
        });
        let marks = placed.collect();
        Self {
            number,
            marks,
            rows: ends.len().clamp(1, DEEP),
        }
    }
}

/// Draws the answer to the question `timeline`, by when things happened or, with `known`, by when they
/// came to be known; nothing where no row of it has a date.
pub(crate) fn timeline(
    answer: &Answer,
    known: Option<&HashMap<RecordId, Known>>,
    title: &str,
    lang: &str,
) -> Option<Picture> {
    let say = |en: &'static str, fr: &'static str| if lang == "fr" { fr } else { en };
    let marks = marks(answer, known, lang);
    let all = || marks.values().flatten();
    let axis = Days::of(all())?;
    let lanes: Vec<Lane<'_>> = marks
        .iter()
        .map(|(number, marks)| Lane::of(*number, marks, &axis))
        .collect();
    let mut y = 64.0;
    let tops: Vec<f64> = lanes
        .iter()
        .map(|lane| {
            let top = y;
            y += lane.rows as f64 * ROW + 20.0;
            top
        })
        .collect();
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
    let svg = frame(
        (LEFT + WIDE + 20.0) as u32,
        (y + 10.0) as u32,
        title,
        &about,
        html! {
            (label(8.0, 20.0, "ink", "start", 120, title))
            @for (tick, day) in ticks(axis.begins, axis.begins + axis.span) {
                @let x = axis.at(day);
                line.rule x1=(px(x)) x2=(px(x)) y1="40" y2=(px(y)) {}
                (label(x + 3.0, 38.0, "soft", "start", 10, &tick))
            }
            @for (lane, top) in lanes.iter().zip(&tops) {
                (label(8.0, *top + 12.0, "ink", "start", 26, say(LANES[lane.number].0.0, LANES[lane.number].0.1)))
                line.rule x1="8" x2=(px(LEFT + WIDE)) y1=(px(top - 8.0)) y2=(px(top - 8.0)) {}
                @for (row, mark) in &lane.marks { (drawn(mark, lane.number, top + *row as f64 * ROW + 7.0, &axis)) }
            }
        },
    );
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
fn drawn(mark: &Mark<'_>, lane: usize, middle: f64, axis: &Days) -> Markup {
    let (from, to) = (axis.at(mark.from), axis.at(mark.to));
    html! {
        g {
            title { (mark.date) " · " (mark.says) }
            @if mark.to > mark.from {
                rect class=(shade(lane)) fill-opacity="0.45" x=(px(from)) y=(px(middle - 5.0)) width=(px((to - from).max(6.0))) height="10" rx="3" {}
            } @else {
                circle class=(shade(lane)) cx=(px(from + 3.0)) cy=(px(middle)) r="4.5" {}
            }
        }
    }
}

fn shade(lane: usize) -> &'static str {
    ["gain", "hard", "loss", "whole", "soft"][lane.min(4)]
}

/// Where days, months or years begin, at most a dozen of them, as they are written.
fn ticks(from: f64, to: f64) -> Vec<(String, f64)> {
    let days = to - from;
    if days < 120.0 {
        let every = [1.0, 2.0, 7.0, 14.0];
        let every = every.into_iter().find(|every| days / every <= 12.0);
        let first = from.ceil();
        let ticks = (0..12).map(|n| first + f64::from(n) * every.unwrap_or(14.0));
        let ticks = ticks.take_while(|at| *at <= to);
        let written = ticks.filter_map(|at| {
            let date = Date::from_julian_day(at as i32).ok()?;
            Some((date.to_string(), at))
        });
        return written.collect();
    }
    let months = days / 30.4;
    let every = [1, 2, 3, 6, 12, 24, 60, 120]
        .into_iter()
        .find(|every| months / f64::from(*every) <= 12.0)
        .unwrap_or(240);
    let Ok(begin) = Date::from_julian_day(from as i32) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    let mut number = begin.year() * 12;
    while out.len() < 40 {
        let (year, month) = (number.div_euclid(12), number.rem_euclid(12) as u8 + 1);
        let Some(at) = day((year, month, 1)) else {
            break;
        };
        if at > to {
            break;
        }
        if at >= from {
            let written = match month {
                1 => year.to_string(),
                _ => format!("{year}-{month:02}"),
            };
            out.push((written, at));
        }
        number += every;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_time_is_told_by_days_and_a_long_one_by_years() {
        let days = |from: (i32, u8, u8), to: (i32, u8, u8)| {
            let ticks = ticks(day(from).unwrap(), day(to).unwrap());
            ticks.into_iter().map(|(tick, _)| tick).collect::<Vec<_>>()
        };
        assert_eq!(
            days((2023, 9, 6), (2023, 9, 8)),
            ["2023-09-06", "2023-09-07", "2023-09-08"]
        );
        assert_eq!(days((2023, 8, 20), (2023, 10, 1)).len(), 7);
        assert_eq!(days((2023, 1, 1), (2023, 7, 1))[..2], ["2023", "2023-02"]);
        assert_eq!(days((1900, 1, 1), (2023, 7, 1))[..2], ["1900", "1920"]);
    }
}
