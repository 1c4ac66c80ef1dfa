//! How much has a date when: a lane for each sort of date, a period as a bar with the number in it.

use super::Picture;
use super::days::{self, Lane, Stretch, shade};
use super::frame::px;
use fieldmark_model::Edtf;
use fieldmark_rdf::ontology::label;
use fieldmark_store::read::{Calendar, Period};
use maud::{Markup, html};
use oxrdf::NamedNode;
use std::collections::{BTreeMap, BTreeSet};

/// The pixels that a digit takes.
const DIGIT: f64 = 8.0;

/// Draws how much falls in which period, between two dates; nothing where nothing has a date. With `to`,
/// each period is a link to what it says of that.
pub(crate) fn calendar(
    calendar: &Calendar,
    [from, until]: [Option<&Edtf>; 2],
    title: &str,
    lang: &str,
    to: Option<&dyn Fn(&Edtf) -> String>,
) -> Option<Picture> {
    let say = |en: &'static str, fr: &'static str| if lang == "fr" { fr } else { en };
    let mut sorts: BTreeMap<&NamedNode, Vec<(&Period, Stretch)>> = BTreeMap::new();
    for period in &calendar.periods {
        let of = sorts.entry(&period.property).or_default();
        let stretch = Stretch::of(&period.when);
        of.extend(stretch.map(|stretch| (period, stretch.within(from, until))));
    }
    let name = |of: &NamedNode| label(of.as_str(), lang).unwrap_or_else(|| of.as_str().to_owned());
    let lanes: Vec<Lane> = sorts
        .iter()
        .map(|(of, all)| Lane {
            name: name(of),
            all: all.iter().map(|(_, stretch)| *stretch).collect(),
        })
        .collect();
    let sorts: Vec<(&NamedNode, Vec<(&Period, Stretch)>)> = sorts.into_iter().collect();
    let most = calendar.periods.iter().map(|one| one.count).max()?;
    let about = format!(
        "{} {}",
        calendar.total,
        say(
            "dates, by period; the darker a bar, the more of them",
            "dates, par période ; plus une barre est foncée, plus il y en a",
        )
    );
    let svg = days::lanes(title, &about, &lanes, |lane, n, place| {
        let (period, _) = &sorts[lane].1[n];
        let count = period.count.to_string();
        let wide = place.wide.max(6.0);
        let share = 0.15 + 0.45 * period.count as f64 / most as f64;
        let bar = html! {
            title { (period.when) " · " (lanes[lane].name) " · " (count) }
            rect class=(shade(lane)) fill-opacity=(format!("{share:.2}")) x=(px(place.left)) y=(px(place.middle - 7.0)) width=(px(wide)) height="14" rx="2" {}
            @if count.len() as f64 * DIGIT < wide {
                text.ink x=(px(place.left + wide / 2.0)) y=(px(place.middle + 4.5)) text-anchor="middle" { (count) }
            }
        };
        match to {
            // The table has the same links in words.
            Some(to) => {
                html! { a href=(to(&period.when)) tabindex="-1" aria-hidden="true" { (bar) } }
            }
            None => html! { g { (bar) } },
        }
    })?;
    Some(Picture {
        title: title.to_owned(),
        svg,
        table: table(calendar, title, say("period", "période"), &name, to),
    })
}

/// The same as a table: a row for each period, a column for each sort of date.
fn table(
    calendar: &Calendar,
    title: &str,
    period: &str,
    name: &dyn Fn(&NamedNode) -> String,
    to: Option<&dyn Fn(&Edtf) -> String>,
) -> Markup {
    let sorts: BTreeSet<&NamedNode> = calendar.periods.iter().map(|one| &one.property).collect();
    let mut rows: Vec<(&Edtf, BTreeMap<&NamedNode, u64>)> = Vec::new();
    for one in &calendar.periods {
        match rows.last_mut() {
            Some((when, counts)) if *when == &one.when => {
                counts.insert(&one.property, one.count);
            }
            _ => rows.push((&one.when, [(&one.property, one.count)].into())),
        }
    }
    html! {
        table {
            caption { (title) }
            thead { tr { th scope="col" { (period) } @for sort in &sorts { th scope="col" { (name(sort)) } } } }
            tbody { @for (when, counts) in &rows { tr {
                th scope="row" { @match to { Some(to) => a href=(to(when)) { (when) }, None => (when) } }
                @for sort in &sorts { td { @if let Some(count) = counts.get(sort) { (count) } } }
            } } }
        }
    }
}
