//! One cell: its parts, its date, and whether it says anything.

use super::mapping::Order;
use fieldmark_model::Edtf;
use fieldmark_rdf::name::shown;
use std::collections::HashSet;

/// Words that tables write where nobody and nothing is meant.
const PLACEHOLDERS: [&str; 21] = [
    "-",
    "–",
    "—",
    "?",
    "n/a",
    "na",
    "n.a.",
    "nan",
    "nil",
    "none",
    "null",
    "tbd",
    "not applicable",
    "not attributed",
    "not available",
    "unattributed",
    "undetermined",
    "unknown",
    "unspecified",
    "inconnu",
    "sans objet",
];

/// Whether a name looks as if nobody bore it.
pub fn is_placeholder(name: &str) -> bool {
    PLACEHOLDERS.contains(&name.trim().to_lowercase().as_str())
}

/// The parts of a cell, each once.
pub fn split(cell: &str, separators: &[String]) -> Vec<String> {
    let mut parts = vec![cell.to_owned()];
    for separator in separators.iter().filter(|separator| !separator.is_empty()) {
        parts = parts
            .iter()
            .flat_map(|part| part.split(separator.as_str()).map(str::to_owned))
            .collect();
    }
    let mut seen = HashSet::new();
    parts
        .iter()
        .map(|part| shown(part))
        .filter(|part| !part.is_empty() && seen.insert(part.clone()))
        .collect()
}

/// The date of a cell, in EDTF. A time of day behind it is checked and left away: what is dated is
/// the day.
///
/// # Errors
/// What is wrong and how to mend it, given the order of dates that is in force.
pub fn date(cell: &str, order: Order) -> Result<String, String> {
    let day = match cell.split_once(['T', ' ']) {
        Some((day, time)) if is_time(time.trim()) => day,
        _ => cell,
    };
    let ordered = order.read(day);
    let found = ordered.as_deref().unwrap_or(day);
    Edtf::parse(found).map_err(|error| {
        let other = [(Order::Dmy, "dmy"), (Order::Mdy, "mdy")]
            .into_iter()
            .filter(|(other, _)| *other != order)
            .find(|(other, _)| other.read(day).is_some_and(|date| Edtf::parse(&date).is_ok()));
        match (other, order.name()) {
            (Some((_, other)), None) => {
                format!("\"{cell}\" is no date year first; if all are like it, say dates = \"{other}\" in the mapping")
            }
            (Some((_, other)), Some(name)) => format!(
                "\"{cell}\" is no date as dates = \"{name}\" has it; if all are like it, say dates = \"{other}\""
            ),
            (None, None) => error.to_string(),
            (None, Some(name)) => format!(
                "\"{cell}\" is no date as dates = \"{name}\" has it: write {}, 2023-12 or 2023",
                match order {
                    Order::Mdy => "12/31/2023",
                    _ => "31/12/2023",
                }
            ),
        }
    })?;
    Ok(found.to_owned())
}

/// Whether a text is a time of day within its range, with or without seconds and zone.
fn is_time(text: &str) -> bool {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let (clock, zone) = match text.rfind(['+', '-']) {
        Some(at) => (text[..at].trim_end(), Some(&text[at + 1..])),
        None => (text, None),
    };
    let number = |part: &str, most: u32| {
        part.len() == 2 && part.parse::<u32>().is_ok_and(|number| number <= most)
    };
    let mut parts = clock.split(':');
    let hour = parts.next().is_some_and(|part| number(part, 23));
    let minute = parts.next().is_some_and(|part| number(part, 59));
    let second = parts.next().is_none_or(|part| {
        let (whole, fraction) = part.split_once('.').unwrap_or((part, ""));
        number(whole, 60) && fraction.bytes().all(|b| b.is_ascii_digit())
    });
    let zone = zone.is_none_or(|zone| match zone.split_once(':') {
        Some((hours, minutes)) => number(hours, 14) && number(minutes, 59),
        None => zone.len() == 4 && zone.bytes().all(|b| b.is_ascii_digit()) || number(zone, 14),
    });
    hour && minute && second && parts.next().is_none() && zone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_with_a_time_is_its_day_and_advice_fits_the_order_in_force() {
        for (cell, order, day) in [
            ("2023-12-31 00:00:00", Order::Ymd, "2023-12-31"),
            ("2023-12-31T00:00:00Z", Order::Ymd, "2023-12-31"),
            ("2023-12-31T09:30:00.125+01:00", Order::Ymd, "2023-12-31"),
            ("31/12/2023 09:30", Order::Dmy, "2023-12-31"),
            ("12/31/2023", Order::Mdy, "2023-12-31"),
            ("2023-12", Order::Dmy, "2023-12"),
            ("2023~", Order::Ymd, "2023~"),
        ] {
            assert_eq!(date(cell, order).as_deref(), Ok(day), "{cell}");
        }
        for (cell, order, says) in [
            ("31/12/2023", Order::Ymd, "say dates = \"dmy\""),
            ("12/31/2023", Order::Dmy, "say dates = \"mdy\""),
            ("soon", Order::Ymd, "write 2023, 2023-08"),
            ("soon", Order::Dmy, "write 31/12/2023"),
            ("2023-12-31 25:61:00", Order::Ymd, "is not a date"),
        ] {
            let why = date(cell, order).unwrap_err();
            assert!(why.contains(says) && why.contains(cell), "{why}");
            let given = order.name().map(|name| format!("say dates = \"{name}\""));
            assert!(given.is_none_or(|given| !why.contains(&given)), "{why}");
        }
    }
}
