//! Lanes along a line of days: which days are shown, where things stand among them, and what is written
//! above.

use super::frame::{Svg, frame, label, px};
use fieldmark_model::Edtf;
use maud::{Markup, html};
use time::{Date, Month};

/// Width of the lanes and what stands left of them.
const WIDE: f64 = 900.0;
const LEFT: f64 = 170.0;
const ROW: f64 = 16.0;
/// More rows than this in a lane are one on top of the other; the table has all of them.
const DEEP: usize = 12;

/// The days that something may fall on, by Julian day numbers: the first and the last.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    from: f64,
    to: f64,
}

impl Stretch {
    /// Of a date; none of one that no calendar has.
    pub fn of(date: &Edtf) -> Option<Self> {
        Some(Self {
            from: day(date.earliest())?,
            to: day(date.latest())?,
        })
    }

    /// What of it lies within two dates, each an open end where it is `None`.
    pub fn within(self, from: Option<&Edtf>, to: Option<&Edtf>) -> Self {
        let from = from.and_then(|from| day(from.earliest()));
        let to = to.and_then(|to| day(to.latest()));
        Self {
            from: from.map_or(self.from, |from| self.from.max(from)),
            to: to.map_or(self.to, |to| self.to.min(to)),
        }
    }
}

/// Where something stands in the drawing, in pixels.
pub(super) struct Place {
    /// Its left end.
    pub left: f64,
    /// How wide it is; nothing of what is a day.
    pub wide: f64,
    /// Its middle, from above.
    pub middle: f64,
}

/// What stands along a line of days: its name, and when each thing in it is.
pub(super) struct Lane {
    pub name: String,
    pub all: Vec<Stretch>,
}

fn day((year, month, day): (i32, u8, u8)) -> Option<f64> {
    let month = Month::try_from(month).ok()?;
    let date = Date::from_calendar_date(year, month, day).ok()?;
    Some(f64::from(date.to_julian_day()))
}

/// Which days are shown, and where.
struct Days {
    begins: f64,
    span: f64,
}

impl Days {
    /// One thing long before all others would press them together; it stands at the edge then.
    fn of(lanes: &[Lane]) -> Option<Self> {
        let all = || lanes.iter().flat_map(|lane| &lane.all);
        let last = all().map(|one| one.to).max_by(f64::total_cmp)?;
        let mut starts: Vec<f64> = all().map(|one| one.from).collect();
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

/// The row of each thing, the first where it has room, and how many rows there are.
fn rows(all: &[Stretch], axis: &Days) -> (Vec<usize>, usize) {
    let mut ends: Vec<f64> = Vec::new();
    let placed = all.iter().map(|one| {
        let from = axis.at(one.from);
        let to = axis.at(one.to).max(from + 7.0);
        let row = ends.iter().position(|end| *end < from);
        let row = row.unwrap_or_else(|| {
            ends.push(0.0);
            ends.len() - 1
        });
        ends[row] = to + 2.0;
        row.min(DEEP - 1)
    });
    (placed.collect(), ends.len().clamp(1, DEEP))
}

/// Draws lanes; `drawn` gives what stands in one, by the place of the lane and its own there. Nothing
/// where there is nothing in any.
pub(super) fn lanes(
    title: &str,
    about: &str,
    lanes: &[Lane],
    drawn: impl Fn(usize, usize, &Place) -> Markup,
) -> Option<Svg> {
    let axis = Days::of(lanes)?;
    let mut y = 64.0;
    let mut placed = Vec::new();
    for lane in lanes {
        let (rows, deep) = rows(&lane.all, &axis);
        placed.push((lane, y, rows));
        y += deep as f64 * ROW + 20.0;
    }
    let place = |one: &Stretch, top: f64, row: usize| {
        let left = axis.at(one.from);
        Place {
            left,
            wide: axis.at(one.to) - left,
            middle: top + row as f64 * ROW + 7.0,
        }
    };
    let body = html! {
        (label(8.0, 20.0, "ink", "start", 120, title))
        @for (tick, day) in ticks(axis.begins, axis.begins + axis.span) {
            @let x = axis.at(day);
            line.rule x1=(px(x)) x2=(px(x)) y1="40" y2=(px(y)) {}
            (label(x + 3.0, 38.0, "soft", "start", 10, &tick))
        }
        @for (at, (lane, top, rows)) in placed.iter().enumerate() {
            (label(8.0, *top + 12.0, "ink", "start", 26, &lane.name))
            line.rule x1="8" x2=(px(LEFT + WIDE)) y1=(px(top - 8.0)) y2=(px(top - 8.0)) {}
            @for (n, (one, row)) in lane.all.iter().zip(rows).enumerate() { (drawn(at, n, &place(one, *top, *row))) }
        }
    };
    // The date of a line at the very end stands behind it.
    let (width, height) = ((LEFT + WIDE + 80.0) as u32, (y + 10.0) as u32);
    Some(frame(width, height, title, about, body))
}

/// The colour of a lane, by which it is.
pub(super) fn shade(lane: usize) -> &'static str {
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
