//! How much of a view is dated when, and what comes first of it.

use super::{Marking, ReadError};
use crate::index::dates::{Dated, Dates, Day, dating};
use crate::view::View;
use fieldmark_model::{Edtf, RecordId};
use oxrdf::{NamedNode, NamedNodeRef};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// What of a view has a date within some days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// How many dates there are; a record may have several.
    pub total: u64,
    /// How many of them fall in which period, in order of time.
    pub periods: Vec<Period>,
    /// Whose dates come first.
    pub first: Vec<RecordId>,
}

/// How many dates of one sort fall in one period.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    /// A day, a month or a year; a date that is not known as exactly as the other periods are stands
    /// in one of its own.
    pub when: Edtf,
    /// Of which property they are the values.
    pub property: NamedNode,
    /// How many.
    pub count: u64,
}

/// How exactly a day is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Year,
    Month,
    Day,
}

/// More months than this are told by years.
const MONTHS: i32 = 36;
/// More months than this are told by months.
const DAYS: i32 = 2;

impl Unit {
    /// How exactly the days between two are told.
    fn between((from, first, _): Day, (to, last, _): Day) -> Self {
        let month = |year: i32, month: u8| year * 12 + i32::from(month);
        match month(to, last) - month(from, first) + 1 {
            months if months > MONTHS => Self::Year,
            months if months > DAYS => Self::Month,
            _ => Self::Day,
        }
    }

    /// How exactly a date is known.
    fn known(date: &Dated) -> Self {
        match (date.earliest, date.latest.0) {
            (from, to) if from == to => Self::Day,
            ((_, from, _), (_, to, _)) if from == to => Self::Month,
            _ => Self::Year,
        }
    }

    /// The period of that day.
    fn period(self, (year, month, day): Day) -> Option<Edtf> {
        let written = match self {
            Self::Year => format!("{year:04}"),
            Self::Month => format!("{year:04}-{month:02}"),
            Self::Day => format!("{year:04}-{month:02}-{day:02}"),
        };
        Edtf::parse(&written).ok()
    }
}

impl View {
    /// What has a date that may fall between two days, each an open end where it is `None`: how much,
    /// when, and the `most` records whose dates come first. Costs a walk over all dates, in memory.
    pub fn calendar(
        &self,
        from: Option<&Edtf>,
        to: Option<&Edtf>,
        most: usize,
    ) -> Result<Calendar, ReadError> {
        let dates = self.dates()?;
        let within: Vec<&Dated> = within(&dates, from, to).collect();
        let (opens, closes) = (from.map(Edtf::earliest), to.map(Edtf::latest));
        Ok(Calendar {
            total: within.len() as u64,
            periods: periods(&within, opens, closes),
            first: first(&within, most),
        })
    }

    /// The marking of everything that has a date which may fall between two days.
    pub fn marking_between(
        &self,
        from: Option<&Edtf>,
        to: Option<&Edtf>,
    ) -> Result<Marking, ReadError> {
        let dates = self.dates()?;
        self.marking(within(&dates, from, to).map(|one| one.record.clone()))
    }

    /// The earliest date of each record by a property, to the day, month or year that is known.
    pub(super) fn earliest(
        &self,
        property: NamedNodeRef<'_>,
    ) -> Result<HashMap<RecordId, String>, ReadError> {
        let place = dating().iter().position(|one| one.as_ref() == property);
        let mut earliest = HashMap::new();
        for date in self
            .dates()?
            .0
            .iter()
            .filter(|one| Some(one.property) == place)
        {
            if let Some(when) = Unit::known(date).period(date.earliest) {
                let when = || when.to_string();
                earliest.entry(date.record.clone()).or_insert_with(when);
            }
        }
        Ok(earliest)
    }

    fn dates(&self) -> Result<Arc<Dates>, ReadError> {
        let dates = self.cached_dates().get(|before| match before {
            Some((before, moved)) => before.after(moved, self.engine()),
            None => Dates::read(self.engine()),
        });
        dates.map_err(ReadError::engine)
    }
}

/// The dates that may fall between two days.
fn within<'a>(
    dates: &'a Dates,
    from: Option<&Edtf>,
    to: Option<&Edtf>,
) -> impl Iterator<Item = &'a Dated> {
    let (opens, closes) = (from.map(Edtf::earliest), to.map(Edtf::latest));
    dates.0.iter().filter(move |one| {
        opens.is_none_or(|opens| one.latest.0 >= opens)
            && closes.is_none_or(|closes| one.earliest <= closes)
    })
}

fn first(dates: &[&Dated], most: usize) -> Vec<RecordId> {
    let mut seen = HashSet::new();
    let ids = dates.iter().map(|one| &one.record);
    let new = ids.filter(|id| seen.insert(*id));
    new.take(most).cloned().collect()
}

fn periods(dates: &[&Dated], opens: Option<Day>, closes: Option<Day>) -> Vec<Period> {
    // A few things long before all others would have these told by years.
    let usual = dates.get(dates.len() / 10).map(|one| one.earliest);
    let last = dates.last().map(|one| one.earliest);
    let Some((usual, last)) = usual.zip(last) else {
        return Vec::new();
    };
    let first = opens.map_or(usual, |opens| opens.max(usual));
    let unit = Unit::between(first, closes.map_or(last, |closes| closes.min(last)));
    let mut counts: BTreeMap<(Day, Unit, usize), u64> = BTreeMap::new();
    for date in dates {
        let (year, month, day) = date.earliest;
        let unit = unit.min(Unit::known(date));
        let begins = match unit {
            Unit::Year => (year, 1, 1),
            Unit::Month => (year, month, 1),
            Unit::Day => (year, month, day),
        };
        *counts.entry((begins, unit, date.property)).or_default() += 1;
    }
    let periods = counts
        .into_iter()
        .filter_map(|((begins, unit, property), count)| {
            Some(Period {
                when: unit.period(begins)?,
                property: dating().get(property)?.clone(),
                count,
            })
        });
    periods.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cmp::Reverse;

    fn dates(written: &[&str]) -> Vec<Dated> {
        let date = |(n, text): (u8, &&str)| {
            let date = Edtf::parse(text).unwrap();
            Dated {
                earliest: date.earliest(),
                latest: Reverse(date.latest()),
                property: 0,
                record: crate::testing::id("campaign", n % 3),
            }
        };
        let mut all: Vec<Dated> = (0..).zip(written).map(date).collect();
        all.sort();
        all
    }

    fn told(written: &[&str]) -> Vec<(String, u64)> {
        let dates = dates(written);
        let all: Vec<&Dated> = dates.iter().collect();
        let told = periods(&all, None, None).into_iter();
        told.map(|period| (period.when.to_string(), period.count))
            .collect()
    }

    #[test]
    fn what_is_known_less_exactly_than_the_rest_stands_in_a_period_of_its_own() {
        let counted = told(&["2023", "2023-08", "2023-08-05", "2023-08-29", "2023-12-01"]);
        let wanted = [("2023", 1), ("2023-08", 3), ("2023-12", 1)];
        assert_eq!(
            counted,
            wanted.map(|(when, count)| (when.to_owned(), count))
        );
    }

    #[test]
    fn a_short_time_is_told_by_days_and_a_long_one_by_years() {
        let days = told(&["2023-08-05", "2023-08-05", "2023-09-01"]);
        assert_eq!(days[0], ("2023-08-05".to_owned(), 2));
        let years = told(&["2017-01-05", "2017-02-05", "2023-09-01"]);
        assert_eq!(years[0], ("2017".to_owned(), 2));
        assert_eq!(told(&[]), []);
        // Years that may fall within a month do not have its days told by months.
        let dates = dates(&["2023", "2023", "2023-08-05"]);
        let all: Vec<&Dated> = dates.iter().collect();
        let month = periods(&all, Some((2023, 8, 1)), Some((2023, 8, 31)));
        assert_eq!(month[1].when.as_str(), "2023-08-05");
    }

    #[test]
    fn each_record_is_told_once_where_its_first_date_stands() {
        let dates = dates(&["2023-08-05", "2023-08-06", "2023-08-07", "2023-08-08"]);
        let all: Vec<&Dated> = dates.iter().collect();
        let [a, b, c] = [0, 1, 2].map(|n| crate::testing::id("campaign", n));
        assert_eq!(first(&all, 9), [a.clone(), b.clone(), c]);
        assert_eq!(first(&all, 2), [a, b]);
    }
}
